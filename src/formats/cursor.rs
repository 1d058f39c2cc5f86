//! A place in a line and the few steps the line readers take from it. A step that does not fit leaves the place
//! where it was, so a reader can try one form after the other.

/// A place in a line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    /// At the start of `text`.
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// Bytes passed so far.
    pub(crate) fn offset(&self) -> usize {
        self.at
    }

    /// Goes on at byte `at`, never backwards.
    pub(crate) fn jump(&mut self, at: usize) {
        self.at = at.max(self.at);
    }

    /// What is left.
    pub(crate) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    /// The next character.
    pub(crate) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Whether nothing is left.
    pub(crate) fn at_end(&self) -> bool {
        self.rest().is_empty()
    }

    /// Passes `expected` if it stands here.
    pub(crate) fn eat(&mut self, expected: &str) -> bool {
        let found = self.rest().starts_with(expected);
        if found {
            self.at += expected.len();
        }
        found
    }

    /// Passes blanks and tabs; how many.
    pub(crate) fn blanks(&mut self) -> usize {
        self.take_while(|c| c == ' ' || c == '\t').len()
    }

    /// Passes the longest run of characters that `accept` takes.
    pub(crate) fn take_while(&mut self, accept: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        // Nearly all that is passed is ASCII, where a byte is a character.
        let plain = rest.bytes().position(|byte| !byte.is_ascii() || !accept(char::from(byte))).unwrap_or(rest.len());
        let length = match rest.as_bytes().get(plain) {
            Some(byte) if !byte.is_ascii() => rest.find(|c| !accept(c)).unwrap_or(rest.len()),
            _ => plain,
        };
        self.at += length;
        rest.get(..length).unwrap_or("")
    }

    /// Passes a decimal number of `least` to `most` digits that no further digit follows.
    pub(crate) fn number(&mut self, least: usize, most: usize) -> Option<u32> {
        let before = *self;
        let digits = self.take_while(|c| c.is_ascii_digit());
        let digit = |value: Option<u32>, byte: u8| value?.checked_mul(10)?.checked_add(u32::from(byte - b'0'));
        let value = if (least..=most).contains(&digits.len()) { digits.bytes().fold(Some(0), digit) } else { None };
        if value.is_none() {
            *self = before;
        }
        value
    }

    /// Runs `step`; where it gives nothing, the place is as before.
    pub(crate) fn attempt<T>(&mut self, step: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let before = *self;
        let result = step(self);
        if result.is_none() {
            *self = before;
        }
        result
    }
}

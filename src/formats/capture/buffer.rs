//! A window over a reader that grows only as far as its user asks and the data really goes.

use std::io::{ErrorKind, Read};

/// Bytes asked of the reader at once, so that what was read is still in the cache when it is looked at.
pub(super) const STEP: usize = 256 << 10;

/// Buffered bytes of a reader, with the offset of the first of them in the whole.
pub(super) struct Buffer<'r> {
    reader: &'r mut dyn Read,
    step: usize,
    bytes: Vec<u8>,
    start: usize,
    end: usize,
    offset: u64,
    ended: bool,
    failure: Option<String>,
}

impl<'r> Buffer<'r> {
    /// Asks for `step` bytes at a time; `offset` bytes of the input are behind the reader.
    pub(super) fn new(reader: &'r mut dyn Read, step: usize, offset: u64) -> Self {
        Self { reader, step, bytes: Vec::new(), start: 0, end: 0, offset, ended: false, failure: None }
    }

    /// How many bytes of the input lie before [`Self::bytes`].
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// What is at hand.
    pub(super) fn bytes(&self) -> &[u8] {
        self.bytes.get(self.start..self.end).unwrap_or_default()
    }

    /// The operating system's words, where a read failed.
    pub(super) fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    /// Brings at least `wanted` bytes to hand; false where the input ends before.
    #[inline]
    pub(super) fn fill(&mut self, wanted: usize) -> bool {
        self.end - self.start >= wanted || self.read(wanted)
    }

    fn read(&mut self, wanted: usize) -> bool {
        while self.end - self.start < wanted && !self.ended {
            if self.end == self.bytes.len() {
                self.make_room();
            }
            let Some(room) = self.bytes.get_mut(self.end..) else { return false };
            match self.reader.read(room) {
                Ok(0) => self.ended = true,
                // A reader that claims more than it was given is not believed.
                Ok(read) => self.end = (self.end + read).min(self.bytes.len()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    self.failure = Some(error.to_string());
                    self.ended = true;
                }
            }
        }
        self.end - self.start >= wanted
    }

    /// Room is doubled, so that a length field that lies costs no more than the data that really follows.
    fn make_room(&mut self) {
        if self.start > 0 {
            self.bytes.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        } else {
            self.bytes.resize((self.bytes.len() * 2).max(self.step), 0);
        }
    }

    /// Drops up to `count` bytes of those at hand.
    pub(super) fn advance(&mut self, count: usize) {
        let count = count.min(self.end - self.start);
        self.start += count;
        self.offset += count as u64;
        if self.start == self.end {
            self.start = 0;
            self.end = 0;
        }
    }

    /// Drops `count` bytes of the input, reading as needed; false where it ends before.
    pub(super) fn skip(&mut self, mut count: u64) -> bool {
        loop {
            let at_hand = self.end - self.start;
            let step = usize::try_from(count).unwrap_or(usize::MAX).min(at_hand);
            self.advance(step);
            count -= step as u64;
            if count == 0 {
                return true;
            }
            if !self.fill(1) {
                return false;
            }
        }
    }
}

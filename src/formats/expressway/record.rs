//! Where records begin and end.

use memchr::{memchr, memchr_iter};

use super::Record;
use super::pairs::{self, Pair};
use crate::formats::cursor::Cursor;
use crate::formats::time::{self, Stamp, Zone};

/// A head has at most this many words before its first pair: host, process, part of the process, a marker.
const MOST_HEAD_WORDS: usize = 4;

/// A head is at most this long, so that looking for one never walks far.
const LONGEST_HEAD: usize = 512;

/// Keys that occur once in a record, so a second one belongs to the next.
const ONCE: [&str; 3] = ["UTCTime", "Module", "Event"];

/// What stands before the pairs of a record.
pub(super) struct Head<'a> {
    time: Option<Stamp>,
    host: Option<&'a str>,
    process: Option<&'a str>,
    /// Where the first pair begins.
    pairs: usize,
}

/// Whether an Expressway record begins with `text`.
pub(crate) fn opens_record(text: &str) -> bool {
    head(text, 0).is_some() || pairs::key(text, 0).is_some_and(|(key, _)| pairs::is_header_key(key))
}

/// Time and host of the record that `line` begins with, where its head and first pair leave no doubt.
pub(super) fn origin(line: &str) -> Option<(Option<Stamp>, Option<&str>)> {
    memchr(b'=', line.as_bytes())?;
    let head = head(line, line.len() - line.trim_start().len()).filter(|head| head.time.is_some())?;
    let (key, _) = pairs::key(line, head.pairs)?;
    pairs::is_header_key(key).then_some((head.time, head.host))
}

/// Whether `text` has a key of an Expressway record near its start.
pub(crate) fn looks_like_pairs(text: &str) -> bool {
    /// Heads seen are far shorter.
    const NEAR: usize = 256;
    text.match_indices('=')
        .take_while(|(at, _)| *at < NEAR)
        .filter_map(|(at, _)| {
            let before = text.get(..at)?;
            pairs::key(text, before.trim_end_matches(|c: char| c.is_ascii_alphanumeric()).len())
        })
        .any(|(key, _)| pairs::is_header_key(key))
}

/// The head that begins at `at`: a stamp and up to [`MOST_HEAD_WORDS`] words, or a process with its number, then a pair.
pub(super) fn head(line: &str, at: usize) -> Option<Head<'_>> {
    let mut cursor = Cursor::new(window(line.get(at..)?));
    skip_marks(&mut cursor);
    let time = cursor.attempt(stamp);
    let (mut host, mut process) = (None, None);
    for word in 0..=MOST_HEAD_WORDS {
        cursor.blanks();
        let here = at + cursor.offset();
        if pairs::key(line, here).is_some() {
            // Without a stamp only a process with a colon makes it a head; anything else is the text of a message.
            return (time.is_some() || process.is_some()).then_some(Head { time, host, process, pairs: here });
        }
        let name = cursor.take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
        let number = cursor.attempt(process_number).is_some();
        let colon = cursor.eat(":");
        if name.is_empty() && !colon {
            return None;
        }
        if colon {
            process = process.or(Some(name).filter(|name| !name.is_empty()));
            // `XCP_CM2[14026]:..3EDA7700 Level=…`
            if cursor.eat("..") {
                cursor.take_while(|c| c.is_ascii_alphanumeric());
            }
        } else if word == 0 && !number {
            host = Some(name);
        } else {
            // The process's own words before its pairs, or none at all.
            return (time.is_some() && process.is_some()).then_some(Head { time, host, process, pairs: here });
        }
    }
    None
}

/// The start of `text`, [`LONGEST_HEAD`] bytes at most.
fn window(text: &str) -> &str {
    let most = text.len().min(LONGEST_HEAD);
    (0..4).find_map(|back| text.get(..most.checked_sub(back)?)).unwrap_or("")
}

/// `Line 190: ` of a search result and the priority of a relay.
fn skip_marks(cursor: &mut Cursor<'_>) {
    cursor.blanks();
    cursor.attempt(|cursor| {
        let number = cursor.eat("Line ").then(|| cursor.number(1, 9)).flatten();
        (number.is_some() && cursor.eat(":")).then(|| cursor.blanks())
    });
    cursor.attempt(|cursor| {
        let number = cursor.eat("<").then(|| cursor.number(1, 3)).flatten();
        (number.is_some() && cursor.eat(">")).then_some(())
    });
}

fn stamp(cursor: &mut Cursor<'_>) -> Option<Stamp> {
    cursor.rest().starts_with(|c: char| c.is_ascii_digit() || c.is_ascii_uppercase()).then_some(())?;
    let (stamp, length) = time::parse_prefix(cursor.rest())?;
    cursor.jump(cursor.offset() + length);
    (cursor.rest().starts_with(' ')).then_some(stamp)
}

fn process_number(cursor: &mut Cursor<'_>) -> Option<u32> {
    let number = cursor.eat("[").then(|| cursor.number(1, 9)).flatten()?;
    cursor.eat("]").then_some(number)
}

/// The records of one line.
pub(super) struct Records<'a> {
    line: &'a str,
    at: usize,
}

impl<'a> Records<'a> {
    pub(super) fn new(line: &'a str) -> Self {
        // Most lines of other devices have no pair at all.
        let pairs =
            memchr_iter(b'=', line.as_bytes()).any(|at| line.get(at + 1..).unwrap_or_default().trim_start_matches(' ').starts_with('"'));
        Self { line: if pairs { line } else { "" }, at: 0 }
    }

    /// The next place at or behind `from` where a head or a pair begins.
    fn next_start(&self, from: usize) -> Option<usize> {
        let rest = self.line.get(from..)?;
        rest.char_indices()
            .map(|(at, character)| (from + at, character))
            .filter(|(at, character)| character.is_ascii_alphanumeric() && pairs::word_starts(self.line, *at))
            .map(|(at, _)| at)
            .find(|at| pairs::key(self.line, *at).is_some() || self.head_at(*at).is_some())
    }

    /// The pairs of the record whose pairs begin at `at`, and where the next record or the end begins.
    fn pairs(&self, mut at: usize) -> (Vec<Pair<'a>>, usize) {
        let mut pairs: Vec<Pair<'a>> = Vec::new();
        let mut end = at;
        while let Some(next) = self.next_start(at) {
            let pair = pairs::pair(self.line, next).filter(|pair| {
                let again = ONCE.contains(&pair.key) && pairs.iter().any(|seen| seen.key == pair.key);
                // An event behind the free text of a module's record has lost its line end.
                let after_text = pair.key == "Event"
                    && pairs.iter().any(|seen| seen.key == "Module")
                    && self.line.get(end..next).is_some_and(|between| between.trim_matches([' ', ':']).len() > 1);
                !again && !after_text
            });
            let Some(pair) = pair else { return (pairs, next) };
            at = pair.end;
            end = pair.end;
            pairs.push(pair);
        }
        (pairs, self.line.len())
    }

    /// A head inside a line, where only a stamp or a numbered process is sure.
    fn head_at(&self, at: usize) -> Option<Head<'a>> {
        let text = self.line.get(at..)?;
        let sure =
            text.starts_with(|c: char| c.is_ascii_digit()) || at == 0 || window(text).split(' ').take(2).any(|word| word.contains("]:"));
        sure.then(|| head(self.line, at)).flatten()
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = (usize, Record<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let rest = self.line.get(self.at..).filter(|rest| !rest.is_empty())?;
            let mut start = self.at + (rest.len() - rest.trim_start().len());
            let opening = head(self.line, start).or_else(|| {
                start = self.next_start(start)?;
                self.head_at(start).or(Some(Head { time: None, host: None, process: None, pairs: start }))
            })?;
            let (pairs, end) = self.pairs(opening.pairs);
            let stop = if self.next_start(end).is_some() { end } else { self.line.len() };
            self.at = stop.max(start + 1);
            if !pairs.iter().any(|pair| pairs::is_header_key(pair.key)) {
                continue;
            }
            let utc = pairs.iter().find(|pair| pair.key == "UTCTime").and_then(|pair| time::parse_prefix(pair.value.trim()));
            let time = opening.time.or_else(|| utc.map(|(stamp, _)| stamp.in_zone(Zone::Offset(0))));
            let text = self.line.get(start..stop).unwrap_or("").trim();
            let pairs = pairs.into_iter().map(|pair| (pair.key, pair.value)).collect();
            return Some((start, Record { time, host: opening.host, process: opening.process, pairs, text }));
        }
    }
}

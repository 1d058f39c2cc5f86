//! Texts without what they were dressed in: the markup of a page or a document, a document of JSON around lines, tabs in the
//! place of blanks.

use std::io::{self, Cursor, Read};

use super::blanks;
use super::markup::{Markup, PageText};
use super::syslog::document;
use crate::intake;

/// What a text is dressed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dress {
    /// The markup of a page or of a document.
    Page(Markup),
    /// A document of JSON around lines.
    Document,
    /// Tabs in the place of all blanks.
    Tabs,
}

impl Dress {
    /// The dress of a text that begins with `head`.
    pub fn of(head: &[u8]) -> Option<Self> {
        match head.trim_ascii_start().first() {
            Some(b'<' | 0xef) if let Some(markup) = Markup::of(head) => Some(Self::Page(markup)),
            Some(b'{' | b'[' | 0xef) if document::may_be(head, head.len() < intake::HEAD) => Some(Self::Document),
            _ => blanks::are_tabs(head).then_some(Self::Tabs),
        }
    }
}

/// A text without its dress, where it has one.
pub fn undressed<'a>(mut reader: impl Read + 'a) -> Box<dyn Read + 'a> {
    let mut head = Vec::new();
    let read = reader.by_ref().take(intake::HEAD as u64).read_to_end(&mut head);
    let dress = Dress::of(&head);
    if dress != Some(Dress::Document) || read.is_err() {
        let whole = Cursor::new(head).chain(Failing::new(read.err())).chain(reader);
        return match dress {
            Some(Dress::Page(markup)) => Box::new(PageText::new(whole, markup)),
            Some(Dress::Tabs) => Box::new(Blanks(whole)),
            Some(Dress::Document) | None => Box::new(whole),
        };
    }
    let read = reader.by_ref().take((document::LONGEST + 1).saturating_sub(head.len()) as u64).read_to_end(&mut head);
    match document::lines(&head).filter(|_| read.is_ok()) {
        Some(lines) => Box::new(Cursor::new(lines)),
        None => Box::new(Cursor::new(head).chain(Failing::new(read.err())).chain(reader)),
    }
}

/// Fails once, where reading ahead did.
pub(crate) struct Failing(Option<io::Error>);

impl Failing {
    pub(crate) fn new(error: Option<io::Error>) -> Self {
        Self(error)
    }
}

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// A blank for every tab.
struct Blanks<R>(R);

impl<R: Read> Read for Blanks<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.0.read(buffer)?;
        buffer.iter_mut().take(read).filter(|byte| **byte == b'\t').for_each(|byte| *byte = b' ');
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_what_it_shows() {
        let tabs = "Apr\t9\t07:28:06:\t%X-3-Y:\tone\ttwo\n".repeat(4);
        let records = "{\"message\": \"one\"}\n{\"message\": \"two\"}\n";
        let cut = "{\"sw-a\": {\"show logging\": \"one\\ntwo\\nthree";
        for (text, expected) in [
            ("plain\ttext\n", "plain\ttext\n"),
            ("", ""),
            (&tabs, &tabs.replace('\t', " ")),
            ("<p>one</p><p>two</p>", "one\ntwo\n"),
            ("{\"sw-a\": {\"show logging\": \"one\\ntwo\"}}", "sw-a#show logging\none\ntwo\n"),
            (records, records),
            (cut, cut),
        ] {
            let mut out = String::new();
            undressed(text.as_bytes()).read_to_string(&mut out).unwrap();
            assert_eq!(out, *expected);
        }
    }
}

//! Recorded sessions without what stands before each of their lines.

use std::io::{self, Cursor, Read};

use memchr::memchr;

use crate::formats::dress::Failing;
use crate::formats::prompt::LineStamp;
use crate::intake;

/// Bytes that are read at a time.
const CHUNK: usize = 64 * 1024;

/// A text without the stamps of its lines, where it is a session that has them.
pub(super) fn unstamped<'a>(mut reader: impl Read + 'a) -> Box<dyn Read + 'a> {
    let mut head = Vec::new();
    let read = reader.by_ref().take(intake::HEAD as u64).read_to_end(&mut head);
    let stamp = LineStamp::of(&head);
    let whole = Cursor::new(head).chain(Failing::new(read.err())).chain(reader);
    match stamp {
        Some(stamp) => {
            Box::new(Unstamped { inner: whole, stamp, input: Vec::new(), ready: Cursor::new(Vec::new()), inside: false, ended: false })
        }
        None => Box::new(whole),
    }
}

struct Unstamped<R> {
    inner: R,
    stamp: LineStamp,
    /// What was read and is not looked at: the beginning of a line too short to tell.
    input: Vec<u8>,
    ready: Cursor<Vec<u8>>,
    /// The last byte given out was inside of a line.
    inside: bool,
    ended: bool,
}

impl<R: Read> Unstamped<R> {
    fn fill(&mut self) -> io::Result<()> {
        let held = self.input.len();
        self.input.resize(held + CHUNK, 0);
        let read = self.inner.read(self.input.get_mut(held..).unwrap_or_default());
        self.input.truncate(held + *read.as_ref().unwrap_or(&0));
        self.ended = read? == 0;
        let mut out = std::mem::take(&mut self.ready).into_inner();
        out.clear();
        let mut rest = self.input.as_slice();
        while !rest.is_empty() {
            if !self.inside {
                let enough = if self.stamp.is_border() { CHUNK } else { self.stamp.most() };
                let tells = rest.len() > enough || self.ended || memchr(b'\n', rest).is_some();
                if !tells {
                    break;
                }
                rest = rest.get(self.stamp.length(rest)..).unwrap_or_default();
            }
            let (line, next) = memchr(b'\n', rest).map_or((rest, &[][..]), |end| rest.split_at(end + 1));
            let (text, end) = if line.ends_with(b"\n") || self.ended { self.stamp.inside(line) } else { (line, &[][..]) };
            out.extend_from_slice(text);
            out.extend_from_slice(end);
            self.inside = !line.ends_with(b"\n");
            rest = next;
        }
        let left = rest.len();
        self.input.drain(..self.input.len() - left);
        self.ready = Cursor::new(out);
        Ok(())
    }
}

impl<R: Read> Read for Unstamped<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.ready.read(buffer)?;
            if read > 0 || buffer.is_empty() || self.ended {
                return Ok(read);
            }
            self.fill()?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hands out few bytes at a time, so that every boundary is met.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let most = self.1.min(buffer.len());
            self.0.read(&mut buffer[..most])
        }
    }

    #[test]
    fn the_stamps_go_and_all_else_stays() {
        let line = "sw1#show clock\n\n14:22:05.113 CET Tue May 14 2024\nsw1#show version\n".repeat(150);
        let stamped: String = line.lines().map(|line| format!("[2024-05-14 14:22:05] {line}\r\n")).collect();
        let plain = line.replace('\n', "\r\n");
        for (text, expected) in [
            (format!("{stamped}unstamped [x"), format!("{plain}unstamped [x")),
            (line.clone(), line.clone()),
            (String::new(), String::new()),
        ] {
            for step in [13, 64, 70_000] {
                let mut out = Vec::new();
                unstamped(Slow(text.as_bytes(), step)).read_to_end(&mut out).unwrap();
                assert!(out == expected.as_bytes(), "by {step}: {}", String::from_utf8_lossy(&out[..200.min(out.len())]));
            }
        }
    }
}

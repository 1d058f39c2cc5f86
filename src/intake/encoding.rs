//! Turns the bytes of a text into bytes that can be searched: UTF-8 or another superset of ASCII, lines ended by LF.

use super::{Encoding, sniff};
use encoding_rs::{CoderResult, Decoder, UTF_16BE, UTF_16LE};
use std::io::{self, Cursor, Read};

/// True when a text that starts with `head` must go through [`decode`]; false when its bytes can be searched as they
/// stand.
pub fn needs_decoding(encoding: Encoding, head: &[u8]) -> bool {
    matches!(encoding, Encoding::Utf16Le | Encoding::Utf16Be) || head.starts_with(BOM) || only_returns(head)
}

/// Reads a text as searchable bytes: a byte order mark is dropped, UTF-16 becomes UTF-8, lines that end in CR alone
/// (as on old Macs and in captured consoles) end in LF. All else is passed on. Only errors of `reader` are returned.
pub fn decode<'a>(encoding: Encoding, reader: impl Read + 'a) -> Box<dyn Read + 'a> {
    match encoding {
        Encoding::Utf16Le => Box::new(LineEnds::new(Utf16::new(reader, UTF_16LE.new_decoder_with_bom_removal()))),
        Encoding::Utf16Be => Box::new(LineEnds::new(Utf16::new(reader, UTF_16BE.new_decoder_with_bom_removal()))),
        Encoding::Utf8 | Encoding::Bytes => Box::new(LineEnds::new(reader)),
    }
}

const BOM: &[u8] = b"\xef\xbb\xbf";

fn only_returns(head: &[u8]) -> bool {
    // A CR that ends the head may have its LF just behind it.
    let inside = head.split_last().map_or(head, |(_, inside)| inside);
    memchr::memchr(b'\r', inside).is_some() && memchr::memchr(b'\n', head).is_none()
}

/// Drops the mark, replaces lone CR where the head has no LF.
struct LineEnds<R> {
    head: Cursor<Vec<u8>>,
    inner: R,
    started: bool,
    replace: bool,
}

impl<R: Read> LineEnds<R> {
    fn new(inner: R) -> Self {
        Self { head: Cursor::new(Vec::new()), inner, started: false, replace: false }
    }

    fn start(&mut self) -> io::Result<()> {
        let mut head = Vec::new();
        self.inner.by_ref().take(sniff::HEAD as u64).read_to_end(&mut head)?;
        self.started = true;
        self.replace = only_returns(&head);
        let skipped = if head.starts_with(BOM) { BOM.len() } else { 0 };
        self.head = Cursor::new(head);
        self.head.set_position(skipped as u64);
        Ok(())
    }
}

impl<R: Read> Read for LineEnds<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if !self.started {
            self.start()?;
        }
        let mut read = self.head.read(buf)?;
        if read == 0 {
            read = self.inner.read(buf)?;
        }
        if self.replace {
            for byte in buf.iter_mut().take(read).filter(|byte| **byte == b'\r') {
                *byte = b'\n';
            }
        }
        Ok(read)
    }
}

const CHUNK: usize = 16 << 10;

/// UTF-16 to UTF-8; what is no character becomes U+FFFD.
struct Utf16<R> {
    inner: R,
    decoder: Decoder,
    input: Vec<u8>,
    /// The part of `input` that is not decoded yet.
    pending: std::ops::Range<usize>,
    output: Vec<u8>,
    given: usize,
    ended: bool,
}

impl<R: Read> Utf16<R> {
    fn new(inner: R, decoder: Decoder) -> Self {
        Self { inner, decoder, input: vec![0; CHUNK], pending: 0..0, output: Vec::new(), given: 0, ended: false }
    }

    fn fill(&mut self) -> io::Result<()> {
        if self.pending.is_empty() {
            let read = self.inner.read(&mut self.input)?;
            self.ended = read == 0;
            self.pending = 0..read;
        }
        let input = self.input.get(self.pending.clone()).unwrap_or_default();
        // Three bytes of UTF-8 for two of UTF-16, and room for what was held back and its replacement.
        self.output.resize(input.len() * 2 + 16, 0);
        self.given = 0;
        let (result, read, written, _) = self.decoder.decode_to_utf8(input, &mut self.output, self.ended);
        self.pending.start += read;
        self.output.truncate(written);
        if result == CoderResult::OutputFull {
            self.ended = false;
        }
        Ok(())
    }
}

impl<R: Read> Read for Utf16<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        loop {
            let ready = self.output.get(self.given..).unwrap_or_default();
            if !ready.is_empty() || buf.is_empty() {
                let mut ready = ready;
                let read = ready.read(buf)?;
                self.given += read;
                return Ok(read);
            }
            if self.ended {
                return Ok(0);
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
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            let most = self.1.min(buf.len());
            self.0.read(&mut buf[..most])
        }
    }

    #[test]
    fn decoded_texts() {
        let le = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let be = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>();
        let long = "ライセンス 😀 registered\n".repeat(3000);
        for (encoding, bytes, expected) in [
            (Encoding::Utf8, b"plain\r\nlines\n".to_vec(), &b"plain\r\nlines\n"[..]),
            (Encoding::Utf8, b"\xef\xbb\xbfmarked\n".to_vec(), b"marked\n"),
            (Encoding::Utf8, b"old\rmac\r".to_vec(), b"old\nmac\n"),
            (Encoding::Utf8, b"one line, cut at its end\r".to_vec(), b"one line, cut at its end\r"),
            (Encoding::Bytes, b"Ger\xe4t\n".to_vec(), b"Ger\xe4t\n"),
            (Encoding::Utf16Le, le("\u{feff}a\r\nb"), b"a\r\nb"),
            (Encoding::Utf16Be, be("ä\rb\r"), "ä\nb\n".as_bytes()),
            (Encoding::Utf16Le, le(&long), long.as_bytes()),
            (Encoding::Utf16Le, b"a\0b".to_vec(), "a\u{fffd}".as_bytes()),
            (Encoding::Utf16Le, b"\x00\xd8a\0".to_vec(), "\u{fffd}a".as_bytes()),
            (Encoding::Utf16Be, Vec::new(), b""),
        ] {
            for step in [1, 2, 3, 7, 8192] {
                let mut out = Vec::new();
                decode(encoding, Slow(&bytes, step)).read_to_end(&mut out).unwrap();
                assert_eq!(out, expected, "{encoding:?} by {step}");
            }
        }
    }

    #[test]
    fn most_texts_need_nothing() {
        for (encoding, head, expected) in [
            (Encoding::Utf8, &b"a\r\nb\n"[..], false),
            (Encoding::Utf8, b"a\nb\n", false),
            (Encoding::Bytes, b"\xe4\n", false),
            (Encoding::Utf8, b"cut before its line feed\r", false),
            (Encoding::Utf8, b"\xef\xbb\xbfa", true),
            (Encoding::Utf8, b"a\rb\rc", true),
            (Encoding::Utf16Le, b"a\0", true),
        ] {
            assert_eq!(needs_decoding(encoding, head), expected, "{head:?}");
        }
    }
}

//! The containers: how each compressed stream is decoded and how the members of tar and zip archives are found.
//! Decoders are plain readers; their errors say by [`io::ErrorKind`] whether data is missing (`UnexpectedEof`), would
//! need too much memory (`OutOfMemory`), uses an unread part of its format (`Unsupported`) or is damaged (all else).

mod bzip2;
mod gzip;
mod lzma;
mod lzw;
pub(super) mod tar;
mod xz;
pub(super) mod zip;
mod zstd;

use super::budget::DecoderMemory;
use std::io::{self, BufRead, BufReader, Read};

/// The read buffer below each decoder.
const BUFFER: usize = 64 << 10;

/// The compressed streams that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compression {
    Gzip,
    Bzip2,
    Xz,
    Lzma,
    Zstd,
    Lzw,
}

impl Compression {
    /// The compression that a file starting with `head` has.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        match head {
            [0x1f, 0x8b, 8, flags, ..] if flags & 0xe0 == 0 => Some(Self::Gzip),
            [b'B', b'Z', b'h', b'1'..=b'9', block @ ..] if bzip2::is_block(block) => Some(Self::Bzip2),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Self::Xz),
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, _, _, _, _, ..] => Some(Self::Zstd),
            [0x1f, 0x9d, flags, _, ..] if flags & 0x60 == 0 && (9..=16).contains(&(flags & 0x1f)) => Some(Self::Lzw),
            _ if lzma::is_header(head) => Some(Self::Lzma),
            _ => None,
        }
    }

    /// The word for it in messages.
    pub(super) fn stream(self) -> &'static str {
        match self {
            Self::Gzip => "gzip stream",
            Self::Bzip2 => "bzip2 stream",
            Self::Xz => "xz stream",
            Self::Lzma => "lzma stream",
            Self::Zstd => "zstd stream",
            Self::Lzw => "compress (.Z) stream",
        }
    }

    /// Decodes `input`, all concatenated members of it.
    pub(super) fn decode<'r>(self, input: impl Read + 'r, memory: &'r DecoderMemory<'r>) -> Box<dyn Read + 'r> {
        let input = BufReader::with_capacity(BUFFER, input);
        match self {
            Self::Gzip => Box::new(gzip::Reader::new(input)),
            Self::Bzip2 => Box::new(bzip2::Reader::new(input)),
            Self::Xz => Box::new(xz::Reader::new(input, memory)),
            Self::Lzma => Box::new(lzma::Reader::new(input, memory)),
            Self::Zstd => Box::new(zstd::Reader::new(input, memory)),
            Self::Lzw => Box::new(lzw::Reader::new(input)),
        }
    }
}

fn damaged(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, cause)
}

fn cut() -> io::Error {
    io::ErrorKind::UnexpectedEof.into()
}

fn read_array<const N: usize>(input: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    input.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// Fills as much of `buf` as there is; less than all of it only at the end.
pub(super) fn read_full(input: &mut (impl Read + ?Sized), buf: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buf.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match input.read(rest) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// What follows a complete member of a compressed file.
enum Next {
    /// Nothing, or nothing but the zeros that tapes and block devices pad with.
    End,
    /// Bytes that start with something else.
    More,
}

fn skip_zeros(input: &mut impl BufRead) -> io::Result<Next> {
    loop {
        let buffer = input.fill_buf()?;
        if buffer.is_empty() {
            return Ok(Next::End);
        }
        let zeros = buffer.iter().take_while(|b| **b == 0).count();
        let more = zeros < buffer.len();
        input.consume(zeros);
        if more {
            return Ok(Next::More);
        }
    }
}

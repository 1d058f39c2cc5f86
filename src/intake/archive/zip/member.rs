//! One member of a zip: what keeps it from being read, and its data through the right decoder.

use super::super::super::TroubleKind;
use super::super::super::metered::{Metered, Seekable, drain};
use super::super::super::open::{At, Walk};
use super::super::super::spare::Buffered;
#[cfg(feature = "fast-inflate")]
use super::super::at_once;
use super::super::gzip::Inflate;
use super::super::{BUFFER, bzip2, cut, damaged, lzma, xz, zstd};
use super::directory::Member;
use flate2::Crc;
use std::io::{self, BufRead, Read, Seek};

/// The methods of APPNOTE 4.4.5 that have a name.
fn method_name(method: u16) -> &'static str {
    match method {
        0 => "stored data",
        1 => "shrink",
        2..=5 => "reduce",
        6 => "implode",
        8 => "deflate stream",
        9 => "deflate64 stream",
        10 => "PKWARE DCL implode",
        12 => "bzip2 stream",
        14 => "LZMA stream",
        18 => "IBM TERSE",
        20 | 93 => "zstd stream",
        94 => "MP3",
        95 => "xz stream",
        96 => "JPEG",
        97 => "WavPack",
        98 => "PPMd",
        _ => "unknown",
    }
}

fn is_read(method: u16) -> bool {
    matches!(method, 0 | 8 | 9 | 12 | 14 | 20 | 93 | 95)
}

/// Says why a member cannot be read, if so.
pub(super) fn refusal(member: &Member) -> Option<(TroubleKind, String)> {
    match member.unix_type {
        0o120_000 => return Some((TroubleKind::NotRegular, "a symbolic link, not followed".to_owned())),
        // `command | zip x.zip -` stores what it was given as a FIFO with contents.
        0o010_000 | 0o020_000 | 0o060_000 | 0o140_000 if member.size == Some(0) => {
            return Some((TroubleKind::NotRegular, "a device, FIFO or socket, not opened".to_owned()));
        }
        _ => {}
    }
    if member.encrypted() {
        return Some((TroubleKind::Encrypted, "this zip member is encrypted; unpack it with its password and pass the files".to_owned()));
    }
    if !is_read(member.method) {
        let message = format!("this zip member is packed by method {} ({}), which is not read", member.method, method_name(member.method));
        return Some((TroubleKind::Unsupported, message));
    }
    None
}

/// Reads the member whose data `source` stands at, and says how many bytes of it were taken where that is known.
pub(super) fn read<R: Read + Seek>(walk: &mut Walk<'_>, inside: &At, source: &mut Seekable<'_, R>, member: &Member) -> Option<u64> {
    let memory = &walk.chain.memory;
    let input = source.take(member.packed.unwrap_or(u64::MAX));
    if member.method == 8 {
        return deflate(walk, inside, member, input);
    }
    let input = Buffered::new(BUFFER, input);
    match member.method {
        9 => deflate64(walk, inside, member, input),
        12 => through(walk, inside, member, &mut bzip2::Reader::new(input)),
        14 => {
            let marked = member.flags & 2 != 0;
            let size = member.size.filter(|_| !marked).unwrap_or(u64::MAX);
            through(walk, inside, member, &mut lzma::Reader::in_zip(input, size, memory));
        }
        20 | 93 => through(walk, inside, member, &mut zstd::Reader::new(input, memory)),
        95 => through(walk, inside, member, &mut xz::Reader::new(input, memory)),
        _ => through(walk, inside, member, &mut { input }),
    }
    None
}

fn through(walk: &mut Walk<'_>, inside: &At, member: &Member, decoder: &mut dyn Read) {
    let checked = Checked { inner: decoder, sum: Crc::new(), size: 0, stored: member.method == 0, expected: (member.crc, member.size) };
    let mut output = Metered::new(checked, method_name(member.method), inside.layer, inside.path.clone(), walk.chain);
    walk.stream(inside, &mut output);
    if member.packed.is_none() {
        // Only its end says where the next member can begin.
        let _ = drain(&mut output);
    }
    walk.report(inside.layer);
}

fn deflate(walk: &mut Walk<'_>, inside: &At, member: &Member, input: impl Read) -> Option<u64> {
    #[cfg(feature = "fast-inflate")]
    let input = match at_once::raw(input, member.packed, member.size) {
        at_once::Taken::Whole(mut result) => {
            through(walk, inside, member, &mut result);
            return member.packed;
        }
        at_once::Taken::Untouched(input) => input,
    };
    // What reading ahead met will be met again.
    walk.chain.postpone();
    let mut deflate = Deflate { input: Buffered::new(BUFFER, input), inflate: Inflate::new() };
    through(walk, inside, member, &mut deflate);
    Some(deflate.inflate.consumed())
}

struct Deflate<R> {
    input: R,
    inflate: Inflate,
}

impl<R: BufRead> Read for Deflate<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.inflate.read(&mut self.input, buf)
    }
}

/// Compares length and checksum with what the archive says, once all is read.
struct Checked<'r> {
    inner: &'r mut dyn Read,
    sum: Crc,
    size: u64,
    stored: bool,
    expected: (Option<u32>, Option<u64>),
}

impl Read for Checked<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buf)?;
        if read > 0 || buf.is_empty() {
            self.sum.update(buf.get(..read).unwrap_or_default());
            self.size = self.size.saturating_add(read as u64);
            return Ok(read);
        }
        let (sum, size) = self.expected;
        if size.is_some_and(|size| self.size < size) {
            // Stored data has no end of its own.
            return Err(if self.stored { cut() } else { damaged("it is shorter than the archive says") });
        }
        if size.is_some_and(|size| self.size > size) {
            return Err(damaged("it is longer than the archive says"));
        }
        if sum.is_some_and(|sum| sum != self.sum.sum()) {
            return Err(damaged("its checksum differs"));
        }
        Ok(0)
    }
}

/// Deflate64, which Windows Explorer uses for large files. Its decoder is only to be had inside the `zip` crate, which
/// is asked through a local header made for it.
fn deflate64(walk: &mut Walk<'_>, inside: &At, member: &Member, input: impl Read) {
    let mut input = io::Cursor::new(local_header(member)).chain(input);
    match ::zip::read::read_zipfile_from_stream(&mut input) {
        Ok(Some(mut file)) => through(walk, inside, member, &mut file),
        Ok(None) => {}
        Err(error) => walk.trouble(&inside.path, TroubleKind::Corrupt, format!("deflate64 stream cannot be read: {error}")),
    }
}

fn local_header(member: &Member) -> Vec<u8> {
    let (size, packed) = (member.size.unwrap_or(0), member.packed.unwrap_or(0));
    let mut header = b"PK\x03\x04\x2d\0\0\0\x09\0\0\0\x21\0".to_vec();
    header.extend(member.crc.unwrap_or(0).to_le_bytes());
    // Both sizes in the zip64 field, a name of one byte.
    header.extend(b"\xff\xff\xff\xff\xff\xff\xff\xff\x01\0\x14\0x\x01\0\x10\0");
    header.extend(size.to_le_bytes());
    header.extend(packed.to_le_bytes());
    header
}

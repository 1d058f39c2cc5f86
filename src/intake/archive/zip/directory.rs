//! The directory at the end of a zip, and the header in front of each member.

use super::super::super::metered::Seekable;
use super::super::read_full;
use std::io::{self, Read, Seek};

/// The end record has 22 bytes and a comment of at most 65,535.
const TAIL: u64 = 22 + 65_535;
const END: &[u8] = b"PK\x05\x06";
const END64: &[u8] = b"PK\x06\x06";
const END64_LOCATOR: &[u8] = b"PK\x06\x07";
const CENTRAL: &[u8] = b"PK\x01\x02";
pub(super) const LOCAL: &[u8] = b"PK\x03\x04";

/// Where the directory lies.
pub(super) struct Directory {
    pub(super) start: u64,
    /// How many members it should name.
    pub(super) entries: u64,
    /// Bytes before the archive proper; all offsets in it are smaller by this.
    pub(super) shift: u64,
    /// The end record, or the comment that it states, is not all there.
    pub(super) cut: bool,
}

/// What is known of a member from the directory, or from its local header alone.
pub(super) struct Member {
    pub(super) name: Vec<u8>,
    pub(super) flags: u16,
    pub(super) method: u16,
    /// Checksum and sizes; unknown where they follow the data.
    pub(super) crc: Option<u32>,
    pub(super) packed: Option<u64>,
    pub(super) size: Option<u64>,
    /// Where the local header should be; of a local header, where the data begins.
    pub(super) place: u64,
    /// Unix file type bits, where the writer was a Unix.
    pub(super) unix_type: u32,
    pub(super) folder: bool,
}

impl Member {
    pub(super) fn encrypted(&self) -> bool {
        self.flags & 1 != 0 || self.method == 99
    }
}

/// A part of the file held for small reads that follow each other.
pub(super) struct Window {
    at: u64,
    bytes: Vec<u8>,
    step: usize,
}

impl Window {
    /// A window that is filled with at least `step` bytes at a time.
    pub(super) fn new(step: usize) -> Self {
        Self { at: 0, bytes: Vec::new(), step }
    }

    /// All bytes held from `place` on, at least `least` of them but at the end of the file.
    pub(super) fn from<R: Read + Seek>(&mut self, source: &mut Seekable<'_, R>, place: u64, least: usize) -> io::Result<&[u8]> {
        let inside = place.checked_sub(self.at).and_then(|at| usize::try_from(at).ok());
        let held = inside.filter(|from| self.bytes.len().checked_sub(*from).is_some_and(|held| held >= least));
        let from = match held {
            Some(from) => from,
            None => {
                source.go_to(place)?;
                self.bytes.resize(least.max(self.step), 0);
                let read = read_full(source, &mut self.bytes)?;
                self.bytes.truncate(read);
                self.at = place;
                0
            }
        };
        Ok(self.bytes.get(from..).unwrap_or_default())
    }

    /// At most `length` bytes from `place`; fewer only at the end of the file.
    pub(super) fn get<R: Read + Seek>(&mut self, source: &mut Seekable<'_, R>, place: u64, length: usize) -> io::Result<&[u8]> {
        let rest = self.from(source, place, length)?;
        Ok(rest.get(..length).unwrap_or(rest))
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|bytes| u16::from_le_bytes(*bytes))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))
}

/// Looks for the end record from the end of the file, and takes the last one that leads to a directory.
pub(super) fn find<R: Read + Seek>(source: &mut Seekable<'_, R>) -> Option<Directory> {
    let from = source.length().saturating_sub(TAIL);
    source.go_to(from).ok()?;
    let mut tail = Vec::new();
    source.take(TAIL).read_to_end(&mut tail).ok()?;
    let mut window = Window::new(64);
    memchr::memmem::rfind_iter(&tail, END).find_map(|at| {
        let record = tail.get(at..)?;
        let end = from + at as u64;
        located(source, &mut window, record, end)
    })
}

fn located<R: Read + Seek>(source: &mut Seekable<'_, R>, window: &mut Window, record: &[u8], end: u64) -> Option<Directory> {
    let (mut entries, mut size, mut offset) =
        (u64::from(u16_at(record, 10)?), u64::from(u32_at(record, 12)?), u64::from(u32_at(record, 16)?));
    let cut = u16_at(record, 20).is_none_or(|comment| record.len() < 22 + usize::from(comment));
    let mut end = end;
    let wide = entries == 0xffff || size == 0xffff_ffff || offset == 0xffff_ffff;
    if wide && let Some((at, record)) = end64(source, window, end) {
        (entries, size, offset) = (u64_at(&record, 32)?, u64_at(&record, 40)?, u64_at(&record, 48)?);
        end = at;
    }
    if entries == 0 && size == 0 {
        return Some(Directory { start: end, entries, shift: end.saturating_sub(offset), cut });
    }
    // The size leads to it even when something was put in front of the archive; else the offset does.
    let starts = [end.checked_sub(size), Some(offset)];
    let start = starts.into_iter().flatten().find(|start| window.get(source, *start, 4).is_ok_and(|bytes| bytes == CENTRAL))?;
    Some(Directory { start, entries, shift: start.saturating_sub(offset), cut })
}

/// The zip64 end record, where its locator says or just before the locator.
fn end64<R: Read + Seek>(source: &mut Seekable<'_, R>, window: &mut Window, end: u64) -> Option<(u64, Vec<u8>)> {
    let locator_at = end.checked_sub(20)?;
    let locator = window.get(source, locator_at, 20).ok()?;
    if !locator.starts_with(END64_LOCATOR) {
        return None;
    }
    let stated = u64_at(locator, 8)?;
    for at in [Some(stated), locator_at.checked_sub(56)].into_iter().flatten() {
        let record = window.get(source, at, 56).ok()?;
        if record.starts_with(END64) && record.len() == 56 {
            return Some((at, record.to_vec()));
        }
    }
    None
}

/// The member named at `place` of the directory, and the place of the next.
pub(super) fn central<R: Read + Seek>(source: &mut Seekable<'_, R>, window: &mut Window, place: u64) -> Option<(Member, u64)> {
    let fixed = window.get(source, place, 46).ok()?;
    if !fixed.starts_with(CENTRAL) {
        return None;
    }
    let lengths = [u16_at(fixed, 28)?, u16_at(fixed, 30)?, u16_at(fixed, 32)?].map(usize::from);
    let [name, extra, comment] = lengths;
    let total = 46 + name + extra + comment;
    let record = window.get(source, place, total).ok()?;
    let name_bytes = record.get(46..46 + name)?;
    let extra = record.get(46 + name..46 + name + extra)?;
    if record.len() < total {
        return None;
    }
    let made_on = u16_at(record, 4)? >> 8;
    let attributes = u32_at(record, 38)?;
    let (crc, packed, size) = (u32_at(record, 16)?, u32_at(record, 20)?, u32_at(record, 24)?);
    let offset = u32_at(record, 42)?;
    let wide = wide_sizes(extra, size, packed, Some(offset));
    let member = Member {
        name: decoded_name(name_bytes, extra),
        flags: u16_at(record, 8)?,
        method: u16_at(record, 10)?,
        crc: Some(crc),
        packed: Some(wide.packed),
        size: Some(wide.size),
        place: wide.offset,
        unix_type: if made_on == 3 || made_on == 19 { (attributes >> 16) & 0o170_000 } else { 0 },
        folder: wide.size == 0 && (is_folder_name(name_bytes) || (made_on == 0 && attributes & 0x10 != 0)),
    };
    Some((member, place.checked_add(total as u64)?))
}

/// The local header at `place`.
pub(super) fn local<R: Read + Seek>(source: &mut Seekable<'_, R>, window: &mut Window, place: u64) -> Option<Member> {
    let fixed = window.get(source, place, 30).ok()?;
    if !fixed.starts_with(LOCAL) {
        return None;
    }
    let [name, extra] = [u16_at(fixed, 26)?, u16_at(fixed, 28)?].map(usize::from);
    let total = 30 + name + extra;
    let record = window.get(source, place, total).ok()?;
    let name_bytes = record.get(30..30 + name)?;
    let extra = record.get(30 + name..total)?;
    let flags = u16_at(record, 6)?;
    let (crc, packed, size) = (u32_at(record, 14)?, u32_at(record, 18)?, u32_at(record, 22)?);
    let wide = wide_sizes(extra, size, packed, None);
    let later = flags & 8 != 0;
    Some(Member {
        name: decoded_name(name_bytes, extra),
        flags,
        method: u16_at(record, 8)?,
        crc: Some(crc).filter(|_| !later),
        packed: Some(wide.packed).filter(|packed| !later || *packed > 0),
        size: Some(wide.size).filter(|_| !later),
        place: place.checked_add(total as u64)?,
        unix_type: 0,
        folder: is_folder_name(name_bytes) && wide.size == 0,
    })
}

fn is_folder_name(name: &[u8]) -> bool {
    matches!(name.last(), Some(b'/' | b'\\'))
}

struct Wide {
    size: u64,
    packed: u64,
    offset: u64,
}

/// Fields of all ones are found, in this order, in the zip64 extra field (APPNOTE 4.5.3).
fn wide_sizes(extra: &[u8], size: u32, packed: u32, offset: Option<u32>) -> Wide {
    let mut field = extra_field(extra, 1).unwrap_or_default();
    let mut widen = |narrow: u32| {
        if narrow != u32::MAX {
            return u64::from(narrow);
        }
        let Some(wide) = u64_at(field, 0) else { return u64::from(narrow) };
        field = field.get(8..).unwrap_or_default();
        wide
    };
    Wide { size: widen(size), packed: widen(packed), offset: offset.map_or(0, widen) }
}

fn extra_field(mut extra: &[u8], id: u16) -> Option<&[u8]> {
    loop {
        let (found, length) = (u16_at(extra, 0)?, usize::from(u16_at(extra, 2)?));
        let value = extra.get(4..4 + length)?;
        if found == id {
            return Some(value);
        }
        extra = extra.get(4 + length..)?;
    }
}

/// Info-ZIP's Unicode path field (0x7075) counts while it belongs to the name as it stands.
fn decoded_name(name: &[u8], extra: &[u8]) -> Vec<u8> {
    if let Some([1, c0, c1, c2, c3, unicode @ ..]) = extra_field(extra, 0x7075) {
        let mut sum = flate2::Crc::new();
        sum.update(name);
        if sum.sum() == u32::from_le_bytes([*c0, *c1, *c2, *c3]) {
            return unicode.to_vec();
        }
    }
    name.to_vec()
}

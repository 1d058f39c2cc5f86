//! tar archives: ustar and pax (POSIX.1-2017), GNU (tar.h, long names and sparse files), star and v7. Headers are walked
//! raw, so that an extension record is measured before it is read, and read as GNU tar does where writers disagree.
//! Sparse files are given as they are stored.

use super::super::escape::visible;
use super::super::limits::size;
use super::super::metered::Bounded;
use super::super::open::{At, Walk};
use super::super::{LogicalPath, TroubleKind};
use super::read_full;
use std::io::Read;

const BLOCK: usize = 512;

/// Walks the members of the tar in `input`.
pub(in super::super) fn walk(walk: &mut Walk<'_>, at: &At, input: &mut dyn Read) {
    let layer = at.layer + 1;
    let mut tar =
        Tar { walk, at, input, layer, members: 0, uncounted: 0, links: 0, specials: 0, damaged: 0, pending: Extensions::default() };
    let whole = tar.members();
    let (members, links, specials) = (tar.members, tar.links, tar.specials);
    let (uncounted, damaged) = (tar.uncounted, tar.damaged);
    let path = &at.path;
    if whole.is_none() {
        walk.chain.used(|_| format!("the {members} members before were used, what follows could not be read"));
        walk.report(layer);
    }
    if damaged > 0 {
        let message = format!("damaged tar header: {} were skipped to find the next member, {members} members were used", size(damaged));
        walk.trouble(path, TroubleKind::Corrupt, message);
    }
    if uncounted > 0 {
        let message = walk.chain.limits.hit("archive_members", format!("{uncounted} further members were not read"));
        walk.trouble(path, TroubleKind::Limit, message);
    }
    for (count, what) in [(links, "link"), (specials, "device, FIFO or socket")] {
        if count > 0 {
            let message = format!("{count} {what}{} not followed", if count == 1 { "" } else { "s" });
            walk.trouble(path, TroubleKind::NotRegular, message);
        }
    }
}

/// True when `head` starts with a tar header: its checksum holds, computed with unsigned or, as old Sun tars did,
/// with signed bytes.
pub(in super::super) fn is_header(head: &[u8]) -> bool {
    head.first_chunk::<BLOCK>().is_some_and(|block| Header(*block).is_valid())
}

/// Names and sizes of the next member that came in records before it.
#[derive(Default)]
struct Extensions {
    name: Option<Vec<u8>>,
    size: Option<u64>,
    /// From a pax global header: for all members behind it.
    global_name: Option<Vec<u8>>,
    global_size: Option<u64>,
}

struct Tar<'t, 'w> {
    walk: &'t mut Walk<'w>,
    at: &'t At,
    input: &'t mut dyn Read,
    layer: usize,
    members: u64,
    uncounted: u64,
    links: u64,
    specials: u64,
    /// Bytes skipped in search of a header.
    damaged: u64,
    pending: Extensions,
}

impl Tar<'_, '_> {
    /// Walks to the end; nothing when the input failed or ended early.
    fn members(&mut self) -> Option<()> {
        let mut ended = false;
        loop {
            let mut block = [0; BLOCK];
            match read_full(self.input, &mut block).ok()? {
                0 if ended => return Some(()),
                BLOCK => {}
                got => {
                    let place = if got == 0 { "without its end mark" } else { "inside a header" };
                    self.fail(TroubleKind::Truncated, format!("the tar archive ends {place}"));
                    return None;
                }
            }
            if block == [0; BLOCK] {
                ended = true;
                continue;
            }
            let header = Header(block);
            if !header.is_valid() {
                if ended {
                    // Old tars pad their last record with whatever was in memory. A stream's own checks still count.
                    return std::io::copy(self.input, &mut std::io::sink()).ok().map(drop);
                }
                self.damaged = self.damaged.saturating_add(BLOCK as u64);
                continue;
            }
            // Archives that were appended to each other go on behind an end mark.
            ended = false;
            self.member(&header)?;
        }
    }

    fn fail(&self, kind: TroubleKind, cause: String) {
        self.walk.chain.fail(self.layer, &self.at.path, kind, cause);
    }

    fn member(&mut self, header: &Header) -> Option<()> {
        let kind = header.kind();
        let Some(stored) = header.size() else {
            // A size nobody can skip by: look for the next header behind this one.
            self.damaged = self.damaged.saturating_add(BLOCK as u64);
            return Some(());
        };
        match kind {
            b'L' => {
                let record = self.record(stored, "a long name")?;
                self.pending.name = record.map(until_zero);
                Some(())
            }
            b'K' => self.record(stored, "a long link name").map(drop),
            b'x' | b'X' | b'g' => {
                let record = self.record(stored, "a pax header")?;
                self.pax(&record.unwrap_or_default(), kind == b'g');
                Some(())
            }
            _ => {
                let pending = std::mem::take(&mut self.pending);
                let name = pending.name.or_else(|| pending.global_name.clone()).unwrap_or_else(|| header.name());
                let size = pending.size.or(pending.global_size).unwrap_or(stored);
                self.pending = Extensions { global_name: pending.global_name, global_size: pending.global_size, ..Extensions::default() };
                self.ordinary(header, kind, &name, size)
            }
        }
    }

    fn ordinary(&mut self, header: &Header, kind: u8, name: &[u8], size: u64) -> Option<()> {
        if kind == b'S' {
            self.sparse_map(header)?;
        }
        match kind {
            // GNU tar takes the size of a hard link as zero, whatever it says.
            b'1' => {
                self.links += 1;
                return Some(());
            }
            b'2' => self.links += 1,
            b'3' | b'4' | b'6' => self.specials += 1,
            b'5' | b'D' | b'V' => {}
            // v7 marks folders by their name alone.
            0 | b'0' if name.ends_with(b"/") => {}
            _ => return self.file(name, size),
        }
        self.skip(size)
    }

    fn file(&mut self, name: &[u8], size: u64) -> Option<()> {
        if self.members >= self.walk.chain.limits.archive_members {
            self.uncounted += 1;
            return self.skip(size);
        }
        let path = self.walk.member_path(&self.at.path, name);
        let inside = At { packed: false, ..self.at.inside(path) };
        if !self.walk.admit(&inside) {
            return None;
        }
        self.members += 1;
        let chain = self.walk.chain;
        let mut stored = Bounded::new(self.input, size, self.layer, &self.at.path, chain);
        self.walk.stream(&inside, &mut stored);
        stored.skip().ok()?;
        self.pad(size)
    }

    /// Reads an extension record of at most `header` bytes; a longer one is skipped and reported.
    fn record(&mut self, stored: u64, what: &str) -> Option<Option<Vec<u8>>> {
        let most = self.walk.chain.limits.header;
        if stored > most {
            let happened = format!("{what} of {} was skipped, the member behind it has its short name", size(stored));
            let message = self.walk.chain.limits.hit("header", happened);
            self.walk.trouble(&self.at.path, TroubleKind::Limit, message);
            return self.skip(stored).map(|()| None);
        }
        let mut record = Vec::new();
        Bounded::new(self.input, stored, self.layer, &self.at.path, self.walk.chain).read_to_end(&mut record).ok()?;
        self.pad(stored).map(|()| Some(record))
    }

    fn skip(&mut self, stored: u64) -> Option<()> {
        Bounded::new(self.input, stored, self.layer, &self.at.path, self.walk.chain).skip().ok()?;
        self.pad(stored)
    }

    fn pad(&mut self, stored: u64) -> Option<()> {
        let padding = (BLOCK as u64 - stored % BLOCK as u64) % BLOCK as u64;
        Bounded::new(self.input, padding, self.layer, &self.at.path, self.walk.chain).skip().ok()
    }

    /// Records of "length key=value\n" (POSIX.1-2017, pax, "pax Extended Header").
    fn pax(&mut self, mut records: &[u8], global: bool) {
        while let Some(space) = memchr::memchr(b' ', records) {
            let length = std::str::from_utf8(records.get(..space).unwrap_or_default()).ok().and_then(|digits| digits.parse().ok());
            let Some(record) = length.and_then(|length: usize| records.get(space + 1..length)) else { break };
            records = records.get(space + 1 + record.len()..).unwrap_or_default();
            let Some((key, value)) = split_once(record.strip_suffix(b"\n").unwrap_or(record), b'=') else { continue };
            let number = || std::str::from_utf8(value).ok().and_then(|digits| digits.parse().ok());
            match (key, global) {
                // Last one wins, and the sparse name is what the file was called.
                (b"path" | b"GNU.sparse.name", false) => self.pending.name = Some(until_zero(value.to_vec())),
                (b"size", false) => self.pending.size = number(),
                (b"path", true) => self.pending.global_name = Some(until_zero(value.to_vec())),
                (b"size", true) => self.pending.global_size = number(),
                _ => {}
            }
        }
    }

    /// Skips the blocks of holes that follow a GNU sparse header.
    fn sparse_map(&mut self, header: &Header) -> Option<()> {
        let mut more = header.0.get(482).copied().unwrap_or(0) != 0;
        while more {
            let mut block = [0; BLOCK];
            Bounded::new(self.input, BLOCK as u64, self.layer, &self.at.path, self.walk.chain).read_exact(&mut block).ok()?;
            more = block.get(504).copied().unwrap_or(0) != 0;
        }
        Some(())
    }
}

struct Header([u8; BLOCK]);

impl Header {
    fn field(&self, from: usize, length: usize) -> &[u8] {
        self.0.get(from..from + length).unwrap_or_default()
    }

    fn is_valid(&self) -> bool {
        let Some(stored) = number(self.field(148, 8)) else { return false };
        let (mut unsigned, mut signed) = (0_i64, 0_i64);
        for (at, byte) in self.0.iter().enumerate() {
            let byte = if (148..156).contains(&at) { b' ' } else { *byte };
            unsigned += i64::from(byte);
            signed += i64::from(byte.cast_signed());
        }
        i64::try_from(stored).is_ok_and(|stored| stored == unsigned || stored == signed)
    }

    fn kind(&self) -> u8 {
        self.field(156, 1).first().copied().unwrap_or(0)
    }

    fn size(&self) -> Option<u64> {
        number(self.field(124, 12))
    }

    fn name(&self) -> Vec<u8> {
        let name = until_zero(self.field(0, 100).to_vec());
        // GNU and v7 headers keep other things where POSIX has the prefix; star has 131 bytes of it.
        let prefix = match (self.field(257, 6), self.field(508, 4)) {
            (b"ustar\0", b"tar\0") => self.field(345, 131),
            (b"ustar\0", _) => self.field(345, 155),
            _ => &[],
        };
        let prefix = until_zero(prefix.to_vec());
        if prefix.is_empty() { name } else { [prefix.as_slice(), b"/", &name].concat() }
    }
}

fn until_zero(mut bytes: Vec<u8>) -> Vec<u8> {
    if let Some(end) = memchr::memchr(0, &bytes) {
        bytes.truncate(end);
    }
    bytes
}

fn split_once(bytes: &[u8], separator: u8) -> Option<(&[u8], &[u8])> {
    let at = memchr::memchr(separator, bytes)?;
    Some((bytes.get(..at)?, bytes.get(at + 1..)?))
}

/// An octal number, or a big-endian one marked by the top bit (GNU and star); negative and overlong ones are none.
/// An empty field is zero, as in the headers of folders.
fn number(field: &[u8]) -> Option<u64> {
    match field {
        [0x80, rest @ ..] => rest.iter().try_fold(0_u64, |value, byte| Some(value.checked_mul(256)? | u64::from(*byte))),
        [first, ..] if *first > 0x80 => None,
        _ => {
            let digits = field.trim_ascii_start();
            let end = digits.iter().position(|b| !(b'0'..=b'7').contains(b)).unwrap_or(digits.len());
            let (digits, rest) = digits.split_at_checked(end)?;
            if !matches!(rest.first(), None | Some(0 | b' ')) {
                return None;
            }
            digits.iter().try_fold(0_u64, |value, digit| value.checked_mul(8)?.checked_add(u64::from(digit - b'0')))
        }
    }
}

impl Walk<'_> {
    /// The path of a member, its name made visible and cut to what the limit allows.
    pub(in super::super) fn member_path(&mut self, archive: &LogicalPath, name: &[u8]) -> LogicalPath {
        let most = usize::try_from(self.chain.limits.name).unwrap_or(usize::MAX);
        match name.get(..most) {
            Some(kept) if kept.len() < name.len() => {
                let path = archive.member(&format!("{}…", visible(kept)));
                let message = self.chain.limits.hit("name", format!("the name of {} was cut", size(name.len() as u64)));
                self.trouble(&path, TroubleKind::Limit, message);
                path
            }
            _ if name.is_empty() => archive.member("(no name)"),
            _ => archive.member(&visible(name)),
        }
    }
}

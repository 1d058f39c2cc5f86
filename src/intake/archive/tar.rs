//! tar archives: ustar and pax (POSIX.1-2017), GNU (tar.h, long names and sparse files), star and v7. Headers are walked
//! raw, so that an extension record is measured before it is read, and read as GNU tar does where writers disagree.
//! Sparse files are given as they are stored.

mod orphan;

use super::super::escape::visible;
use super::super::limits::size;
use super::super::metered::{Bounded, drain};
use super::super::open::{At, Walk};
use super::super::{LogicalPath, TroubleKind};
use super::names::Names;
use super::read_full;
use orphan::Orphan;
use std::io::Read;

const BLOCK: usize = 512;
/// The first size that is too large for the eleven octal digits of a header.
const USTAR_SIZES: u64 = 1 << 33;

/// Walks the members of the tar in `input`.
pub(in super::super) fn walk(walk: &mut Walk<'_>, at: &At, input: &mut dyn Read) {
    let layer = at.layer + 1;
    let mut tar = Tar {
        walk,
        at,
        input,
        layer,
        ended: false,
        members: 0,
        uncounted: 0,
        links: 0,
        specials: 0,
        damaged: 0,
        resized: (0, None),
        folders: (0, None),
        names: Names::default(),
        pending: Extensions::default(),
        held: None,
    };
    let whole = tar.members();
    let (ended, members, links, specials) = (tar.ended, tar.members, tar.links, tar.specials);
    let (uncounted, damaged, resized, folders, names) = (tar.uncounted, tar.damaged, tar.resized, tar.folders, tar.names);
    let path = &at.path;
    if whole.is_some() && members + links + specials + uncounted + damaged == 0 {
        walk.without_files(at);
    }
    if whole.is_none() {
        walk.chain.used(|_| match ended {
            true => format!("the tar archive inside is whole, its {members} members were used"),
            false => format!("the {members} members before were used, what follows could not be read"),
        });
        walk.report(layer);
    }
    if damaged > 0 {
        let plural = if damaged == 1 { "" } else { "s" };
        let message = format!(
            "{damaged} damaged tar header{plural}: what follows was read as one file up to the next header; {members} members were used in all"
        );
        walk.trouble(path, TroubleKind::Corrupt, message);
    }
    if let (count, Some(first)) = resized {
        let message = format!(
            "{} one size in the pax header and another in the header itself, {first} the first; the pax header was followed",
            if count == 1 { "1 member states".to_owned() } else { format!("{count} members state") }
        );
        walk.trouble(path, TroubleKind::Corrupt, message);
    }
    if let (count, Some(first)) = folders {
        let message = format!("{count} folders have contents, {first} the first; they were read as files");
        walk.trouble(path, TroubleKind::Corrupt, message);
    }
    if let Some(message) = names.remark() {
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
/// with signed bytes, or it is called one and damaged.
pub(in super::super) fn is_header(head: &[u8]) -> bool {
    head.first_chunk::<BLOCK>().is_some_and(|block| Header(*block).is_valid() || Header(*block).is_called())
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
    /// Whether the end mark was the last thing read.
    ended: bool,
    members: u64,
    uncounted: u64,
    links: u64,
    specials: u64,
    /// Headers that do not hold, and what stands where one should.
    damaged: u64,
    /// Members whose pax header states another size, and the first of them.
    resized: (u64, Option<String>),
    /// Folders with contents, and the first of them.
    folders: (u64, Option<String>),
    names: Names,
    pending: Extensions,
    /// A block that was read and is still to be looked at.
    held: Option<[u8; BLOCK]>,
}

impl Tar<'_, '_> {
    /// Walks to the end; nothing when the input failed or ended early.
    fn members(&mut self) -> Option<()> {
        loop {
            let block = match self.held.take() {
                Some(held) => held,
                None => {
                    let mut block = [0; BLOCK];
                    match read_full(self.input, &mut block).ok()? {
                        0 if self.ended => return Some(()),
                        BLOCK => block,
                        got => {
                            let place = if got == 0 { "without its end mark" } else { "inside a header" };
                            self.fail(TroubleKind::Truncated, format!("the tar archive ends {place}"));
                            return None;
                        }
                    }
                }
            };
            if block == [0; BLOCK] {
                self.ended = true;
                continue;
            }
            let header = Header(block);
            if !header.is_valid() {
                if self.ended {
                    // Old tars pad their last record with whatever was in memory. A stream's own checks still count.
                    return drain(self.input).ok().map(drop);
                }
                self.orphan(&header)?;
                continue;
            }
            // Archives that were appended to each other go on behind an end mark.
            self.ended = false;
            self.member(&header)?;
        }
    }

    fn fail(&self, kind: TroubleKind, cause: String) {
        self.walk.chain.fail(self.layer, &self.at.path, kind, cause);
    }

    fn member(&mut self, header: &Header) -> Option<()> {
        let kind = header.kind();
        let Some(stored) = header.size() else {
            // A size nobody can skip by.
            return self.orphan(header);
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
                // Larger ones do not fit the field of the header.
                if size != stored && size < USTAR_SIZES {
                    self.resized.0 += 1;
                    self.resized.1.get_or_insert_with(|| visible(&name));
                }
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
            b'D' | b'V' => {}
            // v7 marks folders by their name alone.
            0 | b'0' | b'5' if kind == b'5' || name.ends_with(b"/") => {
                if size > 0 {
                    self.folders.0 += 1;
                    self.folders.1.get_or_insert_with(|| visible(name));
                    let end = name.iter().rposition(|byte| *byte != b'/').map_or(0, |last| last + 1);
                    return self.file(name.get(..end).unwrap_or_default(), size);
                }
            }
            _ => return self.file(name, size),
        }
        self.skip(size)
    }

    fn file(&mut self, name: &[u8], size: u64) -> Option<()> {
        if self.members >= self.walk.chain.limits.archive_members {
            self.uncounted += 1;
            return self.skip(size);
        }
        let inside = self.admit(name)?;
        let chain = self.walk.chain;
        let mut stored = Bounded::new(self.input, size, self.layer, &self.at.path, chain);
        self.walk.stream(&inside, &mut stored);
        stored.skip().ok()?;
        self.pad(size)
    }

    /// Where a member is read, unless the case has too many.
    fn admit(&mut self, name: &[u8]) -> Option<At> {
        let path = self.walk.member_path(&self.at.path, name);
        // A compressed tar is one level, and its compressor counted.
        let inside = At { depth: self.at.depth + u64::from(!self.at.packed), ..self.at.inside(path) };
        if !self.walk.admit(&inside) {
            return None;
        }
        self.members += 1;
        self.names.note(name);
        Some(inside)
    }

    /// What has no header that holds: one file up to the next header that does.
    fn orphan(&mut self, header: &Header) -> Option<()> {
        self.damaged += 1;
        self.ended = false;
        self.pending.name = None;
        self.pending.size = None;
        let is_header = header.is_valid() || header.is_called();
        let begins = (!is_header).then_some(header.0);
        if self.members >= self.walk.chain.limits.archive_members {
            self.uncounted += 1;
            self.held = Orphan::new(self.input, begins).next_header().ok()?;
            return Some(());
        }
        let name = if is_header { header.name() } else { b"(no header)".to_vec() };
        let inside = self.admit(&name)?;
        let mut orphan = Orphan::new(self.input, begins);
        self.walk.stream(&inside, &mut orphan);
        self.held = orphan.next_header().ok()?;
        Some(())
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

    /// Whether it has the magic of POSIX or of GNU, whatever its checksum is.
    fn is_called(&self) -> bool {
        matches!(self.field(257, 8), b"ustar\x0000" | b"ustar  \0")
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

#[cfg(test)]
mod tests {
    use super::super::super::gather::{Gathered, bytes, gzip, hex, log, tar, tar_header, tar_member, tar_sum, whole};
    use super::super::super::{Content, Limits, NO_FILES, TroubleKind};

    // GNU tar 1.34, `--sparse --sort=name -b1`, of a folder with a name of 120 letters, a FIFO, a hard link, a symbolic
    // link, and a sparse file that ends in a line; then gzip.
    const GNU: &str = "1f8b0800000000000203ed9a4d6ec320148459f7149cc03cec87d9f600def504a44e5aab2989ec76d1db07d1486decfea912b82af37901666124c63346cf544a248702d698d806e66dec6b36cc4c54c7f1966c2da41119789e9edc28a528944af5c3a8fe9cfead21e89f47ff4a5d77077fd70dfe21a1fe2df3a7fa6b6b2fde05d2b1911df4cfe47fbf120214a0ff77fe273297f9df34a4b59004ff27671fa2ff0a3628d8ffbb617748bffffbdaff8bfd9f6d58c816fecfa0ffbd1bfbb5f5e785feb541fee7c06d6e11ff45e7ff71ef06bfb2ff67f9afc3d508a9738453f1f93f1ddd386d57d4df12cff23fdcd8a0ff4d11f97ffe022e56e43cfeaeffba6abf9d203e080000000000000000f890adef511ffcc7546a7a794c3c472c69bc9df1f8c1ff1f1bcfffd4e94b93c5d7ff0000e57202226f92df002c0000";
    const PAX: &str = "1f8b0800000000000203ed9a4b4ec3301086b3ce297202c71ebfca225b608590100730c4a541695a39452a9c1ed76511a5a208a9719b66be8da3c9c24a7effe3f183e4c9e0508f9632b49e7e1b9e999042084a21c435d790643289c047bb31ce77798a8fec7edc48207959b9fcc2f46794498afac7d3ffd16cefad29ad6bf3e6f4ecfe8712e257fd81f5f4e7a0194bb2ed98f41f298cab6c6d368b623f109a339126c819fd3facb87ff99f52d9f3bfe03bffd331f97fa4f9bf5e356f68be29fb7f5ecd57c3d77fc7fd7f50ff011749a6d0ff11f45f18579e5b7f71a03f48ccff31302faf98fe279dffd7b5a99a0bcbff4c509e642c46729a7cfeefacfddbb571ad8daebfd7beafbfa40ad7ff3100c8ee1e9ec95e79b234ef2b57b0b417ad1a1fa529ccbad1c62c6d417ec64c0a37dd77ce9abaadbe6c01bbc91d27984bf6bf97ed29a8765bd59600970a4e9c088efb9ff911d2afffb8f60dd67f31fc9f32c56722e50abcc1835b29fa1541100441100441100441a6856d4adc0eb86248de7e2e07ee23dcffd4fa3fe73fe1fe270c7f3435f9fd3f0441a6cb37c274de9a00320000";
    // GNU tar in v7 format of two files; then gzip.
    const V7: &str = "1f8b0800000000000203edd4310e80200c05d0ce9ec223142df53e2a260e4002245e5fc288b34642dff2936e7ff8f5cec0db3063a292599d884a83224d448853b933cd0c23b4a42ed788e30c318dd6d8d58401446fd2e57fb07f7eec9f17d9ff17a2d9bcdbe5010821446f6eea1ef213000c0000";

    #[test]
    fn the_forms_of_gnu_tar() {
        let long = format!("f!./dir/{}", "n".repeat(120));
        for digits in [GNU, PAX] {
            let gathered = whole(&hex(digits));
            assert_eq!(gathered.names(), [long.as_str(), "f!./hard", "f!./sparse"]);
            assert_eq!((gathered.text(&long), gathered.text("f!./hard")), ("long\n", "abc\n"));
            assert!(gathered.text("f!./sparse").trim_end_matches('\0').ends_with("end\n"));
            let kinds = [TroubleKind::NotRegular, TroubleKind::NotRegular];
            assert_eq!(gathered.troubles.iter().map(|trouble| trouble.kind).collect::<Vec<_>>(), kinds);
            assert_eq!(gathered.troubles[0].message, "2 links not followed");
            assert_eq!(gathered.troubles[1].message, "1 device, FIFO or socket not followed");
        }
        let gathered = whole(&hex(V7));
        assert_eq!((gathered.text("f!one"), gathered.text("f!two")), ("first member\n", "second member\n"));
        assert_eq!(gathered.kinds(), []);
    }

    fn names(archive: &[u8]) -> Vec<String> {
        whole(archive).names().iter().map(|name| name.trim_start_matches("f!").to_owned()).collect()
    }

    #[test]
    fn names_and_sizes_out_of_their_many_places() {
        let end = [0; 1024];
        let mut prefixed = tar_member(b"name", b'0', b"x");
        prefixed[345..351].copy_from_slice(b"folder");
        tar_sum(&mut prefixed[..512]);
        let mut base256 = tar_member(b"big", b'0', b"abc");
        base256[124..136].copy_from_slice(b"\x80\0\0\0\0\0\0\0\0\0\0\x03");
        tar_sum(&mut base256[..512]);
        let pax = |records: &[u8], size: u64, stored: &[u8]| {
            let mut member = tar_header(b"short", b'0', size);
            member.extend(stored);
            member.resize(member.len().next_multiple_of(512), 0);
            [tar_member(b"pax", b'x', records), member].concat()
        };
        let next = tar_member(b"next", b'0', b"y");
        for (what, archive, expected) in [
            ("ustar prefix", prefixed, "folder/name"),
            ("base-256 size", base256, "big"),
            ("pax path", pax(b"18 path=long/name\n", 1, b"x"), "long/name"),
            (
                "pax size over ustar size, as GNU tar and RUSTSEC-2026-0068 have it",
                pax(b"11 size=513\n".as_slice(), 0, &[b'x'; 513]),
                "short",
            ),
            ("a broken pax record", pax(b"99 path=x\n", 1, b"x"), "short"),
            ("a pax record of no length", pax(b"0 path=x\n", 1, b"x"), "short"),
            ("an escape in a name", tar_member(b"a\x1b[2J", b'0', b"x"), "a\\x1b[2J"),
            ("a name that climbs", tar_member(b"../../etc/passwd", b'0', b"x"), "../../etc/passwd"),
            ("no name", tar_member(b"", b'0', b"x"), "(no name)"),
        ] {
            let archive = [archive, next.clone(), end.to_vec()].concat();
            assert_eq!(names(&archive), [expected, "next"], "{what}");
        }
    }

    #[test]
    fn a_folder_with_contents_is_no_less_read() {
        let archive =
            [tar_member(b"a/", b'0', b"one"), tar_member(b"/", b'5', b"two"), tar_member(b"b/", b'5', b""), [0; 1024].to_vec()].concat();
        let gathered = whole(&archive);
        assert_eq!((gathered.text("f!a"), gathered.text("f!(no name)")), ("one", "two"));
        assert_eq!(gathered.kinds(), [("f", TroubleKind::Corrupt)]);
    }

    #[test]
    fn an_archive_without_files_is_named() {
        for archive in [[tar_member(b"b/", b'5', b""), [0; 1024].to_vec()].concat(), b"PK\x05\x06".iter().copied().chain([0; 18]).collect()]
        {
            let gathered = whole(&archive);
            assert_eq!((gathered.names(), gathered.kinds()), (vec!["f"], vec![]));
            assert_eq!(gathered.leaves[0].1, Content::Binary(Some(NO_FILES)));
        }
    }

    #[test]
    fn an_end_mark_is_not_the_end_when_more_follows() {
        let twice = [tar(&[("a", b"1")]), tar(&[("b", b"2")])].concat();
        assert_eq!(names(&twice), ["a", "b"]);
        let padded = [tar(&[("a", b"1")]), b"left over from the record before".repeat(64)].concat();
        let gathered = whole(&padded);
        assert_eq!((gathered.names(), gathered.kinds()), (vec!["f!a"], vec![]));
    }

    #[test]
    fn what_has_a_damaged_header_is_read_up_to_the_next() {
        let mut archive = tar(&[("a", b"1"), ("b", b"2"), ("c", b"3")]);
        archive[1024 + 100] ^= 0xff;
        let nameless = whole(&archive);
        assert_eq!(nameless.names(), ["f!a", "f!(no header)", "f!c"]);
        archive[1024 + 257..1024 + 265].copy_from_slice(b"ustar\x0000");
        let gathered = whole(&archive);
        assert_eq!(gathered.names(), ["f!a", "f!b", "f!c"]);
        assert_eq!(gathered.text("f!b"), "2");
        // Zeros inside of it are contents, and a damaged first header hides nothing.
        let text = [log(5).as_bytes(), &[0; 1500], log(5).as_bytes()].concat();
        let mut archive = tar(&[("a", &text), ("b", b"2")]);
        archive[257..265].copy_from_slice(b"ustar  \0");
        let gathered = whole(&archive);
        assert_eq!(gathered.names(), ["f!a", "f!b"]);
        assert!(gathered.text("f!a").as_bytes() == text, "{}", gathered.text("f!a").len());
        assert_eq!(gathered.kinds(), [("f", TroubleKind::Corrupt)]);
        assert_eq!(gathered.kinds(), [("f", TroubleKind::Corrupt)]);
        assert!(gathered.troubles[0].message.starts_with("1 damaged tar header:"), "{}", gathered.troubles[0].message);
    }

    #[test]
    fn sizes_that_lie_end_the_walk_or_are_passed_by() {
        let mut negative = tar_header(b"negative", b'0', 0);
        negative[124..136].fill(0xff);
        tar_sum(&mut negative);
        let gathered = whole(&[negative, tar(&[("a", b"1")])].concat());
        assert_eq!((gathered.names(), gathered.kinds()), (vec!["f!negative", "f!a"], vec![("f", TroubleKind::Corrupt)]));

        let huge = [tar_header(b"huge", b'0', 0o77_777_777_777), b"only this\n".to_vec()].concat();
        let gathered = whole(&huge);
        assert_eq!((gathered.text("f!huge"), gathered.kinds()), ("only this\n", vec![("f", TroubleKind::Truncated)]));
    }

    #[test]
    fn a_long_name_is_measured_before_it_is_read() {
        let mut archive = tar_header(b"././@LongLink", b'L', 3 << 20);
        archive.extend(vec![b'n'; 3 << 20]);
        archive.extend(tar(&[("short", b"text")]));
        let gathered = whole(&gzip(&archive));
        assert_eq!((gathered.text("f!short"), gathered.kinds()), ("text", vec![("f", TroubleKind::Limit)]));
        assert!(gathered.troubles[0].message.contains("--limit header="), "{}", gathered.troubles[0].message);

        let limits = Limits { name: 16, ..Limits::default() };
        let gathered = bytes(&tar(&[("a-name-of-more-than-16-bytes", b"text")]), &limits);
        assert_eq!(gathered.kinds(), [("f!a-name-of-more-t…", TroubleKind::Limit)]);
        assert_eq!(gathered.text("f!a-name-of-more-t…"), "text");
    }

    #[test]
    fn members_past_the_limit_are_counted() {
        let members: Vec<(String, Vec<u8>)> = (0..10).map(|n| (format!("{n}"), vec![b'x'; 700])).collect();
        let members: Vec<(&str, &[u8])> = members.iter().map(|(name, contents)| (name.as_str(), contents.as_slice())).collect();
        let gathered = bytes(&tar(&members), &Limits { archive_members: 4, ..Limits::default() });
        assert_eq!(gathered.names().len(), 4);
        assert!(gathered.troubles[0].message.contains("6 further members"), "{}", gathered.troubles[0].message);
        let gathered = bytes(&tar(&members), &Limits { members: 5, ..Limits::default() });
        assert_eq!((gathered.names().len(), gathered.kinds()), (4, vec![("f!4", TroubleKind::Limit)]));
    }

    fn check_cut(archive: &[u8], cut: usize, texts: &[(&str, &str)]) -> Gathered {
        let gathered = whole(&archive[..cut]);
        for (path, _, contents) in &gathered.leaves {
            let (_, text) = texts.iter().find(|(name, _)| path.ends_with(name)).unwrap();
            assert!(text.as_bytes().starts_with(contents), "cut at {cut}: {path}");
        }
        assert_eq!(gathered.kinds(), [("f", TroubleKind::Truncated)], "cut at {cut}");
        gathered
    }

    #[test]
    fn a_cut_is_told_once_and_the_members_before_it_are_whole() {
        let (a, b) = (log(200), log(300));
        let texts = [("a.log", a.as_str()), ("b.log", b.as_str())];
        let archive = tar(&[("a.log", a.as_bytes()), ("b.log", b.as_bytes())]);
        let a_end = 512 + a.len();
        for cut in (600..archive.len() - 1024).step_by(257).chain([a_end.next_multiple_of(512)]) {
            let gathered = check_cut(&archive, cut, &texts);
            assert_eq!(gathered.text("f!a.log").len(), a.len().min(cut - 512), "cut at {cut}");
        }
        let packed = gzip(&archive);
        for cut in (400..packed.len() - 8).step_by(101) {
            check_cut(&packed, cut, &texts);
        }
        let message = check_cut(&packed, packed.len() / 2, &texts).troubles.remove(0).message;
        assert!(message.starts_with("gzip stream ends after ") && message.contains(".log was used up to byte "), "{message}");
    }

    #[test]
    fn any_damaged_header_byte_is_survived() {
        let archive = [tar_member(b"pax", b'x', b"18 path=long/name\n"), tar(&[("a", b"1"), ("b", b"2")])].concat();
        for at in 0..archive.len().min(2048) {
            for flip in [0x01, 0x80, 0xff] {
                let mut damaged = archive.clone();
                damaged[at] ^= flip;
                whole(&damaged);
            }
        }
    }
}

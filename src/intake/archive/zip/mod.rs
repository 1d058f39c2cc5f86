//! zip archives (PKWARE APPNOTE 6.3.10). The directory is read entry by entry and never held, so that many members cost
//! no memory; where it is missing or broken, members are found by their local headers.

mod directory;
mod member;

use super::super::TroubleKind;
use super::super::escape::visible;
use super::super::metered::Seekable;
use super::super::open::{At, Walk};
use super::names::Names;
use directory::{Directory, LOCAL, Member, Window};
use std::collections::BTreeMap;
use std::io::{Read, Seek};

const SEQUENTIAL: usize = 64 << 10;
/// A local header without a name.
const LOCAL_BYTES: u64 = 30;
/// A local header with a long name.
const HEADER: usize = 256;

/// Where the first member of a zip begins that ends here; `None` where none with members does.
pub(in super::super) fn begin<R: Read + Seek>(source: &mut Seekable<'_, R>) -> Option<u64> {
    let directory = directory::find(source).filter(|directory| directory.entries > 0)?;
    let first = directory::central(source, &mut Window::new(HEADER), directory.start);
    Some(first.map_or(0, |(member, _)| member.place.saturating_add(directory.shift).min(directory.start)))
}

/// True where `end`, the end of a file, is the record of a zip without a comment.
pub(in super::super) fn is_end(end: &[u8; END]) -> bool {
    end.starts_with(b"PK\x05\x06") && end.ends_with(&[0, 0])
}

/// Bytes of such a record.
pub(in super::super) const END: usize = 22;

/// True where the header of a member stands somewhere in `head`.
pub(in super::super) fn has_local_header(head: &[u8]) -> bool {
    memchr::memmem::find(head, LOCAL).is_some()
}

/// Walks the members of the zip in `source`. Says so when the directory was missing or its end is cut, which is no surprise in
/// a stream that was cut.
pub(in super::super) fn walk<R: Read + Seek>(walk: &mut Walk<'_>, at: &At, source: &mut Seekable<'_, R>) -> Option<String> {
    let directory = directory::find(source);
    let (sequential, header) = (Window::new(SEQUENTIAL), Window::new(HEADER));
    let mut zip = Zip {
        walk,
        at,
        source,
        sequential,
        header,
        members: 0,
        overlapping: 0,
        astray: 0,
        first_astray: None,
        differing: 0,
        first_differing: None,
        names: Names::default(),
        taken: BTreeMap::new(),
    };
    match directory {
        Some(directory) => {
            zip.by_directory(&directory);
            directory.cut.then(|| "the record at the end of the zip archive is cut; its members were used".to_owned())
        }
        None => zip.without_directory(),
    }
}

struct Zip<'z, 'w, 's, R> {
    walk: &'z mut Walk<'w>,
    at: &'z At,
    source: &'z mut Seekable<'s, R>,
    /// For the directory, or the search for headers without one.
    sequential: Window,
    header: Window,
    /// Members that were opened.
    members: u64,
    overlapping: u64,
    /// Members with no local header where the directory says.
    astray: u64,
    first_astray: Option<String>,
    /// Members whose local header states another name, size or checksum.
    differing: u64,
    first_differing: Option<String>,
    names: Names,
    /// Start and end of what was read: honest archives use no byte twice.
    taken: BTreeMap<u64, u64>,
}

impl<R: Read + Seek> Zip<'_, '_, '_, R> {
    fn trouble(&mut self, kind: TroubleKind, message: String) {
        self.walk.trouble(&self.at.path, kind, message);
    }

    /// A failure of the file or a limit of the case: no other member can be read either.
    fn over(&self) -> bool {
        self.walk.chain.failed_below(self.at.layer)
    }

    fn by_directory(&mut self, directory: &Directory) {
        let mut place = directory.start;
        let mut named = 0_u64;
        while let Some((member, next)) = directory::central(self.source, &mut self.sequential, place) {
            named += 1;
            place = next;
            if self.full() {
                self.left_out(directory.entries.saturating_sub(named - 1).max(1));
                break;
            }
            self.member(member, directory);
            if self.over() {
                return;
            }
        }
        if self.overlapping > 0 {
            let message = format!("{} members lie over others, as in a zip bomb, and were not read", self.overlapping);
            self.trouble(TroubleKind::Corrupt, message);
        }
        let broken = named < directory.entries && !self.full();
        if broken || self.astray > 0 {
            let used = self.members;
            let end = self.source.length();
            let found = self.gaps(end).into_iter().map(|(from, to)| self.salvage(from, to)).sum::<u64>();
            let what = match &self.first_astray {
                Some(name) => format!("{} of its members are not where it says, {name} the first", self.astray),
                None => format!("it names {} members and holds {named}", directory.entries),
            };
            self.trouble(
                TroubleKind::Corrupt,
                format!("the directory of the zip archive is damaged: {what}; {used} members were used, {found} more were found by their local headers"),
            );
        } else if named == 0 {
            // An end record alone is an empty archive, but members before it are no less there.
            let found = self.salvage(0, self.source.length());
            if found > 0 {
                self.trouble(
                    TroubleKind::Corrupt,
                    format!("the directory of the zip archive names no member, {found} were found by their local headers"),
                );
            }
        } else if let Some((members, place)) = self.unnamed(directory.start).filter(|_| !self.full()) {
            let message =
                format!("{members} or more members are not named by its directory, the first at byte {place}; they were not read");
            self.trouble(TroubleKind::Corrupt, message);
        }
        if self.members == 0 && self.overlapping == 0 && self.astray == 0 && !broken {
            self.walk.without_files(self.at);
        }
        if let Some(first) = &self.first_differing {
            let message = format!(
                "{} members have another name, size or checksum in their local header, {first} the first; the directory was followed",
                self.differing
            );
            self.trouble(TroubleKind::Corrupt, message);
        }
        if let Some(message) = self.names.remark() {
            self.trouble(TroubleKind::Corrupt, message);
        }
    }

    /// The stretches before `end` that no member was read from, as long as one could be.
    fn gaps(&self, end: u64) -> Vec<(u64, u64)> {
        let starts = self.taken.keys().copied().chain([end]);
        let ends = [0].into_iter().chain(self.taken.values().copied());
        ends.zip(starts).filter(|(from, to)| to.saturating_sub(*from) >= LOCAL_BYTES).collect()
    }

    /// How many stretches before the directory begin with a member that the directory does not name, and where the first is.
    fn unnamed(&mut self, directory: u64) -> Option<(u64, u64)> {
        let mut found = (0, None);
        for (from, to) in self.gaps(directory) {
            // A descriptor may follow the data of the member before.
            let mut places = [0, 12, 16, 20, 24].into_iter().map(|behind| from + behind);
            let Some(mut place) = places.find(|place| directory::local(self.source, &mut self.header, *place).is_some()) else { continue };
            // Folders are named, but nothing of theirs is read.
            while let Some(member) = directory::local(self.source, &mut self.header, place).filter(|_| place < to) {
                if !member.folder {
                    found.0 += 1;
                    found.1.get_or_insert(place);
                    break;
                }
                place = member.place.saturating_add(member.packed.unwrap_or(0));
            }
        }
        found.1.map(|place| (found.0, place))
    }

    fn without_directory(&mut self) -> Option<String> {
        let found = self.salvage(0, self.source.length());
        if self.over() {
            return None;
        }
        Some(match found {
            0 => "the zip archive has no directory at its end (cut or damaged) and no member could be found".to_owned(),
            n => format!("the zip archive has no directory at its end (cut or damaged); {n} members were found by their local headers"),
        })
    }

    fn full(&self) -> bool {
        self.members >= self.walk.chain.limits.archive_members
    }

    fn left_out(&mut self, count: u64) {
        let message = self.walk.chain.limits.hit("archive_members", format!("{count} further members were not read"));
        self.trouble(TroubleKind::Limit, message);
    }

    /// A member that the directory names.
    fn member(&mut self, mut member: Member, directory: &Directory) {
        if member.folder {
            return;
        }
        let place = member.place.saturating_add(directory.shift);
        let Some(local) = directory::local(self.source, &mut self.header, place) else {
            self.astray += 1;
            self.first_astray.get_or_insert_with(|| visible(&member.name));
            return;
        };
        let end = local.place.saturating_add(member.packed.unwrap_or(0));
        let before = self.taken.range(..end).next_back();
        if before.is_some_and(|(_, taken)| *taken > place) {
            self.overlapping += 1;
            return;
        }
        self.taken.insert(place, end);
        let differs = |local: Option<u64>, named: Option<u64>| local.is_some_and(|local| named.is_some_and(|named| local != named));
        if local.name != member.name
            || differs(local.packed, member.packed)
            || differs(local.size, member.size)
            || differs(local.crc.map(u64::from), member.crc.map(u64::from))
        {
            self.differing += 1;
            self.first_differing.get_or_insert_with(|| visible(&member.name));
        }
        if local.method != member.method {
            let message =
                format!("{}: directory and local header name different methods, the directory was followed", visible(&member.name));
            self.trouble(TroubleKind::Corrupt, message);
        }
        member.place = local.place;
        let taken = self.open(&member);
        if let Some(taken) = taken.filter(|_| end > directory.start) {
            // It claims more than there is. What it did not take may be others'.
            self.taken.insert(place, member.place.saturating_add(taken));
        }
    }

    /// Opens a member whose `place` is that of its data; says how much of the data was taken, where known.
    fn open(&mut self, member: &Member) -> Option<u64> {
        let path = self.walk.member_path(&self.at.path, &member.name);
        let inside = self.at.inside(path);
        self.members += 1;
        self.names.note(&member.name);
        if let Some((kind, message)) = member::refusal(member) {
            self.walk.trouble(&inside.path, kind, message);
            return None;
        }
        if !self.walk.admit(&inside) || self.source.go_to(member.place).is_err() {
            return None;
        }
        member::read(self.walk, &inside, self.source, member)
    }

    /// Looks for local headers between two places and opens what they announce. Never looks twice at the same byte.
    fn salvage(&mut self, mut place: u64, until: u64) -> u64 {
        let mut found = 0;
        while let Some(header) = self.next_signature(place, until, &[LOCAL]) {
            place = header + 4;
            let Some(mut member) = directory::local(self.source, &mut self.sequential, header) else { continue };
            if member.name.is_empty() || member.name.contains(&0) || member.method > 99 {
                continue;
            }
            place = member.place;
            if member.folder {
                continue;
            }
            if self.full() {
                self.left_out(1);
                break;
            }
            if member.packed.is_none() && member.method != 8 {
                // Nothing but the next signature tells where it ends.
                let end =
                    self.next_signature(member.place, u64::MAX, &[b"PK\x07\x08", LOCAL, b"PK\x01\x02"]).unwrap_or(self.source.length());
                member.packed = Some(end - member.place);
            }
            found += 1;
            let taken = self.open(&member);
            if self.over() {
                break;
            }
            let end = member.packed.and_then(|packed| member.place.checked_add(packed)).filter(|end| *end <= self.source.length());
            place = end.or(taken.map(|taken| member.place.saturating_add(taken))).unwrap_or(self.source.length());
        }
        found
    }

    fn next_signature(&mut self, mut place: u64, until: u64, signatures: &[&[u8]]) -> Option<u64> {
        while place < until {
            let bytes = self.sequential.from(self.source, place, 4).ok()?;
            let found = memchr::memmem::find_iter(bytes, b"PK").find(|at| {
                let rest = bytes.get(*at..).unwrap_or_default();
                signatures.iter().any(|signature| rest.starts_with(signature))
            });
            if let Some(at) = found {
                return Some(place + at as u64).filter(|place| *place < until);
            }
            // The last three bytes may start a signature.
            place += bytes.len().checked_sub(3).filter(|passed| *passed > 0)? as u64;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::gather::{bytes, gzip, hex, log, whole, zip};
    use super::super::super::{Limits, TroubleKind};

    // `printf 'first member\n' | zip - -` (Info-ZIP 3.0): zip64 sizes, stored, made as a FIFO.
    const STREAMED: &str = "504b03042d00000000001d23765da7f4850affffffffffffffff010014002d010010000d000000000000000d000000000000006669727374206d656d6265720a504b01021e032d00000000001d23765da7f4850a0d0000000d0000000100000000000000010000008011000000002d504b06062c000000000000001e032d000000000000000000010000000000000001000000000000002f000000000000004000000000000000504b0607000000006f0000000000000001000000504b050600000000010001002f000000400000000000";
    // 7-Zip 16.02, `-mm=Deflate64` and `-mm=LZMA`, of both lines twice.
    const DEFLATE64: &str = "504b03041500000009001d23765d990d76592500000036000000020000006f347dc9b10900300804c03e5364b6c4172c5450f7c7cad6f23896c8ba0a7d8893f86e345aaa01504b01023f031500000009001d23765d990d76592500000036000000020024000000000000002080a481000000006f340a002000000000000100180094a3776e397add0100000000000000000000000000000000504b0506000000000100010054000000450000000000";
    const LZMA: &str = "504b03043f0002000e001d23765d990d76592b00000036000000020000006f34190105005d0010000000331a4aac0c72bf913400a8fe141b5fe243072a52a92158ca3cad47fffff3f18000504b01023f033f0002000e001d23765d990d76592b00000036000000020024000000000000002080a481000000006f340a002000000000000100180094a3776e397add0100000000000000000000000000000000504b05060000000001000100540000004b0000000000";
    // Info-ZIP 3.0, `-P`.
    const ENCRYPTED: &str = "504b03040a000900000000002158a7f4850a190000000d00000003001c006f6e65555409000380009265996e026b75780b000104000000000400000000aad47a5385545b7db988f515626ab6ba2ce7ea30b3788f4877504b0708a7f4850a190000000d000000504b01021e030a000900000000002158a7f4850a190000000d000000030018000000000001000000a481000000006f6e6555540500038000926575780b000104000000000400000000504b0506000000000100010049000000660000000000";

    #[test]
    fn the_forms_of_other_writers() {
        let twice = "first member\nsecond member\n".repeat(2);
        for (digits, name, expected) in
            [(STREAMED, "f!-", "first member\n"), (DEFLATE64, "f!o4", twice.as_str()), (LZMA, "f!o4", twice.as_str())]
        {
            let gathered = whole(&hex(digits));
            assert_eq!((gathered.text(name), gathered.kinds()), (expected, vec![]), "{name}");
        }
        let gathered = whole(&hex(ENCRYPTED));
        assert_eq!((gathered.names().len(), gathered.kinds()), (0, vec![("f!one", TroubleKind::Encrypted)]));
        let empty = whole(b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
        assert_eq!((empty.names(), empty.kinds().len()), (vec!["f"], 0));
    }

    #[test]
    fn text_in_front_is_read_as_well() {
        let front = "HTTP/1.1 200 OK\r\nContent-Type: application/zip\r\n\r\n";
        let mut archive = front.as_bytes().to_vec();
        let mut writer = ::zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let stored = ::zip::write::SimpleFileOptions::default().compression_method(::zip::CompressionMethod::Stored);
        writer.start_file("a", stored).unwrap();
        std::io::Write::write_all(&mut writer, log(200).as_bytes()).unwrap();
        archive.extend(writer.finish().unwrap().into_inner());
        let gathered = whole(&archive);
        assert_eq!((gathered.text("f"), gathered.text("f!a")), (front, log(200).as_str()));
    }

    #[test]
    fn a_program_in_front_is_passed_by() {
        let archive = zip(&[("a", b"text\n")]);
        let program = [b"\x7fELF\x02\x01\x01".as_slice(), &[0; 2000], &archive].concat();
        assert_eq!(whole(&program).text("f!a"), "text\n");
    }

    #[test]
    fn links_and_devices_are_left_alone() {
        let mut archive = zip(&[("link", b"/etc/passwd"), ("file", b"text\n")]);
        // The first directory entry becomes a Unix one with the type of a link.
        let directory = memchr::memmem::find(&archive, b"PK\x01\x02").unwrap();
        archive[directory + 5] = 3;
        archive[directory + 38..directory + 42].copy_from_slice(&(0o120_777_u32 << 16).to_le_bytes());
        let gathered = whole(&archive);
        assert_eq!((gathered.names(), gathered.kinds()), (vec!["f!file"], vec![("f!link", TroubleKind::NotRegular)]));
    }

    #[test]
    fn a_damaged_member_costs_only_itself() {
        let text = log(100);
        let archive = zip(&[("a", text.as_bytes()), ("b", text.as_bytes()), ("c", text.as_bytes())]);
        let second = memchr::memmem::find_iter(&archive, b"PK\x03\x04").nth(1).unwrap();
        let third = memchr::memmem::find_iter(&archive, b"PK\x03\x04").nth(2).unwrap();
        let middle = usize::midpoint(second, third);
        let mut damaged = archive.clone();
        damaged[middle..middle + 8].fill(0xff);
        let gathered = whole(&damaged);
        assert_eq!((gathered.text("f!a"), gathered.text("f!c")), (text.as_str(), text.as_str()));
        assert_eq!(gathered.kinds(), [("f!b", TroubleKind::Corrupt)]);
    }

    #[test]
    fn without_a_directory_members_are_found_by_their_headers() {
        let (a, b) = (log(50), log(90));
        let archive = zip(&[("a", a.as_bytes()), ("dir/b", b.as_bytes())]);
        let second = memchr::memmem::find_iter(&archive, b"PK\x03\x04").nth(1).unwrap();
        let directory = memchr::memmem::find(&archive, b"PK\x01\x02").unwrap();
        for cut in (second..archive.len() - 1).step_by(7) {
            let gathered = whole(&archive[..cut]);
            assert_eq!(gathered.text("f!a"), a, "cut at {cut}");
            if cut > second + 200 {
                assert!(b.starts_with(gathered.text("f!dir/b")), "cut at {cut}");
            }
            if cut >= directory {
                assert_eq!(gathered.text("f!dir/b"), b, "cut at {cut}");
            }
            let told = gathered.troubles.iter().filter(|trouble| trouble.path.as_str() == "f").count();
            assert_eq!(told, 1, "cut at {cut}: {:?}", gathered.troubles);
        }
        for missing in 1..=22 {
            let gathered = whole(&archive[..archive.len() - missing]);
            assert_eq!(gathered.text("f!a"), a);
            assert_eq!(gathered.kinds().first(), Some(&("f", TroubleKind::Truncated)), "{missing} bytes");
        }
        // Inside a stream the same, and the stream's own end is the one thing told of the archive.
        let packed = gzip(&archive);
        let gathered = whole(&packed[..packed.len() - 100]);
        assert_eq!(gathered.text("f!a"), a);
        assert_eq!(gathered.kinds().iter().filter(|(path, _)| *path == "f").count(), 1, "{:?}", gathered.troubles);
    }

    #[test]
    fn sizes_behind_the_data_are_found_without_a_directory() {
        let text = log(80);
        let mut writer = ::zip::ZipWriter::new_stream(Vec::new());
        for name in ["a", "b"] {
            let options = ::zip::write::SimpleFileOptions::default().compression_method(::zip::CompressionMethod::Deflated);
            writer.start_file(name, options).unwrap();
            std::io::Write::write_all(&mut writer, text.as_bytes()).unwrap();
        }
        let archive = writer.finish().unwrap().into_inner();
        assert_eq!(whole(&archive).kinds(), []);
        let directory = memchr::memmem::find(&archive, b"PK\x01\x02").unwrap();
        let gathered = whole(&archive[..directory]);
        assert_eq!((gathered.text("f!a"), gathered.text("f!b")), (text.as_str(), text.as_str()));
        assert_eq!(gathered.kinds(), [("f", TroubleKind::Truncated)]);
    }

    #[test]
    fn members_over_each_other_are_read_once() {
        let archive = zip(&[("a", log(50).as_bytes())]);
        let directory = memchr::memmem::find(&archive, b"PK\x01\x02").unwrap();
        let end = memchr::memmem::rfind(&archive, b"PK\x05\x06").unwrap();
        let mut bomb = archive[..directory].to_vec();
        let entry = &archive[directory..end];
        bomb.extend(entry.repeat(100));
        bomb.extend(b"PK\x05\x06\0\0\0\0\x64\0\x64\0");
        bomb.extend((entry.len() as u32 * 100).to_le_bytes());
        bomb.extend((directory as u32).to_le_bytes());
        bomb.extend([0, 0]);
        let gathered = whole(&bomb);
        assert_eq!((gathered.names(), gathered.kinds()), (vec!["f!a"], vec![("f", TroubleKind::Corrupt)]));
        assert!(gathered.troubles[0].message.contains("99 members"), "{}", gathered.troubles[0].message);
    }

    #[test]
    fn a_member_that_claims_more_than_there_is_costs_itself_alone() {
        let text = log(50);
        let mut archive = zip(&[("a", text.as_bytes()), ("b", b"two")]);
        let directory = memchr::memmem::find(&archive, b"PK\x01\x02").unwrap();
        archive[directory + 20..directory + 24].copy_from_slice(&1_000_000_000_u32.to_le_bytes());
        let gathered = whole(&archive);
        assert_eq!((gathered.text("f!a"), gathered.text("f!b")), (text.as_str(), "two"));
        assert_eq!(gathered.kinds(), [("f", TroubleKind::Corrupt)]);
    }

    #[test]
    fn a_zip_in_itself_ends_at_the_depth_limit() {
        let mut archive = zip(&[("text", b"innermost\n")]);
        for _ in 0..20 {
            archive = zip(&[("inner.zip", &archive)]);
        }
        let gathered = whole(&archive);
        assert_eq!((gathered.names().len(), gathered.troubles.len()), (0, 1));
        assert_eq!(gathered.troubles[0].kind, TroubleKind::Limit);
        assert_eq!(gathered.troubles[0].path.as_str().matches('!').count(), 10);
        let deeper = bytes(&archive, &Limits { depth: 30, ..Limits::default() });
        assert_eq!((deeper.leaves[0].2.as_slice(), deeper.troubles.len()), (b"innermost\n".as_slice(), 0));
    }

    #[test]
    fn any_damaged_byte_is_survived() {
        for archive in [hex(STREAMED), hex(DEFLATE64), hex(LZMA), zip(&[("a", b"one\n"), ("b", b"two\n")])] {
            for at in 0..archive.len() {
                for flip in [0x01, 0x80, 0xff] {
                    let mut damaged = archive.clone();
                    damaged[at] ^= flip;
                    whole(&damaged);
                }
            }
        }
    }
}

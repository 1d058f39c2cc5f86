//! zip archives (PKWARE APPNOTE 6.3.10). The directory is read entry by entry and never held, so that many members cost
//! no memory; where it is missing or broken, members are found by their local headers.

mod directory;
mod member;

use super::super::TroubleKind;
use super::super::escape::visible;
use super::super::metered::Seekable;
use super::super::open::{At, Walk};
use directory::{Directory, LOCAL, Member, Window};
use std::collections::BTreeMap;
use std::io::{Read, Seek};

/// True when a zip with members ends here.
pub(in super::super) fn has_directory<R: Read + Seek>(source: &mut Seekable<'_, R>) -> bool {
    directory::find(source).is_some_and(|directory| directory.entries > 0)
}

/// Walks the members of the zip in `source`.
pub(in super::super) fn walk<R: Read + Seek>(walk: &mut Walk<'_>, at: &At, source: &mut Seekable<'_, R>) {
    let directory = directory::find(source);
    let mut zip =
        Zip { walk, at, source, window: Window::new(), members: 0, overlapping: 0, astray: 0, first_astray: None, taken: BTreeMap::new() };
    match directory {
        Some(directory) => zip.by_directory(&directory),
        None => zip.without_directory(),
    }
}

struct Zip<'z, 'w, 's, R> {
    walk: &'z mut Walk<'w>,
    at: &'z At,
    source: &'z mut Seekable<'s, R>,
    window: Window,
    /// Members that were opened.
    members: u64,
    overlapping: u64,
    /// Members with no local header where the directory says.
    astray: u64,
    first_astray: Option<String>,
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
        while let Some((member, next)) = directory::central(self.source, &mut self.window, place) {
            named += 1;
            place = next;
            if self.full() {
                self.left_out(directory.entries.saturating_sub(named - 1).max(1));
                break;
            }
            self.member(member, directory.shift);
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
            let from = if self.members == 0 { 0 } else { self.taken.last_key_value().map_or(0, |(_, end)| *end) };
            let used = self.members;
            let found = self.salvage(from);
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
            let found = self.salvage(0);
            if found > 0 {
                self.trouble(
                    TroubleKind::Corrupt,
                    format!("the directory of the zip archive names no member, {found} were found by their local headers"),
                );
            }
        }
    }

    fn without_directory(&mut self) {
        let found = self.salvage(0);
        if self.over() {
            return;
        }
        let message = match found {
            0 => "the zip archive has no directory at its end (cut or damaged) and no member could be found".to_owned(),
            n => format!("the zip archive has no directory at its end (cut or damaged); {n} members were found by their local headers"),
        };
        self.trouble(TroubleKind::Truncated, message);
    }

    fn full(&self) -> bool {
        self.members >= self.walk.chain.limits.archive_members
    }

    fn left_out(&mut self, count: u64) {
        let message = self.walk.chain.limits.hit("archive_members", format!("{count} further members were not read"));
        self.trouble(TroubleKind::Limit, message);
    }

    /// A member that the directory names.
    fn member(&mut self, mut member: Member, shift: u64) {
        if member.folder {
            return;
        }
        let place = member.place.saturating_add(shift);
        let Some(local) = directory::local(self.source, &mut self.window, place) else {
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
        if local.method != member.method {
            let message =
                format!("{}: directory and local header name different methods, the directory was followed", visible(&member.name));
            self.trouble(TroubleKind::Corrupt, message);
        }
        member.place = local.place;
        self.open(&member);
    }

    /// Opens a member whose `place` is that of its data; says how much of the data was taken, where known.
    fn open(&mut self, member: &Member) -> Option<u64> {
        let path = self.walk.member_path(&self.at.path, &member.name);
        let inside = self.at.inside(path);
        self.members += 1;
        if let Some((kind, message)) = member::refusal(member) {
            self.walk.trouble(&inside.path, kind, message);
            return None;
        }
        if !self.walk.admit(&inside) || self.source.go_to(member.place).is_err() {
            return None;
        }
        member::read(self.walk, &inside, self.source, member)
    }

    /// Looks for local headers from `place` on and opens what they announce. Never looks twice at the same byte.
    fn salvage(&mut self, mut place: u64) -> u64 {
        let mut found = 0;
        while let Some(header) = self.next_signature(place, &[LOCAL]) {
            place = header + 4;
            let Some(mut member) = directory::local(self.source, &mut self.window, header) else { continue };
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
                let end = self.next_signature(member.place, &[b"PK\x07\x08", LOCAL, b"PK\x01\x02"]).unwrap_or(self.source.length());
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

    fn next_signature(&mut self, mut place: u64, signatures: &[&[u8]]) -> Option<u64> {
        const STEP: usize = 64 << 10;
        loop {
            let bytes = self.window.get(self.source, place, STEP).ok()?;
            let found = memchr::memmem::find_iter(bytes, b"PK").find(|at| {
                let rest = bytes.get(*at..).unwrap_or_default();
                signatures.iter().any(|signature| rest.starts_with(signature))
            });
            if let Some(at) = found {
                return Some(place + at as u64);
            }
            if bytes.len() < STEP {
                return None;
            }
            // The last three bytes may start a signature.
            place += (STEP - 3) as u64;
        }
    }
}

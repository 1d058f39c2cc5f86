//! Walks one entry of a case down to its leaves: recognises, unpacks, hands over, goes on.

use super::archive::{Compression, read_full, tar, zip};
use super::budget::Budget;
use super::escape::visible;
use super::limits::{Limits, size};
use super::list::{Entry, Opened};
use super::metered::{Chain, Leaf, Metered, Raw, Seekable};
use super::sniff::{HEAD, Kind, sniff};
use super::{Artifact, Content, LogicalPath, Source, Trouble, TroubleKind, Visitor};
use std::fs::File;
use std::io::{self, Read, Seek, Write};

/// Walks `entry` to its leaves and gives each to `visitor`, one after the other, with every trouble met on the way.
///
/// Several entries may be walked on several threads with the same `limits` and `budget`. The call itself never fails
/// and, given a visitor that does not, never panics.
pub fn open(entry: &Entry, limits: &Limits, budget: &Budget, visitor: &mut dyn Visitor) {
    let chain = Chain::new(limits, budget);
    let mut walk = Walk { chain: &chain, visitor };
    let at = At { path: entry.path().clone(), depth: 0, layer: 0, packed: false };
    match entry.open() {
        Ok(Opened::File(file, length)) => walk.file(&at, &file, length),
        Ok(Opened::Stream(reader)) => {
            if walk.admit(&at) {
                walk.stream(&at, &mut Raw::new(reader, at.path.clone(), &chain, None));
            }
        }
        Err(trouble) => walk.visitor.trouble(trouble),
    }
    if let Some(fault) = chain.take(0) {
        walk.visitor.trouble(fault.into());
    }
}

/// The state of one walk.
pub(super) struct Walk<'w> {
    pub(super) chain: &'w Chain<'w>,
    pub(super) visitor: &'w mut dyn Visitor,
}

/// A place in the nesting.
#[derive(Clone)]
pub(super) struct At {
    pub(super) path: LogicalPath,
    /// Archive and compressor levels above.
    pub(super) depth: u64,
    /// The reader stack's height: who reports a fault.
    pub(super) layer: usize,
    /// Whether the bytes come straight out of a decompressor, so that a tar in them is no level of its own.
    pub(super) packed: bool,
}

impl At {
    /// The place inside a container met here, whose own path is `path`.
    pub(super) fn inside(&self, path: LogicalPath) -> Self {
        Self { path, depth: self.depth + 1, layer: self.layer + 1, packed: false }
    }
}

impl Walk<'_> {
    pub(super) fn trouble(&mut self, path: &LogicalPath, kind: TroubleKind, message: impl Into<String>) {
        self.visitor.trouble(Trouble { path: path.clone(), kind, message: message.into() });
    }

    /// Counts a file of the case. Past the limit the walk ends.
    pub(super) fn admit(&mut self, at: &At) -> bool {
        let admitted = self.chain.budget.member();
        if !admitted {
            let cause = self.chain.limits.hit("members", "this file and what follows in the case was not read");
            self.chain.fail(0, &at.path, TroubleKind::Limit, cause);
        }
        admitted
    }

    /// A regular file that the user named or that lies in a folder.
    fn file(&mut self, at: &At, file: &File, length: u64) {
        if !self.admit(at) {
            return;
        }
        let before = file.metadata().and_then(|seen| seen.modified()).ok();
        let mut head = vec![0; HEAD];
        let mut source = file;
        let read = read_full(&mut source, &mut head).and_then(|read| source.rewind().map(|()| read));
        let read = match read {
            Ok(read) => read,
            Err(error) => return self.trouble(&at.path, TroubleKind::Io, format!("reading failed: {error}")),
        };
        head.truncate(read);
        // Files under /proc and /sys have contents but no length.
        let unsized_file = length == 0 && read > 0;
        match sniff(&head) {
            Kind::Leaf(content) if !unsized_file => {
                // A self-extracting zip has a program before it; it shows only at its end.
                if matches!(content, Content::Binary(_)) && zip::has_directory(&mut self.whole(at, file, length)) {
                    self.seekable(at, file, length);
                } else {
                    self.plain(at, file, length, content);
                }
            }
            Kind::Zip if !unsized_file => self.seekable(at, file, length),
            _ => self.stream(at, &mut Raw::new(file, at.path.clone(), self.chain, Some(length).filter(|_| !unsized_file))),
        }
        if unsized_file {
            return;
        }
        if let Ok(after) = file.metadata() {
            let changed = if after.len() != length {
                format!("its size went from {length} to {} bytes", after.len())
            } else if after.modified().ok() != before {
                "it was written to".to_owned()
            } else {
                return;
            };
            self.trouble(&at.path, TroubleKind::ChangedWhileRead, format!("the file changed while it was read: {changed}"));
        }
    }

    fn plain(&mut self, at: &At, file: &File, length: u64, content: Content) {
        let limits = self.chain.limits;
        let used = length.min(limits.artifact);
        self.visitor.artifact(Artifact { path: at.path.clone(), content, source: Source::File(file, used) });
        self.chain.budget.consumed(used);
        if used < length {
            let message = limits.hit("artifact", format!("the first {} of {} were used", size(used), size(length)));
            self.trouble(&at.path, TroubleKind::Limit, message);
        }
    }

    fn seekable(&mut self, at: &At, file: &File, length: u64) {
        if self.too_deep(at, "zip archive") {
            return;
        }
        let mut source = self.whole(at, file, length);
        zip::walk(self, at, &mut source);
    }

    fn whole<'f>(&self, at: &At, file: &'f File, length: u64) -> Seekable<'f, &'f File>
    where
        Self: 'f,
    {
        Seekable::new(file, at.path.clone(), self.chain, length)
    }

    /// Any stream of bytes.
    pub(super) fn stream(&mut self, at: &At, input: &mut dyn Read) {
        let consumed_before = self.chain.consumed();
        let mut head = vec![0; HEAD];
        let mut read = 0;
        while let Some(rest) = head.get_mut(read..).filter(|rest| !rest.is_empty()) {
            match input.read(rest) {
                Ok(more) if more > 0 => read += more,
                _ => break,
            }
        }
        head.truncate(read);
        if read == 0 && self.chain.failed() {
            return;
        }
        match sniff(&head) {
            Kind::Compressed(compression) => {
                if !self.too_deep(at, compression.stream()) {
                    self.compressed(at, compression, head.as_slice().chain(input));
                }
            }
            Kind::Tar => {
                if at.packed || !self.too_deep(at, "tar archive") {
                    tar::walk(self, at, &mut head.as_slice().chain(input));
                }
            }
            Kind::Zip => {
                if !self.too_deep(at, "zip archive") {
                    self.spooled(at, &mut head.as_slice().chain(input));
                }
            }
            Kind::Unread(name) => {
                self.trouble(
                    &at.path,
                    TroubleKind::Unsupported,
                    format!("{name}: recognised, but this format is not read; unpack it and pass the files"),
                );
            }
            Kind::Leaf(content) => self.leaf(at, content, &head, input, consumed_before),
        }
    }

    fn too_deep(&mut self, at: &At, what: &str) -> bool {
        let deep = at.depth >= self.chain.limits.depth;
        if deep {
            let message = self.chain.limits.hit("depth", format!("this {what} was not opened"));
            self.trouble(&at.path, TroubleKind::Limit, message);
        }
        deep
    }

    fn compressed(&mut self, at: &At, compression: Compression, input: impl Read) {
        let inside = At { packed: true, ..at.inside(at.path.clone()) };
        let decoder = compression.decode(input, &self.chain.memory);
        let mut output = Metered::new(decoder, compression.stream(), inside.layer, at.path.clone(), self.chain);
        self.stream(&inside, &mut output);
        self.report(inside.layer);
    }

    /// Reports the failure of a layer that was made here, if there was one.
    pub(super) fn report(&mut self, layer: usize) {
        if let Some(fault) = self.chain.take(layer) {
            self.visitor.trouble(fault.into());
        }
    }

    fn leaf(&mut self, at: &At, content: Content, head: &[u8], input: &mut dyn Read, consumed_before: u64) {
        let mut leaf = Leaf::new(head, input, self.chain, consumed_before);
        self.visitor.artifact(Artifact { path: at.path.clone(), content, source: Source::Stream(&mut leaf) });
        let (produced, hit) = (leaf.produced(), leaf.hit);
        if let Some(name) = hit {
            let message = self.chain.limits.hit(name, format!("the first {} were used", size(produced)));
            self.trouble(&at.path, TroubleKind::Limit, message);
        }
        self.chain.used(|failed| match at.path.as_str().strip_prefix(failed.as_str()).map(|rest| rest.trim_start_matches(super::LEVEL)) {
            Some("") => format!("the {produced} bytes before were used"),
            Some(member) => format!("{member} was used up to byte {produced}, what follows could not be read"),
            None => format!("{} was used up to byte {produced}", at.path),
        });
    }

    /// A zip inside a stream: its directory stands at its end, so all of it must be at hand.
    fn spooled(&mut self, at: &At, input: &mut dyn Read) {
        let limits = self.chain.limits;
        let memory = usize::try_from(limits.spool_memory >> at.depth.min(63)).unwrap_or(usize::MAX);
        let mut spool = tempfile::spooled_tempfile(memory);
        let copied = spool_up_to(input, &mut spool, limits.spool);
        // A cut stream may still hold whole members.
        let fault = self.chain.take(0);
        match copied {
            Ok(Spooled::All(length)) => {
                let mut source = Seekable::new(spool, at.path.clone(), self.chain, length);
                zip::walk(self, at, &mut source);
            }
            Ok(Spooled::TooLong) => {
                let message = limits.hit("spool", "this zip archive inside a stream was not opened");
                self.trouble(&at.path, TroubleKind::Limit, message);
            }
            Err(error) => {
                let message = format!("the zip archive could not be copied to a temporary file: {}", visible(error.to_string().as_bytes()));
                self.trouble(&at.path, TroubleKind::Io, message);
            }
        }
        self.chain.restore(fault);
        self.chain.used(|_| "the members of the zip archive before were used".to_owned());
    }
}

enum Spooled {
    All(u64),
    TooLong,
}

/// Copies until the end, which may be that of a damaged stream. Only errors of writing are returned.
fn spool_up_to(input: &mut dyn Read, spool: &mut impl Write, most: u64) -> io::Result<Spooled> {
    let mut buffer = vec![0; 64 << 10];
    let mut copied = 0_u64;
    loop {
        let read = input.read(&mut buffer).unwrap_or(0);
        if read == 0 {
            spool.flush()?;
            return Ok(Spooled::All(copied));
        }
        copied = copied.saturating_add(read as u64);
        if copied > most {
            return Ok(Spooled::TooLong);
        }
        spool.write_all(buffer.get(..read).unwrap_or_default())?;
    }
}

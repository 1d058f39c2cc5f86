//! Walks one entry of a case down to its leaves: recognises, unpacks, hands over, goes on.

#[cfg(test)]
mod tests;

use super::archive::{Compression, mail, read_full, tar, zip};
use super::barrier;
use super::budget::Budget;
use super::escape::visible;
use super::limits::{Limits, size};
use super::list::{Entry, Opened};
use super::metered::{Chain, Leaf, Metered, Raw, Seekable};
use super::sniff::{HEAD, Kind, NO_FILES, is_capture, sniff};
use super::sparse::Sparse;
use super::{Artifact, Container, Content, Encoding, LogicalPath, Source, Trouble, TroubleKind, Visitor};
use std::fs::File;
use std::io::{self, Read, Seek, Write};

/// Walks `entry` to its leaves and gives each to `visitor`, one after the other, with every trouble met on the way.
///
/// Several entries may be walked on several threads with the same `limits` and `budget`. The call itself never fails
/// and, given a visitor that does not, never panics.
pub fn open(entry: &Entry, limits: &Limits, budget: &Budget, visitor: &mut dyn Visitor) {
    barrier::guarded(entry.path(), visitor, |visitor| walk(entry, limits, budget, visitor));
}

fn walk(entry: &Entry, limits: &Limits, budget: &Budget, visitor: &mut dyn Visitor) {
    let chain = Chain::new(limits, budget, entry.order());
    let mut walk = Walk { chain: &chain, visitor };
    let at = At { path: entry.path().clone(), depth: 0, layer: 0, packed: false };
    match entry.open() {
        Ok(Opened::File(file, length)) => {
            if !walk.file(&at, &file, length) && entry.was_replaced(&file) {
                let message = "the file was removed or replaced while it was read; the one that was opened was used";
                walk.trouble(&at.path, TroubleKind::ChangedWhileRead, message);
            }
        }
        Ok(Opened::Stream(reader)) => {
            walk.stream(&at, &mut Raw::new(reader, at.path.clone(), &chain, None));
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

    /// Counts a file that lies in another. Past the limit the walk ends.
    pub(super) fn admit(&mut self, at: &At) -> bool {
        let admitted = self.chain.share.member();
        if !admitted {
            let cause = self.chain.limits.hit("members", "this file and what follows in the case was not read");
            self.chain.fail(0, &at.path, TroubleKind::Limit, cause);
        }
        admitted
    }

    /// A regular file that the user named or that lies in a folder. Whether trouble with the file as a whole was said.
    fn file(&mut self, at: &At, file: &File, length: u64) -> bool {
        let before = file.metadata().and_then(|seen| seen.modified()).ok();
        let mut head = vec![0; HEAD];
        let mut source = file;
        let read = read_full(&mut source, &mut head).and_then(|read| source.rewind().map(|()| read));
        let read = match read {
            Ok(read) => read,
            Err(error) => {
                self.trouble(&at.path, TroubleKind::Io, format!("reading failed: {error}"));
                return true;
            }
        };
        head.truncate(read);
        // Files under /proc and /sys have contents but no length.
        let unsized_file = length == 0 && read > 0;
        match sniff(&head) {
            Kind::Leaf(content) if !unsized_file => {
                // A self-extracting zip has a program before it, others what came with them; it shows only at its end.
                let may_be = matches!(content, Content::Binary(_)) || zip::has_local_header(&head) || ends_as_zip(file, length);
                let first = may_be.then(|| zip::begin(&mut self.whole(at, file, length))).flatten();
                match first {
                    Some(first) => {
                        let before = head.get(..head.len().min(usize::try_from(first).unwrap_or(HEAD))).unwrap_or_default();
                        if let Kind::Leaf(content @ (Content::Text(_) | Content::Pcap | Content::Pcapng)) = sniff(before) {
                            self.plain(at, file, first, content);
                        }
                        self.seekable(at, file, length);
                    }
                    None if is_hole(&head) => self.read_on(at, file, length),
                    None => {
                        let mut behind = vec![0; if content == Content::Binary(None) { RUBBISH } else { 0 }];
                        let read = super::read_at(file, &mut behind, HEAD as u64).unwrap_or(0);
                        let turns = turns_into_text(behind.get(..read).unwrap_or_default());
                        self.plain(at, file, length, if turns { Content::Text(Encoding::Bytes) } else { content });
                    }
                }
            }
            Kind::Zip if !unsized_file => self.seekable(at, file, length),
            _ if unsized_file => self.stream(at, &mut Raw::new(file, at.path.clone(), self.chain, None)),
            _ => self.read_on(at, file, length),
        }
        if unsized_file {
            return true;
        }
        let Ok(after) = file.metadata() else { return false };
        let changed = if after.len() != length {
            format!("its size went from {length} to {} bytes", after.len())
        } else if after.modified().ok() != before {
            "it was written to".to_owned()
        } else {
            return false;
        };
        self.trouble(&at.path, TroubleKind::ChangedWhileRead, format!("the file changed while it was read: {changed}"));
        true
    }

    /// A file that is read from its beginning on.
    fn read_on(&mut self, at: &At, file: &File, length: u64) {
        self.stream(at, &mut Raw::new(Sparse::new(file, 0, length), at.path.clone(), self.chain, Some(length)));
    }

    fn plain(&mut self, at: &At, file: &File, length: u64, content: Content) {
        let limits = self.chain.limits;
        let used = length.min(limits.artifact);
        self.visitor.artifact(Artifact { path: at.path.clone(), content, source: Source::File(file, used) });
        self.chain.share.consumed(used);
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
        self.visitor.enter(&at.path, Container::Zip);
        if let Some(message) = zip::walk(self, at, &mut source) {
            self.trouble(&at.path, TroubleKind::Truncated, message);
        }
        self.visitor.leave();
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
                Ok(0) => break,
                Ok(more) => read += more,
                Err(_) if read == 0 => return,
                Err(_) => {
                    self.chain.postpone();
                    break;
                }
            }
        }
        head.truncate(read);
        if is_hole(&head) {
            return self.hole(at, input, consumed_before);
        }
        match sniff(&head) {
            Kind::Compressed(compression) => {
                if !self.too_deep(at, compression.stream()) {
                    self.compressed(at, compression, head.as_slice().chain(input));
                }
            }
            Kind::Tar => {
                if at.packed || !self.too_deep(at, "tar archive") {
                    self.visitor.enter(&at.path, Container::Tar);
                    tar::walk(self, at, &mut head.as_slice().chain(input));
                    self.visitor.leave();
                }
            }
            Kind::Zip => {
                if !self.too_deep(at, "zip archive") {
                    self.spooled(at, &mut head.as_slice().chain(input));
                }
            }
            Kind::Mail => {
                if !self.too_deep(at, "mail") {
                    mail::walk(self, at, &mut head.as_slice().chain(input), consumed_before);
                }
            }
            Kind::Unread(name) => {
                let way_out = if is_capture(name) { "save it as pcap or pcapng" } else { "unpack it and pass the files" };
                let message = format!("{name}: recognised, but this format is not read; {way_out}");
                self.trouble(&at.path, TroubleKind::Unsupported, message);
            }
            Kind::Leaf(Content::Binary(None)) if read == HEAD => {
                head.resize(HEAD + RUBBISH, 0);
                let more = head.get_mut(HEAD..).map_or(Ok(0), |rest| read_full(input, rest)).unwrap_or(0);
                head.truncate(HEAD + more);
                self.chain.postpone();
                let turns = turns_into_text(head.get(HEAD..).unwrap_or_default());
                let content = if turns { Content::Text(Encoding::Bytes) } else { Content::Binary(None) };
                self.leaf(at, content, &head, input, consumed_before);
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
        // What reading ahead met will be met again.
        self.chain.postpone();
        let mut output = Metered::new(decoder, compression.stream(), inside.layer, at.path.clone(), self.chain);
        self.visitor.enter(&at.path, compression.container());
        self.stream(&inside, &mut output);
        self.visitor.leave();
        self.report(inside.layer);
    }

    /// Reports the failure of a layer that was made here, if there was one.
    pub(super) fn report(&mut self, layer: usize) {
        if let Some(fault) = self.chain.take(layer) {
            self.visitor.trouble(fault.into());
        }
    }

    /// A file that begins with zeros, as a log does that was cut while its writer went on: what it is shows behind them.
    fn hole(&mut self, at: &At, input: &mut dyn Read, consumed_before: u64) {
        let limits = self.chain.limits;
        let mut zeros = HEAD as u64;
        let mut head = vec![0; 8 * HEAD];
        let read = loop {
            let read = input.read(&mut head).unwrap_or(0);
            let consumed = self.chain.consumed().saturating_sub(consumed_before).max(1);
            let bomb = zeros > limits.ratio_artifact && zeros / consumed > limits.ratio;
            if read == 0 || bomb || head.iter().take(read).any(|byte| *byte != 0) {
                break read;
            }
            zeros += read as u64;
        };
        head.truncate(read);
        let text = head.iter().position(|byte| *byte != 0).unwrap_or(read);
        let mut behind = head.split_off(text);
        zeros += text as u64;
        let known = behind.len();
        behind.resize(known.max(HEAD), 0);
        let more = behind.get_mut(known..).map_or(Ok(0), |rest| read_full(input, rest)).unwrap_or(0);
        behind.truncate(known + more);
        self.chain.postpone();
        let content = match sniff(behind.get(..HEAD.min(behind.len())).unwrap_or_default()) {
            Kind::Leaf(content @ Content::Text(_)) => content,
            _ => Content::Binary(None),
        };
        let mut whole = io::repeat(0).take(zeros).chain(behind.as_slice()).chain(input);
        self.leaf(at, content, &[], &mut whole, consumed_before);
    }

    pub(super) fn leaf(&mut self, at: &At, content: Content, head: &[u8], input: &mut dyn Read, consumed_before: u64) {
        let mut leaf = Leaf::new(head, input, self.chain, consumed_before);
        self.visitor.artifact(Artifact { path: at.path.clone(), content, source: Source::Stream(&mut leaf) });
        let (produced, hit, cut) = (leaf.produced(), leaf.hit, leaf.cut);
        if let Some(name) = hit {
            let message = self.chain.limits.hit(name, format!("the first {} were used", size(produced)));
            self.trouble(&at.path, TroubleKind::Limit, message);
        }
        if !cut {
            return;
        }
        self.chain.used(|failed| match at.path.as_str().strip_prefix(failed.as_str()).map(|rest| rest.trim_start_matches(super::LEVEL)) {
            Some("") => format!("the {produced} bytes before were used"),
            Some(member) => format!("{member} was used up to byte {produced}, what follows could not be read"),
            None => format!("{} was used up to byte {produced}", at.path),
        });
    }

    /// An archive that holds no file: named all the same.
    pub(super) fn without_files(&mut self, at: &At) {
        let source = Source::Stream(&mut io::empty());
        self.visitor.artifact(Artifact { path: at.path.clone(), content: Content::Binary(Some(NO_FILES)), source });
    }

    /// A zip inside a stream: its directory stands at its end, so all of it must be at hand.
    fn spooled(&mut self, at: &At, input: &mut dyn Read) {
        let limits = self.chain.limits;
        let memory = usize::try_from(limits.spool_memory >> at.depth.min(63)).unwrap_or(usize::MAX);
        let mut spool = tempfile::spooled_tempfile(memory);
        let copied = spool_up_to(input, &mut spool, limits.spool);
        // A cut stream may still hold whole members.
        let mut fault = self.chain.take(0);
        match copied {
            Ok(Spooled::All(length)) => {
                let mut source = Seekable::spool(spool, at.path.clone(), self.chain, length);
                self.visitor.enter(&at.path, Container::Zip);
                let walked = zip::walk(self, at, &mut source);
                self.visitor.leave();
                match (walked, &mut fault) {
                    (Some(message), Some(fault)) => fault.used = Some(message),
                    (Some(message), None) => self.trouble(&at.path, TroubleKind::Truncated, message),
                    (None, _) => {}
                }
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
    }
}

/// Bytes behind the head in which what is no text may turn into one: a console that was read at the wrong speed, a torn disk.
const RUBBISH: usize = 16 * HEAD;

/// Whether the end of what stands behind such a head is text.
fn turns_into_text(behind: &[u8]) -> bool {
    let is_text = |part: &[u8]| matches!(sniff(part), Kind::Leaf(Content::Text(Encoding::Utf8)));
    behind.len() >= 4 * HEAD && behind.rchunks_exact(HEAD).take(4).all(is_text)
}

/// Whether a file ends with the record of a zip, where more of it is to be seen than its head.
fn ends_as_zip(file: &File, length: u64) -> bool {
    let mut end = [0; zip::END];
    let from = length.checked_sub(zip::END as u64).filter(|from| *from > HEAD as u64);
    from.is_some_and(|from| super::read_at(file, &mut end, from).is_ok_and(|read| read == zip::END) && zip::is_end(&end))
}

/// Whether all that was looked at of a file is zeros.
fn is_hole(head: &[u8]) -> bool {
    head.len() == HEAD && head.iter().all(|byte| *byte == 0)
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

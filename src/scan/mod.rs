//! Compiles all signals into one matcher and runs it over the artifacts of a case, in parallel: gate, line, verify.
//! Yields evidence and facts by artifact, in the order of their paths. Knows nothing of ranking or output.

mod assemble;
mod capture;
pub mod clock;
pub mod conversation;
mod ends;
pub mod evidence;
mod excerpt;
mod fields;
mod gate;
mod head;
mod headings;
#[cfg(test)]
mod isolation;
mod judged;
mod keeping;
mod left;
pub mod mask;
mod needed;
pub mod remainder;
mod section;
mod seen;
mod sift;
pub mod sighting;
pub mod sorted;
mod template;
mod text;
mod whose;
pub mod window;

use std::collections::{BTreeMap, HashMap};
use std::io::{Read, Seek};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use self::assemble::Assembler;
use self::evidence::ArtifactScan;
use self::fields::Fields;
use self::gate::Gate;
use self::keeping::Keeping;
use self::left::Left;
use self::mask::{Masker, Secrets};
use self::needed::Needed;
use self::window::Span;
use crate::formats::certificate;
use crate::formats::time::Region;
use crate::intake::{
    self, Artifact, Budget, Content, Encoding, Entry, Input, Kept, Limits, LogicalPath, Source, Trouble, TroubleKind, Visitor, escape,
};
use crate::rules::library::{Library, Matcher, Pattern, SectionId, SignalId};

/// Longest value of a fact or capture, in characters.
const VALUE: usize = 1_000;

/// Everything a case yields.
#[derive(Debug, Default)]
pub struct CaseScan {
    /// The inputs as the user gave them.
    pub inputs: Vec<String>,
    /// The artifacts, by path.
    pub artifacts: Vec<ArtifactScan>,
    /// What could not be read, by path.
    pub troubles: Vec<Trouble>,
    /// Whether the limit `time` ended the reading.
    pub out_of_time: bool,
    /// The limits it was scanned under.
    pub limits: Limits,
    /// The span of time that counts, where not all does.
    pub span: Option<Arc<Span>>,
    /// The zone of stamps that state none, where the user said so.
    pub assumed: Option<Region>,
}

/// What the user asked for, as far as scanning is concerned.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Map regular files instead of reading them. A mapped file that shrinks meanwhile ends the process.
    pub mmap: bool,
    /// Keep the conversations of captures, for who lists them.
    pub conversations: bool,
    /// What is stated to be outside of it counts for nothing.
    pub span: Option<Arc<Span>>,
    /// The zone of stamps that state none.
    pub assumed: Option<Region>,
}

/// Told how far a scan has come.
pub trait Progress: Sync {
    /// The case holds this many bytes before unpacking.
    fn total(&self, bytes: u64);
    /// One more artifact is done, of this many bytes after unpacking.
    fn artifact(&self, bytes: u64);
    /// An input of this many bytes is done.
    fn input(&self, bytes: u64);
    /// Whether to stop early.
    fn interrupted(&self) -> bool;
}

/// No one is told.
#[derive(Clone, Copy, Debug)]
pub struct Silent;

impl Progress for Silent {
    fn total(&self, _: u64) {}
    fn artifact(&self, _: u64) {}
    fn input(&self, _: u64) {}
    fn interrupted(&self) -> bool {
        false
    }
}

/// A library ready to scan. Immutable and shared by all threads; patterns are compiled at first use.
#[derive(Debug)]
pub struct Scanner<'a> {
    library: &'a Library,
    limits: Limits,
    gate: Gate,
    masker: Masker,
    by_event: HashMap<String, Vec<SignalId>>,
    judged: Left<judged::Judged>,
    known: Left<sift::Known>,
    /// By signal, made for the first line that may show it.
    needed: Vec<OnceLock<Needed>>,
    /// By section, made for the first line of one.
    fields: Vec<OnceLock<Fields>>,
}

impl<'a> Scanner<'a> {
    /// Compiles the gate of `library`; the limits are the defaults.
    pub fn new(library: &'a Library) -> Self {
        Self::within(library, Limits::default())
    }

    /// Compiles the gate of `library` to scan under these limits.
    pub fn within(library: &'a Library, limits: Limits) -> Self {
        Self::made(library, limits, Masker::new())
    }

    /// The same with a masker of its own, under the default limits.
    pub fn with(library: &'a Library, masker: Masker) -> Self {
        Self::made(library, Limits::default(), masker)
    }

    fn made(library: &'a Library, limits: Limits, masker: Masker) -> Self {
        let mut by_event: HashMap<String, Vec<SignalId>> = HashMap::new();
        for (at, signal) in library.signals.iter().enumerate() {
            if let Matcher::Event { kind, .. } = &signal.matcher {
                by_event.entry(kind.as_str().to_owned()).or_default().push(SignalId(at));
            }
        }
        Self {
            library,
            limits,
            gate: Gate::new(library),
            masker,
            by_event,
            judged: Left::default(),
            known: Left::default(),
            needed: library.signals.iter().map(|_| OnceLock::new()).collect(),
            fields: library.sections.iter().map(|_| OnceLock::new()).collect(),
        }
    }

    /// The library it was made from.
    pub fn library(&self) -> &'a Library {
        self.library
    }

    /// Bytes of a line that are given to a pattern at once: the smaller of `window` and `line`.
    fn window(&self) -> usize {
        count(self.limits.window.min(self.limits.line))
    }

    /// Matches that are kept of one signal from the begin, and as many from the end.
    fn kept(&self) -> usize {
        count(self.limits.matches / 2)
    }

    /// Facts that are kept of one device in one artifact.
    fn facts(&self) -> usize {
        count(self.limits.facts)
    }

    /// Devices that are told apart in one artifact.
    fn devices(&self) -> usize {
        count(self.limits.devices)
    }

    /// Levels of a DER value.
    fn der_depth(&self) -> usize {
        count(self.limits.der_depth)
    }

    /// Certificates of one device in one artifact that are listed.
    fn certificates(&self) -> usize {
        count(self.limits.pem)
    }

    /// The quotation of a text around a range of its bytes.
    fn excerpt(&self, text: &str, secrets: &Secrets, place: Range<usize>) -> String {
        excerpt::around(text, secrets, place, self.excerpt_length())
    }

    /// Characters of a quotation.
    fn excerpt_length(&self) -> usize {
        count(self.limits.excerpt)
    }

    fn pattern(&self, id: SignalId) -> Option<&Pattern> {
        let Matcher::Text { pattern, .. } = &self.library.signals.get(id.0)?.matcher else { return None };
        Some(pattern)
    }

    /// What a signal of text needs beside its keyword.
    fn needed(&self, id: SignalId) -> Option<&Needed> {
        let Matcher::Text { needs, .. } = &self.library.signals.get(id.0)?.matcher else { return None };
        Some(self.needed.get(id.0)?.get_or_init(|| Needed::new(needs)))
    }

    /// What the lines of a section are asked for.
    fn fields(&self, id: SectionId) -> Option<&Fields> {
        Some(self.fields.get(id.0)?.get_or_init(|| Fields::new(self.library, id)))
    }

    fn signals_of(&self, kind: &str) -> &[SignalId] {
        self.by_event.get(kind).map_or(&[], Vec::as_slice)
    }

    /// Masked, visible and of bounded length: how every value of a case leaves the scan.
    fn shown(&self, value: &str) -> String {
        let visible = escape::visible(self.masker.mask(value).as_bytes());
        match visible.char_indices().nth(VALUE) {
            Some((at, _)) => format!("{}…", &visible[..at]),
            None => visible,
        }
    }

    /// Opens `inputs` and scans every artifact in them, on the threads of the current pool.
    pub fn scan(&self, inputs: &[Input], options: &Options, progress: &dyn Progress) -> CaseScan {
        let (entries, mut troubles) = intake::list(inputs, &self.limits);
        progress.total(entries.iter().filter_map(intake::Entry::size).sum());
        let budget = Budget::new(&self.limits).beside(entries.len());
        let budget = &budget;
        let walk = |entry, left| self.walk(entry, options, progress, budget, left);
        let walked = entries.par_iter().map(|entry: &Entry| {
            let collector = walk(entry, None);
            progress.input(entry.size().unwrap_or(0));
            collector
        });
        let mut results: Vec<Collector<'_, '_>> = walked.collect();
        for (entry, result) in entries.iter().zip(&mut results) {
            // What it left out while those before it were not done yet might have had room, or made room.
            let left = budget.left_to_keep(entry);
            let left_out = !result.keeping.is_whole() && !result.keeping.stands(left);
            if budget.is_to_be_walked_again(entry) || left_out {
                result.artifacts = Vec::new();
                *result = walk(entry, Some(left));
            }
            result.keep(left);
        }
        let mut artifacts = Vec::new();
        for collector in results {
            if artifacts.is_empty() {
                artifacts = collector.artifacts;
            } else {
                artifacts.extend(collector.artifacts);
            }
            troubles.extend(collector.troubles);
        }
        // Archives list their members in any order; the report must not depend on it.
        artifacts.sort_by(|a, b| a.path.cmp(&b.path));
        let mut names = BTreeMap::new();
        artifacts.iter_mut().for_each(|scan| self.conceal(&mut scan.path, &mut names));
        troubles.iter_mut().for_each(|trouble| self.conceal(&mut trouble.path, &mut names));
        for trouble in &mut troubles {
            // A message may name a member by itself.
            let message =
                names.iter().fold(trouble.message.clone(), |message, (name, shown): (&String, &String)| message.replace(name, shown));
            trouble.message = escape::visible(self.masker.mask(&message).as_bytes());
        }
        troubles.sort_by(|a, b| a.path.cmp(&b.path).then_with(|| a.kind.cmp(&b.kind)).then_with(|| a.message.cmp(&b.message)));
        if let Some(region) = &options.assumed {
            artifacts.iter_mut().for_each(|scan| window::assume(scan, region));
        }
        let shown = |input: &Input| {
            let mut path = LogicalPath::input(input.shown());
            self.conceal(&mut path, &mut BTreeMap::new());
            path.shown().to_owned()
        };
        CaseScan {
            inputs: inputs.iter().map(shown).collect(),
            artifacts,
            troubles,
            out_of_time: budget.was_stopped(),
            span: options.span.clone(),
            assumed: options.assumed.clone(),
            limits: self.limits.clone(),
        }
    }

    /// Has a path shown without secrets, of its names and of it as a whole. Notes the names that hold some.
    fn conceal(&self, path: &mut LogicalPath, names: &mut BTreeMap<String, String>) {
        let shown = self.masker.mask_path(path.as_str(), &mut |name, masked| {
            names.insert(name.to_owned(), masked.to_owned());
        });
        path.conceal(shown);
    }

    /// Scans the artifacts of one entry. `left` says what may be kept of them, where that is certain already.
    fn walk<'b>(
        &'b self,
        entry: &'b Entry,
        options: &'b Options,
        progress: &'b dyn Progress,
        budget: &'b Budget,
        left: Option<Kept>,
    ) -> Collector<'a, 'b> {
        let (artifacts, troubles, keeping) = (Vec::new(), Vec::new(), Keeping::default());
        let mut collector = Collector { scanner: self, options, progress, entry, budget, left, artifacts, troubles, keeping };
        if !progress.interrupted() {
            intake::open(entry, &self.limits, budget, &mut collector);
        }
        collector.cut();
        collector.artifacts.shrink_to_fit();
        collector
    }

    /// Scans one text that is already in memory, as an artifact called `name`.
    pub fn scan_text(&self, name: &str, text: &[u8]) -> ArtifactScan {
        let mut assembler = Assembler::new(self, empty_scan(LogicalPath::input(name), Content::Text(Encoding::Utf8)));
        let ends = text::scan_slice(self, text, &mut assembler);
        assembler.finish(ends)
    }

    /// Scans events of one capture that are already in memory.
    pub fn scan_events(&self, name: &str, events: &[crate::formats::event::Event]) -> ArtifactScan {
        let mut assembler = Assembler::new(self, empty_scan(LogicalPath::input(name), Content::Pcap));
        let mut known = capture::Known::of(self);
        for event in events {
            capture::take(&Arc::new(event.clone()), &mut assembler, &mut known);
        }
        known.leave(self);
        assembler.into_scan()
    }
}

/// Every literal the gate of a library looks for, lower case, sorted.
pub fn literals(library: &Library) -> Vec<String> {
    Gate::literals(library).into_keys().collect()
}

fn count(limit: u64) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}

fn empty_scan(path: LogicalPath, content: Content) -> ArtifactScan {
    ArtifactScan {
        path,
        content,
        format: String::new(),
        bytes: 0,
        lines: None,
        packets: None,
        subjects: Vec::new(),
        surplus: evidence::Surplus::default(),
        times: clock::Times::default(),
        made: None,
        anchor: None,
        sightings: sighting::Sightings::default(),
        remainder: remainder::Remainder::default(),
        last_section: None,
        outside: 0,
        hosts: Vec::new(),
        traffic: None,
    }
}

/// Takes the artifacts of one entry.
struct Collector<'a, 'b> {
    scanner: &'b Scanner<'a>,
    options: &'b Options,
    progress: &'b dyn Progress,
    entry: &'b Entry,
    budget: &'b Budget,
    left: Option<Kept>,
    keeping: Keeping,
    artifacts: Vec<ArtifactScan>,
    troubles: Vec<Trouble>,
}

impl Visitor for Collector<'_, '_> {
    fn artifact(&mut self, artifact: Artifact<'_>) {
        if self.progress.interrupted() {
            return;
        }
        let path = artifact.path.clone();
        let content = artifact.content;
        let known = self.troubles.len();
        // The last barrier: a reader that fails by panic costs its artifact, not the case.
        let guarded = std::panic::AssertUnwindSafe(|| self.read(artifact));
        let scan = std::panic::catch_unwind(guarded).unwrap_or_else(|_| {
            self.troubles.truncate(known);
            self.troubles.push(Trouble { path: path.clone(), kind: TroubleKind::Corrupt, message: intake::FAILED.to_owned() });
            empty_scan(path, content)
        });
        let bytes = scan.bytes;
        let mut scan = ArtifactScan { traffic: scan.traffic.filter(|_| self.options.conversations), ..scan };
        self.keeping.take(&mut scan, self.left.unwrap_or_else(|| self.budget.left_meanwhile(self.entry)));
        self.budget.keeps(self.entry, self.keeping.kept());
        self.artifacts.push(scan);
        self.progress.artifact(bytes);
    }

    fn trouble(&mut self, trouble: Trouble) {
        self.troubles.push(trouble);
    }
}

impl Collector<'_, '_> {
    fn read(&mut self, artifact: Artifact<'_>) -> ArtifactScan {
        let scanner = self.scanner;
        let Artifact { path, content, source } = artifact;
        #[cfg(test)]
        assert!(!path.as_str().contains(isolation::FAILS), "a reader that fails");
        let mut assembler = Assembler::new(scanner, empty_scan(path.clone(), content));
        assembler.keep_to(self.options.span.as_ref());
        match content {
            Content::Empty => {
                assembler.scan_mut().format = "empty".to_owned();
                assembler.into_scan()
            }
            Content::Binary(what) => {
                let scan = assembler.scan_mut();
                scan.format = what.unwrap_or("binary").to_owned();
                scan.bytes = drain(source);
                assembler.into_scan()
            }
            Content::Der => {
                let scan = assembler.scan_mut();
                scan.format = "certificate".to_owned();
                let (bytes, der) = whole(source, certificate::FILE_BYTES);
                scan.bytes = bytes;
                if let Err(message) = assembler.der(&der) {
                    self.troubles.push(Trouble { path, kind: TroubleKind::Corrupt, message });
                }
                assembler.into_scan()
            }
            Content::Pcap | Content::Pcapng => {
                self.troubles.extend(capture::scan(&mut assembler, &scanner.limits, &path, source));
                let scan = assembler.into_scan();
                self.left_out(&scan);
                scan
            }
            Content::Text(encoding) => {
                // The bytes of the artifact, whatever its encoding makes of them.
                let mut bytes = 0;
                let read = match source {
                    Source::File(file, length) => {
                        bytes = length;
                        text::scan(scanner, &mut assembler, encoding, Source::File(file, length), self.options.mmap)
                    }
                    Source::Stream(stream) => {
                        let mut counted = Counted(&mut bytes, stream);
                        text::scan(scanner, &mut assembler, encoding, Source::Stream(&mut counted), self.options.mmap)
                    }
                };
                assembler.scan_mut().bytes = bytes;
                if let Some(trouble) = read.trouble {
                    self.troubles.push(Trouble { path: path.clone(), kind: trouble.0, message: trouble.1 });
                }
                let scan = assembler.finish(read.ends_in_newline);
                self.left_out(&scan);
                scan
            }
        }
    }

    /// Keeps no more than what the inputs before this one leave, now that all are read, and says what that left out.
    fn keep(&mut self, left: Kept) {
        if !self.keeping.stands(left) {
            self.keeping = Keeping::default();
            self.artifacts.iter_mut().for_each(|scan| self.keeping.take(scan, left));
            self.budget.keeps(self.entry, self.keeping.kept());
        }
        self.troubles.extend(self.keeping.troubles(self.entry.path(), &self.scanner.limits));
    }

    /// Says what limits left out.
    fn left_out(&mut self, scan: &ArtifactScan) {
        let evidence::Surplus { devices, facts, compared, long_lines, certificates } = scan.surplus;
        let limits = &self.scanner.limits;
        let messages = [
            (devices, limits.hit("devices", format!("{devices} lines of further devices were counted as one device"))),
            (facts, limits.hit("facts", format!("{facts} or more further facts of a device were not kept"))),
            (compared, format!("{compared} matches were left out: their values are beyond the most that are compared with facts")),
            (long_lines, limits.hit("line", format!("{long_lines} longer lines were searched in overlapping parts"))),
            (certificates, limits.hit("pem", format!("{certificates} further certificates were counted, and none is listed"))),
        ];
        for (_, message) in messages.into_iter().filter(|(count, _)| *count > 0) {
            self.troubles.push(Trouble { path: scan.path.clone(), kind: TroubleKind::Limit, message });
        }
    }

    /// A text that was cut may have lost the end of its last section: nothing can be concluded from what is absent.
    fn cut(&mut self) {
        for trouble in &self.troubles {
            for scan in self.artifacts.iter_mut().filter(|scan| scan.path == trouble.path) {
                let last = scan.last_section.and_then(|(subject, section)| scan.subjects.get_mut(subject)?.sections.get_mut(section));
                if let Some(last) = last {
                    last.whole = false;
                }
            }
        }
    }
}

/// Counts what goes through a reader.
struct Counted<'a, R>(&'a mut u64, R);

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.1.read(buffer)?;
        *self.0 += read as u64;
        Ok(read)
    }
}

/// The length of a source, and its first bytes up to `most`.
fn whole(source: Source<'_>, most: usize) -> (u64, Vec<u8>) {
    let mut first = Vec::new();
    match source {
        Source::File(mut file, length) => {
            // Sniffing has moved the position. What cannot be read holds no certificate, and that is said.
            let read = file.rewind().and_then(|()| file.take(most as u64).read_to_end(&mut first));
            read.map_or((length, Vec::new()), |_| (length, first))
        }
        Source::Stream(stream) => {
            let read = stream.take(most as u64).read_to_end(&mut first).unwrap_or(0);
            (read as u64 + intake::drain(stream).unwrap_or(0), first)
        }
    }
}

/// Reads the rest of a source for its length.
fn drain(source: Source<'_>) -> u64 {
    match source {
        Source::File(_, length) => length,
        Source::Stream(stream) => intake::drain(stream).unwrap_or(0),
    }
}

/// A flag that asks a scan to stop, for interrupt handlers.
#[derive(Debug, Default)]
pub struct StopFlag(AtomicBool);

impl StopFlag {
    /// Asks.
    pub fn stop(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether someone asked.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

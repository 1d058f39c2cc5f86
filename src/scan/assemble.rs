//! The ordered pass over the lines the gate let through: which section and which device each belongs to, which
//! signals it verifies, what is read on it. Pieces of one artifact come in order, whatever thread gated them.

mod certificates;
mod event;
mod fact;
mod heading;
mod kind;
mod output;
mod parts;
mod subject;
#[cfg(test)]
mod tests;
mod verify;
mod within;
mod wrapped;

use std::collections::{HashMap, VecDeque};

use memchr::{memchr, memchr_iter, memrchr};

pub(super) use self::event::fits;
use self::kind::Kinds;
use self::parts::Parts;
use self::verify::LineRead;
use self::within::Within;
pub(super) use self::wrapped::is_continued;
use super::Scanner;
use super::evidence::{ArtifactScan, Subject};
use super::gate::Target;
use super::head::Head;
use super::mask::Surroundings;
use super::section::{Looking, OpenSection};
use super::seen::{Matches, Room};
use super::sift::{Line, Part, Sifted};
use super::sighting::Copies;
use crate::formats::{cited, expressway, prompt, quoted, syslog, time};
use crate::rules::library::SignalId;

/// Lines longer than this are read in sections whatever they hold.
pub(super) const LINE: usize = 1024 * 1024;

/// Lines of a private key whose end is missing.
const KEY: u64 = 1024;

/// Bytes at the end of a text in which its last time is looked for.
const END: usize = 16 * 1024;

/// Bytes at the begin of a text among which the headings of an article are looked for.
const ARTICLE: usize = 32 * 1024;

/// Bytes of an output in which the lines worth a look are looked for at a time: it may end anywhere.
const STRETCH: usize = 32 * 1024;

/// Gathers one artifact's scan.
pub(super) struct Assembler<'a> {
    scanner: &'a Scanner<'a>,
    scan: ArtifactScan,
    lines: u64,
    open: Option<OpenSection>,
    subject: usize,
    by_host: HashMap<String, usize>,
    /// The same by names as lines write them, which need not be masked to be looked up.
    as_written: HashMap<String, usize>,
    kinds: Kinds,
    /// Lines that were met before.
    copies: Copies,
    /// When the output that begins near the top of the text was made, and the line that says so.
    stated: Option<(u64, time::Stamp)>,
    /// What stands above the line at hand says that it is none that was seen.
    introduced: bool,
    /// What masking must know of the text around the line at hand.
    around: Surroundings,
    /// Room for long lines that are quoted at the end.
    room: Room,
    /// The line on which a private key begins that has not ended yet.
    key: Option<u64>,
    /// The last line of a banner: what stands in it was typed by somebody.
    quoted_until: u64,
    /// The last line whose clock was looked at.
    observed: u64,
    /// Samples of facts read outside sections, with the place of the last one.
    line_facts: HashMap<(usize, String), (usize, usize)>,
    /// Bytes since the last line end, and whether that line is counted as a long one.
    unended: (u64, bool),
    /// What was found in the parts of a long line.
    parts: Parts,
    /// Last line of the wrapped message read last, and what was found in it.
    wrapped: (u64, Vec<SignalId>),
    /// Certificates read so far, by subject.
    certificates: certificates::Read,
    /// The last bytes so far.
    end: Vec<u8>,
    /// Whom the last command gave another name, and which.
    renamed: Option<(usize, String)>,
    /// How the dates of the text are meant.
    order: Option<time::DateOrder>,
    /// What the columns of a table are called.
    columns: Option<syslog::Columns>,
    /// The whole object that the line at hand is part of.
    record: Option<String>,
    /// Values that wait for facts.
    compared: usize,
    /// What was found, until the end.
    matches: Matches,
    /// Sections that are kept, of all devices.
    sections: usize,
    /// Where the last section seen whole stands, should the text turn out to be cut.
    last_section: Option<(usize, usize)>,
    /// The time asked for.
    within: Option<Within>,
}

impl<'a> Assembler<'a> {
    /// What it works with.
    pub(super) fn scanner(&self) -> &'a Scanner<'a> {
        self.scanner
    }

    /// Begins an artifact.
    pub(super) fn new(scanner: &'a Scanner<'a>, scan: ArtifactScan) -> Self {
        let mut scan = scan;
        let mut subject = Subject::default();
        let mut kinds = Kinds::default();
        if let Some(member) = expressway::bundle_member(scan.path.file_name()) {
            scan.made = member.taken.clone();
            subject.identity.platform = Some("expressway".to_owned());
            subject.identity.hostname = member.host.map(|host| scanner.shown(host));
            kinds.status_dump = member.kind == expressway::MemberKind::Xstat;
            kinds.config_dump = member.kind == expressway::MemberKind::Xconf;
        }
        if scan.made.is_none() {
            scan.made = time::date_in_name(scan.path.file_name());
        }
        let mut by_host = HashMap::new();
        if let Some(host) = &subject.identity.hostname {
            by_host.insert(host.to_lowercase(), 0);
        }
        scan.subjects = vec![subject];
        let mut new = Self {
            scanner,
            scan,
            lines: 0,
            open: None,
            subject: 0,
            by_host,
            as_written: HashMap::new(),
            kinds,
            copies: Copies::default(),
            stated: None,
            introduced: false,
            around: Surroundings::default(),
            room: Room::default(),
            key: None,
            quoted_until: 0,
            observed: 0,
            line_facts: HashMap::new(),
            unended: (0, false),
            parts: Parts::default(),
            wrapped: (0, Vec::new()),
            certificates: certificates::Read::default(),
            end: Vec::new(),
            renamed: None,
            order: None,
            columns: None,
            record: None,
            compared: 0,
            matches: Matches::keeping(scanner.kept()),
            sections: 0,
            last_section: None,
            within: None,
        };
        new.begin_by_name();
        new
    }

    /// Takes the next piece: its bytes, of which the first `own` belong to it (the rest begins the next piece), and
    /// what is left of them when they are sifted.
    pub(super) fn piece(&mut self, bytes: &[u8], own: usize, sifted: &Sifted) {
        let own = own.min(bytes.len());
        if self.lines == 0 {
            self.kinds.article = cited::is_article(&String::from_utf8_lossy(&bytes[..own.min(ARTICLE)]));
            self.head(&bytes[..own]);
        }
        let mut next = sifted.lines.iter().peekable();
        // An article is of no device: nothing on its lines was seen on one.
        let mut at = if self.kinds.article { own } else { 0 };
        // Lines of the piece before `at`.
        let mut line = 0;
        // Where the lines begin that an output must look at, as far as they were looked for.
        let mut looks = VecDeque::new();
        let mut looked = 0;
        while at < own {
            while next.next_if(|candidate| candidate.start < at).is_some() {}
            let (scanner, fields) = (self.scanner, self.open.as_ref().and_then(|open| self.scanner.fields(open.id?)));
            match self.open.as_mut().map_or(Looking::Nowhere, |open| open.looking(scanner.library, fields)) {
                Looking::Everywhere => {}
                Looking::Nowhere => {
                    let Some(candidate) = next.peek() else { break };
                    at = candidate.start;
                    line = candidate.number;
                }
                Looking::Somewhere => {
                    let (Some(open), Some(fields)) = (&mut self.open, fields) else { break };
                    if looked <= at {
                        looked = stretch(bytes, at, own, next.clone());
                        looks = open.look(scanner.library, fields, &bytes[at..looked]).into_iter().map(|look| at + look).collect();
                    }
                    while looks.front().is_some_and(|look| *look < at) {
                        looks.pop_front();
                    }
                    let candidate = next.peek().map_or(looked, |candidate| candidate.start);
                    let to = looks.front().map_or(looked, |look| *look).min(candidate).min(looked);
                    let passed = &bytes[at..to];
                    let count = memchr_iter(b'\n', passed).count() as u64 + u64::from(passed.last().is_some_and(|byte| *byte != b'\n'));
                    open.pass(passed, count);
                    line += count;
                    at = to;
                    if at == looked {
                        continue;
                    }
                }
            }
            let end = memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |length| at + length);
            let candidate = next.next_if(|candidate| candidate.start == at);
            line = candidate.map_or(line, |candidate| candidate.number);
            let number = self.lines + line + 1;
            self.record = None;
            if let Some(candidate) = candidate {
                let own = bytes.get(at..candidate.end.min(end)).unwrap_or_default();
                let before = if at > 0 { &bytes[..at] } else { &[][..] };
                self.surround(Some(before).filter(|before| !before.is_empty()), own, number, &candidate.targets);
                // What has a stamp is a line of its own.
                self.introduced = candidate.head.as_ref().is_none_or(|head| head.stamp.is_none())
                    && cited::is_introduced(if before.is_empty() { &self.end } else { before }, &prompt::text(&prompt::clean(own)));
                // A key of an object that is written over several lines.
                if candidate.part == Part::Whole && own.trim_ascii_start().first() == Some(&b'"') {
                    let line = prompt::text(&prompt::clean(own)).into_owned();
                    let before = if before.is_empty() { &self.end } else { before };
                    self.record = syslog::enclosing(before, &line, bytes.get(end + 1..).unwrap_or_default());
                }
            }
            if self.line(&bytes[at..end], number, candidate, bytes.get(end + 1..).unwrap_or(&[])) {
                looked = 0;
            }
            // Of a long line there may be more to look at.
            if let Some(more) = next.peek().filter(|more| more.part == Part::Later && more.start < end) {
                at = more.start;
                continue;
            }
            at = end + 1;
            line += 1;
        }
        self.lines += sifted.line_ends;
        self.measure(&bytes[..own]);
        self.end.extend_from_slice(&bytes[own.saturating_sub(END)..own]);
        let surplus = self.end.len().saturating_sub(END);
        self.end.drain(..surplus);
        self.scan.bytes += own as u64;
    }

    /// Counts the lines that are longer than the limit `line`.
    fn measure(&mut self, mut bytes: &[u8]) {
        let most = self.scanner.limits.line;
        let (mut before, mut counted) = self.unended;
        if before + bytes.len() as u64 > most {
            while let Some(end) = memchr(b'\n', bytes) {
                self.scan.surplus.long_lines += u64::from(!counted && before + end as u64 > most);
                (before, counted) = (0, false);
                bytes = &bytes[end + 1..];
            }
            before += bytes.len() as u64;
            self.scan.surplus.long_lines += u64::from(!counted && before > most);
            counted |= before > most;
        } else {
            before = memrchr(b'\n', bytes).map_or(before + bytes.len() as u64, |end| (bytes.len() - end - 1) as u64);
            counted = false;
        }
        self.unended = (before, counted);
    }

    /// Ends the artifact. `ends_in_newline` is false when the last line has no line end and still counts as one.
    pub(super) fn finish(mut self, ends_in_newline: bool) -> ArtifactScan {
        self.end_section();
        self.tail();
        self.hold_certificates();
        if self.scan.bytes > 0 && !ends_in_newline {
            self.lines += 1;
        }
        self.scan.lines = Some(self.lines);
        self.scan.format = self.kinds.format();
        self.scan.last_section = self.last_section;
        self.into_scan()
    }

    /// Notes what masking must know of the text around a line that may be quoted. `before` is the text before it where that is
    /// of the same piece.
    fn surround(&mut self, before: Option<&[u8]>, line: &[u8], number: u64, targets: &[Target]) {
        let mut in_key = self.key.is_some_and(|begin| number > begin && number - begin <= KEY);
        if targets.contains(&Target::PrivateKey) {
            let holds = |mark: &[u8]| line.windows(mark.len()).any(|part| part == mark);
            let (begins, ends) = (holds(b"-----BEGIN"), holds(b"-----END"));
            in_key &= !ends;
            self.key = (begins && !ends).then_some(number);
        }
        self.around.look(before.unwrap_or(&self.end), line, in_key);
    }

    /// Looks at one line, or at what is left of it from a later part on; true where an output begins or ends at it.
    fn line(&mut self, bytes: &[u8], number: u64, candidate: Option<&Line>, rest: &[u8]) -> bool {
        let targets = candidate.map_or(&[][..], |candidate| &candidate.targets);
        let part = candidate.map_or(Part::Whole, |candidate| candidate.part);
        let most = usize::try_from(self.scanner.limits.line).unwrap_or(usize::MAX);
        let bytes = bytes.get(..bytes.len().min(most)).unwrap_or(bytes);
        let cleaned = prompt::clean(bytes);
        let text = prompt::text(&cleaned);
        let mut began = false;
        if part != Part::Later {
            let fields = self.open.as_ref().and_then(|open| self.scanner.fields(open.id?));
            let reading = self.open.as_ref().is_some_and(|open| open.looking(self.scanner.library, fields) != Looking::Nowhere);
            began = (reading && prompt::may_be(&text)
                || targets.iter().any(|target| matches!(target, Target::Command | Target::Opening(_))))
                && self.boundary(&text, number, targets);
            if began {
                self.first_message(rest);
            }
            if !began || self.open.as_ref().is_some_and(|open| open.by_opening) {
                self.read_in_section(&text, number);
            }
            if targets.contains(&Target::Banner) {
                self.quoted_until = self.quoted_until.max(number + quoted::banner_lines(&text, rest));
            }
        }
        if targets.contains(&Target::Certificate) {
            self.pem(&text, number, rest);
        }
        if targets.is_empty() || number <= self.quoted_until {
            return began;
        }
        self.parts.part(part);
        // Around the line stands what its head means.
        let within = (self.record.is_some() || self.order.is_some() || self.columns.is_some())
            .then(|| Head::of(self.record.as_deref().unwrap_or(&text), self.order, self.columns.as_ref()));
        let head = within.as_ref().map_or_else(|| candidate.and_then(|candidate| candidate.head.as_deref()), Option::as_ref);
        match candidate.filter(|candidate| part != Part::Whole && candidate.end - candidate.start < bytes.len()) {
            Some(candidate) => {
                let cleaned = prompt::clean(bytes.get(..candidate.end - candidate.start).unwrap_or(bytes));
                self.verify_unless_quotation(&prompt::text(&cleaned), number, targets, head, &[]);
            }
            None => self.verify_unless_quotation(&text, number, targets, head, rest),
        }
        began
    }

    fn verify_unless_quotation(&mut self, text: &str, number: u64, targets: &[Target], head: Option<&Head>, rest: &[u8]) {
        let stamped = head.is_some_and(|head| head.stamp.is_some() || head.host.is_some());
        if quoted::is_quotation(text) || (!stamped && self.open.is_none() && (self.introduced || cited::is_cited(text))) {
            return;
        }
        let objects = syslog::objects(text);
        for object in &objects {
            let (targets, head) = (self.scanner.gate.targets(object.as_bytes()), Head::of(object, self.order, None));
            self.verify(object, number, &targets, head.as_ref(), LineRead::default(), &[]);
        }
        if objects.is_empty() {
            self.verify(text, number, targets, head, LineRead::sifted(), rest);
        }
    }

    /// The scan so far, for readers that do not go through lines.
    pub(super) fn scan_mut(&mut self) -> &mut ArtifactScan {
        &mut self.scan
    }

    /// Masked and visible, as every value leaves the scan.
    pub(super) fn shown(&self, value: &str) -> String {
        self.scanner.shown(value)
    }

    /// Ends an artifact that is not text.
    pub(super) fn into_scan(mut self) -> ArtifactScan {
        self.matches.hand_over(self.scanner, &mut self.scan.subjects);
        // Nothing is added any more, and a case may hold many thousands of artifacts.
        self.scan.sightings.lines.shrink_to_fit();
        self.scan.subjects.shrink_to_fit();
        for subject in &mut self.scan.subjects {
            subject.facts.shrink_to_fit();
            subject.sections.shrink_to_fit();
        }
        self.scan
    }
}

/// The end of the whole lines from `at` on that may all be of one output: another may begin at the next of the lines that are
/// known to be something else.
fn stretch<'a>(bytes: &[u8], at: usize, own: usize, next: impl Iterator<Item = &'a Line>) -> usize {
    let begins = |line: &&Line| line.targets.iter().any(|target| matches!(target, Target::Command | Target::Opening(_)));
    let limit = own.min(at + STRETCH);
    if let Some(next) = next.take_while(|line| line.start < limit).filter(|line| line.start > at).find(begins) {
        return next.start;
    }
    let whole = memrchr(b'\n', &bytes[at..limit]).map(|end| at + end + 1);
    let behind = || memchr(b'\n', &bytes[limit..]).map_or(bytes.len(), |length| limit + length + 1);
    whole.filter(|whole| *whole == limit || limit < own).unwrap_or_else(behind)
}

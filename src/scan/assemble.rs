//! The ordered pass over the lines the gate let through: which section and which device each belongs to, which
//! signals it verifies, what is read on it. Pieces of one artifact come in order, whatever thread gated them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use memchr::memchr;

use super::Scanner;
use super::clock::{Received, flag_word};
use super::evidence::{Anchor, ArtifactScan, Fact, Identity, Match, Subject};
use super::excerpt;
use super::gate::{Candidate, Target};
use super::section::{self, OpenSection, Value};
use super::sighting::Copies;
use super::template;
use super::whose::Marks;
use crate::formats::event::{Event, Place};
use crate::formats::syslog::Dialect;
use crate::formats::time::{self, Stamp};
use crate::formats::{expressway, prompt, quoted, syslog};
use crate::intake::escape;
use crate::rules::library::{Matcher, SectionId, Signal, SignalId};
use crate::rules::model::Identity as IdentityField;

/// Devices told apart in one artifact (`devices` of the limits).
pub(super) const SUBJECTS: usize = 10_000;
/// Devices of one text, the latest, among which an output without a name is looked for.
const LOOKED_BACK: usize = 64;
/// Lines after the first that still are the beginning of an output.
const BEGINNING: u64 = 2;
/// Lines a wrapped message may go on for.
const WRAPPED_LINES: usize = 4;
/// Lines below the begin of an output among which its first message is looked for.
const FIRST_LINES: usize = 20;
/// Samples of a fact read on lines that are kept; the last one always is.
const SAMPLES: usize = 8;
/// Longest text given to a signal's pattern: `window` of the limits.
const WINDOW: usize = 64 * 1024;

/// Gathers one artifact's scan.
pub(super) struct Assembler<'a> {
    scanner: &'a Scanner<'a>,
    scan: ArtifactScan,
    lines: u64,
    open: Option<OpenSection>,
    subject: usize,
    by_host: HashMap<String, usize>,
    kinds: Kinds,
    /// Lines that were met before.
    copies: Copies,
    /// The last line of a banner: what stands in it was typed by somebody.
    quoted_until: u64,
    /// The last line whose clock was looked at.
    observed: u64,
    /// Samples of facts read outside sections, with the place of the last one.
    line_facts: HashMap<(usize, String), (usize, usize)>,
    /// Last line of the wrapped message read last, and what was found in it.
    wrapped: (u64, Vec<SignalId>),
    /// Where the last section seen whole stands, should the text turn out to be cut.
    last_section: Option<(usize, usize)>,
}

/// What the artifact looked like on the way, to name its format.
#[derive(Default)]
struct Kinds {
    headers: u64,
    prompts: u64,
    openings: u64,
    expressway: u64,
    syslog: u64,
    status_dump: bool,
    config_dump: bool,
}

impl<'a> Assembler<'a> {
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
        Self {
            scanner,
            scan,
            lines: 0,
            open: None,
            subject: 0,
            by_host,
            kinds,
            copies: Copies::default(),
            quoted_until: 0,
            observed: 0,
            line_facts: HashMap::new(),
            wrapped: (0, Vec::new()),
            last_section: None,
        }
    }

    /// Takes the next piece: its bytes, of which the first `own` belong to it (the rest begins the next piece), the
    /// candidates among them and the number of its line ends.
    pub(super) fn piece(&mut self, bytes: &[u8], own: usize, candidates: &[Candidate], line_ends: u64) {
        let own = own.min(bytes.len());
        if self.lines == 0 {
            self.head(&bytes[..own]);
        }
        let mut at = 0;
        let mut line = 0;
        let mut next = candidates.iter().peekable();
        while at < own {
            let reading = self.open.as_ref().is_some_and(|open| open.wants_lines(self.scanner.library));
            if !reading {
                while next.peek().is_some_and(|candidate| candidate.start < at) {
                    next.next();
                }
                let Some(candidate) = next.peek() else { break };
                at = candidate.start;
                line = candidate.line;
            }
            let end = memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |length| at + length);
            while next.peek().is_some_and(|candidate| candidate.start < at) {
                next.next();
            }
            let gated = next.next_if(|candidate| candidate.start == at).is_some();
            self.line(&bytes[at..end], self.lines + line + 1, gated, bytes.get(end + 1..).unwrap_or(&[]));
            at = end + 1;
            line += 1;
        }
        self.lines += line_ends;
        self.tail(&bytes[..own]);
        self.scan.bytes += own as u64;
    }

    /// Ends the artifact. `ends_in_newline` is false when the last line has no line end and still counts as one.
    pub(super) fn finish(mut self, ends_in_newline: bool) -> ArtifactScan {
        self.end_section();
        if self.scan.bytes > 0 && !ends_in_newline {
            self.lines += 1;
        }
        self.scan.lines = Some(self.lines);
        self.scan.format = self.format();
        self.scan.last_section = self.last_section;
        self.scan
    }

    fn format(&self) -> String {
        let kinds = &self.kinds;
        let name = if kinds.status_dump {
            "expressway-status"
        } else if kinds.config_dump {
            "expressway-configuration"
        } else if kinds.headers > 1 {
            "show-tech"
        } else if kinds.prompts > 0 {
            "console-log"
        } else if kinds.expressway > 0 {
            "expressway-log"
        } else if kinds.headers + kinds.openings > 0 {
            "show-output"
        } else if kinds.syslog > 0 {
            "syslog"
        } else {
            "text"
        };
        name.to_owned()
    }

    /// The first lines tell who wrote the artifact and when, even where no rule asks about them.
    fn head(&mut self, bytes: &[u8]) {
        for (number, line) in (1..).zip(bytes.split(|byte| *byte == b'\n').take(50)) {
            let line = prompt::clean(line.get(..line.len().min(WINDOW)).unwrap_or_default());
            let text = String::from_utf8_lossy(&line);
            let heading = self.heading(text.trim_start_matches('\u{feff}'));
            self.observe(&heading, &text, number);
        }
    }

    fn tail(&mut self, bytes: &[u8]) {
        for line in bytes.rsplit(|byte| *byte == b'\n').take(20) {
            let line = prompt::clean(line.get(..line.len().min(WINDOW)).unwrap_or_default());
            let heading = self.heading(&String::from_utf8_lossy(&line));
            if let Some(stamp) = heading.stamp {
                self.date(heading.subject, &stamp);
                break;
            }
        }
    }

    /// Time and subject of a log line, by its header.
    fn heading(&mut self, text: &str) -> Heading {
        if let Some(record) = expressway::parse(text) {
            self.kinds.expressway += 1;
            let subject = match record.host {
                Some(host) => self.subject_of(host),
                None => 0,
            };
            self.weak_platform(subject, "expressway");
            return Heading { stamp: record.time, subject, relay: None, flagged: false };
        }
        let Some(header) = syslog::parse(text) else { return Heading { subject: self.subject, ..Heading::default() } };
        self.kinds.syslog += u64::from(header.stamp.is_some() || header.mnemonic.is_some());
        // `REQUEST: Jun 29 …` looks like a name before a stamp; only a message or a relay makes it one.
        let subject = match header.host.filter(|_| header.mnemonic.is_some() || header.relay.is_some()) {
            Some(host) => self.subject_of(host),
            None => self.subject,
        };
        match header.dialect {
            Dialect::NxOs => self.weak_platform(subject, "nx-os"),
            Dialect::IosXr => self.weak_platform(subject, "ios-xr"),
            Dialect::Asa => self.weak_platform(subject, "asa"),
            Dialect::IosXe | Dialect::Expressway | Dialect::Other => {}
        }
        if let Some(relay) = &header.relay
            && relay.has_year()
        {
            self.scan.anchor.get_or_insert_with(|| Anchor { stamp: relay.clone(), is_end: false });
        }
        let flagged = header.dialect == Dialect::IosXe && header.mnemonic.is_some();
        Heading { stamp: header.stamp, subject, relay: header.relay, flagged }
    }

    /// Takes what the head of a line of the text tells of times and clocks. Once a line, in order.
    fn observe(&mut self, heading: &Heading, text: &str, number: u64) {
        let Some(stamp) = &heading.stamp else { return };
        self.date(heading.subject, stamp);
        if number <= self.observed {
            return;
        }
        self.observed = number;
        let Some(clock) = self.scan.subjects.get_mut(heading.subject).map(|subject| &mut subject.clock) else { return };
        clock.step(stamp);
        match &heading.relay {
            Some(relay) if relay == stamp => {
                clock.relayed += 1;
                return;
            }
            Some(relay) => clock.received(Received { device: stamp.clone(), relay: relay.clone(), line: number }),
            None => {}
        }
        clock.own += 1;
        if heading.flagged && clock.flag != Some(stamp.clock) {
            clock.flag = Some(stamp.clock);
            let fact = Fact {
                name: "clock.flag".to_owned(),
                value: flag_word(stamp.clock).to_owned(),
                excerpt: excerpt::around(&self.scanner.masker, text, 0..0),
                place: Some(Place::Line(number)),
                time: Some(stamp.clone()),
                past: self.quoting(),
            };
            self.line_fact(heading.subject, fact);
        }
    }

    /// Inside an output that quotes what is older than itself.
    fn quoting(&self) -> bool {
        let section = self.open.as_ref().and_then(|open| self.scanner.library.sections.get(open.id?.0));
        section.is_some_and(|section| section.history)
    }

    /// Keeps a fact that was read outside sections: the first few samples, and the last.
    fn line_fact(&mut self, subject: usize, fact: Fact) {
        let Some(facts) = self.scan.subjects.get_mut(subject).map(|subject| &mut subject.facts) else { return };
        let (samples, last) = self.line_facts.entry((subject, fact.name.clone())).or_default();
        if *samples >= SAMPLES {
            if let Some(known) = facts.get_mut(*last) {
                *known = fact;
            }
        } else if facts.len() < super::FACTS {
            *samples += 1;
            *last = facts.len();
            facts.push(fact);
        }
    }

    fn weak_platform(&mut self, subject: usize, platform: &str) {
        if let Some(subject) = self.scan.subjects.get_mut(subject) {
            subject.identity.platform.get_or_insert_with(|| platform.to_owned());
        }
    }

    fn date(&mut self, subject: usize, stamp: &Stamp) {
        self.scan.times.add(stamp);
        if let (true, Some(subject)) = (stamp.has_year(), self.scan.subjects.get_mut(subject)) {
            subject.dated = Some(match subject.dated.take() {
                None => (stamp.clone(), stamp.clone()),
                Some((first, last)) => (earlier(first, stamp), later(last, stamp)),
            });
        }
    }

    fn subject_of(&mut self, host: &str) -> usize {
        let host = self.scanner.shown(host);
        let key = host.to_lowercase();
        if let Some(known) = self.by_host.get(&key) {
            return *known;
        }
        // An unnamed subject that has been read so far is this one: its name comes late.
        if let Some(subject) = self.scan.subjects.get_mut(self.subject)
            && subject.identity.hostname.is_none()
        {
            self.by_host.insert(key, self.subject);
            subject.identity.hostname = Some(host);
            return self.subject;
        }
        if self.scan.subjects.len() >= SUBJECTS {
            self.scan.folded += 1;
            return 0;
        }
        self.scan.subjects.push(Subject { identity: Identity { hostname: Some(host), ..Identity::default() }, ..Subject::default() });
        let at = self.scan.subjects.len() - 1;
        self.by_host.insert(key, at);
        at
    }

    fn line(&mut self, bytes: &[u8], number: u64, gated: bool, rest: &[u8]) {
        let bytes = bytes.get(..bytes.len().min(super::text::LINE)).unwrap_or(bytes);
        let cleaned = prompt::clean(bytes);
        let text = String::from_utf8_lossy(&cleaned);
        let reading = self.open.as_ref().is_some_and(|open| open.wants_lines(self.scanner.library));
        let targets = if gated { self.scanner.gate.targets(&cleaned) } else { Vec::new() };
        let began = (reading || targets.iter().any(|target| matches!(target, Target::Command | Target::Opening(_))))
            && self.boundary(&text, number, &targets);
        if began {
            self.first_message(rest);
        }
        if !began || self.open.as_ref().is_some_and(|open| open.by_opening) {
            self.read_in_section(&text, number);
        }
        if targets.contains(&Target::Banner) {
            self.quoted_until = self.quoted_until.max(number + quoted::banner_lines(&text, rest));
        }
        if gated && number > self.quoted_until && !quoted::is_remark(&text) {
            self.verify(&text, number, &targets, rest);
        }
    }

    /// The time of the first message in an output that has just begun: a log buffer reaches back to it.
    fn first_message(&mut self, rest: &[u8]) {
        for line in rest.split(|byte| *byte == b'\n').take(FIRST_LINES) {
            let line = prompt::clean(line.get(..line.len().min(512)).unwrap_or_default());
            let Some(at) = memchr(b'%', &line) else { continue };
            let text = String::from_utf8_lossy(&line);
            if let Some(stamp) = syslog::parse(&text).filter(|header| at > 0 && header.mnemonic.is_some()).and_then(|header| header.stamp) {
                self.scan.times.add(&stamp);
                return;
            }
        }
    }

    /// Whether a section begins (or ends) at this line.
    fn boundary(&mut self, text: &str, number: u64, targets: &[Target]) -> bool {
        if let Some(command) = prompt::section_header(text).or_else(|| text.trim().strip_prefix("!Command:").map(str::trim)) {
            self.kinds.headers += 1;
            self.begin(command, number);
            return true;
        }
        if let Some(found) = prompt::parse(text) {
            self.kinds.prompts += 1;
            let (host, command) = (found.host.to_owned(), found.command.to_owned());
            self.end_section();
            self.subject = self.subject_of(&host);
            if !command.is_empty() {
                self.begin(&command, number);
                if let Some(open) = &mut self.open {
                    open.typed = true;
                }
            }
            return true;
        }
        let lower = text.trim().to_ascii_lowercase();
        if lower.starts_with("xstatus") || lower.starts_with("xconfiguration") {
            self.weak_platform(self.subject, "expressway");
            self.begin(&lower, number);
            return true;
        }
        for target in targets {
            let Target::Opening(id) = target else { continue };
            let embeds = |id: SectionId| self.scanner.library.sections.get(id.0).is_some_and(|section| section.embeds);
            let open = self.open.as_ref().and_then(|open| Some((open.id?, open.by_opening, open.line)));
            let stays = open.is_some_and(|(open, by_opening, _)| !by_opening || (embeds(open) && !embeds(*id)));
            // The same output again: only where it says so, and not on the lines that begin it.
            let again = open.filter(|(open, ..)| open == id).map(|(.., line)| number > line + BEGINNING);
            if !stays && again != Some(false) && self.opens(*id, &lower, again.is_some()) {
                self.kinds.openings += 1;
                self.end_section();
                self.open = Some(OpenSection::new(self.scanner.library, Some(*id), number, true));
                return true;
            }
        }
        false
    }

    /// Whether the line begins the section; `again` with a text that stands at its beginning only.
    fn opens(&self, id: SectionId, lower: &str, again: bool) -> bool {
        let section = self.scanner.library.sections.get(id.0);
        section.is_some_and(|section| {
            section.openings.iter().filter(|opening| opening.first || !again).any(|opening| match (opening.at_start, opening.at_end) {
                (true, true) => lower == opening.text,
                (true, false) => lower.starts_with(&opening.text),
                (false, true) => lower.ends_with(&opening.text),
                (false, false) => lower.contains(&opening.text),
            })
        })
    }

    fn begin(&mut self, command: &str, number: u64) {
        let command = prompt::normalise(command);
        let sections = &self.scanner.library.sections;
        let filtered = command.filter.is_some();
        let id =
            sections.iter().position(|section| section.commands.iter().any(|pattern| pattern.is_match(&command.command))).map(SectionId);
        // `!Command:` repeats the command that was typed at the prompt.
        if self.open.as_ref().is_some_and(|open| id.is_some() && open.id == id && number <= open.line + 2) {
            return;
        }
        self.end_section();
        let mut open = OpenSection::new(self.scanner.library, id, number, false);
        open.filtered = filtered;
        open.command = Some(command.command);
        self.open = Some(open);
    }

    fn read_in_section(&mut self, text: &str, number: u64) {
        let Some(mut open) = self.open.take() else { return };
        let mut events = Vec::new();
        open.read(self.scanner.library, number, text, &mut |event| events.push(event));
        self.open = Some(open);
        for event in events {
            self.event(&event, self.subject);
        }
    }

    fn end_section(&mut self) {
        let Some(open) = self.open.take() else { return };
        let mut events = Vec::new();
        let time = open.time.clone();
        let typed = open.typed;
        let (seen, values) = open.end(true, &mut |event| events.push(event));
        if let Some(time) = &time {
            self.scan.anchor = Some(Anchor { stamp: time.clone(), is_end: true });
        }
        if !typed {
            self.of_another(&values);
        }
        // The name first: what else the section says is said of the device it names.
        let names = |value: &&Value| value.identity == Some(IdentityField::Hostname);
        for value in values.iter().filter(names).chain(values.iter().filter(|value| !names(value))) {
            self.identify(value);
        }
        let subject = self.subject;
        if let Some(time) = &time {
            self.date(subject, time);
        }
        for value in &values {
            let shown = self.scanner.shown(&value.value);
            let excerpt = excerpt::around(&self.scanner.masker, &value.text, 0..0);
            if let Some(subject) = self.scan.subjects.get_mut(subject)
                && subject.facts.len() < super::FACTS
            {
                subject.facts.push(section::fact(value, time.clone(), shown, excerpt));
            }
        }
        if let (Some(seen), Some(of)) = (seen, self.scan.subjects.get_mut(subject)) {
            of.sections.push(seen);
            self.last_section = Some((subject, of.sections.len() - 1));
        }
        for event in events {
            self.event(&event, subject);
        }
    }

    /// Outputs of several devices stand one after the other in some texts, with no prompt between them: what cannot be
    /// of the device so far is of one that was there before, or of a new one.
    fn of_another(&mut self, values: &[Value]) {
        let marks = Marks::of_values(values);
        if marks == Marks::default()
            || !self.scan.subjects.get(self.subject).is_some_and(|known| marks.contradict(&Marks::of_subject(known)))
        {
            return;
        }
        let mut latest = self.scan.subjects.iter().enumerate().rev().take(LOOKED_BACK);
        let known = latest.find(|(_, subject)| marks.agree(&Marks::of_subject(subject)));
        self.subject = match known.map(|(at, _)| at) {
            Some(at) => at,
            None if self.scan.subjects.len() < SUBJECTS => {
                self.scan.subjects.push(Subject::default());
                self.scan.subjects.len() - 1
            }
            None => {
                self.scan.folded += 1;
                0
            }
        };
    }

    fn identify(&mut self, value: &Value) {
        let Some(field) = value.identity else { return };
        let shown = self.scanner.shown(&value.value);
        if field == IdentityField::Hostname {
            self.subject = self.subject_of(&shown);
            return;
        }
        let Some(subject) = self.scan.subjects.get_mut(self.subject) else { return };
        let identity = &mut subject.identity;
        match field {
            IdentityField::Hostname => {}
            IdentityField::Name => identity.name = Some(shown),
            IdentityField::Platform => identity.platform = Some(shown),
            IdentityField::ProductId => identity.product_id = Some(shown),
            IdentityField::Serial => identity.serial = Some(shown),
            IdentityField::Version => identity.version = Some(shown),
        }
    }

    /// Runs everything whose literal stands on the line.
    fn verify(&mut self, text: &str, number: u64, targets: &[Target], rest: &[u8]) {
        let text = window(text);
        let mut accounted = false;
        let mut found = Vec::new();
        let mut heading = None;
        for target in targets {
            match target {
                // The rest of a wrapped message was read with its beginning.
                Target::Signal(id) if number <= self.wrapped.0 && self.wrapped.1.contains(id) => accounted = true,
                Target::Signal(id) => self.signal(*id, text, number, &mut heading, &mut found),
                Target::Extract(id) => accounted |= self.extract(*id, text, number),
                Target::Opening(_) | Target::Command | Target::Record | Target::Licensing | Target::Banner => {}
            }
        }
        accounted |= !found.is_empty();
        self.take(text, number, heading, found);
        if targets.contains(&Target::Record)
            && let Some(joined) = continued(text, rest)
        {
            accounted |= self.verify_wrapped(text, number, targets, &joined);
        }
        if !accounted && targets.contains(&Target::Licensing) {
            self.unaccounted(text, number);
        }
    }

    /// Keeps what was found on a line, unless the same line was met before.
    fn take(&mut self, text: &str, number: u64, heading: Option<Heading>, found: Vec<Found>) {
        if found.is_empty() {
            return;
        }
        let heading = heading.unwrap_or_else(|| self.heading(text));
        self.observe(&heading, text, number);
        let mut print = None;
        if let Some(stamp) = &heading.stamp {
            let (own, copy) = self.copies.met(heading.subject, text, stamp);
            if copy {
                return;
            }
            print = Some(own);
        }
        for (id, subject, found) in found {
            self.add(id, subject, found, print);
        }
    }

    /// A licensing line that nothing was found in.
    fn unaccounted(&mut self, text: &str, number: u64) {
        if self.scanner.library.ordinary.iter().any(|pattern| pattern.is_match(text)) {
            return;
        }
        let masker = &self.scanner.masker;
        let masked = masker.mask(text);
        let Some(template) = template::of(&escape::visible(masked.as_bytes())) else { return };
        let heading = self.heading(text);
        if let Some(stamp) = &heading.stamp
            && self.copies.met(heading.subject, text, stamp).1
        {
            return;
        }
        self.scan.remainder.add(template, number, || excerpt::around(masker, text, 0..0));
    }

    /// A message wrapped by a terminal is tried joined with and without a blank, since some cut inside words. What it
    /// then shows stands on its first line; the same is not taken again from the lines that go on.
    fn verify_wrapped(&mut self, text: &str, number: u64, targets: &[Target], continuation: &[String]) -> bool {
        let mut heading = Some(self.heading(text));
        let mut found: Vec<Found> = Vec::new();
        let mut whole = String::new();
        for blank in ["", " "] {
            whole = std::iter::once(text.trim_end()).chain(continuation.iter().map(|line| line.trim())).collect::<Vec<_>>().join(blank);
            let joined = window(&whole);
            for target in self.scanner.gate.targets(joined.as_bytes()) {
                let Target::Signal(id) = target else { continue };
                let on_first_line = targets.contains(&target) && self.matches(id, text);
                if !on_first_line && !found.iter().any(|(known, ..)| *known == id) {
                    self.signal(id, joined, number, &mut heading, &mut found);
                }
            }
        }
        let ids: Vec<SignalId> = found.iter().map(|(id, ..)| *id).collect();
        let any = !ids.is_empty();
        self.take(window(&whole), number, heading, found);
        self.wrapped = (number + continuation.len() as u64, ids);
        any
    }

    fn matches(&self, id: SignalId, text: &str) -> bool {
        self.scanner.pattern(id).is_some_and(|pattern| pattern.is_match(text))
    }

    /// Verifies one signal on a line. The heading is read only where something is found, and once.
    fn signal(&mut self, id: SignalId, text: &str, number: u64, heading: &mut Option<Heading>, out: &mut Vec<Found>) {
        let Some(signal) = self.scanner.library.signals.get(id.0) else { return };
        match &signal.matcher {
            Matcher::Text { within, outside, .. } => {
                let section = self.open.as_ref().and_then(|open| open.id);
                if (!within.is_empty() && !section.is_some_and(|section| within.contains(&section)))
                    || section.is_some_and(|section| outside.contains(&section))
                {
                    return;
                }
                let Some(pattern) = self.scanner.pattern(id) else { return };
                let Some(found) = pattern.captures(text) else { return };
                let captures = pattern
                    .capture_names()
                    .flatten()
                    .filter_map(|name| found.name(name).map(|group| (name.to_owned(), self.scanner.shown(group.as_str()))))
                    .collect();
                let place = found.get(0).map_or(0..0, |whole| whole.range());
                let excerpt = excerpt::around(&self.scanner.masker, text, place);
                if heading.is_none() {
                    *heading = Some(self.heading(text));
                }
                let (stamp, subject) = heading.as_ref().map_or((None, self.subject), |heading| (heading.stamp.clone(), heading.subject));
                let over = stamp.is_none() && self.open.as_ref().is_some_and(OpenSection::is_over);
                // Output of commands states when on the line itself: `Last Response: NO REPLY on Dec 19 …`.
                let time = stamp.or_else(|| time::find_date(text)).or_else(|| self.open.as_ref()?.time.clone());
                out.push((id, subject, Match { place: Place::Line(number), time, excerpt, captures, over }));
            }
            Matcher::Event { kind, .. } if kind == expressway::EXPRESSWAY_LOG => {
                let subject = heading.as_ref().map_or(self.subject, |heading| heading.subject);
                let events: Vec<Event> = expressway::records(text).map(|(_, record)| expressway::event(&record, number)).collect();
                for event in &events {
                    if fits(signal, event) {
                        let subject = event.field("host").map_or(subject, |host| self.subject_of(host));
                        out.push((id, subject, self.matched(event)));
                    }
                }
            }
            Matcher::Event { .. } | Matcher::Fact { .. } | Matcher::Absent { .. } => {}
        }
    }

    /// Reads one value on a line; true when it is there.
    fn extract(&mut self, id: crate::rules::library::ExtractId, text: &str, number: u64) -> bool {
        let Some(extract) = self.scanner.library.extracts.get(id.0) else { return false };
        let Some(value) = section::read_value(extract, "", text.trim(), number) else { return false };
        // A command at a prompt ends what is quoted, though only some commands are looked at for it.
        let past = self.quoting() && prompt::parse(text.trim()).is_none();
        let heading = self.heading(text);
        let subject = heading.subject;
        self.observe(&heading, text, number);
        let shown = self.scanner.shown(&value.value);
        if value.identity == Some(IdentityField::Hostname) {
            self.subject_of(&shown);
        } else if value.identity.is_some() && subject == self.subject {
            self.identify(&value);
        }
        let excerpt = excerpt::around(&self.scanner.masker, text, 0..0);
        self.line_fact(subject, Fact { past, ..section::fact(&value, heading.stamp, shown, excerpt) });
        true
    }

    /// Matches a reader's event against every signal of its kind.
    pub(super) fn event(&mut self, event: &Event, subject: usize) {
        for id in self.scanner.signals_of(event.kind) {
            if self.scanner.library.signals.get(id.0).is_some_and(|signal| fits(signal, event)) {
                let found = self.matched(event);
                self.add(*id, subject, found, None);
            }
        }
    }

    fn matched(&self, event: &Event) -> Match {
        let captures: BTreeMap<String, String> = event
            .fields
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| ((*name).to_owned(), self.scanner.shown(value)))
            .collect();
        let excerpt = excerpt::around(&self.scanner.masker, &event.text, 0..0);
        Match { place: event.place, time: event.time.clone(), excerpt, captures, over: false }
    }

    fn add(&mut self, id: SignalId, subject: usize, found: Match, print: Option<u64>) {
        let pairs = &self.scanner.library.pairs;
        let at = if subject < self.scan.subjects.len() { subject } else { 0 };
        self.scan.sightings.add(id, at, found.place, found.time.as_ref(), print);
        let Some(subject) = self.scan.subjects.get_mut(at) else { return };
        subject.tallies.entry(id).or_default().add(found);
        for (at, (opened, closed)) in pairs.iter().enumerate() {
            if *opened == id {
                subject.pairs.entry(crate::rules::library::PairId(at)).or_default().opened();
            } else if *closed == id {
                subject.pairs.entry(crate::rules::library::PairId(at)).or_default().closed();
            }
        }
    }

    /// Adds a fact of the artifact's first device.
    pub(super) fn fact(&mut self, name: &str, value: &str, place: Option<Place>, time: Option<Stamp>) {
        let value = self.scanner.shown(value);
        if let Some(subject) = self.scan.subjects.first_mut()
            && subject.facts.len() < super::FACTS
        {
            subject.facts.push(Fact { name: name.to_owned(), excerpt: value.clone(), value, place, time, past: false });
        }
    }

    /// Adds a fact whose value is a list: whole, however long, since a cut list would deny what it lacks.
    pub(super) fn list(&mut self, name: &str, members: &BTreeSet<String>) {
        let value = members.iter().map(|member| self.scanner.shown(member)).collect::<Vec<_>>().join(", ");
        let excerpt = self.scanner.shown(&value);
        if let Some(subject) = self.scan.subjects.first_mut()
            && subject.facts.len() < super::FACTS
        {
            subject.facts.push(Fact { name: name.to_owned(), value, excerpt, place: None, time: None, past: false });
        }
    }

    /// The scan so far, for readers that do not go through lines.
    pub(super) fn scan_mut(&mut self) -> &mut ArtifactScan {
        &mut self.scan
    }

    /// Ends an artifact that is not text.
    pub(super) fn into_scan(self) -> ArtifactScan {
        self.scan
    }
}

fn fits(signal: &Signal, event: &Event) -> bool {
    let Matcher::Event { kind, with, .. } = &signal.matcher else { return false };
    kind == event.kind && with.iter().all(|(field, check)| check.holds(event.field(field).unwrap_or("")))
}

/// A signal seen on a line, and by whose device.
type Found = (SignalId, usize, Match);

/// What the head of a line says.
#[derive(Clone, Default)]
struct Heading {
    /// The device's own time, or the collector's where the line has no other.
    stamp: Option<Stamp>,
    /// Whose line it is.
    subject: usize,
    /// When the collector received it.
    relay: Option<Stamp>,
    /// A dialect in which a stamp without a flag means that the clock can be trusted.
    flagged: bool,
}

fn earlier(known: Stamp, new: &Stamp) -> Stamp {
    if new.unix_seconds() < known.unix_seconds() { new.clone() } else { known }
}

fn later(known: Stamp, new: &Stamp) -> Stamp {
    if new.unix_seconds() > known.unix_seconds() { new.clone() } else { known }
}

fn window(text: &str) -> &str {
    &text[..text.floor_char_boundary(WINDOW)]
}

/// The lines that go on with the message of the line before `rest`, if any: up to the next line that begins a
/// record, a prompt or a section, or is empty.
fn continued(text: &str, rest: &[u8]) -> Option<Vec<String>> {
    if text.trim().is_empty() {
        return None;
    }
    let mut lines = Vec::new();
    for line in rest.split(|byte| *byte == b'\n').take(WRAPPED_LINES) {
        let line: Cow<'_, [u8]> = prompt::clean(line.get(..line.len().min(4096)).unwrap_or_default());
        let line = String::from_utf8_lossy(&line).into_owned();
        if line.trim().is_empty() || syslog::starts_record(&line) {
            break;
        }
        lines.push(line);
    }
    (!lines.is_empty()).then_some(lines)
}

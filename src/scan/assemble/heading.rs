//! Heads of log lines: who wrote the line and when, and what its stamps tell of the clock.

use memchr::memchr;

use super::Assembler;
use crate::formats::event::Place;
use crate::formats::syslog::Dialect;
use crate::formats::time::Stamp;
use crate::formats::{expressway, prompt, syslog};
use crate::scan::clock::{Received, flag_word};
use crate::scan::evidence::{Anchor, Fact};

/// Lines below the begin of an output among which its first message is looked for.
const FIRST_LINES: usize = 20;

/// What the head of a line says.
#[derive(Clone, Default)]
pub(super) struct Heading {
    /// The device's own time, or the collector's where the line has no other.
    pub(super) stamp: Option<Stamp>,
    /// Whose line it is.
    pub(super) subject: usize,
    /// When the collector received it.
    relay: Option<Stamp>,
    /// What may say whose line it is, if it were understood.
    pub(super) beside: Option<u64>,
    /// A dialect in which a stamp without a flag means that the clock can be trusted.
    flagged: bool,
}

impl Assembler<'_> {
    /// The first lines tell who wrote the artifact and when, even where no rule asks about them.
    pub(super) fn head(&mut self, bytes: &[u8]) {
        for (number, line) in (1..).zip(bytes.split(|byte| *byte == b'\n').take(50)) {
            let line = prompt::clean(line.get(..line.len().min(self.scanner.window())).unwrap_or_default());
            let text = prompt::text(&line);
            if self.columns.is_none() {
                self.columns = syslog::Columns::named(&text);
            }
            let heading = self.heading(text.trim_start_matches('\u{feff}'));
            self.observe(&heading, &text, number);
        }
    }

    /// The last lines tell until when the artifact reaches, wherever its pieces ended.
    pub(super) fn tail(&mut self) {
        let end = std::mem::take(&mut self.end);
        for line in end.rsplit(|byte| *byte == b'\n').take(20) {
            let line = prompt::clean(line.get(..line.len().min(self.scanner.window())).unwrap_or_default());
            let heading = self.heading(&prompt::text(&line));
            if let Some(stamp) = heading.stamp {
                self.date(heading.subject, &stamp);
                break;
            }
        }
    }

    /// The time of the first message in an output that has just begun: a log buffer reaches back to it.
    pub(super) fn first_message(&mut self, rest: &[u8]) {
        for line in rest.split(|byte| *byte == b'\n').take(FIRST_LINES) {
            let line = prompt::clean(line.get(..line.len().min(512)).unwrap_or_default());
            let Some(at) = memchr(b'%', &line) else { continue };
            let text = prompt::text(&line);
            if let Some(stamp) = syslog::parse(&text).filter(|header| at > 0 && header.mnemonic.is_some()).and_then(|header| header.stamp) {
                self.scan.times.add(&stamp);
                return;
            }
        }
    }

    /// Time and subject of a log line, by its header.
    pub(super) fn heading(&mut self, text: &str) -> Heading {
        let record = self.record.take();
        let heading = self.heading_of_record(record.as_deref().unwrap_or(text));
        self.record = record;
        heading
    }

    fn heading_of_record(&mut self, text: &str) -> Heading {
        if let Some((stamp, host)) = expressway::origin(text) {
            self.kinds.expressway += 1;
            let subject = match host {
                Some(host) => self.subject_of(host),
                None => 0,
            };
            self.weak_platform(subject, "expressway");
            return Heading { stamp, subject, relay: None, beside: None, flagged: false };
        }
        let row = self.columns.as_ref().and_then(|columns| columns.parse(text));
        let Some(header) = row.or_else(|| syslog::parse(text)) else { return Heading { subject: self.subject, ..Heading::default() } };
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
        let beside = header.beside.filter(|_| header.mnemonic.is_some());
        Heading { stamp: header.stamp, subject, relay: header.relay, beside, flagged }
    }

    /// Takes what the head of a line of the text tells of times and clocks. Once a line, in order.
    pub(super) fn observe(&mut self, heading: &Heading, text: &str, number: u64) {
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
                excerpt: self.scanner.excerpt(text, &self.around.secrets(&self.scanner.masker, text), 0..0).into(),
                place: Some(Place::Line(number)),
                time: Some(stamp.clone()),
                past: self.quoting(),
            };
            self.line_fact(heading.subject, fact);
        }
    }

    pub(super) fn date(&mut self, subject: usize, stamp: &Stamp) {
        self.scan.times.add(stamp);
        if let (true, Some(subject)) = (stamp.has_year(), self.scan.subjects.get_mut(subject)) {
            subject.dated = Some(match subject.dated.take() {
                None => (stamp.clone(), stamp.clone()),
                Some((first, last)) => (earlier(first, stamp), later(last, stamp)),
            });
        }
    }
}

fn earlier(known: Stamp, new: &Stamp) -> Stamp {
    if new.unix_seconds() < known.unix_seconds() { new.clone() } else { known }
}

fn later(known: Stamp, new: &Stamp) -> Stamp {
    if new.unix_seconds() > known.unix_seconds() { new.clone() } else { known }
}

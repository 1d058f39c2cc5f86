//! Heads of log lines: who wrote the line and when, and what its stamps tell of the clock.

use memchr::memchr;

use super::Assembler;
use crate::formats::event::Place;
use crate::formats::syslog::Dialect;
use crate::formats::time::{self, Clock, Stamp};
use crate::formats::{prompt, syslog};
use crate::scan::clock::{Received, flag_word};
use crate::scan::evidence::{Anchor, Fact};
use crate::scan::head::Head;
use crate::scan::section;

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
    /// See [`Head`].
    pub(super) print: u64,
}

impl Assembler<'_> {
    /// The first lines tell who wrote the artifact and when, even where no rule asks about them.
    pub(super) fn head(&mut self, bytes: &[u8]) {
        self.order = time::DateOrder::of(bytes.split(|byte| *byte == b'\n'));
        for (number, line) in (1..).zip(bytes.split(|byte| *byte == b'\n').take(50)) {
            let line = prompt::clean(line.get(..line.len().min(self.scanner.window())).unwrap_or_default());
            let text = prompt::text(&line);
            if self.columns.is_none() {
                self.columns = syslog::Columns::named(&text);
            }
            // A terminal program says when it began to record, a device above an output when it made it.
            if self.scan.made.is_none() && text.contains("PuTTY log ") {
                self.scan.made = time::date_in_name(&text);
            }
            if let Some(stamp) = section::made_at(text.trim_start()) {
                self.stated = Some((number, stamp));
            }
            let head = Head::of(text.trim_start_matches('\u{feff}'), self.order, self.columns.as_ref());
            let heading = self.heading(head.as_ref());
            self.observe(&heading, &text, number);
        }
    }

    /// The last lines tell until when the artifact reaches, wherever its pieces ended.
    pub(super) fn tail(&mut self) {
        let end = std::mem::take(&mut self.end);
        for line in end.rsplit(|byte| *byte == b'\n').take(20) {
            let line = prompt::clean(line.get(..line.len().min(self.scanner.window())).unwrap_or_default());
            let heading = self.heading(Head::of(&prompt::text(&line), self.order, self.columns.as_ref()).as_ref());
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
            let plain = self.order.map_or(std::borrow::Cow::Borrowed(&*text), |order| order.applied(&text));
            if let Some(stamp) = syslog::parse(&plain).filter(|header| at > 0 && header.mnemonic.is_some()).and_then(|header| header.stamp)
            {
                self.scan.times.add(&stamp);
                return;
            }
        }
    }

    /// Time and subject of a line, by its head.
    pub(super) fn heading(&mut self, head: Option<&Head>) -> Heading {
        let Some(head) = head else { return Heading { subject: self.subject, ..Heading::default() } };
        let host = head.host.as_deref();
        if head.is_record {
            self.kinds.expressway += 1;
            let subject = host.map_or(0, |host| self.subject_of(host));
            self.weak_platform(subject, "expressway");
            return Heading { stamp: head.stamp.clone(), subject, print: head.print, ..Heading::default() };
        }
        // A word in the place of a relay's host: what a table or a history lists has its own times.
        let listed =
            head.host.is_some() && !head.is_message && (self.in_listing() || head.unsure && !host.is_some_and(|host| self.knows(host)));
        let (host, relay) = if listed { (None, None) } else { (host, head.relay.as_ref()) };
        self.kinds.syslog += u64::from(head.stamp.is_some() || head.is_message);
        let subject = host.map_or(self.subject, |host| self.subject_of(host));
        match head.dialect {
            Dialect::NxOs => self.weak_platform(subject, "nx-os"),
            Dialect::IosXr => self.weak_platform(subject, "ios-xr"),
            Dialect::Asa => self.weak_platform(subject, "asa"),
            Dialect::IosXe | Dialect::Expressway | Dialect::Other => {}
        }
        if let Some(relay) = relay
            && relay.has_year()
        {
            self.scan.anchor.get_or_insert_with(|| Anchor { stamp: relay.clone(), is_end: false });
        }
        let flagged = head.dialect == Dialect::IosXe && head.is_message;
        if flagged {
            self.commanded(subject);
        }
        Heading {
            stamp: head.stamp.clone(),
            subject,
            relay: relay.cloned(),
            beside: head.beside.filter(|_| head.is_message),
            flagged,
            print: head.print,
        }
    }

    /// Inside the output of a command that shows no log.
    fn in_listing(&self) -> bool {
        let command = self.open.as_ref().and_then(|open| open.command.as_deref());
        command.is_some_and(|command| command.starts_with("show ") && !command.contains("log"))
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
                // A clock that is not trusted puts nothing in order.
                time: heading.relay.clone().or_else(|| Some(stamp.clone()).filter(|stamp| stamp.clock == Clock::Trusted)),
                past: self.quoting(),
            };
            self.line_fact(heading.subject, fact);
        }
    }

    pub(super) fn date(&mut self, subject: usize, stamp: &Stamp) {
        self.scan.times.add(stamp);
        if let (Some(seconds), Some(subject)) = (stamp.unix_seconds(), self.scan.subjects.get_mut(subject)) {
            match subject.dated.as_deref_mut() {
                None => subject.dated = Some(Box::new((stamp.clone(), stamp.clone()))),
                Some((first, _)) if Some(seconds) < first.unix_seconds() => *first = stamp.clone(),
                Some((_, last)) if Some(seconds) > last.unix_seconds() => *last = stamp.clone(),
                Some(_) => {}
            }
        }
    }
}

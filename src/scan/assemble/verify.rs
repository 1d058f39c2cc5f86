//! Signals on lines: what the gate let through is tried with the pattern, and kept unless it is a copy.

use std::sync::{Arc, OnceLock};

use super::Assembler;
use super::event::fits;
use super::heading::Heading;
use super::wrapped;
use crate::formats::event::{Event, Place};
use crate::formats::{expressway, time};
use crate::intake::escape;
use crate::rules::library::{Matcher, SignalId};
use crate::scan::gate::Target;
use crate::scan::head::Head;
use crate::scan::section::OpenSection;
use crate::scan::seen::{Seen, SeenLine};
use crate::scan::sift;
use crate::scan::template;

/// Bytes of a line that no rule accounts for that are looked at for its form.
const FORM: usize = 4 * 1024;

/// What was read of a line so far: nothing is read before something asks for it, and nothing twice.
#[derive(Default)]
pub(super) struct LineRead {
    heading: Option<Heading>,
    /// The line as it is kept.
    line: Option<Arc<SeenLine>>,
    events: Option<Vec<Arc<Event>>>,
    /// What was sifted is known to hold.
    sifted: bool,
    /// What was made of it to find out what else holds.
    tried: sift::Read,
}

impl LineRead {
    /// Of a line whose signals were found to hold where it was sifted.
    pub(super) fn sifted() -> Self {
        Self { sifted: true, ..Self::default() }
    }

    /// Of a text that was put together of lines, of which the first has this heading, and on which signals were found to hold.
    pub(super) fn joined(heading: Heading) -> Self {
        Self { heading: Some(heading), ..Self::sifted() }
    }
}

/// A signal seen on a line, and by whose device.
pub(super) type Found = (SignalId, usize, Seen);

impl Assembler<'_> {
    /// Takes everything that the line is asked for.
    pub(super) fn verify(&mut self, text: &str, number: u64, targets: &[Target], head: Option<&Head>, mut read: LineRead, rest: &[u8]) {
        let mut accounted = false;
        let mut found = Vec::new();
        for target in targets {
            match target {
                // The rest of a wrapped message was read with its beginning.
                Target::Signal(id) if number <= self.wrapped.0 && self.wrapped.1.contains(id) => accounted = true,
                Target::Signal(id) => self.signal(*id, text, number, head, &mut read, &mut found),
                Target::Extract(id) => accounted |= self.extract(*id, text, number, head, &mut read),
                Target::Opening(_) | Target::Command | Target::Record | Target::Licensing | Target::Banner => {}
                Target::Certificate | Target::PrivateKey => {}
            }
        }
        accounted |= !found.is_empty();
        if !found.is_empty() {
            let heading = self.heading_of(head, &mut read);
            self.take(text, number, &heading, found);
        }
        if targets.contains(&Target::Record)
            && let Some(joined) = wrapped::continued(text, rest)
        {
            accounted |= self.verify_wrapped(text, number, targets, head, &joined);
        }
        if !accounted && targets.contains(&Target::Licensing) {
            self.unaccounted(text, number, head, &mut read);
        }
    }

    /// The heading of a line, looked up once.
    pub(super) fn heading_of(&mut self, head: Option<&Head>, read: &mut LineRead) -> Heading {
        match &read.heading {
            Some(heading) => heading.clone(),
            None => read.heading.insert(self.heading(head)).clone(),
        }
    }

    /// Verifies one signal on a line.
    pub(super) fn signal(&mut self, id: SignalId, text: &str, number: u64, head: Option<&Head>, read: &mut LineRead, out: &mut Vec<Found>) {
        let Some(signal) = self.scanner.library.signals.get(id.0) else { return };
        match &signal.matcher {
            Matcher::Text { pattern, within, outside, .. } => {
                let section = self.open.as_ref().and_then(|open| open.id);
                if (!within.is_empty() && !section.is_some_and(|section| within.contains(&section)))
                    || section.is_some_and(|section| outside.contains(&section))
                    || (!read.sifted && !sift::shows(self.scanner, id, text, &mut read.tried, false))
                    || self.parts.is_again(id, pattern, text)
                {
                    return;
                }
                let Heading { stamp, subject, .. } = self.heading_of(head, read);
                let line = read.line.get_or_insert_with(|| {
                    let over = stamp.is_none() && self.open.as_ref().is_some_and(OpenSection::is_over);
                    // Output of commands states when on the line itself: `Last Response: NO REPLY on Dec 19 …`.
                    let time = stamp.or_else(|| time::find_date(text)).or_else(|| self.open.as_ref()?.time.clone());
                    let (place, around) = (Place::Line(number), self.around.clone());
                    let held = self.room.take(text.len());
                    Arc::new(SeenLine { place, time, text: text.to_owned(), around, over, held, shown: OnceLock::new() })
                });
                out.push((id, subject, Seen::line(self.scanner, id, line)));
            }
            Matcher::Event { kind, .. } if kind == expressway::EXPRESSWAY_LOG => {
                let subject = read.heading.as_ref().map_or(self.subject, |heading| heading.subject);
                let events = read.events.get_or_insert_with(|| expressway::events(text, number).into_iter().map(Arc::new).collect());
                for event in events.iter().filter(|event| fits(signal, event)) {
                    let subject = event.field("host").map_or(subject, |host| self.subject_of(host));
                    out.push((id, subject, Seen::Event(Arc::clone(event))));
                }
            }
            Matcher::Event { .. } | Matcher::Fact { .. } | Matcher::Absent { .. } => {}
        }
    }

    /// Keeps what was found on a line, unless the same line was met before.
    pub(super) fn take(&mut self, text: &str, number: u64, heading: &Heading, found: Vec<Found>) {
        self.observe(heading, text, number);
        if self.is_copy(heading) {
            return;
        }
        if let (Some(beside), Some(subject)) = (heading.beside, self.scan.subjects.get_mut(heading.subject)) {
            subject.senders.add(beside);
        }
        let print = heading.stamp.is_some().then_some(heading.print);
        for (id, subject, found) in found {
            self.add(id, subject, found, print);
        }
    }

    /// Whether the same line was met before. What states no time is told from nothing.
    fn is_copy(&mut self, heading: &Heading) -> bool {
        heading.stamp.as_ref().is_some_and(|stamp| self.copies.met(heading.subject, heading.print, stamp))
    }

    /// A licensing line that nothing was found in.
    fn unaccounted(&mut self, text: &str, number: u64, head: Option<&Head>, read: &mut LineRead) {
        // Of a long line the begin tells what it is, and no more of it is shown.
        let text = text.get(..text.floor_char_boundary(FORM)).unwrap_or(text);
        let secrets = self.around.secrets(&self.scanner.masker, text);
        let masked = secrets.hidden(text, 0..text.len());
        let Some(template) = template::of(&escape::visible(masked.as_bytes())) else { return };
        let heading = self.heading_of(head, read);
        if self.is_copy(&heading) {
            return;
        }
        if self.within.is_some() && self.is_outside(Place::Line(number), heading.stamp.as_ref()) {
            return;
        }
        let scanner = self.scanner;
        self.scan.remainder.add(template, number, || scanner.excerpt(text, &secrets, 0..0));
    }
}

//! Signals on lines: what the gate let through is tried with the pattern, and kept unless it is a copy.

use std::sync::Arc;

use super::Assembler;
use super::event::fits;
use super::heading::Heading;
use super::wrapped;
use crate::formats::event::{Event, Place};
use crate::formats::{expressway, time};
use crate::intake::escape;
use crate::rules::library::{Matcher, SignalId};
use crate::scan::gate::Target;
use crate::scan::section::OpenSection;
use crate::scan::seen::{Seen, SeenLine};
use crate::scan::template;

/// What was read of a line so far: nothing is read before something asks for it, and nothing twice.
#[derive(Default)]
pub(super) struct LineRead {
    heading: Option<Heading>,
    events: Option<Vec<Arc<Event>>>,
}

impl LineRead {
    pub(super) fn with_heading(heading: Heading) -> Self {
        Self { heading: Some(heading), events: None }
    }
}

/// A signal seen on a line, and by whose device.
pub(super) type Found = (SignalId, usize, Seen);

impl Assembler<'_> {
    /// Runs everything whose literal stands on the line.
    pub(super) fn verify(&mut self, text: &str, number: u64, targets: &[Target], rest: &[u8]) {
        let mut accounted = false;
        let mut found = Vec::new();
        let mut read = LineRead::default();
        for target in targets {
            match target {
                // The rest of a wrapped message was read with its beginning.
                Target::Signal(id) if number <= self.wrapped.0 && self.wrapped.1.contains(id) => accounted = true,
                Target::Signal(id) => self.signal(*id, text, number, &mut read, &mut found),
                Target::Extract(id) => accounted |= self.extract(*id, text, number, &mut read),
                Target::Opening(_) | Target::Command | Target::Record | Target::Licensing | Target::Banner => {}
                Target::Certificate | Target::PrivateKey => {}
            }
        }
        accounted |= !found.is_empty();
        self.take(text, number, &mut read, found);
        if targets.contains(&Target::Record)
            && let Some(joined) = wrapped::continued(text, rest)
        {
            accounted |= self.verify_wrapped(text, number, targets, &joined);
        }
        if !accounted && targets.contains(&Target::Licensing) {
            self.unaccounted(text, number, &mut read);
        }
    }

    /// The heading of a line, read once.
    pub(super) fn heading_of(&mut self, text: &str, read: &mut LineRead) -> Heading {
        match &read.heading {
            Some(heading) => heading.clone(),
            None => read.heading.insert(self.heading(text)).clone(),
        }
    }

    /// Verifies one signal on a line.
    pub(super) fn signal(&mut self, id: SignalId, text: &str, number: u64, read: &mut LineRead, out: &mut Vec<Found>) {
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
                // Groups cost several times a search, and few patterns have any.
                let (matched, groups) = if pattern.captures_len() == 1 {
                    let Some(found) = pattern.find(text) else { return };
                    (found.range(), Vec::new())
                } else {
                    let Some(found) = pattern.captures(text) else { return };
                    let named = pattern.capture_names().flatten();
                    let groups = named.filter_map(|name| found.name(name).map(|group| (name.to_owned(), group.range())));
                    (found.get(0).map_or(0..0, |whole| whole.range()), groups.collect())
                };
                if self.parts.is_again(id, text.get(matched.clone()).unwrap_or_default(), matched.start) {
                    return;
                }
                let Heading { stamp, subject, .. } = self.heading_of(text, read);
                let over = stamp.is_none() && self.open.as_ref().is_some_and(OpenSection::is_over);
                // Output of commands states when on the line itself: `Last Response: NO REPLY on Dec 19 …`.
                let time = stamp.or_else(|| time::find_date(text)).or_else(|| self.open.as_ref()?.time.clone());
                let around = self.around.clone();
                let line = SeenLine { place: Place::Line(number), time, text: text.to_owned(), matched, groups, around, over };
                out.push((id, subject, Seen::line(self.scanner, line)));
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
    pub(super) fn take(&mut self, text: &str, number: u64, read: &mut LineRead, found: Vec<Found>) {
        if found.is_empty() {
            return;
        }
        let heading = self.heading_of(text, read);
        self.observe(&heading, text, number);
        if let (Some(beside), Some(subject)) = (heading.beside, self.scan.subjects.get_mut(heading.subject)) {
            subject.senders.add(beside);
        }
        let mut print = None;
        if let Some(stamp) = &heading.stamp {
            let (own, copy) = self.copies.met(heading.subject, self.record.as_deref().unwrap_or(text), stamp);
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
    fn unaccounted(&mut self, text: &str, number: u64, read: &mut LineRead) {
        let secrets = self.around.secrets(&self.scanner.masker, text);
        let masked = secrets.hidden(text, 0..text.len());
        let Some(template) = template::of(&escape::visible(masked.as_bytes())) else { return };
        let heading = self.heading_of(text, read);
        if let Some(stamp) = &heading.stamp
            && self.copies.met(heading.subject, text, stamp).1
        {
            return;
        }
        if self.within.is_some() && self.is_outside(Place::Line(number), heading.stamp.as_ref()) {
            return;
        }
        let scanner = self.scanner;
        self.scan.remainder.add(template, number, || scanner.excerpt(text, &secrets, 0..0));
    }
}

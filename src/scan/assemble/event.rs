//! Events of readers: matched against the signals of their kind, and all matches counted.

use std::sync::Arc;

use super::Assembler;
use crate::formats::event::Event;
use crate::formats::time::{self, Stamp};
use crate::rules::check::{Check, DateTest};
use crate::rules::library::{Matcher, PairId, Signal, SignalId};
use crate::rules::text::Text;
use crate::scan::evidence::Tally;
use crate::scan::seen::{self, Seen};

/// Different values of one device that wait for facts: more servers than any capture has that is about licensing. And those of
/// all devices of an artifact.
const COMPARED: usize = 1_024;
const COMPARED_ALL: usize = 16 * 1_024;

impl<'a> Assembler<'a> {
    /// The signals of its kind that match a reader's event.
    pub(super) fn signals_for(&self, event: &Event) -> Vec<SignalId> {
        let fits = |id: &SignalId| self.scanner.library.signals.get(id.0).is_some_and(|signal| fits(signal, event));
        self.scanner.signals_of(event.kind).iter().copied().filter(fits).collect()
    }

    /// Takes the signals that match a reader's event; true where one of them is not general.
    pub(in crate::scan) fn event(&mut self, event: &Arc<Event>, signals: &[SignalId], subject: usize) -> bool {
        let mut recognised = false;
        for id in signals {
            let Some(signal) = self.scanner.library.signals.get(id.0) else { continue };
            // What facts decide about is none yet.
            let compared = signal.compared().next().is_some();
            recognised |= !signal.general && !compared;
            if compared {
                self.compare(*id, event, subject);
            } else {
                self.add(*id, subject, Seen::Event(Arc::clone(event)), None);
            }
        }
        recognised
    }

    /// Keeps a match that facts decide about.
    fn compare(&mut self, id: SignalId, event: &Event, subject: usize) {
        if self.within.is_some() && self.is_outside(event.place, event.time.as_ref()) {
            return;
        }
        let each = self.scanner.kept();
        let signal = self.scanner.library.signals.get(id.0);
        let values = signal.into_iter().flat_map(Signal::compared).map(|(field, _)| self.scanner.shown(event.field(field).unwrap_or("")));
        let key = (id, values.collect::<Vec<_>>());
        let at = if subject < self.scan.subjects.len() { subject } else { 0 };
        if let Some(compared) = self.scan.subjects.get_mut(at).map(|subject| &mut subject.compared) {
            let new = !compared.contains_key(&key);
            if new && (compared.len() >= COMPARED || self.compared >= COMPARED_ALL) {
                self.scan.surplus.compared += 1;
                return;
            }
            self.compared += usize::from(new);
            compared.entry(key).or_insert_with(|| Tally::keeping(each)).add(seen::quoted(self.scanner, event));
        }
    }

    pub(super) fn add(&mut self, id: SignalId, subject: usize, found: Seen, print: Option<u64>) {
        if self.within.is_some() && self.is_outside(found.place(), found.time()) {
            return;
        }
        let pairs = &self.scanner.library.pairs;
        let at = if subject < self.scan.subjects.len() { subject } else { 0 };
        self.scan.sightings.add(id, at, found.place(), found.time(), print);
        let Some(subject) = self.scan.subjects.get_mut(at) else { return };
        self.matches.add(at, id, found);
        for (at, (opened, closed)) in pairs.iter().enumerate() {
            if *opened == id {
                subject.pairs.or_default(PairId(at)).opened();
            } else if *closed == id {
                subject.pairs.or_default(PairId(at)).closed();
            }
        }
    }
}

/// Whether an event is what a signal looks for, wherever it stands.
pub(in crate::scan) fn fits(signal: &Signal, event: &Event) -> bool {
    let Matcher::Event { kind, with, .. } = &signal.matcher else { return false };
    let holds = |(field, check): &(Text, Check)| {
        let value = event.field(field).unwrap_or("");
        check.holds(value) && (check.dates.is_empty() || on_days(check, field, value, event))
    };
    *kind == event.kind && with.iter().all(holds)
}

/// Whether the date in a field, or that of the event itself, stands as a check asks; where there is none it does not.
fn on_days(check: &Check, field: &str, value: &str, event: &Event) -> bool {
    let now = event.time.as_ref().and_then(Stamp::date);
    let date = if field == "time" { now } else { time::find_date(value).as_ref().and_then(Stamp::date) };
    let Some(date) = date else { return false };
    check.dates.iter().all(|test| match test {
        DateTest::Since(day) => date >= *day,
        DateTest::Before(day) => date < *day,
        DateTest::Past(wanted) => now.is_some_and(|now| (date < now) == *wanted),
        // Loading lets no other in.
        DateTest::DueWithin(_) | DateTest::OlderThan(..) => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::event::Place;
    use crate::rules::load::{RuleText, load};

    #[test]
    fn dates_of_fields_and_of_the_event_are_compared() {
        let event = |day: &str, until: &str| Event {
            kind: "tls-certificate",
            place: Place::Packet(1),
            time: time::find_date(&format!("{day}T10:00:00Z")),
            fields: vec![("leaf_not_after", until.to_owned())],
            text: String::new(),
        };
        for (with, day, until, expected) in [
            ("time: {since: '2023-01-26'}", "2023-01-26", "", true),
            ("time: {since: '2023-01-26'}", "2023-01-25", "", false),
            ("time: {before: '2023-01-26'}", "2023-01-25", "", true),
            ("time: {since: '2022-02-05', before: '2023-01-26'}", "2024-01-01", "", false),
            ("leaf_not_after: {past: true}", "2024-01-01", "2023-12-31T23:59:59Z", true),
            ("leaf_not_after: {past: true}", "2024-01-01", "2024-01-02T00:00:00Z", false),
            ("leaf_not_after: {past: false}", "2024-01-01", "2024-01-02T00:00:00Z", true),
            ("leaf_not_after: {before: '2024-01-01'}", "2024-06-01", "2023-12-31T23:59:59Z", true),
            ("leaf_not_after: {before: '2024-01-01'}", "2024-06-01", "", false),
            ("time: {since: '2023-01-26'}", "no date", "", false),
        ] {
            let text = format!("signals:\n  - {{id: s, title: s, event: tls-certificate, with: {{{with}}}}}\n");
            let library = load(&[RuleText { name: "signals/s.yaml".to_owned(), text }]).unwrap();
            assert_eq!(fits(&library.signals[0], &event(day, until)), expected, "{with} on {day}, {until}");
        }
    }
}

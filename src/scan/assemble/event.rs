//! Events of readers: matched against the signals of their kind, and all matches counted.

use std::collections::BTreeMap;

use super::Assembler;
use crate::formats::event::Event;
use crate::rules::library::{Matcher, PairId, Signal, SignalId};
use crate::scan::evidence::Match;
use crate::scan::excerpt;

/// Different values of one device that wait for facts: more servers than any capture has that is about licensing.
const COMPARED: usize = 1_024;

impl Assembler<'_> {
    /// Whether some signal of its kind matches a reader's event.
    pub(in crate::scan) fn is_asked_for(&self, event: &Event) -> bool {
        self.scanner
            .signals_of(event.kind)
            .iter()
            .any(|id| self.scanner.library.signals.get(id.0).is_some_and(|signal| fits(signal, event)))
    }

    /// Matches a reader's event against every signal of its kind; true where one matched that is not general.
    pub(in crate::scan) fn event(&mut self, event: &Event, subject: usize) -> bool {
        let mut recognised = false;
        for id in self.scanner.signals_of(event.kind) {
            let Some(signal) = self.scanner.library.signals.get(id.0).filter(|signal| fits(signal, event)) else { continue };
            // What facts decide about is none yet.
            recognised |= !signal.general && signal.compared().next().is_none();
            let found = self.matched(event);
            if !self.compare(*id, event, subject, &found) {
                self.add(*id, subject, found, None);
            }
        }
        recognised
    }

    /// Keeps a match that facts decide about; false where the signal asks for none.
    fn compare(&mut self, id: SignalId, event: &Event, subject: usize, found: &Match) -> bool {
        let signal = self.scanner.library.signals.get(id.0);
        let values = signal.into_iter().flat_map(Signal::compared).map(|(field, _)| self.scanner.shown(event.field(field).unwrap_or("")));
        let key = (id, values.collect::<Vec<_>>());
        if key.1.is_empty() {
            return false;
        }
        let at = if subject < self.scan.subjects.len() { subject } else { 0 };
        if let Some(compared) = self.scan.subjects.get_mut(at).map(|subject| &mut subject.compared)
            && (compared.len() < COMPARED || compared.contains_key(&key))
        {
            compared.entry(key).or_default().add(found.clone());
        }
        true
    }

    pub(super) fn matched(&self, event: &Event) -> Match {
        let captures: BTreeMap<String, String> = event
            .fields
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| ((*name).to_owned(), self.scanner.shown(value)))
            .collect();
        let excerpt = excerpt::around(&self.scanner.masker, &event.text, 0..0);
        Match { place: event.place, time: event.time.clone(), excerpt, captures, over: false }
    }

    pub(super) fn add(&mut self, id: SignalId, subject: usize, found: Match, print: Option<u64>) {
        let pairs = &self.scanner.library.pairs;
        let at = if subject < self.scan.subjects.len() { subject } else { 0 };
        self.scan.sightings.add(id, at, found.place, found.time.as_ref(), print);
        let Some(subject) = self.scan.subjects.get_mut(at) else { return };
        subject.tallies.entry(id).or_default().add(found);
        for (at, (opened, closed)) in pairs.iter().enumerate() {
            if *opened == id {
                subject.pairs.entry(PairId(at)).or_default().opened();
            } else if *closed == id {
                subject.pairs.entry(PairId(at)).or_default().closed();
            }
        }
    }
}

pub(super) fn fits(signal: &Signal, event: &Event) -> bool {
    let Matcher::Event { kind, with, .. } = &signal.matcher else { return false };
    kind == event.kind && with.iter().all(|(field, check)| check.holds(event.field(field).unwrap_or("")))
}

//! Events of readers: matched against the signals of their kind, and all matches counted.

use std::collections::BTreeMap;

use super::Assembler;
use crate::formats::event::Event;
use crate::rules::library::{Matcher, PairId, Signal, SignalId};
use crate::scan::evidence::Match;
use crate::scan::excerpt;

impl Assembler<'_> {
    /// Matches a reader's event against every signal of its kind; true where one matched that is not general.
    pub(in crate::scan) fn event(&mut self, event: &Event, subject: usize) -> bool {
        let mut recognised = false;
        for id in self.scanner.signals_of(event.kind) {
            let Some(signal) = self.scanner.library.signals.get(id.0).filter(|signal| fits(signal, event)) else { continue };
            recognised |= !signal.general;
            let found = self.matched(event);
            self.add(*id, subject, found, None);
        }
        recognised
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

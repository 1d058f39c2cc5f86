//! When signals were seen on a device, over all its artifacts: copies of a log are dropped, and what is left is put in
//! order, whichever way an export runs.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::timeline::Timeline;
use crate::formats::event::Place;
use crate::formats::time::Stamp;
use crate::rules::library::SignalId;
use crate::scan::evidence::PairRun;
use crate::scan::sighting::Sighting;

/// One line or event on which signals were seen.
#[derive(Clone, Debug)]
pub(super) struct Occurrence {
    /// Position of the artifact.
    pub artifact: usize,
    /// Where in it.
    pub place: Place,
    /// When.
    pub time: Option<Stamp>,
    /// What.
    pub signals: Vec<SignalId>,
}

/// The occurrences of a device.
#[derive(Clone, Debug, Default)]
pub struct Occurrences {
    /// In the order in which artifacts were added.
    list: Vec<Occurrence>,
    /// Some artifact had more than could be remembered.
    pub incomplete: bool,
    prints: HashMap<u64, u32>,
}

/// What of one artifact is a copy of what other artifacts say.
#[derive(Debug, Default)]
pub(super) struct Copied {
    /// Lines.
    pub places: BTreeSet<Place>,
    /// Matches on them, by signal.
    pub counts: BTreeMap<SignalId, u64>,
}

impl Occurrences {
    /// Adds what one artifact shows of the device; `dated` adds the year. Says what of it was known already.
    pub(super) fn add(&mut self, artifact: usize, sightings: Vec<Sighting>, dated: impl Fn(Option<Stamp>) -> Option<Stamp>) -> Copied {
        let mut copied = Copied::default();
        let mut here: BTreeMap<u64, u32> = BTreeMap::new();
        for sighting in sightings {
            if let Some(print) = sighting.print {
                let times = here.entry(print).or_default();
                *times += 1;
                if self.prints.get(&print).is_some_and(|known| *times <= *known) {
                    copied.places.insert(sighting.place);
                    for id in sighting.signals {
                        *copied.counts.entry(id).or_default() += 1;
                    }
                    continue;
                }
            }
            self.list.push(Occurrence { artifact, place: sighting.place, time: dated(sighting.time), signals: sighting.signals });
        }
        for (print, times) in here {
            let known = self.prints.entry(print).or_default();
            *known = (*known).max(times);
        }
        copied
    }

    /// Nothing is added any more.
    pub(super) fn close(&mut self) {
        self.list.shrink_to_fit();
        self.prints = HashMap::new();
    }

    /// All that is remembered.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Occurrence> {
        self.list.iter()
    }

    /// How often one of `opened` was followed by one of `closed`. `None` where not everything was remembered.
    pub(super) fn run(&self, timeline: &Timeline, opened: &dyn Fn(SignalId) -> bool, closed: &dyn Fn(SignalId) -> bool) -> Option<PairRun> {
        if self.incomplete {
            return None;
        }
        let mut concerned: Vec<(Option<i64>, usize, &Occurrence)> = self
            .list
            .iter()
            .enumerate()
            .filter(|(_, occurrence)| occurrence.signals.iter().any(|id| opened(*id) || closed(*id)))
            .map(|(at, occurrence)| (occurrence.time.as_ref().and_then(|time| timeline.key(occurrence.artifact, time)), at, occurrence))
            .collect();
        let timed = concerned.iter().all(|(key, ..)| key.is_some());
        concerned.sort_by(|(a_key, a_at, a), (b_key, b_at, b)| {
            let by_time = if timed { a_key.cmp(b_key) } else { Ordering::Equal };
            by_time.then_with(|| timeline.by_place((a.artifact, a.place), (b.artifact, b.place)).unwrap_or_else(|| a_at.cmp(b_at)))
        });
        let mut run = PairRun::default();
        for (.., occurrence) in concerned {
            // One line is one or the other.
            if occurrence.signals.iter().any(|id| closed(*id)) { run.closed() } else { run.opened() }
        }
        Some(run)
    }
}

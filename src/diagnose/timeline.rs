//! The order of what happened on a device, over artifacts with clocks and zones of their own.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::clock::Correction;
use crate::formats::event::Place;
use crate::formats::time::Stamp;
use crate::scan::evidence::Match;

/// What puts the stamps of a device's artifacts on one line.
#[derive(Clone, Debug, Default)]
pub struct Timeline {
    /// What to subtract from stamps of an artifact.
    pub corrections: BTreeMap<usize, Correction>,
    /// Artifacts that run from the newest line to the oldest.
    pub newest_first: BTreeSet<usize>,
    /// When the commands of an artifact ran whose outputs do not say it themselves, at the latest.
    pub ran: BTreeMap<usize, Stamp>,
    /// A stamp without a year: others without one are taken as within half a year of it.
    pub pivot: Option<Stamp>,
}

/// Milliseconds of a leap year, in which stamps without a year stand.
const YEAR: i64 = 366 * 86_400_000;

impl Timeline {
    /// Milliseconds that order stamps. `None` where the year is not known but those of others are.
    pub fn key(&self, artifact: usize, stamp: &Stamp) -> Option<i64> {
        let correction = self.corrections.get(&artifact).copied().unwrap_or_default();
        let zone = stamp.offset().map_or(correction.zone, |minutes| i64::from(minutes) * 60);
        let wall = stamp.wall_millis() - (zone + correction.skew) * 1_000;
        if stamp.has_year() {
            return Some(wall);
        }
        let pivot = self.pivot.as_ref()?.wall_millis();
        let apart = (wall - pivot).rem_euclid(YEAR);
        Some(pivot + if apart > YEAR / 2 { apart - YEAR } else { apart })
    }

    /// The stamp as a right clock would have given it.
    pub fn corrected(&self, artifact: usize, stamp: &Stamp) -> Stamp {
        let skew = self.corrections.get(&artifact).map_or(0, |correction| correction.skew);
        stamp.clone().moved(-skew)
    }

    /// Order of two matches: by time where both state one that compares; by place where both stand in one artifact and both
    /// say, or neither says, when. Otherwise it is not known: a summary printed below a log is not later.
    pub fn order(&self, a: &(usize, Match), b: &(usize, Match)) -> Option<Ordering> {
        let key = |found: &(usize, Match)| found.1.time.as_ref().and_then(|time| self.key(found.0, time));
        match (key(a), key(b)) {
            (Some(earlier), Some(later)) if earlier != later => Some(earlier.cmp(&later)),
            (Some(_), Some(_)) => self.by_place((a.0, a.1.place), (b.0, b.1.place)),
            (None, None) if a.1.time.is_some() == b.1.time.is_some() => self.by_place((a.0, a.1.place), (b.0, b.1.place)),
            _ => None,
        }
    }

    /// Order of two places by the text alone; `None` in different texts.
    pub fn by_place(&self, a: (usize, Place), b: (usize, Place)) -> Option<Ordering> {
        let order = (a.0 == b.0).then(|| a.1.cmp(&b.1));
        if self.newest_first.contains(&a.0) { order.map(Ordering::reverse) } else { order }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::time::find_date;

    #[test]
    fn stamps_without_a_year_run_over_new_year() {
        let stamp = |text: &str| find_date(text).unwrap();
        let timeline = Timeline { pivot: Some(stamp("Dec 30 10:00:00")), ..Timeline::default() };
        let key = |text: &str| timeline.key(0, &stamp(text)).unwrap();
        assert!(key("Dec 31 23:59:59") < key("Jan  1 00:00:01"));
        assert!(key("Nov  1 00:00:00") < key("Dec 31 00:00:00"));
        assert!(key("Dec 31 00:00:00") < key("Feb 28 00:00:00"));
        assert_eq!(Timeline::default().key(0, &stamp("Dec 30 10:00:00")), None);
    }

    #[test]
    fn a_wrong_clock_is_put_right() {
        let stamp = find_date("Aug 23 2021 00:19:43").unwrap();
        let corrections = [(1, Correction { skew: 3_600, zone: -9 * 3_600 })].into();
        let timeline = Timeline { corrections, ..Timeline::default() };
        let utc = timeline.key(0, &stamp).unwrap();
        assert_eq!(timeline.key(1, &stamp).unwrap() - utc, (9 - 1) * 3_600_000);
        // A stated zone is used as stated.
        let stated = find_date("Aug 23 2021 00:19:43 UTC").unwrap();
        assert_eq!(timeline.key(1, &stated).unwrap() - utc, -3_600_000);
        assert_eq!(timeline.corrected(1, &stamp).rfc3339().as_deref(), Some("2021-08-22T23:19:43"));
    }
}

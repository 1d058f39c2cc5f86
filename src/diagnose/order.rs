//! Which of two sightings is later.

use std::cmp::Ordering;

use crate::scan::evidence::Match;

/// A kept match and the position of its artifact.
type Sighting = (usize, Match);

/// Order of two sightings: by time where both have a year; by place where both stand in one artifact and both say, or
/// neither says, when. `None` where it is not known: a summary printed below a log is not later.
pub(super) fn order(a: &Sighting, b: &Sighting) -> Option<Ordering> {
    let seconds = |found: &Sighting| found.1.time.as_ref().and_then(|time| time.unix_seconds());
    let by_place = || (a.0 == b.0).then(|| a.1.place.cmp(&b.1.place));
    match (seconds(a), seconds(b)) {
        (Some(earlier), Some(later)) if earlier != later => Some(earlier.cmp(&later)),
        (Some(_), Some(_)) => by_place(),
        (None, None) if a.1.time.is_some() == b.1.time.is_some() => by_place(),
        _ => None,
    }
}

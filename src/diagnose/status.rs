//! Whether a finding still holds: what a later event ended is past, and what fails and recovers is intermittent.

use std::cmp::Ordering;

use super::device::Device;
use super::evaluate::Verdict;
use crate::report::model::Status;
use crate::rules::library::{Library, Matcher, Over};
use crate::scan::evidence::Match;

/// Recoveries that make a finding intermittent.
const INTERMITTENT: u64 = 3;

/// Status of a verdict on a device.
pub(super) fn status(verdict: &Verdict<'_>, device: &Device, library: &Library) -> Status {
    if verdict.upgraded {
        return Status::Resolved;
    }
    let order = |a: &(usize, Match), b: &(usize, Match)| device.timeline.known_order(a, b);
    let positive = verdict.items.iter().filter(|item| item.log_odds > 0.0).flat_map(|item| &item.leaves).filter(|leaf| leaf.is_evidence());
    let mut last: Option<&(usize, Match)> = None;
    let mut count = 0;
    for leaf in positive {
        let current = leaf.signal.and_then(|id| library.signals.get(id.0)).is_some_and(|signal| {
            matches!(signal.matcher, Matcher::Fact { over: Over::Last | Over::Grows | Over::Changed, .. } | Matcher::Absent { .. })
        });
        if current && leaf.truth == super::truth::Truth::True {
            // The last output the case holds still shows it.
            return Status::Active;
        }
        count += leaf.count;
        for found in &leaf.matches {
            if last.is_none_or(|known| order(known, found) == Some(Ordering::Less)) {
                last = Some(found);
            }
        }
    }
    let Some(last) = last else { return Status::Active };
    let mut recoveries = 0;
    let mut ended = false;
    for ender in &verdict.rule.ended_by {
        let Some(seen) = device.tallies.get(ender) else { continue };
        recoveries += seen.count;
        // A pair quotes the message that ended it too: then the last evidence is the end itself.
        let is_end = |found: &(usize, Match)| (found.0, found.1.place) == (last.0, last.1.place);
        ended |= seen.matches.iter().any(|found| order(last, found) == Some(Ordering::Less) || is_end(found));
    }
    if recoveries >= INTERMITTENT && count >= INTERMITTENT {
        Status::Intermittent
    } else if ended {
        Status::Resolved
    } else {
        Status::Active
    }
}

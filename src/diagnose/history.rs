//! When something failed on a device and when it was restored, as its logs and captures date it.
//!
//! What speaks for a problem found on the device is a failure; what restores a peer, or ends such a problem by its rule, is the
//! opposite, even where it speaks for a problem too, as in one that comes and goes.

use std::collections::{BTreeMap, BTreeSet};

use super::device::Device;
use super::evaluate::Verdict;
use crate::formats::event::Place;
use crate::formats::time::Stamp;
use crate::report::model::{Kind, Moment, Severity, Turn};
use crate::rules::library::{Library, Matcher, SignalId};
use crate::scan::evidence::ArtifactScan;

/// Moments that are listed one by one, and parts that the time is divided into where there are more.
const LISTED: usize = 200;

/// The moments of a device on which these verdicts were made.
pub(super) fn history(device: &Device, made: &[&Verdict<'_>], library: &Library, artifacts: &[ArtifactScan]) -> Vec<Moment> {
    let turns = turns(made, library);
    let mut dated: BTreeMap<(i64, usize, Place), (Turn, SignalId, &Stamp)> = BTreeMap::new();
    let remembered =
        device.occurrences.iter().flat_map(|seen| seen.signals.iter().map(|id| (seen.artifact, seen.place, seen.time.as_ref(), *id)));
    // Of an artifact with more lines than are remembered, the last matches of every signal are known all the same.
    let kept =
        device.tallies.iter().flat_map(|(id, seen)| seen.matches.iter().map(|(at, found)| (*at, found.place, found.time.as_ref(), *id)));
    for (at, place, time, id) in remembered.chain(kept) {
        let (Some(time), Some(turn)) = (time.filter(|time| time.has_year()), turns.get(&id)) else { continue };
        let Some(key) = device.timeline.key(at, time) else { continue };
        let entry = dated.entry((key, at, place)).or_insert((*turn, id, time));
        // One line is one or the other.
        if *turn > entry.0 {
            *entry = (*turn, id, time);
        }
    }
    let width = match (dated.first_key_value(), dated.last_key_value()) {
        (Some((first, _)), Some((last, _))) if dated.len() > LISTED => Some((first.0, (last.0 - first.0) / LISTED as i64 + 1)),
        _ => None,
    };
    let mut moments: Vec<Moment> = Vec::new();
    let mut open: BTreeMap<Turn, usize> = BTreeMap::new();
    let mut part = None;
    for ((key, at, place), (turn, id, time)) in dated {
        let (Some(time), Some(signal), Some(artifact)) = (time.rfc3339(), library.signals.get(id.0), artifacts.get(at)) else { continue };
        let here = width.map(|(first, width)| (key - first) / width);
        if here.is_none() || here != part {
            open.clear();
            part = here;
        }
        if let Some(moment) = open.get(&turn).and_then(|at| moments.get_mut(*at)) {
            moment.count += 1;
            moment.last_time = time;
            continue;
        }
        open.insert(turn, moments.len());
        let (line, packet) = match place {
            Place::Line(0) => (None, None),
            Place::Line(line) => (Some(line), None),
            Place::Packet(packet) => (None, Some(packet)),
        };
        moments.push(Moment {
            kind: turn,
            signal: signal.id.clone(),
            title: signal.title.clone(),
            count: 1,
            first_time: time.clone(),
            last_time: time,
            artifact: artifact.path.as_str().to_owned(),
            line,
            packet,
        });
    }
    moments
}

/// What each signal is for this device, of those that are events.
fn turns(made: &[&Verdict<'_>], library: &Library) -> BTreeMap<SignalId, Turn> {
    let problems: Vec<&&Verdict<'_>> = made.iter().filter(|verdict| is_problem(verdict)).collect();
    let leaves = problems.iter().flat_map(|verdict| &verdict.items).filter(|item| item.log_odds > 0.0).flat_map(|item| &item.leaves);
    let mut turns: BTreeMap<SignalId, Turn> =
        leaves.filter(|leaf| leaf.is_evidence()).filter_map(|leaf| Some((leaf.signal?, Turn::Failed))).collect();
    let ending: BTreeSet<SignalId> = problems.iter().flat_map(|verdict| verdict.rule.ended_by.iter().copied()).collect();
    for (at, signal) in library.signals.iter().enumerate() {
        let id = SignalId(at);
        if ending.contains(&id) || !signal.restores.is_empty() {
            turns.insert(id, Turn::Restored);
        }
    }
    turns.retain(|id, _| {
        library.signals.get(id.0).is_some_and(|signal| matches!(signal.matcher, Matcher::Text { .. } | Matcher::Event { .. }))
    });
    turns
}

fn is_problem(verdict: &Verdict<'_>) -> bool {
    match verdict.rule.kind {
        Kind::Expected => false,
        Kind::State => verdict.severity > Severity::Low,
        Kind::RootCause | Kind::Defect | Kind::Misconfiguration | Kind::Symptom => true,
    }
}

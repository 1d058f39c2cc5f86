//! Whether a finding still holds: what a later event ended is past, and what fails and recovers is intermittent.
//!
//! Evidence is over when the output that shows it says so, or when an event that ends it came later: one that the rule
//! names, or one that restores the peer the evidence is about. An event about one peer never ends evidence about
//! another, nor do packets of one client or with one server end what packets show of another. A finding is past when all of its evidence is.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::condition::Leaf;
use super::device::Device;
use super::evaluate::Verdict;
use crate::report::model::Status;
use crate::rules::library::{Library, Matcher, Over, Signal, SignalId};
use crate::scan::evidence::Match;

/// Recoveries that make a finding intermittent.
const INTERMITTENT: u64 = 3;

/// Status of a verdict on a device.
pub(super) fn status(verdict: &Verdict<'_>, device: &Device, library: &Library) -> Status {
    if verdict.upgraded {
        return Status::Resolved;
    }
    let items: Vec<Vec<(&Leaf<'_>, &Signal)>> = verdict
        .items
        .iter()
        .filter(|item| item.log_odds > 0.0)
        .map(|item| {
            let leaves = item.leaves.iter().filter(|leaf| leaf.is_evidence());
            leaves.filter_map(|leaf| Some((leaf, library.signals.get(leaf.signal?.0)?))).collect()
        })
        .collect();
    let all: Vec<(&Leaf<'_>, &Signal)> = items.iter().flatten().copied().collect();
    if all.is_empty() {
        return Status::Active;
    }
    let enders = enders(verdict, &all, library);
    // What an output shows beside an event tells of the event: with the event it is over.
    let mut speaking: Vec<(&Leaf<'_>, &Signal)> = Vec::new();
    for item in items {
        let events: Vec<_> = item.iter().copied().filter(|(_, signal)| !is_current(signal)).collect();
        let told = !events.is_empty() && events.iter().all(|(leaf, signal)| is_over(leaf, signal, &enders, device, library));
        speaking.extend(if told { events } else { item });
    }
    let outputs = speaking.iter().any(|(leaf, signal)| is_current(signal) && !is_over(leaf, signal, &enders, device, library));
    if !outputs && recoveries(&speaking, &enders, device) >= INTERMITTENT {
        return Status::Intermittent;
    }
    if speaking.iter().all(|(leaf, signal)| is_over(leaf, signal, &enders, device, library)) { Status::Resolved } else { Status::Active }
}

/// What may end the evidence: the events that the rule names, and those that restore a peer it is about.
fn enders(verdict: &Verdict<'_>, speaking: &[(&Leaf<'_>, &Signal)], library: &Library) -> BTreeSet<SignalId> {
    let peers: BTreeSet<&str> = speaking.iter().filter_map(|(_, signal)| signal.peer.as_deref()).collect();
    let restoring =
        library.signals.iter().enumerate().filter(|(_, signal)| signal.restores.iter().any(|peer| peers.contains(peer.as_str())));
    verdict.rule.ended_by.iter().copied().chain(restoring.map(|(at, _)| SignalId(at))).collect()
}

/// A value or a missing line of the last output: it holds until something later says otherwise.
fn is_current(signal: &Signal) -> bool {
    matches!(signal.matcher, Matcher::Fact { over: Over::Last | Over::Grows | Over::Changed, .. } | Matcher::Absent { .. })
}

fn fits(ender: &Signal, signal: &Signal) -> bool {
    ender.restores.is_empty() || signal.peer.as_ref().is_none_or(|peer| ender.restores.contains(peer))
}

fn is_over(leaf: &Leaf<'_>, signal: &Signal, enders: &BTreeSet<SignalId>, device: &Device, library: &Library) -> bool {
    let later = |a: &(usize, Match), b: &(usize, Match)| device.timeline.order(a, b) == Some(Ordering::Less);
    // What an output says was so when its command ran.
    let stated = |(at, found): &(usize, Match)| {
        let ran = || device.timeline.ran.get(at).filter(|_| is_current(signal)).cloned();
        (*at, Match { time: found.time.clone().or_else(ran), ..found.clone() })
    };
    let matches: Vec<(usize, Match)> = leaf.matches.iter().map(stated).collect();
    let open = matches.iter().filter(|found| !found.1.over);
    // Those of unknown order count as last each.
    let mut last: Vec<&(usize, Match)> = open.clone().filter(|found| !open.clone().any(|other| later(found, other))).collect();
    if last.is_empty() {
        return !leaf.matches.is_empty();
    }
    let ends: Vec<&(usize, Match)> = enders
        .iter()
        .filter(|id| library.signals.get(id.0).is_some_and(|ender| fits(ender, signal)))
        .filter_map(|id| device.tallies.get(id))
        .flat_map(|seen| &seen.matches)
        .collect();
    // A pair quotes the message that ended it too: then the last evidence is the end itself.
    let is_end = |found: &(usize, Match), end: &(usize, Match)| {
        let same = (end.0, end.1.place) == (found.0, found.1.place);
        !is_current(signal) && same && !later(end, found)
    };
    // Where lines are of several devices, nobody knows whose failure a recovery is about.
    let shared = |found: &(usize, Match)| device.shared.contains(&found.0);
    let ended_by = |found: &(usize, Match), end: &(usize, Match)| {
        !shared(end) && of_one_client(&found.1, &end.1) && found.1.may_share_endpoint(&end.1) && (later(found, end) || is_end(found, end))
    };
    last.retain(|found| shared(found) || !ends.iter().any(|end| ended_by(found, end)));
    last.is_empty()
}

/// Whether two matches can be of one client: what packets show of one says nothing of another, of which a capture on the far side of a
/// proxy is full.
fn of_one_client(a: &Match, b: &Match) -> bool {
    a.client().zip(b.client()).is_none_or(|(a, b)| a == b)
}

/// How often what was seen ended and came again, or the least that is known of it.
fn recoveries(speaking: &[(&Leaf<'_>, &Signal)], enders: &BTreeSet<SignalId>, device: &Device) -> u64 {
    if !device.shared.is_empty() {
        return 0;
    }
    let events: BTreeSet<SignalId> =
        speaking.iter().filter(|(_, signal)| !is_current(signal)).filter_map(|(leaf, _)| leaf.signal).collect();
    let run = device.occurrences.run(&device.timeline, &|id| events.contains(&id), &|id| enders.contains(&id));
    match run {
        Some(run) => run.pairs,
        None => {
            let seen = |ids: &BTreeSet<SignalId>| ids.iter().filter_map(|id| device.tallies.get(id)).map(|seen| seen.count).sum::<u64>();
            seen(&events).min(seen(enders))
        }
    }
}

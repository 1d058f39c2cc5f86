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
            signal: signal.id.clone().into(),
            title: signal.title.clone().into(),
            count: 1,
            first_time: time.clone(),
            last_time: time,
            artifact: artifact.path.shown().to_owned(),
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

#[cfg(test)]
mod tests {
    use crate::diagnose::tests::{library, report};
    use crate::report::model::Turn;

    const SIGNALS: &str = r"
signals:
  - {id: failed, title: CSSM is lost, text: 'Communications failure with CSSM', peer: cssm}
  - {id: restored, title: CSSM is back, text: 'Communications with CSSM restored', restores: [cssm]}
  - {id: works, title: works, text: 'All is well'}
";
    const LOST: &str = r"
id: lost
title: Lost
kind: symptom
severity: low
summary: Lost.
evidence:
  - {when: failed, weight: decisive}
";
    const FINE: &str = r"
id: fine
title: Fine
kind: expected
severity: info
summary: Fine.
evidence:
  - {when: works, weight: decisive}
";

    fn history(text: &str) -> Vec<(Turn, u64, String, String, Option<u64>)> {
        let library = library(&[("signals/s.yaml", SIGNALS), ("slp/lost.yaml", LOST), ("slp/fine.yaml", FINE)]);
        let report = report(&library, &[("a.log", text)]);
        let moments = report.devices.iter().flat_map(|device| &device.history);
        moments.map(|one| (one.kind, one.count, one.first_time.clone(), one.last_time.clone(), one.line)).collect()
    }

    #[test]
    fn failures_and_what_ended_them_by_time() {
        let text = "\
Aug 23 2021 09:00:03 UTC: %SMART_LIC-3-COMM_FAILED: Communications failure with CSSM
Aug 23 2021 09:00:01 UTC: %SMART_LIC-5-COMM_RESTORED: Communications with CSSM restored
Aug 23 2021 09:00:02 UTC: %SMART_LIC-6-OK: All is well
Communications failure with CSSM
";
        let at = |second: u32| format!("2021-08-23T09:00:0{second}Z");
        assert_eq!(history(text), [(Turn::Restored, 1, at(1), at(1), Some(2)), (Turn::Failed, 1, at(3), at(3), Some(1))]);
        assert_eq!(history("Aug 23 2021 09:00:02 UTC: %SMART_LIC-6-OK: All is well\n"), []);
    }

    #[test]
    fn many_become_few_and_none_is_lost() {
        let line = |n: u32| {
            let what = if n.is_multiple_of(2) {
                "COMM_FAILED: Communications failure with CSSM"
            } else {
                "COMM_RESTORED: Communications with CSSM restored"
            };
            format!("Aug {:02} 2021 {:02}:{:02}:00 UTC: %SMART_LIC-3-{what}\n", n / 288 + 1, n / 12 % 24, n % 12 * 5)
        };
        let found = history(&(0..1_000).map(line).collect::<String>());
        assert!((300..=402).contains(&found.len()), "{}", found.len());
        for turn in [Turn::Failed, Turn::Restored] {
            assert_eq!(found.iter().filter(|one| one.0 == turn).map(|one| one.1).sum::<u64>(), 500);
        }
        assert!(found.windows(2).all(|pair| pair[0].2 <= pair[1].2));
    }
}

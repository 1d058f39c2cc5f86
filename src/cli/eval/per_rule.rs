//! How good each rule is over labelled cases, which never speak, and which always speak together.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use bundlescope::rules::library::Library;
use serde::Serialize;

use super::measure::CaseResult;

/// Devices on which two rules must have been said together before it is told.
const TOGETHER: usize = 3;

/// The rules of a library over labelled cases.
#[derive(Debug, Serialize)]
pub(crate) struct PerRule {
    /// Every rule that was said or should have been, by id.
    rules: BTreeMap<String, Score>,
    /// Said in no case.
    never: Vec<String>,
    /// Pairs that are said on the same devices, always, and on how many.
    together: Vec<(String, String, usize)>,
}

/// One rule.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Score {
    /// Said and right.
    right: usize,
    /// Said and not expected.
    wrong: usize,
    /// Expected and not said.
    missed: usize,
    /// Share of what was said that is right.
    precision: Option<f64>,
    /// Share of what was expected that was said.
    recall: Option<f64>,
}

impl PerRule {
    pub(crate) fn of(library: &Library, results: &[CaseResult]) -> Self {
        let mut rules: BTreeMap<String, Score> = BTreeMap::new();
        let mut said: BTreeMap<&str, BTreeSet<(usize, usize)>> = BTreeMap::new();
        for (case, result) in results.iter().enumerate() {
            for (device, of_device) in result.devices.iter().enumerate() {
                of_device.right.iter().for_each(|id| rules.entry(id.clone()).or_default().right += 1);
                of_device.wrong.iter().for_each(|id| rules.entry(id.clone()).or_default().wrong += 1);
                of_device.missed.iter().for_each(|id| rules.entry(id.clone()).or_default().missed += 1);
                for id in of_device.right.iter().chain(&of_device.wrong) {
                    said.entry(id).or_default().insert((case, device));
                }
            }
        }
        for score in rules.values_mut() {
            let share = |of: usize| (of > 0).then(|| score.right as f64 / of as f64);
            (score.precision, score.recall) = (share(score.right + score.wrong), share(score.right + score.missed));
        }
        let never = library.rules.iter().filter(|rule| !said.contains_key(rule.id.as_str())).map(|rule| rule.id.clone().into()).collect();
        let mut together = Vec::new();
        for (at, (a, on)) in said.iter().enumerate().filter(|(_, (_, on))| on.len() >= TOGETHER) {
            let others = said.iter().skip(at + 1).filter(|(_, other)| *other == on);
            together.extend(others.map(|(b, _)| ((*a).to_owned(), (*b).to_owned(), on.len())));
        }
        Self { rules, never, together }
    }

    /// For people: what is not perfect, or everything.
    pub(crate) fn shown(&self, all: bool) -> String {
        let mut text = String::new();
        let flawed = |score: &&Score| score.wrong + score.missed > 0;
        let listed: Vec<_> = self.rules.iter().filter(|(_, score)| all || flawed(score)).collect();
        if !listed.is_empty() {
            text.push_str("\nright  wrong  missed  precision  recall  diagnosis\n");
        }
        for (id, score) in &listed {
            let share = |share: Option<f64>| share.map_or_else(|| "-".to_owned(), |share| format!("{share:.2}"));
            let (precision, recall) = (share(score.precision), share(score.recall));
            let _ = writeln!(text, "{:>5} {:>6} {:>7} {precision:>10} {recall:>7}  {id}", score.right, score.wrong, score.missed);
        }
        if !self.never.is_empty() {
            let verb = if self.never.len() == 1 { "diagnosis is" } else { "diagnoses are" };
            let _ = writeln!(text, "\n{} {verb} made in no case{}", self.never.len(), if all { ":" } else { "; -v names them" });
            self.never.iter().filter(|_| all).for_each(|id| {
                let _ = writeln!(text, "  {id}");
            });
        }
        if !self.together.is_empty() {
            let verb = if self.together.len() == 1 { "pair is" } else { "pairs are" };
            let _ = writeln!(text, "\n{} {verb} always made together{}", self.together.len(), if all { ":" } else { "; -v names them" });
            for (a, b, devices) in self.together.iter().filter(|_| all) {
                let _ = writeln!(text, "  {a} + {b}, on {devices} devices");
            }
        }
        text
    }
}

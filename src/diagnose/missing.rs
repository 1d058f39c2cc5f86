//! What would settle open questions: the commands and files that decide between what the case leaves open.

use std::collections::{BTreeMap, BTreeSet};

use super::device::Device;
use super::evaluate::Verdict;
use super::truth::Truth;
use crate::report::model::Missing;
use crate::rules::library::Library;

/// Below this a rule is out of the question, above the other it is settled.
const OPEN: std::ops::Range<f64> = 0.10..0.93;

/// Everything worth collecting for one device, the most useful first.
pub(super) fn missing(device: &Device, verdicts: &[Verdict<'_>], library: &Library) -> Vec<Missing> {
    let mut asked: BTreeMap<String, Asked> = BTreeMap::new();
    for verdict in verdicts.iter().filter(|verdict| verdict.grounded && OPEN.contains(&verdict.probability())) {
        let rule = verdict.rule;
        let unknown = verdict
            .items
            .iter()
            .flat_map(|item| item.leaves.iter().map(move |leaf| (item, leaf)))
            .filter(|(_, leaf)| leaf.truth == Truth::Unknown);
        for (_, leaf) in unknown {
            let Some(command) = leaf.collect else { continue };
            let entry = asked.entry(command.to_owned()).or_default();
            entry.settles.insert(rule.id.clone());
            if entry.why.is_empty() {
                entry.why = leaf.title.clone();
            }
        }
        for collect in &rule.collect {
            let entry = asked.entry(collect.command.clone()).or_default();
            entry.settles.insert(rule.id.clone());
            if entry.what.is_empty() {
                entry.what = collect.what.clone();
            }
        }
    }
    // What the device refused to answer is missing too.
    for (id, seen) in &device.sections {
        if seen.iter().all(|(_, seen)| seen.refused)
            && let Some(section) = library.sections.get(id.0)
        {
            for entry in asked.iter_mut().filter(|(command, _)| section.commands.iter().any(|pattern| pattern.is_match(command))) {
                entry.1.why = format!("the device refused this command in the case; {}", entry.1.why);
            }
        }
    }
    let mut list: Vec<Missing> = asked
        .into_iter()
        .map(|(command, entry)| Missing {
            device: device.known.then(|| device.id.clone()),
            what: if entry.what.is_empty() { format!("output of {command}") } else { entry.what },
            why: if entry.why.is_empty() {
                format!("open: {}", entry.settles.iter().cloned().collect::<Vec<_>>().join(", "))
            } else {
                entry.why
            },
            command,
            would_settle: entry.settles.into_iter().collect(),
        })
        .collect();
    list.sort_by(|a, b| b.would_settle.len().cmp(&a.would_settle.len()).then_with(|| a.command.cmp(&b.command)));
    list
}

#[derive(Default)]
struct Asked {
    what: String,
    why: String,
    settles: BTreeSet<String>,
}

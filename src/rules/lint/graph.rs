//! Lints of what names what: rules other rules, rules signals.

use std::collections::{BTreeMap, BTreeSet};

use super::{Lint, push};
use crate::rules::library::{Library, Rule, SignalId};
use crate::rules::spelling::distance;
use crate::rules::text::Text;

/// An effect that is no diagnosis folds nothing.
pub(super) fn unknown_effect(rule: &Rule, library: &Library, lints: &mut Vec<Lint>) {
    for id in rule.explains.iter().filter(|id| !library.rules.iter().any(|rule| rule.id == **id)) {
        let near = library.rules.iter().map(|rule| rule.id.as_str()).find(|near| distance(id, near) <= 2);
        let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        push(lints, &rule.source, "BR005", format!("explains `{id}`, which does not exist{hint}"));
    }
}

pub(super) fn cyclic_explains(library: &Library, lints: &mut Vec<Lint>) {
    let by_id: BTreeMap<&str, &Rule> = library.rules.iter().map(|rule| (rule.id.as_str(), rule)).collect();
    for rule in &library.rules {
        let mut reached = BTreeSet::new();
        let mut open: Vec<&str> = rule.explains.iter().map(Text::as_str).collect();
        while let Some(id) = open.pop() {
            if rule.id == id {
                push(lints, &rule.source, "BR006", format!("`{}` explains itself through others", rule.id));
                break;
            }
            if reached.insert(id) {
                open.extend(by_id.get(id).iter().flat_map(|rule| rule.explains.iter().map(Text::as_str)));
            }
        }
    }
}

pub(super) fn unused_signal(library: &Library, lints: &mut Vec<Lint>) {
    let mut used: BTreeSet<SignalId> = BTreeSet::new();
    for rule in &library.rules {
        used.extend(&rule.ended_by);
        let conditions = rule.evidence.iter().map(|item| &item.when).chain(rule.severity_when.iter().map(|(when, _)| when));
        for when in conditions {
            when.signals(true, &library.pairs, &mut |id, _| {
                used.insert(id);
            });
        }
    }
    for (at, signal) in library.signals.iter().enumerate() {
        // What restores a peer ends evidence of every rule about it.
        if !used.contains(&SignalId(at)) && signal.restores.is_empty() {
            push(lints, &signal.source, "BR004", format!("no rule uses signal `{}`", signal.id));
        }
    }
}

//! What loading cannot refuse but a rule should not do. Each lint has a code of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::library::{Library, Matcher, Rule, SignalId};
use super::model::Weight;

/// One thing a rule should not do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lint {
    /// The file.
    pub file: String,
    /// The lint's code.
    pub code: &'static str,
    /// What is wrong and what would be right.
    pub message: String,
}

impl fmt::Display for Lint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} [{}]", self.file, self.message, self.code)
    }
}

/// Every lint of a library, in the order of the files.
pub fn lint(library: &Library) -> Vec<Lint> {
    let mut lints = Vec::new();
    for rule in &library.rules {
        unverified_decides(rule, library, &mut lints);
        unknown_effect(rule, library, &mut lints);
        without_examples(rule, &mut lints);
        without_reference(rule, &mut lints);
        without_grounds(rule, library, &mut lints);
    }
    cyclic_explains(library, &mut lints);
    unused_signal(library, &mut lints);
    unknown_fact(library, &mut lints);
    duplicate_pattern(library, &mut lints);
    lints.sort();
    lints
}

fn push(lints: &mut Vec<Lint>, file: &str, code: &'static str, message: String) {
    lints.push(Lint { file: file.to_owned(), code, message });
}

/// A text that no source shows must not settle anything.
fn unverified_decides(rule: &Rule, library: &Library, lints: &mut Vec<Lint>) {
    for item in rule.evidence.iter().filter(|item| item.weight == Weight::Decisive) {
        let mut all_unverified = true;
        let mut names = Vec::new();
        item.when.signals(true, &library.pairs, &mut |id, positive| {
            if let (true, Some(signal)) = (positive, library.signals.get(id.0)) {
                all_unverified &= signal.unverified;
                names.push(signal.id.clone());
            }
        });
        if all_unverified && !names.is_empty() {
            push(
                lints,
                &rule.source,
                "unverified-decides",
                format!("decisive evidence rests on unverified text only: {}", names.join(", ")),
            );
        }
    }
}

/// Ids in `explains` of the catalogue that have no rule yet are allowed; a misspelt one is not.
fn unknown_effect(rule: &Rule, library: &Library, lints: &mut Vec<Lint>) {
    for id in &rule.explains {
        let known = library.rules.iter().any(|rule| rule.id == *id);
        let slip = |near: &&str| super::load::distance(id, near) <= 2;
        if !known && let Some(near) = library.rules.iter().map(|rule| rule.id.as_str()).find(slip) {
            push(lints, &rule.source, "unknown-effect", format!("explains `{id}`, which does not exist; did you mean `{near}`?"));
        }
    }
}

fn without_examples(rule: &Rule, lints: &mut Vec<Lint>) {
    if rule.examples.positive.is_empty() || rule.examples.negative.is_empty() {
        push(lints, &rule.source, "without-examples", "needs at least one positive and one negative example".to_owned());
    }
}

fn without_reference(rule: &Rule, lints: &mut Vec<Lint>) {
    if rule.references.is_empty() {
        push(lints, &rule.source, "without-reference", "names no source".to_owned());
    }
}

/// A rule that no signal can ground never makes a finding.
fn without_grounds(rule: &Rule, library: &Library, lints: &mut Vec<Lint>) {
    let mut grounded = false;
    for item in rule.evidence.iter().filter(|item| item.weight < Weight::Against) {
        item.when.signals(true, &library.pairs, &mut |_, positive| grounded |= positive);
    }
    if !grounded {
        push(lints, &rule.source, "without-grounds", "no signal speaks for it, so it can never be made".to_owned());
    }
}

fn cyclic_explains(library: &Library, lints: &mut Vec<Lint>) {
    let by_id: BTreeMap<&str, &Rule> = library.rules.iter().map(|rule| (rule.id.as_str(), rule)).collect();
    for rule in &library.rules {
        let mut reached = BTreeSet::new();
        let mut open: Vec<&str> = rule.explains.iter().map(String::as_str).collect();
        while let Some(id) = open.pop() {
            if id == rule.id {
                push(lints, &rule.source, "cyclic-explains", format!("`{}` explains itself through others", rule.id));
                break;
            }
            if reached.insert(id) {
                open.extend(by_id.get(id).iter().flat_map(|rule| rule.explains.iter().map(String::as_str)));
            }
        }
    }
}

fn unused_signal(library: &Library, lints: &mut Vec<Lint>) {
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
        if !used.contains(&SignalId(at)) {
            push(lints, &signal.source, "unused-signal", format!("no rule uses signal `{}`", signal.id));
        }
    }
}

/// A fact no extractor reads is never known. Names with a variable part are compared up to it.
fn unknown_fact(library: &Library, lints: &mut Vec<Lint>) {
    let read = |name: &str| {
        name.starts_with("capture.")
            || crate::rules::library::COMPARED_CLOCKS.contains(&name)
            || library.extracts.iter().any(|extract| match extract.fact.split_once('{') {
                Some((before, after)) => {
                    name.starts_with(before) && after.split_once('}').is_none_or(|(_, rest)| rest.contains('{') || name.ends_with(rest))
                }
                None => extract.fact == name,
            })
    };
    for signal in &library.signals {
        let Matcher::Fact { name, is, .. } = &signal.matcher else { continue };
        for name in std::iter::once(name).chain(is.against.iter().map(|(_, other)| other)).filter(|name| !read(name)) {
            push(lints, &signal.source, "unknown-fact", format!("signal `{}` asks for fact `{name}`, which nothing reads", signal.id));
        }
    }
}

fn duplicate_pattern(library: &Library, lints: &mut Vec<Lint>) {
    let mut known: BTreeMap<(&str, String), &str> = BTreeMap::new();
    for signal in &library.signals {
        if let Matcher::Text { pattern, within, outside, .. } = &signal.matcher
            && let Some(other) = known.insert((pattern, format!("{within:?}{outside:?}")), &signal.id)
        {
            push(lints, &signal.source, "duplicate-pattern", format!("signals `{other}` and `{}` look for the same text", signal.id));
        }
    }
}

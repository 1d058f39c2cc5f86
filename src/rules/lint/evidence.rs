//! Lints of what a rule rests on.

use super::{Lint, push};
use crate::rules::library::{COMPARED_CLOCKS, Library, Matcher, Rule};
use crate::rules::model::Weight;

/// A text that no source shows must not settle anything.
pub(super) fn unverified_decides(rule: &Rule, library: &Library, lints: &mut Vec<Lint>) {
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
            push(lints, &rule.source, "BR007", format!("decisive evidence rests on unverified text only: {}", names.join(", ")));
        }
    }
}

/// A rule that no signal can ground never makes a finding.
pub(super) fn without_grounds(rule: &Rule, library: &Library, lints: &mut Vec<Lint>) {
    let mut grounded = false;
    for item in rule.evidence.iter().filter(|item| item.weight < Weight::Against) {
        item.when.signals(true, &library.pairs, &mut |_, positive| grounded |= positive);
    }
    if !grounded {
        push(lints, &rule.source, "BR008", "no signal speaks for it, so it can never be made".to_owned());
    }
}

/// Beginnings of the names of facts that readers of captures and certificates give.
const BY_READERS: [&str; 4] = ["capture.", "certificate.", "server_certificate.", "trust_store."];

/// A fact no extractor reads is never known. Names with a variable part are compared up to it.
pub(super) fn unknown_fact(library: &Library, lints: &mut Vec<Lint>) {
    let read = |name: &str| {
        BY_READERS.iter().any(|reader| name.starts_with(reader))
            || COMPARED_CLOCKS.contains(&name)
            || library.extracts.iter().any(|extract| match extract.fact.split_once('{') {
                Some((before, after)) => {
                    name.starts_with(before) && after.split_once('}').is_none_or(|(_, rest)| rest.contains('{') || name.ends_with(rest))
                }
                None => extract.fact == name,
            })
    };
    for signal in &library.signals {
        let names: Vec<&str> = match &signal.matcher {
            Matcher::Fact { name, is, .. } => std::iter::once(name.as_str()).chain(is.facts().map(String::as_str)).collect(),
            _ => signal.compared().flat_map(|(_, check)| check.facts().map(String::as_str)).collect(),
        };
        for name in names.into_iter().filter(|name| !read(name)) {
            push(lints, &signal.source, "BR009", format!("signal `{}` asks for fact `{name}`, which nothing reads", signal.id));
        }
    }
}

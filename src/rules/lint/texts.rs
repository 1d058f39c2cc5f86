//! Lints of what stands beside the evidence: examples and sources, and cases that show a rule at work.

use std::collections::BTreeSet;

use super::{Lint, push};
use crate::rules::library::{Library, Rule};
use crate::rules::model::Examples;

/// Least examples of each kind.
const EXAMPLES: usize = 2;

pub(super) fn without_examples(rule: &Rule, examples: &Examples, lints: &mut Vec<Lint>) {
    let (positive, negative) = (examples.positive.len(), examples.negative.len());
    if positive < EXAMPLES || negative < EXAMPLES {
        let message = format!("has {positive} positive and {negative} negative examples; it needs {EXAMPLES} of each");
        push(lints, &rule.source, "BR010", message);
    }
}

pub(super) fn without_reference(rule: &Rule, lints: &mut Vec<Lint>) {
    if rule.references.is_empty() {
        push(lints, &rule.source, "BR011", "names no source".to_owned());
    }
}

/// A rule that no labelled case shows at work.
pub(super) fn never_made(library: &Library, made: &BTreeSet<String>, lints: &mut Vec<Lint>) {
    for rule in library.rules.iter().filter(|rule| !made.contains(rule.id.as_str())) {
        push(lints, &rule.source, "BR012", format!("`{}` is made in none of the cases", rule.id));
    }
}

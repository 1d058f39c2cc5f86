//! What loading cannot refuse but a rule should not do. Each lint has a code of its own.

mod evidence;
mod graph;
mod patterns;
mod texts;

use std::collections::BTreeSet;
use std::fmt;

use super::library::Library;

/// Every code and what it says; `docs/rules.md` tells what to do about each.
pub const CODES: [(&str, &str); 13] = [
    ("BR001", "a pattern that no line can reach"),
    ("BR002", "no keyword rare enough to look for"),
    ("BR003", "two signals that look for the same text"),
    ("BR004", "a signal that no rule uses"),
    ("BR005", "an effect in `explains` that does not exist"),
    ("BR006", "a diagnosis that explains itself through others"),
    ("BR007", "decisive evidence that rests on unverified text only"),
    ("BR008", "a rule that nothing seen can speak for"),
    ("BR009", "a fact that nothing reads"),
    ("BR010", "fewer than two positive or two negative examples"),
    ("BR011", "no source"),
    ("BR012", "a rule that no labelled case shows"),
    ("BR013", "a translation that is missing, or was made from other English texts"),
];

/// One thing a rule should not do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lint {
    /// The file.
    pub file: String,
    /// One of [`CODES`].
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
    for (rule, examples) in library.rules.iter().zip(library.examples()) {
        evidence::unverified_decides(rule, library, &mut lints);
        evidence::without_grounds(rule, library, &mut lints);
        graph::unknown_effect(rule, library, &mut lints);
        texts::without_examples(rule, examples, &mut lints);
        texts::without_reference(rule, &mut lints);
    }
    evidence::unknown_fact(library, &mut lints);
    for (file, doubt) in &library.translations().doubts {
        push(&mut lints, file, "BR013", doubt.clone());
    }
    graph::cyclic_explains(library, &mut lints);
    graph::unused_signal(library, &mut lints);
    patterns::unreachable_pattern(library, &mut lints);
    patterns::missing_keyword(library, &mut lints);
    patterns::duplicate_pattern(library, &mut lints);
    lints.sort();
    lints
}

/// Rules that are not among those made in labelled cases.
pub fn never_made(library: &Library, made: &BTreeSet<String>) -> Vec<Lint> {
    let mut lints = Vec::new();
    texts::never_made(library, made, &mut lints);
    lints.sort();
    lints
}

fn push(lints: &mut Vec<Lint>, file: &str, code: &'static str, message: String) {
    lints.push(Lint { file: file.to_owned(), code, message });
}

#[cfg(test)]
mod tests;

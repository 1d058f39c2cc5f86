//! The words that a pattern needs beside its keyword, ready to be looked for.

use memchr::memmem::Finder;

use crate::rules::library::Needs;

/// Ways to need something: sets of words, of each of which one must stand in a text of ASCII in lower case. Without any way
/// nothing is needed.
#[derive(Debug)]
pub(super) struct Needed(Vec<Vec<Set>>);

/// Words of which one is needed.
type Set = Vec<Finder<'static>>;

impl Needed {
    pub(super) fn new(needs: &Needs) -> Self {
        let set = |words: &mut dyn Iterator<Item = &str>| words.map(|word| Finder::new(word).into_owned()).collect();
        Self(needs.ways().map(|way| way.map(|mut words| set(&mut words)).collect()).collect())
    }

    /// Whether it has what is needed.
    pub(super) fn stand_in(&self, lower: &str) -> bool {
        self.0.is_empty() || self.0.iter().any(|way| way.iter().all(|set| stands(set, lower)))
    }

    /// What a text lacks in each way; `None` where it lacks nothing in one, or nothing is needed.
    pub(super) fn missing(&self, lower: &str) -> Option<Box<[usize]>> {
        let lacks = |way: &Vec<Set>| way.iter().position(|set| !stands(set, lower));
        (!self.0.is_empty()).then(|| self.0.iter().map(lacks).collect()).flatten()
    }

    /// Whether a word of what a text lacks from `start` on begins before.
    pub(super) fn may_begin(&self, missing: &[usize], lower: &str, start: usize) -> bool {
        let begins = |word: &Finder<'_>| {
            let end = lower.len().min(start + word.needle().len());
            word.find(lower.as_bytes().get(..end).unwrap_or_default()).is_some()
        };
        self.0.iter().zip(missing).any(|(way, set)| way.get(*set).is_none_or(|set| set.iter().any(begins)))
    }
}

fn stands(set: &Set, lower: &str) -> bool {
    set.iter().any(|word| word.find(lower.as_bytes()).is_some())
}

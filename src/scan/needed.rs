//! The words that a pattern needs beside its keyword, ready to be looked for.

use memchr::memmem::Finder;

use crate::rules::library::Needs;

/// Sets of words, of each of which one must stand in a text of ASCII in lower case.
#[derive(Debug)]
pub(super) struct Needed(Vec<Vec<Finder<'static>>>);

impl Needed {
    pub(super) fn new(needs: &Needs) -> Self {
        Self(needs.sets().map(|set| set.map(|word| Finder::new(word).into_owned()).collect()).collect())
    }

    /// Whether it has what is needed.
    pub(super) fn stand_in(&self, lower: &str) -> bool {
        self.0.iter().all(|set| set.iter().any(|word| word.find(lower.as_bytes()).is_some()))
    }
}

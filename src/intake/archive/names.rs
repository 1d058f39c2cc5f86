//! Names of an archive's members that come more than once. Tools that unpack keep the last of them; here all are read.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::super::escape::visible;

/// The names met so far, by their hashes: no more of them are kept than the archive may have members.
#[derive(Default)]
pub(super) struct Names {
    seen: HashSet<u64>,
    again: u64,
    first: Option<String>,
}

impl Names {
    /// Notes the name of a member that is read.
    pub(super) fn note(&mut self, name: &[u8]) {
        let mut hasher = DefaultHasher::new();
        name.hash(&mut hasher);
        if !self.seen.insert(hasher.finish()) {
            self.again += 1;
            self.first.get_or_insert_with(|| visible(name));
        }
    }

    /// The sentence for the report, where there is something to say.
    pub(super) fn remark(&self) -> Option<String> {
        let first = self.first.as_ref()?;
        Some(format!("{} members have the name of one before them, {first} the first; all were read", self.again))
    }
}

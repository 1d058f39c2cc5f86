//! What was replaced how often, and what was left out of the copy.

use std::collections::{BTreeMap, HashMap};

use super::names::Kind;

/// Pairs that are remembered for the private map; later ones are counted as they come, perhaps twice.
const REMEMBERED: usize = 1 << 20;

/// Counts and lists.
#[derive(Clone, Debug, Default)]
pub struct Statistics {
    /// By kind: how often something was replaced.
    pub times: BTreeMap<Kind, u64>,
    /// Secrets masked.
    pub masked: u64,
    /// Files of the copy.
    pub copied: u64,
    /// Packets of the copy, and those of them whose payload was left out in part or whole.
    pub packets: (u64, u64),
    /// Certificates that named somebody and were rewritten.
    pub certificates: u64,
    /// What is not in the copy, by path, with the reason.
    pub dropped: Vec<(String, String)>,
    /// What is in the copy in another form, by path.
    pub changed: Vec<(String, String)>,
    pairs: HashMap<(Kind, String), String>,
}

impl Statistics {
    pub(super) fn replaced(&mut self, kind: Kind, original: &str, replacement: &str) {
        *self.times.entry(kind).or_default() += 1;
        if self.pairs.len() < REMEMBERED {
            self.pairs.entry((kind, original.to_owned())).or_insert_with(|| replacement.to_owned());
        }
    }

    /// How many different things of each kind.
    pub fn different(&self, kind: Kind) -> usize {
        self.pairs.iter().filter(|((of, _), _)| *of == kind).count()
    }

    /// Every original with its replacement, by kind and original: private.
    pub fn map(&self) -> Vec<(Kind, &str, &str)> {
        let mut map: Vec<_> =
            self.pairs.iter().map(|((kind, original), replacement)| (*kind, original.as_str(), replacement.as_str())).collect();
        map.sort_unstable();
        map
    }
}

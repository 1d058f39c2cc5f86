//! The addresses of a capture, the first of them.

use std::collections::{BTreeSet, HashSet};
use std::hash::BuildHasher;
use std::net::IpAddr;

use super::hash::Keyed;
use super::pair::Pair;

/// Addresses that are kept.
const HOSTS: usize = 65_536;

/// Pairs of addresses that are remembered. A power of two.
const RECENT: usize = 2_048;

/// Source and destination of a packet, in this order.
pub(super) type Both = Pair<IpAddr>;

/// Pairs of addresses that were met lately, so that most packets cost one comparison.
pub(super) struct Recent {
    pairs: Vec<Option<Both>>,
    keys: Keyed,
}

impl Recent {
    pub(super) fn new() -> Self {
        Self { pairs: vec![None; RECENT], keys: Keyed::default() }
    }

    /// Whether this pair was met lately, which it is from now on.
    pub(super) fn knows(&mut self, both: Both) -> bool {
        let place = self.keys.hash_one(both) as usize % RECENT;
        self.pairs.get_mut(place).is_some_and(|pair| pair.replace(both) == Some(both))
    }
}

/// The addresses.
pub(super) struct Hosts {
    known: HashSet<IpAddr, Keyed>,
    recent: Recent,
}

impl Hosts {
    pub(super) fn new() -> Self {
        Self { known: HashSet::default(), recent: Recent::new() }
    }

    /// Takes the addresses of a packet.
    pub(super) fn add(&mut self, both: Both) {
        if !self.recent.knows(both) && self.known.len() < HOSTS {
            self.known.extend([both.low, both.high]);
        }
    }

    pub(super) fn into_set(self) -> BTreeSet<IpAddr> {
        self.known.into_iter().collect()
    }
}

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

/// Pairs of IPv4 addresses that were met lately, so that most packets cost one comparison of a word.
pub(super) struct Recent {
    pairs: Vec<u64>,
    keys: Keyed,
}

impl Recent {
    pub(super) fn new() -> Self {
        Self { pairs: vec![0; RECENT], keys: Keyed::default() }
    }

    /// Whether this pair was met lately, which it is from now on.
    pub(super) fn knows(&mut self, both: Both) -> bool {
        let (IpAddr::V4(low), IpAddr::V4(high)) = (both.low, both.high) else { return false };
        let pair = u64::from(low.to_bits()) << 32 | u64::from(high.to_bits());
        let place = usize::try_from(self.keys.hash_one(pair) % RECENT as u64).unwrap_or(0);
        // Zero is what an empty place holds.
        pair != 0 && self.pairs.get_mut(place).is_some_and(|known| std::mem::replace(known, pair) == pair)
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

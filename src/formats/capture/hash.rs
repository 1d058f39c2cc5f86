//! Hashing of addresses and ports, once or twice a packet: a multiplication a word instead of SipHash.
//!
//! Keyed anew in every run, so that no capture can be made whose flows all fall into one chain. Nothing that is reported
//! depends on the order of a map.

use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::net::{IpAddr, SocketAddr};

use super::pair::Pair;

/// The keys of one map.
#[derive(Clone, Debug)]
pub(crate) struct Keyed {
    start: u64,
    factor: u64,
}

impl Default for Keyed {
    fn default() -> Self {
        let random = RandomState::new();
        Self { start: random.hash_one(0), factor: random.hash_one(1) | 1 }
    }
}

impl BuildHasher for Keyed {
    type Hasher = Folded;

    fn build_hasher(&self) -> Folded {
        Folded { state: self.start, factor: self.factor }
    }
}

pub(crate) struct Folded {
    state: u64,
    factor: u64,
}

impl Folded {
    fn word(&mut self, word: u64) {
        self.state = fold(self.state ^ word, self.factor);
    }
}

/// Two addresses in one word where they have four bytes each.
fn addresses(one: IpAddr, other: IpAddr, state: &mut impl Hasher) {
    match (one, other) {
        (IpAddr::V4(one), IpAddr::V4(other)) => state.write_u64(u64::from(one.to_bits()) << 32 | u64::from(other.to_bits())),
        (one, other) => {
            one.hash(state);
            other.hash(state);
        }
    }
}

impl Hash for Pair<SocketAddr> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        addresses(self.low.ip(), self.high.ip(), state);
        state.write_u32(u32::from(self.low.port()) << 16 | u32::from(self.high.port()));
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the lower half and the upper")]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product as u64) ^ (product >> 64) as u64
}

impl Hasher for Folded {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks();
        for word in words {
            self.word(u64::from_le_bytes(*word));
        }
        if !rest.is_empty() {
            self.word(rest.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)));
        }
    }

    fn write_u8(&mut self, value: u8) {
        self.word(value.into());
    }

    fn write_u16(&mut self, value: u16) {
        self.word(value.into());
    }

    fn write_u32(&mut self, value: u32) {
        self.word(value.into());
    }

    fn write_u64(&mut self, value: u64) {
        self.word(value);
    }

    #[expect(clippy::cast_possible_truncation, reason = "the lower half, then the upper")]
    fn write_u128(&mut self, value: u128) {
        self.word(value as u64);
        self.word((value >> 64) as u64);
    }

    fn write_usize(&mut self, value: usize) {
        self.word(value as u64);
    }

    fn finish(&self) -> u64 {
        fold(self.state, self.factor.rotate_left(32))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use std::net::{IpAddr, Ipv6Addr, SocketAddr};

    /// The low bits choose a chain, the upper seven are compared in it: neighbours must differ in both.
    #[test]
    fn neighbours_spread() {
        for keys in (0..16).map(|_| Keyed::default()) {
            let four = (0..1 << 12).map(|at: u32| IpAddr::from((0x0a00_0000 + at).to_be_bytes()));
            let six = (0..1 << 12).map(|at: u128| IpAddr::from(Ipv6Addr::from(0x2001_0420_u128 << 96 | at << 64)));
            for hashes in [four.map(|end| keys.hash_one(end)).collect::<Vec<_>>(), six.map(|end| keys.hash_one(end)).collect()] {
                let low: HashSet<u64> = hashes.iter().map(|hash| hash & 0xfff).collect();
                let high: HashSet<u64> = hashes.iter().map(|hash| hash >> 57).collect();
                // 4096 balls in 4096 bins fill 63 % of them.
                assert!(low.len() > 2_000 && high.len() == 128, "{} {}", low.len(), high.len());
            }
            let ports = (0..=u16::MAX).map(|port| keys.hash_one(SocketAddr::from(([192, 0, 2, 1], port)))).collect::<HashSet<_>>();
            assert_eq!(ports.len(), 1 << 16);
        }
    }
}

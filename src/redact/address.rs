//! Addresses are replaced one to one, and what shared a prefix before shares a prefix of the same length after
//! (Xu and others, "Prefix-preserving IP address anonymization", 2002): each bit is turned over or not as the key and the bits before it say.
//! Where the bits lead into a range that means something (private, multicast, loopback …) they stay, so that such
//! an address stays in its range and no other gets there. The first bit behind is always turned: nothing in the
//! open part of a range is left as it was.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::key::Key;

/// Ranges of IPv4 that stay what they are (RFC 6890): prefix, its length, and whether the rest of the address stays too.
const RANGES4: &[([u8; 4], u8, bool)] = &[
    ([0, 0, 0, 0], 8, true),
    ([10, 0, 0, 0], 8, false),
    ([100, 64, 0, 0], 10, false),
    ([127, 0, 0, 0], 8, true),
    ([169, 254, 0, 0], 16, false),
    ([172, 16, 0, 0], 12, false),
    ([192, 168, 0, 0], 16, false),
    // Multicast, and what is no address of a host: masks and broadcasts.
    ([224, 0, 0, 0], 3, true),
];

/// The same of IPv6. Behind the first two stands an IPv4 address, which is replaced as such.
const RANGES6: &[(u128, u8, bool)] =
    &[(0, 80, true), (0x0064_ff9b << 96, 96, true), (0xfc00 << 112, 7, false), (0xfe80 << 112, 64, false), (0xff00 << 112, 8, true)];

/// Results that are remembered; beyond, they are computed again.
const REMEMBERED: usize = 1 << 17;

/// Replaces addresses.
#[derive(Debug)]
pub(super) struct Addresses {
    key: Key,
    kept: Vec<IpAddr>,
    four: HashMap<u32, u32>,
    six: HashMap<u128, u128>,
}

impl Addresses {
    /// `kept` are addresses that stay as they are.
    pub(super) fn new(key: Key, kept: Vec<IpAddr>) -> Self {
        Self { key, kept, four: HashMap::new(), six: HashMap::new() }
    }

    /// The replacement.
    pub(super) fn ip(&mut self, address: IpAddr) -> IpAddr {
        match address {
            IpAddr::V4(address) => self.v4(address).into(),
            IpAddr::V6(address) => self.v6(address).into(),
        }
    }

    /// The replacement of an IPv4 address.
    pub(super) fn v4(&mut self, address: Ipv4Addr) -> Ipv4Addr {
        let bits = address.to_bits();
        if let Some(known) = self.four.get(&bits) {
            return Ipv4Addr::from_bits(*known);
        }
        let mut ranges: Vec<(u128, u8, bool)> =
            RANGES4.iter().map(|(prefix, length, whole)| (u128::from(u32::from_be_bytes(*prefix)) << 96, *length, *whole)).collect();
        ranges.extend(self.kept.iter().filter_map(|kept| match kept {
            IpAddr::V4(kept) => Some((u128::from(kept.to_bits()) << 96, 32, true)),
            IpAddr::V6(_) => None,
        }));
        let mapped = (self.permuted("ipv4", u128::from(bits) << 96, 32, &ranges) >> 96) as u32;
        if self.four.len() < REMEMBERED {
            self.four.insert(bits, mapped);
        }
        Ipv4Addr::from_bits(mapped)
    }

    /// The replacement of an IPv6 address.
    pub(super) fn v6(&mut self, address: Ipv6Addr) -> Ipv6Addr {
        let bits = address.to_bits();
        // IPv4 in IPv6: mapped, translated. Unspecified and loopback fall in the same range and stay.
        if bits >> 32 == 0xffff || bits >> 32 == 0x0064_ff9b << 64 {
            let inner = self.v4(Ipv4Addr::from_bits(bits as u32));
            return Ipv6Addr::from_bits(bits >> 32 << 32 | u128::from(inner.to_bits()));
        }
        // The multicast group that holds the end of somebody's address.
        if bits >> 24 == 0xff02_u128 << 88 | 0x01ff {
            let end = self.key.number("solicited", &(bits as u32 & 0x00ff_ffff).to_be_bytes()) & 0x00ff_ffff;
            return Ipv6Addr::from_bits(bits >> 24 << 24 | u128::from(end));
        }
        if let Some(known) = self.six.get(&bits) {
            return Ipv6Addr::from_bits(*known);
        }
        let mut ranges = RANGES6.to_vec();
        ranges.extend(self.kept.iter().filter_map(|kept| match kept {
            IpAddr::V6(kept) => Some((kept.to_bits(), 128, true)),
            IpAddr::V4(_) => None,
        }));
        let mapped = self.permuted("ipv6", bits, 128, &ranges);
        if self.six.len() < REMEMBERED {
            self.six.insert(bits, mapped);
        }
        Ipv6Addr::from_bits(mapped)
    }

    /// The bits of an address stand at the top of `bits`.
    fn permuted(&self, purpose: &str, bits: u128, length: u8, ranges: &[(u128, u8, bool)]) -> u128 {
        let top = |value: u128, count: u8| if count == 0 { 0 } else { value >> (128 - u32::from(count)) };
        let inside = |at: u8, (prefix, width, _): &&(u128, u8, bool)| at >= *width && top(bits, *width) == top(*prefix, *width);
        let mut mapped = bits;
        let mut open = false;
        for at in 0..length {
            if ranges.iter().find(|range| inside(at, range)).is_some_and(|(_, _, whole)| *whole) {
                break;
            }
            // On the way to a range: this bit decides whether the address is inside.
            if ranges.iter().any(|(prefix, width, _)| at < *width && top(bits, at) == top(*prefix, at)) {
                continue;
            }
            let first = !std::mem::replace(&mut open, true);
            let turned = first || {
                let mut before = [0; 17];
                let (head, tail) = before.split_at_mut(1);
                head.fill(at);
                tail.copy_from_slice(&(top(bits, at)).to_be_bytes());
                self.key.number(purpose, &before) & 1 == 1
            };
            if turned {
                mapped ^= 1 << (127 - u32::from(at));
            }
        }
        mapped
    }

    /// The replacement of an Ethernet address: the maker stays, the rest is permuted. Groups, virtual routers and zeros stay.
    pub(super) fn mac(&self, address: [u8; 6]) -> [u8; 6] {
        let [a, b, c, d, e, f] = address;
        match address {
            // IPv6 multicast to the group of somebody's address, as above.
            [0x33, 0x33, 0xff, ..] => {
                let end = self.key.number("solicited", &[0, d, e, f]) as u32 & 0x00ff_ffff;
                let [_, d, e, f] = end.to_be_bytes();
                [a, b, c, d, e, f]
            }
            _ if a & 1 == 1 || address == [0; 6] => address,
            [0, 0, 0x0c, 0x07, 0xac, _] | [0, 0, 0x5e, 0, 1 | 2, _] => address,
            _ => {
                let [d, e, f] = self.three_bytes([a, b, c], [d, e, f]);
                [a, b, c, d, e, f]
            }
        }
    }

    /// A permutation of 24 bits: four rounds of Feistel.
    fn three_bytes(&self, maker: [u8; 3], rest: [u8; 3]) -> [u8; 3] {
        let [d, e, f] = rest;
        let value = u32::from_be_bytes([0, d, e, f]);
        let (mut left, mut right) = (value >> 12, value & 0xfff);
        for round in 0..4_u8 {
            let [a, b, c] = maker;
            let [_, _, high, low] = right.to_be_bytes();
            let mixed = (self.key.number("mac", &[round, a, b, c, high, low]) & 0xfff) as u32;
            (left, right) = (right, left ^ mixed);
        }
        let [_, d, e, f] = (left << 12 | right).to_be_bytes();
        [d, e, f]
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    fn addresses(key: &[u8]) -> Addresses {
        Addresses::new(Key::from_bytes(key), vec!["72.163.4.38".parse().unwrap(), "2001:420:1101:5::a".parse().unwrap()])
    }

    fn shared(a: u128, b: u128) -> u32 {
        (a ^ b).leading_zeros()
    }

    #[test]
    fn what_means_something_stays_in_its_range() {
        for key in [b"one", b"two"] {
            let mut map = addresses(key);
            for same in ["0.0.0.0", "0.0.0.255", "127.0.0.1", "224.0.0.18", "239.1.1.1", "255.255.255.0", "255.255.255.255", "72.163.4.38"]
            {
                assert_eq!(map.v4(same.parse().unwrap()).to_string(), same);
            }
            for same in ["::", "::1", "ff02::1", "ff05::2", "2001:420:1101:5::a"] {
                assert_eq!(map.v6(same.parse().unwrap()).to_string(), same);
            }
            let range = |address: Ipv4Addr| {
                let [a, b, ..] = address.octets();
                let shared_space = a == 100 && b & 0xc0 == 64;
                (address.is_private(), a == 10, a == 192, address.is_link_local(), shared_space, address.is_loopback(), a >= 224, a == 0)
            };
            for n in 0..20_000_u32 {
                let address = Ipv4Addr::from_bits(n.wrapping_mul(2_654_435_761));
                let mapped = map.v4(address);
                let (was, is) = (range(address), range(mapped));
                assert!(
                    was.0 == is.0 && was.1 == is.1 && was.3 == is.3 && was.4 == is.4 && was.5 == is.5 && was.6 == is.6 && was.7 == is.7
                );
                let stays = address.is_loopback() || address.octets()[0] == 0 || address.octets()[0] >= 224;
                assert_eq!(address == mapped, stays, "{address}");
            }
            assert!(map.v6("fe80::1:2".parse().unwrap()).to_string().starts_with("fe80::"));
            assert_ne!(map.v6("fe80::1:2".parse().unwrap()).to_string(), "fe80::1:2");
            let inner = map.v4(Ipv4Addr::new(10, 1, 2, 3));
            assert_eq!(map.v6("::ffff:10.1.2.3".parse().unwrap()), inner.to_ipv6_mapped());
        }
    }

    #[test]
    fn another_key_replaces_otherwise() {
        let (mut one, mut two) = (addresses(b"one"), addresses(b"two"));
        let same = (0..1000_u32).filter(|n| one.v4(Ipv4Addr::from_bits(0x0a00_0000 | n)) == two.v4(Ipv4Addr::from_bits(0x0a00_0000 | n)));
        assert!(same.count() < 10);
    }

    #[test]
    fn ethernet_addresses_keep_their_maker_and_stay_apart() {
        let map = addresses(b"one");
        let all: HashSet<[u8; 6]> = (0..10_000_u32)
            .map(|n| {
                let [_, d, e, f] = n.to_be_bytes();
                let mapped = map.mac([0, 0x1b, 0x54, d, e, f]);
                assert_eq!(mapped[..3], [0, 0x1b, 0x54]);
                mapped
            })
            .collect();
        assert_eq!(all.len(), 10_000);
        for same in [[0xff; 6], [0; 6], [1, 0, 0x5e, 0, 0, 1], [0, 0, 0x0c, 7, 0xac, 1], [0x33, 0x33, 0, 0, 0, 1]] {
            assert_eq!(map.mac(same), same);
        }
    }

    proptest! {
        #[test]
        fn prefixes_are_preserved_and_nothing_meets(key in any::<u64>(), a in any::<u32>(), flip in 0u32..32, c in any::<u32>()) {
            let mut map = addresses(&key.to_le_bytes());
            // Random pairs share few bits: one of each pair differs from a certain bit on.
            let near = a ^ (1 << flip) ^ (c & ((1_u32 << flip) - 1));
            for b in [near, c] {
                let mapped = (map.v4(Ipv4Addr::from_bits(a)).to_bits(), map.v4(Ipv4Addr::from_bits(b)).to_bits());
                prop_assert_eq!(shared(u128::from(a), u128::from(b)), shared(u128::from(mapped.0), u128::from(mapped.1)));
            }
        }

        #[test]
        fn prefixes_of_ipv6_too(key in any::<u64>(), a in any::<u128>(), flip in 0u32..128, c in any::<u128>()) {
            let mut map = addresses(&key.to_le_bytes());
            let ordinary = |bits: u128| bits >> 32 != 0xffff && bits >> 32 != 0x0064_ff9b << 64 && bits >> 120 != 0xff;
            let near = a ^ (1 << flip) ^ (c & ((1_u128 << flip) - 1));
            for b in [near, c] {
                prop_assume!(ordinary(a) && ordinary(b));
                let mapped = (map.v6(Ipv6Addr::from_bits(a)).to_bits(), map.v6(Ipv6Addr::from_bits(b)).to_bits());
                prop_assert_eq!(shared(a, b), shared(mapped.0, mapped.1));
            }
        }
    }
}

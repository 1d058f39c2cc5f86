//! IP fragments until they are whole, bounded in number and bytes; the packet begun longest ago makes room.
//!
//! Sources: RFC 791 §3.2, RFC 8200 §4.5. Of bytes that came twice the first stay, as most receivers have it.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;

use super::stream::Moment;

/// What all fragments of one packet have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) source: IpAddr,
    pub(super) destination: IpAddr,
    pub(super) protocol: u8,
    pub(super) identification: u32,
}

/// Where a fragment stands in its packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) identification: u32,
    /// Bytes before it.
    pub(super) offset: usize,
    /// Others follow.
    pub(super) more: bool,
}

/// The longest packet that fragments can make.
const LONGEST: usize = 65_535;

/// What a fragment costs in memory beside its bytes.
const PART: usize = 96;

/// Packets that wait for fragments.
pub(super) struct Fragments {
    waiting: HashMap<Key, Packet>,
    /// Keys by when their packet began.
    ages: BTreeMap<u64, Key>,
    begun: u64,
    held: usize,
    most: usize,
    most_bytes: usize,
    /// Packets given up because others needed the room.
    pub(super) dropped: u64,
}

struct Packet {
    age: u64,
    /// Where its first fragment in the capture stands.
    at: Moment,
    /// Bytes by offset, without overlap.
    parts: BTreeMap<usize, Vec<u8>>,
    held: usize,
    length: Option<usize>,
}

impl Fragments {
    /// At most `most` packets wait, with at most `most_bytes` bytes.
    pub(super) fn new(most: usize, most_bytes: usize) -> Self {
        Self { waiting: HashMap::new(), ages: BTreeMap::new(), begun: 0, held: 0, most: most.max(1), most_bytes, dropped: 0 }
    }

    /// Takes a fragment; the payload of the packet when this one made it whole.
    pub(super) fn take(&mut self, key: Key, part: Part, data: &[u8], at: Moment) -> Option<Vec<u8>> {
        if part.offset.saturating_add(data.len()) > LONGEST {
            return None;
        }
        let begun = &mut self.begun;
        let ages = &mut self.ages;
        let packet = self.waiting.entry(key).or_insert_with(|| {
            *begun += 1;
            ages.insert(*begun, key);
            Packet { age: *begun, at, parts: BTreeMap::new(), held: 0, length: None }
        });
        let before = packet.cost();
        packet.add(part, data);
        self.held = self.held + packet.cost() - before;
        if packet.is_whole() {
            let packet = self.remove(key)?;
            return Some(packet.parts.into_values().flatten().collect());
        }
        while self.waiting.len() > self.most || self.held > self.most_bytes {
            let oldest = self.ages.first_key_value().map(|(_, key)| *key)?;
            self.remove(oldest);
            self.dropped += 1;
        }
        None
    }

    /// The beginnings of packets that never became whole, the oldest first.
    pub(super) fn beginnings(&mut self) -> impl Iterator<Item = (Key, Moment, Vec<u8>)> + use<> {
        self.held = 0;
        let ages = std::mem::take(&mut self.ages);
        let mut waiting = std::mem::take(&mut self.waiting);
        ages.into_values().filter_map(move |key| {
            let mut packet = waiting.remove(&key)?;
            Some((key, packet.at, packet.parts.remove(&0)?))
        })
    }

    fn remove(&mut self, key: Key) -> Option<Packet> {
        let packet = self.waiting.remove(&key)?;
        self.ages.remove(&packet.age);
        self.held -= packet.cost();
        Some(packet)
    }
}

impl Packet {
    fn add(&mut self, part: Part, data: &[u8]) {
        let end = part.offset + data.len();
        if !part.more {
            self.length.get_or_insert(end);
        }
        // What is there already stays: the new bytes fill the gaps between.
        let mut at = part.offset;
        let before = self.parts.range(..part.offset).next_back();
        let known: Vec<(usize, usize)> = before
            .into_iter()
            .chain(self.parts.range(part.offset..end))
            .map(|(start, bytes)| (*start, start + bytes.len()))
            .filter(|(_, stop)| *stop > part.offset)
            .collect();
        for (start, stop) in known.into_iter().chain([(end, end)]) {
            if let Some(bytes) = data.get(at - part.offset..start.saturating_sub(part.offset).max(at - part.offset))
                && !bytes.is_empty()
            {
                self.held += bytes.len();
                self.parts.insert(at, bytes.to_vec());
            }
            at = at.max(stop);
            if at >= end {
                break;
            }
        }
    }

    /// Bytes of memory that it takes.
    fn cost(&self) -> usize {
        self.held + self.parts.len() * PART
    }

    fn is_whole(&self) -> bool {
        // Without overlap, as many bytes as the packet has are all of them.
        self.length.is_some_and(|length| {
            self.held >= length && self.parts.first_key_value().is_some_and(|(start, _)| *start == 0) && {
                let end = self.parts.last_key_value().map_or(0, |(start, bytes)| start + bytes.len());
                self.held == end
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key(identification: u32) -> Key {
        let address = IpAddr::from([192, 0, 2, 1]);
        Key { source: address, destination: address, protocol: 6, identification }
    }

    const NOW: Moment = Moment { packet: 1, time: None };

    fn part(offset: usize, more: bool) -> Part {
        Part { identification: 1, offset, more }
    }

    #[test]
    fn a_packet_is_whole_with_its_last_fragment_in_any_order() {
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [2, 0, 1]] {
            let mut fragments = Fragments::new(8, 1 << 20);
            let pieces = [(part(0, true), "abcdefgh"), (part(8, true), "ijklmnop"), (part(16, false), "qr")];
            let whole: Vec<Option<Vec<u8>>> =
                order.iter().map(|at| pieces[*at]).map(|(part, data)| fragments.take(key(1), part, data.as_bytes(), NOW)).collect();
            assert_eq!(whole, [None, None, Some(b"abcdefghijklmnopqr".to_vec())]);
            assert_eq!((fragments.waiting.len(), fragments.ages.len(), fragments.held), (0, 0, 0));
        }
    }

    #[test]
    fn bytes_that_come_twice_do_not_change_what_is_there() {
        let mut fragments = Fragments::new(8, 1 << 20);
        assert_eq!(fragments.take(key(1), part(8, true), b"ijklmnop", NOW), None);
        assert_eq!(fragments.take(key(1), part(8, true), b"IJKLMNOP", NOW), None);
        assert_eq!(fragments.take(key(1), part(0, true), b"abcdefghXXXX", NOW), None);
        assert_eq!(fragments.take(key(1), part(12, false), b"YYYYqr", NOW), Some(b"abcdefghijklmnopqr".to_vec()));
    }

    #[test]
    fn the_packet_begun_longest_ago_makes_room() {
        let mut fragments = Fragments::new(2, 1 << 20);
        for id in 1..=3 {
            assert_eq!(fragments.take(key(id), part(0, true), b"abcdefgh", NOW), None);
        }
        assert_eq!(fragments.dropped, 1);
        assert_eq!(fragments.take(key(1), part(8, false), b"i", NOW), None);
        assert_eq!(fragments.take(key(3), part(8, false), b"i", NOW), Some(b"abcdefghi".to_vec()));
        let mut small = Fragments::new(100, 2 * (PART + 8));
        for id in 1..=3 {
            small.take(key(id), part(0, true), b"abcdefgh", NOW);
        }
        assert_eq!((small.held, small.dropped), (2 * (PART + 8), 1));
    }

    proptest! {
        /// Cut anywhere, in any order, with pieces twice: the same bytes come back, once.
        #[test]
        fn any_cut_in_any_order_comes_back_whole(
            data in proptest::collection::vec(any::<u8>(), 1..200),
            pieces in proptest::collection::vec((0usize..25, 1usize..12), 0..20),
            seed in any::<u64>(),
        ) {
            let mut parts: Vec<(usize, usize)> = (0..data.len()).step_by(8).map(|at| (at, (at + 8).min(data.len()))).collect();
            parts.extend(pieces.iter().map(|(start, units)| (start * 8, ((start + units) * 8).min(data.len()))).filter(|(a, b)| a < b));
            let mut state = seed;
            for at in (1..parts.len()).rev() {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                parts.swap(at, (state >> 33) as usize % (at + 1));
            }
            let mut fragments = Fragments::new(8, 1 << 20);
            let mut whole = Vec::new();
            for (start, end) in parts {
                whole.extend(fragments.take(key(1), part(start, end < data.len()), &data[start..end], NOW));
            }
            prop_assert!(!whole.is_empty());
            prop_assert!(whole.iter().all(|found| *found == data));
        }

        /// No fragment makes it panic or hold more than it may.
        #[test]
        fn hostile_fragments_cost_no_more_than_allowed(
            parts in proptest::collection::vec((0u32..4, 0usize..70_000, any::<bool>(), 0usize..3_000), 0..60),
        ) {
            let mut fragments = Fragments::new(3, 8_000);
            for (id, offset, more, length) in parts {
                fragments.take(key(id), Part { identification: id, offset, more }, &vec![0; length], NOW);
                prop_assert!(fragments.held <= 8_000 && fragments.waiting.len() <= 3);
                prop_assert_eq!(fragments.held, fragments.waiting.values().map(|packet| packet.cost()).sum::<usize>());
            }
        }
    }
}

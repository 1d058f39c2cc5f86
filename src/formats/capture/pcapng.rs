//! pcapng: sections, interfaces, packet blocks. Source: draft-ietf-opsawg-pcapng.
//!
//! Block bodies are taken apart by pcap-parser, one whole block of checked length at a time. Which block is next, its
//! limits and where to go on behind a damaged one are decided here.

use pcap_parser::pcapng::{
    BOM_MAGIC, CB_MAGIC, DCB_MAGIC, EPB_MAGIC, EnhancedPacketBlock, IDB_MAGIC, OptionCode, SHB_MAGIC, SJE_MAGIC, SPB_MAGIC,
    SimplePacketBlock, parse_enhancedpacketblock_be, parse_enhancedpacketblock_le, parse_interfacedescriptionblock_be,
    parse_interfacedescriptionblock_le, parse_simplepacketblock_be, parse_simplepacketblock_le,
};

use super::CaptureLimits;
use super::buffer::Buffer;
use super::bytes::Order;
use super::container::{Packet, Taken, Time, Walk};
use crate::intake::TroubleKind;

/// Type of a section header block, the same in both byte orders.
pub(super) const MAGIC: [u8; 4] = [0x0a, 0x0d, 0x0d, 0x0a];

/// The packet block of early writers, unknown to the crate.
const OBSOLETE_PACKET: u32 = 2;

/// Events of Sysdig: plain, of version 2, and large ones of version 2.
const SYSDIG: [u32; 3] = [0x204, 0x216, 0x221];

/// Interfaces kept of one section; packets of later ones are counted only.
const INTERFACES: usize = 65_536;

/// What a block may have beside its packet. The crate keeps a list of all options of a block, at eight times their
/// length if they are empty.
const OPTIONS: usize = 1 << 20;

/// What an interface description says that packets need.
#[derive(Clone, Copy)]
struct Interface {
    link: u16,
    snaplen: u32,
    /// Time units in one second.
    units: u64,
    /// Seconds to add to every time.
    offset: i64,
}

/// The blocks of a pcapng file.
#[derive(Clone)]
pub(super) struct Blocks {
    order: Order,
    interfaces: Vec<Option<Interface>>,
    /// Interfaces of the section, with those that are not kept.
    described: usize,
    /// A packet of an interface that is not described was met, and one that its block cannot hold.
    undescribed: bool,
    unreadable: bool,
}

impl Blocks {
    pub(super) fn new() -> Self {
        Self { order: Order::Little, interfaces: Vec::new(), described: 0, undescribed: false, unreadable: false }
    }

    /// Hands the packets to `each` that are whole in memory. False where there are no more.
    pub(super) fn more(
        &mut self,
        input: &mut Buffer<'_>,
        limits: &CaptureLimits,
        walk: &mut Walk,
        each: &mut dyn FnMut(&Packet<'_>),
    ) -> bool {
        loop {
            // All that is whole in memory and without fault, in place.
            let taken = self.take(input.bytes(), walk.packets, limits, each);
            if taken.bytes > 0 {
                input.advance(taken.bytes);
                walk.packets += taken.packets;
                return true;
            }
            if !input.fill(12) {
                if !input.bytes().is_empty() {
                    walk.cut(input, "a block");
                }
                return false;
            }
            if input.bytes().starts_with(&MAGIC) {
                let order = self.order;
                match mark(input.bytes()) {
                    Some(marked) => self.order = marked,
                    None if walk.resume(input, "a section without byte order mark stands", |bytes, _| starts(bytes, order, limits)) => {
                        continue;
                    }
                    None => return false,
                }
                self.interfaces.clear();
                self.described = 0;
            }
            let order = self.order;
            let (Some(kind), Some(length)) = (order.u32(input.bytes(), 0), order.u32(input.bytes(), 4)) else { return false };
            let length = length as usize;
            let packet = matches!(kind, OBSOLETE_PACKET | SPB_MAGIC | EPB_MAGIC);
            let wanted = packet || matches!(kind, SHB_MAGIC | IDB_MAGIC);
            if length < 12 || !length.is_multiple_of(4) || length > limits.block {
                let beyond = if length > limits.block { format!(", beyond the limit `block` of {}", limits.block) } else { String::new() };
                let what = format!("a block of type {kind} claims {length} bytes{beyond}");
                if walk.resume(input, &what, |bytes, _| starts(bytes, order, limits)) {
                    continue;
                }
                return false;
            }
            if !input.fill(length) {
                walk.cut(input, "a block");
                return false;
            }
            let block = input.bytes().get(..length).unwrap_or_default();
            if order.u32(block, length - 4).map(|again| again as usize) != Some(length) {
                if walk.resume(input, "a block whose two lengths differ stands", |bytes, _| starts(bytes, order, limits)) {
                    continue;
                }
                return false;
            }
            if !wanted {
                // Nothing in it is used, decryption secrets least of all.
                walk.packets += u64::from(is_numbered(kind));
            }
            self.described += usize::from(kind == IDB_MAGIC);
            if kind == IDB_MAGIC && self.interfaces.len() < INTERFACES {
                self.interfaces.push((length <= OPTIONS).then(|| interface(block, order)).flatten());
            } else if packet && length > limits.packet.saturating_add(OPTIONS) {
                walk.next(length, limits);
            } else if packet {
                self.packet(kind, block, limits, walk, each);
            }
            input.advance(length);
        }
    }

    pub(super) fn take(&self, bytes: &[u8], before: u64, limits: &CaptureLimits, each: &mut dyn FnMut(&Packet<'_>)) -> Taken {
        let mut taken = Taken::default();
        while let Some(block) = bytes.get(taken.bytes..).and_then(|rest| rest.get(..self.whole(rest, limits)?)) {
            let Some(kind) = self.order.u32(block, 0) else { break };
            match kind {
                SHB_MAGIC | IDB_MAGIC => break,
                OBSOLETE_PACKET | SPB_MAGIC | EPB_MAGIC => {
                    let Some(Raw { interface: Some(interface), time, data, length, .. }) = raw(kind, block, self.order, &self.interfaces)
                    else {
                        break;
                    };
                    if data.len() > limits.packet || block.len() > limits.packet.saturating_add(OPTIONS) {
                        break;
                    }
                    taken.packets += 1;
                    each(&Packet { number: before + taken.packets, time, link: Some(interface.link), data, length });
                }
                kind => taken.packets += u64::from(is_numbered(kind)),
            }
            taken.bytes += block.len();
        }
        taken
    }

    /// The length of the block that `bytes` begin with, where it is all there and ends as it begins.
    fn whole(&self, bytes: &[u8], limits: &CaptureLimits) -> Option<usize> {
        let length = self.order.u32(bytes, 4)? as usize;
        let sound = length >= 12 && length <= limits.block && length.is_multiple_of(4);
        (sound && self.order.u32(bytes, length - 4)? as usize == length).then_some(length)
    }

    pub(super) fn length(&self, bytes: &[u8], limits: &CaptureLimits) -> Option<usize> {
        let (Some(kind), Some(length)) = (self.order.u32(bytes, 0), self.order.u32(bytes, 4)) else { return Some(12) };
        let length = length as usize;
        let taken = length >= 12 && length <= limits.block.min(limits.packet.saturating_add(OPTIONS)) && length.is_multiple_of(4);
        (taken && !matches!(kind, SHB_MAGIC | IDB_MAGIC)).then_some(length)
    }

    /// The length of a block that could begin here.
    pub(super) fn sound(&self, bytes: &[u8], limits: &CaptureLimits) -> Option<usize> {
        let common = self.order.u32(bytes, 0).is_some_and(|kind| matches!(kind, 2..=6));
        let length = self.length(bytes, limits).filter(|_| common)?;
        // The second length of the last one in memory may lie beyond it.
        self.order.u32(bytes, length - 4).is_none_or(|again| again as usize == length).then_some(length)
    }

    /// Hands one packet on, or says why not.
    fn packet(&mut self, kind: u32, block: &[u8], limits: &CaptureLimits, walk: &mut Walk, each: &mut dyn FnMut(&Packet<'_>)) {
        let Some(Raw { index, interface, time, data, length }) = raw(kind, block, self.order, &self.interfaces) else {
            // Counted, so that later packets keep their numbers.
            walk.packets += 1;
            if !std::mem::replace(&mut self.unreadable, true) {
                let message = format!("packet {} is longer than the block that holds it; it was not read", walk.packets);
                walk.trouble(TroubleKind::Corrupt, message);
            }
            return;
        };
        let Some(number) = walk.next(data.len(), limits) else { return };
        if interface.is_none() && !std::mem::replace(&mut self.undescribed, true) {
            let index = index as usize;
            if index >= INTERFACES && index < self.described {
                let message = format!("packet {number} is of interface {index}; of one section {INTERFACES} interfaces are read");
                walk.trouble(TroubleKind::Limit, message);
            } else {
                let message = format!("packet {number} is of an interface that the file does not describe");
                walk.trouble(TroubleKind::Corrupt, message);
            }
        }
        each(&Packet { number, time, link: interface.map(|interface| interface.link), data, length });
    }
}

/// Whether a block is no packet but numbered as one by Wireshark.
fn is_numbered(kind: u32) -> bool {
    matches!(kind, CB_MAGIC | DCB_MAGIC | SJE_MAGIC) || SYSDIG.contains(&kind)
}

struct Raw<'a> {
    /// Number of its interface in the section.
    index: u32,
    interface: Option<Interface>,
    time: Option<Time>,
    data: &'a [u8],
    length: u32,
}

/// The packet of a block; `None` where the block is too short for what it says to hold.
fn raw<'a>(kind: u32, block: &'a [u8], order: Order, interfaces: &[Option<Interface>]) -> Option<Raw<'a>> {
    let described = |index: u32| interfaces.get(index as usize).copied().flatten();
    match kind {
        SPB_MAGIC => {
            let parse = if order == Order::Big { parse_simplepacketblock_be } else { parse_simplepacketblock_le };
            let (_, SimplePacketBlock { origlen: length, data, .. }) = parse(block).ok()?;
            let (index, interface) = (0, described(0));
            let longest = interface.map_or(0, |interface| interface.snaplen);
            let captured = if longest == 0 { length } else { length.min(longest) } as usize;
            Some(Raw { index, interface, time: None, data: data.get(..captured).unwrap_or(data), length })
        }
        EPB_MAGIC => {
            // Nearly all have no options, and nothing then that could be wrong beside the length.
            let word = |at| order.u32(block, at);
            let captured = word(20)? as usize;
            if block.len().checked_sub(32) == captured.checked_next_multiple_of(4) {
                let index = word(8)?;
                let interface = described(index);
                let time = interface.and_then(|interface| interface.time(word(12)?, word(16)?));
                return Some(Raw { index, interface, time, data: block.get(28..28 + captured)?, length: word(24)? });
            }
            let parse = if order == Order::Big { parse_enhancedpacketblock_be } else { parse_enhancedpacketblock_le };
            let (_, packet) = parse(block).ok()?;
            let index = packet.if_id;
            let interface = described(index);
            let time = interface.and_then(|interface| interface.time(packet.ts_high, packet.ts_low));
            let EnhancedPacketBlock { data, caplen, origlen: length, .. } = packet;
            Some(Raw { index, interface, time, data: data.get(..caplen as usize)?, length })
        }
        _ => {
            let body = block.get(8..block.len().checked_sub(4)?)?;
            let index = order.u16(body, 0)?.into();
            let interface = described(index);
            let time = (order.u32(body, 4)?, order.u32(body, 8)?);
            let (captured, length) = (order.u32(body, 12)? as usize, order.u32(body, 16)?);
            let data = body.get(20..)?.get(..captured)?;
            let time = interface.and_then(|interface| interface.time(time.0, time.1));
            Some(Raw { index, interface, time, data, length })
        }
    }
}

impl Interface {
    fn time(self, high: u32, low: u32) -> Option<Time> {
        const NANOS: u64 = 1_000_000_000;
        let stamp = u64::from(high) << 32 | u64::from(low);
        let seconds = i64::try_from(stamp / self.units).ok()?.checked_add(self.offset)?;
        let fraction = stamp % self.units;
        let nanos = if self.units <= NANOS {
            fraction * NANOS / self.units
        } else {
            u64::try_from(u128::from(fraction) * u128::from(NANOS) / u128::from(self.units)).ok()?
        };
        Some(Time { seconds, nanos: u32::try_from(nanos).ok()? })
    }
}

fn interface(block: &[u8], order: Order) -> Option<Interface> {
    let parse = if order == Order::Big { parse_interfacedescriptionblock_be } else { parse_interfacedescriptionblock_le };
    let (_, description) = parse(block).ok()?;
    // The crate's own reading of the two (0.17) takes every offset for little-endian and refuses powers of two.
    let (mut units, mut offset) = (1_000_000, 0);
    for option in description.options.iter().take_while(|option| option.code != OptionCode::EndOfOpt) {
        match (option.code, option.as_bytes().unwrap_or_default()) {
            // A power of ten, or of two with the top bit set.
            (OptionCode::IfTsresol, [power]) => {
                let found = if power & 0x80 == 0 { 10u64.checked_pow((*power).into()) } else { 2u64.checked_pow((power & 0x7f).into()) };
                units = found.unwrap_or(units);
            }
            (OptionCode::IfTsoffset, value) => offset = order.i64(value, 0).unwrap_or_default(),
            _ => {}
        }
    }
    Some(Interface { link: u16::try_from(description.linktype.0 & 0xffff).ok()?, snaplen: description.snaplen, units, offset })
}

/// The byte order that a section header states.
fn mark(block: &[u8]) -> Option<Order> {
    [Order::Big, Order::Little].into_iter().find(|order| order.u32(block, 8) == Some(BOM_MAGIC))
}

/// Whether a block of a common type begins here and ends with the same length as it begins with.
fn starts(bytes: &[u8], order: Order, limits: &CaptureLimits) -> bool {
    let block = || {
        let order = if bytes.starts_with(&MAGIC) { mark(bytes)? } else { order };
        let (kind, length) = (order.u32(bytes, 0)?, order.u32(bytes, 4)? as usize);
        let common = (1..=6).contains(&kind) || kind == SHB_MAGIC;
        let whole = (12..=limits.block).contains(&length) && length.is_multiple_of(4);
        Some(common && whole && order.u32(bytes, length - 4)? as usize == length)
    };
    block() == Some(true)
}

#[cfg(test)]
mod tests {
    use super::super::container::walk;
    use super::*;

    fn block(kind: u32, body: &[u8]) -> Vec<u8> {
        let mut body = body.to_vec();
        body.resize(body.len().next_multiple_of(4), 0);
        let length = (body.len() as u32 + 12).to_le_bytes();
        [&kind.to_le_bytes()[..], &length, &body, &length].concat()
    }

    fn section() -> Vec<u8> {
        block(SHB_MAGIC, &[0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255])
    }

    fn enhanced(interface: u8, stamp: u32, data: &[u8]) -> Vec<u8> {
        let length = (data.len() as u32).to_le_bytes();
        block(EPB_MAGIC, &[&[interface, 0, 0, 0, 0, 0, 0, 0], &stamp.to_le_bytes()[..], &length, &length, data].concat())
    }

    type Seen = Vec<(u64, Option<Time>, Option<u16>, Vec<u8>)>;

    fn seen(mut bytes: &[u8]) -> (Walk, Seen) {
        let mut seen = Vec::new();
        let walk = walk(&mut bytes, &CaptureLimits::default(), &mut |packet| {
            seen.push((packet.number, packet.time, packet.link, packet.data.to_vec()));
        });
        (walk, seen)
    }

    #[test]
    fn resolutions_and_offsets_hold_for_their_interface() {
        let microseconds = block(IDB_MAGIC, &[1, 0, 0, 0, 0, 0, 0, 0]);
        let halves = block(IDB_MAGIC, &[113, 0, 0, 0, 0, 0, 0, 0, 9, 0, 1, 0, 0x81, 0, 0, 0, 14, 0, 8, 0, 100, 0, 0, 0, 0, 0, 0, 0]);
        let file = [section(), microseconds, halves, enhanced(0, 1_500_000, b"a"), enhanced(1, 3, b"b"), enhanced(7, 3, b"c")].concat();
        let (walk, packets) = seen(&file);
        let time = |seconds, nanos| Some(Time { seconds, nanos });
        assert_eq!(
            packets,
            [
                (1, time(1, 500_000_000), Some(1), b"a".to_vec()),
                (2, time(101, 500_000_000), Some(113), b"b".to_vec()),
                (3, None, None, b"c".to_vec())
            ]
        );
        assert_eq!(walk.troubles.len(), 1);
    }

    #[test]
    fn reading_goes_on_behind_a_nonsense_length() {
        let mut bad = enhanced(0, 2, b"bad");
        bad[4..8].copy_from_slice(&[0xfd, 0xff, 0xff, 0xff]);
        let file = [section(), block(IDB_MAGIC, &[1, 0, 0, 0, 0, 0, 0, 0]), enhanced(0, 1, b"one"), bad, enhanced(0, 3, b"three")].concat();
        let (walk, packets) = seen(&file);
        assert_eq!(packets.iter().map(|(_, _, _, data)| data.as_slice()).collect::<Vec<_>>(), [&b"one"[..], b"three"]);
        assert_eq!(walk.troubles.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(), [TroubleKind::Corrupt]);
    }

    #[test]
    fn a_block_that_hides_packets_is_damage() {
        let head = [section(), block(IDB_MAGIC, &[1, 0, 0, 0, 0, 0, 0, 0]), enhanced(0, 1, b"one")].concat();
        for filling in [8, 100_000] {
            let two = enhanced(0, 2, b"two");
            let mut hiding = block(5, &vec![0; filling]);
            let length = (hiding.len() + two.len()) as u32;
            hiding[4..8].copy_from_slice(&length.to_le_bytes());
            // The second packet's own length is what the hiding block ends with.
            let file = [&head[..], &hiding, &two, &enhanced(0, 3, b"three")].concat();
            let (walk, packets) = seen(&file);
            assert_eq!(packets.iter().map(|(_, _, _, data)| data.as_slice()).collect::<Vec<_>>(), [&b"one"[..], b"two", b"three"]);
            let [(TroubleKind::Corrupt, message)] = &walk.troubles[..] else { panic!("{:?}", walk.troubles) };
            assert!(message.contains("two lengths differ") && message.contains(&format!("at byte {};", head.len())), "{message}");
        }
    }

    #[test]
    fn interfaces_beyond_the_limit_are_no_damage() {
        let interfaces = block(IDB_MAGIC, &[1, 0, 0, 0, 0, 0, 0, 0]).repeat(INTERFACES + 1);
        for (index, kind) in [(INTERFACES as u32, TroubleKind::Limit), (INTERFACES as u32 + 1, TroubleKind::Corrupt)] {
            let mut packet = enhanced(0, 1, b"one");
            packet[8..12].copy_from_slice(&index.to_le_bytes());
            let (walk, packets) = seen(&[&section()[..], &interfaces, &packet].concat());
            assert_eq!((packets.len(), walk.troubles.iter().map(|(kind, _)| *kind).collect::<Vec<_>>()), (1, vec![kind]));
        }
    }

    #[test]
    fn packets_have_the_numbers_of_wireshark() {
        // (block types between two packets, the number of the second as tshark 4.0 shows it)
        for (kinds, number) in [
            (&[4, 5, 7, 10, 0x8000_0001, 0x101, 0x1234][..], 2),
            (&[0xbad], 3),
            (&[0x4000_0bad], 3),
            (&[9], 3),
            (&[0x204, 0x216, 0x221], 5),
            (&[0x201, 0x208, 0x217, 0x222], 2),
        ] {
            let between = kinds.iter().map(|kind| block(*kind, &[0; 48])).collect::<Vec<_>>().concat();
            let file = [section(), block(IDB_MAGIC, &[1, 0, 0, 0, 0, 0, 0, 0]), enhanced(0, 1, b"one"), between, enhanced(0, 2, b"two")];
            let (walk, packets) = seen(&file.concat());
            assert_eq!((walk.troubles, walk.packets, packets.last().map(|packet| packet.0)), (vec![], number, Some(number)), "{kinds:x?}");
        }
    }

    #[test]
    fn both_byte_orders_and_all_packet_blocks_are_read() {
        for order in [Order::Little, Order::Big] {
            let word = |value: u32| if order == Order::Big { value.to_be_bytes() } else { value.to_le_bytes() };
            let half = |value: u16| if order == Order::Big { value.to_be_bytes() } else { value.to_le_bytes() };
            let offset = |value: i64| if order == Order::Big { value.to_be_bytes() } else { value.to_le_bytes() };
            let block = |kind: u32, body: &[u8]| {
                let mut body = body.to_vec();
                body.resize(body.len().next_multiple_of(4), 0);
                let length = word(body.len() as u32 + 12);
                [&word(kind)[..], &length, &body, &length].concat()
            };
            let section = block(SHB_MAGIC, &[&word(BOM_MAGIC)[..], &half(1), &half(0), &[0xff; 8]].concat());
            let options =
                [&half(9)[..], &half(1), &[3, 0, 0, 0], &half(14), &half(8), &offset(-10), &[0; 4], &half(9), &half(1), &[6]].concat();
            let interface = block(IDB_MAGIC, &[&half(1)[..], &half(0), &word(4), &options].concat());
            let packet = [&word(0)[..], &word(0), &word(11_500), &word(3), &word(9), b"abc"].concat();
            let file = [
                section,
                interface,
                block(EPB_MAGIC, &packet),
                block(OBSOLETE_PACKET, &packet),
                block(SPB_MAGIC, &[&word(9)[..], b"abcdefghi"].concat()),
                block(EPB_MAGIC, &[&packet[..12], &word(5), &word(9), b"abc"].concat()),
                block(EPB_MAGIC, &packet),
            ]
            .concat();
            let (walk, packets) = seen(&file);
            let time = Some(Time { seconds: 1, nanos: 500_000_000 });
            let expected =
                [(1, time, b"abc".to_vec()), (2, time, b"abc".to_vec()), (3, None, b"abcd".to_vec()), (5, time, b"abc".to_vec())];
            assert_eq!(packets, expected.map(|(number, time, data)| (number, time, Some(1), data)), "{order:?}");
            let [(TroubleKind::Corrupt, message)] = &walk.troubles[..] else { panic!("{:?}", walk.troubles) };
            assert!(message.contains("packet 4"), "{message}");
        }
    }

    #[test]
    fn a_long_unknown_block_is_passed_over() {
        let file =
            [section(), block(IDB_MAGIC, &[1, 0, 0, 0, 0, 0, 0, 0]), block(0xbad, &vec![0; 1 << 20]), enhanced(0, 1, b"one")].concat();
        let (walk, packets) = seen(&file);
        assert_eq!((walk.troubles, packets.len()), (vec![], 1));
    }
}

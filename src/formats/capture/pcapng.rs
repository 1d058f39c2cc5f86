//! pcapng: sections, interfaces, packet blocks. Source: draft-ietf-opsawg-pcapng.

use super::CaptureLimits;
use super::buffer::Buffer;
use super::bytes::Order;
use super::container::{Packet, Time, Walk};
use crate::intake::TroubleKind;

/// Type of a section header block, the same in both byte orders.
pub(super) const MAGIC: [u8; 4] = [0x0a, 0x0d, 0x0d, 0x0a];

const SECTION: u32 = 0x0a0d_0d0a;
const INTERFACE: u32 = 1;
const OBSOLETE_PACKET: u32 = 2;
const SIMPLE_PACKET: u32 = 3;
const ENHANCED_PACKET: u32 = 6;

/// Interfaces kept of one section; later ones are as if not described.
const INTERFACES: usize = 65_536;

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

/// Hands every packet of the file to `each`.
pub(super) fn blocks(input: &mut Buffer<'_>, limits: &CaptureLimits, walk: &mut Walk, each: &mut dyn FnMut(&Packet<'_>)) {
    "pcapng".clone_into(&mut walk.format);
    let mut order = Order::Little;
    let mut interfaces: Vec<Interface> = Vec::new();
    let mut undescribed = false;
    loop {
        if !input.fill(12) {
            if !input.bytes().is_empty() {
                walk.cut(input, "a block");
            }
            return;
        }
        if input.bytes().starts_with(&MAGIC) {
            match mark(input.bytes()) {
                Some(marked) => order = marked,
                None if walk.resume(input, "a section without byte order mark stands", |bytes, _| starts(bytes, order, limits)) => continue,
                None => return,
            }
            interfaces.clear();
        }
        let (Some(kind), Some(length)) = (order.u32(input.bytes(), 0), order.u32(input.bytes(), 4)) else { return };
        let length = length as usize;
        let wanted = matches!(kind, SECTION | INTERFACE | OBSOLETE_PACKET | SIMPLE_PACKET | ENHANCED_PACKET);
        let packet = matches!(kind, OBSOLETE_PACKET | SIMPLE_PACKET | ENHANCED_PACKET);
        if length < 12 || !length.is_multiple_of(4) || (wanted && length > limits.block) {
            let what = format!("a block of type {kind} claims {length} bytes");
            if walk.resume(input, &what, |bytes, _| starts(bytes, order, limits)) {
                continue;
            }
            return;
        }
        if !wanted {
            // Nothing in it is used, decryption secrets least of all.
            if !input.skip(length as u64) {
                return walk.cut(input, "a block");
            }
            continue;
        }
        if !input.fill(length) {
            return walk.cut(input, "a block");
        }
        let block = input.bytes().get(..length).unwrap_or_default();
        if order.u32(block, length - 4) != Some(length as u32) {
            if walk.resume(input, "a block whose two lengths differ stands", |bytes, _| starts(bytes, order, limits)) {
                continue;
            }
            return;
        }
        let body = block.get(8..length - 4).unwrap_or_default();
        if kind == INTERFACE && interfaces.len() < INTERFACES {
            interfaces.push(interface(body, order));
        } else if packet {
            match raw(kind, body, order, &interfaces) {
                Some(raw) => {
                    if let Some(number) = walk.next(raw.data.len(), limits) {
                        let Raw { interface, time, data, length } = raw;
                        undescribed |= interface.is_none();
                        each(&Packet { number, time, link: interface.map(|interface| interface.link), data, length });
                    }
                }
                // Counted, so that later packets keep their numbers.
                None => walk.packets += 1,
            }
        }
        input.advance(length);
        if undescribed {
            undescribed = false;
            let message = format!("packet {} is of an interface that the file does not describe", walk.packets);
            if !walk.troubles.iter().any(|(_, text)| text.ends_with("does not describe")) {
                walk.trouble(TroubleKind::Corrupt, message);
            }
        }
    }
}

struct Raw<'a> {
    interface: Option<Interface>,
    time: Option<Time>,
    data: &'a [u8],
    length: u32,
}

fn raw<'a>(kind: u32, body: &'a [u8], order: Order, interfaces: &[Interface]) -> Option<Raw<'a>> {
    if kind == SIMPLE_PACKET {
        let length = order.u32(body, 0)?;
        let interface = interfaces.first().copied();
        let data = body.get(4..)?;
        let longest = interface.map_or(0, |interface| interface.snaplen);
        let captured = if longest == 0 { length } else { length.min(longest) } as usize;
        return Some(Raw { interface, time: None, data: data.get(..captured).unwrap_or(data), length });
    }
    let index = if kind == ENHANCED_PACKET { order.u32(body, 0)? } else { order.u16(body, 0)?.into() };
    let interface = interfaces.get(index as usize).copied();
    let stamp = u64::from(order.u32(body, 4)?) << 32 | u64::from(order.u32(body, 8)?);
    let captured = order.u32(body, 12)? as usize;
    let length = order.u32(body, 16)?;
    let data = body.get(20..)?;
    let data = data.get(..captured).unwrap_or(data);
    Some(Raw { interface, time: interface.and_then(|interface| interface.time(stamp)), data, length })
}

impl Interface {
    fn time(self, stamp: u64) -> Option<Time> {
        let seconds = i64::try_from(stamp / self.units).ok()?.checked_add(self.offset)?;
        let nanos = u128::from(stamp % self.units) * 1_000_000_000 / u128::from(self.units);
        Some(Time { seconds, nanos: u32::try_from(nanos).ok()? })
    }
}

fn interface(body: &[u8], order: Order) -> Interface {
    let mut interface = Interface {
        link: order.u16(body, 0).unwrap_or_default(),
        snaplen: order.u32(body, 4).unwrap_or_default(),
        units: 1_000_000,
        offset: 0,
    };
    let mut options = body.get(8..).unwrap_or_default();
    while let (Some(code @ 1..), Some(length)) = (order.u16(options, 0), order.u16(options, 2)) {
        let length = usize::from(length);
        let value = options.get(4..4 + length).unwrap_or_default();
        match (code, value) {
            // if_tsresol: a power of ten, or of two with the top bit set.
            (9, [power]) => {
                let units = if power & 0x80 == 0 { 10u64.checked_pow((*power).into()) } else { 2u64.checked_pow((power & 0x7f).into()) };
                interface.units = units.unwrap_or(interface.units);
            }
            // if_tsoffset
            (14, _) => interface.offset = order.i64(value, 0).unwrap_or_default(),
            _ => {}
        }
        options = options.get(4 + length.next_multiple_of(4)..).unwrap_or_default();
    }
    interface
}

/// The byte order that a section header states.
fn mark(block: &[u8]) -> Option<Order> {
    match block.get(8..12)? {
        [0x1a, 0x2b, 0x3c, 0x4d] => Some(Order::Big),
        [0x4d, 0x3c, 0x2b, 0x1a] => Some(Order::Little),
        _ => None,
    }
}

/// Whether a block of a common type begins here and ends with the same length as it begins with.
fn starts(bytes: &[u8], order: Order, limits: &CaptureLimits) -> bool {
    let block = || {
        let order = if bytes.starts_with(&MAGIC) { mark(bytes)? } else { order };
        let (kind, length) = (order.u32(bytes, 0)?, order.u32(bytes, 4)? as usize);
        let common = (1..=6).contains(&kind) || kind == SECTION;
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
        block(SECTION, &[0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255])
    }

    fn enhanced(interface: u8, stamp: u32, data: &[u8]) -> Vec<u8> {
        let length = (data.len() as u32).to_le_bytes();
        block(ENHANCED_PACKET, &[&[interface, 0, 0, 0, 0, 0, 0, 0], &stamp.to_le_bytes()[..], &length, &length, data].concat())
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
        let microseconds = block(INTERFACE, &[1, 0, 0, 0, 0, 0, 0, 0]);
        let halves = block(INTERFACE, &[113, 0, 0, 0, 0, 0, 0, 0, 9, 0, 1, 0, 0x81, 0, 0, 0, 14, 0, 8, 0, 100, 0, 0, 0, 0, 0, 0, 0]);
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
        let file = [section(), block(INTERFACE, &[1, 0, 0, 0, 0, 0, 0, 0]), enhanced(0, 1, b"one"), bad, enhanced(0, 3, b"three")].concat();
        let (walk, packets) = seen(&file);
        assert_eq!(packets.iter().map(|(_, _, _, data)| data.as_slice()).collect::<Vec<_>>(), [&b"one"[..], b"three"]);
        assert_eq!(walk.troubles.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(), [TroubleKind::Corrupt]);
    }

    #[test]
    fn a_huge_unknown_block_is_skipped_without_being_held() {
        let file =
            [section(), block(INTERFACE, &[1, 0, 0, 0, 0, 0, 0, 0]), block(0xbad, &vec![0; 1 << 20]), enhanced(0, 1, b"one")].concat();
        let (walk, packets) = seen(&file);
        assert_eq!((walk.troubles, packets.len()), (vec![], 1));
    }
}

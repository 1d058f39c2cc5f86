//! Capture files to packets: recognition, and the classic pcap format. pcapng is in [`super::pcapng`].
//!
//! File headers are taken apart by pcap-parser. Records are read in place, by hand: there are millions of them, they have
//! four fields, and the crate's own readers stop for good at the first length that lies, and tell no offsets.
//!
//! Sources: the tcpdump group's pcap-savefile page and draft-ietf-opsawg-pcap; the "modified" record header is
//! Alexey Kuznetzov's libpcap patch as Wireshark's wiretap reads it.

use std::io::Read;

use pcap_parser::pcap::parse_pcap_header;

use super::CaptureLimits;
use super::buffer::Buffer;
use super::bytes::Order;
use super::pcapng::{self, Blocks};
use crate::intake::TroubleKind;

/// A packet's time: seconds since 1970 in UTC, and nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Time {
    pub(super) seconds: i64,
    pub(super) nanos: u32,
}

/// One packet of a capture file.
pub(super) struct Packet<'a> {
    /// Counted from 1 over the whole file.
    pub(super) number: u64,
    pub(super) time: Option<Time>,
    /// LINKTYPE_ number; `None` for a pcapng packet of an interface that was never described.
    pub(super) link: Option<u16>,
    /// The captured bytes.
    pub(super) data: &'a [u8],
    /// Length on the wire.
    pub(super) length: u32,
}

/// What was met beside the packets.
#[derive(Default)]
pub(super) struct Walk {
    pub(super) format: String,
    pub(super) packets: u64,
    pub(super) troubles: Vec<(TroubleKind, String)>,
    /// Packets larger than the limit, left out.
    oversized: u64,
    /// Where the input was found damaged and taken up again.
    damaged: u64,
}

/// A capture file being read.
pub(super) struct Container<'r> {
    input: Buffer<'r>,
    limits: &'r CaptureLimits,
    walk: Walk,
    format: Format,
}

/// What must be known of a file to read on at one of its packets.
#[derive(Clone)]
pub(super) enum Format {
    Records(Records),
    Blocks(Blocks),
    Unknown,
}

/// A file that is left between two packets, to be read on in another way.
pub(super) struct Left {
    pub(super) format: Format,
    /// Where the next packet begins.
    pub(super) offset: u64,
    walk: Walk,
}

/// What was taken without looking beyond it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Taken {
    pub(super) bytes: usize,
    /// Packets, with what is counted as such.
    pub(super) packets: u64,
    /// The time of the last packet of a pcap.
    last: Option<Time>,
}

impl<'r> Container<'r> {
    /// Reads the file header; `step` is how much is read at once.
    pub(super) fn open(reader: &'r mut dyn Read, step: usize, limits: &'r CaptureLimits) -> Self {
        let mut input = Buffer::new(reader, step, 0);
        let mut walk = Walk::default();
        input.fill(4);
        let magic = input.bytes().first_chunk::<4>().copied().unwrap_or_default();
        let format = match Header::of(magic) {
            _ if magic == pcapng::MAGIC => {
                "pcapng".clone_into(&mut walk.format);
                Format::Blocks(Blocks::new())
            }
            Some(header) => Records::open(&mut input, header, &mut walk).map_or(Format::Unknown, Format::Records),
            None => {
                "unknown".clone_into(&mut walk.format);
                walk.trouble(TroubleKind::Corrupt, "no pcap or pcapng file: the first four bytes are none of their marks".to_owned());
                Format::Unknown
            }
        };
        Self { input, limits, walk, format }
    }

    /// Hands the next packets to `each`, in file order: those that are whole in memory. False where there are no more.
    pub(super) fn more(&mut self, each: &mut dyn FnMut(&Packet<'_>)) -> bool {
        match &mut self.format {
            Format::Records(records) => records.more(&mut self.input, self.limits, &mut self.walk, each),
            Format::Blocks(blocks) => blocks.more(&mut self.input, self.limits, &mut self.walk, each),
            Format::Unknown => false,
        }
    }

    /// Where the next packet begins.
    pub(super) fn offset(&self) -> u64 {
        self.input.offset()
    }

    /// Leaves off where the next packet begins.
    pub(super) fn leave(self) -> Left {
        Left { offset: self.input.offset(), format: self.format, walk: self.walk }
    }

    /// Reads on where the file was left; `reader` stands there.
    pub(super) fn resume(left: Left, reader: &'r mut dyn Read, step: usize, limits: &'r CaptureLimits) -> Self {
        let Left { format, offset, walk } = left;
        Self { input: Buffer::new(reader, step, offset), limits, walk, format }
    }

    /// What was met beside the packets.
    pub(super) fn close(self) -> Walk {
        let Self { input, limits, mut walk, .. } = self;
        if let Some(failure) = input.failure() {
            let message = format!("reading failed at byte {}: {failure}; the {} packets before were used", input.offset(), walk.packets);
            walk.trouble(TroubleKind::Io, message);
        }
        if walk.oversized > 0 {
            let message = format!(
                "{} packets longer than the limit `packet` of {} bytes were left out; raise it with --limit packet=BYTES",
                walk.oversized, limits.packet
            );
            walk.trouble(TroubleKind::Limit, message);
        }
        walk
    }
}

impl Taken {
    /// Adds what was taken next.
    pub(super) fn add(&mut self, next: Self) {
        self.bytes += next.bytes;
        self.packets += next.packets;
        self.last = next.last.or(self.last);
    }
}

impl Left {
    /// How many packets came before.
    pub(super) fn packets(&self) -> u64 {
        self.walk.packets
    }

    /// What begins here was taken otherwise.
    pub(super) fn pass(&mut self, taken: Taken) {
        self.offset += taken.bytes as u64;
        self.walk.packets += taken.packets;
        if let Format::Records(records) = &mut self.format {
            records.last = taken.last.or(records.last);
        }
    }
}

impl Format {
    /// Takes packets off the front of `bytes`, of which `before` were counted, as long as they are whole and there is nothing to
    /// say about them and nothing to learn for the packets behind.
    pub(super) fn take(&self, bytes: &[u8], before: u64, limits: &CaptureLimits, each: &mut dyn FnMut(&Packet<'_>)) -> Taken {
        match self {
            Self::Records(records) => records.take(bytes, before, limits, each),
            Self::Blocks(blocks) => blocks.take(bytes, before, limits, each),
            Self::Unknown => Taken::default(),
        }
    }

    /// How many bytes the record or block has that `bytes` begin with, as far as they tell: its header's where that is not whole.
    /// `None` where it is none that [`Self::take`] would take.
    pub(super) fn length(&self, bytes: &[u8], limits: &CaptureLimits) -> Option<usize> {
        match self {
            Self::Records(records) => records.length(bytes, limits),
            Self::Blocks(blocks) => blocks.length(bytes, limits),
            Self::Unknown => None,
        }
    }

    /// Where a packet seems to begin first in `bytes`, which are anywhere in the file, `from` bytes behind the begin of another:
    /// several packets in a row that look sound.
    pub(super) fn find(&self, bytes: &[u8], from: u64, limits: &CaptureLimits) -> Option<usize> {
        /// In a row; so many where there are no more to be seen. What is guessed here is proven by the packets before, so these
        /// decide about speed only.
        const ROW: usize = 8;
        const FEW: usize = 3;
        /// The longest header.
        const HEADER: usize = 28;
        let sound = |mut rest: &[u8]| {
            for before in 0..ROW {
                let length = match self {
                    Self::Records(records) => records.sound(rest, None),
                    Self::Blocks(blocks) => blocks.sound(rest, limits),
                    Self::Unknown => None,
                };
                let Some(length) = length else { return false };
                match rest.get(length..) {
                    Some(next) if next.len() >= HEADER => rest = next,
                    _ => return before + 1 >= FEW,
                }
            }
            true
        };
        let (first, step) = match self {
            // Blocks are whole words.
            Self::Blocks(_) => (usize::try_from(from.wrapping_neg() % 4).unwrap_or(0), 4),
            _ => (0, 1),
        };
        (first..bytes.len()).step_by(step).find(|at| bytes.get(*at..).is_some_and(sound))
    }
}

/// Hands every packet of the file to `each`, in file order.
#[cfg(test)]
pub(super) fn walk(reader: &mut dyn Read, limits: &CaptureLimits, each: &mut dyn FnMut(&Packet<'_>)) -> Walk {
    let mut container = Container::open(reader, super::buffer::STEP, limits);
    while container.more(each) {}
    container.close()
}

impl Walk {
    pub(super) fn trouble(&mut self, kind: TroubleKind, message: String) {
        self.troubles.push((kind, message));
    }

    /// The input ends inside something.
    pub(super) fn cut(&mut self, input: &Buffer<'_>, inside: &str) {
        // A read that failed is reported as such.
        if input.failure().is_none() {
            let message = format!(
                "the file ends inside {inside} that begins at byte {}; the {} packets before were used",
                input.offset(),
                self.packets
            );
            self.trouble(TroubleKind::Truncated, message);
        }
    }

    /// The input is damaged at the current offset. Looks for the next thing that `starts` there and goes on at it;
    /// false where none is near or the file was taken up too often.
    pub(super) fn resume(&mut self, input: &mut Buffer<'_>, what: &str, starts: impl Fn(&[u8], bool) -> bool) -> bool {
        const REACH: usize = 1 << 20;
        const TIMES: u64 = 64;
        self.damaged += 1;
        let offset = input.offset();
        let complete = !input.fill(REACH);
        let window = input.bytes();
        let found = (1..window.len()).find(|at| window.get(*at..).is_some_and(|rest| starts(rest, complete)));
        match found {
            Some(at) if self.damaged <= TIMES => {
                input.advance(at);
                if self.damaged == 1 {
                    let message = format!(
                        "{what} at byte {offset}; reading went on at byte {}, packet numbers after {} may differ from other tools'",
                        input.offset(),
                        self.packets
                    );
                    self.trouble(TroubleKind::Corrupt, message);
                }
                true
            }
            _ => {
                let message = format!("{what} at byte {offset}; the {} packets before were used, the rest was not read", self.packets);
                self.trouble(TroubleKind::Corrupt, message);
                false
            }
        }
    }

    /// Counts the next packet; `None` where it is too long to be looked at.
    pub(super) fn next(&mut self, captured: usize, limits: &CaptureLimits) -> Option<u64> {
        self.packets += 1;
        if captured > limits.packet {
            self.oversized += 1;
            return None;
        }
        Some(self.packets)
    }
}

/// What the magic of a pcap file says of its records.
#[derive(Clone, Copy)]
struct Header {
    order: Order,
    /// Fractions of a second in one second.
    units: u32,
    /// Length of a record header.
    record: usize,
    name: &'static str,
}

impl Header {
    fn of(magic: [u8; 4]) -> Option<Self> {
        let order = match magic {
            [0xa1, 0xb2, ..] => Order::Big,
            [.., 0xb2, 0xa1] => Order::Little,
            [.., 0x3c, _, 0xa1] => Order::Little,
            _ => return None,
        };
        let (units, record, name) = match Order::u32(order, &magic, 0)? {
            0xa1b2_c3d4 => (1_000_000, 16, "usec"),
            0xa1b2_3c4d => (1_000_000_000, 16, "nsec"),
            0xa1b2_cd34 => (1_000_000, 24, "modified"),
            _ => return None,
        };
        Some(Self { order, units, record, name })
    }

    /// The snap length and the link type that a file header states.
    fn file(self, header: &[u8]) -> Option<(u32, u16)> {
        let mut plain: [u8; 24] = *header.first_chunk()?;
        // The crate knows the modified mark in one byte order only; what follows the mark is the same for all.
        plain.first_chunk_mut::<4>()?.copy_from_slice(&match self.order {
            Order::Big => 0xa1b2_c3d4_u32.to_be_bytes(),
            Order::Little => 0xa1b2_c3d4_u32.to_le_bytes(),
        });
        let (_, header) = parse_pcap_header(&plain).ok()?;
        // The upper bits tell of frame check sequences; the type has 16.
        Some((header.snaplen, u16::try_from(header.network.0 & 0xffff).ok()?))
    }

    /// The record that these bytes begin with: its time, its data and its length on the wire. `None` where it is not
    /// all there or has more than `most` bytes of data.
    #[inline]
    fn frame(self, bytes: &[u8], most: usize) -> Option<(Time, &[u8], u32)> {
        let head: &[u8; 16] = bytes.first_chunk()?;
        let word = |at| self.order.u32(head, at);
        let captured = word(8)? as usize;
        if captured > most {
            return None;
        }
        let data = bytes.get(self.record..)?.get(..captured)?;
        Some((self.time(word(0)?, word(4)?), data, word(12)?))
    }

    /// The time of a record. Fractions beyond one second are carried over, as tcpdump shows them.
    fn time(self, seconds: u32, fraction: u32) -> Time {
        let nanos = (fraction % self.units).saturating_mul(1_000_000_000 / self.units);
        Time { seconds: i64::from(seconds) + i64::from(fraction / self.units), nanos }
    }

    /// Whether a record could begin here: times near `last`, lengths that agree, and another such record or the
    /// end of the file behind it.
    fn plausible(self, bytes: &[u8], last: Option<Time>, longest: u32, complete: bool) -> bool {
        let Some(record) = self.sound(bytes, last, longest) else { return false };
        match bytes.get(record..) {
            None => false,
            Some([]) => complete,
            Some(next) => self.sound(next, last, longest).is_some(),
        }
    }

    /// The length of a record that could begin here.
    fn sound(self, bytes: &[u8], last: Option<Time>, longest: u32) -> Option<usize> {
        const DAYS: i64 = 30 * 86_400;
        let head: &[u8; 16] = bytes.first_chunk()?;
        let word = |at| self.order.u32(head, at);
        let (captured, length) = (word(8)?, word(12)?);
        let time = self.time(word(0)?, word(4)?);
        let near = last.is_none_or(|last| (time.seconds - last.seconds).abs() < DAYS);
        (near && word(4)? < self.units && (1..=longest).contains(&captured) && captured <= length && length <= 1 << 18)
            .then_some(self.record + captured as usize)
    }
}

/// The records of a pcap file.
#[derive(Clone)]
pub(super) struct Records {
    header: Header,
    link: u16,
    /// The longest record that is believed in where damage is passed.
    longest: u32,
    /// The time of the packet before.
    last: Option<Time>,
}

impl Records {
    fn open(input: &mut Buffer<'_>, header: Header, walk: &mut Walk) -> Option<Self> {
        walk.format = format!("pcap {} {}", if header.order == Order::Big { "BE" } else { "LE" }, header.name);
        if !input.fill(24) {
            walk.cut(input, "the file header");
            return None;
        }
        let (snaplen, link) = header.file(input.bytes())?;
        input.advance(24);
        Some(Self { header, link, longest: if snaplen == 0 { 1 << 18 } else { snaplen.min(1 << 18) }, last: None })
    }

    fn take(&self, bytes: &[u8], before: u64, limits: &CaptureLimits, each: &mut dyn FnMut(&Packet<'_>)) -> Taken {
        let Self { header, link, .. } = *self;
        let most = limits.packet.min(limits.block);
        let mut taken = Taken::default();
        while let Some((time, data, length)) = bytes.get(taken.bytes..).and_then(|bytes| header.frame(bytes, most)) {
            taken.packets += 1;
            taken.last = Some(time);
            each(&Packet { number: before + taken.packets, time: Some(time), link: Some(link), data, length });
            taken.bytes += header.record + data.len();
        }
        taken
    }

    fn length(&self, bytes: &[u8], limits: &CaptureLimits) -> Option<usize> {
        let Some(captured) = self.header.order.u32(bytes, 8) else { return Some(self.header.record) };
        let captured = captured as usize;
        (captured <= limits.packet.min(limits.block)).then_some(self.header.record + captured)
    }

    /// The length of a record that could begin here.
    fn sound(&self, bytes: &[u8], last: Option<Time>) -> Option<usize> {
        self.header.sound(bytes, last, self.longest)
    }

    fn more(&mut self, input: &mut Buffer<'_>, limits: &CaptureLimits, walk: &mut Walk, each: &mut dyn FnMut(&Packet<'_>)) -> bool {
        let Self { header, longest, last, .. } = *self;
        let most = limits.packet.min(limits.block);
        loop {
            // All that is whole in memory, in place.
            let taken = self.take(input.bytes(), walk.packets, limits, each);
            if taken.bytes > 0 {
                input.advance(taken.bytes);
                walk.packets += taken.packets;
                self.last = taken.last;
                return true;
            }
            if !input.fill(header.record) {
                if !input.bytes().is_empty() {
                    walk.cut(input, "a packet header");
                }
                return false;
            }
            let Some(captured) = header.order.u32(input.bytes(), 8) else { return false };
            let captured = captured as usize;
            if captured > limits.block {
                let what = format!("a packet claims {captured} captured bytes");
                if walk.resume(input, &what, |bytes, complete| header.plausible(bytes, last, longest, complete)) {
                    continue;
                }
                return false;
            }
            if !input.fill(header.record + captured.min(limits.packet)) {
                walk.cut(input, "a packet");
                return false;
            }
            // A record that was cut by the end of the memory is whole now; one that is too long is left out.
            if captured > most {
                walk.next(captured, limits);
                if !input.skip((header.record + captured) as u64) {
                    walk.cut(input, "a packet");
                    return false;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(order: Order, magic: u32, record: usize, packets: &[(u32, u32, &[u8])]) -> Vec<u8> {
        let word = |value: u32| if order == Order::Big { value.to_be_bytes() } else { value.to_le_bytes() };
        let mut bytes: Vec<u8> = [magic, 0x0002_0004, 0, 0, 65_535, 1].into_iter().flat_map(word).collect();
        for (seconds, fraction, data) in packets {
            bytes.extend([*seconds, *fraction, data.len() as u32, data.len() as u32].into_iter().flat_map(word));
            bytes.resize(bytes.len() + record - 16, 0);
            bytes.extend_from_slice(data);
        }
        bytes
    }

    type Seen = Vec<(u64, Option<Time>, Vec<u8>)>;

    fn seen(mut bytes: &[u8]) -> (Walk, Seen) {
        let mut seen = Vec::new();
        let walk = walk(&mut bytes, &CaptureLimits::default(), &mut |packet| seen.push((packet.number, packet.time, packet.data.to_vec())));
        (walk, seen)
    }

    #[test]
    fn every_magic_is_read() {
        for (order, magic, record, name, nanos) in [
            (Order::Little, 0xa1b2_c3d4, 16, "pcap LE usec", 5_000),
            (Order::Big, 0xa1b2_c3d4, 16, "pcap BE usec", 5_000),
            (Order::Little, 0xa1b2_3c4d, 16, "pcap LE nsec", 5),
            (Order::Big, 0xa1b2_3c4d, 16, "pcap BE nsec", 5),
            (Order::Little, 0xa1b2_cd34, 24, "pcap LE modified", 5_000),
            (Order::Big, 0xa1b2_cd34, 24, "pcap BE modified", 5_000),
        ] {
            let (walk, packets) = seen(&file(order, magic, record, &[(7, 5, b"abc"), (8, 5, b"defg")]));
            assert_eq!(walk.format, name);
            assert_eq!(walk.troubles, [], "{name}");
            let time = |seconds| Some(Time { seconds, nanos });
            assert_eq!(packets, [(1, time(7), b"abc".to_vec()), (2, time(8), b"defg".to_vec())], "{name}");
        }
    }

    #[test]
    fn a_cut_file_keeps_what_was_whole() {
        let whole = file(Order::Little, 0xa1b2_c3d4, 16, &[(7, 5, b"abc"), (8, 5, b"defg")]);
        for cut in 4..whole.len() {
            let (walk, packets) = seen(&whole[..cut]);
            assert_eq!(packets.len(), usize::from(cut >= 24 + 19), "cut at {cut}");
            let between = cut == 24 || cut == 24 + 19;
            assert_eq!(walk.troubles.first().map(|(kind, _)| *kind), (!between).then_some(TroubleKind::Truncated), "cut at {cut}");
        }
    }

    #[test]
    fn reading_goes_on_behind_a_nonsense_length() {
        let mut bytes = file(
            Order::Little,
            0xa1b2_c3d4,
            16,
            &[(700_000, 5, b"one"), (700_001, 6, b"two"), (700_002, 7, b"three"), (700_003, 8, b"four")],
        );
        let second = 24 + 19;
        bytes[second + 8..second + 12].copy_from_slice(&[0xff; 4]);
        let (walk, packets) = seen(&bytes);
        assert_eq!(packets.iter().map(|(_, _, data)| data.as_slice()).collect::<Vec<_>>(), [&b"one"[..], b"three", b"four"]);
        let [(TroubleKind::Corrupt, message)] = &walk.troubles[..] else { panic!("{:?}", walk.troubles) };
        assert!(message.contains("at byte 43"), "{message}");
    }

    #[test]
    fn what_is_no_capture_is_said() {
        for bytes in [&b""[..], b"\xd4", b"hello world", &[0; 64]] {
            let (walk, packets) = seen(bytes);
            assert_eq!((walk.format.as_str(), packets.len(), walk.troubles.len()), ("unknown", 0, 1));
        }
    }
}

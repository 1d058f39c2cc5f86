//! What is kept of TCP connections. Each direction is put in order, to a bounded length of what waits, and taken for TLS,
//! HTTP or DNS by how it begins; handshakes in the clear, heads of requests and answers, and the heads of TLS records are kept,
//! edited once they are whole, and laid over the zeros that the rest becomes.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;

use super::super::Redactor;
use super::layers::Segment;
use super::payload;

type Flow = (IpAddr, IpAddr, u16, u16);

/// Bytes of one direction that wait for earlier ones.
const WAITING: usize = 512 << 10;
/// Bytes kept of all connections together, and of one head.
const KEPT: usize = 192 << 20;
const HEAD: usize = 64 << 10;
/// Directions that are followed.
const DIRECTIONS: usize = 500_000;
/// Where a direction begins whose first bytes were not captured: something may come late.
const BEFORE: u64 = 1 << 16;

/// What is kept of all connections.
#[derive(Default)]
pub(super) struct Streams {
    flows: HashMap<Flow, Vec<Direction>>,
    /// How many connections of a flow have begun, in the second reading.
    begun: HashMap<Flow, usize>,
    directions: usize,
    kept: usize,
}

/// One direction of a connection.
struct Direction {
    /// Sequence number of offset 0.
    base: u32,
    /// Its SYN was captured, so that it begins at 0.
    known: bool,
    /// The highest offset that was met.
    last: u64,
    /// The offset that comes next.
    next: u64,
    waiting: BTreeMap<u64, (Vec<u8>, u64)>,
    held: usize,
    state: State,
    patches: Vec<Patch>,
    /// Heads of TLS records whose bodies are not kept.
    heads: Vec<(u64, [u8; 5])>,
}

/// Bytes that are kept, from an offset on.
struct Patch {
    at: u64,
    kind: Kind,
    bytes: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Tls,
    Http,
    Dns,
}

enum State {
    /// At something new, or at something that is not kept: what a segment begins with is looked at.
    New,
    Tls {
        /// What is there of a record's head.
        head: Vec<u8>,
        /// What is left of its body, and whether that is kept.
        left: usize,
        keep: bool,
        /// Encryption has begun.
        sealed: bool,
    },
    Http,
    Dns,
}

impl Direction {
    fn new(base: u32, next: u64) -> Self {
        let waiting = BTreeMap::new();
        Self { base, known: false, last: next, next, waiting, held: 0, state: State::New, patches: Vec::new(), heads: Vec::new() }
    }

    /// The offset of a sequence number: the one nearest to where the direction has got.
    fn offset(&mut self, sequence: u32) -> Option<u64> {
        let expected = self.base.wrapping_add(self.last as u32);
        let distance = i64::from(sequence.wrapping_sub(expected).cast_signed());
        let offset = u64::try_from(i64::try_from(self.last).ok()?.checked_add(distance)?).ok()?;
        self.last = self.last.max(offset);
        Some(offset)
    }

    fn arrive(&mut self, offset: u64, bytes: &[u8], length: u64, port: bool, room: &mut usize) {
        if offset + length <= self.next {
            return;
        }
        if offset > self.next {
            let cost = bytes.len() + 64;
            if !self.waiting.contains_key(&offset) && *room >= cost {
                self.held += cost;
                *room -= cost;
                self.waiting.insert(offset, (bytes.to_vec(), length));
            }
            while self.held > WAITING {
                self.jump(port, room);
            }
            return;
        }
        self.take(offset, bytes, length, port, room);
        self.drain(port, room);
    }

    /// Bytes that are next, perhaps after some that were there before.
    fn take(&mut self, offset: u64, bytes: &[u8], length: u64, port: bool, room: &mut usize) {
        let known = usize::try_from(self.next.saturating_sub(offset)).unwrap_or(usize::MAX);
        let end = offset + length;
        if let Some(new) = bytes.get(known..) {
            self.read(new, port, room);
        }
        self.skip(end.saturating_sub(self.next));
    }

    fn drain(&mut self, port: bool, room: &mut usize) {
        while let Some(entry) = self.waiting.first_entry().filter(|entry| *entry.key() <= self.next) {
            let (offset, (bytes, length)) = entry.remove_entry();
            self.held = self.held.saturating_sub(bytes.len() + 64);
            *room += bytes.len() + 64;
            if offset + length > self.next {
                self.take(offset, &bytes, length, port, room);
            }
        }
    }

    /// Gives up what is missing before the first that waits.
    fn jump(&mut self, port: bool, room: &mut usize) {
        match self.waiting.first_key_value() {
            Some((offset, _)) => {
                let missing = offset.saturating_sub(self.next);
                self.skip(missing);
                self.drain(port, room);
            }
            None => self.held = 0,
        }
    }

    /// Bytes that were sent and not captured.
    fn skip(&mut self, missing: u64) {
        if missing == 0 {
            return;
        }
        self.next += missing;
        match &mut self.state {
            State::Tls { left, head, .. } if *left as u64 >= missing && head.is_empty() => *left -= missing as usize,
            state => *state = State::New,
        }
    }

    fn read(&mut self, bytes: &[u8], port: bool, room: &mut usize) {
        let mut rest = bytes;
        if let State::New = self.state {
            self.state = begin(rest, port);
        }
        while !rest.is_empty() {
            let taken = match &self.state {
                State::New => rest.len(),
                State::Dns => self.keep(Kind::Dns, rest, room, false),
                State::Http => self.http(rest, room),
                State::Tls { .. } => self.tls(rest, room),
            };
            self.next += taken as u64;
            rest = rest.get(taken.max(1)..).unwrap_or_default();
        }
    }

    /// Keeps bytes that stand at `next`; `begins` where a structure begins with them.
    fn keep(&mut self, kind: Kind, bytes: &[u8], room: &mut usize, begins: bool) -> usize {
        if *room < bytes.len() {
            return bytes.len();
        }
        match self.patches.last_mut().filter(|patch| patch.kind == kind && patch.at + patch.bytes.len() as u64 == self.next) {
            Some(patch) => {
                patch.bytes.extend_from_slice(bytes);
                *room -= bytes.len();
            }
            // The middle of something tells nothing by itself and cannot be edited.
            None if begins || kind == Kind::Dns => {
                self.patches.push(Patch { at: self.next, kind, bytes: bytes.to_vec() });
                *room -= bytes.len();
            }
            None => {}
        }
        bytes.len()
    }

    fn http(&mut self, bytes: &[u8], room: &mut usize) -> usize {
        let before = self.patches.last().filter(|patch| patch.kind == Kind::Http && patch.at + patch.bytes.len() as u64 == self.next);
        let head = before.map(|patch| patch.bytes.as_slice()).unwrap_or_default();
        let known = head.len();
        let joined = [head.get(known.saturating_sub(3)..).unwrap_or_default(), bytes].concat();
        let end = memchr::memmem::find(&joined, b"\r\n\r\n").map(|at| (at + 4).saturating_sub(known.min(3)));
        let part = bytes.get(..end.unwrap_or(bytes.len())).unwrap_or(bytes);
        self.keep(Kind::Http, part, room, true);
        if end.is_some() || known > HEAD {
            self.state = State::New;
            // What follows in this segment is a body.
            return if end.is_some() { bytes.len() } else { part.len() };
        }
        part.len()
    }

    fn tls(&mut self, bytes: &[u8], room: &mut usize) -> usize {
        let State::Tls { head, left, keep, sealed } = &mut self.state else { return bytes.len() };
        if *left > 0 {
            let part = bytes.get(..(*left).min(bytes.len())).unwrap_or(bytes);
            *left -= part.len();
            if *keep {
                return self.keep(Kind::Tls, part, room, false);
            }
            return part.len();
        }
        let part = bytes.get(..(5 - head.len().min(5)).min(bytes.len())).unwrap_or(bytes);
        head.extend_from_slice(part);
        let taken = part.len();
        let Ok(complete) = <[u8; 5]>::try_from(head.as_slice()) else { return taken };
        let [kind, major, _, high, low] = complete;
        let length = usize::from(high) << 8 | usize::from(low);
        if !(20..=24).contains(&kind) || major != 3 {
            self.state = State::New;
            return bytes.len();
        }
        head.clear();
        *left = length;
        let next = bytes.get(taken..).unwrap_or_default();
        *keep = match kind {
            20 => length == 1,
            // An alert of two bytes is never encrypted.
            21 => length == 2,
            // A second hello may follow the mark that encryption begins, itself in the clear.
            22 => {
                !*sealed
                    || matches!(next, [1 | 2, a, b, c, ..] if (usize::from(*a) << 16 | usize::from(*b) << 8 | usize::from(*c)) + 4 == length)
            }
            _ => false,
        };
        *sealed |= kind == 20 || kind == 23;
        let keep = *keep;
        let at = self.next;
        // The head may have begun in the segment before.
        let start = (at + taken as u64).saturating_sub(5);
        if keep {
            self.next = start;
            self.keep(Kind::Tls, &complete, room, true);
            self.next = at;
        } else if *room > 32 {
            self.heads.push((start, complete));
            *room -= 32;
        }
        taken
    }

    /// Writes what is kept over a part of the direction.
    fn lay(&self, offset: u64, bytes: &mut [u8]) {
        let end = offset + bytes.len() as u64;
        let first = self.patches.partition_point(|patch| patch.at + patch.bytes.len() as u64 <= offset);
        for patch in self.patches.iter().skip(first).take_while(|patch| patch.at < end) {
            lay(patch.at, &patch.bytes, offset, bytes);
        }
        let first = self.heads.partition_point(|(at, _)| at + 5 <= offset);
        for (at, head) in self.heads.iter().skip(first).take_while(|(at, _)| *at < end) {
            lay(*at, head, offset, bytes);
        }
    }
}

fn lay(at: u64, kept: &[u8], offset: u64, bytes: &mut [u8]) {
    let (from, skip) = if at >= offset { ((at - offset) as usize, 0) } else { (0, (offset - at) as usize) };
    let kept = kept.get(skip..).unwrap_or_default();
    for (to, byte) in bytes.iter_mut().skip(from).zip(kept) {
        *to = *byte;
    }
}

/// What a segment begins with.
fn begin(bytes: &[u8], dns: bool) -> State {
    const METHODS: [&[u8]; 10] =
        [b"GET ", b"POST ", b"PUT ", b"HEAD ", b"CONNECT ", b"OPTIONS ", b"DELETE ", b"PATCH ", b"TRACE ", b"HTTP/1."];
    match bytes {
        _ if dns => State::Dns,
        [20..=23, 3, 0..=4, ..] | [20..=23, 3] => State::Tls { head: Vec::new(), left: 0, keep: false, sealed: false },
        _ if METHODS.iter().any(|method| bytes.starts_with(method)) => State::Http,
        _ => State::New,
    }
}

impl Streams {
    fn room(&self) -> usize {
        KEPT.saturating_sub(self.kept)
    }

    /// First reading: takes a segment in.
    pub(super) fn learn(&mut self, segment: &Segment<'_>) {
        let mut room = self.room();
        let known = self.flows.get(&segment.flow).and_then(|of_flow| of_flow.last());
        let new = begins(known, segment);
        if new && self.directions >= DIRECTIONS {
            return;
        }
        let of_flow = self.flows.entry(segment.flow).or_default();
        if new {
            of_flow.push(fresh(segment));
            self.directions += 1;
        }
        let dns = segment.flow.2 == 53 || segment.flow.3 == 53;
        if let Some(direction) = of_flow.last_mut()
            && segment.length > 0
            && let Some(offset) = direction.offset(segment.sequence.wrapping_add(u32::from(segment.syn)))
        {
            direction.arrive(offset, segment.payload, segment.length as u64, dns, &mut room);
        }
        self.kept = KEPT.saturating_sub(room);
    }

    /// All was read: edits what is kept.
    pub(super) fn settle(&mut self, redactor: &mut Redactor) {
        let mut flows: Vec<Flow> = self.flows.keys().copied().collect();
        flows.sort_unstable();
        for flow in flows {
            let dns = flow.2 == 53 || flow.3 == 53;
            for direction in self.flows.get_mut(&flow).into_iter().flatten() {
                let mut room = KEPT.saturating_sub(self.kept);
                while !direction.waiting.is_empty() {
                    direction.jump(dns, &mut room);
                }
                self.kept = KEPT.saturating_sub(room);
                for patch in &mut direction.patches {
                    match patch.kind {
                        Kind::Tls => payload::tls(redactor, &mut patch.bytes),
                        Kind::Http => payload::http(redactor, &mut patch.bytes),
                        Kind::Dns => payload::dns_stream(redactor, &mut patch.bytes),
                    }
                }
                direction.last = first_offset(direction);
            }
        }
    }

    /// Second reading: what is kept of a segment's payload, the rest zeros. True where something was left out.
    pub(super) fn lay(&mut self, segment: &Segment<'_>, payload: &mut [u8]) -> bool {
        let original = payload.to_vec();
        payload.fill(0);
        let Some(of_flow) = self.flows.get_mut(&segment.flow) else { return !original.is_empty() };
        let begun = self.begun.entry(segment.flow).or_default();
        let current = begun.checked_sub(1).and_then(|at| of_flow.get(at));
        if begins(current, segment) && *begun < of_flow.len() {
            *begun += 1;
        }
        let Some(direction) = begun.checked_sub(1).and_then(|at| of_flow.get_mut(at)) else { return !original.is_empty() };
        if segment.length > 0
            && let Some(offset) = direction.offset(segment.sequence.wrapping_add(u32::from(segment.syn)))
        {
            direction.lay(offset, payload);
        }
        original != payload
    }
}

/// Where the reading of a direction begins.
fn first_offset(direction: &Direction) -> u64 {
    if direction.known { 0 } else { BEFORE }
}

/// Whether a segment begins another connection of its flow.
fn begins(current: Option<&Direction>, segment: &Segment<'_>) -> bool {
    match current {
        None => true,
        Some(direction) => {
            segment.syn && direction.base.wrapping_add(if direction.known { 0 } else { BEFORE as u32 }) != segment.sequence.wrapping_add(1)
        }
    }
}

fn fresh(segment: &Segment<'_>) -> Direction {
    if segment.syn {
        let mut direction = Direction::new(segment.sequence.wrapping_add(1), 0);
        direction.known = true;
        direction
    } else {
        Direction::new(segment.sequence.wrapping_sub(BEFORE as u32), BEFORE)
    }
}

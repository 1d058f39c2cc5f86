//! One direction of a TCP connection, put back in order to a bounded length.
//!
//! Bytes that the capture lacks are never glued over: their number is reported as a gap, and what lies behind comes
//! after it. Where two segments claim the same bytes, the first is believed.

use super::container::Time;

/// A packet of the capture, as the place of what it completed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment {
    pub(super) packet: u64,
    pub(super) time: Option<Time>,
}

/// Segments that wait for an earlier one, at most.
const WAITING: usize = 512;

/// Packets of the connection that may pass after the receiver acknowledged bytes that were not captured. Until then
/// the capture may just hold the packets in the wrong order.
const PATIENCE: u8 = 8;

/// Distances beyond this are no window of TCP's, but another connection or damage.
const WINDOW: i32 = 1 << 30;

#[derive(Default)]
pub(super) struct Stream {
    next: Option<u32>,
    waiting: Vec<Waiting>,
    held: usize,
    impatience: u8,
    closed: bool,
}

struct Waiting {
    sequence: u32,
    length: u32,
    data: Vec<u8>,
    at: Moment,
}

/// What the memory of one small vector costs beside its bytes.
const ALLOCATION: usize = 32;

impl Waiting {
    /// Bytes of memory that it takes: with small segments that is far more than the payload.
    fn cost(&self) -> usize {
        size_of::<Self>() + ALLOCATION + self.data.len()
    }
}

/// What became of a segment.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Arrival<'a> {
    /// Its new part is next in order; `missing` bytes after it were sent, but cut by the snap length.
    Now { data: &'a [u8], missing: usize },
    /// It waits for an earlier one, or is not wanted.
    Later,
    /// All of it was there before.
    Again,
}

/// A segment that waited and is now next in order.
pub(super) struct Ready {
    pub(super) data: Vec<u8>,
    pub(super) missing: usize,
    pub(super) at: Moment,
}

impl Stream {
    /// The sequence number of the first payload byte, from a SYN.
    pub(super) fn begin(&mut self, sequence: u32) {
        if self.next.is_none() {
            self.next = Some(sequence);
        }
    }

    /// Bytes of memory that the segments held back take.
    pub(super) fn held(&self) -> usize {
        self.held
    }

    /// Nothing more is wanted of this direction; only the numbers are followed.
    pub(super) fn close(&mut self) {
        self.closed = true;
        self.waiting = Vec::new();
        self.held = 0;
    }

    /// Whether segments wait for bytes that have not come.
    pub(super) fn waits(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Whether all bytes before `sequence` came.
    pub(super) fn reached(&self, sequence: u32) -> bool {
        self.next.is_none_or(|next| next.wrapping_sub(sequence) as i32 >= 0)
    }

    /// Takes a segment of `length` bytes of which `data` was captured.
    pub(super) fn arrive<'a>(&mut self, sequence: u32, data: &'a [u8], length: usize, at: Moment, limit: usize) -> Arrival<'a> {
        let length = u32::try_from(length).unwrap_or(u32::MAX).min(1 << 24);
        let data = data.get(..length as usize).unwrap_or(data);
        let next = *self.next.get_or_insert(sequence);
        let ahead = sequence.wrapping_sub(next) as i32;
        if !(-WINDOW..WINDOW).contains(&ahead) {
            return Arrival::Later;
        }
        if ahead > 0 {
            if !self.closed {
                self.wait(Waiting { sequence, length, data: data.to_vec(), at }, limit);
            }
            return Arrival::Later;
        }
        let known = ahead.unsigned_abs();
        if known >= length {
            return Arrival::Again;
        }
        self.impatience = 0;
        self.next = Some(next.wrapping_add(length - known));
        let captured = data.len();
        let data = data.get(known as usize..).unwrap_or_default();
        Arrival::Now { data, missing: (length as usize).saturating_sub(captured.max(known as usize)) }
    }

    fn wait(&mut self, segment: Waiting, limit: usize) {
        let next = self.next.unwrap_or_default();
        let distance = |sequence: u32| sequence.wrapping_sub(next);
        let at = self.waiting.partition_point(|other| distance(other.sequence) < distance(segment.sequence));
        if let Some(other) = self.waiting.get(at)
            && other.sequence == segment.sequence
            && other.data.len() >= segment.data.len()
        {
            return;
        }
        // Beyond the limit the segment is let go; it is a gap when its turn comes.
        if self.waiting.len() < WAITING && self.held + segment.cost() <= limit {
            self.held += segment.cost();
            self.waiting.insert(at, segment);
        }
    }

    /// Whether what waits fills its bound, so that waiting longer would lose more than the gap.
    pub(super) fn full(&self, limit: usize) -> bool {
        self.waiting.len() >= WAITING || (self.waits() && self.held >= limit - limit / 8)
    }

    /// The first waiting segment, if it is next in order by now.
    pub(super) fn ready(&mut self) -> Option<Ready> {
        loop {
            let next = self.next?;
            let first = self.waiting.first()?;
            let ahead = first.sequence.wrapping_sub(next) as i32;
            if ahead > 0 {
                return None;
            }
            let first = self.waiting.remove(0);
            self.held -= first.cost();
            if self.waiting.is_empty() {
                self.waiting = Vec::new();
            }
            let known = ahead.unsigned_abs();
            if known < first.length {
                self.next = Some(next.wrapping_add(first.length - known));
                let captured = first.data.len();
                let data = first.data.get(known as usize..).unwrap_or_default().to_vec();
                return Some(Ready { data, missing: (first.length as usize).saturating_sub(captured.max(known as usize)), at: first.at });
            }
        }
    }

    /// Gives up the bytes before the first waiting segment and says how many they are.
    pub(super) fn give_up(&mut self) -> Option<usize> {
        let next = self.next?;
        let first = self.waiting.first()?;
        let ahead = first.sequence.wrapping_sub(next) as i32;
        self.next = Some(first.sequence);
        self.impatience = 0;
        Some(usize::try_from(ahead).unwrap_or_default())
    }

    /// The receiver acknowledged up to `acknowledged`. True when it had bytes for long that the capture has not.
    pub(super) fn acknowledged(&mut self, acknowledged: u32) -> bool {
        let Some(first) = self.waiting.first() else { return false };
        if acknowledged.wrapping_sub(first.sequence) as i32 >= 0 {
            self.impatience = self.impatience.saturating_add(1);
        }
        self.impatience > PATIENCE
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const AT: Moment = Moment { packet: 1, time: None };

    /// Feeds segments and returns what came out, `?` for each missing byte.
    fn assemble(start: Option<u32>, segments: &[(u32, &[u8], usize)], last: bool) -> Vec<u8> {
        let mut stream = Stream::default();
        if let Some(start) = start {
            stream.begin(start);
        }
        let mut out = Vec::new();
        for (sequence, data, length) in segments {
            if let Arrival::Now { data, missing } = stream.arrive(*sequence, data, *length, AT, 1 << 18) {
                out.extend_from_slice(data);
                out.resize(out.len() + missing, b'?');
            }
            drain(&mut stream, &mut out);
        }
        while last && let Some(missing) = stream.give_up() {
            out.resize(out.len() + missing, b'?');
            drain(&mut stream, &mut out);
        }
        out
    }

    fn drain(stream: &mut Stream, out: &mut Vec<u8>) {
        while let Some(ready) = stream.ready() {
            out.extend_from_slice(&ready.data);
            out.resize(out.len() + ready.missing, b'?');
        }
    }

    #[test]
    fn segments_come_out_in_order() {
        let near_wrap = u32::MAX - 2;
        for (name, start, segments, expected) in [
            ("in order", Some(10), vec![(10, &b"abc"[..], 3), (13, b"def", 3)], "abcdef"),
            ("swapped", Some(10), vec![(13, b"def", 3), (10, b"abc", 3)], "abcdef"),
            ("sent again", Some(10), vec![(10, b"abc", 3), (10, b"abc", 3), (13, b"d", 1)], "abcd"),
            ("overlap, the first is believed", Some(10), vec![(10, b"abc", 3), (11, b"XXde", 4)], "abcde"),
            ("overlap while waiting", Some(10), vec![(12, b"cd", 2), (11, b"bXe", 3), (10, b"a", 1)], "abXe"),
            ("across the end of numbers", Some(near_wrap), vec![(0, b"def", 3), (near_wrap, b"abc", 3)], "abcdef"),
            ("begins in the middle", None, vec![(500, b"abc", 3), (503, b"d", 1)], "abcd"),
            ("a gap", Some(10), vec![(10, b"ab", 2), (15, b"fg", 2)], "ab???fg"),
            ("cut by the snap length", Some(10), vec![(10, b"ab", 5), (15, b"fg", 2)], "ab???fg"),
            ("cut, then sent whole", Some(10), vec![(10, b"ab", 5), (10, b"abcde", 5)], "ab???"),
            ("another connection's numbers", Some(10), vec![(10, b"ab", 2), (0x8000_0000, b"xx", 2), (12, b"c", 1)], "abc"),
            ("keep-alive", Some(10), vec![(10, b"ab", 2), (11, b"", 0), (11, b"x", 1), (12, b"c", 1)], "abc"),
        ] {
            assert_eq!(String::from_utf8_lossy(&assemble(start, &segments, true)), expected, "{name}");
        }
    }

    #[test]
    fn what_waits_is_bounded() {
        let mut stream = Stream::default();
        stream.begin(0);
        for index in 0..10_000u32 {
            stream.arrive(10 + index * 1_000, &[0; 1_000], 1_000, AT, 100_000);
            assert!(stream.held() <= 100_000);
        }
        assert!(stream.full(100_000));
        assert_eq!(stream.give_up(), Some(10));
    }

    #[test]
    fn small_segments_are_charged_for_more_than_their_payload() {
        let mut stream = Stream::default();
        stream.begin(0);
        for index in 0..50 {
            stream.arrive(10 + index * 2, b"x", 1, AT, 10_000);
        }
        assert!((50 * 65..=10_000).contains(&stream.held()), "{}", stream.held());
        while stream.give_up().is_some() {
            while stream.ready().is_some() {}
        }
        assert_eq!((stream.held(), stream.waiting.capacity()), (0, 0));
    }

    proptest! {
        #[test]
        fn any_cutting_and_order_gives_the_same_bytes(
            bytes in prop::collection::vec(any::<u8>(), 1..400), start: u32,
            cuts in prop::collection::vec((0usize..400, 1usize..60), 0..40), order in prop::collection::vec(0usize..1000, 60),
        ) {
            // Every byte once, plus arbitrary extra segments, in an arbitrary order.
            let mut pieces: Vec<(usize, usize)> = (0..bytes.len()).step_by(20).map(|at| (at, (at + 20).min(bytes.len()))).collect();
            pieces.extend(cuts.iter().map(|(at, length)| (at % bytes.len(), (at % bytes.len() + length).min(bytes.len()))));
            let mut keyed: Vec<_> = pieces.into_iter().enumerate().map(|(index, piece)| (order[index % order.len()], piece)).collect();
            keyed.sort();
            let segments: Vec<_> = keyed.iter().map(|(_, (from, to))| (start.wrapping_add(*from as u32), &bytes[*from..*to], to - from)).collect();
            prop_assert_eq!(assemble(Some(start), &segments, false), bytes.clone());
        }
    }
}

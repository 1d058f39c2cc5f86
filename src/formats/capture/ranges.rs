//! Reads ranges of one file on several threads, each of which takes the packets of its range apart, and follows what they say
//! in order on the thread at hand.
//!
//! A range owns the packets that begin in it. Where the first of them begins is guessed, and believed only where the packets of
//! the range before end exactly there. Where they do not, and at everything that is more than packets without fault (damage, the
//! end inside a packet, another interface), the reader of streams takes over, so that what is found is the same.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc;

use super::CaptureLimits;
use super::buffer;
use super::container::{Container, Format, Left, Packet, Taken, Time, Walk};
use super::packet::Tcp;
use super::pair::Side;
use super::sieve::{Sieve, Sifted, Totals};
use super::stream::Moment;
use super::table::Ends;
use super::walk::Walker;

/// Ranges in memory at once: enough that none waits for a thread that is held up, and more threads than one who follows can keep
/// up with.
const LANES: usize = 16;

/// How much further than its end a range is read for its last packet.
const BEYOND: usize = 512 << 10;

/// Ranges that must have been of use before others are tried behind what stopped them.
const WORTH: u64 = 64;

/// A file whose bytes can be had in any order.
pub(super) struct File<'f> {
    pub(super) read_at: &'f (dyn Fn(&mut [u8], u64) -> io::Result<usize> + Sync),
    pub(super) length: u64,
    /// Bytes of a range.
    pub(super) range: usize,
}

/// The file from an offset on.
struct Rest<'f> {
    file: &'f File<'f>,
    at: u64,
}

impl Read for Rest<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.file.length.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let most = buffer.len().min(left);
        let read = (self.file.read_at)(buffer.get_mut(..most).unwrap_or_default(), self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

/// The packets of a range.
#[derive(Default)]
struct Piece {
    /// Where the first begins; `None` where none is found.
    start: Option<u64>,
    taken: Taken,
    totals: Totals,
    memory: Vec<u8>,
    packets: Vec<Found>,
}

/// A packet, or the payload of one, in the memory of its piece, and the latest time up to it in the piece.
struct Found {
    at: Moment,
    latest: Option<Time>,
    start: usize,
    captured: usize,
    what: What,
}

enum What {
    Segment { ends: Ends, from: Side, sequence: u32, acknowledged: u32, flags: u8, length: usize },
    Whole { link: Option<u16>, length: u32 },
}

impl Found {
    /// `memory` is where that of the piece begins.
    fn of(packet: &Packet<'_>, sifted: &Sifted<'_>, latest: Option<Time>, memory: usize) -> Option<Self> {
        let Packet { number, time, link, data, length } = *packet;
        let (part, what) = match *sifted {
            Sifted::Dull => return None,
            Sifted::Segment(ends, from, Tcp { sequence, acknowledged, flags, payload, length, .. }) => {
                (payload, What::Segment { ends, from, sequence, acknowledged, flags, length })
            }
            Sifted::Whole => (data, What::Whole { link, length }),
        };
        let start = (part.as_ptr() as usize).wrapping_sub(memory);
        Some(Self { at: Moment { packet: number, time }, latest, start, captured: part.len(), what })
    }

    /// Hands it on; `memory` is that of its piece, `before` and `latest` the number of packets and the latest time before it.
    fn follow(&self, memory: &[u8], before: u64, latest: Option<Time>, walker: &mut Walker<'_>) {
        let Self { at, start, captured, what, .. } = self;
        let at = Moment { packet: before + at.packet, time: at.time };
        let latest = latest.max(self.latest);
        let data = memory.get(*start..).and_then(|data| data.get(..*captured)).unwrap_or_default();
        match *what {
            What::Segment { ends, from, sequence, acknowledged, flags, length } => {
                let (source, destination) = (ends[from].port(), ends[from.other()].port());
                let tcp = Tcp { source, destination, sequence, acknowledged, flags, payload: data, length };
                walker.segment(ends, from, &tcp, at, latest);
            }
            What::Whole { link, length } => walker.packet(&Packet { number: at.packet, time: at.time, link, data, length }, latest),
        }
    }
}

impl Piece {
    /// Reads and takes apart the packets that begin from `from` on, before `to`. One begins at `begin`.
    fn read(&mut self, file: &File<'_>, format: &Format, begin: u64, (from, to): (u64, u64), sieve: &mut Sieve, limits: &CaptureLimits) {
        (self.start, self.taken) = (None, Taken::default());
        self.packets.clear();
        let Self { memory, packets, .. } = self;
        let owned = usize::try_from(to - from).unwrap_or(0);
        memory.resize(owned, 0);
        // What the operating system says is for the reader of streams to meet.
        let Ok(read) = (file.read_at)(memory, from) else { return };
        memory.truncate(read);
        let Some(skipped) = (if from == begin { Some(0) } else { format.find(memory, from - begin, limits) }) else { return };
        let mut taken = Taken::default();
        loop {
            let here = memory.as_ptr() as usize;
            let rest = memory.get(skipped + taken.bytes..).unwrap_or_default();
            taken.add(format.take(rest, taken.packets, limits, &mut |packet| {
                let sifted = sieve.take(packet);
                packets.extend(Found::of(packet, &sifted, sieve.totals.latest(), here));
            }));
            // The last one may end behind the range.
            let end = skipped + taken.bytes;
            let wanted = memory.get(end..).and_then(|rest| format.length(rest, limits)).map_or(0, |length| end + length);
            let known = memory.len();
            if end >= owned || known < owned || wanted <= known || wanted > known + BEYOND || (wanted as u64) > file.length - from {
                break;
            }
            memory.resize(wanted, 0);
            let more = (file.read_at)(memory.get_mut(known..).unwrap_or_default(), from + known as u64).unwrap_or(0);
            memory.truncate(known + more);
            if more < wanted - known {
                break;
            }
        }
        self.start = Some(from + skipped as u64);
        self.taken = taken;
        self.totals = std::mem::take(&mut sieve.totals);
    }

    /// Hands its packets on.
    fn follow(&mut self, left: &mut Left, totals: &mut Totals, walker: &mut Walker<'_>) {
        let (before, latest) = (left.packets(), totals.latest());
        for found in &self.packets {
            found.follow(&self.memory, before, latest, walker);
        }
        totals.add(before, &mut self.totals);
        left.pass(self.taken);
    }
}

/// Reads every so many-th range. What its sieve let through comes before all that it will read.
struct Lane {
    sieve: Sieve,
    piece: Piece,
}

/// Hands to `walker` what is of interest in the packets from where the file was left, as far as ranges show them.
pub(super) fn follow(file: &File<'_>, left: &mut Left, totals: &mut Totals, limits: &CaptureLimits, walker: &mut Walker<'_>) {
    let (begin, format) = (left.offset, left.format.clone());
    let bounds = |number: u64| {
        let from = begin.saturating_add(number.saturating_mul(file.range as u64));
        (from, from.saturating_add(file.range as u64).min(file.length))
    };
    let ranges = (file.length - begin).div_ceil(file.range as u64);
    let count = ranges.min(LANES as u64);
    let (done, read) = mpsc::channel::<(u64, Lane)>();
    rayon::in_place_scope(|scope| {
        let start = |number: u64, mut lane: Lane| {
            let (done, format) = (done.clone(), &format);
            scope.spawn(move |_| {
                let read = catch_unwind(AssertUnwindSafe(|| {
                    lane.piece.read(file, format, begin, bounds(number), &mut lane.sieve, limits);
                }));
                // Whoever follows must not wait for one that failed. It is gone where it needs no more.
                let _ = done.send((number, lane));
                read.unwrap_or_else(|panic| resume_unwind(panic));
            });
        };
        (0..count).for_each(|number| start(number, Lane { sieve: Sieve::new(), piece: Piece::default() }));
        let mut waiting: BTreeMap<u64, Lane> = BTreeMap::new();
        for number in 0..ranges {
            let mut lane = loop {
                match waiting.remove(&number) {
                    Some(lane) => break lane,
                    None => waiting.extend(next(&read)),
                }
            };
            if lane.piece.start != Some(left.offset) {
                return;
            }
            lane.piece.follow(left, totals, walker);
            if number + count < ranges {
                start(number + count, lane);
            }
        }
    });
}

/// A lane that read its range; reads ranges itself as long as others read too.
fn next(read: &mpsc::Receiver<(u64, Lane)>) -> Option<(u64, Lane)> {
    loop {
        if let Ok(lane) = read.try_recv() {
            return Some(lane);
        }
        if rayon::yield_now() != Some(rayon::Yield::Executed) {
            return read.recv().ok();
        }
    }
}

/// Hands to `walker` what is of interest in the file; what it is, and what is counted of all packets.
pub(super) fn read(file: &File<'_>, limits: &CaptureLimits, walker: &mut Walker<'_>) -> (Walk, Totals) {
    let mut sieve = Sieve::new();
    let mut rest = Rest { file, at: 0 };
    let mut container = Container::open(&mut rest, buffer::STEP.min(file.range), limits);
    let mut worth = true;
    // What is at the begin, and what ranges cannot tell, piece by piece.
    while container.more(&mut |packet| walker.take(packet, &mut sieve)) {
        if worth && file.length.saturating_sub(container.offset()) > file.range as u64 {
            let mut left = container.leave();
            let from = left.offset;
            follow(file, &mut left, &mut sieve.totals, limits, walker);
            worth = left.offset - from >= WORTH * file.range as u64;
            rest = Rest { file, at: left.offset };
            container = Container::resume(left, &mut rest, buffer::STEP.min(file.range), limits);
        }
    }
    (container.close(), sieve.totals)
}

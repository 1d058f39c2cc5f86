//! Reads a capture and takes its packets apart on one thread while another follows its connections. What is found is the same
//! as on one thread: the packets come in the same order.

use std::io::Read;
use std::sync::mpsc;

use super::CaptureLimits;
use super::container::{Container, Packet, Time, Walk};
use super::packet::Tcp;
use super::pair::Side;
use super::sieve::{Sieve, Sifted};
use super::stream::Moment;
use super::table::Ends;
use super::walk::Walker;

/// Pieces that wait for the one who follows.
const WAITING: usize = 2;

/// The packets of a piece, and the memory they are in.
struct Piece {
    memory: Vec<u8>,
    packets: Vec<Found>,
}

/// A packet, or the payload of one, in the memory of its piece, and the latest time up to it.
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
    fn of(packet: &Packet<'_>, sifted: &Sifted<'_>, latest: Option<Time>) -> Option<Self> {
        let Packet { number, time, link, data, at: start, length } = *packet;
        let (start, captured, what) = match *sifted {
            Sifted::Dull => return None,
            Sifted::Segment(ends, from, Tcp { sequence, acknowledged, flags, payload, length, .. }) => {
                // The payload lies in the data, unless there is none.
                let before = (payload.as_ptr() as usize).wrapping_sub(data.as_ptr() as usize);
                let start = if payload.is_empty() { start } else { start + before };
                (start, payload.len(), What::Segment { ends, from, sequence, acknowledged, flags, length })
            }
            Sifted::Whole => (start, data.len(), What::Whole { link, length }),
        };
        Some(Self { at: Moment { packet: number, time }, latest, start, captured, what })
    }

    /// Hands it on; `memory` is that of its piece.
    fn follow(&self, memory: &[u8], walker: &mut Walker<'_>) {
        let Self { at, latest, start, captured, what } = self;
        let data = memory.get(*start..start + captured).unwrap_or_default();
        match *what {
            What::Segment { ends, from, sequence, acknowledged, flags, length } => {
                let (source, destination) = (ends[from].port(), ends[from.other()].port());
                let tcp = Tcp { source, destination, sequence, acknowledged, flags, payload: data, length };
                walker.segment(ends, from, &tcp, *at, *latest);
            }
            What::Whole { link, length } => {
                walker.packet(&Packet { number: at.packet, time: at.time, link, data, at: *start, length }, *latest);
            }
        }
    }
}

/// Hands to `walker` what the sieve lets through. `piece` is how many bytes are read at once.
pub(super) fn read(reader: &mut (dyn Read + Send), piece: usize, limits: &CaptureLimits, walker: &mut Walker<'_>) -> (Walk, Sieve) {
    std::thread::scope(|scope| {
        let (pieces, waiting) = mpsc::sync_channel::<Piece>(WAITING);
        let (back, used) = mpsc::channel::<Piece>();
        let ahead = scope.spawn(move || {
            let mut container = Container::open(reader, piece, limits);
            let mut sieve = Sieve::new();
            loop {
                let Piece { memory, mut packets } = used.try_recv().unwrap_or_else(|_| Piece { memory: Vec::new(), packets: Vec::new() });
                packets.clear();
                let more = container.more(&mut |packet| {
                    let sifted = sieve.take(packet);
                    packets.extend(Found::of(packet, &sifted, sieve.latest()));
                });
                // Who follows is gone only when it failed.
                if !more || pieces.send(Piece { memory: container.hand_over(memory), packets }).is_err() {
                    return (container.close(), sieve);
                }
            }
        });
        for piece in waiting {
            for found in &piece.packets {
                found.follow(&piece.memory, walker);
            }
            let _ = back.send(piece);
        }
        ahead.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

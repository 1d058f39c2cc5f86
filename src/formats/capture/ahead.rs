//! Reads a capture on one thread while another follows its connections. What is found is the same as on one thread:
//! the packets come in the same order.

use std::io::Read;
use std::sync::mpsc;

use super::CaptureLimits;
use super::container::{Container, Packet, Time, Walk};
use super::sieve::Sieve;

/// Pieces that wait for the one who follows.
const WAITING: usize = 2;

/// The packets of a piece, and the memory they are in.
struct Piece {
    memory: Vec<u8>,
    packets: Vec<Found>,
}

/// A packet in the memory of its piece, and the latest time up to it.
struct Found {
    number: u64,
    time: Option<Time>,
    latest: Option<Time>,
    link: Option<u16>,
    at: usize,
    captured: usize,
    length: u32,
}

/// Hands to `each` what the sieve lets through, with the latest time up to it. `piece` is how many bytes are read at once.
pub(super) fn read(
    reader: &mut (dyn Read + Send),
    piece: usize,
    limits: &CaptureLimits,
    each: &mut dyn FnMut(&Packet<'_>, Option<Time>),
) -> (Walk, Sieve) {
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
                    if sieve.lets_through(packet) {
                        let Packet { number, time, link, data, at, length } = *packet;
                        packets.push(Found { number, time, latest: sieve.latest(), link, at, captured: data.len(), length });
                    }
                });
                // Who follows is gone only when it failed.
                if !more || pieces.send(Piece { memory: container.hand_over(memory), packets }).is_err() {
                    return (container.close(), sieve);
                }
            }
        });
        for piece in waiting {
            for found in &piece.packets {
                let Found { number, time, latest, link, at, captured, length } = *found;
                let data = piece.memory.get(at..at + captured).unwrap_or_default();
                each(&Packet { number, time, link, data, at, length }, latest);
            }
            let _ = back.send(piece);
        }
        ahead.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

//! One TCP connection: how it opened, what each side sent in order, how it ended.

use std::net::SocketAddr;

use super::CaptureLimits;
use super::connection::{Connection, Counted, Opening};
use super::conversation::Conversation;
use super::packet::Tcp;
use super::pair::{Pair, Side};
use super::resolver::Resolver;
use super::stream::{Arrival, Moment, Stream};
use super::table::Ends;
use super::words::{event, seconds_between};
use crate::formats::event::Event;

/// What a flow needs of the walk, and where it puts what it found.
pub(super) struct Surroundings<'a> {
    pub(super) limits: &'a CaptureLimits,
    pub(super) resolver: Resolver,
    pub(super) events: Vec<Event>,
    pub(super) counts: Counts,
}

/// What happened to flows, for the summary.
#[derive(Default)]
pub(super) struct Counts {
    pub(super) retransmissions: u64,
    /// Directions that lacked bytes.
    pub(super) gaps: u64,
    /// Directions longer than the limit, or dropped because all together held too much.
    pub(super) cut: u64,
    /// Handshake messages beyond the limit.
    pub(super) long_messages: u64,
    /// Events left out because one flow had too many.
    pub(super) crowded: u64,
}

pub(super) struct Flow {
    first: Moment,
    last: Moment,
    packets: u64,
    syn: Option<Syn>,
    syn_ack: bool,
    refused: bool,
    reset: bool,
    /// Packets beside SYN and RST, by side.
    beyond: Pair<bool>,
    fin: Pair<bool>,
    sides: Pair<Direction>,
    talk: Conversation,
}

#[derive(Clone, Copy)]
struct Syn {
    first: Moment,
    last: Moment,
    sequence: u32,
    attempts: u64,
}

#[derive(Default)]
struct Direction {
    stream: Stream,
    /// The packet of the latest bytes.
    latest: Option<Moment>,
    taken: usize,
    gap: bool,
    closed: bool,
}

impl Flow {
    pub(super) fn new(ends: Ends, first: Moment) -> Self {
        Self {
            first,
            last: first,
            packets: 0,
            syn: None,
            syn_ack: false,
            refused: false,
            reset: false,
            beyond: Pair::default(),
            fin: Pair::default(),
            sides: Pair::default(),
            talk: Conversation::new(ends),
        }
    }

    /// The first packet.
    #[cfg(test)]
    pub(super) fn first(&self) -> Moment {
        self.first
    }

    /// Payload bytes held for both sides.
    pub(super) fn held(&self) -> usize {
        self.sides.low.stream.held() + self.sides.high.stream.held() + self.talk.held()
    }

    /// Whether a segment opens another connection between the same ends.
    pub(super) fn is_followed_by(&self, segment: &Tcp<'_>) -> bool {
        let used = self.syn_ack || self.reset || self.beyond.any();
        segment.syn() && !segment.ack() && used && self.syn.is_none_or(|syn| syn.sequence != segment.sequence)
    }

    /// Takes the next segment.
    pub(super) fn segment(&mut self, from: Side, segment: &Tcp<'_>, at: Moment, around: &mut Surroundings<'_>) {
        self.last = at;
        self.packets += 1;
        let to = from.other();
        let mut sequence = segment.sequence;
        if segment.syn() {
            sequence = sequence.wrapping_add(1);
            self.sides[from].stream.begin(sequence);
            self.talk.begins_here(from);
            if segment.ack() {
                self.syn_ack = true;
                self.talk.client_is(to);
                self.sides[to].stream.begin(segment.acknowledged);
                self.talk.begins_here(to);
            } else {
                self.talk.client_is(from);
                self.opens(segment.sequence, at);
            }
        } else if segment.rst() {
            // What a RST carries is no part of the stream.
            return self.resets(from, at, around);
        } else {
            self.beyond[from] = true;
        }
        if segment.fin() && !self.fin.any() {
            self.closes(from, segment, at, around);
        }
        self.fin[from] |= segment.fin();
        if segment.ack() && self.sides[to].stream.acknowledged(segment.acknowledged) {
            self.give_up(to, around);
        }
        if segment.length > 0 {
            self.payload(from, sequence, segment, at, around);
        }
    }

    fn opens(&mut self, sequence: u32, at: Moment) {
        match &mut self.syn {
            None => self.syn = Some(Syn { first: at, last: at, sequence, attempts: 1 }),
            Some(syn) => {
                // The same packet captured twice is one attempt; no stack asks again within 10 ms.
                let apart = match (syn.last.time, at.time) {
                    (Some(last), Some(now)) => {
                        let nanos = i128::from(now.seconds) * 1_000_000_000 + i128::from(now.nanos);
                        nanos - (i128::from(last.seconds) * 1_000_000_000 + i128::from(last.nanos)) > 10_000_000
                    }
                    _ => true,
                };
                syn.attempts += u64::from(apart || syn.sequence != sequence);
                syn.last = at;
            }
        }
    }

    fn resets(&mut self, from: Side, at: Moment, around: &mut Surroundings<'_>) {
        if self.reset {
            return;
        }
        let silent = !self.syn_ack && !self.beyond.any();
        let client = self.talk.client();
        if silent {
            // A client that takes its own SYN back was not answered either.
            if self.syn.is_some() && from != client {
                self.reset = true;
                self.refused = true;
                let text = format!("TCP connection from {} refused by {}", self.talk.end(client), self.talk.server_text(&around.resolver));
                self.talk.emit("tcp-refused", at, Vec::new(), text, around);
            }
            return;
        }
        self.reset = true;
        if self.fin.all() {
            return;
        }
        let side = if from == client { "client" } else { "server" };
        let after = self.talk.reset_after();
        let closing = if self.fin.any() { "yes" } else { "no" };
        let text = format!("TCP reset from {}, after {after}", self.talk.direction_text(from, &around.resolver));
        let fields = vec![("from", side.to_owned()), ("after", after.to_owned()), ("closing", closing.to_owned())];
        self.talk.emit("tcp-reset", at, fields, text, around);
    }

    /// A connection that ends in order, after the Client Hello and without a word from the server.
    fn closes(&mut self, from: Side, segment: &Tcp<'_>, at: Moment, around: &mut Surroundings<'_>) {
        let client = self.talk.client();
        let answered = self.sides[client.other()].latest.is_some() || (from != client && segment.length > 0);
        if answered || self.sides[client.other()].stream.waits() || self.talk.stage() != "client-hello" {
            return;
        }
        let side = if from == client { "client" } else { "server" };
        let text = format!("TCP connection closed by {}, after client-hello", self.talk.direction_text(from, &around.resolver));
        let fields = vec![("from", side.to_owned()), ("after", "client-hello".to_owned())];
        self.talk.emit("tcp-closed", at, fields, text, around);
    }

    fn payload(&mut self, from: Side, sequence: u32, segment: &Tcp<'_>, at: Moment, around: &mut Surroundings<'_>) {
        let limit = around.limits.out_of_order;
        match self.sides[from].stream.arrive(sequence, segment.payload, segment.length, at, limit) {
            Arrival::Again => around.counts.retransmissions += 1,
            Arrival::Later => {
                while self.sides[from].stream.full(limit) {
                    self.give_up(from, around);
                }
            }
            Arrival::Now { data, missing } => {
                self.bytes(from, data, missing, at, around);
                while let Some(ready) = self.sides[from].stream.ready() {
                    self.bytes(from, &ready.data, ready.missing, at, around);
                }
            }
        }
    }

    /// Takes the bytes before the first waiting segment for lost.
    fn give_up(&mut self, from: Side, around: &mut Surroundings<'_>) {
        let Some(missing) = self.sides[from].stream.give_up() else { return };
        self.gap(from, missing, around);
        while let Some(ready) = self.sides[from].stream.ready() {
            let at = self.sides[from].latest.map_or(ready.at, |latest| latest.max(ready.at));
            self.bytes(from, &ready.data, ready.missing, at, around);
        }
    }

    fn bytes(&mut self, from: Side, data: &[u8], missing: usize, at: Moment, around: &mut Surroundings<'_>) {
        let side = &mut self.sides[from];
        if side.closed {
            return;
        }
        side.latest = Some(at);
        side.taken = side.taken.saturating_add(data.len());
        if side.taken > around.limits.stream {
            around.counts.cut += 1;
            return self.close(from);
        }
        self.talk.bytes(from, data, at, around);
        self.gap(from, missing, around);
        for side in Side::BOTH {
            if self.talk.is_done(side) {
                self.close(side);
            }
        }
    }

    fn gap(&mut self, from: Side, missing: usize, around: &mut Surroundings<'_>) {
        let side = &mut self.sides[from];
        if missing == 0 || side.closed {
            return;
        }
        around.counts.gaps += u64::from(!side.gap);
        side.gap = true;
        let at = side.latest.unwrap_or(self.first);
        self.talk.gap(from, missing, at, around);
    }

    fn close(&mut self, side: Side) {
        self.sides[side].closed = true;
        self.sides[side].stream.close();
        self.talk.close(side);
    }

    /// Lets go of all payload: together the flows held too much.
    pub(super) fn drop_payload(&mut self, around: &mut Surroundings<'_>) {
        for side in Side::BOTH {
            if !self.sides[side].closed {
                around.counts.cut += 1;
                self.close(side);
            }
        }
    }

    /// No more segments will come: what waits behind gaps is read now.
    pub(super) fn flush(&mut self, around: &mut Surroundings<'_>) {
        for side in Side::BOTH {
            while self.sides[side].stream.waits() {
                self.give_up(side, around);
            }
            self.talk.finish(side, self.sides[side].latest.unwrap_or(self.first), around);
        }
    }

    /// The connection as a whole; said when no more segments come.
    pub(super) fn connection(&self, resolver: &Resolver) -> Connection {
        let counted = Counted {
            first: self.first,
            last: self.last,
            packets: self.packets,
            opening: Opening::of(self.syn.is_some(), self.syn_ack, self.refused, self.beyond),
            gaps: Side::each(|side| self.sides[side].gap),
        };
        Connection::of(&self.talk, &counted, self.talk.server_name(resolver))
    }

    /// The packet of the first SYN, where nothing answered it.
    pub(super) fn unanswered_syn(&self) -> Option<Moment> {
        let open = self.syn_ack || self.refused || self.beyond.any();
        self.syn.filter(|_| !open).map(|syn| syn.first)
    }

    /// The requests that got no answer, by packet.
    pub(super) fn unanswered_requests(&self) -> impl Iterator<Item = Moment> {
        self.talk.open_requests()
    }

    /// The event of an unanswered SYN; `end` is the last packet of the capture.
    pub(super) fn syn_event(&self, end: Moment, resolver: &Resolver) -> Option<Event> {
        let syn = self.syn?;
        let waited = seconds_between(syn.first, end);
        let own = vec![("attempts", syn.attempts.to_string()), ("waited", waited.to_string())];
        let fields = self.talk.with_context(own, resolver);
        let text = format!(
            "TCP SYN from {} to {}: no answer, {} in {waited} s of capture",
            self.talk.end(self.talk.client()),
            self.talk.server_text(resolver),
            if syn.attempts == 1 { "sent once".to_owned() } else { format!("sent {} times", syn.attempts) }
        );
        Some(event("tcp-syn-unanswered", syn.first, fields, text))
    }

    /// The event of the request at `index` of [`Self::unanswered_requests`].
    pub(super) fn request_event(&self, index: usize, resolver: &Resolver) -> Option<Event> {
        self.talk.open_request_event(index, resolver)
    }
}

/// Orders two ends, and says which of them is the first.
pub(super) fn ends(source: SocketAddr, destination: SocketAddr) -> (Ends, Side) {
    if source <= destination {
        (Pair { low: source, high: destination }, Side::Low)
    } else {
        (Pair { low: destination, high: source }, Side::High)
    }
}

//! One TCP connection: how it opened, what each side sent in order, how it ended.

use std::net::{IpAddr, SocketAddr};

use super::chains::Chains;
use super::connection::{Connection, Counted, Opening};
use super::conversation::Conversation;
use super::packet::Tcp;
use super::pair::{Pair, Side};
use super::repeats::{Repeats, apart};
use super::resolver::Resolver;
use super::stream::{Arrival, Moment, Stream};
use super::table::Ends;
use super::words::{event, seconds_between};
use super::{CaptureLimits, Sink};
use crate::formats::event::Event;

/// What a flow needs of the walk, and where it puts what it found.
pub(super) struct Surroundings<'a> {
    pub(super) limits: &'a CaptureLimits,
    pub(super) sink: &'a mut dyn Sink,
    pub(super) chains: Chains<'a>,
    pub(super) resolver: Resolver,
    /// To be handed to the sink after the packet.
    pub(super) events: Vec<Event>,
    pub(super) counts: Counts,
}

/// What happened to flows, for the summary.
#[derive(Default)]
pub(super) struct Counts {
    pub(super) retransmissions: u64,
    /// Directions that lacked bytes.
    pub(super) gaps: u64,
    /// Those of them that lost part of a TLS handshake that would have been readable.
    pub(super) unread_handshakes: u64,
    /// The packet before the first such gap.
    pub(super) first_unread: Option<u64>,
    /// Directions longer than the limit, or dropped because all together held too much.
    pub(super) cut: u64,
    /// Handshake messages beyond the limit.
    pub(super) long_messages: u64,
    /// Certificates beyond those of one message that are read.
    pub(super) beyond_chain: u64,
    /// Certificates longer than the limit.
    pub(super) long_certificates: u64,
    /// Packets inside more tunnels than are opened.
    pub(super) deep: u64,
    /// Events left out because one flow had too many.
    pub(super) crowded: u64,
    /// Events left out because too much of the capture had no answer.
    pub(super) endings: u64,
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
    /// The first FIN, or RST of an open connection, and its sender.
    ended: Option<(Side, Moment)>,
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
    repeats: Repeats,
    /// The packet of the latest bytes.
    latest: Option<Moment>,
    taken: usize,
    gap: bool,
    closed: bool,
}

/// Something of a connection that only its end tells.
#[derive(Clone, Copy)]
pub(super) enum Ending {
    /// A SYN without answer.
    Syn,
    /// The HTTP request at this index without answer.
    Request(usize),
    /// A Client Hello without answer.
    Hello,
    /// Bytes of a protocol that is not read, without answer.
    Words,
    /// Bytes that this side sent again and again.
    Storm(Side),
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
            ended: None,
            sides: Pair::default(),
            talk: Conversation::new(ends),
        }
    }

    /// The first packet.
    #[cfg(test)]
    pub(super) fn first(&self) -> Moment {
        self.first
    }

    /// Bytes held for both sides.
    pub(super) fn held(&self) -> usize {
        self.sides.low.stream.held() + self.sides.high.stream.held() + self.talk.held()
    }

    /// Whether nothing more is read of either side.
    pub(super) fn is_closed(&self) -> bool {
        self.sides.low.closed && self.sides.high.closed
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
            if segment.ack() {
                self.syn_ack = true;
                self.talk.client_is(to);
                self.sides[to].stream.begin(segment.acknowledged);
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
        self.numbers(from, segment, at);
        if segment.ack() && self.sides[to].stream.acknowledged(segment.acknowledged) {
            self.give_up(to, around);
        }
        if segment.length > 0 {
            self.payload(from, sequence, segment, at, around);
        }
        if segment.fin() {
            if self.ended.is_none() {
                self.ended = Some((from, at));
                self.closes(from, sequence.wrapping_add(u32::try_from(segment.length).unwrap_or(u32::MAX)), at, around);
            }
            self.fin[from] = true;
        }
    }

    /// Follows what was sent and what arrived, for segments that are sent again.
    fn numbers(&mut self, from: Side, segment: &Tcp<'_>, at: Moment) {
        // A SYN without ACK is told of on its own.
        if segment.syn() && !segment.ack() {
            return;
        }
        let length = u32::try_from(segment.length).unwrap_or(u32::MAX).wrapping_add(u32::from(segment.syn()) + u32::from(segment.fin()));
        let repeatable = segment.length > 1 || segment.syn();
        let talk = &self.talk;
        self.sides[from].repeats.take(segment.sequence, length, repeatable, at, || talk.reset_after());
        if segment.ack() {
            self.sides[from.other()].repeats.acknowledge(segment.acknowledged);
        }
    }

    fn opens(&mut self, sequence: u32, at: Moment) {
        match &mut self.syn {
            None => self.syn = Some(Syn { first: at, last: at, sequence, attempts: 1 }),
            Some(syn) => {
                // The same packet captured twice is one attempt.
                syn.attempts += u64::from(apart(syn.last, at) || syn.sequence != sequence);
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
        self.ended.get_or_insert((from, at));
        if self.fin.all() {
            return;
        }
        let side = if from == client { "client" } else { "server" };
        let after = self.talk.reset_after();
        let closing = if self.fin.any() { "yes" } else { "no" };
        let text = format!("TCP reset from {}, after {after}", self.talk.direction_text(from, &around.resolver));
        let alert = self.talk.alerted().to_owned();
        let fields = vec![("from", side.to_owned()), ("after", after.to_owned()), ("closing", closing.to_owned()), ("alert", alert)];
        self.talk.emit("tcp-reset", at, fields, text, around);
    }

    /// A connection that ends in order while a handshake is under way, and nothing in the clear says why. `end` is the
    /// number of the FIN.
    fn closes(&mut self, from: Side, end: u32, at: Moment, around: &mut Surroundings<'_>) {
        let client = self.talk.client();
        // What is missing may say why.
        let whole = self.sides[from].stream.reached(end) && !self.sides[client.other()].stream.waits();
        let stage = self.talk.reset_after();
        let unclear = match stage {
            "client-hello" => self.talk.asked().is_some(),
            "server-hello" | "certificate" => self.talk.alerted() != "clear" && Side::BOTH.into_iter().all(|side| self.is_followed(side)),
            _ => false,
        };
        if !whole || !unclear {
            return;
        }
        let side = if from == client { "client" } else { "server" };
        let text = format!("TCP connection closed by {}, after {stage}", self.talk.direction_text(from, &around.resolver));
        let fields = vec![("from", side.to_owned()), ("after", stage.to_owned()), ("alert", self.talk.alerted().to_owned())];
        self.talk.emit("tcp-closed", at, fields, text, around);
    }

    /// Whether all that a side said so far was there to be read.
    fn is_followed(&self, side: Side) -> bool {
        let direction = &self.sides[side];
        let lacks = direction.gap || direction.repeats.lacks() || direction.stream.waits();
        direction.latest.is_some() && !lacks && !self.talk.is_done(side)
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
        let first = !std::mem::replace(&mut side.gap, true);
        around.counts.gaps += u64::from(first);
        let at = side.latest.or(self.sides[from.other()].latest).unwrap_or(self.first);
        if first && self.talk.is_shaking_hands() {
            around.counts.unread_handshakes += 1;
            around.counts.first_unread = Some(around.counts.first_unread.map_or(at.packet, |packet| packet.min(at.packet)));
            let (name, after) = (if from == self.talk.client() { "client" } else { "server" }, self.talk.reset_after());
            let text =
                format!("{missing} bytes are missing in the capture, {}, after {after}", self.talk.direction_text(from, &around.resolver));
            let fields = vec![("from", name.to_owned()), ("after", after.to_owned()), ("missing", missing.to_string())];
            self.talk.emit("tcp-gap", at, fields, text, around);
        }
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
        Connection::of(&self.talk, &counted, self.talk.server_name(resolver).to_owned())
    }

    /// The client, where it went on after its SYN though nothing of the server was captured: the answer was there.
    pub(super) fn alone(&self) -> Option<IpAddr> {
        let client = self.talk.client();
        let silent = !self.syn_ack && !self.refused && !self.beyond[client.other()];
        (self.syn.is_some() && silent && self.beyond[client]).then(|| self.talk.end(client).ip())
    }

    /// The sides to which something was sent.
    pub(super) fn heard(&self) -> impl Iterator<Item = IpAddr> {
        let client = self.talk.client();
        let hears = move |side: &Side| {
            let answered = *side == client && (self.syn_ack || self.refused);
            self.beyond[side.other()] || answered || (*side != client && self.syn.is_some())
        };
        Side::BOTH.into_iter().filter(hears).map(|side| self.talk.end(side).ip())
    }

    /// What only the end tells of this connection, each with its packet.
    pub(super) fn endings(&self) -> impl Iterator<Item = (Moment, Ending)> {
        let open = self.syn_ack || self.refused || self.beyond.any();
        let syn = self.syn.filter(|_| !open).map(|syn| (syn.first, Ending::Syn));
        let requests = self.talk.open_requests().enumerate().map(|(index, at)| (at, Ending::Request(index)));
        let hello = self.talk.asked().filter(|_| self.is_silence()).map(|at| (at, Ending::Hello));
        let words = self.talk.unanswered_words().filter(|_| self.syn.is_some() && self.is_silence()).map(|at| (at, Ending::Words));
        let storms = Side::BOTH.into_iter().filter_map(|side| Some((self.sides[side].repeats.storm()?.0.first, Ending::Storm(side))));
        syn.into_iter().chain(requests).chain(hello).chain(words).chain(storms)
    }

    /// Whether it is the server that says nothing, and not the capture that lacks its side, or a connection that the
    /// server ended.
    fn is_silence(&self) -> bool {
        let server = self.talk.client().other();
        let seen = self.syn_ack || self.beyond[server];
        seen && !self.sides[server].gap && !self.sides[server].repeats.lacks() && self.ended.is_none_or(|(side, _)| side != server)
    }

    /// The event of an ending; `end` is the last packet of the capture.
    pub(super) fn ending_event(&self, ending: Ending, end: Moment, resolver: &Resolver) -> Option<Event> {
        let direction = |side| self.talk.direction_text(side, resolver);
        let yes = |whether: bool| if whether { "yes" } else { "no" }.to_owned();
        let client = self.talk.client();
        let (kind, at, own, text) = match ending {
            Ending::Request(index) => return self.talk.open_request_event(index, resolver),
            Ending::Syn => {
                let syn = self.syn?;
                let waited = seconds_between(syn.first, end);
                let text = format!(
                    "TCP SYN from {} to {}: no answer, {} in {waited} s of capture",
                    self.talk.end(client),
                    self.talk.server_text(resolver),
                    if syn.attempts == 1 { "sent once".to_owned() } else { format!("sent {} times", syn.attempts) }
                );
                ("tcp-syn-unanswered", syn.first, vec![("attempts", syn.attempts.to_string()), ("waited", waited.to_string())], text)
            }
            Ending::Hello | Ending::Words => {
                let is_hello = matches!(ending, Ending::Hello);
                let at = if is_hello { self.talk.asked()? } else { self.talk.unanswered_words()? };
                let waited = seconds_between(at, self.ended.map_or(end, |(_, ended)| ended));
                let arrived = self.sides[client].repeats.arrived();
                let (kind, what) = if is_hello { ("tls-unanswered", "TLS Client Hello") } else { ("tcp-unanswered", "TCP data") };
                let text = format!(
                    "{what} from {}: no answer in {waited} s, {}",
                    direction(client),
                    if arrived { "though all of it arrived" } else { "and nothing says that all of it arrived" }
                );
                (kind, at, vec![("waited", waited.to_string()), ("acknowledged", yes(arrived))], text)
            }
            Ending::Storm(side) => {
                let (storm, arrived) = self.sides[side].repeats.storm()?;
                let lasted = seconds_between(storm.first, storm.last);
                let from = if side == client { "client" } else { "server" };
                let text = format!("TCP segment sent {} times, {}, after {}", storm.count, direction(side), storm.after);
                let own = vec![
                    ("from", from.to_owned()),
                    ("count", storm.count.to_string()),
                    ("lasted", lasted.to_string()),
                    ("after", storm.after.to_owned()),
                    ("acknowledged", yes(arrived)),
                ];
                ("tcp-retransmission-storm", storm.first, own, text)
            }
        };
        Some(event(kind, at, self.talk.with_context(own, resolver), text))
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

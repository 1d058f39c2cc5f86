//! Packet by packet over a capture, and what is left to say at its end.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::net::{IpAddr, SocketAddr};

use super::chains::Chains;
use super::container::{Container, Packet, Time, Walk};
use super::flow::{Counts, Ending, Flow, Surroundings, ends};
use super::fragments::{Fragments, Key};
use super::hosts::{Both, Hosts};
use super::link::{self, Above};
use super::packet::{self, Tcp, Transport};
use super::pair::Side;
use super::ranges::{self, File};
use super::resolver::Resolver;
use super::sided::Sides;
use super::sieve::{Sieve, Sifted, Totals};
use super::stream::Moment;
use super::table::{Ends, Place as FlowPlace, Table};
use super::tunnel;
use super::words::stamp;
use super::{CaptureLimits, Sink, Summary, buffer};
use crate::formats::event::{Event, Place};
use crate::intake::TroubleKind;

/// Link types told apart; a capture of more is no honest one.
const LINKS: usize = 64;

/// Events about the end of connections that made room, kept until the end of the capture so that they are in order.
const LATE: usize = 10_000;

/// Events of one capture, at most, that say what had no answer or was sent again and again.
pub(super) const ENDINGS: usize = 1 << 18;

/// Tunnels inside each other before a packet is given up.
const TUNNELS: u8 = 4;

/// Follows what the packets say, one after the other.
pub(super) struct Walker<'a> {
    around: Surroundings<'a>,
    summary: Summary,
    flows: Table,
    fragments: Fragments,
    late: Vec<Event>,
    /// Events of endings so far.
    endings: usize,
    sides: Sides,
    links: BTreeSet<u16>,
    unsupported: BTreeMap<u16, u64>,
    /// The link type of the packet before.
    link: Option<u16>,
    hosts: Hosts,
    /// The packet at hand, with the latest time so far.
    end: Moment,
    held: usize,
    evicted: u64,
}

pub(super) fn read(reader: &mut dyn Read, limits: &CaptureLimits, sink: &mut dyn Sink) -> Summary {
    let mut walker = Walker::new(limits, sink);
    let mut container = Container::open(reader, buffer::STEP, limits);
    let mut sieve = Sieve::new();
    while container.more(&mut |packet| walker.take(packet, &mut sieve)) {}
    walker.finish(container.close(), &sieve.totals)
}

pub(super) fn read_ranges(file: &File<'_>, limits: &CaptureLimits, sink: &mut dyn Sink) -> Summary {
    let mut walker = Walker::new(limits, sink);
    let (walk, totals) = ranges::read(file, limits, &mut walker);
    walker.finish(walk, &totals)
}

fn moment(packet: &Packet<'_>) -> Moment {
    Moment { packet: packet.number, time: packet.time }
}

impl<'a> Walker<'a> {
    pub(super) fn new(limits: &'a CaptureLimits, sink: &'a mut dyn Sink) -> Self {
        let (chains, counts) = (Chains::new(limits), Counts::default());
        let around = Surroundings { limits, sink, chains, resolver: Resolver::default(), events: Vec::new(), counts };
        Walker {
            around,
            summary: Summary::default(),
            flows: Table::new(limits.flows),
            fragments: Fragments::new(limits.fragments, limits.fragment_memory),
            late: Vec::new(),
            endings: 0,
            sides: Sides::default(),
            links: BTreeSet::new(),
            unsupported: BTreeMap::new(),
            link: None,
            hosts: Hosts::new(),
            end: Moment { packet: 0, time: None },
            held: 0,
            evicted: 0,
        }
    }

    /// Takes the next packet.
    pub(super) fn take(&mut self, packet: &Packet<'_>, sieve: &mut Sieve) {
        match sieve.take(packet) {
            Sifted::Dull => {}
            Sifted::Segment(ends, from, tcp) => self.segment(ends, from, &tcp, moment(packet), sieve.totals.latest()),
            Sifted::Whole => self.packet(packet, sieve.totals.latest()),
        }
    }

    /// Takes a TCP segment that was found at `at`; `latest` is the latest time up to it.
    pub(super) fn segment(&mut self, ends: Ends, from: Side, tcp: &Tcp<'_>, at: Moment, latest: Option<Time>) {
        self.end = Moment { packet: at.packet, time: latest };
        self.tcp(ends, from, tcp, at);
        self.tell();
    }

    /// Takes a whole packet; `latest` is the latest time up to it.
    pub(super) fn packet(&mut self, packet: &Packet<'_>, latest: Option<Time>) {
        let at = moment(packet);
        self.end = Moment { packet: packet.number, time: latest };
        let Some(link) = packet.link else { return };
        if self.link != Some(link) && self.links.len() < LINKS && self.links.insert(link) {
            let name = link::name(link);
            if !self.summary.link_types.contains(&name) {
                self.summary.link_types.push(name);
            }
        }
        self.link = Some(link);
        match link::above(link, packet.data, &mut self.summary.vlans) {
            Above::Ip(data) => self.ip(data, at, 0),
            Above::Other => {}
            Above::Unsupported if self.links.contains(&link) => *self.unsupported.entry(link).or_default() += 1,
            Above::Unsupported => {}
        }
        self.tell();
    }

    fn tell(&mut self) {
        for event in self.around.events.drain(..) {
            self.around.sink.event(event);
        }
    }

    fn ip(&mut self, data: &[u8], at: Moment, depth: u8) {
        self.summary.ipv6 += u64::from(data.first().is_some_and(|byte| byte >> 4 == 6));
        let Some(ip) = packet::network(data) else { return };
        let (source, destination) = (ip.source, ip.destination);
        self.hosts.add(Both { low: source, high: destination });
        let Some(part) = ip.part else {
            return self.transport((source, destination), ip.protocol, (ip.payload, ip.length), at, depth);
        };
        self.summary.fragmented += 1;
        if ip.payload.len() < ip.length {
            // Cut, so that it can never be whole; the first still shows the beginning.
            if part.offset == 0 {
                self.transport((source, destination), ip.protocol, (ip.payload, ip.length), at, depth);
            }
            return;
        }
        let key = Key { source, destination, protocol: ip.protocol, identification: part.identification };
        if let Some(whole) = self.fragments.take(key, part, ip.payload, at) {
            self.transport((source, destination), ip.protocol, (&whole, whole.len()), at, depth);
        }
    }

    /// Takes what an IP packet carries: the captured part and its length on the wire.
    fn transport(
        &mut self,
        (source, destination): (IpAddr, IpAddr),
        protocol: u8,
        (payload, length): (&[u8], usize),
        at: Moment,
        depth: u8,
    ) {
        match packet::transport(protocol, payload, length) {
            Transport::Tcp(tcp) => {
                let (ends, from) = ends(SocketAddr::new(source, tcp.source), SocketAddr::new(destination, tcp.destination));
                self.tcp(ends, from, &tcp, at);
            }
            Transport::Udp(udp) if udp.is_dns() => {
                let (source, destination) = (SocketAddr::new(source, udp.source), SocketAddr::new(destination, udp.destination));
                self.around.events.extend(self.around.resolver.take(udp.payload, source, destination, "udp", at));
            }
            Transport::Udp(udp) if tunnel::is_port(udp.destination) => {
                self.tunnel(tunnel::by_port(udp.destination, udp.payload), at, depth)
            }
            // Data of an access point, of a dialled line or of Teredo comes from that port as well.
            Transport::Udp(udp) if tunnel::answers(udp.source) => self.tunnel(tunnel::by_port(udp.source, udp.payload), at, depth),
            Transport::Udp(_) => {}
            Transport::Other => self.tunnel(tunnel::by_protocol(protocol, payload), at, depth),
        }
    }

    fn tunnel(&mut self, inside: Option<tunnel::Inside<'_>>, at: Moment, depth: u8) {
        let Some(data) = inside.and_then(|inside| link::inside(inside, &mut self.summary.vlans)) else { return };
        if depth < TUNNELS {
            self.ip(data, at, depth + 1);
        } else {
            self.around.counts.deep += 1;
        }
    }

    fn tcp(&mut self, ends: Ends, from: Side, tcp: &Tcp<'_>, at: Moment) {
        match (tcp.syn(), tcp.ack()) {
            (true, false) => self.summary.syn += 1,
            (true, true) => self.summary.synack += 1,
            _ => {}
        }
        self.summary.rst += u64::from(tcp.rst());
        let mut gone = None;
        let place = match self.flows.find(ends) {
            Some(place) => {
                if let Some(flow) = self.flows.at(place)
                    && flow.is_followed_by(tcp)
                {
                    gone = Some(std::mem::replace(flow, Flow::new(ends, at)));
                    self.summary.flows += 1;
                }
                place
            }
            None => {
                self.summary.flows += 1;
                // Those of a known connection are there.
                self.hosts.add(Both { low: ends.low.ip(), high: ends.high.ip() });
                let (place, evicted) = self.flows.add(ends, Flow::new(ends, at));
                self.evicted += u64::from(evicted.is_some());
                gone = evicted;
                place
            }
        };
        if let Some(gone) = gone {
            self.held = self.held.saturating_sub(gone.held());
            self.bury(gone);
        }
        let Some(flow) = self.flows.at(place) else { return };
        if flow.is_closed() {
            // It holds what it held.
            return flow.segment(from, tcp, at, &mut self.around);
        }
        let before = flow.held();
        flow.segment(from, tcp, at, &mut self.around);
        self.held = (self.held + flow.held()).saturating_sub(before);
        if self.held > self.around.limits.total {
            self.make_room(place);
        }
    }

    /// Lets connections go, the idle longest first, until all together hold no more than they may.
    fn make_room(&mut self, current: FlowPlace) {
        while self.held > self.around.limits.total {
            if self.flows.len() > 1
                && let Some(gone) = self.flows.remove_oldest()
            {
                self.evicted += 1;
                self.held = self.held.saturating_sub(gone.held());
                self.bury(gone);
            } else {
                if let Some(flow) = self.flows.at(current) {
                    flow.drop_payload(&mut self.around);
                }
                self.held = 0;
            }
        }
    }

    /// Says what is left to say of a connection that makes room while the capture goes on.
    fn bury(&mut self, mut flow: Flow) {
        let before = self.around.events.len();
        flow.flush(&mut self.around);
        let resolver = &self.around.resolver;
        let found: Vec<(Moment, Ending)> = flow.endings().collect();
        let told = found.len().min(ENDINGS - self.endings);
        self.endings += told;
        self.around.counts.endings += (found.len() - told) as u64;
        let endings = found.into_iter().take(told).filter_map(|(_, ending)| flow.ending_event(ending, self.end, resolver));
        let endings: Vec<Event> = endings.collect();
        let mut events = self.around.events.split_off(before);
        events.extend(endings);
        self.sides.add(&flow);
        self.around.sink.connection(flow.connection(resolver));
        for event in events {
            if self.late.len() < LATE {
                self.late.push(event);
            } else {
                self.around.events.push(event);
            }
        }
    }

    fn finish(mut self, walk: Walk, all: &Totals) -> Summary {
        self.end = Moment { packet: all.last, time: all.latest() };
        self.summary.format = walk.format;
        self.summary.packets = walk.packets;
        self.summary.troubles = walk.troubles;
        self.summary.cut_by_snaplen = all.cut_by_snaplen;
        self.summary.vlans.extend(&all.vlans);
        self.summary.ipv6 += all.ipv6;
        for (key, at, beginning) in self.fragments.beginnings() {
            self.transport((key.source, key.destination), key.protocol, (&beginning, beginning.len()), at, 0);
        }
        let flows = std::mem::replace(&mut self.flows, Table::new(1));
        let mut flows: Vec<Flow> = flows.into_flows().collect();
        for flow in &mut flows {
            flow.flush(&mut self.around);
        }
        self.late.append(&mut self.around.events);
        let resolver = &mut self.around.resolver;
        let questions = resolver.unanswered();
        let resolver = &*resolver;
        // Only places are sorted, the events are made one by one: there may be many.
        let mut left: Vec<(Place, Left)> = self.late.into_iter().map(|event| (event.place, Left::Event(Box::new(event)))).collect();
        left.extend(questions.into_iter().map(|question| (Place::Packet(question.first.packet), Left::Question(Box::new(question)))));
        for flow in &flows {
            left.extend(flow.endings().map(|(at, ending)| (Place::Packet(at.packet), Left::Ending(flow, ending))));
        }
        left.sort_by_key(|(place, _)| *place);
        for flow in &flows {
            self.sides.add(flow);
            self.around.sink.connection(flow.connection(resolver));
        }
        for (_, left) in left {
            let event = match left {
                Left::Event(event) => Some(*event),
                Left::Question(question) => Some(question.event(self.end)),
                Left::Ending(..) if self.endings >= ENDINGS => {
                    self.around.counts.endings += 1;
                    None
                }
                Left::Ending(flow, ending) => {
                    self.endings += 1;
                    flow.ending_event(ending, self.end, resolver)
                }
            };
            if let Some(mut event) = event {
                self.sides.mark(&mut event, resolver);
                self.around.sink.event(event);
            }
        }
        let mut summary = self.summary;
        summary.hosts = self.hosts.into_set();
        if let Some((first, last)) = all.span {
            let stamp = |time| stamp(Moment { packet: 0, time: Some(time) });
            (summary.first, summary.last) = (stamp(first), stamp(last));
        }
        summary.retransmissions = self.around.counts.retransmissions;
        summary.gaps = self.around.counts.gaps;
        if let Some(packet) = self.around.counts.first_unread {
            let message = match self.around.counts.unread_handshakes {
                1 => format!("bytes are missing in a TLS handshake, after packet {packet}: a certificate or an alert may have been there"),
                several => format!(
                    "bytes are missing in {several} TLS handshakes, the first after packet {packet}: a certificate or an alert may have been there"
                ),
            };
            summary.troubles.push((TroubleKind::Truncated, message));
        }
        let troubles = limits_hit(&self.around, self.evicted, self.fragments.dropped);
        summary.troubles.extend(self.unsupported.iter().map(|(link, packets)| {
            let counted = if *packets == 1 { "its packet was".to_owned() } else { format!("its {packets} packets were") };
            let message = format!("link type {link} ({}) is not read; {counted} counted only", link::name(*link));
            (TroubleKind::Unsupported, message)
        }));
        summary.troubles.extend(troubles.into_iter().map(|message| (TroubleKind::Limit, message)));
        summary
    }
}

/// What the end of a capture leaves to say.
enum Left<'f> {
    Event(Box<Event>),
    Question(Box<super::resolver::Question>),
    Ending(&'f Flow, Ending),
}

fn limits_hit(around: &Surroundings<'_>, evicted: u64, dropped: u64) -> Vec<String> {
    let (limits, counts) = (around.limits, &around.counts);
    let mut messages = Vec::new();
    if evicted > 0 {
        messages.push(format!(
            "{evicted} TCP connections, the idle longest each time, were let go before the end: more than the limit `flows` of {} at once, or together more kept than the limit `streams` of {} bytes; raise them with --limit NAME=NUMBER",
            limits.flows, limits.total
        ));
    }
    if counts.cut > 0 {
        messages.push(format!(
            "{} directions of connections were read to the limit `stream` of {} bytes only; raise it with --limit stream=BYTES",
            counts.cut, limits.stream
        ));
    }
    if counts.long_messages > 0 {
        messages.push(format!(
            "{} TLS handshake messages longer than the limit `handshake` of {} bytes were not read whole",
            counts.long_messages, limits.handshake
        ));
    }
    if counts.beyond_chain > 0 {
        messages.push(format!(
            "{} certificates were not read: more than the limit `chain` of {} in one message; raise it with --limit chain=NUMBER",
            counts.beyond_chain, limits.chain
        ));
    }
    if counts.long_certificates > 0 {
        messages.push(format!(
            "{} certificates longer than the limit `certificate` of {} bytes were not read; raise it with --limit certificate=BYTES",
            counts.long_certificates, limits.certificate
        ));
    }
    if counts.deep > 0 {
        messages.push(format!("{} packets were not read because they were inside more than {TUNNELS} tunnels", counts.deep));
    }
    if counts.crowded > 0 {
        messages.push(format!("{} events were left out because one connection had more than it may have", counts.crowded));
    }
    if counts.endings > 0 {
        messages.push(format!(
            "{} times something had no answer or was sent again and again beyond the {ENDINGS} of one capture that are told; these were counted only",
            counts.endings
        ));
    }
    if dropped > 0 {
        messages.push(format!(
            "{dropped} packets in fragments were given up: more than the limit `fragments` of {} waited at once, or together more than the limit `fragment_memory` of {} bytes",
            limits.fragments, limits.fragment_memory
        ));
    }
    if around.resolver.overflow > 0 {
        messages.push(format!("{} DNS queries were not followed because too many had no answer", around.resolver.overflow));
    }
    messages
}

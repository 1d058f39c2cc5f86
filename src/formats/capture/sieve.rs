//! Takes packets apart as far as no other packet is needed for it: the many that tell nothing are counted and left out, TCP
//! segments are brought to the few fields that matter of them. What it finds may be looked at in pieces, on any thread.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use super::container::{Packet, Time};
use super::flow::ends;
use super::hosts::{Both, Recent};
use super::link::{self, Above};
use super::packet::{self, Tcp, Transport};
use super::pair::Side;
use super::table::Ends;
use super::tunnel;

/// What a packet is.
pub(super) enum Sifted<'a> {
    /// One more, and nothing else.
    Dull,
    /// A TCP segment.
    Segment(Ends, Side, Tcp<'a>),
    /// Something to be looked at whole.
    Whole,
}

pub(super) struct Sieve {
    pub(super) totals: Totals,
    /// The link type of the last packet that was let through whole.
    link: Option<u16>,
    recent: Recent,
}

/// What is counted of all packets.
#[derive(Default)]
pub(super) struct Totals {
    /// The earliest and the latest time.
    pub(super) span: Option<(Time, Time)>,
    /// Packets of which the capture holds less than was sent.
    pub(super) cut_by_snaplen: u64,
    /// VLAN ids.
    pub(super) vlans: BTreeSet<u16>,
    /// IPv6 packets that were taken apart.
    pub(super) ipv6: u64,
    /// The number of the last packet.
    pub(super) last: u64,
}

impl Totals {
    /// The latest time so far.
    pub(super) fn latest(&self) -> Option<Time> {
        self.span.map(|(_, latest)| latest)
    }

    fn at(&mut self, time: Time) {
        let (first, latest) = self.span.unwrap_or((time, time));
        self.span = Some((first.min(time), latest.max(time)));
    }

    /// Adds those of packets that follow, which were numbered from 1.
    pub(super) fn add(&mut self, before: u64, other: &mut Self) {
        let Self { span, cut_by_snaplen, vlans, ipv6, last } = other;
        span.iter().for_each(|(first, latest)| [first, latest].into_iter().for_each(|time| self.at(*time)));
        self.cut_by_snaplen += *cut_by_snaplen;
        self.vlans.append(vlans);
        self.ipv6 += *ipv6;
        if *last > 0 {
            self.last = before + *last;
        }
    }
}

impl Sieve {
    pub(super) fn new() -> Self {
        Self { totals: Totals::default(), link: None, recent: Recent::new() }
    }

    /// Takes the next packet.
    pub(super) fn take<'a>(&mut self, packet: &Packet<'a>) -> Sifted<'a> {
        if let Some(time) = packet.time {
            self.totals.at(time);
        }
        self.totals.last = packet.number;
        self.totals.cut_by_snaplen += u64::from((packet.data.len() as u64) < u64::from(packet.length));
        // The first of every link type goes on, so that the types are known in their order.
        let sifted = match packet.link {
            Some(link) if self.link == Some(link) => self.sift(link, packet.data),
            _ => Sifted::Whole,
        };
        if matches!(sifted, Sifted::Whole) {
            self.link = packet.link;
        }
        sifted
    }

    fn sift<'a>(&mut self, link: u16, data: &'a [u8]) -> Sifted<'a> {
        let above = match data {
            // IPv4 in plain Ethernet: nearly all.
            [_, _, _, _, _, _, _, _, _, _, _, _, 8, 0, rest @ ..] if link == 1 => rest,
            _ => match link::above(link, data, &mut self.totals.vlans) {
                Above::Ip(above) => above,
                Above::Other | Above::Unsupported => return Sifted::Whole,
            },
        };
        let Some(ip) = packet::network(above) else { return Sifted::Whole };
        if ip.part.is_some() {
            return Sifted::Whole;
        }
        match packet::transport(ip.protocol, ip.payload, ip.length) {
            Transport::Tcp(tcp) => {
                self.totals.ipv6 += u64::from(ip.source.is_ipv6());
                let (ends, from) = ends(SocketAddr::new(ip.source, tcp.source), SocketAddr::new(ip.destination, tcp.destination));
                Sifted::Segment(ends, from, tcp)
            }
            // Whole datagrams of IPv4 with nothing that is read inside, between addresses that were met.
            Transport::Udp(udp) => {
                let read = ip.source.is_ipv6() || udp.is_dns() || tunnel::is_between(udp.source, udp.destination);
                let dull = !read && self.recent.knows(Both { low: ip.source, high: ip.destination });
                if dull { Sifted::Dull } else { Sifted::Whole }
            }
            Transport::Other => Sifted::Whole,
        }
    }
}

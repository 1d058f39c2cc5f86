//! The packets that tell nothing are counted and left out before any connection is looked up: most of a capture.

use std::collections::BTreeSet;

use super::container::{Packet, Time};
use super::hosts::Recent;
use super::link::{self, Above};
use super::packet::{self, Transport};
use super::tunnel;

pub(super) struct Sieve {
    /// The earliest and the latest time.
    pub(super) span: Option<(Time, Time)>,
    /// Packets of which the capture holds less than was sent.
    pub(super) cut_by_snaplen: u64,
    /// VLAN ids of what was left out.
    pub(super) vlans: BTreeSet<u16>,
    /// The number of the last packet.
    pub(super) last: u64,
    /// The link type and addresses of packets that were let through.
    link: Option<u16>,
    recent: Recent,
}

impl Sieve {
    pub(super) fn new() -> Self {
        Self { span: None, cut_by_snaplen: 0, vlans: BTreeSet::new(), last: 0, link: None, recent: Recent::new() }
    }

    /// The latest time so far.
    pub(super) fn latest(&self) -> Option<Time> {
        self.span.map(|(_, latest)| latest)
    }

    /// Takes the next packet; whether there is more to it than was taken.
    pub(super) fn lets_through(&mut self, packet: &Packet<'_>) -> bool {
        if let Some(time) = packet.time {
            let (first, latest) = self.span.unwrap_or((time, time));
            self.span = Some((first.min(time), latest.max(time)));
        }
        self.last = packet.number;
        self.cut_by_snaplen += u64::from((packet.data.len() as u64) < u64::from(packet.length));
        let dull = packet.link.is_some_and(|link| self.link == Some(link) && self.is_dull(link, packet.data));
        if !dull {
            self.link = packet.link;
        }
        !dull
    }

    /// Whether this is a whole UDP datagram of IPv4 with nothing that is read inside, between addresses that were met.
    fn is_dull(&mut self, link: u16, data: &[u8]) -> bool {
        // IPv4 in plain Ethernet that is no UDP: nearly all the others, told at a glance.
        if link == 1 && data.get(12..14) == Some(&[8, 0]) && data.get(23) != Some(&packet::UDP) {
            return false;
        }
        let Above::Ip(data @ [0x40..=0x4f, _, _, _, _, _, _, _, _, packet::UDP, ..]) = link::above(link, data, &mut self.vlans) else {
            return false;
        };
        let Some(ip) = packet::network(data) else { return false };
        let Transport::Udp(udp) = packet::transport(ip.protocol, ip.payload, ip.length) else { return false };
        let read = ip.part.is_some() || udp.is_dns() || tunnel::is_between(udp.source, udp.destination);
        !read && self.recent.knows((ip.source, ip.destination))
    }
}

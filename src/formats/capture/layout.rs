//! Where the headers of a packet stand: for whoever rewrites it in place.

use std::collections::BTreeSet;

use super::{link, tunnel};

/// Where the IP packet of a frame of this LINKTYPE_ number begins.
pub fn network(link: u16, frame: &[u8]) -> Option<usize> {
    match link::above(link, frame, &mut BTreeSet::new()) {
        link::Above::Ip(packet) => place(frame, packet),
        link::Above::Other | link::Above::Unsupported => None,
    }
}

/// Where the IP packet inside a tunnel begins that an IP protocol number announces.
pub fn in_protocol(protocol: u8, payload: &[u8]) -> Option<usize> {
    let packet = link::inside(tunnel::by_protocol(protocol, payload)?, &mut BTreeSet::new())?;
    place(payload, packet)
}

/// Where the IP packet inside a tunnel begins that the ports of a datagram announce.
pub fn in_datagram(source: u16, destination: u16, payload: &[u8]) -> Option<usize> {
    let found = [destination, source].into_iter().filter(|port| tunnel::is_port(*port)).find_map(|port| tunnel::by_port(port, payload))?;
    let packet = link::inside(found, &mut BTreeSet::new())?;
    place(payload, packet)
}

/// Where a part of a slice begins in it.
fn place(whole: &[u8], part: &[u8]) -> Option<usize> {
    let at = part.as_ptr().addr().checked_sub(whole.as_ptr().addr())?;
    (at <= whole.len() && !part.is_empty()).then_some(at)
}

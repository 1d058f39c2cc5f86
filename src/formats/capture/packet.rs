//! IP, TCP and UDP headers of one packet, as far as the capture holds them.

use std::net::IpAddr;

use etherparse::{LaxIpSlice, ip_number};

use super::bytes::{Order, be16};

/// What a packet carries above IP.
pub(super) struct Datagram<'a> {
    pub(super) source: IpAddr,
    pub(super) destination: IpAddr,
    /// Whether it is a fragment, the first or a later one.
    pub(super) fragment: Option<Fragment>,
    pub(super) transport: Transport<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fragment {
    First,
    Later,
}

pub(super) enum Transport<'a> {
    Tcp(Tcp<'a>),
    Udp(Udp<'a>),
    Other,
}

/// A TCP segment.
pub(super) struct Tcp<'a> {
    pub(super) source: u16,
    pub(super) destination: u16,
    pub(super) sequence: u32,
    pub(super) acknowledged: u32,
    flags: u8,
    /// The captured part of the payload.
    pub(super) payload: &'a [u8],
    /// Length of the payload on the wire; more than was captured where the snap length cut it.
    pub(super) length: usize,
}

/// A UDP datagram.
pub(super) struct Udp<'a> {
    pub(super) source: u16,
    pub(super) destination: u16,
    pub(super) payload: &'a [u8],
}

impl Tcp<'_> {
    pub(super) fn fin(&self) -> bool {
        self.flags & 1 != 0
    }

    pub(super) fn syn(&self) -> bool {
        self.flags & 2 != 0
    }

    pub(super) fn rst(&self) -> bool {
        self.flags & 4 != 0
    }

    pub(super) fn ack(&self) -> bool {
        self.flags & 16 != 0
    }
}

/// Reads an IP packet. `None` where not even the addresses are there.
pub(super) fn datagram(data: &[u8]) -> Option<Datagram<'_>> {
    let (ip, _) = LaxIpSlice::from_slice(data).ok()?;
    // What the header claims of the payload's length; zero where the sender's hardware was to fill it in.
    let (claimed, later) = match &ip {
        LaxIpSlice::Ipv4(ip) => {
            let header = ip.header();
            (usize::from(header.total_len()).saturating_sub(header.slice().len()), header.fragments_offset().value() > 0)
        }
        LaxIpSlice::Ipv6(ip) => {
            let extensions = ip.extensions().slice().len();
            let later = ip.extensions().clone().into_iter().any(|extension| match extension {
                etherparse::Ipv6ExtensionSlice::Fragment(fragment) => fragment.fragment_offset().value() > 0,
                _ => false,
            });
            (usize::from(ip.header().payload_length()).saturating_sub(extensions), later)
        }
    };
    let payload = ip.payload();
    let fragment = match (later, payload.fragmented) {
        (true, _) => Some(Fragment::Later),
        (false, true) => Some(Fragment::First),
        (false, false) => None,
    };
    let length = claimed.max(payload.payload.len());
    let transport = match payload.ip_number {
        _ if later => None,
        ip_number::TCP => tcp(payload.payload, length).map(Transport::Tcp),
        ip_number::UDP => udp(payload.payload).map(Transport::Udp),
        _ => None,
    };
    Some(Datagram {
        source: ip.source_addr(),
        destination: ip.destination_addr(),
        fragment,
        transport: transport.unwrap_or(Transport::Other),
    })
}

/// Read by hand, because a snap length often cuts the options while ports, numbers and flags are there.
fn tcp(data: &[u8], length: usize) -> Option<Tcp<'_>> {
    let header = usize::from(data.get(12)? >> 4) * 4;
    if header < 20 {
        return None;
    }
    Some(Tcp {
        source: be16(data, 0)?,
        destination: be16(data, 2)?,
        sequence: Order::Big.u32(data, 4)?,
        acknowledged: Order::Big.u32(data, 8)?,
        flags: *data.get(13)?,
        payload: data.get(header..).unwrap_or_default(),
        length: length.saturating_sub(header),
    })
}

fn udp(data: &[u8]) -> Option<Udp<'_>> {
    let length = usize::from(be16(data, 4)?).max(8);
    let payload = data.get(8..)?;
    Some(Udp { source: be16(data, 0)?, destination: be16(data, 2)?, payload: payload.get(..length - 8).unwrap_or(payload) })
}

//! IP, TCP and UDP headers of one packet, as far as the capture holds them.
//!
//! Read by hand: snap lengths cut headers anywhere, and the walk over IPv6 extension headers of etherparse 0.21 reads
//! beyond a cut packet without a check.
//!
//! Sources: RFC 791, RFC 8200 (extension headers), RFC 4302 (authentication header), RFC 9293, RFC 768.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::bytes::{Order, be16};
use super::fragments::Part;

pub(super) const TCP: u8 = 6;
pub(super) const UDP: u8 = 17;

/// Extension headers of one packet that are passed before it is given up.
const EXTENSIONS: usize = 16;

/// An IP packet behind all its headers.
pub(super) struct Ip<'a> {
    pub(super) source: IpAddr,
    pub(super) destination: IpAddr,
    pub(super) protocol: u8,
    /// Where it stands in its packet, if it is a fragment.
    pub(super) part: Option<Part>,
    /// The captured part.
    pub(super) payload: &'a [u8],
    /// Length on the wire.
    pub(super) length: usize,
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
    pub(super) flags: u8,
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

impl Udp<'_> {
    pub(super) fn is_dns(&self) -> bool {
        self.source == 53 || self.destination == 53
    }
}

/// Reads the IP headers of a packet. `None` where not even the addresses are there.
pub(super) fn network(data: &[u8]) -> Option<Ip<'_>> {
    match data.first()? >> 4 {
        4 => version4(data),
        6 => version6(data),
        _ => None,
    }
}

/// Reads what an IP packet carries: `payload` is the captured part of `length` bytes.
pub(super) fn transport(protocol: u8, payload: &[u8], length: usize) -> Transport<'_> {
    let known = match protocol {
        TCP => tcp(payload, length).map(Transport::Tcp),
        UDP => udp(payload).map(Transport::Udp),
        _ => None,
    };
    known.unwrap_or(Transport::Other)
}

fn version4(data: &[u8]) -> Option<Ip<'_>> {
    let [first, _, t0, t1, i0, i1, f0, f1, _, protocol, _, _, s0, s1, s2, s3, d0, d1, d2, d3] = *data.first_chunk::<20>()?;
    let header = usize::from(first & 0xf) * 4;
    let total = usize::from(u16::from_be_bytes([t0, t1]));
    let field = u16::from_be_bytes([f0, f1]);
    let ip = Ip {
        source: Ipv4Addr::new(s0, s1, s2, s3).into(),
        destination: Ipv4Addr::new(d0, d1, d2, d3).into(),
        protocol,
        part: part(u16::from_be_bytes([i0, i1]).into(), field & 0x2000 != 0, field & 0x1fff),
        payload: &[],
        length: 0,
    };
    if header < 20 {
        return Some(Ip { protocol: 0, ..ip });
    }
    // Captured before the network card filled the length in: all that is there.
    let total = if total < header { data.len() } else { total };
    let data = data.get(..total).unwrap_or(data);
    authenticated(Ip { payload: data.get(header..).unwrap_or_default(), length: total.saturating_sub(header), ..ip })
}

fn version6(data: &[u8]) -> Option<Ip<'_>> {
    let octets = |at| data.get(at..)?.first_chunk::<16>().copied();
    let mut length = usize::from(be16(data, 4)?);
    let mut payload = data.get(40..)?;
    if length == 0 {
        length = payload.len();
    }
    payload = payload.get(..length).unwrap_or(payload);
    let mut protocol = *data.get(6)?;
    let mut parted = None;
    for _ in 0..EXTENSIONS {
        let size = match (protocol, payload) {
            // hop-by-hop, routing, destination options, mobility, HIP, shim6: length in units of 8 after the first
            (0 | 43 | 60 | 135 | 139 | 140, [_, units, ..]) => (usize::from(*units) + 1) * 8,
            (44, _) => {
                let field = be16(payload, 2)?;
                parted = part(Order::Big.u32(payload, 4)?, field & 1 != 0, field >> 3);
                8
            }
            _ => break,
        };
        protocol = *payload.first()?;
        payload = payload.get(size..).unwrap_or_default();
        length = length.saturating_sub(size);
    }
    let (source, destination) = (Ipv6Addr::from(octets(8)?).into(), Ipv6Addr::from(octets(24)?).into());
    authenticated(Ip { source, destination, protocol, part: parted, payload, length })
}

/// `offset` in units of eight bytes.
fn part(identification: u32, more: bool, offset: u16) -> Option<Part> {
    (more || offset > 0).then(|| Part { identification, offset: usize::from(offset) * 8, more })
}

/// Passes an IPsec authentication header, which hides nothing.
fn authenticated(ip: Ip<'_>) -> Option<Ip<'_>> {
    match ip.payload {
        [next, units, ..] if ip.protocol == 51 => {
            let size = (usize::from(*units) + 2) * 4;
            Some(Ip { protocol: *next, payload: ip.payload.get(size..).unwrap_or_default(), length: ip.length.saturating_sub(size), ..ip })
        }
        _ => Some(ip),
    }
}

/// A snap length often cuts the options while ports, numbers and flags are there.
fn tcp(data: &[u8], length: usize) -> Option<Tcp<'_>> {
    let [s0, s1, d0, d1, n0, n1, n2, n3, a0, a1, a2, a3, offset, flags] = *data.first_chunk::<14>()?;
    let header = usize::from(offset >> 4) * 4;
    if header < 20 {
        return None;
    }
    Some(Tcp {
        source: u16::from_be_bytes([s0, s1]),
        destination: u16::from_be_bytes([d0, d1]),
        sequence: u32::from_be_bytes([n0, n1, n2, n3]),
        acknowledged: u32::from_be_bytes([a0, a1, a2, a3]),
        flags,
        payload: data.get(header..).unwrap_or_default(),
        length: length.saturating_sub(header),
    })
}

fn udp(data: &[u8]) -> Option<Udp<'_>> {
    let length = usize::from(be16(data, 4)?).max(8);
    let payload = data.get(8..)?;
    Some(Udp { source: be16(data, 0)?, destination: be16(data, 2)?, payload: payload.get(..length - 8).unwrap_or(payload) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use etherparse::PacketBuilder;

    /// Packets as another library writes them.
    fn written(builder: etherparse::PacketBuilderStep<etherparse::IpHeaders>, payload: &[u8]) -> Vec<u8> {
        let builder = builder.tcp(33_594, 443, 0x1234_5678, 65_535).syn().fin();
        let mut bytes = Vec::new();
        builder.write(&mut bytes, payload).unwrap();
        bytes
    }

    #[test]
    fn segments_read_as_another_library_wrote_them() {
        let four = written(
            PacketBuilder::ip(etherparse::IpHeaders::Ipv4(
                etherparse::Ipv4Header { source: [192, 0, 2, 10], destination: [72, 163, 4, 38], ..Default::default() },
                Default::default(),
            )),
            b"payload",
        );
        let options = etherparse::Ipv6RawExtHeader::new_raw(etherparse::ip_number::TCP, &[0; 14]).unwrap();
        let six = written(
            PacketBuilder::ip(etherparse::IpHeaders::Ipv6(
                etherparse::Ipv6Header { source: [1; 16], destination: [2; 16], ..Default::default() },
                etherparse::Ipv6Extensions { hop_by_hop_options: Some(options), ..Default::default() },
            )),
            b"payload",
        );
        for (bytes, source) in [(four, "192.0.2.10"), (six, "101:101:101:101:101:101:101:101")] {
            let trailer = [bytes.as_slice(), &[0; 9]].concat();
            let whole = network(&trailer).unwrap();
            assert_eq!((whole.source.to_string().as_str(), whole.part), (source, None));
            let Transport::Tcp(tcp) = transport(whole.protocol, whole.payload, whole.length) else { panic!("no TCP") };
            assert_eq!((tcp.source, tcp.destination, tcp.sequence), (33_594, 443, 0x1234_5678));
            assert_eq!((tcp.syn(), tcp.fin(), tcp.rst(), tcp.ack()), (true, true, false, false));
            assert_eq!((tcp.payload, tcp.length), (&b"payload"[..], 7));
            for cut in 0..bytes.len() {
                let Some(ip) = network(&bytes[..cut]) else { continue };
                if let Transport::Tcp(tcp) = transport(ip.protocol, ip.payload, ip.length) {
                    assert_eq!((tcp.length, tcp.payload.len()), (7, cut.saturating_sub(bytes.len() - 7)), "cut at {cut}");
                }
            }
        }
    }

    #[test]
    fn fragments_are_told_apart() {
        let part = |identification, offset, more| Some(Part { identification, offset, more });
        for (field, expected) in [([0x20, 0], part(7, 0, true)), ([0, 5], part(7, 40, false)), ([0x40, 0], None)] {
            let mut bytes = vec![0x45, 0, 0, 20, 0, 7, field[0], field[1], 64, 6, 0, 0];
            bytes.extend([1; 8]);
            assert_eq!(network(&bytes).unwrap().part, expected);
        }
        for (field, expected) in [([0, 1], part(7, 0, true)), ([0, 8], part(7, 8, false)), ([0, 0], None)] {
            let mut bytes = vec![0x60, 0, 0, 0, 0, 8, 44, 64];
            bytes.extend([1; 32]);
            bytes.extend([6, 0, field[0], field[1], 0, 0, 0, 7]);
            assert_eq!(network(&bytes).unwrap().part, expected);
        }
    }
}

//! Where the headers of a packet stand, tunnels and quoted packets included.

use std::net::IpAddr;
use std::ops::Range;

use crate::formats::capture::layout;

/// Packets in packets that are followed.
const DEPTH: usize = 4;
/// Extension headers that are passed.
const EXTENSIONS: usize = 16;

/// One IP packet.
#[derive(Clone, Debug)]
pub(super) struct Layer {
    /// Where its header begins.
    pub(super) at: usize,
    pub(super) version: u8,
    /// Where its payload begins, perhaps beyond what was captured.
    pub(super) payload: usize,
    /// Where it ends on the wire.
    pub(super) end: usize,
    pub(super) protocol: u8,
    /// It is a fragment.
    pub(super) part: bool,
    /// It stands in an error message about it: what follows its ports is not all there.
    pub(super) quoted: bool,
    /// Where the packet inside begins.
    pub(super) inner: Option<usize>,
    /// The extension headers that hold addresses or options, each with its kind and the whole of it.
    pub(super) extensions: Vec<(u8, Range<usize>)>,
}

fn be16(data: &[u8], at: usize) -> Option<usize> {
    let [high, low] = *data.get(at..)?.first_chunk()?;
    Some(usize::from(high) << 8 | usize::from(low))
}

impl Layer {
    fn read(data: &[u8], at: usize, limit: usize, quoted: bool) -> Option<Self> {
        let packet = data.get(at..)?;
        match packet.first()? >> 4 {
            4 => {
                let header = usize::from(packet.first()? & 0xf) * 4;
                packet.get(..20)?;
                let total = be16(packet, 2)?;
                let total = if total < header { packet.len() } else { total };
                let part = be16(packet, 6)? & 0x3fff != 0;
                let layer = Self {
                    at,
                    version: 4,
                    payload: at + header.max(20),
                    end: (at + total).min(limit.max(at)),
                    protocol: *packet.get(9)?,
                    part,
                    quoted,
                    inner: None,
                    extensions: Vec::new(),
                };
                Some(layer)
            }
            6 => {
                packet.get(..40)?;
                let mut length = be16(packet, 4)?;
                if length == 0 {
                    length = packet.len().saturating_sub(40);
                }
                let (mut protocol, mut payload, mut part) = (*packet.get(6)?, 40, false);
                let mut extensions = Vec::new();
                for _ in 0..EXTENSIONS {
                    let size = match protocol {
                        0 | 43 | 60 | 135 | 139 | 140 => (usize::from(*packet.get(payload + 1)?) + 1) * 8,
                        44 => {
                            part |= be16(packet, payload + 2)? & 0xfff9 != 0;
                            8
                        }
                        _ => break,
                    };
                    if matches!(protocol, 0 | 43 | 60) {
                        extensions.push((protocol, at + payload..at + payload + size));
                    }
                    protocol = *packet.get(payload)?;
                    payload += size;
                }
                let end = (at + 40 + length).min(limit.max(at));
                Some(Self { at, version: 6, payload: at + payload, end, protocol, part, quoted, inner: None, extensions })
            }
            _ => None,
        }
    }

    /// Both addresses, where they stand.
    pub(super) fn addresses(&self) -> [Range<usize>; 2] {
        let (first, length) = if self.version == 4 { (self.at + 12, 4) } else { (self.at + 8, 16) };
        [first..first + length, first + length..first + 2 * length]
    }

    /// The header of TCP or UDP: its bytes as far as they are there.
    pub(super) fn ports(&self, data: &[u8]) -> Option<(u16, u16)> {
        Some((be16(data, self.payload)? as u16, be16(data, self.payload + 2)? as u16))
    }

    /// Where the payload of TCP begins.
    pub(super) fn tcp_payload(&self, data: &[u8]) -> Option<usize> {
        let header = usize::from(data.get(self.payload + 12)? >> 4) * 4;
        (header >= 20).then_some(self.payload + header)
    }
}

/// The IP packets of a frame, the outermost first.
pub(super) fn layers(link: u16, data: &[u8]) -> Vec<Layer> {
    let mut found: Vec<Layer> = Vec::new();
    let mut next = layout::network(link, data).map(|at| (at, false));
    let mut limit = usize::MAX;
    while let Some((at, quoted)) = next {
        let Some(mut layer) = Layer::read(data, at, limit, quoted) else { break };
        next = if found.len() < DEPTH { inner(&layer, data) } else { None };
        layer.inner = next.map(|(at, _)| at);
        limit = layer.end;
        found.push(layer);
    }
    found
}

/// Where the packet inside begins, and whether it is only quoted.
fn inner(layer: &Layer, data: &[u8]) -> Option<(usize, bool)> {
    if layer.part {
        return None;
    }
    let payload = data.get(layer.payload..layer.end.min(data.len()))?;
    match (layer.protocol, payload) {
        // Unreachable, quench, redirect, time exceeded, bad parameter.
        (1, [3 | 4 | 5 | 11 | 12, ..]) | (58, [1..=4, ..]) => payload.get(8..).map(|_| (layer.payload + 8, true)),
        (17, _) => {
            let (source, destination) = layer.ports(data)?;
            layout::in_datagram(source, destination, payload.get(8..)?).map(|at| (layer.payload + 8 + at, layer.quoted))
        }
        (6 | 58 | 1, _) => None,
        (protocol, _) => layout::in_protocol(protocol, payload).map(|at| (layer.payload + at, layer.quoted)),
    }
}

/// One TCP segment.
pub(super) struct Segment<'d> {
    pub(super) flow: (IpAddr, IpAddr, u16, u16),
    pub(super) sequence: u32,
    pub(super) syn: bool,
    /// The captured part of its payload.
    pub(super) payload: &'d [u8],
    /// Length of the payload on the wire.
    pub(super) length: usize,
}

/// The TCP segment of a layer.
pub(super) fn segment<'d>(layer: &Layer, data: &'d [u8]) -> Option<Segment<'d>> {
    if layer.protocol != 6 || layer.part || layer.quoted {
        return None;
    }
    let address = |range: Range<usize>| -> Option<IpAddr> {
        let bytes = data.get(range)?;
        match <[u8; 4]>::try_from(bytes) {
            Ok(four) => Some(four.into()),
            Err(_) => <[u8; 16]>::try_from(bytes).ok().map(Into::into),
        }
    };
    let [source, destination] = layer.addresses();
    let (from, to) = layer.ports(data)?;
    let start = layer.tcp_payload(data)?;
    let sequence = u32::from_be_bytes(*data.get(layer.payload + 4..)?.first_chunk()?);
    let syn = data.get(layer.payload + 13)? & 2 != 0;
    let payload = data.get(start..layer.end.min(data.len())).unwrap_or_default();
    let length = layer.end.saturating_sub(start);
    Some(Segment { flow: (address(source)?, address(destination)?, from, to), sequence, syn, payload, length })
}

/// The TCP segments of a frame.
pub(super) fn segments(link: u16, data: &[u8]) -> Vec<Segment<'_>> {
    layers(link, data).iter().filter_map(|layer| segment(layer, data)).collect()
}

//! Rewrites one packet in place: addresses, what is not kept of its payload, checksums. Where a payload would mean nothing but
//! damage as zeros, the packet is cut before it; its length on the wire stays.

use std::ops::Range;

use super::super::Redactor;
use super::layers::{Layer, layers, segment};
use super::payload;
use super::streams::Streams;

/// Rewrites a packet of a LINKTYPE_ number. `may_cut`: whether it may become shorter.
pub(super) fn edit(redactor: &mut Redactor, streams: &mut Streams, link: u16, data: &mut Vec<u8>, may_cut: bool) {
    redactor.statistics.packets.0 += 1;
    let before = data.clone();
    let found = layers(link, data);
    // Where the last kept byte ends.
    let mut end = match found.first() {
        None => not_ip(redactor, link, data),
        Some(outermost) => {
            frame_addresses(redactor, link, data, outermost.at);
            outermost.end
        }
    };
    for (at, layer) in found.iter().enumerate().rev() {
        if let Some(previous) = at.checked_sub(1).and_then(|at| found.get(at)) {
            tunnelled_frame(redactor, data, previous, layer.at);
        }
        let kept = one(redactor, streams, data, &before, layer);
        end = if layer.inner.is_some() { end.min(layer.end) } else { kept };
    }
    if end < data.len() {
        if may_cut {
            data.truncate(end);
        } else if let Some(rest) = data.get_mut(end..) {
            rest.fill(0);
        }
    }
    for layer in found.iter().rev() {
        sums(data, layer);
    }
    let payload = found.last().map_or(0, |layer| layer.payload);
    redactor.statistics.packets.1 += u64::from(data.get(payload..) != before.get(payload..));
}

/// A frame without IP: ARP is rewritten, of the rest the addresses remain. Says where what is kept ends.
fn not_ip(redactor: &mut Redactor, link: u16, data: &mut [u8]) -> usize {
    match link {
        1 => {
            ethernet(redactor, data, 0);
            let mut at = 12;
            while matches!(data.get(at..at + 2), Some([0x81 | 0x91 | 0x92, 0] | [0x88, 0xa8])) {
                at += 4;
            }
            if data.get(at..at + 2) != Some(&[8, 6]) {
                return at + 2;
            }
            at += 2;
            // RFC 826, Ethernet and IPv4: hardware and protocol address of both.
            if data.get(at + 4..at + 6) != Some(&[6, 4]) {
                return at;
            }
            for place in [at + 8, at + 18] {
                ethernet_address(redactor, data, place);
                ip_address(redactor, data, place + 6..place + 10);
            }
            at + 28
        }
        105 | 127 => {
            let start = radiotap(link, data);
            wireless(redactor, data, start);
            start + 24
        }
        113 | 276 => {
            cooked(redactor, link, data);
            if link == 113 { 16 } else { 20 }
        }
        _ => 0,
    }
}

/// The addresses before an IP packet.
fn frame_addresses(redactor: &mut Redactor, link: u16, data: &mut [u8], ip: usize) {
    match link {
        1 if ip >= 14 => {
            ethernet(redactor, data, 0);
            // Ethernet in Ethernet: another pair right before the packet.
            inner_ethernet(redactor, data, 14, ip);
        }
        105 | 127 => {
            let start = radiotap(link, data);
            wireless(redactor, data, start);
        }
        113 | 276 => cooked(redactor, link, data),
        _ => {}
    }
}

/// The frame that stands between a tunnel's header and the packet inside.
fn tunnelled_frame(redactor: &mut Redactor, data: &mut [u8], outer: &Layer, inner: usize) {
    const CAPWAP: u16 = 5247;
    let from = outer.payload + 8;
    match outer.ports(data).filter(|_| outer.protocol == 17) {
        Some((source, destination)) if source == CAPWAP || destination == CAPWAP => {
            let header = data.get(from + 1).map_or(0, |byte| usize::from(byte >> 3) * 4);
            wireless(redactor, data, from + header);
        }
        _ => inner_ethernet(redactor, data, outer.payload, inner),
    }
}

/// An Ethernet header that ends right before `ip`, perhaps with tags, and begins at `from` or behind.
fn inner_ethernet(redactor: &mut Redactor, data: &mut [u8], from: usize, ip: usize) {
    let typed =
        |at: usize| ip.checked_sub(at).and_then(|at| data.get(at..at + 2)).is_some_and(|kind| kind == [8, 0] || kind == [0x86, 0xdd]);
    if !typed(2) {
        return;
    }
    let mut start = ip.saturating_sub(14);
    while start >= from + 4 && data.get(start + 8..start + 10).is_some_and(|kind| kind == [0x81, 0] || kind == [0x88, 0xa8]) {
        start -= 4;
    }
    if start >= from && ip >= 14 {
        ethernet(redactor, data, start);
    }
}

fn ethernet(redactor: &mut Redactor, data: &mut [u8], at: usize) {
    ethernet_address(redactor, data, at);
    ethernet_address(redactor, data, at + 6);
}

fn ethernet_address(redactor: &mut Redactor, data: &mut [u8], at: usize) {
    if let Some(place) = data.get_mut(at..).and_then(|rest| rest.first_chunk_mut::<6>()) {
        *place = redactor.mac(*place);
    }
}

fn ip_address(redactor: &mut Redactor, data: &mut [u8], place: Range<usize>) {
    if let Some(bytes) = data.get_mut(place) {
        redactor.address_bytes(bytes);
    }
}

fn radiotap(link: u16, data: &[u8]) -> usize {
    match (link, data) {
        (127, [_, _, low, high, ..]) => usize::from(*high) << 8 | usize::from(*low),
        _ => 0,
    }
}

/// The addresses of an IEEE 802.11 frame: three, and a fourth between access points.
fn wireless(redactor: &mut Redactor, data: &mut [u8], at: usize) {
    for place in [4, 10, 16] {
        ethernet_address(redactor, data, at + place);
    }
    if data.get(at + 1).is_some_and(|flags| flags & 3 == 3) {
        ethernet_address(redactor, data, at + 24);
    }
}

/// The sender's address of Linux cooked captures.
fn cooked(redactor: &mut Redactor, link: u16, data: &mut [u8]) {
    ethernet_address(redactor, data, if link == 113 { 6 } else { 12 });
}

/// Rewrites one IP packet; its payload from the bytes as they were. Says where what is kept of it ends.
fn one(redactor: &mut Redactor, streams: &mut Streams, data: &mut [u8], before: &[u8], layer: &Layer) -> usize {
    for place in layer.addresses() {
        ip_address(redactor, data, place);
    }
    if layer.version == 4
        && let Some(options) = data.get_mut(layer.at + 20..layer.payload.min(before.len()))
    {
        // Routes that were recorded are addresses: each option becomes the one that means nothing.
        options.fill(1);
    }
    for (kind, place) in &layer.extensions {
        extension(redactor, data, *kind, place);
    }
    if layer.part {
        return layer.payload;
    }
    if layer.inner.is_some() && !matches!(layer.protocol, 1 | 58) {
        return layer.end;
    }
    match layer.protocol {
        6 if layer.quoted => layer.payload + 8,
        6 => {
            let Some(start) = layer.tcp_payload(before) else { return layer.end };
            let Some(segment) = segment(layer, before) else { return start };
            let end = layer.end.min(data.len());
            if let Some(payload) = data.get_mut(start..end) {
                streams.lay(&segment, payload);
            }
            layer.end
        }
        17 if layer.quoted => layer.payload + 8,
        17 => {
            let start = layer.payload + 8;
            let dns = layer.ports(before).is_some_and(|(source, destination)| source == 53 || destination == 53);
            let end = layer.end.min(data.len());
            match data.get_mut(start..end) {
                Some(message) if dns => {
                    if payload::dns(redactor, message) {
                        layer.end
                    } else {
                        start
                    }
                }
                _ => start,
            }
        }
        1 => {
            if before.get(layer.payload) == Some(&5) {
                ip_address(redactor, data, layer.payload + 4..layer.payload + 8);
            }
            if layer.inner.is_some() { layer.end } else { layer.payload + 8 }
        }
        58 if layer.inner.is_some() => layer.end,
        58 => neighbour(redactor, data, layer),
        _ => layer.payload,
    }
}

/// An extension header of IPv6 (RFC 8200, 4): addresses on a route are replaced, options become padding.
fn extension(redactor: &mut Redactor, data: &mut [u8], kind: u8, place: &Range<usize>) {
    const ROUTING: u8 = 43;
    let end = place.end.min(data.len());
    let Some(header) = data.get_mut(place.start..end) else { return };
    if kind == ROUTING {
        // Source routes, those of mobile hosts, and segments (RFC 5095, 6275, 8754) have addresses from the eighth byte on.
        let listed = matches!(header.get(2), Some(0 | 2 | 4));
        for bytes in header.get_mut(8..).unwrap_or_default().chunks_mut(16) {
            if listed && bytes.len() == 16 {
                redactor.address_bytes(bytes);
            } else {
                bytes.fill(0);
            }
        }
    } else if let Some(options) = header.get_mut(2..) {
        // One option of as many zeros (PadN) at a time holds 255.
        for part in options.chunks_mut(257) {
            part.fill(0);
            if let [kind, length, rest @ ..] = part {
                *kind = 1;
                *length = u8::try_from(rest.len()).unwrap_or(u8::MAX);
            }
        }
    }
}

/// ICMPv6: neighbour discovery (RFC 4861) with its addresses; of the rest the first eight bytes. Says where what is kept ends.
fn neighbour(redactor: &mut Redactor, data: &mut [u8], layer: &Layer) -> usize {
    let start = layer.payload;
    let mut at = match data.get(start) {
        Some(133) => start + 8,
        Some(134) => start + 16,
        Some(135 | 136) => {
            ip_address(redactor, data, start + 8..start + 24);
            start + 24
        }
        _ => return start + 8,
    };
    let end = layer.end.min(data.len());
    while let Some([kind, units, ..]) = data.get(at..end) {
        let (kind, length) = (*kind, usize::from(*units) * 8);
        if length == 0 || at + length > end {
            break;
        }
        match kind {
            1 | 2 if length == 8 => ethernet_address(redactor, data, at + 2),
            3 if length == 32 => ip_address(redactor, data, at + 16..at + 32),
            // MTU and flags hold none.
            5 | 26 => {}
            _ => {
                if let Some(body) = data.get_mut(at + 2..at + length) {
                    body.fill(0);
                }
            }
        }
        at += length;
    }
    at
}

/// The one's complement sum of RFC 1071. What was not captured counts as zeros, as it does in a packet that was cut here.
fn sum(bytes: &[u8]) -> u64 {
    bytes.chunks(2).map(|pair| u64::from(pair.first().copied().unwrap_or(0)) << 8 | u64::from(pair.get(1).copied().unwrap_or(0))).sum()
}

fn folded(mut sum: u64) -> u16 {
    while sum >> 16 != 0 {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}

/// Makes the checksums of a packet right again.
fn sums(data: &mut [u8], layer: &Layer) {
    if layer.version == 4
        && let Some(header) = data.get_mut(layer.at..layer.payload)
    {
        set(header, 10, 0);
        let value = folded(sum(header));
        set(header, 10, value);
    }
    if layer.part || layer.quoted {
        return;
    }
    let place = match layer.protocol {
        6 => 16,
        17 => 6,
        1 | 58 => 2,
        _ => return,
    };
    let pseudo: u64 = if layer.protocol == 1 {
        0
    } else {
        let addresses: u64 = layer.addresses().into_iter().map(|place| data.get(place).map_or(0, sum)).sum();
        addresses + u64::from(layer.protocol) + layer.end.saturating_sub(layer.payload) as u64
    };
    let end = layer.end.min(data.len());
    let Some(body) = data.get_mut(layer.payload..end) else { return };
    // UDP over IPv4 may go without.
    if layer.protocol == 17 && layer.version == 4 && body.get(6..8) == Some(&[0, 0]) {
        return;
    }
    if body.len() < place + 2 {
        return;
    }
    set(body, place, 0);
    let value = folded(pseudo + sum(body));
    set(body, place, if value == 0 && layer.protocol == 17 { 0xffff } else { value });
}

fn set(bytes: &mut [u8], at: usize, value: u16) {
    if let Some(place) = bytes.get_mut(at..at + 2) {
        place.copy_from_slice(&value.to_be_bytes());
    }
}

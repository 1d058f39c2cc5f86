//! Tunnels that carry whole packets in the clear: what an access point, a fabric or a mirror session puts around a flow.
//!
//! Sources: RFC 2784 and 2890 (GRE), RFC 2637 (its version 1), draft-foschiano-erspan (ERSPAN), RFC 7348 (VXLAN), RFC 9305
//! (its generic form), RFC 8926 (Geneve), RFC 9300 (LISP), RFC 5415 (CAPWAP), RFC 2003 and 4213 (IP in IP).

use super::bytes::be16;

/// The port of CAPWAP data at the controller.
const CAPWAP: u16 = 5247;

/// What a tunnel carries.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Inside<'a> {
    /// An IP packet.
    Ip(&'a [u8]),
    /// What an EtherType names.
    Typed(u16, &'a [u8]),
    /// An Ethernet frame.
    Ethernet(&'a [u8]),
    /// An IEEE 802.11 frame.
    Wireless(&'a [u8]),
    /// A PPP frame.
    Ppp(&'a [u8]),
}

/// The tunnel that an IP protocol number announces.
pub(super) fn by_protocol(protocol: u8, data: &[u8]) -> Option<Inside<'_>> {
    match protocol {
        4 | 41 => Some(Inside::Ip(data)),
        47 => gre(data),
        _ => None,
    }
}

/// The tunnel that a UDP port announces.
pub(super) fn by_port(port: u16, data: &[u8]) -> Option<Inside<'_>> {
    match (port, data) {
        // VXLAN, also on the port that older kernels use; the network id is there
        (4789 | 8472, [flags, ..]) if flags & 0x08 != 0 => data.get(8..).map(Inside::Ethernet),
        (4790, [_, _, _, 1 | 2, ..]) => data.get(8..).map(Inside::Ip),
        (4790, [_, _, _, 3, ..]) => data.get(8..).map(Inside::Ethernet),
        (6081, [version_and_options, ..]) if version_and_options >> 6 == 0 => {
            let kind = be16(data, 2)?;
            let inner = data.get(8 + usize::from(version_and_options & 0x3f) * 4..)?;
            Some(typed(kind, inner))
        }
        (4341, _) => data.get(8..).map(Inside::Ip),
        (2152, _) => user_plane(data),
        (3544, _) => teredo(data),
        (1701, _) => l2tp(data),
        (6635, _) => Some(Inside::Typed(0x8847, data)),
        (CAPWAP, _) => capwap(data),
        _ => None,
    }
}

/// Whether a datagram between these UDP ports may carry a tunnel.
pub(super) fn is_between(source: u16, destination: u16) -> bool {
    is_port(destination) || answers(source)
}

/// Whether a UDP port may carry a tunnel, so that other datagrams cost one comparison.
pub(super) fn is_port(port: u16) -> bool {
    matches!(port, 1701 | 2152 | 3544 | 4341 | 4789 | 4790 | CAPWAP | 6081 | 6635 | 8472)
}

/// A packet of a mobile network's user: version 1, type 255, and an optional part with chained extensions.
fn user_plane(data: &[u8]) -> Option<Inside<'_>> {
    let [flags, 255, ..] = data else { return None };
    if flags >> 4 != 3 {
        return None;
    }
    let mut at = if flags & 7 == 0 { 8 } else { 12 };
    let mut next = if flags & 4 == 0 { 0 } else { *data.get(11)? };
    for _ in 0..8 {
        if next == 0 {
            return data.get(at..).map(Inside::Ip);
        }
        let length = usize::from(*data.get(at)?).max(1) * 4;
        next = *data.get(at + length - 1)?;
        at += length;
    }
    None
}

/// IPv6 behind an authentication header and an origin indication, both optional.
fn teredo(mut data: &[u8]) -> Option<Inside<'_>> {
    if let [0, 1, client, value, ..] = data {
        data = data.get(13 + usize::from(*client) + usize::from(*value)..)?;
    }
    if data.starts_with(&[0, 0]) {
        data = data.get(8..)?;
    }
    (data.first()? >> 4 == 6).then_some(Inside::Ip(data))
}

/// A data message of version 2; control messages have the first bit.
fn l2tp(data: &[u8]) -> Option<Inside<'_>> {
    let flags = be16(data, 0)?;
    if flags & 0x800f != 2 {
        return None;
    }
    let mut at = 6 + usize::from(flags & 0x4000 != 0) * 2 + usize::from(flags & 0x0800 != 0) * 4;
    if flags & 0x0200 != 0 {
        at += 2 + usize::from(be16(data, at)?);
    }
    data.get(at..).map(Inside::Ppp)
}

/// Whether what comes from this port is a tunnel too, not only what goes there.
pub(super) fn answers(port: u16) -> bool {
    matches!(port, 1701 | 3544 | CAPWAP)
}

fn typed(kind: u16, data: &[u8]) -> Inside<'_> {
    if kind == 0x6558 { Inside::Ethernet(data) } else { Inside::Typed(kind, data) }
}

fn gre(data: &[u8]) -> Option<Inside<'_>> {
    let (flags, kind) = (be16(data, 0)?, be16(data, 2)?);
    let present = |bit: u16| usize::from(flags & bit != 0) * 4;
    let options = present(0x8000) + present(0x2000) + present(0x1000);
    match flags & 7 {
        // Source routes of RFC 1701 are not followed.
        0 if flags & 0x4000 == 0 => {
            let inner = data.get(4 + options..)?;
            match kind {
                // A mirror session: type I has no header of its own, and no sequence number before it
                0x88be if flags & 0x1000 == 0 => Some(Inside::Ethernet(inner)),
                0x88be => inner.get(8..).map(Inside::Ethernet),
                0x22eb => inner.get(12 + usize::from(inner.get(11)? & 1) * 8..).map(Inside::Ethernet),
                // Web cache redirection, with or without its own four bytes
                0x883e if inner.first()? >> 4 == 4 => Some(Inside::Ip(inner)),
                0x883e => inner.get(4..).map(Inside::Ip),
                _ => Some(typed(kind, inner)),
            }
        }
        1 if kind == 0x880b => data.get(8 + present(0x1000) + present(0x0080)..).map(Inside::Ppp),
        _ => None,
    }
}

/// CAPWAP data in the clear; with DTLS, and in later fragments, there is nothing to read.
fn capwap(data: &[u8]) -> Option<Inside<'_>> {
    let [0, length, wireless, flags, ..] = data else { return None };
    let later = be16(data, 6)? >> 3 != 0;
    if later || flags & 0x08 != 0 {
        return None;
    }
    let inner = data.get(usize::from(length >> 3) * 4..)?;
    Some(if wireless & 1 == 1 { Inside::Wireless(inner) } else { Inside::Ethernet(inner) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tunnel_leads_to_what_it_carries() {
        const PACKET: &[u8] = &[0x45, 0, 0, 20];
        type Expected = fn(&'static [u8]) -> Inside<'static>;
        for (protocol, head, expected) in [
            (4, &[][..], Inside::Ip as Expected),
            (41, &[], Inside::Ip),
            (47, &[0, 0, 8, 0], |data| Inside::Typed(0x800, data)),
            (47, &[0xb0, 0, 0x65, 0x58, 1, 2, 3, 4, 0, 0, 0, 9, 0, 0, 0, 1], Inside::Ethernet),
            (47, &[0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 0, 0, 0, 0, 0, 0, 0], Inside::Ethernet),
            (47, &[0, 0, 0x88, 0xbe], Inside::Ethernet),
            (47, &[0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], Inside::Ethernet),
            (47, &[0, 0, 0x88, 0x3e, 0, 0, 0, 0], Inside::Ip),
            (47, &[0x30, 1, 0x88, 0x0b, 0, 4, 0, 1, 0, 0, 0, 7], Inside::Ppp),
        ] {
            let data: &'static [u8] = [head, PACKET].concat().leak();
            assert_eq!(by_protocol(protocol, data), Some(expected(PACKET)), "protocol {protocol}, {head:x?}");
            for cut in 1..head.len() {
                assert_ne!(by_protocol(protocol, &data[..cut]), Some(expected(PACKET)));
            }
        }
        for (port, head, expected) in [
            (4789, &[8, 0, 0, 0, 0, 0, 42, 0][..], Inside::Ethernet as Expected),
            (4790, &[0x0c, 0, 0, 1, 0, 0, 42, 0], Inside::Ip),
            (6081, &[1, 0, 0x65, 0x58, 0, 0, 42, 0, 9, 9, 9, 9], Inside::Ethernet),
            (4341, &[0; 8], Inside::Ip),
            (2152, &[0x30, 255, 0, 4, 0, 0, 0, 77], Inside::Ip),
            (2152, &[0x36, 255, 0, 16, 0, 0, 0, 77, 0, 1, 0, 0x85, 1, 0, 9, 0], Inside::Ip),
            (1701, &[0x40, 2, 0, 12, 0, 1, 0, 1], Inside::Ppp),
            (1701, &[0x02, 2, 0, 1, 0, 1, 0, 2, 0, 0], Inside::Ppp),
            (6635, &[], |data| Inside::Typed(0x8847, data)),
            (5247, &[0, 0x10, 2, 0, 0, 0, 0, 0], Inside::Ethernet),
            (5247, &[0, 0x20, 3, 0x10, 0, 0, 0, 0, 6, 1, 2, 3, 4, 5, 6, 0], Inside::Wireless),
        ] {
            let data: &'static [u8] = [head, PACKET].concat().leak();
            assert!(is_port(port));
            assert_eq!(by_port(port, data), Some(expected(PACKET)), "port {port}");
        }
        for (port, data) in [(5247, &[1, 0, 0, 0, 0x17, 0xfe, 0xfd, 0][..]), (5247, &[0, 0x10, 2, 0x80, 0, 1, 0, 8]), (4789, &[0; 20])] {
            assert_eq!(by_port(port, data), None, "encrypted, a later fragment, no network id");
        }
        const SIX: &[u8] = &[0x60, 0, 0, 0];
        for head in [
            &[][..],
            &[0, 0, 1, 2, 3, 4, 5, 6],
            &[0, 1, 1, 1, 7, 7, 8, 8, 8, 8, 8, 8, 8, 8, 0],
            &[0, 1, 0, 0, 8, 8, 8, 8, 8, 8, 8, 8, 0, 0, 0, 1, 2, 3, 4, 5, 6],
        ] {
            let data: &'static [u8] = [head, SIX].concat().leak();
            assert_eq!(by_port(3544, data), Some(Inside::Ip(SIX)), "{head:x?}");
        }
    }
}

//! Tunnels that carry whole packets in the clear: what an access point, a fabric or a mirror session puts around a flow.
//!
//! Sources: RFC 2784 and 2890 (GRE), RFC 2637 (its version 1), draft-foschiano-erspan (ERSPAN), RFC 7348 (VXLAN), RFC 9305
//! (its generic form), RFC 8926 (Geneve), RFC 9300 (LISP), RFC 5415 (CAPWAP), RFC 2003 and 4213 (IP in IP).

use super::bytes::be16;

/// The port of CAPWAP data at the controller.
pub(super) const CAPWAP: u16 = 5247;

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
        (CAPWAP, _) => capwap(data),
        _ => None,
    }
}

/// Whether a datagram between these UDP ports may carry a tunnel. An access point's data comes from the controller's
/// port as well.
pub(super) fn is_between(source: u16, destination: u16) -> bool {
    is_port(destination) || source == CAPWAP
}

/// Whether a UDP port may carry a tunnel, so that other datagrams cost one comparison.
pub(super) fn is_port(port: u16) -> bool {
    matches!(port, 4341 | 4789 | 4790 | CAPWAP | 6081 | 8472)
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
    }
}

//! Link layers: from a packet's first byte to its IP header.
//!
//! Numbers are LINKTYPE_ values (tcpdump group); names are Wireshark's short ones, and `encapN` with Wireshark's own
//! encapsulation number for the types that are only counted, so that a report can be compared with `capinfos`.

use std::collections::BTreeSet;

use super::bytes::{Order, be16};
use super::tunnel::Inside;
use super::wireless;

/// What lies above the link layer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Above<'a> {
    /// An IPv4 or IPv6 packet, perhaps cut.
    Ip(&'a [u8]),
    /// Something else, or nothing.
    Other,
    /// A link type that is not read.
    Unsupported,
}

/// Encapsulations that may be stacked before a packet is given up.
const DEPTH: usize = 8;

/// Finds the IP packet. VLAN ids met on the way are added to `vlans`.
pub(super) fn above<'a>(link: u16, data: &'a [u8], vlans: &mut BTreeSet<u16>) -> Above<'a> {
    let found = match link {
        1 => ethernet(data, vlans),
        0 | 108 => null(data),
        9 | 50 => ppp(data),
        // PPP with a direction byte before it
        204 => data.get(1..).and_then(ppp),
        51 => data.get(6..).and_then(ppp),
        12 | 14 | 101 | 228 | 229 => ip(data),
        // Cisco HDLC
        104 => be16(data, 2).and_then(|kind| by_ether_type(kind, data.get(4..)?, vlans)),
        113 => be16(data, 14).and_then(|kind| by_ether_type(kind, data.get(16..)?, vlans)),
        276 => be16(data, 0).and_then(|kind| by_ether_type(kind, data.get(20..)?, vlans)),
        105 => wireless(data, false, vlans),
        // 802.11 behind what a driver puts before it: Prism, AVS, PPI
        119 | 163 | 192 => wireless::behind_driver(link, data).and_then(|frame| wireless(frame, false, vlans)),
        // IEEE 802 networks of old, ATM and Fibre Channel: LLC behind an address field of fixed length
        6 => token_ring(data).and_then(|data| logical_link(data, vlans)),
        10 => data.get(13..).and_then(|data| logical_link(data, vlans)),
        100 => logical_link(data, vlans),
        122 => data.get(16..).and_then(|data| logical_link(data, vlans)),
        123 => data.get(4..).and_then(|data| logical_link(data, vlans)),
        107 => frame_relay(data, vlans),
        // IP over FireWire
        138 => be16(data, 16).and_then(|kind| by_ether_type(kind, data.get(18..)?, vlans)),
        // OpenBSD: an encapsulating interface, the packet filter's log
        109 => data.get(12..).and_then(ip),
        117 => data.get(usize::from(data.first().copied().unwrap_or_default()).next_multiple_of(4)..).and_then(ip),
        // Solaris
        226 => data.get(24..).and_then(ip),
        239 => netfilter_log(data),
        127 => wireless::behind_radiotap(data).and_then(|(frame, padded)| wireless(frame, padded, vlans)),
        _ => return Above::Unsupported,
    };
    found.map_or(Above::Other, Above::Ip)
}

/// The IP packet inside a tunnel.
pub(super) fn inside<'a>(tunnel: Inside<'a>, vlans: &mut BTreeSet<u16>) -> Option<&'a [u8]> {
    match tunnel {
        Inside::Ip(data) => ip(data),
        Inside::Typed(kind, data) => by_ether_type(kind, data, vlans),
        Inside::Ethernet(data) => ethernet(data, vlans),
        Inside::Wireless(data) => wireless(data, false, vlans),
        Inside::Ppp(data) => ppp(data),
    }
}

fn ethernet<'a>(data: &'a [u8], vlans: &mut BTreeSet<u16>) -> Option<&'a [u8]> {
    by_ether_type(be16(data, 12)?, data.get(14..)?, vlans)
}

fn wireless<'a>(data: &'a [u8], padded: bool, vlans: &mut BTreeSet<u16>) -> Option<&'a [u8]> {
    let (kind, data) = wireless::frame(data, padded)?;
    by_ether_type(kind, data, vlans)
}

/// Believes the version nibble more than any type field before it.
fn ip(data: &[u8]) -> Option<&[u8]> {
    matches!(data.first()? >> 4, 4 | 6).then_some(data)
}

fn by_ether_type<'a>(mut kind: u16, mut data: &'a [u8], vlans: &mut BTreeSet<u16>) -> Option<&'a [u8]> {
    for _ in 0..DEPTH {
        match kind {
            0x0800 | 0x86dd => return ip(data),
            0x8100 | 0x88a8 | 0x9100 | 0x9200 => {
                vlans.insert(be16(data, 0)? & 0x0fff);
                kind = be16(data, 2)?;
                data = data.get(4..)?;
            }
            // MPLS, down to the bottom of the label stack
            0x8847 | 0x8848 => {
                let bottom = data.get(2)? & 1 == 1;
                data = data.get(4..)?;
                if bottom {
                    return ip(data);
                }
            }
            // Cisco metadata: a security group tag before the type
            0x8909 => {
                let length = 2 + usize::from(*data.get(1)?) * 4;
                kind = be16(data, length)?;
                data = data.get(length + 2..)?;
            }
            // a PPPoE session
            0x8864 => return ppp(data.get(6..)?),
            // Ethernet in Ethernet: FabricPath, TRILL, provider backbone
            0x8903 => (kind, data) = (be16(data, 14)?, data.get(16..)?),
            0x22f3 => {
                let options = usize::from(be16(data, 0)? >> 6 & 0x1f) * 4;
                (kind, data) = (be16(data, 18 + options)?, data.get(20 + options..)?);
            }
            0x88e7 => (kind, data) = (be16(data, 16)?, data.get(18..)?),
            // Tags of network cards (VN-tag), service chains, MACsec that signs without encrypting
            0x8926 => (kind, data) = (be16(data, 4)?, data.get(6..)?),
            0x894f => return service(data),
            0x88e5 => {
                let (control, header) = (*data.first()?, if data.first()? & 0x20 == 0 { 6 } else { 14 });
                if control & 0x0c != 0 {
                    return None;
                }
                (kind, data) = (be16(data, header)?, data.get(header + 2..)?);
            }
            // IEEE 802.3 with LLC: IP itself, or SNAP
            0..=1500 => match data {
                [6, 6, 3, rest @ ..] => return ip(rest),
                [0xaa, 0xaa, 3, 0, 0, 0, rest @ ..] => {
                    kind = be16(rest, 0)?;
                    data = rest.get(2..)?;
                }
                _ => return None,
            },
            _ => return None,
        }
    }
    None
}

fn logical_link<'a>(data: &'a [u8], vlans: &mut BTreeSet<u16>) -> Option<&'a [u8]> {
    by_ether_type(0, data, vlans)
}

/// A source route stands between the addresses and the rest where the first bit of the source address is set.
fn token_ring(data: &[u8]) -> Option<&[u8]> {
    let route = if data.get(8)? & 0x80 == 0 { 0 } else { usize::from(data.get(14)? & 0x1f) };
    data.get(14 + route..)
}

/// RFC 2427: an address of two bytes, then what follows by network layer number or SNAP.
fn frame_relay<'a>(data: &'a [u8], vlans: &mut BTreeSet<u16>) -> Option<&'a [u8]> {
    match data.get(2..)? {
        [3, 0xcc | 0x8e, rest @ ..] => ip(rest),
        [3, 0, 0x80, 0, 0, 0, rest @ ..] | [3, 0x80, 0, 0, 0, rest @ ..] => by_ether_type(be16(rest, 0)?, rest.get(2..)?, vlans),
        // Cisco's own form
        [8, 0, rest @ ..] | [0x86, 0xdd, rest @ ..] => ip(rest),
        _ => None,
    }
}

/// Linux netfilter log: fields of length, type and value, padded to four bytes, lengths as the machine has them; the packet is
/// number 9.
fn netfilter_log(data: &[u8]) -> Option<&[u8]> {
    let mut rest = data.get(4..)?;
    for _ in 0..64 {
        let (length, kind) = (usize::from(Order::Little.u16(rest, 0)?), Order::Little.u16(rest, 2)? & 0x7fff);
        if kind == 9 {
            return ip(rest.get(4..length).or(rest.get(4..))?);
        }
        rest = rest.get(length.max(4).next_multiple_of(4)..)?;
    }
    None
}

/// RFC 8300: the length in units of four bytes, and what is chained.
fn service(data: &[u8]) -> Option<&[u8]> {
    let inner = data.get(usize::from(be16(data, 0)? & 0x3f) * 4..)?;
    match data.get(3)? {
        1 | 2 => ip(inner),
        _ => None,
    }
}

/// BSD loopback: an address family in the byte order of who captured, which differs by system for IPv6.
fn null(data: &[u8]) -> Option<&[u8]> {
    let family = [Order::Little, Order::Big].into_iter().filter_map(|order| order.u32(data, 0)).min()?;
    if matches!(family, 2 | 10 | 24 | 28 | 30) { ip(data.get(4..)?) } else { None }
}

fn ppp(data: &[u8]) -> Option<&[u8]> {
    let data = data.strip_prefix(&[0xff, 3]).unwrap_or(data);
    match data {
        [0x21 | 0x57, rest @ ..] | [0, 0x21 | 0x57, rest @ ..] => ip(rest),
        _ => None,
    }
}

/// The name of a link type.
pub(super) fn name(link: u16) -> String {
    match link {
        0 => "null",
        1 => "ethernet",
        9 | 50 => "ppp",
        12 | 14 | 101 => "raw-ip",
        113 => "linux-sll",
        127 => "radiotap",
        228 => "raw-ip4",
        229 => "raw-ip6",
        276 => "linux-sll2",
        _ => {
            return match ENCAPSULATIONS.binary_search_by_key(&link, |(link, _)| *link) {
                Ok(at) => ENCAPSULATIONS.get(at).map(|(_, number)| format!("encap{number}")).unwrap_or_default(),
                Err(_) => format!("linktype-{link}"),
            };
        }
    }
    .to_owned()
}

/// LINKTYPE_ to the encapsulation number that tshark prints for it (`frame.encap_type`).
#[rustfmt::skip]
const ENCAPSULATIONS: [(u16, u8); 142] = [
    (2, 184), (3, 148), (6, 2), (7, 8), (8, 3), (10, 6), (11, 10), (13, 38), (16, 11), (18, 11), (19, 11), (32, 69),
    (51, 139), (99, 61), (100, 10), (104, 28), (105, 20), (106, 11), (107, 26), (108, 174), (109, 38), (112, 28),
    (114, 30), (117, 39), (118, 29), (119, 21), (121, 32), (122, 18), (123, 13), (128, 37), (129, 9), (130, 81),
    (131, 82), (133, 87), (135, 68), (136, 151), (137, 67), (138, 62), (139, 75), (140, 42), (141, 43), (142, 101),
    (143, 33), (147, 45), (148, 46), (149, 47), (150, 48), (151, 49), (152, 50), (153, 51), (154, 52), (155, 53),
    (156, 54), (157, 55), (158, 56), (159, 57), (160, 58), (161, 59), (162, 60), (163, 24), (165, 63), (167, 76),
    (169, 66), (170, 178), (171, 179), (172, 77), (173, 78), (178, 83), (179, 84), (180, 85), (181, 86), (183, 91),
    (184, 181), (186, 92), (187, 41), (188, 93), (189, 95), (190, 109), (192, 97), (195, 104), (196, 100), (197, 98),
    (199, 103), (200, 197), (201, 99), (202, 147), (203, 131), (204, 19), (209, 112), (210, 106), (211, 108),
    (212, 107), (213, 111), (214, 105), (215, 113), (220, 115), (224, 121), (225, 122), (226, 124), (227, 125),
    (230, 127), (231, 146), (235, 132), (236, 133), (237, 157), (239, 141), (240, 135), (241, 136), (242, 180),
    (243, 138), (245, 140), (248, 149), (249, 152), (250, 153), (251, 154), (252, 155), (253, 158), (254, 159),
    (255, 160), (256, 161), (258, 171), (259, 172), (260, 173), (264, 177), (266, 182), (268, 36), (270, 183),
    (271, 185), (272, 186), (273, 199), (274, 198), (275, 200), (279, 204), (280, 205), (283, 206), (287, 211),
    (288, 208), (290, 212), (292, 214), (293, 215), (294, 216), (295, 217),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_link_type_leads_to_the_packet() {
        const IP4: &[u8] = &[0x45, 0, 0, 20];
        const IP6: &[u8] = &[0x60, 0, 0, 0];
        const LLC: &[u8] = &[0xaa, 0xaa, 3, 0, 0, 0, 8, 0];
        let macs = [0u8; 12];
        for (link, head, ip, ids) in [
            (1, [&macs[..], &[8, 0]].concat(), IP4, vec![]),
            (1, [&macs[..], &[0x81, 0, 0xe0, 34, 0x86, 0xdd]].concat(), IP6, vec![34]),
            (1, [&macs[..], &[0x88, 0xa8, 0, 5, 0x81, 0, 0, 6, 8, 0]].concat(), IP4, vec![5, 6]),
            (1, [&macs[..], &[0x88, 0x47, 0, 0, 0x10, 64, 0, 0, 0x21, 64]].concat(), IP4, vec![]),
            (1, [&macs[..], &[0x88, 0x64, 0x11, 0, 0, 1, 0, 6, 0, 0x21]].concat(), IP4, vec![]),
            (1, [&macs[..], &[0, 40, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0]].concat(), IP4, vec![]),
            (1, [&macs[..], &[0x89, 0x09, 1, 1, 0, 1, 0, 9, 8, 0]].concat(), IP4, vec![]),
            (105, [&[8, 1][..], &[0; 22], &[0xaa, 0xaa, 3, 0, 0, 0, 8, 0]].concat(), IP4, vec![]),
            (127, [&[0, 0, 8, 0, 0, 0, 0, 0][..], &[8, 1], &[0; 22], &[0xaa, 0xaa, 3, 0, 0, 0, 0x86, 0xdd]].concat(), IP6, vec![]),
            (0, vec![2, 0, 0, 0], IP4, vec![]),
            (0, vec![0, 0, 0, 2], IP4, vec![]),
            (0, vec![30, 0, 0, 0], IP6, vec![]),
            (108, vec![0, 0, 0, 24], IP6, vec![]),
            (9, vec![0xff, 3, 0, 0x21], IP4, vec![]),
            (9, vec![0x57], IP6, vec![]),
            (101, vec![], IP4, vec![]),
            (12, vec![], IP6, vec![]),
            (228, vec![], IP4, vec![]),
            (104, vec![0x0f, 0, 8, 0], IP4, vec![]),
            (113, [&macs[..], &[0, 0, 8, 0]].concat(), IP4, vec![]),
            (276, [&[0x86, 0xdd][..], &macs[..], &[0; 6]].concat(), IP6, vec![]),
            // The heads of these are such that tshark 4.0 finds the packet behind them: -T fields -e frame.protocols
            (1, [&macs[..], &[0, 40, 6, 6, 3]].concat(), IP4, vec![]),
            (1, [&macs[..], &[0x89, 3, 0, 0], &macs[..], &[8, 0]].concat(), IP4, vec![]),
            (1, [&macs[..], &[0x22, 0xf3, 0, 0x3f, 0, 1, 0, 2], &macs[..], &[8, 0]].concat(), IP4, vec![]),
            (1, [&macs[..], &[0x88, 0xe7, 0, 0, 0, 7], &macs[..], &[8, 0]].concat(), IP4, vec![]),
            (1, [&macs[..], &[0x89, 0x26, 0, 0, 0, 0, 8, 0]].concat(), IP4, vec![]),
            (1, [&macs[..], &[0x88, 0xe5, 0, 0, 0, 0, 0, 1, 8, 0]].concat(), IP4, vec![]),
            (1, [&macs[..], &[0x89, 0x4f, 0x0f, 0xc2, 1, 1, 0, 0, 1, 255]].concat(), IP4, vec![]),
            (6, [&[0x10, 0x40], &macs[..], LLC].concat(), IP4, vec![]),
            (10, [&[0x50], &macs[..], LLC].concat(), IP4, vec![]),
            (100, LLC.to_vec(), IP4, vec![]),
            (122, [&[0; 16], LLC].concat(), IP4, vec![]),
            (123, [&[2, 0, 0, 0x21], LLC].concat(), IP4, vec![]),
            (107, vec![0x18, 0x41, 3, 0xcc], IP4, vec![]),
            (107, vec![0x18, 0x41, 3, 0x8e], IP6, vec![]),
            (138, [&[0; 16][..], &[8, 0]].concat(), IP4, vec![]),
            (109, vec![0; 12], IP4, vec![]),
            (117, [&[61, 2][..], &[0; 62]].concat(), IP4, vec![]),
            (226, vec![0; 24], IP4, vec![]),
            (239, vec![2, 0, 0, 0, 8, 0, 1, 0, 8, 0, 1, 0, 8, 0, 9, 0], IP4, vec![]),
            (192, [&[0, 0, 8, 0, 105, 0, 0, 0, 8, 1][..], &[0; 22], LLC].concat(), IP4, vec![]),
            (119, [&[0x44, 0, 0, 0][..], &[0; 140], &[8, 1], &[0; 22], LLC].concat(), IP4, vec![]),
            (163, [&[0x80, 0x21, 0x10, 1, 0, 0, 0, 64][..], &[0; 56], &[8, 1], &[0; 22], LLC].concat(), IP4, vec![]),
        ] {
            let mut vlans = BTreeSet::new();
            let data = [&head[..], ip].concat();
            assert_eq!(above(link, &data, &mut vlans), Above::Ip(ip), "link {link}, {head:x?}");
            assert_eq!(vlans.into_iter().collect::<Vec<_>>(), ids);
            for cut in 0..head.len() {
                assert_eq!(above(link, &data[..cut], &mut BTreeSet::new()), Above::Other, "link {link} cut at {cut}");
            }
        }
        assert_eq!(above(147, &[0; 40], &mut BTreeSet::new()), Above::Unsupported);
    }

    #[test]
    fn a_stack_of_tags_without_end_is_given_up() {
        let data = [0x81u8, 0].repeat(5_000);
        assert_eq!(above(1, &data, &mut BTreeSet::new()), Above::Other);
    }
}

//! What must hold for any cutting, order and damage.

#![expect(clippy::disallowed_methods, reason = "tests read their data themselves")]

use proptest::prelude::*;
use proptest::sample::Index;

use super::generated::{Capture, Connection, client_hello, dns, record, server_flight};
use super::*;

const ACK: u8 = 16;

/// What the server says after its hello: the flight and an alert.
fn server_bytes() -> Vec<u8> {
    [server_flight(), record(21, &[2, 40])].concat()
}

/// A capture of a rejected handshake whose server side is cut into `segments` (ranges of its bytes) in that order.
fn rejected(segments: &[(usize, usize)]) -> Capture {
    let bytes = server_bytes();
    let mut capture = Capture::new();
    let mut connection = Connection::new(443);
    connection.open(&mut capture);
    connection.client(&mut capture, &client_hello("tools.cisco.com"));
    for (from, to) in segments {
        let sequence = 7_001u32.wrapping_add(*from as u32);
        capture.packet(&connection.segment(false, ACK, sequence, &bytes[*from..*to]), usize::MAX);
    }
    capture
}

/// What both sides say in turn, on a port of the server's.
type Talk = (u16, Vec<(bool, Vec<u8>)>);

/// A rejected handshake, the same inside of a proxy's tunnel, and DNS over TCP.
fn talks() -> [Talk; 3] {
    let shake = || vec![(true, client_hello("tools.cisco.com")), (false, server_flight()), (true, record(21, &[2, 48]))];
    let framed = |message: Vec<u8>| [&(message.len() as u16).to_be_bytes()[..], &message].concat();
    let asked = |name| framed(dns(false, 0, name, &[]));
    let answered = |name| framed(dns(true, 0, name, &[(1, vec![192, 0, 2, 7])]));
    let mut tunnel = vec![
        (true, b"CONNECT tools.cisco.com:443 HTTP/1.1\r\nHost: tools.cisco.com:443\r\n\r\n".to_vec()),
        (false, b"HTTP/1.1 200 Connection established\r\n\r\n".to_vec()),
    ];
    tunnel.extend(shake());
    let lookups = vec![
        (true, [asked("tools.cisco.com"), asked("a.example")].concat()),
        (false, [answered("a.example"), answered("tools.cisco.com")].concat()),
        (true, asked("b.example")),
        (false, answered("b.example")),
    ];
    [(443, shake()), (3128, tunnel), (53, lookups)]
}

/// A capture of a talk whose turns are cut into segments by `cut`, which gives ranges of each turn's bytes.
fn told((port, turns): &Talk, cut: &mut dyn FnMut(usize) -> Vec<(usize, usize)>) -> Capture {
    let mut capture = Capture::new();
    let mut connection = Connection::new(*port);
    connection.open(&mut capture);
    for (client, bytes) in turns {
        let start = if *client { connection.next.0 } else { connection.next.1 };
        for (from, to) in cut(bytes.len()) {
            let sequence = start.wrapping_add(from as u32);
            capture.packet(&connection.segment(*client, ACK, sequence, &bytes[from..to]), usize::MAX);
        }
        let after = start.wrapping_add(bytes.len() as u32);
        if *client { connection.next.0 = after } else { connection.next.1 = after }
    }
    capture
}

/// The packets of a pcap of raw IP as pcapng.
fn as_pcapng(capture: &[u8]) -> Vec<u8> {
    let block = |kind: u32, body: &[u8]| {
        let body = [body, &[0; 3][..body.len().next_multiple_of(4) - body.len()]].concat();
        let length = (body.len() as u32 + 12).to_le_bytes();
        [&kind.to_le_bytes()[..], &length, &body, &length].concat()
    };
    let section = [0x1a2b_3c4du32.to_le_bytes(), [1, 0, 0, 0], [0xff; 4], [0xff; 4]].concat();
    let mut file = [block(0x0a0d_0d0a, &section), block(1, &[101, 0, 0, 0, 0, 0, 4, 0])].concat();
    for (at, packet) in packets(capture).into_iter().enumerate() {
        let time = (1_700_000_000 + at as u64) * 1_000_000;
        let words = [0, (time >> 32) as u32, time as u32, packet.len() as u32, packet.len() as u32];
        let head: Vec<u8> = words.into_iter().flat_map(u32::to_le_bytes).collect();
        file.extend(block(6, &[&head, packet].concat()));
    }
    file
}

/// An event without its place and time, which depend on the cutting.
type Said = (&'static str, Vec<(&'static str, String)>, String);

fn said(events: &[Event]) -> Vec<Said> {
    let timed = |name: &str| matches!(name, "delay" | "waited" | "lasted");
    let fields = |event: &Event| event.fields.iter().filter(|(name, _)| !timed(name)).cloned().collect();
    events.iter().map(|event| (event.kind, fields(event), event.text.clone())).collect()
}

/// A capture with a bit of everything, small enough to cut at every byte.
pub(super) fn mixed() -> Vec<u8> {
    let bytes = server_bytes();
    let mut capture = rejected(&[(0, 700), (700, bytes.len())]);
    let mut proxy = Connection::new(8080);
    proxy.open(&mut capture);
    proxy.client(&mut capture, b"CONNECT a.example:443 HTTP/1.1\r\n\r\n");
    proxy.server(&mut capture, b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    capture.bytes
}

/// The packets of a capture of raw IP.
pub(super) fn packets(capture: &[u8]) -> Vec<&[u8]> {
    let mut rest = &capture[24..];
    let mut found = Vec::new();
    while let Some(length) = rest.get(8..12) {
        let end = 16 + u32::from_le_bytes(length.try_into().unwrap()) as usize;
        found.push(&rest[16..end]);
        rest = &rest[end..];
    }
    found
}

/// An IPv4 packet from one tunnel end to the other.
pub(super) fn outer(protocol: u8, payload: &[u8]) -> Vec<u8> {
    let total = (payload.len() as u16 + 20).to_be_bytes();
    [&[0x45, 0, total[0], total[1], 0, 0, 0x40, 0, 64, protocol, 0, 0][..], &[10, 0, 0, 1, 10, 0, 0, 2], payload].concat()
}

fn over_udp(port: u16, head: &[u8], payload: &[u8]) -> Vec<u8> {
    let length = ((8 + head.len() + payload.len()) as u16).to_be_bytes();
    outer(17, &[&[0xc0, 0][..], &port.to_be_bytes(), &length, &[0, 0], head, payload].concat())
}

/// An IPv4 packet in fragments of 40 bytes, the later ones first.
fn fragments(packet: &[u8], identification: u16) -> Vec<Vec<u8>> {
    let pieces = packet[20..].chunks(40).enumerate();
    let last = pieces.len() - 1;
    let mut found: Vec<Vec<u8>> = pieces
        .map(|(at, piece)| {
            let offset = (at as u16 * 5) | if at < last { 0x2000 } else { 0 };
            let total = (20 + piece.len() as u16).to_be_bytes();
            let head = [&[0x45, 0, total[0], total[1]][..], &identification.to_be_bytes(), &offset.to_be_bytes()].concat();
            [&head, &packet[8..20], piece].concat()
        })
        .collect();
    found.reverse();
    found
}

#[test]
fn what_is_around_a_packet_does_not_change_what_it_says() {
    let ethernet = |packet: &[u8]| [&[2; 12][..], &[8, 0], packet].concat();
    let wireless = |packet: &[u8]| [&[8, 1][..], &[0; 22], &[0xaa, 0xaa, 3, 0, 0, 0, 8, 0], packet].concat();
    type Around<'a> = &'a dyn Fn(&[u8], u16) -> Vec<Vec<u8>>;
    let around: [(&str, Around<'_>); 7] = [
        ("IP in IP", &|packet, _| vec![outer(4, packet)]),
        ("GRE", &|packet, _| vec![outer(47, &[&[0, 0, 8, 0][..], packet].concat())]),
        ("VXLAN", &|packet, _| vec![over_udp(4789, &[8, 0, 0, 0, 0, 0, 9, 0], &ethernet(packet))]),
        ("CAPWAP", &|packet, _| vec![over_udp(5247, &[0, 0x10, 3, 0, 0, 0, 0, 0], &wireless(packet))]),
        ("GRE in VXLAN", &|packet, _| {
            vec![over_udp(4789, &[8, 0, 0, 0, 0, 0, 9, 0], &ethernet(&outer(47, &[&[0, 0, 8, 0][..], packet].concat())))]
        }),
        ("fragments", &|packet, id| fragments(packet, id)),
        ("fragments of a tunnel", &|packet, id| fragments(&outer(4, packet), id)),
    ];
    let plain = mixed();
    let (expected, events) = run(&plain);
    for (name, wrap) in around {
        let mut capture = Capture::new();
        for (id, packet) in packets(&plain).into_iter().enumerate() {
            for packet in wrap(packet, id as u16) {
                capture.packet(&packet, usize::MAX);
            }
        }
        let (summary, found) = run(&capture.bytes);
        assert_eq!(said(&found), said(&events), "{name}");
        assert_eq!((summary.flows, summary.gaps, summary.troubles), (expected.flows, 0, vec![]), "{name}");
    }
}

#[test]
fn a_capture_cut_anywhere_keeps_what_came_before() {
    let whole = mixed();
    let (_, all) = run(&whole);
    assert_eq!(all.len(), 6);
    for cut in 0..whole.len() {
        let (summary, events) = run(&whole[..cut]);
        // What only the end tells comes last and is of no concern here.
        let kept: Vec<&Event> = events.iter().filter(|event| all.contains(event)).collect();
        let expected: Vec<&Event> = all.iter().filter(|event| packet(event) <= summary.packets).collect();
        assert_eq!(kept, expected, "cut at {cut}");
    }
}

#[test]
fn every_talk_cut_anywhere_keeps_what_came_before() {
    for talk in talks() {
        let pcap = told(&talk, &mut |length| (0..length).step_by(300).map(|from| (from, (from + 300).min(length))).collect()).bytes;
        let pcapng = as_pcapng(&pcap);
        let (_, all) = run(&pcap);
        assert!(all.len() >= 3, "{all:?}");
        assert_eq!(run(&pcapng).1, all);
        for whole in [pcap, pcapng] {
            for cut in (0..whole.len()).step_by(5) {
                let (summary, events) = run(&whole[..cut]);
                let kept: Vec<&Event> = events.iter().filter(|event| all.contains(event)).collect();
                let expected: Vec<&Event> = all.iter().filter(|event| packet(event) <= summary.packets).collect();
                assert_eq!(kept, expected, "cut at {cut}");
            }
        }
    }
}

fn packet(event: &Event) -> u64 {
    let crate::formats::event::Place::Packet(packet) = event.place else { panic!("no packet") };
    packet
}

#[test]
fn damaged_real_captures_are_survived() {
    let Some(folder) = real_data() else { return };
    let mut random = 0x2545_f491_4f6c_dd1du64;
    let mut next = move |bound: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random % bound.max(1) as u64) as usize
    };
    let mutants: usize = std::env::var("BUNDLESCOPE_MUTANTS").ok().and_then(|count| count.parse().ok()).unwrap_or(4);
    let mut names: Vec<PathBuf> = ["pcap", "hostile"]
        .iter()
        .flat_map(|sub| std::fs::read_dir(folder.join(sub)).unwrap())
        .map(|entry| entry.unwrap().path())
        .collect();
    names.sort();
    for name in names {
        let original = std::fs::read(&name).unwrap();
        if original.len() > 100_000 || original.len() < 8 {
            continue;
        }
        for _ in 0..mutants {
            let mut bytes = original.clone();
            for _ in 0..=next(8) {
                let at = next(bytes.len());
                match next(4) {
                    0 => bytes[at] ^= 1 << next(8),
                    1 => bytes[at] = [0, 1, 0x7f, 0x80, 0xff][next(5)],
                    2 => {
                        let from = next(bytes.len());
                        let length = next(64).min(bytes.len() - from);
                        let piece = bytes[from..from + length].to_vec();
                        bytes.splice(at..at, piece);
                    }
                    _ => {
                        bytes.drain(at..(at + next(32)).min(bytes.len()));
                        bytes.extend([0; 8]);
                    }
                }
            }
            let limits = CaptureLimits { flows: 4, stream: 20_000, total: 30_000, out_of_order: 3_000, ..CaptureLimits::default() };
            run(&bytes);
            run_with(&bytes, &limits);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_segmentation_says_the_same(cuts in prop::collection::vec(any::<Index>(), 0..30), again in prop::collection::vec((any::<Index>(), any::<Index>()), 0..6), swaps in prop::collection::vec(any::<Index>(), 0..20)) {
        let length = server_bytes().len();
        let (_, expected) = run(&rejected(&[(0, length)]).bytes);
        prop_assert_eq!(expected.len(), 5);
        let mut ends: Vec<usize> = cuts.iter().map(|cut| cut.index(length)).chain([0, length]).collect();
        ends.sort_unstable();
        let mut segments: Vec<(usize, usize)> = ends.windows(2).map(|pair| (pair[0], pair[1])).filter(|(from, to)| from < to).collect();
        // Sent again, in other pieces.
        for (one, two) in again {
            let (one, two) = (one.index(length), two.index(length));
            segments.insert(segments.len() / 2, (one.min(two), one.max(two)));
        }
        // Neighbours in the wrong order.
        for swap in swaps {
            let at = swap.index(segments.len());
            if at > 0 {
                segments.swap(at - 1, at);
            }
        }
        let (summary, events) = run(&rejected(&segments).bytes);
        prop_assert_eq!(said(&events), said(&expected));
        prop_assert_eq!(summary.gaps, 0);
    }

    #[test]
    fn any_segmentation_of_any_talk_says_the_same(which in 0usize..3, cuts in prop::collection::vec(any::<Index>(), 0..60), again in prop::collection::vec((any::<Index>(), any::<Index>()), 0..3), swaps in prop::collection::vec(any::<Index>(), 0..20)) {
        let talk = &talks()[which];
        let (_, expected) = run(&told(talk, &mut |length| vec![(0, length)]).bytes);
        let capture = told(talk, &mut |length| {
            let mut ends: Vec<usize> = cuts.iter().map(|cut| cut.index(length)).chain([0, length]).collect();
            ends.sort_unstable();
            let mut segments: Vec<_> = ends.windows(2).map(|pair| (pair[0], pair[1])).filter(|(from, to)| from < to).collect();
            for (one, two) in &again {
                let (one, two) = (one.index(length), two.index(length));
                segments.insert(segments.len() / 2, (one.min(two), one.max(two)));
            }
            for swap in &swaps {
                let at = swap.index(segments.len());
                if at > 0 {
                    segments.swap(at - 1, at);
                }
            }
            segments
        });
        for bytes in [as_pcapng(&capture.bytes), capture.bytes] {
            let (summary, mut events) = run(&bytes);
            // What was sent again may be told as such.
            events.retain(|event| again.is_empty() || event.kind != "tcp-retransmission-storm");
            prop_assert_eq!(said(&events), said(&expected));
            prop_assert_eq!((summary.gaps, summary.troubles), (0, vec![]));
        }
    }

    #[test]
    fn any_loss_only_leaves_out(lost in prop::collection::vec(any::<Index>(), 1..6)) {
        let length = server_bytes().len();
        let (_, all) = run(&rejected(&[(0, length)]).bytes);
        let mut segments: Vec<(usize, usize)> = (0..length).step_by(100).map(|from| (from, (from + 100).min(length))).collect();
        for lost in lost {
            segments.remove(lost.index(segments.len()));
        }
        let (summary, mut events) = run(&rejected(&segments).bytes);
        // What is missing is said.
        let gaps = events.extract_if(.., |event| event.kind == "tcp-gap").count() as u64;
        prop_assert_eq!(gaps, summary.gaps);
        for event in &events {
            let known = all.iter().any(|other| other.kind == event.kind && other.field("from") == event.field("from"));
            prop_assert!(known, "invented: {:?}", event);
        }
        prop_assert!(events.len() <= all.len());
        prop_assert!(summary.gaps <= 1);
    }

    #[test]
    fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..600), magic in 0usize..4) {
        let start: &[u8] = [&[0xd4, 0xc3, 0xb2, 0xa1][..], &[0xa1, 0xb2, 0x3c, 0x4d], &[0x0a, 0x0d, 0x0d, 0x0a], &[]][magic];
        run(&[start, &bytes].concat());
        crate::formats::certificate::from_der(&bytes).ok();
        crate::formats::certificate::from_pem_text(&bytes, 50);
    }
}

//! A file that is read in ranges tells what a stream of it tells, wherever ranges begin and whatever is wrong with the file.

#![expect(clippy::disallowed_methods, reason = "tests read their data themselves")]

use std::io::{self, Read};

use proptest::prelude::*;

use super::generated::{Capture, Connection, DEVICE, SERVER, client_hello, dns, record, server_flight};
use super::properties::{mixed, outer, packets};
use super::*;

type Told = (Summary, Vec<Event>);

/// Reads a file that is said to be `length` bytes long in ranges of so many.
fn ranges_of(read_at: &(dyn Fn(&mut [u8], u64) -> io::Result<usize> + Sync), length: usize, range: usize, limits: &CaptureLimits) -> Told {
    let mut events = Vec::new();
    let file = super::super::ranges::File { read_at, length: length as u64, range };
    let summary = walk::read_ranges(&file, limits, &mut |event| events.push(event));
    (summary, events)
}

/// Fills a buffer from an offset on.
fn copy(bytes: &[u8], buffer: &mut [u8], at: u64) -> usize {
    let rest = bytes.get(at as usize..).unwrap_or_default();
    let read = buffer.len().min(rest.len());
    buffer[..read].copy_from_slice(&rest[..read]);
    read
}

/// Reads bytes in ranges of so many.
fn ranges(bytes: &[u8], range: usize, limits: &CaptureLimits) -> Told {
    ranges_of(&|buffer: &mut [u8], at| Ok(copy(bytes, buffer, at)), bytes.len(), range, limits)
}

/// Small enough that most packets begin a range or are cut by its end, and large enough for several.
const RANGES: [usize; 4] = [1, 333, 1_000, 4_096];

/// A capture of one interface as pcapng, with a block that is skipped between any two packets.
fn as_blocks(capture: &[u8]) -> Vec<u8> {
    let block = |kind: u32, body: &[u8]| {
        let mut body = body.to_vec();
        body.resize(body.len().next_multiple_of(4), 0);
        let length = (body.len() as u32 + 12).to_le_bytes();
        [&kind.to_le_bytes()[..], &length, &body, &length].concat()
    };
    let mut file = block(0x0a0d_0d0a, &[0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255]);
    file.extend(block(1, &[101, 0, 0, 0, 0, 0, 0, 0]));
    for packet in packets(capture) {
        let length = (packet.len() as u32).to_le_bytes();
        file.extend(block(6, &[&[0; 12][..], &length, &length, packet].concat()));
        file.extend(block(5, &[0; 40]));
    }
    file
}

/// Connections of several kinds, lookups and datagrams that tell nothing, in turns, so that no range is like another.
fn varied() -> Vec<u8> {
    let mut capture = Capture::new();
    for number in 0..12u8 {
        let name = format!("host-{number}.example.com");
        let mut connection = Connection::new(443 + u16::from(number));
        connection.open(&mut capture);
        capture.udp((DEVICE, 40_000 + u16::from(number)), ([192, 0, 2, 53], 53), &dns(false, 0, &name, &[]));
        connection.client(&mut capture, &client_hello(&name));
        capture.udp((DEVICE, 20_000), ([192, 0, 2, 100 + number % 3], 30_000), &vec![number; usize::from(number) * 40]);
        capture.udp(([192, 0, 2, 53], 53), (DEVICE, 40_000 + u16::from(number)), &dns(true, 0, &name, &[(1, SERVER.to_vec())]));
        connection.server(&mut capture, &server_flight());
        if number % 3 == 0 {
            connection.client(&mut capture, &record(21, &[2, 48]));
        }
    }
    capture.bytes
}

#[test]
fn ranges_tell_what_a_stream_tells() {
    let mut plain = mixed();
    // Datagrams that tell nothing, among them the last packet and the latest.
    let datagram = outer(17, &[[0xc0, 0, 0xc0, 2, 0, 20, 0, 0].as_slice(), &[0x80; 12]].concat());
    for extra in 0..5u32 {
        let head = [1_700_000_100 + extra % 3, 0, datagram.len() as u32, datagram.len() as u32 + extra % 2];
        plain.extend(head.into_iter().flat_map(u32::to_le_bytes));
        plain.extend_from_slice(&datagram);
    }
    let (summary, events) = run(&plain);
    assert_eq!((summary.packets, summary.cut_by_snaplen, summary.hosts.len(), events.len()), (packets(&plain).len() as u64, 2, 4, 6));
    let limits = CaptureLimits::default();
    for (file, step) in [(plain.clone(), 23), (as_blocks(&plain), 23), (varied(), 701), (as_blocks(&varied()), 701)] {
        let expected = run(&file);
        for range in RANGES {
            assert_eq!(ranges(&file, range, &limits), expected, "ranges of {range}");
        }
        for at in (0..file.len()).step_by(step) {
            assert_eq!(ranges(&file[..at], 300, &limits), run(&file[..at]), "cut at {at}");
            // A length, a type or a time that is none.
            let mut damaged = file.clone();
            damaged[at..(at + 4).min(file.len())].fill(0xff);
            assert_eq!(ranges(&damaged, 300, &limits), run(&damaged), "damaged at {at}");
            assert_eq!(ranges(&damaged, 2_000, &limits), run(&damaged), "damaged at {at}");
        }
    }
}

/// How far ranges went without a stream, and how many packets they had.
fn reach(bytes: &[u8], range: usize) -> (u64, u64) {
    let (limits, mut sink) = (CaptureLimits::default(), |_: Event| ());
    let read_at = |buffer: &mut [u8], at| Ok(copy(bytes, buffer, at));
    let file = super::super::ranges::File { read_at: &read_at, length: bytes.len() as u64, range };
    let mut walker = walk::Walker::new(&limits, &mut sink);
    let mut head = bytes;
    let mut container = container::Container::open(&mut head, 120, &limits);
    assert!(container.more(&mut |_| ()));
    let mut left = container.leave();
    super::super::ranges::follow(&file, &mut left, &mut sieve::Totals::default(), &limits, &mut walker);
    (left.offset, left.packets())
}

#[test]
fn sound_captures_are_read_in_ranges_to_their_end() {
    for file in [varied(), as_blocks(&varied())] {
        let begins = begins(&file);
        for range in [5_000, 7_001, 20_000] {
            // But for the last, which may have too few packets.
            let (offset, packets) = reach(&file, range);
            assert!(offset as usize + range > file.len(), "ranges of {range} reach {offset} of {}", file.len());
            let before = begins.iter().filter(|(at, packet)| *packet && *at < offset as usize).count();
            assert_eq!(packets, before as u64, "ranges of {range}");
        }
        // And no further than they are sound.
        let mut damaged = file.clone();
        let (at, _) = begins[begins.len() / 2];
        damaged[at + 4..at + 12].fill(0xff);
        let (offset, _) = reach(&damaged, 5_000);
        assert!(offset as usize <= at, "{offset}, damaged at {at}");
    }
}

/// Where the records or the blocks behind the head of a file begin, and whether they are packets.
fn begins(file: &[u8]) -> Vec<(usize, bool)> {
    let word = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().unwrap()) as usize;
    let blocks = file.starts_with(&pcapng::MAGIC);
    let next = |at: &usize| (*at < file.len()).then(|| at + if blocks { word(at + 4) } else { 16 + word(at + 8) });
    let first = if blocks { 28 + 20 } else { 24 };
    let all = std::iter::successors(Some(first), next).take_while(|at| *at < file.len());
    all.map(|at| (at, !blocks || word(at) == 6)).collect()
}

#[test]
fn where_a_packet_begins_is_found_from_anywhere() {
    let limits = CaptureLimits::default();
    for file in [varied(), as_blocks(&varied())] {
        let mut head = file.as_slice();
        let mut container = container::Container::open(&mut head, 1 << 20, &limits);
        let format = {
            assert!(container.more(&mut |_| ()));
            container.leave().format
        };
        let begins = begins(&file);
        let (first, _) = begins[0];
        for from in first..file.len() - 9_000 {
            let (next, _) = begins[begins.partition_point(|(begin, _)| *begin < from)];
            let found = format.find(&file[from..], (from - first) as u64, &limits);
            assert_eq!(found, Some(next - from), "from {from}");
        }
    }
}

#[test]
fn another_section_or_interface_is_met_where_it_stands() {
    let one = as_blocks(&mixed());
    let two = [one.clone(), as_blocks(&varied()), one].concat();
    let expected = run(&two);
    assert_eq!((expected.0.packets, &expected.0.troubles), (packets(&mixed()).len() as u64 * 2 + packets(&varied()).len() as u64, &vec![]));
    for range in RANGES {
        assert_eq!(ranges(&two, range, &CaptureLimits::default()), expected, "ranges of {range}");
    }
}

#[test]
fn a_capture_inside_a_packet_is_not_taken_for_the_capture() {
    let mut capture = Capture::new();
    for round in 0..8u8 {
        let inner = [vec![round; usize::from(round)], varied()[24..20_000].to_vec()].concat();
        capture.udp((DEVICE, 20_000), (SERVER, 30_000), &inner);
    }
    let expected = run(&capture.bytes);
    assert_eq!((expected.0.packets, expected.0.syn), (8, 0));
    for range in [500, 4_096, 10_000, 50_000] {
        assert_eq!(ranges(&capture.bytes, range, &CaptureLimits::default()), expected, "ranges of {range}");
    }
}

/// Bytes up to where reading fails.
struct Failing<'a>(&'a [u8]);

impl Read for Failing<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer) {
            Ok(0) => Err(io::Error::other("a bad sector")),
            read => read,
        }
    }
}

#[test]
fn a_file_that_shrinks_or_fails_is_used_as_far_as_it_goes() {
    let limits = CaptureLimits::default();
    for whole in [varied(), as_blocks(&varied())] {
        for at in (30..whole.len()).step_by(977) {
            let part = &whole[..at];
            let shrunk = ranges_of(&|buffer: &mut [u8], at| Ok(copy(part, buffer, at)), whole.len(), 1_000, &limits);
            assert_eq!(shrunk, run(part), "shrunk to {at}");
            let mut events = Vec::new();
            let summary = read(&mut Failing(part), &limits, &mut |event: Event| events.push(event));
            let read_at = |buffer: &mut [u8], at| match copy(part, buffer, at) {
                0 => Err(io::Error::other("a bad sector")),
                read => Ok(read),
            };
            assert_eq!(ranges_of(&read_at, whole.len(), 1_000, &limits), (summary, events), "fails at {at}");
        }
    }
}

#[test]
fn any_number_of_threads_tells_the_same() {
    let file = varied();
    let expected = run(&file);
    for threads in [1, 2, 5] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        for range in [200, 700] {
            assert_eq!(pool.install(|| ranges(&file, range, &CaptureLimits::default())), expected, "{threads} threads");
        }
    }
}

#[test]
fn ranges_tell_what_a_stream_tells_of_real_captures() {
    let Some(folder) = real_data() else { return };
    let names = ["pcap", "hostile"].iter().flat_map(|sub| std::fs::read_dir(folder.join(sub)).unwrap());
    for name in names.map(|entry| entry.unwrap().path()) {
        let bytes = std::fs::read(&name).unwrap();
        let few = CaptureLimits { packet: 100, flows: 2, stream: 20_000, total: 3_000, out_of_order: 3_000, ..CaptureLimits::default() };
        for limits in [CaptureLimits::default(), few] {
            let expected = run_with(&bytes, &limits);
            for range in RANGES {
                assert_eq!(ranges(&bytes, range, &limits), expected, "{}, ranges of {range}", name.display());
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn ranges_of_any_length_tell_the_same_of_any_damage(
        range in 1usize..6_000, blocks: bool,
        damage in prop::collection::vec((any::<prop::sample::Index>(), prop::collection::vec(any::<u8>(), 1..24), any::<bool>()), 0..4),
    ) {
        let mut file = if blocks { as_blocks(&varied()) } else { varied() };
        for (at, bytes, inserted) in damage {
            let at = at.index(file.len());
            let end = if inserted { at } else { (at + bytes.len()).min(file.len()) };
            file.splice(at..end, bytes);
        }
        prop_assert_eq!(ranges(&file, range, &CaptureLimits::default()), run(&file));
    }
}

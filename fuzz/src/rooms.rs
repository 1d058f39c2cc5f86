//! One function for each parser of foreign bytes and each boundary between rooms. Whatever the bytes are, it returns.

use std::io::Write as _;
use std::sync::OnceLock;

use bundlescope::diagnose::{Diagnosis, Selection};
use bundlescope::formats::capture::{self, CaptureLimits};
use bundlescope::formats::event::Event;
use bundlescope::formats::license_history::HistoryReader;
use bundlescope::formats::{certificate, expressway, prompt, syslog};
use bundlescope::intake::{self, Artifact, Budget, Content, Encoding, Input, Limits, Source, Trouble, Visitor, drain};
use bundlescope::report::render::{Format, Style};
use bundlescope::rules::embedded;
use bundlescope::rules::library::Library;
use bundlescope::rules::load::{RuleText, load};
use bundlescope::rules::translation::Language;
use bundlescope::scan::mask::Masker;
use bundlescope::scan::{CaseScan, Scanner};

// The tests take this file by its path.
#[path = "texts.rs"]
mod texts;
pub use texts::{case, documents, packet_list, pages, redact, sentences, stamps, tables};

/// A room: its name, which is that of its fuzz target and of the folder of its kept inputs.
pub type Room = (&'static str, fn(&[u8]));

/// All of them.
pub const ROOMS: &[Room] = &[
    ("tar", tar),
    ("zip", zip),
    ("decoders", decoders),
    ("mail", mail),
    ("pcap", pcap),
    ("pcapng", pcapng),
    ("reassembly", reassembly),
    ("tls", tls),
    ("x509", x509),
    ("dns", dns),
    ("syslog", syslog),
    ("show", show),
    ("expressway", expressway),
    ("license_history", license_history),
    ("rule_yaml", rule_yaml),
    ("rule_with_input", rule_with_input),
    ("mask", mask),
    ("renderers", renderers),
    ("pages", pages),
    ("documents", documents),
    ("tables", tables),
    ("packet_list", packet_list),
    ("stamps", stamps),
    ("sentences", sentences),
    ("case", case),
    ("redact", redact),
];

fn library() -> &'static Library {
    static LIBRARY: OnceLock<Library> = OnceLock::new();
    LIBRARY.get_or_init(|| embedded::library().unwrap_or_else(|_| panic!("the library of the program does not load")))
}

fn scanner() -> &'static Scanner<'static> {
    static SCANNER: OnceLock<Scanner<'static>> = OnceLock::new();
    SCANNER.get_or_init(|| Scanner::new(library()))
}

/// Reads every artifact to its end, and counts.
#[derive(Default)]
struct Reading {
    artifacts: usize,
    troubles: usize,
    entered: usize,
}

impl Visitor for Reading {
    fn artifact(&mut self, artifact: Artifact<'_>) {
        self.artifacts += 1;
        if let Source::Stream(stream) = artifact.source {
            let _ = drain(stream);
        }
    }

    fn trouble(&mut self, trouble: Trouble) {
        assert_ne!(trouble.message, intake::FAILED);
        assert!(!trouble.message.is_empty() && trouble.message.chars().all(|c| !c.is_control()), "{trouble:?}");
        self.troubles += 1;
    }

    fn enter(&mut self, _: &intake::LogicalPath, _: intake::Container) {
        self.entered += 1;
    }

    fn leave(&mut self) {
        self.entered -= 1;
    }
}

/// Walks a file of these bytes under limits that a bomb reaches soon. It must leave something to show, or be an empty archive.
fn walk(data: &[u8]) {
    let mut file = tempfile::NamedTempFile::new().unwrap_or_else(|error| panic!("no temporary file: {error}"));
    file.write_all(data).unwrap_or_else(|error| panic!("no temporary file: {error}"));
    let mut limits = Limits::default();
    for small in ["unpacked=8MiB", "artifact=4MiB", "members=200", "archive_members=100", "decoder_memory=1MiB", "header=4KiB"] {
        limits.set(small).unwrap_or_else(|error| panic!("{error}"));
    }
    let budget = Budget::new(&limits);
    let mut reading = Reading::default();
    for entry in &intake::list(&[Input::Path(file.path().to_owned())], &limits).0 {
        intake::open(entry, &limits, &budget, &mut reading);
    }
    assert_eq!(reading.entered, 0, "a container was entered and not left");
}

/// tar archives. The checksum of the first header is made right, which no mutation finds. Once more with a record of an extension that
/// belongs to no header.
pub fn tar(data: &[u8]) {
    tar_of(data.to_vec());
    let mut record = [0; 512];
    record[..9].copy_from_slice(b"././@Long");
    record[124..136].copy_from_slice(b"00000000010\0");
    record[156] = data.first().map_or(b'L', |byte| b"LKxg"[usize::from(*byte) % 4]);
    record[257..265].copy_from_slice(b"ustar  \0");
    tar_of([&record, data].concat());
}

fn tar_of(mut archive: Vec<u8>) {
    for header in archive.chunks_exact_mut(512).take(4) {
        if header.iter().all(|byte| *byte == 0) {
            continue;
        }
        header[148..156].fill(b' ');
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    }
    walk(&archive);
}

/// zip archives, with and without the first signature.
pub fn zip(data: &[u8]) {
    walk(&[b"PK\x03\x04", data].concat());
    walk(data);
}

/// Compressed streams: the first byte chooses the format.
pub fn decoders(data: &[u8]) {
    let Some((choice, data)) = data.split_first() else { return };
    let magics: [&[u8]; 7] = [b"\x1f\x8b\x08", b"BZh91AY&SY", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd", b"\x1f\x9d\x90", b"\x5d\0\0\x10\0", b""];
    walk(&[magics[usize::from(*choice) % magics.len()], data].concat());
}

/// Mails with encoded parts, from the first part on, and whole.
pub fn mail(data: &[u8]) {
    let header =
        b"From: a@b.example\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"=_X\"\r\n\r\n--=_X\r\n";
    walk(&[header, data].concat());
    walk(&[header, data, b"\r\n--=_X--\r\n"].concat());
    walk(data);
}

fn events_of(capture: &[u8]) -> Vec<Event> {
    let mut events = Vec::new();
    let summary = capture::read(&mut &*capture, &CaptureLimits::default(), &mut |event: Event| events.push(event));
    assert!(summary.troubles.len() < 1_000);
    events
}

/// Captures of libpcap.
pub fn pcap(data: &[u8]) {
    let header = b"\xd4\xc3\xb2\xa1\x02\0\x04\0\0\0\0\0\0\0\0\0\0\0\x04\0\x01\0\0\0";
    events_of(&[header, data].concat());
    events_of(data);
}

/// Captures of the next generation.
pub fn pcapng(data: &[u8]) {
    let section = b"\x0a\x0d\x0d\x0a\x1c\0\0\0\x4d\x3c\x2b\x1a\x01\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\x1c\0\0\0";
    let interface = b"\x01\0\0\0\x14\0\0\0\x01\0\0\0\0\0\0\0\x14\0\0\0";
    events_of(&[&section[..], interface, data].concat());
    events_of(data);
}

/// A capture of Ethernet frames with these payloads of IPv4, a millisecond apart.
fn frames(packets: impl Iterator<Item = (u8, Vec<u8>, bool)>) -> Vec<u8> {
    let mut capture = b"\xd4\xc3\xb2\xa1\x02\0\x04\0\0\0\0\0\0\0\0\0\0\0\x04\0\x01\0\0\0".to_vec();
    for (at, (protocol, payload, back)) in packets.enumerate() {
        let (from, to) = if back { ([192, 0, 2, 1], [10, 0, 0, 1]) } else { ([10, 0, 0, 1], [192, 0, 2, 1]) };
        let total = u16::try_from(20 + payload.len()).unwrap_or(u16::MAX).to_be_bytes();
        let ip = [&[0x45, 0][..], &total, &[0, 0, 0x40, 0, 64, protocol, 0, 0], &from, &to].concat();
        let frame = [&[2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0][..], &ip, &payload].concat();
        let length = u32::try_from(frame.len()).unwrap_or(0).to_le_bytes();
        let micros = u32::try_from(at * 1_000).unwrap_or(0);
        capture.extend((1_755_944_383 + micros / 1_000_000).to_le_bytes());
        capture.extend((micros % 1_000_000).to_le_bytes());
        capture.extend(length);
        capture.extend(length);
        capture.extend(frame);
    }
    capture
}

fn segment(sequence: u32, acknowledged: u32, flags: u8, payload: &[u8], back: bool) -> (u8, Vec<u8>, bool) {
    let (from, to) = if back { (443_u16, 50_000_u16) } else { (50_000, 443) };
    let head = [&from.to_be_bytes()[..], &to.to_be_bytes(), &sequence.to_be_bytes(), &acknowledged.to_be_bytes(), &[0x50, flags]];
    (6, [&head.concat()[..], &[0xff, 0xff, 0, 0, 0, 0], payload].concat(), back)
}

/// A connection to port 443: the three packets of its beginning, then what one side sends, in segments of these lengths.
fn connection(payload: &[u8], lengths: &mut dyn FnMut() -> usize, back: bool) -> Vec<u8> {
    let mut packets = vec![segment(0, 0, 2, b"", false), segment(0, 1, 0x12, b"", true), segment(1, 1, 0x10, b"", false)];
    let mut sent = 0;
    while sent < payload.len() {
        let length = lengths().clamp(1, payload.len() - sent);
        packets.push(segment(u32::try_from(1 + sent).unwrap_or(0), 1, 0x18, &payload[sent..sent + length], back));
        sent += length;
    }
    frames(packets.into_iter())
}

/// One stream in any segments gives the same events.
pub fn reassembly(data: &[u8]) {
    let Some((splits, payload)) = data.split_at_checked(8) else { return };
    let payload = &payload[..payload.len().min(40_000)];
    let told = |capture: &[u8]| -> Vec<(&'static str, Vec<(&'static str, String)>)> {
        // What says how much time or how many packets went by depends on the segments.
        let same = |name: &str| !matches!(name, "waited" | "time" | "delay" | "count" | "lasted");
        let of = |event: Event| (event.kind, event.fields.into_iter().filter(|(name, _)| same(name)).collect());
        // So does whether a side is called silent, which is said at the end of a capture.
        events_of(capture).into_iter().filter(|event| !event.kind.ends_with("-unanswered")).map(of).collect()
    };
    for back in [false, true] {
        let mut at = 0;
        let mut odd = || {
            at += 1;
            usize::from(splits[at % splits.len()]) * 5 + 1
        };
        let (whole, split) = (connection(payload, &mut || 1_400, back), connection(payload, &mut odd, back));
        let (whole, split) = (told(&whole), told(&split));
        // Where a stream is not made of records, the beginning of a segment is where one is looked for.
        assert!(whole == split || !are_records(payload), "{whole:?}\n{split:?}");
    }
}

/// Whether a stream is TLS records from its beginning to its end, which may cut the last.
fn are_records(mut stream: &[u8]) -> bool {
    while let [kind, major, _, high, low, rest @ ..] = stream {
        let length = usize::from(*high) << 8 | usize::from(*low);
        if !(20..=23).contains(kind) || *major != 3 || !(1..=18_432).contains(&length) {
            return false;
        }
        stream = rest.get(length..).unwrap_or_default();
    }
    stream.is_empty()
}

/// TLS of the client and of the server.
pub fn tls(data: &[u8]) {
    let data = &data[..data.len().min(60_000)];
    for back in [false, true] {
        events_of(&connection(data, &mut || 1_400, back));
    }
}

/// Certificates in DER, in bundles and in PEM.
pub fn x509(data: &[u8]) {
    let _ = certificate::from_der(data);
    let _ = certificate::all_from_der(data, 50);
    let _ = certificate::from_pem_text(data, 50);
}

/// DNS over UDP, as query and as answer.
pub fn dns(data: &[u8]) {
    let data = &data[..data.len().min(60_000)];
    let packet = |back: bool| {
        let (from, to) = if back { (53_u16, 50_000_u16) } else { (50_000, 53) };
        let length = u16::try_from(data.len() + 8).unwrap_or(u16::MAX).to_be_bytes();
        (17, [&from.to_be_bytes()[..], &to.to_be_bytes(), &length, &[0, 0], data].concat(), back)
    };
    events_of(&frames([packet(false), packet(true), packet(true)].into_iter()));
}

/// Heads of log lines of every dialect, and the scan of them: text in one piece says what it says line by line.
pub fn syslog(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    for line in text.lines() {
        let _ = syslog::parse(line);
        let _ = syslog::starts_record(line);
    }
    scanner().scan_text("a.log", data);
}

/// Output of commands at a prompt.
pub fn show(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    for line in text.lines() {
        let _ = prompt::parse(line);
        let _ = prompt::section_header(line);
    }
    scanner().scan_text("session.txt", &[b"switch-1#show license all\n", data].concat());
    scanner().scan_text("tech.txt", &[b"------------------ show license all ------------------\n", data].concat());
}

/// Logs and dumps of an Expressway.
pub fn expressway(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    for line in text.lines() {
        let _ = expressway::events(line, 1);
    }
    for name in ["loggingsnapshot_exp-1_2025-08-23_10:00:00.txt", "xstat_dump_exp-1_2025-08-23_10:00:00.txt"] {
        let _ = expressway::bundle_member(name);
        scanner().scan_text(name, data);
    }
}

/// The history of messages that a licensing agent prints.
pub fn license_history(data: &[u8]) {
    let mut history = HistoryReader::default();
    let mut count = 0_usize;
    for (at, line) in String::from_utf8_lossy(data).lines().enumerate() {
        history.line(at as u64 + 1, line, &mut |_| count += 1);
    }
    history.finish(&mut |_| count += 1);
    scanner().scan_text("history.txt", &[b"switch-1#show license history message\n", data].concat());
}

/// Rule files of each kind.
pub fn rule_yaml(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    for folder in ["signals", "facts", "releases", "collect", "references", "translations/ja", "licensing"] {
        let file = RuleText { name: format!("rules/{folder}/a.yaml"), text: text.to_owned() };
        let _ = load(&[file]);
    }
}

/// A file of signals and a text, with a NUL between them.
pub fn rule_with_input(data: &[u8]) {
    let mut parts = data.splitn(2, |byte| *byte == 0);
    let (Some(rule), Some(input)) = (parts.next(), parts.next()) else { return };
    let Ok(text) = std::str::from_utf8(rule) else { return };
    let Ok(library) = load(&[RuleText { name: "rules/signals/a.yaml".to_owned(), text: text.to_owned() }]) else { return };
    Scanner::new(&library).scan_text("a.log", input);
}

/// Masking, of each line by itself and with the lines before it.
pub fn mask(data: &[u8]) {
    static MASKER: OnceLock<Masker> = OnceLock::new();
    let masker = MASKER.get_or_init(Masker::new);
    let text = String::from_utf8_lossy(data);
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let before = text.as_bytes().get(..at).unwrap_or_default();
        let shown = line.trim_end_matches('\n');
        let _ = masker.mask(shown);
        let _ = masker.mask_after(before, shown);
        at += line.len();
    }
}

/// Every format of the report of a text, whose name and lines are hostile.
pub fn renderers(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let name: String = text.chars().take(40).collect();
    let evidence = "%SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : Unable to resolve server hostname/domain name";
    let log = format!("Aug 23 09:19:43 {} 1: {evidence} {text}\n{text}\n", text.split_whitespace().next().unwrap_or("a"));
    let artifact = scanner().scan_text(&intake::escape::visible(name.as_bytes()), log.as_bytes());
    debug_assert_eq!(artifact.content, Content::Text(Encoding::Utf8));
    let case = CaseScan { inputs: vec![intake::escape::visible(name.as_bytes())], artifacts: vec![artifact], ..CaseScan::default() };
    let report = Diagnosis::new(case, library()).report(&Selection::default());
    for language in [Language::En, Language::Ja] {
        let style = Style { width: 80, color: true, verbose: true, words: library().words(language) };
        for format in Format::ALL {
            let written = format.render(&report, &style);
            let harmless = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t' | '\u{1b}');
            assert!(written.chars().all(harmless), "{}", format.name());
        }
    }
}

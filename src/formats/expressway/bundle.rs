//! The members of a diagnostic log archive, told by name: `loggingsnapshot_<host>_<timestamp>.txt` and its siblings.
//! The `:` of the timestamp may have become `_`, `/` or something else on the way, or the time may be missing; browsers number copies
//! (`… (1).txt`).

use crate::formats::time::Stamp;

/// What the name of a member says.
#[derive(Clone, Debug, PartialEq)]
pub struct BundleMember<'a> {
    /// What it holds.
    pub kind: MemberKind,
    /// The peer it is from.
    pub host: Option<&'a str>,
    /// When the log was taken, by the peer's clock.
    pub taken: Option<Stamp>,
    /// The interface of a capture: `eth0`.
    pub interface: Option<&'a str>,
}

/// What a member holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MemberKind {
    /// The archive itself.
    DiagnosticLog,
    /// The log between start and stop.
    LoggingSnapshot,
    /// The configuration at the start.
    Xconf,
    /// The status at the start.
    Xstat,
    /// Packets.
    Capture,
    /// The trust store.
    CaCertificates,
    /// The server certificate.
    ServerCertificate,
}

/// Reads `file_name`, without the folders before it; a `/` inside the timestamp does no harm.
pub fn bundle_member(file_name: &str) -> Option<BundleMember<'_>> {
    let (kind, interface, rest) = kind(file_name)?;
    let (stem, extension) = split_extension(without_copy(rest));
    let stem = without_copy(stem);
    let certificate = matches!(kind, MemberKind::CaCertificates | MemberKind::ServerCertificate);
    // `ca` and `server` begin too many other names.
    if certificate && !extension.eq_ignore_ascii_case("pem") || !(stem.is_empty() || stem.starts_with('_')) {
        return None;
    }
    let (host, taken) = split_timestamp(stem);
    let host = host.trim_matches('_');
    Some(BundleMember { kind, host: (!host.is_empty()).then_some(host), taken, interface })
}

fn kind(name: &str) -> Option<(MemberKind, Option<&str>, &str)> {
    let kinds = [
        ("diagnostic_log", MemberKind::DiagnosticLog),
        ("loggingsnapshot", MemberKind::LoggingSnapshot),
        ("xconf_dump", MemberKind::Xconf),
        ("xstat_dump", MemberKind::Xstat),
        ("ca", MemberKind::CaCertificates),
        ("server", MemberKind::ServerCertificate),
    ];
    if let Some((kind, rest)) = kinds.iter().find_map(|(start, kind)| Some((*kind, name.strip_prefix(start)?))) {
        return Some((kind, None, rest));
    }
    let (interface, rest) = name.split_once("_diagnostic_logging_tcpdump")?;
    let plain = !interface.is_empty() && interface.bytes().all(|b| b.is_ascii_alphanumeric());
    plain.then_some((MemberKind::Capture, Some(interface), rest.trim_start_matches(|c: char| c.is_ascii_digit())))
}

/// Takes `.txt`, `.tar.gz`, `.pcap00` off; a host may hold dots.
fn split_extension(name: &str) -> (&str, &str) {
    for end in [".tar.gz", ".txt.gz", ".tgz", ".txt", ".xml", ".pem", ".zip", ".pcap", ".tar"] {
        if let Some(stem) = name.strip_suffix(end) {
            return (stem, end.rsplit('.').next().unwrap_or(""));
        }
    }
    match name.rsplit_once(".pcap") {
        Some((stem, number)) if number.bytes().all(|b| b.is_ascii_digit()) => (stem, "pcap"),
        _ => (name, ""),
    }
}

/// Takes ` (1)` and ` - Copy` off the end.
fn without_copy(stem: &str) -> &str {
    let stem = stem.strip_suffix(" - Copy").unwrap_or(stem);
    let numbered = || {
        let (name, number) = stem.strip_suffix(')')?.rsplit_once('(')?;
        (!number.is_empty() && number.len() <= 3 && number.bytes().all(|b| b.is_ascii_digit())).then(|| name.trim_end())
    };
    numbered().unwrap_or(stem)
}

/// Takes `_2025-09-22_12:58:19` off the end, also `_2025-09-22`, `_2025-09-22_125819` and `_20250922_125819`.
fn split_timestamp(stem: &str) -> (&str, Option<Stamp>) {
    for (at, _) in stem.rmatch_indices('_') {
        let Some(tail) = stem.get(at + 1..) else { continue };
        let numbers: Vec<&str> = tail.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
        // A colon escaped as `%3A` reads as `3`.
        let numbers: Vec<&str> = if tail.contains("%3A") { numbers.into_iter().filter(|part| *part != "3").collect() } else { numbers };
        let whole = numbers.iter().map(|part| part.len()).eq([4, 2, 2, 2, 2, 2]);
        // With fewer divisions it is a date only if nothing else stands there.
        let plain = || {
            tail.starts_with(|c: char| c.is_ascii_digit())
                && tail.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'_' | b'.' | b'T'))
        };
        let divided = matches!(*numbers.iter().map(|part| part.len()).collect::<Vec<_>>(), [4, 2, 2] | [4, 2, 2, 6] | [8] | [8, 6] | [14]);
        if !(whole || divided && plain()) {
            continue;
        }
        let digits = numbers.concat();
        let value = |from: usize, length: usize| match digits.get(from..from + length) {
            Some(part) => part.parse::<u32>().ok(),
            // A day begins where no time is stated.
            None => Some(0),
        };
        let year = value(0, 4).and_then(|year| i32::try_from(year).ok()).filter(|year| whole || (1995..=2099).contains(year));
        let stamp = (|| Stamp::new(Some(year?), value(4, 2)?, value(6, 2)?, value(8, 2)?, value(10, 2)?, value(12, 2)?, 0))();
        if stamp.is_some() {
            return (stem.get(..at).unwrap_or(""), stamp);
        }
    }
    (stem, None)
}

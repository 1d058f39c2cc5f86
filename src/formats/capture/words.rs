//! How events are put together, and the facts that a report takes from them.

use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;

use super::stream::Moment;
use crate::formats::event::{Event, Place};
use crate::formats::time::Stamp;

/// Fields of an event.
pub(super) type Fields = Vec<(&'static str, String)>;

/// Between the members of a list in one field. Certificate names never hold it: they write `|` as `\7C`.
pub(super) const BETWEEN: &str = " | ";

/// Characters of one name of a certificate that an event carries: every signal of its kind looks at them.
const NAME: usize = 512;

/// A certificate's name as events carry it.
pub(super) fn cut_name(name: &str) -> String {
    match name.char_indices().nth(NAME) {
        Some((end, _)) => format!("{}…", name.get(..end).unwrap_or_default()),
        None => name.to_owned(),
    }
}

/// `address:port`, as the standard library writes it, only sooner: every event has several.
pub(super) fn end_text(end: SocketAddr) -> String {
    let IpAddr::V4(address) = end.ip() else { return end.to_string() };
    let mut text = String::with_capacity("255.255.255.255:65535".len());
    for (octet, mark) in address.octets().into_iter().zip(['.', '.', '.', ':']) {
        push_number(octet.into(), &mut text);
        text.push(mark);
    }
    push_number(end.port(), &mut text);
    text
}

fn push_number(number: u16, text: &mut String) {
    if number >= 10 {
        push_number(number / 10, text);
    }
    text.push(char::from(b'0' + (number % 10) as u8));
}

pub(super) fn event(kind: &'static str, at: Moment, fields: Fields, text: String) -> Event {
    Event { kind, place: Place::Packet(at.packet), time: stamp(at), fields, text }
}

/// Seconds since 1970 of the years 1 to 9999, the ones that RFC 3339 can write. Others are damage.
const YEARS: RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

pub(super) fn stamp(at: Moment) -> Option<Stamp> {
    at.time.filter(|time| YEARS.contains(&time.seconds)).and_then(|time| Stamp::from_unix(time.seconds, time.nanos))
}

/// Whole seconds from one packet to a later one; 0 where a time is missing or the clock went back.
pub(super) fn seconds_between(first: Moment, last: Moment) -> i64 {
    let (Some(first), Some(last)) = (first.time, last.time) else { return 0 };
    let short = i64::from(last.nanos < first.nanos);
    last.seconds.saturating_sub(first.seconds).saturating_sub(short).max(0)
}

/// Whole milliseconds from one packet to a later one, as [`seconds_between`].
pub(super) fn milliseconds_between(first: Moment, last: Moment) -> i64 {
    let (Some(first), Some(last)) = (first.time, last.time) else { return 0 };
    let nanos = i64::from(last.nanos) - i64::from(first.nanos);
    last.seconds.saturating_sub(first.seconds).saturating_mul(1_000).saturating_add(nanos.div_euclid(1_000_000)).max(0)
}

/// The facts of one event, by name and value:
///
/// | fact | value |
/// | --- | --- |
/// | `capture.tls_alert` | `packet 9 server->client fatal handshake_failure` |
/// | `capture.sni` | the name |
/// | `capture.certificate` | `subject … / issuer … / notAfter Mar  3 00:31:05 2016 GMT`, one each |
/// | `capture.dns_answer` | the result code |
/// | `capture.dns_failure` | `name NXDOMAIN`, for every code but `NOERROR` |
/// | `capture.http_connect` | `host:port status` |
/// | `capture.http_status` | the status of an answer |
pub fn fact_lines(event: &Event) -> Vec<(&'static str, String)> {
    let field = |name| event.field(name).unwrap_or_default();
    match event.kind {
        "tls-alert" => {
            let (from, to) = if field("from") == "client" { ("client", "server") } else { ("server", "client") };
            let Place::Packet(packet) = event.place else { return Vec::new() };
            vec![("capture.tls_alert", format!("packet {packet} {from}->{to} {} {}", field("level"), field("description")))]
        }
        "tls-client-hello" => event.field("sni").map(|sni| ("capture.sni", sni.to_owned())).into_iter().collect(),
        "tls-certificate" => {
            let lists = (field("subjects").split(BETWEEN)).zip(field("issuers").split(BETWEEN)).zip(field("not_afters").split(BETWEEN));
            let known = lists.filter(|(_, not_after)| !not_after.is_empty());
            known
                .map(|((subject, issuer), not_after)| {
                    ("capture.certificate", format!("subject {subject} / issuer {issuer} / notAfter {not_after}"))
                })
                .collect()
        }
        "dns-response" => {
            let rcode = field("rcode");
            let mut facts = vec![("capture.dns_answer", rcode.to_owned())];
            if rcode != "NOERROR" {
                let name = if field("name") == "." { "<Root>" } else { field("name") };
                facts.push(("capture.dns_failure", format!("{name} {rcode}")));
            }
            facts
        }
        "http-connect" => {
            let mut facts = vec![("capture.http_connect", format!("{} {}", field("host"), field("status")).trim_end().to_owned())];
            facts.extend(status(field("status")));
            facts
        }
        "http-request" => status(field("status")).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn status(status: &str) -> Option<(&'static str, String)> {
    (!status.is_empty()).then(|| ("capture.http_status", status.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::super::container::Time;
    use super::*;

    #[test]
    fn ends_are_written_as_the_library_writes_them() {
        for end in ["0.0.0.0:0", "255.255.255.255:65535", "192.0.2.10:443", "10.9.99.100:1000", "[2001:db8::1]:53", "[::ffff:1.2.3.4]:9"] {
            assert_eq!(end_text(end.parse().unwrap()), end);
        }
    }

    #[test]
    fn names_in_events_are_bounded() {
        assert_eq!(cut_name("CN=short"), "CN=short");
        assert_eq!(cut_name(&"é".repeat(512)), "é".repeat(512));
        assert_eq!(cut_name(&"é".repeat(513)), format!("{}…", "é".repeat(512)));
    }

    #[test]
    fn only_times_that_can_be_written_are_told() {
        // date -u -d 0001-01-01 +%s, date -u -d 9999-12-31T23:59:59 +%s
        for (seconds, year) in [
            (-62_135_596_801, None),
            (-62_135_596_800, Some(1)),
            (1_700_000_000, Some(2023)),
            (253_402_300_799, Some(9999)),
            (253_402_300_800, None),
            (i64::MAX, None),
        ] {
            let found = stamp(Moment { packet: 1, time: Some(Time { seconds, nanos: 0 }) });
            assert_eq!(found.and_then(|stamp| stamp.year()), year, "{seconds}");
        }
    }
}

//! What is kept of payloads, edited in place: names and addresses of DNS messages, names in TLS handshakes, heads of HTTP. Nothing
//! changes its length.

use super::super::{Redactor, certificate};

/// Jumps within one compressed name.
const JUMPS: usize = 64;
/// Records of one message.
const RECORDS: usize = 4096;

fn be16(bytes: &[u8], at: usize) -> Option<usize> {
    let [high, low] = *bytes.get(at..)?.first_chunk()?;
    Some(usize::from(high) << 8 | usize::from(low))
}

fn be24(bytes: &[u8], at: usize) -> Option<usize> {
    let [a, b, c] = *bytes.get(at..)?.first_chunk()?;
    Some(usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c))
}

/// A DNS message (RFC 1035). False where it cannot be read: it is cleared then. One that is cut is edited as far as it goes.
pub(super) fn dns(redactor: &mut Redactor, message: &mut [u8]) -> bool {
    let original = message.to_vec();
    let edited = edit_dns(redactor, &original, message);
    if edited.is_none() {
        message.fill(0);
    }
    edited.is_some()
}

fn edit_dns(redactor: &mut Redactor, original: &[u8], message: &mut [u8]) -> Option<()> {
    original.get(..12)?;
    let mut at = 12;
    for _ in 0..be16(original, 4)?.min(RECORDS) {
        at = name(redactor, original, message, at)? + 4;
    }
    let records = be16(original, 6)? + be16(original, 8)? + be16(original, 10)?;
    for _ in 0..records.min(RECORDS) {
        if at >= original.len() {
            break;
        }
        at = name(redactor, original, message, at)?;
        let (kind, length) = (be16(original, at)?, be16(original, at + 8)?);
        at += 10;
        let end = at + length;
        match kind {
            1 if length == 4 => drop(message.get_mut(at..end).map(|bytes| redactor.address_bytes(bytes))),
            28 if length == 16 => drop(message.get_mut(at..end).map(|bytes| redactor.address_bytes(bytes))),
            2 | 5 | 12 | 39 => drop(name(redactor, original, message, at)),
            15 => drop(name(redactor, original, message, at + 2)),
            33 => drop(name(redactor, original, message, at + 6)),
            6 => {
                if let Some(next) = name(redactor, original, message, at) {
                    name(redactor, original, message, next);
                }
            }
            41 => options(message.get_mut(at..end.min(original.len())).unwrap_or_default()),
            _ => {
                if let Some(rest) = message.get_mut(at..end.min(original.len())) {
                    rest.fill(0);
                }
                // Zeros are right in a record of no type (RFC 1035, 3.3.10) only.
                if let Some(place) = message.get_mut(at - 10..at - 8) {
                    place.copy_from_slice(&[0, 10]);
                }
            }
        }
        at = end;
    }
    // Behind the last record nothing belongs to the message.
    if let Some(rest) = message.get_mut(at.min(original.len())..) {
        rest.fill(0);
    }
    Some(())
}

/// Options of EDNS (RFC 6891): kind and length stay; of a client's network (RFC 7871) its form too.
fn options(bytes: &mut [u8]) {
    let mut at = 0;
    while let (Some(kind), Some(length)) = (be16(bytes, at), be16(bytes, at + 2)) {
        let kept = if kind == 8 { 4 } else { 0 };
        let end = (at + 4 + length).min(bytes.len());
        if let Some(value) = bytes.get_mut(at + 4 + kept..end) {
            value.fill(0);
        }
        at += 4 + length;
    }
}

/// Replaces the labels of the name at `start`, read from the message as it was; gives where the name ends.
fn name(redactor: &mut Redactor, original: &[u8], message: &mut [u8], start: usize) -> Option<usize> {
    let (mut at, mut end, mut labels, mut total) = (start, None, Vec::new(), 0);
    for _ in 0..JUMPS * 2 {
        let length = usize::from(*original.get(at)?);
        match length {
            0 => {
                end = end.or(Some(at + 1));
                break;
            }
            0xc0..=0xff => {
                end = end.or(Some(at + 2));
                at = be16(original, at)? & 0x3fff;
            }
            1..=63 => {
                let label = original.get(at + 1..at + 1 + length)?;
                labels.push((at + 1, String::from_utf8_lossy(label).into_owned()));
                total += length + 1;
                at += 1 + length;
            }
            _ => return None,
        }
        if total > 255 {
            return None;
        }
    }
    let end = end?;
    // A dot inside a label would look like two.
    let text: Vec<String> = labels.iter().map(|(_, label)| label.replace('.', "_")).collect();
    let replaced = redactor.at_length(|redactor| redactor.host(&text.join(".")));
    for ((at, label), new) in labels.iter().zip(replaced.split('.')) {
        if new.len() == label.len()
            && let Some(place) = message.get_mut(*at..*at + label.len())
        {
            place.copy_from_slice(new.as_bytes());
        }
    }
    Some(end)
}

/// DNS over TCP: messages behind their length.
pub(super) fn dns_stream(redactor: &mut Redactor, bytes: &mut [u8]) {
    let mut at = 0;
    while let Some(length) = be16(bytes, at) {
        let end = (at + 2 + length).min(bytes.len());
        match bytes.get_mut(at + 2..end) {
            Some(message) if !message.is_empty() => drop(dns(redactor, message)),
            _ => return,
        }
        at = end;
    }
}

/// TLS records in the clear. Handshake messages may lie across several.
pub(super) fn tls(redactor: &mut Redactor, bytes: &mut [u8]) {
    // Where each byte of the handshake stands.
    let mut places = Vec::new();
    let mut at = 0;
    while let (Some(kind), Some(length)) = (bytes.get(at), be16(bytes, at + 3)) {
        let end = (at + 5 + length).min(bytes.len());
        if *kind == 22 {
            places.extend(at + 5..end);
        }
        at += 5 + length;
    }
    let mut handshake: Vec<u8> = places.iter().filter_map(|place| bytes.get(*place)).copied().collect();
    let mut at = 0;
    while let (Some(kind), Some(length)) = (handshake.get(at).copied(), be24(&handshake, at + 1)) {
        let end = at + 4 + length;
        let whole = end <= handshake.len();
        let until = end.min(handshake.len());
        let Some(message) = handshake.get_mut(at + 4..until) else { break };
        match kind {
            1 => drop(client_hello(redactor, message)),
            11 if whole => drop(certificate_message(redactor, message)),
            13 if whole => drop(certificate::rewrite_names(redactor, message)),
            // What cannot be taken apart cannot be told to be harmless.
            11 | 13 => message.fill(0),
            _ => {}
        }
        at = end;
    }
    for (place, byte) in places.iter().zip(&handshake) {
        if let Some(to) = bytes.get_mut(*place) {
            *to = *byte;
        }
    }
}

/// RFC 8446, 4.1.2; the name asked for is in extension 0 (RFC 6066).
fn client_hello(redactor: &mut Redactor, message: &mut [u8]) -> Option<()> {
    let mut at = 35 + usize::from(*message.get(34)?);
    at += 2 + be16(message, at)?;
    at += 1 + usize::from(*message.get(at)?);
    at += 2;
    while let (Some(kind), Some(length)) = (be16(message, at), be16(message, at + 2)) {
        at += 4;
        if kind == 0 {
            let mut entry = at + 2;
            while entry + 3 <= at + length {
                let size = be16(message, entry + 1)?;
                let place = message.get_mut(entry + 3..entry + 3 + size)?;
                let host = String::from_utf8_lossy(place).into_owned();
                let replaced = redactor.at_length(|redactor| redactor.host(&host));
                place.copy_from_slice(redactor.fitted(&host, replaced).as_bytes().get(..size)?);
                entry += 3 + size;
            }
        }
        at += length;
    }
    Some(())
}

/// Up to TLS 1.2 (RFC 5246, 7.4.2).
fn certificate_message(redactor: &mut Redactor, message: &mut [u8]) -> Option<()> {
    let end = (3 + be24(message, 0)?).min(message.len());
    let mut at = 3;
    while at < end {
        let length = be24(message, at)?;
        certificate::rewrite(redactor, message.get_mut(at + 3..at + 3 + length)?);
        at += 3 + length;
    }
    Some(())
}

/// Fields of a head whose values say nothing of anybody, beside those that are read. The kind of a body that is zeros would
/// only make readers look for damage.
const PLAIN: [&str; 11] = [
    "content-length",
    "transfer-encoding",
    "connection",
    "proxy-connection",
    "keep-alive",
    "accept",
    "accept-encoding",
    "upgrade",
    "date",
    "server",
    "cache-control",
];

/// The head of a request or an answer.
pub(super) fn http(redactor: &mut Redactor, bytes: &mut [u8]) {
    redactor.at_length(|redactor| head(redactor, bytes));
}

fn head(redactor: &mut Redactor, bytes: &mut [u8]) {
    // Whose path it is stands in a line of its own, where not before the path.
    let text = String::from_utf8_lossy(bytes).into_owned();
    let host = text.lines().skip(1).find_map(|line| line.get(..5).filter(|name| name.eq_ignore_ascii_case("host:")).and(line.get(5..)));
    let host = host.unwrap_or_default().trim().to_owned();
    let mut first = true;
    let mut at = 0;
    while at < bytes.len() {
        let rest = bytes.get(at..).unwrap_or_default();
        let length = memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
        let line = String::from_utf8_lossy(rest.get(..length).unwrap_or_default()).into_owned();
        let text = line.trim_end_matches(['\r', '\n']);
        let new = if first { request(redactor, text, &host) } else { field(redactor, text) };
        if let Some(place) = bytes.get_mut(at..at + text.len()).filter(|_| text.len() <= length) {
            if new.len() == place.len() {
                place.copy_from_slice(new.as_bytes());
            } else {
                place.fill(b'x');
            }
        }
        first = false;
        at += length;
    }
}

fn request(redactor: &mut Redactor, line: &str, host: &str) -> String {
    if line.starts_with("HTTP/") {
        return line.to_owned();
    }
    let parts: Vec<String> =
        line.split(' ').enumerate().map(|(at, part)| if at == 1 { target(redactor, part, host) } else { part.to_owned() }).collect();
    parts.join(" ")
}

/// What is asked for: host and path stay as far as they are nobody's, a query becomes letters.
fn target(redactor: &mut Redactor, target: &str, host: &str) -> String {
    let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
    let (path, userinfo) = match (path.find("://"), path.find('@')) {
        (Some(scheme), Some(at)) if at > scheme => {
            (format!("{}{}", path.get(..scheme + 3).unwrap_or_default(), path.get(at + 1..).unwrap_or_default()), at + 1 - scheme - 3)
        }
        _ => (path.to_owned(), 0),
    };
    let replaced = named(redactor, &path, host);
    let replaced = redactor.fitted(&path, replaced);
    let query = query.map_or_else(String::new, |query| format!("?{}", "x".repeat(query.len())));
    // What stood before the host is made up for behind it.
    format!("{replaced}{}{query}", "x".repeat(userinfo))
}

/// A name with a port, an address, a URL, a path.
fn named(redactor: &mut Redactor, text: &str, of: &str) -> String {
    let authority = text.find("://").map_or(0, |at| at + 3);
    let (scheme, rest) = text.split_at(authority);
    let end = if text.starts_with('/') { 0 } else { rest.find('/').unwrap_or(rest.len()) };
    let (authority, path) = rest.split_at(end);
    let (host, port) = authority
        .rsplit_once(':')
        .filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()))
        .map_or((authority, ""), |(host, _)| (host, authority.get(host.len()..).unwrap_or_default()));
    let owner = if host.is_empty() { of.split(':').next().unwrap_or_default() } else { host };
    let path = if redactor.is_public(owner) { redactor.line(path).into_owned() } else { foreign(redactor, path) };
    let host = if host.parse::<std::net::IpAddr>().is_ok() || host.starts_with('[') {
        redactor.line(host).into_owned()
    } else {
        redactor.host(host)
    };
    format!("{scheme}{host}{port}{path}")
}

/// A path on somebody's own server: of its words stay those that rules look for.
fn foreign(redactor: &mut Redactor, path: &str) -> String {
    let path = redactor.line(path).into_owned();
    let parts = path.split_inclusive(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))).map(|piece| {
        let word = piece.trim_end_matches(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_')));
        // Numbers are versions, or addresses that were replaced already.
        let stays = word.len() < 3 || word.bytes().all(|byte| byte.is_ascii_digit()) || redactor.is_replacement(word);
        let new = if stays { word.to_owned() } else { redactor.label(word) };
        format!("{new}{}", piece.get(word.len()..).unwrap_or_default())
    });
    parts.collect()
}

/// `Via` (RFC 9110, 7.6.3): protocol, who received it, perhaps a comment.
fn via(redactor: &mut Redactor, value: &str) -> String {
    let hops = value.split(',').map(|hop| {
        let mut at = 0;
        let words = hop.split(' ').map(|word| {
            at += usize::from(!word.is_empty());
            if at == 2 && !word.is_empty() { named(redactor, word, "") } else { redactor.line(word).into_owned() }
        });
        words.collect::<Vec<_>>().join(" ")
    });
    hops.collect::<Vec<_>>().join(",")
}

fn field(redactor: &mut Redactor, line: &str) -> String {
    let Some((name, value)) = line.split_once(':') else { return "x".repeat(line.len()) };
    let text = value.trim_start();
    let blanks = value.len() - text.len();
    let head = line.get(..name.len() + 1 + blanks).unwrap_or_default();
    let name = name.to_ascii_lowercase();
    let new = match name.as_str() {
        "host" | "location" => {
            let new = named(redactor, text, "");
            // Blanks behind a value do not belong to it.
            if new.len() < text.len() { format!("{new:<width$}", width = text.len()) } else { redactor.fitted(text, new) }
        }
        "via" => {
            let new = via(redactor, text);
            redactor.fitted(text, new)
        }
        "proxy-authenticate" | "www-authenticate" => {
            let scheme = text.split(' ').next().unwrap_or_default();
            format!("{scheme}{}", "x".repeat(text.len() - scheme.len()).replacen('x', " ", 1))
        }
        name if PLAIN.contains(&name) => {
            let new = redactor.line(text).into_owned();
            redactor.fitted(text, new)
        }
        _ => "x".repeat(text.len()),
    };
    format!("{head}{new}")
}

#[cfg(test)]
mod tests {
    use super::super::super::{Classes, Collector, Key, Redactor};
    use super::*;
    use crate::rules::embedded;

    fn redactor() -> Redactor {
        let mut collected = Collector::new();
        collected.line("Configured from console by jsmith on vty0 (10.11.12.50)");
        Redactor::new(&embedded::library().unwrap(), Classes::ALL, &Key::from_bytes(b"a key"), &collected)
    }

    #[test]
    fn a_head_keeps_its_length_and_loses_what_it_names() {
        for (head, gone, stays) in [
            (
                "GET http://crl.acme-corp.example/pki/jsmith/10.11.12.9.crl?host=sw7 HTTP/1.1\r\nVia: 1.1 acme-proxy1 (squid)\r\n\r\n",
                &["acme", "jsmith", "10.11.12.9", "sw7"][..],
                &["GET http://crl.", ".crl?", " HTTP/1.1\r\nVia: 1.1 ", " (squid)\r\n\r\n"][..],
            ),
            (
                "GET /widgets/plant9/ca.crl HTTP/1.1\r\nHost: pki.acme-corp.example\r\n\r\n",
                &["widgets", "plant9", "acme"],
                &["GET /", ".crl HTTP/1.1"],
            ),
            ("CONNECT 10.11.12.9:443 HTTP/1.1\r\nHost: 10.11.12.9\r\n\r\n", &["10.11.12.9"], &["CONNECT 10.", ":443 HTTP/1.1"]),
            (
                "GET /its/service/oddce HTTP/1.1\r\nHost: tools.cisco.com\r\n\r\n",
                &[],
                &["GET /its/service/oddce HTTP/1.1\r\nHost: tools.cisco.com\r\n"],
            ),
        ] {
            let mut bytes = head.as_bytes().to_vec();
            http(&mut redactor(), &mut bytes);
            let text = String::from_utf8(bytes).unwrap();
            assert_eq!(text.len(), head.len());
            assert!(gone.iter().all(|gone| !text.contains(gone)) && stays.iter().all(|stays| text.contains(stays)), "{text}");
        }
    }

    #[test]
    fn a_reverse_name_stays_one() {
        let mut redactor = redactor();
        for name in ["9.12.11.10.in-addr.arpa", "12.11.10.in-addr.arpa.", "1.0.0.127.in-addr.arpa"] {
            let replaced = redactor.at_length(|redactor| redactor.host(name));
            assert_eq!(replaced.len(), name.len(), "{replaced}");
            assert_eq!(replaced == name, name.contains("127"), "{replaced}");
            assert!(replaced.split('.').take_while(|label| *label != "in-addr").all(|label| label.parse::<u8>().is_ok()), "{replaced}");
        }
        // All digits of IPv6 fit.
        let six: std::net::Ipv6Addr = "2001:db8:acde:1::9".parse().unwrap();
        let name = |address: std::net::Ipv6Addr| {
            format!("{:032x}", address.to_bits()).chars().rev().map(|c| format!("{c}.")).collect::<String>() + "ip6.arpa"
        };
        let std::net::IpAddr::V6(mapped) = redactor.ip(six.into()) else { panic!() };
        assert_eq!(redactor.host(&name(six)), name(mapped));
    }
}

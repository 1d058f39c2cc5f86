//! HTTP/1 heads of one direction: requests with their target, answers with their status. Bodies are passed over.

use std::collections::VecDeque;

use super::bytes::Taker;
use crate::intake::escape::visible;

/// Bytes of one head, at most.
const HEAD: usize = 32 << 10;

/// Bytes of a method, host or path that are kept.
const TARGET: usize = 256;

const METHODS: [&[u8]; 9] = [b"CONNECT ", b"GET ", b"POST ", b"HEAD ", b"PUT ", b"OPTIONS ", b"DELETE ", b"PATCH ", b"TRACE "];
const ANSWER: &[u8] = b"HTTP/1.";

/// One head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Head {
    Request(Request),
    /// The status of an answer.
    Answer(u16),
}

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) method: String,
    /// The host asked for, with its port if one was given.
    pub(super) host: String,
    /// The path without the query, which may hold secrets; empty for CONNECT.
    pub(super) path: String,
}

impl Request {
    /// Bytes of its texts.
    pub(super) fn held(&self) -> usize {
        self.method.capacity() + self.host.capacity() + self.path.capacity()
    }
}

/// Requests not yet answered that are kept of one connection.
pub(super) const OPEN_REQUESTS: usize = 16;

/// The requests of a connection that wait for their answers.
pub(super) type Open<T> = VecDeque<(T, Request)>;

/// State of one direction.
#[derive(Default)]
pub(super) struct Http {
    head: Vec<u8>,
    body: Body,
}

#[derive(Default, PartialEq)]
enum Body {
    /// A head begins or goes on.
    #[default]
    Head,
    /// This many bytes of a body.
    Bytes(u64),
    /// A body whose end cannot be counted: the next head is looked for where segments begin.
    Unknown,
}

/// Whether HTTP begins here; `None` while the bytes are too few to tell.
pub(super) fn begins(bytes: &[u8]) -> Option<bool> {
    let mut unsure = false;
    for word in METHODS.into_iter().chain([ANSWER]) {
        if bytes.starts_with(word) {
            return Some(true);
        }
        unsure |= word.starts_with(bytes);
    }
    if unsure { None } else { Some(false) }
}

impl Http {
    /// Bytes held.
    pub(super) fn held(&self) -> usize {
        self.head.len()
    }

    /// Takes bytes of the direction; `data` begins where a segment does or where the last call ended. Returns how
    /// many were used and the head that they completed. `None` where the direction turns out to be no HTTP.
    pub(super) fn feed(&mut self, data: &[u8]) -> Option<(usize, Option<Head>)> {
        match self.body {
            Body::Bytes(left) => {
                let used = usize::try_from(left).unwrap_or(usize::MAX).min(data.len());
                let left = left - used as u64;
                self.body = if left == 0 { Body::Head } else { Body::Bytes(left) };
                return Some((used, None));
            }
            Body::Unknown if begins(data) != Some(true) => return Some((data.len(), None)),
            Body::Unknown => self.body = Body::Head,
            Body::Head => {}
        }
        // The end of the head may lie across the old and the new bytes.
        let from = self.head.len().saturating_sub(3);
        let room = HEAD.saturating_sub(self.head.len());
        let before = self.head.len();
        self.head.extend_from_slice(data.get(..room).unwrap_or(data));
        // Blank lines before a request are allowed (RFC 9112, 2.2).
        if before == 0 && self.head.iter().all(|byte| matches!(byte, b'\r' | b'\n')) {
            self.head.clear();
            return Some((data.len(), None));
        }
        let Some(end) = end_of_head(&self.head, from) else {
            return (self.head.len() < HEAD).then_some((data.len(), None));
        };
        let used = end.saturating_sub(before);
        let head = std::mem::take(&mut self.head);
        let (head, body) = parse(head.get(..end).unwrap_or(&head))?;
        self.body = body;
        Some((used, Some(head)))
    }

    /// The last head has no body, whatever its fields say: an answer to HEAD, or a tunnel.
    pub(super) fn no_body(&mut self) {
        self.body = Body::Head;
    }

    /// `missing` bytes were not captured.
    pub(super) fn gap(&mut self, missing: usize) {
        self.head = Vec::new();
        self.body = match self.body {
            Body::Bytes(left) if left > missing as u64 => Body::Bytes(left - missing as u64),
            _ => Body::Unknown,
        };
    }
}

/// Where the head ends, its blank line included.
fn end_of_head(bytes: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    rest.iter().enumerate().filter(|(_, byte)| **byte == b'\n').find_map(|(at, _)| match rest.get(at + 1..)? {
        [b'\n', ..] => Some(from + at + 2),
        [b'\r', b'\n', ..] => Some(from + at + 3),
        _ => None,
    })
}

fn parse(head: &[u8]) -> Option<(Head, Body)> {
    let mut lines = head.split(|byte| *byte == b'\n').map(|line| line.trim_ascii());
    let first = lines.find(|line| !line.is_empty())?;
    let (mut host, mut length, mut chunked) = (None, None, false);
    for line in lines {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let (name, value) = line.split_at(colon);
        let value = value.get(1..).unwrap_or_default().trim_ascii();
        if name.eq_ignore_ascii_case(b"host") {
            host = host.or(Some(value));
        } else if name.eq_ignore_ascii_case(b"content-length") {
            length = std::str::from_utf8(value).ok().and_then(|value| value.parse::<u64>().ok());
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            chunked = true;
        }
    }
    let body = match (chunked, length) {
        (false, Some(0)) => Body::Head,
        (false, Some(length)) => Body::Bytes(length),
        _ => Body::Unknown,
    };
    let mut words = first.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
    let (first_word, second) = (words.next()?, words.next()?);
    if first_word.starts_with(ANSWER) {
        let status = std::str::from_utf8(second).ok()?.parse().ok().filter(|status| (100..=999).contains(status))?;
        let body = if status < 200 || matches!(status, 204 | 304) { Body::Head } else { body };
        return Some((Head::Answer(status), body));
    }
    let method = shown(first_word);
    let (target_host, path) = target(&method, second);
    let host = target_host.or(host).unwrap_or_default();
    // A request without stated length has no body.
    let body = if !chunked && length.is_none() { Body::Head } else { body };
    Some((Head::Request(Request { method, host: shown(host).to_ascii_lowercase(), path: shown(path) }), body))
}

/// Host and path of a request target in any of its forms (RFC 9112, 3.2).
fn target<'a>(method: &str, target: &'a [u8]) -> (Option<&'a [u8]>, &'a [u8]) {
    if method == "CONNECT" {
        return (Some(target), b"");
    }
    let without_query = target.split(|byte| matches!(byte, b'?' | b'#')).next().unwrap_or_default();
    let scheme = [&b"http://"[..], b"https://"]
        .into_iter()
        .find(|scheme| target.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme)));
    let Some(scheme) = scheme else { return (None, without_query) };
    let mut rest = Taker(without_query);
    rest.take(scheme.len());
    let slash = rest.0.iter().position(|byte| *byte == b'/').unwrap_or(rest.0.len());
    let host = rest.take(slash).unwrap_or_default();
    // user:password@host
    let host = host.rsplit(|byte| *byte == b'@').next().unwrap_or_default();
    (Some(host), if rest.0.is_empty() { b"/" } else { rest.0 })
}

fn shown(bytes: &[u8]) -> String {
    let bytes = bytes.get(..TARGET).unwrap_or(bytes);
    if bytes.iter().all(|byte| matches!(byte, b' '..=b'~')) {
        return bytes.iter().map(|byte| char::from(*byte)).collect();
    }
    let mut text = visible(bytes);
    // What cannot be shown is written longer than it is.
    text.truncate(text.floor_char_boundary(TARGET));
    text.shrink_to_fit();
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heads(pieces: &[&[u8]]) -> Vec<Head> {
        let mut http = Http::default();
        let mut heads = Vec::new();
        for piece in pieces {
            let mut piece = *piece;
            while !piece.is_empty() {
                let Some((used, head)) = http.feed(piece) else { return heads };
                heads.extend(head);
                piece = &piece[used..];
            }
        }
        heads
    }

    fn request(method: &str, host: &str, path: &str) -> Head {
        Head::Request(Request { method: method.to_owned(), host: host.to_owned(), path: path.to_owned() })
    }

    #[test]
    fn heads_are_read_however_they_are_cut() {
        for (text, expected) in [
            (&b"GET /a?token=secret HTTP/1.1\r\nHost: Tools.Cisco.com\r\n\r\n"[..], vec![request("GET", "tools.cisco.com", "/a")]),
            (b"GET http://u:p@www.cisco.com/x/y.crl HTTP/1.1\r\nHost: proxy\r\n\r\n", vec![request("GET", "www.cisco.com", "/x/y.crl")]),
            (b"CONNECT a.example:443 HTTP/1.1\n\nrest", vec![request("CONNECT", "a.example:443", "")]),
            (
                b"POST /p HTTP/1.1\r\nHost: h:8182\r\nContent-Length: 5\r\n\r\nHTTP/GET /q HTTP/1.1\r\nhost: h\r\n\r\n",
                vec![request("POST", "h:8182", "/p"), request("GET", "h", "/q")],
            ),
            (
                b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 407 Proxy Authentication Required\r\nContent-Length: 2\r\n\r\nnoHTTP/1.1 200 OK\r\n\r\n",
                vec![Head::Answer(100), Head::Answer(407), Head::Answer(200)],
            ),
        ] {
            assert_eq!(heads(&[text]), expected, "whole: {}", visible(text));
            for cut in 1..text.len() {
                assert_eq!(heads(&[&text[..cut], &text[cut..]]), expected, "cut at {cut}: {}", visible(text));
            }
        }
    }

    #[test]
    fn a_body_of_unknown_length_ends_where_a_segment_begins_a_head() {
        let heads =
            heads(&[b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"5\r\nHTTP/\r\n0\r\n\r\n", b"HTTP/1.1 503 No\r\n\r\n"]);
        assert_eq!(heads, [Head::Answer(200), Head::Answer(503)]);
    }

    #[test]
    fn little_of_a_long_request_is_kept() {
        let long = b"\x01".repeat(5_000);
        let text = [b"GET / HTTP/1.1\r\n\r\n", &long[..], b" /", &long, b" HTTP/1.1\r\nHost: ", &long, b"\r\n\r\n"].concat();
        let found = heads(&[&text]);
        let [Head::Request(_), Head::Request(second)] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!([second.method.len(), second.host.len(), second.path.len()], [TARGET; 3]);
        assert_eq!(second.held(), 3 * TARGET);
    }

    #[test]
    fn a_head_without_end_is_given_up() {
        let mut http = Http::default();
        let lines = b"X: y\r\n".repeat(HEAD);
        http.feed(b"GET / HTTP/1.1\r\n");
        assert!(lines.chunks(1_000).any(|part| http.feed(part).is_none()));
        assert!(http.held() <= HEAD);
    }
}

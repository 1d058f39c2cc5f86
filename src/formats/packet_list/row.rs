//! One line of a list of packets: source, destination, protocol and info, wherever the columns are.

use super::End;
use crate::formats::time::{self, Stamp};

/// One packet of a list.
pub(super) struct Packet {
    pub(super) number: Option<u64>,
    /// Milliseconds, from any beginning.
    pub(super) at: Option<i64>,
    pub(super) time: Option<Stamp>,
    pub(super) from: End,
    pub(super) to: End,
    pub(super) protocol: String,
    pub(super) info: String,
}

/// Source, destination and info of a line of a list.
pub(super) fn packet(text: &str) -> Option<Packet> {
    let cells = cells(text);
    let at = cells.iter().position(|cell| is_protocol(cell)).filter(|at| *at >= 2)?;
    let (from, to) = (*cells.get(at - 2)?, *cells.get(at - 1)?);
    let behind = cells.get(at + 1..)?;
    let numbers: Vec<&str> = behind.iter().copied().take_while(|cell| is_number(cell)).take(3).collect();
    let info = behind.join(" ");
    // Length and both ports, in columns or as the info of TCP begins.
    let ports = match numbers.as_slice() {
        [_, from, to] => Some(((*from).to_owned(), (*to).to_owned())),
        _ => ports(&info),
    };
    let (from_port, to_port) = ports.unwrap_or_default();
    let end = |name: &str, port| End { name: name.to_owned(), port };
    let number = cells.first().filter(|cell| is_number(cell) && at > 2).and_then(|cell| cell.parse().ok());
    let stated = cells.get(usize::from(number.is_some())..at - 2).unwrap_or_default();
    let relative = match stated {
        [seconds] => milliseconds(seconds),
        _ => None,
    };
    let time = time::find_date(text);
    let at = relative.or_else(|| time.as_ref().map(Stamp::wall_millis));
    let protocol = cells.iter().copied().find(|cell| is_protocol(cell)).unwrap_or_default().to_owned();
    Some(Packet { number, at, time, from: end(from, from_port), to: end(to, to_port), protocol, info })
}

/// Number and time of a line of a list whose protocol is not read.
pub(super) fn other(text: &str) -> Option<(u64, Option<i64>)> {
    let first = text.trim_start_matches('"');
    if !first.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let cells = cells(text);
    let [number, stated, _, _, ..] = cells.as_slice() else { return None };
    let number = number.parse().ok().filter(|_| is_number(number))?;
    let at = milliseconds(stated).or_else(|| time::find_date(text).as_ref().map(Stamp::wall_millis));
    at.map(|at| (number, Some(at)))
}

fn cells(text: &str) -> Vec<&str> {
    let cells: Vec<&str> = if text.contains('\t') {
        text.split('\t').map(str::trim).collect()
    } else if text.starts_with('"') {
        text.trim_matches('"').split("\",\"").collect()
    } else {
        text.split_ascii_whitespace().take(64).collect()
    };
    cells.into_iter().filter(|cell| !matches!(*cell, "→" | "->" | "")).take(64).collect()
}

/// `2.010000`, seconds since any beginning.
fn milliseconds(stated: &str) -> Option<i64> {
    let seconds = stated.contains('.').then(|| stated.parse::<f64>().ok())??;
    #[expect(clippy::cast_possible_truncation, reason = "saturates, which is late enough")]
    let milliseconds = (seconds * 1000.0) as i64;
    (seconds.is_finite() && seconds >= 0.0).then_some(milliseconds)
}

fn is_protocol(cell: &str) -> bool {
    matches!(cell, "TCP" | "SSL" | "TLS" | "DNS" | "HTTP") || cell.starts_with("TLSv1") || cell.starts_with("SSLv")
}

fn is_number(cell: &str) -> bool {
    !cell.is_empty() && cell.bytes().all(|byte| byte.is_ascii_digit())
}

/// The ports in `[TCP Retransmission] 37016 → 443 [SYN] Seq=0`.
fn ports(info: &str) -> Option<(String, String)> {
    let words: Vec<&str> = info.split_ascii_whitespace().filter(|word| !matches!(*word, "→" | "->" | ">")).take(12).collect();
    words.windows(3).find_map(|window| match window {
        [from, to, flags] if is_number(from) && is_number(to) && flags.starts_with('[') => Some(((*from).to_owned(), (*to).to_owned())),
        _ => None,
    })
}

/// The flags of a TCP segment in `443 → 24354 [RST, ACK] Seq=1 Ack=1`.
pub(super) fn flags(info: &str) -> Vec<&str> {
    let known = |flag: &&str| matches!(*flag, "SYN" | "ACK" | "RST" | "FIN" | "PSH" | "URG" | "ECE" | "ECN" | "CWR" | "NS" | "AE");
    let brackets = info.split('[').skip(1).filter_map(|rest| rest.split(']').next());
    let mut flags = brackets.map(|inside| inside.split(", ").map(str::trim).collect::<Vec<_>>());
    flags.find(|flags| flags.iter().all(known)).unwrap_or_default()
}

/// The number behind `Seq=` or another key.
pub(super) fn value(info: &str, key: &str) -> Option<u64> {
    let (_, rest) = info.split_once(key)?;
    rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// Whether the list names a message by exactly this: `Certificate` is neither `Certificate Request` nor `Certificate Verify`.
pub(super) fn has_word(info: &str, message: &str) -> bool {
    let only_numbers = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b' ');
    info.split(", ")
        .any(|part| part == message || part.ends_with(message) && part.get(..part.len() - message.len()).is_some_and(only_numbers))
}

/// The name in `Client Hello (SNI=smartreceiver.cisco.com)`, also where a reader of pictures mistook the sign.
pub(super) fn asked(info: &str) -> Option<&str> {
    let (_, rest) = info.split_once("Client Hello (")?;
    let inside = rest.split(')').next()?;
    let name = inside.split_once('=').map(|(_, name)| name).or_else(|| inside.get(4..).filter(|_| inside.get(3..4) == Some("-")))?;
    (name.contains('.') && !name.contains(' ')).then_some(name)
}

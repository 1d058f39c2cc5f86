//! Packets as tcpdump prints them, and as the capture of an ASA does:
//!
//! ```text
//! 10:00:01.100000 IP 10.8.1.5.31000 > 146.112.59.81.443: Flags [S], seq 1000, win 8192, length 0
//! 10:00:00.050000 IP 10.1.1.1.53 > 10.8.1.5.40000: 1 NXDomain 0/1/0 (113)
//!    1: 10:00:01.100000       10.8.1.5.31000 > 146.112.59.81.443: S 1000:1000(0) win 8192
//! ```
//!
//! Each is told in the words of the other lists.

use std::collections::BTreeMap;

use super::End;
use super::row::Packet;
use crate::formats::time::{self, Stamp};

/// Questions that are kept until they are answered: an answer repeats none.
const KEPT: usize = 1_024;

/// Names that tcpdump gives ports.
const PORTS: [(&str, &str); 4] = [("https", "443"), ("http", "80"), ("domain", "53"), ("http-alt", "8080")];

/// What was asked, by client and number.
#[derive(Debug, Default)]
pub(super) struct Asked(BTreeMap<(String, String), String>);

impl Asked {
    /// The packet of a line.
    pub(super) fn packet(&mut self, text: &str) -> Option<Packet> {
        let (ends, said) = text.split_once(": ").filter(|(before, _)| before.contains(" > ")).or_else(|| {
            // Before the number of a line of an ASA stands a colon, too.
            let (number, rest) = text.split_once(": ")?;
            number.bytes().all(|byte| byte.is_ascii_digit()).then(|| rest.split_once(": ")).flatten()
        })?;
        let (before, to) = ends.rsplit_once(" > ")?;
        let from = end(before.rsplit(' ').next()?)?;
        let to = end(to)?;
        let at = clock(before)?;
        let (protocol, info) = match segment(said) {
            Some(info) => ("TCP", info),
            None => ("DNS", self.lookup(said, &from, &to)?),
        };
        let time = time::find_date(text);
        let at = time.as_ref().map_or(at, Stamp::wall_millis);
        Some(Packet { number: None, at: Some(at), time, from, to, protocol: protocol.to_owned(), info })
    }

    /// A question or an answer in the words of the other lists.
    fn lookup(&mut self, said: &str, from: &End, to: &End) -> Option<String> {
        let mut words = said.split_ascii_whitespace();
        let number = words.next()?.trim_end_matches(|c: char| !c.is_ascii_digit());
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let next = words.by_ref().find(|word| !word.starts_with('['))?;
        if let Some(kind) = next.strip_suffix('?').filter(|_| to.port == "53") {
            let asked = format!("{kind} {}", words.next()?.trim_end_matches('.'));
            if self.0.len() < KEPT {
                self.0.insert((from.name.clone(), number.to_owned()), asked.clone());
            }
            return Some(format!("Standard query 0x{number} {asked}"));
        }
        let asked = self.0.get(&(to.name.clone(), number.to_owned())).filter(|_| from.port == "53")?;
        let status = match next.trim_end_matches(['*', '-', '|', '$']) {
            "NXDomain" => "No such name ",
            "ServFail" => "Server failure ",
            "Refused" => "Refused ",
            "FormErr" => "Format error ",
            "NotImp" => "Not implemented ",
            _ => "",
        };
        let records =
            words.filter(|word| !word.starts_with('(')).map(|word| word.trim_end_matches([',', '.'])).collect::<Vec<_>>().join(" ");
        Some(format!("Standard query response 0x{number} {status}{asked} {records}"))
    }
}

/// `[SYN] Seq=1000` of `Flags [S], seq 1000, …` or `S 1000:1000(0) win 8192`.
fn segment(said: &str) -> Option<String> {
    let (letters, rest) = match said.strip_prefix("Flags [") {
        Some(rest) => rest.split_once(']')?,
        None => said.split_once(' ')?,
    };
    let by_letter = |letter: char| match letter {
        'S' => Some("SYN"),
        'F' => Some("FIN"),
        'R' => Some("RST"),
        'P' => Some("PSH"),
        '.' => Some("ACK"),
        'U' => Some("URG"),
        'E' => Some("ECE"),
        'W' => Some("CWR"),
        _ => None,
    };
    let mut flags: Vec<&str> = letters.chars().map(by_letter).collect::<Option<_>>().filter(|flags: &Vec<_>| !flags.is_empty())?;
    // An ASA writes a dot only where there is no other flag.
    if rest.contains("ack ") && !flags.contains(&"ACK") {
        flags.push("ACK");
    }
    let digits = |text: &str| text.split(|c: char| !c.is_ascii_digit()).next().filter(|digits| !digits.is_empty()).map(str::to_owned);
    let behind = |key| rest.split_once(key).and_then(|(_, rest)| digits(rest));
    let sequence = behind("seq ").or_else(|| digits(rest)).map(|number| format!(" Seq={number}"));
    let length = behind("length ").or_else(|| behind("(")).map(|number| format!(" Len={number}"));
    Some(format!("[{}]{}{}", flags.join(", "), sequence.unwrap_or_default(), length.unwrap_or_default()))
}

/// An address and a port, which stands behind its last dot.
fn end(text: &str) -> Option<End> {
    let (name, port) = text.rsplit_once('.')?;
    let port = PORTS.iter().find(|(known, _)| *known == port).map_or(port, |(_, port)| *port);
    let valid = port.parse::<u16>().is_ok() && name.contains(['.', ':']);
    valid.then(|| End { name: name.to_owned(), port: port.to_owned() })
}

/// Milliseconds of the day, of the last time of day in a text.
fn clock(text: &str) -> Option<i64> {
    text.split_ascii_whitespace().rev().find_map(|word| {
        let mut parts = word.trim_end_matches(':').splitn(3, ':');
        let mut next = || parts.next().filter(|part| part.len() >= 2);
        let (hours, minutes, seconds) = (next()?.parse::<i64>().ok()?, next()?.parse::<i64>().ok()?, next()?.parse::<f64>().ok()?);
        #[expect(clippy::cast_possible_truncation, reason = "seconds of a minute")]
        let millis = ((0..61).contains(&(seconds as i64))).then_some((seconds * 1000.0) as i64)?;
        ((0..24).contains(&hours) && (0..60).contains(&minutes)).then(|| (hours * 60 + minutes) * 60_000 + millis)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines of tcpdump 4.99 and of the documentation of the ASA; the words of Wireshark for the same packets.
    #[test]
    fn lines_in_the_words_of_other_lists() {
        let mut asked = Asked::default();
        for (line, expected) in [
            (
                "10:00:01.100000 IP 10.8.1.5.31000 > 146.112.59.81.443: Flags [S], seq 1000, win 8192, options [mss 1460], length 0",
                Some("10.8.1.5:31000 146.112.59.81:443 TCP [SYN] Seq=1000 Len=0"),
            ),
            (
                "2024-03-02 10:00:01.100000 IP 146.112.59.81.https > 10.8.1.5.31000: Flags [R.], seq 0, ack 1001, win 0, length 0",
                Some("146.112.59.81:443 10.8.1.5:31000 TCP [RST, ACK] Seq=0 Len=0"),
            ),
            (
                "10:00:01.200000 IP6 2001:db8::5.31000 > 2001:420:1101:5::a.443: Flags [.], ack 1, win 8192, length 0",
                Some("[2001:db8::5]:31000 [2001:420:1101:5::a]:443 TCP [ACK] Len=0"),
            ),
            (
                "   1: 10:00:01.100000       10.8.1.5.31000 > 146.112.59.81.443: S 1000:1000(0) win 8192 <mss 1460>",
                Some("10.8.1.5:31000 146.112.59.81:443 TCP [SYN] Seq=1000 Len=0"),
            ),
            (
                "   2: 10:00:01.150000       802.1Q vlan#30 P0 146.112.59.81.443 > 10.8.1.5.31000: S 5000:5000(0) ack 1001 win 8192",
                Some("146.112.59.81:443 10.8.1.5:31000 TCP [SYN, ACK] Seq=5000 Len=0"),
            ),
            (
                "10:00:00.000000 IP 10.8.1.5.40000 > 10.1.1.1.53: 1+ A? smartreceiver.cisco.com. (41)",
                Some("10.8.1.5:40000 10.1.1.1:53 DNS Standard query 0x1 A smartreceiver.cisco.com"),
            ),
            (
                "10:00:00.050000 IP 10.1.1.1.53 > 10.8.1.5.40000: 1 1/0/0 A 146.112.59.81 (57)",
                Some("10.1.1.1:53 10.8.1.5:40000 DNS Standard query response 0x1 A smartreceiver.cisco.com A 146.112.59.81"),
            ),
            (
                "10:00:00.050000 IP 10.1.1.1.domain > 10.8.1.5.40000: 1 NXDomain* 0/1/0 (113)",
                Some("10.1.1.1:53 10.8.1.5:40000 DNS Standard query response 0x1 No such name A smartreceiver.cisco.com 0/1/0"),
            ),
            ("10:00:00.050000 IP 10.1.1.1.53 > 10.8.1.5.40000: 2 NXDomain 0/1/0 (113)", None),
            ("10:00:00.050000 IP 10.1.1.1 > 10.8.1.5: ICMP echo request, id 1, seq 1, length 64", None),
            ("10:00:00.050000 ARP, Request who-has 10.1.1.1 tell 10.8.1.5, length 28", None),
            ("Aug 21 09:19:43: %SMART_LIC-3-COMM_FAILED: a > b: c", None),
        ] {
            let shown = asked
                .packet(line.trim())
                .map(|packet| format!("{} {} {} {}", packet.from.shown(), packet.to.shown(), packet.protocol, packet.info.trim_end()));
            assert_eq!(shown.as_deref(), expected, "{line}");
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(line in "[0-9:.> IPFlags\\[\\]S,A?+()]{0,80}") {
            Asked::default().packet(&line);
        }
    }
}

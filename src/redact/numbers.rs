//! Addresses of IPv4 in a text, in the forms in which programs, people and names of files write them. Only where they stand and
//! what they say; whether one is an address or a release is for the caller.

use std::net::Ipv4Addr;
use std::ops::Range;

/// How the numbers of an address stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `10.1.1.9`, also before a port that another dot parts from it.
    Dotted,
    /// `010.001.001.009`.
    Padded,
    /// `10-1-1-9`, `10_1_1_9`.
    Parted(char),
    /// At the end of a longer row of numbers, as an SNMP index.
    Tail,
    /// `9.1.1.10.in-addr.arpa`, with as many numbers (RFC 1035, 3.5).
    Reversed(usize),
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// Where its numbers stand.
    pub(super) range: Range<usize>,
    /// What it says; of a reverse name that has fewer numbers the rest is 0.
    pub(super) address: Ipv4Addr,
    pub(super) form: Form,
    /// What it says if its first number belongs to the word before it: `sw1.10.1.1.9`.
    pub(super) later: Option<(Range<usize>, Ipv4Addr)>,
}

const REVERSE: &str = ".in-addr.arpa";

/// All of a line, in order.
pub(super) fn addresses(line: &str) -> Vec<Found> {
    let bytes = line.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = bytes.get(at..).and_then(|rest| rest.iter().position(u8::is_ascii_digit)).map(|near| at + near) {
        // `%20` is one character.
        if start > 0 && bytes.get(start - 1) == Some(&b'%') && bytes.get(start + 1).is_some_and(u8::is_ascii_hexdigit) {
            at = start + 2;
            continue;
        }
        let (numbers, separator, other) = row(bytes, start);
        let end = numbers.last().map_or(start + 1, |last| last.end);
        // The last number may begin another row: `1-10.1.1.9`.
        at = match numbers.last().filter(|_| other && numbers.len() > 1 && numbers.len() < 4) {
            Some(last) => last.start,
            None => end,
        };
        let reversed = separator != Some('-') && separator != Some('_') && follows(line, end, REVERSE);
        found.extend(if reversed { reverse(line, &numbers) } else { forward(line, &numbers, separator) });
    }
    found
}

fn follows(line: &str, at: usize, what: &str) -> bool {
    line.get(at..at + what.len()).is_some_and(|next| next.eq_ignore_ascii_case(what))
}

/// Numbers with one kind of separator between; whether another separator and number follow.
fn row(bytes: &[u8], start: usize) -> (Vec<Range<usize>>, Option<char>, bool) {
    let mut numbers = Vec::new();
    let mut separator = None;
    let mut at = start;
    loop {
        let length = bytes.get(at..).map_or(0, |rest| rest.iter().take_while(|byte| byte.is_ascii_digit()).count());
        numbers.push(at..at + length);
        at += length;
        let next = bytes.get(at).copied().filter(|byte| matches!(byte, b'.' | b'-' | b'_')).map(char::from);
        match next.filter(|_| bytes.get(at + 1).is_some_and(u8::is_ascii_digit)) {
            None => return (numbers, separator, false),
            Some(next) if separator.is_none_or(|separator| separator == next) => {
                separator = Some(next);
                at += 1;
            }
            Some(_) => return (numbers, separator, true),
        }
    }
}

fn octets(line: &str, numbers: &[Range<usize>], padded: bool) -> Option<Ipv4Addr> {
    let mut octets = [0; 4];
    for (octet, range) in octets.iter_mut().zip(numbers) {
        let text = line.get(range.clone())?;
        let is_padded = text.len() > 1 && text.starts_with('0');
        if text.len() > 3 || (padded && text.len() != 3) || (!padded && is_padded) {
            return None;
        }
        *octet = text.parse().ok()?;
    }
    Some(octets.into())
}

fn reverse(line: &str, numbers: &[Range<usize>]) -> Option<Found> {
    let from = numbers.len().saturating_sub(4);
    let mut last = numbers.get(from..)?.to_vec();
    let range = last.first()?.start..last.last()?.end;
    last.reverse();
    Some(Found { address: octets(line, &last, false)?, range, form: Form::Reversed(last.len()), later: None })
}

fn forward(line: &str, numbers: &[Range<usize>], separator: Option<char>) -> Option<Found> {
    let separator = separator?;
    let place = |part: &[Range<usize>]| Some(part.first()?.start..part.last()?.end);
    let first = numbers.get(..4)?;
    let tail = numbers.get(numbers.len() - 4..)?;
    let glued = numbers
        .first()
        .and_then(|first| first.start.checked_sub(1))
        .and_then(|at| line.as_bytes().get(at))
        .is_some_and(u8::is_ascii_alphabetic);
    let (part, form) = match (separator, numbers.len()) {
        ('.', 4) if octets(line, first, false).is_none() => (first, Form::Padded),
        ('.', 4) => (first, Form::Dotted),
        ('.', 5) if octets(line, first, false).is_some_and(is_host) && is_port(line, numbers.get(4)?) => (first, Form::Dotted),
        ('.', _) => (tail, Form::Tail),
        (separator, 4) => (first, Form::Parted(separator)),
        (separator, 5) if glued => (tail, Form::Parted(separator)),
        _ => return None,
    };
    let later = (form == Form::Dotted && glued && numbers.len() == 5).then(|| Some((place(tail)?, octets(line, tail, false)?))).flatten();
    Some(Found { range: place(part)?, address: octets(line, part, form == Form::Padded)?, form, later })
}

/// Object identifiers of SNMP begin otherwise.
fn is_host(address: Ipv4Addr) -> bool {
    !matches!(address.octets(), [0..=2, 3, 6, 1] | [0, ..])
}

fn is_port(line: &str, number: &Range<usize>) -> bool {
    line.get(number.clone()).is_some_and(|text| text.parse::<u16>().is_ok())
}

/// IPv6 addresses in names of files, which hold no colons: `2001-db8--1`.
pub(super) fn dashed(name: &str) -> Vec<(Range<usize>, std::net::Ipv6Addr)> {
    let mut found = Vec::new();
    let part = |c: char| c.is_ascii_hexdigit() || c == '-';
    let mut at = 0;
    while let Some(start) = name.get(at..).and_then(|rest| rest.find(part)).map(|near| at + near) {
        let rest = name.get(start..).unwrap_or_default();
        let end = start + rest.find(|c| !part(c)).unwrap_or(rest.len());
        let text = name.get(start..end).unwrap_or_default();
        let alone = !start.checked_sub(1).and_then(|before| name.as_bytes().get(before)).is_some_and(u8::is_ascii_alphanumeric)
            && !name.as_bytes().get(end).is_some_and(u8::is_ascii_alphanumeric);
        if alone && let Ok(address) = text.replace('-', ":").parse() {
            found.push((start..end, address));
        }
        at = end;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(line: &str) -> Vec<String> {
        addresses(line).into_iter().map(|found| format!("{} {} {:?}", &line[found.range], found.address, found.form)).collect()
    }

    #[test]
    fn every_form_of_an_address() {
        for (line, expected) in [
            ("10.11.12.1.22425 > 198.51.100.23.443: S", &["10.11.12.1 10.11.12.1 Dotted", "198.51.100.23 198.51.100.23 Dotted"][..]),
            ("10.11.12.1-10.11.12.9", &["10.11.12.1 10.11.12.1 Dotted", "10.11.12.9 10.11.12.9 Dotted"]),
            ("_10.11.12.1_ v10.11.12.2y", &["10.11.12.1 10.11.12.1 Dotted", "10.11.12.2 10.11.12.2 Dotted"]),
            ("show-tech-10-11-12-1.txt", &["10-11-12-1 10.11.12.1 Parted('-')"]),
            ("sw1-10-11-12-1 host_10_11_12_9", &["10-11-12-1 10.11.12.1 Parted('-')", "10_11_12_9 10.11.12.9 Parted('_')"]),
            ("log-1-10.11.12.1, 2024-01-02_10.1.1.1", &["10.11.12.1 10.11.12.1 Dotted", "10.1.1.1 10.1.1.1 Dotted"]),
            ("9.12.11.10.in-addr.arpa 12.11.10.IN-ADDR.ARPA", &["9.12.11.10 10.11.12.9 Reversed(4)", "12.11.10 10.11.12.0 Reversed(3)"]),
            ("1.3.6.1.2.1.4.20.1.1.10.11.12.1", &["10.11.12.1 10.11.12.1 Tail"]),
            (
                "010.011.012.001 %2010.1.1.1 =10.1.1.2,",
                &["010.011.012.001 10.11.12.1 Padded", "10.1.1.1 10.1.1.1 Dotted", "10.1.1.2 10.1.1.2 Dotted"],
            ),
            ("10.11.12.9.crl", &["10.11.12.9 10.11.12.9 Dotted"]),
            ("17.3.4 2024-01-02-11-22-33 2024-01-02 1.2.3.4.5.6 300.1.1.1 02.03.04.05", &["3.4.5.6 3.4.5.6 Tail"]),
        ] {
            assert_eq!(said(line), expected, "{line}");
        }
        let glued = &addresses("sw1.10.11.12.1")[0];
        assert_eq!(glued.later.as_ref().map(|(_, address)| address.to_string()).as_deref(), Some("10.11.12.1"));
    }

    #[test]
    fn names_of_files_hold_no_colons() {
        assert_eq!(dashed("2001-db8--1.txt"), [(0..11, "2001:db8::1".parse().unwrap())]);
        assert_eq!(dashed("log_fe80--1_b"), [(4..11, "fe80::1".parse().unwrap())]);
        assert!(dashed("show-tech--old.txt 2024-01-02 a--b7x").is_empty());
    }
}

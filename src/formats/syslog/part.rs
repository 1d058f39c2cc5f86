//! The parts of which heads are made, one by one, and what tells that a head goes on.

use super::priority::names_priority;
use super::{Mnemonic, exported};
use crate::formats::cursor::Cursor;
use crate::formats::time::{self, Stamp};

/// `SW1: 000456: Aug 23 …` and `HQ-ASA5585 : %ASA-4-…`: a word with a colon is a host where a head goes on.
pub(super) fn followed_by_head(mut cursor: Cursor<'_>) -> bool {
    cursor.blanks();
    counter(&mut cursor);
    cursor.blanks();
    cursor.rest().starts_with('%') || cursor.attempt(stamp).is_some()
}

/// ` 45: Aug 23 …`: the number or the time of a device.
pub(super) fn followed_by_own_head(mut cursor: Cursor<'_>) -> bool {
    cursor.blanks();
    counter(&mut cursor).is_some() || cursor.attempt(stamp).is_some()
}

/// ` sshd[12]: `, ` kernel: `, ` process(12)`: what stands behind the host in the line of a relay.
pub(super) fn followed_by_tag(mut cursor: Cursor<'_>) -> bool {
    cursor.blanks();
    let tag = cursor.take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '/' | '@' | '(' | ')'));
    let number = cursor.attempt(process_number).is_some();
    !tag.is_empty() && (number || cursor.eat(":") && (cursor.at_end() || cursor.rest().starts_with(' ')))
}

/// `xr1 RP/0/RP0/CPU0:Jul  1 …`, the host name prefix of IOS XR.
pub(super) fn followed_by_node(mut cursor: Cursor<'_>) -> bool {
    cursor.blanks() > 0 && node(&mut cursor).is_some()
}

/// `Line 190: `, which editors put before the lines that a search found.
pub(super) fn skip_line_mark(cursor: &mut Cursor<'_>) {
    cursor.blanks();
    cursor.eat("\u{feff}");
    cursor.attempt(|cursor| {
        let number = cursor.eat("Line ").then(|| cursor.number(1, 9)).flatten();
        (number.is_some() && cursor.eat(":")).then(|| cursor.blanks())
    });
}

/// `[2024-05-14 08:15:02] ` before a message of a device, or before its host.
pub(super) fn session_stamp(cursor: &mut Cursor<'_>) -> Option<Stamp> {
    let (stamp, _) = cursor.eat("[").then(|| stamp(cursor)).flatten()?;
    let named = |mut cursor: Cursor<'_>| {
        cursor.blanks();
        let name = cursor.take_while(|c| !c.is_whitespace());
        is_host(name.trim_end_matches(':')) && followed_by_head(cursor)
    };
    (cursor.eat("]") && (followed_by_head(*cursor) || named(*cursor))).then_some(stamp)
}

/// `1712650502.119 ` before a message: seconds since 1970.
pub(super) fn counted(cursor: &mut Cursor<'_>) -> Option<Stamp> {
    let (stamp, length) = time::epoch(cursor.rest())?;
    cursor.jump(cursor.offset() + length);
    (cursor.rest().starts_with([' ', '\t', ',', ';']) && cursor.rest().contains('%')).then_some(stamp)
}

/// `1 ` before the time, RFC 5424.
pub(super) fn protocol_version(cursor: &mut Cursor<'_>) -> Option<()> {
    (cursor.number(1, 2).is_some() && cursor.eat(" ")).then_some(())
}

/// `[exampleSDID@32473 iut="3"]`, RFC 5424.
pub(super) fn structured_data(cursor: &mut Cursor<'_>) -> Option<()> {
    cursor.eat("[").then_some(())?;
    cursor.take_while(|c| c != ']');
    cursor.eat("]").then_some(())
}

pub(super) fn stamp(cursor: &mut Cursor<'_>) -> Option<(Stamp, bool)> {
    let rest = cursor.rest();
    let (stamp, length) = time::parse_prefix(rest)?;
    let year_first = rest.as_bytes().get(4) == Some(&b' ') && rest.starts_with(|c: char| c.is_ascii_digit());
    cursor.jump(cursor.offset() + length);
    Some((stamp, year_first))
}

/// `1d02h:`, `3w1d:`, `00:00:10:`, also cut at the start: a time since the start, which orders nothing across devices.
pub(super) fn uptime(cursor: &mut Cursor<'_>) -> Option<()> {
    cursor.attempt(|cursor| {
        let _clock_flag = cursor.eat("*") || cursor.eat(".");
        let text = cursor.take_while(|c| c.is_ascii_digit() || matches!(c, ':' | '.' | 'y' | 'w' | 'd' | 'h'));
        let ends = text.ends_with(':') && (cursor.at_end() || cursor.rest().starts_with(' '));
        let units = text.bytes().filter(|b| matches!(b, b'y' | b'w' | b'd' | b'h')).count();
        let colons = text.bytes().filter(|b| *b == b':').count();
        (ends && (units > 0 || colons > 1) && text.starts_with(|c: char| c.is_ascii_digit())).then_some(())
    })
}

/// `%$ VDC-1 %$`.
pub(super) fn vdc(cursor: &mut Cursor<'_>) -> Option<()> {
    cursor.eat("%$").then_some(())?;
    cursor.blanks();
    let name = cursor.take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    cursor.blanks();
    (!name.is_empty() && cursor.eat("%$")).then_some(())
}

/// `000123:`.
pub(super) fn counter(cursor: &mut Cursor<'_>) -> Option<u64> {
    cursor.attempt(|cursor| {
        let digits = cursor.take_while(|c| c.is_ascii_digit());
        let ends = cursor.eat(":") && (cursor.at_end() || cursor.rest().starts_with(' '));
        if ends { digits.parse().ok() } else { None }
    })
}

/// `RP/0/RP0/CPU0:`, `0/RP0/ADMIN0:`, `LC/0/3/CPU0:` of IOS XR.
pub(super) fn node(cursor: &mut Cursor<'_>) -> Option<()> {
    cursor.attempt(|cursor| {
        let text = cursor.take_while(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '/');
        let slashes = text.bytes().filter(|b| *b == b'/').count();
        ((2..=3).contains(&slashes) && !text.starts_with('/') && cursor.eat(":")).then_some(())
    })
}

/// `[10.1.1.1] ` behind a time. A word alone in brackets is a thread or a level as often as a host.
pub(super) fn bracketed<'a>(cursor: &mut Cursor<'a>) -> Option<&'a str> {
    let name = cursor.eat("[").then(|| cursor.take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | ':' | '-' | '_')))?;
    let marked = name.parse::<std::net::IpAddr>().is_ok()
        || name.bytes().any(|b| b.is_ascii_alphabetic()) && name.bytes().any(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'_'));
    (cursor.eat("]") && marked && is_host(name) && !names_priority(name) && followed_by_head(*cursor)).then_some(name)
}

/// Pairs before a message: more are none of a head.
const MOST_PAIRS: usize = 12;

/// `facility=local7 host=sw1 msg="`: pairs, of which one is the message. Which of them is the host, if one is.
pub(super) fn pairs<'a>(cursor: &mut Cursor<'a>) -> Option<Option<&'a str>> {
    let (mut host, mut rank) = (None, usize::MAX);
    for _ in 0..MOST_PAIRS {
        cursor.blanks();
        let key = cursor.take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
        (!key.is_empty() && cursor.eat("=")).then_some(())?;
        let quoted = cursor.eat("\"");
        if exported::MESSAGES.iter().any(|known| known.eq_ignore_ascii_case(key)) && followed_by_head(*cursor) {
            return Some(host);
        }
        let value = cursor.take_while(|c| if quoted { c != '"' } else { !matches!(c, ' ' | '\t' | ',' | ';') });
        let ends = !quoted || cursor.eat("\"");
        cursor.take_while(|c| matches!(c, ',' | ';'));
        let known = exported::HOSTS.iter().position(|known| known.eq_ignore_ascii_case(key)).filter(|_| is_host(value));
        if let Some(known) = known.filter(|known| *known < rank) {
            (host, rank) = (Some(value), known);
        }
        ends.then_some(())?;
        if followed_by_head(*cursor) {
            return Some(host);
        }
    }
    None
}

/// Whose line it is, where a search over many files or a terminal says so before the line: `logs/sw1.log:`, also with the number
/// of the line, and `[10.1.1.1] `.
pub(super) fn named_before<'a>(cursor: &mut Cursor<'a>) -> Option<&'a str> {
    const LOGS: [&str; 4] = [".log:", ".txt:", ".syslog:", ".out:"];
    let name = if cursor.eat("[") {
        let name = cursor.take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | ':' | '-' | '_'));
        (cursor.eat("]") && cursor.blanks() > 0 && time::parse_prefix(name).is_none()).then_some(name)?
    } else {
        let line = cursor.rest();
        let path = line.get(..line.find(' ').unwrap_or(line.len()))?;
        let is_log = |before: &str| {
            LOGS.iter().any(|end| {
                before.len().checked_sub(end.len()).and_then(|at| before.get(at..)).is_some_and(|last| last.eq_ignore_ascii_case(end))
            })
        };
        let end = path.match_indices(':').map(|(at, _)| at + 1).find(|end| path.get(..*end).is_some_and(is_log))?;
        let file = path.get(..end)?.rsplit(['/', '\\']).next()?;
        cursor.jump(cursor.offset() + end);
        cursor.attempt(|cursor| cursor.number(1, 9).filter(|_| cursor.eat(":")));
        file.split('.').next()?
    };
    (name.bytes().any(|b| b.is_ascii_alphabetic()) || name.parse::<std::net::IpAddr>().is_ok()).then_some(())?;
    (is_host(name) && followed_by_head(*cursor)).then_some(name)
}

/// The quote before the first field of a table with commas.
pub(super) fn quote(cursor: &mut Cursor<'_>) -> Option<bool> {
    (cursor.eat("\"") && stamp(&mut cursor.clone()).is_some()).then_some(true)
}

pub(super) fn process_number(cursor: &mut Cursor<'_>) -> Option<u32> {
    let number = cursor.eat("[").then(|| cursor.number(1, 9)).flatten()?;
    cursor.eat("]").then_some(number)
}

/// An address or a name: something a relay prints, not a word of a sentence followed by more.
pub(super) fn is_host(name: &str) -> bool {
    name.len() <= 255 && name.bytes().any(|b| b.is_ascii_alphanumeric()) && !name.ends_with(['.', '/']) && !name.contains("//")
}

/// `%FACILITY[-SUBFACILITY]-SEVERITY-NAME`, the colon behind it included. The colon may be missing where the line ends.
pub(super) fn mnemonic<'a>(cursor: &mut Cursor<'a>) -> Option<Mnemonic<'a>> {
    cursor.attempt(|cursor| {
        cursor.eat("%").then_some(())?;
        let name = mnemonic_name(cursor)?;
        let closed = cursor.attempt(colon).is_some() || cursor.at_end() || cursor.rest().starts_with([' ', '\t', '\r']);
        closed.then_some(name)
    })
}

/// Whether a text begins with the name of a message.
pub(super) fn is_message(text: &str) -> bool {
    mnemonic(&mut Cursor::new(text)).is_some()
}

/// `SMART_LIC-6-AGENT_READY:` as IOS XR writes it behind a process.
pub(super) fn bare_mnemonic<'a>(cursor: &mut Cursor<'a>) -> Option<Mnemonic<'a>> {
    let name = mnemonic_name(cursor)?;
    cursor.attempt(colon)?;
    Some(name)
}

pub(super) fn colon(cursor: &mut Cursor<'_>) -> Option<()> {
    cursor.blanks();
    cursor.eat(":").then_some(())
}

fn mnemonic_name<'a>(cursor: &mut Cursor<'a>) -> Option<Mnemonic<'a>> {
    let word = cursor.take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    word.starts_with(|c: char| c.is_ascii_alphabetic()).then_some(())?;
    let (at, severity) = word.match_indices('-').find_map(|(at, _)| {
        let mut after = word.get(at + 1..)?.bytes();
        let digit = after.next().filter(|b| (b'0'..=b'7').contains(b))?;
        (after.next() == Some(b'-')).then_some((at, digit - b'0'))
    })?;
    let (facility, name) = (word.get(..at)?, word.get(at + 3..)?);
    (!name.is_empty()).then_some(Mnemonic { facility, severity, name })
}

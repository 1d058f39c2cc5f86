//! Reads what stands before the text of a message, part by part.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::{Dialect, Header, Mnemonic, exported, table};
use crate::formats::cursor::Cursor;
use crate::formats::time::{self, Stamp};

/// No head seen is longer; what follows is text.
const LONGEST_HEAD: usize = 12;

/// Words of dates.
const DATED: [&str; 19] =
    ["mon", "tue", "wed", "thu", "fri", "sat", "sun", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Nested messages seen are two deep.
const DEEPEST_NESTING: usize = 4;

pub(super) fn parse(line: &str) -> Option<Header<'_>> {
    let mut cursor = Cursor::new(line);
    let mut head = Head::default();
    head.read(&mut cursor);
    let read = cursor.offset();
    if head.mnemonic.is_none() {
        head.find_mnemonic(line, &mut cursor);
    }
    head.doubt_count();
    if head.stamps.iter().all(Option::is_none) && head.mnemonic.is_none() {
        return None;
    }
    let beside = head.unread(line, read);
    Some(Header { beside, ..head.finish(&cursor) })
}

/// The head of a text that is understood up to the name of its message.
pub(super) fn message(text: &str) -> Option<Header<'_>> {
    let mut cursor = Cursor::new(text);
    let mut head = Head::default();
    head.read(&mut cursor);
    head.doubt_count();
    head.mnemonic.is_some().then(|| head.finish(&cursor))
}

/// The same for the same words.
pub(super) fn print<'a>(words: impl Iterator<Item = &'a str>) -> u64 {
    let mut hasher = DefaultHasher::new();
    words.for_each(|word| word.hash(&mut hasher));
    hasher.finish()
}

/// Whether the very start of `text` is a part that only a record starts with.
pub(super) fn opens_record(text: &str) -> bool {
    let mut cursor = Cursor::new(text);
    skip_line_mark(&mut cursor);
    priority(&mut cursor).is_some()
        || !time::is_time_first(cursor.rest()) && time::parse_prefix(cursor.rest()).is_some()
        || node(&mut cursor).is_some()
        || mnemonic(&mut cursor).is_some()
        || uptime(&mut cursor).is_some()
        || counter(&mut cursor).is_some() && (cursor.blanks() > 0 || cursor.at_end())
        || {
            // A host and then a message, or a row of a table.
            message(text).is_some() || table::parse(text).is_some()
        }
}

#[derive(Default)]
struct Head<'a> {
    /// The line is a row of a table with commas, and whether its fields stand in quotes.
    table: Option<bool>,
    /// The first and the last stamp; the second is missing where there is one only.
    stamps: [Option<Stamp>; 2],
    /// The first stamp is a number, which may as well count something else.
    counted: bool,
    /// Whether the last stamp had its colon: what follows is the message, not a host.
    closed: bool,
    /// Whether a host stood behind the first stamp without a colon between them, as relays write.
    relayed: bool,
    priority: bool,
    /// Something that only collectors and devices write: the words of the priority, a counter behind the host.
    collected: bool,
    indented: bool,
    year_first: bool,
    host: Option<&'a str>,
    /// Nothing around the host says that it is one.
    bare_host: bool,
    sequence: Option<u64>,
    node: bool,
    vdc: bool,
    /// Words that named a process instead of a host.
    process: bool,
    /// A process with its number stood last, so that IOS XR may leave out the percent sign.
    numbered_process: bool,
    mnemonic: Option<Mnemonic<'a>>,
    outer: Option<&'a str>,
    /// Where the name of the message stands, if text that was not understood is before it.
    found_at: Option<usize>,
}

impl<'a> Head<'a> {
    fn read(&mut self, cursor: &mut Cursor<'a>) {
        self.indented = cursor.rest().starts_with([' ', '\t']);
        skip_line_mark(cursor);
        self.host = cursor.attempt(named_before);
        // What a terminal program puts before every line.
        if let Some(stamp) = cursor.attempt(session_stamp) {
            self.stamps = [Some(stamp), None];
        }
        self.table = cursor.attempt(quote);
        self.priority = priority(cursor).is_some();
        if let Some(stamp) = cursor.attempt(counted) {
            self.stamps = [Some(stamp), None];
            self.counted = true;
            if cursor.rest().starts_with([',', ';']) {
                self.table = Some(false);
            }
        }
        let structured = self.priority && cursor.attempt(protocol_version).is_some();
        for _ in 0..LONGEST_HEAD {
            self.divided(cursor);
            if self.mnemonic_here(cursor) || !self.part(cursor, structured) {
                break;
            }
        }
    }

    /// A number at the start is a time where a message stands behind it, and no time that is far from it.
    fn doubt_count(&mut self) {
        const DAY: u64 = 86_400;
        if !self.counted {
            return;
        }
        match &self.stamps {
            [Some(count), Some(own)] => {
                let apart =
                    own.clone().completed_by(count).unix_seconds().zip(count.unix_seconds()).map(|(own, count)| own.abs_diff(count));
                if apart.is_none_or(|seconds| seconds > DAY) {
                    self.stamps = [Some(own.clone()), None];
                    self.relayed = false;
                }
            }
            [..] if self.mnemonic.is_none() => self.stamps = [None, None],
            [..] => {}
        }
    }

    /// What stands between two parts.
    fn divided(&mut self, cursor: &mut Cursor<'a>) {
        cursor.blanks();
        if self.table.is_some() {
            cursor.take_while(|c| matches!(c, '"' | ',' | ';' | ' '));
        }
    }

    /// Whether a part ends here.
    fn part_ends(&self, rest: &str) -> bool {
        rest.starts_with([' ', '\t']) || self.table.is_some() && rest.starts_with(['"', ',', ';'])
    }

    fn mnemonic_here(&mut self, cursor: &mut Cursor<'a>) -> bool {
        let bare = self.numbered_process.then(|| cursor.attempt(bare_mnemonic)).flatten();
        let Some(mut found) = bare.or_else(|| cursor.attempt(mnemonic)) else { return false };
        for _ in 0..DEEPEST_NESTING {
            cursor.blanks();
            let Some(inner) = cursor.attempt(mnemonic) else { break };
            self.outer.get_or_insert(found.facility);
            found = inner;
        }
        cursor.blanks();
        self.mnemonic = Some(found);
        true
    }

    /// One part of the head; `false` where the text begins.
    fn part(&mut self, cursor: &mut Cursor<'a>, structured: bool) -> bool {
        if let Some(stamp) = cursor.attempt(stamp) {
            let rest = cursor.rest();
            if self.table.is_none() && rest.starts_with([',', ';']) && rest.get(1..).is_some_and(|next| !next.starts_with(' ')) {
                self.table = Some(false);
            }
            self.year_first |= stamp.1;
            let slot = usize::from(self.stamps.iter().any(Option::is_some));
            if let Some(slot) = self.stamps.get_mut(slot) {
                *slot = Some(stamp.0);
            }
            self.numbered_process = false;
            self.closed = cursor.eat(":");
            return self.closed || self.part_ends(rest);
        }
        if uptime(cursor).is_some() || cursor.attempt(vdc).map(|()| self.vdc = true).is_some() {
            return true;
        }
        if let Some(number) = counter(cursor) {
            self.sequence = Some(number);
            self.collected |= self.host.is_some();
            return true;
        }
        if cursor.attempt(node).map(|()| self.node = true).is_some() {
            return true;
        }
        if cursor.attempt(|cursor| facility_and_severity(cursor).filter(|()| self.part_ends(cursor.rest()))).is_some() {
            self.collected = true;
            return true;
        }
        // `2024-04-09 10:01:02 ERROR sw1 …`: a level is no host.
        let leveled = self.host.is_none() && !self.closed && self.stamps.iter().any(Option::is_some);
        if leveled && cursor.attempt(|cursor| level(cursor).filter(|()| self.part_ends(cursor.rest()))).is_some() {
            return true;
        }
        if structured && (cursor.eat("- ") || cursor.attempt(structured_data).is_some()) {
            return true;
        }
        if cursor.eat(": ") {
            return true;
        }
        if let Some(host) = cursor.attempt(pairs).or_else(|| cursor.attempt(bracketed).filter(|_| self.host.is_none()).map(Some)) {
            self.host = host.or(self.host);
            return true;
        }
        cursor.attempt(|cursor| self.word(cursor)).is_some()
    }

    /// A host or a process. What is neither by its place is text.
    fn word(&mut self, cursor: &mut Cursor<'a>) -> Option<()> {
        let word = cursor.take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '/' | '@'));
        let name = word.trim_end_matches(':');
        let number = cursor.attempt(process_number).is_some();
        let colon = word.len() > name.len()
            || cursor.eat(":")
            || cursor.attempt(|cursor| (cursor.blanks() > 0 && cursor.eat(": ")).then_some(())).is_some();
        if name.is_empty() || !(colon || number || self.part_ends(cursor.rest())) || word.starts_with('/') {
            return None;
        }
        let stamped = self.stamps.iter().any(Option::is_some);
        let may_be_host = self.host.is_none() && !self.process && !number && !self.node && is_host(name);
        // `collector rsyslogd[12]: sw1 45: Aug 23 …`: what a collector passes on, with its own name before it.
        let passed_on = self.numbered_process && self.relayed && !self.node && !number && !colon && is_host(name);
        if passed_on && followed_by_own_head(*cursor) {
            self.host = Some(name);
            (self.process, self.numbered_process) = (false, false);
            return Some(());
        }
        // `10.1.1.1 20: sw1: 000123: Aug 23 …`: the name that the device itself writes says more than the address it sent from.
        let sent_from = self.host.is_some_and(|host| host.parse::<std::net::IpAddr>().is_ok()) && self.sequence.is_some();
        if sent_from && colon && !number && !self.process && !self.node && is_host(name) && followed_by_head(*cursor) {
            self.host = Some(name);
            return Some(());
        }
        let host_by_place = if colon { followed_by_head(*cursor) } else { stamped && !self.closed } || followed_by_node(*cursor);
        if may_be_host && host_by_place {
            self.relayed |= stamped && !self.closed;
            self.host = Some(name);
            let tagged = || colon || name.parse::<std::net::IpAddr>().is_ok() || followed_by_tag(*cursor);
            self.bare_host = self.indented || !tagged();
            return Some(());
        }
        // `automount[7998]: `, or the agent of an EOS device in front of its mnemonic.
        if stamped && colon && (number || cursor.rest().trim_start().starts_with('%')) {
            self.process = true;
            self.numbered_process = number;
            return Some(());
        }
        None
    }

    /// Text before the mnemonic that is no part of a head: the rest of a cut first line, output of another process.
    fn find_mnemonic(&mut self, line: &'a str, cursor: &mut Cursor<'a>) {
        for (at, _) in line.match_indices('%') {
            let Some(rest) = line.get(at..) else { continue };
            let mut inner = Cursor::new(rest);
            if self.mnemonic_here(&mut inner) {
                cursor.jump(at + inner.offset());
                self.found_at = Some(at);
                return;
            }
        }
    }

    /// Tells lines of several senders apart where something that was not understood stands where a sender would.
    fn unread(&self, line: &str, read: usize) -> Option<u64> {
        let text = line.get(read..self.found_at?)?.trim();
        if line.trim_start().starts_with(['"', '|', '{']) {
            return Some(print(std::iter::once(line)));
        }
        let stamped = self.stamps.iter().any(Option::is_some) || text.starts_with('[');
        let may_name = stamped && !self.closed && (self.host.is_none() || self.process) && !self.node;
        // Numbers count messages and processes, and other forms of a time are no names either.
        let says = |word: &&str| {
            let dated = DATED.iter().any(|known| word.eq_ignore_ascii_case(known));
            word.bytes().any(|b| b.is_ascii_alphabetic()) && !dated && !names_priority(word) || word.parse::<std::net::IpAddr>().is_ok()
        };
        let mut words = text
            .split(|c: char| c.is_whitespace() || matches!(c, '[' | ']' | '(' | ')' | '<' | '>' | ',' | ';' | '"'))
            .filter(says)
            .peekable();
        (may_name && words.peek().is_some()).then(|| print(words))
    }

    fn finish(self, cursor: &Cursor<'_>) -> Header<'a> {
        let dialect = self.dialect(cursor.rest());
        let writes_own_head = self.year_first || matches!(dialect, Dialect::Asa | Dialect::Expressway | Dialect::IosXr);
        let (stamp, relay) = match self.stamps {
            [Some(relay), Some(device)] => (Some(device.completed_by(&relay)), Some(relay)),
            [Some(only), None] if self.relayed && !writes_own_head => (Some(only.clone()), Some(only)),
            [only, _] => (only, None),
        };
        let said = self.priority || self.collected || self.table.is_some() || self.mnemonic.is_some();
        let unsure = self.bare_host && !said && !self.process && (self.indented || relay == stamp);
        Header {
            stamp,
            relay,
            host: self.host,
            unsure,
            sequence: self.sequence,
            dialect,
            mnemonic: self.mnemonic,
            body: cursor.offset(),
            beside: None,
        }
    }

    fn dialect(&self, body: &str) -> Dialect {
        let facility = self.outer.or(self.mnemonic.map(|mnemonic| mnemonic.facility));
        match facility {
            _ if self.node => Dialect::IosXr,
            Some("ASA" | "FTD") => Dialect::Asa,
            Some(facility) if facility.starts_with("LICENSE-") => Dialect::IosXr,
            Some(_) if self.numbered_process && self.outer.is_none() => Dialect::IosXr,
            _ if self.year_first || self.vdc => Dialect::NxOs,
            Some("LICMGR" | "USER") => Dialect::NxOs,
            Some(_) if self.process => Dialect::Other,
            Some(_) => Dialect::IosXe,
            None if crate::formats::expressway::looks_like_pairs(body) => Dialect::Expressway,
            None if !self.relayed
                && !self.process
                && (self.sequence.is_some() || self.stamps.iter().flatten().any(|stamp| !stamp.has_year())) =>
            {
                Dialect::IosXe
            }
            None => Dialect::Other,
        }
    }
}

/// `SW1: 000456: Aug 23 …` and `HQ-ASA5585 : %ASA-4-…`: a word with a colon is a host where a head goes on.
fn followed_by_head(mut cursor: Cursor<'_>) -> bool {
    cursor.blanks();
    counter(&mut cursor);
    cursor.blanks();
    cursor.rest().starts_with('%') || cursor.attempt(stamp).is_some()
}

/// ` 45: Aug 23 …`: the number or the time of a device.
fn followed_by_own_head(mut cursor: Cursor<'_>) -> bool {
    cursor.blanks();
    counter(&mut cursor).is_some() || cursor.attempt(stamp).is_some()
}

/// ` sshd[12]: `, ` kernel: `, ` process(12)`: what stands behind the host in the line of a relay.
fn followed_by_tag(mut cursor: Cursor<'_>) -> bool {
    cursor.blanks();
    let tag = cursor.take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '/' | '@' | '(' | ')'));
    let number = cursor.attempt(process_number).is_some();
    !tag.is_empty() && (number || cursor.eat(":") && (cursor.at_end() || cursor.rest().starts_with(' ')))
}

/// `xr1 RP/0/RP0/CPU0:Jul  1 …`, the host name prefix of IOS XR.
fn followed_by_node(mut cursor: Cursor<'_>) -> bool {
    cursor.blanks() > 0 && node(&mut cursor).is_some()
}

/// `Line 190: `, which editors put before the lines that a search found.
fn skip_line_mark(cursor: &mut Cursor<'_>) {
    cursor.blanks();
    cursor.eat("\u{feff}");
    cursor.attempt(|cursor| {
        let number = cursor.eat("Line ").then(|| cursor.number(1, 9)).flatten();
        (number.is_some() && cursor.eat(":")).then(|| cursor.blanks())
    });
}

/// `[2024-05-14 08:15:02] ` before a message of a device, or before its host.
fn session_stamp(cursor: &mut Cursor<'_>) -> Option<Stamp> {
    let (stamp, _) = cursor.eat("[").then(|| stamp(cursor)).flatten()?;
    let named = |mut cursor: Cursor<'_>| {
        cursor.blanks();
        let name = cursor.take_while(|c| !c.is_whitespace());
        is_host(name.trim_end_matches(':')) && followed_by_head(cursor)
    };
    (cursor.eat("]") && (followed_by_head(*cursor) || named(*cursor))).then_some(stamp)
}

/// `1712650502.119 ` before a message: seconds since 1970.
fn counted(cursor: &mut Cursor<'_>) -> Option<Stamp> {
    let (stamp, length) = time::epoch(cursor.rest())?;
    cursor.jump(cursor.offset() + length);
    (cursor.rest().starts_with([' ', '\t', ',', ';']) && cursor.rest().contains('%')).then_some(stamp)
}

/// `<187>`, and the lone colon that NX-OS puts behind it.
fn priority(cursor: &mut Cursor<'_>) -> Option<u32> {
    cursor.attempt(|cursor| {
        let number = cursor.eat("<").then(|| cursor.number(1, 3)).flatten()?;
        (number <= 191 && cursor.eat(">")).then_some(())?;
        cursor.eat(": ");
        Some(number)
    })
}

/// `1 ` before the time, RFC 5424.
fn protocol_version(cursor: &mut Cursor<'_>) -> Option<()> {
    (cursor.number(1, 2).is_some() && cursor.eat(" ")).then_some(())
}

/// `[exampleSDID@32473 iut="3"]`, RFC 5424.
fn structured_data(cursor: &mut Cursor<'_>) -> Option<()> {
    cursor.eat("[").then_some(())?;
    cursor.take_while(|c| c != ']');
    cursor.eat("]").then_some(())
}

fn stamp(cursor: &mut Cursor<'_>) -> Option<(Stamp, bool)> {
    let rest = cursor.rest();
    let (stamp, length) = time::parse_prefix(rest)?;
    let year_first = rest.as_bytes().get(4) == Some(&b' ') && rest.starts_with(|c: char| c.is_ascii_digit());
    cursor.jump(cursor.offset() + length);
    Some((stamp, year_first))
}

/// `1d02h:`, `3w1d:`, `00:00:10:`, also cut at the start: a time since the start, which orders nothing across devices.
fn uptime(cursor: &mut Cursor<'_>) -> Option<()> {
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
fn vdc(cursor: &mut Cursor<'_>) -> Option<()> {
    cursor.eat("%$").then_some(())?;
    cursor.blanks();
    let name = cursor.take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    cursor.blanks();
    (!name.is_empty() && cursor.eat("%$")).then_some(())
}

/// `000123:`.
fn counter(cursor: &mut Cursor<'_>) -> Option<u64> {
    cursor.attempt(|cursor| {
        let digits = cursor.take_while(|c| c.is_ascii_digit());
        let ends = cursor.eat(":") && (cursor.at_end() || cursor.rest().starts_with(' '));
        if ends { digits.parse().ok() } else { None }
    })
}

/// `RP/0/RP0/CPU0:`, `0/RP0/ADMIN0:`, `LC/0/3/CPU0:` of IOS XR.
fn node(cursor: &mut Cursor<'_>) -> Option<()> {
    cursor.attempt(|cursor| {
        let text = cursor.take_while(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '/');
        let slashes = text.bytes().filter(|b| *b == b'/').count();
        ((2..=3).contains(&slashes) && !text.starts_with('/') && cursor.eat(":")).then_some(())
    })
}

/// `Local7.Error`, `local7.err`: what collectors print of the priority.
fn facility_and_severity(cursor: &mut Cursor<'_>) -> Option<()> {
    is_facility(cursor.take_while(|c| c.is_ascii_alphanumeric())).then_some(())?;
    (cursor.eat(".") || cursor.eat("/")).then_some(())?;
    is_severity(cursor.take_while(|c| c.is_ascii_alphabetic())).then_some(())
}

/// `ERROR`, `warning:`, `[INFO]`.
fn level(cursor: &mut Cursor<'_>) -> Option<()> {
    let bracketed = cursor.eat("[");
    let word = cursor.take_while(|c| c.is_ascii_alphabetic());
    let known = is_severity(word) || ["trace", "fatal", "severe"].iter().any(|level| word.eq_ignore_ascii_case(level));
    (known && (!bracketed || cursor.eat("]"))).then_some(())?;
    cursor.eat(":");
    Some(())
}

/// Whether a word says something of a priority: `err`, `local7`, `Local7.Error`.
pub(super) fn names_priority(word: &str) -> bool {
    let mut cursor = Cursor::new(word);
    is_facility(word) || is_severity(word) || facility_and_severity(&mut cursor).is_some() && cursor.at_end()
}

fn is_facility(word: &str) -> bool {
    const NAMES: [&str; 13] = ["kern", "user", "mail", "daemon", "auth", "authpriv", "syslog", "lpr", "news", "uucp", "cron", "ftp", "ntp"];
    let local = word.len() == 6 && word.get(..5).is_some_and(|local| local.eq_ignore_ascii_case("local"));
    local || NAMES.iter().any(|name| word.eq_ignore_ascii_case(name))
}

fn is_severity(word: &str) -> bool {
    const NAMES: [&str; 16] = [
        "emerg",
        "emergency",
        "panic",
        "alert",
        "crit",
        "critical",
        "err",
        "error",
        "warn",
        "warning",
        "notice",
        "notification",
        "info",
        "informational",
        "debug",
        "debugging",
    ];
    NAMES.iter().any(|name| word.eq_ignore_ascii_case(name))
}

/// `[10.1.1.1] ` behind a time. A word alone in brackets is a thread or a level as often as a host.
fn bracketed<'a>(cursor: &mut Cursor<'a>) -> Option<&'a str> {
    let name = cursor.eat("[").then(|| cursor.take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | ':' | '-' | '_')))?;
    let marked = name.parse::<std::net::IpAddr>().is_ok()
        || name.bytes().any(|b| b.is_ascii_alphabetic()) && name.bytes().any(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'_'));
    (cursor.eat("]") && marked && is_host(name) && !names_priority(name) && followed_by_head(*cursor)).then_some(name)
}

/// `facility=local7 host=sw1 msg="`: pairs, of which one is the message. Which of them is the host, if one is.
fn pairs<'a>(cursor: &mut Cursor<'a>) -> Option<Option<&'a str>> {
    let (mut host, mut rank) = (None, usize::MAX);
    for _ in 0..LONGEST_HEAD {
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
fn named_before<'a>(cursor: &mut Cursor<'a>) -> Option<&'a str> {
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
fn quote(cursor: &mut Cursor<'_>) -> Option<bool> {
    (cursor.eat("\"") && stamp(&mut cursor.clone()).is_some()).then_some(true)
}

fn process_number(cursor: &mut Cursor<'_>) -> Option<u32> {
    let number = cursor.eat("[").then(|| cursor.number(1, 9)).flatten()?;
    cursor.eat("]").then_some(number)
}

/// An address or a name: something a relay prints, not a word of a sentence followed by more.
pub(super) fn is_host(name: &str) -> bool {
    name.len() <= 255 && name.bytes().any(|b| b.is_ascii_alphanumeric()) && !name.ends_with(['.', '/']) && !name.contains("//")
}

/// `%FACILITY[-SUBFACILITY]-SEVERITY-NAME`, the colon behind it included. The colon may be missing where the line ends.
fn mnemonic<'a>(cursor: &mut Cursor<'a>) -> Option<Mnemonic<'a>> {
    cursor.attempt(|cursor| {
        cursor.eat("%").then_some(())?;
        let name = mnemonic_name(cursor)?;
        let closed = cursor.attempt(colon).is_some() || cursor.at_end() || cursor.rest().starts_with([' ', '\t', '\r']);
        closed.then_some(name)
    })
}

/// `SMART_LIC-6-AGENT_READY:` as IOS XR writes it behind a process.
fn bare_mnemonic<'a>(cursor: &mut Cursor<'a>) -> Option<Mnemonic<'a>> {
    let name = mnemonic_name(cursor)?;
    cursor.attempt(colon)?;
    Some(name)
}

fn colon(cursor: &mut Cursor<'_>) -> Option<()> {
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

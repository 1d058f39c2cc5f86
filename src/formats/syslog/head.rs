//! Reads what stands before the text of a message, part by part.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::part::{
    bare_mnemonic, bracketed, counted, counter, followed_by_head, followed_by_node, followed_by_own_head, followed_by_tag, is_host,
    mnemonic, named_before, node, pairs, process_number, protocol_version, quote, session_stamp, skip_line_mark, stamp, structured_data,
    uptime, vdc,
};
use super::priority::{facility_and_severity, level, names_priority, priority};
use super::{Dialect, Header, Mnemonic, table};
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

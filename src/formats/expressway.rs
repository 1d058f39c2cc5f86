//! Expressway logs: `<ISO time with offset> [<host>] [<process>:] <Key="value" pairs>`, as a diagnostic log bundle, the
//! event log page and support documents show them.
//!
//! ```text
//! 2025-06-30T21:53:48.354-04:00 exp1 supervisor: Level="ERROR" Event="Alarm Raised" Id="15019" … UTCTime="2025-07-01 01:53:48,353"
//! 2023-09-29T15:06:54.830+00:00 tvcs: Event="Registration Rejected" Reason="License limit exceeded" … Level="INFO" …
//! 2017-09-22T11:11:19.485-04:00 exp1 tvcs: UTCTime="…" Module="developer.ssl" Level="INFO" Thread="0x…":  Detail=" Handshake …"
//! ```
//!
//! Copies lose line ends, so several records may share a line ([`records`]); values hold quotes that nobody escaped and
//! lack closing ones. Lines without pairs (network traces, the process's own output) are not read here;
//! [`super::syslog`] gives their time and host.

mod bundle;
mod pairs;
mod record;

use std::borrow::Cow;

pub use self::bundle::{BundleMember, MemberKind, bundle_member};
pub(crate) use self::record::{looks_like_pairs, opens_record};
use super::event::{Event, Place};
use super::time::Stamp;

/// Kind of the events made of log records.
pub const EXPRESSWAY_LOG: &str = "expressway-log";

/// One record of an Expressway log.
#[derive(Clone, Debug, PartialEq)]
pub struct Record<'a> {
    /// The local time with its offset; where the record has none, its `UTCTime`.
    pub time: Option<Stamp>,
    /// The peer that wrote it; missing in text copied from the event log page.
    pub host: Option<&'a str>,
    /// The process, without its number: `tvcs`, `httpd`.
    pub process: Option<&'a str>,
    /// The pairs in order. A key may occur twice.
    pub pairs: Vec<(&'a str, Cow<'a, str>)>,
    /// The record itself, without blanks around it.
    pub text: &'a str,
}

impl Record<'_> {
    /// The first value of `key`.
    pub fn value(&self, key: &str) -> Option<&str> {
        self.pairs.iter().find(|(name, _)| *name == key).map(|(_, value)| value.as_ref())
    }
}

/// The first record of `line`; `None` where the line has no pairs that an Expressway writes.
pub fn parse(line: &str) -> Option<Record<'_>> {
    records(line).next().map(|(_, record)| record)
}

/// Time and host of the first record of `line`, without reading the rest of it; `None` where [`parse`] finds no record.
pub fn origin(line: &str) -> Option<(Option<Stamp>, Option<&str>)> {
    record::origin(line).or_else(|| parse(line).map(|record| (record.time, record.host)))
}

/// All records of a physical line, each with the byte at which it begins.
pub fn records(line: &str) -> impl Iterator<Item = (usize, Record<'_>)> {
    record::Records::new(line)
}

/// The fields that events of a record may have, with the keys they come from. Others are dropped.
const FIELDS: [(&str, &str); 30] = [
    ("action", "Action"),
    ("alarm", "Alarm"),
    ("common_name", "Common-name"),
    ("context", "Context"),
    ("detail", "Detail"),
    ("dst_ip", "Dst-ip"),
    ("dst_port", "Dst-port"),
    ("error", "Error"),
    ("event", "Event"),
    ("id", "Id"),
    ("level", "Level"),
    ("message", "Message"),
    ("method", "Method"),
    ("module", "Module"),
    ("msg", "Msg"),
    ("name", "Name"),
    ("node", "Node"),
    ("pid", "PID"),
    ("protocol", "Protocol"),
    ("reason", "Reason"),
    ("response", "Response"),
    ("service", "Service"),
    ("severity", "Severity"),
    ("src_ip", "Src-ip"),
    ("src_port", "Src-port"),
    ("status", "Status"),
    ("type", "Type"),
    ("url", "URL"),
    ("user", "User"),
    ("uuid", "UUID"),
];

/// The events of all records of a line, `line` being its number.
pub fn events(text: &str, line: u64) -> Vec<Event> {
    records(text).map(|(_, record)| event(&record, line)).collect()
}

/// The event of a record: its known pairs as fields named in lower case with underscores, besides `host` and `process`.
/// Of a key that occurs twice the first value counts.
pub fn event(record: &Record<'_>, line: u64) -> Event {
    let mut fields: Vec<(&'static str, String)> = Vec::new();
    let head = [("host", record.host), ("process", record.process)];
    fields.extend(head.into_iter().filter_map(|(name, value)| Some((name, value?.to_owned()))));
    for (key, value) in &record.pairs {
        let Some((name, _)) = FIELDS.iter().find(|(_, known)| known.eq_ignore_ascii_case(key)) else { continue };
        if !fields.iter().any(|(taken, _)| taken == name) {
            fields.push((name, value.trim().to_owned()));
        }
    }
    Event { kind: EXPRESSWAY_LOG, place: Place::Line(line), time: record.time.clone(), fields, text: record.text.to_owned() }
}

#[cfg(test)]
mod tests;

//! The head of a log line, in every coat a Cisco message is seen in:
//!
//! ```text
//! 000123: .Aug 23 2021 09:19:43.486 UTC: %CALL_HOME-5-SL_MESSAGE_FAILED: …                      IOS-XE
//! <187>123: SW1: 000456: Aug 23 09:19:43.486: %SMART_LIC-3-COMM_FAILED: …                       IOS-XE with PRI and origin-id
//! Aug 23 09:19:45 10.1.1.1 45: *Aug 23 09:19:43.486: %SMART_LIC-3-COMM_FAILED: …                behind an RFC 3164 relay
//! <187>1 2021-08-23T09:19:45.000Z sw1 - - - - : *Aug 23 09:19:43.486: %SMART_LIC-…              behind an RFC 5424 relay
//! 2022 Jun 22 16:15:44.123456 N9K-1 %$ VDC-1 %$ %LICMGR-3-LOG_SMART_LIC_COMM_FAILED:  …         NX-OS
//! RP/0/RP0/CPU0:Jul  1 11:53:58.601 UTC: smartlicserver[397]: %LICENSE-SMART_LIC-3-COMM_FAILED : …   IOS XR
//! Aug 15 2019 13:44:38 fw1 : %ASA-3-444303: %SMART_LIC-3-…                                      ASA, nested
//! 2024-01-28 08:00:00 Local7.Error 10.1.1.1 12: Jan 28 08:00:00.1: %SMART_LIC-…                 a collector's file, tabs between
//! "2024-01-28T08:00:00Z","sw1","%SMART_LIC-3-COMM_FAILED: …"                                     a collector's table; also as JSON
//! logs/sw1.log:Jan 28 08:00:00.1: %SMART_LIC-3-COMM_FAILED: …                                   found by a search over files
//! ```
//!
//! The parts before the mnemonic are read one by one in whatever order they come, because relays and settings
//! combine freely. Wrapped lines are not joined here; [`starts_record`] tells who joins them where a record begins.

pub mod document;
mod exported;
mod head;
mod part;
mod priority;
mod table;

pub use self::exported::{enclosing, objects};
pub use self::table::Columns;

use super::time::Stamp;
use super::{expressway, prompt};

/// What the head of a log line says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Header<'a> {
    /// The device's own time if there is one, else the relay's. Year and zone come from the relay where the device
    /// stated none.
    pub stamp: Option<Stamp>,
    /// When the relay received it.
    pub relay: Option<Stamp>,
    /// Who wrote it: the origin id, the relay's name or address of it, the host of NX-OS.
    pub host: Option<&'a str>,
    /// Nothing but its place says that the host is one: `Jun 14 14:02:12 Create …`. Where the same is known as a host, it is one.
    pub unsure: bool,
    /// The device's message counter. It orders messages, it is no time.
    pub sequence: Option<u64>,
    /// Which family of devices writes so.
    pub dialect: Dialect,
    /// `%FACILITY-SEVERITY-NAME`; the inner one of a nested message.
    pub mnemonic: Option<Mnemonic<'a>>,
    /// Where the text of the message begins, in bytes.
    pub body: usize,
    /// Stands for what is beside the message and may say whose it is, but is not understood: the same for the same words.
    pub beside: Option<u64>,
}

/// Which family of devices writes so. A relay does not change it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// IOS and IOS-XE.
    IosXe,
    /// NX-OS and FXOS.
    NxOs,
    /// IOS XR.
    IosXr,
    /// ASA.
    Asa,
    /// Expressway.
    Expressway,
    /// Anything else with a time.
    #[default]
    Other,
}

/// The name of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Mnemonic<'a> {
    /// With subfacilities, as stated: `SMART_LIC`, `LICENSE-SMART_LIC`.
    pub facility: &'a str,
    /// 0 (emergency) to 7 (debugging).
    pub severity: u8,
    /// `COMM_FAILED`.
    pub name: &'a str,
}

/// Reads the head of `line`. `None` where the line has neither a stamp nor a mnemonic.
///
/// Lines of the licensing agent's event log (`<time> SAEVT_…`) are no syslog: the event would pass for a host name.
pub fn parse(line: &str) -> Option<Header<'_>> {
    let header = if line.trim_start().starts_with('{') {
        exported::parse(line)
    } else if let Some(first) = objects(line).first() {
        let at = first.as_ptr() as usize - line.as_ptr() as usize;
        exported::parse(first).map(|header| Header { body: at + header.body, ..header })
    } else {
        let read = head::parse(line);
        // A head is a row where something of it is not understood, or where it begins with the message.
        let odd = |header: &Header<'_>| header.beside.is_some() || header.host.is_none() && header.stamp.is_none();
        match read {
            Some(header) if odd(&header) => table::parse(line).or(Some(header)),
            read => read,
        }
    };
    header.filter(|header| header.host.is_none_or(|host| !host.starts_with("SAEVT_")))
}

/// Whether the name of a message stands in a text.
pub fn names_message(text: &str) -> bool {
    memchr::memchr_iter(b'%', text.as_bytes()).any(|at| text.get(at..).is_some_and(part::is_message))
}

/// Whether something of its own begins with this line: a log record, a prompt, a section, an Expressway record.
/// Anything else may be the rest of a message that a terminal wrapped. An empty line ends a message and counts.
pub fn starts_record(line: &str) -> bool {
    let text = line.trim();
    text.is_empty()
        || head::opens_record(text)
        || text.starts_with('{') && exported::parse(text).is_some()
        || text.starts_with("[{")
        || text.starts_with('"') && head::parse(text).is_some_and(|header| header.mnemonic.is_some())
        || prompt::parse(text).is_some()
        || prompt::section_header(text).is_some()
        || expressway::opens_record(text)
        || ["REQUEST:", "RESPONSE:", "Load for five secs", "Time source is ", "Log Buffer (", "CMD: '"]
            .iter()
            .any(|start| text.starts_with(start))
}

#[cfg(test)]
mod tests;

//! What the head of a line says, read where lines are sifted: the ordered pass only looks up whose line it is.

use std::borrow::Cow;

use super::sighting;
use crate::formats::syslog::{Columns, Dialect};
use crate::formats::time::{DateOrder, Stamp};
use crate::formats::{expressway, syslog};

/// The head of a line, apart from whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// The device's own time, or the collector's where the line has no other.
    pub(super) stamp: Option<Stamp>,
    /// When the collector received it.
    pub(super) relay: Option<Stamp>,
    /// Who wrote it, as it stands on the line.
    pub(super) host: Option<Box<str>>,
    /// Nothing but its place says that this is a host.
    pub(super) unsure: bool,
    /// Whose manner of writing it is.
    pub(super) dialect: Dialect,
    /// A record of an Expressway begins with it.
    pub(super) is_record: bool,
    /// It names a message.
    pub(super) is_message: bool,
    /// What may say whose line it is, if it were understood.
    pub(super) beside: Option<u64>,
    /// What tells the line from others that state a time.
    pub(super) print: u64,
}

impl Head {
    /// Reads the head of a line of a text that means its dates so, which is a row of a table where its columns are given; `None`
    /// where it has none.
    pub(super) fn of(text: &str, order: Option<DateOrder>, columns: Option<&Columns>) -> Option<Self> {
        let print = |stamp: &Option<Stamp>| if stamp.is_some() { sighting::print(text) } else { 0 };
        if let Some((stamp, host)) = expressway::origin(text) {
            let (print, host) = (print(&stamp), host.map(Box::from));
            return Some(Self {
                stamp,
                relay: None,
                host,
                unsure: false,
                dialect: Dialect::Expressway,
                is_record: true,
                is_message: false,
                beside: None,
                print,
            });
        }
        let plain = order.map_or(Cow::Borrowed(text), |order| order.applied(text));
        let header = columns.and_then(|columns| columns.parse(&plain)).or_else(|| syslog::parse(&plain))?;
        let syslog::Header { stamp, relay, host, unsure, dialect, mnemonic, beside, .. } = header;
        let is_message = mnemonic.is_some();
        // `REQUEST: Jun 29 …` looks like a name before a stamp; only a message or a relay makes it one.
        let host = host.filter(|_| is_message || relay.is_some()).map(Box::from);
        Some(Self { print: print(&stamp), stamp, relay, host, unsure, dialect, is_record: false, is_message, beside })
    }
}

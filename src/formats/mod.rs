//! How each kind of input reads: bytes in, records, times, sections and capture events out. Knows nothing of rules.

pub mod capture;
pub mod certificate;
mod cursor;
pub mod event;
pub mod expressway;
pub mod license_history;
pub mod prompt;
pub mod quoted;
pub mod syslog;
pub mod time;

//! How each kind of input reads: bytes in, records, times, sections and capture events out. Knows nothing of rules.

// On bytes of strangers nothing may panic or lose bits but with a reason beside it.
#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::string_slice, clippy::cast_possible_truncation, clippy::cast_sign_loss))]

pub mod blanks;
pub mod capture;
pub mod certificate;
pub mod cited;
mod cursor;
pub mod dress;
pub mod event;
pub mod expressway;
pub mod license_history;
pub mod markup;
pub mod packet_list;
pub mod prompt;
pub mod quoted;
pub mod syslog;
pub mod time;

//! The finished report and its renderers. Knows nothing of how a finding was made.

// On bytes of strangers nothing may panic or lose bits but with a reason beside it.
#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::string_slice, clippy::cast_possible_truncation, clippy::cast_sign_loss))]

pub mod baseline;
pub(crate) mod composed;
pub mod diff;
pub mod earlier;
pub mod fingerprint;
mod language;
pub mod model;
mod packets;
pub mod render;
pub mod schema;
pub mod suppress;
mod troubles;

pub use composed::{translated_leaf, translated_section, translated_term, translated_title};
pub use troubles::translated_trouble;

#[cfg(test)]
pub(crate) mod samples;

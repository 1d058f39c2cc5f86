//! The finished report and its renderers. Knows nothing of how a finding was made.

pub mod baseline;
pub(crate) mod composed;
pub mod diff;
pub mod earlier;
pub mod fingerprint;
mod language;
pub mod model;
pub mod render;
pub mod schema;
pub mod suppress;

#[cfg(test)]
mod samples;

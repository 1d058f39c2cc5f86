//! The finished report and its renderers. Knows nothing of how a finding was made.

pub mod fingerprint;
mod language;
pub mod model;
pub mod render;
pub mod schema;

#[cfg(test)]
mod samples;

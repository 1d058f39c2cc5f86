//! The finished report and its renderers. Knows nothing of how a finding was made.

pub mod model;

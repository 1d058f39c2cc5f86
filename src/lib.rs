//! bundlescope

pub mod formats;
pub mod intake;
pub mod report;
pub mod rules;

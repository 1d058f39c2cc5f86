//! bundlescope

pub mod diagnose;
pub mod examples;
pub mod formats;
pub mod intake;
pub mod report;
pub mod rules;
pub mod scan;

//! The reader against what other readers say of real captures (`expected.tsv` of the real data, made with tshark), and
//! properties over generated ones.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::PathBuf;

use super::*;

mod expected;
mod generated;
mod hidden;
mod limits;
mod names;
mod properties;
mod ranges;
mod silence;

/// Reads bytes with default limits.
fn run(bytes: &[u8]) -> (Summary, Vec<Event>) {
    run_with(bytes, &CaptureLimits::default())
}

fn run_with(mut bytes: &[u8], limits: &CaptureLimits) -> (Summary, Vec<Event>) {
    let mut events = Vec::new();
    let summary = read(&mut bytes, limits, &mut |event: Event| events.push(event));
    for event in &events {
        let names: BTreeSet<_> = event.fields.iter().map(|(name, _)| name).collect();
        assert_eq!(names.len(), event.fields.len(), "a field twice in {event:?}");
    }
    (summary, events)
}

/// The folder of real data, where it is at hand.
fn real_data() -> Option<PathBuf> {
    let default = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/realdata");
    let folder = std::env::var_os("BUNDLESCOPE_REALDATA").map_or_else(default, PathBuf::from);
    let found = folder.join("expected.tsv").is_file();
    if !found {
        // Not `eprintln!`, which the test runner swallows.
        let _ = writeln!(std::io::stderr(), "SKIPPED: no real data at {} (set BUNDLESCOPE_REALDATA)", folder.display());
    }
    found.then_some(folder)
}

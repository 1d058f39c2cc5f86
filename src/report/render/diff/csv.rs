//! One row a finding, written as those of the report are.

use serde_json::json;

use super::words;
use crate::report::diff::{Diff, State};
use crate::report::render::csv::{interval, row};
use crate::rules::translation::Words;

const HEAD: [&str; 16] = [
    "change",
    "id",
    "title",
    "device",
    "differs",
    "old_status",
    "new_status",
    "old_severity",
    "new_severity",
    "old_confidence",
    "new_confidence",
    "device_in_other",
    "suppressed",
    "fingerprint",
    "old_window",
    "new_window",
];

/// The comparison as a table for spreadsheets: a header row, then the findings in the order of the format.
pub(super) fn csv(diff: &Diff, words: Words<'_>) -> String {
    let mut text = String::new();
    row(&mut text, HEAD.into_iter().map(str::to_owned));
    for entry in &diff.findings {
        let of = |state: &Option<State>, what: &dyn Fn(&State) -> Option<String>| state.as_ref().and_then(what).unwrap_or_default();
        // The words of the JSON format.
        let status = |state: &State| json!(state.status).as_str().map(str::to_owned);
        let bad = |state: &State| json!(state.severity).as_str().map(str::to_owned);
        let sure = |state: &State| state.confidence.map(|sure| sure.to_string());
        let cells = [
            entry.change.word().to_owned(),
            entry.id.clone().unwrap_or_default(),
            words::title(words, entry).to_owned(),
            entry.device.clone().unwrap_or_default(),
            entry.differs.join(" "),
            of(&entry.old, &status),
            of(&entry.new, &status),
            of(&entry.old, &bad),
            of(&entry.new, &bad),
            of(&entry.old, &sure),
            of(&entry.new, &sure),
            entry.device_in_other.map(|there| there.to_string()).unwrap_or_default(),
            entry.suppressed.to_string(),
            entry.fingerprint.clone(),
            diff.old.window.as_ref().map(interval).unwrap_or_default(),
            diff.new.window.as_ref().map(interval).unwrap_or_default(),
        ];
        row(&mut text, cells.into_iter());
    }
    text
}

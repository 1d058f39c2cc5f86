//! One row a finding (RFC 4180).

use std::borrow::Cow;

use serde_json::json;

use super::words;
use crate::report::diff::{Diff, State};
use crate::rules::translation::Words;

const HEAD: [&str; 14] = [
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
];

/// The comparison as a table for spreadsheets: a header row, then the findings in the order of the format.
pub(super) fn csv(diff: &Diff, words: Words<'_>) -> String {
    let mut text = row(HEAD.map(str::to_owned));
    for entry in &diff.findings {
        let of = |state: &Option<State>, what: &dyn Fn(&State) -> Option<String>| state.as_ref().and_then(what).unwrap_or_default();
        // The words of the JSON format.
        let status = |state: &State| json!(state.status).as_str().map(str::to_owned);
        let bad = |state: &State| json!(state.severity).as_str().map(str::to_owned);
        let sure = |state: &State| state.confidence.map(|sure| sure.to_string());
        text.push_str(&row([
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
        ]));
    }
    text
}

fn row(cells: [String; HEAD.len()]) -> String {
    let cells: Vec<Cow<'_, str>> = cells.iter().map(|cell| self::cell(cell)).collect();
    format!("{}\r\n", cells.join(","))
}

/// A cell that no spreadsheet takes for a formula, quoted where it must be.
fn cell(text: &str) -> Cow<'_, str> {
    let formula = text.trim_start().starts_with(['=', '+', '-', '@', '\t', '\r']) || text.starts_with(['\t', '\r', '\n']);
    let text = if formula { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) };
    if text.contains(['"', ',', '\n', '\r']) { Cow::Owned(format!("\"{}\"", text.replace('"', "\"\""))) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_formula_runs_and_every_cell_is_one() {
        for (text, expected) in [
            ("plain", "plain"),
            ("", ""),
            ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
            ("@SUM(1,2)", "\"'@SUM(1,2)\""),
            (" +1", "' +1"),
            ("-1", "'-1"),
            ("\t=1", "'\t=1"),
            ("say \"x\", y", "\"say \"\"x\"\", y\""),
            ("two\nlines", "\"two\nlines\""),
        ] {
            assert_eq!(cell(text), expected);
        }
    }
}

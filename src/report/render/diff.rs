//! A comparison as text, in the formats in which one makes sense: what is the page of a whole case (HTML) or speaks of places in
//! files (SARIF, JUnit) is written of a report, with a baseline.

mod csv;
mod markdown;
pub(super) mod words;

use serde_json::json;

use super::Style;
use super::table::comparison;
use crate::report::diff::Diff;

/// The formats a comparison can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DiffFormat {
    /// For people, on a terminal.
    Table,
    /// For programs: schema `bundlescope/diff/v1`.
    Json,
    /// One object a line: `diff`, then each `finding`, then `summary`.
    Ndjson,
    /// For tickets.
    Markdown,
    /// One row a finding.
    Csv,
}

impl DiffFormat {
    /// Every format, in the order of the help text.
    pub const ALL: [Self; 5] = [Self::Table, Self::Json, Self::Ndjson, Self::Markdown, Self::Csv];

    /// The word that selects it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Json => "json",
            Self::Ndjson => "ndjson",
            Self::Markdown => "markdown",
            Self::Csv => "csv",
        }
    }

    /// The format with that name, in any case.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name().eq_ignore_ascii_case(name))
    }

    /// The format that a file of that name is written in, by its extension.
    pub fn of_file(name: &str) -> Option<Self> {
        let extension = name.rsplit_once('.')?.1.to_ascii_lowercase();
        Some(match extension.as_str() {
            "txt" => Self::Table,
            "json" => Self::Json,
            "ndjson" | "jsonl" => Self::Ndjson,
            "md" | "markdown" => Self::Markdown,
            "csv" => Self::Csv,
            _ => return None,
        })
    }

    /// Writes the comparison. Of `style` only the language matters to other formats than the table.
    pub fn render(self, diff: &Diff, style: &Style<'_>) -> String {
        match self {
            Self::Table => comparison(diff, style),
            Self::Json => one_line_separators(pretty(diff)),
            Self::Ndjson => ndjson(diff),
            Self::Markdown => markdown::markdown(diff, style.words),
            Self::Csv => csv::csv(diff, style.words),
        }
    }
}

#[expect(clippy::expect_used, reason = "a comparison holds strings and numbers; writing to memory cannot fail")]
fn pretty(diff: &Diff) -> String {
    serde_json::to_string_pretty(diff).expect("a comparison is always JSON") + "\n"
}

fn ndjson(diff: &Diff) -> String {
    let mut lines = vec![json!({ "type": "diff", "schema": diff.schema, "tool": diff.tool, "old": diff.old, "new": diff.new })];
    for entry in &diff.findings {
        let mut line = json!({ "type": "finding" });
        if let (Some(line), serde_json::Value::Object(entry)) = (line.as_object_mut(), json!(entry)) {
            line.extend(entry);
        }
        lines.push(line);
    }
    let mut summary = json!({ "type": "summary" });
    if let (Some(summary), serde_json::Value::Object(counts)) = (summary.as_object_mut(), json!(diff.summary)) {
        summary.extend(counts);
    }
    lines.push(summary);
    one_line_separators(lines.iter().map(|line| format!("{line}\n")).collect())
}

/// U+2028 and U+2029 are legal in JSON and end a line in JavaScript and in many log viewers.
fn one_line_separators(text: String) -> String {
    if text.contains(['\u{2028}', '\u{2029}']) { text.replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029") } else { text }
}

#[cfg(test)]
mod tests;

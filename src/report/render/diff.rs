//! A comparison as text, in the formats in which one makes sense: what is the page of a whole case (HTML) or speaks of places in
//! files (SARIF, JUnit) is written of a report, with a baseline.

mod csv;
mod markdown;
pub(super) mod words;

use serde_json::json as value;

use super::table::comparison;
use super::{Style, json};
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
            Self::Json => json::pretty(diff) + "\n",
            Self::Ndjson => ndjson(diff),
            Self::Markdown => markdown::markdown(diff, style.words),
            Self::Csv => csv::csv(diff, style.words),
        }
    }
}

fn ndjson(diff: &Diff) -> String {
    let mut lines = vec![value!({ "type": "diff", "schema": diff.schema, "tool": diff.tool, "old": diff.old, "new": diff.new })];
    for entry in &diff.findings {
        let mut line = value!({ "type": "finding" });
        if let (Some(line), serde_json::Value::Object(entry)) = (line.as_object_mut(), value!(entry)) {
            line.extend(entry);
        }
        lines.push(line);
    }
    let mut summary = value!({ "type": "summary" });
    if let (Some(summary), serde_json::Value::Object(counts)) = (summary.as_object_mut(), value!(diff.summary)) {
        summary.extend(counts);
    }
    lines.push(summary);
    lines.iter().map(|line| json::compact(line) + "\n").collect()
}

#[cfg(test)]
mod tests;

//! Turns a finished report into text. Every renderer is a pure function of the report and of how it should look.

mod csv;
mod diff;
mod grouping;
#[cfg(test)]
mod hostile;
mod html;
mod json;
mod junit;
mod markdown;
mod moment;
mod naming;
mod ndjson;
mod phrase;
mod plain;
mod quotes;
mod release;
mod sarif;
mod standing;
mod steps;
mod table;
mod verdict;
mod wrap;

pub use csv::csv;
pub use diff::DiffFormat;
pub use html::html;
pub use json::{json, write_json};
pub use junit::junit;
pub use markdown::markdown;
pub use ndjson::{Record, SCHEMA as NDJSON_SCHEMA, Summary, ndjson};
pub use phrase::percent;
pub use plain::log_line;
pub use sarif::sarif;
pub use table::{Style, inventory, table};
pub use wrap::{Long, columns, wrap};

use std::io::{self, Write};

use super::model::Report;

/// The formats a report can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// For people, on a terminal.
    Table,
    /// For programs: schema `bundlescope/report/v1`.
    Json,
    /// For programs that read as they go: one JSON object a line.
    Ndjson,
    /// For tickets and step summaries: GitHub flavoured Markdown.
    Markdown,
    /// For browsers: one page that needs nothing else.
    Html,
    /// For code scanning: SARIF 2.1.0.
    Sarif,
    /// For build servers: JUnit XML.
    Junit,
    /// For spreadsheets: one row a finding.
    Csv,
}

impl Format {
    /// Every format, in the order of the help text.
    pub const ALL: &[Self] = &[Self::Table, Self::Json, Self::Ndjson, Self::Markdown, Self::Html, Self::Sarif, Self::Junit, Self::Csv];

    /// The word that selects it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Json => "json",
            Self::Ndjson => "ndjson",
            Self::Markdown => "markdown",
            Self::Html => "html",
            Self::Sarif => "sarif",
            Self::Junit => "junit",
            Self::Csv => "csv",
        }
    }

    /// The ends of file names that select it, behind a dot, in small letters.
    pub const fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Table => &["txt"],
            Self::Json => &["json"],
            Self::Ndjson => &["ndjson", "jsonl"],
            Self::Markdown => &["md", "markdown"],
            Self::Html => &["html", "htm"],
            Self::Sarif => &["sarif", "sarif.json"],
            Self::Junit => &["xml"],
            Self::Csv => &["csv"],
        }
    }

    /// Whether times are written with the offsets that the sources stated, whatever people want to see.
    pub const fn keeps_offsets(self) -> bool {
        matches!(self, Self::Json | Self::Ndjson | Self::Sarif)
    }

    /// The format with that name, in any case.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|format| format.name().eq_ignore_ascii_case(name))
    }

    /// The format that a file of that name is written in, by its extension in any case; of two that fit, the longer.
    pub fn of_file(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let ends = |extension: &str| name.strip_suffix(extension).is_some_and(|rest| rest.ends_with('.'));
        let fitting = Self::ALL.iter().flat_map(|format| format.extensions().iter().map(|extension| (*format, *extension)));
        fitting.filter(|(_, extension)| ends(extension)).max_by_key(|(_, extension)| extension.len()).map(|(format, _)| format)
    }

    /// Writes the report, unbuffered. Of `style` only the language matters to other formats than the table, and none of it to those for
    /// programs.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(self, report: &Report, style: &Style<'_>, mut out: impl Write) -> io::Result<()> {
        match self {
            Self::Json => write_json(report, out),
            _ => out.write_all(self.render(report, style).as_bytes()),
        }
    }

    /// The report as it is written.
    pub fn render(self, report: &Report, style: &Style<'_>) -> String {
        match self {
            Self::Table => table(report, style),
            Self::Json => json(report),
            Self::Ndjson => ndjson(report),
            Self::Markdown => markdown(report, style.words),
            Self::Html => html(report, style.words),
            Self::Sarif => sarif(report, style.words),
            Self::Junit => junit(report, style.words),
            Self::Csv => csv(report),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_by_name_and_by_file() {
        for format in Format::ALL {
            assert_eq!(Format::named(format.name()), Some(*format));
            for extension in format.extensions() {
                assert_eq!(Format::of_file(&format!("a.b/report.{}", extension.to_ascii_uppercase())), Some(*format));
            }
        }
        assert_eq!(Format::named("JSON"), Some(Format::Json));
        assert_eq!(Format::named("xls"), None);
        for (file, expected) in [
            ("a.json", Some(Format::Json)),
            ("a.b/report.TXT", Some(Format::Table)),
            ("Report.Sarif.JSON", Some(Format::Sarif)),
            ("sarif.json", Some(Format::Json)),
            ("report", None),
            ("json", None),
            ("a.zip", None),
        ] {
            assert_eq!(Format::of_file(file), expected, "{file}");
        }
    }
}

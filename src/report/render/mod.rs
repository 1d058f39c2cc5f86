//! Turns a finished report into text. Every renderer is a pure function of the report and of how it should look.

mod diff;
mod grouping;
mod html;
mod json;
mod moment;
mod naming;
mod phrase;
mod table;
mod verdict;
mod wording;
mod wrap;

pub use diff::DiffFormat;
pub use html::html;
pub use json::json;
pub use table::{Style, inventory, table};

use super::model::Report;

/// The formats a report can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// For people, on a terminal.
    Table,
    /// For programs: schema `bundlescope/report/v1`.
    Json,
    /// One page for a browser.
    Html,
}

impl Format {
    /// Every format, in the order of the help text.
    pub const ALL: [Self; 3] = [Self::Table, Self::Json, Self::Html];

    /// The word that selects it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Json => "json",
            Self::Html => "html",
        }
    }

    /// The format with that name, in any case.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name().eq_ignore_ascii_case(name))
    }

    /// The format that a file of that name is written in, by its extension (`.txt` is the table).
    pub fn of_file(name: &str) -> Option<Self> {
        match name.rsplit_once('.')?.1 {
            e if e.eq_ignore_ascii_case("json") => Some(Self::Json),
            e if e.eq_ignore_ascii_case("html") || e.eq_ignore_ascii_case("htm") => Some(Self::Html),
            e if e.eq_ignore_ascii_case("txt") => Some(Self::Table),
            _ => None,
        }
    }

    /// Writes the report. `style` matters to the table only.
    pub fn render(self, report: &Report, style: &Style<'_>) -> String {
        match self {
            Self::Table => table(report, style),
            Self::Json => json(report),
            Self::Html => html(report, style.words),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_by_name_and_by_file() {
        for format in Format::ALL {
            assert_eq!(Format::named(format.name()), Some(format));
        }
        assert_eq!(Format::named("JSON"), Some(Format::Json));
        assert_eq!(Format::named("sarif"), None);
        for (file, expected) in [
            ("a.json", Some(Format::Json)),
            ("a.b/report.TXT", Some(Format::Table)),
            ("report", None),
            ("a.zip", None),
            ("a.html", Some(Format::Html)),
        ] {
            assert_eq!(Format::of_file(file), expected, "{file}");
        }
    }
}

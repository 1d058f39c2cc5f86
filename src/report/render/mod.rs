//! Turns a finished report into text. Every renderer is a pure function of the report and of how it should look.

mod json;
mod table;

pub use json::{json, write_json};
pub use table::{Style, inventory, table};

use std::io::{self, Write};

use super::model::Report;

/// The formats a report can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// For people, on a terminal.
    Table,
    /// For programs: schema `bundlescope/report/v1`.
    Json,
}

impl Format {
    /// Every format, in the order of the help text.
    pub const ALL: [Self; 2] = [Self::Table, Self::Json];

    /// The word that selects it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Json => "json",
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
            e if e.eq_ignore_ascii_case("txt") => Some(Self::Table),
            _ => None,
        }
    }

    /// Writes the report, unbuffered. `style` matters to the table only.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(self, report: &Report, style: &Style<'_>, mut out: impl Write) -> io::Result<()> {
        match self {
            Self::Table => out.write_all(table(report, style).as_bytes()),
            Self::Json => write_json(report, out),
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
        for (file, expected) in [("a.json", Some(Format::Json)), ("a.b/report.TXT", Some(Format::Table)), ("report", None), ("a.zip", None)]
        {
            assert_eq!(Format::of_file(file), expected, "{file}");
        }
    }
}

//! The findings for a spreadsheet: RFC 4180, a header, one row and one line a finding. No cell is ever a formula.

use super::json;
use super::phrase;
use super::plain::{printable, tame};
use crate::report::model::{Finding, Report};

/// What stands in a column.
type Cell = fn(&Finding) -> String;

/// The columns, in order: the name and what stands in it. Columns may be added at the end; none goes away.
const COLUMNS: [(&str, Cell); 29] = [
    ("rank", |finding| finding.rank.to_string()),
    ("id", |finding| finding.id.clone()),
    ("title", |finding| finding.title.clone()),
    ("kind", |finding| json::word(&finding.kind)),
    ("severity", |finding| phrase::severity(finding.severity).to_owned()),
    ("confidence", |finding| finding.confidence.to_string()),
    ("status", |finding| json::word(&finding.status)),
    ("device", |finding| known(&finding.device)),
    ("first_seen", |finding| known(&finding.first_seen)),
    ("last_seen", |finding| known(&finding.last_seen)),
    ("occurrences", |finding| finding.occurrences.to_string()),
    ("explained_by", |finding| known(&finding.explained_by)),
    ("explains", |finding| finding.explains.join(", ")),
    ("contributing_causes", |finding| finding.contributing_causes.join(", ")),
    ("affected", |finding| known(&finding.affected)),
    ("fixed_in", |finding| finding.fixed_in.join(", ")),
    ("artifact", |finding| finding.evidence.first().map(|first| first.artifact.clone()).unwrap_or_default()),
    ("line", |finding| number(finding.evidence.first().and_then(|first| first.line))),
    ("packet", |finding| number(finding.evidence.first().and_then(|first| first.packet))),
    ("excerpt", |finding| finding.evidence.first().map(|first| first.excerpt.clone()).unwrap_or_default()),
    ("summary", |finding| finding.summary.clone()),
    ("remedy", |finding| steps(&finding.remedy)),
    ("workaround", |finding| steps(&finding.workaround)),
    ("collect_next", |finding| steps(&finding.collect_next)),
    ("references", |finding| finding.references.iter().map(|reference| reference.id.as_str()).collect::<Vec<_>>().join(", ")),
    ("fingerprint", |finding| finding.fingerprint.clone()),
    ("suppressed", |finding| finding.suppressed.as_ref().map(|suppressed| suppressed.reason.clone()).unwrap_or_default()),
    ("suppressed_until", |finding| finding.suppressed.as_ref().and_then(|suppressed| suppressed.until.clone()).unwrap_or_default()),
    ("baseline_state", |finding| finding.baseline_state.as_ref().map(json::word).unwrap_or_default()),
];

/// The findings as CSV: comma, CRLF, UTF-8 without a byte order mark.
pub fn csv(report: &Report) -> String {
    let mut text = String::new();
    row(&mut text, COLUMNS.iter().map(|(name, _)| (*name).to_owned()));
    for finding in &report.findings {
        row(&mut text, COLUMNS.iter().map(|(_, value)| value(finding)));
    }
    text
}

fn known(value: &Option<String>) -> String {
    value.clone().unwrap_or_default()
}

fn number(value: Option<u64>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// Steps and the lines of a step, on one line.
fn steps(steps: &[String]) -> String {
    steps.iter().flat_map(|step| step.trim_end().lines()).map(str::trim).collect::<Vec<_>>().join(" | ")
}

/// Writes one row and its line end.
pub(super) fn row(text: &mut String, cells: impl Iterator<Item = String>) {
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            text.push(',');
        }
        let cell = harmless(&tame(&printable(&cell), at == 0));
        if cell.contains([',', '"', ';', '\'', ' ', '|']) {
            text.push('"');
            text.push_str(&cell.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(&cell);
        }
    }
    text.push_str("\r\n");
}

/// An apostrophe before what would make a spreadsheet calculate: at the start of a cell, and behind whatever parts cells
/// for a spreadsheet that expects another separator than the comma or knows no quotes.
fn harmless(cell: &str) -> String {
    let mut safe = String::with_capacity(cell.len());
    let mut cell_may_begin = true;
    for c in cell.chars() {
        if cell_may_begin && matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠') {
            safe.push('\'');
        }
        safe.push(c);
        cell_may_begin = matches!(c, ',' | ';' | '"' | '\t' | '\r' | '\n') || (cell_may_begin && c == ' ');
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    /// The rows as an independent reader sees them, the header first.
    fn read(report: &Report) -> Vec<Vec<String>> {
        let text = csv(report);
        let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
        reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
    }

    #[test]
    fn one_row_a_finding_and_one_line_a_row() {
        for report in samples::all() {
            let rows = read(&report);
            assert_eq!(rows.len(), 1 + report.findings.len());
            let text = csv(&report);
            assert_eq!(text.matches('\n').count(), rows.len());
            assert_eq!(text.matches("\r\n").count(), rows.len());
            for (row, finding) in rows.iter().skip(1).zip(&report.findings) {
                assert_eq!(row[0], finding.rank.to_string());
                assert_eq!(row[1], finding.id);
                assert_eq!(row[2], finding.title);
                assert_eq!(row[5].parse::<f64>().unwrap(), finding.confidence);
                assert_eq!(row[7], finding.device.as_deref().unwrap_or_default());
            }
        }
    }

    #[test]
    fn words_are_those_of_the_json_report() {
        let rows = read(&samples::rich());
        let cell = |row: usize, name: &str| rows[row][rows[0].iter().position(|column| column == name).unwrap()].as_str();
        assert_eq!((cell(1, "kind"), cell(1, "severity"), cell(5, "status")), ("root-cause", "high", "resolved"));
        assert_eq!(cell(1, "packet"), "841");
        assert_eq!(cell(1, "line"), "");
        assert_eq!(cell(4, "fixed_in"), "17.3.5, 17.6.2");
        assert!(cell(1, "remedy").contains("proxy. | Then establish trust again: | license smart trust"));
    }

    #[test]
    fn nothing_is_a_formula() {
        for (cell, expected) in [
            ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
            ("+1", "'+1"),
            ("-2+3", "'-2+3"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("  =1", "  '=1"),
            ("＝1+1", "'＝1+1"),
            ("x;=1", "x;'=1"),
            ("x\",=1", "x\",'=1"),
            ("a=b-c", "a=b-c"),
            ("%SMART_LIC-3-COMM", "%SMART_LIC-3-COMM"),
        ] {
            assert_eq!(harmless(cell), expected);
        }
    }

    /// With a hostile text in every field no cell begins a formula, whatever a spreadsheet takes as separator.
    #[test]
    fn hostile_reports_stay_text() {
        for report in samples::hostile() {
            let text = csv(&report);
            for separator in [b',', b';', b'\t'] {
                for quoting in [true, false] {
                    let mut builder = ::csv::ReaderBuilder::new();
                    builder.has_headers(false).flexible(true).delimiter(separator).quoting(quoting);
                    for row in builder.from_reader(text.as_bytes()).records() {
                        for cell in row.unwrap().iter() {
                            let start = cell.trim_start_matches([' ', '"']);
                            assert!(!start.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell:?}");
                        }
                    }
                }
            }
            assert_eq!(read(&report).len(), 1 + report.findings.len());
        }
    }
}

//! The findings for a spreadsheet: RFC 4180, a header, one row and one line a finding. No cell is ever a formula.

use super::json;
use super::phrase;
use super::plain::{printable, tame};
use crate::report::model::{Case, Finding, Report, Window};

/// What stands in a column.
type Cell = fn(&Finding, &Case) -> String;

/// The columns, in order: the name and what stands in it. Columns may be added at the end; none goes away.
const COLUMNS: [(&str, Cell); 32] = [
    ("rank", |finding, _| finding.rank.to_string()),
    ("id", |finding, _| finding.id.clone()),
    ("title", |finding, _| finding.title.clone()),
    ("kind", |finding, _| json::word(&finding.kind)),
    ("severity", |finding, _| phrase::severity(finding.severity).to_owned()),
    ("confidence", |finding, _| finding.confidence.to_string()),
    ("status", |finding, _| json::word(&finding.status)),
    ("device", |finding, _| known(&finding.device)),
    ("first_seen", |finding, _| known(&finding.first_seen)),
    ("last_seen", |finding, _| known(&finding.last_seen)),
    ("occurrences", |finding, _| finding.occurrences.to_string()),
    ("explained_by", |finding, _| known(&finding.explained_by)),
    ("explains", |finding, _| finding.explains.join(", ")),
    ("contributing_causes", |finding, _| finding.contributing_causes.join(", ")),
    ("affected", |finding, _| known(&finding.affected)),
    ("fixed_in", |finding, _| finding.fixed_in.join(", ")),
    ("artifact", |finding, _| finding.evidence.first().map(|first| first.artifact.clone()).unwrap_or_default()),
    ("line", |finding, _| number(finding.evidence.first().and_then(|first| first.line))),
    ("packet", |finding, _| number(finding.evidence.first().and_then(|first| first.packet))),
    ("excerpt", |finding, _| finding.evidence.first().map(|first| first.excerpt.clone()).unwrap_or_default()),
    ("summary", |finding, _| finding.summary.clone()),
    ("remedy", |finding, _| steps(&finding.remedy)),
    ("workaround", |finding, _| steps(&finding.workaround)),
    ("collect_next", |finding, _| steps(&finding.collect_next)),
    ("references", |finding, _| finding.references.iter().map(|reference| reference.id.as_str()).collect::<Vec<_>>().join(", ")),
    ("fingerprint", |finding, _| finding.fingerprint.clone()),
    ("suppressed", |finding, _| finding.suppressed.as_ref().map(|suppressed| suppressed.reason.clone()).unwrap_or_default()),
    ("suppressed_until", |finding, _| finding.suppressed.as_ref().and_then(|suppressed| suppressed.until.clone()).unwrap_or_default()),
    ("baseline_state", |finding, _| finding.baseline_state.as_ref().map(json::word).unwrap_or_default()),
    ("window", |_, case| case.window.as_ref().map(interval).unwrap_or_default()),
    ("outside_window", |_, case| number(case.window.as_ref().map(|window| window.outside))),
    ("without_year", |finding, _| finding.without_year.as_ref().map(|days| format!("{}/{}", days.first, days.last)).unwrap_or_default()),
];

/// The findings as CSV: comma, CRLF, UTF-8 without a byte order mark.
pub fn csv(report: &Report) -> String {
    let mut text = String::new();
    row(&mut text, COLUMNS.iter().map(|(name, _)| (*name).to_owned()));
    for finding in &report.findings {
        row(&mut text, COLUMNS.iter().map(|(_, value)| value(finding, &report.case)));
    }
    text
}

fn known(value: &Option<String>) -> String {
    value.clone().unwrap_or_default()
}

fn number(value: Option<u64>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// `2021-06-29T00:00:00/..`, as ISO 8601-2 writes an interval of which one end is open.
pub(super) fn interval(window: &Window) -> String {
    let end = |end: &Option<String>| end.clone().unwrap_or_else(|| "..".to_owned());
    format!("{}/{}", end(&window.since), end(&window.until))
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

    #[test]
    fn a_window_stands_in_every_row() {
        let mut report = samples::rich();
        let cells = |report: &Report| {
            let rows = read(report);
            let at = |name: &str| rows[0].iter().position(|column| column == name).unwrap();
            rows.iter().skip(1).map(|row| (row[at("window")].clone(), row[at("outside_window")].clone())).collect::<Vec<_>>()
        };
        assert!(cells(&report).iter().all(|(window, outside)| window.is_empty() && outside.is_empty()));
        report.case.window = Some(Window { since: Some("2021-06-29T00:00:00".to_owned()), until: None, outside: 7 });
        assert!(cells(&report).iter().all(|cells| *cells == ("2021-06-29T00:00:00/..".to_owned(), "7".to_owned())));
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

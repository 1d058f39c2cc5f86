//! The report for programs. The format is [`crate::report::model`]; this only spells it.

use std::io::{self, Write};

use memchr::memchr;

use crate::report::model::Report;

/// The report as JSON: two blanks a level, one newline at the end. The same report gives the same bytes: keys stand
/// in the order of the types, maps in the order of their keys.
pub fn json(report: &Report) -> String {
    let mut text = Vec::new();
    // Writing to memory cannot fail, and what is written is UTF-8.
    let _ = write_json(report, &mut text);
    String::from_utf8(text).unwrap_or_default()
}

/// Writes the report as [`json`] spells it, piece by piece.
///
/// # Errors
/// Those of `out`.
pub fn write_json(report: &Report, out: impl Write) -> io::Result<()> {
    let mut out = Escaping(out);
    serde_json::to_writer_pretty(&mut out, report)?;
    out.0.write_all(b"\n")
}

/// U+2028 and U+2029 are legal in JSON and end a line in JavaScript and in many log viewers. They can only stand inside a string,
/// where the escape means the same, and are never written in parts: strings are written in pieces of whole characters.
struct Escaping<W>(W);

impl<W: Write> Write for Escaping<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes).map(|()| bytes.len())
    }

    fn write_all(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        let mut from = 0;
        // Most of what is written is marks and blanks.
        while bytes.len() >= 3
            && let Some(at) = bytes.get(from..).and_then(|rest| memchr(0xe2, rest)).map(|at| from + at)
        {
            let escape: &[u8] = match bytes.get(at..at + 3) {
                Some([_, 0x80, 0xa8]) => b"\\u2028",
                Some([_, 0x80, 0xa9]) => b"\\u2029",
                _ => {
                    from = at + 1;
                    continue;
                }
            };
            self.0.write_all(&bytes[..at])?;
            self.0.write_all(escape)?;
            (bytes, from) = (&bytes[at + 3..], 0);
        }
        self.0.write_all(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    #[test]
    fn reads_back_as_the_same_report() {
        for report in samples::all() {
            let text = json(&report);
            let read: Report = serde_json::from_str(&text).unwrap();
            assert_eq!(json(&read), text);
            assert!(text.starts_with("{\n  \"schema\": \"bundlescope/report/v1\",\n"));
            assert!(text.ends_with("}\n") && !text.ends_with("\n\n"));
        }
    }

    #[test]
    fn unknown_is_null_and_none_is_an_empty_list() {
        let value: serde_json::Value = serde_json::from_str(&json(&samples::empty())).unwrap();
        assert_eq!(value["findings"], serde_json::json!([]));
        assert_eq!(value["errors"], serde_json::json!([]));
        let value: serde_json::Value = serde_json::from_str(&json(&samples::healthy())).unwrap();
        assert!(value["findings"][0]["explained_by"].is_null());
        assert_eq!(value["findings"][0]["status"], "active");
        assert_eq!(value["findings"][0]["kind"], "state");
    }

    #[test]
    fn line_separators_are_escaped_and_mean_the_same() {
        let mut report = samples::empty();
        report.case.inputs = vec!["a\u{2028}b\u{2029}c…\u{202a}\u{2028}".to_owned()];
        let text = json(&report);
        assert!(text.contains("a\\u2028b\\u2029c…\u{202a}\\u2028\""));
        let read: Report = serde_json::from_str(&text).unwrap();
        assert_eq!(read.case.inputs, report.case.inputs);
    }
}

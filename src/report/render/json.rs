//! The report for programs. The format is [`crate::report::model`]; this only spells it.

use std::borrow::Cow;
use std::io::{self, Write};

use memchr::{memmem, memrchr};
use serde::Serialize;

use super::plain::with_brackets;
use crate::intake::escape;
use crate::report::model::Report;

/// The report as JSON: two blanks a level, one newline at the end. The same report gives the same bytes: keys stand
/// in the order of the types, maps in the order of their keys.
pub fn json(report: &Report) -> String {
    let mut text = pretty(report);
    text.push('\n');
    text
}

/// Writes the report as [`json`] spells it, piece by piece.
///
/// # Errors
/// Those of `out`.
pub fn write_json(report: &Report, out: impl Write) -> io::Result<()> {
    let mut out = Harmless { out, text: Vec::with_capacity(2 * CHUNK) };
    serde_json::to_writer_pretty(&mut out, report)?;
    out.text.push(b'\n');
    out.pass(out.text.len())
}

/// Bytes that are looked at together.
const CHUNK: usize = 64 * 1024;

/// Makes what goes through [`harmless`], whole lines at a time: no string holds a line end.
struct Harmless<W> {
    out: W,
    text: Vec<u8>,
}

impl<W: Write> Harmless<W> {
    /// Passes the first so many bytes on.
    fn pass(&mut self, length: usize) -> io::Result<()> {
        let text = self.text.get(..length).unwrap_or_default();
        if text.is_ascii() && memmem::find(text, b"##").is_none() {
            self.out.write_all(text)?;
        } else {
            self.out.write_all(harmless(String::from_utf8_lossy(text).into_owned()).as_bytes())?;
        }
        self.text.drain(..length);
        Ok(())
    }
}

impl<W: Write> Write for Harmless<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes).map(|()| bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.text.extend_from_slice(bytes);
        match self.text.len() {
            CHUNK.. => memrchr(b'\n', &self.text).map_or(Ok(()), |end| self.pass(end + 1)),
            _ => Ok(()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// A value on as many lines as it takes.
#[expect(clippy::expect_used, reason = "reports hold strings, numbers and maps with string keys; writing to memory cannot fail")]
pub(super) fn pretty(value: &impl Serialize) -> String {
    harmless(serde_json::to_string_pretty(value).expect("a report is always JSON"))
}

/// A value on one line.
#[expect(clippy::expect_used, reason = "reports hold strings, numbers and maps with string keys; writing to memory cannot fail")]
pub(super) fn compact(value: &impl Serialize) -> String {
    harmless(serde_json::to_string(value).expect("a report is always JSON"))
}

/// The word that an enumeration has in the JSON report.
pub(super) fn word(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Spells what other readers than JSON's would act on so that JSON's read the same: U+2028 and U+2029 end a line in
/// JavaScript and in many log viewers, other characters act on a terminal or hide, and some brackets begin a command in the log
/// of a build server. All this can only stand inside a string, where the escape means the same.
fn harmless(mut text: String) -> String {
    // Below U+0080 JSON itself escapes what acts; line ends are the page's own.
    let acts = |c: char| !c.is_ascii() && escape::is_unsafe(c);
    if text.contains(acts) {
        let mut safe = String::with_capacity(text.len() + 16);
        for c in text.chars() {
            if acts(c) {
                c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| safe.push_str(&format!("\\u{unit:04x}")));
            } else {
                safe.push(c);
            }
        }
        text = safe;
    }
    match with_brackets(&text, "\\u005b") {
        Cow::Owned(text) => text,
        Cow::Borrowed(_) => text,
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
            let mut written = Vec::new();
            write_json(&report, &mut written).unwrap();
            assert_eq!(written, text.as_bytes());
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
    fn what_others_act_on_is_escaped_and_means_the_same() {
        let mut report = samples::empty();
        report.case.inputs = vec!["a\u{2028}b\u{2029}c ##[error]d \u{9b}\u{202e}\u{e0041}".to_owned()];
        let text = json(&report);
        assert!(text.contains("a\\u2028b\\u2029c ##\\u005berror]d \\u009b\\u202e\\udb40\\udc41"), "{text}");
        let mut written = Vec::new();
        write_json(&report, &mut written).unwrap();
        assert_eq!(written, text.as_bytes());
        let read: Report = serde_json::from_str(&text).unwrap();
        assert_eq!(read.case.inputs, report.case.inputs);
    }
}

//! The report for programs. The format is [`crate::report::model`]; this only spells it.

use crate::report::model::Report;

/// The report as JSON: two blanks a level, one newline at the end. The same report gives the same bytes: keys stand
/// in the order of the types, maps in the order of their keys.
pub fn json(report: &Report) -> String {
    let mut text = spell(report);
    // U+2028 and U+2029 are legal in JSON and end a line in JavaScript and in many log viewers. They can only stand
    // inside a string, where the escape means the same.
    if text.contains(['\u{2028}', '\u{2029}']) {
        text = text.replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029");
    }
    text.push('\n');
    text
}

#[expect(clippy::expect_used, reason = "the report holds strings, numbers and maps with string keys; writing to memory cannot fail")]
fn spell(report: &Report) -> String {
    serde_json::to_string_pretty(report).expect("a report is always JSON")
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
        report.case.inputs = vec!["a\u{2028}b\u{2029}c".to_owned()];
        let text = json(&report);
        assert!(text.contains("a\\u2028b\\u2029c"));
        let read: Report = serde_json::from_str(&text).unwrap();
        assert_eq!(read.case.inputs, report.case.inputs);
    }
}

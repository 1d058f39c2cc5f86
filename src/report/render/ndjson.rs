//! The report a line at a time, for programs that read as they go. Each line is one JSON object with a `type`; the other
//! keys are those of [`crate::report::model`]. The last line is the summary, so a reader knows when it has seen all.

use schemars::JsonSchema;
use serde::Serialize;

use super::json::compact;
use super::standing::Standing;
use crate::report::model::{Artifact, Case, Device, Error, Finding, Missing, Report, Severity, Tool, Unexplained};

/// The name and version of this format.
pub const SCHEMA: &str = "bundlescope/ndjson/v1";

/// One line: schema `bundlescope/ndjson/v1`. The lines come in the order of the variants.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Record<'a> {
    /// The first line: what was read, and by what.
    Case {
        /// Always `bundlescope/ndjson/v1`.
        schema: &'a str,
        /// What made the report.
        tool: &'a Tool,
        /// What was read.
        #[serde(flatten)]
        case: &'a Case,
    },
    /// A device, by id.
    Device(&'a Device),
    /// A finding, best first.
    Finding(&'a Finding),
    /// What would settle open questions, by device, the most useful first.
    Missing(&'a Missing),
    /// Licensing lines of logs that no rule accounts for, the rarest first.
    Unexplained(&'a Unexplained),
    /// An artifact, by path.
    Artifact(&'a Artifact),
    /// What could not be read, or not whole, by path.
    Error(&'a Error),
    /// The last line: how many lines of each type there were, and what they come to.
    Summary(Summary),
}

/// What the lines come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Summary {
    /// Devices.
    pub devices: usize,
    /// Findings, those that are over, harmless or suppressed included.
    pub findings: usize,
    /// Findings that are problems: not over, harmless, suppressed or known to the baseline.
    pub problems: usize,
    /// The worst severity among these; `null` where there is none.
    pub worst: Option<Severity>,
    /// Things to collect.
    pub missing: usize,
    /// Forms of lines that no rule accounts for.
    pub unexplained: usize,
    /// Artifacts.
    pub artifacts: usize,
    /// What could not be read, or not whole.
    pub errors: usize,
}

/// The records of a report, in order.
fn records(report: &Report) -> impl Iterator<Item = Record<'_>> {
    let Report { schema: _, tool, case, devices, findings, missing, unexplained, artifacts, errors } = report;
    let problems = || findings.iter().filter(|finding| Standing::of(finding) == Standing::Problem);
    let summary = Summary {
        devices: devices.len(),
        findings: findings.len(),
        problems: problems().count(),
        worst: problems().map(|finding| finding.severity).max(),
        missing: missing.len(),
        unexplained: unexplained.len(),
        artifacts: artifacts.len(),
        errors: errors.len(),
    };
    std::iter::once(Record::Case { schema: SCHEMA, tool, case })
        .chain(devices.iter().map(Record::Device))
        .chain(findings.iter().map(Record::Finding))
        .chain(missing.iter().map(Record::Missing))
        .chain(unexplained.iter().map(Record::Unexplained))
        .chain(artifacts.iter().map(Record::Artifact))
        .chain(errors.iter().map(Record::Error))
        .chain([Record::Summary(summary)])
}

/// The report as one JSON object a line.
pub fn ndjson(report: &Report) -> String {
    let mut text = String::new();
    for record in records(report) {
        text.push_str(&compact(&record));
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::render::json;
    use crate::report::samples;
    use serde_json::Value;

    fn lines(report: &Report) -> Vec<Value> {
        ndjson(report).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Every list of the JSON report comes back from the lines of its type, key by key and in the same order.
    #[test]
    fn the_lines_hold_what_the_json_report_holds() {
        for report in samples::all() {
            let whole: Value = serde_json::from_str(&json(&report)).unwrap();
            let lines = lines(&report);
            for (list, kind) in [
                ("devices", "device"),
                ("findings", "finding"),
                ("missing", "missing"),
                ("unexplained", "unexplained"),
                ("artifacts", "artifact"),
                ("errors", "error"),
            ] {
                let of_kind = lines.iter().filter(|line| line["type"] == kind).cloned();
                let back: Vec<Value> = of_kind
                    .map(|mut line| {
                        line.as_object_mut().unwrap().remove("type");
                        line
                    })
                    .collect();
                assert_eq!(Value::Array(back), whole[list], "{list}");
                assert_eq!(lines.last().unwrap()[list], whole[list].as_array().unwrap().len(), "{list}");
            }
            let mut case = lines[0].clone();
            assert_eq!(case["tool"], whole["tool"]);
            case.as_object_mut().unwrap().retain(|key, _| whole["case"].get(key).is_some());
            assert_eq!(case, whole["case"]);
        }
    }

    #[test]
    fn the_last_line_sums_up() {
        let summary = |report: &Report| lines(report).pop().unwrap();
        assert_eq!(summary(&samples::rich())["type"], "summary");
        assert_eq!(summary(&samples::rich())["problems"], 4);
        assert_eq!(summary(&samples::rich())["worst"], "critical");
        assert!(summary(&samples::healthy())["worst"].is_null());
    }
}

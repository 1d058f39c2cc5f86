//! The report for build servers that show test results: a suite a device, a case a diagnosis. A problem fails; what
//! could not be decided is skipped with the reason; what is harmless or over passes.

mod xml;

use std::collections::BTreeMap;

use self::xml::Xml;
use super::naming::Names;
use super::phrase::{baseline, how_bad, place, seen, severity, suppression};
use super::standing::{Standing, Undecided, undecided};
use super::steps::lines_of;
use super::verdict::counted;
use crate::report::model::{Device, Error, Evidence, Finding, Report};
use crate::rules::translation::Words;

/// The report as JUnit XML.
pub fn junit(report: &Report, words: Words<'_>) -> String {
    let names = Names::of(report, words);
    let suites = suites(report, &names, words);
    let total = |of: fn(&Outcome) -> bool| suites.iter().map(|suite| suite.count(of)).sum::<usize>().to_string();
    let mut xml = Xml::new();
    xml.open(
        "testsuites",
        &[
            ("name", report.tool.name.as_str()),
            ("tests", &total(|_| true)),
            ("failures", &total(Outcome::is_failure)),
            ("errors", &total(Outcome::is_error)),
            ("skipped", &total(Outcome::is_skipped)),
        ],
    );
    for suite in &suites {
        suite.write(&mut xml);
    }
    xml.finish()
}

/// What became of a case.
enum Outcome {
    /// With lines that say what was seen all the same.
    Passed(Vec<String>),
    Failed {
        message: String,
        severity: &'static str,
        body: Vec<String>,
    },
    Skipped(String),
    Error(String),
}

impl Outcome {
    fn is_failure(&self) -> bool {
        matches!(self, Self::Failed { .. })
    }

    fn is_error(&self) -> bool {
        matches!(self, Self::Error(_))
    }

    fn is_skipped(&self) -> bool {
        matches!(self, Self::Skipped(_))
    }
}

struct Case {
    name: String,
    class: String,
    outcome: Outcome,
}

struct Suite {
    name: String,
    properties: Vec<(&'static str, String)>,
    cases: Vec<Case>,
}

impl Suite {
    fn count(&self, of: fn(&Outcome) -> bool) -> usize {
        self.cases.iter().filter(|case| of(&case.outcome)).count()
    }

    fn write(&self, xml: &mut Xml) {
        let count = |of: fn(&Outcome) -> bool| self.count(of).to_string();
        let attributes = [
            ("name", self.name.clone()),
            ("tests", count(|_| true)),
            ("failures", count(Outcome::is_failure)),
            ("errors", count(Outcome::is_error)),
            ("skipped", count(Outcome::is_skipped)),
        ];
        xml.open("testsuite", &attributes.each_ref().map(|(name, value)| (*name, value.as_str())));
        if !self.properties.is_empty() {
            xml.open("properties", &[]);
            for (name, value) in &self.properties {
                xml.empty("property", &[("name", name), ("value", value)]);
            }
            xml.close();
        }
        for case in &self.cases {
            case.write(xml);
        }
        xml.close();
    }
}

impl Case {
    fn write(&self, xml: &mut Xml) {
        let attributes = [("name", self.name.as_str()), ("classname", self.class.as_str())];
        match &self.outcome {
            Outcome::Passed(seen) if seen.is_empty() => return xml.empty("testcase", &attributes),
            _ => xml.open("testcase", &attributes),
        }
        match &self.outcome {
            Outcome::Passed(seen) => xml.text("system-out", &[], seen),
            Outcome::Failed { message, severity, body } => xml.text("failure", &[("message", message), ("type", severity)], body),
            Outcome::Skipped(reason) => xml.empty("skipped", &[("message", reason)]),
            Outcome::Error(message) => xml.empty("error", &[("message", message), ("type", "unreadable")]),
        }
        xml.close();
    }
}

/// A suite for each device, in the order of the report, then one for what belongs to none and one for what was not read.
fn suites(report: &Report, names: &Names<'_>, words: Words<'_>) -> Vec<Suite> {
    let mut cases: BTreeMap<Option<&str>, Vec<Case>> = BTreeMap::new();
    for finding in &report.findings {
        cases.entry(finding.device.as_deref()).or_default().push(of_finding(finding, words));
    }
    for open in undecided(report) {
        cases.entry(open.device).or_default().push(of_undecided(&open, words));
    }
    let mut suites = Vec::new();
    for device in &report.devices {
        let name = names.name(Some(&device.id)).into_owned();
        let cases = cases.remove(&Some(device.id.as_str())).unwrap_or_else(|| vec![no_findings(report, words)]);
        suites.push(Suite { name, properties: properties(device), cases });
    }
    for (device, cases) in cases {
        let name = device.map_or_else(|| "no device known".to_owned(), |id| names.name(Some(id)).into_owned());
        suites.push(Suite { name, properties: Vec::new(), cases });
    }
    // What could not be read at all is no pass.
    if suites.is_empty() && !report.nothing_read() {
        suites.push(Suite { name: "case".to_owned(), properties: Vec::new(), cases: vec![no_findings(report, words)] });
    }
    if !report.errors.is_empty() {
        let cases = report.errors.iter().map(|error| of_error(report, error)).collect();
        suites.push(Suite { name: "not read, or not whole".to_owned(), properties: Vec::new(), cases });
    }
    // A reader of one suite alone is not to take it for the whole time.
    if let Some(window) = &report.case.window {
        let sentence = counted(words, window);
        suites.iter_mut().for_each(|suite| suite.properties.push(("window", sentence.clone())));
    }
    suites
}

/// What is known of a device.
fn properties(device: &Device) -> Vec<(&'static str, String)> {
    let known =
        [("platform", &device.platform), ("product_id", &device.product_id), ("version", &device.version), ("serial", &device.serial)];
    known.into_iter().filter_map(|(name, value)| Some((name, value.clone()?))).collect()
}

/// A file without any case is taken for a broken run by many readers.
fn no_findings(report: &Report, words: Words<'_>) -> Case {
    let class = report.case.inputs.first().cloned().unwrap_or_default();
    let window = report.case.window.iter().map(|window| counted(words, window));
    Case { name: "no findings".to_owned(), class, outcome: Outcome::Passed(window.collect()) }
}

fn of_finding(finding: &Finding, words: Words<'_>) -> Case {
    let outcome = match Standing::of(finding) {
        Standing::Suppressed => {
            let reason = finding.suppressed.as_ref().map(|suppressed| suppression(words, suppressed)).unwrap_or_default();
            Outcome::Skipped(words.fill("Suppressed: {}", &[&reason]))
        }
        Standing::Known => {
            let state = finding.baseline_state.map(baseline).unwrap_or_default();
            Outcome::Skipped(words.fill("Baseline: {}", &[words.say(state)]))
        }
        Standing::Problem => {
            Outcome::Failed { message: message(finding, words), severity: severity(finding.severity), body: body(finding, words) }
        }
        Standing::Over | Standing::Harmless | Standing::NotApplicable => {
            let quotes = finding.evidence.iter().flat_map(|evidence| quoted(evidence, words));
            Outcome::Passed([message(finding, words)].into_iter().chain(quotes).collect())
        }
    };
    let class = finding.evidence.first().map(|first| first.artifact.clone()).unwrap_or_default();
    Case { name: finding.id.clone(), class, outcome }
}

fn of_undecided(open: &Undecided<'_>, words: Words<'_>) -> Case {
    Case { name: open.id.to_owned(), class: "undecided".to_owned(), outcome: Outcome::Skipped(open.reason(words)) }
}

/// One unreadable file among readable ones fails nothing; nothing read at all is no result.
fn of_error(report: &Report, error: &Error) -> Case {
    let message = format!("{}: {}", error.kind.replace('_', " "), error.message);
    let outcome = if report.nothing_read() { Outcome::Error(message) } else { Outcome::Skipped(message) };
    let class = if error.artifact.is_empty() { "case".to_owned() } else { error.artifact.clone() };
    Case { name: error.kind.replace('_', " "), class, outcome }
}

fn message(finding: &Finding, words: Words<'_>) -> String {
    let text = words.fill("{} ({})", &[&finding.title, &how_bad(words, finding)]);
    match &finding.explained_by {
        Some(cause) => format!("{text}{}{}", words.say("; "), words.fill("explained by {}", &[cause])),
        None => text,
    }
}

fn body(finding: &Finding, words: Words<'_>) -> Vec<String> {
    let mut lines = vec![seen(words, finding, str::to_owned)];
    for (heading, evidence) in [(words.say("Why"), &finding.evidence), (words.say("Against"), &finding.contradictions)] {
        if !evidence.is_empty() {
            lines.extend([String::new(), heading.to_owned()]);
            lines.extend(evidence.iter().flat_map(|evidence| quoted(evidence, words)));
        }
    }
    for (heading, steps) in [(words.say("Do"), &finding.remedy), (words.say("Until then"), &finding.workaround)] {
        if !steps.is_empty() {
            lines.extend([String::new(), heading.to_owned()]);
            lines.extend(steps.iter().flat_map(|step| lines_of(step)).map(|(_, line)| format!("  {}", line.trim_end())));
        }
    }
    lines
}

fn quoted(evidence: &Evidence, words: Words<'_>) -> [String; 2] {
    [format!("  {}: {}", words.say(&evidence.weight), evidence.excerpt), format!("    {}", place(evidence))]
}

#[cfg(test)]
mod tests;

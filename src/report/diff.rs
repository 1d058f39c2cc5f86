//! Two reports side by side: schema `bundlescope/diff/v1`. A finding is the same one where its fingerprint is.

use std::collections::HashSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::earlier::{Earlier, Known};
use super::model::{Kind, Severity, Status, Window};

/// The name and version of this format.
pub const SCHEMA: &str = "bundlescope/diff/v1";

/// From this difference on a confidence has changed.
const MUCH: f64 = 0.1;

/// How two cases differ.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Diff {
    /// Always `bundlescope/diff/v1`.
    pub schema: String,
    /// What made the comparison.
    pub tool: Tool,
    /// The first of the two.
    pub old: Side,
    /// The second.
    pub new: Side,
    /// How many of each.
    pub summary: Summary,
    /// The findings of both: the new ones, the changed, the gone, then those that are as they were; each in the order of their report.
    pub findings: Vec<Entry>,
}

/// What made the comparison.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Tool {
    /// Always `bundlescope`.
    pub name: String,
    /// Version of the program.
    pub version: String,
}

/// One of the two.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Side {
    /// As the user named it.
    pub name: String,
    /// A report was read, or a case diagnosed.
    pub source: Source,
    /// The inputs of the case; `null` where a report does not say.
    pub inputs: Option<Vec<String>>,
    /// Digest of the rules that were in force; `null` where a report does not say. Where the two differ, so may the findings.
    pub rules: Option<String>,
    /// Devices of the case, by id; `null` where a report does not say.
    pub devices: Option<Vec<String>>,
    /// The time that counted; `null` where all did, or a report does not say.
    #[serde(default)]
    pub window: Option<Window>,
}

/// Where a side comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// A case that was diagnosed now.
    Case,
    /// A JSON report.
    Report,
}

/// How many findings of each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// Only in the new one.
    pub new: usize,
    /// In both, and not as it was.
    pub changed: usize,
    /// Only in the old one.
    pub gone: usize,
    /// In both, and as it was.
    pub unchanged: usize,
}

/// What became of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// Only in the new one.
    New,
    /// In both, and not as it was.
    Changed,
    /// Only in the old one.
    Gone,
    /// In both, and as it was.
    Unchanged,
}

impl Change {
    /// The word of the format.
    pub const fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Changed => "changed",
            Self::Gone => "gone",
            Self::Unchanged => "unchanged",
        }
    }
}

/// One finding of either.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Entry {
    /// What became of it.
    pub change: Change,
    /// What makes it the same finding in both.
    pub fingerprint: String,
    /// Id of the diagnosis; `null` where a report does not say.
    pub id: Option<String>,
    /// What is wrong, in one line; the words of the new one.
    pub title: Option<String>,
    /// Kind of diagnosis.
    pub kind: Option<Kind>,
    /// Id of the device; `null` where it is not known.
    pub device: Option<String>,
    /// Of what is new or gone: whether the other case holds the device at all; what is gone with its device is not cured. `null`
    /// where nobody knows, and for what is in both.
    pub device_in_other: Option<bool>,
    /// Whether a suppression silences it.
    pub suppressed: bool,
    /// What of it differs, in this order: `status`, `severity`, `confidence` (by at least 0.1).
    pub differs: Vec<String>,
    /// How it was; `null` for what is new.
    pub old: Option<State>,
    /// How it is; `null` for what is gone.
    pub new: Option<State>,
}

/// How a finding stood in one of the two. `null` where a report does not say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct State {
    /// How bad it is.
    pub severity: Option<Severity>,
    /// Probability, 0 to 1.
    pub confidence: Option<f64>,
    /// Whether it still holds.
    pub status: Option<Status>,
    /// Time of the first evidence.
    pub first_seen: Option<String>,
    /// Time of the last evidence.
    pub last_seen: Option<String>,
}

impl Entry {
    /// How it stands: in the new one, else in the old one.
    pub fn state(&self) -> Option<&State> {
        self.new.as_ref().or(self.old.as_ref())
    }

    /// Whether a gate counts it: it is new, at least that severe and not over, is no behaviour that only looks like a fault, and
    /// no suppression silences it.
    pub fn counts(&self, at_least: Severity) -> bool {
        let severe = |state: &State| state.severity.is_none_or(|severity| severity >= at_least) && state.status != Some(Status::Resolved);
        let healthy = self.kind == Some(Kind::State) && self.new.as_ref().is_some_and(|state| state.severity == Some(Severity::Info));
        let fault = self.kind != Some(Kind::Expected) && !healthy;
        self.change == Change::New && fault && !self.suppressed && self.new.as_ref().is_some_and(severe)
    }
}

/// Compares two cases. Each comes with its name and where it is from.
pub fn compare(old: (&str, Source, &Earlier), new: (&str, Source, &Earlier)) -> Diff {
    let (before, after) = (old.2, new.2);
    let mut matched = HashSet::new();
    let mut findings = Vec::new();
    for (finding, partner) in after.findings.iter().zip(after.partners(before)) {
        let partner = partner.and_then(|at| Some((at, before.findings.get(at)?)));
        matched.extend(partner.map(|(at, _)| at));
        let differs = partner.map(|(_, partner)| differences(partner, finding)).unwrap_or_default();
        let change = match partner {
            None => Change::New,
            Some(_) if differs.is_empty() => Change::Unchanged,
            Some(_) => Change::Changed,
        };
        let entry = entry(change, finding, before);
        findings.push(Entry { differs, old: partner.map(|(_, partner)| state(partner)), new: Some(state(finding)), ..entry });
    }
    for (_, finding) in before.findings.iter().enumerate().filter(|(at, _)| !matched.contains(at)) {
        findings.push(Entry { old: Some(state(finding)), ..entry(Change::Gone, finding, after) });
    }
    // Stable: within a kind of change the order of the report stays.
    findings.sort_by_key(|entry| entry.change);
    let count = |change| findings.iter().filter(|entry| entry.change == change).count();
    Diff {
        schema: SCHEMA.to_owned(),
        tool: Tool { name: "bundlescope".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
        old: side(old),
        new: side(new),
        summary: Summary {
            new: count(Change::New),
            changed: count(Change::Changed),
            gone: count(Change::Gone),
            unchanged: count(Change::Unchanged),
        },
        findings,
    }
}

/// What of a finding is not as it was. What one of the two does not say does not differ.
pub(super) fn differences(old: &Known, new: &Known) -> Vec<String> {
    fn both<T: PartialEq>(old: Option<T>, new: Option<T>) -> bool {
        old.zip(new).is_some_and(|(old, new)| old != new)
    }
    // Whole thousandths: what was written as 0.8 and 0.9 differs by 0.1.
    let thousandths = |p: f64| (p * 1000.0).round();
    let confidence = old.confidence.zip(new.confidence).is_some_and(|(a, b)| (thousandths(a) - thousandths(b)).abs() >= MUCH * 1000.0);
    let differs = [("status", both(old.status, new.status)), ("severity", both(old.severity, new.severity)), ("confidence", confidence)];
    differs.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name.to_owned()).collect()
}

fn entry(change: Change, finding: &Known, other: &Earlier) -> Entry {
    let alone = matches!(change, Change::New | Change::Gone);
    let there = |device: &String| Some(other.devices.as_ref()?.iter().any(|other| other.eq_ignore_ascii_case(device)));
    Entry {
        change,
        fingerprint: finding.fingerprint.clone(),
        id: finding.id.clone(),
        title: finding.title.clone(),
        kind: finding.kind,
        device: finding.device.clone(),
        device_in_other: finding.device.as_ref().filter(|_| alone).and_then(there),
        suppressed: finding.suppressed,
        differs: Vec::new(),
        old: None,
        new: None,
    }
}

fn state(finding: &Known) -> State {
    State {
        severity: finding.severity,
        confidence: finding.confidence,
        status: finding.status,
        first_seen: finding.first_seen.clone(),
        last_seen: finding.last_seen.clone(),
    }
}

fn side((name, source, earlier): (&str, Source, &Earlier)) -> Side {
    let Earlier { inputs, rules, devices, window, .. } = earlier.clone();
    Side { name: name.to_owned(), source, inputs, rules, devices, window }
}

#[cfg(test)]
mod tests;

//! The report as SARIF 2.1.0, for code scanning and for viewers: a rule a diagnosis, a result a finding, an open result for
//! what could not be decided, a notification for what could not be read.

mod artifacts;
mod log;
mod results;
mod rules;
mod timeline;

use std::collections::{BTreeMap, BTreeSet};

use self::artifacts::Artifacts;
use self::log::{
    AutomationDetails, DescriptorReference, Driver, DriverProperties, Invocation, Level, Location, Log, Message, Notification,
    NotificationDescriptor, PhysicalLocation, Run, RunProperties, Tool,
};
use super::json::pretty;
use super::phrase::left_out;
use super::standing::undecided;
use super::verdict::counted;
use crate::report::model::Report;
use crate::rules::translation::Words;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The report as SARIF.
pub fn sarif(report: &Report, words: Words<'_>) -> String {
    let open = undecided(report);
    let mut artifacts = Artifacts::of(report);
    let (rules, rule_places) = rules::rules(report, &open, words);
    let results = results::results(report, &open, &rule_places, &mut artifacts, words);
    let kinds: BTreeSet<&str> = report.errors.iter().map(|error| error.kind.as_str()).collect();
    let notifications = notifications(report, &kinds, &mut artifacts, words);
    let (artifacts, original_uri_base_ids) = artifacts.finish();
    let log = Log {
        version: "2.1.0",
        schema: SCHEMA,
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: &report.tool.name,
                    full_name: format!("{} {}", report.tool.name, report.tool.version),
                    version: &report.tool.version,
                    semantic_version: &report.tool.version,
                    information_uri: Some(env!("CARGO_PKG_REPOSITORY")).filter(|uri| !uri.is_empty()),
                    rules,
                    notifications: kinds.iter().map(|kind| descriptor(kind)).collect(),
                    properties: DriverProperties { rules: &report.tool.rules },
                },
            },
            invocations: [Invocation {
                // Single artifacts that could not be read are notified; nothing read at all is a failure.
                execution_successful: !report.nothing_read(),
                tool_execution_notifications: notifications,
            }],
            automation_details: AutomationDetails { id: format!("{}/{}/", report.tool.name, report.case.inputs.join(",")) },
            original_uri_base_ids,
            artifacts,
            results,
            column_kind: "unicodeCodePoints",
            redaction_tokens: masks(report),
            properties: RunProperties { case: &report.case },
        }],
    };
    let mut text = pretty(&log);
    text.push('\n');
    text
}

fn descriptor(kind: &str) -> NotificationDescriptor<'_> {
    NotificationDescriptor { id: kind, short_description: plain(format!("Not read, or not whole: {}.", kind.replace('_', " "))) }
}

fn notifications(report: &Report, kinds: &BTreeSet<&str>, artifacts: &mut Artifacts<'_>, words: Words<'_>) -> Vec<Notification> {
    let places: BTreeMap<&str, usize> = kinds.iter().copied().zip(0..).collect();
    let mut notifications: Vec<Notification> = report
        .errors
        .iter()
        .map(|error| {
            let location = artifacts.location(&error.artifact).map(|artifact_location| Location {
                physical_location: Some(PhysicalLocation { artifact_location, region: None }),
                ..Location::default()
            });
            let reference = places.get(error.kind.as_str()).map(|index| DescriptorReference { id: error.kind.clone(), index: *index });
            Notification {
                level: Level::Warning,
                message: plain(format!("{}: {}", error.artifact, error.message)),
                descriptor: reference,
                locations: location.into_iter().collect(),
            }
        })
        .collect();
    let left_out = Some(report.case.below_threshold).filter(|count| *count > 0).map(|count| left_out(words, count));
    let window = report.case.window.as_ref().map(|window| counted(words, window));
    let note = |text| Notification { level: Level::Note, message: plain(text), descriptor: None, locations: Vec::new() };
    notifications.extend(window.into_iter().chain(left_out).map(note));
    notifications
}

/// A message in plain text. What viewers take for a link in it is parted.
fn plain(text: String) -> Message {
    let text = if text.contains("](") { text.replace("](", "] (") } else { text };
    Message { text, markdown: None }
}

/// What stands in quotes in place of secrets.
fn masks(report: &Report) -> Vec<String> {
    let mut found = BTreeSet::new();
    let evidence = report.findings.iter().flat_map(|finding| finding.evidence.iter().chain(&finding.contradictions));
    for excerpt in evidence.map(|evidence| &evidence.excerpt) {
        for (at, _) in excerpt.match_indices("<masked:") {
            let rest = excerpt.get(at..).unwrap_or_default();
            let end = rest.find(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '<' | ':' | '-')));
            if let Some(mask) =
                end.filter(|end| rest.get(*end..).is_some_and(|rest| rest.starts_with('>'))).and_then(|end| rest.get(..=end))
            {
                found.insert(mask.to_owned());
            }
        }
    }
    found.into_iter().collect()
}

#[cfg(test)]
mod tests;

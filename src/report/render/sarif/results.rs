//! Findings and open questions as SARIF results.

use std::collections::BTreeMap;

use super::artifacts::Artifacts;
use super::log::{
    FindingProperties, Level, Location, LocationProperties, LogicalLocation, Message, PhysicalLocation, Region, ResultKind,
    ResultProperties, SarifResult, Snippet, Suppression,
};
use super::rules::{Places, in_markdown, level, sentence};
use super::{plain, timeline};
use crate::report::fingerprint::fingerprint;
use crate::report::model::{Evidence, Finding, Report};
use crate::report::render::markdown::text::steps;
use crate::report::render::phrase::{percent, place, severity, status};
use crate::report::render::standing::{Standing, Undecided};

/// Below this probability a finding is more likely wrong than right, and somebody has to look.
const EVEN: f64 = 0.5;

/// The findings in rank order, then what could not be decided.
pub(super) fn results<'a>(
    report: &'a Report,
    open: &[Undecided<'a>],
    rules: &Places<'a>,
    artifacts: &mut Artifacts<'a>,
) -> Vec<SarifResult<'a>> {
    // Readers want a place for every result.
    let input = report.case.inputs.first().map_or("-", String::as_str);
    let of_device = timeline::by_device(report);
    let findings = report.findings.iter().map(|finding| {
        let rule_index = rules.get(finding.id.as_str()).copied().unwrap_or_default();
        of_finding(finding, rule_index, input, timeline::related(finding, &of_device), artifacts)
    });
    let mut results: Vec<SarifResult<'a>> = findings.collect();
    results.extend(open.iter().map(|open| {
        let rule_index = rules.get(open.id).copied().unwrap_or_default();
        of_undecided(open, rule_index, input, artifacts)
    }));
    results
}

fn of_finding<'a>(
    finding: &'a Finding,
    rule_index: usize,
    input: &str,
    related: timeline::Related<'a>,
    artifacts: &mut Artifacts<'a>,
) -> SarifResult<'a> {
    let kind = kind(finding);
    let mut evidence = finding.evidence.iter();
    let mut first = match evidence.next() {
        Some(first) => location(first, artifacts),
        None => only_place(input, artifacts),
    };
    first.logical_locations = device(finding.device.as_deref());
    let related_locations = evidence
        .chain(&finding.contradictions)
        .zip(1..)
        .map(|(evidence, id)| Location { id: Some(id), ..location(evidence, artifacts) })
        .collect();
    SarifResult {
        rule_id: &finding.id,
        rule_index,
        kind,
        level: if kind == ResultKind::Fail { level(finding.severity) } else { Level::None },
        message: message(finding),
        locations: vec![first],
        related_locations,
        code_flows: timeline::code_flows(finding, &related, artifacts),
        rank: Some(finding.confidence * 100.0).filter(|rank| (0.0..=100.0).contains(rank)),
        occurrence_count: Some(finding.occurrences).filter(|count| *count > 0),
        partial_fingerprints: fingerprints(&finding.fingerprint),
        suppressions: finding.suppressed.iter().map(|reason| Suppression { kind: "external", justification: &reason.reason }).collect(),
        properties: ResultProperties::Finding(Box::new(FindingProperties {
            device: finding.device.as_deref(),
            kind: finding.kind,
            severity: finding.severity,
            confidence: finding.confidence,
            status: finding.status,
            first_seen: finding.first_seen.as_deref(),
            last_seen: finding.last_seen.as_deref(),
            explains: &finding.explains,
            explained_by: finding.explained_by.as_deref(),
            contributing_causes: &finding.contributing_causes,
            affected: finding.affected.as_deref(),
            fixed_in: &finding.fixed_in,
            collect_next: &finding.collect_next,
            notes: &finding.notes,
            score: &finding.score,
        })),
    }
}

fn of_undecided<'a>(open: &Undecided<'a>, rule_index: usize, input: &str, artifacts: &mut Artifacts<'a>) -> SarifResult<'a> {
    let mut place = only_place(input, artifacts);
    place.logical_locations = device(open.device);
    let identity = open.device.map(str::to_lowercase);
    SarifResult {
        rule_id: open.id,
        rule_index,
        kind: ResultKind::Open,
        level: Level::None,
        message: plain(open.reason()),
        locations: vec![place],
        related_locations: Vec::new(),
        code_flows: Vec::new(),
        rank: None,
        occurrence_count: None,
        partial_fingerprints: fingerprints(&fingerprint(open.id, identity.as_deref(), &[])),
        suppressions: Vec::new(),
        properties: ResultProperties::Undecided {
            device: open.device,
            collect_next: open.items.iter().map(|item| item.command.as_str()).collect(),
        },
    }
}

fn kind(finding: &Finding) -> ResultKind {
    match Standing::unless_suppressed(finding) {
        Standing::Problem | Standing::Suppressed if finding.confidence < EVEN => ResultKind::Review,
        Standing::Problem | Standing::Suppressed => ResultKind::Fail,
        Standing::Over | Standing::Harmless => ResultKind::Informational,
        Standing::NotApplicable => ResultKind::NotApplicable,
    }
}

/// The report's fingerprint: under a name of its own, and under the one that GitHub looks for.
fn fingerprints(fingerprint: &str) -> BTreeMap<&'static str, String> {
    BTreeMap::from([("bundlescopeFingerprint/v1", fingerprint.to_owned()), ("primaryLocationLineHash", fingerprint.to_owned())])
}

fn message(finding: &Finding) -> Message {
    let on = finding.device.as_deref().map(|device| format!(" on {device}")).unwrap_or_default();
    let mut text = sentence(&finding.title);
    text.push_str(&format!(" {} sure, {}, {}{on}.", percent(finding.confidence), severity(finding.severity), status(finding.status)));
    if let Some(cause) = &finding.explained_by {
        text.push_str(&format!(" Explained by {cause}."));
    }
    let mut markdown = format!(
        "{}: {} sure, {}, {}.\n",
        in_markdown(finding),
        percent(finding.confidence),
        severity(finding.severity),
        status(finding.status)
    );
    if !finding.remedy.is_empty() {
        markdown.push_str(&format!("\n{}", steps(&finding.remedy)));
    }
    Message { markdown: Some(markdown), ..plain(text) }
}

fn device(device: Option<&str>) -> Vec<LogicalLocation<'_>> {
    device.map(|device| LogicalLocation { fully_qualified_name: device, kind: "device" }).into_iter().collect()
}

fn only_place<'a>(path: &str, artifacts: &mut Artifacts<'a>) -> Location<'a> {
    let physical_location = artifacts.of_result(path).map(|artifact_location| PhysicalLocation { artifact_location, region: None });
    Location { physical_location, ..Location::default() }
}

/// Where evidence stands and what it says. A line is a region; a packet is none that SARIF knows.
pub(super) fn location<'a>(evidence: &'a Evidence, artifacts: &mut Artifacts<'a>) -> Location<'a> {
    let region =
        evidence.line.filter(|line| *line > 0).map(|start_line| Region { start_line, snippet: Snippet { text: evidence.excerpt.clone() } });
    let physical_location = artifacts.of_result(&evidence.artifact).map(|artifact_location| PhysicalLocation { artifact_location, region });
    Location {
        physical_location,
        message: Some(plain(format!("{}: {} ({})", evidence.weight, evidence.excerpt, place(evidence)))),
        properties: Some(LocationProperties {
            signal: &evidence.signal,
            weight: &evidence.weight,
            packet: evidence.packet,
            time: evidence.time.as_deref(),
            captures: &evidence.captures,
        }),
        ..Location::default()
    }
}

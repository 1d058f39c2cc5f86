//! Findings and open questions as SARIF results.

use std::collections::BTreeMap;

use super::artifacts::Artifacts;
use super::log::{
    FindingProperties, Level, Location, LocationProperties, LogicalLocation, Message, PhysicalLocation, Region, ResultKind,
    ResultProperties, SarifResult, Snippet, Suppression, SuppressionProperties,
};
use super::rules::{Places, in_markdown, level, sentence};
use super::{plain, timeline};
use crate::report::fingerprint::fingerprint;
use crate::report::model::{Evidence, Finding, Report, Suppressed};
use crate::report::render::json::word;
use crate::report::render::markdown::text::{prose, steps};
use crate::report::render::phrase::{how_bad, place};
use crate::report::render::standing::{Standing, Undecided};
use crate::rules::translation::Words;

/// Below this probability a finding is more likely wrong than right, and somebody has to look.
const EVEN: f64 = 0.5;

/// The findings in rank order, then what could not be decided.
pub(super) fn results<'a>(
    report: &'a Report,
    open: &[Undecided<'a>],
    rules: &Places<'a>,
    artifacts: &mut Artifacts<'a>,
    words: Words<'_>,
) -> Vec<SarifResult<'a>> {
    // Readers want a place for every result.
    let input = report.case.inputs.first().map_or("-", String::as_str);
    let of_device = timeline::by_device(report);
    let findings = report.findings.iter().map(|finding| {
        let rule_index = rules.get(finding.id.as_str()).copied().unwrap_or_default();
        of_finding(finding, rule_index, input, timeline::related(finding, &of_device), artifacts, words)
    });
    let mut results: Vec<SarifResult<'a>> = findings.collect();
    results.extend(open.iter().map(|open| {
        let rule_index = rules.get(open.id).copied().unwrap_or_default();
        of_undecided(open, rule_index, input, artifacts, words)
    }));
    results
}

fn of_finding<'a>(
    finding: &'a Finding,
    rule_index: usize,
    input: &str,
    related: timeline::Related<'a>,
    artifacts: &mut Artifacts<'a>,
    words: Words<'_>,
) -> SarifResult<'a> {
    let kind = kind(finding);
    let mut evidence = finding.evidence.iter();
    let mut first = match evidence.next() {
        Some(first) => location(first, artifacts, words),
        None => only_place(input, artifacts),
    };
    first.logical_locations = device(finding.device.as_deref());
    let related_locations = evidence
        .chain(&finding.contradictions)
        .zip(1..)
        .map(|(evidence, id)| Location { id: Some(id), ..location(evidence, artifacts, words) })
        .collect();
    SarifResult {
        rule_id: &finding.id,
        rule_index,
        kind,
        level: if kind == ResultKind::Fail { level(finding.severity) } else { Level::None },
        message: message(finding, words),
        locations: vec![first],
        related_locations,
        code_flows: timeline::code_flows(finding, &related, artifacts, words),
        rank: Some(finding.confidence * 100.0).filter(|rank| (0.0..=100.0).contains(rank)),
        occurrence_count: Some(finding.occurrences).filter(|count| *count > 0),
        partial_fingerprints: fingerprints(&finding.fingerprint),
        suppressions: finding.suppressed.iter().map(suppression).collect(),
        baseline_state: finding.baseline_state.as_ref().map(word),
        properties: ResultProperties::Finding(Box::new(FindingProperties {
            device: finding.device.as_deref(),
            kind: finding.kind,
            severity: finding.severity,
            confidence: finding.confidence,
            status: finding.status,
            first_seen: finding.first_seen.as_deref(),
            last_seen: finding.last_seen.as_deref(),
            without_year: finding.without_year.as_ref(),
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

fn of_undecided<'a>(
    open: &Undecided<'a>,
    rule_index: usize,
    input: &str,
    artifacts: &mut Artifacts<'a>,
    words: Words<'_>,
) -> SarifResult<'a> {
    let mut place = only_place(input, artifacts);
    place.logical_locations = device(open.device);
    let identity = open.device.map(str::to_lowercase);
    SarifResult {
        rule_id: open.id,
        rule_index,
        kind: ResultKind::Open,
        level: Level::None,
        message: plain(open.reason(words)),
        locations: vec![place],
        related_locations: Vec::new(),
        code_flows: Vec::new(),
        rank: None,
        occurrence_count: None,
        partial_fingerprints: fingerprints(&fingerprint(open.id, identity.as_deref(), &[])),
        suppressions: Vec::new(),
        baseline_state: None,
        properties: ResultProperties::Undecided {
            device: open.device,
            collect_next: open.items.iter().map(|item| item.command.as_str()).collect(),
        },
    }
}

fn suppression(suppressed: &Suppressed) -> Suppression<'_> {
    Suppression {
        kind: "external",
        justification: &suppressed.reason,
        properties: SuppressionProperties { until: suppressed.until.as_deref() },
    }
}

fn kind(finding: &Finding) -> ResultKind {
    match Standing::by_itself(finding) {
        // What silences a finding, or knew it before, is said beside its kind.
        Standing::Problem | Standing::Suppressed | Standing::Known if finding.confidence < EVEN => ResultKind::Review,
        Standing::Problem | Standing::Suppressed | Standing::Known => ResultKind::Fail,
        Standing::Over | Standing::Harmless => ResultKind::Informational,
        Standing::NotApplicable => ResultKind::NotApplicable,
    }
}

/// The report's fingerprint: under a name of its own, and under the one that GitHub looks for.
fn fingerprints(fingerprint: &str) -> BTreeMap<&'static str, String> {
    BTreeMap::from([("bundlescopeFingerprint/v1", fingerprint.to_owned()), ("primaryLocationLineHash", fingerprint.to_owned())])
}

fn message(finding: &Finding, words: Words<'_>) -> Message {
    let mut bad = how_bad(words, finding);
    if let Some(device) = finding.device.as_deref() {
        bad = words.fill("{} {}", &[&bad, &words.fill("on {}", &[device])]);
    }
    if let Some(cause) = &finding.explained_by {
        bad = format!("{bad}{}{}", words.say("; "), words.fill("explained by {}", &[cause]));
    }
    let text = format!("{} {}", sentence(&finding.title), words.fill("{}.", &[&bad]));
    let mut markdown = format!("{}: {}\n", in_markdown(finding), prose(&how_bad(words, finding)));
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
pub(super) fn location<'a>(evidence: &'a Evidence, artifacts: &mut Artifacts<'a>, words: Words<'_>) -> Location<'a> {
    let region =
        evidence.line.filter(|line| *line > 0).map(|start_line| Region { start_line, snippet: Snippet { text: evidence.excerpt.clone() } });
    let physical_location = artifacts.of_result(&evidence.artifact).map(|artifact_location| PhysicalLocation { artifact_location, region });
    Location {
        physical_location,
        message: Some(plain(format!("{}: {} ({})", words.say(&evidence.weight), evidence.excerpt, place(evidence)))),
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

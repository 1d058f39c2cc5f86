//! The parts of SARIF 2.1.0 that are written, by the names of the standard (OASIS, "SARIF Version 2.1.0 Plus Errata 01").
//! Keys of property bags are those of the JSON report.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::report::model::{Case, Kind, Severity, Status, Term, WithoutYear};

/// `sarifLog`, section 3.13.
#[derive(Serialize)]
pub(super) struct Log<'a> {
    pub(super) version: &'static str,
    #[serde(rename = "$schema")]
    pub(super) schema: &'static str,
    pub(super) runs: [Run<'a>; 1],
}

/// `run`, section 3.14.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Run<'a> {
    pub(super) tool: Tool<'a>,
    pub(super) invocations: [Invocation; 1],
    pub(super) automation_details: AutomationDetails,
    pub(super) original_uri_base_ids: BTreeMap<&'static str, BaseLocation>,
    pub(super) artifacts: Vec<Artifact<'a>>,
    pub(super) results: Vec<SarifResult<'a>>,
    pub(super) column_kind: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) redaction_tokens: Vec<String>,
    pub(super) properties: RunProperties<'a>,
}

#[derive(Serialize)]
pub(super) struct RunProperties<'a> {
    pub(super) case: &'a Case,
}

#[derive(Serialize)]
pub(super) struct AutomationDetails {
    pub(super) id: String,
}

/// A place that relative addresses start from. Which folder the program ran in is nobody's business, so that has no address.
#[derive(Serialize)]
pub(super) struct BaseLocation {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) uri: Option<&'static str>,
    pub(super) description: Message,
}

/// `tool`, section 3.18.
#[derive(Serialize)]
pub(super) struct Tool<'a> {
    pub(super) driver: Driver<'a>,
}

/// `toolComponent`, section 3.19.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Driver<'a> {
    pub(super) name: &'a str,
    pub(super) full_name: String,
    pub(super) version: &'a str,
    pub(super) semantic_version: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) information_uri: Option<&'static str>,
    pub(super) rules: Vec<Rule<'a>>,
    pub(super) notifications: Vec<NotificationDescriptor<'a>>,
    pub(super) properties: DriverProperties<'a>,
}

#[derive(Serialize)]
pub(super) struct DriverProperties<'a> {
    pub(super) rules: &'a crate::report::model::RuleSet,
}

/// `reportingDescriptor`, section 3.49, of a diagnosis.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Rule<'a> {
    pub(super) id: &'a str,
    pub(super) name: String,
    pub(super) short_description: Message,
    pub(super) full_description: Message,
    pub(super) help: Message,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) help_uri: Option<&'a str>,
    pub(super) default_configuration: Configuration,
    pub(super) properties: RuleProperties,
}

#[derive(Serialize)]
pub(super) struct Configuration {
    pub(super) level: Level,
}

#[derive(Serialize)]
pub(super) struct RuleProperties {
    pub(super) tags: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) precision: Option<&'static str>,
    #[serde(rename = "problem.severity")]
    pub(super) problem_severity: &'static str,
}

/// `reportingDescriptor` of a kind of trouble.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NotificationDescriptor<'a> {
    pub(super) id: &'a str,
    pub(super) short_description: Message,
}

/// `level`, section 3.27.10.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Level {
    None,
    Note,
    Warning,
    Error,
}

/// `kind`, section 3.27.9.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum ResultKind {
    Fail,
    Review,
    Open,
    Informational,
    NotApplicable,
}

/// `message`, section 3.11, or `multiformatMessageString`, section 3.12.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Message {
    pub(super) text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) markdown: Option<String>,
}

/// `invocation`, section 3.20.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Invocation {
    pub(super) execution_successful: bool,
    pub(super) tool_execution_notifications: Vec<Notification>,
}

/// `notification`, section 3.58.
#[derive(Serialize)]
pub(super) struct Notification {
    pub(super) level: Level,
    pub(super) message: Message,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) descriptor: Option<DescriptorReference>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) locations: Vec<Location<'static>>,
}

#[derive(Serialize)]
pub(super) struct DescriptorReference {
    pub(super) id: String,
    pub(super) index: usize,
}

/// `artifact`, section 3.24.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Artifact<'a> {
    pub(super) location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) parent_index: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) length: Option<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) roles: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) mime_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) encoding: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) properties: Option<ArtifactProperties<'a>>,
}

#[derive(Serialize)]
pub(super) struct ArtifactProperties<'a> {
    pub(super) path: &'a str,
    pub(super) format: &'a str,
    pub(super) lines: Option<u64>,
    pub(super) packets: Option<u64>,
    pub(super) device: Option<&'a str>,
    pub(super) first_time: Option<&'a str>,
    pub(super) last_time: Option<&'a str>,
}

/// `artifactLocation`, section 3.4.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ArtifactLocation {
    pub(super) uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) uri_base_id: Option<&'static str>,
    pub(super) index: usize,
}

/// `result`, section 3.27.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SarifResult<'a> {
    pub(super) rule_id: &'a str,
    pub(super) rule_index: usize,
    pub(super) kind: ResultKind,
    pub(super) level: Level,
    pub(super) message: Message,
    pub(super) locations: Vec<Location<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) related_locations: Vec<Location<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) code_flows: Vec<CodeFlow<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) rank: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) occurrence_count: Option<u64>,
    pub(super) partial_fingerprints: BTreeMap<&'static str, String>,
    pub(super) suppressions: Vec<Suppression<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) baseline_state: Option<String>,
    pub(super) properties: ResultProperties<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum ResultProperties<'a> {
    Finding(Box<FindingProperties<'a>>),
    Undecided { device: Option<&'a str>, collect_next: Vec<&'a str> },
}

#[derive(Serialize)]
pub(super) struct FindingProperties<'a> {
    pub(super) device: Option<&'a str>,
    pub(super) kind: Kind,
    pub(super) severity: Severity,
    pub(super) confidence: f64,
    pub(super) status: Status,
    pub(super) first_seen: Option<&'a str>,
    pub(super) last_seen: Option<&'a str>,
    /// Where no source states a year.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) without_year: Option<&'a WithoutYear>,
    pub(super) explains: &'a [String],
    pub(super) explained_by: Option<&'a str>,
    pub(super) contributing_causes: &'a [String],
    pub(super) affected: Option<&'a str>,
    pub(super) fixed_in: &'a [String],
    pub(super) collect_next: &'a [String],
    pub(super) notes: &'a [String],
    pub(super) score: &'a [Term],
}

/// `suppression`, section 3.35.
#[derive(Serialize)]
pub(super) struct Suppression<'a> {
    pub(super) kind: &'static str,
    pub(super) justification: &'a str,
    pub(super) properties: SuppressionProperties<'a>,
}

#[derive(Serialize)]
pub(super) struct SuppressionProperties<'a> {
    pub(super) until: Option<&'a str>,
}

/// `location`, section 3.28.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Location<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) physical_location: Option<PhysicalLocation>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) logical_locations: Vec<LogicalLocation<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) message: Option<Message>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) properties: Option<LocationProperties<'a>>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PhysicalLocation {
    pub(super) artifact_location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) region: Option<Region>,
}

/// `region`, section 3.30.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Region {
    pub(super) start_line: u64,
    pub(super) snippet: Snippet,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Snippet {
    pub(super) text: String,
}

/// `logicalLocation`, section 3.33: the device.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LogicalLocation<'a> {
    pub(super) fully_qualified_name: &'a str,
    pub(super) kind: &'static str,
}

/// What a place is evidence of.
#[derive(Clone, Debug, Serialize)]
pub(super) struct LocationProperties<'a> {
    pub(super) signal: &'a str,
    pub(super) weight: &'a str,
    pub(super) packet: Option<u64>,
    pub(super) time: Option<&'a str>,
    pub(super) captures: &'a BTreeMap<String, String>,
}

/// `codeFlow`, section 3.36.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CodeFlow<'a> {
    pub(super) message: Message,
    pub(super) thread_flows: Vec<ThreadFlow<'a>>,
}

/// `threadFlow`, section 3.37.
#[derive(Serialize)]
pub(super) struct ThreadFlow<'a> {
    pub(super) id: &'static str,
    pub(super) locations: Vec<ThreadFlowLocation<'a>>,
}

/// `threadFlowLocation`, section 3.38.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ThreadFlowLocation<'a> {
    pub(super) location: Location<'a>,
    pub(super) importance: &'static str,
    pub(super) nesting_level: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) execution_time_utc: Option<String>,
}

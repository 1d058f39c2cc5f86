//! The report as other programs read it: schema `bundlescope/report/v1`. These types are the format; nothing inside
//! the program serialises anything else. Unknown is `null`, none is `[]`, every list has a documented order, times
//! are RFC 3339 with the offset the source stated, or without one where it stated none.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The name and version of this format.
pub const SCHEMA: &str = "bundlescope/report/v1";

/// Everything that is said of one case.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// Always `bundlescope/report/v1`.
    pub schema: String,
    /// What made the report.
    pub tool: Tool,
    /// What was read.
    pub case: Case,
    /// The devices of the case, by id.
    pub devices: Vec<Device>,
    /// The findings, best first.
    pub findings: Vec<Finding>,
    /// What would settle open questions, by device, the most useful first.
    pub missing: Vec<Missing>,
    /// Licensing lines of logs that no rule accounts for, by form, the rarest first; at most 200 forms, the lines of more in one last entry.
    pub unexplained: Vec<Unexplained>,
    /// The artifacts, by path.
    pub artifacts: Vec<Artifact>,
    /// What could not be read, or not whole, by path.
    pub errors: Vec<Error>,
}

impl Report {
    /// Whether inputs could not be read, and of none there is as much as a part.
    pub fn nothing_read(&self) -> bool {
        let in_part = || self.artifacts.iter().any(|artifact| artifact.lines.or(artifact.packets).is_some_and(|read| read > 0));
        self.case.coverage.scanned == 0 && self.case.coverage.unreadable > 0 && !in_part()
    }

    /// Puts every time into the zone of that name, by `show`.
    pub fn show_times(&mut self, zone: &str, show: impl Fn(&str) -> String) {
        let put = |time: &mut String| *time = show(time);
        self.case.zone = Some(zone.to_owned());
        if let Some(window) = &mut self.case.window {
            window.since.iter_mut().chain(&mut window.until).for_each(put);
        }
        for finding in &mut self.findings {
            finding.first_seen.iter_mut().chain(&mut finding.last_seen).for_each(put);
            finding.evidence.iter_mut().chain(&mut finding.contradictions).filter_map(|one| one.time.as_mut()).for_each(put);
        }
        for device in &mut self.devices {
            device.history.iter_mut().flat_map(|moment| [&mut moment.first_time, &mut moment.last_time]).for_each(put);
            device.certificates.iter_mut().flat_map(|one| [&mut one.not_before, &mut one.not_after]).for_each(put);
        }
        for artifact in &mut self.artifacts {
            artifact.first_time.iter_mut().chain(&mut artifact.last_time).for_each(put);
            let started = artifact.capture.iter_mut().flat_map(|capture| &mut capture.conversations);
            started.filter_map(|one| one.start.as_mut()).for_each(put);
        }
    }
}

/// What made the report.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Tool {
    /// Always `bundlescope`.
    pub name: String,
    /// Version of the program.
    pub version: String,
    /// The rules that were in force.
    pub rules: RuleSet,
}

/// A set of rules.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct RuleSet {
    /// How many diagnoses.
    pub count: usize,
    /// SHA-256 over all rule files, hexadecimal.
    pub digest: String,
}

/// What was read.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Case {
    /// The inputs as the user gave them, in that order.
    pub inputs: Vec<String>,
    /// How many artifacts were found.
    pub artifacts: usize,
    /// Bytes of all artifacts after unpacking.
    pub bytes: u64,
    /// What became of the artifacts.
    pub coverage: Coverage,
    /// Findings below the confidence asked for, left out of `findings`.
    pub below_threshold: usize,
    /// How the findings compare with the baseline; `null` where none was given.
    #[serde(default)]
    pub baseline: Option<Baseline>,
    /// The time asked for with `--since` and `--until`; `null` where all counted.
    #[serde(default)]
    pub window: Option<Window>,
    /// The zone that times were put into for people. Reports for programs keep what the sources stated.
    #[serde(skip)]
    pub zone: Option<String>,
}

/// The time that counted: what states to be outside of it was left out. What states no time counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Window {
    /// From then on; `null` for no such bound. As the others of a case whose sources state no year: `Jun 29 11:12`.
    pub since: Option<String>,
    /// Up to then; `null` for no such bound.
    pub until: Option<String>,
    /// Lines and packets that were left out, of those on which something was found.
    pub outside: u64,
}

/// How the findings compare with a baseline. Counts of findings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Baseline {
    /// The file, as the user named it.
    pub file: String,
    /// Not in the baseline.
    pub new: usize,
    /// In the baseline, and as it was.
    pub unchanged: usize,
    /// In the baseline, with another status or severity, or a confidence at least 0.1 higher or lower.
    pub updated: usize,
    /// In the baseline, and not among the findings.
    pub absent: usize,
}

/// What became of the artifacts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Coverage {
    /// Read to the end.
    pub scanned: usize,
    /// Not read because the format holds no evidence (pictures, programs).
    pub skipped: usize,
    /// Not read, or not whole; each is named in `errors`.
    pub unreadable: usize,
}

/// A thing that wrote a log or ran a command.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Device {
    /// Name of the device inside this report: its host name where known.
    pub id: String,
    /// Host name.
    pub hostname: Option<String>,
    /// Other names that it goes by in this case: names it had before, its name in full, its address. The oldest first.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// `ios-xe`, `wlc-9800`, `nx-os`, `ios-xr`, `expressway` …
    pub platform: Option<String>,
    /// Product id.
    pub product_id: Option<String>,
    /// Serial number.
    pub serial: Option<String>,
    /// Software version as the device states it.
    pub version: Option<String>,
    /// Everything else known of it, by name.
    pub facts: BTreeMap<String, Fact>,
    /// When something failed, and when it was restored, by time; only what states a date with its year. Of more than 200 moments those of
    /// one kind that lie close together are one entry.
    #[serde(default)]
    pub history: Vec<Moment>,
    /// Certificates that state how long they are valid: what it shows, is shown, or trusts. By the end of validity, the first 100.
    #[serde(default)]
    pub certificates: Vec<Certificate>,
}

/// Something failed, or was restored: one line or packet, or several of one kind that lie close together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Moment {
    /// Which of the two.
    pub kind: Turn,
    /// Id of the signal; of several, that of the first.
    pub signal: String,
    /// What the signal means.
    pub title: String,
    /// How many lines or packets.
    pub count: u64,
    /// Time of the first.
    pub first_time: String,
    /// Time of the last.
    pub last_time: String,
    /// Where the first stands.
    pub artifact: String,
    /// Its line.
    pub line: Option<u64>,
    /// Its packet.
    pub packet: Option<u64>,
}

/// For worse or for better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Turn {
    /// It speaks for a finding of this device that is a problem.
    Failed,
    /// It ends such a finding.
    Restored,
}

/// How long a certificate is valid.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Certificate {
    /// Where it was seen: `capture`, or the name that its facts begin with (`server_certificate`, `trust_store`, `trustpoint.sla_trustpoint`).
    pub source: String,
    /// Whose it is.
    pub subject: Option<String>,
    /// Begin of validity.
    pub not_before: String,
    /// End of validity.
    pub not_after: String,
    /// Where it stands.
    pub artifact: String,
    /// Its line.
    pub line: Option<u64>,
    /// Its packet.
    pub packet: Option<u64>,
}

/// One value known of a device.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Fact {
    /// The value as stated; the last one where several were seen. Several values of one output are joined with `, `.
    pub value: String,
    /// Where it stands.
    pub artifact: String,
    /// Line, counted from 1; `null` for facts of a capture.
    pub line: Option<u64>,
}

/// A diagnosis made for one device.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// 1 is first.
    pub rank: usize,
    /// Id of the diagnosis.
    pub id: String,
    /// The same for the same diagnosis on the same device with the same discriminating captures, in any run.
    pub fingerprint: String,
    /// What is wrong, in one line.
    pub title: String,
    /// What it means, in a few sentences.
    pub summary: String,
    /// What is not certain of the evidence: which device sent what a capture shows.
    #[serde(default)]
    pub notes: Vec<String>,
    /// Kind of diagnosis.
    pub kind: Kind,
    /// How bad it is.
    pub severity: Severity,
    /// Probability, 0 to 1.
    pub confidence: f64,
    /// Whether it still holds.
    pub status: Status,
    /// Id of the device; `null` where it is not known.
    pub device: Option<String>,
    /// Time of the first evidence.
    pub first_seen: Option<String>,
    /// Time of the last evidence.
    pub last_seen: Option<String>,
    /// The two where no source states a year; `null` where they are known, or no time is stated at all.
    #[serde(default)]
    pub without_year: Option<WithoutYear>,
    /// How often the most frequent evidence that speaks for it was seen, exactly.
    pub occurrences: u64,
    /// Of an active finding that nobody saw end: days that the case goes on to know the device without a further sighting, where there would
    /// have been some; `null` where it was seen recently, or once is enough.
    #[serde(default)]
    pub quiet_days: Option<u64>,
    /// What speaks for it, the heaviest first.
    pub evidence: Vec<Evidence>,
    /// What speaks against it, the heaviest first.
    pub contradictions: Vec<Evidence>,
    /// The confidence, term by term, in log-odds; their sum gives the probability.
    pub score: Vec<Term>,
    /// Ids of the findings of this device that this one causes.
    pub explains: Vec<String>,
    /// Id of the finding of this device that causes this one.
    pub explained_by: Option<String>,
    /// Ids of the findings of this device that bring this defect out without being its cause, the likeliest first; both must be cured.
    #[serde(default)]
    pub contributing_causes: Vec<String>,
    /// What is known of the release: `affected`, `probably affected`, `fixed`, `not applicable`, `unknown`; `null` where releases do not matter.
    pub affected: Option<String>,
    /// Releases that hold the fix.
    pub fixed_in: Vec<String>,
    /// What to do, one step a string.
    pub remedy: Vec<String>,
    /// What helps until then, one step a string.
    pub workaround: Vec<String>,
    /// Where to read more.
    pub references: Vec<Reference>,
    /// What to collect to be surer.
    pub collect_next: Vec<String>,
    /// The suppression that silenced it; `null` where none did.
    pub suppressed: Option<Suppressed>,
    /// How it compares with the baseline; `null` where none was given.
    #[serde(default)]
    pub baseline_state: Option<BaselineState>,
}

/// The first and the last time of what states no year, as far as sources state it: month, day and time of day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WithoutYear {
    /// `Jun 29 11:12:39`.
    pub first: String,
    /// The same as the first where there is one only.
    pub last: String,
}

/// Why a finding is known and accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Suppressed {
    /// In the words of whoever wrote the suppression.
    pub reason: String,
    /// Last day on which it holds, `YYYY-MM-DD`; `null` where it has no end.
    pub until: Option<String>,
}

/// How a finding compares with a baseline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BaselineState {
    /// Not in the baseline.
    New,
    /// In the baseline, and as it was.
    Unchanged,
    /// In the baseline, with another status or severity, or a confidence at least 0.1 higher or lower.
    Updated,
}

impl Finding {
    /// When it was first and last seen, for people: without a year where none is known.
    pub(crate) fn seen(&self) -> Option<(&str, &str)> {
        ends(&self.first_seen, &self.last_seen, self.without_year.as_ref())
    }

    /// Whether a gate counts it: it is at least that severe and still holds, is no behaviour that only looks like a fault, and
    /// neither a suppression nor a baseline knows it.
    pub fn counts(&self, at_least: Severity) -> bool {
        self.is_fault(at_least) && self.suppressed.is_none() && matches!(self.baseline_state, None | Some(BaselineState::New))
    }

    /// The same, whether it is known or not.
    pub fn is_fault(&self, at_least: Severity) -> bool {
        let plain = self.kind == Kind::Expected || (self.kind == Kind::State && self.severity == Severity::Info);
        self.severity >= at_least && self.status != Status::Resolved && !plain
    }
}

/// Kind of diagnosis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The cause itself.
    RootCause,
    /// A known fault of the software.
    Defect,
    /// Something configured wrongly or not at all.
    Misconfiguration,
    /// What a cause makes visible.
    Symptom,
    /// A condition the device is in.
    State,
    /// Looks like a fault and is none.
    Expected,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Nothing to do.
    Info,
    /// Cosmetic or advisory.
    Low,
    /// Works, will stop working or needs a hand.
    Medium,
    /// Licensing does not work.
    High,
    /// Service is or will be lost.
    Critical,
}

/// Whether a finding still holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Still so at the end of the case.
    Active,
    /// Fails and recovers.
    Intermittent,
    /// A later event ended it.
    Resolved,
}

/// One quoted piece of evidence.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// Id of the signal.
    pub signal: String,
    /// Strength: `decisive`, `strong`, `supporting`, `against`, `rules-out`.
    pub weight: String,
    /// Logical path: the input, then `!` and the member path for every archive level.
    pub artifact: String,
    /// Line of the decoded text, counted from 1.
    pub line: Option<u64>,
    /// Packet, counted from 1 as Wireshark does.
    pub packet: Option<u64>,
    /// Time stated there.
    pub time: Option<String>,
    /// The matched line, at most 400 characters, control characters escaped, secrets masked.
    pub excerpt: String,
    /// Values cut out of it, by name.
    pub captures: BTreeMap<String, String>,
}

/// One term of the confidence.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Term {
    /// What it stands for: `prior`, or the signal or condition.
    pub term: String,
    /// Its weight.
    pub log_odds: f64,
}

/// A place to read more.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Reference {
    /// `document`, `bug`, `field-notice`, `public`.
    pub kind: String,
    /// Its name.
    pub id: String,
    /// What it is called, as people read it; `null` where the name says all.
    #[serde(default)]
    pub title: Option<String>,
    /// Its address, where there is one.
    pub url: Option<String>,
}

/// Something to collect.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Missing {
    /// The device, where one is meant.
    pub device: Option<String>,
    /// What is missing, in words.
    pub what: String,
    /// The command or file that shows it.
    pub command: String,
    /// Why it matters here.
    pub why: String,
    /// Ids of the diagnoses it would settle.
    pub would_settle: Vec<String>,
}

/// Licensing lines that no rule accounts for.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Unexplained {
    /// The line with its variable parts replaced.
    pub template: String,
    /// How many lines.
    pub count: u64,
    /// Where the first stands.
    pub artifact: String,
    /// Its line.
    pub line: Option<u64>,
    /// The first line itself.
    pub excerpt: String,
}

impl Artifact {
    /// The first and last time stated in it, for people: without a year where none is known.
    pub(crate) fn times(&self) -> Option<(&str, &str)> {
        ends(&self.first_time, &self.last_time, self.without_year.as_ref())
    }
}

/// The first and last time of two that may be known, else without a year.
fn ends<'a>(first: &'a Option<String>, last: &'a Option<String>, without_year: Option<&'a WithoutYear>) -> Option<(&'a str, &'a str)> {
    let (first, last) = (first.as_deref(), last.as_deref());
    let dated = first.or(last).zip(last.or(first));
    dated.or_else(|| without_year.map(|days| (days.first.as_str(), days.last.as_str())))
}

/// One leaf file of the case.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Artifact {
    /// Logical path.
    pub path: String,
    /// What it is, judged by content.
    pub format: String,
    /// Text encoding; `null` for what is not text.
    pub encoding: Option<String>,
    /// Bytes after unpacking, as far as read.
    pub bytes: u64,
    /// Lines; `null` for what is not text.
    pub lines: Option<u64>,
    /// Packets; `null` for what is no capture.
    pub packets: Option<u64>,
    /// Id of the device it belongs to; `null` where it is not known or there are several.
    pub device: Option<String>,
    /// First time stated in it.
    pub first_time: Option<String>,
    /// Last time stated in it.
    pub last_time: Option<String>,
    /// The two where no source states a year; `null` where they are known, or no time is stated at all.
    #[serde(default)]
    pub without_year: Option<WithoutYear>,
    /// What a capture shows, conversation by conversation; `null` for what is no capture, and in reports of `diagnose`: `inspect` lists it.
    #[serde(default)]
    pub capture: Option<Capture>,
}

/// What a capture shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Capture {
    /// TCP connections in it, those that are not listed included.
    pub connections: u64,
    /// At most 200 of the connections: those of licensing first, then those in which something failed, each by first packet.
    pub conversations: Vec<Conversation>,
    /// Connections that are not listed.
    pub conversations_left_out: u64,
    /// At most 200 of the names that were asked for, in the same order, one entry for each type.
    pub names: Vec<NameAsked>,
    /// Names that are not listed.
    pub names_left_out: u64,
    /// What the capture cannot show, and why, in words.
    pub hidden: Vec<String>,
}

/// One TCP connection of a capture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Conversation {
    /// A signal of the rules recognised it, or its server's name.
    pub licensing: bool,
    /// Something in it failed.
    pub failed: bool,
    /// Address and port of who opened it.
    pub client: String,
    /// Address and port of the other end.
    pub server: String,
    /// Name of the server: asked for in the Client Hello, in the request, or given to the address by DNS; `null` where none is known.
    pub server_name: Option<String>,
    /// Its first packet.
    pub first_packet: u64,
    /// Its last packet.
    pub last_packet: u64,
    /// How many packets.
    pub packets: u64,
    /// Time of the first packet.
    pub start: Option<String>,
    /// From the first packet to the last, in milliseconds.
    pub duration_ms: Option<u64>,
    /// The furthest step: `syn`, `refused`, `connected`, `data`, `client-hello`, `server-hello`, `certificate`, `client-certificate`, `handshake-complete`.
    pub reached: String,
    /// How far it came and how it ended, in words.
    pub outcome: String,
    /// `TLS 1.2`, once the server chose.
    pub tls_version: Option<String>,
    /// The server's certificates as sent, the leaf first, at most 8.
    pub chain: Vec<CertificateNames>,
    /// `none`, `empty` or `sent`, once the client's turn came; `null` before.
    pub client_certificate: Option<String>,
    /// Alerts in the clear, by packet.
    pub alerts: Vec<Alert>,
    /// HTTP requests, by packet.
    pub requests: Vec<Request>,
    /// What else was noticed, by packet.
    pub remarks: Vec<Remark>,
    /// What cannot be seen of it, and why, in words.
    pub hidden: Vec<String>,
    /// The Wireshark display filter that shows it.
    pub filter: String,
}

/// The names in a certificate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CertificateNames {
    /// Whose it is.
    pub subject: String,
    /// Who issued it.
    pub issuer: String,
}

/// A TLS alert.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Alert {
    /// Its packet.
    pub packet: u64,
    /// Who sent it: `client`, `server`.
    pub from: String,
    /// `warning`, `fatal`.
    pub level: String,
    /// By its RFC name: `unknown_ca`.
    pub description: String,
    /// The Wireshark display filter that shows all alerts of this description.
    pub filter: String,
}

/// An HTTP request, a proxy's CONNECT included.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Request {
    /// The packet of the answer, or of the request where none came.
    pub packet: u64,
    /// `GET`, `CONNECT` …
    pub method: String,
    /// Host and path.
    pub target: String,
    /// Status of the answer; `null` where none came.
    pub status: Option<u16>,
}

/// Something that was noticed in a conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Remark {
    /// Its packet.
    pub packet: u64,
    /// Kind of the event, as rules name it: `tcp-reset`.
    pub kind: String,
    /// In words.
    pub text: String,
}

/// A name that was asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NameAsked {
    /// A signal of the rules recognised it.
    pub licensing: bool,
    /// Something else than an answer came of it.
    pub failed: bool,
    /// The name, lower case.
    pub name: String,
    /// The type: `A`, `AAAA` …
    pub record: String,
    /// The first packet that tells what became of it.
    pub first_packet: u64,
    /// What became of it, by how often: `NOERROR`, `NXDOMAIN`, `no answer` (queries), `no such record` (an empty answer) …
    pub outcomes: BTreeMap<String, u64>,
    /// Addresses that answers gave, at most 8.
    pub addresses: Vec<String>,
    /// The Wireshark display filter that shows queries and answers.
    pub filter: String,
}

/// Something that could not be read, or not whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Error {
    /// The artifact or archive.
    pub artifact: String,
    /// `not_found`, `io`, `corrupt`, `truncated`, `encrypted`, `unsupported`, `limit`, `not_regular`, `changed_while_read`, `malformed`.
    pub kind: String,
    /// The cause, what was used all the same, the way out.
    pub message: String,
}

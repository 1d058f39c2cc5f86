//! What rule files may say. These types are the file format; [`super::load`] checks what types cannot say and
//! [`super::library`] holds the checked result. Unknown keys are refused everywhere.

mod condition;
mod test;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::condition::{Condition, ReleaseIs, VersionIs};
pub use self::test::{OlderThan, Test, Tests};
pub use crate::report::model::{Kind, Severity, Status};

/// A file of `rules/<family>/`: one diagnosis.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleFile {
    /// The id, also the file's name. Never renamed, never used again.
    pub id: String,
    /// What is wrong, in one line.
    pub title: String,
    /// Kind of diagnosis.
    pub kind: Kind,
    /// How bad it is.
    pub severity: Severity,
    /// When it is worse, or less bad, than that; the first that holds replaces `severity`.
    #[serde(default)]
    pub severity_when: Vec<SeverityWhen>,
    /// Platforms it applies to (`ios-xe` includes `wlc-9800`); none means all.
    #[serde(default)]
    pub platforms: Vec<String>,
    /// What it means, in a few sentences for the engineer who reads the report.
    pub summary: String,
    /// Log-odds before any evidence; the default depends on the kind.
    #[serde(default)]
    pub prior: Option<f64>,
    /// Id of the release table in `rules/releases/` that says which releases are affected and fixed.
    #[serde(default)]
    pub releases: Option<String>,
    /// Signals that only this rule uses.
    #[serde(default)]
    pub signals: Vec<SignalFile>,
    /// What counts, and how much.
    pub evidence: Vec<EvidenceFile>,
    /// Diagnoses that this one causes; they are folded beneath it.
    #[serde(default)]
    pub explains: Vec<String>,
    /// Signals that end it when they come later than its last evidence.
    #[serde(default)]
    pub ended_by: Vec<String>,
    /// Captures that tell two findings of this rule on one device apart; part of the fingerprint.
    #[serde(default)]
    pub fingerprint: Vec<String>,
    /// What to do, one step an item; commands on lines of their own.
    #[serde(default)]
    pub remedy: Vec<StepFile>,
    /// What helps until then.
    #[serde(default)]
    pub workaround: Vec<StepFile>,
    /// Where to read more.
    #[serde(default)]
    pub references: Vec<ReferenceFile>,
    /// What to collect when it is open.
    #[serde(default)]
    pub collect: Vec<CollectFile>,
    /// Texts that must and must not give it.
    #[serde(default)]
    pub examples: Examples,
    /// Numbers of the facts, in the list this library is measured by, that its texts state.
    #[serde(default)]
    pub covers: Vec<u32>,
}

/// A severity that depends on the case.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SeverityWhen {
    /// When it is so.
    pub when: Condition,
    /// How bad it is then.
    pub severity: Severity,
}

/// A file of `rules/signals/`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignalsFile {
    /// Signals that several rules use.
    #[serde(default)]
    pub signals: Vec<SignalFile>,
    /// Beginnings of log records whose text may be wrapped over several lines (`SMART_LIC-`).
    #[serde(default)]
    pub records: Vec<String>,
    /// Literals that make a log line one of licensing (`SMART_LIC-`). Such a line is reported as unexplained where no signal matches it.
    #[serde(default)]
    pub licensing: Vec<String>,
    /// Regular expressions of licensing lines that need no explanation.
    #[serde(default)]
    pub ordinary: Vec<String>,
}

/// One observable. Exactly one of `text`, `event`, `fact`, `absent` says what is looked at.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignalFile {
    /// The id, unique in the library.
    pub id: String,
    /// What it means when seen, in a few words ("the device cannot resolve the server's name").
    pub title: String,
    /// Regular expression on a line (or a wrapped message joined); case is ignored, a blank stands for any run of blanks.
    #[serde(default)]
    pub text: Option<String>,
    /// Literals of which one stands on every line that can match, where the pattern itself has none of three characters or more.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// For `text`: only inside these sections (ids of `rules/facts/`).
    #[serde(default)]
    pub within: Vec<String>,
    /// For `text`: not inside these sections.
    #[serde(default)]
    pub outside: Vec<String>,
    /// Kind of a reader's event (`tls-alert`, `license-exchange`, `expressway-log` …).
    #[serde(default)]
    pub event: Option<String>,
    /// For `event`: what its fields must hold, all of them.
    #[serde(default)]
    pub with: BTreeMap<String, Test>,
    /// Name of a fact of the device.
    #[serde(default)]
    pub fact: Option<String>,
    /// For `fact`: what it must hold; without it, being known is enough.
    #[serde(default)]
    pub is: Option<Test>,
    /// For `fact`: the last value must be greater than the first (numbers, at least two samples).
    #[serde(default)]
    pub grows: bool,
    /// For `fact`: the last value must differ from the first (at least two samples).
    #[serde(default)]
    pub changed: bool,
    /// For `fact`: any sample may hold `is`, not only the last.
    #[serde(default)]
    pub ever: bool,
    /// Regular expression of a line that is missing from the section named by `section`, which was seen whole.
    #[serde(default)]
    pub absent: Option<String>,
    /// For `absent`: the section that would show the line.
    #[serde(default)]
    pub section: Option<String>,
    /// Whom it is about (`cssm`, `cslu`): only events about the same one end it, in rules that do not say what ends them too.
    #[serde(default)]
    pub peer: Option<String>,
    /// It shows that these peers are reached again: it ends what was seen earlier about them, and nothing about others.
    #[serde(default)]
    pub restores: Vec<String>,
    /// For `text`: while its cause lasts, the device logs it again within so many days. A finding that rests on such messages alone says
    /// so when they have stayed away for longer; without it, one message is as good as many.
    #[serde(default)]
    pub repeats_within_days: Option<u32>,
    /// The command or file that would show it, asked for while it is not known.
    #[serde(default)]
    pub collect: Option<String>,
    /// `true` when no source could be opened for its text; such a signal must not be decisive.
    #[serde(default)]
    pub unverified: bool,
    /// `true` for an event of traffic that may be anybody's: it does not mark a conversation of a capture as one of licensing.
    #[serde(default)]
    pub general: bool,
}

/// A step of a remedy or a workaround.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum StepFile {
    /// One that is for every device.
    Text(String),
    /// One that is for some.
    For(StepFor),
}

/// A step with a condition.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StepFor {
    /// What to do.
    pub text: String,
    /// Only where this holds; what is not known does not.
    #[serde(default)]
    pub when: Option<Condition>,
    /// Not where this holds.
    #[serde(default)]
    pub unless: Option<Condition>,
}

impl StepFile {
    /// What to do.
    pub fn text(&self) -> &str {
        match self {
            Self::Text(text) | Self::For(StepFor { text, .. }) => text,
        }
    }
}

/// One item of a rule's `evidence`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EvidenceFile {
    /// When it counts.
    pub when: Condition,
    /// How much.
    pub weight: Weight,
    /// Why it counts, in a few words, where the signal's own title does not say it.
    #[serde(default)]
    pub why: Option<String>,
    /// Of what speaks against: it says nothing of later days. It does not count once something that speaks for the rule was seen more than a
    /// day after it.
    #[serde(default)]
    pub fades: bool,
}

/// Strength of an item of evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Weight {
    /// Settles it.
    Decisive,
    /// Makes it likely.
    Strong,
    /// Fits.
    Supporting,
    /// Makes it less likely.
    Against,
    /// Settles that it is not so.
    RulesOut,
}

/// A place to read more.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReferenceFile {
    /// `document`, `bug`, `field-notice`, `public`.
    pub kind: String,
    /// Its name: `S4`, `CSCwa11048`, `FN72323`, `P2`.
    pub id: String,
    /// Its address, where one is known.
    #[serde(default)]
    pub url: Option<String>,
}

/// Something to collect.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CollectFile {
    /// The command or file.
    pub command: String,
    /// What it shows.
    pub what: String,
}

/// Texts that must and must not give a diagnosis; `rules test` runs them.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Examples {
    /// Give it with 0.5 or more.
    #[serde(default)]
    pub positive: Vec<Example>,
    /// Do not give it with 0.5 or more.
    #[serde(default)]
    pub negative: Vec<Example>,
    /// Look like it and are another: give `is` above it.
    #[serde(default)]
    pub near_miss: Vec<Example>,
}

/// One example: texts of files and a reader's events. Only `files` may show several devices.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// What it shows.
    pub name: String,
    /// For `near_miss`: the diagnosis that it is.
    #[serde(default)]
    pub is: Option<String>,
    /// For `positive`: the status that it has.
    #[serde(default)]
    pub status: Option<Status>,
    /// Content of a file.
    #[serde(default)]
    pub text: String,
    /// Name of that file, where it matters; `example.log` otherwise.
    #[serde(default)]
    pub file: Option<String>,
    /// Contents of several files, by name.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
    /// Events of a capture of the same device.
    #[serde(default)]
    pub events: Vec<ExampleEvent>,
    /// Numbers of the facts, in the list this library is measured by, that it shows.
    #[serde(default)]
    pub covers: Vec<u32>,
}

/// One event of an example.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExampleEvent {
    /// Kind of the event.
    pub event: String,
    /// Time, RFC 3339.
    #[serde(default)]
    pub time: Option<String>,
    /// Its fields.
    #[serde(default)]
    pub with: BTreeMap<String, String>,
}

/// A file of `rules/releases/`: which releases a defect is in.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseFile {
    /// The id, also the file's name: `CSCwa11048`, `FN72323`.
    pub id: String,
    /// What it is.
    pub title: String,
    /// Rows by platform, product and agent; the first that fits the device decides.
    pub rows: Vec<ReleaseRow>,
    /// Numbers of the facts, in the list this library is measured by, that it states.
    #[serde(default)]
    pub covers: Vec<u32>,
}

/// Affected and fixed releases of one platform.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseRow {
    /// Platforms.
    pub platforms: Vec<String>,
    /// Regular expression of the product ids this row is for; none means any.
    #[serde(default)]
    pub products: Option<String>,
    /// Regular expression of the smart agent's versions this row is for (`^[5-9]`); none means any.
    #[serde(default)]
    pub agents: Option<String>,
    /// Releases below it are not concerned.
    #[serde(default)]
    pub minimum: Option<String>,
    /// First fixed releases, one per train.
    #[serde(default)]
    pub fixed: Vec<String>,
    /// Affected releases: `17.3.1..17.3.3`, `17.4` (the whole train), `17.4.1b`.
    #[serde(default)]
    pub affected: Vec<String>,
}

/// A file of `rules/facts/`: sections of output and what to read in them.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FactsFile {
    /// Sections.
    #[serde(default)]
    pub sections: Vec<SectionFile>,
    /// What to read, in the sections named or on any line.
    #[serde(default)]
    pub extract: Vec<ExtractFile>,
}

/// A section of output: the answer to a command.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SectionFile {
    /// The id (`license`, `version`, `running-config`).
    pub id: String,
    /// What a person calls it, where the id with blanks is not it: `the running configuration`.
    #[serde(default)]
    pub title: Option<String>,
    /// Regular expressions of the commands that give it, matched against the whole normalised command.
    pub commands: Vec<String>,
    /// Literal texts that begin it where no command is seen.
    #[serde(default)]
    pub openings: Vec<String>,
    /// Literal texts that begin it as well, and stand at the beginning only: seen again, another output begins, perhaps of
    /// another device.
    #[serde(default)]
    pub first_lines: Vec<String>,
    /// It holds what looks like other outputs: their openings do not end it.
    #[serde(default)]
    pub embeds: bool,
    /// Its lines are older than the outputs around it: the log that `show logging` quotes.
    #[serde(default)]
    pub history: bool,
    /// What the headings of `block` are: `colon` (default), lines that end in one or are underlined; `indent`, every line
    /// above more indented ones, as in a configuration.
    #[serde(default)]
    pub nested: Nested,
    /// Regular expression of a line that says that the failures of its block are over; what is found below it in the block is history.
    #[serde(default)]
    pub over: Option<String>,
    /// Special reader for its lines: `license-history` or `packet-list`.
    #[serde(default)]
    pub reader: Option<String>,
    /// Numbers of the facts, in the list this library is measured by, that it makes readable.
    #[serde(default)]
    pub covers: Vec<u32>,
}

/// What a section's headings are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Nested {
    /// Lines that end in a colon or are underlined.
    #[default]
    Colon,
    /// Lines above more indented ones.
    Indent,
}

/// One value to read.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExtractFile {
    /// Name of the fact; `{name}` stands for a group of the patterns, lower-cased with `_` for blanks.
    pub fact: String,
    /// Sections it is read in; none means any line of any text (then the pattern needs a literal).
    #[serde(default)]
    pub sections: Vec<String>,
    /// Regular expression of the heading path it stands under (`Transport`, `Transport/Proxy`), matched from a path boundary to its end.
    #[serde(default)]
    pub block: Option<String>,
    /// Regular expression on the line without leading and trailing blanks. The group `value`, or the whole match.
    pub pattern: String,
    /// The value instead of the group; `{name}` stands for a group.
    #[serde(default)]
    pub value: Option<String>,
    /// Other spellings of the value, compared without regard to case.
    #[serde(default)]
    pub map: BTreeMap<String, String>,
    /// Literals of which one stands on every line that can match (only without `sections`).
    #[serde(default)]
    pub keywords: Vec<String>,
    /// Regular expression of a later line of the same output that gives the group `name` (several words: one value each): a
    /// certificate says below its dates whose it is.
    #[serde(default)]
    pub named_by: Option<String>,
    /// Also read where the line is a command, typed at a configuration prompt or logged (`logged command:…`).
    #[serde(default)]
    pub typed: bool,
    /// What to keep of several values in one section: the last (default), the first, all, or only their number.
    #[serde(default)]
    pub keep: Keep,
    /// Whether the value names the device: `hostname`, `name`, `address`, `platform`, `product_id`, `serial`, `version`.
    #[serde(default)]
    pub identity: Option<Identity>,
    /// Numbers of the facts, in the list this library is measured by, that it reads.
    #[serde(default)]
    pub covers: Vec<u32>,
}

/// What to keep of several values in one section.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Keep {
    /// The last.
    #[default]
    Last,
    /// The first.
    First,
    /// All, in order, each once, joined with a comma.
    All,
    /// All, in order, joined with a comma, the same more than once.
    Each,
    /// How many lines there were, whatever stood on them.
    Count,
}

/// What a value says of the device's identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Identity {
    /// Host name.
    Hostname,
    /// A name the device gives itself, used where nothing else names it.
    Name,
    /// An address of its own, by which it is known in captures; a list is joined with commas.
    Address,
    /// Platform.
    Platform,
    /// Product id.
    ProductId,
    /// Serial number.
    Serial,
    /// Software version.
    Version,
}

//! The checked rule library: everything resolved, nothing left to look up by name.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use chrono::NaiveDate;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::check::Check;
use super::collect::Collection;

use super::model::{CollectFile, Examples, Identity, Keep, Kind, Nested, ReleaseIs, Severity, Weight};
pub use super::needs::Needs;
pub use super::pattern::Pattern;
use super::references::Reference;
use super::text::Text;
use super::translation::{Language, Translations, Words};
use super::version::{Releases, Version};

/// All rules in force, immutable and shared by all threads.
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Library {
    /// Diagnoses by id.
    pub rules: Vec<Rule>,
    /// Their examples.
    #[serde(skip)]
    pub(super) examples: Shelf<Vec<Examples>>,
    /// Their texts in other languages.
    #[serde(skip)]
    pub(super) translations: Shelf<Translations>,
    /// Signals; [`SignalId`] is the position.
    pub signals: Vec<Signal>,
    /// Pairs of signals that some rule counts; [`PairId`] is the position.
    pub pairs: Vec<(SignalId, SignalId)>,
    /// Sections of output; [`SectionId`] is the position.
    pub sections: Vec<Section>,
    /// What is read in them; [`ExtractId`] is the position.
    pub extracts: Vec<Extract>,
    /// Beginnings of log records whose text may be wrapped over several lines.
    pub records: Vec<Text>,
    /// Literals that make a log line one of licensing; lower case.
    pub licensing: Vec<Text>,
    /// Licensing lines that need no explanation.
    pub ordinary: Vec<Pattern>,
    /// Release tables by id.
    pub releases: BTreeMap<String, ReleaseTable>,
    /// What can be collected.
    pub collection: Collection,
    /// SHA-256 over names and texts of all files, hexadecimal.
    pub digest: String,
    /// What was noted while loading (a user's rule that replaces an embedded one).
    pub notes: Vec<String>,
}

impl Library {
    /// Texts that must and must not give each of [`Library::rules`], in the same order.
    pub fn examples(&self) -> &[Examples] {
        self.examples.get()
    }

    /// The texts of the library in other languages.
    pub fn translations(&self) -> &Translations {
        self.translations.get()
    }

    /// The words of a language. English needs none.
    pub fn words(&self, language: Language) -> Words<'_> {
        if language == Language::En { Words::default() } else { self.translations().words(language) }
    }
}

/// What is packed until somebody asks: most of the library, and few cases need any of it.
#[derive(Debug, Default)]
pub(super) struct Shelf<T> {
    /// As the build left it; nothing where it is open already.
    pub(super) packed: &'static [u8],
    open: OnceLock<T>,
}

impl<T> Shelf<T> {
    pub(super) fn open(content: T) -> Self {
        Self { packed: &[], open: OnceLock::from(content) }
    }
}

impl<T: Default + DeserializeOwned> Shelf<T> {
    fn get(&self) -> &T {
        self.open.get_or_init(|| postcard::from_bytes(self.packed).unwrap_or_default())
    }
}

/// Facts that come of comparing clocks; no extractor reads them.
pub const COMPARED_CLOCKS: [&str; 3] = ["clock.skew_seconds", "clock.skew_from", "clock.zone_from_collector"];

/// Position in [`Library::signals`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SignalId(pub usize);

/// Position in [`Library::pairs`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PairId(pub usize);

/// Position in [`Library::sections`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SectionId(pub usize);

/// Position in [`Library::extracts`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ExtractId(pub usize);

/// One diagnosis.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Rule {
    /// Its id.
    pub id: Text,
    /// The file it stands in.
    pub source: Text,
    /// What is wrong, in one line.
    pub title: Text,
    /// Kind.
    pub kind: Kind,
    /// How bad.
    pub severity: Severity,
    /// How bad when; the first that holds.
    pub severity_when: Vec<(Cond, Severity)>,
    /// Platforms; none means all.
    pub platforms: Vec<Text>,
    /// What it means.
    pub summary: Text,
    /// Log-odds before any evidence.
    pub prior: f64,
    /// Release table.
    pub releases: Option<Text>,
    /// What counts.
    pub evidence: Vec<Item>,
    /// Ids of what it causes.
    pub explains: Vec<Text>,
    /// Signals that end it.
    pub ended_by: Vec<SignalId>,
    /// Captures that belong to the fingerprint.
    pub fingerprint: Vec<Text>,
    /// What to do.
    pub remedy: Vec<Step>,
    /// What helps until then.
    pub workaround: Vec<Step>,
    /// Where to read more.
    pub references: Vec<Reference>,
    /// What to collect.
    pub collect: Vec<CollectFile>,
}

/// A step of a remedy or a workaround.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Step {
    /// What to do.
    pub text: Text,
    /// Only where this holds.
    pub when: Option<Cond>,
    /// Not where this holds.
    pub unless: Option<Cond>,
}

/// One item of evidence.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Item {
    /// When it counts.
    pub when: Cond,
    /// How much.
    pub weight: Weight,
    /// Why, where the signals' titles do not say it.
    pub why: Option<Text>,
    /// It does not count once something that speaks for the rule was seen more than a day after it.
    pub fades: bool,
}

/// A resolved condition; see [`super::model::Condition`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub enum Cond {
    /// Seen.
    Signal(SignalId),
    /// All hold.
    All(Vec<Cond>),
    /// One holds.
    Any(Vec<Cond>),
    /// Does not hold.
    Not(Box<Cond>),
    /// Seen; not so where it is not known.
    Seen(SignalId),
    /// Seen so often.
    Count(SignalId, u64),
    /// One after the other so often, or on two days.
    Pairs(PairId, u64),
    /// Release stands so.
    Release(ReleaseIs),
    /// Not before this day.
    After(NaiveDate),
    /// One of these platforms.
    Platform(Vec<Text>),
    /// From one version on, and before another.
    Version(Option<Version>, Option<Version>),
    /// Found in a product id.
    Product(Pattern),
    /// The first seen later than every sighting of the second.
    Later(SignalId, SignalId),
    /// Holds on another device of the same platform.
    Elsewhere(Box<Cond>),
}

impl Cond {
    /// Calls `visit` for every signal named in it; with `false` those that do not speak for the device by being seen:
    /// under `not`, on another device, or only to come before another.
    pub fn signals(&self, positive: bool, pairs: &[(SignalId, SignalId)], visit: &mut dyn FnMut(SignalId, bool)) {
        match self {
            Self::Signal(id) | Self::Seen(id) | Self::Count(id, _) => visit(*id, positive),
            Self::All(inner) | Self::Any(inner) => inner.iter().for_each(|cond| cond.signals(positive, pairs, visit)),
            Self::Not(inner) => inner.signals(!positive, pairs, visit),
            Self::Pairs(id, _) => {
                if let Some((opened, closed)) = pairs.get(id.0) {
                    visit(*opened, positive);
                    visit(*closed, positive);
                }
            }
            Self::Later(later, earlier) => {
                visit(*later, positive);
                visit(*earlier, false);
            }
            Self::Elsewhere(inner) => inner.signals(false, pairs, visit),
            Self::Release(_) | Self::After(_) | Self::Platform(_) | Self::Version(..) | Self::Product(_) => {}
        }
    }
}

/// One observable.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Signal {
    /// Its id.
    pub id: Text,
    /// The file it stands in.
    pub source: Text,
    /// What it means when seen.
    pub title: Text,
    /// What is looked at.
    pub matcher: Matcher,
    /// Whom it is about.
    pub peer: Option<Text>,
    /// Whom it shows to be reached again.
    pub restores: Vec<Text>,
    /// Days within which it is logged again while its cause lasts.
    pub repeats_within_days: Option<u32>,
    /// What would show it.
    pub collect: Option<Text>,
    /// No source could be opened for its text.
    pub unverified: bool,
    /// The traffic it is about may be anybody's.
    pub general: bool,
}

impl Signal {
    /// The fields of an event that can only be judged beside the facts of the device, with their tests.
    pub fn compared(&self) -> impl Iterator<Item = (&str, &Check)> {
        let with = if let Matcher::Event { with, .. } = &self.matcher { with.as_slice() } else { &[] };
        with.iter().filter(|(_, check)| check.compares()).map(|(field, check)| (&**field, check))
    }
}

/// What a signal looks at.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[expect(clippy::large_enum_variant, reason = "there are some hundred of them, each once")]
#[serde(bound(deserialize = "'de: 'static"))]
pub enum Matcher {
    /// A line of text.
    Text {
        /// What is found on it.
        pattern: Pattern,
        /// One of these stands on every matching line; lower case.
        keywords: Vec<Text>,
        /// What else stands on it.
        needs: Needs,
        /// Only in these sections.
        within: Vec<SectionId>,
        /// Not in these.
        outside: Vec<SectionId>,
    },
    /// A reader's event.
    Event {
        /// Its kind.
        kind: Text,
        /// Tests on its fields.
        with: Vec<(Text, Check)>,
        /// For events of text lines: one of these stands on the line; lower case.
        keywords: Vec<Text>,
    },
    /// A fact of the device.
    Fact {
        /// Its name.
        name: Text,
        /// What it must hold.
        is: Check,
        /// What of its samples is looked at.
        over: Over,
    },
    /// A line missing from a section that was seen whole.
    Absent {
        /// The section.
        section: SectionId,
        /// The pattern of the line.
        pattern: Pattern,
        /// One of these stands on every such line; lower case. None: any line may be one.
        literals: Vec<Text>,
    },
}

/// Which samples of a fact are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Over {
    /// The last.
    Last,
    /// Any.
    Ever,
    /// The last, which is greater than the first.
    Grows,
    /// The last, which differs from the first.
    Changed,
}

/// One section of output.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Section {
    /// Its id.
    pub id: Text,
    /// What a person calls it.
    pub title: Option<Text>,
    /// The whole normalised command, each with what it begins with.
    pub commands: Vec<(Text, Pattern)>,
    /// Literal texts that begin it.
    pub openings: Vec<Opening>,
    /// Openings of other sections do not end it.
    pub embeds: bool,
    /// Its lines are older than the outputs around it.
    pub history: bool,
    /// What its headings are.
    pub nested: Nested,
    /// A line that says of its block that what it lists is over.
    pub over: Option<Pattern>,
    /// Special reader.
    pub reader: Option<SectionReader>,
    /// What is read in it.
    pub extracts: Vec<ExtractId>,
    /// Signals that ask for a line missing from it.
    pub absents: Vec<SignalId>,
}

impl Section {
    /// What a person calls it: `running configuration`, `show crypto pki trustpool`.
    pub fn words(&self) -> String {
        self.title.as_ref().map_or_else(|| format!("the {} output", self.id.replace('-', " ")), Text::to_string)
    }

    /// Whether it is the answer to a normalised command.
    pub fn answers(&self, command: &str) -> bool {
        // Compiling a pattern takes thousands of times as long. Blanks beyond ASCII are for the pattern to judge.
        let may_be = |begin: &str| command.starts_with(begin) || !command.is_ascii();
        self.commands.iter().any(|(begin, pattern)| may_be(begin) && pattern.is_match(command))
    }

    /// Whether a line, lower case and without blanks around it, begins the section; `again`: with a text that stands at its
    /// beginning only.
    pub fn opens(&self, line: &str, again: bool) -> bool {
        self.openings.iter().filter(|opening| opening.first || !again).any(|opening| match (opening.at_start, opening.at_end) {
            (true, true) => opening.text == line,
            (true, false) => line.starts_with(&*opening.text),
            (false, true) => line.ends_with(&*opening.text),
            (false, false) => line.contains(&*opening.text),
        })
    }
}

/// A literal text that begins a section where no command is seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Opening {
    /// The text, lower case.
    pub text: Text,
    /// Must begin the line.
    pub at_start: bool,
    /// Must end the line.
    pub at_end: bool,
    /// Stands at the beginning only.
    pub first: bool,
}

/// Readers that need more than patterns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SectionReader {
    /// `show license history message`.
    LicenseHistory,
    /// Packets as Wireshark and tshark print them.
    PacketList,
}

/// One value to read.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Extract {
    /// Name of the fact, with `{group}`s.
    pub fact: Text,
    /// Heading path.
    pub block: Option<Pattern>,
    /// The line.
    pub pattern: Pattern,
    /// The value, with `{group}`s.
    pub value: Option<Text>,
    /// Other spellings, keys in lower case.
    pub map: BTreeMap<Text, Text>,
    /// A later line that gives the group `name`.
    pub named_by: Option<Pattern>,
    /// For lines outside sections: one of these stands on the line; lower case.
    pub keywords: Vec<Text>,
    /// In sections: one of these stands on every line with the value; lower case. None: any line may have it.
    pub literals: Vec<Text>,
    /// What to keep of several.
    pub keep: Keep,
    /// What it says of the device.
    pub identity: Option<Identity>,
}

/// A release table.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct ReleaseTable {
    /// Its id.
    pub id: Text,
    /// Rows; the first that fits decides.
    pub rows: Vec<TableRow>,
}

/// A row of a [`ReleaseTable`].
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct TableRow {
    /// Platforms.
    pub platforms: Vec<Text>,
    /// Product ids.
    pub products: Option<Pattern>,
    /// Versions of the smart agent.
    pub agents: Option<Pattern>,
    /// The releases.
    pub releases: Releases,
    /// Fixed releases as written.
    pub fixed: Vec<Text>,
    /// Affected releases as written.
    pub affected: Vec<Text>,
    /// The bound below, as written.
    pub minimum: Option<Text>,
}

/// The system a platform runs: a controller is one of its own but runs IOS-XE.
pub fn family(platform: &str) -> &str {
    if platform == "wlc-9800" { "ios-xe" } else { platform }
}

/// Whether a platform is an appliance: without the command line and the messages with mnemonics that routers and switches have.
pub fn is_appliance(platform: &str) -> bool {
    matches!(platform, "expressway" | "ssm-on-prem" | "cslu")
}

/// Whether a rule or row for `wanted` platforms speaks of a device on `platform`: `ios-xe` includes `wlc-9800`.
pub fn platform_fits(wanted: &[impl AsRef<str>], platform: &str) -> bool {
    wanted.iter().map(AsRef::as_ref).any(|name| name == platform || (name == "ios-xe" && platform == "wlc-9800"))
}

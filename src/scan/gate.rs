//! The gate: one case-insensitive automaton over every literal of the library. Text is searched before it is
//! parsed; only lines on which the gate finds something are looked at again.

use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind, MatchKind};
use memchr::{memchr, memchr_iter, memrchr};

use crate::formats::certificate;
use crate::rules::library::{ExtractId, Library, Matcher, SectionId, SignalId};

/// What a literal stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Target {
    /// A text signal, or an event signal of text lines.
    Signal(SignalId),
    /// A value read on any line.
    Extract(ExtractId),
    /// A text that begins a section.
    Opening(SectionId),
    /// Perhaps the header of a section, or a prompt with a command.
    Command,
    /// The beginning of a log record that may be wrapped.
    Record,
    /// What makes a log line one of licensing.
    Licensing,
    /// Perhaps the first line of a banner.
    Banner,
    /// The first line of a PEM block with certificates.
    Certificate,
}

/// The automaton and what its literals stand for.
#[derive(Debug)]
pub(super) struct Gate {
    automaton: AhoCorasick,
    targets: Vec<Vec<Target>>,
}

/// A line the gate let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    /// Offset of its first byte.
    pub(super) start: usize,
    /// Offset behind its last byte, without the line end.
    pub(super) end: usize,
    /// How many lines of the piece stand before it.
    pub(super) line: u64,
}

impl Gate {
    /// Builds the gate of a library.
    ///
    /// # Errors
    /// When the literals exceed what an automaton can hold.
    pub(super) fn new(library: &Library) -> Result<Self, aho_corasick::BuildError> {
        let literals = Self::literals(library);
        let automaton = AhoCorasickBuilder::new()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::DFA))
            .build(literals.keys())?;
        Ok(Self { automaton, targets: literals.into_values().collect() })
    }

    /// Every literal of a library, lower case, with what it stands for.
    pub(super) fn literals(library: &Library) -> BTreeMap<String, Vec<Target>> {
        let mut literals: BTreeMap<String, Vec<Target>> = BTreeMap::new();
        let mut add = |literal: &str, target: Target| literals.entry(literal.to_ascii_lowercase()).or_default().push(target);
        for (at, signal) in library.signals.iter().enumerate() {
            if let Matcher::Text { keywords, .. } | Matcher::Event { keywords, .. } = &signal.matcher {
                keywords.iter().for_each(|word| add(word, Target::Signal(SignalId(at))));
            }
        }
        for (at, extract) in library.extracts.iter().enumerate() {
            extract.keywords.iter().for_each(|word| add(word, Target::Extract(ExtractId(at))));
        }
        for (at, section) in library.sections.iter().enumerate() {
            section.openings.iter().for_each(|opening| add(&opening.text, Target::Opening(SectionId(at))));
        }
        for record in &library.records {
            add(record, Target::Record);
        }
        for word in &library.licensing {
            add(word, Target::Licensing);
        }
        for banner in BANNERS {
            add(banner, Target::Banner);
        }
        for label in certificate::PEM {
            add(label, Target::Certificate);
        }
        for command in COMMANDS {
            add(command, Target::Command);
        }
        literals
    }

    /// The lines of `piece` that begin before `own` and hold at least one literal, in order, and the number of line
    /// ends before `own`. A match may not be looked for across a line end: no literal holds one.
    pub(super) fn candidates(&self, piece: &[u8], own: usize) -> (Vec<Candidate>, u64) {
        let own = own.min(piece.len());
        let mut found = Vec::new();
        let mut at = 0;
        let mut counted_to = 0;
        let mut lines = 0;
        while at < own {
            let Some(hit) = self.automaton.find(aho_corasick::Input::new(piece).range(at..)) else { break };
            let start = memrchr(b'\n', &piece[..hit.start()]).map_or(0, |end| end + 1);
            if start >= own {
                break;
            }
            let end = memchr(b'\n', &piece[hit.end()..]).map_or(piece.len(), |length| hit.end() + length);
            lines += memchr_iter(b'\n', &piece[counted_to..start]).count() as u64;
            counted_to = start;
            found.push(Candidate { start, end, line: lines });
            at = end + 1;
        }
        lines += memchr_iter(b'\n', &piece[counted_to.min(own)..own]).count() as u64;
        (found, lines)
    }

    /// Everything whose literal stands in `line`, each once, in a fixed order.
    pub(super) fn targets(&self, line: &[u8]) -> Vec<Target> {
        let mut found: Vec<Target> = self
            .automaton
            .find_overlapping_iter(line)
            .filter_map(|hit| self.targets.get(hit.pattern().as_usize()))
            .flatten()
            .copied()
            .collect();
        found.sort();
        found.dedup();
        found
    }
}

/// First lines of banners, whose text may quote anything.
const BANNERS: &[&str] = &["banner motd", "banner login", "banner exec", "banner incoming"];

/// Literals of section headers and of prompts with a command that a section can begin with. What they let through
/// is checked by [`crate::formats::prompt`].
const COMMANDS: &[&str] = &[
    "--- show ",
    "`show ",
    "#sh",
    "# sh",
    ">sh",
    "> sh",
    "#ping",
    "# ping",
    ">ping",
    "> ping",
    "#telnet",
    "# telnet",
    ">telnet",
    "> telnet",
    "#more ",
    "# more ",
    ">more ",
    "#test license",
    "# test license",
    "xstatus",
    "xconfiguration",
    "!command: show ",
];

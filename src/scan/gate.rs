//! The gate: finds, in the bytes of a text, the lines that hold a literal of the library. Text is searched before it is
//! parsed; only lines on which the gate finds something are looked at again.
//!
//! # How
//!
//! A pattern of a rule needs a literal (`SMART_LIC-`, `ERR 205`), and 500 of them are too many to compare at every
//! byte. Cost rises in steps, and each lets only a fraction of the text through to the next:
//!
//! 1. Of each literal one *window* of up to eight bytes is looked for, case aside, perhaps shared with other literals
//!    ([`windows`]).
//! 2. Windows lie in 16 *buckets*. A vector instruction looks up which buckets each of 64 bytes fits, and the answers for
//!    eight bytes in a row are combined; where a bucket fits all eight, there is a candidate ([`buckets`], [`vector`]).
//!    Windows and buckets are chosen together so that this lets less than one in 200 places of ordinary text through.
//! 3. At a candidate the window is compared, then the literal ([`windows`]).
//! 4. Only then is a line a line: its ends are looked for, and its number is known because line ends were counted on the
//!    way.
//!
//! Where a text is full of candidates that come to nothing, or the machine has no such instructions, an Aho-Corasick
//! automaton gives the same hits at a steady speed.

mod buckets;
#[cfg(test)]
mod tests;
mod vector;
mod windows;
mod words;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind, MatchKind};
use memchr::{memchr, memchr_iter, memrchr};

use self::buckets::Tables;
use self::vector::{Instructions, Search};
pub(super) use self::windows::Windows;
pub(super) use self::words::Words;
use super::mask::KEYS;
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
    /// The first or last line of a private key.
    PrivateKey,
}

/// The literals, what they stand for, and how they are found.
#[derive(Debug)]
pub(super) struct Gate {
    windows: Windows,
    targets: Vec<Vec<Target>>,
    instructions: Option<Instructions>,
    /// Made for the first text that is long enough.
    tables: OnceLock<Tables>,
    /// Made for the first text that needs it.
    automaton: OnceLock<Option<AhoCorasick>>,
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
    /// Behind its last literal among those of the piece.
    literals: usize,
}

/// What the gate found in a piece of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Gated {
    /// Lines that hold a literal, in order.
    pub(super) lines: Vec<Candidate>,
    /// The literals on them, as they come.
    literals: Vec<u32>,
    /// Line ends among the bytes that belong to the piece.
    pub(super) line_ends: u64,
    /// A NUL was seen.
    pub(super) nul: bool,
    /// There are bytes beyond ASCII.
    pub(super) high: bool,
}

/// Shorter texts are searched byte by byte: tables cost more than they save.
const SHORT: usize = 8 * 1024;
/// A piece in which more than one byte in so many is a candidate for nothing is left to the automaton.
const TOLERATED: usize = 12;

impl Gate {
    /// Builds the gate of a library.
    pub(super) fn new(library: &Library) -> Self {
        let (literals, targets): (Vec<String>, Vec<Vec<Target>>) = Self::literals(library).into_iter().unzip();
        Self {
            windows: Windows::choose(literals.into_iter().map(|literal| literal.into_bytes().into()).collect()),
            targets,
            instructions: Instructions::detect(),
            tables: OnceLock::new(),
            automaton: OnceLock::new(),
        }
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
        for label in KEYS {
            add(label, Target::PrivateKey);
        }
        for command in COMMANDS {
            add(command, Target::Command);
        }
        literals
    }

    /// The lines of `piece` that begin before `own` and hold at least one literal, in order, and the number of line
    /// ends before `own`. A match may not be looked for across a line end: no literal holds one.
    pub(super) fn lines(&self, piece: &[u8], own: usize) -> Gated {
        let own = own.min(piece.len());
        // The last line may end behind the piece's own bytes.
        let end = match piece.get(..own).and_then(<[u8]>::last) {
            None => 0,
            Some(b'\n') => own,
            Some(_) => memchr(b'\n', &piece[own..]).map_or(piece.len(), |length| own + length),
        };
        let text = &piece[..end];
        let mut gated = Gated::default();
        let mut wasted = 0;
        let mut search: Search = Search::default();
        if let (Some(instructions), true) = (self.instructions, text.len() >= SHORT) {
            let tables = self.tables.get_or_init(|| Tables::new(self.windows.entries()));
            loop {
                let blocks = search.next(instructions, tables, text);
                if blocks.is_empty() {
                    break;
                }
                for block in blocks {
                    let mut left = block.candidates;
                    while left != 0 {
                        let bit = left.trailing_zeros();
                        left &= left - 1;
                        let at = block.at + bit as usize;
                        if self.windows.at(text, at, &mut |literal| gated.literals.push(literal)) {
                            gated.add(text, at, block.lines + u64::from((block.ends & ((1 << bit) - 1)).count_ones()));
                        } else {
                            wasted += 1;
                        }
                    }
                }
                if wasted > (SHORT + search.at) / TOLERATED {
                    break;
                }
            }
        }
        if text.len() - search.at >= SHORT
            && let Some(automaton) = self.automaton()
        {
            return self.automatic(automaton, text, own);
        }
        let Search { at, mut lines, nul, high, .. } = search;
        gated.nul = nul;
        gated.high = high || !text.get(at..).unwrap_or_default().is_ascii();
        for at in at..text.len() {
            if text[at] == b'\n' {
                lines += 1;
            } else if text[at] == 0 {
                gated.nul = true;
            } else if self.windows.at(text, at, &mut |literal| gated.literals.push(literal)) {
                gated.add(text, at, lines);
            }
        }
        // A line end behind the last own byte is not among those of the text.
        gated.line_ends = lines;
        gated
    }

    /// The same by automaton, which finds the lines only.
    fn automatic(&self, automaton: &AhoCorasick, text: &[u8], own: usize) -> Gated {
        let mut gated = Gated::default();
        let (mut at, mut counted_to, mut lines) = (0, 0, 0);
        while let Some(hit) = automaton.find(aho_corasick::Input::new(text).range(at..)) {
            lines += memchr_iter(b'\n', &text[counted_to..hit.start()]).count() as u64;
            counted_to = hit.start();
            gated.add(text, hit.start(), lines);
            let Some(line) = gated.lines.last_mut() else { break };
            for at in line.start..line.end {
                self.windows.at(text, at, &mut |literal| gated.literals.push(literal));
            }
            line.literals = gated.literals.len();
            at = line.end;
        }
        gated.line_ends = memchr_iter(b'\n', &text[..own]).count() as u64;
        gated.nul = memchr(0, text).is_some();
        gated.high = !text.is_ascii();
        gated
    }

    fn automaton(&self) -> Option<&AhoCorasick> {
        let build = || {
            // Only where the literals exceed what an automaton can hold is there none.
            AhoCorasickBuilder::new()
                .ascii_case_insensitive(true)
                .match_kind(MatchKind::Standard)
                .kind(Some(AhoCorasickKind::DFA))
                .build(self.windows.literals())
                .ok()
        };
        self.automaton.get_or_init(build).as_ref()
    }

    /// The literals that stand in `line`, as they come.
    pub(super) fn literals_on(&self, line: &[u8]) -> Vec<u32> {
        let mut literals = Vec::new();
        for at in 0..line.len() {
            self.windows.at(line, at, &mut |literal| literals.push(literal));
        }
        literals
    }

    /// Everything whose literal stands in `line`, each once, in a fixed order.
    pub(super) fn targets(&self, line: &[u8]) -> Vec<Target> {
        let mut targets = Vec::new();
        self.targets_of(&self.literals_on(line), &mut targets);
        targets
    }

    /// What literals stand for, each once, in a fixed order.
    pub(super) fn targets_of(&self, literals: &[u32], targets: &mut Vec<Target>) {
        targets.clear();
        targets.extend(literals.iter().filter_map(|literal| self.targets.get(*literal as usize)).flatten());
        targets.sort_unstable();
        targets.dedup();
    }
}

impl Gated {
    /// The lines with the literals on each, perhaps more than once.
    pub(super) fn each(&self) -> impl Iterator<Item = (&Candidate, &[u32])> {
        let mut from = 0;
        self.lines.iter().map(move |line| {
            let literals = self.literals.get(from..line.literals).unwrap_or_default();
            from = line.literals;
            (line, literals)
        })
    }

    /// Takes the line of a hit, whose literals were noted; hits come in order. `line` is the number of line ends before it.
    fn add(&mut self, text: &[u8], at: usize, line: u64) {
        let literals = self.literals.len();
        if let Some(last) = self.lines.last_mut().filter(|last| at < last.end) {
            last.literals = literals;
            return;
        }
        let start = memrchr(b'\n', &text[..at]).map_or(0, |end| end + 1);
        let end = memchr(b'\n', &text[at..]).map_or(text.len(), |length| at + length);
        self.lines.push(Candidate { start, end, line, literals });
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
    "#do sh",
    "# do sh",
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
    ")#hostname ",
    ")# hostname ",
    ")#switchname ",
    ")# switchname ",
    "xstatus",
    "xconfiguration",
    "!command: show ",
];

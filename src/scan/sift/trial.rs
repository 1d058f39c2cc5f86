//! Whether what the gate found on a line holds there: each candidate is tried with what its literal only hints at.

use super::Says;
use crate::formats::event::Event;
use crate::formats::{expressway, prompt, quoted};
use crate::rules::library::{Matcher, SignalId};
use crate::scan::assemble::{fits, is_continued};
use crate::scan::gate::Target;
use crate::scan::{Scanner, section};

/// A line on which candidates are tried.
pub(super) struct Trial<'t> {
    pub(super) scanner: &'t Scanner<'t>,
    pub(super) text: &'t str,
    /// What follows the line.
    rest: &'t [u8],
    pub(super) read: Read,
    /// Trimmed and in lower case, for the first opening of a section that asks.
    opening: Option<String>,
    /// Something holds that accounts for a line of licensing.
    accounted: bool,
}

/// What was made of a line for the first signal that asked for it.
#[derive(Default)]
pub(in crate::scan) struct Read {
    events: Option<Vec<Event>>,
    /// The line in lower case, where it is ASCII.
    lower: Option<Option<String>>,
}

impl<'t> Trial<'t> {
    pub(super) fn of(scanner: &'t Scanner<'t>, text: &'t str, rest: &'t [u8]) -> Self {
        Self { scanner, text, rest, read: Read::default(), opening: None, accounted: false }
    }

    /// Drops what does not hold; what of the text behind the line had a say in it.
    pub(super) fn sifted(mut self, targets: &mut Vec<Target>) -> Says {
        let says = Says::of(targets.iter());
        targets.retain(|target| self.holds(*target));
        self.finish(targets);
        says
    }

    /// Whether one candidate holds.
    pub(super) fn holds(&mut self, target: Target) -> bool {
        let library = self.scanner.library;
        match target {
            Target::Signal(id) => self.signal(id, false),
            Target::Extract(id) => {
                let text = self.text.trim();
                let holds = library.extracts.get(id.0).is_some_and(|extract| section::read_value(extract, "", text, 0).is_some());
                self.accounted |= holds;
                holds
            }
            Target::Opening(id) => {
                let lower = self.opening.get_or_insert_with(|| self.text.trim().to_ascii_lowercase());
                library.sections.get(id.0).is_some_and(|section| section.opens(lower, false))
            }
            Target::Command => is_command(self.text),
            Target::Record => is_continued(self.text, self.rest),
            Target::Banner => quoted::banner_lines(self.text, self.rest) > 0,
            Target::Licensing | Target::Certificate | Target::PrivateKey => true,
        }
    }

    /// Whether a signal holds; what it needs may be known to stand on the line.
    pub(super) fn signal(&mut self, id: SignalId, has_needed: bool) -> bool {
        let holds = shows(self.scanner, id, self.text, &mut self.read, has_needed);
        self.accounted |= holds && is_anywhere(self.scanner, id);
        holds
    }

    /// Drops the mark of a licensing line where the line is accounted for, or an ordinary one.
    pub(super) fn finish(&self, targets: &mut Vec<Target>) {
        let ordinary = || self.scanner.library.ordinary.iter().any(|pattern| pattern.is_match(self.text));
        if targets.contains(&Target::Licensing) && (self.accounted || ordinary()) {
            targets.retain(|target| *target != Target::Licensing);
        }
    }
}

impl Read {
    /// The line in lower case; `None` where it is not ASCII.
    pub(super) fn lower(&mut self, text: &str) -> Option<&str> {
        self.lower.get_or_insert_with(|| text.is_ascii().then(|| text.to_ascii_lowercase())).as_deref()
    }
}

/// Whether a signal holds on a line, wherever the line stands. `has_needed`: the words it needs are known to stand on it.
pub(in crate::scan) fn shows(scanner: &Scanner<'_>, id: SignalId, text: &str, read: &mut Read, has_needed: bool) -> bool {
    let Some(signal) = scanner.library.signals.get(id.0) else { return false };
    match &signal.matcher {
        Matcher::Text { pattern, .. } => {
            let Some(lower) = read.lower(text) else { return pattern.is_match(text) };
            (has_needed || scanner.needed(id).is_none_or(|needed| needed.stand_in(lower))) && pattern.is_match_in(text, lower, 0)
        }
        Matcher::Event { kind, .. } if kind == expressway::EXPRESSWAY_LOG => {
            read.events.get_or_insert_with(|| expressway::events(text, 0)).iter().any(|event| fits(signal, event))
        }
        _ => false,
    }
}

/// Whether a signal is found on any line, whatever output it stands in.
pub(super) fn is_anywhere(scanner: &Scanner<'_>, id: SignalId) -> bool {
    let matcher = scanner.library.signals.get(id.0).map(|signal| &signal.matcher);
    matches!(matcher, Some(Matcher::Text { within, outside, .. }) if within.is_empty() && outside.is_empty())
}

/// Whether a line may begin or end an output, see [`crate::scan::assemble`].
fn is_command(text: &str) -> bool {
    let trimmed = text.trim();
    let starts = |word: &str| trimmed.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    starts("xstatus")
        || starts("xconfiguration")
        || trimmed.starts_with("!Command:")
        || prompt::section_header(text).is_some()
        || prompt::parse(text).is_some()
}

//! Matches as they are found. Of many only the first and last few are kept, so they stay as they are until the artifact ends,
//! and only those that are left are masked, made visible and cut.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

use super::Scanner;
use super::ends::Ends;
use super::evidence::{Captures, Match, Subject, Tally};
use super::excerpt::Surroundings;
use crate::formats::event::{Event, Place};
use crate::formats::time::Stamp;
use crate::rules::library::SignalId;

/// Longest line that is kept as it is; what is found on longer ones is quoted at once.
const LONGEST: usize = 4 * 1024;

/// One match of a signal.
pub(super) enum Seen {
    /// On a line.
    Line(Box<SeenLine>),
    /// An event, which several signals may share.
    Event(Arc<Event>),
    /// Quoted already.
    Quoted(Match),
}

/// The matches that events are, by the addresses of the events, which are held so that no other comes to stand there.
type Quoted = HashMap<usize, (Match, Arc<Event>)>;

/// A match on a line.
pub(super) struct SeenLine {
    pub(super) place: Place,
    pub(super) time: Option<Stamp>,
    pub(super) text: String,
    /// What matched, as a range of bytes of the text.
    pub(super) matched: Range<usize>,
    /// Named groups, as ranges of bytes of the text.
    pub(super) groups: Vec<(String, Range<usize>)>,
    pub(super) around: Surroundings,
    pub(super) over: bool,
}

impl Seen {
    /// A match on a line.
    pub(super) fn line(scanner: &Scanner<'_>, line: SeenLine) -> Self {
        let seen = Self::Line(Box::new(line));
        match &seen {
            Self::Line(line) if line.text.len() > LONGEST => Self::Quoted(seen.quote(scanner, &mut Quoted::new())),
            _ => seen,
        }
    }

    pub(super) fn place(&self) -> Place {
        match self {
            Self::Line(line) => line.place,
            Self::Event(event) => event.place,
            Self::Quoted(found) => found.place,
        }
    }

    pub(super) fn time(&self) -> Option<&Stamp> {
        match self {
            Self::Line(line) => line.time.as_ref(),
            Self::Event(event) => event.time.as_ref(),
            Self::Quoted(found) => found.time.as_ref(),
        }
    }

    /// The match as the report has it. Events are quoted once for all signals.
    fn quote(self, scanner: &Scanner<'_>, known: &mut Quoted) -> Match {
        match self {
            Self::Line(line) => {
                let SeenLine { place, time, text, matched, groups, around, over } = *line;
                let secrets = around.secrets(&scanner.masker, &text);
                let captures = groups.into_iter().map(|(name, part)| (name, scanner.shown(&secrets.hidden(&text, part)))).collect();
                Match { place, time, excerpt: scanner.excerpt(&text, &secrets, matched).into(), captures, over }
            }
            Self::Event(event) => {
                let at = Arc::as_ptr(&event) as usize;
                known.entry(at).or_insert_with(|| (quoted(scanner, &event), event)).0.clone()
            }
            Self::Quoted(found) => found,
        }
    }
}

/// A match of an event, with all fields that have a value.
pub(super) fn quoted(scanner: &Scanner<'_>, event: &Event) -> Match {
    let given = event.fields.iter().filter(|(_, value)| !value.is_empty());
    let secrets = scanner.masker.secrets(&event.text, &[]);
    let captures: Captures = given.map(|(name, value)| (*name, scanner.shown(&secrets.out_of(&event.text, value)))).collect();
    let excerpt = scanner.excerpt(&event.text, &secrets, 0..0).into();
    Match { place: event.place, time: event.time.clone(), excerpt, captures, over: false }
}

/// The matches of an artifact, by subject and signal: how many, and those that are kept.
pub(super) struct Matches {
    each: usize,
    by_signal: BTreeMap<(usize, SignalId), (u64, Ends<Seen>)>,
}

impl Matches {
    /// None yet; the first and the last so many of each signal will be kept.
    pub(super) fn keeping(each: usize) -> Self {
        Self { each, by_signal: BTreeMap::new() }
    }

    /// Adds one, which is later than all before it.
    pub(super) fn add(&mut self, subject: usize, id: SignalId, seen: Seen) {
        let each = self.each;
        let (count, kept) = self.by_signal.entry((subject, id)).or_insert_with(|| (0, Ends::of(each)));
        *count += 1;
        kept.add(seen);
    }

    /// Hands all to their subjects.
    pub(super) fn hand_over(&mut self, scanner: &Scanner<'_>, subjects: &mut [Subject]) {
        let mut known = Quoted::new();
        for ((subject, id), (count, kept)) in std::mem::take(&mut self.by_signal) {
            if let Some(subject) = subjects.get_mut(subject) {
                subject.tallies.insert(id, Tally::of(count, kept.map(|seen| seen.quote(scanner, &mut known))));
            }
        }
    }
}

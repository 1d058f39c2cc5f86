//! Matches as they are found. Of many only the first and last few are kept, so they stay as they are until the artifact ends,
//! and only those that are left are masked, made visible and cut.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;
use regex::Regex;

use super::Scanner;
use super::ends::Ends;
use super::evidence::{Captures, Match, Subject, Tally};
use super::excerpt;
use super::mask::{Secrets, Surroundings};
use crate::formats::event::{Event, Place};
use crate::formats::time::Stamp;
use crate::rules::library::SignalId;

/// Longest line that is always kept as it is. Of longer ones as many are as there is room for; what is found on others is quoted at once.
const LONGEST: usize = 4 * 1024;
/// Bytes of long lines that an artifact keeps as they are.
const ROOM: usize = 8 << 20;
/// Devices from which on they are quoted by several threads.
const MANY: usize = 16;

/// One match of a signal.
pub(super) enum Seen {
    /// On a line, which several signals may share.
    Line(Arc<SeenLine>),
    /// An event, which several signals may share.
    Event(Arc<Event>),
    /// Quoted already.
    Quoted(Box<Match>),
}

/// The matches that events are, by the addresses of the events, which are held so that no other comes to stand there.
type Quoted = HashMap<usize, (Match, Arc<Event>)>;

/// A line with matches.
pub(super) struct SeenLine {
    pub(super) place: Place,
    pub(super) time: Option<Stamp>,
    pub(super) text: String,
    pub(super) around: Surroundings,
    pub(super) over: bool,
    /// The room it takes; `None` where there was none.
    pub(super) held: Option<Held>,
    /// The line as it is shown, made for the first match that is quoted.
    pub(super) shown: OnceLock<Shown>,
}

/// Room for the long lines of an artifact.
#[derive(Default)]
pub(super) struct Room(Arc<AtomicUsize>);

/// What a line takes of it, until it is dropped.
pub(super) struct Held {
    room: Arc<AtomicUsize>,
    length: usize,
}

impl Room {
    /// Room for a line of so many bytes, as long as there is some.
    pub(super) fn take(&self, length: usize) -> Option<Held> {
        let length = if length > LONGEST { length } else { 0 };
        let taken = self.0.load(Ordering::Relaxed);
        (taken + length <= ROOM).then(|| {
            self.0.store(taken + length, Ordering::Relaxed);
            Held { room: Arc::clone(&self.0), length }
        })
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.room.fetch_sub(self.length, Ordering::Relaxed);
    }
}

/// A line without secrets.
pub(super) struct Shown {
    secrets: Secrets,
    whole: Arc<str>,
}

impl SeenLine {
    /// The match of a signal on it.
    fn quote(&self, scanner: &Scanner<'_>, id: SignalId) -> Match {
        let Shown { secrets, whole } = self.shown.get_or_init(|| {
            let secrets = self.around.secrets(&scanner.masker, &self.text);
            let whole = excerpt::whole(&self.text, &secrets).into();
            Shown { secrets, whole }
        });
        let most = scanner.excerpt_length();
        let fits = whole.len() <= most || whole.chars().count() <= most;
        let regex = scanner.pattern(id).and_then(|pattern| pattern.on(&self.text));
        let found = regex.filter(|regex| !fits || regex.captures_len() > 1).and_then(|regex| regex.captures(&self.text));
        let matched = found.as_ref().and_then(|found| found.get(0)).map_or(0..0, |all| all.range());
        let named = regex.into_iter().flat_map(Regex::capture_names).flatten();
        let groups = named.filter_map(|name| Some((name, found.as_ref()?.name(name)?.range())));
        let captures: Captures = groups.map(|(name, part)| (name, scanner.shown(&secrets.hidden(&self.text, part)))).collect();
        let excerpt = if fits { Arc::clone(whole) } else { excerpt::cut(whole, &self.text, matched, most).into() };
        Match { place: self.place, time: self.time.clone(), excerpt, captures, over: self.over }
    }
}

impl Seen {
    /// A match of a signal on a line.
    pub(super) fn line(scanner: &Scanner<'_>, id: SignalId, line: &Arc<SeenLine>) -> Self {
        if line.text.len() > LONGEST && line.held.is_none() {
            Self::Quoted(Box::new(line.quote(scanner, id)))
        } else {
            Self::Line(Arc::clone(line))
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
    fn quote(self, scanner: &Scanner<'_>, id: SignalId, known: &mut Quoted) -> Match {
        match self {
            Self::Line(line) => line.quote(scanner, id),
            Self::Event(event) => {
                let at = Arc::as_ptr(&event) as usize;
                known.entry(at).or_insert_with(|| (quoted(scanner, &event), event)).0.clone()
            }
            Self::Quoted(found) => *found,
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
    /// By subject, in the order of the signals.
    by_subject: Vec<Vec<Kept>>,
}

/// What is kept of one signal.
struct Kept {
    id: SignalId,
    count: u64,
    seen: Ends<Seen>,
}

impl Matches {
    /// None yet; the first and the last so many of each signal will be kept.
    pub(super) fn keeping(each: usize) -> Self {
        Self { each, by_subject: Vec::new() }
    }

    /// Adds one, which is later than all before it.
    pub(super) fn add(&mut self, subject: usize, id: SignalId, seen: Seen) {
        if self.by_subject.len() <= subject {
            self.by_subject.resize_with(subject + 1, Vec::new);
        }
        let Some(of_subject) = self.by_subject.get_mut(subject) else { return };
        let at = of_subject.binary_search_by_key(&id, |kept| kept.id).unwrap_or_else(|at| {
            of_subject.insert(at, Kept { id, count: 0, seen: Ends::of(self.each) });
            at
        });
        let Some(kept) = of_subject.get_mut(at) else { return };
        kept.count += 1;
        kept.seen.add(seen);
    }

    /// Hands all to their subjects.
    pub(super) fn hand_over(&mut self, scanner: &Scanner<'_>, subjects: &mut [Subject]) {
        let by_subject = std::mem::take(&mut self.by_subject);
        let quote = |(subject, matches): (&mut Subject, Vec<Kept>)| {
            let mut known = Quoted::new();
            let tally = |Kept { id, count, seen }| (id, Tally::of(count, seen.map(|seen: Seen| seen.quote(scanner, id, &mut known))));
            subject.tallies = matches.into_iter().map(tally).collect();
        };
        if by_subject.len() < MANY {
            subjects.iter_mut().zip(by_subject).for_each(quote);
        } else {
            subjects.par_iter_mut().zip(by_subject).for_each(quote);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_room_for_so_many_long_lines_and_for_all_short_ones() {
        let room = Room::default();
        let mut held: Vec<Held> = (0..3).filter_map(|_| room.take(ROOM / 3)).collect();
        assert_eq!(held.len(), 3);
        assert!(room.take(LONGEST + 1).is_none() && room.take(LONGEST).is_some());
        held.pop();
        assert!(room.take(LONGEST + 1).is_some() && room.take(ROOM).is_none());
    }
}

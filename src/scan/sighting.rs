//! Where and when signals were seen on the lines of one artifact: tells copies of a log from the log, and one order of
//! events from another.
//!
//! Both memories are bounded. An artifact with more than [`LINES`] lines that match is a log of its own: its first
//! lines only are remembered for comparison with other artifacts, while its counts stay exact. Copies inside one
//! artifact are told for its first 65,536 lines that match.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::formats::event::Place;
use crate::formats::time::Stamp;
use crate::rules::library::SignalId;

/// Lines remembered of one artifact.
pub const LINES: usize = 1_024;
/// Lines of one artifact of which a copy further down is known as one.
const COPIES: usize = 65_536;

/// The lines of one artifact that some signal matched, in the order of the text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sightings {
    /// The first [`LINES`].
    pub lines: Vec<Sighting>,
    /// There were more.
    pub more: bool,
}

/// One line, or one event of a capture.
#[derive(Clone, Debug, PartialEq)]
pub struct Sighting {
    /// Position of the subject.
    pub subject: usize,
    /// Where it stands.
    pub place: Place,
    /// When, as stated.
    pub time: Option<Stamp>,
    /// The same for the same text; `None` where the line states no time, so that nothing tells it from another.
    pub print: Option<u64>,
    /// The signals.
    pub signals: Vec<SignalId>,
}

impl Sightings {
    /// Adds a signal on a line.
    pub(super) fn add(&mut self, id: SignalId, subject: usize, place: Place, time: Option<&Stamp>, print: Option<u64>) {
        if let Some(last) = self.lines.last_mut()
            && (last.subject, last.place) == (subject, place)
        {
            if !last.signals.contains(&id) {
                last.signals.push(id);
            }
        } else if self.lines.len() < LINES {
            self.lines.push(Sighting { subject, place, time: time.cloned(), print, signals: vec![id] });
        } else {
            self.more = true;
        }
    }
}

/// The same for the same text.
pub(super) fn print(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.trim().hash(&mut hasher);
    hasher.finish()
}

/// Remembers lines to know their copies.
#[derive(Debug, Default)]
pub(super) struct Copies {
    seen: HashSet<u64>,
    last: Option<(usize, Stamp)>,
}

impl Copies {
    /// Whether the line of this [`print`] was met before. Equal lines one after the other within one second are no copies where
    /// the stamp has no fractions: devices do repeat themselves.
    pub(super) fn met(&mut self, subject: usize, print: u64, time: &Stamp) -> bool {
        let burst = !time.has_fraction() && self.last.as_ref().is_some_and(|(known, last)| *known == subject && last == time);
        if self.seen.contains(&print) && !burst {
            self.last = None;
            return true;
        }
        if self.seen.len() < COPIES {
            self.seen.insert(print);
        }
        self.last = Some((subject, time.clone()));
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::time::find_date;

    #[test]
    fn a_second_run_through_the_same_lines_is_a_copy() {
        let mut copies = Copies::default();
        let lines =
            ["Aug 23 09:00:01 a", "Aug 23 09:00:01 a", "Aug 23 09:00:02 b", "Aug 23 09:00:01 a", "Aug 23 09:00:02 b", "Aug 23 09:00:03 c"];
        let met: Vec<bool> = lines.iter().map(|line| copies.met(0, print(line), &find_date(line).unwrap())).collect();
        assert_eq!(met, [false, false, false, true, true, false]);
    }

    #[test]
    fn with_fractions_of_a_second_a_line_is_met_once() {
        let mut copies = Copies::default();
        let line = "Aug 23 09:00:01.123 a";
        let time = find_date(line).unwrap();
        assert!(!copies.met(0, print(line), &time));
        assert!(copies.met(0, print(line), &time));
    }
}

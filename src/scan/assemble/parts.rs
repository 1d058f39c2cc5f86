//! Lines longer than what a pattern is given are searched in parts that overlap: what lies in two of them counts once.

use crate::rules::library::{Pattern, SignalId};
use crate::scan::sift::{OVERLAP, Part};

/// What was found in the part of a long line at hand, and in the part before it.
#[derive(Default)]
pub(super) struct Parts {
    before: Vec<(SignalId, String)>,
    here: Vec<(SignalId, String)>,
    of_long: bool,
}

impl Parts {
    /// Goes on to the next part, or to another line.
    pub(super) fn part(&mut self, part: Part) {
        self.of_long = part != Part::Whole;
        self.before = std::mem::take(&mut self.here);
        if part != Part::Later {
            self.before.clear();
        }
    }

    /// Whether a signal was found by the same words at the end of the part before, which is the beginning of this one.
    pub(super) fn is_again(&mut self, id: SignalId, pattern: &Pattern, text: &str) -> bool {
        if !self.of_long {
            return false;
        }
        let Some(found) = pattern.on(text).and_then(|pattern| pattern.find(text)) else { return false };
        self.here.push((id, found.as_str().to_owned()));
        // Bytes that are no characters are three in the text.
        found.start() < 3 * OVERLAP && self.before.iter().any(|(known, words)| *known == id && words == found.as_str())
    }
}

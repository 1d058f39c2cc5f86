//! Which quotes of a finding are shown where not all are asked for.

use std::collections::{HashMap, HashSet};

use super::phrase::place;
use crate::report::model::Evidence;

/// Quotes per signal that are shown unless all are asked for: the first and the last.
const QUOTES: usize = 2;

/// Quotes per finding that are shown unless all are asked for. They stand in the order of their weight.
const QUOTED: usize = 6;

/// The first and the last quote of every signal, in the order of the report, and how many are left out.
pub(super) fn chosen(evidence: &[Evidence], all: bool) -> (Vec<&Evidence>, usize) {
    // One line can speak for several signals; it is quoted for the heaviest.
    let mut places = HashSet::new();
    let evidence: Vec<&Evidence> = evidence.iter().filter(|item| all || places.insert((place(item), &item.excerpt))).collect();
    let mut total: HashMap<&str, usize> = HashMap::new();
    for item in &evidence {
        *total.entry(item.signal.as_str()).or_default() += 1;
    }
    let mut seen: HashMap<&str, usize> = HashMap::new();
    let mut shown: Vec<&Evidence> = evidence
        .iter()
        .copied()
        .filter(|item| {
            let nth = seen.entry(item.signal.as_str()).or_default();
            *nth += 1;
            let of = total.get(item.signal.as_str()).copied().unwrap_or(0);
            all || *nth < QUOTES || *nth == of
        })
        .collect();
    // One too many is quoted rather than counted.
    if !all && shown.len() > QUOTED + 1 {
        shown.truncate(QUOTED);
    }
    let left_out = evidence.len() - shown.len();
    (shown, left_out)
}

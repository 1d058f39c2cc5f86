//! Windows: up to eight bytes of each literal, and what is compared where they stand.
//!
//! Bytes are *folded* (`| 0x20`): letters lose their case, and a few other bytes become alike. What folding lets
//! through, the comparison with the whole literal stops.
//!
//! `windows.tsv` lists a window for each literal of the rule library and the bucket it lies in, chosen together so that all
//! buckets let the least of ordinary text through. It is made from the library and a sample of texts by
//! `cargo run --release --example gate_windows`. A literal without a listed window (a user's rule) gets the one whose
//! bytes are rarest.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use super::buckets;

/// Bytes of a window. Those of a shorter literal are as many as it has, at least [`LEAST`].
pub(super) const WIDTH: usize = 8;
/// Bytes by which windows are looked up.
const LEAST: usize = 3;
/// Places of the table; a power of two.
const SLOTS: usize = 1 << 12;
/// The windows chosen for the rule library: bytes in hexadecimal and bucket.
const LISTED: &str = include_str!("windows.tsv");

/// Where literals are looked for, and what is compared there.
#[derive(Debug)]
pub(in crate::scan) struct Windows {
    beginnings: Beginnings,
    slots: Vec<u32>,
    entries: Vec<Window>,
    members: Vec<Member>,
    literals: Vec<Box<[u8]>>,
}

/// One window.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    pub(super) bytes: Folded,
    /// The bucket it was given, if any.
    pub(super) bucket: Option<u8>,
    /// Next entry of the same slot, plus one.
    next: u32,
    members: (u32, u32),
}

/// A literal that a window serves.
#[derive(Clone, Copy, Debug)]
struct Member {
    /// Most of what shares a window differs here.
    first: Folded,
    literal: u32,
    /// Where in the literal the window stands.
    offset: u32,
}

/// The first bytes of a text, folded, up to [`WIDTH`]; the first is the lowest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Folded {
    word: u64,
    /// Of the bytes that there are.
    mask: u64,
}

/// Every byte folded.
const FOLD: u64 = 0x2020_2020_2020_2020;

impl Folded {
    fn new(bytes: &[u8]) -> Self {
        let mask = if bytes.len() < WIDTH { (1 << (8 * bytes.len())) - 1 } else { u64::MAX };
        Self { word: folded(bytes) & mask, mask }
    }

    /// Its bytes; `None` where any will do.
    pub(super) fn bytes(self) -> [Option<u8>; WIDTH] {
        let open = self.mask.to_le_bytes();
        let mut bytes = self.word.to_le_bytes().map(Some);
        bytes.iter_mut().zip(open).filter(|(_, mask)| *mask == 0).for_each(|(byte, _)| *byte = None);
        bytes
    }

    /// Whether a text begins with it, by the text's first bytes.
    #[inline]
    fn begins(self, text: u64) -> bool {
        text & self.mask == self.word
    }
}

/// The first bytes of a text, folded; behind its end, blanks.
#[inline]
fn folded(text: &[u8]) -> u64 {
    let word = match text.first_chunk() {
        Some(bytes) => u64::from_le_bytes(*bytes),
        None => text.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    };
    word | FOLD
}

impl Windows {
    /// Chooses windows for `literals`, each of at least three bytes.
    pub(in crate::scan) fn choose(literals: Vec<Box<[u8]>>) -> Self {
        let listed = listed();
        let chosen = cover(&literals, listed);
        let mut windows = Self {
            beginnings: chosen.keys().copied().collect(),
            slots: vec![0; SLOTS],
            entries: Vec::with_capacity(chosen.len()),
            members: Vec::with_capacity(literals.len()),
            literals,
        };
        for (bytes, members) in chosen {
            let from = windows.members.len() as u32;
            let first = |literal: u32| windows.literals.get(literal as usize).map_or(bytes, |literal| Folded::new(literal));
            windows.members.extend(members.into_iter().map(|(literal, offset)| Member { first: first(literal), literal, offset }));
            let Some(slot) = windows.slots.get_mut(place(bytes.word)) else { continue };
            let bucket = listed.get(&bytes).copied();
            windows.entries.push(Window { bytes, bucket, next: *slot, members: (from, windows.members.len() as u32) });
            *slot = windows.entries.len() as u32;
        }
        windows
    }

    /// The windows.
    pub(super) fn entries(&self) -> &[Window] {
        &self.entries
    }

    /// The literals, as given.
    pub(super) fn literals(&self) -> &[Box<[u8]>] {
        &self.literals
    }

    /// Calls `sink` for every literal whose window stands at `at`; true when there was one.
    #[inline]
    pub(in crate::scan) fn at(&self, text: &[u8], at: usize, sink: &mut impl FnMut(u32)) -> bool {
        let here = folded(text.get(at..).unwrap_or_default());
        if !self.beginnings.may_hold(here) {
            return false;
        }
        let mut any = false;
        let mut next = self.slots.get(place(here)).copied().unwrap_or(0);
        while let Some(window) = (next as usize).checked_sub(1).and_then(|entry| self.entries.get(entry)) {
            next = window.next;
            if !window.bytes.begins(here) {
                continue;
            }
            for member in self.members.get(window.members.0 as usize..window.members.1 as usize).unwrap_or_default() {
                let Some(from) = at.checked_sub(member.offset as usize).and_then(|start| text.get(start..)) else { continue };
                if !member.first.begins(folded(from)) {
                    continue;
                }
                let Some(literal) = self.literals.get(member.literal as usize) else { continue };
                if from.get(..literal.len()).is_some_and(|found| found.eq_ignore_ascii_case(literal)) {
                    any = true;
                    sink(member.literal);
                }
            }
        }
        any
    }
}

/// What windows begin with, so that nearly every candidate that is none is told without a look at a window.
#[derive(Debug)]
struct Beginnings {
    /// A bit for each window of [`WIDTH`] bytes, by all of them.
    whole: Box<[u64; Self::WORDS]>,
    /// A bit for each shorter window, by its first [`LEAST`] bytes.
    short: Box<[u64; Self::WORDS]>,
}

impl Beginnings {
    const WORDS: usize = 1 << 9;

    /// Whether a window may begin as `word`.
    #[inline]
    fn may_hold(&self, word: u64) -> bool {
        let holds = |bits: &[u64; Self::WORDS], (at, bit): (usize, u32)| bits[at % Self::WORDS] >> bit;
        (holds(&self.whole, Self::bit(word)) | holds(&self.short, Self::bit(least(word)))) & 1 != 0
    }

    /// The place of a bit.
    #[inline]
    fn bit(word: u64) -> (usize, u32) {
        let hash = word.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - 6 - Self::WORDS.trailing_zeros());
        ((hash >> 6) as usize, (hash & 63) as u32)
    }
}

impl FromIterator<Folded> for Beginnings {
    fn from_iter<I: IntoIterator<Item = Folded>>(windows: I) -> Self {
        let mut beginnings = Self { whole: Box::new([0; Self::WORDS]), short: Box::new([0; Self::WORDS]) };
        for window in windows {
            let (bits, word) =
                if window.mask == u64::MAX { (&mut beginnings.whole, window.word) } else { (&mut beginnings.short, least(window.word)) };
            let (at, bit) = Self::bit(word);
            bits[at % Self::WORDS] |= 1 << bit;
        }
        beginnings
    }
}

/// The bytes that every window has.
#[inline]
fn least(word: u64) -> u64 {
    word & ((1 << (8 * LEAST)) - 1)
}

/// Where windows are listed that begin as `word`.
#[inline]
fn place(word: u64) -> usize {
    ((least(word) as u32).wrapping_mul(0x9e37_79b1) >> (32 - SLOTS.trailing_zeros())) as usize
}

/// The window at `offset` of a literal.
fn window(literal: &[u8], offset: usize) -> Folded {
    Folded::new(literal.get(offset..literal.len().min(offset + WIDTH)).unwrap_or_default())
}

/// A window for every literal: a listed one, else the one with the rarest bytes.
fn cover(literals: &[Box<[u8]>], listed: &HashMap<Folded, u8>) -> BTreeMap<Folded, Vec<(u32, u32)>> {
    let mut chosen: BTreeMap<Folded, Vec<(u32, u32)>> = BTreeMap::new();
    for (at, literal) in (0u32..).zip(literals) {
        let offsets = 0..literal.len().saturating_sub(WIDTH - 1).max(1);
        let known = offsets.clone().find(|offset| listed.contains_key(&window(literal, *offset)));
        let rarest = || offsets.min_by(|a, b| share(window(literal, *a)).total_cmp(&share(window(literal, *b))));
        let offset = known.or_else(rarest).unwrap_or(0);
        chosen.entry(window(literal, offset)).or_default().push((at, offset as u32));
    }
    chosen
}

/// Share of the positions of a text at which the window stands, were its bytes independent.
fn share(window: Folded) -> f64 {
    window.bytes().into_iter().flatten().map(buckets::share).product()
}

/// The buckets of the listed windows.
fn listed() -> &'static HashMap<Folded, u8> {
    static WINDOWS: LazyLock<HashMap<Folded, u8>> = LazyLock::new(|| LISTED.lines().filter_map(row).collect());
    &WINDOWS
}

fn row(line: &str) -> Option<(Folded, u8)> {
    let (bytes, bucket) = line.split_once('\t')?;
    let bytes: Option<Vec<u8>> = (0..bytes.len() / 2).map(|at| u8::from_str_radix(bytes.get(2 * at..2 * at + 2)?, 16).ok()).collect();
    Some((Folded::new(&bytes?), bucket.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::embedded;
    use crate::scan;

    #[test]
    fn the_list_fits_the_rule_library() {
        assert!(LISTED.lines().all(|line| row(line).is_some_and(|(_, bucket)| usize::from(bucket) < buckets::BUCKETS)));
        let literals = scan::literals(&embedded::library().unwrap());
        let windows = Windows::choose(literals.iter().map(|literal| literal.as_bytes().into()).collect());
        let unlisted = windows.entries().iter().filter(|window| window.bucket.is_none()).count();
        assert!(unlisted * 20 < windows.entries().len(), "{unlisted} windows are not listed: cargo run --release --example gate_windows");
    }

    #[test]
    fn literals_are_found_at_their_windows_only() {
        let literals = ["SMART_LIC-", "#sh", "ERR 205", "sh"];
        let windows = Windows::choose(literals.iter().take(3).map(|text| text.as_bytes().into()).collect());
        let found = |text: &str| {
            let mut found = Vec::new();
            for at in 0..text.len() {
                windows.at(text.as_bytes(), at, &mut |literal| found.push(literals[literal as usize]));
            }
            found
        };
        assert_eq!(found("%smart_lic-3-COMM: err 205 R1#sh"), ["SMART_LIC-", "ERR 205", "#sh"]);
        // `_` and DEL, `R` and a control character fold to the same.
        assert_eq!(found("SMART\x7fLIC- E\x12R 205 #s"), [""; 0]);
    }
}

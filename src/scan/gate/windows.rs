//! Windows: four bytes of each literal, and what is compared where they stand.
//!
//! Bytes are *folded* (`| 0x20`): letters lose their case, and a few other bytes become alike. What folding lets
//! through, the comparison with the whole literal stops.
//!
//! `windows.tsv` lists windows that stand rarely in ordinary text and serve many literals, with the buckets in which each
//! lets the least through. It is made from the rule library and a sample of texts by
//! `cargo run --release --example gate_windows`. A literal without a listed window (a user's rule) gets the one whose
//! bytes are rarest.

use std::collections::{BTreeMap, HashMap};

use super::buckets;

/// Bytes of a window.
pub(super) const WIDTH: usize = 4;
/// A literal of three bytes has a window with one byte left open.
const SHORT: u32 = 0x00ff_ffff;
/// Places of the table; a power of two.
const SLOTS: usize = 1 << 12;
/// The windows chosen for the rule library: bytes in hexadecimal and bucket.
const LISTED: &str = include_str!("windows.tsv");

/// Where literals are looked for, and what is compared there.
#[derive(Debug)]
pub(in crate::scan) struct Windows {
    slots: Vec<u32>,
    short_slots: Vec<u32>,
    entries: Vec<Window>,
    members: Vec<Member>,
    literals: Vec<Box<[u8]>>,
}

/// One window.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    /// Its folded bytes, the first lowest.
    pub(super) key: u32,
    /// Three bytes only: the highest is open.
    pub(super) short: bool,
    /// The buckets it was given, if any: where bytes are looked up by class, and where by halves.
    pub(super) buckets: Option<(u8, u8)>,
    /// Next entry of the same slot, plus one.
    next: u32,
    members: (u32, u32),
}

/// A literal that a window serves.
#[derive(Clone, Copy, Debug)]
struct Member {
    /// Its first bytes, folded: most of what shares a window differs here.
    first: u64,
    /// Those of its first bytes that it has.
    mask: u64,
    literal: u32,
    /// Where in the literal the window stands.
    offset: u32,
}

/// Every byte folded.
const FOLD: u64 = 0x2020_2020_2020_2020;

impl Member {
    fn new(literal: u32, offset: u32, bytes: &[u8]) -> Self {
        let mask = if bytes.len() < 8 { (1 << (8 * bytes.len())) - 1 } else { u64::MAX };
        Self { first: (first_bytes(bytes) | FOLD) & mask, mask, literal, offset }
    }
}

/// The first eight bytes of a text, the first lowest.
#[inline]
fn first_bytes(text: &[u8]) -> u64 {
    match text.first_chunk() {
        Some(bytes) => u64::from_le_bytes(*bytes),
        None => text.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    }
}

impl Windows {
    /// Chooses windows for `literals`, each of at least three bytes.
    pub(in crate::scan) fn choose(literals: Vec<Box<[u8]>>) -> Self {
        let listed = listed();
        let chosen = cover(&literals, &listed);
        let mut windows = Self {
            slots: vec![0; SLOTS],
            short_slots: Vec::new(),
            entries: Vec::with_capacity(chosen.len()),
            members: Vec::with_capacity(literals.len()),
            literals,
        };
        for ((key, short), members) in chosen {
            let from = windows.members.len() as u32;
            let bytes = |literal: u32| windows.literals.get(literal as usize).map_or(&[][..], |bytes| bytes);
            windows.members.extend(members.into_iter().map(|(literal, offset)| Member::new(literal, offset, bytes(literal))));
            if short {
                windows.short_slots.resize(SLOTS, 0);
            }
            let slots = if short { &mut windows.short_slots } else { &mut windows.slots };
            let Some(slot) = slots.get_mut(place(key)) else { continue };
            let buckets = listed.get(&(key, short)).copied();
            windows.entries.push(Window { key, short, buckets, next: *slot, members: (from, windows.members.len() as u32) });
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
        let folded = match text.get(at..at + WIDTH) {
            Some(&[a, b, c, d]) => u32::from_le_bytes([a, b, c, d]),
            _ => text.get(at..).unwrap_or_default().iter().rev().fold(0, |word, byte| word << 8 | u32::from(*byte)),
        } | 0x2020_2020;
        let mut any = self.slot(&self.slots, folded, text, at, sink);
        if !self.short_slots.is_empty() {
            any |= self.slot(&self.short_slots, folded & SHORT, text, at, sink);
        }
        any
    }

    #[inline]
    fn slot(&self, slots: &[u32], key: u32, text: &[u8], at: usize, sink: &mut impl FnMut(u32)) -> bool {
        let mut any = false;
        let mut next = slots.get(place(key)).copied().unwrap_or(0);
        while let Some(window) = (next as usize).checked_sub(1).and_then(|entry| self.entries.get(entry)) {
            next = window.next;
            if window.key != key {
                continue;
            }
            for member in self.members.get(window.members.0 as usize..window.members.1 as usize).unwrap_or_default() {
                let Some(from) = at.checked_sub(member.offset as usize).and_then(|start| text.get(start..)) else { continue };
                if (first_bytes(from) | FOLD) & member.mask != member.first {
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

#[inline]
fn place(key: u32) -> usize {
    (key.wrapping_mul(0x9e37_79b1) >> (32 - SLOTS.trailing_zeros())) as usize
}

/// Folded key of the window at `offset` of a literal.
fn key(literal: &[u8], offset: usize) -> (u32, bool) {
    let bytes = literal.get(offset..literal.len().min(offset + WIDTH)).unwrap_or_default();
    let word = bytes.iter().rev().fold(0, |word, byte| word << 8 | u32::from(byte | 0x20));
    (word, bytes.len() < WIDTH)
}

type Key = (u32, bool);

/// A window for every literal: a listed one, else the one with the rarest bytes.
fn cover(literals: &[Box<[u8]>], listed: &HashMap<Key, (u8, u8)>) -> BTreeMap<Key, Vec<(u32, u32)>> {
    let mut chosen: BTreeMap<Key, Vec<(u32, u32)>> = BTreeMap::new();
    for (at, literal) in (0u32..).zip(literals) {
        let offsets = 0..literal.len().saturating_sub(WIDTH - 1).max(1);
        let known = offsets.clone().find(|offset| listed.contains_key(&key(literal, *offset)));
        let rarest = || offsets.min_by(|a, b| share(key(literal, *a)).total_cmp(&share(key(literal, *b))));
        let offset = known.or_else(rarest).unwrap_or(0);
        chosen.entry(key(literal, offset)).or_default().push((at, offset as u32));
    }
    chosen
}

/// Share of the positions of a text at which the window stands, were its bytes independent.
fn share((key, short): Key) -> f64 {
    key.to_le_bytes().iter().take(if short { 3 } else { WIDTH }).map(|byte| buckets::share(*byte)).product()
}

fn listed() -> HashMap<Key, (u8, u8)> {
    LISTED.lines().filter_map(row).collect()
}

fn row(line: &str) -> Option<(Key, (u8, u8))> {
    let (bytes, homes) = line.split_once('\t')?;
    let (exact, halves) = homes.split_once('\t')?;
    let short = bytes.len() == 6;
    // Written in the order of the text; the first byte is the lowest.
    let key = u32::from_str_radix(bytes, 16).ok()?.swap_bytes() >> if short { 8 } else { 0 };
    Some(((key, short), (exact.parse().ok()?, halves.parse().ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::embedded;
    use crate::scan;

    #[test]
    fn the_list_fits_the_rule_library() {
        assert!(LISTED.lines().all(|line| row(line).is_some_and(|(_, (a, b))| usize::from(a.max(b)) < buckets::BUCKETS)));
        let literals = scan::literals(&embedded::library().unwrap());
        let windows = Windows::choose(literals.iter().map(|literal| literal.as_bytes().into()).collect());
        let unlisted = windows.entries().iter().filter(|window| window.buckets.is_none()).count();
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

//! A few literals of their own, found in a stretch of text the way the gate finds those of the library.

use std::ops::Range;
use std::sync::OnceLock;

use super::buckets::Tables;
use super::vector::{Instructions, Search, TOGETHER};
use super::windows::Windows;

/// Literals to look for, each of at least three bytes, case aside.
#[derive(Debug)]
pub(in crate::scan) struct Words {
    windows: Windows,
    instructions: Option<Instructions>,
    /// Made for the first text.
    tables: OnceLock<Tables>,
}

/// Bytes of which the vector search looks at all: those of what is left over, and blanks behind them.
const PADDED: usize = 192;

impl Words {
    /// Ready to look for `literals`.
    pub(in crate::scan) fn new(literals: Vec<Box<[u8]>>) -> Self {
        Self { windows: Windows::choose(literals), instructions: Instructions::detect(), tables: OnceLock::new() }
    }

    /// Calls `sink` with every literal that stands in `text`, and with a place inside of it, the first place first.
    pub(in crate::scan) fn find(&self, text: &[u8], sink: &mut impl FnMut(usize, u32)) {
        let Some(instructions) = self.instructions else { return self.each(text, 0..text.len(), sink) };
        // Most lines are shorter than what is looked at together.
        let at = if text.len() < PADDED / 3 { 0 } else { self.look(instructions, Search::<TOGETHER>::default(), text, 0, text, sink) };
        let rest = text.get(at..).unwrap_or_default();
        let mut padded = [b' '; PADDED];
        match padded.get_mut(..rest.len()) {
            Some(begin) => begin.copy_from_slice(rest),
            None => return self.each(text, at..text.len(), sink),
        }
        self.look(instructions, Search::<{ PADDED / 64 }>::default(), &padded, at, text, sink);
    }

    /// The same in `searched`, which is what stands in `text` from a place on; where what was looked at ends.
    fn look<const MOST: usize>(
        &self,
        instructions: Instructions,
        mut search: Search<MOST>,
        searched: &[u8],
        from: usize,
        text: &[u8],
        sink: &mut impl FnMut(usize, u32),
    ) -> usize {
        let tables = self.tables.get_or_init(|| Tables::new(self.windows.entries()));
        loop {
            let blocks = search.next(instructions, tables, searched);
            for block in blocks {
                let mut left = block.candidates;
                while left != 0 {
                    let at = from + block.at + left.trailing_zeros() as usize;
                    left &= left - 1;
                    self.windows.at(text, at, &mut |literal| sink(at, literal));
                }
            }
            if blocks.is_empty() {
                return from + search.at;
            }
        }
    }

    /// The same byte by byte.
    fn each(&self, text: &[u8], places: Range<usize>, sink: &mut impl FnMut(usize, u32)) {
        for at in places {
            self.windows.at(text, at, &mut |literal| sink(at, literal));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_literal_is_found_in_texts_of_any_length() {
        let literals = ["hostname", "---", "ip name-server", "end"];
        let words = Words::new(literals.iter().map(|literal| literal.as_bytes().into()).collect());
        let slow = Words { instructions: None, ..Words::new(literals.iter().map(|literal| literal.as_bytes().into()).collect()) };
        for (blanks, words) in (0..600).flat_map(|blanks| [(blanks, &words), (blanks, &slow)]) {
            let text = format!("{}HOSTNAME sw1{}END", " ".repeat(blanks), ".".repeat(blanks / 2));
            let mut found = Vec::new();
            words.find(text.as_bytes(), &mut |at, literal| found.push((at, literals[literal as usize])));
            assert!(
                matches!(found[..], [(a, "hostname"), (b, "end")] if (blanks..blanks + 8).contains(&a) && b == text.len() - 3),
                "{found:?}"
            );
        }
    }
}

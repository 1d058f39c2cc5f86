//! A few literals of their own, found in a stretch of text the way the gate finds those of the library.

use std::sync::OnceLock;

use super::buckets::Tables;
use super::vector::{self, Instructions};
use super::windows::Windows;

/// Literals to look for, each of at least three bytes, case aside.
#[derive(Debug)]
pub(in crate::scan) struct Words {
    windows: Windows,
    instructions: Option<Instructions>,
    /// Made for the first stretch that is long enough.
    tables: OnceLock<Tables>,
}

/// Shorter stretches are searched byte by byte.
const SHORT: usize = 256;

impl Words {
    /// Ready to look for `literals`.
    pub(in crate::scan) fn new(literals: Vec<Box<[u8]>>) -> Self {
        Self { windows: Windows::choose(literals), instructions: Instructions::detect(), tables: OnceLock::new() }
    }

    /// Calls `sink` with the position of every literal that stands in `text`, in no order inside the literals of one place.
    /// The place given lies inside the literal, not always at its begin.
    pub(in crate::scan) fn find(&self, text: &[u8], sink: &mut impl FnMut(usize, u32)) {
        let mut at = 0;
        if let (Some(instructions), true) = (self.instructions, text.len() >= SHORT) {
            let tables = self.tables.get_or_init(|| Tables::new(self.windows.entries()));
            at = vector::search(instructions, tables, text, text.len(), &mut |block| {
                let mut left = block.candidates;
                while left != 0 {
                    let at = block.at + left.trailing_zeros() as usize;
                    left &= left - 1;
                    self.windows.at(text, at, &mut |literal| sink(at, literal));
                }
                true
            })
            .at;
        }
        for at in at..text.len() {
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
        for blanks in 0..600 {
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

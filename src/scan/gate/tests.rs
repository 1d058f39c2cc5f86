//! The gate against what it stands for: every literal at every place.

#![expect(clippy::disallowed_methods, reason = "tests read their data themselves")]

use aho_corasick::AhoCorasick;
use proptest::prelude::*;

use super::*;
use crate::rules::embedded;

fn gate() -> Gate {
    Gate::new(&embedded::library().unwrap())
}

/// Lines that hold a literal, looked at one by one.
fn naive(all: &AhoCorasick, piece: &[u8], own: usize) -> Gated {
    let mut gated = Gated::default();
    let mut start = 0;
    for line in piece.split(|byte| *byte == b'\n') {
        if start < own && all.is_match(line) {
            let before = piece[..start].iter().filter(|byte| **byte == b'\n').count() as u64;
            gated.lines.push(Candidate { start, end: start + line.len(), line: before });
        }
        start += line.len() + 1;
    }
    let end = gated_end(piece, own);
    gated.nul = piece[..end].contains(&0);
    gated.line_ends = piece[..own].iter().filter(|byte| **byte == b'\n').count() as u64;
    gated
}

/// The end of the last line that begins before `own`.
fn gated_end(piece: &[u8], own: usize) -> usize {
    match piece[..own].last() {
        None => 0,
        Some(b'\n') => own,
        Some(_) => piece[own..].iter().position(|byte| *byte == b'\n').map_or(piece.len(), |length| own + length),
    }
}

fn all(gate: &Gate) -> AhoCorasick {
    AhoCorasick::builder().ascii_case_insensitive(true).build(gate.windows.literals()).unwrap()
}

/// The gate with every kind of search this machine has.
fn kinds() -> Vec<Gate> {
    [None, Some(Instructions::Avx2), Some(Instructions::Avx512)]
        .into_iter()
        .filter(|kind| kind.is_none_or(Instructions::here))
        .map(|instructions| Gate { instructions, ..gate() })
        .collect()
}

/// Text of which a part is made of literals and of their windows.
fn text(literals: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let whole = proptest::sample::select(literals.clone());
    let upper = proptest::sample::select(literals.clone()).prop_map(|literal| literal.to_ascii_uppercase());
    let part = proptest::sample::select(literals).prop_map(|literal| literal[..literal.len() - 1].to_vec());
    let noise = proptest::collection::vec(any::<u8>(), 0..40);
    let words = "[ -~]{0,120}".prop_map(String::into_bytes);
    let pieces = prop_oneof![2 => whole, 1 => upper, 2 => part, 2 => noise, 6 => words, 3 => Just(b"\n".to_vec())];
    proptest::collection::vec(pieces, 0..600).prop_map(|pieces| pieces.concat())
}

#[test]
fn every_search_gives_the_lines_that_hold_a_literal() {
    let gates = kinds();
    let all = all(&gates[0]);
    let literals: Vec<Vec<u8>> = gates[0].windows.literals().iter().map(|literal| literal.to_vec()).collect();
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(48));
    let split = (text(literals), 0.0..=1.0);
    runner
        .run(&split, |(text, part)| {
            let own = (text.len() as f64 * part) as usize;
            let expected = naive(&all, &text, own);
            for gate in &gates {
                prop_assert_eq!(&gate.lines(&text, own), &expected, "{:?}", gate.instructions);
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_text_full_of_windows_is_left_to_the_automaton() {
    let gates = kinds();
    let all = all(&gates[0]);
    // All of a literal but its last letter, again and again.
    let text = b"%SMART_LIC smart_lic tools.cisc trustpoin ".repeat(4_000);
    for gate in &gates {
        assert_eq!(gate.lines(&text, text.len()), naive(&all, &text, text.len()));
        assert!(gate.automaton.get().is_some());
    }
}

#[test]
fn real_texts_too() {
    let gates = kinds();
    let all = all(&gates[0]);
    let corpora = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("corpora");
    for case in ["collector-five-faults", "busy-cpu-alone", "exp-x14-0-8-root-ca"] {
        for file in std::fs::read_dir(corpora.join(case).join("input")).unwrap() {
            let text = std::fs::read(file.unwrap().path()).unwrap_or_default().repeat(3);
            let expected = naive(&all, &text, text.len());
            gates.iter().for_each(|gate| assert_eq!(gate.lines(&text, text.len()), expected, "{case}"));
        }
    }
}

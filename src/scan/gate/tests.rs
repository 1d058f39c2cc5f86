//! The gate against what it stands for: every literal at every place.

#![expect(clippy::disallowed_methods, reason = "tests read their data themselves")]

use std::collections::BTreeSet;

use aho_corasick::AhoCorasick;
use proptest::prelude::*;

use super::*;
use crate::rules::embedded;

fn gate() -> Gate {
    Gate::new(&embedded::library().unwrap())
}

/// What a gate found, the literals of a line each once: start, end, number, literals; then line ends, and whether there was a NUL.
type Found = (Vec<(usize, usize, u64, BTreeSet<u32>)>, u64, bool);

fn found(gated: &Gated) -> Found {
    let lines = gated.each().map(|(line, literals)| (line.start, line.end, line.line, literals.iter().copied().collect())).collect();
    (lines, gated.line_ends, gated.nul)
}

/// Lines that hold a literal, looked at one by one.
fn naive(all: &AhoCorasick, piece: &[u8], own: usize) -> Found {
    let mut lines = Vec::new();
    let mut start = 0;
    for line in piece.split(|byte| *byte == b'\n') {
        let literals: BTreeSet<u32> = all.find_overlapping_iter(line).map(|hit| hit.pattern().as_u32()).collect();
        if start < own && !literals.is_empty() {
            let before = piece[..start].iter().filter(|byte| **byte == b'\n').count() as u64;
            lines.push((start, start + line.len(), before, literals));
        }
        start += line.len() + 1;
    }
    let end = gated_end(piece, own);
    let line_ends = piece[..own].iter().filter(|byte| **byte == b'\n').count() as u64;
    (lines, line_ends, piece[..end].contains(&0))
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
                prop_assert_eq!(&found(&gate.lines(&text, own)), &expected, "{:?}", gate.instructions);
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_text_full_of_windows_is_left_to_the_automaton() {
    let gates = kinds();
    let all = all(&gates[0]);
    // Windows of literals that hold more, one after the other.
    let windows = gates[0].windows.entries().iter().map(|window| window.bytes.bytes().into_iter().flatten().collect::<Vec<u8>>());
    let waste: Vec<u8> = windows.filter(|window| gates[0].targets(window).is_empty()).flatten().collect();
    let text: Vec<u8> = waste.iter().copied().cycle().take(200_000).collect();
    for gate in &gates {
        assert_eq!(found(&gate.lines(&text, text.len())), naive(&all, &text, text.len()));
        assert!(gate.automaton.get().is_some());
    }
}

/// Messages of devices that have nothing to do with licensing.
const ORDINARY: &str = include_str!("ordinary.txt");

#[test]
fn ordinary_messages_do_not_pass() {
    let gate = gate();
    let gated = gate.lines(ORDINARY.as_bytes(), ORDINARY.len());
    let passed: Vec<(&str, Vec<&str>)> = gated
        .each()
        .map(|(line, literals)| {
            let names = literals.iter().map(|literal| std::str::from_utf8(&gate.windows.literals()[*literal as usize]).unwrap());
            (&ORDINARY[line.start..line.end], names.collect())
        })
        .collect();
    // A restart is worth knowing, and an output of certificates begins with this word alone.
    let known = [("%SYS-5-RESTART", "sys-5-re"), ("%APMGR_TRACE", "certificate")];
    let strange: Vec<_> = passed
        .iter()
        .filter(|(line, names)| !known.iter().any(|(begin, name)| line.starts_with(begin) && names.iter().all(|found| found == name)))
        .collect();
    assert!(strange.is_empty(), "name rarer `keywords`: {strange:#?}");
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
            gates.iter().for_each(|gate| assert_eq!(found(&gate.lines(&text, text.len())), expected, "{case}"));
        }
    }
}

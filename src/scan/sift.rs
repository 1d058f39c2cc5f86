//! What of the gate's lines is worth the ordered pass: on each, everything whose literal stands there is tried, and what
//! does not hold is dropped. Depends on the line and its neighbours only, so that pieces are sifted on several threads.

mod known;
mod trial;

use memchr::memchr;

pub(super) use self::known::Known;
use self::trial::Trial;
pub(super) use self::trial::{Read, shows};
use super::Scanner;
use super::gate::{Candidate, Target};
use super::head::Head;
use crate::formats::prompt;

/// Bytes that the parts of a long line have in common: no message is longer.
pub(super) const OVERLAP: usize = 4 * 1024;

/// What a [`Line`] is of the line it stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// All of it.
    Whole,
    /// The beginning of one that is longer than the limit `window`.
    First,
    /// A further part of such a line.
    Later,
}

/// A line, or a part of a long one, on which something holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// Offset of its first byte in the piece.
    pub(super) start: usize,
    /// Offset behind its last byte, without the line end.
    pub(super) end: usize,
    /// What it is of its line.
    pub(super) part: Part,
    /// How many lines of the piece stand before it.
    pub(super) number: u64,
    /// What holds, in a fixed order. Whether a signal counts in the section around it is still open.
    pub(super) targets: Vec<Target>,
    /// What its head says, where something that holds asks for it.
    pub(super) head: Option<Box<Head>>,
}

/// What is left of a piece.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sifted {
    /// Lines, in order.
    pub(super) lines: Vec<Line>,
    /// Line ends among the bytes that belong to the piece.
    pub(super) line_ends: u64,
    /// There is a NUL, which hides the words around it.
    pub(super) nul: bool,
    /// There are bytes beyond ASCII.
    pub(super) high: bool,
}

/// Gates and sifts a piece, whose lines begin before `own`; the rest is what follows them.
pub(super) fn sift(scanner: &Scanner<'_>, piece: &[u8], own: usize) -> Sifted {
    let gated = scanner.gate.lines(piece, own);
    let window = scanner.window();
    let mut known = scanner.known.take();
    let mut lines = Vec::new();
    let mut targets = Vec::new();
    // A device repeats itself: what holds on a line holds on the next where both are the same, and what follows has the same say.
    let (mut before, mut followed, mut head): (&[u8], Option<&[u8]>, Option<Box<Head>>) = (&[], None, None);
    for (line, literals) in gated.each() {
        if line.end - line.start > window {
            parts(scanner, &mut known, piece, own, window, line, &mut lines);
            continue;
        }
        let bytes = piece.get(line.start..line.end).unwrap_or_default();
        let rest = piece.get(line.end + 1..).unwrap_or_default();
        let next = || rest.get(..memchr(b'\n', rest).unwrap_or(rest.len())).unwrap_or_default();
        if bytes != before || followed.is_some_and(|seen| seen != next()) {
            let says;
            (head, says) = targets_on(scanner, &mut known, bytes, literals, rest, &mut targets);
            (before, followed) = match says {
                Says::Nothing => (bytes, None),
                Says::NextLine => (bytes, Some(next())),
                Says::More => (&[][..], None),
            };
        }
        if !targets.is_empty() {
            let (targets, head) = (targets.clone(), head.clone());
            lines.push(Line { start: line.start, end: line.end, part: Part::Whole, number: line.line, targets, head });
        }
    }
    scanner.known.give(known);
    Sifted { lines, line_ends: gated.line_ends, nul: gated.nul, high: gated.high }
}

/// What holds on a text that was put together of lines.
pub(super) fn holding(scanner: &Scanner<'_>, text: &str) -> Vec<Target> {
    let mut targets = Vec::new();
    let mut known = scanner.known.take();
    known.holding(Trial::of(scanner, text, &[]), &scanner.gate.literals_on(text.as_bytes()), &mut targets);
    scanner.known.give(known);
    targets
}

/// Sifts a line that is longer than what a pattern is given, in parts that overlap. What lies behind `own` comes again with the
/// next piece.
fn parts(scanner: &Scanner<'_>, known: &mut Known, piece: &[u8], own: usize, window: usize, line: &Candidate, lines: &mut Vec<Line>) {
    let step = window - OVERLAP.min(window / 4);
    let mut certificate = false;
    let mut targets = Vec::new();
    for start in (line.start..line.end.min(own)).step_by(step) {
        let end = line.end.min(start + window);
        let bytes = piece.get(start..end).unwrap_or_default();
        let gated = scanner.gate.lines(bytes, bytes.len());
        let Some((_, literals)) = gated.each().next() else { continue };
        let rest = if end == line.end { piece.get(end + 1..).unwrap_or_default() } else { &[] };
        let (head, _) = targets_on(scanner, known, bytes, literals, rest, &mut targets);
        let part = if start == line.start { Part::First } else { Part::Later };
        if part == Part::Later {
            // Outputs and banners begin with their line, and certificates are read from the first of them on.
            let anywhere =
                |target: &Target| matches!(target, Target::Signal(_) | Target::Extract(_) | Target::Licensing | Target::PrivateKey);
            targets.retain(|target| anywhere(target) || (*target == Target::Certificate && !certificate));
        }
        certificate |= targets.contains(&Target::Certificate);
        if !targets.is_empty() {
            lines.push(Line { start, end, part, number: line.line, targets: targets.clone(), head });
        }
        if end == line.end {
            break;
        }
    }
}

/// What of the text behind a line has a say in what holds on it.
enum Says {
    Nothing,
    NextLine,
    More,
}

impl Says {
    fn of<'t>(candidates: impl Iterator<Item = &'t Target>) -> Self {
        candidates.fold(Self::Nothing, |says, target| match (says, target) {
            (Self::More, _) | (_, Target::Banner) => Self::More,
            (_, Target::Record) => Self::NextLine,
            (says, _) => says,
        })
    }
}

/// What holds on the bytes of a line, which hold `literals`; its head, where something asks for it; and what else had a say.
fn targets_on(
    scanner: &Scanner<'_>,
    known: &mut Known,
    bytes: &[u8],
    literals: &[u32],
    rest: &[u8],
    targets: &mut Vec<Target>,
) -> (Option<Box<Head>>, Says) {
    let cleaned = prompt::clean(bytes);
    let text = prompt::text(&cleaned);
    let trial = Trial::of(scanner, &text, rest);
    let says = if std::ptr::eq(cleaned.as_ptr(), bytes.as_ptr()) {
        known.holding(trial, literals, targets)
    } else {
        // What was taken away may have held a literal, or parted one.
        *targets = scanner.gate.targets(&cleaned);
        trial.sifted(targets)
    };
    let asks = |target: &Target| matches!(target, Target::Signal(_) | Target::Extract(_) | Target::Licensing);
    let head = if targets.iter().any(asks) { Head::of(&text, None, None).map(Box::new) } else { None };
    (head, says)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::disallowed_methods, reason = "tests read their data themselves")]

    use std::path::Path;

    use super::*;
    use crate::rules::embedded;
    use crate::rules::library::{Matcher, SignalId};

    /// What every pattern finds on every line.
    fn naive(scanner: &Scanner<'_>, text: &[u8]) -> Vec<(u64, Vec<Target>)> {
        let mut found = Vec::new();
        for (number, line) in (0..).zip(text.split(|byte| *byte == b'\n')) {
            let cleaned = prompt::clean(line);
            let line = prompt::text(&cleaned);
            let ids = (0..scanner.library.signals.len()).map(SignalId);
            let shown: Vec<Target> = ids
                .filter(|id| matches!(&scanner.library.signals[id.0].matcher, Matcher::Text { pattern, .. } if pattern.regex().unwrap().is_match(&line)))
                .map(Target::Signal)
                .collect();
            if !shown.is_empty() {
                found.push((number, shown));
            }
        }
        found
    }

    #[test]
    fn a_line_that_comes_again_is_taken_as_the_first_time() {
        let library = embedded::library().unwrap();
        let scanner = Scanner::new(&library);
        let message = "Aug 23 10:19:43 sw-1 1: %SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : Unable to resolve server hostname/domain name\n";
        // The third of four goes on, the last two end the text.
        let text =
            [message, message, message, " and more\n", message, "banner motd ^C\n", "banner motd ^C\n", "^C\n", message, message].concat();
        let sifted = sift(&scanner, text.as_bytes(), text.len());
        let single = |number: u64| {
            let (at, lines): (usize, Vec<&str>) = (usize::try_from(number).unwrap(), text.split_inclusive('\n').collect());
            let rest = lines[at..].concat();
            sift(&scanner, rest.as_bytes(), lines[at].len()).lines.into_iter().next().map(|line| (line.targets, line.head))
        };
        assert!(sifted.lines.len() >= 6);
        for line in &sifted.lines {
            assert_eq!(single(line.number), Some((line.targets.clone(), line.head.clone())), "{}", line.number);
        }
    }

    #[test]
    fn nothing_is_lost_between_the_gate_and_the_patterns() {
        let library = embedded::library().unwrap();
        let scanner = Scanner::new(&library);
        let is_text = |id: &SignalId| matches!(library.signals[id.0].matcher, Matcher::Text { .. });
        let corpora = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpora");
        let mut lines = 0;
        for case in ["collector-five-faults", "cat9300-slp-healthy", "exp-upgrade-eval-mode", "nexus-three-faults", "utf16-putty-log"] {
            for file in std::fs::read_dir(corpora.join(case).join("input")).unwrap() {
                let text = std::fs::read(file.unwrap().path()).unwrap_or_default();
                if text.contains(&0) {
                    continue;
                }
                let sifted = sift(&scanner, &text, text.len());
                let found: Vec<(u64, Vec<Target>)> = sifted
                    .lines
                    .into_iter()
                    .map(|line| {
                        let shown = line.targets.into_iter().filter(|target| matches!(target, Target::Signal(id) if is_text(id)));
                        (line.number, shown.collect::<Vec<_>>())
                    })
                    .filter(|(_, shown)| !shown.is_empty())
                    .collect();
                lines += found.len();
                assert_eq!(found, naive(&scanner, &text), "{case}");
            }
        }
        assert!(lines > 30, "only {lines} lines with something on them");
    }
}

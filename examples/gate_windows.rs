//! Chooses the gate's windows and their buckets, by how often they stand in texts.
//!
//! ```text
//! cargo run --release --example gate_windows -- corpora collector.log ... > src/scan/gate/windows.tsv
//! ```
//!
//! Every path is a sample of its own and counts the same, however long: name one of each kind of text. A window costs
//! the places where it stands, and a little more, since it makes its bucket less exact; windows are taken until every
//! literal of the embedded rules has one. Then each goes where its bucket lets the least of the samples through.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a program for whoever changes the rules: reads texts, prints a table"
)]

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

use bundlescope::rules::embedded;
use bundlescope::scan;

const WIDTH: usize = 4;
const BUCKETS: usize = 16;
/// What a further window costs: so many places in a million bytes.
const OWN_COST: u64 = 1_500;
/// Bytes read of a sample.
const SAMPLE: usize = 8_000_000;
/// The most frequent strings of four bytes, by which buckets are judged.
const JUDGES: usize = 16_000;
const ROUNDS: usize = 4;

/// Folded bytes; the last may be open.
type Window = [Option<u8>; WIDTH];
/// How often a bucket's members have a class, by byte of the window, or one of two halves of it.
type Held = [[u16; 64]; 2 * WIDTH];

fn main() -> io::Result<()> {
    // Times in a million bytes of each sample, added up.
    let mut counts: BTreeMap<[u8; WIDTH], u64> = BTreeMap::new();
    for path in std::env::args().skip(1) {
        let mut sample = BTreeMap::new();
        let bytes = count(Path::new(&path), &mut sample, SAMPLE)?;
        for (window, count) in sample {
            *counts.entry(window).or_default() += count * 1_000_000 / bytes.max(1) as u64;
        }
    }
    let library = embedded::library().map_err(|faults| io::Error::other(format!("{faults:?}")))?;
    let windows = choose(&scan::literals(&library), &counts);
    let mut frequent: Vec<([u8; WIDTH], u64)> = counts.into_iter().collect();
    frequent.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    frequent.truncate(JUDGES);
    let (exact, by_class) = assign(Lookup::Exact, &windows, &frequent);
    let (halves, by_halves) = assign(Lookup::Halves, &windows, &frequent);
    report(&format!("{} windows; in a million bytes of every sample {by_class} candidates, by halves {by_halves}", windows.len()));
    for (window, (exact, halves)) in windows.iter().zip(exact.into_iter().zip(halves)) {
        let bytes: String = window.iter().flatten().map(|byte| format!("{byte:02x}")).collect();
        println!("{bytes}\t{exact}\t{halves}");
    }
    Ok(())
}

#[expect(clippy::print_stderr, reason = "what the person who runs it wants to know")]
fn report(text: &str) {
    eprintln!("{text}");
}

/// Adds the windows of a file, or of the files below a folder, up to `left` bytes; returns the bytes read.
fn count(path: &Path, counts: &mut BTreeMap<[u8; WIDTH], u64>, left: usize) -> io::Result<usize> {
    if path.is_dir() {
        let mut entries: Vec<_> = fs::read_dir(path)?.collect::<Result<_, _>>()?;
        entries.sort_by_key(fs::DirEntry::path);
        return entries.iter().try_fold(0, |sum, entry| Ok(sum + count(&entry.path(), counts, left.saturating_sub(sum))?));
    }
    let bytes = fs::read(path)?;
    let bytes = bytes.get(..bytes.len().min(left)).unwrap_or_default();
    // Archives and captures are no text.
    if bytes.contains(&0) {
        return Ok(0);
    }
    for window in bytes.windows(WIDTH).filter_map(|window| window.first_chunk::<WIDTH>()) {
        *counts.entry(window.map(|byte| byte | 0x20)).or_default() += 1;
    }
    Ok(bytes.len())
}

/// The windows of a literal.
fn windows(literal: &str) -> Vec<Window> {
    let folded: Vec<Option<u8>> = literal.bytes().map(|byte| Some(byte | 0x20)).collect();
    match folded[..] {
        [a, b, c] => vec![[a, b, c, None]],
        _ => folded.windows(WIDTH).filter_map(|window| window.first_chunk::<WIDTH>().copied()).collect(),
    }
}

/// Again and again the window that serves most literals for what it costs.
fn choose(literals: &[String], counts: &BTreeMap<[u8; WIDTH], u64>) -> Vec<Window> {
    let mut serves: BTreeMap<Window, Vec<usize>> = BTreeMap::new();
    for (at, literal) in literals.iter().enumerate() {
        windows(literal).into_iter().for_each(|window| serves.entry(window).or_default().push(at));
    }
    let frequency = |window: &Window| match *window {
        [Some(a), Some(b), Some(c), Some(d)] => counts.get(&[a, b, c, d]).copied().unwrap_or(0),
        [Some(a), Some(b), Some(c), None] => counts.range([a, b, c, 0]..=[a, b, c, 255]).map(|(_, count)| count).sum(),
        _ => 0,
    };
    let offers: Vec<(Window, u64, Vec<usize>)> =
        serves.into_iter().map(|(window, literals)| (window, frequency(&window) + OWN_COST, literals)).collect();
    let mut served = vec![false; literals.len()];
    let mut chosen = Vec::new();
    while served.contains(&false) {
        let open = |of: &[usize]| of.iter().filter(|at| !served[**at]).count() as u64;
        let best = offers.iter().min_by_key(|(_, cost, of)| (*cost * 1_000).checked_div(open(of)).unwrap_or(u64::MAX));
        let Some((window, _, of)) = best else { break };
        chosen.push(*window);
        of.iter().for_each(|at| served[*at] = true);
    }
    chosen
}

/// How the gate looks bytes up.
#[derive(Clone, Copy)]
enum Lookup {
    /// By the six bits that folding leaves of ASCII.
    Exact,
    /// By the lower and the higher four bits, each on its own.
    Halves,
}

impl Lookup {
    fn classes(self, byte: u8) -> [usize; 2] {
        match self {
            Self::Exact => [usize::from(byte & 0x1f | (byte >> 1) & 0x20), 0],
            Self::Halves => [usize::from(byte & 0xf), usize::from(byte >> 4)],
        }
    }

    fn change(self, held: &mut Held, window: &Window, by: i16) {
        for (held, byte) in held.chunks_mut(2).zip(window) {
            for byte in byte.map_or(0x20..=0xff, |byte| byte..=byte).filter(|byte| byte & 0x20 != 0) {
                for (held, class) in held.iter_mut().zip(self.classes(byte)) {
                    held[class] = held[class].saturating_add_signed(by);
                }
            }
        }
    }

    /// Share of all strings that a bucket fits.
    fn share(self, held: &Held) -> f64 {
        let sizes = match self {
            Self::Exact => [64.0, 1.0],
            Self::Halves => [16.0, 8.0],
        };
        let part = |(held, of): (&[u16; 64], f64)| (held.iter().filter(|held| **held > 0).count() as f64 / of).min(1.0);
        held.iter().zip(sizes.into_iter().cycle()).map(part).product()
    }
}

/// A string by which buckets are judged: its classes, and how often it stands in the samples.
type Judge = ([usize; 2 * WIDTH], u64);

/// What a bucket lets through: of the samples, and a little for all else that it would.
fn passes(lookup: Lookup, held: &Held, judges: &[Judge]) -> u64 {
    let fits = |classes: &[usize; 2 * WIDTH]| held.iter().zip(classes).all(|(held, class)| held[*class] > 0);
    let measured: u64 = judges.iter().filter(|(classes, _)| fits(classes)).map(|(_, count)| count).sum();
    measured + (lookup.share(held) * 400_000.0) as u64
}

/// A bucket for every window, and what all together let through.
fn assign(lookup: Lookup, windows: &[Window], frequent: &[([u8; WIDTH], u64)]) -> (Vec<usize>, u64) {
    let judge = |(window, count): &([u8; WIDTH], u64)| {
        let mut classes = [0; 2 * WIDTH];
        for (classes, byte) in classes.chunks_mut(2).zip(window) {
            classes.copy_from_slice(&lookup.classes(*byte));
        }
        (classes, *count)
    };
    let judges: Vec<Judge> = frequent.iter().map(judge).collect();
    let mut buckets = vec![[[0u16; 64]; 2 * WIDTH]; BUCKETS];
    let mut homes: Vec<Option<usize>> = vec![None; windows.len()];
    for _ in 0..ROUNDS {
        for (window, home) in windows.iter().zip(&mut homes) {
            if let Some(home) = *home {
                lookup.change(&mut buckets[home], window, -1);
            }
            let cost = |held: &Held| {
                let mut with = *held;
                lookup.change(&mut with, window, 1);
                passes(lookup, &with, &judges) - passes(lookup, held, &judges)
            };
            let best = (0..BUCKETS).min_by_key(|at| cost(&buckets[*at])).unwrap_or(0);
            lookup.change(&mut buckets[best], window, 1);
            *home = Some(best);
        }
    }
    (homes.into_iter().map(|home| home.unwrap_or(0)).collect(), buckets.iter().map(|held| passes(lookup, held, &judges)).sum())
}

//! Chooses the gate's windows and their buckets, by what they let through of texts.
//!
//! ```text
//! cargo run --release --example gate_windows -- corpora collector.log ... > src/scan/gate/windows.tsv
//! ```
//!
//! Every path is a sample of its own and counts the same, however long: name one of each kind of text. Literal by literal,
//! the shortest first, the window and the bucket are taken that let least more of the samples through; then each is
//! tried again, since the others have moved. A window that another literal has already costs nothing, so that literals
//! come to share windows.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a program for whoever changes the rules: reads texts, prints a table"
)]

use std::collections::BTreeSet;
use std::path::Path;
use std::{fs, io};

use bundlescope::rules::embedded;
use bundlescope::scan;

const WIDTH: usize = 8;
const BUCKETS: usize = 16;
const CLASSES: usize = 64;
/// Bytes read of a sample.
const SAMPLE: usize = 8_000_000;
/// Places of a sample by which buckets are judged, and how many of them stand together.
const JUDGED: usize = 1 << 16;
const TOGETHER: usize = 1 << 12;
const ROUNDS: usize = 5;
/// What a bucket costs for all texts that are not among the samples: so many places, were every byte as likely as any.
const UNSEEN: f64 = 100_000.0;

/// The classes of the bytes of a window; `None` behind the end of a short literal.
type Window = [Option<usize>; WIDTH];
/// A bit for each judged place.
type Places = Vec<u64>;

fn main() -> io::Result<()> {
    let library = embedded::library().map_err(|faults| io::Error::other(format!("{faults:?}")))?;
    let literals: Vec<Vec<u8>> = scan::literals(&library).iter().map(|literal| literal.bytes().map(|byte| byte | 0x20).collect()).collect();
    let mut text = Vec::new();
    for path in std::env::args().skip(1) {
        let mut sample = Vec::new();
        read(Path::new(&path), &mut sample)?;
        // From all parts of the sample; over and over where it is short, so that each counts the same.
        let step = (sample.len() / (JUDGED / TOGETHER)).max(1);
        let parts = (0..JUDGED / TOGETHER).map(|part| part * step % sample.len().max(1));
        parts.for_each(|from| text.extend(sample.iter().cycle().skip(from).take(TOGETHER).map(|byte| byte | 0x20)));
    }
    let chosen = choose(&literals, &Judged::new(&text));
    let rows: BTreeSet<String> = literals
        .iter()
        .zip(chosen)
        .map(|(literal, (bucket, offset))| {
            let bytes: String = literal.iter().skip(offset).take(WIDTH).map(|byte| format!("{byte:02x}")).collect();
            format!("{bytes}\t{bucket}")
        })
        .collect();
    rows.iter().for_each(|row| println!("{row}"));
    Ok(())
}

#[expect(clippy::print_stderr, reason = "what the person who runs it wants to know")]
fn report(text: &str) {
    eprintln!("{text}");
}

/// Reads a file, or the files below a folder, until the sample is full.
fn read(path: &Path, sample: &mut Vec<u8>) -> io::Result<()> {
    if path.is_dir() {
        let mut entries: Vec<_> = fs::read_dir(path)?.collect::<Result<_, _>>()?;
        entries.sort_by_key(fs::DirEntry::path);
        return entries.iter().try_for_each(|entry| read(&entry.path(), sample));
    }
    let bytes = fs::read(path)?;
    let bytes = bytes.get(..bytes.len().min(SAMPLE - sample.len())).unwrap_or_default();
    // Archives and captures are no text.
    if !bytes.contains(&0) {
        sample.extend(bytes);
    }
    Ok(())
}

/// The class of a folded byte, as the gate looks it up.
fn class(byte: u8) -> usize {
    usize::from(byte & 0x1f | (byte >> 1) & 0x20)
}

fn window(literal: &[u8], offset: usize) -> Window {
    std::array::from_fn(|position| literal.get(offset + position).map(|byte| class(*byte)))
}

/// For each byte of a window and each class, the places of the samples that fit.
struct Judged {
    fitting: Vec<Vec<Places>>,
    words: usize,
}

impl Judged {
    fn new(text: &[u8]) -> Self {
        let words = text.len().div_ceil(64);
        let mut fitting = vec![vec![vec![0; words]; CLASSES]; WIDTH];
        for (position, fitting) in fitting.iter_mut().enumerate() {
            for (at, byte) in text.iter().skip(position).enumerate() {
                fitting[class(*byte)][at / 64] |= 1 << (at % 64);
            }
        }
        Self { fitting, words }
    }
}

/// What its windows make a bucket let through.
struct Bucket {
    /// For each byte of a window, the classes and the places that fit.
    classes: [BTreeSet<usize>; WIDTH],
    places: [Places; WIDTH],
    cost: u64,
}

impl Bucket {
    fn new(judged: &Judged) -> Self {
        Self { classes: Default::default(), places: std::array::from_fn(|_| vec![0; judged.words]), cost: 0 }
    }

    /// What the bucket would let through with a window more: of the samples, and a little for all other texts.
    fn cost_with(&self, window: &Window, judged: &Judged, fitting: &mut Places) -> u64 {
        fitting.clear();
        fitting.resize(judged.words, u64::MAX);
        let mut share = 1.0;
        for (position, class) in window.iter().enumerate() {
            let Some(class) = *class else { continue };
            let (places, more) = (&self.places[position], &judged.fitting[position][class]);
            fitting.iter_mut().zip(places.iter().zip(more)).for_each(|(fitting, (places, more))| *fitting &= places | more);
            let classes = self.classes[position].len() + usize::from(!self.classes[position].contains(&class));
            share *= classes as f64 / CLASSES as f64;
        }
        fitting.iter().map(|word| u64::from(word.count_ones())).sum::<u64>() + (share * UNSEEN) as u64
    }

    fn add(&mut self, window: &Window, judged: &Judged) {
        self.cost = self.cost_with(window, judged, &mut Vec::new());
        for (position, class) in window.iter().enumerate() {
            match *class {
                Some(class) if self.classes[position].insert(class) => {
                    let more = &judged.fitting[position][class];
                    self.places[position].iter_mut().zip(more).for_each(|(places, more)| *places |= more);
                }
                Some(_) => {}
                None => {
                    self.classes[position].extend(0..CLASSES);
                    self.places[position].fill(u64::MAX);
                }
            }
        }
    }
}

/// Bucket and offset for every literal.
fn choose(literals: &[Vec<u8>], judged: &Judged) -> Vec<(usize, usize)> {
    let mut buckets: Vec<Bucket> = (0..BUCKETS).map(|_| Bucket::new(judged)).collect();
    let mut homes: Vec<Option<(usize, usize)>> = vec![None; literals.len()];
    // A short literal opens the bytes behind it to all.
    let mut order: Vec<usize> = (0..literals.len()).collect();
    order.sort_by_key(|at| literals[*at].len());
    let mut fitting = Vec::new();
    for _ in 0..ROUNDS {
        for &at in &order {
            let literal = &literals[at];
            if let Some((old, _)) = homes[at].take() {
                let mut left = Bucket::new(judged);
                for (literal, home) in literals.iter().zip(&homes) {
                    if let Some((_, offset)) = home.filter(|(bucket, _)| *bucket == old) {
                        left.add(&window(literal, offset), judged);
                    }
                }
                buckets[old] = left;
            }
            let offsets = 0..literal.len().saturating_sub(WIDTH) + 1;
            let best = offsets
                .flat_map(|offset| (0..BUCKETS).map(move |bucket| (bucket, offset)))
                .min_by_key(|(bucket, offset)| {
                    let bucket = &buckets[*bucket];
                    bucket.cost_with(&window(literal, *offset), judged, &mut fitting).saturating_sub(bucket.cost)
                })
                .unwrap_or_default();
            buckets[best.0].add(&window(literal, best.1), judged);
            homes[at] = Some(best);
        }
        let cost: u64 = buckets.iter().map(|bucket| bucket.cost).sum();
        report(&format!("{} candidates in a million bytes", cost * 1_000_000 / (64 * judged.words.max(1)) as u64));
    }
    homes.into_iter().map(Option::unwrap_or_default).collect()
}

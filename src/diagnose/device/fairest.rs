//! Which devices are diagnosed where a case has more than the limit `devices` lets be.
//!
//! Devices with findings come before those without, wherever they stand. Among equals each stands as far back as there are devices of its
//! own source before it, and devices that show the same. So neither an archive of thousands nor thousands of numbered files take
//! the place of the log beside them, and of thousands that fail in one way some make room for the one that fails in another.

use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::grouping::Part;
use crate::intake::LEVEL;
use crate::scan::evidence::ArtifactScan;

/// What a device shows by itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::diagnose) enum Shows<'a> {
    /// Findings, by the ids of their rules.
    Findings(Vec<&'a str>),
    /// Something that rules ask for, and no finding.
    Signs,
    /// Nothing.
    Nothing,
}

impl Shows<'_> {
    fn level(&self) -> u8 {
        match self {
            Self::Findings(_) => 0,
            Self::Signs => 1,
            Self::Nothing => 2,
        }
    }
}

/// A device that may be diagnosed.
pub(super) struct Candidate<'a> {
    /// Where it is met first.
    place: usize,
    /// What the user named, or the file of a folder.
    input: u64,
    /// Its file, however deep in archives.
    file: u64,
    pub(super) shows: Shows<'a>,
}

impl<'a> Candidate<'a> {
    pub(super) fn new(parts: &[Part], artifacts: &[ArtifactScan], shows: Shows<'a>) -> Self {
        let place = parts.iter().map(|part| part.artifact).min().unwrap_or_default();
        let path = artifacts.get(place).map_or("", |scan| scan.path.as_str());
        let input = path.split(LEVEL).next().unwrap_or_default();
        Self { place, input: alike(input), file: alike(path), shows }
    }
}

/// The same for names that differ in their numbers only.
fn alike(name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    for word in name.split(|c: char| c.is_ascii_digit()).filter(|word| !word.is_empty()) {
        word.hash(&mut hasher);
    }
    hasher.finish()
}

/// Positions of the `most` that are diagnosed.
pub(super) fn fairest(candidates: &[Candidate<'_>], most: usize) -> BTreeSet<usize> {
    let mut order: Vec<usize> = (0..candidates.len()).collect();
    order.sort_by_key(|at| candidates.get(*at).map(|one| one.place));
    let level = |one: &Candidate<'_>| one.shows.level();
    // Each kind of device of a file has its turn, each kind of file of an input, each kind of input.
    let next = turns(candidates, &order, |one| (one.file, &one.shows));
    take_turns(&mut order, &next);
    let next = turns(candidates, &order, |one| (level(one), one.file));
    take_turns(&mut order, &next);
    let next = turns(candidates, &order, |one| (one.input, &one.shows));
    take_turns(&mut order, &next);
    let input = turns(candidates, &order, |one| (level(one), one.input));
    take_turns(&mut order, &input);
    let kind = turns(candidates, &order, |one| &one.shows);
    let back = |at: usize| input.get(at).zip(kind.get(at)).map(|(input, kind)| input + kind);
    order.sort_by_key(|at| (candidates.get(*at).map(level), back(*at)));
    order.into_iter().take(most).collect()
}

/// Puts those first whose turn is first; equal ones stay as they stand.
fn take_turns(order: &mut [usize], turns: &[usize]) {
    order.sort_by_key(|at| turns.get(*at).copied());
}

/// How many stand before each, in this order, that have the same key.
fn turns<'c, 'a, K: Eq + Hash>(candidates: &'c [Candidate<'a>], order: &[usize], key: impl Fn(&'c Candidate<'a>) -> K) -> Vec<usize> {
    let mut met: HashMap<K, usize> = HashMap::new();
    let mut turns = vec![0; candidates.len()];
    for at in order {
        let (Some(one), Some(turn)) = (candidates.get(*at), turns.get_mut(*at)) else { continue };
        let before = met.entry(key(one)).or_default();
        *turn = *before;
        *before += 1;
    }
    turns
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Devices as `path shows…`, in the order of the case; the positions that are kept.
    fn kept(devices: &[String], most: usize) -> Vec<usize> {
        let candidates: Vec<Candidate<'_>> = devices
            .iter()
            .enumerate()
            .map(|(place, device)| {
                let mut words = device.split(' ');
                let path = words.next().unwrap();
                let shows = match words.clone().next() {
                    None => Shows::Nothing,
                    Some("signs") => Shows::Signs,
                    Some(_) => Shows::Findings(words.collect()),
                };
                Candidate { place, input: alike(path.split(LEVEL).next().unwrap()), file: alike(path), shows }
            })
            .collect();
        fairest(&candidates, most).into_iter().collect()
    }

    fn many(count: usize, of: impl Fn(usize) -> String) -> Vec<String> {
        (0..count).map(of).collect()
    }

    #[test]
    fn what_stands_beside_a_mass_is_diagnosed() {
        let beside = || vec!["case/healthy.log dns".to_owned(), "case/healthy.log dns".to_owned()];
        for (what, mass) in [
            ("numbered files", many(50, |at| format!("case/a{at}.log dns"))),
            ("a log", many(50, |_| "case/a.log dns".to_owned())),
            ("an archive", many(50, |at| format!("case/a.zip!{at}.log dns"))),
            ("an archive with names of many kinds", many(50, |at| format!("case/a.zip!{} dns", "x".repeat(at + 1)))),
            ("numbered folders", many(50, |at| format!("case/site-{at}/a.log dns"))),
            ("a log whose devices all fail in ways of their own", many(50, |at| format!("case/a.log dns {at}"))),
            ("files with names of many kinds that fail in one other way", many(50, |at| format!("case/a{} tls", "x".repeat(at)))),
            ("files with names of many kinds without findings", many(50, |at| format!("case/a{} signs", "x".repeat(at)))),
        ] {
            let devices = [mass, beside()].concat();
            assert!(kept(&devices, 10).ends_with(&[50, 51]), "{what}: {:?}", kept(&devices, 10));
            assert_eq!(kept(&devices, 10).len(), 10, "{what}");
        }
        // Inside an archive too.
        let inside = [many(50, |at| format!("case/a.zip!{at}.log dns")), vec!["case/a.zip!healthy.log dns".to_owned()]].concat();
        assert!(kept(&inside, 10).contains(&50));
    }

    #[test]
    fn devices_with_findings_come_first() {
        let mass = [many(30, |_| "a.log".to_owned()), many(30, |_| "b.log signs".to_owned()), many(5, |_| "c.log dns".to_owned())].concat();
        assert_eq!(kept(&mass, 5), [60, 61, 62, 63, 64]);
        assert_eq!(kept(&mass, 7), [30, 31, 60, 61, 62, 63, 64]);
        assert_eq!(kept(&mass, 36), [&[0][..], &(30..65).collect::<Vec<_>>()].concat());
    }

    #[test]
    fn rare_failures_come_before_more_of_the_common_ones() {
        for (what, mass) in [
            ("a log", [many(80, |_| "a.log dns".to_owned()), many(2, |_| "a.log clock".to_owned())].concat()),
            ("numbered files", [many(80, |at| format!("{at}.log dns")), many(2, |at| format!("{at}0.log clock"))].concat()),
            (
                "an archive",
                [many(80, |at| format!("a.zip!{}.log dns", "x".repeat(at))), many(2, |_| "a.zip!y.log clock".to_owned())].concat(),
            ),
        ] {
            assert!(kept(&mass, 10).ends_with(&[80, 81]), "{what}: {:?}", kept(&mass, 10));
        }
    }
}

//! How much of what was read a case may keep (`evidence` and `facts_memory` of the limits). Both are charged in the order of the case,
//! and to each input on its own first, so that one with millions of matches takes no place from the log beside it.

mod weight;

use super::evidence::{ArtifactScan, Subject, Tally};
use crate::intake::{Kept, Limits, LogicalPath, Trouble, TroubleKind};

/// Signals that are counted of a device for which there is no room.
const COUNTED: usize = 8;

/// What the artifacts of one input keep.
#[derive(Default)]
pub(super) struct Keeping {
    matches: Pool,
    rest: Pool,
    /// Artifacts whose matches are only counted.
    counted: u64,
    /// Artifacts of which it is not known in which order things were seen.
    unordered: u64,
    /// Artifacts whose facts and outputs are forgotten.
    forgotten: u64,
    /// Devices that are forgotten.
    devices: u64,
    /// Something was left out.
    less: bool,
}

/// Bytes of one kind.
#[derive(Default)]
struct Pool {
    bytes: u64,
    /// What was kept needed at least this much to be left ...
    fits: u64,
    /// ... and this much would have kept more.
    more_from: Option<u64>,
}

impl Pool {
    /// Takes so many bytes more if as many are left.
    fn takes(&mut self, bytes: u64, left: u64) -> bool {
        let needed = self.bytes.saturating_add(bytes);
        let fits = needed <= left;
        if fits {
            self.bytes = needed;
            self.fits = self.fits.max(needed);
        } else {
            self.more_from = Some(self.more_from.map_or(needed, |before| before.min(needed)));
        }
        fits
    }

    /// Whether it would have taken the same, had this been left from the begin.
    fn stands(&self, left: u64) -> bool {
        self.fits <= left && self.more_from.is_none_or(|more| left < more)
    }
}

impl Keeping {
    /// Takes the next artifact; `left` is what the inputs before this one leave of the limits.
    pub(super) fn take(&mut self, scan: &mut ArtifactScan, left: Kept) {
        if !self.rest.takes(weight::of_the_rest(scan), left.facts) {
            self.lighten(scan, left.facts);
        }
        let size = weight::of_matches(scan);
        if size == 0 || self.matches.takes(size, left.evidence) {
            return;
        }
        // Of its first artifact with evidence every input has something to show.
        let most = usize::from(self.matches.bytes == 0);
        self.less = true;
        self.counted += 1;
        for subject in &mut scan.subjects {
            tallies(subject).for_each(|tally| tally.cut(most));
        }
        scan.sightings.lines.truncate(most);
        scan.sightings.lines.shrink_to_fit();
        scan.sightings.more = true;
        self.matches.bytes += weight::of_matches(scan);
    }

    /// Keeps less of an artifact, step by step until there is room for it: what tells most is forgotten last.
    fn lighten(&mut self, scan: &mut ArtifactScan, left: u64) {
        self.less = true;
        scan.last_section = None;
        if !scan.sightings.lines.is_empty() {
            self.unordered += 1;
            scan.sightings.lines = Vec::new();
            scan.sightings.more = true;
        }
        for form in std::mem::take(&mut scan.remainder.forms).into_values() {
            match &mut scan.remainder.further {
                Some(further) => further.count += form.count,
                further => *further = Some(Box::new(form)),
            }
        }
        if self.rest.takes(weight::of_the_rest(scan), left) {
            return;
        }
        let tells = |subject: &Subject| !subject.facts.is_empty() || !subject.sections.is_empty();
        self.forgotten += u64::from(scan.subjects.iter().any(tells));
        for subject in &mut scan.subjects {
            (subject.facts, subject.sections) = (Vec::new(), Vec::new());
        }
        let seen = |subject: &Subject| !subject.tallies.is_empty() || !subject.compared.is_empty();
        self.devices += keep(scan, seen);
        if self.rest.takes(weight::of_the_rest(scan), left) {
            return;
        }
        self.devices += keep(scan, |_| false);
        for subject in &mut scan.subjects {
            subject.tallies.cut(COUNTED);
            subject.pairs.cut(0);
            subject.compared.clear();
            subject.clock = Default::default();
            subject.certified.clear();
        }
        scan.hosts = Vec::new();
        self.rest.bytes += weight::of_the_rest(scan);
    }

    /// Whether it would have kept the same, had this been left from the begin.
    pub(super) fn stands(&self, left: Kept) -> bool {
        self.matches.stands(left.evidence) && self.rest.stands(left.facts)
    }

    /// Whether all is there still, so that it can be decided anew what to keep.
    pub(super) fn is_whole(&self) -> bool {
        !self.less
    }

    /// Bytes kept so far.
    pub(super) fn kept(&self) -> Kept {
        Kept { evidence: self.matches.bytes, facts: self.rest.bytes }
    }

    /// What there is to say of the input at `path`.
    pub(super) fn troubles(&self, path: &LogicalPath, limits: &Limits) -> impl Iterator<Item = Trouble> {
        let (counted, unordered, forgotten, devices) = (self.counted, self.unordered, self.forgotten, self.devices);
        let of = |n| if n == 1 { "1 artifact".to_owned() } else { format!("{n} artifacts") };
        let messages = [
            (counted, limits.hit("evidence", format!("the matches of {} were counted, and not kept to be quoted", of(counted)))),
            (unordered, limits.hit("facts_memory", format!("the matches of {} were counted, and their order was not kept", of(unordered)))),
            (forgotten, limits.hit("facts_memory", format!("the facts and outputs of {} were not kept", of(forgotten)))),
            (devices, limits.hit("facts_memory", format!("{devices} further devices were read, and not diagnosed"))),
        ];
        let path = path.clone();
        messages.into_iter().filter(|(count, _)| *count > 0).map(move |(_, message)| Trouble {
            path: path.clone(),
            kind: TroubleKind::Limit,
            message,
        })
    }
}

/// Keeps the devices that are wanted, or the first of those on which something was seen; returns how many are gone.
fn keep(scan: &mut ArtifactScan, wanted: impl Fn(&Subject) -> bool) -> u64 {
    let first = scan.subjects.iter().position(|subject| !subject.tallies.is_empty()).unwrap_or(0);
    let (mut at, mut gone) = (0, 0);
    scan.subjects.retain(|subject| {
        let stays = at == first || wanted(subject);
        at += 1;
        gone += u64::from(!stays && (subject.identity != Default::default() || !subject.tallies.is_empty()));
        stays
    });
    scan.subjects.shrink_to_fit();
    gone
}

fn tallies(subject: &mut Subject) -> impl Iterator<Item = &mut Tally> {
    subject.tallies.values_mut().chain(subject.compared.values_mut())
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests write their data themselves")]
mod tests {
    use super::*;
    use crate::intake::Input;
    use crate::rules::embedded;
    use crate::scan::{Options, Scanner, Silent};

    /// So many bytes for matches, and enough for all else.
    fn room(evidence: u64) -> Kept {
        Kept { evidence, facts: u64::MAX }
    }

    #[test]
    fn what_is_beyond_the_limit_is_counted_and_the_first_of_an_input_is_kept() {
        let library = embedded::library().unwrap();
        let scanner = Scanner::new(&library);
        let line = |second: u32| {
            format!(
                "Aug 23 09:00:{second:02} sw1 1: %SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : Unable to resolve server hostname/domain name\n"
            )
        };
        let text: String = (0..30).map(line).collect();
        let kept =
            |scan: &ArtifactScan| scan.subjects.iter().flat_map(|subject| subject.tallies.values()).map(|tally| tally.kept().count()).max();
        let count = |scan: &ArtifactScan| scan.subjects.iter().flat_map(|subject| subject.tallies.values()).map(|tally| tally.count).max();
        let limits = Limits::default();
        for (left, expected) in [(u64::MAX, [16, 16]), (100_000, [16, 16]), (0, [1, 0])] {
            let mut keeping = Keeping::default();
            for expected in expected {
                let mut scan = scanner.scan_text("a.log", text.as_bytes());
                keeping.take(&mut scan, room(left));
                assert_eq!((kept(&scan), count(&scan)), (Some(expected), Some(30)), "{left}");
            }
            let said = keeping.troubles(&LogicalPath::input("a"), &limits).count();
            assert_eq!(said, usize::from(left == 0));
        }
    }

    #[test]
    fn what_was_kept_stands_for_as_long_as_the_same_would_be_kept() {
        let library = embedded::library().unwrap();
        let scanner = Scanner::new(&library);
        let line =
            "Aug 23 09:00:00 sw1 1: %SMART_LIC-5-COMM_RESTORED: Communications with the Cisco Smart Software Manager (CSSM) restored\n";
        let kept = |left: u64| {
            let mut keeping = Keeping::default();
            let kept: Vec<usize> = [3, 1, 2]
                .map(|lines| {
                    let mut scan = scanner.scan_text("a.log", line.repeat(lines).as_bytes());
                    keeping.take(&mut scan, room(left));
                    scan.subjects.iter().flat_map(|subject| subject.tallies.values()).map(|tally| tally.kept().count()).sum()
                })
                .into();
            (kept, keeping)
        };
        let one = weight::of_matches(&scanner.scan_text("a.log", line.as_bytes()));
        let lefts: Vec<u64> = (0..=7).flat_map(|times| [(one * times).saturating_sub(1), one * times, one * times + 1]).collect();
        for before in &lefts {
            let (then, keeping) = kept(*before);
            for now in &lefts {
                assert_eq!(keeping.stands(room(*now)), then == kept(*now).0, "{before} then, {now} now, a match takes {one}");
            }
        }
    }

    #[test]
    fn the_order_of_the_case_decides_whichever_file_is_done_first() {
        let library = embedded::library().unwrap();
        let line =
            "Aug 23 09:00:00 sw1 1: %SMART_LIC-5-COMM_RESTORED: Communications with the Cisco Smart Software Manager (CSSM) restored\n";
        let one = weight::of_matches(&Scanner::new(&library).scan_text("a.log", line.as_bytes()));
        let work = tempfile::tempdir().unwrap();
        // The first is done last. While it is read, the second takes most of the limit, and gives it back when the first is known.
        let filler = "Aug 23 09:00:00 sw1 1: %LINK-3-UPDOWN: Interface GigabitEthernet1/0/1, changed state to up\n".repeat(4_000);
        for (name, text) in [("a.log", filler + &line.repeat(5)), ("b.log", line.repeat(16)), ("c.log", line.repeat(6))] {
            std::fs::write(work.path().join(name), text).unwrap();
        }
        for (most, expected) in [(18, [5, 1, 6]), (21, [5, 16, 1]), (0, [1, 1, 1])] {
            let scanner = Scanner::within(&library, Limits { evidence: one * most, ..Limits::default() });
            for threads in [1, 2, 8] {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                let case = pool.install(|| scanner.scan(&[Input::Path(work.path().to_owned())], &Options::default(), &Silent));
                let kept = |scan: &ArtifactScan| {
                    scan.subjects.iter().flat_map(|subject| subject.tallies.values()).map(|tally| tally.kept().count()).max()
                };
                let kept: Vec<usize> = case.artifacts.iter().filter_map(kept).collect();
                assert_eq!(kept, expected, "{most} on {threads} threads");
            }
        }
    }

    /// What so many devices answer; every other one fails.
    fn outputs(scanner: &Scanner<'_>, devices: usize) -> ArtifactScan {
        let failed = "%SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : Unable to resolve server hostname/domain name";
        let output = |at: usize| {
            let log = format!("Aug 23 09:{:02}:{:02} sw-{at} 1: {failed}\n", at / 60, at % 60);
            let log = if at % 2 == 1 { log } else { String::new() };
            format!("sw-{at}#show version\nCisco IOS XE Software, Version 17.09.04a\nsw-{at}#\n{log}")
        };
        scanner.scan_text("a.txt", (0..devices).map(output).collect::<String>().as_bytes())
    }

    #[test]
    fn what_tells_most_is_forgotten_last() {
        let library = embedded::library().unwrap();
        let scanner = Scanner::new(&library);
        let whole = outputs(&scanner, 300);
        let (all, limits) = (weight::of_the_rest(&whole), Limits::default());
        // With less and less room: how many devices, facts, lines in order, and devices that fail are there still.
        let mut before = (usize::MAX, usize::MAX, usize::MAX, usize::MAX);
        let mut steps = Vec::new();
        for percent in (0..=100).rev() {
            let mut scan = whole.clone();
            let mut keeping = Keeping::default();
            keeping.take(&mut scan, Kept { evidence: u64::MAX, facts: all * percent / 100 });
            let failing = scan.subjects.iter().filter(|subject| !subject.tallies.is_empty()).count();
            let facts = scan.subjects.iter().map(|subject| subject.facts.len()).sum();
            let kept = (scan.subjects.len(), facts, scan.sightings.lines.len(), failing);
            assert!(kept.0 <= before.0 && kept.1 <= before.1 && kept.2 <= before.2 && kept.3 <= before.3, "{percent}: {kept:?} {before:?}");
            if kept != before {
                steps.push((kept.0 >= 300, kept.1 >= 300, kept.2 > 0, kept.3));
            }
            before = kept;
            let said: Vec<Trouble> = keeping.troubles(&LogicalPath::input("a.txt"), &limits).collect();
            assert_eq!(said.is_empty(), percent == 100, "{percent}: {said:?}");
            assert!(keeping.kept().facts <= (all * percent / 100).max(2_000), "{percent}: {:?} of {all}", keeping.kept());
        }
        assert_eq!(steps, [(true, true, true, 150), (true, true, false, 150), (false, false, false, 150), (false, false, false, 1)]);
    }

    #[test]
    fn every_input_has_its_share_of_the_memory_for_facts() {
        let library = embedded::library().unwrap();
        let work = tempfile::tempdir().unwrap();
        let output = |host: &str| format!("{host}#show license all\nSmart Licensing is ENABLED\nRegistration:\n  Status: UNREGISTERED\n");
        for file in 0..6 {
            let text: String = (0..1_000).map(|at| output(&format!("sw-{file}-{at}"))).collect();
            std::fs::write(work.path().join(format!("{file}.txt")), text).unwrap();
        }
        std::fs::write(work.path().join("z.txt"), output("healthy")).unwrap();
        let mut limits = Limits::default();
        limits.set("facts_memory=1MiB").unwrap();
        let scanner = Scanner::within(&library, limits);
        let scanned = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| scanner.scan(&[Input::Path(work.path().to_owned())], &Options::default(), &Silent))
        };
        let (one, more) = (scanned(1), scanned(8));
        let bytes: u64 = one.artifacts.iter().map(weight::of_the_rest).sum();
        assert!(bytes < 3 << 19, "{bytes}");
        let healthy = one.artifacts.last().unwrap();
        assert!(!healthy.subjects[0].facts.is_empty());
        assert!(one.troubles.iter().all(|trouble| trouble.message.contains("`facts_memory` (1MiB)")), "{:?}", one.troubles);
        assert_eq!((&one.artifacts, &one.troubles), (&more.artifacts, &more.troubles));
    }
}

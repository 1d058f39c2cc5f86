//! How much evidence a case may keep (`evidence` and `devices` of the limits). Both are charged in the order of the case, and to
//! each input on its own first, so that one with millions of matches takes no place from the log beside it.

use std::collections::HashSet;

use super::evidence::{ArtifactScan, Match, Subject, Tally};
use crate::intake::{Limits, LogicalPath, Trouble, TroubleKind};

/// Devices with as many facts as are kept of one that an input may have.
const FULL: u64 = 256;

/// What the artifacts of one input keep.
#[derive(Default)]
pub(super) struct Keeping {
    /// Bytes of the matches kept so far.
    bytes: u64,
    devices: HashSet<String>,
    /// Artifacts whose matches are only counted.
    counted: u64,
    /// What was kept needed at least this much to be left ...
    fits: u64,
    /// ... and this much would have kept more.
    more_from: Option<u64>,
    /// Subjects of devices beyond the most that are told apart.
    left_out: u64,
    /// Facts of all devices that are kept, and those beyond the most.
    facts: u64,
    further_facts: u64,
}

impl Keeping {
    /// Takes the next artifact; `left` is what the inputs before this one leave of the limit.
    pub(super) fn take(&mut self, scan: &mut ArtifactScan, limits: &Limits, left: u64) {
        let before = scan.subjects.len();
        scan.subjects.retain(|subject| match &subject.identity.hostname {
            Some(host) if !self.devices.contains(host) => {
                let room = (self.devices.len() as u64) < limits.devices;
                room && self.devices.insert(host.clone())
            }
            _ => true,
        });
        if scan.subjects.len() < before {
            self.left_out += (before - scan.subjects.len()) as u64;
            // Sightings name subjects by their place.
            scan.sightings.lines.clear();
            scan.sightings.more = true;
            scan.last_section = None;
        }
        let most = limits.facts.saturating_mul(FULL);
        for subject in &mut scan.subjects {
            let room = usize::try_from(most.saturating_sub(self.facts)).unwrap_or(usize::MAX);
            self.further_facts += subject.facts.len().saturating_sub(room) as u64;
            subject.facts.truncate(room);
            self.facts += subject.facts.len() as u64;
        }
        let size = size(scan);
        if size == 0 {
            return;
        }
        let needed = self.bytes.saturating_add(size);
        if needed <= left {
            self.bytes = needed;
            self.fits = needed;
            return;
        }
        // Of its first artifact with evidence every input has something to show.
        let most = usize::from(self.bytes == 0);
        self.counted += 1;
        self.more_from = Some(self.more_from.map_or(needed, |before| before.min(needed)));
        for subject in &mut scan.subjects {
            tallies(subject).for_each(|tally| tally.cut(most));
        }
        scan.sightings.lines.truncate(most);
        scan.sightings.lines.shrink_to_fit();
        scan.sightings.more = true;
        self.bytes += self::size(scan);
    }

    /// Whether it would have kept the same, had this been left from the begin.
    pub(super) fn stands(&self, left: u64) -> bool {
        self.fits <= left && self.more_from.is_none_or(|more| left < more)
    }

    /// Whether every match is there still, so that it can be decided anew which to keep.
    pub(super) fn is_whole(&self) -> bool {
        self.counted == 0
    }

    /// The devices that a first pass over the same artifacts left out are left out still.
    pub(super) fn add_left_out(&mut self, before: &Self) {
        self.left_out += before.left_out;
        self.further_facts += before.further_facts;
    }

    /// Bytes of the matches kept so far.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// What there is to say of the input at `path`.
    pub(super) fn troubles(&self, path: &LogicalPath, limits: &Limits) -> impl Iterator<Item = Trouble> {
        let (counted, left_out, facts) = (self.counted, self.left_out, self.further_facts);
        let artifacts = |n| if n == 1 { "1 artifact".to_owned() } else { format!("{n} artifacts") };
        let was = if left_out == 1 { "was" } else { "were" };
        let messages = [
            (counted, limits.hit("evidence", format!("the matches of {} were counted, and not kept to be quoted", artifacts(counted)))),
            (left_out, limits.hit("devices", format!("{} of further devices {was} read, and not diagnosed", artifacts(left_out)))),
            (facts, limits.hit("facts", format!("{facts} further facts of all devices together were not kept"))),
        ];
        let path = path.clone();
        messages.into_iter().filter(|(count, _)| *count > 0).map(move |(_, message)| Trouble {
            path: path.clone(),
            kind: TroubleKind::Limit,
            message,
        })
    }
}

fn tallies(subject: &mut Subject) -> impl Iterator<Item = &mut Tally> {
    subject.tallies.values_mut().chain(subject.compared.values_mut())
}

/// Bytes that the kept matches of an artifact take.
fn size(scan: &ArtifactScan) -> u64 {
    let matches = scan.subjects.iter().flat_map(|subject| subject.tallies.values().chain(subject.compared.values())).flat_map(Tally::kept);
    let captured = |found: &Match| found.captures.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>();
    let bytes = matches.map(|found| size_of::<Match>() + found.excerpt.len() + captured(found)).sum::<usize>();
    bytes as u64
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests write their data themselves")]
mod tests {
    use super::*;
    use crate::intake::Input;
    use crate::rules::embedded;
    use crate::scan::{Options, Scanner, Silent};

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
                keeping.take(&mut scan, &limits, left);
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
        let limits = Limits::default();
        let kept = |left: u64| {
            let mut keeping = Keeping::default();
            let kept: Vec<usize> = [3, 1, 2]
                .map(|lines| {
                    let mut scan = scanner.scan_text("a.log", line.repeat(lines).as_bytes());
                    keeping.take(&mut scan, &limits, left);
                    scan.subjects.iter().flat_map(|subject| subject.tallies.values()).map(|tally| tally.kept().count()).sum()
                })
                .into();
            (kept, keeping)
        };
        let one = size(&scanner.scan_text("a.log", line.as_bytes()));
        let lefts: Vec<u64> = (0..=7).flat_map(|times| [(one * times).saturating_sub(1), one * times, one * times + 1]).collect();
        for before in &lefts {
            let (then, keeping) = kept(*before);
            for now in &lefts {
                assert_eq!(keeping.stands(*now), then == kept(*now).0, "{before} then, {now} now, a match takes {one}");
            }
        }
    }

    #[test]
    fn the_order_of_the_case_decides_whichever_file_is_done_first() {
        let library = embedded::library().unwrap();
        let line =
            "Aug 23 09:00:00 sw1 1: %SMART_LIC-5-COMM_RESTORED: Communications with the Cisco Smart Software Manager (CSSM) restored\n";
        let one = size(&Scanner::new(&library).scan_text("a.log", line.as_bytes()));
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

    #[test]
    fn devices_beyond_the_limit_are_left_out_and_counted() {
        let library = embedded::library().unwrap();
        let scanner = Scanner::new(&library);
        let mut limits = Limits::default();
        limits.set("devices=2").unwrap();
        let mut keeping = Keeping::default();
        let shown: Vec<usize> = ["a1", "b1", "c1", "a1"]
            .map(|host| {
                let text = format!("Aug 23 09:00:00 {host} 1: %SMART_LIC-5-COMM_RESTORED: Communications with the Cisco Smart Software Manager (CSSM) restored\n");
                let mut scan = scanner.scan_text("a.log", text.as_bytes());
                keeping.take(&mut scan, &limits, u64::MAX);
                scan.subjects.len()
            })
            .into();
        assert_eq!(shown, [1, 1, 0, 1]);
        let said: Vec<Trouble> = keeping.troubles(&LogicalPath::input("a"), &limits).collect();
        assert!(said[0].message.contains("`devices` (2)") && said[0].message.contains("1 artifact"), "{said:?}");
    }

    #[test]
    fn of_the_facts_of_all_devices_the_first_are_kept() {
        let library = embedded::library().unwrap();
        let scanner = Scanner::new(&library);
        let text: String = (0..300)
            .map(|at| format!("sw-{at}#show license all\nSmart Licensing is ENABLED\nRegistration:\n  Status: UNREGISTERED\n"))
            .collect();
        let mut limits = Limits::default();
        limits.set("facts=1").unwrap();
        let mut scan = scanner.scan_text("a.txt", text.as_bytes());
        let facts = |scan: &ArtifactScan| scan.subjects.iter().map(|subject| subject.facts.len()).sum::<usize>();
        assert!(facts(&scan) > 300);
        let mut keeping = Keeping::default();
        keeping.take(&mut scan, &limits, u64::MAX);
        assert_eq!(facts(&scan), 256);
        let said =
            keeping.troubles(&LogicalPath::input("a.txt"), &limits).any(|trouble| trouble.message.contains("further facts of all devices"));
        assert!(said && scan.subjects.len() >= 300);
    }
}

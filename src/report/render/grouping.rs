//! Which findings are problems, which are only what a problem makes visible, and which are no reason to act. What is the same on
//! several devices is told once.

use std::collections::{HashMap, HashSet};

use super::moment;
use super::naming::Names;
use super::phrase::percent;
use crate::report::model::{Finding, Kind, Report, Severity, Status};
use crate::rules::translation::Words;

/// Devices that are named where several have the same.
pub(super) const NAMED: usize = 3;

/// How far up a chain of causes it matters that they differ.
const CHAIN: usize = 8;

/// The findings of a report, sorted out for reading.
pub(super) struct Grouping<'a> {
    /// What is wrong, in rank order, with what each makes visible; and what is no reason to act, but explains such a problem.
    pub(super) problems: Vec<Problem<'a>>,
    /// Of findings that are the same on several devices, by the rank of the first: all of them.
    alike: HashMap<usize, Vec<&'a Finding>>,
    /// Harmless findings and plain conditions that no problem explains, in rank order, each standing for those of other devices.
    pub(super) quiet: Vec<&'a Finding>,
    /// What a suppression silenced, in rank order.
    pub(super) suppressed: Vec<&'a Finding>,
    /// Devices without any finding.
    pub(super) silent: Vec<Option<&'a str>>,
    /// The language of sentences.
    pub(super) words: Words<'a>,
    /// What the devices are called.
    pub(super) names: Names<'a>,
}

/// A finding that stands in the table with its own number.
pub(super) struct Problem<'a> {
    pub(super) finding: &'a Finding,
    /// Rank of the finding that causes it.
    pub(super) because: Option<usize>,
    /// Ranks of the findings that bring it out without being its cause.
    pub(super) brought_out_by: Vec<usize>,
    /// The symptoms and conditions it causes, in rank order.
    pub(super) symptoms: Vec<&'a Finding>,
}

impl Problem<'_> {
    /// Whether it is wrong, and still holds.
    pub(super) fn is_open(&self) -> bool {
        self.finding.status != Status::Resolved && !self.is_harmless()
    }

    /// Whether it stands here only because it explains what is wrong.
    pub(super) fn is_harmless(&self) -> bool {
        is_quiet(self.finding)
    }
}

impl<'a> Grouping<'a> {
    pub(super) fn of(report: &'a Report, words: Words<'a>) -> Self {
        let mut by_place: HashMap<(Option<&str>, &str), usize> = HashMap::new();
        for (at, finding) in report.findings.iter().enumerate() {
            by_place.entry((finding.device.as_deref(), &finding.id)).or_insert(at);
        }
        let cause = |at: usize| {
            let finding = report.findings.get(at)?;
            let id = finding.explained_by.as_deref()?;
            by_place.get(&(finding.device.as_deref(), id)).copied().filter(|cause| *cause != at)
        };

        let mut roots: Vec<Option<usize>> = Vec::with_capacity(report.findings.len());
        for (at, finding) in report.findings.iter().enumerate() {
            roots.push(if folds(finding) { root(report, at, &cause) } else { None });
        }

        let names = Names::of(report, words);
        let contributing = |at: usize| {
            let finding = report.findings.get(at);
            let ids = finding.into_iter().flat_map(|finding| &finding.contributing_causes);
            ids.filter_map(|id| by_place.get(&(finding?.device.as_deref(), id.as_str())).copied()).collect::<Vec<usize>>()
        };
        let behind = behind(report, &roots, &cause, &contributing);
        let first_of = first_alike(report, &names, &behind, &cause, &contributing);
        let stands_for = |at: usize| first_of.get(at).copied().unwrap_or(at);
        let shown = |at: usize| report.findings.get(stands_for(at));

        let judged: HashSet<&str> = report.findings.iter().filter_map(|finding| finding.device.as_deref()).collect();
        let silent = report.devices.iter().map(|device| device.id.as_str()).filter(|id| !judged.contains(id)).map(Some).collect();
        let mut groups =
            Self { problems: Vec::new(), alike: HashMap::new(), quiet: Vec::new(), suppressed: Vec::new(), silent, words, names };
        let mut slots: HashMap<usize, usize> = HashMap::new();
        for (at, finding) in report.findings.iter().enumerate() {
            if finding.suppressed.is_some() {
                groups.suppressed.push(finding);
            } else if roots.get(at).copied().flatten().is_some() {
                // Comes under its root below.
            } else if is_quiet(finding) && !behind.contains(&at) {
                let first = shown(at).unwrap_or(finding);
                groups.quiet.extend((first.rank == finding.rank).then_some(finding));
                groups.alike.entry(first.rank).or_default().push(finding);
            } else if let Some(first) = shown(at).filter(|_| stands_for(at) != at) {
                groups.alike.entry(first.rank).or_default().push(finding);
            } else {
                slots.insert(at, groups.problems.len());
                let because = cause(at).and_then(shown).map(|cause| cause.rank);
                let brought_out_by = contributing(at).into_iter().filter_map(shown).map(|part| part.rank).collect();
                groups.alike.entry(finding.rank).or_default().push(finding);
                groups.problems.push(Problem { finding, because, brought_out_by, symptoms: Vec::new() });
            }
        }
        for (at, (finding, root)) in report.findings.iter().zip(roots).enumerate() {
            let Some(root) = root.filter(|_| finding.suppressed.is_none()) else { continue };
            if let Some(problem) = slots.get(&stands_for(root)).and_then(|slot| groups.problems.get_mut(*slot)) {
                if stands_for(at) == at {
                    problem.symptoms.push(finding);
                }
                let rank = shown(at).map_or(finding.rank, |first| first.rank);
                groups.alike.entry(rank).or_default().push(finding);
            }
        }
        groups
    }

    /// The findings that a problem or symptom stands for, itself first: one for each device.
    pub(super) fn alike<'s>(&'s self, finding: &'s &'a Finding) -> &'s [&'a Finding] {
        self.alike.get(&finding.rank).map_or(std::slice::from_ref(finding), Vec::as_slice)
    }

    /// When and how often what a finding stands for was seen, on all devices.
    pub(super) fn extent(&self, finding: &'a Finding) -> Extent<'a> {
        let alike = self.alike(&finding).to_vec();
        let seen = moment::widest(&alike.iter().filter_map(|one| one.seen()).collect::<Vec<_>>());
        let occurrences = alike.iter().fold(0, |sum: u64, one| sum.saturating_add(one.occurrences));
        Extent { seen, occurrences }
    }

    /// Names of the devices of a finding and of those it stands for: the first few, then how many more. Where it is less sure of one
    /// than the finding says, how sure.
    pub(super) fn devices(&self, finding: &'a Finding, quote: fn(&str) -> String) -> Vec<String> {
        self.first_few_and_how_sure(finding, NAMED, |id| self.names.name_quoted(id, quote))
    }

    /// The same, where there is room for few: of many only the first.
    pub(super) fn first_device(&self, finding: &'a Finding) -> Vec<String> {
        let many = self.alike(&finding).len() > NAMED + 1;
        self.first_few_and_how_sure(finding, if many { 1 } else { NAMED }, |id| self.names.name(id).into_owned())
    }

    fn first_few(&self, finding: &'a Finding, few: usize, name: impl Fn(&'a Finding) -> String) -> Vec<String> {
        let alike = self.alike(&finding);
        // One too many is named rather than counted.
        let named = if alike.len() > few + 1 { few } else { alike.len() };
        let mut names: Vec<String> = alike.iter().take(named).map(|one| name(one)).collect();
        names.extend((alike.len() > named).then(|| self.words.fill("{} more", &[&(alike.len() - named).to_string()])));
        names
    }

    /// The same with how sure it is of each, where that is less than the finding says.
    fn first_few_and_how_sure(&self, finding: &'a Finding, few: usize, name: impl Fn(Option<&'a str>) -> String) -> Vec<String> {
        let top = percent(finding.confidence);
        let less = |one: &Finding| Some(percent(one.confidence)).filter(|sure| *sure != top);
        let with = |name: String, sure: Option<String>| match sure {
            Some(sure) => self.words.fill("{} ({})", &[&name, &sure]),
            None => name,
        };
        let mut names = self.first_few(finding, few, |one| with(name(one.device.as_deref()), less(one)));
        let unnamed = self.alike(&finding).iter().skip(names.len().saturating_sub(1));
        let least = unnamed.min_by(|a, b| a.confidence.total_cmp(&b.confidence)).and_then(|one| less(one));
        if let (Some(least), Some(last)) = (least.filter(|_| self.alike(&finding).len() > names.len()), names.last_mut()) {
            *last = self.words.fill("{}, from {}", &[last, &least]);
        }
        names
    }

    /// `on sw-core-1`, `on 5 devices (sw1, sw2, sw3, 2 more)`, `in 2 files (a.pcap, b.pcap)`; nothing where no device is known.
    pub(super) fn on(&self, finding: &'a Finding, quote: fn(&str) -> String) -> Option<String> {
        let count = self.alike(&finding).len();
        if count == 1 {
            return self.names.on_quoted(finding.device.as_deref(), quote);
        }
        let many = self.many(finding);
        let names = self.first_few(finding, NAMED, |one| quote(&self.names.bare(one.device.as_deref())));
        Some(self.words.fill("{} ({})", &[&many, &names.join(self.words.say(", "))]))
    }

    /// `on 5 devices`, or `in 5 files` where nobody named the devices.
    pub(super) fn many(&self, finding: &'a Finding) -> String {
        let named = finding.device.as_deref().is_none_or(|id| self.names.is_named(id));
        let count = self.alike(&finding).len().to_string();
        self.words.fill(if named { "on {} devices" } else { "in {} files" }, &[&count])
    }

    /// Every problem and symptom of every device, with the rank it is told under.
    pub(super) fn told(&self, of: impl Fn(&Problem<'a>) -> bool) -> Vec<(usize, &'a Finding)> {
        let shown = self.problems.iter().filter(|problem| of(problem));
        let shown = shown.flat_map(|problem| std::iter::once(&problem.finding).chain(&problem.symptoms));
        shown.flat_map(|first| self.alike(first).iter().map(|one| (first.rank, *one))).collect()
    }

    /// The number that each finding is told under, by its rank: that of the first that says the same.
    pub(super) fn numbers(&self) -> HashMap<usize, usize> {
        let quiet = self.quiet.iter().flat_map(|first| self.alike(first).iter().map(|one| (one.rank, first.rank)));
        self.told(|_| true).into_iter().map(|(number, one)| (one.rank, number)).chain(quiet).collect()
    }

    /// Every finding, in the order in which they stand.
    pub(super) fn findings(&self) -> impl Iterator<Item = &'a Finding> {
        let problems = self.told(|_| true).into_iter().map(|(_, finding)| finding);
        let quiet = self.quiet.iter().flat_map(|first| self.alike(first).iter().copied());
        problems.chain(quiet).chain(self.suppressed.iter().copied())
    }
}

/// When and how often something was seen.
pub(super) struct Extent<'a> {
    /// The first time and the last.
    pub(super) seen: Option<(&'a str, &'a str)>,
    /// How often.
    pub(super) occurrences: u64,
}

/// What is no reason to act but explains a problem, or brings it out: who reads of the one wants to see the other.
fn behind(
    report: &Report,
    roots: &[Option<usize>],
    cause: &impl Fn(usize) -> Option<usize>,
    contributing: &impl Fn(usize) -> Vec<usize>,
) -> HashSet<usize> {
    let stands = |at: usize| report.findings.get(at).filter(|one| one.suppressed.is_none() && roots.get(at).copied().flatten().is_none());
    let mut open: Vec<usize> = (0..report.findings.len()).filter(|at| stands(*at).is_some_and(|one| !is_quiet(one))).collect();
    let mut behind = HashSet::new();
    while let Some(at) = open.pop() {
        let of_it = cause(at).into_iter().chain(contributing(at)).filter(|cause| stands(*cause).is_some_and(is_quiet));
        open.extend(of_it.filter(|cause| behind.insert(*cause)));
    }
    behind
}

/// For every finding the first that says the same of another device: the same diagnosis, as bad, of the same standing, with the same
/// advice, for the same reason. Devices that nobody named, which are told by their files, stand together.
fn first_alike(
    report: &Report,
    names: &Names<'_>,
    behind: &HashSet<usize>,
    cause: &impl Fn(usize) -> Option<usize>,
    contributing: &impl Fn(usize) -> Vec<usize>,
) -> Vec<usize> {
    let own = |at: usize, finding: &Finding| {
        let known = finding.device.as_deref().filter(|_| finding.suppressed.is_none());
        (
            known.map_or(Some(at), |_| None),
            known.is_some_and(|id| names.is_named(id)),
            behind.contains(&at),
            finding.id.clone(),
            finding.status,
            finding.severity,
            finding.baseline_state,
            finding.quiet_days,
            finding.remedy.clone(),
            finding.workaround.clone(),
        )
    };
    let mut first: Vec<usize> = {
        let mut known = HashMap::new();
        report.findings.iter().enumerate().map(|(at, finding)| *known.entry(own(at, finding)).or_insert(at)).collect()
    };
    // Where causes differ so do their effects; chains are short.
    for _ in 0..CHAIN {
        let mut known = HashMap::new();
        let of = |at: usize| first.get(at).copied();
        let key = |at: usize| (of(at), cause(at).map(of), contributing(at).into_iter().map(of).collect::<Vec<_>>());
        let next: Vec<usize> = (0..first.len()).map(|at| *known.entry(key(at)).or_insert(at)).collect();
        if next == first {
            break;
        }
        first = next;
    }
    first
}

/// The nearest cause upwards that stands in the table itself.
fn root(report: &Report, at: usize, cause: &impl Fn(usize) -> Option<usize>) -> Option<usize> {
    let mut here = at;
    // A chain longer than the list goes round in circles.
    for _ in 0..report.findings.len() {
        here = cause(here)?;
        let finding = report.findings.get(here)?;
        if finding.suppressed.is_some() {
            return None;
        }
        if !folds(finding) || (finding.explained_by.is_none() && !is_quiet(finding)) {
            return Some(here);
        }
    }
    None
}

/// Kinds that are no finding of their own where a cause is known.
fn folds(finding: &Finding) -> bool {
    matches!(finding.kind, Kind::Symptom | Kind::State | Kind::Expected)
}

/// Expected behaviour, or a plain condition of a device: no reason to act.
pub(super) fn is_quiet(finding: &Finding) -> bool {
    match finding.kind {
        Kind::Expected => true,
        Kind::State => finding.severity <= Severity::Low,
        Kind::RootCause | Kind::Defect | Kind::Misconfiguration | Kind::Symptom => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::model::{Device, Suppressed};
    use crate::report::samples::{self, finding};

    /// Id, rank of the cause, ranks of the symptoms.
    type Shown = (String, Option<usize>, Vec<usize>);

    fn ids(report: &Report) -> (Vec<Shown>, Vec<usize>, Vec<usize>) {
        let groups = Grouping::of(report, Words::default());
        let ranks = |list: &[&Finding]| list.iter().map(|f| f.rank).collect::<Vec<_>>();
        (
            groups.problems.iter().map(|p| (p.finding.id.clone(), p.because, ranks(&p.symptoms))).collect(),
            ranks(&groups.quiet),
            ranks(&groups.suppressed),
        )
    }

    #[test]
    fn symptoms_fold_and_defects_stand() {
        let (problems, quiet, suppressed) = ids(&samples::rich());
        assert_eq!(
            problems,
            [
                ("slp-tls-interception".to_owned(), None, vec![2, 3]),
                ("rum-high-cpu-fn72578".to_owned(), Some(1), vec![]),
                ("dns-name-unresolved".to_owned(), None, vec![])
            ]
        );
        assert_eq!((quiet, suppressed), (vec![6], vec![]));
    }

    /// Five devices with one diagnosis and its symptom, one where it is over, one where the advice is another, and one without a name.
    fn many() -> Report {
        let mut report = samples::rich();
        report.findings.clear();
        let named = report.devices[0].clone();
        report.devices = (1..=8).map(|n| Device { id: format!("sw{n}"), hostname: Some(format!("sw{n}")), ..named.clone() }).collect();
        report.devices[7] = Device { id: "a/x.log".to_owned(), hostname: None, ..named };
        for n in 0..8 {
            let mut one = finding(n + 1, "cause", "t", Kind::RootCause, Severity::High, 0.9, &report.devices[n].id);
            one.first_seen = Some(format!("2021-06-{:02}T10:00:00Z", 20 - n));
            one.status = if n == 5 { Status::Resolved } else { Status::Active };
            one.remedy = if n == 6 { vec!["otherwise".to_owned()] } else { Vec::new() };
            report.findings.push(one);
        }
        for n in 0..6 {
            let mut one = finding(n + 9, "effect", "t", Kind::Symptom, Severity::Low, 0.9, &report.devices[n].id);
            one.explained_by = Some("cause".to_owned());
            report.findings.push(one);
        }
        report
    }

    #[test]
    fn what_is_the_same_on_several_devices_is_told_once() {
        let report = many();
        let (problems, ..) = ids(&report);
        let expected = [(vec![9], "1"), (vec![14], "6"), (vec![], "7"), (vec![], "8")];
        assert_eq!(problems, expected.map(|(symptoms, _)| ("cause".to_owned(), None, symptoms)));
        let groups = Grouping::of(&report, Words::default());
        let ranks: Vec<Vec<usize>> =
            groups.problems.iter().map(|one| groups.alike(&one.finding).iter().map(|one| one.rank).collect()).collect();
        assert_eq!(ranks, [vec![1, 2, 3, 4, 5], vec![6], vec![7], vec![8]]);
        let first = groups.problems[0].finding;
        assert_eq!(groups.devices(first, str::to_owned), ["sw1", "sw2", "sw3", "2 more"]);
        assert_eq!(groups.on(first, str::to_owned).as_deref(), Some("on 5 devices (sw1, sw2, sw3, 2 more)"));
        let extent = groups.extent(first);
        assert_eq!((extent.seen.unwrap().0, extent.occurrences), ("2021-06-16T10:00:00Z", 10));
        // Nothing is lost, and every rank is told somewhere.
        assert_eq!(groups.findings().count(), 14);
        let table = crate::report::render::table(&report, &crate::report::render::Style { width: 100, ..Default::default() });
        assert!(
            table.contains("3 problems on 7 of 8 devices") && table.contains("on 5 devices (sw1, sw2, sw3, 2 more) since 2021-06-16 10:00"),
            "{table}"
        );
        let html = crate::report::render::html(&report, Words::default());
        let told = ["sw1", "sw2", "sw3", "2 more"].map(|name| format!("<bdi>{name}</bdi>")).join(", ");
        assert!(html.contains(&told), "{html}");
        for rank in 1..=14 {
            let anchors = html.matches(&format!("id=\"finding-{rank}\"")).count();
            assert_eq!(anchors, 1, "finding-{rank}");
        }
        let markdown = crate::report::render::markdown(&report, Words::default());
        assert!(markdown.contains("| sw1, sw2, sw3, 2 more |") || markdown.contains("| `sw1`, `sw2`, `sw3`, 2 more |"), "{markdown}");
    }

    /// Three devices run in evaluation since an upgrade, which is no fault; a fourth was upgraded and is licensed.
    fn upgraded() -> Report {
        let mut report = samples::rich();
        report.findings.clear();
        let named = report.devices[0].clone();
        report.devices = (1..=4).map(|n| Device { id: format!("exp{n}"), hostname: Some(format!("exp{n}")), ..named.clone() }).collect();
        for n in 0..4 {
            report.findings.push(finding(n + 1, "upgrade", "The upgrade", Kind::Expected, Severity::Medium, 0.9, &report.devices[n].id));
        }
        for n in 1..4 {
            let mut one = finding(n + 4, "evaluation", "Evaluation", Kind::State, Severity::Medium, 0.9, &report.devices[n].id);
            one.explained_by = Some("upgrade".to_owned());
            report.findings.push(one);
        }
        report
    }

    #[test]
    fn what_is_no_fault_stands_above_what_it_explains() {
        let report = upgraded();
        let (problems, quiet, _) = ids(&report);
        assert_eq!(problems, [("upgrade".to_owned(), None, vec![]), ("evaluation".to_owned(), Some(2), vec![])]);
        // Where it explains nothing it is no more than fine.
        assert_eq!(quiet, [1]);
        let groups = Grouping::of(&report, Words::default());
        assert_eq!(groups.devices(groups.problems[0].finding, str::to_owned), ["exp2", "exp3", "exp4"]);
        assert_eq!(groups.findings().count(), 7);
        let style = crate::report::render::Style { width: 100, ..Default::default() };
        let table = crate::report::render::table(&report, &style);
        let verdict = "1 problem on 3 of 4 devices. Number 2 explains it, and is no fault itself: The upgrade.";
        assert!(table.contains(verdict), "{table}");
        let row = |text: &str| table.lines().position(|line| line.contains(text)).unwrap_or(usize::MAX);
        assert!(row(" 2   90 %  medium     The upgrade") < row(" 5   90 %  medium     Evaluation"), "{table}");
        assert!(
            table.contains("no fault") && table.contains("because of 2") && table.contains("Fine        The upgrade (exp1)"),
            "{table}"
        );
        for page in [
            crate::report::render::html(&report, Words::default()).replace("</td>\n", ""),
            crate::report::render::markdown(&report, Words::default()),
        ] {
            assert!(page.contains(verdict), "{page}");
            assert!(page.find("The upgrade") < page.find("because of 2") && page.contains("no fault"), "{page}");
        }
    }

    /// A row for several devices does not make all of them as sure as the first.
    #[test]
    fn devices_of_which_it_is_less_sure_say_so() {
        let mut report = samples::empty();
        for (n, confidence) in [0.99, 0.989, 0.4, 0.6, 0.5, 0.4, 0.37].into_iter().enumerate() {
            let mut one = finding(n + 1, "tls", "t", Kind::RootCause, Severity::High, confidence, "x");
            one.device = Some(format!("d{n}"));
            report.findings.push(one);
        }
        let devices = |report: &Report| Grouping::of(report, Words::default()).devices(&report.findings[0], str::to_owned).join(", ");
        assert_eq!(devices(&report), "d0, d1, d2 (40 %), 4 more, from 37 %");
        report.findings.truncate(3);
        assert_eq!(devices(&report), "d0, d1, d2 (40 %)");
        report.findings.truncate(2);
        assert_eq!(devices(&report), "d0, d1");
    }

    /// Every finding stands somewhere exactly once, whatever the cause graph looks like.
    #[test]
    fn odd_cause_graphs_lose_nothing() {
        let kinds = [Kind::RootCause, Kind::Symptom, Kind::State, Kind::Expected];
        for seed in 0..4096usize {
            let mut report = samples::empty();
            for n in 0..4 {
                let kind = kinds[(seed >> n) % 4];
                let mut f = finding(n + 1, &format!("d{n}"), "t", kind, Severity::Low, 0.5, "x");
                let by = (seed >> (2 * n)) % 6;
                f.explained_by = (by < 5).then(|| format!("d{by}"));
                f.suppressed = (seed % 7 == n).then(|| Suppressed { reason: "known".to_owned(), until: None });
                report.findings.push(f);
            }
            let groups = Grouping::of(&report, Words::default());
            let mut ranks: Vec<usize> = groups.quiet.iter().chain(&groups.suppressed).map(|f| f.rank).collect();
            for problem in &groups.problems {
                ranks.push(problem.finding.rank);
                ranks.extend(problem.symptoms.iter().map(|f| f.rank));
            }
            ranks.sort_unstable();
            assert_eq!(ranks, [1, 2, 3, 4], "seed {seed}");
        }
    }
}

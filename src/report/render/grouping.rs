//! Which findings are problems, which are only what a problem makes visible, and which are no reason to act.

use std::collections::{HashMap, HashSet};

use super::naming::Names;
use crate::report::model::{Finding, Kind, Report, Severity, Status};
use crate::rules::translation::Words;

/// The findings of a report, sorted out for reading.
pub(super) struct Grouping<'a> {
    /// What is wrong, in rank order, with what each makes visible.
    pub(super) problems: Vec<Problem<'a>>,
    /// Harmless findings and plain conditions that no problem explains, in rank order.
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
    /// Whether it still holds.
    pub(super) fn is_open(&self) -> bool {
        self.finding.status != Status::Resolved
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

        let judged: HashSet<&str> = report.findings.iter().filter_map(|finding| finding.device.as_deref()).collect();
        let silent = report.devices.iter().map(|device| device.id.as_str()).filter(|id| !judged.contains(id)).map(Some).collect();
        let mut groups =
            Self { problems: Vec::new(), quiet: Vec::new(), suppressed: Vec::new(), silent, words, names: Names::of(report, words) };
        let mut slots: HashMap<usize, usize> = HashMap::new();
        for (at, finding) in report.findings.iter().enumerate() {
            if finding.suppressed.is_some() {
                groups.suppressed.push(finding);
            } else if roots.get(at).copied().flatten().is_some() {
                // Comes under its root below.
            } else if is_quiet(finding) {
                groups.quiet.push(finding);
            } else {
                slots.insert(at, groups.problems.len());
                let because = cause(at).and_then(|cause| report.findings.get(cause)).map(|cause| cause.rank);
                let parts = finding.contributing_causes.iter();
                let parts = parts.filter_map(|id| report.findings.get(*by_place.get(&(finding.device.as_deref(), id.as_str()))?));
                let brought_out_by = parts.map(|part| part.rank).collect();
                groups.problems.push(Problem { finding, because, brought_out_by, symptoms: Vec::new() });
            }
        }
        for (finding, root) in report.findings.iter().zip(roots) {
            let Some(root) = root.filter(|_| finding.suppressed.is_none()) else { continue };
            if let Some(problem) = slots.get(&root).and_then(|slot| groups.problems.get_mut(*slot)) {
                problem.symptoms.push(finding);
            }
        }
        groups
    }

    /// Every finding, in the order in which they stand.
    pub(super) fn findings(&self) -> impl Iterator<Item = &'a Finding> {
        let problems = self.problems.iter().flat_map(|problem| std::iter::once(problem.finding).chain(problem.symptoms.iter().copied()));
        problems.chain(self.quiet.iter().copied()).chain(self.suppressed.iter().copied())
    }
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
    use crate::report::model::Suppressed;
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

//! What a finding means for a gate, and which diagnoses could not be decided: the same in every format.

use std::collections::{BTreeMap, BTreeSet};

use super::grouping::is_quiet;
use crate::report::model::{BaselineState, Finding, Kind, Missing, Report, Status};
use crate::rules::translation::Words;

/// What a finding means for whoever has to act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It holds, or comes and goes, and is no good.
    Problem,
    /// A problem that is over.
    Over,
    /// Expected behaviour, or a plain condition.
    Harmless,
    /// Silenced by a suppression.
    Suppressed,
    /// A problem that the baseline knows.
    Known,
    /// A defect that this release does not have.
    NotApplicable,
}

impl Standing {
    pub(super) fn of(finding: &Finding) -> Self {
        match Self::by_itself(finding) {
            _ if finding.suppressed.is_some() => Self::Suppressed,
            Self::Problem if !matches!(finding.baseline_state, None | Some(BaselineState::New)) => Self::Known,
            standing => standing,
        }
    }

    /// What it would be without suppressions and baseline.
    pub(super) fn by_itself(finding: &Finding) -> Self {
        if is_quiet(finding) {
            Self::Harmless
        } else if finding.kind == Kind::Defect && matches!(finding.affected.as_deref(), Some("fixed" | "not applicable")) {
            Self::NotApplicable
        } else if finding.status == Status::Resolved {
            Self::Over
        } else {
            Self::Problem
        }
    }
}

/// A diagnosis that was neither made nor ruled out on a device, for lack of data.
pub(super) struct Undecided<'a> {
    /// The device; `None` where none is meant.
    pub(super) device: Option<&'a str>,
    /// Id of the diagnosis.
    pub(super) id: &'a str,
    /// What would settle it, the most useful first.
    pub(super) items: Vec<&'a Missing>,
}

impl Undecided<'_> {
    /// Why it is open, in words: what is missing and which command shows it.
    pub(super) fn reason(&self, words: Words<'_>) -> String {
        let parts = self.items.iter().map(|item| {
            let command = words.say(item.command.trim_end()).replace('\n', " ; ");
            let why = if item.why.is_empty() { String::new() } else { format!(": {}", item.why) };
            format!("{}{why} ({command})", item.what)
        });
        words.fill("Not decided, for lack of data. What would settle it: {}.", &[&parts.collect::<Vec<_>>().join(words.say("; "))])
    }
}

/// The diagnoses that what is missing would settle and that are no finding of that device, in the order of `missing`.
pub(super) fn undecided(report: &Report) -> Vec<Undecided<'_>> {
    let made: BTreeSet<(Option<&str>, &str)> =
        report.findings.iter().map(|finding| (finding.device.as_deref(), finding.id.as_str())).collect();
    let made_anywhere: BTreeSet<&str> = report.findings.iter().map(|finding| finding.id.as_str()).collect();
    let mut places: BTreeMap<(Option<&str>, &str), usize> = BTreeMap::new();
    let mut open: Vec<Undecided<'_>> = Vec::new();
    for item in &report.missing {
        let device = item.device.as_deref();
        for id in &item.would_settle {
            if made.contains(&(device, id)) || (device.is_none() && made_anywhere.contains(id.as_str())) {
                continue;
            }
            let at = *places.entry((device, id)).or_insert(open.len());
            match open.get_mut(at) {
                Some(known) => known.items.push(item),
                None => open.push(Undecided { device, id, items: vec![item] }),
            }
        }
    }
    open
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    #[test]
    fn each_finding_stands_somewhere() {
        let report = samples::rich();
        let standings: Vec<Standing> = report.findings.iter().map(Standing::of).collect();
        use Standing::{Harmless, Over, Problem};
        assert_eq!(standings, [Problem, Problem, Problem, Problem, Over, Harmless]);
        let with = |change: fn(&mut Finding)| {
            let mut finding = report.findings[3].clone();
            change(&mut finding);
            Standing::of(&finding)
        };
        let suppressed = |finding: &mut Finding| finding.suppressed = samples::known().findings[3].suppressed.clone();
        assert_eq!(with(suppressed), Standing::Suppressed);
        assert_eq!(with(|finding| finding.baseline_state = Some(BaselineState::New)), Problem);
        assert_eq!(with(|finding| finding.baseline_state = Some(BaselineState::Updated)), Standing::Known);
        assert_eq!(with(|finding| finding.affected = Some("fixed".to_owned())), Standing::NotApplicable);
    }

    #[test]
    fn what_is_open_is_no_finding() {
        let report = samples::rich();
        let open: Vec<_> = undecided(&report).iter().map(|open| (open.device.unwrap_or("-"), open.id.to_owned())).collect();
        // The trust points would confirm a finding of wlc-core-1, so it is not open there.
        assert_eq!(open, [("exp-c-01", "exp-eval-mode".to_owned()), ("exp-c-01", "exp-out-of-compliance".to_owned())]);
    }

    #[test]
    fn several_items_for_one_diagnosis_are_one_entry() {
        let mut report = samples::empty();
        let item = samples::rich().missing[0].clone();
        report.missing = vec![item.clone(), Missing { command: "xstatus // options".to_owned(), ..item }];
        let open = undecided(&report);
        assert_eq!(open.len(), 2);
        assert!(open.iter().all(|open| open.items.len() == 2));
        let reason = open[0].reason(Words::default());
        assert!(reason.contains("xstatus // license") && reason.contains("xstatus // options"), "{reason}");
    }
}

//! Marks the findings of a report that an earlier one already knew.

use super::diff::differences;
use super::earlier::Earlier;
use super::model::{Baseline, BaselineState, Report};

/// Marks every finding with how it compares with `baseline`, which was read from `file`, and counts what is gone.
pub fn mark(report: &mut Report, baseline: &Earlier, file: &str) {
    let today = Earlier::from(&*report);
    let mut counts = Baseline { file: file.to_owned(), new: 0, unchanged: 0, updated: 0, absent: baseline.findings.len() };
    for ((finding, known), partner) in report.findings.iter_mut().zip(&today.findings).zip(today.partners(baseline)) {
        let state = match partner.and_then(|at| baseline.findings.get(at)) {
            None => BaselineState::New,
            Some(before) if differences(before, known).is_empty() => BaselineState::Unchanged,
            Some(_) => BaselineState::Updated,
        };
        match state {
            BaselineState::New => counts.new += 1,
            BaselineState::Unchanged => counts.unchanged += 1,
            BaselineState::Updated => counts.updated += 1,
        }
        counts.absent -= usize::from(state != BaselineState::New);
        finding.baseline_state = Some(state);
    }
    report.case.baseline = Some(counts);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::earlier::Known;
    use crate::report::model::{Severity, Status};
    use crate::report::samples;

    #[test]
    fn what_is_known_is_marked_and_not_counted_by_a_gate() {
        let mut report = samples::rich();
        let mut before = Earlier::from(&report);
        before.findings.remove(4);
        before.findings[0].severity = Some(Severity::Low);
        before.findings[1].confidence = Some(0.9);
        before.findings[2].confidence = Some(0.8);
        // An entry may be no more than its fingerprint.
        before.findings[3] = Known { fingerprint: report.findings[3].fingerprint.clone(), ..Known::default() };
        before.findings.push(Known { fingerprint: "v1:gone".to_owned(), ..Known::default() });
        report.findings[4].status = Status::Active;
        mark(&mut report, &before, "monday.json");
        use BaselineState::{New, Unchanged, Updated};
        let states: Vec<_> = report.findings.iter().map(|finding| finding.baseline_state.unwrap()).collect();
        assert_eq!(states, [Updated, Unchanged, Updated, Unchanged, New, Unchanged]);
        let expected = Baseline { file: "monday.json".to_owned(), new: 1, unchanged: 3, updated: 2, absent: 1 };
        assert_eq!(report.case.baseline, Some(expected));
        let counted: Vec<_> = report.findings.iter().filter(|finding| finding.counts(Severity::Low)).map(|finding| finding.rank).collect();
        assert_eq!(counted, [5]);
    }
}

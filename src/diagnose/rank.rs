//! The order of findings: what still holds before what is past, what is likely before what is possible, what was seen of late before
//! what would have been seen again and was not, causes before what they cause, faults before conditions before what only looks like a
//! fault.

use std::collections::HashMap;

use crate::report::model::{Finding, Kind, Severity, Status};

/// Sorts findings and gives them their ranks.
pub(super) fn rank(findings: &mut Vec<Finding>) {
    findings.sort_by(|a, b| {
        class(a)
            .cmp(&class(b))
            .then_with(|| percent(b).cmp(&percent(a)))
            .then_with(|| b.severity.cmp(&a.severity))
            .then_with(|| a.kind.cmp(&b.kind))
            .then_with(|| b.confidence.total_cmp(&a.confidence))
            .then_with(|| a.id.cmp(&b.id))
            .then_with(|| a.device.cmp(&b.device))
            .then_with(|| a.fingerprint.cmp(&b.fingerprint))
    });
    // Only a defect that holds and is likely: what brings it out may be all there is.
    lift(findings, |defect, other| {
        defect.status != Status::Resolved && defect.confidence >= 0.5 && defect.contributing_causes.contains(&other.id)
    });
    lift(findings, |cause, other| other.explained_by.as_ref() == Some(&cause.id));
    for (at, finding) in findings.iter_mut().enumerate() {
        finding.rank = at + 1;
    }
}

/// Moves every finding right above the first of the same device that it belongs above.
fn lift(findings: &mut Vec<Finding>, belongs_above: impl Fn(&Finding, &Finding) -> bool) {
    // A case may have thousands of devices, each with a few findings.
    let mut of_device: HashMap<Option<&str>, Vec<usize>> = HashMap::new();
    let mut above = vec![Vec::new(); findings.len()];
    let mut stay = Vec::with_capacity(findings.len());
    for (at, finding) in findings.iter().enumerate() {
        let before = of_device.entry(finding.device.as_deref()).or_default();
        let belongs = |other: &usize| findings.get(*other).is_some_and(|other| belongs_above(finding, other));
        let first = before.iter().position(belongs);
        match first.and_then(|first| above.get_mut(*before.get(first)?)) {
            Some(above) => above.push(at),
            None => stay.push(at),
        }
        before.insert(first.unwrap_or(before.len()), at);
    }
    let mut order = Vec::with_capacity(findings.len());
    stay.into_iter().for_each(|at| put(at, &above, &mut order));
    let mut left: Vec<Option<Finding>> = findings.drain(..).map(Some).collect();
    findings.extend(order.into_iter().filter_map(|at| left.get_mut(at)?.take()));
}

/// Notes a finding behind those that were moved above it.
fn put(at: usize, above: &[Vec<usize>], order: &mut Vec<usize>) {
    above.get(at).into_iter().flatten().for_each(|moved| put(*moved, above, order));
    order.push(at);
}

fn class(finding: &Finding) -> (bool, bool, bool, u8) {
    let group = match finding.kind {
        _ if finding.explained_by.is_some() => 3,
        Kind::RootCause | Kind::Defect | Kind::Misconfiguration => 0,
        Kind::Symptom => 1,
        Kind::State if finding.severity >= Severity::Medium => 2,
        Kind::State if finding.severity > Severity::Info => 4,
        Kind::Expected => 5,
        // That something is as it should be answers no question.
        Kind::State => 6,
    };
    // What has not been seen for long would have been seen again.
    (finding.status == Status::Resolved, finding.confidence < 0.5, finding.quiet_days.is_some(), group)
}

/// Confidence as people read it: differences below a percent do not order.
fn percent(finding: &Finding) -> u32 {
    (finding.confidence * 100.0).round() as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples::finding;

    /// One after the other, by moving what stands between.
    fn lift_by_moving(findings: &mut [Finding], belongs_above: impl Fn(&Finding, &Finding) -> bool) {
        for at in 1..findings.len() {
            let (finding, before) = findings[..=at].split_last().unwrap();
            let first = before.iter().position(|other| other.device == finding.device && belongs_above(finding, other));
            if let Some(first) = first {
                findings[first..=at].rotate_right(1);
            }
        }
    }

    #[test]
    fn what_is_lifted_stands_where_moving_one_after_the_other_puts_it() {
        let mut state = 7_u64;
        let mut any = |most: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) as usize % most
        };
        let mut moved = 0;
        for _ in 0..300 {
            let mut findings: Vec<Finding> = (0..any(24))
                .map(|at| {
                    let mut finding = finding(0, &format!("f{at}"), "", Kind::Symptom, Severity::Low, 1.0, ["sw1", "sw2", "sw3"][any(3)]);
                    finding.explained_by = (any(2) == 0).then(|| format!("f{}", any(24)));
                    finding
                })
                .collect();
            let above = |cause: &Finding, other: &Finding| other.explained_by.as_ref() == Some(&cause.id);
            let before = findings.clone();
            let mut expected = findings.clone();
            lift_by_moving(&mut expected, above);
            lift(&mut findings, above);
            let ids = |findings: &[Finding]| findings.iter().map(|finding| finding.id.clone()).collect::<Vec<_>>();
            assert_eq!(ids(&findings), ids(&expected));
            moved += usize::from(ids(&findings) != ids(&before));
        }
        assert!(moved > 100, "{moved}");
    }

    #[test]
    fn nothing_stands_above_what_explains_it_and_what_is_healthy_stands_last() {
        let mut findings = vec![
            finding(0, "healthy", "", Kind::State, Severity::Info, 1.0, "sw1"),
            finding(0, "effect", "", Kind::State, Severity::Medium, 0.99, "sw1"),
            finding(0, "expected", "", Kind::Expected, Severity::Info, 0.9, "sw1"),
            finding(0, "of-another", "", Kind::Expected, Severity::Info, 0.95, "sw2"),
            finding(0, "cause", "", Kind::RootCause, Severity::High, 0.8, "sw1"),
        ];
        findings[1].explained_by = Some("expected".to_owned());
        rank(&mut findings);
        let order: Vec<&str> = findings.iter().map(|finding| finding.id.as_str()).collect();
        assert_eq!(order, ["cause", "expected", "effect", "of-another", "healthy"]);
        assert_eq!(findings.iter().map(|finding| finding.rank).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    }

    #[test]
    fn what_nobody_saw_again_stands_between_what_holds_and_what_is_over() {
        let mut findings: Vec<Finding> =
            ["over", "quiet", "holds"].into_iter().map(|id| finding(0, id, "", Kind::RootCause, Severity::High, 0.9, "sw1")).collect();
        findings[0].confidence = 0.99;
        findings[0].status = Status::Resolved;
        findings[1].confidence = 0.95;
        findings[1].quiet_days = Some(83);
        rank(&mut findings);
        assert_eq!(findings.iter().map(|finding| finding.id.as_str()).collect::<Vec<_>>(), ["holds", "quiet", "over"]);
    }
}

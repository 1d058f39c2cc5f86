//! The order of findings: what still holds before what is past, what is likely before what is possible, causes
//! before what they cause, faults before conditions before what only looks like a fault.

use crate::report::model::{Finding, Kind, Severity, Status};

/// Sorts findings and gives them their ranks.
pub(super) fn rank(findings: &mut [Finding]) {
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
fn lift(findings: &mut [Finding], belongs_above: impl Fn(&Finding, &Finding) -> bool) {
    for at in 1..findings.len() {
        let Some((finding, before)) = findings.get(..=at).and_then(<[Finding]>::split_last) else { continue };
        let first = before.iter().position(|other| other.device == finding.device && belongs_above(finding, other));
        if let Some(part) = first.and_then(|first| findings.get_mut(first..=at)) {
            part.rotate_right(1);
        }
    }
}

fn class(finding: &Finding) -> (bool, bool, u8) {
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
    (finding.status == Status::Resolved, finding.confidence < 0.5, group)
}

/// Confidence as people read it: differences below a percent do not order.
fn percent(finding: &Finding) -> u32 {
    (finding.confidence * 100.0).round() as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples::finding;

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
}

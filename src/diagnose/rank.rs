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
    defects_before_what_contributes(findings);
    for (at, finding) in findings.iter_mut().enumerate() {
        finding.rank = at + 1;
    }
}

/// A defect stands above what only brought it out, and right above it, unless the defect is over or unlikely.
fn defects_before_what_contributes(findings: &mut [Finding]) {
    for at in 1..findings.len() {
        let Some(defect) = findings.get(at).filter(|finding| !finding.contributing_causes.is_empty()) else { continue };
        if defect.status == Status::Resolved || defect.confidence < 0.5 {
            continue;
        }
        let contributes = |finding: &Finding| finding.device == defect.device && defect.contributing_causes.contains(&finding.id);
        let above = findings.get(..at).and_then(|before| before.iter().position(contributes));
        if let Some(part) = above.and_then(|above| findings.get_mut(above..=at)) {
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
        Kind::State => 4,
        Kind::Expected => 5,
    };
    (finding.status == Status::Resolved, finding.confidence < 0.5, group)
}

/// Confidence as people read it: differences below a percent do not order.
fn percent(finding: &Finding) -> u32 {
    (finding.confidence * 100.0).round() as u32
}

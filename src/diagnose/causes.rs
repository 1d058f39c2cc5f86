//! The cause graph of one device: which finding explains which, and what is folded beneath what.

use crate::report::model::{Kind, Severity, Status};

/// What the graph needs to know of a finding.
#[derive(Clone, Debug)]
pub(super) struct Node<'a> {
    /// Id of the diagnosis.
    pub id: &'a str,
    /// Its kind.
    pub kind: Kind,
    /// How bad it is.
    pub severity: Severity,
    /// Its probability.
    pub confidence: f64,
    /// Whether it still holds.
    pub status: Status,
    /// Ids its rule says it causes.
    pub explains: &'a [String],
}

/// A cause this likely takes its symptoms under itself.
const LIKELY: f64 = 0.5;

/// For every node the position of the one that causes it, if any. There are no cycles.
pub(super) fn fold(nodes: &[Node<'_>]) -> Vec<Option<usize>> {
    let mut causes: Vec<Option<usize>> = vec![None; nodes.len()];
    for (at, node) in nodes.iter().enumerate() {
        let best = nodes
            .iter()
            .enumerate()
            .filter(|(other, cause)| *other != at && can_cause(cause, node) && !leads_to(*other, at, &causes))
            .max_by(|(_, a), (_, b)| a.confidence.total_cmp(&b.confidence).then_with(|| b.id.cmp(a.id)));
        if let Some(slot) = causes.get_mut(at) {
            *slot = best.map(|(other, _)| other);
        }
    }
    causes
}

fn can_cause(cause: &Node<'_>, effect: &Node<'_>) -> bool {
    let past = cause.status == Status::Resolved && effect.status != Status::Resolved;
    cause.explains.iter().any(|id| id == effect.id) && cause.confidence >= LIKELY && stands_above(cause, effect) && !past
}

/// A mild condition may be the reason for a grave defect to show, but never hides it.
fn stands_above(cause: &Node<'_>, effect: &Node<'_>) -> bool {
    rung(cause.kind) <= rung(effect.kind) || cause.severity >= effect.severity
}

fn rung(kind: Kind) -> u8 {
    match kind {
        Kind::RootCause | Kind::Defect | Kind::Misconfiguration => 0,
        Kind::Symptom => 1,
        Kind::State => 2,
        Kind::Expected => 3,
    }
}

fn leads_to(from: usize, to: usize, causes: &[Option<usize>]) -> bool {
    let mut at = from;
    for _ in 0..causes.len() {
        match causes.get(at).copied().flatten() {
            Some(next) if next == to => return true,
            Some(next) => at = next,
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node<'a>(id: &'a str, kind: Kind, confidence: f64, explains: &'a [String]) -> Node<'a> {
        Node {
            id,
            kind,
            severity: if kind == Kind::State { Severity::Medium } else { Severity::High },
            confidence,
            status: Status::Active,
            explains,
        }
    }

    #[test]
    fn symptoms_fold_under_the_likeliest_cause() {
        let explains = ["symptom".to_owned()];
        let nodes = [
            node("weak", Kind::RootCause, 0.6, &explains),
            node("symptom", Kind::Symptom, 0.97, &[]),
            node("firm", Kind::RootCause, 0.9, &explains),
            node("guess", Kind::Defect, 0.4, &explains),
        ];
        assert_eq!(fold(&nodes), [None, Some(2), None, None]);
    }

    #[test]
    fn a_state_never_hides_a_defect_and_circles_end() {
        let (a, b) = (["b".to_owned()], ["a".to_owned()]);
        assert_eq!(fold(&[node("a", Kind::State, 0.9, &a), node("b", Kind::Defect, 0.9, &[])]), [None, None]);
        let circle = fold(&[node("a", Kind::Symptom, 0.9, &a), node("b", Kind::Symptom, 0.9, &b)]);
        assert_eq!(circle.iter().flatten().count(), 1);
    }
}

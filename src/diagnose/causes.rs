//! The cause graph of one device: which finding explains which, and what is folded beneath what. A defect of the software
//! is a cause of its own: what only brings it out contributes to it and folds nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::report::model::{Kind, Severity, Status};
use crate::rules::text::Text;

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
    pub explains: &'a [Text],
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

/// For every node the positions of those that bring it out without being its cause, the likeliest first: causes whose
/// effects, step by step through the `explains` of all rules, end in a defect.
pub(super) fn contributing(nodes: &[Node<'_>], explains: &BTreeMap<&str, &[Text]>) -> Vec<Vec<usize>> {
    let mut lists: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
    for (from, cause) in nodes.iter().enumerate().filter(|(_, node)| rung(node.kind) == 0 && node.kind != Kind::Defect) {
        if cause.confidence < LIKELY {
            continue;
        }
        let reached = effects(cause.id, explains);
        for (node, list) in nodes.iter().zip(&mut lists) {
            if node.kind == Kind::Defect && reached.contains(node.id) && !is_past(cause, node) {
                list.push(from);
            }
        }
    }
    for list in &mut lists {
        list.sort_by(|a, b| {
            let node = |at: &usize| nodes.get(*at).map_or((0.0, ""), |node| (node.confidence, node.id));
            node(b).0.total_cmp(&node(a).0).then_with(|| node(a).1.cmp(node(b).1))
        });
    }
    lists
}

/// Everything a diagnosis leads to.
fn effects<'a>(id: &str, explains: &BTreeMap<&str, &'a [Text]>) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<&str> = vec![id];
    while let Some(id) = open.pop() {
        for effect in explains.get(id).copied().unwrap_or_default() {
            if reached.insert(effect.as_str()) {
                open.push(effect);
            }
        }
    }
    reached
}

fn is_past(cause: &Node<'_>, effect: &Node<'_>) -> bool {
    cause.status == Status::Resolved && effect.status != Status::Resolved
}

fn can_cause(cause: &Node<'_>, effect: &Node<'_>) -> bool {
    cause.explains.iter().any(|id| id == effect.id) && cause.confidence >= LIKELY && stands_above(cause, effect) && !is_past(cause, effect)
}

/// Nothing but a defect causes a defect, and a mild condition never hides a grave cause.
fn stands_above(cause: &Node<'_>, effect: &Node<'_>) -> bool {
    match effect.kind {
        Kind::Defect => cause.kind == Kind::Defect,
        Kind::RootCause | Kind::Misconfiguration => rung(cause.kind) == 0 || cause.severity >= effect.severity,
        Kind::Symptom | Kind::State | Kind::Expected => true,
    }
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

    fn node<'a>(id: &'a str, kind: Kind, confidence: f64, explains: &'a [Text]) -> Node<'a> {
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
        let explains = ["symptom".into()];
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
        let (a, b) = (["b".into()], ["a".into()]);
        for kind in [Kind::State, Kind::RootCause, Kind::Misconfiguration] {
            assert_eq!(fold(&[node("a", kind, 0.9, &a), node("b", Kind::Defect, 0.9, &[])]), [None, None]);
        }
        let circle = fold(&[node("a", Kind::Symptom, 0.9, &a), node("b", Kind::Symptom, 0.9, &b)]);
        assert_eq!(circle.iter().flatten().count(), 1);
    }

    #[test]
    fn a_cause_contributes_to_a_defect_through_what_was_not_seen() {
        let (path, pile) = (["pile".into()], ["defect".into()]);
        let explains = BTreeMap::from([("path", &path[..]), ("pile", &pile[..]), ("defect", &[][..])]);
        let (defect, strong) = (node("defect", Kind::Defect, 0.9, &[]), node("path", Kind::RootCause, 0.8, &path));
        let lists = |nodes: &[Node<'_>]| contributing(nodes, &explains);
        assert_eq!(lists(&[defect.clone(), strong.clone()]), [vec![1], Vec::new()]);
        let weak = Node { confidence: 0.4, ..strong.clone() };
        let past = Node { status: Status::Resolved, ..strong };
        for cause in [weak, past, node("pile", Kind::State, 0.9, &pile)] {
            assert!(lists(&[defect.clone(), cause]).iter().all(Vec::is_empty));
        }
    }
}

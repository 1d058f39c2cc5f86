//! What causes what, as a picture for each device: a cause stands above what it explains, a line leads from it to each;
//! what brings a defect out without being its cause leads to it by a broken line.

use std::collections::{BTreeMap, HashMap};

use super::grouping::Grouping;
use super::markup::Markup;
use super::phrase::{percent, severity, still};
use super::wrap::{Long, wrap};
use crate::report::model::{Finding, Report};
use crate::rules::translation::Words;

/// Width of a picture; fits a phone.
const WIDTH: usize = 340;
/// How far an effect stands to the right of its cause.
const INDENT: usize = 22;
/// Effects of effects that are indented further.
const DEEPEST: usize = 4;
/// Room at the right for the broken lines.
const MARGIN: usize = 22;
/// Width of a column of text.
const COLUMN: f64 = 7.6;
/// Height of a line of text.
const LINE: usize = 17;
/// Between two boxes.
const GAP: usize = 12;
/// Findings of one picture.
const NODES: usize = 60;
/// Devices that are drawn, those with the best ranked findings first.
const DRAWN: usize = 40;

/// A finding in its place.
struct Node<'a> {
    finding: &'a Finding,
    /// Position of its cause among the nodes.
    cause: Option<usize>,
    depth: usize,
    lines: Vec<String>,
    top: usize,
}

/// Whether anything explains anything.
pub(super) fn is_there(report: &Report) -> bool {
    !devices(report).is_empty()
}

/// Devices on which one finding bears on another, those with the best ranked of such findings first.
fn devices(report: &Report) -> Vec<Option<&str>> {
    let known: HashMap<(Option<&str>, &str), usize> =
        report.findings.iter().map(|finding| ((finding.device.as_deref(), finding.id.as_str()), finding.rank)).collect();
    let mut first: BTreeMap<Option<&str>, usize> = BTreeMap::new();
    for finding in &report.findings {
        for id in finding.explained_by.iter().chain(&finding.contributing_causes).filter(|id| **id != finding.id) {
            if let Some(rank) = known.get(&(finding.device.as_deref(), id.as_str())) {
                let best = first.entry(finding.device.as_deref()).or_insert(*rank);
                *best = (*best).min(*rank).min(finding.rank);
            }
        }
    }
    let mut devices: Vec<Option<&str>> = first.keys().copied().collect();
    devices.sort_by_key(|device| first.get(device).copied());
    devices
}

/// The section with the pictures.
pub(super) fn section(m: &mut Markup, report: &Report, groups: &Grouping<'_>) {
    if !is_there(report) {
        return;
    }
    let words = groups.words;
    let devices = devices(report);
    let numbers = groups.numbers();
    m.element("section", &[("class", "causes"), ("id", "causes")], |m| {
        m.leaf("h2", &[], words.say("Causes"));
        let key = words.say("A cause stands above what it explains. A broken line: brings it out, without being its cause.");
        m.leaf("p", &[("class", "faint")], key);
        m.element("div", &[("class", "graphs")], |m| {
            for device in devices.iter().take(DRAWN).copied() {
                let nodes = nodes(report, device);
                m.element("figure", &[], |m| {
                    m.leaf("h3", &[], &groups.names.name(device));
                    picture(m, words, &nodes, &numbers, &groups.names.name(device));
                });
            }
        });
        let more = devices.len().saturating_sub(DRAWN);
        if more > 0 {
            m.leaf("p", &[("class", "faint")], &words.count(more as u64, "{} more device is not drawn.", "{} more devices are not drawn."));
        }
    });
}

/// The findings of a device that bear on each other, each below its cause.
fn nodes<'a>(report: &'a Report, device: Option<&str>) -> Vec<Node<'a>> {
    let own: Vec<&Finding> = report.findings.iter().filter(|finding| finding.device.as_deref() == device).collect();
    let at = |id: &str| own.iter().position(|finding| finding.id == id);
    let causes: Vec<Option<usize>> =
        own.iter().enumerate().map(|(here, finding)| finding.explained_by.as_deref().and_then(at).filter(|cause| *cause != here)).collect();
    let linked = |here: usize, finding: &Finding| {
        let contributes = |other: &&Finding| other.contributing_causes.contains(&finding.id);
        causes.get(here).copied().flatten().is_some()
            || causes.contains(&Some(here))
            || own.iter().any(contributes)
            || finding.contributing_causes.iter().any(|id| at(id).is_some())
    };
    let mut nodes: Vec<Node<'a>> = Vec::new();
    let mut placed = vec![false; own.len()];
    // Those without a cause first; what is left goes round in circles and is begun anywhere.
    let roots = (0..own.len()).filter(|here| causes.get(*here).is_some_and(Option::is_none)).chain(0..own.len());
    for root in roots {
        let mut open = vec![(root, None, 0)];
        while let Some((here, cause, depth)) = open.pop() {
            let Some(finding) = own.get(here).filter(|finding| linked(here, finding)) else { continue };
            if nodes.len() == NODES || placed.get_mut(here).is_none_or(|placed| std::mem::replace(placed, true)) {
                continue;
            }
            let parent = nodes.len();
            let room = WIDTH - MARGIN - INDENT * depth - 44;
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few hundred, or nothing")]
            let columns = (room as f64 / COLUMN) as usize;
            let lines = wrap(&finding.title, columns, Long::Cut);
            nodes.push(Node { finding, cause, depth, lines, top: 0 });
            // The last one pushed comes first.
            let effects = (0..own.len()).rev().filter(|effect| causes.get(*effect).copied().flatten() == Some(here));
            open.extend(effects.map(|effect| (effect, Some(parent), (depth + 1).min(DEEPEST))));
        }
    }
    let mut top = 1;
    for node in &mut nodes {
        node.top = top;
        top += node.height() + GAP;
    }
    nodes
}

impl Node<'_> {
    fn left(&self) -> usize {
        1 + INDENT * self.depth
    }

    fn width(&self) -> usize {
        WIDTH - MARGIN - self.left()
    }

    fn height(&self) -> usize {
        (self.lines.len() + 1) * LINE + 14
    }

    fn middle(&self) -> usize {
        self.top + self.height() / 2
    }
}

fn picture(m: &mut Markup, words: Words<'_>, nodes: &[Node<'_>], numbers: &HashMap<usize, usize>, name: &str) {
    let height = nodes.last().map_or(0, |last| last.top + last.height() + 1).to_string();
    let label = words.fill("What causes what on {}", &[name]);
    let width = WIDTH.to_string();
    let attributes =
        [("class", "graph"), ("role", "group"), ("aria-label", label.as_str()), ("width", width.as_str()), ("height", height.as_str())];
    m.element("svg", &attributes, |m| {
        for node in nodes {
            if let Some(cause) = node.cause.and_then(|cause| nodes.get(cause)) {
                // From below the left edge of the cause, round a corner, to the middle of the effect.
                let (x, y, to) = (cause.left() + INDENT / 2, cause.top + cause.height(), node.middle());
                let end = node.left().max(x + 6);
                let line = format!("M{x} {y}V{}Q{x} {to} {} {to}H{end}", to - 5, x + 5);
                let said = words.fill("{} explains {}.", &[&cause.finding.title, &node.finding.title]);
                m.shape("path", &[("class", "edge"), ("d", &line)], &said);
            }
            for part in &node.finding.contributing_causes {
                let Some(part) = nodes.iter().find(|other| other.finding.id == *part) else { continue };
                let (x, from, to) = (WIDTH - MARGIN, part.middle() + 5, node.middle() - 5);
                let out = x + MARGIN - 4;
                let line = format!("M{x} {from}C{out} {from} {out} {to} {x} {to}");
                let said = words.fill("{} brings out {}.", &[&part.finding.title, &node.finding.title]);
                m.shape("path", &[("class", "edge broken"), ("d", &line)], &said);
            }
        }
        for node in nodes {
            draw(m, words, node, numbers.get(&node.finding.rank).copied().unwrap_or(node.finding.rank));
        }
    });
}

/// The box of a finding, with the number it is told under.
fn draw(m: &mut Markup, words: Words<'_>, node: &Node<'_>, number: usize) {
    let finding = node.finding;
    let link = format!("#{}", super::findings::anchor(finding));
    m.element("a", &[("href", &link), ("class", &format!("node {}", severity(finding.severity)))], |m| {
        let [x, y, width, height] = [node.left(), node.top, node.width(), node.height()].map(|n| n.to_string());
        m.shape("rect", &[("class", "box"), ("x", &x), ("y", &y), ("width", &width), ("height", &height), ("rx", "6")], &finding.id);
        let inset = (node.top + 8).to_string();
        let tall = (node.height() - 16).to_string();
        let bar = (node.left() + 7).to_string();
        m.shape("rect", &[("class", "stripe"), ("x", &bar), ("y", &inset), ("width", "3"), ("height", &tall), ("rx", "1.5")], "");
        let text = (node.left() + 18).to_string();
        for (nth, line) in node.lines.iter().enumerate() {
            let y = (node.top + 20 + nth * LINE).to_string();
            m.leaf("text", &[("class", "name"), ("x", &text), ("y", &y)], line);
        }
        let y = (node.top + 20 + node.lines.len() * LINE).to_string();
        let said = [words.say(severity(finding.severity)), &still(words, finding)];
        let about = format!("{number} · {} · {} · {}", words.fill("{} sure", &[&percent(finding.confidence)]), said[0], said[1]);
        m.leaf("text", &[("class", "about"), ("x", &text), ("y", &y)], &about);
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::model::{Kind, Severity};
    use crate::report::samples::{self, finding};

    #[test]
    fn effects_stand_below_their_causes() {
        let report = samples::rich();
        let nodes = nodes(&report, Some("wlc-core-1"));
        let shown: Vec<_> = nodes.iter().map(|node| (node.finding.rank, node.cause, node.depth)).collect();
        assert_eq!(shown, [(1, None, 0), (2, Some(0), 1), (3, Some(0), 1), (4, Some(0), 1)]);
        assert!(nodes.windows(2).all(|pair| pair[0].top + pair[0].height() < pair[1].top));
    }

    /// However the graph runs, every finding that bears on another stands there once.
    #[test]
    fn circles_lose_nothing() {
        for number in 0..6usize.pow(4) {
            let mut report = samples::empty();
            for n in 0..4 {
                let mut one = finding(n + 1, &format!("d{n}"), "t", Kind::Symptom, Severity::Low, 0.5, "x");
                let by = number / 6usize.pow(n as u32) % 6;
                one.explained_by = (by < 5).then(|| format!("d{by}"));
                report.findings.push(one);
            }
            let cause = |at: usize| {
                report.findings[at].explained_by.as_ref().and_then(|id| id[1..].parse::<usize>().ok()).filter(|by| *by < 4 && *by != at)
            };
            let mut expected: Vec<usize> =
                (0..4).filter(|at| cause(*at).is_some() || (0..4).any(|other| cause(other) == Some(*at))).collect();
            let mut ranks: Vec<usize> = nodes(&report, Some("x")).iter().map(|node| node.finding.rank - 1).collect();
            ranks.sort_unstable();
            expected.sort_unstable();
            assert_eq!(ranks, expected, "{number}");
        }
    }
}

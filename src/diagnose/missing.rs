//! What would settle open questions: the commands and files that decide between what the case leaves open, those that
//! decide most first.

use std::collections::{BTreeMap, BTreeSet};

use super::MIN_CONFIDENCE;
use super::collected::{Collected, collected};
use super::device::Device;
use super::evaluate::Verdict;
use super::truth::Truth;
use crate::report::composed::{BETWEEN, NOT_WHOLE, REFUSED, REFUSED_NEEDS, WHETHER, WOULD_SHOW, WOULD_SHOW_MORE, filled};
use crate::report::model::{Finding, Kind, Missing, Severity, Status};
use crate::rules::collect::{CollectItem, Collection};
use crate::rules::text::Text;
use crate::scan::evidence::ArtifactScan;

/// Below this a rule is no finding that a report shows, above the other it is settled.
const OPEN: std::ops::Range<f64> = MIN_CONFIDENCE..0.93;

/// What knowing the cause of a condition is worth, beside the entropy of a doubtful diagnosis, which is 1 at most.
const CAUSE: f64 = 0.5;

/// Reasons told of one item.
const REASONS: usize = 3;

/// Everything worth collecting for one device, the most useful first. `verdicts` are those that something seen speaks for,
/// `made` the findings among them.
pub(super) fn missing(
    device: &Device,
    verdicts: &[Verdict<'_>],
    made: &[Finding],
    collection: &Collection,
    artifacts: &[ArtifactScan],
) -> Vec<Missing> {
    let mut asked: BTreeMap<Asked<'_>, Why> = BTreeMap::new();
    for verdict in verdicts {
        let rule = verdict.rule;
        let Some((gain, doubtful)) = worth(verdict, made) else { continue };
        // Where the device does not say what it is, the rule says what it speaks of.
        let platform = device.identity.platform.as_deref().or(rule.platforms.first().map(Text::as_str));
        let mut ask = |name: &str, reason: String, stated: bool| {
            let items: Vec<Asked<'_>> = match collection.find(name, platform) {
                Some(known) => known.iter().filter_map(|at| Some(Asked::Item(*at, collection.items.get(*at)?))).collect(),
                None => vec![Asked::Words(name.to_owned())],
            };
            for item in items {
                let why = asked.entry(item).or_default();
                if why.settles.insert(rule.id.clone().into()) {
                    why.gain += gain;
                }
                let list = if stated { &mut why.stated } else { &mut why.unknown };
                if !list.contains(&reason) {
                    list.push(reason.clone());
                }
            }
        };
        for collect in &rule.collect {
            ask(&collect.command, collect.what.clone(), true);
        }
        let leaves = verdict.items.iter().flat_map(|item| &item.leaves);
        for leaf in leaves.filter(|leaf| doubtful && leaf.truth == Truth::Unknown) {
            let Some(command) = leaf.collect else { continue };
            let reason = if leaf.signal.is_some() { filled(WHETHER, &[&leaf.title]) } else { leaf.title.to_string() };
            ask(command, reason, false);
        }
    }
    let mut list: Vec<(i64, usize, Missing)> = Vec::new();
    for (item, why) in asked {
        let (state, place) = match &item {
            Asked::Item(at, item) => (collected(item, device, artifacts), *at),
            Asked::Words(_) => (Collected::No, usize::MAX),
        };
        if state == Collected::Yes {
            continue;
        }
        // Hundredths, so that the order does not hang on the last digit of a sum.
        let gain = (why.gain * 100.0).round() as i64;
        list.push((gain, place, entry(device, &item, state, why)));
    }
    list.sort_by(|(gain_a, at_a, a), (gain_b, at_b, b)| {
        gain_b.cmp(gain_a).then_with(|| at_a.cmp(at_b)).then_with(|| a.command.cmp(&b.command))
    });
    list.into_iter().map(|(_, _, missing)| missing).collect()
}

/// What settling a verdict is worth, and whether the verdict itself is in doubt; `None` where nothing is open. What is over
/// needs nothing, nor what a sure cause explains; a condition without a cause asks for one, however sure it is itself.
fn worth(verdict: &Verdict<'_>, made: &[Finding]) -> Option<(f64, bool)> {
    let finding = made.iter().find(|finding| finding.id == verdict.rule.id);
    let sure = |id: &str| made.iter().any(|cause| cause.id == id && cause.confidence >= OPEN.end);
    if finding.is_some_and(|finding| finding.status == Status::Resolved || finding.explained_by.as_deref().is_some_and(sure)) {
        return None;
    }
    let p = verdict.probability();
    // What is not probable enough to be reported matters where it may explain what else has no cause, or where nothing is found.
    let fault = |finding: &Finding| !matches!(finding.kind, Kind::Expected | Kind::State);
    let uncaused = |id: &Text| made.iter().any(|effect| effect.id == *id && !effect.explained_by.as_deref().is_some_and(sure));
    if finding.is_none() && made.iter().any(fault) && !verdict.rule.explains.iter().any(uncaused) {
        return None;
    }
    if OPEN.contains(&p) {
        return Some((-(p * p.log2() + (1.0 - p) * (1.0 - p).log2()), true));
    }
    let finding = finding.filter(|_| p >= OPEN.end)?;
    let effect = matches!(finding.kind, Kind::Symptom | Kind::State) && finding.severity >= Severity::Medium;
    (effect && finding.explained_by.is_none()).then_some((CAUSE, false))
}

/// What is asked for: a known item, or words of a rule.
#[derive(Clone, Debug)]
enum Asked<'a> {
    Item(usize, &'a CollectItem),
    Words(String),
}

impl Asked<'_> {
    fn key(&self) -> (usize, &str) {
        match self {
            Self::Item(at, _) => (*at, ""),
            Self::Words(words) => (usize::MAX, words),
        }
    }
}

impl PartialEq for Asked<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Asked<'_> {}

impl PartialOrd for Asked<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Asked<'_> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

#[derive(Default)]
struct Why {
    gain: f64,
    /// What rules say it shows.
    stated: Vec<String>,
    /// What is not known without it.
    unknown: Vec<String>,
    settles: BTreeSet<String>,
}

fn entry(device: &Device, item: &Asked<'_>, state: Collected, why: Why) -> Missing {
    let mut reasons = if why.stated.is_empty() { why.unknown } else { why.stated };
    let (command, what, needs) = match item {
        Asked::Item(_, item) => (item.command.clone(), item.what.clone(), item.needs.as_deref()),
        Asked::Words(words) => (words.clone(), reasons.first().map(|reason| sentence(reason)).unwrap_or_default(), None),
    };
    let mut sentences = Vec::new();
    match (state, needs) {
        (Collected::Refused, Some(needs)) => sentences.push(filled(REFUSED_NEEDS, &[needs])),
        (Collected::Refused, None) => sentences.push(REFUSED.to_owned()),
        (Collected::Cut, _) => sentences.push(NOT_WHOLE.to_owned()),
        _ => {}
    }
    let more = reasons.len().saturating_sub(REASONS);
    reasons.truncate(REASONS);
    let reasons = reasons.join(BETWEEN);
    sentences.push(if more > 0 { filled(WOULD_SHOW_MORE, &[&reasons, &more.to_string()]) } else { filled(WOULD_SHOW, &[&reasons]) });
    Missing {
        device: device.known.then(|| device.id.clone()),
        what,
        why: sentences.join(" "),
        command,
        would_settle: why.settles.into_iter().collect(),
    }
}

/// With a capital and a full stop.
fn sentence(text: &str) -> String {
    let text = text.trim_end_matches('.');
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).chain(['.']).collect())
}

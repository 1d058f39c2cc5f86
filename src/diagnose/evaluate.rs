//! One rule on one device: which of its items hold, and what that makes of it. Deciding and explaining both read
//! the [`Verdict`] made here, so an explanation cannot disagree with the decision.

use std::collections::{BTreeMap, BTreeSet};

use super::condition::{Leaf, View};
use super::confidence;
use super::device::Device;
use super::truth::Truth;
use crate::formats::time;
use crate::rules::library::{Library, Matcher, Rule, SectionId, SignalId, TableRow, is_appliance, platform_fits};
use crate::rules::model::{Severity, Weight};
use crate::rules::version::{self, Standing, Version};
use crate::scan::evidence::Match;

/// What a rule says of a device, made or not.
#[derive(Clone, Debug)]
pub struct Verdict<'a> {
    /// The rule.
    pub rule: &'a Rule,
    /// Its items, in the rule's order.
    pub items: Vec<ItemVerdict<'a>>,
    /// Log-odds of the prior and all items that count.
    pub log_odds: f64,
    /// Whether something that was seen speaks for it; without, there is no finding.
    pub grounded: bool,
    /// How bad it is here.
    pub severity: Severity,
    /// Why it is not as bad as the rule says in general, or worse: what the condition rests on.
    pub severity_because: Vec<Leaf<'a>>,
    /// How the release stands that the device ran when it was last seen, where the rule has a release table.
    pub release: Option<ReleaseStanding>,
    /// Since then the device got a release that has the fix.
    pub upgraded: bool,
}

/// How a release stands in a table.
#[derive(Clone, Debug)]
pub struct ReleaseStanding {
    /// How.
    pub standing: Standing,
    /// Why, in one sentence.
    pub why: String,
    /// Fixed releases of the row that applies, without those older than the release at hand.
    pub fixed: Vec<String>,
}

/// One item of a rule on one device.
#[derive(Clone, Debug)]
pub struct ItemVerdict<'a> {
    /// Strength.
    pub weight: Weight,
    /// Why it counts, where the rule says so.
    pub why: Option<&'a str>,
    /// Whether it holds.
    pub truth: Truth,
    /// What it adds; 0 where its signals counted already.
    pub log_odds: f64,
    /// Why it does not count, where it does not.
    pub left_out: Option<LeftOut>,
    /// Its leaves, in order.
    pub leaves: Vec<Leaf<'a>>,
}

/// Why an item does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeftOut {
    /// Its condition does not hold.
    DoesNotHold,
    /// It is not known, and nothing of it was seen; or it speaks against, which only knowledge does.
    NothingSeen,
    /// It is not known, and one open question was guessed at already, or something seen speaks for the rule.
    OpenQuestion,
    /// A heavier item counted all that was seen of it.
    CountedAlready,
    /// It speaks against, and is about another server than all that speaks for.
    OtherEndpoint,
    /// What speaks for the rule was seen days later.
    Faded,
}

impl Verdict<'_> {
    /// Probability, 0 to 1.
    pub fn probability(&self) -> f64 {
        confidence::probability(self.log_odds)
    }
}

/// Whether a rule speaks of the device's platform at all.
pub(super) fn applies(rule: &Rule, device: &Device) -> bool {
    rule.platforms.is_empty()
        || match device.identity.platform.as_deref() {
            Some(platform) => platform_fits(&rule.platforms, platform),
            None => !device.commanded || !rule.platforms.iter().all(|platform| is_appliance(platform)),
        }
}

/// The rules that something seen may speak for, by what it is: the verdict of any other rule is not grounded. Says so at a fraction of the
/// cost of the verdict, which most rules on most devices need not have.
pub(super) struct Grounds<'a> {
    library: &'a Library,
    signals: BTreeMap<SignalId, Vec<usize>>,
    facts: BTreeMap<&'a str, Vec<usize>>,
    /// By a fact whose name other facts tell.
    any_fact: Vec<usize>,
    sections: BTreeMap<SectionId, Vec<usize>>,
}

impl<'a> Grounds<'a> {
    pub(super) fn new(library: &'a Library) -> Self {
        let (signals, facts, sections) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let mut grounds = Self { library, signals, facts, any_fact: Vec::new(), sections };
        for (at, rule) in library.rules.iter().enumerate() {
            for item in rule.evidence.iter().filter(|item| confidence::weight(item.weight) > 0.0) {
                item.when.signals(true, &library.pairs, &mut |id, positive| {
                    let Some(signal) = library.signals.get(id.0).filter(|_| positive) else { return };
                    let rules = match &signal.matcher {
                        Matcher::Text { .. } | Matcher::Event { .. } => grounds.signals.entry(id).or_default(),
                        Matcher::Fact { name, .. } if name.contains('{') => &mut grounds.any_fact,
                        Matcher::Fact { name, .. } => grounds.facts.entry(name).or_default(),
                        Matcher::Absent { section, .. } => grounds.sections.entry(*section).or_default(),
                    };
                    rules.push(at);
                });
            }
        }
        grounds
    }

    /// Those that speak of the device's platform and may be grounded on it, in their order.
    pub(super) fn rules(&self, device: &Device) -> impl Iterator<Item = &'a Rule> {
        let signals = device.tallies.keys().filter_map(|id| self.signals.get(id)).flatten();
        let facts = device.facts.keys().filter_map(|name| self.facts.get(name.as_str())).flatten();
        let any_fact = self.any_fact.iter().filter(|_| !device.facts.is_empty());
        let sections = device.sections.keys().filter_map(|section| self.sections.get(section)).flatten();
        let speaking: BTreeSet<usize> = signals.chain(facts).chain(any_fact).chain(sections).copied().collect();
        let rules = speaking.into_iter().filter_map(|at| self.library.rules.get(at));
        rules.filter(|rule| applies(rule, device))
    }
}

/// Evaluates a rule on a device, one of `devices`.
pub(super) fn evaluate<'a>(rule: &'a Rule, device: &'a Device, devices: &'a [Device], library: &'a Library) -> Verdict<'a> {
    let now = View::new(rule, device, devices, library);
    // An upgrade in the course of the case: what was seen before it was seen under the release of its time.
    let then = device.changed_version().then(|| now.at(&speaking(rule, &now))).flatten();
    let upgraded = then.is_some() && now.release.as_ref().is_some_and(|release| release.standing == Standing::Fixed);
    let view = then.unwrap_or(now);
    let mut items: Vec<ItemVerdict<'a>> = Vec::new();
    for item in &rule.evidence {
        let (truth, leaves) = view.judge(&item.when);
        items.push(ItemVerdict { weight: item.weight, why: item.why.as_deref(), truth, log_odds: 0.0, left_out: None, leaves });
    }
    let latest = latest_event(rule, &items, device, library);
    // Each signal counts once, in the strongest item that it holds.
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_by(|a, b| {
        let share = |at: &usize| items.get(*at).map_or(0.0, |item| (confidence::weight(item.weight) * item.truth.share()).abs());
        share(b).total_cmp(&share(a)).then(a.cmp(b))
    });
    let of_others = of_other_endpoints(&items);
    let mut counted: BTreeSet<(SignalId, Option<&str>)> = BTreeSet::new();
    let mut log_odds = rule.prior;
    let mut grounded = false;
    // What is not known is guessed at once at most: open questions do not add up to an answer.
    let mut guessed = false;
    for at in order {
        let Some(item) = items.get_mut(at) else { continue };
        let seen: BTreeSet<_> = item.leaves.iter().filter_map(Leaf::seen).collect();
        let positive = confidence::weight(item.weight) > 0.0;
        item.left_out = match item.truth {
            Truth::False => Some(LeftOut::DoesNotHold),
            Truth::Unknown if !positive || seen.is_empty() => Some(LeftOut::NothingSeen),
            Truth::Unknown if guessed || grounded => Some(LeftOut::OpenQuestion),
            _ if positive && !seen.is_empty() && seen.is_subset(&counted) => Some(LeftOut::CountedAlready),
            _ if of_others.contains(&at) => Some(LeftOut::OtherEndpoint),
            _ if rule.evidence.get(at).is_some_and(|item| item.fades) && has_faded(item, latest, device, library) => Some(LeftOut::Faded),
            _ => None,
        };
        if item.left_out.is_some() {
            continue;
        }
        guessed |= item.truth == Truth::Unknown;
        item.log_odds = confidence::weight(item.weight) * item.truth.share();
        log_odds += item.log_odds;
        if positive {
            grounded |= item.leaves.iter().any(Leaf::is_evidence);
            counted.extend(seen);
        }
    }
    let (mut severity, mut severity_because) = (rule.severity, Vec::new());
    for (when, worse) in &rule.severity_when {
        let (truth, leaves) = view.judge(when);
        if truth >= Truth::Leaning {
            (severity, severity_because) = (*worse, leaves);
            break;
        }
    }
    Verdict { rule, items, log_odds, grounded, severity, severity_because, release: view.release, upgraded }
}

/// When the last event that speaks for a rule was seen: messages and packets, which have their time, not states that an output shows.
fn latest_event(rule: &Rule, items: &[ItemVerdict<'_>], device: &Device, library: &Library) -> Option<i64> {
    if !rule.evidence.iter().any(|item| item.fades) {
        return None;
    }
    let is_event = |leaf: &&Leaf<'_>| {
        let signal = leaf.signal.filter(|_| leaf.is_evidence()).and_then(|id| library.signals.get(id.0));
        signal.is_some_and(|signal| matches!(signal.matcher, Matcher::Text { .. } | Matcher::Event { .. }))
    };
    let holding = items.iter().filter(|item| confidence::weight(item.weight) > 0.0 && item.truth >= Truth::Leaning);
    holding.flat_map(|item| &item.leaves).filter(is_event).flat_map(|leaf| times(leaf, device, library)).max()
}

/// Whether all that was seen of an item is more than a day older than `latest`.
fn has_faded(item: &ItemVerdict<'_>, latest: Option<i64>, device: &Device, library: &Library) -> bool {
    const DAY: i64 = 86_400_000;
    let seen = item.leaves.iter().filter(|leaf| leaf.seen().is_some()).flat_map(|leaf| times(leaf, device, library)).max();
    latest.zip(seen).is_some_and(|(latest, seen)| latest - seen > DAY)
}

/// The times of what was seen of a leaf, in milliseconds that order them. A value may state when it came about: `OK on Apr 08 …`.
fn times(leaf: &Leaf<'_>, device: &Device, library: &Library) -> Vec<i64> {
    let signal = leaf.signal.and_then(|id| library.signals.get(id.0));
    let is_fact = signal.is_some_and(|signal| matches!(signal.matcher, Matcher::Fact { .. }));
    let key = |(artifact, found): &(usize, Match)| {
        let stated = if is_fact { time::find_date(&found.excerpt) } else { None };
        device.timeline.key(*artifact, stated.as_ref().or(found.time.as_ref())?)
    };
    leaf.matches.iter().filter_map(key).collect()
}

/// The items that speak against by packets of other servers than those that all that speaks for is about.
fn of_other_endpoints(items: &[ItemVerdict<'_>]) -> BTreeSet<usize> {
    let shown = |item: &ItemVerdict<'_>| -> Vec<Match> {
        let leaves = item.leaves.iter().filter(|leaf| leaf.is_evidence());
        leaves.flat_map(|leaf| leaf.matches.iter().map(|(_, found)| found.clone())).collect()
    };
    let holding = |positive: bool| {
        let holds = move |item: &ItemVerdict<'_>| item.truth == Truth::True && (confidence::weight(item.weight) > 0.0) == positive;
        items.iter().enumerate().filter(move |(_, item)| holds(item))
    };
    let speaking: Vec<Match> = holding(true).flat_map(|(_, item)| shown(item)).collect();
    let is_other =
        |found: &[Match]| !found.is_empty() && found.iter().all(|found| !speaking.iter().any(|speaks| speaks.may_share_endpoint(found)));
    if speaking.is_empty() {
        return BTreeSet::new();
    }
    holding(false).filter(|(_, item)| is_other(&shown(item))).map(|(at, _)| at).collect()
}

/// Every sighting that speaks for a rule.
fn speaking(rule: &Rule, view: &View<'_>) -> Vec<(usize, Match)> {
    let items = rule.evidence.iter().filter(|item| confidence::weight(item.weight) > 0.0);
    items.flat_map(|item| view.judge(&item.when).1).filter(|leaf| leaf.is_evidence()).flat_map(|leaf| leaf.matches.into_owned()).collect()
}

/// How the device's release stands in a table: the first row that fits the device decides.
pub(super) fn standing(rows: &[TableRow], device: &Device, version: Option<&Version>) -> ReleaseStanding {
    let platform = device.identity.platform.as_deref();
    let product = device.identity.product_id.as_deref();
    let agent = device.fact("license.agent_version").map(|sample| sample.value.as_str());
    let not_concerned = |why: String| ReleaseStanding { standing: Standing::NotApplicable, why, fixed: Vec::new() };
    let mut rows = rows
        .iter()
        .filter(|row| {
            platform.is_none_or(|platform| platform_fits(&row.platforms, platform))
                && row.products.as_ref().is_none_or(|products| product.is_some_and(|product| products.is_match(product)))
        })
        .peekable();
    if rows.peek().is_none() {
        return not_concerned("not known to concern this platform".to_owned());
    }
    let fits = |row: &&TableRow| row.agents.as_ref().zip(agent).is_none_or(|(agents, agent)| agents.is_match(agent));
    let Some(row) = rows.find(fits) else {
        return not_concerned(format!("does not concern version {} of the smart agent", agent.unwrap_or_default()));
    };
    let (standing, why) = version::standing(version, &row.releases);
    let fixed =
        version::ways_forward(version, &row.releases).into_iter().filter_map(|at| row.fixed.get(at).cloned().map(String::from)).collect();
    ReleaseStanding { standing, why, fixed }
}

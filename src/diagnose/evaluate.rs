//! One rule on one device: which of its items hold, and what that makes of it. Deciding and explaining both read
//! the [`Verdict`] made here, so an explanation cannot disagree with the decision.

use std::collections::BTreeSet;

use super::confidence;
use super::device::{Device, Sample};
use super::truth::Truth;
use crate::formats::event::Place;
use crate::formats::time::{Stamp, find_date};
use crate::rules::library::{Check, Cond, Library, Matcher, Rule, SignalId, TableRow, number, platform_fits};
use crate::rules::model::{ReleaseIs, Weight};
use crate::rules::version::{self, Standing};
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
    /// How the device's release stands, where the rule has a release table.
    pub release: Option<ReleaseStanding>,
}

/// How a release stands in a table.
#[derive(Clone, Debug)]
pub struct ReleaseStanding {
    /// How.
    pub standing: Standing,
    /// Why, in one sentence.
    pub why: String,
    /// Fixed releases of the row that applies.
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
    /// Its leaves, in order.
    pub leaves: Vec<Leaf<'a>>,
}

/// One leaf of a condition on one device.
#[derive(Clone, Debug)]
pub struct Leaf<'a> {
    /// Id of the signal, or the condition in words.
    pub name: String,
    /// What it means when it holds.
    pub title: String,
    /// Whether it holds, before any `not` around it.
    pub truth: Truth,
    /// Stands under a `not`.
    pub negated: bool,
    /// The signal.
    pub signal: Option<SignalId>,
    /// How often seen.
    pub count: u64,
    /// Kept matches, with the position of their artifact.
    pub matches: Vec<(usize, Match)>,
    /// What would show it, while it is not known.
    pub collect: Option<&'a str>,
}

impl Leaf<'_> {
    /// Speaks for its item by something that was seen.
    pub fn is_evidence(&self) -> bool {
        self.truth == Truth::True && !self.negated && self.signal.is_some()
    }
}

impl Verdict<'_> {
    /// Probability, 0 to 1.
    pub fn probability(&self) -> f64 {
        confidence::probability(self.log_odds)
    }
}

/// Whether a rule speaks of the device's platform at all.
pub(super) fn applies(rule: &Rule, device: &Device) -> bool {
    rule.platforms.is_empty() || device.identity.platform.as_deref().is_none_or(|platform| platform_fits(&rule.platforms, platform))
}

/// Evaluates a rule on a device.
pub(super) fn evaluate<'a>(rule: &'a Rule, device: &Device, library: &'a Library) -> Verdict<'a> {
    let release = rule.releases.as_ref().and_then(|id| library.releases.get(id)).map(|table| standing(&table.rows, device));
    let mut items: Vec<ItemVerdict<'a>> = Vec::new();
    for item in &rule.evidence {
        let mut leaves = Vec::new();
        let truth = condition(&item.when, device, library, release.as_ref(), false, &mut leaves);
        items.push(ItemVerdict { weight: item.weight, why: item.why.as_deref(), truth, log_odds: 0.0, leaves });
    }
    // Each signal counts once, in the strongest item that it holds.
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_by(|a, b| {
        let share = |at: &usize| items.get(*at).map_or(0.0, |item| (confidence::weight(item.weight) * item.truth.share()).abs());
        share(b).total_cmp(&share(a)).then(a.cmp(b))
    });
    let mut counted: BTreeSet<SignalId> = BTreeSet::new();
    let mut log_odds = rule.prior;
    let mut grounded = false;
    // What is not known is guessed at once at most: open questions do not add up to an answer.
    let mut guessed = false;
    for at in order {
        let Some(item) = items.get_mut(at) else { continue };
        let seen: BTreeSet<SignalId> = item.leaves.iter().filter(|leaf| leaf.is_evidence()).filter_map(|leaf| leaf.signal).collect();
        let positive = confidence::weight(item.weight) > 0.0;
        let counts = match item.truth {
            Truth::False => false,
            Truth::Unknown => positive && !seen.is_empty() && !guessed && !grounded,
            Truth::Leaning | Truth::True => true,
        };
        if !counts || (positive && !seen.is_empty() && seen.is_subset(&counted)) {
            continue;
        }
        guessed |= item.truth == Truth::Unknown;
        item.log_odds = confidence::weight(item.weight) * item.truth.share();
        log_odds += item.log_odds;
        if positive {
            grounded |= !seen.is_empty();
            counted.extend(seen);
        }
    }
    Verdict { rule, items, log_odds, grounded, release }
}

fn condition<'a>(
    cond: &Cond,
    device: &Device,
    library: &'a Library,
    release: Option<&ReleaseStanding>,
    negated: bool,
    leaves: &mut Vec<Leaf<'a>>,
) -> Truth {
    match cond {
        Cond::All(inner) => {
            inner.iter().map(|cond| condition(cond, device, library, release, negated, leaves)).min().unwrap_or(Truth::True)
        }
        Cond::Any(inner) => {
            inner.iter().map(|cond| condition(cond, device, library, release, negated, leaves)).max().unwrap_or(Truth::False)
        }
        Cond::Not(inner) => condition(inner, device, library, release, !negated, leaves).negated(),
        Cond::Signal(id) => {
            let leaf = signal(*id, device, library, negated);
            let truth = leaf.truth;
            leaves.push(leaf);
            truth
        }
        Cond::Count(id, least) => {
            let mut leaf = signal(*id, device, library, negated);
            leaf.truth = Truth::of(leaf.count >= *least);
            leaf.title = format!("{} (at least {least} times; {} seen)", leaf.title, leaf.count);
            let truth = leaf.truth;
            leaves.push(leaf);
            truth
        }
        Cond::Pairs(id, least) => {
            let Some((opened, closed)) = library.pairs.get(id.0) else { return Truth::False };
            let pairs = device.pairs.get(id).map_or(0, |run| run.pairs);
            let mut leaf = signal(*opened, device, library, negated);
            let ender = signal(*closed, device, library, negated);
            leaf.truth = Truth::of(pairs >= *least || (pairs >= 2 && days(&leaf.matches) >= 2));
            leaf.name = format!("{} then {}", leaf.name, ender.name);
            leaf.title = format!("{}, then {}: {pairs} times", leaf.title, lower_first(&ender.title));
            leaf.matches.extend(ender.matches);
            leaf.matches.sort_by_key(|(at, found)| (*at, found.place));
            let truth = leaf.truth;
            leaves.push(leaf);
            truth
        }
        Cond::Release(wanted) => {
            let (truth, title) = match release {
                None => (Truth::Unknown, "no release table".to_owned()),
                Some(release) => (release_truth(*wanted, release.standing), release.why.clone()),
            };
            let name = match wanted {
                ReleaseIs::Affected => "release affected",
                ReleaseIs::Fixed => "release fixed",
                ReleaseIs::NotApplicable => "release not concerned",
            };
            let collect = (truth == Truth::Unknown).then_some("show version");
            leaves.push(Leaf {
                name: name.to_owned(),
                title,
                truth,
                negated,
                signal: None,
                count: 0,
                matches: version_match(device),
                collect,
            });
            truth
        }
        Cond::After(date) => {
            let truth = device.latest.as_ref().and_then(|stamp| stamp.date()).map_or(Truth::Unknown, |latest| Truth::of(latest >= *date));
            let title = match &device.latest {
                Some(latest) => format!("latest time known is {}", latest.rfc3339().unwrap_or_default()),
                None => "no time with a year is known".to_owned(),
            };
            let collect = (truth == Truth::Unknown).then_some("show clock");
            leaves.push(Leaf {
                name: format!("not before {date}"),
                title,
                truth,
                negated,
                signal: None,
                count: 0,
                matches: Vec::new(),
                collect,
            });
            truth
        }
        Cond::Platform(names) => {
            let platform = device.identity.platform.as_deref();
            let truth = platform.map_or(Truth::Unknown, |platform| Truth::of(platform_fits(names, platform)));
            let title = format!("platform is {}", platform.unwrap_or("not known"));
            leaves.push(Leaf {
                name: format!("platform {}", names.join(" or ")),
                title,
                truth,
                negated,
                signal: None,
                count: 0,
                matches: Vec::new(),
                collect: None,
            });
            truth
        }
    }
}

/// On how many days.
fn days(matches: &[(usize, Match)]) -> usize {
    let days: BTreeSet<(u32, u32)> =
        matches.iter().filter_map(|(_, found)| found.time.as_ref()).map(|stamp| (stamp.within_year().0, stamp.within_year().1)).collect();
    days.len()
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

fn release_truth(wanted: ReleaseIs, standing: Standing) -> Truth {
    match (wanted, standing) {
        (_, Standing::Unknown) => Truth::Unknown,
        (ReleaseIs::Affected, Standing::Affected)
        | (ReleaseIs::Fixed, Standing::Fixed)
        | (ReleaseIs::NotApplicable, Standing::NotApplicable) => Truth::True,
        (ReleaseIs::Affected, Standing::LeaningAffected) => Truth::Leaning,
        _ => Truth::False,
    }
}

fn standing(rows: &[TableRow], device: &Device) -> ReleaseStanding {
    let platform = device.identity.platform.as_deref();
    let product = device.identity.product_id.as_deref();
    let row = rows.iter().find(|row| {
        platform.is_none_or(|platform| platform_fits(&row.platforms, platform))
            && row.products.as_ref().is_none_or(|products| product.is_some_and(|product| products.is_match(product)))
    });
    let Some(row) = row else {
        return ReleaseStanding {
            standing: Standing::NotApplicable,
            why: "not known to concern this platform".to_owned(),
            fixed: Vec::new(),
        };
    };
    let (standing, why) = version::standing(device.version.as_ref(), &row.releases);
    ReleaseStanding { standing, why, fixed: row.fixed.clone() }
}

fn version_match(device: &Device) -> Vec<(usize, Match)> {
    let sample = device.fact("version");
    sample.map(|sample| (sample.artifact, as_match(sample))).into_iter().collect()
}

fn as_match(sample: &Sample) -> Match {
    Match {
        place: sample.place.unwrap_or(Place::Line(0)),
        time: sample.time.clone(),
        excerpt: sample.excerpt.clone(),
        captures: Default::default(),
        over: false,
    }
}

fn signal<'a>(id: SignalId, device: &Device, library: &'a Library, negated: bool) -> Leaf<'a> {
    let Some(signal) = library.signals.get(id.0) else {
        return Leaf {
            name: String::new(),
            title: String::new(),
            truth: Truth::False,
            negated,
            signal: None,
            count: 0,
            matches: Vec::new(),
            collect: None,
        };
    };
    let (truth, count, matches) = match &signal.matcher {
        Matcher::Text { .. } | Matcher::Event { .. } => match device.tallies.get(&id) {
            Some(seen) => (Truth::True, seen.count, seen.matches.clone()),
            None => (Truth::False, 0, Vec::new()),
        },
        Matcher::Fact { name, is, grows } => fact(device.facts.get(name).map_or(&[], Vec::as_slice), is, *grows, device.latest.as_ref()),
        Matcher::Absent { section, pattern } => {
            match device.sections.get(section).and_then(|seen| seen.iter().rev().find(|(_, seen)| seen.whole)) {
                None => (Truth::Unknown, 0, Vec::new()),
                Some((_, seen)) if seen.present.contains(&id) => (Truth::False, 0, Vec::new()),
                Some((artifact, seen)) => {
                    let command = library.sections.get(section.0).map_or("", |section| section.id.as_str());
                    let wanted = pattern.as_str().trim_start_matches("(?i)").replace("(?:[ \\t\u{a0}]+)", " ");
                    let excerpt = format!("{command}: no line matches {}", wanted.trim_start_matches('^'));
                    let found = Match { place: Place::Line(seen.line), time: seen.time.clone(), excerpt, captures: Default::default(), over: false };
                    (Truth::True, 1, vec![(*artifact, found)])
                }
            }
        }
    };
    let collect = (truth != Truth::True).then_some(signal.collect.as_deref()).flatten();
    Leaf { name: signal.id.clone(), title: signal.title.clone(), truth, negated, signal: Some(id), count, matches, collect }
}

fn fact(samples: &[Sample], is: &Check, grows: bool, latest: Option<&Stamp>) -> (Truth, u64, Vec<(usize, Match)>) {
    let Some(last) = samples.last() else { return (Truth::Unknown, 0, Vec::new()) };
    let mut shown = vec![(last.artifact, as_match(last))];
    if grows {
        let first = samples.first().filter(|_| samples.len() > 1);
        let (Some(first), Some(now)) = (first, number(&last.value)) else { return (Truth::Unknown, 0, Vec::new()) };
        let Some(before) = number(&first.value) else { return (Truth::Unknown, 0, Vec::new()) };
        shown.insert(0, (first.artifact, as_match(first)));
        let holds = now > before && is.holds(&last.value);
        return (Truth::of(holds), u64::from(holds), shown);
    }
    let mut truth = Truth::of(is.holds(&last.value));
    if let Some(wanted) = is.past {
        truth = truth.min(lies_past(&last.value, latest).map_or(Truth::Unknown, |past| Truth::of(past == wanted)));
    }
    (truth, u64::from(truth == Truth::True), shown)
}

/// Whether a date of a value (several are joined with commas) lies before the latest time; days only, because the two
/// may be told in different zones.
fn lies_past(value: &str, latest: Option<&Stamp>) -> Option<bool> {
    let latest = latest.and_then(Stamp::date)?;
    let dates: Vec<_> = value.split(',').filter_map(|part| find_date(part)?.date()).collect();
    (!dates.is_empty()).then(|| dates.iter().any(|date| *date < latest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_past_by_days_and_only_where_both_years_are_known() {
        let now = find_date("Jun 20 14:05:14 2023 CEST");
        for (value, latest, expected) in [
            ("07:30:00 UTC May 11 2023", now.as_ref(), Some(true)),
            ("07:30:00 UTC May 11 2023,10:10:00 UTC Feb 1 2037", now.as_ref(), Some(true)),
            ("10:10:00 UTC Feb 1 2037", now.as_ref(), Some(false)),
            ("23:59:59 UTC Jun 19 2023", now.as_ref(), Some(true)),
            ("00:00:01 UTC Jun 20 2023", now.as_ref(), Some(false)),
            ("never", now.as_ref(), None),
            ("May 11 07:30:00", now.as_ref(), None),
            ("07:30:00 UTC May 11 2023", None, None),
        ] {
            assert_eq!(lies_past(value, latest), expected, "{value}");
        }
    }
}

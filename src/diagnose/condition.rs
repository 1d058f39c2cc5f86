//! One condition on one device: whether it holds, and what of it was seen.

mod dates;

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::device::{Device, Sample};
use super::evaluate::{ReleaseStanding, standing};
use super::truth::Truth;
use crate::formats::event::Place;
use crate::report::composed::{LATER, NO_PRODUCT, NO_VERSION, NO_YEAR, NOT_IN, NOT_SEEN, filled};
use crate::rules::check::{Check, number};
use crate::rules::fact_name::{fill, slug};
use crate::rules::library::{Cond, Library, Matcher, Over, Pattern, Rule, SignalId, family, platform_fits};
use crate::rules::model::ReleaseIs;
use crate::rules::version::{Standing, Version};
use crate::scan::evidence::{KEPT, Match};

/// Most other devices that `elsewhere` looks at: more than any cluster or stack has, few enough for cases of thousands.
const OTHERS: usize = 64;

/// One leaf of a condition on one device.
#[derive(Clone, Debug)]
pub struct Leaf<'a> {
    /// Id of the signal, or the condition in words.
    pub name: Cow<'a, str>,
    /// What it means when it holds.
    pub title: Cow<'a, str>,
    /// Whether it holds, before any `not` around it.
    pub truth: Truth,
    /// Stands under a `not`.
    pub negated: bool,
    /// The signal.
    pub signal: Option<SignalId>,
    /// How often seen.
    pub count: u64,
    /// Kept matches, with the position of their artifact.
    pub matches: Cow<'a, [(usize, Match)]>,
    /// What would show it, while it is not known.
    pub collect: Option<&'a str>,
    /// The other device it was looked for on.
    pub elsewhere: Option<&'a str>,
}

impl<'a> Leaf<'a> {
    /// A condition that rests on no signal.
    fn of(name: impl Into<Cow<'a, str>>, title: impl Into<Cow<'a, str>>, truth: Truth, negated: bool) -> Self {
        Self {
            name: name.into(),
            title: title.into(),
            truth,
            negated,
            signal: None,
            count: 0,
            matches: Cow::default(),
            collect: None,
            elsewhere: None,
        }
    }

    /// Asks for `command` while the truth is not known.
    fn or_collect(mut self, command: &'a str) -> Self {
        self.collect = (self.truth == Truth::Unknown).then_some(command);
        self
    }

    /// The signal that speaks for its item, and the other device that shows it.
    pub fn seen(&self) -> Option<(SignalId, Option<&'a str>)> {
        self.signal.filter(|_| self.truth == Truth::True && !self.negated).map(|signal| (signal, self.elsewhere))
    }

    /// Speaks for its item by something that was seen on the device itself.
    pub fn is_evidence(&self) -> bool {
        self.seen().is_some_and(|(_, elsewhere)| elsewhere.is_none())
    }
}

/// A rule's view of one device among those of the case.
pub(super) struct View<'a> {
    rule: &'a Rule,
    device: &'a Device,
    devices: &'a [Device],
    library: &'a Library,
    /// The version that is asked about, where it is not the last one.
    earlier: Option<&'a Sample>,
    /// How that version stands, where the rule has a release table.
    pub(super) release: Option<ReleaseStanding>,
}

impl<'a> View<'a> {
    pub(super) fn new(rule: &'a Rule, device: &'a Device, devices: &'a [Device], library: &'a Library) -> Self {
        let mut view = Self { rule, device, devices, library, earlier: None, release: None };
        view.release = view.standing();
        view
    }

    fn standing(&self) -> Option<ReleaseStanding> {
        let table = self.library.releases.get(self.rule.releases.as_deref()?)?;
        Some(standing(&table.rows, self.device, self.version().as_ref()))
    }

    /// The version that is asked about.
    fn version(&self) -> Option<Version> {
        match self.earlier {
            Some(sample) => self.device.read_version(&sample.value),
            None => self.device.version.clone(),
        }
    }

    /// The same device as it was at the time of `evidence`: with the version it ran then. `None` where it runs that one
    /// still, or where the order is not known.
    pub(super) fn at(&self, evidence: &[(usize, Match)]) -> Option<Self> {
        let samples = self.device.facts.get("version").filter(|samples| samples.len() > 1)?;
        let timeline = &self.device.timeline;
        let last_seen = evidence.iter().max_by(|a, b| timeline.order(a, b).unwrap_or(Ordering::Equal))?;
        // A device forgets its log when it restarts: what one artifact holds was seen under the version it states.
        let mut beside = samples.iter().filter(|sample| sample.artifact == last_seen.0);
        let mut then = beside.next().filter(|first| beside.all(|other| other.value == first.value));
        if then.is_none() {
            let mut next = None;
            for sample in samples {
                let stated = Match { time: sample.since(timeline).cloned(), ..as_match(sample) };
                if timeline.order(&(sample.artifact, stated), last_seen)?.is_le() {
                    (then, next) = (Some(sample), None);
                } else if next.is_none() {
                    next = Some(sample);
                }
            }
            // The change of release lies somewhere between the two outputs: the nearer one is the likelier.
            let seen = last_seen.1.time.as_ref().and_then(|stamp| timeline.key(last_seen.0, stamp));
            let apart = |sample: &Sample| Some(timeline.key(sample.artifact, sample.since(timeline)?)?.abs_diff(seen?));
            if then.and_then(apart).zip(next.and_then(apart)).is_some_and(|(since, until)| until < since) {
                then = next;
            }
        }
        let then = then.or(samples.first()).filter(|then| self.device.read_version(&then.value) != self.device.version)?;
        let mut view = Self { earlier: Some(then), release: None, ..*self };
        view.release = view.standing();
        Some(view)
    }

    /// Whether a condition holds, and its leaves.
    pub(super) fn judge(&self, cond: &Cond) -> (Truth, Vec<Leaf<'a>>) {
        let mut leaves = Vec::new();
        let truth = self.condition(cond, false, &mut leaves);
        (truth, leaves)
    }

    fn condition(&self, cond: &Cond, negated: bool, leaves: &mut Vec<Leaf<'a>>) -> Truth {
        let leaf = match cond {
            Cond::All(inner) => {
                return inner.iter().map(|cond| self.condition(cond, negated, leaves)).min().unwrap_or(Truth::True);
            }
            Cond::Any(inner) => {
                return inner.iter().map(|cond| self.condition(cond, negated, leaves)).max().unwrap_or(Truth::False);
            }
            Cond::Not(inner) => return self.condition(inner, !negated, leaves).negated(),
            Cond::Elsewhere(inner) => return self.elsewhere(inner, negated, leaves),
            Cond::Signal(id) => self.signal(*id, negated),
            Cond::Seen(id) => {
                let leaf = self.signal(*id, negated);
                Leaf { truth: Truth::of(leaf.truth == Truth::True), ..leaf }
            }
            Cond::Count(id, least) => {
                let mut leaf = self.signal(*id, negated);
                leaf.truth = Truth::of(leaf.count >= *least);
                leaf.title = format!("{} (at least {least} times; {} seen)", leaf.title, leaf.count).into();
                leaf
            }
            Cond::Pairs(id, least) => {
                let Some((opened, closed)) = self.library.pairs.get(id.0) else { return Truth::False };
                let pairs = self.device.pairs(*id, *opened, *closed);
                let mut leaf = self.signal(*opened, negated);
                let ender = self.signal(*closed, negated);
                leaf.truth = Truth::of(pairs >= *least || (pairs >= 2 && days(&leaf.matches) >= 2));
                leaf.name = format!("{} then {}", leaf.name, ender.name).into();
                leaf.title = format!("{}, then {}: {pairs} times", leaf.title, ender.title).into();
                let matches = leaf.matches.to_mut();
                matches.extend(ender.matches.into_owned());
                matches.sort_by_key(|(at, found)| (*at, found.place));
                leaf
            }
            Cond::Later(later, earlier) => self.later(*later, *earlier, negated),
            Cond::Release(wanted) => {
                let (truth, title) = match &self.release {
                    None => (Truth::Unknown, "no release table".to_owned()),
                    Some(release) => (release_truth(*wanted, release.standing), release.why.clone()),
                };
                let name = match wanted {
                    ReleaseIs::Affected => "release affected",
                    ReleaseIs::Fixed => "release fixed",
                    ReleaseIs::NotApplicable => "release not concerned",
                };
                Leaf { matches: self.version_match().into(), ..Leaf::of(name, title, truth, negated).or_collect("show version") }
            }
            Cond::Version(from, before) => self.runs(from.as_ref(), before.as_ref(), negated),
            Cond::Product(wanted) => self.product(wanted, negated),
            Cond::After(date) => {
                let latest = self.device.latest.as_ref();
                let truth = latest.and_then(|stamp| stamp.date()).map_or(Truth::Unknown, |latest| Truth::of(latest >= *date));
                let title = match latest {
                    Some(latest) => format!("latest time known is {}", latest.rfc3339().unwrap_or_default()),
                    None => NO_YEAR.to_owned(),
                };
                Leaf::of(format!("not before {date}"), title, truth, negated).or_collect("show clock")
            }
            Cond::Platform(names) => {
                let platform = self.device.identity.platform.as_deref();
                let truth = platform.map_or(Truth::Unknown, |platform| Truth::of(platform_fits(names, platform)));
                let title = format!("platform is {}", platform.unwrap_or("not known"));
                Leaf::of(format!("platform {}", names.join(" or ")), title, truth, negated)
            }
        };
        let truth = leaf.truth;
        leaves.push(leaf);
        truth
    }

    /// The other device of the same platform on which the condition holds best.
    fn elsewhere(&self, inner: &Cond, negated: bool, leaves: &mut Vec<Leaf<'a>>) -> Truth {
        let own = self.device.identity.platform.as_deref().map(family);
        let others = self
            .devices
            .iter()
            .filter(|other| own.is_some() && other.identity.platform.as_deref().map(family) == own && !std::ptr::eq(*other, self.device));
        let mut best: Option<(Truth, &'a Device, Vec<Leaf<'a>>)> = None;
        for other in others.take(OTHERS) {
            let mut found = Vec::new();
            let view = View::new(self.rule, other, self.devices, self.library);
            let truth = view.condition(inner, negated, &mut found);
            if best.as_ref().is_none_or(|(known, ..)| truth > *known) {
                best = Some((truth, other, found));
            }
            if truth == Truth::True {
                break;
            }
        }
        let Some((truth, other, found)) = best else {
            leaves.push(Leaf::of("another device", "the case shows no other device of this platform", Truth::Unknown, negated));
            return Truth::Unknown;
        };
        leaves.extend(found.into_iter().map(|leaf| Leaf {
            name: format!("{} on {}", leaf.name, other.id).into(),
            // It would have to be collected there.
            collect: None,
            elsewhere: Some(&other.id),
            ..leaf
        }));
        truth
    }

    /// Some sighting of the one is later than all of the other.
    fn later(&self, later: SignalId, earlier: SignalId, negated: bool) -> Leaf<'a> {
        let mut leaf = self.signal(later, negated);
        let before = self.signal(earlier, negated);
        if leaf.truth == Truth::True && before.truth == Truth::True {
            let last_of_all = |found| {
                let comes = before.matches.iter().map(|before| self.device.timeline.order(before, found));
                comes.map(|order| order.map_or(Truth::Unknown, |order| Truth::of(order.is_lt()))).min().unwrap_or(Truth::True)
            };
            leaf.truth = leaf.matches.iter().map(last_of_all).max().unwrap_or(Truth::Unknown);
        }
        leaf.name = format!("{} after {}", leaf.name, before.name).into();
        leaf.title = match before.truth {
            Truth::True => filled(LATER, &[&leaf.title, &before.title]).into(),
            _ => filled(NOT_SEEN, &[&leaf.title, &before.title]).into(),
        };
        leaf
    }

    fn runs(&self, from: Option<&Version>, before: Option<&Version>, negated: bool) -> Leaf<'a> {
        let version = self.version();
        let within = version.as_ref().and_then(|version| version.lies_within(from, before));
        let bounds = [from.map(|from| format!("from {from}")), before.map(|before| format!("before {before}"))];
        let name = format!("version {}", bounds.into_iter().flatten().collect::<Vec<_>>().join(" and "));
        let title = match &version {
            Some(version) if self.earlier.is_some() => format!("version was {version} then"),
            Some(version) => format!("version is {version}"),
            None => NO_VERSION.to_owned(),
        };
        let leaf = Leaf::of(name, title, within.map_or(Truth::Unknown, Truth::of), negated).or_collect("show version");
        Leaf { matches: self.version_match().into(), ..leaf }
    }

    fn product(&self, wanted: &Pattern, negated: bool) -> Leaf<'a> {
        let listed = |name| self.device.facts.get(name).map_or(&[][..], Vec::as_slice);
        let ids: Vec<(&str, Option<&Sample>)> = (self.device.identity.product_id.as_deref().map(|id| (id, None)).into_iter())
            .chain(listed("product_id").iter().map(|sample| (sample.value.as_str(), Some(sample))))
            .chain(listed("hardware").last().iter().flat_map(|sample| sample.value.split(", ").map(|id| (id, Some(*sample)))))
            .collect();
        let found = ids.iter().find(|(id, _)| wanted.is_match(id));
        let (truth, title) = match (found, ids.first()) {
            (Some((id, _)), _) => (Truth::True, format!("product is {id}")),
            (None, Some((id, _))) => (Truth::False, format!("product is {id}")),
            (None, None) => (Truth::Unknown, NO_PRODUCT.to_owned()),
        };
        let sample = found.and_then(|(id, _)| ids.iter().find_map(|(other, sample)| sample.filter(|_| other == id)));
        let matches = sample.map(|sample| (sample.artifact, as_match(sample))).into_iter().collect::<Vec<_>>().into();
        Leaf { matches, ..Leaf::of("product", title, truth, negated).or_collect("show inventory") }
    }

    fn version_match(&self) -> Vec<(usize, Match)> {
        let sample = self.earlier.or_else(|| self.device.fact("version"));
        sample.map(|sample| (sample.artifact, as_match(sample))).into_iter().collect()
    }

    fn signal(&self, id: SignalId, negated: bool) -> Leaf<'a> {
        let Some(signal) = self.library.signals.get(id.0) else { return Leaf::of("", "", Truth::False, negated) };
        let (truth, count, matches) = match &signal.matcher {
            Matcher::Text { .. } | Matcher::Event { .. } => match self.device.tallies.get(&id) {
                Some(seen) => (Truth::True, seen.count, Cow::Borrowed(seen.matches.as_slice())),
                None if self.device.undecided.contains(&id) => (Truth::Unknown, 0, Cow::default()),
                None => (Truth::False, 0, Cow::default()),
            },
            Matcher::Fact { name, is, over } => {
                let (truth, count, matches) = self.fact(name, is, *over);
                (truth, count, matches.into())
            }
            Matcher::Absent { section, .. } => {
                match self.device.sections.get(section).and_then(|seen| seen.iter().rev().find(|(_, seen)| seen.whole)) {
                    None => (Truth::Unknown, 0, Cow::default()),
                    Some((_, seen)) if seen.present.contains(&id) => (Truth::False, 0, Cow::default()),
                    Some((artifact, seen)) => {
                        let looked_in = self.library.sections.get(section.0).map_or_else(String::new, |section| section.words());
                        let [first, last] = [seen.line, seen.last].map(|line| line.to_string());
                        let excerpt = filled(NOT_IN, &[&signal.title, &looked_in, &first, &last]).into();
                        let place = Place::Line(seen.line);
                        let found = Match { place, time: seen.time.clone(), excerpt, captures: Default::default(), over: false };
                        (Truth::True, 1, vec![(*artifact, found)].into())
                    }
                }
            }
        };
        let collect = (truth != Truth::True).then_some(signal.collect.as_deref()).flatten();
        let leaf = Leaf::of(signal.id.as_str(), signal.title.as_str(), truth, negated);
        Leaf { signal: Some(id), count, matches, collect, ..leaf }
    }

    fn fact(&self, name: &str, is: &Check, over: Over) -> (Truth, u64, Vec<(usize, Match)>) {
        let filled = || fill(name, |other| self.device.fact(other).map(|sample| slug(&sample.value)));
        let samples = if name.contains('{') { filled().and_then(|name| self.device.facts.get(&name)) } else { self.device.facts.get(name) };
        let samples = samples.map_or(&[][..], Vec::as_slice);
        let (Some(first), Some(last)) = (samples.first(), samples.last()) else { return (Truth::Unknown, 0, Vec::new()) };
        let shown = |samples: &[&Sample]| samples.iter().map(|sample| (sample.artifact, as_match(sample))).collect();
        if over == Over::Ever {
            let truth = samples.iter().map(|sample| self.holds(is, sample)).max().unwrap_or(Truth::Unknown);
            let holding: Vec<&Sample> = samples.iter().filter(|sample| self.holds(is, sample) == Truth::True).collect();
            let count = holding.len() as u64;
            return (truth, count, if count == 0 { shown(&[last]) } else { shown(&holding[..holding.len().min(2 * KEPT)]) });
        }
        if over == Over::Last {
            let truth = self.holds(is, last);
            return (truth, u64::from(truth == Truth::True), shown(&[last]));
        }
        let moved = match over {
            _ if samples.len() < 2 => None,
            Over::Grows => number(&first.value).zip(number(&last.value)).map(|(before, now)| now > before),
            _ => Some(!first.value.trim().eq_ignore_ascii_case(last.value.trim())),
        };
        let Some(moved) = moved else { return (Truth::Unknown, 0, Vec::new()) };
        let truth = Truth::of(moved).min(self.holds(is, last));
        (truth, u64::from(truth == Truth::True), shown(&[first, last]))
    }

    /// Whether one sample holds; what it is compared with may not be known.
    fn holds(&self, is: &Check, sample: &Sample) -> Truth {
        let mut truth = Truth::of(is.holds(&sample.value));
        for test in &is.dates {
            let other = |name: &str| self.device.fact(name).map(|sample| sample.value.as_str());
            truth = truth.min(dates::holds(test, &dates::stated(&sample.value, sample.time.as_ref()), self.device.latest.as_ref(), other));
        }
        for (how, other) in &is.against {
            let other = self.device.fact(other);
            truth = truth.min(other.map_or(Truth::Unknown, |other| Truth::of(how.holds(&sample.value, &other.value))));
        }
        truth
    }
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

/// On how many days.
fn days(matches: &[(usize, Match)]) -> usize {
    let days: BTreeSet<(u32, u32)> =
        matches.iter().filter_map(|(_, found)| found.time.as_ref()).map(|stamp| (stamp.within_year().0, stamp.within_year().1)).collect();
    days.len()
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

#[cfg(test)]
mod tests;

//! Everything the case says of one device, in the order in which it was so.

mod compared;
mod fairest;
mod filenames;
mod folders;
mod group;
mod grouping;
mod names;
mod origin;
mod renamed;

use std::cell::LazyCell;
use std::cmp::Ordering;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::clock;
use super::occurrence::Occurrences;
use super::timeline::Timeline;
use crate::formats::event::Place;
use crate::formats::time::{self, Region, Stamp};
use crate::rules::library::{PairId, SectionId, SignalId};
use crate::rules::version::{self, Version};
use crate::scan::evidence::{Anchor, ArtifactScan, Fact, Identity, Match, PairRun, SectionSeen, Senders, Subject};
use crate::scan::window::{Span, dated, ran};

pub(in crate::diagnose) use self::fairest::Shows;
use self::grouping::Part;
pub(in crate::diagnose) use self::grouping::devices;

/// A device of the case with everything that is known of it.
#[derive(Clone, Debug, Default)]
pub struct Device {
    /// Its name inside the report.
    pub id: String,
    /// The case says who it is (host name or serial number), so findings may name it.
    pub known: bool,
    /// Who it is.
    pub identity: Identity,
    /// Other host names that it goes by in this case, the oldest first.
    pub aliases: Vec<String>,
    /// It answers `show` commands, or writes messages with mnemonics: it is no appliance.
    pub commanded: bool,
    /// Its version, where readable.
    pub version: Option<Version>,
    /// Matches by signal.
    pub tallies: BTreeMap<SignalId, Seen>,
    /// Matches of which facts say whether they are any, until they have.
    compared: BTreeMap<(SignalId, Vec<String>), Seen>,
    /// Matches kept of each signal from its begin, and as many from its end.
    kept: usize,
    /// Signals of which no fact says whether what was seen is one.
    pub(super) undecided: BTreeSet<SignalId>,
    /// Pairs over all its artifacts.
    pub pairs: BTreeMap<PairId, PairRun>,
    /// Samples by fact, oldest first.
    pub facts: BTreeMap<String, Vec<Sample>>,
    /// Sections by id, in order.
    pub sections: BTreeMap<SectionId, Vec<(usize, SectionSeen)>>,
    /// The latest time known of it, as a right clock would give it.
    pub latest: Option<Stamp>,
    /// What puts its stamps in order.
    pub timeline: Timeline,
    /// When signals were seen.
    pub occurrences: Occurrences,
    /// What dates stamps without a year, by artifact.
    pub anchors: BTreeMap<usize, Anchor>,
    /// Its artifacts, as positions in the case.
    pub artifacts: Vec<usize>,
    /// Artifacts whose lines may be of several devices, of which it is one.
    pub(super) shared: BTreeSet<usize>,
    /// What is not certain of captures counted as its own, in a sentence.
    doubts: origin::Doubts,
}

/// Matches of one signal on a device.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// How many, exactly.
    pub count: u64,
    /// The first and last few, with the position of their artifact.
    pub matches: Vec<(usize, Match)>,
}

/// One sample of a fact.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Its value.
    pub value: String,
    /// The line.
    pub excerpt: Arc<str>,
    /// Position of the artifact.
    pub artifact: usize,
    /// Where in it.
    pub place: Option<Place>,
    /// Time of the output.
    pub time: Option<Stamp>,
    /// Stands in quoted history, which is older than the outputs of its artifact.
    pub(super) past: bool,
}

impl Sample {
    /// When it was so: the time of its output, else when the commands of its artifact ran.
    pub(super) fn since<'a>(&'a self, timeline: &'a Timeline) -> Option<&'a Stamp> {
        self.time.as_ref().or_else(|| timeline.ran.get(&self.artifact).filter(|_| !self.past))
    }
}

impl Device {
    /// What is not certain of it being this device that sent what was seen there.
    pub(super) fn doubt(&self, (artifact, found): &(usize, Match)) -> Option<&str> {
        let Place::Packet(_) = found.place else { return None };
        self.doubts.get(&(*artifact, found.client())).map(String::as_str)
    }

    /// How often one signal was followed by another.
    pub fn pairs(&self, id: PairId, opened: SignalId, closed: SignalId) -> u64 {
        let remembered = self.occurrences.run(&self.timeline, &|id| id == opened, &|id| id == closed);
        remembered.or(self.pairs.get(&id).copied()).map_or(0, |run| run.pairs)
    }

    /// The last sample of a fact.
    pub fn fact(&self, name: &str) -> Option<&Sample> {
        self.facts.get(name).and_then(|samples| samples.last())
    }

    /// It ran more than one version in the course of the case.
    pub(super) fn changed_version(&self) -> bool {
        self.facts.get("version").is_some_and(|samples| samples.windows(2).any(|pair| matches!(pair, [a, b] if a.value != b.value)))
    }

    /// A version in the numbering of the device's platform.
    pub(super) fn read_version(&self, text: &str) -> Option<Version> {
        version::parse(self.identity.platform.as_deref(), text)
    }
}

/// The device of subjects that are one; `name` is its host name in lower case, where it has one.
fn merge(name: &str, mut parts: Vec<Part>, artifacts: &[ArtifactScan], asked: &Asked<'_>, kept: usize) -> Device {
    let mut device = Device { kept, ..Device::default() };
    let hosts = || parts.iter().filter_map(|part| part.subject.identity.hostname.clone());
    let own = || parts.iter().find_map(|part| part.subject.identity.name.clone());
    device.identity.hostname = hosts().find(|host| host.to_lowercase() == name).or_else(|| hosts().next()).or_else(own);
    // Oldest artifact first, where all say when; else in the order of their paths.
    let start = |Part { artifact, subject, .. }: &Part| {
        let dated = subject.dated.as_deref().and_then(|(first, _)| first.unix_seconds());
        dated.or_else(|| artifacts[*artifact].anchor.as_ref()?.stamp.unix_seconds())
    };
    if parts.iter().all(|part| start(part).is_some()) {
        parts.sort_by_key(|part| (start(part), part.artifact));
    } else {
        parts.sort_by_key(|part| part.artifact);
    }
    for Part { artifact, subject, .. } in &parts {
        let identity = &mut device.identity;
        let known = identity.hostname.iter().chain(&device.aliases);
        if let Some(host) = &subject.identity.hostname
            && known.into_iter().all(|known| !known.eq_ignore_ascii_case(host))
        {
            device.aliases.push(host.clone());
        }
        identity.platform = platform(identity.platform.take(), subject.identity.platform.as_deref());
        identity.product_id = identity.product_id.take().or_else(|| subject.identity.product_id.clone());
        identity.serial = identity.serial.take().or_else(|| subject.identity.serial.clone());
        identity.version = subject.identity.version.clone().or_else(|| identity.version.take());
        device.commanded |= subject.commanded;
        device.artifacts.push(*artifact);
    }
    let controller = device.identity.product_id.as_deref().is_some_and(|id| id.to_ascii_uppercase().starts_with("C9800"));
    if controller && device.identity.platform.as_deref().is_none_or(|platform| platform == "ios-xe") {
        device.identity.platform = Some("wlc-9800".to_owned());
    }
    device.known = device.identity.hostname.is_some() || device.identity.serial.is_some();
    device.id = device
        .identity
        .hostname
        .clone()
        .or_else(|| device.identity.serial.clone())
        .unwrap_or_else(|| parts.first().map_or_else(String::new, |part| artifacts[part.artifact].path.shown().to_owned()));
    let fallback = LazyCell::new(|| anchor_of(&parts, artifacts));
    for at in parts.iter().map(|part| part.artifact) {
        let scan = &artifacts[at];
        let named = || scan.made.clone().map(|stamp| Anchor { stamp, is_end: false });
        if let Some(anchor) = scan.anchor.clone().or_else(named).or_else(|| (*fallback).clone()) {
            device.anchors.insert(at, anchor);
        }
    }
    for at in parts.iter().map(|part| part.artifact) {
        if let Some((_, last)) = ran(&artifacts[at]) {
            device.timeline.ran.insert(at, last);
        }
    }
    read_clocks(&mut device, &parts);
    for part in parts {
        add(&mut device, part, artifacts, asked);
    }
    // What is later than the window is not known yet.
    if let (Some(latest), Some(end)) = (&device.latest, asked.span.and_then(Span::end))
        && end.unix_seconds() < latest.unix_seconds()
    {
        device.latest = Some(end.clone());
    }
    device.occurrences.close();
    let timeline = &device.timeline;
    for samples in device.facts.values_mut() {
        put_in_order(samples, timeline);
    }
    // An upgrade between two outputs: the later one tells what runs now.
    device.identity.version = device.fact("version").map(|sample| sample.value.clone()).or(device.identity.version.take());
    device.version = device.identity.version.as_deref().and_then(|text| device.read_version(text));
    for seen in device.tallies.values_mut() {
        thin(&mut seen.matches, kept);
    }
    device.artifacts.sort_unstable();
    device.artifacts.dedup();
    device
}

/// The more particular of two platforms: a controller is more than the system it runs.
fn platform(known: Option<String>, new: Option<&str>) -> Option<String> {
    match (known, new) {
        (None, new) => new.map(str::to_owned),
        (Some(known), Some("wlc-9800")) if known == "ios-xe" => Some("wlc-9800".to_owned()),
        (known, _) => known,
    }
}

/// A time that dates a device's logs when their own artifact has none: when one of its commands ran, or the latest
/// past event its licence output names.
fn anchor_of(parts: &[Part], artifacts: &[ArtifactScan]) -> Option<Anchor> {
    let ran = parts.iter().filter_map(|part| artifacts[part.artifact].anchor.clone()).max_by_key(|anchor| anchor.stamp.unix_seconds());
    // Clocks that nobody set show 1970 or 1993, and those that ran over 2038: no witness of a year.
    let told = |stamp: &Stamp| stamp.year().is_some_and(|year| (1994..2038).contains(&year));
    let dated = || {
        let lasts = parts.iter().filter_map(|part| part.subject.dated.as_deref().map(|(_, last)| last.clone()));
        lasts.filter(told).max_by_key(Stamp::unix_seconds)
    };
    let stated = || {
        let past = |name: &str| name == "clock.time" || name.starts_with("license.last_") || name.ends_with(".last_response");
        parts
            .iter()
            .flat_map(|part| &part.subject.facts)
            .filter(|fact| past(&fact.name))
            .filter_map(|fact| time::find_date(&fact.value))
            .filter(Stamp::has_year)
            .max_by_key(Stamp::unix_seconds)
    };
    ran.or_else(|| dated().or_else(stated).map(|stamp| Anchor { stamp, is_end: false }))
}

/// Compares the device's clock with others, and says so in facts.
fn read_clocks(device: &mut Device, parts: &[Part]) {
    let own = |subject: &Subject| !clock::is_collectors(subject);
    let readings: Vec<(usize, clock::Reading)> = parts
        .iter()
        .filter(|part| own(&part.subject))
        .filter_map(|part| Some((part.artifact, clock::read(part.subject.clock.samples())?)))
        .collect();
    let mut by_artifact: BTreeMap<usize, &(usize, clock::Reading)> = BTreeMap::new();
    for reading in &readings {
        by_artifact.entry(reading.0).or_insert(reading);
    }
    let most = readings.iter().max_by_key(|(at, reading)| (reading.lines, std::cmp::Reverse(*at)));
    if let Some((at, reading)) = most {
        for (name, sample) in reading.facts(*at) {
            device.facts.insert(name.to_owned(), vec![sample]);
        }
    }
    for Part { artifact: at, subject, .. } in parts {
        // What its own clock stamped elsewhere is as wrong, as far as is known.
        let reading = by_artifact.get(at).copied().or(most).filter(|_| own(subject) && subject.clock.own > 0);
        if let Some((_, reading)) = reading {
            device.timeline.corrections.insert(*at, reading.correction());
        }
        if subject.is_newest_first() {
            device.timeline.newest_first.insert(*at);
        }
        let anchored = device.anchors.contains_key(at);
        let undated = |stamp: &&Stamp| !anchored && !stamp.has_year();
        if device.timeline.pivot.is_none() {
            let mut stamps = subject.tallies.values().flat_map(|tally| tally.kept()).filter_map(|found| found.time.as_ref());
            device.timeline.pivot = stamps.find(undated).cloned();
        }
    }
}

/// What the user said of times.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::diagnose) struct Asked<'a> {
    /// What is outside of it counts for nothing.
    pub(in crate::diagnose) span: Option<&'a Span>,
    /// The zone of stamps that state none.
    pub(in crate::diagnose) assumed: Option<&'a Region>,
}

impl Asked<'_> {
    /// Whether a value or an output counts: by its time, else by when the commands of its artifact ran, or the capture was made.
    fn counts(&self, time: Option<&Stamp>, past: bool, scan: &ArtifactScan) -> bool {
        let Some(span) = self.span else { return true };
        let captured = || {
            let times = || scan.times.all().filter(|time| time.has_year() && scan.packets.is_some());
            let (first, last) = (times().min_by_key(|time| time.unix_seconds())?, times().max_by_key(|time| time.unix_seconds())?);
            Some((first.clone(), last.clone()))
        };
        match time {
            Some(time) => span.holds(time),
            None if past => true,
            None => ran(scan).or_else(captured).is_none_or(|(first, last)| span.meets(&first, &last)),
        }
    }
}

/// Adds what one artifact says.
fn add(device: &mut Device, Part { artifact: at, subject, sightings }: Part, artifacts: &[ArtifactScan], asked: &Asked<'_>) {
    let (scan, subject) = (&artifacts[at], *subject);
    let newest_first = subject.is_newest_first();
    let Device { timeline, latest, occurrences, anchors, .. } = device;
    let anchor = anchors.get(&at);
    let mut late = |stamp: Option<&Stamp>| {
        let Some(stamp) = stamp.filter(|stamp| stamp.has_year()) else { return };
        let stamp = timeline.corrected(at, stamp);
        if latest.as_ref().is_none_or(|known| known.unix_seconds() < stamp.unix_seconds()) {
            *latest = Some(stamp);
        }
    };
    late(subject.dated.as_deref().map(|(_, last)| last));
    late(anchor.map(|anchor| &anchor.stamp));
    let dated = |stamp: Option<Stamp>| stamp.map(|stamp| dated(stamp, anchor, asked.assumed));
    let copied = occurrences.add(at, sightings, dated);
    occurrences.incomplete |= scan.sightings.more;
    for (id, tally) in subject.tallies {
        let count = tally.count.saturating_sub(copied.counts.get(&id).copied().unwrap_or(0));
        if count == 0 {
            continue;
        }
        let seen = device.tallies.entry(id).or_default();
        seen.count += count;
        for found in tally.into_kept().filter(|found| !copied.places.contains(&found.place)) {
            let time = dated(found.time);
            late(time.as_ref());
            seen.matches.push((at, Match { time, ..found }));
        }
    }
    for (key, tally) in subject.compared {
        let seen = device.compared.entry(key).or_default();
        seen.count += tally.count;
        for found in tally.into_kept() {
            let time = dated(found.time);
            late(time.as_ref());
            seen.matches.push((at, Match { time, ..found }));
        }
    }
    if subject.senders == Senders::Several {
        device.shared.insert(at);
        occurrences.incomplete = true;
    }
    // What ended there may have begun on another device.
    for (id, run) in subject.pairs.into_iter().filter(|_| subject.senders != Senders::Several) {
        let known = device.pairs.entry(id).or_default();
        *known = known.then(if newest_first { run.reversed() } else { run });
    }
    for Fact { name, value, excerpt, place, time, past } in subject.facts {
        let time = dated(time);
        if !asked.counts(time.as_ref(), past, scan) {
            continue;
        }
        let sample = Sample { value, excerpt, artifact: at, place, time, past };
        // Most facts are stated once: no room for more.
        match device.facts.entry(name) {
            Entry::Vacant(entry) => {
                entry.insert(vec![sample]);
            }
            Entry::Occupied(mut entry) => entry.get_mut().push(sample),
        }
    }
    for seen in subject.sections.into_iter().filter(|seen| asked.counts(seen.time.as_ref(), false, scan)) {
        device.sections.entry(seen.section).or_default().push((at, seen));
    }
}

/// Oldest first: by time where all samples have one, else as the artifacts follow each other and the lines in them.
fn put_in_order(samples: &mut [Sample], timeline: &Timeline) {
    let mut rank: BTreeMap<usize, usize> = BTreeMap::new();
    for sample in samples.iter() {
        let next = rank.len();
        rank.entry(sample.artifact).or_insert(next);
    }
    let place = |sample: &Sample| (sample.artifact, sample.place.unwrap_or(Place::Line(0)));
    samples.sort_by(|a, b| {
        let ranks = rank.get(&a.artifact).cmp(&rank.get(&b.artifact));
        ranks.then(b.past.cmp(&a.past)).then_with(|| timeline.by_place(place(a), place(b)).unwrap_or(Ordering::Equal))
    });
    let key = |sample: &Sample| timeline.key(sample.artifact, sample.since(timeline)?);
    if samples.iter().all(|sample| key(sample).is_some()) {
        samples.sort_by_key(key);
    }
}

/// Keeps the first and last so many.
fn thin(matches: &mut Vec<(usize, Match)>, each: usize) {
    if matches.len() / 2 >= each.max(1) {
        matches.drain(each..matches.len() - each);
    }
    matches.shrink_to_fit();
}

#[cfg(test)]
mod tests;

//! Everything the case says of one device, in the order in which it was so.

mod grouping;

use std::collections::BTreeMap;

use chrono::Datelike;

use crate::formats::event::Place;
use crate::formats::time::{self, Stamp};
use crate::rules::library::{PairId, SectionId, SignalId};
use crate::rules::version::{self, Version};
use crate::scan::evidence::{Anchor, ArtifactScan, Identity, KEPT, Match, PairRun, SectionSeen, Subject};

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
    /// Its version, where readable.
    pub version: Option<Version>,
    /// Matches by signal.
    pub tallies: BTreeMap<SignalId, Seen>,
    /// Pairs over all its artifacts.
    pub pairs: BTreeMap<PairId, PairRun>,
    /// Samples by fact, oldest first.
    pub facts: BTreeMap<String, Vec<Sample>>,
    /// Sections by id, in order.
    pub sections: BTreeMap<SectionId, Vec<(usize, SectionSeen)>>,
    /// The latest time known of it.
    pub latest: Option<Stamp>,
    /// Its artifacts, as positions in the case.
    pub artifacts: Vec<usize>,
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
    pub excerpt: String,
    /// Position of the artifact.
    pub artifact: usize,
    /// Where in it.
    pub place: Option<Place>,
    /// Time of the output.
    pub time: Option<Stamp>,
    /// When it was so, for the order of samples: that time, else when commands of its artifact ran.
    pub(super) since: Option<i64>,
    /// Stands in quoted history, which is older than the outputs of its artifact.
    past: bool,
}

impl Device {
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
fn merge(name: &str, members: Vec<(usize, &Subject)>, artifacts: &[ArtifactScan]) -> Device {
    let mut device = Device::default();
    let hosts = || members.iter().filter_map(|(_, subject)| subject.identity.hostname.clone());
    device.identity.hostname = hosts().find(|host| host.to_lowercase() == name).or_else(|| hosts().next());
    let mut members = members;
    // Oldest artifact first, where all say when; else in the order of their paths.
    let start = |at: usize, subject: &Subject| {
        subject.dated.as_ref().and_then(|(first, _)| first.unix_seconds()).or_else(|| artifacts[at].anchor.as_ref()?.stamp.unix_seconds())
    };
    if members.iter().all(|(at, subject)| start(*at, subject).is_some()) {
        members.sort_by_key(|(at, subject)| (start(*at, subject), *at));
    } else {
        members.sort_by_key(|(at, _)| *at);
    }
    for (at, subject) in &members {
        let identity = &mut device.identity;
        identity.platform = platform(identity.platform.take(), subject.identity.platform.as_deref());
        identity.product_id = identity.product_id.take().or_else(|| subject.identity.product_id.clone());
        identity.serial = identity.serial.take().or_else(|| subject.identity.serial.clone());
        identity.version = subject.identity.version.clone().or_else(|| identity.version.take());
        device.artifacts.push(*at);
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
        .unwrap_or_else(|| members.first().map_or_else(String::new, |(at, _)| artifacts[*at].path.as_str().to_owned()));
    let fallback = anchor_of(&members, artifacts);
    for (at, subject) in &members {
        let anchor = artifacts[*at].anchor.as_ref().or(fallback.as_ref());
        let ran = artifacts[*at].anchor.as_ref().filter(|anchor| anchor.is_end).and_then(|anchor| anchor.stamp.unix_seconds());
        add(&mut device, *at, subject, anchor, ran);
    }
    for samples in device.facts.values_mut() {
        put_in_order(samples);
    }
    // An upgrade between two outputs: the later one tells what runs now.
    device.identity.version = device.fact("version").map(|sample| sample.value.clone()).or(device.identity.version.take());
    device.version = device.identity.version.as_deref().and_then(|text| device.read_version(text));
    for seen in device.tallies.values_mut() {
        thin(&mut seen.matches);
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
fn anchor_of(members: &[(usize, &Subject)], artifacts: &[ArtifactScan]) -> Option<Anchor> {
    let ran = members.iter().filter_map(|(at, _)| artifacts[*at].anchor.clone()).max_by_key(|anchor| anchor.stamp.unix_seconds());
    let dated =
        || members.iter().filter_map(|(_, subject)| subject.dated.as_ref().map(|(_, last)| last.clone())).max_by_key(Stamp::unix_seconds);
    let stated = || {
        let past = |name: &str| name == "clock.time" || name.starts_with("license.last_") || name.ends_with(".last_response");
        members
            .iter()
            .flat_map(|(_, subject)| &subject.facts)
            .filter(|fact| past(&fact.name))
            .filter_map(|fact| time::find_date(&fact.value))
            .filter(Stamp::has_year)
            .max_by_key(Stamp::unix_seconds)
    };
    ran.or_else(|| dated().or_else(stated).map(|stamp| Anchor { stamp, is_end: false }))
}

/// Adds a year where none was stated: for output of a command the last one that is not after the command, else the
/// one nearest to the anchor.
fn dated(stamp: Option<Stamp>, anchor: Option<&Anchor>) -> Option<Stamp> {
    let stamp = stamp?;
    let (false, Some(anchor), Some(date)) = (stamp.has_year(), anchor, anchor.and_then(|anchor| anchor.stamp.date())) else {
        return Some(stamp);
    };
    let year = date.year();
    let end = anchor.stamp.unix_seconds().unwrap_or(i64::MAX);
    const DAY: i64 = 86_400;
    let candidates = [year - 1, year, year + 1].map(|year| stamp.clone().in_year(year));
    let best = if anchor.is_end {
        candidates
            .into_iter()
            .filter(|stamp| stamp.unix_seconds().is_some_and(|seconds| seconds <= end + DAY))
            .max_by_key(Stamp::unix_seconds)
    } else {
        candidates.into_iter().min_by_key(|stamp| stamp.unix_seconds().map_or(i64::MAX, |seconds| (seconds - end).abs()))
    };
    Some(best.unwrap_or(stamp))
}

/// Adds what one artifact shows; `anchor` dates what has no year, `ran` is when its commands ran.
fn add(device: &mut Device, at: usize, subject: &Subject, anchor: Option<&Anchor>, ran: Option<i64>) {
    let mut latest = |stamp: Option<&Stamp>| {
        if let Some(stamp) = stamp
            && stamp.has_year()
            && device.latest.as_ref().is_none_or(|known| known.unix_seconds() < stamp.unix_seconds())
        {
            device.latest = Some(stamp.clone());
        }
    };
    latest(subject.dated.as_ref().map(|(_, last)| last));
    latest(anchor.map(|anchor| &anchor.stamp));
    for (id, tally) in &subject.tallies {
        let seen = device.tallies.entry(*id).or_default();
        seen.count += tally.count;
        for found in tally.kept() {
            let time = dated(found.time.clone(), anchor);
            latest(time.as_ref());
            seen.matches.push((at, Match { time, ..found.clone() }));
        }
    }
    for (id, run) in &subject.pairs {
        let known = device.pairs.entry(*id).or_default();
        *known = known.then(*run);
    }
    for fact in &subject.facts {
        let sample = Sample {
            value: fact.value.clone(),
            excerpt: fact.excerpt.clone(),
            artifact: at,
            place: fact.place,
            time: dated(fact.time.clone(), anchor),
            since: None,
            past: fact.past,
        };
        let since = match &sample.time {
            Some(time) => time.unix_seconds(),
            None => ran.filter(|_| !fact.past),
        };
        let sample = Sample { since, ..sample };
        device.facts.entry(fact.name.clone()).or_default().push(sample);
    }
    for seen in &subject.sections {
        device.sections.entry(seen.section).or_default().push((at, seen.clone()));
    }
}

/// Oldest first: by time where all samples have one, else as the artifacts follow each other and the lines in them.
fn put_in_order(samples: &mut [Sample]) {
    let mut rank: BTreeMap<usize, usize> = BTreeMap::new();
    for sample in samples.iter() {
        let next = rank.len();
        rank.entry(sample.artifact).or_insert(next);
    }
    samples.sort_by_key(|sample| (rank.get(&sample.artifact).copied(), !sample.past, sample.place));
    if samples.iter().all(|sample| sample.since.is_some()) {
        samples.sort_by_key(|sample| sample.since);
    }
}

/// Keeps the first and last few.
fn thin(matches: &mut Vec<(usize, Match)>) {
    if matches.len() > 2 * KEPT {
        matches.drain(KEPT..matches.len() - KEPT);
    }
}

//! Who wrote what: subjects of all artifacts become the devices of the case.
//!
//! A subject with a host name belongs to the device of that name. One without is matched by serial number, else it
//! belongs to the only named device of its folder or archive, else of the one around it, else of the case; where
//! there are several, or none, it stays a device of its own.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Datelike;

use super::clock;
use super::occurrence::Occurrences;
use super::timeline::Timeline;
use crate::formats::event::Place;
use crate::formats::time::{self, Stamp};
use crate::rules::library::{PairId, SectionId, SignalId, family};
use crate::rules::version::{self, Version};
use crate::scan::evidence::{Anchor, ArtifactScan, Identity, KEPT, Match, PairRun, SectionSeen, Subject};

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
}

impl Device {
    /// How often one signal was followed by another.
    pub fn pairs(&self, id: PairId, opened: SignalId, closed: SignalId) -> u64 {
        let remembered = self.occurrences.run(&self.timeline, &|id| id == opened, &|id| id == closed);
        remembered.or(self.pairs.get(&id).copied()).map_or(0, |run| run.pairs)
    }

    /// The last sample of a fact.
    pub fn fact(&self, name: &str) -> Option<&Sample> {
        self.facts.get(name).and_then(|samples| samples.last())
    }
}

/// Groups the subjects of a case.
pub(super) fn devices(artifacts: &[ArtifactScan]) -> Vec<Device> {
    let subjects: Vec<(usize, &Subject)> = artifacts
        .iter()
        .enumerate()
        .flat_map(|(at, scan)| scan.subjects.iter().filter(|subject| !is_blank(subject, scan)).map(move |subject| (at, subject)))
        .collect();
    let mut groups: BTreeMap<String, Vec<(usize, &Subject)>> = BTreeMap::new();
    let mut serials: BTreeMap<String, String> = BTreeMap::new();
    let mut unnamed = Vec::new();
    for (at, subject) in subjects {
        match &subject.identity.hostname {
            Some(host) => {
                let key = host.to_lowercase();
                for serial in serials_of(subject) {
                    serials.entry(serial).or_insert_with(|| key.clone());
                }
                groups.entry(key).or_default().push((at, subject));
            }
            None => unnamed.push((at, subject)),
        }
    }
    let named_in = |folder: &str| -> BTreeSet<&String> {
        let lies_in = |path: &str| folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with(['/', '!']));
        groups
            .iter()
            .filter(|(_, members)| members.iter().any(|(at, _)| lies_in(artifacts[*at].path.as_str())))
            .map(|(host, _)| host)
            .collect()
    };
    let mut adopted: Vec<(String, usize, &Subject)> = Vec::new();
    for (at, subject) in unnamed {
        let by_serial = serials_of(subject).find_map(|serial| serials.get(&serial).cloned());
        let adopter = by_serial.or_else(|| {
            let mut folder = artifacts[at].path.parent();
            loop {
                let named = named_in(folder);
                match named.len() {
                    0 if folder.is_empty() => return None,
                    0 => folder = parent(folder),
                    1 => return named.into_iter().next().filter(|host| agree(subject, &groups[*host])).cloned(),
                    _ => return None,
                }
            }
        });
        adopted.push((adopter.unwrap_or_else(|| own_key(subject, &artifacts[at], artifacts)), at, subject));
    }
    for (key, at, subject) in adopted {
        groups.entry(key).or_default().push((at, subject));
    }
    let mut devices: Vec<Device> = groups.into_values().map(|members| merge(members, artifacts)).collect();
    devices.sort_by(|a, b| a.id.cmp(&b.id));
    devices
}

fn is_blank(subject: &Subject, scan: &ArtifactScan) -> bool {
    let silent =
        subject.tallies.is_empty() && subject.facts.is_empty() && subject.sections.is_empty() && subject.identity == Identity::default();
    silent && (scan.subjects.len() > 1 || scan.packets.is_none())
}

fn serials_of(subject: &Subject) -> impl Iterator<Item = String> + '_ {
    let listed = subject.facts.iter().filter(|fact| fact.name == "serial").flat_map(|fact| fact.value.split(", "));
    subject.identity.serial.iter().map(String::as_str).chain(listed).map(str::to_lowercase)
}

fn parent(folder: &str) -> &str {
    folder.rfind(['/', '!', '\\']).map_or("", |at| &folder[..at])
}

/// Whether an unnamed subject can be the device that `members` show.
fn agree(subject: &Subject, members: &[(usize, &Subject)]) -> bool {
    let differs = |a: &Option<String>, b: &Option<String>| matches!((a, b), (Some(a), Some(b)) if !a.eq_ignore_ascii_case(b));
    members.iter().all(|(_, other)| {
        let platforms = (subject.identity.platform.as_deref().map(family), other.identity.platform.as_deref().map(family));
        let other_serials: BTreeSet<String> = serials_of(other).collect();
        let serials_differ = !other_serials.is_empty()
            && subject.identity.serial.is_some()
            && !serials_of(subject).any(|serial| other_serials.contains(&serial));
        !differs(&subject.identity.version, &other.identity.version)
            && !serials_differ
            && !matches!(platforms, (Some(a), Some(b)) if a != b)
    })
}

/// The key of a device no artifact names: its serial number, else the folder when its few artifacts could all be of
/// one device, else the artifact.
fn own_key(subject: &Subject, scan: &ArtifactScan, artifacts: &[ArtifactScan]) -> String {
    if let Some(serial) = &subject.identity.serial {
        return format!("\u{1}{}", serial.to_lowercase());
    }
    let folder = scan.path.parent();
    let siblings: Vec<&ArtifactScan> = artifacts.iter().filter(|other| other.path.parent() == folder).collect();
    let conflict = |a: &Identity, b: &Identity| {
        let differs = |a: &Option<String>, b: &Option<String>| a.is_some() && b.is_some() && a != b;
        differs(&a.platform, &b.platform) || differs(&a.version, &b.version) || differs(&a.serial, &b.serial)
    };
    let identities: Vec<&Identity> = siblings.iter().flat_map(|scan| &scan.subjects).map(|subject| &subject.identity).collect();
    let one_device =
        siblings.len() <= 8 && identities.iter().enumerate().all(|(at, a)| identities.iter().skip(at + 1).all(|b| !conflict(a, b)));
    if one_device && !folder.is_empty() { format!("\u{2}{folder}") } else { format!("\u{2}{}", scan.path) }
}

fn merge(members: Vec<(usize, &Subject)>, artifacts: &[ArtifactScan]) -> Device {
    let mut device = Device::default();
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
        identity.hostname = identity.hostname.take().or_else(|| subject.identity.hostname.clone());
        identity.platform = platform(identity.platform.take(), subject.identity.platform.as_deref());
        identity.product_id = identity.product_id.take().or_else(|| subject.identity.product_id.clone());
        identity.serial = identity.serial.take().or_else(|| subject.identity.serial.clone());
        // An upgrade between two outputs: the later one tells what runs now.
        identity.version = subject.identity.version.clone().or_else(|| identity.version.take());
        device.artifacts.push(*at);
    }
    let controller = device.identity.product_id.as_deref().is_some_and(|id| id.to_ascii_uppercase().starts_with("C9800"));
    if controller && device.identity.platform.as_deref().is_none_or(|platform| platform == "ios-xe") {
        device.identity.platform = Some("wlc-9800".to_owned());
    }
    device.version = device.identity.version.as_deref().and_then(|text| version::parse(device.identity.platform.as_deref(), text));
    device.known = device.identity.hostname.is_some() || device.identity.serial.is_some();
    device.id = device
        .identity
        .hostname
        .clone()
        .or_else(|| device.identity.serial.clone())
        .unwrap_or_else(|| members.first().map_or_else(String::new, |(at, _)| artifacts[*at].path.as_str().to_owned()));
    let fallback = anchor_of(&members, artifacts);
    for (at, _) in &members {
        let scan = &artifacts[*at];
        let named = || scan.made.clone().map(|stamp| Anchor { stamp, is_end: false });
        if let Some(anchor) = scan.anchor.clone().or_else(named).or_else(|| fallback.clone()) {
            device.anchors.insert(*at, anchor);
        }
    }
    for (at, _) in &members {
        if let Some(ran) = ran(&artifacts[*at]) {
            device.timeline.ran.insert(*at, ran);
        }
    }
    read_clocks(&mut device, &members);
    for (at, subject) in &members {
        add(&mut device, *at, subject, &artifacts[*at]);
    }
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
pub(super) fn dated(stamp: Option<Stamp>, anchor: Option<&Anchor>) -> Option<Stamp> {
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

/// Compares the device's clock with others, and says so in facts.
fn read_clocks(device: &mut Device, members: &[(usize, &Subject)]) {
    let own = |subject: &Subject| !clock::is_collectors(subject);
    let readings: Vec<(usize, clock::Reading)> = members
        .iter()
        .filter(|(_, subject)| own(subject))
        .filter_map(|(at, subject)| Some((*at, clock::read(subject.clock.samples())?)))
        .collect();
    let most = readings.iter().max_by_key(|(at, reading)| (reading.lines, std::cmp::Reverse(*at)));
    if let Some((at, reading)) = most {
        for (name, sample) in reading.facts(*at) {
            device.facts.insert(name.to_owned(), vec![sample]);
        }
    }
    for (at, subject) in members {
        // What its own clock stamped elsewhere is as wrong, as far as is known.
        let reading = readings.iter().find(|(of, _)| of == at).or(most).filter(|_| own(subject) && subject.clock.own > 0);
        if let Some((_, reading)) = reading {
            device.timeline.corrections.insert(*at, reading.correction());
        }
        if subject.clock.newest_first() {
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

/// When the outputs of an artifact ran whose own time is not stated: with the command that states one, or as the name of the
/// artifact says, at the latest.
fn ran(scan: &ArtifactScan) -> Option<Stamp> {
    const LAST_SECOND: i64 = 86_399;
    let command = scan.anchor.as_ref().filter(|anchor| anchor.is_end).map(|anchor| anchor.stamp.clone());
    let named = || scan.made.clone().map(|stamp| if stamp.wall_millis() % 86_400_000 == 0 { stamp.moved(LAST_SECOND) } else { stamp });
    command.or_else(named)
}

fn add(device: &mut Device, at: usize, subject: &Subject, scan: &ArtifactScan) {
    let anchors = device.anchors.clone();
    let anchor = anchors.get(&at);
    let Device { timeline, latest, occurrences, .. } = device;
    let mut late = |stamp: Option<&Stamp>| {
        let Some(stamp) = stamp.filter(|stamp| stamp.has_year()) else { return };
        let stamp = timeline.corrected(at, stamp);
        if latest.as_ref().is_none_or(|known| known.unix_seconds() < stamp.unix_seconds()) {
            *latest = Some(stamp);
        }
    };
    late(subject.dated.as_ref().map(|(_, last)| last));
    late(anchor.map(|anchor| &anchor.stamp));
    let position = scan.subjects.iter().position(|of| std::ptr::eq(of, subject));
    let sightings = scan.sightings.lines.iter().filter(|sighting| Some(sighting.subject) == position);
    let copied = occurrences.add(at, sightings, |stamp| dated(stamp, anchor));
    occurrences.incomplete |= scan.sightings.more;
    for (id, tally) in &subject.tallies {
        let count = tally.count.saturating_sub(copied.counts.get(id).copied().unwrap_or(0));
        if count == 0 {
            continue;
        }
        let seen = device.tallies.entry(*id).or_default();
        seen.count += count;
        for found in tally.kept().filter(|found| !copied.places.contains(&found.place)) {
            let time = dated(found.time.clone(), anchor);
            late(time.as_ref());
            seen.matches.push((at, Match { time, ..found.clone() }));
        }
    }
    for (id, run) in &subject.pairs {
        let known = device.pairs.entry(*id).or_default();
        *known = known.then(if subject.clock.newest_first() { run.reversed() } else { *run });
    }
    for fact in &subject.facts {
        let sample = Sample {
            value: fact.value.clone(),
            excerpt: fact.excerpt.clone(),
            artifact: at,
            place: fact.place,
            time: dated(fact.time.clone(), anchor),
        };
        device.facts.entry(fact.name.clone()).or_default().push(sample);
    }
    for seen in &subject.sections {
        device.sections.entry(seen.section).or_default().push((at, seen.clone()));
    }
}

/// Keeps the first and last few.
fn thin(matches: &mut Vec<(usize, Match)>) {
    if matches.len() > 2 * KEPT {
        matches.drain(KEPT..matches.len() - KEPT);
    }
}

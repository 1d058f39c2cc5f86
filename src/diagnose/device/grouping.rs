//! Who wrote what: subjects of all artifacts become the devices of the case.
//!
//! A subject with a host name belongs to the device of that name; one whose name is an address, to the device that states the address
//! or that its files are named after. One without is matched by serial number, else by the name or the
//! address in the name of its file, else it belongs to the only named device of its folder or archive, else of the one around it, else of the case; where
//! there are several, or none, it stays a device of its own. What a capture shows goes to who sent it (`origin.rs`).

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use rayon::prelude::*;

use super::fairest::{Candidate, Shows, fairest};
use super::filenames::{self, Hosts};
use super::folders::{Named, Owners, Unnamed};
use super::group::{Group, Groups, Member, Stated, serials_of};
use super::names;
use super::origin::{self, Known, Origin};
use super::renamed::{self, join_renamed};
use super::{Asked, Device, merge};
use crate::intake::{Content, Limits};
use crate::rules::library;
use crate::scan::evidence::{ArtifactScan, Identity, Subject};
use crate::scan::sighting::Sighting;

/// The devices of a case, by id, and what those show that there are beyond the limit `devices`; `shown` says it of one. What the
/// artifacts say of devices moves there: no subjects are left.
pub(in crate::diagnose) fn devices<'a>(
    artifacts: &mut [ArtifactScan],
    asked: &Asked<'_>,
    limits: &Limits,
    shown: &(dyn Fn(Device) -> Shows<'a> + Sync),
) -> (Vec<Device>, Vec<Shows<'a>>) {
    let groups = grouped(artifacts);
    let mut parts = Parts::of(artifacts, groups.iter().flat_map(|(_, members, _)| members));
    let mut groups: Vec<(String, Vec<Part>, origin::Doubts)> = groups
        .into_iter()
        .map(|(key, members, doubts)| (key, members.into_iter().filter_map(|place| parts.take(place)).collect(), doubts))
        .collect();
    let artifacts = &*artifacts;
    let kept = usize::try_from(limits.matches / 2).unwrap_or(usize::MAX);
    let device = |key: &str, parts, doubts| Device { doubts, ..merge(key, parts, artifacts, asked, kept) };
    let most = usize::try_from(limits.devices).unwrap_or(usize::MAX);
    let mut left_out = Vec::new();
    if groups.len() > most {
        let candidate = |(key, parts, doubts): &(String, Vec<Part>, origin::Doubts)| {
            Candidate::new(parts, artifacts, shown(device(key, parts.clone(), doubts.clone())))
        };
        let candidates: Vec<Candidate<'a>> = groups.par_iter().map(candidate).collect();
        let fairest = fairest(&candidates, most);
        let mut at = 0..;
        groups.retain(|_| at.next().is_some_and(|at| fairest.contains(&at)));
        left_out.extend(candidates.into_iter().enumerate().filter(|(at, _)| !fairest.contains(at)).map(|(_, one)| one.shows));
    }
    let mut devices: Vec<Device> = groups.into_par_iter().map(|(key, parts, doubts)| device(&key, parts, doubts)).collect();
    devices.sort_by(|a, b| a.id.cmp(&b.id));
    distinguish(&mut devices);
    (devices, left_out)
}

/// Ids of devices that bear one name, or of a text that names none: by serial number, else by number.
fn distinguish(devices: &mut [Device]) {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    devices.iter().for_each(|device| *counts.entry(device.id.clone()).or_default() += 1);
    let mut met: BTreeMap<String, usize> = BTreeMap::new();
    for device in devices.iter_mut().filter(|device| counts.get(&device.id).is_some_and(|count| *count > 1)) {
        let number = met.entry(device.id.clone()).or_default();
        *number += 1;
        let serial = device.identity.serial.as_ref().filter(|_| device.identity.hostname.is_some());
        match (serial, *number) {
            (Some(serial), _) => device.id = format!("{} ({serial})", device.id),
            (None, 1) => {}
            (None, number) => device.id = format!("{} ({number})", device.id),
        }
    }
}

/// What one artifact says of one device.
#[derive(Clone, Debug)]
pub(super) struct Part {
    /// Position of the artifact.
    pub(super) artifact: usize,
    /// Apart from the others of its artifact, so that each goes when it is done with.
    pub(super) subject: Box<Subject>,
    /// The lines of its own on which signals were seen.
    pub(super) sightings: Vec<Sighting>,
}

/// The parts of all devices, by artifact and subject, and how many devices still want each.
struct Parts(Vec<Vec<(usize, Option<Part>)>>);

impl Parts {
    /// Takes the subjects out of their artifacts.
    fn of<'a>(artifacts: &mut [ArtifactScan], wanted: impl Iterator<Item = &'a (usize, usize)>) -> Self {
        let taken = artifacts.iter_mut().enumerate().map(|(artifact, scan)| {
            // Collected in place, they would keep the room of whole subjects.
            let mut parts = Vec::with_capacity(scan.subjects.len());
            for subject in std::mem::take(&mut scan.subjects) {
                parts.push((0, Some(Part { artifact, subject: Box::new(subject), sightings: Vec::new() })));
            }
            let mut sightings = std::mem::take(&mut scan.sightings.lines);
            if let [(_, Some(only))] = parts.as_mut_slice() {
                sightings.retain(|sighting| sighting.subject == 0);
                only.sightings = sightings;
                return parts;
            }
            for sighting in sightings {
                if let Some((_, Some(part))) = parts.get_mut(sighting.subject) {
                    part.sightings.push(sighting);
                }
            }
            parts
        });
        let mut parts = Self(taken.collect());
        for (artifact, place) in wanted {
            if let Some((count, _)) = parts.0.get_mut(*artifact).and_then(|parts| parts.get_mut(*place)) {
                *count += 1;
            }
        }
        parts
    }

    fn take(&mut self, (artifact, place): (usize, usize)) -> Option<Part> {
        let (count, part) = self.0.get_mut(artifact)?.get_mut(place)?;
        *count = count.saturating_sub(1);
        if *count > 0 { part.clone() } else { part.take() }
    }
}

/// A device: its name, its subjects, and what is not certain of them.
type Grouped = (String, Vec<(usize, usize)>, origin::Doubts);

/// Positions of the subjects of every device, by artifact and among those of the artifact, with the name of the device in lower case.
fn grouped(artifacts: &[ArtifactScan]) -> Vec<Grouped> {
    let mut groups = Groups::new();
    let (mut unnamed, mut captured) = (Vec::new(), Vec::new());
    for (artifact, scan) in artifacts.iter().enumerate() {
        let given = renamed::given(scan);
        for (place, subject) in scan.subjects.iter().enumerate().filter(|(_, subject)| !is_blank(subject, scan)) {
            let member = Member { artifact, place, subject };
            match &subject.identity.hostname {
                Some(host) => groups.entry(renamed::last(host, &given)).or_default().add(member),
                None if is_capture(scan) => captured.push(member),
                None => unnamed.push(member),
            }
        }
    }
    unnamed.extend(names::part_by_serials(&mut groups));
    names::join_full_names(&mut groups);
    names::join_cut_names(&mut groups);
    join_units(&mut groups);
    join_addresses(&mut groups);
    join_filed_addresses(&mut groups, artifacts);
    join_renamed(&mut groups, artifacts);
    let folders = Unnamed::new(artifacts);
    for (key, member) in adopted(&groups, unnamed, artifacts, &folders) {
        groups.entry(key).or_default().add(member);
    }
    let sent = origin::of_captures(&captured, &Known::new(&groups, artifacts));
    let mut doubts: BTreeMap<String, origin::Doubts> = BTreeMap::new();
    for Origin { member, device, doubt } in sent {
        let key = device.unwrap_or_else(|| own_key(member, &artifacts[member.artifact], &folders));
        let doubts = doubts.entry(key.clone()).or_default();
        doubts.extend(doubt.map(|doubt| ((member.artifact, member.subject.client), doubt)));
        groups.entry(key).or_default().add(member);
    }
    let places = |group: Group<'_>| group.members.iter().map(|member| (member.artifact, member.place)).collect();
    groups
        .into_iter()
        .map(|(key, group)| {
            let doubts = doubts.remove(&key).unwrap_or_default();
            (key, places(group), doubts)
        })
        .collect()
}

/// The keys of the devices that subjects without a host name belong to.
fn adopted<'a>(
    groups: &Groups<'a>,
    unnamed: Vec<Member<'a>>,
    artifacts: &[ArtifactScan],
    folders: &Unnamed<'_>,
) -> Vec<(String, Member<'a>)> {
    let named = Named::new(groups, artifacts);
    let mut serials: BTreeMap<&str, &str> = BTreeMap::new();
    for (host, group) in groups {
        for serial in &group.serials {
            serials.entry(serial).or_insert(host);
        }
    }
    let hosts = Hosts::new(groups.keys().map(String::as_str).filter(|key| !key.starts_with(char::is_control)));
    let owners = Owners::new(groups, artifacts);
    let allows = |host: &str, subject: &Subject| groups.get(host).is_some_and(|group| group.allows(&Stated::by(subject)));
    let adopter = |Member { artifact, subject, .. }: Member<'_>| {
        let path = &artifacts[artifact].path;
        let by_serial = serials_of(subject).find_map(|serial| serials.get(serial.as_str()).map(|host| (*host).to_owned()));
        let by_name = || own_name(subject).filter(|name| groups.contains_key(name));
        let by_file = || hosts.named_by(path.file_name()).filter(|host| allows(host, subject)).map(str::to_owned);
        let by_owner = || owners.named_by(path).filter(|host| allows(host, subject)).map(str::to_owned);
        by_serial.or_else(by_name).or_else(by_file).or_else(by_owner).or_else(|| {
            let mut around = named.around(path).iter();
            let (Some(host), None) = (around.next(), around.next()) else { return None };
            let another = filenames::are_of_two(&filenames::owner(path.file_name()), &filenames::owner(host));
            (!another && allows(host, subject)).then(|| (*host).to_owned())
        })
    };
    let key = |member: Member<'_>| adopter(member).unwrap_or_else(|| own_key(member, &artifacts[member.artifact], folders));
    unnamed.into_iter().map(|member| (key(member), member)).collect()
}

/// Units of one stack or pair that give themselves names of their own (`wlc-1-stby`, `sw1-2`) become one with the
/// device whose name theirs holds, when they list the same serial numbers. What IOS itself calls the standby needs no
/// other proof, as long as the numbers do not speak against it.
fn join_units(groups: &mut Groups<'_>) {
    let names: Vec<String> = groups.keys().cloned().collect();
    for name in names {
        let separators = || name.char_indices().filter(|(_, c)| matches!(c, '-' | '_' | '.'));
        let front = separators().map(|(at, _)| (&name[..at], &name[at + 1..]));
        let back = separators().map(|(at, _)| (&name[at + 1..], &name[..at]));
        let whole = front.chain(back).find(|(base, unit)| {
            let (Some(own), Some(others)) = (groups.get(&name), groups.get(*base)) else { return false };
            let silent = own.serials.is_empty() || others.serials.is_empty();
            !own.serials.is_disjoint(&others.serials) || (silent && matches!(*unit, "stby" | "standby"))
        });
        if let Some((base, _)) = whole
            && let Some(group) = groups.remove(&name)
        {
            groups.entry(base.to_owned()).or_default().join(group);
        }
    }
}

/// What a collector knows by its address only becomes one with the one device that says the address is its own.
fn join_addresses(groups: &mut Groups<'_>) {
    let names: Vec<(String, IpAddr)> = groups.keys().filter_map(|name| Some((name.clone(), name.parse().ok()?))).collect();
    if names.is_empty() {
        return;
    }
    let mut owners: BTreeMap<IpAddr, BTreeSet<String>> = BTreeMap::new();
    for (name, group) in groups.iter() {
        for address in group.members.iter().flat_map(|member| &member.subject.identity.addresses) {
            owners.entry(*address).or_default().insert(name.clone());
        }
    }
    for (name, address) in names {
        let mut others = owners.get(&address).into_iter().flatten().filter(|owner| **owner != name);
        let (Some(owner), None) = (others.next().cloned(), others.next()) else { continue };
        let same = groups.get(&name).is_some_and(|own| groups.get(&owner).is_some_and(|group| group.allows_all(own)));
        if same && let Some(group) = groups.remove(&name) {
            for address in group.members.iter().flat_map(|member| &member.subject.identity.addresses) {
                let owners = owners.entry(*address).or_default();
                owners.remove(&name);
                owners.insert(owner.clone());
            }
            groups.entry(owner).or_default().join(group);
        }
    }
}

/// What a collector knows by its address only, and files under the name of one device, becomes one with that device. So does the only
/// one of a case that is known so with the only one that has a name, unless the addresses of that one are known and others.
fn join_filed_addresses(groups: &mut Groups<'_>, artifacts: &[ArtifactScan]) {
    let is_address = |name: &str| name.parse::<IpAddr>().is_ok();
    let addressed: Vec<String> = groups.keys().filter(|name| is_address(name)).cloned().collect();
    if addressed.is_empty() {
        return;
    }
    let named: Vec<String> = groups.keys().filter(|name| !is_address(name)).cloned().collect();
    let hosts = Hosts::new(named.iter().map(String::as_str));
    let only = named.first().filter(|_| (addressed.len(), named.len()) == (1, 1));
    let mut joined: Vec<(String, String)> = Vec::new();
    for name in addressed {
        let Some(own) = groups.get(&name) else { continue };
        let files: BTreeSet<Option<&str>> =
            own.members.iter().map(|member| hosts.named_by(artifacts[member.artifact].path.file_name())).collect();
        let filed = files.first().copied().flatten().filter(|_| files.len() == 1);
        // A log of several devices bears the name of none of them.
        let alone = own.members.iter().all(|member| {
            let others = artifacts[member.artifact].subjects.iter().filter_map(|subject| subject.identity.hostname.as_deref());
            others.into_iter().all(|host| host.eq_ignore_ascii_case(&name))
        });
        let states_none = |host: &&str| {
            let members = groups.get(*host).into_iter().flat_map(|group| &group.members);
            members.into_iter().all(|member| member.subject.identity.addresses.is_empty())
        };
        let of_another = |host: &&str| {
            let owners = own.members.iter().map(|member| filenames::owner(artifacts[member.artifact].path.file_name()));
            owners.into_iter().any(|owner| filenames::are_of_two(&owner, host))
        };
        let only = || only.map(String::as_str).filter(states_none).filter(|host| !of_another(host));
        let owner = filed.or_else(only).filter(|_| alone);
        // No appliance writes messages with mnemonics.
        let commanded = own.members.iter().any(|member| member.subject.commanded);
        let is_appliance = |group: &Group<'_>| {
            group.members.iter().any(|member| member.subject.identity.platform.as_deref().is_some_and(library::is_appliance))
                && !group.members.iter().any(|member| member.subject.commanded)
        };
        let may_be = |group: &Group<'_>| group.allows_all(own) && !(commanded && is_appliance(group));
        if let Some(owner) = owner.filter(|owner| groups.get(*owner).is_some_and(may_be)) {
            joined.push((name, owner.to_owned()));
        }
    }
    for (name, owner) in joined {
        if let Some(group) = groups.remove(&name) {
            groups.entry(owner).or_default().join(group);
        }
    }
}

pub(super) fn is_capture(scan: &ArtifactScan) -> bool {
    matches!(scan.content, Content::Pcap | Content::Pcapng)
}

fn is_blank(subject: &Subject, scan: &ArtifactScan) -> bool {
    let silent = subject.tallies.is_empty()
        && subject.compared.is_empty()
        && subject.facts.is_empty()
        && subject.sections.is_empty()
        && subject.identity == Identity::default();
    silent && (scan.subjects.len() > 1 || scan.packets.is_none())
}

/// The name a subject gives itself, as a key.
pub(super) fn own_name(subject: &Subject) -> Option<String> {
    subject.identity.name.as_deref().map(str::to_lowercase)
}

/// The key of a device no artifact names: the name it gives itself, its serial number, else the folder when its few artifacts could all be of
/// one device, else the artifact.
fn own_key(Member { subject, place, .. }: Member<'_>, scan: &ArtifactScan, folders: &Unnamed<'_>) -> String {
    if let Some(name) = own_name(subject) {
        return name;
    }
    if let Some(serial) = &subject.identity.serial {
        return format!("\u{1}{}", serial.to_lowercase());
    }
    // A text that shows several devices and names none of them shows them in this order.
    if !is_capture(scan)
        && scan.subjects.iter().filter(|subject| subject.identity.hostname.is_none() && !is_blank(subject, scan)).nth(1).is_some()
    {
        return format!("\u{2}{}\u{1}{place}", scan.path.as_str());
    }
    folders.key(&scan.path)
}

//! Who wrote what: subjects of all artifacts become the devices of the case.
//!
//! A subject with a host name belongs to the device of that name. One without is matched by serial number, else it
//! belongs to the only named device of its folder or archive, else of the one around it, else of the case; where
//! there are several, or none, it stays a device of its own. What a capture shows goes to who sent it (`origin.rs`).

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::folders::{Named, Unnamed};
use super::group::{Groups, Stated, serials_of};
use super::origin::{self, Known};
use super::{Device, merge};
use crate::intake::Content;
use crate::scan::evidence::{ArtifactScan, Identity, Subject};

/// Groups the subjects of a case.
pub(in crate::diagnose) fn devices(artifacts: &[ArtifactScan]) -> Vec<Device> {
    let subjects: Vec<(usize, &Subject)> = artifacts
        .iter()
        .enumerate()
        .flat_map(|(at, scan)| scan.subjects.iter().filter(|subject| !is_blank(subject, scan)).map(move |subject| (at, subject)))
        .collect();
    let mut groups = Groups::new();
    let (mut unnamed, mut captured) = (Vec::new(), Vec::new());
    for (at, subject) in subjects {
        match &subject.identity.hostname {
            Some(host) => groups.entry(host.to_lowercase()).or_default().add(at, subject),
            None if is_capture(&artifacts[at]) => captured.push((at, subject)),
            None => unnamed.push((at, subject)),
        }
    }
    join_units(&mut groups);
    join_addresses(&mut groups);
    let folders = Unnamed::new(artifacts);
    for (key, at, subject) in adopted(&groups, unnamed, artifacts, &folders) {
        groups.entry(key).or_default().add(at, subject);
    }
    let sent = origin::of_captures(&captured, &Known::new(&groups, artifacts));
    let mut doubts: BTreeMap<String, origin::Doubts> = BTreeMap::new();
    for origin in sent {
        let key = origin.device.unwrap_or_else(|| own_key(origin.subject, &artifacts[origin.artifact], &folders));
        let doubts = doubts.entry(key.clone()).or_default();
        doubts.extend(origin.doubt.map(|doubt| ((origin.artifact, origin.subject.client), doubt)));
        groups.entry(key).or_default().add(origin.artifact, origin.subject);
    }
    let merged = groups.into_iter().map(|(key, group)| {
        let doubts = doubts.remove(&key).unwrap_or_default();
        Device { doubts, ..merge(&key, group.members, artifacts) }
    });
    let mut devices: Vec<Device> = merged.collect();
    devices.sort_by(|a, b| a.id.cmp(&b.id));
    // Several devices of one text that names none of them.
    let mut previous = (String::new(), 1);
    for device in &mut devices {
        if device.id == previous.0 {
            previous.1 += 1;
            device.id = format!("{} ({})", device.id, previous.1);
        } else {
            previous = (device.id.clone(), 1);
        }
    }
    devices
}

/// The keys of the devices that subjects without a host name belong to.
fn adopted<'a>(
    groups: &Groups<'a>,
    unnamed: Vec<(usize, &'a Subject)>,
    artifacts: &[ArtifactScan],
    folders: &Unnamed<'_>,
) -> Vec<(String, usize, &'a Subject)> {
    let named = Named::new(groups, artifacts);
    let mut serials: BTreeMap<&str, &str> = BTreeMap::new();
    for (host, group) in groups {
        for serial in &group.serials {
            serials.entry(serial).or_insert(host);
        }
    }
    let adopter = |at: usize, subject: &Subject| {
        let by_serial = serials_of(subject).find_map(|serial| serials.get(serial.as_str()).map(|host| (*host).to_owned()));
        let by_name = || own_name(subject).filter(|name| groups.contains_key(name));
        by_serial.or_else(by_name).or_else(|| {
            let mut around = named.around(&artifacts[at].path).iter();
            let (Some(host), None) = (around.next(), around.next()) else { return None };
            groups.get(*host).filter(|group| group.allows(&Stated::by(subject))).map(|_| (*host).to_owned())
        })
    };
    unnamed
        .into_iter()
        .map(|(at, subject)| (adopter(at, subject).unwrap_or_else(|| own_key(subject, &artifacts[at], folders)), at, subject))
        .collect()
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
        for address in group.members.iter().flat_map(|(_, of)| &of.identity.addresses) {
            owners.entry(*address).or_default().insert(name.clone());
        }
    }
    for (name, address) in names {
        let mut others = owners.get(&address).into_iter().flatten().filter(|owner| **owner != name);
        let (Some(owner), None) = (others.next().cloned(), others.next()) else { continue };
        let same = groups.get(&name).is_some_and(|own| groups.get(&owner).is_some_and(|group| group.allows_all(own)));
        if same && let Some(group) = groups.remove(&name) {
            for address in group.members.iter().flat_map(|(_, of)| &of.identity.addresses) {
                let owners = owners.entry(*address).or_default();
                owners.remove(&name);
                owners.insert(owner.clone());
            }
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
fn own_key(subject: &Subject, scan: &ArtifactScan, folders: &Unnamed<'_>) -> String {
    if let Some(name) = own_name(subject) {
        return name;
    }
    if let Some(serial) = &subject.identity.serial {
        return format!("\u{1}{}", serial.to_lowercase());
    }
    // A text that shows several devices and names none of them shows them in this order.
    if !is_capture(scan)
        && scan.subjects.iter().filter(|subject| subject.identity.hostname.is_none() && !is_blank(subject, scan)).nth(1).is_some()
        && let Some(place) = scan.subjects.iter().position(|known| std::ptr::eq(known, subject))
    {
        return format!("\u{2}{}\u{1}{place}", scan.path);
    }
    let folder = scan.path.parent();
    if folders.is_one_device(folder) && !folder.is_empty() { format!("\u{2}{folder}") } else { format!("\u{2}{}", scan.path) }
}

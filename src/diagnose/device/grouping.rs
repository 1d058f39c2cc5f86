//! Who wrote what: subjects of all artifacts become the devices of the case.
//!
//! A subject with a host name belongs to the device of that name. One without is matched by serial number, else it
//! belongs to the only named device of its folder or archive, else of the one around it, else of the case; where
//! there are several, or none, it stays a device of its own. What a capture shows goes to who sent it (`origin.rs`).

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::origin::{self, Known};
use super::{Device, merge};
use crate::intake::Content;
use crate::rules::library::family;
use crate::scan::evidence::{ArtifactScan, Identity, Subject};

/// Subjects by the name of their device, in lower case; what nobody named has a key that begins with a control character.
pub(super) type Groups<'a> = BTreeMap<String, Vec<(usize, &'a Subject)>>;

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
            Some(host) => {
                let key = host.to_lowercase();
                groups.entry(key).or_default().push((at, subject));
            }
            None if is_capture(&artifacts[at]) => captured.push((at, subject)),
            None => unnamed.push((at, subject)),
        }
    }
    join_units(&mut groups);
    join_addresses(&mut groups);
    let mut serials: BTreeMap<String, String> = BTreeMap::new();
    for (host, members) in &groups {
        for serial in members.iter().flat_map(|(_, subject)| serials_of(subject)) {
            serials.entry(serial).or_insert_with(|| host.clone());
        }
    }
    let mut adopted: Vec<(String, usize, &Subject)> = Vec::new();
    for (at, subject) in unnamed {
        let by_serial = serials_of(subject).find_map(|serial| serials.get(&serial).cloned());
        let by_name = || own_name(subject).filter(|name| groups.contains_key(name));
        let adopter = by_serial.or_else(by_name).or_else(|| match &named_around(&groups, artifacts, at)[..] {
            [host] => Some(*host).filter(|host| agree(subject, &groups[*host])).cloned(),
            _ => None,
        });
        adopted.push((adopter.unwrap_or_else(|| own_key(subject, &artifacts[at], artifacts)), at, subject));
    }
    for (key, at, subject) in adopted {
        groups.entry(key).or_default().push((at, subject));
    }
    let sent = origin::of_captures(&captured, &Known::new(&groups, artifacts));
    let mut doubts: BTreeMap<String, origin::Doubts> = BTreeMap::new();
    for origin in sent {
        let key = origin.device.unwrap_or_else(|| own_key(origin.subject, &artifacts[origin.artifact], artifacts));
        let doubts = doubts.entry(key.clone()).or_default();
        doubts.extend(origin.doubt.map(|doubt| ((origin.artifact, origin.subject.client), doubt)));
        groups.entry(key).or_default().push((origin.artifact, origin.subject));
    }
    let merged = groups.into_iter().map(|(key, members)| {
        let doubts = doubts.remove(&key).unwrap_or_default();
        Device { doubts, ..merge(&key, members, artifacts) }
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

/// Units of one stack or pair that give themselves names of their own (`wlc-1-stby`, `sw1-2`) become one with the
/// device whose name theirs holds, when they list the same serial numbers. What IOS itself calls the standby needs no
/// other proof, as long as the numbers do not speak against it.
fn join_units(groups: &mut Groups<'_>) {
    let numbers =
        |members: &[(usize, &Subject)]| -> BTreeSet<String> { members.iter().flat_map(|(_, subject)| serials_of(subject)).collect() };
    let names: Vec<String> = groups.keys().cloned().collect();
    for name in names {
        let separators = || name.char_indices().filter(|(_, c)| matches!(c, '-' | '_' | '.'));
        let front = separators().map(|(at, _)| (&name[..at], &name[at + 1..]));
        let back = separators().map(|(at, _)| (&name[at + 1..], &name[..at]));
        let whole = front.chain(back).find(|(base, unit)| {
            let (Some(own), Some(others)) = (groups.get(&name), groups.get(*base)) else { return false };
            let (own, others) = (numbers(own), numbers(others));
            let silent = own.is_empty() || others.is_empty();
            !own.is_disjoint(&others) || (silent && matches!(*unit, "stby" | "standby"))
        });
        if let Some((base, _)) = whole
            && let Some(members) = groups.remove(&name)
        {
            groups.entry(base.to_owned()).or_default().extend(members);
        }
    }
}

/// What a collector knows by its address only becomes one with the one device that says the address is its own.
fn join_addresses(groups: &mut Groups<'_>) {
    let claims = |members: &[(usize, &Subject)], address: IpAddr| members.iter().any(|(_, of)| of.identity.addresses.contains(&address));
    let names: Vec<(String, IpAddr)> = groups.keys().filter_map(|name| Some((name.clone(), name.parse().ok()?))).collect();
    for (name, address) in names {
        let mut owners =
            groups.iter().filter(|(other, members)| **other != name && claims(members, address)).map(|(owner, _)| owner.clone());
        let (Some(owner), None) = (owners.next(), owners.next()) else { continue };
        let same =
            |own: &Vec<(usize, &Subject)>| own.iter().all(|(_, subject)| groups.get(&owner).is_some_and(|members| agree(subject, members)));
        if groups.get(&name).is_some_and(same)
            && let Some(members) = groups.remove(&name)
        {
            groups.entry(owner).or_default().extend(members);
        }
    }
}

/// The named devices of the nearest folder or archive around an artifact that has any.
pub(super) fn named_around<'g>(groups: &'g Groups<'_>, artifacts: &[ArtifactScan], at: usize) -> Vec<&'g String> {
    let Some(scan) = artifacts.get(at) else { return Vec::new() };
    let mut folder = scan.path.parent();
    loop {
        let lies_in = |path: &str| folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with(['/', '!']));
        let holds = |members: &[(usize, &Subject)]| {
            members.iter().any(|(at, _)| artifacts.get(*at).is_some_and(|scan| lies_in(scan.path.as_str())))
        };
        // Keys of devices that nobody named begin with a control character.
        let named: Vec<&String> =
            groups.iter().filter(|(name, members)| !name.starts_with(char::is_control) && holds(members)).map(|(name, _)| name).collect();
        if !named.is_empty() || folder.is_empty() {
            return named;
        }
        folder = parent(folder);
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

/// Every serial number a subject states, lower case: its own, those of its stack, and those of its licences' units.
pub(super) fn serials_of(subject: &Subject) -> impl Iterator<Item = String> + '_ {
    let listed = subject.facts.iter().filter(|fact| fact.name == "serial").flat_map(|fact| fact.value.split(", "));
    let units = subject.facts.iter().filter(|fact| matches!(fact.name.as_str(), "license.udi" | "license.members"));
    let units = units.flat_map(|fact| fact.value.split(", ")).filter_map(|unit| unit.split_once("SN:")).map(|(_, serial)| serial.trim());
    subject.identity.serial.iter().map(String::as_str).chain(listed).chain(units).map(str::to_lowercase)
}

/// The name a subject gives itself, as a key.
pub(super) fn own_name(subject: &Subject) -> Option<String> {
    subject.identity.name.as_deref().map(str::to_lowercase)
}

fn parent(folder: &str) -> &str {
    folder.rfind(['/', '!', '\\']).map_or("", |at| &folder[..at])
}

/// Whether an unnamed subject can be the device that `members` show.
pub(super) fn agree(subject: &Subject, members: &[(usize, &Subject)]) -> bool {
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

/// The key of a device no artifact names: the name it gives itself, its serial number, else the folder when its few artifacts could all be of
/// one device, else the artifact.
fn own_key(subject: &Subject, scan: &ArtifactScan, artifacts: &[ArtifactScan]) -> String {
    if let Some(name) = own_name(subject) {
        return name;
    }
    if let Some(serial) = &subject.identity.serial {
        return format!("\u{1}{}", serial.to_lowercase());
    }
    // A text that shows several devices and names none of them shows them in this order.
    if !is_capture(scan)
        && scan.subjects.iter().filter(|subject| subject.identity.hostname.is_none() && !is_blank(subject, scan)).count() > 1
        && let Some(place) = scan.subjects.iter().position(|known| std::ptr::eq(known, subject))
    {
        return format!("\u{2}{}\u{1}{place}", scan.path);
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

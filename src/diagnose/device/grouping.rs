//! Who wrote what: subjects of all artifacts become the devices of the case.
//!
//! A subject with a host name belongs to the device of that name. One without is matched by serial number, else it
//! belongs to the only named device of its folder or archive, else of the one around it, else of the case; where
//! there are several, or none, it stays a device of its own.

use std::collections::{BTreeMap, BTreeSet};

use super::{Device, merge};
use crate::rules::library::family;
use crate::scan::evidence::{ArtifactScan, Identity, Subject};

/// Groups the subjects of a case.
pub(in crate::diagnose) fn devices(artifacts: &[ArtifactScan]) -> Vec<Device> {
    let subjects: Vec<(usize, &Subject)> = artifacts
        .iter()
        .enumerate()
        .flat_map(|(at, scan)| scan.subjects.iter().filter(|subject| !is_blank(subject, scan)).map(move |subject| (at, subject)))
        .collect();
    let mut groups: BTreeMap<String, Vec<(usize, &Subject)>> = BTreeMap::new();
    let mut unnamed = Vec::new();
    for (at, subject) in subjects {
        match &subject.identity.hostname {
            Some(host) => {
                let key = host.to_lowercase();
                groups.entry(key).or_default().push((at, subject));
            }
            None => unnamed.push((at, subject)),
        }
    }
    join_units(&mut groups);
    let mut serials: BTreeMap<String, String> = BTreeMap::new();
    for (host, members) in &groups {
        for serial in members.iter().flat_map(|(_, subject)| serials_of(subject)) {
            serials.entry(serial).or_insert_with(|| host.clone());
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
        let by_name = || own_name(subject).filter(|name| groups.contains_key(name));
        let adopter = by_serial.or_else(by_name).or_else(|| {
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
    let mut devices: Vec<Device> = groups.into_iter().map(|(key, members)| merge(&key, members, artifacts)).collect();
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
fn join_units(groups: &mut BTreeMap<String, Vec<(usize, &Subject)>>) {
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

fn is_blank(subject: &Subject, scan: &ArtifactScan) -> bool {
    let silent =
        subject.tallies.is_empty() && subject.facts.is_empty() && subject.sections.is_empty() && subject.identity == Identity::default();
    silent && (scan.subjects.len() > 1 || scan.packets.is_none())
}

/// Every serial number a subject states, lower case: its own, those of its stack, and those of its licences' units.
fn serials_of(subject: &Subject) -> impl Iterator<Item = String> + '_ {
    let listed = subject.facts.iter().filter(|fact| fact.name == "serial").flat_map(|fact| fact.value.split(", "));
    let units = subject.facts.iter().filter(|fact| matches!(fact.name.as_str(), "license.udi" | "license.members"));
    let units = units.flat_map(|fact| fact.value.split(", ")).filter_map(|unit| unit.split_once("SN:")).map(|(_, serial)| serial.trim());
    subject.identity.serial.iter().map(String::as_str).chain(listed).chain(units).map(str::to_lowercase)
}

/// The name a subject gives itself, as a key.
fn own_name(subject: &Subject) -> Option<String> {
    subject.identity.name.as_deref().map(str::to_lowercase)
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
    if scan.subjects.iter().filter(|subject| subject.identity.hostname.is_none() && !is_blank(subject, scan)).count() > 1
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

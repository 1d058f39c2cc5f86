//! Host names that say less than they seem to: those that every device has before it is given one, and those that are
//! written in full by one source and short by another.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::group::{Group, Groups, Member, serials_of};

/// Names that devices have before anybody gives them one.
pub(super) const FACTORY: [&str; 7] = ["switch", "router", "ciscoasa", "firepower", "ios", "wlc", "controller"];

/// Parts the subjects of a factory name by their serial numbers. Gives back those of which no serial number says whose they
/// are, where there is more than one device.
pub(super) fn part_by_serials<'a>(groups: &mut Groups<'a>) -> Vec<Member<'a>> {
    let mut silent = Vec::new();
    for name in FACTORY {
        let Some(group) = groups.get(name) else { continue };
        let mut units: Vec<(BTreeSet<String>, Vec<Member<'a>>)> = Vec::new();
        let mut others = Vec::new();
        for member in &group.members {
            let mut serials: BTreeSet<String> = serials_of(member.subject).collect();
            if serials.is_empty() {
                others.push(*member);
                continue;
            }
            let mut members = vec![*member];
            // All that share a number are one device, whatever order they come in.
            for (known, of) in units.extract_if(.., |(known, _)| !known.is_disjoint(&serials)).collect::<Vec<_>>() {
                serials.extend(known);
                members.extend(of);
            }
            units.push((serials, members));
        }
        if units.len() < 2 {
            continue;
        }
        groups.remove(name);
        silent.append(&mut others);
        for (serials, members) in units {
            let mut group = Group::default();
            members.into_iter().for_each(|member| group.add(member));
            groups.insert(format!("{name} {}", serials.first().map_or("", String::as_str)), group);
        }
    }
    silent
}

/// Characters of a host name that an IOS prompt shows.
const PROMPT: usize = 20;

/// Joins a name that a prompt may have cut short and the only one that begins so, where nothing they say differs.
pub(super) fn join_cut_names(groups: &mut Groups<'_>) {
    let cut: Vec<String> = groups.keys().filter(|name| name.chars().count() == PROMPT).cloned().collect();
    for name in cut {
        let mut longer = groups.range(name.clone()..).map(|(other, _)| other).skip(1).take_while(|other| other.starts_with(&name));
        let (Some(whole), None) = (longer.next().cloned(), longer.next()) else { continue };
        let same = groups.get(&name).is_some_and(|own| groups.get(&whole).is_some_and(|group| group.allows_all(own)));
        if same && let Some(group) = groups.remove(&name) {
            groups.entry(whole).or_default().join(group);
        }
    }
}

/// Joins `sw1` and `sw1.example.com`, where nothing they say differs and no other name in full begins so.
pub(super) fn join_full_names(groups: &mut Groups<'_>) {
    let mut full: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for name in groups.keys().filter(|name| name.parse::<IpAddr>().is_err()) {
        if let Some((label, _)) = name.split_once('.') {
            full.entry(label.to_owned()).or_default().push(name.clone());
        }
    }
    for (label, names) in full {
        let [name] = names.as_slice() else { continue };
        let same = groups.get(name).is_some_and(|own| groups.get(&label).is_some_and(|short| short.allows_all(own)));
        if same && let Some(group) = groups.remove(name) {
            groups.entry(label).or_default().join(group);
        }
    }
}

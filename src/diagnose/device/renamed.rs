//! Devices that were given another name in the course of the case: by a command of a session, after which the prompt shows it; or one
//! serial number, under one name first and under another later. Only where it is certain: whoever lists several numbers may be a stack or half of a pair, and what is said of both names at
//! once, or without a time, may be two devices of which one quotes the other.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::group::{Group, Groups, Member};
use crate::scan::evidence::ArtifactScan;
use crate::scan::window::ran;

/// Joins the groups of each serial number that several names had one after the other; the last name is the device's.
pub(super) fn join_renamed(groups: &mut Groups<'_>, artifacts: &[ArtifactScan]) {
    let mut names: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, group) in groups.iter().filter(|(name, _)| !name.starts_with(char::is_control)) {
        if let Some(serial) = group.only_serial() {
            names.entry(serial.to_owned()).or_default().push(name.clone());
        }
    }
    // A number that others list among theirs is one of a stack.
    let listed: BTreeSet<&String> = groups.values().filter(|group| group.serials.len() > 1).flat_map(|group| &group.serials).collect();
    names.retain(|serial, names| names.len() > 1 && !listed.contains(serial));
    for names in names.into_values() {
        let mut spans: Vec<(i64, i64, String)> = Vec::new();
        for name in &names {
            let Some((first, last)) = groups.get(name).and_then(|group| span(group, artifacts)) else { break };
            spans.push((first, last, name.clone()));
        }
        spans.sort();
        let in_turn = spans.windows(2).all(|pair| matches!(pair, [before, after] if before.1 < after.0));
        let alike = names.windows(2).all(|pair| match pair {
            [one, other] => groups.get(one).zip(groups.get(other)).is_some_and(|(one, other)| one.is_of_one_system(other)),
            _ => false,
        });
        let Some((.., name)) = spans.last().filter(|_| spans.len() == names.len() && in_turn && alike).cloned() else { continue };
        for (.., earlier) in &spans {
            if *earlier != name
                && let Some(group) = groups.remove(earlier)
            {
                groups.entry(name.clone()).or_default().join(group);
            }
        }
    }
}

/// The names that devices were given by commands of a session, by those that they had before, in lower case.
pub(super) fn given(scan: &ArtifactScan) -> HashMap<String, String> {
    let names = scan.subjects.iter().filter_map(|subject| subject.identity.hostname.as_deref().zip(subject.became.as_deref()));
    names.map(|(before, name)| (before.to_lowercase(), name.to_lowercase())).collect()
}

/// The last name of a device, in lower case.
pub(super) fn last(host: &str, given: &HashMap<String, String>) -> String {
    let mut name = host.to_lowercase();
    // Each name is followed once, however they go in a circle.
    for _ in 0..given.len() {
        match given.get(&name) {
            Some(next) => name.clone_from(next),
            None => break,
        }
    }
    name
}

/// When the device had its name: from the first to the last moment known of what it says, in seconds. `None` where of some of it
/// nobody knows when. A session is of the time of its commands; the log that it quotes may be older than the name.
fn span(group: &Group<'_>, artifacts: &[ArtifactScan]) -> Option<(i64, i64)> {
    let of = |Member { artifact, subject, .. }: &Member<'_>| {
        let (first, last) = artifacts.get(*artifact).and_then(ran).or_else(|| subject.dated.as_deref().cloned())?;
        Some((first.unix_seconds()?, last.unix_seconds()?))
    };
    let spans: Option<Vec<(i64, i64)>> = group.members.iter().map(of).collect();
    let spans = spans?;
    Some((spans.iter().map(|span| span.0).min()?, spans.iter().map(|span| span.1).max()?))
}

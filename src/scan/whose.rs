//! Whether an output is of the device whose lines come before it in the same text.

use std::collections::BTreeSet;

use super::evidence::Subject;
use super::section::Value;
use crate::rules::model::Identity;

/// What an output or a subject says of the hardware. Numbers of one kind are compared with their like only: a chassis
/// and its supervisor have different ones.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Marks<'a> {
    platforms: BTreeSet<&'a str>,
    /// Serial numbers that `show version` states of all members.
    serials: BTreeSet<String>,
    /// Serial numbers of the units that licensing knows.
    units: BTreeSet<String>,
}

impl<'a> Marks<'a> {
    pub(super) fn of_values(values: &'a [Value]) -> Self {
        let platforms = values.iter().filter(|value| value.identity == Some(Identity::Platform)).map(|value| value.value.as_str());
        Self::of(platforms, values.iter().map(|value| (value.name.as_str(), value.value.as_str())))
    }

    pub(super) fn of_subject(subject: &'a Subject) -> Self {
        // What its log lines look like is a guess; what its outputs say is not.
        let platforms = subject.facts.iter().filter(|fact| fact.name == "platform").map(|fact| fact.value.as_str());
        Self::of(platforms, subject.facts.iter().map(|fact| (fact.name.as_str(), fact.value.as_str())))
    }

    fn of(platforms: impl Iterator<Item = &'a str>, named: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let mut marks = Self { platforms: platforms.map(system).collect(), ..Self::default() };
        for (name, value) in named {
            let parts = value.split(", ").map(str::to_lowercase);
            match name {
                "serial" => marks.serials.extend(parts),
                "license.udi" | "license.members" => {
                    marks.units.extend(parts.filter_map(|unit| unit.split_once("sn:").map(|(_, serial)| serial.trim().to_owned())));
                }
                _ => {}
            }
        }
        marks
    }

    /// Cannot be the same device.
    pub(super) fn contradict(&self, other: &Self) -> bool {
        let apart = |a: &BTreeSet<String>, b: &BTreeSet<String>| !a.is_empty() && !b.is_empty() && a.is_disjoint(b);
        let elsewhere = !self.platforms.is_empty() && !other.platforms.is_empty() && self.platforms.is_disjoint(&other.platforms);
        elsewhere || apart(&self.serials, &other.serials) || apart(&self.units, &other.units)
    }

    /// Must be the same device.
    pub(super) fn agree(&self, other: &Self) -> bool {
        let shared = !self.serials.is_disjoint(&other.serials) || !self.units.is_disjoint(&other.units);
        shared && !self.contradict(other)
    }
}

/// Facts that tell hardware apart, besides those that say of what kind it is.
const TELLING: [&str; 3] = ["serial", "license.udi", "license.members"];

/// Whether a fact of this name, which may have `{group}`s in it, may tell hardware apart.
pub(super) fn may_tell(name: &str) -> bool {
    let begin = name.split('{').next().unwrap_or(name);
    TELLING.iter().any(|telling| telling.starts_with(begin))
}

/// Names of platforms that different outputs of one device give it.
fn system(platform: &str) -> &str {
    match platform {
        "wlc-9800" | "ios" => "ios-xe",
        "aci" => "nx-os",
        other => other,
    }
}

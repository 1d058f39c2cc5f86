//! The subjects of one device, and what they say of it together: enough to tell whether another subject can be of it.

use std::collections::{BTreeMap, BTreeSet};

use crate::rules::library::family;
use crate::scan::evidence::Subject;

/// Groups by the name of their device, in lower case; what nobody named has a key that begins with a control character.
pub(super) type Groups<'a> = BTreeMap<String, Group<'a>>;

/// A subject and where it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member<'a> {
    /// Position of its artifact.
    pub(super) artifact: usize,
    /// Its position among the subjects of the artifact.
    pub(super) place: usize,
    pub(super) subject: &'a Subject,
}

/// The subjects of one device.
#[derive(Clone, Debug, Default)]
pub(super) struct Group<'a> {
    pub(super) members: Vec<Member<'a>>,
    /// Every serial number that one of them states.
    pub(super) serials: BTreeSet<String>,
    /// The serial numbers of each that states some.
    listed: BTreeSet<BTreeSet<String>>,
    versions: Common<String>,
    families: Common<&'a str>,
}

/// A value that several may state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Common<T> {
    /// Nobody states one.
    #[default]
    Unstated,
    /// All that state one state this.
    One(T),
    /// They state different ones.
    Several,
}

impl<T: PartialEq> Common<T> {
    /// Adds what one of them states.
    pub(super) fn add(&mut self, stated: Option<T>) {
        *self = match (std::mem::take(self), stated) {
            (Self::Unstated, Some(stated)) => Self::One(stated),
            (Self::One(known), Some(stated)) if known != stated => Self::Several,
            (known, _) => known,
        };
    }

    /// Nothing that was stated differs from this.
    fn allows(&self, stated: Option<&T>) -> bool {
        match (self, stated) {
            (Self::Unstated, _) | (_, None) => true,
            (Self::One(known), Some(stated)) => known == stated,
            (Self::Several, Some(_)) => false,
        }
    }
}

/// What one subject says of the device it is.
#[derive(Clone, Debug)]
pub(super) struct Stated<'a> {
    version: Option<String>,
    family: Option<&'a str>,
    has_serial: bool,
    serials: BTreeSet<String>,
}

impl<'a> Stated<'a> {
    pub(super) fn by(subject: &'a Subject) -> Self {
        Self {
            version: subject.identity.version.as_deref().map(str::to_ascii_lowercase),
            family: subject.identity.platform.as_deref().map(family),
            has_serial: subject.identity.serial.is_some(),
            serials: serials_of(subject).collect(),
        }
    }
}

impl<'a> Group<'a> {
    /// Adds a subject.
    pub(super) fn add(&mut self, member: Member<'a>) {
        let stated = Stated::by(member.subject);
        self.versions.add(stated.version);
        self.families.add(stated.family);
        self.serials.extend(stated.serials.iter().cloned());
        if !stated.serials.is_empty() {
            self.listed.insert(stated.serials);
        }
        self.members.push(member);
    }

    /// Adds all of another group.
    pub(super) fn join(&mut self, other: Group<'a>) {
        other.members.into_iter().for_each(|member| self.add(member));
    }

    /// The one serial number it has, where it lists no other.
    pub(super) fn only_serial(&self) -> Option<&str> {
        self.serials.first().filter(|_| self.serials.len() == 1).map(String::as_str)
    }

    /// Whether nothing says that another runs another system.
    pub(super) fn is_of_one_system(&self, other: &Self) -> bool {
        match (&self.families, &other.families) {
            (Common::Several, _) | (_, Common::Several) => false,
            (one, Common::One(family)) => one.allows(Some(family)),
            (_, Common::Unstated) => true,
        }
    }

    /// Whether a subject can be this device: it contradicts none of those that are.
    pub(super) fn allows(&self, stated: &Stated<'_>) -> bool {
        self.versions.allows(stated.version.as_ref())
            && self.families.allows(stated.family.as_ref())
            && (!stated.has_serial || self.listed.iter().all(|listed| !listed.is_disjoint(&stated.serials)))
    }

    /// Whether all of another group can be this device.
    pub(super) fn allows_all(&self, other: &Self) -> bool {
        other.members.iter().all(|member| self.allows(&Stated::by(member.subject)))
    }
}

/// Every serial number a subject states, lower case: its own, those of its stack, and those of its licences' units.
pub(super) fn serials_of(subject: &Subject) -> impl Iterator<Item = String> + '_ {
    let listed = subject.facts.iter().filter(|fact| fact.name == "serial").flat_map(|fact| fact.value.split(", "));
    let units = subject.facts.iter().filter(|fact| matches!(fact.name.as_str(), "license.udi" | "license.members"));
    let units = units.flat_map(|fact| fact.value.split(", ")).filter_map(|unit| unit.split_once("SN:")).map(|(_, serial)| serial.trim());
    subject.identity.serial.iter().map(String::as_str).chain(listed).chain(units).map(str::to_lowercase)
}

//! Software versions of the products that take part in licensing: reading, order, and the question "is the fix in?".
//!
//! Versions of different products never compare, nor do NX-OS versions of different trains; their order is partial.
//! Names of releases (Amsterdam, Cupertino) are no versions and are not read.

mod parse;
mod releases;

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize};

pub use self::parse::parse;
pub use self::releases::{Range, Releases, Standing, parse_range, standing, ways_forward};

/// A version, by product. Two texts of one release (`17.3.5`, `17.03.05.SPA`) are equal.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Version {
    /// IOS-XE from 16 on.
    IosXe(IosXe),
    /// A build of IOS-XE from between releases: its train is known at most, its place in it is not.
    Engineering(Option<(u32, u32)>),
    /// IOS, and IOS-XE before 16, as stated in capitals. Never ordered against 16 and later.
    Legacy(String),
    /// NX-OS on a switch of its own.
    NxOs(NxOs),
    /// A switch in ACI mode, as stated: `15.3(2b)`.
    Aci(Maintenance),
    /// Expressway and VCS.
    Expressway([u32; 3]),
    /// IOS XR.
    IosXr([u32; 3]),
    /// SSM On-Prem: major, month of the build (`yyyymm`), patch.
    OnPrem([u32; 3]),
    /// The licensing agent: 4 is classic, 5 and later Smart Licensing Using Policy.
    Agent(Vec<u32>),
}

/// `major.minor.rebuild[letters][digits]`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct IosXe {
    /// With `minor` the train.
    pub major: u32,
    /// With `major` the train.
    pub minor: u32,
    /// The rebuild.
    pub rebuild: u32,
    /// `a`, `z`, or nothing.
    pub letters: String,
    /// The number behind the letters, 0 where there is none.
    pub special: u32,
}

/// `major.minor(number[letters])`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Maintenance {
    /// Major release.
    pub major: u32,
    /// Minor release.
    pub minor: u32,
    /// Maintenance release.
    pub number: u32,
    /// `a`, or nothing.
    pub letters: String,
}

/// `major.minor(number[letters])[TRAIN(rebuild)]`; feature and maintenance marks do not take part.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct NxOs {
    /// What stands before the train.
    pub release: Maintenance,
    /// `I7`, `U6`, or nothing.
    pub train: String,
    /// Number and letters of the rebuild in its train.
    pub rebuild: (u32, String),
}

impl PartialOrd for NxOs {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        (self.train == other.train).then(|| (&self.release, &self.rebuild).cmp(&(&other.release, &other.rebuild)))
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::IosXe(left), Self::IosXe(right)) => Some(left.cmp(right)),
            (Self::NxOs(left), Self::NxOs(right)) => left.partial_cmp(right),
            (Self::Aci(left), Self::Aci(right)) => Some(left.cmp(right)),
            (Self::Expressway(left), Self::Expressway(right)) => Some(left.cmp(right)),
            (Self::IosXr(left), Self::IosXr(right)) => Some(left.cmp(right)),
            (Self::OnPrem(left), Self::OnPrem(right)) => Some(left.cmp(right)),
            (Self::Agent(left), Self::Agent(right)) => Some(left.cmp(right)),
            (Self::Legacy(left), Self::Legacy(right)) => (left == right).then_some(Ordering::Equal),
            _ => None,
        }
    }
}

impl Version {
    /// The train: the numbers within which a fix is counted. `None` where the version has no place in one.
    pub fn train(&self) -> Option<(u32, u32)> {
        match self {
            Self::IosXe(version) => Some((version.major, version.minor)),
            Self::NxOs(version) => Some((version.release.major, version.release.minor)),
            Self::Aci(version) => Some((version.major, version.minor)),
            Self::Expressway([major, minor, _]) | Self::IosXr([major, minor, _]) => Some((*major, *minor)),
            Self::OnPrem([major, ..]) => Some((*major, 0)),
            Self::Engineering(_) | Self::Legacy(_) | Self::Agent(_) => None,
        }
    }

    /// Whether it is `from` or later and earlier than `before`. A version of another product is not; `None` where the
    /// order is not known (an engineering build of the same train, another train of NX-OS).
    pub fn lies_within(&self, from: Option<&Self>, before: Option<&Self>) -> Option<bool> {
        let built = matches!(self, Self::Engineering(_));
        let same_product =
            |bound: &&Self| std::mem::discriminant(self) == std::mem::discriminant(*bound) || (built && matches!(bound, Self::IosXe(_)));
        if !from.iter().chain(before.iter()).all(same_product) {
            return Some(false);
        }
        let reaches = |bound: &Self| match self {
            Self::Engineering(train) => {
                let (own, other) = ((*train)?, bound.train()?);
                (own != other).then_some(own > other)
            }
            _ => Some(self.against(bound)? != Ordering::Less),
        };
        let (low, high) = (from.map_or(Some(true), reaches), before.map_or(Some(true), |bound| Some(!reaches(bound)?)));
        if low == Some(false) || high == Some(false) { Some(false) } else { Some(low? && high?) }
    }

    /// The same release without the letters that name platform specials and rebuilds of it (`17.3.5a` is `17.3.5`).
    fn without_special(&self) -> Self {
        match self {
            Self::IosXe(version) => Self::IosXe(IosXe { letters: String::new(), special: 0, ..version.clone() }),
            other => other.clone(),
        }
    }

    /// Whether the version names a special or lettered rebuild.
    fn is_special(&self) -> bool {
        matches!(self, Self::IosXe(version) if !version.letters.is_empty())
    }

    /// Order against `entry` of a rule: where the rule names no letters, they do not count.
    fn against(&self, entry: &Self) -> Option<Ordering> {
        if entry.is_special() { self.partial_cmp(entry) } else { self.without_special().partial_cmp(entry) }
    }
}

impl fmt::Display for Maintenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}({}{})", self.major, self.minor, self.number, self.letters)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::IosXe(IosXe { major, minor, rebuild, letters, special }) => {
                write!(f, "{major}.{minor}.{rebuild}{letters}")?;
                if *special > 0 { write!(f, "{special}") } else { Ok(()) }
            }
            Self::Engineering(Some((major, minor))) => write!(f, "engineering build of train {major}.{minor}"),
            Self::Engineering(None) => write!(f, "engineering build"),
            Self::Legacy(text) => write!(f, "{text}"),
            Self::NxOs(NxOs { release, train, rebuild: (number, letters) }) => {
                write!(f, "{release}")?;
                if train.is_empty() { Ok(()) } else { write!(f, "{train}({number}{letters})") }
            }
            Self::Aci(release) => write!(f, "{release}"),
            Self::Expressway([major, minor, number]) => write!(f, "X{major}.{minor}.{number}"),
            Self::IosXr([major, minor, number]) => write!(f, "{major}.{minor}.{number}"),
            Self::OnPrem([major, month, 0]) => write!(f, "{major}-{month}"),
            Self::OnPrem([major, month, patch]) => write!(f, "{major}-{month}.{patch}"),
            Self::Agent(numbers) => {
                let numbers: Vec<String> = numbers.iter().map(u32::to_string).collect();
                write!(f, "{}", numbers.join("."))
            }
        }
    }
}

#[cfg(test)]
mod tests;

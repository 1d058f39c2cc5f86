//! "Is the fix in?": a version against the releases that a bug or field notice names.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::{Version, parse};

/// The releases that a bug or field notice names.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Releases {
    /// First fixed release of each train that has one.
    pub fixed: Vec<Version>,
    /// Releases named as affected. Where there are any, they decide for what they name.
    pub affected: Vec<Range>,
    /// Older releases do not have the feature at all.
    pub minimum: Option<Version>,
    /// Whether releases before IOS-XE 16 and classic IOS may be affected too. They cannot be ordered, so the question
    /// stays open for them; otherwise it does not arise.
    pub legacy: bool,
}

/// How a version stands to a defect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Has it.
    Affected,
    /// Named neither as affected nor as fixed, and older than the newest fix.
    LeaningAffected,
    /// Has the fix.
    Fixed,
    /// Cannot have it: another product, or older than what it is in.
    NotApplicable,
    /// Cannot be told.
    Unknown,
}

/// An inclusive range of releases. A bound of two numbers (`17.1`, `X14.1`) is the whole train; a bound without letters
/// covers the lettered rebuilds of its release.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Range {
    from: Bound,
    to: Bound,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Bound {
    Release(Version),
    /// Any release of the train that the example belongs to.
    Train(Version),
}

impl Range {
    /// Whether the range holds `version`.
    pub fn contains(&self, version: &Version) -> bool {
        let from = self.from.order(version);
        let to = self.to.order(version);
        matches!(from, Some(Ordering::Greater | Ordering::Equal)) && matches!(to, Some(Ordering::Less | Ordering::Equal))
    }
}

impl Bound {
    /// Order of `version` against this bound.
    fn order(&self, version: &Version) -> Option<Ordering> {
        match self {
            Self::Release(entry) => version.against(entry),
            Self::Train(example) => {
                // An order exists within one product only.
                version.partial_cmp(example)?;
                Some(version.train()?.cmp(&example.train()?))
            }
        }
    }
}

/// Reads `17.3.1..17.3.3`, `16.1..16.11`, `17.4.*`, `17.4.1b`, `X12.6..X14.0.10`, `9.3(1)..9.3(4)`.
///
/// # Errors
/// A sentence that names the part that is no version, or says that the range is upside down.
pub fn parse_range(text: &str) -> Result<Range, String> {
    let (from, to) = text.split_once("..").map_or((text, None), |(from, to)| (from, Some(to)));
    let from = bound(from)?;
    let to = to.map_or_else(|| Ok(from.clone()), bound)?;
    let range = Range { from, to };
    let (Bound::Release(low) | Bound::Train(low), Bound::Release(high) | Bound::Train(high)) = (&range.from, &range.to);
    let ordered = match low.partial_cmp(high) {
        None => return Err(format!("`{text}`: {low} and {high} are of different products or trains")),
        Some(Ordering::Greater) => low.train() == high.train() && matches!(range.to, Bound::Train(_)),
        Some(_) => true,
    };
    if ordered { Ok(range) } else { Err(format!("`{text}` is upside down: {low} is above {high}")) }
}

fn bound(text: &str) -> Result<Bound, String> {
    let text = text.trim();
    let train = text.strip_suffix(".*").unwrap_or(text);
    let numbers = train.trim_start_matches(['X', 'x']);
    if numbers.bytes().filter(|b| *b == b'.').count() == 1 && numbers.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        // Any release stands for its train.
        let prefix = if train == numbers { "" } else { "X" };
        let example = parse(None, &format!("{prefix}{numbers}.0")).ok_or_else(|| format!("`{text}` is no train of a known product"))?;
        return Ok(Bound::Train(example));
    }
    let version = parse(None, text).ok_or_else(|| format!("`{text}` is no version"))?;
    Ok(Bound::Release(version))
}

/// How `version` stands to the defect that `releases` describes, and one sentence that says why. An unknown version
/// leaves the question open.
pub fn standing(version: Option<&Version>, releases: &Releases) -> (Standing, String) {
    let Some(version) = version else {
        return (Standing::Unknown, "the software version is not known".to_owned());
    };
    if releases.affected.iter().any(|range| range.contains(version)) {
        return (Standing::Affected, format!("{version} is named as affected"));
    }
    match version {
        Version::Engineering(_) => return (Standing::Unknown, format!("{version}: its place among the releases is not known")),
        Version::Legacy(_) if releases.legacy => {
            return (Standing::Unknown, format!("{version} is older than IOS-XE 16 and cannot be ordered"));
        }
        Version::Legacy(_) => return (Standing::NotApplicable, format!("{version} is older than IOS-XE 16, which this is about")),
        _ => {}
    }
    if let Some(minimum) = &releases.minimum
        && version.against(minimum) == Some(Ordering::Less)
    {
        return (Standing::NotApplicable, format!("{version} is below {minimum}, the first release this can occur in"));
    }
    let comparable: Vec<&Version> = releases.fixed.iter().filter(|fixed| version.partial_cmp(fixed).is_some()).collect();
    let Some(newest) = comparable.iter().copied().max_by(|left, right| left.partial_cmp(right).unwrap_or(Ordering::Equal)) else {
        return without_fix(version, releases);
    };
    let in_train = comparable.iter().copied().filter(|fixed| fixed.train() == version.train());
    let in_train = in_train.min_by(|left, right| left.partial_cmp(right).unwrap_or(Ordering::Equal));
    let (fixed, why) = match in_train {
        Some(entry) if version.against(entry) != Some(Ordering::Less) => (true, format!("{version} has the fix of {entry}")),
        Some(entry) => (false, format!("{version} is below {entry}, the first fixed release of train {}", train_name(version))),
        None if version.train() > newest.train() => {
            (true, format!("train {} is newer than {newest}, the newest first fixed release", train_name(version)))
        }
        None => (false, format!("no release of train {} is named as fixed, and it is older than {newest}", train_name(version))),
    };
    match (fixed, releases.affected.is_empty()) {
        (true, _) => (Standing::Fixed, why),
        (false, true) => (Standing::Affected, why),
        (false, false) => (Standing::LeaningAffected, format!("{why}; {version} is not named as affected either")),
    }
}

/// No fix is named that this version could be compared with.
fn without_fix(version: &Version, releases: &Releases) -> (Standing, String) {
    let same_product = |other: &Version| std::mem::discriminant(other) == std::mem::discriminant(version);
    let bounds = releases.affected.iter().flat_map(|range| [&range.from, &range.to]);
    let affected = bounds.map(|(Bound::Release(version) | Bound::Train(version))| version);
    let mut named = releases.fixed.iter().chain(&releases.minimum).chain(affected).peekable();
    if named.peek().is_none() {
        (Standing::Unknown, "no affected or fixed releases are published".to_owned())
    } else if named.any(same_product) {
        (Standing::Unknown, format!("{version} is named neither as affected nor as fixed"))
    } else {
        (Standing::NotApplicable, format!("{version} is of another product than the releases named"))
    }
}

fn train_name(version: &Version) -> String {
    match (version, version.train()) {
        (Version::OnPrem(_), Some((major, _))) => major.to_string(),
        (Version::Expressway(_), Some((major, minor))) => format!("X{major}.{minor}"),
        (Version::NxOs(nxos), Some((major, minor))) => format!("{major}.{minor}{}", nxos.train),
        (_, Some((major, minor))) => format!("{major}.{minor}"),
        (_, None) => String::new(),
    }
}

/// Where among the fixed releases those stand that are no way back from `version`: the ones above it, and those of an order that is not
/// known. All where none is left.
pub fn ways_forward(version: Option<&Version>, releases: &Releases) -> Vec<usize> {
    let is_below = |fixed: &Version| version.is_some_and(|version| fixed.partial_cmp(version) == Some(Ordering::Less));
    let forward: Vec<usize> =
        (0..releases.fixed.len()).filter(|at| releases.fixed.get(*at).is_some_and(|fixed| !is_below(fixed))).collect();
    if forward.is_empty() { (0..releases.fixed.len()).collect() } else { forward }
}

//! Conditions of rules: their signals exist, their versions and days can be.

use std::cmp::Ordering;
use std::collections::HashMap;

use chrono::NaiveDate;

use super::{Loader, RuleText};
use crate::rules::library::{Cond, PairId, SignalId};
use crate::rules::model::{Condition, VersionIs};
use crate::rules::text::texts;
use crate::rules::version::{self, Version};

/// What a condition may name, and where it stands.
pub(super) struct Names<'a> {
    pub(super) signals: &'a HashMap<String, SignalId>,
    pub(super) pairs: &'a mut Vec<(SignalId, SignalId)>,
    /// The rule's platforms.
    pub(super) platforms: &'a [String],
    /// Inside `elsewhere`.
    pub(super) elsewhere: bool,
}

impl Loader<'_> {
    pub(super) fn condition(&mut self, condition: &Condition, file: &RuleText, names: &mut Names<'_>) -> Option<Cond> {
        let signals = names.signals;
        let signal = |loader: &mut Self, name: &String| loader.resolve(file, std::slice::from_ref(name), "signal", signals).pop();
        Some(match condition {
            Condition::Signal(name) => Cond::Signal(signal(self, name)?),
            Condition::Seen(name) => Cond::Seen(signal(self, name)?),
            Condition::Count(name, n) => Cond::Count(signal(self, name)?, *n),
            Condition::Pairs(opened, closed, n) => {
                let pair = (signal(self, opened)?, signal(self, closed)?);
                let at = names.pairs.iter().position(|known| *known == pair).unwrap_or_else(|| {
                    names.pairs.push(pair);
                    names.pairs.len() - 1
                });
                Cond::Pairs(PairId(at), *n)
            }
            Condition::Later(later, earlier) => Cond::Later(signal(self, later)?, signal(self, earlier)?),
            Condition::All(inner) => Cond::All(inner.iter().filter_map(|cond| self.condition(cond, file, names)).collect()),
            Condition::Any(inner) => Cond::Any(inner.iter().filter_map(|cond| self.condition(cond, file, names)).collect()),
            Condition::Not(inner) => Cond::Not(Box::new(self.condition(inner, file, names)?)),
            Condition::Elsewhere(inner) => {
                if std::mem::replace(&mut names.elsewhere, true) {
                    self.fault(file, "elsewhere", "`elsewhere` inside `elsewhere` would be this device again");
                    return None;
                }
                let inner = self.condition(inner, file, names);
                names.elsewhere = false;
                Cond::Elsewhere(Box::new(inner?))
            }
            Condition::Release(standing) => Cond::Release(*standing),
            Condition::Platform(names) => Cond::Platform(texts(names.iter().cloned())),
            Condition::Product(source) => Cond::Product(self.regex(file, source, &format!("(?i){source}"))?),
            Condition::Version(VersionIs { from, before }) => {
                if from.is_none() && before.is_none() {
                    self.fault(file, "version:", "`version` needs `from`, `before`, or both");
                    return None;
                }
                let from = self.bound(from.as_ref(), file, names.platforms)?;
                let before = self.bound(before.as_ref(), file, names.platforms)?;
                if let (Some(from), Some(before)) = (&from, &before)
                    && from.partial_cmp(before) != Some(Ordering::Less)
                {
                    self.fault(file, "version:", format!("no version is {from} or later and earlier than {before}"));
                    return None;
                }
                Cond::Version(from, before)
            }
            Condition::After(text) => match NaiveDate::parse_from_str(text, "%Y-%m-%d") {
                Ok(date) => Cond::After(date),
                Err(_) => {
                    self.fault(file, text, format!("`{text}` is no date; write 2022-02-05"));
                    return None;
                }
            },
        })
    }

    /// A version of a condition; `None` is a fault, `Some(None)` no bound. Where the shape does not say whose it is, the
    /// rule's platforms do.
    fn bound(&mut self, text: Option<&String>, file: &RuleText, platforms: &[String]) -> Option<Option<Version>> {
        let Some(text) = text else { return Some(None) };
        let mut hints: Vec<Option<&str>> = platforms.iter().map(|platform| Some(platform.as_str())).collect();
        hints.insert(if hints.len() == 1 { 1 } else { 0 }, None);
        let found = hints.into_iter().find_map(|hint| version::parse(hint, text));
        match found {
            Some(Version::Engineering(_)) | None => {
                self.fault(file, text, format!("`{text}` is no release; write it whole, as 17.9.1, X14.2.5 or 9.3(5)"));
                None
            }
            found => Some(found),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_in_the_numbering_of_the_rules_platforms() {
        for (platforms, version, expected) in [
            ("ios-xr", "7.9.2", Some(Version::IosXr([7, 9, 2]))),
            ("ios-xr", "24.1.1", Some(Version::IosXr([24, 1, 1]))),
            ("expressway", "14.2", Some(Version::Expressway([14, 2, 0]))),
            ("expressway, ios-xe", "X14.2", Some(Version::Expressway([14, 2, 0]))),
            ("expressway, ios-xe", "17.9.1", version::parse(Some("ios-xe"), "17.9.1")),
            ("", "8-202102", Some(Version::OnPrem([8, 202_102, 0]))),
            ("ios-xe", "7.9.2", None),
        ] {
            let platforms: Vec<String> = platforms.split(", ").filter(|name| !name.is_empty()).map(str::to_owned).collect();
            let file = RuleText { name: "r.yaml".to_owned(), text: String::new() };
            let found = Loader::default().bound(Some(&version.to_owned()), &file, &platforms).flatten();
            assert_eq!(found, expected, "{version} of {platforms:?}");
        }
    }
}

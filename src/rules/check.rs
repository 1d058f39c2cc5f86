//! Tests on values, checked.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::pattern::Pattern;
use super::text::Text;

/// A checked [`super::model::Test`].
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Check {
    /// Any of these, lower case; none means anything.
    pub one_of: Vec<Text>,
    /// Found in it.
    pub matches: Option<Pattern>,
    /// Not found in it.
    pub lacks: Option<Pattern>,
    /// At least.
    pub at_least: Option<f64>,
    /// Less than.
    pub below: Option<f64>,
    /// Comparisons of a date in it; judged where what it is compared with is known.
    pub dates: Vec<DateTest>,
    /// Comparisons with other facts of the device; judged where those are known.
    pub against: Vec<(Comparison, String)>,
    /// Comparison with the hosts of facts.
    pub hosts: Option<Hosts>,
}

/// Hosts that facts of the device name.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Hosts {
    /// The facts.
    pub of: Vec<String>,
    /// Decides where they name none.
    pub otherwise: Option<Pattern>,
}

/// How a date compares.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum DateTest {
    /// Before the latest time known of the device; `false`: not before.
    Past(bool),
    /// That day or later.
    Since(NaiveDate),
    /// Before that day.
    Before(NaiveDate),
    /// Less than so many days after the latest time known of the device.
    DueWithin(f64),
    /// More than so many days before another fact's date, or before the latest time known.
    OlderThan(f64, Option<String>),
}

/// How a value compares with another fact's last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Comparison {
    /// The same text, without regard to case.
    Same,
    /// Another text.
    Different,
    /// A smaller number, or else a list of fewer members.
    Fewer,
    /// A list that has a member of the other.
    Contains,
}

impl Comparison {
    /// Whether it holds between `value` and `other`.
    pub fn holds(self, value: &str, other: &str) -> bool {
        let same = || value.trim().eq_ignore_ascii_case(other.trim());
        match self {
            Self::Same => same(),
            Self::Different => !same(),
            Self::Fewer => match (plain_number(value), plain_number(other)) {
                (Some(value), Some(other)) => value < other,
                (Some(value), None) => value < members(other).count() as f64,
                (None, Some(other)) => (members(value).count() as f64) < other,
                (None, None) => members(value).count() < members(other).count(),
            },
            Self::Contains => members(value).any(|member| members(other).any(|wanted| member.eq_ignore_ascii_case(wanted))),
        }
    }
}

fn plain_number(value: &str) -> Option<f64> {
    value.trim().parse().ok().filter(|n: &f64| n.is_finite())
}

/// The members of a list that is joined with commas.
fn members(value: &str) -> impl Iterator<Item = &str> {
    value.split(',').map(str::trim).filter(|member| !matches!(*member, "" | "<none>" | "<empty>"))
}

impl Check {
    /// The facts it compares with.
    pub fn facts(&self) -> impl Iterator<Item = &String> {
        self.against.iter().map(|(_, other)| other).chain(self.hosts.iter().flat_map(|hosts| &hosts.of))
    }

    /// Whether it can only be judged beside the facts of the device.
    pub fn compares(&self) -> bool {
        !self.against.is_empty() || self.hosts.is_some()
    }

    /// Whether the value holds, apart from `dates`, `against` and `hosts`.
    pub fn holds(&self, value: &str) -> bool {
        let value = value.trim();
        if !self.one_of.is_empty() && !self.one_of.iter().any(|wanted| wanted.eq_ignore_ascii_case(value)) {
            return false;
        }
        if self.matches.as_ref().is_some_and(|pattern| !pattern.is_match(value))
            || self.lacks.as_ref().is_some_and(|pattern| pattern.is_match(value))
        {
            return false;
        }
        if self.at_least.is_none() && self.below.is_none() {
            return true;
        }
        number(value).is_some_and(|n| self.at_least.is_none_or(|least| n >= least) && self.below.is_none_or(|most| n < most))
    }
}

/// The number a value begins with: `75.29%`, `1,205`, `86 reports`. `None` where it does not begin with one.
pub fn number(value: &str) -> Option<f64> {
    let digits: String =
        value.trim().chars().take_while(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '-')).filter(|c| *c != ',').collect();
    digits.parse().ok()
}

//! When an item of evidence counts.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{self, Deserializer, MapAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Serialize};

/// A condition. A plain word is the id of a signal.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// The signal was seen.
    Signal(String),
    /// All hold.
    All(Vec<Condition>),
    /// At least one holds.
    Any(Vec<Condition>),
    /// Does not hold.
    Not(Box<Condition>),
    /// The signal was seen. What nobody looked at was not, so that `not` of it holds.
    Seen(String),
    /// The signal was seen at least `n` times.
    Count(String, u64),
    /// The first signal was followed by the second at least `n` times, or on at least two days.
    Pairs(String, String, u64),
    /// The device's release stands so in the rule's release table.
    Release(ReleaseIs),
    /// The latest time known of the device is not before this day (`2022-02-05`). Open while no year is known.
    After(String),
    /// The device's platform is one of these.
    Platform(Vec<String>),
    /// The device's version lies between.
    Version(VersionIs),
    /// Regular expression found in one of the device's product ids.
    Product(String),
    /// The first signal was seen, later than every sighting of the second.
    Later(String, String),
    /// Holds on another device of the case that has the same platform.
    Elsewhere(Box<Condition>),
}

/// Bounds of a version, in the numbering of the product; at least one.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VersionIs {
    /// This release or a later one.
    #[serde(default)]
    pub from: Option<String>,
    /// An earlier release than this.
    #[serde(default)]
    pub before: Option<String>,
}

/// How a release stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReleaseIs {
    /// Holds the defect (or probably does, which counts less).
    Affected,
    /// Holds the fix.
    Fixed,
    /// The table does not speak of it (too old, other platform).
    NotApplicable,
}

/// A condition: exactly one of these, `at_least` beside `count` and `pairs`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ConditionMap {
    /// All hold.
    all: Option<Vec<Condition>>,
    /// At least one holds.
    any: Option<Vec<Condition>>,
    /// Does not hold.
    not: Option<Condition>,
    /// The signal was seen. What nobody looked at was not, so that `not` of it holds.
    seen: Option<String>,
    /// The signal was seen at least `at_least` times.
    count: Option<String>,
    /// The first signal was followed by the second at least `at_least` times, or on at least two days.
    pairs: Option<[String; 2]>,
    /// How often; 1 where it is not said.
    at_least: Option<u64>,
    /// The device's release stands so in the rule's release table.
    release: Option<ReleaseIs>,
    /// The latest time known of the device is not before this day.
    after: Option<String>,
    /// The device's platform is one of these.
    platform: Option<Vec<String>>,
    /// The device's version lies between.
    version: Option<VersionIs>,
    /// Regular expression found in one of the device's product ids.
    product: Option<String>,
    /// The first signal was seen, later than every sighting of the second.
    later: Option<[String; 2]>,
    /// Holds on another device of the case that has the same platform.
    elsewhere: Option<Condition>,
}

/// A condition as the schema of rule files tells it.
#[derive(JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only its schema is used")]
enum ConditionShape {
    /// Id of a signal.
    Signal(String),
    Map(Box<ConditionMap>),
}

impl JsonSchema for Condition {
    fn schema_name() -> Cow<'static, str> {
        "Condition".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        ConditionShape::json_schema(generator)
    }
}

/// What a condition may be, for messages.
const KINDS: &str = "all, any, not, seen, count, pairs, release, after, platform, version, product, later, elsewhere";

impl<'de> Deserialize<'de> for Condition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ConditionVisitor;
        impl<'de> Visitor<'de> for ConditionVisitor {
            type Value = Condition;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "the id of a signal, or one of {KINDS}")
            }
            fn visit_str<E: de::Error>(self, value: &str) -> Result<Condition, E> {
                Ok(Condition::Signal(value.to_owned()))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Condition, A::Error> {
                let map = ConditionMap::deserialize(MapAccessDeserializer::new(map))?;
                let n = map.at_least.unwrap_or(1);
                let mut found: Vec<Condition> = Vec::new();
                found.extend(map.all.map(Condition::All));
                found.extend(map.any.map(Condition::Any));
                found.extend(map.not.map(|inner| Condition::Not(Box::new(inner))));
                found.extend(map.seen.map(Condition::Seen));
                found.extend(map.count.map(|signal| Condition::Count(signal, n)));
                found.extend(map.pairs.map(|[opened, closed]| Condition::Pairs(opened, closed, n)));
                found.extend(map.release.map(Condition::Release));
                found.extend(map.after.map(Condition::After));
                found.extend(map.platform.map(Condition::Platform));
                found.extend(map.version.map(Condition::Version));
                found.extend(map.product.map(Condition::Product));
                found.extend(map.later.map(|[later, earlier]| Condition::Later(later, earlier)));
                found.extend(map.elsewhere.map(|inner| Condition::Elsewhere(Box::new(inner))));
                match found.len() {
                    1 => Ok(found.swap_remove(0)),
                    n => Err(de::Error::custom(format!("a condition has exactly one of {KINDS}; here are {n}"))),
                }
            }
        }
        deserializer.deserialize_any(ConditionVisitor)
    }
}

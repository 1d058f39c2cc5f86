//! Tests on values.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, Visitor, value::MapAccessDeserializer};

/// A test on a value. All that is given must hold. Text is compared without regard to case; a list is joined with commas.
///
/// Tests of dates are for facts only; what is compared with a fact may be a fact or a field of a capture's event. Of several dates in a value it is enough that one holds. What such a test
/// compares with may not be known, or have no year: then neither is the answer.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Tests {
    /// Equal to this.
    pub equals: Option<String>,
    /// Equal to one of these.
    pub one_of: Vec<String>,
    /// Regular expression found in it.
    pub matches: Option<String>,
    /// Regular expression not found in it.
    pub lacks: Option<String>,
    /// At least this number.
    pub at_least: Option<f64>,
    /// Less than this number.
    pub below: Option<f64>,
    /// A date in it lies before the latest time known of the device; with `false` none does. `30 days` count from the time they were
    /// stated.
    pub past: Option<bool>,
    /// A date in it is this day or a later one (`2022-02-05`).
    pub since: Option<String>,
    /// A date in it lies before this day.
    pub before: Option<String>,
    /// A date in it lies less than so many days after the latest time known of the device, or before that.
    pub due_within: Option<f64>,
    /// A date in it is more than so many days older than another fact's, or than the latest time known of the device.
    pub older_than: Option<OlderThan>,
    /// The same as the last value of this fact.
    pub same_as: Option<String>,
    /// Not the same as the last value of this fact.
    pub differs_from: Option<String>,
    /// A list of fewer members than this fact's, or a smaller number.
    pub fewer_than: Option<String>,
    /// A list that has a member of this fact's list.
    pub contains: Option<String>,
    /// For fields of a capture's events: the host, without port, is one that these facts name or hold a URL of, in any of their
    /// values. Hosts that the other tests refuse do not count.
    pub host_of: Vec<String>,
    /// Where `host_of` finds no host in the facts: regular expression found in it.
    pub else_matches: Option<String>,
}

/// [`Tests`], where a plain value is short for `equals`.
#[derive(Clone, Debug, Default)]
pub struct Test(pub Tests);

/// How much older a date is, and than what.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OlderThan {
    /// Days.
    pub days: f64,
    /// The fact it is compared with; without one it is the latest time known of the device.
    #[serde(default)]
    pub fact: Option<String>,
}

/// A test as the schema of rule files tells it.
#[derive(JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only its schema is used")]
enum Shape {
    Text(String),
    Number(f64),
    Switch(bool),
    Map(Box<Tests>),
}

impl JsonSchema for Test {
    fn schema_name() -> Cow<'static, str> {
        "Test".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Shape::json_schema(generator)
    }
}

impl<'de> Deserialize<'de> for Test {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TestVisitor;
        impl<'de> Visitor<'de> for TestVisitor {
            type Value = Test;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a value, or a map of tests (equals, one_of, matches, …)")
            }
            fn visit_str<E: de::Error>(self, value: &str) -> Result<Test, E> {
                Ok(Test(Tests { equals: Some(value.to_owned()), ..Tests::default() }))
            }
            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Test, E> {
                self.visit_str(&value.to_string())
            }
            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Test, E> {
                self.visit_str(&value.to_string())
            }
            fn visit_bool<E: de::Error>(self, value: bool) -> Result<Test, E> {
                self.visit_str(if value { "yes" } else { "no" })
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Test, A::Error> {
                Tests::deserialize(MapAccessDeserializer::new(map)).map(Test)
            }
        }
        deserializer.deserialize_any(TestVisitor)
    }
}

//! JSON Schema of rule files, for editors.

use schemars::JsonSchema;
use schemars::schema_for;
use serde::Deserialize;

use super::collect::CollectionFile;
use super::model::{FactsFile, ReleaseFile, RuleFile, SignalsFile};
use super::references::ReferencesFile;
use super::translation::TranslationFile;

/// Any rule file; its folder says which.
#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(title = "bundlescope rule file")]
#[expect(dead_code, clippy::large_enum_variant, reason = "only its schema is used")]
enum AnyFile {
    Rule(RuleFile),
    Signals(SignalsFile),
    Facts(FactsFile),
    Releases(ReleaseFile),
    Collection(CollectionFile),
    References(ReferencesFile),
    Translation(TranslationFile),
}

/// The schema as JSON text with a final line end.
pub fn schema() -> String {
    let mut text = serde_json::to_string_pretty(&schema_for!(AnyFile)).unwrap_or_default();
    text.push('\n');
    text
}

//! The JSON Schemas of the report, whole and line by line, and of the comparison of two, made from the types themselves.

use schemars::Schema;

use crate::report::diff::{self, Diff};
use crate::report::model::{Report, SCHEMA};
use crate::report::render::{NDJSON_SCHEMA, Record};

/// JSON Schema (draft 2020-12) of the report, with a newline at its end. The copy in the repository is
/// `schema/report-v1.schema.json`.
pub fn schema() -> String {
    published(schemars::schema_for!(Report), SCHEMA)
}

/// JSON Schema (draft 2020-12) of one line of the report as NDJSON, with a newline at its end. The copy in the repository
/// is `schema/ndjson-v1.schema.json`.
pub fn ndjson_schema() -> String {
    published(schemars::schema_for!(Record<'_>), NDJSON_SCHEMA)
}

/// The same of a comparison. The copy in the repository is `schema/diff-v1.schema.json`.
pub fn diff_schema() -> String {
    published(schemars::schema_for!(Diff), diff::SCHEMA)
}

fn published(mut schema: Schema, title: &str) -> String {
    schema.insert("title".to_owned(), title.into());
    schema.insert(
        "$comment".to_owned(),
        "Later minor versions may add properties and enumeration values: a reader should ignore what it does not know.".into(),
    );
    let mut text = spell(&schema);
    text.push('\n');
    text
}

#[expect(clippy::expect_used, reason = "a schema is a JSON value already; writing it to memory cannot fail")]
fn spell(schema: &Schema) -> String {
    serde_json::to_string_pretty(schema.as_value()).expect("a schema is always JSON")
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the committed schema is a file of the repository")]
mod tests {
    use super::*;
    use crate::report::{render, samples};
    use serde_json::Value;

    const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/schema");

    #[test]
    fn the_committed_copies_are_fresh() {
        for (file, schema) in
            [("report-v1.schema.json", schema()), ("ndjson-v1.schema.json", ndjson_schema()), ("diff-v1.schema.json", diff_schema())]
        {
            let path = format!("{FOLDER}/{file}");
            if std::env::var_os("BUNDLESCOPE_UPDATE").is_some_and(|value| value == "1") {
                std::fs::write(&path, &schema).unwrap();
            }
            let committed = std::fs::read_to_string(&path).unwrap_or_default();
            assert!(committed == schema, "schema/{file} is stale; run the tests with BUNDLESCOPE_UPDATE=1");
        }
    }

    fn line_validator() -> jsonschema::Validator {
        let schema: Value = serde_json::from_str(&ndjson_schema()).unwrap();
        jsonschema::validator_for(&schema).unwrap()
    }

    #[test]
    fn every_line_is_valid() {
        let validator = line_validator();
        for report in samples::all() {
            for line in render::ndjson(&report).lines() {
                let value: Value = serde_json::from_str(line).unwrap();
                let errors: Vec<String> = validator.iter_errors(&value).map(|e| format!("{}: {e}", e.instance_path())).collect();
                assert!(errors.is_empty(), "{line}: {errors:#?}");
            }
        }
    }

    #[test]
    fn lines_that_break_the_promise_are_refused() {
        let validator = line_validator();
        for wrong in [
            serde_json::json!({}),
            serde_json::json!({"type": "finding"}),
            serde_json::json!({"type": "error", "artifact": "a", "kind": "io"}),
            serde_json::json!({"type": "weather", "artifact": "a", "kind": "io", "message": "m"}),
        ] {
            assert!(!validator.is_valid(&wrong), "{wrong}");
        }
        assert!(validator.is_valid(&serde_json::json!({"type": "error", "artifact": "a", "kind": "io", "message": "m"})));
    }

    #[test]
    fn comparisons_are_valid() {
        use crate::report::earlier::{Earlier, Known};
        let schema: Value = serde_json::from_str(&diff_schema()).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let little = Earlier { findings: vec![Known { fingerprint: "v1:a".to_owned(), ..Known::default() }], ..Earlier::default() };
        let sides: Vec<Earlier> = samples::all().iter().map(Earlier::from).chain([little]).collect();
        let style = render::Style::default();
        for (old, new) in sides.iter().flat_map(|old| sides.iter().map(move |new| (old, new))) {
            let compared = diff::compare(("a", diff::Source::Case, old), ("b", diff::Source::Report, new));
            let value: Value = serde_json::from_str(&render::DiffFormat::Json.render(&compared, &style)).unwrap();
            let errors: Vec<String> = validator.iter_errors(&value).map(|e| format!("{}: {e}", e.instance_path())).collect();
            assert!(errors.is_empty(), "{errors:#?}");
            assert_eq!(value["findings"].as_array().unwrap().is_empty(), old.findings.is_empty() && new.findings.is_empty());
        }
        assert!(!validator.is_valid(&serde_json::json!({ "schema": diff::SCHEMA })));
    }

    fn validator() -> jsonschema::Validator {
        let schema: Value = serde_json::from_str(&schema()).unwrap();
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        jsonschema::validator_for(&schema).unwrap()
    }

    #[test]
    fn samples_are_valid() {
        let validator = validator();
        for report in samples::all() {
            let value: Value = serde_json::from_str(&render::json(&report)).unwrap();
            let errors: Vec<String> = validator.iter_errors(&value).map(|e| format!("{}: {e}", e.instance_path())).collect();
            assert!(errors.is_empty(), "{errors:#?}");
        }
    }

    #[test]
    fn what_breaks_the_promise_is_refused() {
        let validator = validator();
        let good: Value = serde_json::from_str(&render::json(&samples::rich())).unwrap();
        for (pointer, wrong) in [
            ("/findings/0/confidence", Value::from("97 %")),
            ("/findings/0/severity", Value::from("urgent")),
            ("/findings/0/evidence", Value::Null),
            ("/case/bytes", Value::from(-1)),
            ("/devices/0/facts", Value::from(Vec::<Value>::new())),
            ("/errors/0/message", Value::Null),
        ] {
            let mut bad = good.clone();
            *bad.pointer_mut(pointer).unwrap() = wrong;
            assert!(!validator.is_valid(&bad), "{pointer}");
        }
        let mut bad = good.clone();
        bad.as_object_mut().unwrap().remove("findings");
        assert!(!validator.is_valid(&bad));
    }
}

use serde_json::Value;

use super::*;
use crate::report::model::{Coverage, Status, Suppressed};
use crate::report::samples;

fn parsed(report: &Report) -> Value {
    serde_json::from_str(&sarif(report, Words::default())).unwrap()
}

#[expect(clippy::disallowed_methods, reason = "the published schema is a file of the repository")]
fn validator() -> jsonschema::Validator {
    let schema = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sarif/sarif-schema-2.1.0.json")).unwrap();
    // As published, one bracket of its patterns for languages is not escaped, which a strict reader of patterns refuses.
    let schema: Value = serde_json::from_str(&schema.replace("-[a-zA-Z]{2}]?$", "-[a-zA-Z]{2}\\\\]?$")).unwrap();
    jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
}

fn accepted() -> Option<Suppressed> {
    Some(Suppressed { reason: "accepted".to_owned(), until: None })
}

fn every_sample() -> Vec<Report> {
    let mut suppressed = samples::rich();
    suppressed.findings[0].suppressed = accepted();
    suppressed.case.below_threshold = 0;
    samples::all().into_iter().chain(samples::hostile()).chain([suppressed]).collect()
}

#[test]
fn every_sample_is_valid() {
    let validator = validator();
    for report in every_sample() {
        let value = parsed(&report);
        let errors: Vec<String> = validator.iter_errors(&value).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
    let mut broken = parsed(&samples::rich());
    broken["runs"][0]["results"][0]["level"] = "fatal".into();
    assert!(!validator.is_valid(&broken), "the validator validates");
}

/// What the standard asks for and its schema cannot say.
#[test]
fn indices_point_to_what_they_name() {
    for report in every_sample() {
        let value = parsed(&report);
        let run = &value["runs"][0];
        let (rules, artifacts) = (&run["tool"]["driver"]["rules"], run["artifacts"].as_array().unwrap());
        for result in run["results"].as_array().unwrap() {
            assert_eq!(rules[result["ruleIndex"].as_u64().unwrap() as usize]["id"], result["ruleId"]);
            assert_eq!(result["kind"] == "fail", result["level"] != "none");
            assert!(!result["locations"].as_array().unwrap().is_empty());
        }
        let locations = pointers(run, "artifactLocation");
        assert!(!locations.is_empty() || report.case.inputs[0].is_empty() || report.findings.is_empty());
        for location in locations {
            assert_eq!(artifacts[location["index"].as_u64().unwrap() as usize]["location"], *location);
        }
        for (at, artifact) in artifacts.iter().enumerate() {
            assert_eq!(artifact["location"]["index"], at);
            assert!(artifact["parentIndex"].as_u64().is_none_or(|parent| (parent as usize) < at));
            assert_eq!(artifact["location"]["uriBaseId"].is_null(), !artifact["parentIndex"].is_null());
            let uri = artifact["location"]["uri"].as_str().unwrap();
            assert!(!uri.contains("://") && !uri.starts_with("//") && uri.is_ascii() && !uri.is_empty(), "{uri}");
        }
        let mut ids: Vec<&str> = rules.as_array().unwrap().iter().map(|rule| rule["id"].as_str().unwrap()).collect();
        let before = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), before, "each rule once");
    }
}

/// Every value with that key, wherever it is.
fn pointers<'a>(value: &'a Value, key: &str) -> Vec<&'a Value> {
    match value {
        Value::Object(fields) => {
            fields.iter().flat_map(|(name, field)| if name == key { vec![field] } else { pointers(field, key) }).collect()
        }
        Value::Array(items) => items.iter().flat_map(|item| pointers(item, key)).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn a_finding_is_a_result_with_its_place() {
    let value = parsed(&samples::rich());
    let run = &value["runs"][0];
    let first = &run["results"][0];
    assert_eq!(first["ruleId"], "slp-tls-interception");
    assert_eq!((first["kind"].as_str(), first["level"].as_str()), (Some("fail"), Some("error")));
    assert!((first["rank"].as_f64().unwrap() - 97.2).abs() < 1e-9);
    assert_eq!(first["partialFingerprints"]["primaryLocationLineHash"], samples::rich().findings[0].fingerprint);
    assert_eq!(first["suppressions"], serde_json::json!([]));

    // A packet is no region; it stands in the properties. The member's parent is the archive.
    let place = &first["locations"][0];
    assert_eq!(place["properties"]["packet"], 841);
    assert!(place["physicalLocation"]["region"].is_null());
    let artifact = &run["artifacts"][place["physicalLocation"]["artifactLocation"]["index"].as_u64().unwrap() as usize];
    assert_eq!(artifact["location"]["uri"], "wlc/cap1.pcap");
    let parent = &run["artifacts"][artifact["parentIndex"].as_u64().unwrap() as usize];
    assert_eq!((parent["location"]["uri"].as_str(), parent["roles"][0].as_str()), (Some("SR698123456.zip"), Some("analysisTarget")));

    // A line is a region with its text.
    let related = &first["relatedLocations"][1]["physicalLocation"]["region"];
    assert_eq!(related["startLine"], 88_123);
    assert_eq!(related["snippet"]["text"], "RESPONSE: Jun 29 11:12:40 2021 CET");

    let rule = &run["tool"]["driver"]["rules"][first["ruleIndex"].as_u64().unwrap() as usize];
    assert_eq!(rule["helpUri"], "https://bst.cloudapps.cisco.com/bugsearch/bug/CSCvy84684");
    assert_eq!(rule["properties"]["precision"], "very-high");
    assert!(rule["help"]["markdown"].as_str().unwrap().contains("```text\n   license smart trust idtoken <token> all force"));
}

#[test]
fn kinds_say_what_is_to_be_done() {
    let mut report = samples::rich();
    report.findings[1].confidence = 0.4;
    report.findings[2].suppressed = accepted();
    report.findings[3].affected = Some("fixed".to_owned());
    let value = parsed(&report);
    let results = value["runs"][0]["results"].as_array().unwrap();
    let kinds: Vec<&str> = results.iter().map(|result| result["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["fail", "review", "fail", "notApplicable", "informational", "informational", "open", "open"]);
    assert_eq!(report.findings[4].status, Status::Resolved);
    assert_eq!(results[2]["suppressions"][0]["justification"], "accepted");
    let known = parsed(&samples::known());
    let states: Vec<&str> = known["runs"][0]["results"].as_array().unwrap().iter().filter_map(|r| r["baselineState"].as_str()).collect();
    assert_eq!(states[..3], ["unchanged", "updated", "new"]);
    assert!(results[6]["message"]["text"].as_str().unwrap().contains("xstatus // license"));
    assert_eq!(results[6]["ruleId"], "exp-eval-mode");
}

#[test]
fn the_timeline_is_in_order_and_compares_no_unknown_zone() {
    let mut report = samples::rich();
    report.findings.truncate(2);
    let times = [
        Some("2021-06-29T11:12:39+02:00"),
        Some("2021-06-29T09:00:00Z"),
        Some("2021-06-29T01:00:00"),
        Some("2021-06-28T23:00:00"),
        None,
        Some("no time"),
    ];
    for (evidence, time) in report.findings[0].evidence.iter_mut().zip(times) {
        evidence.time = time.map(str::to_owned);
    }
    report.findings[1].evidence[0].time = Some("2021-06-29T12:00:00+02:00".to_owned());
    let value = parsed(&report);
    let flows = &value["runs"][0]["results"][0]["codeFlows"][0]["threadFlows"];
    let steps = |flow: &Value, key: &str| flow["locations"].as_array().unwrap().iter().map(|step| step[key].clone()).collect::<Vec<_>>();
    // The second is the symptom's: it comes last and one level deeper.
    assert_eq!(steps(&flows[0], "executionTimeUtc"), ["2021-06-29T09:00:00Z", "2021-06-29T09:12:39Z", "2021-06-29T10:00:00Z"]);
    assert_eq!(steps(&flows[0], "nestingLevel"), [0, 0, 1]);
    assert_eq!(steps(&flows[0], "importance"), ["essential", "essential", "unimportant"]);
    assert_eq!(steps(&flows[1], "executionTimeUtc"), [Value::Null, Value::Null]);
    let order: Vec<Value> =
        flows[1]["locations"].as_array().unwrap().iter().map(|step| step["location"]["properties"]["time"].clone()).collect();
    assert_eq!(order, ["2021-06-28T23:00:00", "2021-06-29T01:00:00"]);
}

#[test]
fn what_was_not_read_is_notified() {
    let value = parsed(&samples::rich());
    let run = &value["runs"][0];
    let invocation = &run["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], true);
    let notifications = invocation["toolExecutionNotifications"].as_array().unwrap();
    // Seven errors, and what was left out for its confidence.
    assert_eq!(notifications.len(), 8);
    assert_eq!(notifications[0]["descriptor"], serde_json::json!({"id": "encrypted", "index": 0}));
    assert_eq!(run["tool"]["driver"]["notifications"][0]["id"], "encrypted");
    let place = notifications[0]["locations"][0]["physicalLocation"]["artifactLocation"]["index"].as_u64().unwrap() as usize;
    let artifact = &run["artifacts"][place];
    assert_eq!(artifact["location"]["uri"], "keys/server.key");
    assert!(artifact["length"].is_null(), "what was not read has no known length");

    let mut report = samples::empty();
    report.case.coverage = Coverage { scanned: 0, skipped: 0, unreadable: 1 };
    assert_eq!(parsed(&report)["runs"][0]["invocations"][0]["executionSuccessful"], false);
}

#[test]
fn masks_are_announced() {
    let mut report = samples::rich();
    report.findings[0].evidence[0].excerpt = "idtoken <masked:token> and <masked:secret>, no <masked: x> <masked:".to_owned();
    assert_eq!(parsed(&report)["runs"][0]["redactionTokens"], serde_json::json!(["<masked:secret>", "<masked:token>"]));
}

#[test]
fn no_link_comes_from_a_case() {
    let mut report = samples::rich();
    report.findings[0].device = Some("[click](http://evil.example)".to_owned());
    let value = parsed(&report);
    assert!(!value["runs"][0]["results"][0]["message"]["text"].as_str().unwrap().contains("]("));
}

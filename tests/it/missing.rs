//! What is asked for next: sentences from the data files, refused and cut outputs named, nothing that the case holds.

use serde_json::Value;

use crate::support;

fn missing(text: &str) -> Vec<Value> {
    let output = support::run_with_input(&["diagnose", "-", "-f", "json"], text);
    assert_eq!(output.status, 0, "{}", output.stderr);
    let report: Value = serde_json::from_str(&output.stdout).unwrap();
    report["missing"].as_array().unwrap().clone()
}

fn item<'a>(items: &'a [Value], command: &str) -> &'a Value {
    items.iter().find(|item| item["command"] == command).unwrap_or_else(|| panic!("{command} is not asked for: {items:#?}"))
}

const FAILED: &str = "Mar 10 2024 09:19:43.486: %SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : No detail given\n";

#[test]
fn a_refused_command_is_asked_for_with_what_it_needs() {
    let items = missing(&format!(
        "SW1#show version\nCisco IOS XE Software, Version 17.09.04a\nSW1#show license tech support\n             ^\n% Invalid input detected at '^' marker.\n\nSW1#show logging\n{FAILED}SW1#\n"
    ));
    let asked = item(&items, "show license tech support");
    assert!(asked["why"].as_str().unwrap().starts_with("Was refused in this case: needs "), "{asked}");
    assert!(asked["what"].as_str().unwrap().contains("Communication Statistics"), "{asked}");
    assert_eq!(asked["device"], "SW1");
    for seen in ["show version", "show logging"] {
        assert!(items.iter().all(|item| item["command"] != seen), "{seen} was seen: {items:#?}");
    }
}

#[test]
fn an_output_that_is_not_whole_counts_as_missing() {
    let items =
        missing(&format!("{FAILED}SW1#show license history message | include RESPONSE\nRESPONSE: Mar 10 2024 09:20:43 UTC\nSW1#\n"));
    let asked = item(&items, "show license history message");
    assert!(asked["why"].as_str().unwrap().starts_with("Is not whole in this case"), "{asked}");
}

#[test]
fn every_item_is_a_sentence_and_stands_once() {
    for case in ["cat9500-fixed-release-err-205", "log-only-cslu-unresolved", "collector-rfc3164", "exp-dns-nxdomain", "nexus-plain-http"] {
        let output = support::run(&["diagnose", "-f", "json"], &[&support::root().join("corpora").join(case).join("input")]);
        let report: Value = serde_json::from_str(&output.stdout).unwrap();
        let mut known = std::collections::BTreeSet::new();
        for item in report["missing"].as_array().unwrap() {
            assert!(known.insert((item["device"].to_string(), item["command"].to_string())), "{case}: twice {item}");
            for key in ["what", "why"] {
                let text = item[key].as_str().unwrap();
                assert!(text.ends_with('.') && text.starts_with(char::is_uppercase) && text.contains(' '), "{case}: {key} of {item}");
            }
        }
    }
}

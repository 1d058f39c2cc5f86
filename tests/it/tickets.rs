//! The programs of docs/tickets.md make the payloads that the page promises, of reports of labelled cases.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::support;

const CASES: [&str; 6] = [
    "corpora/first-light/first-light.zip",
    "corpora/cat9300-quovadis-err-205/input",
    "corpora/exp-x14-3-1-interception/input",
    "corpora/cat9300-slp-healthy/input",
    // What explains the problems of these two is no fault.
    "corpora/exp-upgrade-eval-mode/input",
    "corpora/unseen-exp-reset-kept-licence/input",
];

/// The page's programs in a folder; nothing where there is no jq.
fn programs() -> Option<tempfile::TempDir> {
    if Command::new("jq").arg("--version").stdout(Stdio::null()).status().is_err() {
        // Not `eprintln!`, which the test runner swallows.
        let _ = writeln!(std::io::stderr(), "SKIPPED: no jq, the programs of docs/tickets.md were not run");
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let page = fs::read_to_string(support::root().join("docs/tickets.md")).unwrap();
    for block in page.split("<!-- file: ").skip(1) {
        let (name, rest) = block.split_once(" -->\n```jq\n").expect("a program follows its name");
        fs::write(folder.path().join(name), rest.split("\n```").next().unwrap()).unwrap();
    }
    Some(folder)
}

fn jq(folder: &Path, program: &str, input: &str) -> Vec<Value> {
    let mut child = Command::new("jq")
        .args(["-L", ".", "-c", "--arg", "project", "NET", "-f", program])
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let text = input.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    writer.join().unwrap().unwrap();
    String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn report(case: &str) -> Value {
    let output = support::run(&["diagnose", "-f", "json"], &[&support::root().join(case)]);
    assert_eq!(output.status, 0, "{}", output.stderr);
    serde_json::from_str(&output.stdout).unwrap()
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_else(|| panic!("`{key}` is no text: {value}"))
}

/// What tickets are made of, found in another way than the programs do: the fingerprint of each cause with those of its symptoms.
fn expected(report: &Value) -> BTreeMap<String, BTreeSet<String>> {
    let findings: Vec<&Value> = report["findings"].as_array().unwrap().iter().filter(|finding| finding["suppressed"].is_null()).collect();
    let cause_of = |finding: &Value| {
        findings
            .iter()
            .find(|other| other["device"] == finding["device"] && other["id"] == finding["explained_by"])
            .map(|cause| text(cause, "fingerprint"))
    };
    let causes: BTreeMap<&str, &str> =
        findings.iter().filter_map(|finding| Some((text(finding, "fingerprint"), cause_of(finding)?))).collect();
    let acts = |finding: &Value| {
        let (kind, severity) = (text(finding, "kind"), text(finding, "severity"));
        finding["status"] != "resolved" && kind != "expected" && severity != "info" && (kind, severity) != ("state", "low")
    };
    let acting: BTreeSet<&str> = findings.iter().filter(|finding| acts(finding)).map(|finding| text(finding, "fingerprint")).collect();
    let mut tickets: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for finding in &findings {
        let own = text(finding, "fingerprint");
        // The highest cause that is something to act on.
        let above = std::iter::successors(Some(own), |here| causes.get(here).copied());
        let root = above.filter(|here| acting.contains(here)).last().unwrap_or(own);
        let symptoms = tickets.entry(root.to_owned()).or_default();
        if root != own {
            symptoms.insert(own.to_owned());
        }
    }
    // Nothing that calls for action is lost.
    assert!(
        acting.iter().all(|one| tickets.iter().any(|(root, all)| acting.contains(root.as_str()) && (root == one || all.contains(*one))))
    );
    let calls_for_action = |finding: &&&Value| {
        let known = !finding["baseline_state"].is_null() && finding["baseline_state"] != "new";
        !known && acts(finding)
    };
    let wanted: BTreeSet<&str> = findings.iter().filter(calls_for_action).map(|finding| text(finding, "fingerprint")).collect();
    tickets.retain(|cause, _| wanted.contains(cause.as_str()));
    tickets
}

fn by_fingerprint(report: &Value) -> BTreeMap<&str, &Value> {
    report["findings"].as_array().unwrap().iter().map(|finding| (text(finding, "fingerprint"), finding)).collect()
}

fn keys(value: &Value) -> BTreeSet<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

fn one_line(text: &str, most: usize) -> bool {
    !text.is_empty() && text.chars().count() <= most && !text.contains(char::is_control)
}

/// What explains a problem without being one is told in the problem's ticket.
#[test]
fn a_problem_whose_cause_is_no_fault_has_a_ticket() {
    let Some(folder) = programs() else { return };
    let made = jq(folder.path(), "servicenow.jq", &report("corpora/exp-upgrade-eval-mode/input").to_string());
    assert_eq!(made.len(), 1, "{made:?}");
    assert!(text(&made[0], "short_description").starts_with("Expressway runs in evaluation mode"), "{made:?}");
    let because = "Upgrade from option keys switched Smart Licensing on and started the 90 days (exp-upgrade-starts-evaluation)";
    assert!(text(&made[0], "description").contains(because), "{made:?}");
}

#[test]
fn one_incident_for_each_cause() {
    let Some(folder) = programs() else { return };
    let mut made = 0;
    for report in CASES.map(report) {
        let findings = by_fingerprint(&report);
        let expected = expected(&report);
        let payloads = jq(folder.path(), "servicenow.jq", &report.to_string());
        assert_eq!(
            payloads.iter().map(|payload| text(payload, "correlation_id").to_owned()).collect::<BTreeSet<_>>(),
            expected.keys().cloned().collect()
        );
        assert_eq!(payloads.len(), expected.len(), "one ticket for each");
        for payload in &payloads {
            let wanted = [
                "short_description",
                "description",
                "impact",
                "urgency",
                "category",
                "subcategory",
                "cmdb_ci",
                "correlation_id",
                "correlation_display",
                "work_notes",
            ];
            assert_eq!(keys(payload), wanted.into());
            let finding = findings[text(payload, "correlation_id")];
            assert!(one_line(text(payload, "short_description"), 160), "{payload}");
            assert!(text(payload, "short_description").starts_with(&text(finding, "title")[..20]));
            let priority = match text(finding, "severity") {
                "critical" => (1, 1),
                "high" => (2, 1),
                "medium" => (2, 2),
                _ => (3, 3),
            };
            assert_eq!((&payload["impact"], &payload["urgency"]), (&json!(priority.0), &json!(priority.1)));
            assert_eq!(payload["cmdb_ci"], finding["device"]);
            let description = text(payload, "description");
            assert!(description.contains(text(finding, "summary")));
            assert!(
                description.contains(text(&finding["evidence"][0], "excerpt"))
                    && description.contains(text(&finding["evidence"][0], "artifact"))
            );
            for step in finding["remedy"].as_array().unwrap() {
                assert!(description.contains(step.as_str().unwrap()), "{description}");
            }
            for symptom in &expected[text(finding, "fingerprint")] {
                assert!(description.contains(text(findings[symptom.as_str()], "title")), "{description}");
            }
            assert!(text(payload, "work_notes").contains(report["case"]["inputs"][0].as_str().unwrap()));
            made += 1;
        }
    }
    assert!(made >= 4, "only {made} tickets");
}

/// The parts of the Atlassian Document Format that the program writes, as <https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/> has them.
fn is_document(document: &Value) -> bool {
    let is_text = |node: &Value| keys(node) == ["type", "text"].into() && node["type"] == "text" && !text(node, "text").is_empty();
    let is_block = |node: &Value| {
        let content = node["content"].as_array().is_some_and(|content| !content.is_empty() && content.iter().all(is_text));
        content
            && match text(node, "type") {
                "heading" => keys(node) == ["type", "attrs", "content"].into() && node["attrs"] == json!({ "level": 3 }),
                "paragraph" | "codeBlock" => keys(node) == ["type", "content"].into(),
                _ => false,
            }
    };
    document["type"] == "doc"
        && document["version"] == 1
        && document["content"].as_array().is_some_and(|content| content.iter().all(is_block))
}

#[test]
fn one_issue_for_each_cause() {
    let Some(folder) = programs() else { return };
    for report in CASES.map(report) {
        let expected = expected(&report);
        let payloads = jq(folder.path(), "jira.jq", &report.to_string());
        assert_eq!(payloads.len(), expected.len());
        for payload in &payloads {
            let fields = &payload["fields"];
            assert_eq!(keys(fields), ["project", "issuetype", "summary", "priority", "labels", "description"].into());
            assert_eq!(fields["project"], json!({ "key": "NET" }));
            assert!(one_line(text(fields, "summary"), 255));
            assert!(["Highest", "High", "Medium", "Low"].contains(&text(&fields["priority"], "name")));
            assert!(is_document(&fields["description"]), "{}", fields["description"]);
            let fingerprint = text(&payload["properties"][0]["value"], "fingerprint");
            let labels: Vec<&str> = fields["labels"].as_array().unwrap().iter().map(|label| label.as_str().unwrap()).collect();
            assert_eq!(labels.last().unwrap(), &format!("bundlescope-{}", fingerprint.replace(':', "-")));
            assert!(labels.iter().all(|label| !label.contains(char::is_whitespace)));
            for symptom in &expected[fingerprint] {
                assert!(fields["description"].to_string().contains(text(by_fingerprint(&report)[symptom.as_str()], "id")));
            }
        }
    }
}

#[test]
fn events_open_and_resolve() {
    let Some(folder) = programs() else { return };
    let mut report = report(CASES[0]);
    let expected_open = expected(&report);
    let events = jq(folder.path(), "webhook.jq", &report.to_string());
    // A symptom goes into the ticket of its cause.
    let (events, moved): (Vec<Value>, Vec<Value>) = events.into_iter().partition(|event| event["action"] == "open");
    let into: BTreeMap<&str, &str> = moved.iter().map(|event| (text(event, "dedup_key"), text(event, "into"))).collect();
    let folded = expected_open.iter().flat_map(|(cause, symptoms)| symptoms.iter().map(|symptom| (symptom.as_str(), cause.as_str())));
    assert_eq!(into, folded.collect());
    assert!(
        moved.len() > 3 && moved.iter().all(|event| event["action"] == "resolve") && events.iter().all(|event| event["into"].is_null())
    );
    let symptoms = |event: &Value| {
        event["symptoms"].as_array().unwrap().iter().map(|symptom| text(symptom, "dedup_key").to_owned()).collect::<BTreeSet<_>>()
    };
    let open: BTreeMap<String, BTreeSet<String>> =
        events.iter().map(|event| (text(event, "dedup_key").to_owned(), symptoms(event))).collect();
    assert_eq!(open, expected_open);
    for event in &events {
        let finding = by_fingerprint(&report)[text(event, "dedup_key")];
        for key in ["id", "title", "device", "severity", "confidence", "first_seen", "last_seen", "remedy", "workaround"] {
            assert_eq!(event[key], finding[key], "{key}");
        }
        assert_eq!(event["source"]["inputs"], report["case"]["inputs"]);
    }

    // What is over resolves; what was accepted makes no ticket, and what it causes makes one of its own.
    report["findings"][0]["status"] = json!("resolved");
    report["findings"][1]["suppressed"] = json!({ "reason": "known", "until": null });
    let events = jq(folder.path(), "webhook.jq", &report.to_string());
    let of = |action: &str| {
        events.iter().filter(|event| event["action"] == action).map(|event| text(event, "dedup_key").to_owned()).collect::<BTreeSet<_>>()
    };
    let over = |event: &&Value| event["action"] == "resolve" && event["into"].is_null();
    let over: Vec<&str> = events.iter().filter(over).map(|event| text(event, "dedup_key")).collect();
    assert_eq!(over, [text(&report["findings"][0], "fingerprint")]);
    assert_eq!(of("open"), expected(&report).into_keys().collect());
    assert!(!of("open").contains(text(&report["findings"][1], "fingerprint")));

    // What the baseline knows has its ticket.
    report["findings"][0]["status"] = json!("active");
    report["findings"][0]["baseline_state"] = json!("unchanged");
    for program in ["webhook.jq", "servicenow.jq", "jira.jq"] {
        let shown = jq(folder.path(), program, &report.to_string()).iter().map(Value::to_string).collect::<String>();
        assert!(!shown.contains(&format!("\"{}\"", text(&report["findings"][0], "fingerprint"))), "{program}");
    }
}

#[test]
fn what_is_gone_is_closed_unless_its_device_is() {
    let Some(folder) = programs() else { return };
    let work = tempfile::tempdir().unwrap();
    let old = report(CASES[1]);
    let mut new = old.clone();
    new["findings"] = json!([]);
    let (old_file, new_file) = (work.path().join("old.json"), work.path().join("new.json"));
    fs::write(&old_file, old.to_string()).unwrap();
    for (devices, closed) in [(old["devices"].clone(), old["findings"].as_array().unwrap().len()), (json!([]), 0)] {
        new["devices"] = devices;
        fs::write(&new_file, new.to_string()).unwrap();
        let output = support::run(&["diff", "-f", "ndjson"], &[&old_file, &new_file]);
        let events = jq(folder.path(), "closed.jq", &output.stdout);
        assert_eq!(events.len(), closed);
        assert!(events.iter().all(|event| event["action"] == "resolve" && text(event, "dedup_key").starts_with("v1:")));
    }
}

/// Whatever a customer's file holds ends as text in one field.
#[test]
fn hostile_text_stays_where_it_belongs() {
    let Some(folder) = programs() else { return };
    let mut report = report(CASES[0]);
    let hostile = "\"}],\n\u{1b}[2J</script>{code}[~admin]*x*|\u{0}";
    for finding in report["findings"].as_array_mut().unwrap() {
        for key in ["title", "summary", "device", "first_seen"] {
            finding[key] = json!(hostile);
        }
        finding["evidence"][0]["excerpt"] = json!(hostile);
        finding["evidence"][0]["artifact"] = json!(hostile);
        finding["remedy"] = json!([hostile, ""]);
        finding["references"] = json!([{ "kind": "document", "id": "x", "title": null, "url": null }]);
    }
    report["case"]["inputs"] = json!([hostile]);
    for program in ["servicenow.jq", "jira.jq", "webhook.jq"] {
        let payloads = jq(folder.path(), program, &report.to_string());
        let made = payloads.iter().filter(|payload| payload["action"] != "resolve").count();
        assert_eq!(made, expected(&report).len(), "{program}");
        for payload in &payloads {
            match program {
                "servicenow.jq" => assert!(one_line(text(payload, "short_description"), 160)),
                "jira.jq" => {
                    assert!(one_line(text(&payload["fields"], "summary"), 255));
                    assert!(is_document(&payload["fields"]["description"]), "{payload}");
                }
                _ => assert_eq!(payload["title"], hostile),
            }
        }
    }
    // Nothing found makes nothing.
    report["findings"] = json!([]);
    assert!(["servicenow.jq", "jira.jq", "webhook.jq"].iter().all(|program| jq(folder.path(), program, &report.to_string()).is_empty()));
}

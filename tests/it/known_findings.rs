//! `diff`, `--baseline` and `--suppress`: what is the same finding on another day, and what is accepted.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::{self, Output};

fn case() -> PathBuf {
    support::root().join("corpora/first-light/first-light.zip")
}

fn healthy() -> PathBuf {
    support::root().join("corpora/cat9300-slp-healthy/input")
}

/// Writes the JSON report of a case and gives its path.
fn report_of(case: &Path, folder: &Path, name: &str) -> PathBuf {
    let file = folder.join(name);
    let output = support::run(&["diagnose", "-o", &file.to_string_lossy()], &[case]);
    assert_eq!(output.status, 0, "{}", output.stderr);
    file
}

fn read(file: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()
}

fn with_option(verb: &str, option: &str, file: &Path, more: &[&str]) -> Output {
    let file = file.to_string_lossy();
    let arguments: Vec<&str> = [verb, option, &file].into_iter().chain(more.iter().copied()).collect();
    support::run(&arguments, &[&case()])
}

#[test]
fn cases_and_reports_are_compared_alike() {
    let work = tempfile::tempdir().unwrap();
    let (bad, good) = (report_of(&case(), work.path(), "bad.json"), report_of(&healthy(), work.path(), "good.json"));
    let schema: Value = serde_json::from_str(&fs::read_to_string(support::root().join("schema/diff-v1.schema.json")).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let mut answers = Vec::new();
    for (old, new) in [(healthy(), case()), (good.clone(), case()), (healthy(), bad.clone()), (good.clone(), bad.clone())] {
        let output = support::run(&["diff", "-f", "json"], &[&old, &new]);
        assert_eq!(output.status, 0, "{}", output.stderr);
        let diff: Value = serde_json::from_str(&output.stdout).unwrap();
        assert!(validator.is_valid(&diff), "{diff}");
        answers.push((diff["summary"].clone(), diff["findings"].clone()));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    let (bad_count, good_count) = (read(&bad)["findings"].as_array().unwrap().len(), read(&good)["findings"].as_array().unwrap().len());
    assert_eq!(answers[0].0, json!({ "new": bad_count, "changed": 0, "gone": good_count, "unchanged": 0 }));

    let same = support::run(&["diff"], &[&bad, &case()]);
    assert!(same.stdout.starts_with(&format!("Nothing changed: {bad_count} findings are still there.\n")), "{}", same.stdout);
    assert!(same.stderr.is_empty(), "{}", same.stderr);
}

#[test]
fn diff_is_a_gate_where_asked_for() {
    for (old, new, severity, status) in [
        (healthy(), case(), Some("high"), 1),
        (healthy(), case(), Some("critical"), 0),
        (case(), healthy(), Some("medium"), 0),
        (case(), case(), Some("info"), 0),
        (healthy(), case(), None, 0),
    ] {
        let arguments: Vec<&str> = ["diff"].into_iter().chain(severity.iter().flat_map(|severity| ["--fail-on", *severity])).collect();
        let output = support::run(&arguments, &[&old, &new]);
        assert_eq!(output.status, status, "{} {severity:?}: {}", old.display(), output.stdout);
        assert_eq!(output.stderr.contains("bundlescope: FAIL  "), status == 1, "{}", output.stderr);
    }
}

#[test]
fn every_format_of_diff_goes_where_asked() {
    let work = tempfile::tempdir().unwrap();
    let file = |name: &str| work.path().join(name).to_string_lossy().into_owned();
    let (json, md, csv, nd) = (file("a.json"), file("a.md"), format!("csv={}", file("b")), file("a.ndjson"));
    let output = support::run(&["diff", "-o", &json, "-o", &md, "-o", &csv, "-o", &nd], &[&healthy(), &case()]);
    assert_eq!((output.status, output.stdout.as_str()), (0, ""), "{}", output.stderr);
    assert_eq!(read(Path::new(&json))["schema"], "bundlescope/diff/v1");
    assert!(fs::read_to_string(&md).unwrap().contains("| **new** |"));
    assert!(fs::read_to_string(file("b")).unwrap().starts_with("change,id,"));
    assert!(fs::read_to_string(&nd).unwrap().starts_with("{"));
    let output = support::run(&["diff", "-f", "html"], &[&healthy(), &case()]);
    assert_eq!(output.status, 2);
    assert!(output.stderr.contains("there are table, json, ndjson, markdown, csv"), "{}", output.stderr);
}

#[test]
fn what_is_no_report_is_told_clearly() {
    let work = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let file = work.path().join(name);
        fs::write(&file, text).unwrap();
        file
    };
    let report = report_of(&healthy(), work.path(), "report.json");
    let text = fs::read_to_string(&report).unwrap();
    for (file, messages) in [
        (write("v2.json", &text.replacen("report/v1", "report/v2", 1)), &["bundlescope/report/v2", "bundlescope/report/v1"][..]),
        (write("cut.json", &text[..200]), &["line ", "column ", "EOF"]),
        (write("cut.txt", &text[..200]), &["line ", "column ", "EOF"]),
        (write("empty.json", ""), &["line 1", "EOF"]),
        (write("foreign.json", "{\"version\": \"2.1.0\", \"runs\": []}"), &["no report", "`schema`", "diagnose -f json"]),
        (write("list.json", "[1, 2]"), &["no report"]),
        (work.path().join("none.json"), &["no such file"]),
    ] {
        let output = support::run(&["diff"], &[&file, &report]);
        assert_eq!(output.status, 2, "{}", output.stdout);
        for message in messages.iter().chain(&[&*file.file_name().unwrap().to_string_lossy()]) {
            assert!(output.stderr.contains(message), "{message}: {}", output.stderr);
        }
    }
    // A report is no case.
    let output = support::run(&["diagnose"], &[&report]);
    assert_eq!(output.status, 2);
    for message in ["report.json is a report", "bundlescope diff OLD NEW", "--baseline"] {
        assert!(output.stderr.contains(message), "{}", output.stderr);
    }
    // Beside evidence it is left out: its excerpts are none.
    let folder = work.path().join("case");
    fs::create_dir(&folder).unwrap();
    fs::copy(report_of(&case(), work.path(), "bad.json"), folder.join("bad.json")).unwrap();
    fs::write(folder.join("notes.log"), "Aug 23 09:19:43.486: %SYS-5-CONFIG_I: Configured\n").unwrap();
    let output = support::run(&["diagnose", "-f", "json"], &[&folder]);
    assert_eq!(output.status, 0);
    assert!(output.stderr.contains("bad.json: a report of bundlescope is no evidence"), "{}", output.stderr);
    assert_eq!(serde_json::from_str::<Value>(&output.stdout).unwrap()["findings"], json!([]));
    // And standard input is no side.
    assert!(support::run(&["diff", "-"], &[&report]).stderr.contains("standard input"));
}

#[test]
fn a_baseline_is_marked_and_not_counted() {
    let work = tempfile::tempdir().unwrap();
    let baseline = report_of(&case(), work.path(), "baseline.json");
    let all = read(&baseline);
    let prints: Vec<&Value> = all["findings"].as_array().unwrap().iter().map(|finding| &finding["fingerprint"]).collect();

    let output = with_option("check", "--baseline", &baseline, &[]);
    assert_eq!(output.status, 0, "{}", output.stdout);
    assert!(output.stdout.starts_with("bundlescope: ok  no new active finding at or above high ("), "{}", output.stdout);
    assert!(output.stdout.contains("known from the baseline"), "{}", output.stdout);

    // As little as fingerprints will do; one is missing, one is of something else.
    let few: Vec<Value> =
        prints.iter().skip(1).map(|print| json!({ "fingerprint": print })).chain([json!({ "fingerprint": "v1:00" })]).collect();
    let file = work.path().join("few.json");
    fs::write(&file, Value::from(few).to_string()).unwrap();
    let output = with_option("check", "--baseline", &file, &["-f", "json"]);
    assert_eq!(output.status, 1);
    assert!(output.stderr.contains("FAIL  1 new active finding at or above high"), "{}", output.stderr);
    let report: Value = serde_json::from_str(&output.stdout).unwrap();
    let states: Vec<&Value> = report["findings"].as_array().unwrap().iter().map(|finding| &finding["baseline_state"]).collect();
    assert!(states[0] == "new" && states[1..].iter().all(|state| **state == "unchanged"), "{states:?}");
    assert_eq!(report["case"]["baseline"]["absent"], 1);
    assert_eq!(report["case"]["baseline"]["new"], 1);
    let table = with_option("diagnose", "--baseline", &file, &[]);
    let words = table.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains(&format!("Since the baseline: 1 new, 1 gone, {} still there.", prints.len() - 1)), "{}", table.stdout);

    // What was worse or better before has changed, and is as well known.
    let mut other = all.clone();
    other["findings"][0]["severity"] = json!("low");
    fs::write(&file, other.to_string()).unwrap();
    let output = with_option("check", "--baseline", &file, &["-f", "json"]);
    assert_eq!(output.status, 0);
    assert_eq!(serde_json::from_str::<Value>(&output.stdout).unwrap()["findings"][0]["baseline_state"], "updated");
    // Without one nothing is said.
    assert!(all["findings"][0]["baseline_state"].is_null() && all["case"]["baseline"].is_null());

    for (text, message) in [("{", "EOF"), ("{\"runs\": []}", "`findings`"), ("[{\"id\": 1}]", "line 1")] {
        fs::write(&file, text).unwrap();
        let output = with_option("check", "--baseline", &file, &[]);
        assert_eq!(output.status, 2, "{}", output.stdout);
        assert!(output.stderr.contains("few.json is no baseline") && output.stderr.contains(message), "{}", output.stderr);
    }
}

#[test]
fn a_suppression_is_marked_and_not_counted() {
    let work = tempfile::tempdir().unwrap();
    let file = work.path().join("known.yaml");
    let every = |until: &str| {
        let report = support::run(&["diagnose", "-f", "json"], &[&case()]);
        let report: Value = serde_json::from_str(&report.stdout).unwrap();
        let ids = report["findings"].as_array().unwrap().iter().map(|finding| finding["id"].as_str().unwrap().to_owned());
        let entries: Vec<String> = ids.map(|id| format!("  - id: {id}\n    reason: change 4711 is planned\n{until}")).collect();
        format!("suppressions:\n{}", entries.concat())
    };
    fs::write(&file, every("    until: 2999-12-31\n")).unwrap();
    let output = with_option("check", "--suppress", &file, &["-f", "json"]);
    assert_eq!(output.status, 0, "{}", output.stderr);
    assert!(
        output.stderr.starts_with("bundlescope: ok  no active finding at or above high (") && output.stderr.contains(" suppressed)"),
        "{}",
        output.stderr
    );
    let report: Value = serde_json::from_str(&output.stdout).unwrap();
    for finding in report["findings"].as_array().unwrap() {
        assert_eq!(finding["suppressed"], json!({ "reason": "change 4711 is planned", "until": "2999-12-31" }));
    }
    let table = with_option("diagnose", "--suppress", &file, &[]);
    assert!(table.stdout.contains(" Suppressed") && table.stdout.contains("change 4711 is planned (until 2999-12-31)"), "{}", table.stdout);

    // Past its day it silences nothing, and says so.
    fs::write(&file, every("    until: 2020-02-29\n")).unwrap();
    let output = with_option("check", "--suppress", &file, &[]);
    assert_eq!(output.status, 1);
    assert!(output.stderr.contains("known.yaml:2:9: the suppression of `slp-tls-interception` ended on 2020-02-29"), "{}", output.stderr);
}

#[test]
fn useless_suppressions_are_warned_about_with_their_place() {
    let work = tempfile::tempdir().unwrap();
    let file = work.path().join("known.yaml");
    let text = "suppressions:\n  - id: slp-tls-interceptoin\n    reason: typed too fast\n  - id: dns-no-answer\n    reason: not in this case\n  - { id: slp-tls-interception, device: other, reason: not here }\n";
    fs::write(&file, text).unwrap();
    let output = with_option("check", "--suppress", &file, &[]);
    assert_eq!(output.status, 1);
    for part in [
        "known.yaml:2:9: no diagnosis `slp-tls-interceptoin`; did you mean `slp-tls-interception`?",
        "known.yaml:4:9: the suppression of `dns-no-answer` matched nothing",
        "known.yaml:6:11: the suppression of `slp-tls-interception` matched nothing",
    ] {
        assert!(output.stderr.contains(part), "{part}: {}", output.stderr);
    }
    assert_eq!(with_option("check", "--suppress", &file, &["-q"]).stderr, "");
    // Of what was not asked for nothing can be said.
    let output = with_option("check", "--suppress", &file, &["--ignore", "dns"]);
    assert!(!output.stderr.contains("dns-no-answer"), "{}", output.stderr);

    fs::write(&file, "suppressions:\n  - id: x\n    resaon: y\n").unwrap();
    let output = with_option("check", "--suppress", &file, &[]);
    assert_eq!(output.status, 2);
    assert!(
        output.stderr.contains("known.yaml:3:5: unknown field `resaon`, expected one of id, device, fingerprint, artifact, reason, until"),
        "{}",
        output.stderr
    );
}

/// What a customer sends does not decide what is kept quiet.
#[test]
fn nothing_is_known_from_inside_a_case() {
    let work = tempfile::tempdir().unwrap();
    let folder = work.path().join("case");
    fs::create_dir(&folder).unwrap();
    fs::copy(case(), folder.join("first-light.zip")).unwrap();
    fs::write(folder.join("known.yaml"), "suppressions: []\n").unwrap();
    fs::write(folder.join("baseline.json"), "[]").unwrap();
    for (option, name) in [("--suppress", "known.yaml"), ("--baseline", "baseline.json")] {
        let file = folder.join(name).to_string_lossy().into_owned();
        let output = support::run(&["check", option, &file], &[&folder]);
        assert_eq!(output.status, 2);
        assert!(output.stderr.contains(name) && output.stderr.contains("never read from inside a case"), "{}", output.stderr);
    }
    // And nobody looks for one.
    assert_eq!(support::run(&["check"], &[&folder]).status, 1);
}

#[test]
fn a_gate_says_why_it_could_not_hold() {
    let work = tempfile::tempdir().unwrap();
    fs::write(work.path().join("bad.zip"), b"PK\x03\x04 no zip").unwrap();
    fs::write(work.path().join("good.log"), "Aug 23 09:19:43.486: %SYS-5-CONFIG_I: Configured\n").unwrap();
    let output = support::run(&["check", "-q"], &[work.path()]);
    assert_eq!(output.status, 0);
    assert_eq!(output.stdout, "bundlescope: ok  no active finding at or above high (1 thing was not read whole)\n");
    let output = support::run(&["check", "-q", "--strict"], &[work.path()]);
    assert_eq!(output.status, 2);
    assert_eq!(output.stdout, "bundlescope: INCOMPLETE  no active finding at or above high, but 1 thing was not read whole (--strict)\n");
    // A finding is certain, however much was not read.
    fs::copy(case(), work.path().join("first-light.zip")).unwrap();
    let output = support::run(&["check", "-q", "--strict"], &[work.path()]);
    assert_eq!(output.status, 1);
    assert!(
        output.stdout.starts_with("bundlescope: FAIL") && output.stdout.contains("(1 thing was not read whole)\n"),
        "{}",
        output.stdout
    );
}

#[cfg(unix)]
#[test]
fn a_gate_that_ran_out_of_time_does_not_hold() {
    let run = |first: &str| {
        let script = format!("(printf '{first}'; sleep 2; echo more; echo; sleep 1; echo still) | \"$0\" check -q --limit time=1s -");
        let output = std::process::Command::new("sh").args(["-c", &script, env!("CARGO_BIN_EXE_bundlescope")]).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (status, text) = run("Aug 23 09:19:43.486: %%SYS-5-CONFIG_I: Configured\\n");
    assert_eq!(status, Some(2), "{text}");
    assert!(
        text.starts_with("bundlescope: STOPPED  no active finding at or above high until the limit `time` ended the reading"),
        "{text}"
    );
    let fault = "%%SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : Unable to resolve server hostname/domain name";
    let (status, text) = run(&format!("Aug 23 09:19:43.486: {fault}\\n"));
    assert_eq!(status, Some(1), "{text}");
    assert!(text.starts_with("bundlescope: FAIL"), "{text}");
}

/// A report may come from a pipe and as NDJSON, on either side.
#[test]
fn a_report_is_compared_from_a_pipe_and_line_by_line() {
    let work = tempfile::tempdir().unwrap();
    let json = fs::read_to_string(report_of(&case(), work.path(), "a.json")).unwrap();
    let lines = fs::read_to_string(report_of(&case(), work.path(), "a.ndjson")).unwrap();
    assert!(lines.starts_with("{\"type\":\"case\""));
    let file = work.path().join("a.ndjson").to_string_lossy().into_owned();
    for text in [&json, &lines] {
        for sides in [["-", &file], [&file, "-"]] {
            let output = support::run_with_input(&["diff", sides[0], sides[1], "-f", "json"], text);
            assert_eq!(output.status, 0, "{}", output.stderr);
            let diff: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
            let changes: Vec<_> = diff["findings"].as_array().unwrap().iter().map(|entry| entry["change"].clone()).collect();
            assert!(!changes.is_empty() && changes.iter().all(|change| change == "unchanged"), "{changes:?}");
        }
    }
    let output = support::run_with_input(&["diff", "-", "-"], &json);
    assert!(output.status == 2 && output.stderr.contains("only one of the two"), "{}", output.stderr);
    let output = support::run_with_input(&["diff", &file, "-"], "Aug 23 09:19:43.486: %SYS-5-CONFIG_I: Configured\n");
    assert!(output.status == 2 && output.stderr.contains("only a report can be piped"), "{}", output.stderr);
    let output = support::run(&["check", "--baseline", &file], &[&case()]);
    assert_eq!(output.status, 0, "{}", output.stdout);
}

/// What the program wrote is no evidence when it lies in a case, whatever format it has.
#[test]
fn reports_inside_a_case_are_left_out() {
    let work = tempfile::tempdir().unwrap();
    let folder = work.path().join("case");
    fs::create_dir(&folder).unwrap();
    for name in ["a.json", "a.ndjson", "a.sarif", "a.xml", "a.csv", "a.html", "a.md", "a.txt"] {
        report_of(&case(), &folder, name);
        let output = support::run(&["diagnose"], &[&folder.join(name)]);
        assert!(output.status == 2 && output.stderr.contains("not a case"), "{name}: {} {}", output.stdout, output.stderr);
    }
    fs::write(folder.join("notes.log"), "Aug 23 09:19:43.486: %SYS-5-CONFIG_I: Configured\n").unwrap();
    // In every language; and a recording in which the report is only one answer is a log.
    for language in ["ja", "ko"] {
        for format in ["table", "markdown"] {
            let output = support::run(&["diagnose", "--lang", language, "-f", format], &[&case()]);
            let file = work.path().join(format!("{language}.{format}"));
            fs::write(&file, &output.stdout).unwrap();
            let output = support::run(&["diagnose"], &[&file]);
            assert!(output.status == 2 && output.stderr.contains("not a case"), "{language} {format}: {}", output.stdout);
            let recording = format!("$ bundlescope diagnose a.zip\n{}", fs::read_to_string(&file).unwrap());
            fs::write(&file, recording).unwrap();
            assert_eq!(support::run(&["diagnose"], &[&file]).status, 0, "{language} {format}");
        }
    }
    let output = support::run(&["diagnose", "-f", "json"], &[&folder]);
    let report: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!((&report["findings"], &report["case"]["coverage"]["skipped"]), (&Value::Array(Vec::new()), &Value::from(8)));
}

/// A plain condition of a healthy device is no reason to fail, however little is asked for.
#[test]
fn what_is_well_fails_no_gate() {
    let work = tempfile::tempdir().unwrap();
    let before = work.path().join("before");
    fs::create_dir(&before).unwrap();
    fs::write(before.join("notes.txt"), "nothing yet\n").unwrap();
    let output = support::run(&["diff", "--fail-on", "info"], &[&before, &healthy()]);
    assert!(output.stdout.contains("healthy"), "{}", output.stdout);
    assert_eq!(output.status, 0, "{}{}", output.stdout, output.stderr);
    // A list in which everything is commented out suppresses nothing.
    let list = work.path().join("accepted.yaml");
    fs::write(&list, "suppressions:\n#  - { id: slp-tls-interception, reason: known }\n").unwrap();
    let output = support::run(&["check", "--suppress", &list.to_string_lossy()], &[&healthy()]);
    assert_eq!(output.status, 0, "{}{}", output.stdout, output.stderr);
}

//! The verbs and the exit statuses of the contract.

use std::fs;

use serde_json::Value;

use crate::support;

#[test]
fn check_fails_on_a_fault_and_passes_what_is_well() {
    let bad = support::run(&["check"], &[&support::root().join("corpora/first-light/first-light.zip")]);
    assert_eq!(bad.status, 1);
    assert!(bad.stdout.starts_with("bundlescope: FAIL"), "{}", bad.stdout);
    assert!(bad.stdout.contains("slp-tls-interception"));
    let good = support::run(&["check"], &[&support::root().join("corpora/cat9300-slp-healthy/input")]);
    assert_eq!(good.status, 0, "{}", good.stdout);
    assert!(good.stdout.starts_with("bundlescope: ok"));
}

#[test]
fn the_report_follows_its_schema_and_goes_where_asked() {
    let work = tempfile::tempdir().unwrap();
    let (json, table) = (work.path().join("report.json"), work.path().join("report.txt"));
    let input = support::root().join("corpora/first-light/first-light.zip");
    let output = support::run(&["diagnose", "-o", &json.to_string_lossy(), "-o", &format!("table={}", table.to_string_lossy())], &[&input]);
    assert_eq!(output.status, 0, "{}", output.stderr);
    assert!(output.stdout.is_empty());
    let report: Value = serde_json::from_str(&fs::read_to_string(json).unwrap()).unwrap();
    let schema: Value = serde_json::from_str(&fs::read_to_string(support::root().join("schema/report-v1.schema.json")).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let faults: Vec<String> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
    assert!(faults.is_empty(), "{faults:?}");
    assert!(fs::read_to_string(table).unwrap().contains("wlc-core-1"));
}

#[test]
fn standard_input_and_help_and_the_other_verbs_answer() {
    let log = "Aug 23 09:19:43.486: %SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : Unable to resolve server hostname/domain name\n";
    let output = support::run_with_input(&["diagnose", "-", "--stdin-name", "pipe.log", "-f", "json"], log);
    let report: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(report["findings"][0]["evidence"][0]["artifact"], "pipe.log");
    for (arguments, expected) in [
        (&["--help"][..], "diagnose"),
        (&["completions", "bash"], "bundlescope"),
        (&["man"], ".TH"),
        (&["rules", "list"], "slp-tls-interception"),
        (&["rules", "show", "dns-no-answer"], "id: dns-no-answer"),
        (&["rules", "schema"], "$schema"),
        (&["rules", "schema", "--report"], "bundlescope/report/v1"),
        (&["rules", "schema", "--ndjson"], "bundlescope/ndjson/v1"),
        (&["rules", "new", "my-rule"], "id: my-rule"),
        (&["rules", "schema", "--diagnosis"], "bundlescope/diagnosis/v1"),
        (&["explain", "iosxe-quovadis-fn72323"], "17.3.4"),
        (&["explain", "iosxe-quovadis-fn72323", "-f", "json"], "\"17.3.4\""),
    ] {
        let output = support::run(arguments, &[]);
        assert_eq!(output.status, 0, "{arguments:?}: {}", output.stderr);
        assert!(output.stdout.contains(expected), "{arguments:?}: {}", output.stdout);
    }
    assert_eq!(support::run(&[], &[]).status, 2, "no argument is bad usage");
    assert_eq!(support::run(&["diagnose", "-f", "xls"], &[&support::root()]).status, 2, "a format that is not there");
}

#[test]
fn explain_says_why_not_from_the_same_verdict() {
    let input = support::root().join("corpora/cat9300-slp-healthy/input");
    let output = support::run(&["explain", "iosxe-quovadis-fn72323"], &[&input]);
    assert_eq!(output.status, 0);
    assert!(output.stdout.contains("not made"), "{}", output.stdout);
    // Standard input, and every state of a leaf with its place.
    let log = "SW1#show version\nCisco IOS XE Software, Version 17.03.03\nSW1#show license tech support\n% Invalid input detected\nSW1#show logging\nMar 10 2022 09:19:43.486: %CALL_HOME-5-SL_MESSAGE_FAILED: Fail to send out Smart Licensing message to: https://tools.cisco.com/its (ERR 205 : Request Aborted)\nSW1#\n";
    let output = support::run_with_input(&["explain", "iosxe-quovadis-fn72323", "-", "--stdin-name", "case.log", "--jobs", "1"], log);
    for part in ["iosxe-quovadis-fn72323 on SW1: made", "seen ", "case.log:6", "not seen ", "not known ", "this device has no capture"] {
        assert!(output.stdout.contains(part), "{part}: {}", output.stdout);
    }
    assert!(output.stdout.lines().all(|line| line.chars().count() <= 100), "{}", output.stdout);
}

#[test]
fn nothing_recognised_is_an_empty_report_and_a_warning() {
    let output = support::run_with_input(&["diagnose", "-", "-f", "json"], "to be or not to be\n");
    assert_eq!(output.status, 0);
    let report: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(report["findings"], serde_json::json!([]));
    assert!(output.stderr.contains("nothing in this input was recognised"), "{}", output.stderr);
}

#[test]
fn strict_fails_on_partial_input() {
    let work = tempfile::tempdir().unwrap();
    fs::write(work.path().join("bad.zip"), b"PK\x03\x04 no zip").unwrap();
    fs::write(work.path().join("good.log"), "Aug 23 09:19:43.486: %SYS-5-CONFIG_I: Configured\n").unwrap();
    assert_eq!(support::run(&["diagnose"], &[work.path()]).status, 0);
    assert_eq!(support::run(&["diagnose", "--strict"], &[work.path()]).status, 2);
}

#[test]
fn secrets_and_escape_sequences_never_leave() {
    let log = "SW1#license smart trust idtoken NzRhYjU4ZWUtZDY1Yi00YTU1LWExNGYtMTIzNDU2Nzg5 all force\n\x1b]0;owned\x07Aug 23 09:19:43.486: %SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : Unable to resolve server hostname/domain name https://bob:hunter22@tools.cisco.com/\n";
    for format in bundlescope::report::render::Format::ALL.iter().map(|format| format.name()) {
        let output = support::run_with_input(&["diagnose", "-", "-f", format, "-v"], log);
        let all = format!("{}{}", output.stdout, output.stderr);
        for secret in ["NzRhYjU4ZWUt", "hunter22", "\x1b", "\x07"] {
            assert!(!all.contains(secret), "{secret:?} in {format}:\n{all}");
        }
        assert!(all.contains("<masked:") || all.contains("&lt;masked:"), "{format}: {all}");
    }
}

#[test]
fn several_inputs_can_be_cases_of_their_own() {
    let work = tempfile::tempdir().unwrap();
    let (bad, good) =
        (support::root().join("corpora/first-light/first-light.zip"), support::root().join("corpora/cat9300-slp-healthy/input"));
    let lines = |text: &str| text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).collect::<Vec<_>>();
    let output = support::run(&["diagnose", "--per-input", "-f", "ndjson"], &[&bad, &good]);
    assert_eq!(output.status, 0, "{}", output.stderr);
    let alone = [&bad, &good].map(|path| support::run(&["diagnose", "-f", "ndjson"], &[path]).stdout).concat();
    assert_eq!(output.stdout, alone);
    // One that is not there does not keep the others from it, and is no success.
    let file = work.path().join("all.ndjson");
    let output = support::run(&["diagnose", "--per-input", "-o", &file.to_string_lossy()], &[&bad, &work.path().join("none"), &good]);
    assert!(output.status == 2 && output.stderr.contains("none: no such file"), "{}", output.stderr);
    assert_eq!(lines(&fs::read_to_string(&file).unwrap()).iter().filter(|line| line["type"] == "summary").count(), 2);
    let output = support::run(&["diagnose", "--per-input"], &[&bad]);
    assert!(output.status == 2 && output.stderr.contains("-f ndjson"), "{}", output.stderr);
}

/// A flag, then `FORCE_COLOR`, then `NO_COLOR`, then the terminal: the same for the report and for messages.
#[test]
fn colour_goes_where_it_is_asked_for() {
    use std::process::Command;
    let case = support::root().join("corpora/cat9300-slp-healthy/input");
    let run = |arguments: &[&str], environment: &[(&str, &str)]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bundlescope"));
        let output = command
            .env_clear()
            .envs(environment.iter().copied())
            .arg("diagnose")
            .args(arguments)
            .arg(&case)
            .arg("no-such")
            .output()
            .unwrap();
        [output.stdout, output.stderr].map(|text| text.contains(&0x1b))
    };
    for (arguments, environment, expected) in [
        (&[][..], &[][..], false),
        (&[], &[("FORCE_COLOR", "1")], true),
        (&[], &[("CLICOLOR_FORCE", "1")], true),
        (&[], &[("FORCE_COLOR", "0")], false),
        (&[], &[("FORCE_COLOR", "1"), ("NO_COLOR", "1")], true),
        (&["--color", "never"], &[("FORCE_COLOR", "1")], false),
        (&["--color", "always"], &[("NO_COLOR", "1")], true),
        (&["--color", "auto"], &[("NO_COLOR", "1")], false),
    ] {
        assert_eq!(run(arguments, environment), [expected; 2], "{arguments:?} {environment:?}");
    }
    let quiet = support::run(&["diagnose", "-q"], &[&case, std::path::Path::new("no-such")]);
    assert_eq!((quiet.status, quiet.stderr.as_str()), (0, ""));
    let verbose = support::run(&["diagnose", "-v"], &[&case]);
    assert!(verbose.stderr.contains(" rules") && verbose.stderr.contains("MiB/s"), "{}", verbose.stderr);
    assert!(support::run(&["--version"], &[]).stdout.contains("digest "));
    assert_eq!(support::run(&["-V"], &[]).stdout.lines().count(), 1);
}

/// What a file is called says what it holds, whatever standard output was asked for.
#[test]
fn the_extension_outranks_the_format_of_standard_output() {
    let work = tempfile::tempdir().unwrap();
    let input = support::root().join("corpora/cat9300-slp-healthy/input");
    let path = |name: &str| work.path().join(name).to_string_lossy().into_owned();
    let arguments = [
        "diagnose",
        "-f",
        "markdown",
        "-o",
        &path("a.html"),
        "-o",
        &path("b.json"),
        "-o",
        &path("c.foo"),
        "-o",
        &format!("csv={}", path("d.txt")),
    ];
    let output = support::run(&arguments, &[&input]);
    assert_eq!((output.status, output.stdout.as_str()), (0, ""), "{}", output.stderr);
    for (name, begins) in [("a.html", "<!doctype html>"), ("b.json", "{"), ("c.foo", "<!-- bundlescope "), ("d.txt", "rank,id")] {
        let text = std::fs::read_to_string(path(name)).unwrap();
        assert!(text.to_lowercase().starts_with(begins), "{name}: {}", text.get(..60).unwrap_or(&text));
    }
    let output = support::run(&["diff", "-f", "json", "-o", &path("diff.md")], &[&input, &input]);
    assert!(output.status == 0 && !std::fs::read_to_string(path("diff.md")).unwrap().starts_with('{'), "{}", output.stderr);
}

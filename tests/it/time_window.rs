//! `--since`, `--until`, `--timezone`, `--assume-timezone`: what counts, by times that the inputs state.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support;

const FAILED: &str = "%SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : Unable to resolve server hostname/domain name";

fn report(arguments: &[&str], case: &Path) -> Value {
    let output = support::run(&[&["diagnose", "-f", "json"][..], arguments].concat(), &[case]);
    assert_eq!(output.status, 0, "{arguments:?}: {}", output.stderr);
    serde_json::from_str(&output.stdout).unwrap()
}

/// Occurrences of a diagnosis on a device; 0 where it was not made.
fn occurrences(report: &Value, device: &str, id: &str) -> u64 {
    let finding = report["findings"].as_array().unwrap().iter().find(|finding| finding["device"] == device && finding["id"] == id);
    finding.map_or(0, |finding| finding["occurrences"].as_u64().unwrap())
}

/// Without any year: the device reports its failures at 02:47, 10:43 and 18:39 on Sep 11, at 02:53, 10:49 and 18:45 on Sep 13, and the
/// last line of all is of Sep 13 19:58:54 (`grep acc-62 collector.log`).
#[test]
fn a_labelled_case_counts_back_from_its_newest_line() {
    let case = support::root().join("corpora/collector-five-faults/input");
    let log = fs::read_to_string(case.join("collector.log")).unwrap();
    let lines = log.lines().filter(|line| line.contains("acc-62") && line.contains("SL_MESSAGE_FAILED")).count();
    assert_eq!(lines, 6);
    for (arguments, expected) in [
        (&[][..], 6),
        (&["--since", "3d"], 6),
        (&["--since", "36h"], 3),
        (&["--since", "-10h"], 2),
        (&["--since", "1h"], 0),
        (&["--until", "36h", "--since", "100h"], 3),
        // Sep 11 and 12 of any year.
        (&["--since", "2021-09-11", "--until", "2021-09-12"], 3),
        (&["--since", "2021-09-11T10:43:00.758", "--until", "2021-09-11T10:43:01"], 1),
        (&["--since", "2021-09-14", "--until", "2021-12-31"], 0),
        (&["--since", "2021-09-14"], 6),
    ] {
        let report = report(arguments, &case);
        assert_eq!(occurrences(&report, "acc-62", "callhome-send-failed"), expected, "{arguments:?}");
        assert_eq!(report["case"]["window"].is_null(), arguments.is_empty());
    }
    let output = support::run(&["diagnose", "--since", "1h"], &[&case]);
    assert!(output.stdout.contains("Sep 13 18:58") && output.stdout.contains("outside of that"), "{}", output.stdout);
}

/// A log without years is dated by the command that printed it, or by another file of the device, and then lies outside.
#[test]
fn lines_without_a_year_are_dated_by_what_stands_beside_them() {
    let work = tempfile::tempdir().unwrap();
    let lines: String = (1..=40)
        .map(|day| format!("{} {:02} 10:00:00.000: {FAILED}\n", if day <= 30 { "Jun" } else { "Jul" }, (day - 1) % 30 + 1))
        .collect();
    fs::write(work.path().join("show.txt"), format!("sw1#show clock\n12:00:00.000 UTC Sat Jul 10 2021\nsw1#show logging\n{lines}sw1#\n"))
        .unwrap();
    let case = work.path();
    for (arguments, expected) in [
        (&[][..], 40),
        (&["--since", "2021-07-01"], 10),
        (&["--since", "2021-06-20", "--until", "2021-06-21T09:59"], 1),
        (&["--since", "3d"], 3),
        (&["--since", "2020-06-01", "--until", "2020-12-31"], 0),
        (&["--since", "2020-06-01", "--until", "2021-06-02"], 2),
    ] {
        let report = report(arguments, case);
        assert_eq!(occurrences(&report, "sw1", "dns-name-unresolved"), expected, "{arguments:?}");
        if !arguments.is_empty() {
            assert_eq!(report["case"]["window"]["outside"], 40 - expected, "{arguments:?}");
        }
    }
    let report = report(&["--since", "3d"], case);
    let (window, finding) = (&report["case"]["window"], &report["findings"][0]);
    assert_eq!((&window["since"], &window["until"]), (&Value::from("2021-07-07T12:00:00Z"), &Value::Null));
    assert_eq!((finding["first_seen"].as_str(), finding["last_seen"].as_str()), (Some("2021-07-08T10:00:00"), Some("2021-07-10T10:00:00")));
}

/// What a command printed before the window is no state within it, though it still says which device it was.
#[test]
fn outputs_of_another_day_are_no_evidence() {
    let work = tempfile::tempdir().unwrap();
    let output = |day: u32, state: &str| {
        format!(
            "sw1#show clock\n12:00:00.000 UTC Sat Jul {day} 2021\nsw1#show version\nCisco IOS XE Software, Version 17.03.03\nsw1#show license status\nTrust Code Installed: {state}\n\nTransport:\n  Type: Smart\n"
        )
    };
    fs::write(work.path().join("before.txt"), output(1, "<none>")).unwrap();
    let whole = report(&[], work.path());
    assert!(whole["devices"][0]["facts"].as_object().unwrap().keys().any(|name| name.starts_with("license.")), "{whole:#}");
    let later = report(&["--since", "2021-07-02"], work.path());
    assert!(!later["devices"][0]["facts"].as_object().unwrap().keys().any(|name| name.starts_with("license.")), "{later:#}");
    assert_eq!((&later["devices"][0]["id"], later["findings"].as_array().map(Vec::len)), (&Value::from("sw1"), Some(0)));
}

#[test]
fn zones_that_are_not_stated_can_be_told() {
    let work = tempfile::tempdir().unwrap();
    let case = work.path().join("sw1.log");
    fs::write(
        &case,
        format!("Jun 29 2021 10:00:00.000: {FAILED}\nJun 29 2021 10:30:00.000 UTC: {FAILED}\nDec 29 2021 10:00:00.000: {FAILED}\n"),
    )
    .unwrap();
    let times = |arguments: &[&str]| {
        let report = report(arguments, &case);
        let finding = &report["findings"][0];
        [&finding["first_seen"], &finding["last_seen"]].map(|time| time.as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(times(&[]), ["2021-06-29T10:00:00", "2021-12-29T10:00:00"]);
    assert_eq!(times(&["--assume-timezone", "JST"]), ["2021-06-29T10:00:00+09:00", "2021-12-29T10:00:00+09:00"]);
    assert_eq!(times(&["--assume-timezone", "Europe/Berlin"]), ["2021-06-29T10:00:00+02:00", "2021-12-29T10:00:00+01:00"]);
    // JSON keeps what was stated; people see what they asked for.
    assert_eq!(times(&["--timezone", "JST"]), ["2021-06-29T10:00:00", "2021-12-29T10:00:00"]);
    // 10:00 in Tokyo is 01:00 UTC: earlier than 02:00 UTC, and 10:30 UTC is not.
    assert_eq!(times(&["--assume-timezone", "JST", "--since", "2021-06-29T02:00Z", "--until", "2021-07-01"])[0], "2021-06-29T10:30:00Z");
    // A bound without a zone is meant in the zone that is shown: 18:00 in Tokyo is 09:00 UTC.
    let both = ["--assume-timezone", "UTC", "--timezone", "+09:00", "--since", "2021-06-29T19:15", "--until", "2021-07-01"];
    assert_eq!(times(&both)[0], "2021-06-29T10:30:00Z");

    for (format, stated, shown) in [
        ("table", "2021-06-29 10:30", "2021-06-29 19:30"),
        ("markdown", "2021-06-29 10:30", "2021-06-29 19:30"),
        ("csv", "2021-06-29T10:30:00Z", "2021-06-29T19:30:00+09:00"),
        ("html", "2021-06-29 10:30", "2021-06-29 19:30"),
    ] {
        let window = ["diagnose", "-f", format, "--since", "2021-06-29T10:15:00Z", "--until", "2021-07-01"];
        let output = support::run(&window, &[&case]);
        assert!(output.stdout.contains(stated), "{format}: {}", output.stdout);
        let output = support::run(&[&window[..], &["--timezone", "Asia/Tokyo"]].concat(), &[&case]);
        assert!(output.stdout.contains(shown) && !output.stdout.contains(stated), "{format}: {}", output.stdout);
    }
    let output = support::run(&["diagnose", "--timezone", "Asia/Tokyo"], &[&case]);
    assert!(output.stdout.contains("where no zone is stated"), "{}", output.stdout);
}

#[test]
fn captures_checks_and_comparisons_keep_to_the_window() {
    // tshark -r ...: all packets are of one second of 2023-11-16.
    let zip = support::root().join("corpora/first-light/first-light.zip");
    let (none, all) =
        (support::run(&["check", "--since", "2024-01-01"], &[&zip]), support::run(&["check", "--since", "2023-11-01"], &[&zip]));
    assert_eq!((none.status, all.status), (0, 1), "{} {}", none.stdout, all.stdout);
    assert!(none.stdout.contains("only from 2024-01-01T00:00:00"), "{}", none.stdout);
    let output = support::run(&["explain", "slp-tls-interception", "--since", "2024-01-01"], &[&zip]);
    assert!(output.stdout.contains("not made") && !output.stdout.contains(": made"), "{}", output.stdout);
    let output = support::run(&["inspect", "--until", "2022-01-01"], &[&zip]);
    assert!(output.stdout.contains("Only what was up to 2022-01-01 23:59:59 counts."), "{}", output.stdout);
    let output = support::run(&["diff", "--until", "2022-01-01"], &[&zip, &zip]);
    assert_eq!(output.status, 0, "{}", output.stderr);
    let config = tempfile::tempdir().unwrap();
    let file = config.path().join("c.toml");
    fs::write(&file, "timezone = 'Asia/Seoul'\nassume-timezone = 'Asia/Seoul'\n").unwrap();
    let output = support::run(&["--config", &file.to_string_lossy(), "diagnose"], &[&zip]);
    let words = output.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("Times are in Asia/Seoul."), "{}", output.stdout);
    fs::write(&file, "timezone = 'Seoul'\n").unwrap();
    let output = support::run(&["--config", &file.to_string_lossy(), "diagnose"], &[&zip]);
    assert!(
        output.status == 2 && output.stderr.contains("c.toml: `timezone`") && output.stderr.contains("Asia/Tokyo"),
        "{}",
        output.stderr
    );
}

#[test]
fn standard_input_has_no_newest_line_beforehand() {
    let log = format!("Jun 29 2021 10:00:00.000: {FAILED}\nJul 29 2021 10:00:00.000: {FAILED}\n");
    let output = support::run_with_input(&["diagnose", "-", "--since", "36h"], &log);
    assert!(output.status == 2 && output.stderr.contains("write it to a file first"), "{}", output.stderr);
    let output = support::run_with_input(&["diagnose", "-", "--since", "2021-07-01", "-f", "json"], &log);
    let report: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!((&report["findings"][0]["occurrences"], &report["case"]["window"]["outside"]), (&Value::from(1), &Value::from(1)));
    for (arguments, said) in [
        (&["--since", "yesterday"][..], "2021-06-29T11:12"),
        (&["--since", "2021-07-01", "--until", "2021-06-01"], "ends before it begins"),
        (&["--timezone", "CST"], "Europe/Berlin"),
        (&["--assume-timezone", "Mars/Olympus"], "+09:00"),
    ] {
        let output = support::run_with_input(&[&["diagnose", "-"][..], arguments].concat(), &log);
        assert!(output.status == 2 && output.stderr.contains(said), "{arguments:?}: {}", output.stderr);
    }
}

/// No format is taken for the whole case when it is of a part of it.
#[test]
fn every_format_says_that_a_window_was_set() {
    let zip = support::root().join("corpora/first-light/first-light.zip");
    for (format, mark) in [
        ("table", "Only what was from 2023-11-16"),
        ("markdown", "Only what was from 2023-11-16"),
        ("html", "Only what was from 2023-11-16"),
        ("sarif", "\"text\": \"Only what was from 2023-11-16"),
        ("junit", "<property name=\"window\" value=\"Only what was from 2023-11-16"),
        ("csv", "2023-11-16T08:13:00/.."),
        ("json", "\"since\": \"2023-11-16T08:13:00"),
        ("ndjson", "\"since\":\"2023-11-16T08:13:00"),
    ] {
        let output = support::run(&["diagnose", "-f", format, "--since", "2023-11-16T08:13:00"], &[&zip]);
        let said = output.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(mark), "{format}: {}", output.stdout);
        let output = support::run(&["diagnose", "-f", format], &[&zip]);
        assert!(!output.stdout.contains(mark), "{format}");
    }
    for (format, mark) in [
        ("table", "Only what was from 2023-11-16"),
        ("markdown", "> Only what was from 2023-11-16"),
        ("csv", "2023-11-16T08:13:00/..,2023-11-16T08:13:00/.."),
        ("json", "\"since\": \"2023-11-16T08:13:00"),
        ("ndjson", "\"since\":\"2023-11-16T08:13:00"),
    ] {
        let output = support::run(&["diff", "-f", format, "--since", "2023-11-16T08:13:00"], &[&zip, &zip]);
        assert!(output.stdout.contains(mark), "{format}: {}", output.stdout);
        assert_eq!(output.stdout.matches("Only what").count(), usize::from(mark.contains("Only")), "{format}");
    }
}

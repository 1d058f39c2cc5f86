//! Same input, same bytes out, for any number of threads.

use std::path::{Path, PathBuf};

use crate::support;

#[test]
fn the_report_does_not_depend_on_the_number_of_threads() {
    for case in ["first-light/first-light.zip", "collector-rfc3164/input", "wlc-ssl-decryption/input"] {
        let input = support::root().join("corpora").join(case);
        let reports: Vec<String> = ["1", "2", "8", "64"]
            .iter()
            .map(|jobs| support::run(&["diagnose", "--format", "json", "--min-confidence", "0", "--jobs", jobs], &[&input]).stdout)
            .collect();
        assert!(reports[0].contains("\"rank\": 1"), "{case}: {}", reports[0]);
        assert!(reports.iter().all(|report| *report == reports[0]), "{case} differs by threads");
    }
}

#[test]
fn a_text_of_many_pieces_keeps_its_line_numbers() {
    // Longer than several pieces, so that it is searched on several threads; the numbers come from counting here.
    let mut text = String::new();
    let mut expected = Vec::new();
    for number in 1..=60_000_u64 {
        if number % 7_001 == 0 {
            // Each at a time of its own: the same line twice would be a copy.
            text.push_str(&format!("Aug 23 09:19:43.{:03}: %SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : Unable to resolve server hostname/domain name\n", number / 7_001));
            expected.push(number);
        } else {
            text.push_str(&format!(
                "Aug 23 09:19:{:02}.486: %LINK-3-UPDOWN: Interface GigabitEthernet1/0/{}, changed state to up\n",
                number % 60,
                number % 48
            ));
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("big.log");
    std::fs::write(&path, &text).unwrap();
    for jobs in ["1", "8"] {
        let output = support::run(&["diagnose", "-f", "json", "--select", "dns-name-unresolved", "--jobs", jobs], &[&path]);
        let report: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
        let finding = &report["findings"][0];
        assert_eq!(finding["occurrences"], expected.len(), "{jobs} threads");
        let quoted: Vec<u64> = finding["evidence"].as_array().unwrap().iter().filter_map(|evidence| evidence["line"].as_u64()).collect();
        assert!(quoted.contains(&expected[0]) && quoted.contains(expected.last().unwrap()), "{quoted:?} of {expected:?}");
        assert_eq!(report["artifacts"][0]["lines"], 60_000);
    }
}

/// The files of a case, made in another order, in another place: the order in which a system lists them is another as well.
fn shuffled(from: &Path, to: &Path, seed: u64) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(from).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    let mut state = seed;
    for left in (1..entries.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        entries.swap(left, usize::try_from(state >> 33).unwrap() % (left + 1));
    }
    for entry in entries {
        let place = to.join(entry.file_name().unwrap());
        if entry.is_dir() {
            std::fs::create_dir(&place).unwrap();
            shuffled(&entry, &place, seed);
        } else {
            std::fs::copy(&entry, &place).unwrap();
        }
    }
}

/// Threads, order of the folder, order of the arguments, zone, language and width of whoever runs it: the same bytes.
#[test]
fn the_report_depends_on_the_case_alone() {
    let work = tempfile::tempdir().unwrap();
    // What several files and devices tell together.
    let cases = ["first-light", "collector-rfc3164", "wlc-ssl-decryption", "cat9300-slp-healthy"];
    let mut expected: Option<String> = None;
    let surroundings = [
        ("UTC", "C", "1"),
        ("Asia/Tokyo", "ja_JP.SJIS", "2"),
        (":/no/such/zone", "tr_TR.UTF-8", "8"),
        ("America/St_Johns", "\u{fffd}", "64"),
    ];
    for (n, (zone, locale, jobs)) in (0_u64..).zip(surroundings) {
        let folder = work.path().join(n.to_string());
        std::fs::create_dir(&folder).unwrap();
        let mut order: Vec<&str> = cases.to_vec();
        order.rotate_left(usize::try_from(n).unwrap());
        for case in &order {
            let place = folder.join(case);
            std::fs::create_dir(&place).unwrap();
            shuffled(&support::root().join("corpora").join(case).join(if *case == "first-light" { "" } else { "input" }), &place, n);
        }
        for _ in 0..2 {
            let mut command = support::command();
            // One is named twice, and order is nothing.
            command.args(["diagnose", "-q", "-f", "json", "--min-confidence", "0", "--jobs", jobs]).args(&order).arg(order[0]);
            command.env("TZ", zone).env("LC_ALL", locale).env("LANG", locale).env("COLUMNS", jobs).current_dir(&folder);
            let report = support::finished(command.output().unwrap());
            assert_eq!(report.status, 0, "{}", report.stderr);
            // The report repeats how the inputs were named, in their order.
            let mut report: serde_json::Value = serde_json::from_str(&report.stdout).unwrap();
            assert!(report["findings"].as_array().unwrap().len() > 10);
            report["case"]["inputs"] = serde_json::Value::Null;
            let report = report.to_string();
            assert!(*expected.get_or_insert_with(|| report.clone()) == report, "{zone}, {locale}, {jobs} threads");
        }
    }
}

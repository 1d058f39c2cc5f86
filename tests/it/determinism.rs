//! Same input, same bytes out, for any number of threads.

use crate::support;

#[test]
fn the_report_does_not_depend_on_the_number_of_threads() {
    for case in ["first-light/first-light.zip", "collector-rfc3164/input", "wlc-ssl-decryption/input"] {
        let input = support::root().join("corpora").join(case);
        let reports: Vec<String> = ["1", "2", "8"]
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

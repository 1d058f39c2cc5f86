//! What is damaged costs itself alone: the rest is diagnosed, and the damage is named.

use std::fs;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

use crate::support;

const EVIDENCE: &str = "Aug 23 09:19:43.486: %SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : Unable to resolve server hostname/domain name\n";

fn diagnosed(folder: &std::path::Path) -> Value {
    let output = support::run(&["diagnose", "-f", "json"], &[folder]);
    assert_eq!(output.status, 0, "{}", output.stderr);
    serde_json::from_str(&output.stdout).unwrap()
}

fn ids(report: &Value) -> Vec<&str> {
    report["findings"].as_array().unwrap().iter().filter_map(|finding| finding["id"].as_str()).collect()
}

#[test]
fn a_cut_gzip_gives_its_prefix_and_an_error() {
    let work = tempfile::tempdir().unwrap();
    let mut gz = GzEncoder::new(Vec::new(), Compression::default());
    gz.write_all(EVIDENCE.as_bytes()).unwrap();
    for n in 0..20_000_u32 {
        writeln!(gz, "Aug 23 09:19:43.486: %SYS-5-CONFIG_I: line {}", n.wrapping_mul(2_654_435_761)).unwrap();
    }
    let whole = gz.finish().unwrap();
    fs::write(work.path().join("cut.log.gz"), &whole[..whole.len() / 2]).unwrap();
    let report = diagnosed(work.path());
    assert!(ids(&report).contains(&"dns-name-unresolved"));
    assert_eq!(report["errors"][0]["kind"], "truncated");
    assert!(report["errors"][0]["artifact"].as_str().unwrap().ends_with("cut.log.gz"));
    assert!(report["errors"][0]["message"].as_str().unwrap().contains("were used"), "{}", report["errors"]);
}

#[test]
fn every_cut_of_an_archive_is_survived_and_said() {
    let work = tempfile::tempdir().unwrap();
    let zip = fs::read(support::root().join("corpora/first-light/first-light.zip")).unwrap();
    for part in [1, 10, 30, 50, 70, 90, 99] {
        fs::write(work.path().join("case.zip"), &zip[..zip.len() * part / 100]).unwrap();
        let output = support::run(&["diagnose", "-f", "json"], &[work.path()]);
        assert!(matches!(output.status, 0 | 2), "cut at {part} %: {}", output.stderr);
        assert!(output.stderr.contains("case.zip"), "cut at {part} % is not said: {}", output.stderr);
    }
}

#[test]
fn an_unreadable_member_among_readable_ones_is_named() {
    let work = tempfile::tempdir().unwrap();
    fs::write(work.path().join("good.log"), EVIDENCE).unwrap();
    fs::write(work.path().join("bad.zip"), b"PK\x03\x04 this is no zip at all, but it begins like one").unwrap();
    fs::write(work.path().join("bad.pcap"), b"\xd4\xc3\xb2\xa1\x02\x00\x04\x00\0\0\0\0\0\0\0\0\xff\xff\0\0\x01\0\0\0garbage").unwrap();
    let report = diagnosed(work.path());
    assert!(ids(&report).contains(&"dns-name-unresolved"));
    let named: Vec<&str> = report["errors"].as_array().unwrap().iter().filter_map(|error| error["artifact"].as_str()).collect();
    assert!(named.iter().any(|path| path.ends_with("bad.zip")) && named.iter().any(|path| path.ends_with("bad.pcap")), "{named:?}");
}

#[test]
fn odd_encodings_do_not_hide_evidence() {
    let work = tempfile::tempdir().unwrap();
    let utf16 = |little: bool, bom: bool| -> Vec<u8> {
        let text = format!("{}{EVIDENCE}", if bom { "\u{feff}" } else { "" });
        text.encode_utf16().flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
    };
    let plain = EVIDENCE.as_bytes();
    let latin1 = [b"Caf\xe9 switch\n".as_slice(), plain].concat();
    let shift_jis = [b"\x83\x89\x83C\x83Z\x83\x93\x83X\n".as_slice(), plain].concat();
    let euc_kr = [b"\xb6\xf3\xc0\xcc\xbc\xb1\xbd\xba\n".as_slice(), plain].concat();
    let nul = [b"boot\0\0\0 noise\n".as_slice(), plain].concat();
    let mac = format!("first line\r{}", EVIDENCE.replace('\n', "\r")).into_bytes();
    let cases: Vec<(&str, Vec<u8>, u64)> = vec![
        ("utf-8 with a mark", [b"\xef\xbb\xbf".as_slice(), plain].concat(), 1),
        ("utf-16le with a mark", utf16(true, true), 1),
        ("utf-16be with a mark", utf16(false, true), 1),
        ("utf-16le without", utf16(true, false), 1),
        ("utf-16be without", utf16(false, false), 1),
        ("crlf", format!("first\r\n{}", EVIDENCE.replace('\n', "\r\n")).into_bytes(), 2),
        ("lone cr", mac, 2),
        ("latin-1", latin1, 2),
        ("shift-jis", shift_jis, 2),
        ("euc-kr", euc_kr, 2),
        ("nul bytes", nul, 2),
        ("no final line end", EVIDENCE.trim_end().as_bytes().to_vec(), 1),
        ("escape sequences", format!("\x1b[31m{}\x1b[0m\n", EVIDENCE.trim_end()).into_bytes(), 1),
        ("wrapped in a word", EVIDENCE.replace("Smart Software", "Smart Sof\ntware").into_bytes(), 1),
        ("wrapped at a blank", EVIDENCE.replace("resolve server", "resolve\nserver").into_bytes(), 1),
    ];
    for (name, bytes, line) in cases {
        let path = work.path().join("case.log");
        fs::write(&path, bytes).unwrap();
        let report = diagnosed(&path);
        let finding = report["findings"].as_array().unwrap().iter().find(|finding| finding["id"] == "dns-name-unresolved");
        let finding = finding.unwrap_or_else(|| panic!("{name} hides the evidence: {report:#}"));
        assert_eq!(finding["evidence"][0]["line"], line, "{name}");
    }
}

#[test]
fn a_limit_that_is_lowered_acts_and_is_named() {
    let input = support::root().join("corpora/first-light/first-light.zip");
    for (limit, named) in [("flows=1", "flows"), ("depth=1", "depth"), ("archive_members=1", "archive_members")] {
        let output = support::run(&["diagnose", "-f", "json", "--limit", limit], &[&input]);
        assert_eq!(output.status, 0, "{limit}: {}", output.stderr);
        let report: Value = serde_json::from_str(&output.stdout).unwrap();
        let said = report["errors"]
            .as_array()
            .unwrap()
            .iter()
            .any(|error| error["kind"] == "limit" && error["message"].as_str().unwrap().contains(named));
        assert!(said, "{limit} is not named: {}", report["errors"]);
    }
}

#[test]
fn a_case_of_which_nothing_can_be_read_has_a_report_that_says_why() {
    let work = tempfile::tempdir().unwrap();
    let mut zip = fs::read(support::root().join("corpora/first-light/first-light.zip")).unwrap();
    zip.truncate(20);
    let bad = work.path().join("bad.zip");
    fs::write(&bad, &zip).unwrap();
    for verb in ["diagnose", "inspect", "check"] {
        let output = support::run(&[verb, "-f", "json"], &[&bad]);
        assert_eq!(output.status, 2, "{verb}: {}", output.stderr);
        assert!(output.stderr.starts_with("error: nothing of the case could be read\n  "), "{verb}: {}", output.stderr);
        let report: Value = serde_json::from_str(&output.stdout).unwrap();
        assert_eq!(report["errors"][0]["artifact"], bad.to_str().unwrap(), "{verb}");
        assert_eq!(report["case"]["coverage"]["unreadable"], 1, "{verb}");
        assert_eq!(report["findings"], serde_json::json!([]), "{verb}");
    }
    for format in ["table", "ndjson", "markdown", "html", "sarif", "junit"] {
        let output = support::run(&["diagnose", "-f", format], &[&bad]);
        assert_eq!(output.status, 2, "{format}");
        assert!(output.stdout.contains("bad.zip"), "{format}: {}", output.stdout);
    }
    assert_eq!(support::run(&["check"], &[&bad]).stdout, "bundlescope: UNREAD  nothing of the case could be read\n");
    // One case of several: the others have their reports as well.
    fs::write(work.path().join("good.log"), EVIDENCE).unwrap();
    let output = support::run(&["diagnose", "--per-input", "-f", "ndjson"], &[&bad, &work.path().join("good.log")]);
    assert_eq!((output.status, output.stdout.matches("\"type\":\"summary\"").count()), (2, 2), "{}", output.stdout);
    // A path that is not there is no case.
    let output = support::run(&["diagnose", "-f", "json"], &[&work.path().join("none.zip")]);
    assert_eq!((output.status, output.stdout.as_str()), (2, ""));
    assert!(output.stderr.contains("no such file or folder"), "{}", output.stderr);
}

//! Fingerprints: two inputs of the same device on two days agree, two certificates on one device do not.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use bundlescope::diagnose::Selection;
use bundlescope::scan::Scanner;
use regex::{Captures, Regex};

use crate::support;

/// Cases of every family: logs, output with and without prompts, Expressway, Nexus, captures.
const CASES: &[&str] = &[
    "cat9300-quovadis-err-205",
    "exp-x14-3-1-interception",
    "exp-x14-2-5-interception-log-only",
    "unseen-nexus-proxy-half",
    "capture-nexus-old-root",
    "wlc-quovadis-smart-transport",
    "gz-rotated-collector",
    "exp-proxy-407",
    "proxy-log-denies-407",
    "unseen-wlc-proxy-wants-password",
];

/// The fingerprint of each finding, by id and device.
fn fingerprints(scanner: &Scanner<'_>, input: &Path) -> BTreeMap<(String, Option<String>), String> {
    let report = support::report(scanner, input.to_owned(), &Selection::default());
    report.findings.into_iter().map(|finding| ((finding.id, finding.device), finding.fingerprint)).collect()
}

/// Copies a case into a folder of another name, file by file, changed.
fn copied(from: &Path, to: &Path, change: &dyn Fn(&[u8]) -> Vec<u8>) {
    if from.is_file() {
        fs::write(to, change(&fs::read(from).unwrap())).unwrap();
        return;
    }
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("later-{}", path.file_name().unwrap().to_string_lossy());
        copied(&path, &to.join(name), change);
    }
}

/// The same text or capture of classic pcap, stamped a day later; other files stay.
fn a_day_later(bytes: &[u8]) -> Vec<u8> {
    if bytes.starts_with(b"\xd4\xc3\xb2\xa1") {
        return pcap_later(bytes);
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return bytes.to_vec() };
    let next = |day: &str| {
        if matches!(day, "27" | "28" | "29" | "30" | "31") {
            day.to_owned()
        } else {
            format!("{:>width$}", day.trim().parse::<u32>().unwrap() + 1, width = day.len())
        }
    };
    let named = Regex::new(r"\b(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) ([ 1-3]?\d) (\d\d:|\d{4} \d\d:)").unwrap();
    let text = named.replace_all(text, |found: &Captures<'_>| format!("{} {} {}", &found[1], next(&found[2]), &found[3]));
    let iso = Regex::new(r"\b(20\d\d-\d\d-)([0-2]\d)([T ]\d\d:)").unwrap();
    let next = |day: &str| if day == "29" { day.to_owned() } else { format!("{:02}", day.parse::<u32>().unwrap() + 1) };
    iso.replace_all(&text, |found: &Captures<'_>| format!("{}{}{}", &found[1], next(&found[2]), &found[3])).into_owned().into_bytes()
}

fn pcap_later(bytes: &[u8]) -> Vec<u8> {
    let mut later = bytes.to_vec();
    let mut at = 24;
    while let Some(head) = later.get_mut(at..at + 16) {
        let seconds = u32::from_le_bytes(head[..4].try_into().unwrap()) + 86_400;
        let length = u32::from_le_bytes(head[8..12].try_into().unwrap());
        head[..4].copy_from_slice(&seconds.to_le_bytes());
        at += 16 + length as usize;
    }
    later
}

#[test]
fn two_days_of_one_device_agree() {
    let library = support::library();
    let scanner = Scanner::new(&library);
    let work = tempfile::tempdir().unwrap();
    let (mut compared, mut changed) = (0, 0);
    for case in CASES {
        let input = support::root().join("corpora").join(case).join("input");
        let later = work.path().join(case).join("elsewhere");
        fs::create_dir_all(later.parent().unwrap()).unwrap();
        copied(&input, &later, &|bytes| a_day_later(bytes));
        let (today, tomorrow) = (fingerprints(&scanner, &input), fingerprints(&scanner, &later));
        for (finding, fingerprint) in &today {
            // Some hold on certain days only.
            let Some(other) = tomorrow.get(finding) else { continue };
            assert_eq!(fingerprint, other, "{case}: {finding:?}");
            compared += 1;
        }
        let first_seen = |input: &Path| {
            support::report(&scanner, input.to_owned(), &Selection::default())
                .findings
                .iter()
                .find_map(|finding| finding.first_seen.clone())
        };
        changed += usize::from(first_seen(&input) != first_seen(&later));
    }
    assert!(compared >= 20, "only {compared} findings were compared");
    assert!(changed >= 5, "only {changed} cases were seen on another day");
}

#[test]
fn two_certificates_on_one_device_differ() {
    let library = support::library();
    let scanner = Scanner::new(&library);
    let work = tempfile::tempdir().unwrap();
    let zip = support::root().join("corpora/first-light/first-light.zip");
    let mut archive = zip::ZipArchive::new(fs::File::open(zip).unwrap()).unwrap();
    archive.extract(work.path().join("case")).unwrap();
    let other = work.path().join("other");
    // Another proxy, as far as the certificate's issuer tells.
    copied(&work.path().join("case"), &other, &|bytes| {
        let mut bytes = bytes.to_vec();
        let name = b"TLS Forward Proxy v2";
        let places: Vec<usize> = bytes.windows(name.len()).enumerate().filter(|(_, window)| window == name).map(|(at, _)| at).collect();
        places.into_iter().for_each(|at| bytes[at + name.len() - 1] = b'3');
        bytes
    });
    let (one, two) = (fingerprints(&scanner, &work.path().join("case")), fingerprints(&scanner, &other));
    assert_eq!(one.keys().collect::<Vec<_>>(), two.keys().collect::<Vec<_>>());
    let differ: Vec<&str> = one.iter().filter(|(finding, print)| two[*finding] != **print).map(|((id, _), _)| id.as_str()).collect();
    assert_eq!(differ, ["slp-tls-interception"]);
}

//! Every limit of the table does what it says: it is hit by a small input, the report names it, and the evidence in the log beside
//! it is found all the same.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::sync::OnceLock;

use bundlescope::diagnose::{Diagnosis, Selection};
use bundlescope::intake::{Input, Limits};
use bundlescope::report::model::{Finding, Report};
use bundlescope::rules::library::Library;
use bundlescope::scan::{Options, Scanner, Silent};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::support;

const MESSAGE: &str = "%SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : Unable to resolve server hostname/domain name";
const FOUND: &str = "dns-name-unresolved";

fn library() -> &'static Library {
    static LIBRARY: OnceLock<Library> = OnceLock::new();
    LIBRARY.get_or_init(support::library)
}

/// What a limit that was hit leaves in the report.
enum Says {
    /// An entry of the errors that names it.
    Error,
    /// Nothing, since nothing is lost: the work is done in another way, or in another order.
    Nothing,
    /// A refusal of the rules, with status 2, whose text holds this.
    Refusal(&'static str),
    /// Hit where the input for it is at hand: the file and the test.
    There(&'static str, &'static str),
}

struct Row {
    /// The limits as they are set; the first names the row.
    set: &'static [&'static str],
    /// Files beside the log; rule files where the rules are refused.
    files: Vec<(&'static str, Vec<u8>)>,
    says: Says,
}

fn line(host: &str) -> String {
    format!("Aug 23 09:19:43 {host} 1: {MESSAGE}\n")
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
    gz.write_all(bytes).unwrap();
    gz.finish().unwrap()
}

fn header(name: &str, kind: u8, size: usize) -> Vec<u8> {
    let mut header = vec![0_u8; 512];
    header[..name.len()].copy_from_slice(name.as_bytes());
    header[100..107].copy_from_slice(b"0000644");
    header[124..135].copy_from_slice(format!("{size:011o}").as_bytes());
    header[148..156].copy_from_slice(b"        ");
    header[156] = kind;
    header[257..265].copy_from_slice(b"ustar\x0000");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    header
}

fn tar(members: &[(&str, u8, &[u8])]) -> Vec<u8> {
    let mut archive = Vec::new();
    for (name, kind, bytes) in members {
        archive.extend(header(name, *kind, bytes.len()));
        archive.extend(*bytes);
        archive.resize(archive.len().next_multiple_of(512), 0);
    }
    archive.extend([0; 1024]);
    archive
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// First fragments of different packets, whose rest never comes.
fn fragments() -> Vec<u8> {
    let mut capture = b"\xd4\xc3\xb2\xa1\x02\0\x04\0\0\0\0\0\0\0\0\0\0\0\x04\0\x01\0\0\0".to_vec();
    for number in 0..20_u8 {
        let payload = [number; 640];
        let total = u16::try_from(20 + payload.len()).unwrap().to_be_bytes();
        let ip = [&[0x45, 0][..], &total, &[0, number, 0x20, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2], &payload].concat();
        let frame = [&[2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0][..], &ip].concat();
        let length = u32::try_from(frame.len()).unwrap().to_le_bytes();
        capture.extend([&1_755_944_383_u32.to_le_bytes()[..], &[0; 4], &length, &length, &frame].concat());
    }
    capture
}

/// One block of 4,000 bytes that nobody knows.
fn block() -> Vec<u8> {
    let section = b"\x0a\x0d\x0d\x0a\x1c\0\0\0\x4d\x3c\x2b\x1a\x01\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\x1c\0\0\0";
    let interface = b"\x01\0\0\0\x14\0\0\0\x01\0\0\0\0\0\0\0\x14\0\0\0";
    let length = 4_012_u32.to_le_bytes();
    [&section[..], interface, &6_u32.to_le_bytes(), &length, &[0; 4_000], &length].concat()
}

fn signals(patterns: impl Iterator<Item = String>) -> Vec<(&'static str, Vec<u8>)> {
    let each = patterns.enumerate().map(|(at, pattern)| format!("  - {{id: own-{at}, title: own, text: '{pattern}'}}\n"));
    vec![("rules/signals/own.yaml", format!("signals:\n{}", each.collect::<String>()).into_bytes())]
}

fn rows() -> Vec<Row> {
    let log = line("near").repeat(200).into_bytes();
    let capture = || {
        let folder = support::root().join("corpora/capture-nexus-decrypted/input");
        let file =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).find(|path| path.extension().is_some_and(|e| e == "pcap"));
        vec![("b.pcap", fs::read(file.unwrap()).unwrap())]
    };
    let one = |name: &'static str, bytes: Vec<u8>| vec![(name, bytes)];
    let text = |name: &str| (format!("{name}.log"), line(name).repeat(16).into_bytes());
    let many: Vec<(String, Vec<u8>)> = (0..400).map(|number| text(&format!("n{number}"))).collect();
    let many: Vec<(&str, u8, &[u8])> = many.iter().map(|(name, bytes)| (name.as_str(), b'0', bytes.as_slice())).collect();
    let devices: String = (0..20).map(|number| line(&format!("d{number}"))).collect();
    let facts = "sw1#show version\nCisco IOS XE Software, Version 17.09.04a\nsw1#show clock\nsw1#show license all\nSmart Licensing is ENABLED\nRegistration:\n  Status: UNREGISTERED\n";
    let outputs: String = (0..2_000).map(|number| facts.replace("sw1", &format!("d{number}"))).collect();
    let pem = fs::read(support::root().join("tests/it/limits.pem")).unwrap();
    let row = |set, files, says| Row { set, files, says };
    vec![
        row(&["depth=1"], one("b.gz", gzip(&gzip(&log))), Says::Error),
        row(&["members=3"], one("b.tar", tar(&[("x", b'0', b"x\n"), ("y", b'0', b"y\n")])), Says::Error),
        row(&["archive_members=1"], one("b.tar", tar(&[("x", b'0', b"x\n"), ("y", b'0', b"y\n")])), Says::Error),
        row(&["unpacked=1KiB"], one("b.gz", gzip(&log)), Says::Error),
        row(&["artifact=1KiB"], one("b.log", log.clone()), Says::Error),
        row(&["ratio=10", "ratio_artifact=1KiB"], one("b.gz", gzip(&vec![b'x'; 100_000])), Says::Error),
        row(&["ratio_artifact=1KiB", "ratio=10"], one("b.gz", gzip(&vec![b'x'; 100_000])), Says::Error),
        row(&["ratio_case=1KiB", "ratio=10"], one("b.gz", gzip(&vec![b'x'; 100_000])), Says::Error),
        // A frame whose window is 2 GiB.
        row(&["decoder_memory=1MiB"], one("b.zst", b"\x28\xb5\x2f\xfd\x00\xa8\x01\x00\x00".to_vec()), Says::Error),
        row(&["decoder_memory_total=1MiB"], one("b.gz", gzip(&log)), Says::Nothing),
        row(&["header=512B"], one("b.tar", tar(&[("long", b'L', &[b'n'; 2_000]), ("x", b'0', &log)])), Says::Error),
        row(&["name=16B"], one("b.tar", tar(&[("a-name-of-more-than-16-bytes", b'0', &log)])), Says::Error),
        row(&["spool=100B"], one("b.gz", gzip(&zip(&[("x", &log)]))), Says::Error),
        row(&["spool_memory=0B"], one("b.gz", gzip(&zip(&[("x", &log)]))), Says::Nothing),
        row(&["line=1KiB"], one("b.log", format!("{} {}", "x".repeat(5_000), line("near")).into_bytes()), Says::Error),
        row(&["window=1KiB"], one("b.log", format!("{} {}", "x".repeat(5_000), line("near")).into_bytes()), Says::Nothing),
        row(&["excerpt=40"], one("b.log", log.clone()), Says::Nothing),
        row(&["matches=2"], one("b.log", log.clone()), Says::Nothing),
        row(&["evidence=1MiB"], one("b.tar", tar(&many)), Says::Error),
        row(&["packet=64B"], capture(), Says::Error),
        row(&["block=1KiB"], one("b.pcapng", block()), Says::Error),
        row(&["flows=1"], capture(), Says::Error),
        row(&["stream=1KiB"], capture(), Says::Error),
        row(&["streams"], vec![], Says::There("src/formats/capture/tests/limits.rs", "limits_are_kept_and_named")),
        // What waits for a gap is given up; the gap is an event of the capture.
        row(&["out_of_order=1KiB"], capture(), Says::Nothing),
        row(&["fragments=1"], one("b.pcap", fragments()), Says::Error),
        row(&["fragment_memory=1KiB"], one("b.pcap", fragments()), Says::Error),
        row(&["certificate=1KiB"], capture(), Says::Error),
        row(&["handshake=1KiB"], capture(), Says::Error),
        row(&["chain=1"], capture(), Says::Error),
        row(&["pem=1"], one("b.pem", [pem.clone(), pem].concat()), Says::Error),
        row(&["der_depth"], vec![], Says::There("src/formats/certificate.rs", "deep_values_are_damaged")),
        // All of both is read as text, whatever its depth.
        row(&["json_depth=1"], one("b.json", format!("{}\n{}", "[".repeat(100_000), line("near")).into_bytes()), Says::Nothing),
        row(&["xml_depth=1"], one("b.xml", format!("{}\n{}", "<a>".repeat(100_000), line("near")).into_bytes()), Says::Nothing),
        row(&["regex=64B"], signals([format!("OWN-{}", "x".repeat(80))].into_iter()), Says::Refusal("own.yaml:2")),
        row(&["regex_compiled=1KiB"], signals(["OWN-(?:a{5}{5}{5}{5}{5}{5})".to_owned()].into_iter()), Says::Refusal("own.yaml:2")),
        row(&["regex_total=1MiB"], signals((0..80).map(|at| format!("OWN-{at}-[a-z]+"))), Says::Refusal("own.yaml:")),
        row(&["regex_nesting=3"], signals(["OWN-((((((a))))))".to_owned()].into_iter()), Says::Refusal("own.yaml:2")),
        row(&["rule_file=1KiB"], signals((0..80).map(|at| format!("OWN-{at}-[a-z]+"))), Says::Refusal("own.yaml")),
        row(&["rule_depth=1"], signals(["OWN-a".to_owned()].into_iter()), Says::Refusal("own.yaml:")),
        row(&["rule_nodes=3"], signals(["OWN-a".to_owned()].into_iter()), Says::Refusal("own.yaml:")),
        row(
            &["rule_aliases=0"],
            one(
                "rules/signals/own.yaml",
                b"signals:\n  - {id: own-a, title: &t own, text: 'OWN-A'}\n  - {id: own-b, title: *t, text: 'OWN-B'}\n".to_vec(),
            ),
            Says::Refusal("own.yaml:3"),
        ),
        row(
            &["rule_files=1"],
            [("rules/signals/a.yaml"), ("rules/signals/b.yaml")].map(|name| (name, b"signals: []\n".to_vec())).into(),
            Says::Refusal("b.yaml"),
        ),
        row(&["devices=2"], one("b.log", devices.into_bytes()), Says::Error),
        row(&["facts=1"], one("b.log", facts.as_bytes().to_vec()), Says::Error),
        row(&["facts_memory=1MiB"], one("b.txt", outputs.into_bytes()), Says::Error),
        row(&["errors=1"], [("b.gz"), ("c.gz"), ("d.gz")].map(|name| (name, b"\x1f\x8b\x08\0".to_vec())).into(), Says::Error),
        row(&["time"], vec![], Says::There("src/intake/open/tests.rs", "time_runs_out")),
    ]
}

fn diagnosed(folder: &Path, set: &[&str]) -> Report {
    let mut limits = Limits::default();
    for assignment in set {
        limits.set(assignment).unwrap();
    }
    let case = Scanner::within(library(), limits).scan(&[Input::Path(folder.to_owned())], &Options::default(), &Silent);
    // What a capture beside it shows may speak against the log: that is no loss.
    Diagnosis::new(case, library()).report(&Selection { min_confidence: 0.0, ..Selection::default() })
}

#[test]
fn every_limit_of_the_table_is_hit_and_named() {
    let rows = rows();
    for known in Limits::table() {
        let named = |row: &&Row| row.set[0].split('=').next() == Some(known.name);
        assert!(rows.iter().any(|row| named(&row)), "the limit `{}` has no test", known.name);
    }
    for row in rows {
        let name = row.set[0].split('=').next().unwrap();
        let work = tempfile::tempdir().unwrap();
        // First in the order of the case: what limits of the whole case cut is what follows.
        fs::write(work.path().join("a.log"), line("healthy")).unwrap();
        for (file, bytes) in &row.files {
            let path = work.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        match row.says {
            Says::There(file, test) => {
                let text = fs::read_to_string(support::root().join(file)).unwrap();
                assert!(text.contains(&format!("fn {test}()")), "{name}: {test} is not in {file}");
            }
            Says::Refusal(place) => {
                let rules = work.path().join("rules");
                let arguments = ["diagnose", "--limit", row.set[0], "--rules", rules.to_str().unwrap()];
                let output = support::run(&arguments, &[&work.path().join("a.log")]);
                assert_eq!(output.status, 2, "{name}: {}", output.stderr);
                assert!(output.stderr.contains(&format!("`{name}`")) && output.stderr.contains(place), "{name}: {}", output.stderr);
            }
            Says::Error | Says::Nothing => {
                let report = diagnosed(work.path(), row.set);
                let healthy = |finding: &&Finding| {
                    finding.id == FOUND
                        && finding.device.as_deref() == Some("healthy")
                        && finding.evidence.iter().any(|item| item.artifact.ends_with("a.log"))
                };
                let finding =
                    report.findings.iter().find(healthy).unwrap_or_else(|| panic!("{name} loses the evidence of the log beside it"));
                let said: Vec<&str> = report.errors.iter().map(|error| error.message.as_str()).collect();
                // A length that is too large may as well be damage: the search for the next block tells neither.
                let named = report
                    .errors
                    .iter()
                    .any(|error| (error.kind == "limit" || name == "block") && error.message.contains(&format!("`{name}`")));
                let acts_with = name.starts_with("ratio_") && said.iter().any(|message| message.contains("`ratio`"));
                if matches!(row.says, Says::Error) {
                    assert!(named || acts_with, "{name} is not named: {said:?}");
                } else {
                    assert_eq!(said, [""; 0], "{name}");
                }
                let shows = |finding: &&Finding| finding.evidence.iter().any(|item| !item.artifact.ends_with("a.log"));
                let near = || report.findings.iter().filter(|finding| finding.id == FOUND).find(shows);
                match name {
                    "line" | "window" | "json_depth" | "xml_depth" | "spool_memory" | "decoder_memory_total" => {
                        assert!(near().is_some(), "{name} hides what is in the file");
                    }
                    "excerpt" => assert!(finding.evidence.iter().all(|item| item.excerpt.chars().count() <= 40)),
                    "matches" => {
                        let near = near().unwrap();
                        assert!(near.occurrences == 200 && near.evidence.len() <= 2, "{near:?}");
                    }
                    _ => {}
                }
            }
        }
    }
}

#[test]
fn the_table_is_printed_without_a_path() {
    let output = support::run(&["diagnose", "--limit", "help"], &[]);
    assert_eq!(output.status, 0, "{}", output.stderr);
    for row in Limits::table() {
        let line = output.stdout.lines().find(|line| line.split_whitespace().next() == Some(row.name)).unwrap();
        assert!(line.contains(&row.default) && line.contains(row.on_hit.trim_matches('-')), "{line}");
    }
    assert_eq!(support::run(&["diagnose", "--limit", "depth=3"], &[]).status, 2);
}

/// What stands beside archives that use up a limit of the case, and behind them, is read all the same.
#[test]
fn what_is_beside_is_read_whatever_comes_first() {
    let work = tempfile::tempdir().unwrap();
    let members: Vec<(String, Vec<u8>)> =
        (0..30).map(|number| (format!("{number}.log"), line(&format!("d{number}")).into_bytes())).collect();
    let members: Vec<(&str, u8, &[u8])> = members.iter().map(|(name, bytes)| (name.as_str(), b'0', bytes.as_slice())).collect();
    for number in 0..3 {
        fs::write(work.path().join(format!("a{number}.tgz")), gzip(&tar(&members))).unwrap();
        fs::write(work.path().join(format!("b{number}.txt")), format!("quiet-{number}#show clock\n")).unwrap();
    }
    fs::write(work.path().join("z.log"), line("healthy")).unwrap();
    for set in [&["members=40"][..], &["unpacked=20KiB"], &["devices=32"], &["devices=3"], &["archive_members=2", "members=9"]] {
        let report = diagnosed(work.path(), set);
        let healthy = report.findings.iter().filter(|finding| finding.id == FOUND && finding.device.as_deref() == Some("healthy"));
        assert_eq!(healthy.count(), 1, "{set:?}: {:?}", report.errors);
        assert!(report.errors.iter().any(|error| error.kind == "limit"), "{set:?}");
    }
}

/// Of more devices than are diagnosed, those that fail come first, and thousands of one kind make room for the one beside them.
#[test]
fn a_mass_of_devices_takes_no_place_from_the_log_beside_it() {
    let healthy = "Cisco IOS XE Software, Version 17.09.04a";
    let masses: [(&str, &dyn Fn(usize) -> String); 2] = [
        ("15 further devices were not diagnosed, 15 of which have findings", &|number| line(&format!("d{number}"))),
        ("15 further devices were not diagnosed, none of which has findings", &|number| format!("d{number}#show version\n{healthy}\n")),
    ];
    for (said, text) in masses {
        let work = tempfile::tempdir().unwrap();
        for number in 0..19 {
            fs::write(work.path().join(format!("a{number}.txt")), text(number)).unwrap();
        }
        fs::write(work.path().join("z.log"), line("healthy") + &line("other")).unwrap();
        let report = diagnosed(work.path(), &["devices=6"]);
        let found = |name: &str| report.findings.iter().any(|finding| finding.id == FOUND && finding.device.as_deref() == Some(name));
        assert!(found("healthy") && found("other") && report.devices.len() == 6, "{:?}", report.errors);
        assert!(
            report.errors.iter().any(|error| error.message.contains(said) && error.message.contains("`devices` (6)")),
            "{:?}",
            report.errors
        );
    }
}

/// The result of a limit of the whole case does not depend on who comes first.
#[test]
fn limits_of_the_case_are_charged_in_its_order() {
    let work = tempfile::tempdir().unwrap();
    for number in 0..12 {
        let archive = gzip(&tar(&[("x.log", b'0', line("near").repeat(50 * (12 - number)).as_bytes()), ("y.log", b'0', b"y\n")]));
        fs::write(work.path().join(format!("{number:02}.tgz")), archive).unwrap();
    }
    for set in [&["unpacked=300KiB"][..], &["members=17"], &["members=20", "unpacked=200KiB"], &["members=9", "unpacked=400KiB"]] {
        let reports: Vec<String> = [1, 2, 8]
            .map(|threads| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                let report = pool.install(|| diagnosed(work.path(), set));
                assert!(report.errors.iter().any(|error| error.kind == "limit"), "{set:?}");
                serde_json::to_string(&report).unwrap()
            })
            .into();
        assert!(reports.windows(2).all(|pair| pair[0] == pair[1]), "{set:?} differs by the number of threads");
    }
}

//! Tests: an artifact that is damaged, or makes a reader fail, changes nothing that is said of another.

#![expect(clippy::disallowed_methods, reason = "tests write their data themselves")]

use std::fs;
use std::path::Path;

use super::{ArtifactScan, CaseScan, Options, Scanner, Silent};
use crate::intake::{Input, TroubleKind};
use crate::rules::embedded;

/// The name at which a reader fails in tests.
pub(super) const FAILS: &str = "a-reader-fails-here";

fn log(host: usize) -> Vec<u8> {
    let line = "%SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : Unable to resolve server hostname/domain name";
    (0..20).flat_map(|at| format!("Aug 23 09:{at:02}:00 sw-{host} {at}: {line}\n").into_bytes()).collect()
}

fn scanned(scanner: &Scanner<'_>, folder: &Path) -> CaseScan {
    scanner.scan(&[Input::Path(folder.to_owned())], &Options::default(), &Silent)
}

fn others(case: &CaseScan, name: &str) -> Vec<ArtifactScan> {
    case.artifacts.iter().filter(|scan| !scan.path.as_str().contains(name)).cloned().collect()
}

#[test]
fn a_reader_that_fails_costs_its_artifact_alone() {
    let library = embedded::library().unwrap();
    let scanner = Scanner::new(&library);
    let work = tempfile::tempdir().unwrap();
    for host in 0..10 {
        fs::write(work.path().join(format!("{host}.log")), log(host)).unwrap();
    }
    let before = scanned(&scanner, work.path());
    fs::write(work.path().join(format!("5-{FAILS}.log")), log(10)).unwrap();
    // What a panic says on the way is no part of this.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let after = scanned(&scanner, work.path());
    std::panic::set_hook(hook);
    assert_eq!(others(&after, FAILS), before.artifacts);
    assert_eq!(after.artifacts.len(), 11);
    let [trouble] = &after.troubles[..] else { panic!("{:?}", after.troubles) };
    assert!(
        trouble.path.as_str().contains(FAILS) && trouble.kind == TroubleKind::Corrupt && trouble.message.contains("bug"),
        "{trouble:?}"
    );
}

#[test]
fn damage_to_one_artifact_changes_no_other() {
    let library = embedded::library().unwrap();
    let scanner = Scanner::new(&library);
    let work = tempfile::tempdir().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpora");
    let mut files = vec![root.join("first-light/first-light.zip")];
    for case in ["capture-nexus-decrypted", "cat9300-slp-healthy", "utf16-putty-log"] {
        files.extend(fs::read_dir(root.join(case).join("input")).unwrap().map(|entry| entry.unwrap().path()));
    }
    let named: Vec<(String, Vec<u8>)> = files
        .iter()
        .enumerate()
        .map(|(at, path)| (format!("{at:02}-{}", path.file_name().unwrap().to_string_lossy()), fs::read(path).unwrap()))
        .collect();
    for (name, bytes) in &named {
        fs::write(work.path().join(name), bytes).unwrap();
    }
    let whole = scanned(&scanner, work.path());
    assert_eq!(whole.troubles, []);
    type Damage = fn(&[u8]) -> Vec<u8>;
    let damages: [Damage; 12] = [
        |_| Vec::new(),
        |bytes| bytes[..1].to_vec(),
        |bytes| bytes[..bytes.len() / 2].to_vec(),
        |bytes| bytes[..bytes.len() - 1].to_vec(),
        |bytes| bytes[bytes.len() / 2..].to_vec(),
        |bytes| [bytes, bytes].concat(),
        |bytes| bytes.iter().map(|byte| !byte).collect(),
        |bytes| bytes.iter().enumerate().map(|(at, byte)| if at % 97 == 0 { byte ^ 0x80 } else { *byte }).collect(),
        |bytes| bytes.iter().enumerate().map(|(at, byte)| if (16..24).contains(&at) { 0xff } else { *byte }).collect(),
        |bytes| bytes.iter().enumerate().map(|(at, byte)| if at % 512 < 8 { 0 } else { *byte }).collect(),
        |bytes| [&vec![0; 10_000], bytes].concat(),
        |bytes| bytes.chunks(100).rev().flatten().copied().collect(),
    ];
    for (name, bytes) in &named {
        let before = others(&whole, name);
        for (number, damage) in damages.iter().enumerate() {
            fs::write(work.path().join(name), damage(bytes)).unwrap();
            assert!(others(&scanned(&scanner, work.path()), name) == before, "damage {number} to {name} changes another artifact");
        }
        fs::write(work.path().join(name), bytes).unwrap();
    }
}

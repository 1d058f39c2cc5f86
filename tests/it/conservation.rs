//! Nothing is lost without a word: every member of every archive is an artifact or an error, and every byte was read or is named.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read as _};
use std::path::{Path, PathBuf};

use bundlescope::diagnose::Selection;
use bundlescope::intake::{self, Artifact, Budget, Input, Limits, Source, Trouble, Visitor, drain};
use bundlescope::report::model::Report;
use bundlescope::scan::Scanner;
use flate2::read::MultiGzDecoder;

use crate::support;

/// Leaf files below a path with their sizes, by logical path; read by other means than the program's.
fn leaves(path: &str, bytes: Vec<u8>, found: &mut BTreeMap<String, u64>) {
    if bytes.starts_with(b"PK\x03\x04") {
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        for at in 0..archive.len() {
            let mut member = archive.by_index(at).unwrap();
            if member.is_file() {
                let mut inner = Vec::new();
                member.read_to_end(&mut inner).unwrap();
                let name = member.name().unwrap().into_owned();
                leaves(&format!("{path}!{name}"), inner, found);
            }
        }
    } else if bytes.starts_with(b"\x1f\x8b") {
        let mut inner = Vec::new();
        MultiGzDecoder::new(&bytes[..]).read_to_end(&mut inner).unwrap();
        leaves(path, inner, found);
    } else if bytes.get(257..262) == Some(b"ustar") {
        let mut at = 0;
        while let Some(header) = bytes.get(at..at + 512).filter(|header| header[0] != 0) {
            let text = |from: usize, to: usize| String::from_utf8_lossy(&header[from..to]).trim_matches(['\0', ' ']).to_owned();
            let size = usize::from_str_radix(&text(124, 136), 8).unwrap();
            let name = [text(345, 500), text(0, 100)].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/");
            if matches!(header[156], b'0' | 0) {
                leaves(&format!("{path}!{name}"), bytes[at + 512..at + 512 + size].to_vec(), found);
            }
            at += 512 + size.next_multiple_of(512);
        }
    } else {
        found.insert(path.to_owned(), bytes.len() as u64);
    }
}

/// Every artifact of a case with its bytes, which come with no trouble.
fn read(input: &Path) -> BTreeMap<String, u64> {
    struct Leaves(BTreeMap<String, u64>);
    impl Visitor for Leaves {
        fn artifact(&mut self, artifact: Artifact<'_>) {
            let bytes = match artifact.source {
                Source::File(_, length) => length,
                Source::Stream(stream) => drain(stream).unwrap(),
            };
            assert_eq!(self.0.insert(artifact.path.to_string(), bytes), None);
        }

        fn trouble(&mut self, trouble: Trouble) {
            panic!("{trouble:?}");
        }
    }
    let limits = Limits::default();
    let budget = Budget::new(&limits);
    let mut leaves = Leaves(BTreeMap::new());
    for entry in &intake::list(&[Input::Path(input.to_owned())], &limits).0 {
        intake::open(entry, &limits, &budget, &mut leaves);
    }
    leaves.0
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Every leaf stands among the artifacts with its size, or is named by an error, its archive's or its own.
fn is_conserved(report: &Report, offered: &BTreeMap<String, u64>, what: &str) {
    let shown: BTreeMap<&str, u64> = report.artifacts.iter().map(|artifact| (artifact.path.as_str(), artifact.bytes)).collect();
    let errors: Vec<&str> = report.errors.iter().map(|error| error.artifact.as_str()).collect();
    for (path, bytes) in offered {
        let named = errors.iter().any(|error| error == path || path.starts_with(&format!("{error}!")));
        assert!(shown.get(path.as_str()) == Some(bytes) || named, "{what}: {path} of {bytes} bytes is {:?}", shown.get(path.as_str()));
    }
    // What lost its header in an archive is read all the same, and has no name.
    let known = |path: &&str| offered.contains_key(*path) || path.contains("!(no header)");
    assert!(shown.keys().all(known), "{what}: more than there is: {shown:?} {offered:?}");
    assert_eq!(report.case.artifacts, report.artifacts.len(), "{what}");
    assert_eq!(report.case.bytes, shown.values().sum::<u64>(), "{what}");
    let coverage = &report.case.coverage;
    let unreadable = report.artifacts.iter().filter(|artifact| errors.contains(&artifact.path.as_str())).count();
    assert_eq!(coverage.scanned + coverage.skipped + unreadable, report.artifacts.len(), "{what}: {coverage:?}");
}

#[test]
fn every_labelled_case_is_accounted_for() {
    let library = support::library();
    let scanner = Scanner::new(&library);
    let mut cases = 0;
    for entry in fs::read_dir(support::root().join("corpora")).unwrap() {
        let folder = entry.unwrap().path();
        let input = folder.join("input");
        if !input.is_dir() {
            continue;
        }
        let mut offered = BTreeMap::new();
        let paths = files(&input);
        // Mails are taken apart by nothing else here.
        if paths.iter().any(|path| path.extension().is_some_and(|extension| extension == "eml")) {
            continue;
        }
        for path in paths {
            leaves(&path.to_string_lossy(), fs::read(&path).unwrap(), &mut offered);
        }
        // Reading all is quick, scanning all is the business of another test.
        let read = read(&input);
        let same = |(path, bytes): (&String, &u64)| read.get(path) == Some(bytes);
        assert!(read.len() == offered.len() && offered.iter().all(same), "{}: {read:?} {offered:?}", folder.display());
        if cases % 8 == 0 {
            let report = support::report(&scanner, input.clone(), &Selection::default());
            is_conserved(&report, &offered, &folder.to_string_lossy());
        }
        cases += 1;
    }
    assert!(cases > 50, "only {cases} cases");
    let zip = support::root().join("corpora/first-light/first-light.zip");
    let mut offered = BTreeMap::new();
    leaves(&zip.to_string_lossy(), fs::read(&zip).unwrap(), &mut offered);
    assert!(offered.len() > 5, "{offered:?}");
    is_conserved(&support::report(&scanner, zip, &Selection::default()), &offered, "first-light");
}

#[test]
fn what_damage_takes_is_named() {
    let library = support::library();
    let scanner = Scanner::new(&library);
    let zip = fs::read(support::root().join("corpora/first-light/first-light.zip")).unwrap();
    let work = tempfile::tempdir().unwrap();
    let path = work.path().join("case.zip");
    let mut offered = BTreeMap::new();
    leaves(&path.to_string_lossy(), zip.clone(), &mut offered);
    for part in 1..20 {
        fs::write(&path, &zip[..zip.len() * part / 20]).unwrap();
        let report = support::report(&scanner, path.clone(), &Selection::default());
        is_conserved(&report, &offered, &format!("cut at {part}/20"));
        let mut damaged = zip.clone();
        let at = zip.len() * part / 20;
        damaged[at..at + 16].fill(0xff);
        fs::write(&path, damaged).unwrap();
        let report = support::report(&scanner, path.clone(), &Selection::default());
        is_conserved(&report, &offered, &format!("damaged at {part}/20"));
    }
}

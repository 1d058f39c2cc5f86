//! The rooms of ARCHITECTURE.md: who may import whom, and that every file says what it is for.

use std::path::{Path, PathBuf};

use crate::support;

/// Each room and what it may know. What stands further up never knows what stands further down, and the report
/// knows nobody but the words of a language; the rules share its words for kind and severity. Its samples are for tests.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("intake", &[]),
    ("formats", &["intake"]),
    ("rules", &["report::model"]),
    ("scan", &["intake", "formats", "rules"]),
    ("diagnose", &["intake", "formats", "rules", "scan", "report::model", "report::fingerprint", "report::composed", "report::samples"]),
    ("redact", &["intake", "formats", "rules", "scan::mask", "report::model"]),
    ("report", &["intake::escape", "rules::translation"]),
];

#[test]
fn imports_follow_the_flow() {
    let mut wrong = Vec::new();
    for (room, allowed) in MAY_IMPORT {
        for file in sources(&support::root().join("src").join(room)) {
            for path in imports(&read(&file)) {
                let within = |room: &str| path == room || path.starts_with(&format!("{room}::"));
                if !within(room) && !allowed.iter().any(|allowed| within(allowed)) {
                    wrong.push(format!("{} imports crate::{path}", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_says_what_it_is_for() {
    let silent: Vec<PathBuf> = ["src", "tests"]
        .iter()
        .flat_map(|top| sources(&support::root().join(top)))
        // Tests that fill a file of their own belong to the file beside them.
        .filter(|file| file.file_name().is_none_or(|name| name != "tests.rs"))
        .filter(|file| !read(file).lines().any(|line| line.trim_start().starts_with("//! ")))
        .collect();
    assert!(silent.is_empty(), "no module comment: {silent:?}");
}

/// Paths after `crate::`, one for each name of a group.
fn imports(source: &str) -> Vec<String> {
    let code: Vec<&str> = source.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let code = code.join("\n");
    let mut found = Vec::new();
    for rest in code.split("crate::").skip(1) {
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).unwrap_or(rest.len());
        let head = &rest[..end];
        if let Some(group) = rest[end..].strip_prefix('{').filter(|_| head.is_empty() || head.ends_with("::")) {
            let group = &group[..group.find(['}', '{']).unwrap_or(group.len())];
            found.extend(
                group.split(',').map(|name| format!("{head}{}", name.trim())).filter(|path| !path.ends_with("::") && !path.is_empty()),
            );
        } else {
            found.push(head.trim_end_matches(':').to_owned());
        }
    }
    found
}

#[test]
fn imports_are_found_in_all_their_forms() {
    for (source, expected) in [
        ("use crate::intake::{Limits, open};", vec!["intake::Limits", "intake::open"]),
        ("use crate::{intake, report::model};", vec!["intake", "report::model"]),
        ("let x = crate::scan::mask::Masker::new();", vec!["scan::mask::Masker::new"]),
        ("// crate::scan is not meant\nuse super::model;", vec![]),
    ] {
        assert_eq!(imports(source), expected, "{source}");
    }
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder of the project") {
        let path = entry.expect("an entry of the folder").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn read(file: &Path) -> String {
    std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

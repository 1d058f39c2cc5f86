//! Every row of the acceptance list is covered by something, and shown by an example or a labelled case.
//!
//! `corpora/rows.tsv` is the list. What covers a row says so where it stands, with `covers: [row, …]`: examples, rules,
//! facts, sections, release tables, items to collect, labelled cases; and documents with a comment. `corpora/coverage.tsv`
//! is made from these marks, and `BUNDLESCOPE_UPDATE=1` writes it anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support;

/// One row of the list.
struct Row {
    number: u64,
    documents: String,
    subject: String,
    diagnoses: Vec<String>,
}

/// What covers a row.
#[derive(Default)]
struct Cover {
    /// Rules, facts, tables and documents that hold it.
    by: BTreeSet<String>,
    /// Examples and cases that show it.
    shown: BTreeSet<String>,
}

#[test]
fn every_row_is_covered_and_shown() {
    let root = support::root();
    let rows = rows(&root);
    let covers = covers(&root);
    let rules: BTreeSet<String> = files(&root.join("rules"), "yaml").iter().map(|path| stem(path)).collect();
    let mut table = String::from("row\tdocuments\tsubject\tcovered by\tshown by\n");
    let mut wrong = Vec::new();
    for row in &rows {
        let empty = Cover::default();
        let cover = covers.get(&row.number).unwrap_or(&empty);
        let list = |set: &BTreeSet<String>| set.iter().cloned().collect::<Vec<_>>().join("; ");
        table += &format!("{}\t{}\t{}\t{}\t{}\n", row.number, row.documents, row.subject, list(&cover.by), list(&cover.shown));
        let unknown: Vec<&String> = row.diagnoses.iter().filter(|id| !rules.contains(*id)).collect();
        if !unknown.is_empty() {
            wrong.push(format!("row {} ({}): no rule {unknown:?}", row.number, row.subject));
        }
        if cover.by.is_empty() {
            wrong.push(format!("row {} ({}): nothing covers it; the list names {:?}", row.number, row.subject, row.diagnoses));
        } else if cover.shown.is_empty() && cover.by.iter().all(|by| !by.starts_with("docs/") && !by.starts_with("collect ")) {
            wrong.push(format!("row {} ({}): no example or case shows it", row.number, row.subject));
        }
    }
    if let Some(stranger) = covers.keys().find(|number| !rows.iter().any(|row| row.number == **number)) {
        wrong.push(format!("something covers row {stranger}, which the list does not have"));
    }
    assert!(wrong.is_empty(), "{} of {} rows:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
    support::is_as_committed(&root.join("corpora/coverage.tsv"), &table);
}

/// No rule can be taken away without a trace: the list or a case names each, and each that they name is there.
#[test]
fn every_rule_is_named_by_the_list_or_a_case() {
    let root = support::root();
    let mut named: BTreeSet<String> = rows(&root).into_iter().flat_map(|row| row.diagnoses).collect();
    for path in files(&root.join("corpora"), "yaml") {
        let devices = read_yaml(&path);
        for device in devices.get("devices").and_then(Value::as_object).into_iter().flat_map(|devices| devices.values()) {
            named.extend(device.get("top").and_then(Value::as_str).map(str::to_owned));
            let must = device.get("must").and_then(Value::as_array).into_iter().flatten();
            named.extend(must.filter_map(Value::as_str).map(str::to_owned));
        }
    }
    let rules: BTreeSet<String> = support::library().rules.iter().map(|rule| rule.id.as_str().to_owned()).collect();
    assert_eq!(named.difference(&rules).collect::<Vec<_>>(), Vec::<&String>::new(), "named, and no rule");
    assert_eq!(rules.difference(&named).collect::<Vec<_>>(), Vec::<&String>::new(), "a rule that nothing names");
    assert_eq!(rules.len(), 133);
}

fn rows(root: &Path) -> Vec<Row> {
    let text = fs::read_to_string(root.join("corpora/rows.tsv")).unwrap();
    text.lines()
        .skip(1)
        .map(|line| {
            let [number, documents, subject, diagnoses] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("four columns: {line}") };
            Row {
                number: number.parse().unwrap(),
                documents: documents.to_owned(),
                subject: subject.to_owned(),
                diagnoses: diagnoses.split_whitespace().map(str::to_owned).collect(),
            }
        })
        .collect()
}

fn covers(root: &Path) -> BTreeMap<u64, Cover> {
    let mut found: BTreeMap<u64, Cover> = BTreeMap::new();
    for path in files(&root.join("rules"), "yaml") {
        let file = read_yaml(&path);
        rule_marks(&file, &stem(&path), &mut found);
    }
    for path in files(&root.join("corpora"), "yaml") {
        let name = path.parent().map(stem).unwrap_or_default();
        for row in marks(&read_yaml(&path)) {
            let cover = found.entry(row).or_default();
            cover.by.insert(format!("case {name}"));
            cover.shown.insert(format!("case {name}"));
        }
    }
    for path in files(&root.join("docs"), "md") {
        let text = fs::read_to_string(&path).unwrap();
        for mark in text.split("<!-- covers:").skip(1).filter_map(|rest| rest.split("-->").next()) {
            for row in mark.split(',').map(|number| number.trim().parse::<u64>().expect("a row's number")) {
                found.entry(row).or_default().by.insert(path.strip_prefix(root).unwrap().display().to_string());
            }
        }
    }
    found
}

fn rule_marks(file: &Value, id: &str, found: &mut BTreeMap<u64, Cover>) {
    let is_rule = file.get("evidence").is_some();
    let examples: Vec<(&str, &Value)> = ["positive", "negative", "near_miss"]
        .into_iter()
        .flat_map(|kind| file.pointer(&format!("/examples/{kind}")).and_then(Value::as_array).into_iter().flatten().map(move |e| (kind, e)))
        .collect();
    let shows = |kind: &str, example: &Value| format!("{id}, {kind}: {}", example.get("name").and_then(Value::as_str).unwrap_or("?"));
    for (kind, example) in &examples {
        for row in marks(example) {
            let cover = found.entry(row).or_default();
            cover.by.insert(format!("rule {id}"));
            cover.shown.insert(shows(kind, example));
        }
    }
    // What the rule's text says is shown wherever the rule is made.
    for row in marks(file) {
        let cover = found.entry(row).or_default();
        cover.by.insert(format!("{} {id}", if is_rule { "rule" } else { "releases" }));
        cover.shown.extend(examples.first().map(|(kind, example)| shows(kind, example)));
    }
    for (list, word, key) in
        [("sections", "section", "id"), ("extract", "fact", "fact"), ("items", "collect", "command"), ("signals", "signal", "id")]
    {
        for item in file.get(list).and_then(Value::as_array).into_iter().flatten() {
            for row in marks(item) {
                let name = item.get(key).and_then(Value::as_str).unwrap_or(id);
                found.entry(row).or_default().by.insert(format!("{word} {name}"));
            }
        }
    }
}

fn marks(value: &Value) -> Vec<u64> {
    value.get("covers").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_u64).collect()
}

fn read_yaml(path: &Path) -> Value {
    serde_saphyr::from_str(&fs::read_to_string(path).unwrap()).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn stem(path: &Path) -> String {
    path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// All files below a folder with this extension, by name.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

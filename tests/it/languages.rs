//! Reports in other languages: every sentence of the program has a translation, and only words change.

use std::path::Path;

use bundlescope::rules::translation::Language;
use regex::Regex;

use crate::support;

/// The sentences in the sources, as they stand between quotes.
fn sentences() -> Vec<String> {
    let said = [
        r#"\b(?:say|fill)\(\s*"((?:[^"\\]|\\.)*)""#,
        r#"\bcount\([^"]*"(?:[^"\\]|\\.)*",\s*"((?:[^"\\]|\\.)*)""#,
        r#"\bheading\((?:HEADING|\d), "([^"]*)"\)"#,
        r#"\b(?:steps|quotes)\(page, "([^"]*)""#,
        r#"\bentry\(page, \(Look::\w+, "([^"]*)"\)"#,
        r#"\(Look::\w+, "(Fine|State)"\)"#,
        r#"(?:Severity|Status|BaselineState)::\w+ => "([^"]*)""#,
        r#"=> "((?:Probably|Perhaps): )""#,
    ];
    let said = said.map(|pattern| Regex::new(pattern).unwrap());
    let mut found = vec!["decisive", "strong", "supporting", "against", "rules-out"].into_iter().map(str::to_owned).collect::<Vec<_>>();
    let mut folders = vec![support::root().join("src/report/render")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs")
                && !["tests.rs", "hostile.rs"].iter().any(|tests| path.ends_with(tests))
            {
                // What SARIF and a style sheet call a severity are words of their own.
                let own_words = path.components().any(|part| part.as_os_str() == "sarif" || part.as_os_str() == "html");
                let said = if own_words { &said[..2] } else { &said[..] };
                found.extend(sentences_of(&path, said));
            }
        }
    }
    let composed = Regex::new(r#"const \w+: &str = "((?:[^"\\]|\\.)*)""#).unwrap();
    let composed = sentences_of(&support::root().join("src/report/composed.rs"), &[composed]);
    assert!(composed.len() > 5, "{composed:?}");
    found.extend(composed);
    found.sort();
    found.dedup();
    found
}

fn sentences_of(path: &Path, said: &[Regex]) -> Vec<String> {
    let text = std::fs::read_to_string(path).unwrap();
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let found = said.iter().flat_map(|pattern| pattern.captures_iter(code).map(|found| found[1].to_owned()));
    found.filter(|sentence| !sentence.is_empty()).collect()
}

#[test]
fn every_sentence_is_translated() {
    let library = support::library();
    let sentences = sentences();
    assert!(sentences.len() > 80, "only {} sentences were found in the sources", sentences.len());
    for language in [Language::Ja, Language::Ko] {
        let words = library.words(language);
        let missing: Vec<&String> = sentences.iter().filter(|sentence| !words.knows(sentence)).collect();
        assert!(missing.is_empty(), "rules/translations/{}/phrases.yaml lacks {missing:?}", language.name());
    }
}

#[test]
fn every_rule_is_translated() {
    let library = support::library();
    for language in [Language::Ja, Language::Ko] {
        let words = library.words(language);
        for rule in &library.rules {
            let texts = [&rule.title, &rule.summary].into_iter().chain(&rule.remedy).chain(&rule.workaround);
            let missing: Vec<&String> = texts.filter(|text| !words.knows(text)).collect();
            assert!(missing.is_empty(), "{} in {}: {missing:?}", rule.id, language.name());
        }
    }
}

#[test]
fn only_words_change() {
    let case = support::root().join("corpora/exp-x14-3-1-interception/input");
    let report = |language: &str| -> serde_json::Value {
        let output = support::run(&["diagnose", "-f", "json", "--lang", language], &[&case]);
        assert_eq!(output.status, 0);
        serde_json::from_str(&output.stdout).unwrap()
    };
    let english = report("en");
    for language in ["ja", "ko"] {
        let other = report(language);
        let (ours, theirs) = (english["findings"].as_array().unwrap(), other["findings"].as_array().unwrap());
        assert_eq!(ours.len(), theirs.len());
        for (ours, theirs) in ours.iter().zip(theirs) {
            assert_ne!(ours["title"], theirs["title"]);
            assert_ne!(ours["summary"], theirs["summary"]);
            for key in ["id", "fingerprint", "confidence", "evidence", "first_seen", "collect_next", "explains", "references"] {
                assert_eq!(ours[key], theirs[key], "{key}");
            }
        }
        assert_eq!((&english["artifacts"], &english["devices"]), (&other["artifacts"], &other["devices"]));
    }
}

/// Sentences that a diagnosis puts together are said in the language as well, with what they hold.
#[test]
fn composed_sentences_are_translated() {
    let capture = support::root().join("corpora/capture-dns-servfail-only/input");
    for language in ["ja", "ko"] {
        let output = support::run(&["diagnose", "-f", "json", "--lang", language], &[&capture]);
        let report: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
        let notes: Vec<&str> = report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|finding| finding["notes"].as_array().unwrap())
            .filter_map(|note| note.as_str())
            .collect();
        assert!(!notes.is_empty() && notes.iter().all(|note| !note.contains("Which device")), "{language}: {notes:?}");
    }
    // The remedy of a defect that something brings out.
    let brought_out = |language: &str| -> Vec<String> {
        let case = support::root().join("corpora/busy-cpu-and-its-cause/input");
        let output = support::run(&["diagnose", "-f", "json", "--lang", language], &[&case]);
        let report: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
        let steps = report["findings"].as_array().unwrap().iter().filter(|finding| finding["contributing_causes"] != serde_json::json!([]));
        steps.filter_map(|finding| finding["remedy"].as_array().unwrap().last()?.as_str().map(str::to_owned)).collect()
    };
    let english = brought_out("en");
    assert!(english.iter().any(|step| step.starts_with("Cure what brings it out")), "{english:?}");
    for language in ["ja", "ko"] {
        let said = brought_out(language);
        assert!(said.len() == english.len() && said.iter().all(|step| !step.contains("Cure what") && !step.contains(" is ")), "{said:?}");
    }
}

/// Why something is worth collecting, and how long a failure was not seen.
#[test]
fn reasons_and_doubts_are_translated() {
    let root = support::root().join("corpora");
    let english = ["Here it would show", "Was refused", "Is not whole", "The case knows"];
    let said = |case: &str, language: &str| {
        let output = support::run(&["diagnose", "-f", "json", "--lang", language], &[&root.join(case)]);
        let report: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
        let texts =
            |list: &serde_json::Value, key: &str| list.as_array().unwrap().iter().map(|one| one[key].to_string()).collect::<String>();
        texts(&report["missing"], "why") + &texts(&report["findings"], "notes")
    };
    for (case, begins) in [("two-switches-17-5-1/input.zip", english[0]), ("failed-once-then-quiet/input", english[3])] {
        assert!(said(case, "en").contains(begins), "{case}");
        for language in ["ja", "ko"] {
            let said = said(case, language);
            assert!(!said.is_empty() && english.iter().all(|text| !said.contains(text)), "{case} {language}: {said}");
        }
    }
}

//! Reports in other languages: every sentence of the program has a translation, and only words change.

use std::collections::BTreeSet;
use std::path::Path;

use bundlescope::diagnose::Selection;
use bundlescope::intake::Limits;
use bundlescope::report::model::Evidence;
use bundlescope::report::{translated_leaf, translated_trouble};
use bundlescope::rules::translation::{Language, Words};
use bundlescope::rules::version;
use bundlescope::scan::Scanner;
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
        r#"(?m)^        "[a-z_]+" => "([^"]*)",$"#,
        r#"\blist\("([^"]*)""#,
        r#"\("((?:not )?(?:seen|known)|otherwise|absent|present)", "#,
        r#"LeftOut::\w+\) => "([^"]*)""#,
    ];
    let said = said.map(|pattern| Regex::new(pattern).unwrap());
    let mut found = vec!["decisive", "strong", "supporting", "against", "rules-out"].into_iter().map(str::to_owned).collect::<Vec<_>>();
    let mut folders = vec![support::root().join("src/report/render"), support::root().join("src/cli/explain")];
    found.extend(sentences_of(&support::root().join("src/cli/explain.rs"), &said));
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
    let composed =
        [r#"const \w+: &str =\s+"((?:[^"\\]|\\.)*)""#, r#"(?m)^    "((?:[^"\\]|\\.)*)",$"#].map(|pattern| Regex::new(pattern).unwrap());
    for (file, least) in [("composed.rs", 30), ("packets.rs", 40), ("troubles.rs", 25)] {
        let composed = sentences_of(&support::root().join("src/report").join(file), &composed);
        assert!(composed.len() > least, "{file}: {composed:?}");
        found.extend(composed.into_iter().map(|sentence| sentence.replace("\\\"", "\"")));
    }
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

/// What nobody says any more is not kept.
#[test]
fn no_sentence_is_left_over() {
    let mut sources = String::new();
    let mut folders = vec![support::root().join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                sources.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    for language in ["ja", "ko"] {
        let file = support::root().join("rules/translations").join(language).join("phrases.yaml");
        let file: serde_json::Value = serde_saphyr::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        let phrases = file["phrases"].as_object().unwrap();
        let left: Vec<&String> =
            phrases.keys().filter(|phrase| *phrase != "rules-out" && !sources.contains(&format!("{phrase:?}"))).collect();
        assert!(left.is_empty(), "{language}: {left:?}");
    }
}

#[test]
fn every_rule_is_translated() {
    let library = support::library();
    for language in [Language::Ja, Language::Ko] {
        let words = library.words(language);
        for rule in &library.rules {
            let steps = rule.remedy.iter().chain(&rule.workaround).map(|step| &step.text);
            let texts = [&rule.title, &rule.summary].into_iter().chain(steps);
            let missing: Vec<_> = texts.filter(|text| !words.knows(text)).collect();
            assert!(missing.is_empty(), "{} in {}: {missing:?}", rule.id, language.name());
        }
    }
}

/// What readers see of rules beside their titles: what signals mean, why evidence counts, what to collect where it is words.
#[test]
fn every_short_text_is_translated() {
    let library = support::library();
    let typed =
        Regex::new("^(?:show|ping|telnet|more) [^,(]*$|^(?:System|Maintenance) > [^,]*$|^xconf_dump_|^(?:CSSM|On-Prem): [A-Z][^,]*$")
            .unwrap();
    for language in [Language::Ja, Language::Ko] {
        let words = library.words(language);
        let titles = library.signals.iter().map(|signal| signal.title.as_str());
        let reasons = library.rules.iter().flat_map(|rule| &rule.evidence).filter_map(|item| item.why.as_deref());
        let sections = library.sections.iter().filter_map(|section| section.title.as_deref());
        let items = library.collection.items.iter().map(|item| item.command.as_str());
        let asked = items.chain(library.rules.iter().flat_map(|rule| &rule.collect).map(|collect| collect.command.as_str()));
        let asked = asked.filter(|asked| !typed.is_match(asked));
        let references = library.rules.iter().flat_map(|rule| &rule.references).filter(|reference| reference.kind != "bug");
        let documents = references.filter_map(|reference| reference.title.as_deref());
        let texts = titles.chain(reasons).chain(sections).chain(asked).chain(documents);
        let missing: BTreeSet<&str> = texts.filter(|text| !words.knows(text)).collect();
        assert!(missing.is_empty(), "{}: {missing:#?}", language.name());
    }
}

/// Names and numbers are the same in all languages: releases, field notices, bugs, alarms, ports, marks of rules.
#[test]
fn names_and_numbers_survive() {
    let name =
        Regex::new(r"\b(?:CSC[a-z]{2}\d{5}|FN\d{5}|\d{4,6}|X?\d+\.\d+(?:\.[\dx]+)*[a-z]?|ERR \d+|[A-Z]{3,}\w*|[\w-]+\.cisco\.com|/\w+)\b")
            .unwrap();
    for language in ["ja", "ko"] {
        for file in ["signals", "evidence", "commands", "documents"] {
            let path = support::root().join("rules/translations").join(language).join(file).with_extension("yaml");
            let file: serde_json::Value = serde_saphyr::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
            for (english, other) in file["phrases"].as_object().unwrap() {
                let other = other.as_str().unwrap();
                let lost: Vec<&str> = name.find_iter(english).map(|name| name.as_str()).filter(|name| !other.contains(name)).collect();
                assert!(lost.is_empty(), "{english}: {other} lacks {lost:?}");
            }
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
    // Of a packet there is no line to quote: the program tells it in its own words.
    let quoted = |finding: &serde_json::Value| {
        let mut evidence = finding["evidence"].clone();
        for one in evidence.as_array_mut().unwrap().iter_mut().filter(|one| !one["packet"].is_null()) {
            one.as_object_mut().unwrap().remove("excerpt");
        }
        evidence
    };
    let english = report("en");
    for language in ["ja", "ko"] {
        let other = report(language);
        let (ours, theirs) = (english["findings"].as_array().unwrap(), other["findings"].as_array().unwrap());
        assert_eq!(ours.len(), theirs.len());
        for (ours, theirs) in ours.iter().zip(theirs) {
            assert_ne!(ours["title"], theirs["title"]);
            assert_ne!(ours["summary"], theirs["summary"]);
            assert_eq!(quoted(ours), quoted(theirs));
            for key in ["id", "fingerprint", "confidence", "first_seen", "collect_next", "explains"] {
                assert_eq!(ours[key], theirs[key], "{key}");
            }
        }
        assert_eq!((&english["artifacts"], english["devices"][0].get("facts")), (&other["artifacts"], other["devices"][0].get("facts")));
    }
}

/// A step's lines are commands or sentences; what is read ends like a sentence, else it would be shown as something to type.
#[test]
fn lines_of_translated_steps_end_like_sentences() {
    let library = support::library();
    let wide = Regex::new(r"[\p{Hiragana}\p{Katakana}\p{Han}\p{Hangul}]").unwrap();
    for language in [Language::Ja, Language::Ko] {
        let words = library.words(language);
        for step in library.rules.iter().flat_map(|rule| rule.remedy.iter().chain(&rule.workaround)) {
            let said = words.say(&step.text).trim_end();
            for line in said.lines().filter(|line| said.contains('\n') && wide.is_match(line)) {
                assert!(line.ends_with(['.', ':', ')', '。', '：', '）']), "{}: {line}", language.name());
            }
        }
    }
}

/// Nothing that the rules or the program say of a case is left in English, packets and terms of the score included.
#[test]
fn reports_of_varied_cases_hold_no_english_sentence() {
    let library = support::library();
    let scanner = Scanner::new(&library);
    // Three words one behind the other, the last two without capitals.
    let sentence = Regex::new(r"[A-Za-z][a-z'-]+(?:[ ,;:]+[a-z][a-z'-]*){2,}").unwrap();
    // Commands, labels of pages, and messages, which are cited as they are.
    let cited = Regex::new(concat!(
        r"\b(?:license|show|ip|revocation-check|telnet|transport|snmp-server|static) (?:[a-z-]+ ?)+",
        r"|do not share|while logging|authorization now|registration now|usage details|parse response data from|reset by peer",
        r"|Clock sync-ed with|[Cc]ode installed|factory reset"
    ))
    .unwrap();
    let cases = [
        "exp-x14-3-1-interception",
        "capture-dns-servfail-only",
        "capture-nexus-old-root",
        "capture-syn-silent",
        "capture-proxy-407",
        "capture-reset-after-hello",
        "capture-tls13",
        "two-switches-17-5-1",
        "busy-cpu-and-its-cause",
        "cslu-answers-500",
        "cat9300-flapping-invalid-polling-id",
        "exp-cluster-reservation-on-one-node",
        "nexus-three-faults",
        "stack-local-all-unknown",
    ];
    let mut packets = 0;
    for case in cases {
        let folder = support::root().join("corpora").join(case);
        let input = ["input", "input.zip", "input.tar.gz"].map(|name| folder.join(name)).into_iter().find(|input| input.exists());
        let report = support::report(&scanner, input.expect(case), &Selection { min_confidence: 0.0, ..Selection::default() });
        for language in [Language::Ja, Language::Ko] {
            let words = library.words(language);
            let mut said = report.clone();
            said.translate(&words);
            let mut texts: Vec<String> = said.missing.iter().flat_map(|item| [item.what.clone(), item.why.clone()]).collect();
            texts.extend(said.devices.iter().flat_map(|device| &device.history).map(|moment| moment.title.clone()));
            for (finding, english) in said.findings.iter().zip(&report.findings) {
                let steps = finding.remedy.iter().chain(&finding.workaround).filter_map(|step| step.lines().next());
                texts.extend(steps.map(str::to_owned));
                texts.extend([finding.title.clone(), finding.summary.clone()]);
                texts.extend(finding.notes.iter().cloned());
                texts.extend(finding.score.iter().map(|term| term.term.clone()));
                texts.extend(finding.references.iter().filter_map(|reference| reference.title.clone()));
                let told = |list: &[Evidence]| list.iter().map(|one| (one.packet, one.excerpt.clone())).collect::<Vec<_>>();
                for ((packet, theirs), (_, ours)) in told(&finding.evidence).into_iter().zip(told(&english.evidence)) {
                    if packet.is_some() {
                        packets += 1;
                        assert!(!theirs.is_ascii(), "{case}: {ours}");
                    } else {
                        assert!(theirs == ours || !sentence.is_match(&theirs), "{case}: {theirs}");
                    }
                }
            }
            for text in texts {
                let own = cited.replace_all(&text, "");
                assert!(!sentence.is_match(&own), "{case} {}: {text}", language.name());
            }
        }
    }
    assert!(packets > 40, "only {packets} packets were told");
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

/// What could not be read, clause by clause; what nobody translated stays.
#[test]
fn troubles_are_translated() {
    let library = support::library();
    let words = library.words(Language::Ja);
    for (message, expected) in [
        ("no such file or folder", "該当するファイルまたはフォルダがありません"),
        (
            "this zip member is encrypted; unpack it with its password and pass the files",
            "このzipメンバーは暗号化されています。パスワードを使って展開したファイルを指定してください",
        ),
        (
            "gzip stream ends after 8.7 KiB (expected more); a.txt was used up to byte 58542, what follows could not be read",
            "gzipストリームは8.7 KiBで途切れています。a.txtは58542バイト目まで使用し、以降は読み取れませんでした",
        ),
        ("nobody knows; no such file or folder", "nobody knows。該当するファイルまたはフォルダがありません"),
    ] {
        assert_eq!(translated_trouble(words, message), expected);
        assert_eq!(translated_trouble(Words::default(), message), message);
    }
    let limit = Limits::default().hit("depth", "this zip archive was not opened");
    for language in [Language::Ja, Language::Ko] {
        let said = translated_trouble(library.words(language), &limit);
        assert!(
            said.contains("`depth`") && said.contains("--limit depth=") && !said.contains("reached") && !said.contains("opened"),
            "{said}"
        );
    }
}

/// A diagnosis in full, and why it was made, keep ids, places and quotes.
#[test]
fn explanations_are_translated() {
    let case = support::root().join("corpora/exp-upgrade-eval-mode/input");
    let kept = ["exp-eval-mode", "Status: EVAL MODE", "xstat_dump_exp-c-31_2023-09-08_12_00_00.txt:41", "+6.5"];
    for (language, title, seen) in [("en", "The authorization", "seen "), ("ja", "承認ステータスが", "確認 "), ("ko", "권한", "확인됨 ")]
    {
        let page = support::run(&["explain", "--lang", language, "exp-eval-mode"], &[&case]);
        assert!(page.status == 0 && page.stderr.is_empty(), "{}", page.stderr);
        assert!(kept.iter().all(|text| page.stdout.contains(text)), "{}", page.stdout);
        assert!(language == "en" || page.stdout.contains(title), "{}", page.stdout);
        assert!(page.stdout.contains(seen), "{}", page.stdout);
        let rule = support::run(&["explain", "-f", "json", "--lang", language, "exp-eval-mode"], &[]);
        let rule: serde_json::Value = serde_json::from_str(&rule.stdout).unwrap();
        assert_eq!(
            (rule["id"].as_str(), rule["title"].as_str().unwrap().starts_with("Expressway runs")),
            (Some("exp-eval-mode"), language == "en")
        );
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

/// What the tables of releases say of a version, whatever it says, and what else a leaf of `explain` found.
#[test]
fn what_explain_found_is_said_in_each_language() {
    let library = support::library();
    for language in [Language::Ja, Language::Ko] {
        let words = library.words(language);
        let said_in_it = |english: &str| {
            let said = translated_leaf(words, english);
            assert!(said != english && !said.contains(" is ") && !said.contains(" seen"), "{english}: {said}");
        };
        for version in ["17.3.4", "17.3.99", "17.1.1", "16.12.1", "3.6.8E", "99.1.1", "15.2(4)E", "X14.0.1", "9.3(8)"] {
            for table in library.releases.values().flat_map(|table| &table.rows) {
                said_in_it(&version::standing(version::parse(None, version).as_ref(), &table.releases).1);
            }
        }
        for english in [
            "a usage report is unacknowledged (at least 50 times; 0 seen)",
            "latest time known is 2023-02-09T07:50:02.774",
            "version is 17.3.5",
            "version was 17.3.1 then",
            "product is C9300-24T",
            "platform is ios-xe",
            "does not concern version 5.1.23 of the smart agent",
            "no release table",
            "the case shows no other device of this platform",
        ] {
            said_in_it(english);
        }
    }
}

use super::*;
use crate::diagnose::{Diagnosis, Selection};
use crate::report::model::{Finding, Severity};
use crate::rules::load::{RuleText, load};
use crate::scan::{CaseScan, Scanner};

/// A rule with one signal that every case below shows (`always`), so that what the condition adds can be told.
fn library(signals: &str, rest: &str) -> Library {
    let signals = format!("signals:\n  - {{ id: always, title: something, text: 'the anchor' }}\n{signals}");
    let rule = format!("id: r\ntitle: t\nkind: symptom\nseverity: medium\nsummary: s\nplatforms: [ios-xe, expressway, nx-os]\n{rest}");
    let files = [("rules/facts/f.yaml", FACTS.to_owned()), ("rules/signals/s.yaml", signals), ("rules/x/r.yaml", rule)];
    let files = files.map(|(name, text)| RuleText { name: name.to_owned(), text });
    load(&files).unwrap_or_else(|faults| panic!("{faults:?}"))
}

const FACTS: &str = r"
extract:
  - { fact: hostname, pattern: '^hostname (?<value>\S+)', identity: hostname }
  - { fact: platform, pattern: '^platform (?<value>\S+)', identity: platform }
  - { fact: version, pattern: '^version (?<value>.+)', identity: version }
  - { fact: product_id, pattern: '^product (?<value>\S+)', identity: product_id }
  - { fact: license.agent_version, pattern: '^agent (?<value>\S+)' }
  - { fact: one, pattern: '^fact-one (?<value>.+)' }
  - { fact: two, pattern: '^fact-two (?<value>.+)' }
";

/// The finding on `device`, of files that each are one text.
fn finding(library: &Library, texts: &[&str], device: Option<&str>) -> Option<Finding> {
    let scanner = Scanner::new(library);
    let mut case = CaseScan::default();
    for (at, text) in texts.iter().enumerate() {
        case.artifacts.push(scanner.scan_text(&format!("{at}/a.log"), text.as_bytes()));
    }
    let report = Diagnosis::new(case, library).report(&Selection { min_confidence: 0.0, ..Selection::default() });
    report.findings.into_iter().find(|finding| device.is_none() || finding.device.as_deref() == device)
}

/// Truth of `when`: only when it is true it is ruled out, only when it is false its opposite speaks against.
fn truth(signals: &str, when: &str, texts: &[&str], device: Option<&str>) -> Truth {
    let rest = format!(
        "evidence:\n  - {{ when: always, weight: supporting }}\n  - {{ when: {{ all: [{when}] }}, weight: rules-out }}\n  - {{ when: {{ not: {{ all: [{when}] }} }}, weight: against }}\n"
    );
    let library = library(signals, &rest);
    let found = finding(&library, texts, device).expect("the anchor makes a finding");
    match found.score.iter().map(|term| term.log_odds).sum::<f64>() {
        sum if sum < -10.0 => Truth::True,
        sum if sum < -3.0 => Truth::False,
        _ => Truth::Unknown,
    }
}

#[test]
fn what_nobody_looked_at_is_not_seen() {
    let signals = "  - { id: one, title: one is yes, fact: one, is: 'yes' }\n  - { id: text, title: text, text: 'the text' }\n";
    for (when, text, expected) in [
        ("one", "the anchor", Truth::Unknown),
        ("{ seen: one }", "the anchor", Truth::False),
        ("{ seen: one }", "the anchor\nfact-one no", Truth::False),
        ("{ seen: one }", "the anchor\nfact-one yes", Truth::True),
        ("{ seen: text }", "the anchor", Truth::False),
        ("{ seen: text }", "the anchor\nthe text", Truth::True),
    ] {
        assert_eq!(truth(signals, when, &[text], None), expected, "{when} in {text:?}");
    }
}

#[test]
fn a_version_lies_between_releases_of_its_own_product() {
    for (when, version, expected) in [
        ("{version: {from: 17.7.1}}", "platform ios-xe\nversion 17.7.1", Truth::True),
        ("{version: {from: 17.7.1}}", "platform ios-xe\nversion 17.6.9", Truth::False),
        ("{version: {before: 17.7.1}}", "platform ios-xe\nversion 17.7.1", Truth::False),
        ("{version: {from: 17.3.2, before: 17.7.1}}", "platform ios-xe\nversion 17.06.05.SPA", Truth::True),
        ("{version: {from: 17.3.2, before: 17.7.1}}", "platform ios-xe\nversion 17.9.4a", Truth::False),
        // Letters do not count where the rule names none.
        ("{version: {before: 17.9.4}}", "platform ios-xe\nversion 17.9.4a", Truth::False),
        ("{version: {before: X14.2}}", "platform expressway\nversion X14.0.11", Truth::True),
        ("{version: {before: X14.2}}", "platform expressway\nversion X14.2.5", Truth::False),
        ("{version: {from: '10.2(1)'}}", "platform nx-os\nversion 10.3(1)", Truth::True),
        // Another product's numbering says nothing of this one.
        ("{version: {from: 17.7.1}}", "platform expressway\nversion X14.2.5", Truth::False),
        ("{version: {before: 17.7.1}}", "platform nx-os\nversion 9.3(5)", Truth::False),
        ("{version: {before: 17.7.1}}", "platform ios-xe\nversion 15.2(4)E7", Truth::False),
        ("{version: {from: 17.7.1}}", "platform ios-xe", Truth::Unknown),
        // Trains of NX-OS are not ordered; an engineering build has a train but no place in it.
        ("{version: {from: '10.2(1)'}}", "platform nx-os\nversion 7.0(3)I7(9)", Truth::Unknown),
        ("{version: {from: 17.7.1}}", "platform ios-xe\nversion Experimental Version 17.10.20220708:150333", Truth::True),
        ("{version: {from: 17.10.2}}", "platform ios-xe\nversion Experimental Version 17.10.20220708:150333", Truth::Unknown),
    ] {
        let text = format!("the anchor\n{version}\n");
        assert_eq!(truth("", when, &[&text], None), expected, "{when} on {version}");
    }
}

#[test]
fn a_product_is_one_of_those_the_device_names() {
    for (text, expected) in [
        ("the anchor\nproduct C9300-48P\n", Truth::True),
        ("the anchor\nproduct c9300l-24t\n", Truth::True),
        ("the anchor\nproduct C9500-24Y4C\n", Truth::False),
        ("the anchor\n", Truth::Unknown),
    ] {
        assert_eq!(truth("", "{product: '^C9300'}", &[text], None), expected, "{text}");
    }
}

const A_AND_B: &str = "  - { id: a, title: It fails, text: 'it failed' }\n  - { id: b, title: It works, text: 'it worked' }\n";

#[test]
fn the_later_of_two_is_told_by_time_and_else_by_place() {
    for (texts, expected) in [
        (&["the anchor\nit failed\n"][..], Truth::True),
        (&["the anchor\nit worked\nit failed\n"], Truth::True),
        (&["the anchor\nit failed\nit worked\n"], Truth::False),
        (&["the anchor\nit failed\nit worked\nit failed\n"], Truth::True),
        (&["the anchor\nit worked\n"], Truth::False),
        (&["the anchor\n2023 Aug 23 10:00:00 it failed\n2023 Aug 22 10:00:00 it worked\n"], Truth::True),
        // Which of two files is older is not known without a time.
        (&["hostname x\nthe anchor\nit failed\n", "hostname x\nit worked\n"], Truth::Unknown),
        (&["hostname x\nthe anchor\n2023 Aug 23 10:00:00 it failed\n", "hostname x\n2023 Aug 22 10:00:00 it worked\n"], Truth::True),
    ] {
        assert_eq!(truth(A_AND_B, "{later: [a, b]}", texts, None), expected, "{texts:?}");
    }
}

#[test]
fn elsewhere_is_another_device_of_the_same_platform() {
    let here = "hostname here\nplatform ios-xe\nthe anchor\n";
    for (other, expected) in [
        ("hostname there\nplatform ios-xe\nit failed\n", Truth::True),
        ("hostname there\nplatform wlc-9800\nit failed\n", Truth::True),
        ("hostname there\nplatform ios-xe\nall is well\n", Truth::False),
        ("hostname there\nplatform nx-os\nit failed\n", Truth::Unknown),
        ("hostname there\nit failed\n", Truth::Unknown),
        ("hostname here\nplatform ios-xe\nit failed\n", Truth::Unknown),
    ] {
        assert_eq!(truth(A_AND_B, "{elsewhere: a}, {not: b}", &[here, other], Some("here")), expected, "{other}");
    }
}

#[test]
fn what_another_device_shows_grounds_nothing_but_is_quoted_and_counted() {
    let here = "hostname here\nplatform ios-xe\nit worked\n";
    let there = "hostname there\nplatform ios-xe\nit failed\nit worked\n";
    let alone = library(A_AND_B, "evidence:\n  - { when: { elsewhere: a }, weight: decisive }\n");
    assert!(finding(&alone, &[here, there], Some("here")).is_none());
    let rest = "evidence:\n  - { when: b, weight: strong }\n  - { when: { all: [b, { elsewhere: a }] }, weight: supporting }\n  - { when: { elsewhere: b }, weight: supporting }\n";
    let found = finding(&library(A_AND_B, rest), &[here, there], Some("here")).unwrap();
    assert_eq!(found.score.len(), 4, "the same signal elsewhere is another observation: {:?}", found.score);
    let quoted = found.evidence.iter().find(|evidence| evidence.signal == "a on there").expect("quoted");
    assert_eq!((quoted.artifact.as_str(), quoted.line), ("1/a.log", Some(3)));
    assert_eq!(found.occurrences, 1);
}

#[test]
fn tests_of_facts_look_at_one_sample_or_at_several() {
    let fact = |test: &str| format!("  - {{ id: f, title: f, fact: one, {test} }}\n");
    for (test, lines, expected) in [
        ("is: old", "fact-one old\nfact-one new", Truth::False),
        ("is: old, ever: true", "fact-one old\nfact-one new", Truth::True),
        ("is: other, ever: true", "fact-one old\nfact-one new", Truth::False),
        ("is: other, ever: true", "fact-two x", Truth::Unknown),
        ("changed: true", "fact-one old\nfact-one new", Truth::True),
        ("changed: true", "fact-one old\nfact-one OLD", Truth::False),
        ("changed: true", "fact-one old\nfact-one new\nfact-one old", Truth::False),
        ("changed: true", "fact-one old", Truth::Unknown),
        ("changed: true, is: new", "fact-one old\nfact-one new", Truth::True),
        ("changed: true, is: old", "fact-one old\nfact-one new", Truth::False),
        ("grows: true", "fact-one 5\nfact-one 7", Truth::True),
        ("is: { same_as: two }", "fact-one Ab\nfact-two aB", Truth::True),
        ("is: { same_as: two }", "fact-one Ab\nfact-two c", Truth::False),
        ("is: { same_as: two }", "fact-one Ab", Truth::Unknown),
        ("is: { differs_from: two }", "fact-one Ab\nfact-two c", Truth::True),
        ("is: { differs_from: two }", "fact-one Ab\nfact-two aB", Truth::False),
        ("is: { differs_from: two }", "fact-two Ab", Truth::Unknown),
        ("is: { fewer_than: two }", "fact-one a, b\nfact-two a, b, c", Truth::True),
        ("is: { fewer_than: two }", "fact-one a, b, c\nfact-two a, b, c", Truth::False),
        ("is: { fewer_than: two }", "fact-one 9\nfact-two 10", Truth::True),
        ("is: { fewer_than: two }", "fact-one 11\nfact-two 10", Truth::False),
        ("is: { fewer_than: two }", "fact-one a, b\nfact-two 3", Truth::True),
        ("is: { fewer_than: two }", "fact-one <none>\nfact-two a", Truth::True),
        ("is: { fewer_than: two }", "fact-one 9", Truth::Unknown),
        ("is: { contains: two }", "fact-one 192.0.2.1, 192.0.2.7\nfact-two 192.0.2.7", Truth::True),
        ("is: { contains: two }", "fact-one 192.0.2.1\nfact-two 192.0.2.7, x", Truth::False),
        ("is: { contains: two }", "fact-one 192.0.2.1", Truth::Unknown),
        ("is: { older_than: { days: 9, fact: two } }", "fact-one Jan 1 10:00:00 2023\nfact-two Feb 1 10:00:00 2023", Truth::True),
        ("is: { since: 2023-01-02 }", "fact-one Jan 1 10:00:00 2023", Truth::False),
    ] {
        let text = format!("the anchor\n{lines}\n");
        assert_eq!(truth(&fact(test), "f", &[&text], None), expected, "{test} on {lines}");
    }
}

#[test]
fn severity_follows_the_first_condition_that_holds() {
    let rest = "severity_when:\n  - { when: a, severity: critical }\n  - { when: b, severity: low }\nevidence:\n  - { when: always, weight: strong }\n";
    let library = library(A_AND_B, rest);
    for (text, expected) in [
        ("the anchor\n", Severity::Medium),
        ("the anchor\nit failed\nit worked\n", Severity::Critical),
        ("the anchor\nit worked\n", Severity::Low),
    ] {
        assert_eq!(finding(&library, &[text], None).unwrap().severity, expected, "{text}");
    }
}

#[test]
fn a_release_row_may_be_for_some_smart_agents_only() {
    let mut library = library("", "evidence:\n  - { when: always, weight: strong }\n");
    let table = "id: T\ntitle: t\nrows:\n  - { platforms: [ios-xe], agents: '^[5-9]', fixed: ['17.9.1'] }\n";
    let loaded = load(&[RuleText { name: "rules/releases/T.yaml".to_owned(), text: table.to_owned() }]).unwrap();
    library.releases = loaded.releases;
    library.rules[0].releases = Some("T".into());
    for (lines, expected) in [
        ("agent 4.8.5_rel/25", "not applicable"),
        ("agent 5.3.10_rel/25", "unknown"),
        ("version 17.3.1", "affected"),
        ("agent 5.3.10_rel/25\nversion 17.3.1", "affected"),
        ("agent 4.8.5_rel/25\nversion 17.3.1", "not applicable"),
    ] {
        let text = format!("the anchor\nplatform ios-xe\n{lines}\n");
        assert_eq!(finding(&library, &[&text], None).unwrap().affected.as_deref(), Some(expected), "{lines}");
    }
}

//! Each lint on a rule that has just its fault, and none on one that has none.

use super::*;
use crate::rules::load::{RuleText, load};

const SOUND: &str = "id: sound
title: t
kind: symptom
severity: low
summary: s
signals:
  - {id: seen, title: t, text: 'Licensing agent gave up'}
evidence:
  - {when: seen, weight: strong}
references: [{kind: document, id: x}]
examples:
  positive: [{name: a, text: x}, {name: b, text: x}]
  negative: [{name: a, text: x}, {name: b, text: x}]
";

fn codes(files: &[(&str, String)]) -> Vec<&'static str> {
    let files: Vec<RuleText> = files.iter().map(|(name, text)| RuleText { name: (*name).to_owned(), text: text.clone() }).collect();
    let library = load(&files).unwrap_or_else(|faults| panic!("{faults:?}"));
    lint(&library).into_iter().map(|lint| lint.code).collect()
}

#[test]
fn each_fault_has_its_code() {
    let text = |from: &str, to: &str| {
        assert!(SOUND.contains(from), "{from}");
        SOUND.replace(from, to)
    };
    let signal = "text: 'Licensing agent gave up'";
    for (rule, expected) in [
        (SOUND.to_owned(), &[][..]),
        (text(signal, "text: 'agent gave up', keywords: [renewal]"), &["BR001"]),
        (text(signal, "text: '(?:agent gave up|licence pool empty)', keywords: [gave up]"), &["BR001"]),
        (text(signal, "text: '(?:agent gave up|licence pool empty)', keywords: [gave up, pool empty]"), &[]),
        (text(signal, "text: 'failed'"), &["BR002"]),
        (
            text("evidence:", "  - {id: again, title: t, text: 'Licensing agent gave up'}\nevidence:\n  - {when: again, weight: strong}"),
            &["BR003"],
        ),
        (text("evidence:", "  - {id: idle, title: t, text: 'nobody asks for it'}\nevidence:"), &["BR004"]),
        (text("references", "explains: [soundd]\nreferences"), &["BR005"]),
        (text("references", "explains: [sound]\nreferences"), &["BR006"]),
        (text(signal, "text: 'Licensing agent gave up', unverified: true").replace("weight: strong", "weight: decisive"), &["BR007"]),
        (text("when: seen", "when: {not: seen}"), &["BR008"]),
        (text(signal, "fact: nobody.reads"), &["BR009"]),
        (text("positive: [{name: a, text: x}, ", "positive: ["), &["BR010"]),
        (text("references: [{kind: document, id: x}]\n", ""), &["BR011"]),
    ] {
        assert_eq!(codes(&[("own/sound.yaml", rule.clone())]), expected, "{rule}");
    }
    let section = "sections: [{id: config, commands: [show run]}]\n".to_owned();
    let nowhere = text(signal, "text: 'Licensing agent gave up', within: [config], outside: [config]");
    assert_eq!(codes(&[("facts/f.yaml", section), ("own/sound.yaml", nowhere)]), ["BR001"]);
}

#[test]
fn a_rule_no_case_shows_is_named() {
    let library = load(&[RuleText { name: "own/sound.yaml".to_owned(), text: SOUND.to_owned() }]).unwrap();
    assert_eq!(never_made(&library, &BTreeSet::new())[0].code, "BR012");
    assert!(never_made(&library, &BTreeSet::from(["sound".to_owned()])).is_empty());
}

#[test]
fn every_code_is_documented() {
    let guide = include_str!("../../../docs/rules.md");
    for (code, _) in CODES {
        assert!(guide.contains(&format!("| `{code}` |")), "docs/rules.md says nothing of {code}");
    }
}

use super::*;

/// Faults of a rule with these lines from line 7 on.
fn faults(platforms: &str, lines: &str) -> Vec<String> {
    let signals = "signals:\n  - { id: a, title: a, text: 'it failed' }\n";
    let head = format!("id: r\ntitle: t\nkind: symptom\nseverity: low\nsummary: s\nplatforms: [{platforms}]\n");
    let files = [("rules/signals/s.yaml", signals.to_owned()), ("rules/x/r.yaml", format!("{head}{lines}"))];
    let files = files.map(|(name, text)| RuleText { name: name.to_owned(), text });
    load(&files).err().unwrap_or_default().iter().map(ToString::to_string).collect()
}

#[test]
fn a_condition_that_cannot_be_is_refused_with_its_place() {
    for (condition, expected) in [
        ("{ version: {} }", "rules/x/r.yaml:8:15: `version` needs `from`, `before`, or both"),
        ("{ version: { from: 17.9 } }", "rules/x/r.yaml:8:32: `17.9` is no release"),
        ("{ version: { from: Cupertino } }", "rules/x/r.yaml:8:32: `Cupertino` is no release"),
        ("{ version: { from: 17.9.1, before: 17.9.1 } }", "no version is 17.9.1 or later and earlier than 17.9.1"),
        ("{ version: { from: 17.9.1, before: X14.2 } }", "no version is 17.9.1 or later and earlier than X14.2.0"),
        ("{ version: { since: 17.9.1 } }", "unknown field `since`, expected one of from, before"),
        ("{ product: 'C9[' }", "rules/x/r.yaml:8:25: pattern `C9[`: unclosed character class"),
        ("{ later: [a, b] }", "unknown signal `b`"),
        ("{ elsewhere: { elsewhere: a } }", "`elsewhere` inside `elsewhere`"),
        ("{ elsewhere: b }", "unknown signal `b`"),
        (
            "{ elsewhere: a, not: a }",
            "a condition has exactly one of all, any, not, seen, count, pairs, release, after, platform, version, product",
        ),
    ] {
        let found = faults("ios-xe", &format!("evidence:\n  - {{ when: {condition}, weight: strong }}\n"));
        assert!(found.len() == 1 && found[0].contains(expected), "{condition}: {found:?}");
    }
    let found = faults("ios-xe", "severity_when: [{ when: c, severity: high }]\nevidence: []\n");
    assert_eq!(found, ["rules/x/r.yaml:7:25: unknown signal `c`; did you mean `a`?"]);
}

#[test]
fn a_signal_names_what_only_facts_have_for_facts_only() {
    for (signal, expected) in [
        ("text: 'it broke', is: x", "is, ever, grows and changed are for facts"),
        ("text: 'it broke', changed: true", "is, ever, grows and changed are for facts"),
        ("fact: one, changed: true, ever: true", "at most one of ever, grows, changed"),
        ("event: tls-alert, with: { leaf_not_after: { due_within: 3 } }", "`due_within` and `older_than` are for facts"),
        ("event: expressway-log, keywords: [word], with: { event: { same_as: two } }", "fields of log lines cannot be compared"),
        ("event: tls-alert, with: { server_host: { else_matches: x } }", "decides where `host_of` names no host"),
        ("fact: one, is: { host_of: [two] }", "`host_of` is for fields of events"),
    ] {
        let found = faults("ios-xe", &format!("signals:\n  - {{ id: s, title: s, {signal} }}\nevidence: []\n"));
        assert!(found.len() == 1 && found[0].contains(expected), "{signal}: {found:?}");
    }
}

#[test]
fn what_a_file_covers_is_read_wherever_it_may_stand() {
    let files = [
        (
            "rules/facts/f.yaml",
            "sections:\n  - { id: s, commands: [x], covers: [1] }\nextract:\n  - { fact: f, pattern: 'anything', covers: [2, 3] }\n",
        ),
        ("rules/releases/t.yaml", "id: t\ntitle: t\ncovers: [4]\nrows: [{ platforms: [ios-xe], agents: '^5', fixed: [17.9.1] }]\n"),
        (
            "rules/x/r.yaml",
            "id: r\ntitle: t\nkind: symptom\nseverity: low\nsummary: s\ncovers: [5]\nevidence: []\nexamples:\n  positive:\n    - { name: n, covers: [6], files: { a.log: x, b.log: y } }\n",
        ),
    ];
    let files = files.map(|(name, text)| RuleText { name: name.to_owned(), text: text.to_owned() });
    let library = load(&files).unwrap();
    assert_eq!(library.examples()[0].positive[0].files.len(), 2);
}

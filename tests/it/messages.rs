//! Errors are part of the interface: each names the thing, the place and the way out.

use std::fs;

use crate::support;

#[test]
fn a_missing_path_is_named() {
    let output = support::run(&["diagnose"], &[&support::root().join("no-such-case.zip")]);
    assert_eq!(output.status, 2);
    assert!(output.stderr.contains("no-such-case.zip"), "{}", output.stderr);
    assert!(output.stdout.is_empty());
}

#[test]
fn a_broken_rule_names_file_line_and_the_nearest_key() {
    let work = tempfile::tempdir().unwrap();
    fs::create_dir(work.path().join("own")).unwrap();
    let rule = "id: my-rule\ntitle: x\nkind: symptom\nseverity: low\nsumary: typed too fast\nevidence: []\n";
    fs::write(work.path().join("own/my-rule.yaml"), rule).unwrap();
    let output = support::run(&["diagnose", "--rules", &work.path().to_string_lossy()], &[&support::root().join("corpora/first-light")]);
    assert_eq!(output.status, 2);
    for part in ["my-rule.yaml:5:", "sumary", "summary"] {
        assert!(output.stderr.contains(part), "{part} is missing in {}", output.stderr);
    }
}

#[test]
fn a_broken_pattern_names_the_rule_and_the_reason() {
    let work = tempfile::tempdir().unwrap();
    fs::create_dir(work.path().join("own")).unwrap();
    let rule = "id: my-rule\ntitle: x\nkind: symptom\nseverity: low\nsummary: x\nsignals:\n  - { id: my-signal, title: x, text: 'unclosed (group' }\nevidence:\n  - { when: my-signal, weight: strong }\n";
    fs::write(work.path().join("own/my-rule.yaml"), rule).unwrap();
    let output = support::run(&["diagnose", "--rules", &work.path().to_string_lossy()], &[&support::root().join("corpora/first-light")]);
    assert_eq!(output.status, 2);
    assert!(output.stderr.contains("my-rule.yaml:7:") && output.stderr.contains("unclosed group"), "{}", output.stderr);
}

#[test]
fn unknown_ids_and_options_get_a_suggestion() {
    let input = support::root().join("corpora/first-light");
    let output = support::run(&["explain", "slp-tls-interceptoin"], &[&input]);
    assert_eq!(output.status, 2);
    assert!(output.stderr.contains("did you mean `slp-tls-interception`?"), "{}", output.stderr);
    let output = support::run(&["diagnose", "--formt", "json"], &[&input]);
    assert_eq!(output.status, 2);
    assert!(output.stderr.contains("--format"), "{}", output.stderr);
    let output = support::run(&["diagnose", "--limit", "deepth=3"], &[&input]);
    assert_eq!(output.status, 2);
    assert!(output.stderr.contains("depth"), "{}", output.stderr);
}

#[test]
fn what_was_mistyped_is_named() {
    let case = support::root().join("corpora/collector-five-faults/input");
    let case = case.to_string_lossy();
    for (arguments, said) in [
        (&["explain", "SLP-TLS-INTERCEPTION"][..], "did you mean `slp-tls-interception`?"),
        (&["explain", "interception"], "`slp-tls-interception`"),
        (&["explain", "zzz"], "`bundlescope rules list` shows all"),
        (&["rules", "show", "dns-no-anser"], "did you mean `dns-no-answer`?"),
        (&["rules", "lits"], "hint: some similar subcommands exist: 'lint', 'list'"),
        (&["diagnose", "-o", "jsn=x.txt", &case], "did you mean `json`?"),
        (&["diagnose", "-o", "x.foo", &case], "no format is written to `.foo`; there are .txt, .json,"),
        (&["diff", "-o", "x.html", &case, &case], "no format is written to `.html`; there are .txt, .json,"),
        (&["rules", "new", "slp-tls-interception"], "there is a diagnosis `slp-tls-interception` already"),
        (&["diagnose", "--select", "dns-no-anser", &case], "did you mean `dns-no-answer`?"),
        (&["diagnose", "-j", "many", &case], "give a whole number"),
        (&["diagnose"], "<PATH>..."),
    ] {
        let output = support::run(arguments, &[]);
        assert_eq!((output.status, output.stdout.as_str()), (2, ""), "{arguments:?}");
        assert!(output.stderr.contains(said) && !output.stderr.contains("tip:"), "{arguments:?}: {}", output.stderr);
    }
    // What the system calls it stays out of messages, and one thing is said once.
    for arguments in [&["eval", "no-such"][..], &["diagnose", "--rules", "no-such", &case], &["diagnose", "no-such"]] {
        let output = support::run(arguments, &[]);
        assert!(output.status == 2 && !output.stderr.contains("os error"), "{}", output.stderr);
        assert_eq!(output.stderr.to_lowercase().matches("no such").count(), 1, "{}", output.stderr);
    }
    // Nothing but a pipe: that may have been meant.
    let output = support::run_with_input(&["diagnose"], "text\n");
    assert!(output.status == 2 && output.stderr.contains("give `-` as the path"), "{}", output.stderr);
    // Where something else is missing it was not.
    let output = support::run_with_input(&["redact", &case], "text\n");
    assert!(output.status == 2 && !output.stderr.contains("give `-` as the path"), "{}", output.stderr);
}

#[test]
fn a_report_never_overwrites_its_input() {
    let work = tempfile::tempdir().unwrap();
    let path = work.path().join("case.json");
    fs::write(&path, "text\n").unwrap();
    let output = support::run(&["diagnose", "-o", &path.to_string_lossy()], &[&path]);
    assert_eq!(output.status, 2);
    assert_eq!(fs::read_to_string(&path).unwrap(), "text\n");
}

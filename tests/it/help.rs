//! Help, manual, completions and the reference page: short where that is asked for, whole, and true.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support;

const VERBS: [&str; 10] = ["diagnose", "check", "inspect", "diff", "explain", "redact", "rules", "eval", "completions", "man"];

fn run(arguments: &[&str]) -> String {
    let output = support::run(arguments, &[]);
    assert_eq!(output.status, 0, "{arguments:?}: {}", output.stderr);
    output.stdout
}

#[test]
fn a_short_help_is_one_screen_and_a_long_one_says_all() {
    for verb in std::iter::once(None).chain(VERBS.iter().copied().map(Some)) {
        let of = |flag: &str| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_bundlescope"));
            let output = command.env_clear().env("COLUMNS", "80").args(verb).arg(flag).output().unwrap();
            assert!(output.status.success(), "{verb:?}");
            String::from_utf8(output.stdout).unwrap()
        };
        let (short, long) = (of("-h"), of("--help"));
        assert!(short.lines().count() <= 30, "{verb:?}: {} lines", short.lines().count());
        assert!(short.lines().chain(long.lines()).all(|line| line.chars().count() <= 80), "{verb:?}");
        for help in [&short, &long] {
            let examples = help.find("Examples:\n").unwrap_or_else(|| panic!("{verb:?} has no examples"));
            assert!(help.find("Options:").is_none_or(|options| examples < options), "{verb:?}");
        }
        assert!(long.lines().count() > short.lines().count(), "{verb:?}");
    }
}

/// The examples in the help are commands that work.
#[test]
fn the_examples_of_the_help_run() {
    let work = tempfile::tempdir().unwrap();
    let corpora = support::root().join("corpora");
    let place = |from: &str, to: &str| {
        fs::create_dir_all(work.path().join(to).parent().unwrap()).unwrap();
        fs::copy(corpora.join(from), work.path().join(to)).unwrap();
    };
    place("first-light/first-light.zip", "SR698123456.zip");
    place("collector-five-faults/input/collector.log", "case/collector.log");
    // What a file holds is told by its bytes, not by its name.
    place("first-light/first-light.zip", "upload.tar.gz");
    for case in ["capture-tls13", "cat9300-slp-healthy"] {
        for entry in fs::read_dir(corpora.join(case).join("input")).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            place(&format!("{case}/input/{name}"), &format!("cases/{case}/input/{name}"));
        }
        place(&format!("{case}/expect.yaml"), &format!("cases/{case}/expect.yaml"));
    }
    let run = |line: &str| {
        let words = line.split(' ').skip(1);
        let output = Command::new(env!("CARGO_BIN_EXE_bundlescope")).args(words).env_clear().current_dir(work.path()).output().unwrap();
        let status = output.status.code().unwrap();
        assert!(status == 0 || status == 1, "{line}: {status} {}", String::from_utf8_lossy(&output.stderr));
        assert!(status == 0 || ["check", "--fail-on", "eval"].iter().any(|gate| line.contains(gate)), "{line} ended with {status}");
        assert!(!output.stdout.is_empty() || line.contains(" -o "), "{line} says nothing");
    };
    run("bundlescope diagnose -o last.json case/");
    let mut ran = 0;
    for verb in std::iter::once("").chain(VERBS) {
        let arguments: Vec<&str> = [verb, "--help"].into_iter().filter(|word| !word.is_empty()).collect();
        let help = self::run(&arguments);
        let lines = help.lines().skip_while(|line| *line != "Examples:").skip(1).take_while(|line| line.starts_with("  "));
        for line in lines.map(str::trim).filter(|line| line.starts_with("bundlescope ")) {
            run(line.split("  ").next().unwrap());
            ran += 1;
        }
    }
    assert!(ran >= 20, "{ran}");
}

#[test]
fn the_reference_page_is_what_the_program_goes_by() {
    let page = run(&["man", "--markdown"]);
    support::is_as_committed(&support::root().join("docs/reference.md"), &page);
    for part in ["--assume-timezone", "BUNDLESCOPE_JOBS", "archive_members", "SOURCE_DATE_EPOCH", "| 130 |"] {
        assert!(page.contains(part), "{part}");
    }
    // Its configuration file is one.
    let file = page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let work = tempfile::tempdir().unwrap();
    fs::write(work.path().join("c.toml"), file).unwrap();
    fs::create_dir_all(work.path().join("own-rules/signals")).unwrap();
    fs::write(work.path().join("own-rules/signals/none.yaml"), "signals: []\n").unwrap();
    fs::write(work.path().join("accepted.yaml"), "suppressions: []\n").unwrap();
    let case = support::root().join("corpora/collector-five-faults/input");
    let config = work.path().join("c.toml").to_string_lossy().into_owned();
    let output = support::run(&["diagnose", "--no-config", "-f", "json", "-o", &work.path().join("last.json").to_string_lossy()], &[&case]);
    assert_eq!(output.status, 0, "{}", output.stderr);
    let output = support::run(&["--config", &config, "check"], &[&case]);
    assert!(output.status == 0 && output.stdout.starts_with('{'), "{}", output.stderr);
}

#[test]
fn every_verb_has_a_manual_page() {
    let work = tempfile::tempdir().unwrap();
    run(&["man", "-o", &work.path().to_string_lossy()]);
    let pages = |name: &str| fs::read_to_string(work.path().join(name)).unwrap_or_else(|_| panic!("no {name}"));
    for verb in VERBS {
        let page = pages(&format!("bundlescope-{verb}.1"));
        assert!(page.contains(".SH SYNOPSIS") && page.contains(".SH EXAMPLES"), "{verb}");
    }
    assert_eq!(pages("bundlescope-rules-lint.1"), run(&["man", "rules", "lint"]));
    // An option that the short help leaves out is described all the same.
    assert!(pages("bundlescope-diagnose.1").contains("Exit 2 when anything could not be read whole"));
    let output = support::run(&["man", "diagnos"], &[]);
    assert!(output.status == 2 && output.stderr.contains("did you mean `diagnose`?"), "{}", output.stderr);
    if !support::is_installed("man") {
        return;
    }
    for entry in fs::read_dir(work.path()).unwrap() {
        let output = Command::new("man").args(["--warnings", "-l"]).arg(entry.unwrap().path()).env("MANPAGER", "cat").output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn completions_know_the_ids() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = run(&["completions", shell]);
        assert!(script.contains("assume-timezone"), "{shell}");
        assert!(script.contains("slp-tls-interception") || shell == "elvish", "{shell}");
    }
    let work = tempfile::tempdir().unwrap();
    for (shell, completed) in [("bash", bash as fn(&Path, &str) -> String), ("fish", fish)] {
        if !support::is_installed(shell) {
            eprintln!("skipped: there is no {shell}");
            continue;
        }
        let script = work.path().join(shell);
        fs::write(&script, run(&["completions", shell])).unwrap();
        for (words, expected) in [
            ("explain slp-tls-inter", "slp-tls-interception"),
            ("rules show dns-no-an", "dns-no-answer"),
            ("diagnose --select dns-no-an", "dns-no-answer"),
            ("diagnose --ignore dns-no-an", "dns-no-answer"),
            ("check --fail-on hi", "high"),
            ("diagnose --assume", "--assume-timezone"),
            ("diagnose -f sar", "sarif"),
            ("comple", "completions"),
            ("completions z", "zsh"),
        ] {
            assert_eq!(completed(&script, words), expected, "{shell}: {words}");
        }
        if shell == "bash" {
            // Behind an id stand files, which bash completes by itself.
            assert_eq!(completed(&script, "explain slp-tls-interception slp-t"), "");
            assert_eq!(completed(&script, "explain --lang ja slp-tls-inter"), "slp-tls-interception");
        }
    }
    // Titles with quotes of all kinds are words in every script.
    for (shell, check) in [("bash", "-n"), ("zsh", "-n"), ("fish", "--no-execute")] {
        if support::is_installed(shell) {
            let script = work.path().join(format!("{shell}.script"));
            fs::write(&script, run(&["completions", shell])).unwrap();
            let output = Command::new(shell).arg(check).arg(&script).output().unwrap();
            assert!(output.status.success() && output.stderr.is_empty(), "{shell}: {}", String::from_utf8_lossy(&output.stderr));
        }
    }
}

/// What fish offers for the last word, but for what it is.
fn fish(script: &Path, words: &str) -> String {
    let source = format!("source {}; complete -C 'bundlescope {words}'", script.display());
    let output = Command::new("fish").args(["--no-config", "-c", &source]).output().unwrap();
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    let offered = String::from_utf8(output.stdout).unwrap();
    offered.lines().filter_map(|line| line.split('\t').next()).collect::<Vec<_>>().join(" ")
}

/// What bash makes of the last word.
fn bash(script: &Path, words: &str) -> String {
    let words: Vec<&str> = words.split(' ').collect();
    let (last, before) = (words[words.len() - 1], words.len().checked_sub(2).map_or("bundlescope", |at| words[at]));
    let source = format!(
        "source {}; COMP_WORDS=(bundlescope {}); COMP_CWORD={}; _bundlescope bundlescope {last} {before}; echo \"${{COMPREPLY[*]}}\"",
        script.display(),
        words.join(" "),
        words.len()
    );
    let output = Command::new("bash").args(["--norc", "-c", &source]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

//! The configuration file: what outranks what, where it is looked for, and what is wrong with it in words.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support;

/// Standard output, standard error and status of a run in `folder`.
fn run(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> (String, String, i32) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bundlescope"));
    command.env_clear().env("HOME", folder.join("home")).envs(environment.iter().copied()).current_dir(folder).args(arguments);
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.code().unwrap())
}

fn case() -> String {
    support::root().join("corpora/collector-five-faults/input").to_string_lossy().into_owned()
}

#[test]
fn a_flag_outranks_the_environment_and_that_the_file() {
    let work = tempfile::tempdir().unwrap();
    let folder = work.path().join("a/b");
    fs::create_dir_all(&folder).unwrap();
    fs::write(work.path().join("bundlescope.toml"), "format = \"json\"\nlang = \"ja\"\n").unwrap();
    let case = case();
    assert!(run(&folder, &["diagnose", &case], &[]).0.starts_with('{'), "found from the working folder upwards");
    assert!(!run(&folder, &["diagnose", &case], &[("BUNDLESCOPE_FORMAT", "table")]).0.starts_with('{'));
    assert!(run(&folder, &["diagnose", "-f", "json", &case], &[("BUNDLESCOPE_FORMAT", "table")]).0.starts_with('{'));
    assert!(!run(&folder, &["diagnose", "--no-config", &case], &[]).0.starts_with('{'));
    let (japanese, english) =
        (run(&folder, &["diagnose", "-f", "table", &case], &[]).0, run(&folder, &["diagnose", "--no-config", &case], &[]).0);
    assert_ne!(japanese, english);
    assert!(run(&folder, &["explain", "exp-eval-mode"], &[]).0.contains("評価モード"));
    assert!(!run(&folder, &["explain", "exp-eval-mode"], &[("BUNDLESCOPE_LANG", "en")]).0.contains("評価モード"));
    let (_, stderr, _) = run(&folder, &["diagnose", "-v", &case], &[]);
    assert!(stderr.contains("bundlescope.toml"), "{stderr}");
}

#[test]
fn a_person_has_a_file_of_his_own_and_a_case_has_none() {
    let work = tempfile::tempdir().unwrap();
    let own = work.path().join("home/.config/bundlescope");
    fs::create_dir_all(&own).unwrap();
    fs::write(own.join("config.toml"), "format = 'json'\n").unwrap();
    assert!(run(work.path(), &["diagnose", &case()], &[]).0.starts_with('{'));

    let foreign = tempfile::tempdir().unwrap();
    fs::write(foreign.path().join("bundlescope.toml"), "quiet = true\nno-such-key = 1\n").unwrap();
    fs::write(foreign.path().join("log.txt"), "Mar  2 10:00:00 r1 %SYS-5-CONFIG_I: Configured from console\n").unwrap();
    let (_, stderr, status) = run(foreign.path(), &["diagnose", "."], &[]);
    assert_eq!(status, 0, "{stderr}");
    let (_, stderr, status) = run(foreign.path(), &["diagnose", &case()], &[]);
    assert_eq!(status, 2, "{stderr}");
}

#[test]
fn what_is_wrong_is_said_with_its_line() {
    let work = tempfile::tempdir().unwrap();
    let file = work.path().join("own.toml");
    for (text, parts) in [
        ("quiet = true\nformt = 'json'\n", &["own.toml:2:", "`formt`", "`format`", "min-confidence"][..]),
        ("format = 'yaml'\n", &["own.toml", "`yaml`", "sarif"]),
        ("min-confidence = 3\n", &["own.toml", "between 0 and 1"]),
        ("jobs = 'many'\n", &["own.toml:1:"]),
        ("jobs = \n", &["own.toml:1:"]),
    ] {
        fs::write(&file, text).unwrap();
        let (stdout, stderr, status) = run(work.path(), &["--config", "own.toml", "diagnose", &case()], &[]);
        assert_eq!((status, stdout.as_str()), (2, ""), "{text}");
        for part in parts {
            assert!(stderr.contains(part), "{part} is missing in {stderr}");
        }
    }
    let (_, stderr, status) = run(work.path(), &["diagnose", "--config", "none.toml", &case()], &[]);
    assert_eq!(status, 2);
    assert!(stderr.contains("none.toml"), "{stderr}");
}

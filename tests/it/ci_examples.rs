//! The examples of docs/ci/ do what they say: each is run as its host would run it.

#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde::Deserialize;

use crate::support;

const FAULTY: &str = "corpora/cat9300-quovadis-err-205/input";
const HEALTHY: &str = "corpora/cat9300-slp-healthy/input";

fn page(name: &str) -> PathBuf {
    support::root().join("docs/ci").join(name)
}

/// A command that finds the program under test and nothing of the settings of whoever runs the tests.
fn command(program: &str, folder: &Path) -> Command {
    let built = Path::new(env!("CARGO_BIN_EXE_bundlescope")).parent().unwrap().to_owned();
    let inherited = std::env::var_os("PATH").unwrap_or_default();
    let path = std::iter::once(built).chain(std::env::split_paths(&inherited));
    let mut command = Command::new(program);
    command.current_dir(folder).env("PATH", std::env::join_paths(path).unwrap());
    for (name, _) in std::env::vars_os().filter(|(name, _)| {
        let name = name.to_string_lossy();
        name.starts_with("BUNDLESCOPE_") || name.starts_with("GIT_")
    }) {
        command.env_remove(name);
    }
    for (name, value) in [("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_NOSYSTEM", "1"), ("NO_COLOR", "1"), ("LC_ALL", "C")] {
        command.env(name, value);
    }
    command
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

#[derive(Deserialize)]
struct Workflow {
    jobs: BTreeMap<String, Job>,
}

#[derive(Deserialize)]
struct Job {
    #[serde(rename = "runs-on")]
    runs_on: String,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
struct Step {
    name: Option<String>,
    uses: Option<String>,
    run: Option<String>,
    #[serde(rename = "if")]
    condition: Option<String>,
}

/// Runs the steps as a runner does: after a failure only those that ask for it. Gives their statuses and the step summary.
fn run_workflow(folder: &Path) -> (BTreeMap<String, Option<i32>>, String) {
    let workflow: Workflow = serde_saphyr::from_str(&fs::read_to_string(page("github.yml")).unwrap()).unwrap();
    let [job] = &workflow.jobs.into_values().collect::<Vec<_>>()[..] else { panic!("not one job") };
    assert_eq!(job.runs_on, "ubuntu-latest");
    let summary = folder.join("summary.md");
    let mut failed = false;
    let mut statuses = BTreeMap::new();
    for step in &job.steps {
        let Some(run) = &step.run else {
            assert!(step.uses.as_deref().is_some_and(|action| action.contains('@')), "a step does nothing");
            continue;
        };
        if failed && step.condition.as_deref() != Some("always()") {
            continue;
        }
        let output = command("bash", folder)
            .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", run])
            .env("GITHUB_STEP_SUMMARY", &summary)
            .output()
            .unwrap();
        failed |= !output.status.success();
        statuses.insert(step.name.clone().unwrap_or_default(), output.status.code());
    }
    (statuses, fs::read_to_string(summary).unwrap_or_default())
}

#[test]
fn the_workflow_fails_on_what_is_new() {
    let statuses = |gate, summary| {
        BTreeMap::from([("Install", 0), ("Gate", gate), ("Summary", summary)].map(|(name, status)| (name.to_owned(), Some(status))))
    };
    let nothing = r#"{"schema": "bundlescope/report/v1", "findings": []}"#;
    let none = "suppressions: []\n";
    for (case, baseline, known, expected) in [
        (FAULTY, nothing, none, statuses(1, 0)),
        (FAULTY, "itself", none, statuses(0, 0)),
        (HEALTHY, nothing, none, statuses(0, 0)),
        // Bad files are no pass: nothing was judged, and there is no report to summarise.
        (HEALTHY, "{", none, statuses(2, 1)),
        (HEALTHY, nothing, "suppressions: [{ id: x }]", statuses(2, 1)),
    ] {
        let work = tempfile::tempdir().unwrap();
        copy(&support::root().join(case), &work.path().join("cases"));
        fs::create_dir(work.path().join("licensing")).unwrap();
        fs::write(work.path().join("licensing/known.yaml"), known).unwrap();
        let file = work.path().join("licensing/baseline.json");
        if baseline == "itself" {
            let output = command("bundlescope", work.path()).args(["diagnose", "-o", "licensing/baseline.json", "cases"]).output().unwrap();
            assert!(output.status.success());
        } else {
            fs::write(file, baseline).unwrap();
        }
        let (ended, summary) = run_workflow(work.path());
        assert_eq!(ended, expected, "{case} with {baseline} and {known}");
        let read = baseline != "{" && known == none;
        assert_eq!(summary.contains("## Licensing diagnosis of `cases`"), read, "{summary}");
        if case == FAULTY {
            // What to do about it is part of it.
            assert!(summary.contains("iosxe-quovadis-fn72323") && summary.contains("**Do**"), "{summary}");
            assert_eq!(summary.contains("Baseline: new"), baseline == nothing, "{summary}");
        }
    }
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let who = ["-c", "user.name=tests", "-c", "user.email=tests@example.org", "-c", "commit.gpgsign=false"];
    let output = command("git", folder).args(who).args(arguments).output().unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Runs the hook in a repository as Git does: one line for each pushed branch.
fn push(repository: &Path, hook: &Path, lines: &str) -> Output {
    let mut child =
        command("sh", repository).arg(hook).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn the_hook_refuses_a_push_with_a_fault() {
    if Command::new("git").arg("--version").output().is_err() {
        // Not `eprintln!`, which the test runner swallows.
        let _ = writeln!(std::io::stderr(), "SKIPPED: no git, docs/ci/pre-receive.sh was not run");
        return;
    }
    let work = tempfile::tempdir().unwrap();
    let repository = work.path().join("repository");
    fs::create_dir_all(repository.join("cases")).unwrap();
    git(&repository, &["init", "--quiet"]);
    let commit = |message: &str| {
        git(&repository, &["add", "--all"]);
        git(&repository, &["commit", "--quiet", "--allow-empty", "--message", message]);
        git(&repository, &["rev-parse", "HEAD"])
    };
    let empty = commit("no case");
    copy(&support::root().join(HEALTHY), &repository.join("cases/healthy"));
    let healthy = commit("a healthy case");
    copy(&support::root().join(FAULTY), &repository.join("cases/faulty"));
    let faulty = commit("a faulty case");
    fs::write(repository.join("cases/broken.zip"), b"PK\x03\x04 no zip").unwrap();
    fs::remove_dir_all(repository.join("cases/faulty")).unwrap();
    let broken = commit("a case that cannot be read whole");
    let zeros = "0".repeat(40);

    let hooks = work.path().join("hooks");
    fs::create_dir(&hooks).unwrap();
    let hook = hooks.join("pre-receive");
    fs::copy(page("pre-receive.sh"), &hook).unwrap();
    let line = |new: &str| format!("{zeros} {new} refs/heads/main\n");
    for (lines, status, said) in [
        (line(&empty), 0, ""),
        (line(&zeros), 0, ""),
        (String::new(), 0, ""),
        (line(&healthy), 0, "bundlescope: ok"),
        (line(&faulty), 1, "refs/heads/main: refused for the findings above"),
        (line(&broken), 1, "refs/heads/main: refused, as the cases could not be judged"),
        (line(&healthy) + &line(&faulty), 1, "refused for the findings above"),
    ] {
        let output = push(&repository, &hook, &lines);
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(status), "{lines}{text}");
        assert!(text.contains(said), "{lines}{text}");
    }
    // Whoever runs the server accepts; whoever pushes cannot.
    let ids: Vec<String> = {
        let output = push(&repository, &hook, &line(&faulty));
        let text = String::from_utf8(output.stderr).unwrap();
        let ids = text.lines().filter(|line| line.starts_with("  ")).filter_map(|line| line.split_whitespace().nth(3));
        ids.map(|id| format!("  - {{ id: {id}, reason: change 4711 }}\n")).collect()
    };
    let known = format!("suppressions:\n{}", ids.concat());
    fs::create_dir_all(repository.join("cases/hooks")).unwrap();
    fs::write(repository.join("cases/hooks/known.yaml"), &known).unwrap();
    assert_eq!(push(&repository, &hook, &line(&faulty)).status.code(), Some(1));
    fs::write(hooks.join("known.yaml"), known).unwrap();
    let output = push(&repository, &hook, &line(&faulty));
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}

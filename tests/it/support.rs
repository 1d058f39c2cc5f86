//! Folders and the program under test.

use std::io::Write as _;
use std::path::PathBuf;

use bundlescope::diagnose::{Diagnosis, Selection};
use bundlescope::intake::Input;
use bundlescope::report::model::Report;
use bundlescope::rules::embedded;
use bundlescope::rules::library::Library;
use bundlescope::scan::{Options, Scanner, Silent};

/// The project's folder.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Real device output, logs and captures, where they are at hand: `BUNDLESCOPE_REALDATA`, else a folder beside the
/// project's. A test that needs it says so when it is missing.
pub(crate) fn real_data() -> Option<PathBuf> {
    let named = std::env::var_os("BUNDLESCOPE_REALDATA").map(PathBuf::from);
    let folder = named.unwrap_or_else(|| root().join("../shared/realdata"));
    if folder.join("expected.tsv").is_file() {
        return Some(folder);
    }
    // Not `eprintln!`, which the test runner swallows.
    let _ = writeln!(std::io::stderr(), "SKIPPED: no real data at {} (set BUNDLESCOPE_REALDATA)", folder.display());
    None
}

/// Compares a generated file with the committed one, or writes it where `BUNDLESCOPE_UPDATE` asks for that.
pub(crate) fn is_as_committed(path: &std::path::Path, generated: &str) {
    if std::env::var_os("BUNDLESCOPE_UPDATE").is_some() {
        std::fs::write(path, generated).expect("the file is writable");
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(committed == generated, "{} is stale; BUNDLESCOPE_UPDATE=1 cargo test writes it anew", path.display());
}

/// The embedded library.
pub(crate) fn library() -> Library {
    embedded::library().expect("the embedded rules load")
}

/// The report of one input.
pub(crate) fn report(scanner: &Scanner<'_>, input: PathBuf, selection: &Selection) -> Report {
    let case = scanner.scan(&[Input::Path(input)], &Options::default(), &Silent);
    Diagnosis::new(case, scanner.library()).report(selection)
}

/// What a run of the program gave.
pub(crate) struct Output {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs the program with the arguments and then the paths.
pub(crate) fn run(arguments: &[&str], paths: &[&std::path::Path]) -> Output {
    let mut command = command();
    command.args(arguments).args(paths).stdin(std::process::Stdio::null());
    finished(command.output().expect("the program runs"))
}

/// Runs the program with text on standard input.
pub(crate) fn run_with_input(arguments: &[&str], input: &str) -> Output {
    let assert = assert_cmd::Command::from_std(command()).args(arguments).write_stdin(input).output();
    finished(assert.expect("the program runs"))
}

/// The program, in an environment of its own.
pub(crate) fn command() -> std::process::Command {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_bundlescope"));
    for name in ["NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "BUNDLESCOPE_RULES", "BUNDLESCOPE_FORMAT", "BUNDLESCOPE_JOBS"] {
        command.env_remove(name);
    }
    command.env("COLUMNS", "100");
    command
}

/// What a run gave, once it is over.
pub(crate) fn finished(output: std::process::Output) -> Output {
    Output {
        status: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).expect("output is UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("messages are UTF-8"),
    }
}

/// Whether a program is there; a test that does without says so.
pub(crate) fn is_installed(program: &str) -> bool {
    let there = std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).is_file()));
    if !there {
        // Not `eprintln!`, which the test runner swallows.
        let _ = writeln!(std::io::stderr(), "SKIPPED: {program} is not installed");
    }
    there
}

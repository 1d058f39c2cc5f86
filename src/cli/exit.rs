//! The exit statuses of the contract, in one place.

use std::io;
use std::process::ExitCode;

/// How the program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// 0: read and written; for a gate, it held.
    Success,
    /// 1: the gate did not hold.
    Gate,
    /// 2: bad usage, bad rules, nothing readable, output not writable; with `--strict`, also partial input.
    Failure,
}

/// What each status means, for the pages.
pub(crate) const STATUSES: [(u8, &str); 4] = [
    (0, "the case was read and the report written; `check`: nothing at or above the threshold"),
    (1, "the gate did not hold: `check`, `diff --fail-on`, `rules lint`, `rules test`, `eval`; `redact`: the copy says something else"),
    (
        2,
        "bad usage, bad rules, no input readable (the report is written and says why under `errors`), output not writable; with `--strict`, also partial input; `check` stopped by `--limit time` without a finding",
    ),
    (130, "interrupted"),
];

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Success => 0,
            Exit::Gate => 1,
            Exit::Failure => 2,
        })
    }
}

/// Ends the program as the contract says of an interrupt, whatever other threads are doing.
#[cfg(unix)]
#[expect(clippy::exit, clippy::disallowed_methods, reason = "who is interrupted does not come back to `main`")]
pub(crate) fn interrupted() -> ! {
    std::process::exit(130)
}

/// Whether the reader of our output went away, which is no failure.
pub(crate) fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>()).any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}

/// A cause as people say it: without the number that the system has for it.
pub(crate) fn in_words(cause: &(dyn std::error::Error + 'static)) -> String {
    let text = cause.to_string();
    let Some((said, _)) = cause.downcast_ref::<io::Error>().and_then(|_| text.rsplit_once(" (os error ")) else { return text };
    let mut letters = said.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

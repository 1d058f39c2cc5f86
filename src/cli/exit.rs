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

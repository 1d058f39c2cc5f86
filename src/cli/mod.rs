//! The command line: arguments in, exit status out, one file per subcommand. Uses nothing of the library that
//! another program could not.

#![expect(clippy::disallowed_methods, reason = "the program reads rule folders and labelled cases, and writes reports")]
#![expect(clippy::print_stdout, reason = "the program talks to people")]

mod args;
mod check;
mod completions;
mod diagnose;
mod eval;
mod exit;
mod explain;
mod inspect;
mod output;
mod progress;
mod redact;
mod rules;
mod session;

use std::process::ExitCode;

use clap::Parser;

use self::args::{Args, Command};
use self::exit::Exit;

/// Runs the command line and says how it ended.
pub(crate) fn run() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            // clap's own statuses are the contract's: 0 for help, 2 for bad usage.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let ended = match &args.command {
        Command::Diagnose(args) => diagnose::run(args),
        Command::Check(args) => check::run(args),
        Command::Inspect(args) => inspect::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Redact(args) => redact::run(args),
        Command::Rules(args) => rules::run(args),
        Command::Eval(args) => eval::run(args),
        Command::Completions { shell } => completions::completions(*shell),
        Command::Man => completions::man(),
    };
    let exit = ended.unwrap_or_else(|error| {
        if exit::is_closed_pipe(&error) {
            return Exit::Success;
        }
        let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
        anstream::eprintln!("{}: {}", output::paint("error", output::Tone::Bad), causes.join(": "));
        Exit::Failure
    });
    exit.into()
}

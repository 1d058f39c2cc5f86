//! The command line: arguments in, exit status out, one file per subcommand. Uses nothing of the library that
//! another program could not.

#![expect(clippy::disallowed_methods, reason = "the program reads rule folders and labelled cases, and writes reports")]
#![expect(clippy::print_stdout, reason = "the program talks to people")]

mod args;
mod check;
mod completions;
mod config;
mod diagnose;
mod diff;
mod eval;
mod exit;
mod explain;
mod inspect;
mod known;
mod output;
mod progress;
mod redact;
mod rules;
mod session;

use std::path::Path;
use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _};

use self::args::{Args, Command};
use self::exit::Exit;

/// Runs the command line and says how it ended.
pub(crate) fn run() -> ExitCode {
    let parsed = Args::command().try_get_matches().and_then(|matches| Ok((Args::from_arg_matches(&matches)?, matches)));
    let (mut args, matches) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => {
            // clap's own statuses are the contract's: 0 for help, 2 for bad usage.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let exit = config::apply(&mut args, &matches).and_then(|file| start(&args, file.as_deref())).unwrap_or_else(|error| {
        if exit::is_closed_pipe(&error) {
            return Exit::Success;
        }
        let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
        anstream::eprintln!("{}: {}", output::paint("error", output::Tone::Bad), causes.join(": "));
        Exit::Failure
    });
    exit.into()
}

fn start(args: &Args, config: Option<&Path>) -> anyhow::Result<Exit> {
    if let Some(config) = config.filter(|_| args.command.verbose()) {
        output::note(&format!("settings of {}", config.display()));
    }
    match &args.command {
        Command::Diagnose { args, known } => diagnose::run(args, known),
        Command::Check(args) => check::run(args),
        Command::Inspect(args) => inspect::run(args),
        Command::Diff(args) => diff::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Redact(args) => redact::run(args),
        Command::Rules(args) => rules::run(args),
        Command::Eval(args) => eval::run(args),
        Command::Completions { shell } => completions::completions(*shell),
        Command::Man => completions::man(),
    }
}

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
mod help;
mod inspect;
mod known;
mod output;
mod progress;
mod redact;
mod reference;
mod rules;
mod session;

use std::io::IsTerminal as _;
use std::path::Path;
use std::process::ExitCode;

use clap::FromArgMatches as _;

use self::args::{Args, ColorArg, Command};
use self::exit::Exit;

/// Runs the command line and says how it ended.
pub(crate) fn run() -> ExitCode {
    let command = if std::env::args_os().any(|argument| argument == "-h") { help::short(help::command()) } else { help::command() };
    // Stronger than NO_COLOR, and for both streams; otherwise each goes by its own terminal.
    if output::forced() {
        anstream::ColorChoice::Always.write_global();
    }
    let command = if std::env::args_os().any(|argument| argument == "--version") { help::versioned(command) } else { command };
    let parsed = command.try_get_matches().and_then(|matches| Ok((Args::from_arg_matches(&matches)?, matches)));
    let (mut args, matches) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => {
            // clap's own statuses are the contract's: 0 for help, 2 for bad usage.
            misused(&error);
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let exit = config::apply(&mut args, &matches).and_then(|file| start(&args, file.as_deref())).unwrap_or_else(|error| {
        if exit::is_closed_pipe(&error) {
            return Exit::Success;
        }
        let causes: Vec<String> = error.chain().map(exit::in_words).collect();
        output::error(&causes.join(": "));
        Exit::Failure
    });
    exit.into()
}

/// Says what is wrong with a command line, or gives the help that was asked for.
fn misused(error: &clap::Error) {
    if !error.use_stderr() {
        let _ = error.print();
        return;
    }
    // Hints are called the same in all messages.
    let mut text = error.render().ansi().to_string().replace("tip:", "hint:");
    if error.kind() == clap::error::ErrorKind::MissingRequiredArgument && !std::io::stdin().is_terminal() && text.contains("<PATH>...") {
        text.push_str("\nhint: to read standard input, give `-` as the path\n");
    }
    anstream::eprint!("{text}");
}

fn start(args: &Args, config: Option<&Path>) -> anyhow::Result<Exit> {
    match args.command.color() {
        ColorArg::Always => anstream::ColorChoice::Always.write_global(),
        ColorArg::Never => anstream::ColorChoice::Never.write_global(),
        ColorArg::Auto => {}
    }
    if let Some(config) = config.filter(|_| args.command.verbose()) {
        output::note(&format!("settings of {}", config.display()));
    }
    match &args.command {
        Command::Diagnose { args, known, per_input: true } => diagnose::each(args, known),
        Command::Diagnose { args, known, .. } => diagnose::run(args, known),
        Command::Check(args) => check::run(args),
        Command::Inspect(args) => inspect::run(args),
        Command::Diff(args) => diff::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Redact(args) => redact::run(args),
        Command::Rules(args) => rules::run(args),
        Command::Eval(args) => eval::run(args),
        Command::Completions { shell } => completions::completions(*shell),
        Command::Man { markdown: true, .. } => reference::run(),
        Command::Man { verb, output, .. } => completions::man(verb, output.as_deref()),
    }
}

//! The command line: arguments in, exit status out, one file per subcommand. Uses nothing of the library that
//! another program could not.

#![expect(clippy::disallowed_methods, reason = "the program reads rule folders and labelled cases, and writes reports")]

mod args;
mod check;
mod completions;
mod config;
mod diagnose;
mod diff;
mod eval;
mod exit;
mod explain;
mod half_made;
mod help;
mod inspect;
mod known;
mod output;
mod progress;
mod redact;
mod reference;
mod rules;
mod session;

use std::io::{ErrorKind, IsTerminal as _, Write as _};
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::FromArgMatches as _;

use self::args::{Args, ColorArg, Command};
use self::exit::Exit;

/// Runs the command line and says how it ended.
pub(crate) fn run() -> ExitCode {
    half_made::watch();
    std::panic::set_hook(Box::new(bug));
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
            return misused(&error);
        }
    };
    // What fails on one artifact ends there; whatever fails elsewhere ends in a status of the contract as well.
    let run = AssertUnwindSafe(|| config::apply(&mut args, &matches).and_then(|file| start(&args, file.as_deref())));
    let ended = catch_unwind(run).unwrap_or_else(|_| Err(anyhow::anyhow!("no report was written; the case has not left this machine")));
    half_made::go_on();
    let exit = ended.unwrap_or_else(|error| {
        if exit::is_closed_pipe(&error) {
            return Exit::Success;
        }
        let causes: Vec<String> = error.chain().map(exit::in_words).collect();
        output::error(&causes.join(": "));
        Exit::Failure
    });
    exit.into()
}

/// What is said of a panic, once: where, never what, which might quote the case.
fn bug(panic: &PanicHookInfo<'_>) {
    static SAID: AtomicBool = AtomicBool::new(false);
    if !SAID.swap(true, Ordering::Relaxed) {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        output::error(&format!(
            "bundlescope {} failed at {place}. This is a bug: please report it with this line",
            env!("CARGO_PKG_VERSION")
        ));
    }
}

/// Says what is wrong with a command line, or gives the help that was asked for; then the status it ends with, clap's own.
fn misused(error: &clap::Error) -> ExitCode {
    let status = ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
    if !error.use_stderr() {
        return match error.print() {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => Exit::Failure.into(),
            _ => status,
        };
    }
    // Hints are called the same in all messages.
    let mut text = error.render().ansi().to_string().replace("tip:", "hint:");
    let lacks_path = || error.render().to_string().lines().any(|line| line.trim() == "<PATH>...");
    if error.kind() == clap::error::ErrorKind::MissingRequiredArgument && !std::io::stdin().is_terminal() && lacks_path() {
        text.push_str("\nhint: to read standard input, give `-` as the path\n");
    }
    let _ = write!(anstream::stderr(), "{text}");
    status
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

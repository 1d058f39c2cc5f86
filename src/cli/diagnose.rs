//! `diagnose`: rank what is wrong.

use super::args::{DiagnoseArgs, KnownArgs};
use super::exit::Exit;
use super::known::Known;
use super::{output, redact, session};

pub(crate) fn run(args: &DiagnoseArgs, known: &KnownArgs) -> anyhow::Result<Exit> {
    let targets = output::targets(&args.output, &args.input.paths)?;
    let known = Known::read(known, &args.input.paths)?;
    let library = session::library(&args.rules, &args.input.limit)?;
    let Some(session) = session::open(library, &args.input, &args.output, false)? else { return Ok(Exit::Success) };
    let mut report = session.report();
    known.mark(&mut report, library, &args.output)?;
    redact::in_report(&mut report, library, &args.redaction)?;
    if !args.output.quiet && nothing_recognised(&report) {
        output::warning("nothing in this input was recognised as a log, command output or capture");
    }
    output::write(&report, &targets, &args.output, session.words)?;
    Ok(if args.input.strict && !report.errors.is_empty() { Exit::Failure } else { Exit::Success })
}

/// Whether no artifact is more than unknown text or binary data.
fn nothing_recognised(report: &bundlescope::report::model::Report) -> bool {
    let unknown = |format: &str| matches!(format, "text" | "binary" | "empty");
    report.findings.is_empty() && report.artifacts.iter().all(|artifact| unknown(&artifact.format))
}

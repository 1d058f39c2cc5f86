//! `diagnose`: rank what is wrong.

use std::io::Write as _;
use std::mem::ManuallyDrop;

use anyhow::bail;
use bundlescope::report::render::{Format, Style};

use super::args::{DiagnoseArgs, FormatArg, InputArgs, KnownArgs};
use super::exit::{self, Exit};
use super::known::Known;
use super::{output, redact, session};

pub(crate) fn run(args: &DiagnoseArgs, known: &KnownArgs) -> anyhow::Result<Exit> {
    let targets = output::targets(&args.output, &args.input.paths)?;
    let known = Known::read(known, &args.input.paths)?;
    let library = session::library(&args.rules, &args.input.limit)?;
    let Some(session) = session::open(library, &args.input, &args.time, &args.output, false)? else { return Ok(Exit::Success) };
    let mut report = session.report();
    known.mark(&mut report, library, &args.output)?;
    redact::in_report(&mut report, library, &args.redaction)?;
    if session.readable && !args.output.quiet && nothing_recognised(&report) {
        output::warning("nothing in this input was recognised as a log, command output or capture");
    }
    // The program ends with it: giving back each of its texts would be work for nothing.
    let report = ManuallyDrop::new(report);
    output::write(&report, &targets, &args.output, &args.time, session.words)?;
    Ok(session.exit(&report, args.input.strict))
}

/// Several inputs, each a case of its own: a line a record, one case after the other. One that cannot be read does not keep the others
/// from it.
pub(crate) fn each(args: &DiagnoseArgs, known: &KnownArgs) -> anyhow::Result<Exit> {
    let named = |output: &String| {
        output.split_once('=').map_or(Format::of_file(output), |(word, _)| Format::named(word).or(Format::of_file(output)))
    };
    let lines = args.output.format == Some(FormatArg::Ndjson) || !args.output.output.is_empty() && args.output.format.is_none();
    if !lines || args.output.output.iter().any(|output| named(output).unwrap_or(Format::Ndjson) != Format::Ndjson) {
        bail!("`--per-input` gives several reports, which only NDJSON can hold; add `-f ndjson`");
    }
    let [target] = &output::targets(&args.output, &args.input.paths)?[..] else { bail!("`--per-input` writes one file") };
    let known = Known::read(known, &args.input.paths)?;
    let library = session::library(&args.rules, &args.input.limit)?;
    let mut exit = Exit::Success;
    let mut all = String::new();
    for path in &args.input.paths {
        let input = InputArgs { paths: vec![path.clone()], ..args.input.clone() };
        let session = match session::open(library, &input, &args.time, &args.output, false) {
            Ok(Some(session)) => session,
            Ok(None) => return Ok(Exit::Success),
            Err(error) => {
                let causes: Vec<String> = error.chain().map(exit::in_words).collect();
                output::error(&causes.join(": "));
                exit = Exit::Failure;
                continue;
            }
        };
        let mut report = session.report();
        known.mark(&mut report, library, &args.output)?;
        redact::in_report(&mut report, library, &args.redaction)?;
        if session.exit(&report, args.input.strict) == Exit::Failure {
            exit = Exit::Failure;
        }
        let style = Style { words: session.words, ..Style::default() };
        match target.file() {
            None => output::print(&Format::Ndjson.render(&report, &style))?,
            Some(_) => all.push_str(&Format::Ndjson.render(&report, &style)),
        }
    }
    if let Some(file) = target.file() {
        output::write_file(file, |out| out.write_all(all.as_bytes()))?;
    }
    Ok(exit)
}

/// Whether no artifact is more than unknown text or binary data.
fn nothing_recognised(report: &bundlescope::report::model::Report) -> bool {
    let unknown = |format: &str| matches!(format, "text" | "binary" | "empty");
    report.findings.is_empty() && report.artifacts.iter().all(|artifact| unknown(&artifact.format))
}

//! `inspect`: what is in the case, without a verdict.

use bundlescope::report::render::{Style, inventory};

use super::args::{DiagnoseArgs, FormatArg};
use super::exit::Exit;
use super::{output, redact, session};

pub(crate) fn run(args: &DiagnoseArgs) -> anyhow::Result<Exit> {
    let targets = output::targets(&args.output, &args.input.paths)?;
    let library = session::library(&args.rules, &args.input.limit)?;
    let Some(session) = session::open(library, &args.input, &args.time, &args.output, true)? else { return Ok(Exit::Success) };
    let mut report = session.report();
    redact::in_report(&mut report, library, &args.redaction)?;
    report.findings.clear();
    report.case.below_threshold = 0;
    if args.output.format.is_some_and(|format| format != FormatArg::Table) || !args.output.output.is_empty() {
        output::write(&report, &targets, &args.output, &args.time, session.words)?;
    } else {
        let color = output::color(args.output.color);
        let style = Style { width: output::width(), color, verbose: args.output.verbose > 0, words: session.words };
        output::print(&inventory(&output::in_zone(&report, &args.time), &style))?;
    }
    Ok(session.exit(&report, args.input.strict))
}

//! `check`: a gate for CI. The verdict is a line that a log reader understands, and a line for each finding that failed it.

use bundlescope::report::model::{BaselineState, Finding, Report, Severity};
use bundlescope::report::render::percent;

use super::args::CheckArgs;
use super::exit::Exit;
use super::known::Known;
use super::{output, redact, session};

pub(crate) fn run(args: &CheckArgs) -> anyhow::Result<Exit> {
    let CheckArgs { diagnose: args, known, fail_on } = args;
    let targets = output::targets(&args.output, &args.input.paths)?;
    let known = Known::read(known, &args.input.paths)?;
    let library = session::library(&args.rules, &args.input.limit)?;
    let Some(session) = session::open(library, &args.input, &args.time, &args.output, false)? else { return Ok(Exit::Success) };
    let mut report = session.report();
    known.mark(&mut report, library, &args.output)?;
    redact::in_report(&mut report, library, &args.redaction)?;
    let fail_on = Severity::from(*fail_on);
    let gate =
        if session.readable { Gate::of(&report, fail_on, args.input.strict, session.diagnosis.case().out_of_time) } else { Gate::Unread };
    let summary = gate.summary(&report, fail_on, args.output.verbose > 0);
    if args.output.format.is_some() || !args.output.output.is_empty() {
        output::write(&report, &targets, &args.output, &args.time, session.words)?;
        output::tell("", summary.trim_end());
    } else {
        output::print(&output::harmless(&summary))?;
    }
    Ok(gate.exit())
}

/// Findings that are listed unless all are asked for: the likeliest and worst come first.
const LISTED: usize = 50;

/// How the gate ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gate {
    /// Nothing counted.
    Held,
    /// As many findings counted. What is certain is said first, even where not everything was read.
    Failed(usize),
    /// Nothing counted so far, but the limit `time` ended the reading: it might have.
    Stopped,
    /// Nothing counted, but not everything was read, and `--strict` asks for that.
    Partial,
    /// Nothing could be read.
    Unread,
}

impl Gate {
    fn of(report: &Report, fail_on: Severity, strict: bool, out_of_time: bool) -> Self {
        match report.findings.iter().filter(|finding| finding.counts(fail_on)).count() {
            0 if out_of_time => Self::Stopped,
            0 if strict && !report.errors.is_empty() => Self::Partial,
            0 => Self::Held,
            failing => Self::Failed(failing),
        }
    }

    fn exit(self) -> Exit {
        match self {
            Self::Held => Exit::Success,
            Self::Failed(_) => Exit::Gate,
            Self::Stopped | Self::Partial | Self::Unread => Exit::Failure,
        }
    }

    fn summary(self, report: &Report, fail_on: Severity, all: bool) -> String {
        let threshold = word(fail_on);
        let new = if report.case.baseline.is_some() { "new " } else { "" };
        let none = format!("no {new}active finding at or above {threshold}");
        let unread = report.errors.len();
        let whole = if unread == 1 { "1 thing was not read whole".to_owned() } else { format!("{unread} things were not read whole") };
        let mut text = match self {
            Self::Held => format!("bundlescope: ok  {none}"),
            Self::Failed(1) => format!("bundlescope: FAIL  1 {new}active finding at or above {threshold}"),
            Self::Failed(failing) => format!("bundlescope: FAIL  {failing} {new}active findings at or above {threshold}"),
            Self::Stopped => format!("bundlescope: STOPPED  {none} until the limit `time` ended the reading"),
            Self::Partial => format!("bundlescope: INCOMPLETE  {none}, but {whole} (--strict)"),
            Self::Unread => "bundlescope: UNREAD  nothing of the case could be read".to_owned(),
        };
        let mut notes = aside(report, fail_on);
        if let Some(window) = &report.case.window {
            let ends = [("from", &window.since), ("to", &window.until)];
            let said: Vec<String> = ends.iter().filter_map(|(word, end)| Some(format!("{word} {}", end.as_deref()?))).collect();
            notes.push(format!("only {}", said.join(" ")));
        }
        if unread > 0 && !matches!(self, Self::Partial | Self::Unread) {
            notes.push(whole);
        }
        if !notes.is_empty() {
            text.push_str(&format!(" ({})", notes.join(", ")));
        }
        text.push('\n');
        let counted: Vec<&Finding> = report.findings.iter().filter(|finding| finding.counts(fail_on)).collect();
        // One too many is listed rather than counted.
        let shown = if all || counted.len() <= LISTED + 1 { counted.len() } else { LISTED };
        counted.iter().take(shown).for_each(|finding| text.push_str(&line(finding)));
        if counted.len() > shown {
            text.push_str(&format!("  {} more; -v lists all {}\n", counted.len() - shown, counted.len()));
        }
        text
    }
}

/// What would have counted and is known.
fn aside(report: &Report, fail_on: Severity) -> Vec<String> {
    let faults: Vec<&Finding> = report.findings.iter().filter(|finding| finding.is_fault(fail_on)).collect();
    let suppressed = faults.iter().filter(|finding| finding.suppressed.is_some()).count();
    let is_known = |finding: &&&Finding| {
        finding.suppressed.is_none() && matches!(finding.baseline_state, Some(BaselineState::Unchanged | BaselineState::Updated))
    };
    let known = faults.iter().filter(is_known).count();
    let said = [(known, "known from the baseline"), (suppressed, "suppressed")];
    said.into_iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect()
}

fn line(finding: &Finding) -> String {
    let place = finding.evidence.first().map(|evidence| match (evidence.line, evidence.packet) {
        (Some(line), _) => format!("{}:{line}", evidence.artifact),
        (_, Some(packet)) => format!("{} packet {packet}", evidence.artifact),
        _ => evidence.artifact.clone(),
    });
    let confidence = percent(finding.confidence);
    let device = finding.device.as_deref().unwrap_or("-");
    format!("  {:<8} {confidence:>5}  {}  {device}  {}\n", word(finding.severity), finding.id, place.unwrap_or_default())
}

/// The severity's word.
pub(crate) fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "info",
        Severity::Low => "low",
        Severity::Medium => "medium",
        Severity::High => "high",
        Severity::Critical => "critical",
    }
}

//! `check`: a gate for CI. The verdict is two lines a log reader understands.

use bundlescope::report::model::{Finding, Kind, Severity, Status};

use super::args::CheckArgs;
use super::exit::Exit;
use super::{output, session};

pub(crate) fn run(args: &CheckArgs) -> anyhow::Result<Exit> {
    let CheckArgs { diagnose: args, fail_on } = args;
    let targets = output::targets(&args.output, &args.input.paths)?;
    let library = session::library(&args.rules)?;
    let Some(session) = session::open(library, &args.input, &args.output, false)? else { return Ok(Exit::Success) };
    let words = session.words;
    let report = session.into_report();
    let fail_on = Severity::from(*fail_on);
    let failing: Vec<&Finding> = report.findings.iter().filter(|finding| fails(finding, fail_on)).collect();
    let summary = summary(&failing, fail_on);
    if args.output.format.is_some() || !args.output.output.is_empty() {
        output::write(report, &targets, &args.output, words)?;
        anstream::eprint!("{summary}");
    } else {
        output::print(&summary)?;
    }
    Ok(match (failing.is_empty(), args.input.strict && !report.errors.is_empty()) {
        (false, _) => Exit::Gate,
        (true, true) => Exit::Failure,
        (true, false) => Exit::Success,
    })
}

/// Whether a finding fails the gate. Expected behaviour never does, and neither does what is over.
fn fails(finding: &Finding, fail_on: Severity) -> bool {
    finding.severity >= fail_on && finding.status != Status::Resolved && finding.kind != Kind::Expected && finding.suppressed.is_none()
}

fn summary(failing: &[&Finding], fail_on: Severity) -> String {
    let threshold = word(fail_on);
    if failing.is_empty() {
        return format!("bundlescope: ok  no active finding at or above {threshold}\n");
    }
    let plural = if failing.len() == 1 { "finding" } else { "findings" };
    let mut text = format!("bundlescope: FAIL  {} active {plural} at or above {threshold}\n", failing.len());
    for finding in failing {
        let place = finding.evidence.first().map(|evidence| match (evidence.line, evidence.packet) {
            (Some(line), _) => format!("{}:{line}", evidence.artifact),
            (_, Some(packet)) => format!("{} packet {packet}", evidence.artifact),
            _ => evidence.artifact.clone(),
        });
        // Never certain: 99.99 % is not printed as 100.
        let confidence = (finding.confidence * 100.0).floor();
        let device = finding.device.as_deref().unwrap_or("-");
        text.push_str(&format!(
            "  {:<8} {confidence:>3.0} %  {}  {device}  {}\n",
            word(finding.severity),
            finding.id,
            place.unwrap_or_default()
        ));
    }
    text
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "info",
        Severity::Low => "low",
        Severity::Medium => "medium",
        Severity::High => "high",
        Severity::Critical => "critical",
    }
}

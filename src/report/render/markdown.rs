//! The report for a ticket or the summary of a build step, in GitHub flavoured Markdown: verdict, table, then each problem
//! with its evidence and its next step; what is long is folded away.

mod finding;
pub(super) mod text;

use self::finding::{details, problem, quote};
use self::text::{code, code_cell, fence, prose, prose_cell};
use super::grouping::{Grouping, Problem};
use super::moment;
use super::phrase::{bytes, counted, listed, percent, severity, status, suppression};
use super::verdict::Verdict;
use crate::report::model::{Missing, Report};
use crate::rules::translation::Words;

/// Devices, commands of a device and inputs that are listed before the rest is folded away or counted.
const LISTED: usize = 5;
/// Entries of a folded list before the rest is counted.
const FOLDED: usize = 100;

/// The report as Markdown.
pub fn markdown(report: &Report, words: Words<'_>) -> String {
    let groups = Grouping::of(report, words);
    let mut out = heading(report);
    verdict(&mut out, &Verdict::of(words, report, &groups));
    overview(&mut out, &groups);
    quiet(&mut out, report, &groups);
    for one in &groups.problems {
        out.push_str(&format!("\n{}", problem(one, &groups)));
    }
    collect(&mut out, report, &groups);
    unexplained(&mut out, report);
    unread(&mut out, report);
    closing(&mut out, report);
    out
}

fn heading(report: &Report) -> String {
    let inputs = &report.case.inputs;
    let mut names: Vec<String> = inputs.iter().take(LISTED).map(|input| code(input)).collect();
    if inputs.len() > LISTED {
        names.push(format!("{} more", inputs.len() - LISTED));
    }
    format!("## Licensing diagnosis of {}\n", listed(Words::default(), &names))
}

fn verdict(out: &mut String, verdict: &Verdict) {
    if let Some(headline) = &verdict.headline {
        out.push_str(&format!("\n**{}**\n", prose(headline)));
    }
    let summary = prose(&verdict.summary);
    out.push_str(&if verdict.headline.is_none() { format!("\n**{summary}**\n") } else { format!("\n{summary}\n") });
    if let Some(looked_at) = &verdict.looked_at {
        out.push_str(&format!("\n{}\n", prose(looked_at)));
    }
}

fn overview(out: &mut String, groups: &Grouping<'_>) {
    if groups.problems.is_empty() {
        return;
    }
    out.push_str("\n| # | Sure | Severity | What is wrong | Device | Seen |\n| --: | --: | --- | --- | --- | --- |\n");
    for problem in &groups.problems {
        let finding = problem.finding;
        let seen = moment::span(finding.first_seen.as_deref(), finding.last_seen.as_deref()).unwrap_or_else(|| "no date stated".to_owned());
        let because = problem.because.map(|rank| format!(", because of {rank}")).unwrap_or_default();
        out.push_str(&format!(
            "| {} | {} | {} | {} | {} | {}, {} ×, {}{because} |\n",
            finding.rank,
            percent(finding.confidence),
            severity(finding.severity),
            prose_cell(&finding.title),
            code_cell(&groups.names.name(finding.device.as_deref())),
            prose_cell(&seen),
            finding.occurrences,
            brought_out(problem).unwrap_or_else(|| status(finding.status).to_owned()),
        ));
    }
}

fn brought_out(problem: &Problem<'_>) -> Option<String> {
    let ranks: Vec<String> = problem.brought_out_by.iter().map(ToString::to_string).collect();
    (!ranks.is_empty()).then(|| format!("{}, brought out by {}", status(problem.finding.status), listed(Words::default(), &ranks)))
}

/// What is no reason to act, and of which devices nothing can be said.
fn quiet(out: &mut String, report: &Report, groups: &Grouping<'_>) {
    let mut lines = Vec::new();
    for finding in &groups.quiet {
        let device = code(&groups.names.name(finding.device.as_deref()));
        lines.push(format!("- Fine: {} ({device})\n", prose(&finding.title)));
    }
    for finding in &groups.suppressed {
        let device = code(&groups.names.name(finding.device.as_deref()));
        let reason = prose(&finding.suppressed.as_ref().map_or_else(String::new, |suppressed| suppression(Words::default(), suppressed)));
        lines.push(format!("- Suppressed: {} ({device}): {reason}\n", prose(&finding.title)));
    }
    let judged = |id: &str| report.findings.iter().any(|finding| finding.device.as_deref() == Some(id));
    let silent: Vec<String> =
        report.devices.iter().filter(|device| !judged(&device.id)).map(|device| code(&groups.names.name(Some(&device.id)))).collect();
    if !silent.is_empty() {
        let more = silent.len().saturating_sub(LISTED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        lines.push(format!(
            "- Not judged, no diagnosis fits: {}{more}\n",
            silent.iter().take(LISTED).cloned().collect::<Vec<_>>().join(", ")
        ));
    }
    if lines.is_empty() {
        return;
    }
    out.push('\n');
    out.extend(lines.iter().take(FOLDED).map(String::as_str));
    if lines.len() > FOLDED {
        out.push_str(&format!("- {} more\n", lines.len() - FOLDED));
    }
    let evidence: String = groups
        .quiet
        .iter()
        .filter_map(|finding| Some(format!("{}\n\n{}", prose(&finding.title), quote(finding.evidence.first()?))))
        .take(LISTED)
        .collect::<Vec<_>>()
        .join("\n");
    if !evidence.is_empty() {
        out.push_str(&details("What shows it", &evidence));
    }
}

/// What to collect, a block of commands for every device, so that each can be copied as a whole.
fn collect(out: &mut String, report: &Report, groups: &Grouping<'_>) {
    if report.missing.is_empty() {
        return;
    }
    out.push_str("\n### Collect next\n");
    let by_device: Vec<&[Missing]> = report.missing.chunk_by(|one, other| one.device == other.device).collect();
    for items in by_device.iter().take(LISTED) {
        let device = items.first().and_then(|item| item.device.as_deref());
        let who = device.map_or_else(|| "This case".to_owned(), |_| code(&groups.names.name(device)));
        out.push_str(&format!("\n{who}:\n\n{}", fence(items.iter().take(LISTED).flat_map(|item| item.command.lines()), 0)));
    }
    let reasons: String = report.missing.iter().take(FOLDED).map(|item| reason(item, groups)).collect();
    let more = report.missing.len().saturating_sub(FOLDED);
    let more = if more > 0 { format!("- {more} more\n") } else { String::new() };
    out.push_str(&details("What each of them would settle", &format!("{reasons}{more}")));
}

fn reason(item: &Missing, groups: &Grouping<'_>) -> String {
    let device = item.device.as_deref();
    let who = device.map_or_else(String::new, |_| format!("{}: ", code(&groups.names.name(device))));
    let words: Vec<String> = [&item.what, &item.why].into_iter().filter(|text| !text.trim().is_empty()).map(|text| prose(text)).collect();
    let settles: Vec<String> = item.would_settle.iter().map(|id| code(id)).collect();
    let settles = if settles.is_empty() { String::new() } else { format!("; would settle {}", listed(Words::default(), &settles)) };
    let commands: Vec<String> = item.command.trim_end().lines().map(code).collect();
    format!("- {who}{}: {}{settles}\n", commands.join(", then "), words.join("; "))
}

fn unexplained(out: &mut String, report: &Report) {
    if report.unexplained.is_empty() {
        return;
    }
    let lines = usize::try_from(report.unexplained.iter().map(|item| item.count).sum::<u64>()).unwrap_or(usize::MAX);
    let items: String = report
        .unexplained
        .iter()
        .take(FOLDED)
        .map(|item| {
            let place = item.line.map_or_else(|| item.artifact.clone(), |line| format!("{}:{line}", item.artifact));
            format!("- {} ×, the first at {}\n\n{}", item.count, code(&place), fence([item.excerpt.as_str()], 2))
        })
        .collect();
    let summary = format!(
        "No rule explains {} of {}",
        counted(lines, "licensing message", "licensing messages"),
        counted(report.unexplained.len(), "form", "forms")
    );
    out.push_str(&details(&summary, &items));
}

fn unread(out: &mut String, report: &Report) {
    if report.errors.is_empty() {
        return;
    }
    let listed = report.errors.get(..FOLDED).unwrap_or(&report.errors);
    let mut items = String::new();
    // What failed in the same way is explained once.
    for alike in listed.chunk_by(|one, other| one.kind == other.kind && one.message == other.message) {
        let Some(first) = alike.first() else { continue };
        items.push_str(&format!("- {}: {}\n", prose(&first.kind.replace('_', " ")), code(&first.message)));
        items.extend(alike.iter().map(|error| format!("  - {}\n", code(&error.artifact))));
    }
    if report.errors.len() > FOLDED {
        items.push_str(&format!("- {} more\n", report.errors.len() - FOLDED));
    }
    out.push_str(&details(&format!("Not read, or not whole: {}", report.errors.len()), &items));
}

fn closing(out: &mut String, report: &Report) {
    let case = &report.case;
    let artifacts = counted(case.artifacts, "artifact", "artifacts");
    let mut text = format!("Read {} of {artifacts} ({}).", case.coverage.scanned, bytes(case.bytes));
    if case.below_threshold > 0 {
        let left_out = counted(case.below_threshold, "finding is", "findings are");
        text.push_str(&format!(" {left_out} below the confidence asked for and left out."));
    }
    let rules = counted(report.tool.rules.count, "diagnosis", "diagnoses");
    out.push_str(&format!("\n{} {} {} knows {rules}.\n", text, prose(&report.tool.name), prose(&report.tool.version)));
}

#[cfg(test)]
mod tests;

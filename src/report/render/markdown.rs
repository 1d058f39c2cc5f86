//! The report for a ticket or the summary of a build step, in GitHub flavoured Markdown: verdict, table, then each problem
//! with its evidence and its next step; what is long is folded away.

mod finding;
pub(super) mod text;

use self::finding::{details, problem, quote};
use self::text::{asked, code, code_cell, fence, prose, prose_cell};
use super::grouping::Grouping;
use super::phrase::{baseline, bytes, in_turn, left_out, listed, percent, severity, still, suppression, times, trouble, when};
use super::verdict::Verdict;
use crate::report::model::{Kind, Missing, Report};
use crate::rules::translation::Words;

/// What made the page.
const MADE: &str = concat!("<!-- ", env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"), " report -->");

/// Devices, commands of a device and inputs that are listed before the rest is folded away or counted.
const LISTED: usize = 5;
/// Entries of a folded list before the rest is counted.
const FOLDED: usize = 100;

/// The report as Markdown.
pub fn markdown(report: &Report, words: Words<'_>) -> String {
    let groups = Grouping::of(report, words);
    let mut out = heading(words, report);
    verdict(&mut out, &Verdict::quoting(words, report, &groups, backticks));
    overview(words, &mut out, &groups);
    quiet(words, &mut out, report, &groups);
    for one in &groups.problems {
        out.push_str(&format!("\n{}", problem(words, one, &groups)));
    }
    collect(words, &mut out, report, &groups);
    unexplained(words, &mut out, report);
    unread(words, &mut out, report);
    closing(words, &mut out, report);
    out
}

/// A name of the case, for [`prose`] to make code of.
fn backticks(name: &str) -> String {
    if name.contains('`') { name.to_owned() } else { format!("`{name}`") }
}

fn heading(words: Words<'_>, report: &Report) -> String {
    let inputs = &report.case.inputs;
    let mut names: Vec<String> = inputs.iter().take(LISTED).map(|input| code(input)).collect();
    if inputs.len() > LISTED {
        names.push(words.fill("{} more", &[&(inputs.len() - LISTED).to_string()]));
    }
    // By the comment a later reading of the case knows that nothing here is evidence.
    format!("{MADE}\n## {}\n", words.fill("Licensing diagnosis of {}", &[&listed(words, &names)]))
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

fn overview(words: Words<'_>, out: &mut String, groups: &Grouping<'_>) {
    if groups.problems.is_empty() {
        return;
    }
    let head = [words.say("Sure"), words.say("Severity"), words.say("What is wrong"), words.say("Device"), words.say("First → last seen")];
    out.push_str(&format!("\n| # | {} |\n| --: | --: | --- | --- | --- | --- |\n", head.join(" | ")));
    for problem in &groups.problems {
        let finding = problem.finding;
        let extent = groups.extent(finding);
        let mut seen = when(words, extent.seen);
        seen.extend([times(words, extent.occurrences), still(words, finding)]);
        seen.extend(problem.because.map(|rank| words.fill("because of {}", &[&rank.to_string()])));
        let parts: Vec<String> = problem.brought_out_by.iter().map(ToString::to_string).collect();
        seen.extend((!parts.is_empty()).then(|| words.fill("brought out by {}", &[&listed(words, &parts)])));
        seen.extend(finding.baseline_state.map(|state| words.say(baseline(state)).to_owned()));
        out.push_str(&format!(
            "| {} | {} | {} | {} | {} | {} |\n",
            finding.rank,
            percent(finding.confidence),
            words.say(severity(finding.severity)),
            prose_cell(&finding.title),
            groups.devices(finding, code_cell).join(", "),
            prose_cell(&seen.join(words.say(", "))),
        ));
    }
}

/// What is no reason to act, and of which devices nothing can be said.
fn quiet(words: Words<'_>, out: &mut String, report: &Report, groups: &Grouping<'_>) {
    let mut lines = Vec::new();
    for finding in &groups.quiet {
        let label = if finding.kind == Kind::Expected { words.say("Fine") } else { words.say("State") };
        let devices: Vec<String> = groups.alike(finding).iter().map(|one| code(&groups.names.name(one.device.as_deref()))).collect();
        lines.push(format!("- {label}: {}\n", words.fill("{} ({})", &[&prose(&finding.title), &some(words, &devices)])));
    }
    for finding in &groups.suppressed {
        let device = code(&groups.names.name(finding.device.as_deref()));
        let reason = finding.suppressed.as_ref().map(|suppressed| suppression(words, suppressed)).unwrap_or_default();
        let text = words.fill("{} ({}): {}", &[&prose(&finding.title), &device, &prose(&reason)]);
        lines.push(format!("- {}: {text}\n", words.say("Suppressed")));
    }
    let judged = |id: &str| report.findings.iter().any(|finding| finding.device.as_deref() == Some(id));
    let silent: Vec<String> =
        report.devices.iter().filter(|device| !judged(&device.id)).map(|device| code(&groups.names.name(Some(&device.id)))).collect();
    if !silent.is_empty() {
        lines.push(format!("- {}: {}\n", words.say("Not judged"), words.fill("no diagnosis fits: {}", &[&some(words, &silent)])));
    }
    if lines.is_empty() {
        return;
    }
    out.push('\n');
    out.extend(lines.iter().take(FOLDED).map(String::as_str));
    if lines.len() > FOLDED {
        out.push_str(&more(words, lines.len() - FOLDED));
    }
    let quoted = groups.quiet.iter().filter_map(|finding| Some((finding, finding.evidence.first()?))).take(LISTED);
    let quotes: Vec<String> = quoted.map(|(finding, first)| format!("{}\n\n{}", prose(&finding.title), quote(words, first))).collect();
    if !quotes.is_empty() {
        out.push_str(&details(words.say("What shows it"), &quotes.join("\n")));
    }
}

/// The first few, then how many more.
fn some(words: Words<'_>, names: &[String]) -> String {
    let named = names.get(..LISTED).unwrap_or(names).join(words.say(", "));
    let unnamed = names.len().saturating_sub(LISTED);
    if unnamed > 0 { words.fill("{} and {} more", &[&named, &unnamed.to_string()]) } else { named }
}

/// What to collect, a block of commands for every device, so that each can be copied as a whole.
fn collect(words: Words<'_>, out: &mut String, report: &Report, groups: &Grouping<'_>) {
    if report.missing.is_empty() {
        return;
    }
    out.push_str(&format!("\n### {}\n", words.say("Collect next")));
    let by_device: Vec<&[Missing]> = report.missing.chunk_by(|one, other| one.device == other.device).collect();
    for items in by_device.iter().take(LISTED) {
        let device = items.first().and_then(|item| item.device.as_deref());
        let who = device.map_or_else(|| words.say("this case").to_owned(), |_| code(&groups.names.name(device)));
        let lines = || items.iter().take(LISTED).flat_map(|item| item.command.lines());
        out.push_str(&format!("\n{who}:\n\n{}", asked(words, lines)));
    }
    let mut reasons: String = report.missing.iter().take(FOLDED).map(|item| reason(words, item, groups)).collect();
    if report.missing.len() > FOLDED {
        reasons.push_str(&more(words, report.missing.len() - FOLDED));
    }
    out.push_str(&details(words.say("What each of them would settle"), &reasons));
}

fn reason(words: Words<'_>, item: &Missing, groups: &Grouping<'_>) -> String {
    let device = item.device.as_deref();
    let who = device.map_or_else(String::new, |_| format!("{}: ", code(&groups.names.name(device))));
    let mut parts: Vec<String> =
        [&item.what, &item.why].into_iter().filter(|text| !text.trim().is_empty()).map(|text| prose(text)).collect();
    let settles: Vec<String> = item.would_settle.iter().map(|id| code(id)).collect();
    parts.extend((!settles.is_empty()).then(|| words.fill("would settle {}", &[&listed(words, &settles)])));
    let commands: Vec<String> = words.say(item.command.trim_end()).lines().map(code).collect();
    format!("- {who}{}: {}\n", commands.join(words.say(", ")), in_turn(words, &parts))
}

fn more(words: Words<'_>, n: usize) -> String {
    format!("- {}\n", words.fill("{} more", &[&n.to_string()]))
}

fn unexplained(words: Words<'_>, out: &mut String, report: &Report) {
    if report.unexplained.is_empty() {
        return;
    }
    let lines = report.unexplained.iter().map(|item| item.count).fold(0, u64::saturating_add);
    let mut items = String::new();
    for item in report.unexplained.iter().take(FOLDED) {
        let place = item.line.map_or_else(|| item.artifact.clone(), |line| format!("{}:{line}", item.artifact));
        let heading = words.fill("{}, {}", &[&times(words, item.count), &code(&place)]);
        items.push_str(&format!("- {heading}\n\n{}", fence([item.excerpt.as_str()], 2)));
    }
    if report.unexplained.len() > FOLDED {
        items.push_str(&more(words, report.unexplained.len() - FOLDED));
    }
    let messages = words.count(lines, "{} licensing message", "{} licensing messages");
    let forms = words.count(report.unexplained.len() as u64, "{} form", "{} forms");
    out.push_str(&details(&format!("{}: {}", words.say("No rule explains"), words.fill("{} ({})", &[&messages, &forms])), &items));
}

fn unread(words: Words<'_>, out: &mut String, report: &Report) {
    if report.errors.is_empty() {
        return;
    }
    let listed = report.errors.get(..FOLDED).unwrap_or(&report.errors);
    let mut items = String::new();
    // What failed in the same way is explained once.
    for alike in listed.chunk_by(|one, other| one.kind == other.kind && one.message == other.message) {
        let Some(first) = alike.first() else { continue };
        items.push_str(&format!("- {}\n", words.fill("{}: {}", &[&prose(words.say(&trouble(&first.kind))), &code(&first.message)])));
        items.extend(alike.iter().map(|error| format!("  - {}\n", code(&error.artifact))));
    }
    if report.errors.len() > FOLDED {
        items.push_str(&more(words, report.errors.len() - FOLDED));
    }
    out.push_str(&details(words.fill(" Not read, or not whole: {}.", &[&report.errors.len().to_string()]).trim(), &items));
}

fn closing(words: Words<'_>, out: &mut String, report: &Report) {
    let case = &report.case;
    let artifacts = words.count(case.artifacts as u64, "{} artifact", "{} artifacts");
    let mut sentences = vec![words.fill("Read {} of {} ({}).", &[&case.coverage.scanned.to_string(), &artifacts, &bytes(case.bytes)])];
    if case.below_threshold > 0 {
        sentences.push(left_out(words, case.below_threshold));
    }
    let (tool, version) = (prose(&report.tool.name), prose(&report.tool.version));
    sentences.push(words.fill("{} {} knows {} diagnoses.", &[&tool, &version, &report.tool.rules.count.to_string()]));
    out.push_str(&format!("\n{}\n", sentences.join(words.say(" "))));
}

#[cfg(test)]
mod tests;

//! One finding in full, as Markdown.

use std::collections::BTreeSet;

use super::text::{advice, asked, code, fence, link, prose, steps};
use crate::report::model::{Evidence, Finding};
use crate::report::render::grouping::{Grouping, NAMED, Problem};
use crate::report::render::phrase::{baseline, how_bad, percent, readings, seen};
use crate::report::render::release::release;
use crate::rules::translation::Words;

/// Quotes that stand open; the others are folded away.
const QUOTED: usize = 3;

/// Devices whose quotes are folded away; more are counted. A ticket holds no more, and the JSON report has all.
const FOLDED: usize = 10;

/// From this probability on nothing needs to be collected to believe a finding.
const SURE: f64 = 0.9;

/// The section of a problem.
pub(super) fn problem<'a>(words: Words<'_>, problem: &Problem<'a>, groups: &Grouping<'a>) -> String {
    let finding = problem.finding;
    let mut out = format!("### {}. {}\n\n{}\n", finding.rank, prose(&finding.title), standing(words, finding, groups));
    let alike = groups.alike(&finding);
    let notes = if alike.len() == 1 { finding.notes.as_slice() } else { &[] };
    for text in std::iter::once(&finding.summary).chain(notes).filter(|text| !text.trim().is_empty()) {
        out.push_str(&format!("\n{}\n", advice(text)));
    }
    if alike.len() == 1 {
        out.push_str(&quotes(words, words.say("Why"), &finding.evidence));
        out.push_str(&quotes(words, words.say("Against"), &finding.contradictions));
    } else {
        out.push_str(&by_device(words, alike, groups));
    }
    for (heading, list) in [(words.say("Do"), &finding.remedy), (words.say("Until then"), &finding.workaround)] {
        if !list.is_empty() {
            out.push_str(&format!("\n**{heading}**\n\n{}", steps(list)));
        }
    }
    out.push_str(&explains(words, problem, groups));
    if !finding.references.is_empty() {
        out.push_str(&format!("\n**{}**\n\n", words.say("Read more")));
        for (title, url) in readings(finding) {
            out.push_str(&format!("- {}\n", link(&title, url)));
        }
    }
    if !finding.collect_next.is_empty() && finding.confidence < SURE {
        let commands = asked(words, || finding.collect_next.iter().flat_map(|command| command.lines()));
        out.push_str(&format!("\n**{}**\n\n{commands}", words.say("To be surer")));
    }
    out
}

/// Why it is believed of each device: of the first few open, of the others folded away.
fn by_device(words: Words<'_>, alike: &[&Finding], groups: &Grouping<'_>) -> String {
    let one = |finding: &&Finding| {
        let device = finding.device.as_deref();
        let nature = groups.names.nature(device).map(|nature| format!(" ({})", code(&nature))).unwrap_or_default();
        let mut said = vec![prose(&words.fill("{} sure", &[&percent(finding.confidence)])), seen(words, finding, code)];
        said.extend(release(words, finding, &groups.names).map(|release| prose(&release)));
        let heading = format!("{}: {}{nature}", words.say("Why"), code(&groups.names.name(device)));
        let mut out = format!("\n**{heading}** · {}\n", said.join(" · "));
        out.extend(finding.notes.iter().map(|note| format!("\n{}\n", advice(note))));
        out.push_str(&quoted(words, &finding.evidence));
        out.push_str(&quoted(words, &finding.contradictions));
        out
    };
    let shown = if alike.len() <= NAMED + 1 { alike.len() } else { NAMED };
    let (open, folded) = alike.split_at(shown);
    let mut out: String = open.iter().map(one).collect();
    if !folded.is_empty() {
        let mut rest: String = folded.iter().take(FOLDED).map(one).collect();
        if folded.len() > FOLDED {
            rest.push_str(&format!("\n{}\n", words.fill("{} more", &[&(folded.len() - FOLDED).to_string()])));
        }
        out.push_str(&details(&words.fill("{} more", &[&folded.len().to_string()]), &rest));
    }
    out
}

/// How sure and how bad; on which device; since when; what is known of the release and from the baseline.
fn standing<'a>(words: Words<'_>, finding: &'a Finding, groups: &Grouping<'a>) -> String {
    let mut parts = vec![code(&finding.id), format!("**{}**", prose(&how_bad(words, finding)))];
    if groups.alike(&finding).len() > 1 {
        parts.push(groups.on(finding, code).unwrap_or_default());
        parts.extend(finding.baseline_state.map(|state| words.fill("Baseline: {}", &[words.say(baseline(state))])));
        return parts.join(" · ");
    }
    if let Some(device) = finding.device.as_deref() {
        let nature = groups.names.nature(Some(device)).map(|nature| format!(" ({})", code(&nature))).unwrap_or_default();
        parts.push(format!("{}{nature}", code(&groups.names.name(Some(device)))));
    }
    parts.push(seen(words, finding, code));
    parts.extend(release(words, finding, &groups.names).map(|release| prose(&release)));
    parts.extend(finding.baseline_state.map(|state| words.fill("Baseline: {}", &[words.say(baseline(state))])));
    parts.join(" · ")
}

/// Quotes with their places, under a heading.
fn quotes(words: Words<'_>, heading: &str, evidence: &[Evidence]) -> String {
    if evidence.is_empty() { String::new() } else { format!("\n**{heading}**\n{}", quoted(words, evidence)) }
}

/// The first few open, the others folded away.
fn quoted(words: Words<'_>, evidence: &[Evidence]) -> String {
    // One line can speak for several signals; it is quoted for the heaviest.
    let mut places = BTreeSet::new();
    let evidence: Vec<&Evidence> =
        evidence.iter().filter(|item| places.insert((&item.artifact, item.line, item.packet, &item.excerpt))).collect();
    if evidence.is_empty() {
        return String::new();
    }
    let open = if evidence.len() == QUOTED + 1 { QUOTED + 1 } else { QUOTED };
    let (shown, folded) = evidence.split_at(open.min(evidence.len()));
    let mut out = String::from("\n");
    out.extend(shown.iter().map(|item| quote(words, item)));
    if !folded.is_empty() {
        let quotes: String = folded.iter().map(|item| quote(words, item)).collect();
        out.push_str(&details(&words.count(folded.len() as u64, "{} more quote", "{} more quotes"), &quotes));
    }
    out
}

/// One quote with its place.
pub(super) fn quote(words: Words<'_>, evidence: &Evidence) -> String {
    let place = match (evidence.line, evidence.packet) {
        (Some(line), _) => code(&format!("{}:{line}", evidence.artifact)),
        (None, Some(packet)) => format!("{} packet {packet}", code(&evidence.artifact)),
        (None, None) => code(&evidence.artifact),
    };
    let time = evidence.time.as_deref().map(|time| format!(", {}", code(time))).unwrap_or_default();
    format!("- {}: {place}{time}\n\n{}", prose(words.say(&evidence.weight)), fence([evidence.excerpt.as_str()], 2))
}

fn explains(words: Words<'_>, problem: &Problem<'_>, groups: &Grouping<'_>) -> String {
    let others = groups.problems.iter().filter(|other| other.because == Some(problem.finding.rank)).map(|other| other.finding);
    let mut explained: Vec<&Finding> = problem.symptoms.iter().copied().chain(others).collect();
    if explained.is_empty() {
        return String::new();
    }
    explained.sort_by_key(|finding| finding.rank);
    let items: String =
        explained.iter().map(|finding| format!("- {}: {} {}\n", finding.rank, prose(&finding.title), code(&finding.id))).collect();
    format!("\n**{}**\n\n{items}", words.say("Explains"))
}

/// What is folded away until somebody asks.
pub(super) fn details(summary: &str, body: &str) -> String {
    // The summary is the program's own words and numbers.
    format!("\n<details>\n<summary>{summary}</summary>\n\n{}\n</details>\n", body.trim_start_matches('\n'))
}

//! The first sentences: the first problem in words, then how many there are, and what explains what.

use super::grouping::{Grouping, Problem};
use super::moment;
use super::phrase::{bytes, counted, listed, ordinal, thousands};
use crate::report::model::{Finding, Report};

/// What a reader is told first.
pub(super) struct Verdict {
    /// The first problem that still holds, in words; `None` where there is none.
    pub(super) headline: Option<String>,
    /// How many problems there are and what explains what, or that there is none.
    pub(super) summary: String,
    /// What "nothing found" rests on; `None` where something was found.
    pub(super) looked_at: Option<String>,
}

impl Verdict {
    pub(super) fn of(report: &Report, groups: &Grouping<'_>) -> Self {
        let open: Vec<&Problem<'_>> = groups.problems.iter().filter(|problem| problem.is_open()).collect();
        let over = groups.problems.len() - open.len();
        let mut sentences = if open.is_empty() { nothing_open(report, over) } else { some_open(report, groups, &open, over) };
        if !groups.suppressed.is_empty() {
            sentences.push(format!("{} suppressed.", counted(groups.suppressed.len(), "finding is", "findings are")));
        }
        Self {
            headline: open.first().map(|first| in_words(first.finding, groups)),
            summary: sentences.join(" "),
            looked_at: open.is_empty().then(|| looked_at(report)),
        }
    }
}

/// The first problem, with as much doubt as its probability asks for.
fn in_words(finding: &Finding, groups: &Grouping<'_>) -> String {
    let mut text = match finding.confidence {
        sure if sure >= 0.9 => String::new(),
        sure if sure >= 0.7 => "Probably: ".to_owned(),
        _ => "Perhaps: ".to_owned(),
    };
    text.push_str(finding.title.trim_end_matches(['.', '。']));
    if let Some(on) = groups.names.on(finding.device.as_deref()) {
        text.push_str(", ");
        text.push_str(&on);
    }
    if let Some(since) = moment::span(finding.first_seen.as_deref(), None) {
        text.push_str(" since ");
        text.push_str(&since);
    }
    text.push('.');
    text
}

fn nothing_open(report: &Report, over: usize) -> Vec<String> {
    let coverage = report.case.coverage;
    let mut sentence = if over > 0 {
        format!("No licensing problem now; {} over.", counted(over, "problem is", "problems are"))
    } else if coverage.scanned == 0 && coverage.unreadable > 0 {
        return vec!["Nothing could be read.".to_owned()];
    } else if report.devices.is_empty() && report.findings.is_empty() {
        return vec![format!("Nothing recognisable in {}.", counted(report.case.artifacts, "artifact", "artifacts"))];
    } else if coverage.unreadable > 0 {
        return vec!["No licensing problem found in what could be read.".to_owned()];
    } else if report.findings.is_empty() {
        // Silence is no proof of health.
        "No known licensing problem found, and nothing that shows that licensing works.".to_owned()
    } else {
        "No licensing problem found.".to_owned()
    };
    if coverage.unreadable > 0 {
        sentence.push_str(" Not everything could be read.");
    }
    vec![sentence]
}

fn some_open(report: &Report, groups: &Grouping<'_>, open: &[&Problem<'_>], over: usize) -> Vec<String> {
    let mut named: Vec<&str> = open.iter().filter_map(|problem| problem.finding.device.as_deref()).collect();
    named.sort_unstable();
    named.dedup();
    let problems = counted(open.len(), "problem", "problems");
    let mut sentences = vec![match (named.len(), report.devices.len()) {
        (0, _) => format!("{problems}."),
        (1, 1) => format!("{problems} {}.", groups.names.on(named.first().copied()).unwrap_or_default()),
        (some, all) if some >= all => format!("{problems} on {}.", counted(some, "device", "devices")),
        (some, all) => format!("{problems} on {some} of {all} devices."),
    }];

    // The numbers of the table are ranks; words count the same only as long as no symptom stands between.
    let in_order = open.iter().zip(1..).all(|(problem, n)| problem.finding.rank == n);
    let name = |at: usize, rank: usize| if in_order { ordinal(at + 1) } else { format!("number {rank}") };
    for (at, problem) in open.iter().enumerate() {
        let mut explained: Vec<String> = open
            .iter()
            .enumerate()
            .filter(|(_, other)| other.because == Some(problem.finding.rank))
            .map(|(other_at, other)| name(other_at, other.finding.rank))
            .collect();
        if !problem.symptoms.is_empty() {
            explained.push(counted(problem.symptoms.len(), "symptom", "symptoms"));
        }
        // Two such sentences are read; more are a puzzle that the table solves better.
        if !explained.is_empty() && sentences.len() < 3 {
            let subject = if open.len() == 1 { "it".to_owned() } else { name(at, problem.finding.rank) };
            sentences.push(capital(&format!("{subject} explains {}.", listed(&explained))));
        }
    }
    if over > 0 {
        sentences.push(format!("{over} more {} over.", if over == 1 { "is" } else { "are" }));
    }
    sentences
}

fn capital(sentence: &str) -> String {
    let mut chars = sentence.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// What "nothing found" rests on.
fn looked_at(report: &Report) -> String {
    let mut parts = vec![format!("{} ({})", counted(report.case.artifacts, "artifact", "artifacts"), bytes(report.case.bytes))];
    let lines: u64 = report.artifacts.iter().filter_map(|artifact| artifact.lines).fold(0, u64::saturating_add);
    if lines > 0 {
        parts.push(format!("{} lines", thousands(lines)));
    }
    let packets: u64 = report.artifacts.iter().filter_map(|artifact| artifact.packets).fold(0, u64::saturating_add);
    if packets > 0 {
        parts.push(format!("{} packets", thousands(packets)));
    }
    let first = report.artifacts.iter().filter_map(|a| a.first_time.as_deref()).min_by_key(|time| moment::order(time));
    let last = report.artifacts.iter().filter_map(|a| a.last_time.as_deref()).max_by_key(|time| moment::order(time));
    parts.extend(first.zip(last).and_then(|(first, last)| moment::days(first, last)));
    if !report.devices.is_empty() {
        parts.push(counted(report.devices.len(), "device", "devices"));
    }
    format!("Looked at {}.", parts.join(", "))
}

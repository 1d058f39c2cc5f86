//! The first sentences: the first problem in words, then how many there are, and what explains what.

use super::grouping::{Grouping, Problem};
use super::moment;
use super::phrase::{bytes, capital, changes, listed, ordinal, thousands};
use crate::report::model::{Baseline, Finding, Report, Window};
use crate::rules::translation::Words;

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
    pub(super) fn of(words: Words<'_>, report: &Report, groups: &Grouping<'_>) -> Self {
        Self::quoting(words, report, groups, str::to_owned)
    }

    /// The same with names of devices in quotes of some kind.
    pub(super) fn quoting(words: Words<'_>, report: &Report, groups: &Grouping<'_>, quote: fn(&str) -> String) -> Self {
        let open: Vec<&Problem<'_>> = groups.problems.iter().filter(|problem| problem.is_open()).collect();
        let over = groups.problems.iter().filter(|problem| !problem.is_open() && !problem.is_harmless()).count();
        let mut sentences =
            if open.is_empty() { nothing_open(words, report, over) } else { some_open(words, report, groups, &open, over, quote) };
        if !groups.suppressed.is_empty() {
            sentences.push(words.count(groups.suppressed.len() as u64, "{} finding is suppressed.", "{} findings are suppressed."));
        }
        sentences.extend(report.case.baseline.as_ref().map(|baseline| since(words, baseline)));
        sentences.extend(of_times(words, report));
        Self {
            headline: open.first().map(|first| in_words(words, first.finding, groups, quote)),
            summary: sentences.join(words.say(" ")),
            looked_at: open.is_empty().then(|| looked_at(words, report)),
        }
    }
}

/// The first problem, with as much doubt as its probability asks for.
fn in_words<'a>(words: Words<'_>, finding: &'a Finding, groups: &Grouping<'a>, quote: fn(&str) -> String) -> String {
    let doubt = match finding.confidence {
        sure if sure >= 0.9 => "",
        sure if sure >= 0.7 => "Probably: ",
        _ => "Perhaps: ",
    };
    let title = format!("{}{}", words.say(doubt), finding.title.trim_end_matches(['.', '。']));
    let since = groups.extent(finding).seen.and_then(|(first, _)| moment::span(Some(first), None));
    let since = since.map(|since| moment::in_language(words, since));
    match (groups.on(finding, quote), since) {
        (Some(on), Some(since)) => words.fill("{}, {} since {}.", &[&title, &on, &since]),
        (Some(on), None) => words.fill("{}, {}.", &[&title, &on]),
        (None, Some(since)) => words.fill("{} since {}.", &[&title, &since]),
        (None, None) => words.fill("{}.", &[&title]),
    }
}

fn nothing_open(words: Words<'_>, report: &Report, over: usize) -> Vec<String> {
    let coverage = report.case.coverage;
    let mut sentence = if over > 0 {
        words.count(over as u64, "No licensing problem now; {} problem is over.", "No licensing problem now; {} problems are over.")
    } else if report.nothing_read() {
        return vec![words.say("Nothing could be read.").to_owned()];
    } else if report.devices.is_empty() && report.findings.is_empty() {
        words.count(report.case.artifacts as u64, "Nothing recognisable in {} artifact.", "Nothing recognisable in {} artifacts.")
    } else if coverage.unreadable > 0 {
        return vec![words.say("No licensing problem found in what could be read.").to_owned()];
    } else if report.findings.is_empty() {
        // Silence is no proof of health.
        words.say("No known licensing problem found, and nothing that shows that licensing works.").to_owned()
    } else {
        words.say("No licensing problem found.").to_owned()
    };
    if coverage.unreadable > 0 {
        sentence.push_str(words.say(" Not everything could be read."));
    }
    vec![sentence]
}

fn some_open(
    words: Words<'_>,
    report: &Report,
    groups: &Grouping<'_>,
    open: &[&Problem<'_>],
    over: usize,
    quote: fn(&str) -> String,
) -> Vec<String> {
    let alike = open.iter().flat_map(|problem| groups.alike(&problem.finding));
    let mut named: Vec<&str> = alike.filter_map(|finding| finding.device.as_deref()).collect();
    named.sort_unstable();
    named.dedup();
    let problems = words.count(open.len() as u64, "{} problem", "{} problems");
    let mut sentences = vec![match (named.len(), report.devices.len()) {
        (0, _) => words.fill("{}.", &[&problems]),
        (1, 1) => words.fill("{} {}.", &[&problems, &groups.names.on_quoted(named.first().copied(), quote).unwrap_or_default()]),
        (some, all) if some >= all => words.fill("{} on {}.", &[&problems, &words.count(some as u64, "{} device", "{} devices")]),
        (some, all) => words.fill("{} on {} of {} devices.", &[&problems, &some.to_string(), &all.to_string()]),
    }];

    // The numbers of the table are ranks; words count the same only as long as no symptom stands between.
    let in_order = open.iter().zip(1..).all(|(problem, n)| problem.finding.rank == n);
    let name = |at: usize, rank: usize| if in_order { ordinal(words, at + 1) } else { words.fill("number {}", &[&rank.to_string()]) };
    let because_of = |rank: usize| {
        let effects = open.iter().enumerate().filter(move |(_, other)| other.because == Some(rank));
        effects.map(|(at, other)| name(at, other.finding.rank)).collect::<Vec<_>>()
    };
    for harmless in groups.problems.iter().filter(|problem| problem.is_harmless()) {
        let rank = harmless.finding.rank;
        let explained = because_of(rank);
        if !explained.is_empty() && sentences.len() < 3 {
            let subject = words.fill("number {}", &[&rank.to_string()]);
            let explained = if open.len() == 1 { words.say("it").to_owned() } else { listed(words, &explained) };
            let title = harmless.finding.title.trim_end_matches(['.', '。']);
            sentences.push(capital(&words.fill("{} explains {}, and is no fault itself: {}.", &[&subject, &explained, title])));
        }
    }
    for (at, problem) in open.iter().enumerate() {
        let mut explained = because_of(problem.finding.rank);
        if !problem.symptoms.is_empty() {
            explained.push(words.count(problem.symptoms.len() as u64, "{} symptom", "{} symptoms"));
        }
        // Two such sentences are read; more are a puzzle that the table solves better.
        if !explained.is_empty() && sentences.len() < 3 {
            let subject = if open.len() == 1 { words.say("it").to_owned() } else { name(at, problem.finding.rank) };
            sentences.push(capital(&words.fill("{} explains {}.", &[&subject, &listed(words, &explained)])));
        }
    }
    if over > 0 {
        sentences.push(words.count(over as u64, "{} more is over.", "{} more are over."));
    }
    sentences
}

/// What became of the findings of the baseline.
fn since(words: Words<'_>, baseline: &Baseline) -> String {
    let parts = changes(words, [baseline.new, baseline.updated, baseline.absent, baseline.unchanged]);
    if parts.is_empty() {
        words.say("No finding now or in the baseline.").to_owned()
    } else {
        words.fill("Since the baseline: {}.", &[&parts])
    }
}

/// What time counted, and in which zone times are shown, where somebody asked for that.
pub(super) fn of_times(words: Words<'_>, report: &Report) -> Vec<String> {
    let window = report.case.window.as_ref().map(|window| counted(words, window));
    window.into_iter().chain(report.case.zone.as_ref().map(|zone| shown_in(words, report, zone))).collect()
}

/// What time counted, and how much did not.
pub(super) fn counted(words: Words<'_>, window: &Window) -> String {
    let [since, until] = [&window.since, &window.until].map(|end| end.as_deref().map(moment::full).unwrap_or_default());
    let mut text = match (since.is_empty(), until.is_empty()) {
        (false, false) => words.fill("Only what was from {} to {} counts.", &[&since, &until]),
        (false, true) => words.fill("Only what was from {} on counts.", &[&since]),
        (true, _) => words.fill("Only what was up to {} counts.", &[&until]),
    };
    if window.outside > 0 {
        text.push_str(words.say(" "));
        text.push_str(&words.count(window.outside, "{} line or packet is outside of that.", "{} lines or packets are outside of that."));
    }
    text
}

/// The zone of the times, and that some have none to be put into another.
fn shown_in(words: Words<'_>, report: &Report, zone: &str) -> String {
    let evidence = report.findings.iter().flat_map(|finding| finding.evidence.iter().filter_map(|one| one.time.as_deref()));
    let seen = report.findings.iter().flat_map(|finding| [finding.first_seen.as_deref(), finding.last_seen.as_deref()]).flatten();
    let artifacts = report.artifacts.iter().flat_map(|one| [one.first_time.as_deref(), one.last_time.as_deref()]).flatten();
    let unstated = evidence.chain(seen).chain(artifacts).any(|time| moment::offset(time).is_none());
    let sentence =
        if unstated { "Times are in {}; where no zone is stated they are as the sources have them." } else { "Times are in {}." };
    words.fill(sentence, &[zone])
}

/// A number of things that may be large.
fn of_many(words: Words<'_>, n: u64, [one, many]: [&str; 2]) -> String {
    if n < 1000 { words.count(n, one, many) } else { words.fill(many, &[&thousands(n)]) }
}

/// What "nothing found" rests on.
fn looked_at(words: Words<'_>, report: &Report) -> String {
    let artifacts = words.count(report.case.artifacts as u64, "{} artifact", "{} artifacts");
    let mut parts = vec![words.fill("{} ({})", &[&artifacts, &bytes(report.case.bytes)])];
    let lines: u64 = report.artifacts.iter().filter_map(|artifact| artifact.lines).fold(0, u64::saturating_add);
    if lines > 0 {
        parts.push(of_many(words, lines, ["{} line", "{} lines"]));
    }
    let packets: u64 = report.artifacts.iter().filter_map(|artifact| artifact.packets).fold(0, u64::saturating_add);
    if packets > 0 {
        parts.push(of_many(words, packets, ["{} packet", "{} packets"]));
    }
    let first = report.artifacts.iter().filter_map(|a| a.first_time.as_deref()).min_by_key(|time| moment::order(time));
    let last = report.artifacts.iter().filter_map(|a| a.last_time.as_deref()).max_by_key(|time| moment::order(time));
    let days = first.zip(last).and_then(|(first, last)| moment::days(first, last));
    parts.extend(days.map(|days| moment::in_language(words, days)));
    if !report.devices.is_empty() {
        parts.push(words.count(report.devices.len() as u64, "{} device", "{} devices"));
    }
    words.fill("Looked at {}.", &[&parts.join(words.say(", "))])
}

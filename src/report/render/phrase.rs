//! Numbers and words in sentences.

use std::borrow::Cow;
use std::collections::HashSet;

use super::moment::{in_language, is_undated, span};
use crate::report::model::{BaselineState, Evidence, Finding, Kind, Severity, Status, Suppressed};
use crate::rules::translation::Words;

/// `1.9 GiB`.
pub(super) fn bytes(n: u64) -> String {
    scaled(n, 1024.0, &["bytes", "KiB", "MiB", "GiB", "TiB", "PiB"])
}

/// `6.0 M`, `120 k`, `999`.
pub(super) fn thousands(n: u64) -> String {
    scaled(n, 1000.0, &["", "k", "M", "G", "T"]).trim_end().to_owned()
}

fn scaled(n: u64, step: f64, units: &[&str]) -> String {
    let mut value = n as f64;
    let mut unit = units.first().copied().unwrap_or_default();
    for next in units.iter().skip(1) {
        if value < step {
            break;
        }
        value /= step;
        unit = next;
    }
    let digits = usize::from(value < 100.0 && value.fract() != 0.0);
    format!("{value:.digits$} {unit}")
}

/// `97 %`. Never 0 or 100 for what is not quite so.
pub fn percent(probability: f64) -> String {
    let rounded = (probability * 100.0).round();
    let shown = if probability > 0.0 && probability < 1.0 { rounded.clamp(1.0, 99.0) } else { rounded };
    format!("{shown:.0} %")
}

/// Sayings one behind the other: those that end like sentences by a blank, others by a semicolon.
pub(super) fn in_turn(words: Words<'_>, parts: &[impl AsRef<str>]) -> String {
    let mut text = String::new();
    for part in parts {
        let between = if text.ends_with(['.', '。', '!', '?']) { " " } else { "; " };
        let begins = between == " " && !text.is_empty();
        text.push_str(if text.is_empty() { "" } else { words.say(between) });
        text.push_str(&if begins { capital(part.as_ref()) } else { part.as_ref().to_owned() });
    }
    text
}

/// The text as a sentence begins.
pub(super) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// The English words for a kind of trouble.
pub(super) fn trouble(kind: &str) -> Cow<'_, str> {
    Cow::Borrowed(match kind {
        "not_found" => "not there",
        "io" => "failed to be read",
        "corrupt" => "damaged",
        "truncated" => "cut off",
        "unsupported" => "of a format that is not read",
        "limit" => "beyond a limit",
        "not_regular" => "no regular file",
        "encrypted" => "encrypted",
        "changed_while_read" => "changed while read",
        "malformed" => "of unknown layout",
        other => return Cow::Owned(other.replace('_', " ")),
    })
}

/// The severity's English word.
pub(super) const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "info",
        Severity::Low => "low",
        Severity::Medium => "medium",
        Severity::High => "high",
        Severity::Critical => "critical",
    }
}

/// Whether it still holds, in English words.
pub(super) const fn status(status: Status) -> &'static str {
    match status {
        Status::Active => "still active",
        Status::Intermittent => "comes and goes",
        Status::Resolved => "over",
    }
}

/// Whether it still holds, with the doubt that a long silence gives; that it is no fault where it only looks like one.
pub(super) fn still(words: Words<'_>, finding: &Finding) -> String {
    match finding.quiet_days {
        _ if finding.kind == Kind::Expected && finding.status != Status::Resolved => words.say("no fault").to_owned(),
        Some(days) => words.count(days, "not seen for the last day", "not seen for the last {} days"),
        None => words.say(status(finding.status)).to_owned(),
    }
}

/// The reason of a suppression, and how long it holds.
pub(super) fn suppression(words: Words<'_>, suppressed: &Suppressed) -> String {
    match &suppressed.until {
        Some(until) => words.fill("{} (until {})", &[&suppressed.reason, until]),
        None => suppressed.reason.clone(),
    }
}

/// How a finding compares with the baseline, in English words.
pub(super) const fn baseline(state: BaselineState) -> &'static str {
    match state {
        BaselineState::New => "new",
        BaselineState::Unchanged => "known, unchanged",
        BaselineState::Updated => "known, changed since",
    }
}

/// How many findings are new, changed, gone and still there; nothing of those that are none.
pub(super) fn changes(words: Words<'_>, [new, changed, gone, still_there]: [usize; 4]) -> String {
    let some = |n: usize, what: &str| (n > 0).then(|| words.fill(what, &[&n.to_string()]));
    let parts = [
        some(new, words.say("{} new")),
        some(changed, words.say("{} changed")),
        some(gone, words.say("{} gone")),
        some(still_there, words.say("{} still there")),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(words.say(", "))
}

/// `97 % sure, high, still active`.
pub(super) fn how_bad(words: Words<'_>, finding: &Finding) -> String {
    words.fill("{} sure, {}, {}", &[&percent(finding.confidence), words.say(severity(finding.severity)), &still(words, finding)])
}

/// How often it was seen, and when; `time` says how times are written.
pub(super) fn seen(words: Words<'_>, finding: &Finding, time: fn(&str) -> String) -> String {
    let times = finding.occurrences.to_string();
    let time = |at: &str| in_language(words, time(at));
    let Some((first, last)) = finding.seen() else { return words.fill("Seen {} ×, no date stated", &[&times]) };
    let sentence = match first == last {
        true => words.fill("Seen {} × at {}", &[&times, &time(first)]),
        false => words.fill("Seen {} × from {} to {}", &[&times, &time(first), &time(last)]),
    };
    if is_undated(first) { words.fill("{}, {}", &[&sentence, words.say("no year stated")]) } else { sentence }
}

/// `12 ×`.
pub(super) fn times(words: Words<'_>, n: u64) -> String {
    words.fill("{} ×", &[&n.to_string()])
}

/// When: the span, and that its year is not stated; or that nothing is.
pub(super) fn when(words: Words<'_>, seen: Option<(&str, &str)>) -> Vec<String> {
    let Some((first, last)) = seen else { return vec![words.say("no date stated").to_owned()] };
    let no_year = is_undated(first).then(|| words.say("no year stated").to_owned());
    span(Some(first), Some(last)).map(|span| in_language(words, span)).into_iter().chain(no_year).collect()
}

/// How many findings were too unsure to be reported.
pub(super) fn left_out(words: Words<'_>, n: usize) -> String {
    words.count(
        n as u64,
        "{} finding is below the confidence asked for and left out.",
        "{} findings are below the confidence asked for and left out.",
    )
}

/// Where evidence stands, in the form that editors open and people can copy.
pub(super) fn place(evidence: &Evidence) -> String {
    at(&evidence.artifact, evidence.line, evidence.packet)
}

/// `path:line`, `path  packet N` or `path`.
pub(super) fn at(artifact: &str, line: Option<u64>, packet: Option<u64>) -> String {
    match (line, packet) {
        (Some(line), _) => format!("{artifact}:{line}"),
        (None, Some(packet)) => format!("{artifact}  packet {packet}"),
        (None, None) => artifact.to_owned(),
    }
}

/// Where to read more: what it is called, and its address. Of references with the same address the first stands for all.
pub(super) fn readings(finding: &Finding) -> impl Iterator<Item = (String, Option<&str>)> {
    let mut known = HashSet::new();
    let new = finding.references.iter().filter(move |one| one.url.as_deref().is_none_or(|url| known.insert(url)));
    new.map(|one| {
        let title = one.title.clone().unwrap_or_else(|| format!("{} {}", one.kind, one.id));
        (capital(&title), one.url.as_deref())
    })
}

/// `a, b and c`.
pub(super) fn listed(words: Words<'_>, items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => words.fill("{} and {}", &[&most.join(words.say(", ")), last]),
    }
}

/// `first` to `tenth`, then `number 11`.
pub(super) fn ordinal(words: Words<'_>, n: usize) -> String {
    const NAMES: [&str; 10] = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];
    match n.checked_sub(1).and_then(|at| NAMES.get(at)).filter(|_| words.is_english()) {
        Some(name) => format!("the {name}"),
        None => words.fill("number {}", &[&n.to_string()]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::model::WithoutYear;

    #[test]
    fn numbers() {
        for (n, expected) in [(0, "0 bytes"), (1023, "1023 bytes"), (1536, "1.5 KiB"), (2_040_109_465, "1.9 GiB"), (250 << 20, "250 MiB")] {
            assert_eq!(bytes(n), expected);
        }
        for (n, expected) in [(0, "0"), (999, "999"), (6_012_345, "6.0 M"), (120_411, "120 k")] {
            assert_eq!(thousands(n), expected);
        }
        for (p, expected) in [(0.0, "0 %"), (0.001, "1 %"), (0.972, "97 %"), (0.998, "99 %"), (1.0, "100 %"), (f64::NAN, "NaN %")] {
            assert_eq!(percent(p), expected);
        }
    }

    #[test]
    fn what_is_not_stated_is_said() {
        let mut one = crate::report::samples::rich().findings[0].clone();
        (one.first_seen, one.last_seen) = (None, None);
        let told = |finding: &Finding| {
            (seen(Words::default(), finding, super::super::moment::full), when(Words::default(), finding.seen()).join(", "))
        };
        let times = one.occurrences;
        assert_eq!(told(&one), (format!("Seen {times} ×, no date stated"), "no date stated".to_owned()));
        let days = |first: &str, last: &str| Some(WithoutYear { first: first.to_owned(), last: last.to_owned() });
        one.without_year = days("Jun 29 11:12:39", "Jul 02 08:40:11");
        let seen = format!("Seen {times} × from Jun 29 11:12:39 to Jul 02 08:40:11, no year stated");
        assert_eq!(told(&one), (seen, "Jun 29 11:12 → Jul 02 08:40, no year stated".to_owned()));
        one.without_year = days("Jun 29 11:12:39", "Jun 29 11:12:39");
        assert_eq!(told(&one).0, format!("Seen {times} × at Jun 29 11:12:39, no year stated"));
    }

    #[test]
    fn words() {
        let items: Vec<String> = ["a", "b", "c"].map(str::to_owned).to_vec();
        let words = Words::default();
        assert_eq!(listed(words, &items), "a, b and c");
        assert_eq!(listed(words, &items[..1]), "a");
        assert_eq!((ordinal(words, 2), ordinal(words, 11)), ("the second".to_owned(), "number 11".to_owned()));
    }
}

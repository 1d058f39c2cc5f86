//! Numbers and words in sentences.

use crate::report::model::{Evidence, Severity, Status};
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
pub(super) fn percent(probability: f64) -> String {
    let rounded = (probability * 100.0).round();
    let shown = if probability > 0.0 && probability < 1.0 { rounded.clamp(1.0, 99.0) } else { rounded };
    format!("{shown:.0} %")
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
    fn words() {
        let items: Vec<String> = ["a", "b", "c"].map(str::to_owned).to_vec();
        let words = Words::default();
        assert_eq!(listed(words, &items), "a, b and c");
        assert_eq!(listed(words, &items[..1]), "a");
        assert_eq!((ordinal(words, 2), ordinal(words, 11)), ("the second".to_owned(), "number 11".to_owned()));
    }
}

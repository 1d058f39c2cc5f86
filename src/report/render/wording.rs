//! What is said of one finding, in words.

use std::collections::{HashMap, HashSet};

use super::grouping::Grouping;
use super::moment;
use super::phrase::{listed, percent, place, severity, status};
use crate::report::model::{Evidence, Finding, Kind};
use crate::rules::translation::Words;

/// Quotes per signal that are shown unless all are asked for: the first and the last.
const QUOTES: usize = 2;

/// Quotes per finding that are shown unless all are asked for. They stand in the order of their weight.
const QUOTED: usize = 6;

/// How sure and how bad; on which device; since when; what is known of the release.
pub(super) fn standing(words: Words<'_>, finding: &Finding, groups: &Grouping<'_>) -> Vec<String> {
    let device = finding.device.as_deref();
    let bad = [words.say(severity(finding.severity)), words.say(status(finding.status))];
    let mut first = words.fill("{} sure, {}, {}", &[&percent(finding.confidence), bad[0], bad[1]]);
    if let Some(on) = groups.names.on(device) {
        first = words.fill("{} {}", &[&first, &on]);
    }
    if let Some(nature) = groups.names.nature(device) {
        first = words.fill("{} ({})", &[&first, &nature]);
    }
    [Some(first), Some(seen(words, finding)), release(words, finding, groups)].into_iter().flatten().collect()
}

/// How often, and from when to when.
pub(super) fn seen(words: Words<'_>, finding: &Finding) -> String {
    let times = finding.occurrences.to_string();
    match (&finding.first_seen, &finding.last_seen) {
        (Some(first), Some(last)) if first != last => {
            words.fill("Seen {} × from {} to {}", &[&times, &moment::full(first), &moment::full(last)])
        }
        (Some(time), _) | (None, Some(time)) => words.fill("Seen {} × at {}", &[&times, &moment::full(time)]),
        (None, None) => words.fill("Seen {} ×, no date stated", &[&times]),
    }
}

/// What is known of the release.
pub(super) fn release(words: Words<'_>, finding: &Finding, groups: &Grouping<'_>) -> Option<String> {
    let affected = finding.affected.as_deref()?;
    // That a release is clear of a defect says nothing of what is no defect.
    if affected == "fixed" && finding.kind != Kind::Defect {
        return None;
    }
    let running = match groups.names.release(finding.device.as_deref()) {
        Some(release) => words.fill("Release {}", &[release]),
        None => words.say("The release").to_owned(),
    };
    let text = match affected {
        "affected" => words.fill("{} is affected", &[&running]),
        "probably affected" => words.fill("{} is probably affected", &[&running]),
        "fixed" => words.fill("{} has the fix", &[&running]),
        "not applicable" => words.fill("{} is not concerned", &[&running]),
        "unknown" => words.fill("{} cannot be judged", &[&running]),
        other => format!("{running}: {other}"),
    };
    if finding.fixed_in.is_empty() {
        return Some(text);
    }
    Some(words.fill("{}; fixed in {}", &[&text, &listed(words, &finding.fixed_in)]))
}

/// The first and the last quote of every signal, in the order of the report, and how many are left out.
pub(super) fn chosen(evidence: &[Evidence], all: bool) -> (Vec<&Evidence>, usize) {
    // One line can speak for several signals; it is quoted for the heaviest.
    let mut places = HashSet::new();
    let evidence: Vec<&Evidence> = evidence.iter().filter(|item| all || places.insert((place(item), &item.excerpt))).collect();
    let mut total: HashMap<&str, usize> = HashMap::new();
    for item in &evidence {
        *total.entry(item.signal.as_str()).or_default() += 1;
    }
    let mut seen: HashMap<&str, usize> = HashMap::new();
    let mut shown: Vec<&Evidence> = evidence
        .iter()
        .copied()
        .filter(|item| {
            let nth = seen.entry(item.signal.as_str()).or_default();
            *nth += 1;
            let of = total.get(item.signal.as_str()).copied().unwrap_or(0);
            all || *nth < QUOTES || *nth == of
        })
        .collect();
    // One too many is quoted rather than counted.
    if !all && shown.len() > QUOTED + 1 {
        shown.truncate(QUOTED);
    }
    let left_out = evidence.len() - shown.len();
    (shown, left_out)
}

/// Whether a line of a step of several lines is to be typed: sentences end like sentences, commands do not.
pub(super) fn is_command(line: &str) -> bool {
    let text = line.trim_end();
    let sentence = text.ends_with(['.', ':', ';', ',', '!', '?', '。', '、', '：', '；', '！', '？', ')', '）']);
    line.starts_with([' ', '\t', '!', '#']) || (!sentence && !text.is_empty() && !text.contains(". "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_told_from_sentences() {
        for (line, expected) in [
            ("license smart trust idtoken <token> all force", true),
            ("! or, after copying the file:", true),
            ("  show crypto pki trustpool", true),
            ("Then establish trust again:", false),
            ("Upgrade to a fixed release.", false),
            ("次に信頼を確立します。", false),
            ("ip name-server <ip>", true),
            ("", false),
        ] {
            assert_eq!(is_command(line), expected, "{line}");
        }
    }
}

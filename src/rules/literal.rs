//! The required literal of a pattern: what must stand on a line before its regular expression is worth running.
//!
//! The walk takes the best *inner* literal; the public extractor of `regex-syntax` only gives prefixes and suffixes,
//! and a pattern that begins with `\S+` has none.

use regex_syntax::hir::{Hir, HirKind};

/// Shortest literal worth looking for.
pub(super) const SHORTEST: usize = 3;

/// Words that stand on so many ordinary log lines that they make a poor gate; a rarer word is taken where a pattern has
/// one. Counted on collector logs of mixed platforms: each stood on more than one line in three hundred; `xconfiguration` begins every line
/// of a dump of settings.
const COMMON: &[&str] = &[
    "acknowledgement",
    "address",
    "agent",
    "attempt",
    "authorization",
    "certificate",
    "changed",
    "cisco",
    "code",
    "communication",
    "configured",
    "connect",
    "connected",
    "connection",
    "detected",
    "error",
    "expired",
    "failed",
    "failure",
    "from",
    "home",
    "host",
    "http",
    "https",
    "installed",
    "interface",
    "licensing",
    "message",
    "mode",
    "number",
    "parse",
    "port",
    "process",
    "reason",
    "registration",
    "request",
    "required",
    "response",
    "send",
    "server",
    "session",
    "show",
    "smart",
    "software",
    "ssl",
    "status",
    "successfully",
    "timed",
    "tls",
    "trust",
    "trying",
    "user",
    "version",
    "was",
    "were",
    "with",
    "xconfiguration",
];

/// What a blank of a rule's pattern becomes.
const BLANKS: &str = "(?:[ \\t\u{a0}]+)";

/// How well a literal tells lines apart: its length, or little for a common word.
fn worth(literal: &str) -> usize {
    if literal.len() < SHORTEST {
        return 0;
    }
    let word = literal.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    if COMMON.iter().any(|common| common.starts_with(word)) { SHORTEST } else { literal.len() + 1 }
}

/// Literals of which at least one stands in every match, lower case; the set whose poorest member is
/// worth most.
/// `None` where the pattern requires no literal of [`SHORTEST`] bytes.
pub(super) fn required(pattern: &str) -> Option<Vec<String>> {
    let hir = regex_syntax::Parser::new().parse(pattern).ok()?;
    best(&hir).filter(|set| set.iter().all(|literal| literal.len() >= SHORTEST))
}

/// What every text begins with that a pattern, anchored at its begin, matches; empty where nothing is certain.
pub(super) fn beginning(pattern: &str) -> String {
    let literal = |hir: &Hir| match hir.kind() {
        HirKind::Literal(literal) => String::from_utf8(literal.0.to_vec()).ok(),
        _ => None,
    };
    let Ok(hir) = regex_syntax::Parser::new().parse(pattern) else { return String::new() };
    match hir.kind() {
        HirKind::Concat(parts) => parts.first().and_then(literal),
        _ => literal(&hir),
    }
    .unwrap_or_default()
}

/// What the poorest of a set is worth.
pub(super) fn poorest(set: &[String]) -> usize {
    set.iter().map(|literal| worth(literal)).min().unwrap_or(0)
}

/// Literals of which one stands in every match: the set whose poorest member is worth most.
pub(super) fn best(hir: &Hir) -> Option<Vec<String>> {
    match hir.kind() {
        HirKind::Literal(literal) => {
            let text = String::from_utf8(literal.0.to_vec()).ok()?;
            // Non-ASCII letters have case pairs the gate does not know: only ASCII is looked for.
            longest_ascii(&text).map(|text| vec![text.to_ascii_lowercase()])
        }
        HirKind::Capture(capture) => best(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => best(&repetition.sub),
        HirKind::Concat(parts) => parts.iter().filter_map(best).max_by_key(|set| (poorest(set), usize::MAX - set.len())),
        HirKind::Alternation(branches) => {
            let mut all = Vec::new();
            for branch in branches {
                all.extend(best(branch)?);
            }
            all.sort();
            all.dedup();
            Some(all)
        }
        _ => None,
    }
}

fn longest_ascii(text: &str) -> Option<&str> {
    text.split(|c: char| !c.is_ascii()).max_by_key(|part| part.len()).filter(|part| !part.is_empty())
}

/// Turns a rule's pattern into the engine's: a blank stands for any run of blanks, case is ignored.
pub(super) fn prepare(pattern: &str) -> String {
    let mut out = String::from("(?i)");
    out.push_str(&relax_blanks(pattern.strip_prefix("(?i)").unwrap_or(pattern)));
    out
}

/// Replaces every blank outside a character class by a run of blanks.
pub(super) fn relax_blanks(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut chars = pattern.chars();
    let mut in_class = false;
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                out.push(c);
                out.extend(chars.next());
            }
            '[' if !in_class => {
                in_class = true;
                out.push(c);
            }
            ']' if in_class => {
                in_class = false;
                out.push(c);
            }
            ' ' if !in_class => out.push_str(BLANKS),
            c => out.push(c),
        }
    }
    out
}

/// The pattern as a rule writes it, from the engine's.
pub(super) fn as_written(prepared: &str) -> String {
    prepared.strip_prefix("(?i)").unwrap_or(prepared).replace(BLANKS, " ")
}

/// Whether a literal stands on so many lines that it tells none apart.
pub(super) fn is_common(literal: &str) -> bool {
    COMMON.contains(&literal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_inner_literal_is_taken() {
        for (pattern, expected) in [
            (r"\d+ Failed to send out Call Home HTTP message \d+", Some(vec!["call"])),
            (r"\S+SmartAgent.*\d+", Some(vec!["smartagent"])),
            (r"(ERR 205|OUT 217)", Some(vec!["205", "217"])),
            (r"(certificate|x)", None),
            (r"\d+", None),
            (r"(?:abc)?defg", Some(vec!["defg"])),
            (r"restored$", Some(vec!["restored"])),
        ] {
            let found = required(&relax_blanks(pattern));
            assert_eq!(found, expected.map(|set| set.into_iter().map(str::to_owned).collect()), "{pattern}");
        }
    }

    #[test]
    fn what_a_command_begins_with() {
        for (pattern, expected) in [
            ("show version", "show version"),
            ("show ip(?:v4)? interface brief(?: .*)?", "show ip"),
            ("show versions?", "show version"),
            ("show (?:ip|ntp)", "show "),
            ("show ip|ping", ""),
            ("show ip|show ntp", "show "),
            ("(show )+ip", ""),
            (".*", ""),
        ] {
            let found = beginning(pattern);
            assert!(expected == found || found.is_empty() && pattern.contains('|'), "{pattern}: {found}");
        }
    }

    #[test]
    fn blanks_stand_for_runs_outside_classes() {
        let pattern = regex::Regex::new(&prepare(r"Type: *(?P<value>[a-z ]+)")).unwrap();
        assert!(pattern.is_match("type:    smart"));
        assert!(pattern.is_match("Type:smart"));
        assert_eq!(&pattern.captures("Type: call home").unwrap()["value"], "call home");
    }
}

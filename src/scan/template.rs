//! The form of a log line: the line without its time and host, with everything variable replaced by a placeholder.

use std::borrow::Cow;

use crate::formats::{expressway, syslog};

/// Characters of a line that its form is made of.
const LENGTH: usize = 300;
/// Keys of an Expressway record whose values tell records apart.
const TELLING: [&str; 5] = ["Module", "Level", "Event", "Detail", "Reason"];

/// The form of a log line; `None` where the line is no message of a log.
pub(super) fn of(line: &str) -> Option<String> {
    if let Some(record) = expressway::parse(line) {
        let mut form = record.process.unwrap_or("").to_owned();
        for key in TELLING {
            if let Some(value) = record.value(key) {
                form.push_str(&format!(" {key}={}", replaced(cut(value.trim()))));
            }
        }
        return Some(form.trim_start().to_owned());
    }
    let header = syslog::parse(line)?;
    let mnemonic = header.mnemonic?;
    let body = line.get(header.body..).unwrap_or("").trim();
    Some(format!("%{}-{}-{}: {}", mnemonic.facility, mnemonic.severity, mnemonic.name, replaced(cut(body))))
}

fn cut(text: &str) -> &str {
    text.char_indices().nth(LENGTH).map_or(text, |(at, _)| text.get(..at).unwrap_or(text))
}

/// The words of a text with what is variable replaced. Runs of blanks become one.
fn replaced(text: &str) -> String {
    let mut words: Vec<Cow<'_, str>> = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        if let Some((length, quote)) = quoted(rest, first) {
            words.push(Cow::Owned(format!("{quote}<text>{quote}")));
            rest = rest.get(length..).unwrap_or("");
            // What is glued to the closing quote goes with it.
            let glued = rest.find(char::is_whitespace).unwrap_or(rest.len());
            rest = rest.get(glued..).unwrap_or("").trim_start();
            continue;
        }
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        words.push(placeholder(rest.get(..end).unwrap_or("")));
        rest = rest.get(end..).unwrap_or("").trim_start();
    }
    // Lists of any length are one form.
    words.dedup_by(|next, before| next.starts_with('<') && next == before);
    words.join(" ")
}

/// Length of the quoted text that `rest` begins with, and its quote.
fn quoted(rest: &str, first: char) -> Option<(usize, char)> {
    let inner = matches!(first, '"' | '\'').then(|| rest.get(1..)).flatten()?;
    inner.find(first).map(|end| (end + 2, first))
}

fn placeholder(word: &str) -> Cow<'_, str> {
    let punctuation = |c: char| "()[]{}<>,.;:\"'".contains(c);
    // Marks of masked secrets stay.
    if word.contains("<masked:") {
        return Cow::Borrowed(word);
    }
    let core = word.trim_matches(punctuation);
    let before = word.len() - word.trim_start_matches(punctuation).len();
    let kind = if core.contains("://") {
        "<url>"
    } else if !core.contains(|c: char| c.is_ascii_digit()) {
        return Cow::Borrowed(word);
    } else if core.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b',' | b'%' | b'-' | b'+')) && core.matches('.').count() < 3 {
        "<number>"
    } else if core.parse::<std::net::IpAddr>().is_ok() || core.matches('.').count() == 3 && core.bytes().all(|b| !b.is_ascii_alphabetic()) {
        "<address>"
    } else {
        "<id>"
    };
    let after = word.get(before + core.len()..).unwrap_or("");
    Cow::Owned(format!("{}{kind}{after}", word.get(..before).unwrap_or("")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_varies_is_replaced() {
        for (line, expected) in [
            (
                "000123: .Aug 23 2021 09:19:43.486 UTC: %SMART_LIC-3-OUT_OF_COMPLIANCE: One or more entitlements are out of compliance, 12 of them",
                "%SMART_LIC-3-OUT_OF_COMPLIANCE: One or more entitlements are out of compliance, <number> of them",
            ),
            (
                "Aug 23 09:19:45 10.1.1.1 45: *Aug 23 09:19:43.486: %SMART_LIC-3-X: \"regid.2014-05.com\" at https://a.example/x?y=1: 10.1.2.3:443, id 9f3c-77 (udi PID:C9300,SN:F1)",
                "%SMART_LIC-3-X: \"<text>\" at <url>: <address>, id <id> (udi <id>)",
            ),
            ("%SMART_LIC-3-X: 1 2 3, don't panic", "%SMART_LIC-3-X: <number> <number>, don't panic"),
            ("%SMART_LIC-3-X: token <masked:token> refused", "%SMART_LIC-3-X: token <masked:token> refused"),
            (
                "2025-06-30T21:53:48.354-04:00 exp1 Smartlicenseagent: Level=\"ERROR\" Detail=\"poll 17 failed\" UTCTime=\"2025-07-01 01:53:48,353\"",
                "Smartlicenseagent Level=ERROR Detail=poll <number> failed",
            ),
        ] {
            assert_eq!(of(line).as_deref(), Some(expected), "{line}");
        }
        assert_eq!(of("license smart transport smart"), None);
        assert_eq!(of("Last Response: OK"), None);
    }
}

//! Masks secrets in a line before it becomes evidence, so that no renderer ever holds one. The value goes, to its end;
//! the words around it stay, so that the reader sees what it was. In doubt a value is masked.
//!
//! Looks at one line at a time: a secret that goes on over several lines (the body of a PEM block) is for the caller,
//! who should not quote from between such markers at all. What is needed for the remedy stays: serial numbers, UDI,
//! instance and polling ids, names of trust points, certificate subjects. The grammars are those of IOS, IOS-XE, NX-OS,
//! IOS XR and ASA configurations, HTTP and SIP headers, the NSS key log format, JSON and XML.

mod classes;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use regex::Captures;

use classes::CLASSES;

use crate::rules::library::Pattern;

/// How often a line is looked at again after something was masked in it. One more look is the rule; each look
/// masks text that was not masked before, so this only bounds the work on lines made to be difficult.
const LOOKS: usize = 8;

/// All patterns, compiled at first use. Make one and share it.
#[derive(Debug)]
pub struct Masker {
    /// Words without which no class can match; clean lines are settled here.
    gate: AhoCorasick,
    /// For every word of the gate the classes it opens, one bit each.
    opens: Vec<u64>,
    secrets: Vec<Secret>,
    mark: Pattern,
}

#[derive(Debug)]
struct Secret {
    pattern: Pattern,
    class: &'static str,
    keep: fn(&str) -> bool,
}

impl Default for Masker {
    fn default() -> Self {
        Self::new()
    }
}

impl Masker {
    /// Makes the gate.
    #[expect(clippy::expect_used, reason = "the words are constants")]
    pub fn new() -> Self {
        let mut words: Vec<&str> = Vec::new();
        let mut opens: Vec<u64> = Vec::new();
        let mut secrets = Vec::new();
        for (bit, class) in CLASSES.iter().enumerate() {
            for word in class.words {
                let at = words.iter().position(|known| known == word).unwrap_or_else(|| {
                    words.push(word);
                    opens.push(0);
                    words.len() - 1
                });
                if let Some(open) = opens.get_mut(at) {
                    *open |= 1 << bit;
                }
            }
            let pattern = Pattern::new(classes::spelled_out(class.pattern));
            secrets.push(Secret { pattern, class: class.name, keep: class.keep });
        }
        // A DFA would search faster, but takes longer to make than most cases take to mask.
        let kind = Some(AhoCorasickKind::ContiguousNFA);
        let gate = AhoCorasick::builder().ascii_case_insensitive(true).kind(kind).build(&words).expect("a few short words");
        Self { gate, opens, secrets, mark: Pattern::new("<masked:[a-z0-9-]+>".to_owned()) }
    }

    /// The line with every secret replaced by `<masked:class>`. A line without one comes back as it is. Masking a masked
    /// line changes nothing.
    pub fn mask<'a>(&self, line: &'a str) -> Cow<'a, str> {
        let Some(mut masked) = self.look(line) else { return Cow::Borrowed(line) };
        for _ in 1..LOOKS {
            match self.look(&masked) {
                Some(more) => masked = more,
                None => break,
            }
        }
        Cow::Owned(masked)
    }

    /// One look at the line; `None` if nothing is to be masked.
    fn look(&self, line: &str) -> Option<String> {
        let mut open = 0u64;
        for hit in self.gate.find_overlapping_iter(line) {
            open |= self.opens.get(hit.pattern().as_usize()).copied().unwrap_or(0);
        }
        if open == 0 {
            return None;
        }
        let marks: Vec<Range<usize>> = self.mark.regex().iter().flat_map(|mark| mark.find_iter(line)).map(|mark| mark.range()).collect();
        let mut found: Vec<(Range<usize>, &'static str)> = Vec::new();
        for (bit, secret) in self.secrets.iter().enumerate() {
            if open & (1 << bit) != 0 {
                for groups in secret.pattern.regex().iter().flat_map(|regex| regex.captures_iter(line)) {
                    found.extend(values(line, &groups, secret, &marks).map(|value| (value, secret.class)));
                }
            }
        }
        if found.is_empty() { None } else { Some(replaced(line, found)) }
    }
}

/// The values of a match that are secrets.
fn values<'m>(
    line: &'m str,
    found: &'m Captures<'_>,
    secret: &'m Secret,
    marks: &'m [Range<usize>],
) -> impl Iterator<Item = Range<usize>> + 'm {
    let start = found.get(0).map_or(0, |all| all.start());
    // The words of a mark are not the keyword of anything.
    let mark_at = move |at: usize| {
        // Marks stand in order: the first that ends behind the place is the only one that can hold it.
        marks.get(marks.partition_point(|mark| mark.end <= at)).filter(|mark| mark.contains(&at))
    };
    found.iter().skip(1).flatten().filter_map(move |value| {
        let mut range = value.range();
        let text = line.get(range.clone())?.trim_end();
        range.end = range.start + text.len();
        if mark_at(start).is_some() || mark_at(range.start).is_some() || classes::is_placeholder(text) || (secret.keep)(text) {
            return None;
        }
        // Half a mark helps nobody.
        if let Some(mark) = mark_at(range.end).filter(|mark| mark.start < range.end) {
            range.end = mark.end;
        }
        Some(range)
    })
}

/// Overlapping values become one, named after the one that starts first.
fn replaced(line: &str, mut secrets: Vec<(Range<usize>, &'static str)>) -> String {
    secrets.sort_by_key(|(range, _)| (range.start, usize::MAX - range.end));
    let mut merged: Vec<(Range<usize>, &'static str)> = Vec::with_capacity(secrets.len());
    for (range, class) in secrets {
        match merged.last_mut() {
            Some((last, _)) if range.start < last.end => last.end = last.end.max(range.end),
            _ => merged.push((range, class)),
        }
    }
    let mut text = String::with_capacity(line.len());
    let mut at = 0;
    for (range, class) in merged {
        text.push_str(line.get(at..range.start).unwrap_or_default());
        text.push_str("<masked:");
        text.push_str(class);
        text.push('>');
        at = range.end;
    }
    text.push_str(line.get(at..).unwrap_or_default());
    text
}

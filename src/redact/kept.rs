//! What is never replaced: public names and common words of `kept.txt`, and whatever the rules look for. A diagnosis
//! that hangs on a name or an address can only be the same if those stay.

use std::collections::HashSet;
use std::net::IpAddr;

use regex::Regex;

use crate::rules::check::Check;
use crate::rules::library::{Library, Matcher};
use crate::rules::text::Text;

const LIST: &str = include_str!("kept.txt");

/// Names, words and addresses that stay.
#[derive(Debug, Default)]
pub(super) struct Kept {
    domains: Vec<String>,
    tops: HashSet<String>,
    names: HashSet<String>,
    accounts: HashSet<String>,
    titles: HashSet<String>,
    /// Words of the rules' patterns.
    words: HashSet<String>,
    /// Those of them that stand for names of hosts: a part of a name may be one.
    parts: HashSet<String>,
    /// Addresses that rules name.
    pub(super) addresses: Vec<IpAddr>,
}

impl Kept {
    /// The list, and what the rules look for.
    #[expect(clippy::expect_used, reason = "constant patterns")]
    pub(super) fn of(library: &Library) -> Self {
        let mut kept = Self::listed();
        let host = Regex::new(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+").expect("constant");
        let word = Regex::new(r"[A-Za-z0-9]+(?:[_-][A-Za-z0-9]+)*").expect("constant");
        for text in host_texts(library) {
            let text = plain(&text).to_ascii_lowercase();
            let parts = text.split(|c: char| !c.is_ascii_alphabetic()).filter(|part| part.len() > 2 && !kept.is_top(part));
            let parts: Vec<String> = parts.map(str::to_owned).collect();
            kept.parts.extend(parts);
        }
        for text in texts(library) {
            let text = plain(&text);
            for found in host.find_iter(&text) {
                if let Ok(address) = found.as_str().parse() {
                    kept.addresses.push(address);
                } else if kept.is_name(found.as_str()) {
                    kept.domains.push(found.as_str().to_ascii_lowercase());
                }
            }
            for found in word.find_iter(&text) {
                let found = found.as_str().to_ascii_lowercase();
                for part in found.split(['_', '-']).chain([found.as_str()]) {
                    if part.len() > 2 && part.bytes().any(|byte| byte.is_ascii_alphabetic()) {
                        kept.words.insert(part.to_owned());
                    }
                }
            }
        }
        kept.addresses.sort_unstable();
        kept.addresses.dedup();
        kept.domains.sort_unstable();
        kept.domains.dedup();
        kept
    }

    /// The list alone.
    pub(super) fn listed() -> Self {
        let mut kept = Self::default();
        let mut heading = "";
        for line in LIST.lines().map(str::trim).filter(|line| !line.starts_with('#')) {
            if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                heading = name;
                continue;
            }
            let words = line.split_whitespace().map(str::to_owned);
            match heading {
                "domains" => kept.domains.extend(words),
                "tops" => kept.tops.extend(words),
                "names" => kept.names.extend(words),
                "accounts" => kept.accounts.extend(words),
                _ => kept.titles.extend(words),
            }
        }
        kept
    }

    /// Whether a dotted word ends as names of hosts do.
    pub(super) fn is_name(&self, dotted: &str) -> bool {
        dotted.rsplit('.').next().is_some_and(|last| self.tops.contains(&last.to_ascii_lowercase()))
    }

    /// Whether a last label is a public one.
    pub(super) fn is_top(&self, label: &str) -> bool {
        self.tops.contains(label)
    }

    /// Whether a label, in lower case, is nobody's, or a word that rules look for.
    pub(super) fn is_common(&self, label: &str) -> bool {
        self.names.contains(label) || self.words.contains(label)
    }

    /// Whether a part of a label, in lower case, is what rules look for in names: `ssm` of `ssm-01`, of `ssm2`.
    pub(super) fn is_part(&self, part: &str) -> bool {
        self.parts.contains(part.trim_end_matches(|c: char| c.is_ascii_digit()))
    }

    /// Whether an account, in lower case, is everybody's.
    pub(super) fn is_account(&self, name: &str) -> bool {
        self.accounts.contains(name) || self.words.contains(name)
    }

    /// Whether a word of a distinguished name, in lower case, is that of a kind or of a known maker.
    pub(super) fn is_title(&self, word: &str) -> bool {
        self.titles.contains(word) || self.is_common(word)
    }

    /// How many labels, from the first on, belong to a public name; what follows is a search domain that somebody's resolver appended.
    pub(super) fn public(&self, labels: &[String]) -> usize {
        let mut most = 0;
        for domain in &self.domains {
            let width = domain.split('.').count();
            let ends = (width..=labels.len())
                .filter(|end| labels.get(end - width..*end).is_some_and(|run| run.iter().map(String::as_str).eq(domain.split('.'))));
            most = most.max(ends.max().unwrap_or(0));
        }
        most
    }
}

/// The literal text of a pattern, near enough for words: classes become blanks, escaped marks themselves.
fn plain(pattern: &str) -> String {
    let mut text = String::with_capacity(pattern.len());
    let mut characters = pattern.chars();
    while let Some(c) = characters.next() {
        match c {
            '\\' => match characters.next() {
                Some(escaped) if escaped.is_ascii_alphanumeric() => text.push(' '),
                Some(escaped) => text.push(escaped),
                None => {}
            },
            _ => text.push(c),
        }
    }
    text
}

/// What rules ask of the names in a capture.
fn host_texts(library: &Library) -> Vec<String> {
    fn fields(signal: &Matcher) -> &[(Text, Check)] {
        match signal {
            Matcher::Event { with, .. } => with,
            _ => &[],
        }
    }
    let asked = library
        .signals
        .iter()
        .flat_map(|signal| fields(&signal.matcher))
        .filter(|(field, _)| matches!(field.as_str(), "name" | "host" | "sni" | "suffix_of") || field.starts_with("server_"));
    asked.flat_map(|(_, is)| is.matches.iter().map(|pattern| pattern.as_str().to_owned())).collect()
}

fn texts(library: &Library) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    let check = |texts: &mut Vec<String>, check: &Check| {
        texts.extend(check.one_of.iter().cloned().map(String::from));
        texts.extend(check.matches.iter().chain(&check.lacks).map(|pattern| pattern.as_str().to_owned()));
        texts.extend(check.hosts.iter().filter_map(|hosts| hosts.otherwise.as_ref()).map(|pattern| pattern.as_str().to_owned()));
    };
    for signal in &library.signals {
        match &signal.matcher {
            Matcher::Text { pattern, .. } | Matcher::Absent { pattern, .. } => texts.push(pattern.as_str().to_owned()),
            Matcher::Event { with, .. } => with.iter().for_each(|(_, is)| check(&mut texts, is)),
            Matcher::Fact { is, .. } => check(&mut texts, is),
        }
    }
    for section in &library.sections {
        texts.extend(section.commands.iter().map(|(_, pattern)| pattern.as_str().to_owned()));
        texts.extend(section.openings.iter().map(|opening| opening.text.clone().into()));
    }
    for extract in &library.extracts {
        texts.push(extract.pattern.as_str().to_owned());
        texts.extend(extract.block.iter().chain(&extract.named_by).map(|pattern| pattern.as_str().to_owned()));
        texts.extend(extract.map.keys().cloned().map(String::from));
    }
    texts.extend(library.records.iter().chain(&library.licensing).cloned().map(String::from));
    texts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::embedded;

    #[test]
    fn what_rules_look_for_is_found_in_their_patterns() {
        let kept = Kept::of(&embedded::library().unwrap());
        let labels = |name: &str| name.split('.').map(str::to_owned).collect::<Vec<_>>();
        for (name, public) in [
            ("smartreceiver.cisco.com", 3),
            ("tools.cisco.com.acme.local", 3),
            ("sw1.acme.com", 0),
            ("cisco.com.acme.com", 2),
            ("www.identrust.com", 3),
        ] {
            assert_eq!(kept.public(&labels(name)), public, "{name}");
        }
        assert!(kept.addresses.contains(&"72.163.4.38".parse().unwrap()));
        assert!(kept.is_common("cslu-local"));
        assert!(!kept.is_common("sw-acc-07") && !kept.is_common("acme"));
        assert!(kept.is_part("ssm") && kept.is_part("cslu2") && !kept.is_part("acme") && !kept.is_part("com"));
        assert_eq!(plain(r"\bUnable to\s+resolve tools\.cisco\.com\b"), " Unable to +resolve tools.cisco.com ");
    }
}

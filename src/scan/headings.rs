//! The heading path inside a section: `Transport/Proxy` for a line below `Proxy:` below `Transport:`.
//!
//! Indentation tells what is below what, but real outputs lose it (Expressway prints the licence block flush left),
//! so a heading at the same or a smaller depth replaces the ones it is not below. A configuration has no colons: there
//! every line is the heading of those that stand deeper below it.

use crate::rules::model::Nested;

/// The headings above the current line.
#[derive(Debug, Default)]
pub(super) struct Headings {
    nested: Nested,
    stack: Vec<(usize, String)>,
    previous: String,
    /// Indentation of the previous line.
    depth: usize,
}

/// Deeper nesting than any known output; more is not followed.
const DEPTH: usize = 16;

impl Headings {
    pub(super) fn new(nested: Nested) -> Self {
        Self { nested, ..Self::default() }
    }

    /// Takes the next line.
    pub(super) fn line(&mut self, line: &str) {
        let text = line.trim();
        let depth = line.len() - line.trim_start().len();
        if self.nested == Nested::Indent {
            self.below(depth, text);
            return;
        }
        if is_underline(text) && !self.previous.is_empty() {
            let title = self.previous.trim_end_matches(':').trim().to_owned();
            self.stack.clear();
            self.push(0, title);
        } else if let Some(name) = element(text) {
            self.stack.clear();
            self.push(0, name.to_owned());
        } else if text == "*s/end" {
            self.stack.clear();
        } else if let Some(name) = heading(text) {
            // A title's own blocks stand at depth 0 too, hence one deeper than the title.
            self.push(depth + 1, name.to_owned());
        } else if let Some((name, _)) = glued(text) {
            self.push(depth + 1, name.to_owned());
            self.previous.clear();
            return;
        }
        self.previous.clear();
        self.previous.push_str(text);
    }

    /// Takes whole lines of a configuration that nobody looks at: the last, and those that stand above it, are found from the
    /// end, which is near.
    pub(super) fn passed(&mut self, lines: &[u8]) {
        let mut above: Vec<(usize, String)> = Vec::new();
        for line in lines.rsplit(|byte| *byte == b'\n') {
            let line = String::from_utf8_lossy(line);
            let text = line.trim();
            let depth = line.len() - line.trim_start().len();
            if !text.is_empty() && above.last().is_none_or(|(below, _)| depth < *below) {
                above.push((depth, text.to_owned()));
                if depth == 0 {
                    break;
                }
            }
        }
        for (depth, text) in above.into_iter().rev() {
            self.below(depth, &text);
        }
    }

    /// A line of a configuration, which is a heading only for what follows.
    fn below(&mut self, depth: usize, text: &str) {
        if text.is_empty() {
            return;
        }
        if depth > self.depth && !self.previous.is_empty() {
            let above = std::mem::take(&mut self.previous);
            self.push(self.depth, above);
        } else {
            self.pop(depth);
        }
        self.previous.clear();
        self.previous.push_str(text);
        self.depth = depth;
    }

    /// The names from the outermost heading to the innermost, joined with `/`.
    pub(super) fn path(&self) -> String {
        self.stack.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join("/")
    }

    fn push(&mut self, depth: usize, name: String) {
        self.pop(depth);
        if self.stack.len() < DEPTH {
            self.stack.push((depth, name));
        }
    }

    /// Leaves what a line of this depth is not below.
    fn pop(&mut self, depth: usize) {
        while self.stack.last().is_some_and(|(above, _)| *above >= depth) {
            self.stack.pop();
        }
    }
}

/// What is to be read on a line: the line without blanks around, or its rest where a heading and its first value share one line
/// (`Registration:Status: REGISTERED`).
pub(super) fn content(nested: Nested, line: &str) -> &str {
    let text = line.trim();
    match nested {
        Nested::Indent => text,
        Nested::Colon => glued(text).map_or(text, |(_, rest)| rest),
    }
}

fn is_underline(text: &str) -> bool {
    text.len() >= 3 && (text.bytes().all(|byte| byte == b'=') || text.bytes().all(|byte| byte == b'-'))
}

/// `*s SystemUnit: /`, `*s Alarm 1: /`: an element of Expressway's status, without its number.
fn element(text: &str) -> Option<&str> {
    let name = text.strip_prefix("*s ")?.strip_suffix('/')?.trim_end().trim_end_matches(':');
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end();
    (!name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b' ')).then_some(name)
}

fn heading(text: &str) -> Option<&str> {
    let name = text.strip_suffix(':')?.trim_end();
    // `(PACKAGE):` of NX-OS.
    let starts = |c: char| c.is_ascii_alphanumeric() || c == '(';
    (name.len() <= 80 && !name.contains(':') && name.starts_with(starts)).then_some(name)
}

/// `Registration:Status: X`: a heading with its first key, no blank between.
fn glued(text: &str) -> Option<(&str, &str)> {
    let (name, rest) = text.split_once(':')?;
    let (key, _) = rest.split_once(": ")?;
    let word = |s: &str| !s.is_empty() && s.len() <= 40 && s.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b' ');
    (word(name) && word(key) && !rest.starts_with(' ')).then_some((name, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(&str, &str)]) {
        let mut headings = Headings::default();
        let found: Vec<(String, String)> = text
            .lines()
            .map(|line| {
                headings.line(line);
                (content(Nested::Colon, line).to_owned(), headings.path())
            })
            .filter(|(line, _)| line.contains(": "))
            .collect();
        let found: Vec<(&str, &str)> = found.iter().map(|(line, path)| (path.as_str(), line.as_str())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_configuration_nests_by_indentation() {
        let text = "crypto pki trustpoint SLA-TrustPoint\n enrollment pkcs12\n revocation-check crl\n!\ncall-home\n profile \"CiscoTAC-1\"\n  active\n  no reporting x\n contact me\nend";
        let mut headings = Headings::new(Nested::Indent);
        let found: Vec<(&str, String)> = text
            .lines()
            .map(|line| {
                headings.line(line);
                (content(Nested::Indent, line), headings.path())
            })
            .collect();
        let found: Vec<(&str, &str)> = found.iter().map(|(line, path)| (*line, path.as_str())).collect();
        let expected = [
            ("crypto pki trustpoint SLA-TrustPoint", ""),
            ("enrollment pkcs12", "crypto pki trustpoint SLA-TrustPoint"),
            ("revocation-check crl", "crypto pki trustpoint SLA-TrustPoint"),
            ("!", ""),
            ("call-home", ""),
            ("profile \"CiscoTAC-1\"", "call-home"),
            ("active", "call-home/profile \"CiscoTAC-1\""),
            ("no reporting x", "call-home/profile \"CiscoTAC-1\""),
            ("contact me", "call-home"),
            ("end", ""),
        ];
        assert_eq!(found, expected);
    }

    proptest::proptest! {
        #[test]
        fn lines_that_were_passed_over_are_headings_too(depths in proptest::collection::vec((0..20usize, 0..4u8), 1..80), every in 1..9usize) {
            let line = |(at, (depth, kind)): (usize, &(usize, u8))| if *kind == 0 { " ".repeat(*depth) } else { format!("{}{at}", " ".repeat(*depth)) };
            let lines: Vec<String> = depths.iter().enumerate().map(line).collect();
            let (mut each, mut some) = (Headings::new(Nested::Indent), Headings::new(Nested::Indent));
            for lines in lines.chunks(every) {
                lines.iter().for_each(|line| each.line(line));
                let (last, passed) = lines.split_last().unwrap();
                some.passed(passed.iter().flat_map(|line| [line.as_str(), "\n"]).collect::<String>().as_bytes());
                some.line(last);
                proptest::prop_assert_eq!(each.path(), some.path());
            }
        }
    }

    #[test]
    fn indented_flush_and_glued_blocks() {
        check(
            "Transport:\n  Type: cslu\n  Proxy:\n    Address: <empty>\n  VRF: <empty>\nPolicy:\n  Policy in use: x\n",
            &[
                ("Transport", "Type: cslu"),
                ("Transport/Proxy", "Address: <empty>"),
                ("Transport/Proxy", "VRF: <empty>"),
                ("Policy", "Policy in use: x"),
            ],
        );
        check(
            "Registration:\nStatus: REGISTERED\nTransport:\nType: Smart\n",
            &[("Registration", "Status: REGISTERED"), ("Transport", "Type: Smart")],
        );
        check(
            "*s SystemUnit: /\n  Name: \"exp1\"\n  Software:\n    Name: \"s42700\"\n*s/end\n*s Cluster 1: /\n  Peer 1:\n    Address: \"10.1.1.1\"\n*s/end\nStatus: x",
            &[
                ("SystemUnit", "*s SystemUnit: /"),
                ("SystemUnit", "Name: \"exp1\""),
                ("SystemUnit/Software", "Name: \"s42700\""),
                ("Cluster", "*s Cluster 1: /"),
                ("Cluster/Peer 1", "Address: \"10.1.1.1\""),
                ("", "Status: x"),
            ],
        );
        check("Registration:Status: REGISTERED\n", &[("Registration", "Status: REGISTERED")]);
        check(
            "Communication Statistics:\n=======================\nOverall State: <empty>\nResult Polling:\n  Last Response: OK\n",
            &[("Communication Statistics", "Overall State: <empty>"), ("Communication Statistics/Result Polling", "Last Response: OK")],
        );
    }
}

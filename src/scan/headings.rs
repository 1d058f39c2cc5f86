//! The heading path inside a section: `Transport/Proxy` for a line below `Proxy:` below `Transport:`.
//!
//! Indentation tells what is below what, but real outputs lose it (Expressway prints the licence block flush left),
//! so a heading at the same or a smaller depth replaces the ones it is not below. A configuration has no colons: there
//! every line is the heading of those that stand deeper below it.

use crate::rules::model::Nested;

/// The path at the current line.
#[derive(Debug, Default)]
pub(super) struct Headings {
    nested: Nested,
    stack: Vec<(usize, String)>,
    path: String,
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

    /// Takes the next line and returns what is to be read on it: the line without blanks around, or its rest where
    /// a heading and its first value share one line (`Registration:Status: REGISTERED`).
    pub(super) fn line<'a>(&mut self, line: &'a str) -> &'a str {
        let text = line.trim();
        let depth = line.len() - line.trim_start().len();
        if self.nested == Nested::Indent {
            // The line itself is a heading only for what follows.
            if !text.is_empty() {
                let above = std::mem::replace(&mut self.previous, text.to_owned());
                let above_depth = std::mem::replace(&mut self.depth, depth);
                if depth > above_depth && !above.is_empty() {
                    self.push(above_depth, above);
                } else {
                    self.pop(depth);
                }
            }
            return text;
        }
        if is_underline(text) && !self.previous.is_empty() {
            let title = self.previous.trim_end_matches(':').trim().to_owned();
            self.stack.clear();
            self.push(0, title);
        } else if let Some(name) = heading(text) {
            // A title's own blocks stand at depth 0 too, hence one deeper than the title.
            self.push(depth + 1, name.to_owned());
        } else if let Some((name, rest)) = glued(text) {
            self.push(depth + 1, name.to_owned());
            self.previous.clear();
            return rest;
        }
        self.previous.clear();
        self.previous.push_str(text);
        text
    }

    /// The names from the outermost heading to the innermost, joined with `/`.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    fn push(&mut self, depth: usize, name: String) {
        self.pop(depth);
        if self.stack.len() < DEPTH {
            self.stack.push((depth, name));
        }
        self.join();
    }

    /// Leaves what a line of this depth is not below.
    fn pop(&mut self, depth: usize) {
        let known = self.stack.len();
        while self.stack.last().is_some_and(|(above, _)| *above >= depth) {
            self.stack.pop();
        }
        if self.stack.len() < known {
            self.join();
        }
    }

    fn join(&mut self) {
        self.path = self.stack.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join("/");
    }
}

fn is_underline(text: &str) -> bool {
    text.len() >= 3 && (text.bytes().all(|byte| byte == b'=') || text.bytes().all(|byte| byte == b'-'))
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
            .map(|line| (headings.line(line).to_owned(), headings.path().to_owned()))
            .filter(|(line, _)| line.contains(": "))
            .collect();
        let found: Vec<(&str, &str)> = found.iter().map(|(line, path)| (path.as_str(), line.as_str())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_configuration_nests_by_indentation() {
        let text = "crypto pki trustpoint SLA-TrustPoint\n enrollment pkcs12\n revocation-check crl\n!\ncall-home\n profile \"CiscoTAC-1\"\n  active\n  no reporting x\n contact me\nend";
        let mut headings = Headings::new(Nested::Indent);
        let found: Vec<(&str, String)> = text.lines().map(|line| (headings.line(line), headings.path().to_owned())).collect();
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
        check("Registration:Status: REGISTERED\n", &[("Registration", "Status: REGISTERED")]);
        check(
            "Communication Statistics:\n=======================\nOverall State: <empty>\nResult Polling:\n  Last Response: OK\n",
            &[("Communication Statistics", "Overall State: <empty>"), ("Communication Statistics/Result Polling", "Last Response: OK")],
        );
    }
}

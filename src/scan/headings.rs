//! The heading path inside a section: `Transport/Proxy` for a line below `Proxy:` below `Transport:`.
//!
//! Indentation tells what is below what, but real outputs lose it (Expressway prints the licence block flush left),
//! so a heading at the same or a smaller depth replaces the ones it is not below.

/// The path at the current line.
#[derive(Debug, Default)]
pub(super) struct Headings {
    stack: Vec<(usize, String)>,
    path: String,
    previous: String,
}

/// Deeper nesting than any known output; more is not followed.
const DEPTH: usize = 16;

impl Headings {
    /// Takes the next line and returns what is to be read on it: the line without blanks around, or its rest where
    /// a heading and its first value share one line (`Registration:Status: REGISTERED`).
    pub(super) fn line<'a>(&mut self, line: &'a str) -> &'a str {
        let text = line.trim();
        let depth = line.len() - line.trim_start().len();
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
        while self.stack.last().is_some_and(|(above, _)| *above >= depth) {
            self.stack.pop();
        }
        if self.stack.len() < DEPTH {
            self.stack.push((depth, name));
        }
        self.path = self.stack.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join("/");
    }
}

fn is_underline(text: &str) -> bool {
    text.len() >= 3 && (text.bytes().all(|byte| byte == b'=') || text.bytes().all(|byte| byte == b'-'))
}

fn heading(text: &str) -> Option<&str> {
    let name = text.strip_suffix(':')?.trim_end();
    (name.len() <= 80 && !name.contains(':') && name.starts_with(|c: char| c.is_ascii_alphanumeric())).then_some(name)
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

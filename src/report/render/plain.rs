//! The last look at text on its way out: nothing in it acts on a terminal or on a build server that reads the log.

use std::borrow::Cow;

use crate::intake::escape;

/// Text without anything that could act on a terminal, hide or reorder, on one line. Evidence is escaped when it is made;
/// this is for what slipped through and for rule texts, whose line breaks become blanks.
pub(super) fn printable(text: &str) -> Cow<'_, str> {
    if !text.contains(escape::is_unsafe) {
        return Cow::Borrowed(text);
    }
    let joined = text.trim_end().replace(['\n', '\r'], " ");
    Cow::Owned(escape::visible(joined.as_bytes()))
}

/// What build servers read as commands wherever it stands in a line of their log.
pub(super) const COMMANDS: [&str; 3] = ["##[", "##vso[", "##teamcity["];

/// Takes the sense out of what build servers read as commands in a log: `##[…]` anywhere, `::…` at the start.
pub(super) fn tame(text: &str, at_start: bool) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(text);
    for command in COMMANDS {
        if text.contains(command) {
            text = Cow::Owned(text.replace(command, &format!("{}\\[", command.trim_end_matches('['))));
        }
    }
    if at_start && text.trim_start().starts_with("::") {
        text = Cow::Owned(text.replacen("::", "\\::", 1));
    }
    text
}

/// A line as it may stand in the log of a build server and on a terminal.
pub fn log_line(text: &str) -> String {
    tame(&printable(text), true).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_without_surprises() {
        for (text, expected) in [
            ("plain", "plain"),
            ("two\nlines\n", "two lines"),
            ("\x1b[2Jx", "\\x1b[2Jx"),
            ("a\u{202e}b", "a\\u{202e}b"),
            ("ライセンス", "ライセンス"),
        ] {
            assert_eq!(printable(text), expected);
        }
    }

    #[test]
    fn commands_of_build_servers_are_only_text() {
        for (text, expected) in [
            ("::error::x", "\\::error::x"),
            ("  ::error::x", "  \\::error::x"),
            ("a::b", "a::b"),
            ("x ##[group]y ##vso[z ##teamcity[", "x ##\\[group]y ##vso\\[z ##teamcity\\["),
        ] {
            assert_eq!(tame(text, true), expected);
        }
        assert_eq!(tame("::x", false), "::x");
    }
}

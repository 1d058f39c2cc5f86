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

/// Replaces the brackets of what build servers read as commands wherever it stands in a line of their log: `##[`, `##vso[`,
/// `##teamcity[`, in any case.
pub(super) fn with_brackets<'t>(text: &'t str, replacement: &str) -> Cow<'t, str> {
    if !text.contains("##") {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    let mut from = 0;
    for at in text.match_indices('[').map(|(at, _)| at).filter(|at| begins_command(text.as_bytes().get(..*at).unwrap_or_default())) {
        out.push_str(text.get(from..at).unwrap_or_default());
        out.push_str(replacement);
        from = at + 1;
    }
    if from == 0 { Cow::Borrowed(text) } else { Cow::Owned(out + text.get(from..).unwrap_or_default()) }
}

/// Whether a bracket behind this would make it a command.
pub(super) fn begins_command(before: &[u8]) -> bool {
    ["##", "##vso", "##teamcity"].iter().any(|name| {
        let end = before.len().checked_sub(name.len()).and_then(|from| before.get(from..));
        end.is_some_and(|end| end.eq_ignore_ascii_case(name.as_bytes()))
    })
}

/// Takes the sense out of what build servers read as commands in a log: `##[…]` anywhere, `::…` at the start.
pub(super) fn tame(text: &str, at_start: bool) -> Cow<'_, str> {
    let mut text = with_brackets(text, "\\[");
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
            ("x ##[group]y ##VSO[z ##teamcity[", "x ##\\[group]y ##VSO\\[z ##teamcity\\["),
            ("###[a] b[c] ##[", "###\\[a] b[c] ##\\["),
        ] {
            assert_eq!(tame(text, true), expected);
        }
        assert_eq!(tame("::x", false), "::x");
    }
}

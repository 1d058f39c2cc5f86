//! Text as GitHub flavoured Markdown: what is not ours stands in code, what is ours means only itself.

use crate::report::render::plain::{printable, tame};
use crate::report::render::steps::{LineKind, is_typed, lines_of};
use crate::rules::translation::Words;

/// Text of the program or of rules, on one line. Code between single backticks stays code; everything else means only
/// itself, and neither names nor addresses become links or mentions.
pub(in crate::report::render) fn prose(text: &str) -> String {
    inline(text, false, code)
}

/// The same for the cell of a table.
pub(in crate::report::render) fn prose_cell(text: &str) -> String {
    inline(text, false, code_cell)
}

/// The same for advice of rules, whose addresses are there to be followed.
pub(in crate::report::render) fn advice(text: &str) -> String {
    inline(text, true, code)
}

fn inline(text: &str, links: bool, code: fn(&str) -> String) -> String {
    let text = printable(text);
    let text = tame(text.trim(), true);
    let parts: Vec<&str> = text.split('`').collect();
    // With an odd backtick out, all are only backticks.
    let parts = if parts.len() % 2 == 1 { parts } else { vec![text.as_ref()] };
    let mut out = String::new();
    for (n, part) in parts.into_iter().enumerate() {
        match n % 2 == 1 {
            true if part.trim().is_empty() => escape(&format!("`{part}`"), links, &mut out),
            true => out.push_str(&code(part)),
            false => escape(part, links, &mut out),
        }
    }
    out
}

/// What parts the halves of a mention or an address, which GitHub looks for after the Markdown was read.
const APART: &str = "<!-- -->";

/// Writes text with backslashes before what Markdown reads.
fn escape(text: &str, links: bool, out: &mut String) {
    let mut before: Option<char> = None;
    for (at, c) in text.char_indices() {
        let after = text.get(at + c.len_utf8()..).unwrap_or_default();
        let word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let (word_before, word_after) = (word(before), word(after.chars().next()));
        let blank_after = after.chars().next().is_none_or(char::is_whitespace);
        let number_before = !out.is_empty() && out.bytes().all(|byte| byte.is_ascii_digit());
        let means_something = match c {
            '\\' | '`' | '*' | '[' | ']' | '<' | '>' | '|' | '~' | '$' | '&' | '#' => true,
            '_' => !(word_before && word_after),
            '+' | '-' | '=' | ':' => out.is_empty(),
            '.' | ')' => number_before && blank_after,
            _ => false,
        };
        if c == '.' && !links && out.get(out.len().saturating_sub(3)..).is_some_and(|end| end.eq_ignore_ascii_case("www")) {
            out.push_str(APART);
        }
        if means_something {
            out.push('\\');
        }
        out.push(c);
        if (matches!(c, '@' | '#') && word_after) || (c == ':' && !links && after.starts_with("//")) {
            out.push_str(APART);
        }
        before = Some(c);
    }
}

/// Text as it stands in the case, on one line, as code.
pub(in crate::report::render) fn code(text: &str) -> String {
    let text = printable(text);
    if text.trim().is_empty() {
        return "(empty)".to_owned();
    }
    let text = tame(&text, false);
    let marks = "`".repeat(longest_run(&text) + 1);
    // One blank each side is taken off again where there is one each side.
    let padded = text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']);
    if padded { format!("{marks} {text} {marks}") } else { format!("{marks}{text}{marks}") }
}

/// The same for the cell of a table, where a backslash and a bar mean something even in code.
pub(in crate::report::render) fn code_cell(text: &str) -> String {
    let text = printable(text);
    if !text.contains(['|', '\\', '`']) || text.trim().is_empty() {
        return code(&text);
    }
    let text = tame(&text, false);
    let escaped: String = text
        .chars()
        .map(|c| if c.is_ascii_punctuation() && !matches!(c, ',' | '/' | '-') { format!("&#{};", c as u32) } else { c.to_string() })
        .collect();
    format!("<code>{escaped}</code>")
}

/// Lines that are to be read or copied as they stand. `indent` is that of the list item they belong to.
pub(in crate::report::render) fn fence<'a>(lines: impl IntoIterator<Item = &'a str>, indent: usize) -> String {
    let lines: Vec<String> = lines.into_iter().map(|line| tame(printable(line).trim_end(), true).into_owned()).collect();
    let longest = lines.iter().map(|line| longest_run(line)).max().unwrap_or(0);
    let marks = "`".repeat(longest.max(2) + 1);
    let blanks = " ".repeat(indent);
    let body: String = lines.iter().map(|line| format!("{blanks}{line}\n")).collect();
    format!("{blanks}{marks}text\n{body}{blanks}{marks}\n")
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// What to collect: commands in a block to be copied, the rest as a list, in words.
pub(super) fn asked<'t, I: Iterator<Item = &'t str>>(words: Words<'_>, lines: impl Fn() -> I) -> String {
    let typed = fence(lines().filter(|line| is_typed(line)), 0);
    let rest: String =
        lines().filter(|line| !is_typed(line) && !line.trim().is_empty()).map(|line| format!("- {}\n", prose(words.say(line)))).collect();
    match (lines().any(is_typed), rest.is_empty()) {
        (true, true) => typed,
        (true, false) => format!("{typed}\n{rest}"),
        (false, _) => rest,
    }
}

/// Steps to take, numbered where there are several; commands stand in blocks.
pub(in crate::report::render) fn steps(steps: &[String]) -> String {
    let mut out = String::new();
    for (n, step) in steps.iter().enumerate() {
        let marker = if steps.len() > 1 { format!("{}. ", n + 1) } else { String::new() };
        let mut item = String::new();
        let lines: Vec<(LineKind, &str)> = lines_of(step).filter(|(_, line)| !line.trim().is_empty()).collect();
        for (m, alike) in lines.chunk_by(|one, other| one.0 == other.0).enumerate() {
            if m > 0 {
                item.push('\n');
            }
            if alike.first().is_some_and(|(kind, _)| *kind == LineKind::Command) {
                item.push_str(&fence(alike.iter().map(|(_, line)| *line), marker.len()));
            } else {
                let sentences: Vec<&str> = alike.iter().map(|(_, line)| line.trim()).collect();
                item.push_str(&format!("{}{}\n", " ".repeat(marker.len()), advice(&sentences.join(" "))));
            }
        }
        out.push_str(&marker);
        out.push_str(item.get(marker.len()..).unwrap_or_default());
        if item.trim().is_empty() {
            out.push('\n');
        }
    }
    out
}

/// A link where the address is one, else the words alone.
pub(in crate::report::render) fn link(words: &str, url: Option<&str>) -> String {
    let words = prose(words);
    match url.filter(|url| is_address(url)) {
        Some(url) => format!("[{words}](<{url}>)"),
        None => words,
    }
}

/// Whether it is an address of the web, and nothing in it ends a link early.
pub(in crate::report::render) fn is_address(url: &str) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#@!$&'()*+,;=%".contains(&byte);
    rest.is_some_and(|rest| rest.bytes().all(allowed) && rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_means_only_itself() {
        for (text, expected) in [
            ("A firewall replaces it", "A firewall replaces it"),
            ("see `show license all`", "see `show license all`"),
            ("one ` too many", "one \\` too many"),
            ("a_b *c* <d> [e](f) | g", "a_b \\*c\\* \\<d\\> \\[e\\](f) \\| g"),
            ("# heading", "\\# heading"),
            ("1. item", "1\\. item"),
            ("17.3.4 is affected", "17.3.4 is affected"),
            ("- item", "\\- item"),
            ("@user and #123", "@<!-- -->user and \\#<!-- -->123"),
            ("http://evil.example www.evil.example", "http:<!-- -->//evil.example www<!-- -->.evil.example"),
            ("two\nlines", "two lines"),
            ("&lt; R&D", "\\&lt; R\\&D"),
        ] {
            assert_eq!(prose(text), expected);
        }
        assert_eq!(advice("see https://www.cisco.com"), "see https://www.cisco.com");
    }

    #[test]
    fn code_is_longer_fenced_than_what_it_holds() {
        for (text, expected) in
            [("a", "`a`"), ("a`b", "``a`b``"), ("`a``", "``` `a`` ```"), (" a ", "`  a  `"), ("", "(empty)"), ("a\nb", "`a b`")]
        {
            assert_eq!(code(text), expected);
        }
        assert_eq!(code_cell("a|b"), "<code>a&#124;b</code>");
        assert_eq!(fence(["a", "````", "::error::b"], 2), "  `````text\n  a\n  ````\n  \\::error::b\n  `````\n");
    }

    #[test]
    fn steps_hold_blocks_of_commands() {
        let one = vec!["Then:\nshow a\nshow b".to_owned()];
        assert_eq!(steps(&one), "Then:\n\n```text\nshow a\nshow b\n```\n");
        let two = vec!["First.".to_owned(), "show a\nshow b".to_owned()];
        assert_eq!(steps(&two), "1. First.\n2. ```text\n   show a\n   show b\n   ```\n");
    }

    #[test]
    fn only_addresses_of_the_web_are_links() {
        assert_eq!(link("CSCvy84684", Some("https://bst.example/bug?a=1#b")), "[CSCvy84684](<https://bst.example/bug?a=1#b>)");
        for url in ["javascript:alert(1)", "https://a b", "https://a>b", "http://", "ftp://a"] {
            assert_eq!(link("x", Some(url)), "x", "{url}");
        }
    }
}

//! What one pastes into a ticket.

use super::words;
use crate::intake::escape;
use crate::report::diff::{Change, Diff, Entry, Side};
use crate::rules::translation::Words;

/// The comparison as a heading, a verdict and a table; what did not change is folded.
pub(super) fn markdown(diff: &Diff, words: Words<'_>) -> String {
    let mut text = format!("## {}\n\n", words::verdict(words, diff).trim_end_matches(['.', '。']));
    text.push_str(&format!("{} → {}\n", side(&diff.old, words), side(&diff.new, words)));
    if let Some(caution) = words::caution(words, diff) {
        text.push_str(&format!("\n> {caution}\n"));
    }
    let (same, differs): (Vec<_>, Vec<_>) = diff.findings.iter().partition(|entry| entry.change == Change::Unchanged);
    if !differs.is_empty() {
        let head = [words.say("Sure"), words.say("Severity"), words.say("What is wrong"), words.say("Device"), words.say("What differs")];
        text.push_str(&format!("\n|  | {} |\n| --- | ---: | --- | --- | --- | --- |\n", head.join(" | ")));
    }
    let device = |entry: &Entry| entry.device.as_deref().map_or_else(|| words.say("not known").to_owned(), plain);
    for entry in differs {
        let cells = [
            format!("**{}**", words::change(words, entry.change)),
            words::sure(entry),
            words::how_bad(words, entry).to_owned(),
            plain(words::title(words, entry)) + &entry.id.as_deref().map(|id| format!(" ({})", plain(id))).unwrap_or_default(),
            device(entry),
            words::remarks(words, entry),
        ];
        text.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    if !same.is_empty() {
        let heading = words.fill("Still there: {}", &[&same.len().to_string()]);
        text.push_str(&format!("\n<details><summary>{heading}</summary>\n\n"));
        for entry in same {
            let title = plain(words::title(words, entry));
            text.push_str(&format!("- {} {}: {title} ({})\n", words::sure(entry), words::how_bad(words, entry), device(entry)));
        }
        text.push_str("\n</details>\n");
    }
    text
}

fn side(side: &Side, words: Words<'_>) -> String {
    format!("{} ({})", plain(&side.name), words::source(words, side.source))
}

/// Text that stays text: nothing in it is a tag, a link, emphasis, a mention or the end of a table cell.
fn plain(text: &str) -> String {
    let visible = escape::visible(text.as_bytes());
    let mut plain = String::with_capacity(visible.len());
    for c in visible.chars() {
        match c {
            '&' => plain.push_str("&amp;"),
            '<' => plain.push_str("&lt;"),
            '>' => plain.push_str("&gt;"),
            // As an entity a mention notifies nobody and a number links to no issue.
            '@' => plain.push_str("&#64;"),
            '#' => plain.push_str("&#35;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '!' | '$' => {
                plain.push('\\');
                plain.push(c);
            }
            c => plain.push(c),
        }
    }
    // What would become a link by itself, and what build servers read as a command.
    plain.replace("://", "&#58;//").replace("::", "&#58;&#58;").replace("www.", "www&#46;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        for (text, expected) in [
            ("slp-tls-interception", "slp-tls-interception"),
            ("a|b", "a\\|b"),
            ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
            ("[x](javascript:y)", "\\[x\\](javascript:y)"),
            ("@team #1 ::error::", "&#64;team &#35;1 &#58;&#58;error&#58;&#58;"),
            ("100 %: see https://x.example www.x.example", "100 %: see https&#58;//x.example www&#46;x.example"),
            ("a\nb `c` **d** \u{202e}", "a\\\\nb \\`c\\` \\*\\*d\\*\\* \\\\u{202e}"),
        ] {
            assert_eq!(plain(text), expected);
        }
    }
}

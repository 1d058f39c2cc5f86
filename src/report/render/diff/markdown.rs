//! What one pastes into a ticket.

use super::words;
use crate::report::diff::{Change, Diff, Entry, Side};
use crate::report::render::markdown::text::{code, code_cell, prose, prose_cell};
use crate::rules::translation::Words;

/// The comparison as a heading, a verdict and a table; what did not change is folded.
pub(super) fn markdown(diff: &Diff, words: Words<'_>) -> String {
    let mut text = format!("## {}\n\n", words::verdict(words, diff).trim_end_matches(['.', '。']));
    text.push_str(&format!("{} → {}\n", side(&diff.old, words), side(&diff.new, words)));
    for window in words::windows(words, diff) {
        text.push_str(&format!("\n> {window}\n"));
    }
    if let Some(caution) = words::caution(words, diff) {
        text.push_str(&format!("\n> {caution}\n"));
    }
    let (same, differs): (Vec<_>, Vec<_>) = diff.findings.iter().partition(|entry| entry.change == Change::Unchanged);
    if !differs.is_empty() {
        let head = [words.say("Sure"), words.say("Severity"), words.say("What is wrong"), words.say("Device"), words.say("What differs")];
        text.push_str(&format!("\n|  | {} |\n| --- | ---: | --- | --- | --- | --- |\n", head.join(" | ")));
    }
    let device =
        |entry: &Entry, shown: fn(&str) -> String| entry.device.as_deref().map_or_else(|| words.say("not known").to_owned(), shown);
    for entry in differs {
        let cells = [
            format!("**{}**", words::change(words, entry.change)),
            words::sure(entry),
            words::how_bad(words, entry).to_owned(),
            prose_cell(words::title(words, entry)) + &entry.id.as_deref().map(|id| format!(" ({})", code_cell(id))).unwrap_or_default(),
            device(entry, code_cell),
            words::remarks(words, entry),
        ];
        text.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    if !same.is_empty() {
        let heading = words.fill("Still there: {}", &[&same.len().to_string()]);
        text.push_str(&format!("\n<details><summary>{heading}</summary>\n\n"));
        for entry in same {
            let title = prose(words::title(words, entry));
            text.push_str(&format!("- {} {}: {title} ({})\n", words::sure(entry), words::how_bad(words, entry), device(entry, code)));
        }
        text.push_str("\n</details>\n");
    }
    text
}

fn side(side: &Side, words: Words<'_>) -> String {
    format!("{} ({})", code(&side.name), words::source(words, side.source))
}

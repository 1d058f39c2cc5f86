//! Two cases side by side: verdict first, then what is new, what changed, what is gone; what is as it was comes last, in short.

use super::Style;
use super::grid::{Column, Line, lay_out};
use super::page::{Look, Page, printable};
use super::wrap::columns;
use crate::report::diff::{Change, Diff, Entry, Side};
use crate::report::model::Severity;
use crate::report::render::diff::words;
use crate::rules::translation::Words;

/// Entries that are as they were, unless all are asked for.
const LISTED: usize = 5;

/// The comparison as text for a terminal.
pub(in crate::report::render) fn comparison(diff: &Diff, style: &Style<'_>) -> String {
    let mut page = Page::new(style);
    page.prose(0, Look::Title, &words::verdict(page.words, diff));
    let width = columns(page.words.say("Old")).max(columns(page.words.say("New"))) + 2;
    for (label, side) in [(page.words.say("Old"), &diff.old), (page.words.say("New"), &diff.new)] {
        page.quoted(0, (Look::Faint, label), width, &described(page.words, side));
    }
    for window in words::windows(page.words, diff) {
        page.prose(0, Look::Plain, &window);
    }
    if let Some(caution) = words::caution(page.words, diff) {
        page.prose(0, Look::Plain, caution);
    }
    let as_before = diff.summary.unchanged;
    let left_out = if page.verbose || as_before <= LISTED + 1 { 0 } else { as_before - LISTED };
    let rows = diff.findings.get(..diff.findings.len() - left_out).unwrap_or_default();
    if !rows.is_empty() {
        page.gap();
        if page.narrow() { rows.iter().for_each(|entry| stacked(&mut page, entry)) } else { table(&mut page, rows) }
    }
    if left_out > 0 {
        page.prose(
            1,
            Look::Faint,
            &page.words.fill("{} more are still there; -v lists all {}", &[&left_out.to_string(), &as_before.to_string()]),
        );
    }
    page.finish()
}

fn described(words: Words<'_>, side: &Side) -> String {
    let source = words::source(words, side.source);
    match &side.devices {
        Some(devices) => {
            let devices = words.count(devices.len() as u64, "{} device", "{} devices");
            words.fill("{}  ({})", &[&side.name, &[source, devices.as_str()].join(words.say(", "))])
        }
        None => words.fill("{}  ({})", &[&side.name, source]),
    }
}

fn device(words: Words<'_>, entry: &Entry) -> String {
    entry.device.as_deref().map_or_else(|| words.say("not known").to_owned(), |device| printable(device).into_owned())
}

fn look(entry: &Entry) -> Look {
    match entry.change {
        Change::New | Change::Changed => Look::Title,
        Change::Gone if entry.device_in_other == Some(false) => Look::Faint,
        Change::Gone => Look::Good,
        Change::Unchanged => Look::Faint,
    }
}

fn severity_look(entry: &Entry) -> Look {
    match (entry.change, entry.state().and_then(|state| state.severity)) {
        (Change::New | Change::Changed, severity) => Look::Severity(severity.unwrap_or(Severity::Info)),
        _ => Look::Faint,
    }
}

/// The id, to ask further with, and what there is to say.
fn notes(page: &mut Page<'_>, indent: usize, entry: &Entry) {
    if entry.change == Change::Unchanged && !page.verbose {
        return;
    }
    if let Some(id) = entry.id.as_deref().filter(|_| entry.title.is_some()) {
        page.verbatim(indent, Look::Faint, &printable(id));
    }
    let remarks = words::remarks(page.words, entry);
    if !remarks.is_empty() {
        page.prose(indent, Look::Plain, &remarks);
    }
}

fn table(page: &mut Page<'_>, rows: &[Entry]) {
    let words = page.words;
    let devices: Vec<String> = rows.iter().map(|entry| device(words, entry)).collect();
    let widest = devices.iter().map(|device| columns(device)).max().unwrap_or(0);
    let plan = [
        Column::fixed("", 7),
        Column::fixed(words.say("Sure"), 5).right(),
        Column::fixed(words.say("Severity"), 8),
        Column::rest(words.say("What is wrong")),
        Column::fixed(words.say("Device"), widest.max(columns(words.say("Device"))).min((page.width / 5).clamp(12, 32))),
    ];
    // Below the titles: three columns with two blanks behind each, and the margin.
    let indent = 1 + 7 + 5 + 8 + 3 * 2;
    let cells = rows.iter().zip(&devices).map(|(entry, device)| {
        vec![
            words::change(words, entry.change).to_owned(),
            words::sure(entry),
            words::how_bad(words, entry).to_owned(),
            printable(words::title(words, entry)).into_owned(),
            device.clone(),
        ]
    });
    let mut above: Option<&Entry> = None;
    for line in lay_out(page.width - 1, &plan, cells) {
        match line {
            Line::Head(names) => page.line(1, &[(Look::Faint, &names.join(" "))]),
            Line::Rule(rule) => page.line(1, &[(Look::Faint, &rule)]),
            Line::Row { row, first, cells } => {
                let Some(entry) = rows.get(row) else { continue };
                if let Some(above) = above.replace(entry).filter(|_| first) {
                    notes(page, indent, above);
                }
                let looks = [look(entry), look(entry), severity_look(entry), look(entry), Look::Plain];
                let spans = cells.iter().zip(looks).flat_map(|(cell, look)| [(look, cell.as_str()), (Look::Plain, " ")]);
                page.line(1, &spans.collect::<Vec<_>>());
            }
        }
    }
    if let Some(last) = above {
        notes(page, indent, last);
    }
}

/// One finding below the other, for terminals without room for columns.
fn stacked(page: &mut Page<'_>, entry: &Entry) {
    let words = page.words;
    let (change, sure) = (words::change(words, entry.change).to_owned(), words::sure(entry));
    let said: Vec<String> = [change, sure, words::how_bad(words, entry).to_owned()].into_iter().filter(|word| !word.is_empty()).collect();
    page.prose(0, look(entry), &said.join("  "));
    page.prose(2, look(entry), words::title(words, entry));
    page.quoted(2, (Look::Plain, ""), 0, &device(words, entry));
    notes(page, 2, entry);
}

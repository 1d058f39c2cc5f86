//! The end of the page: what to collect, what no rule explains, what was not read, what was left out.

use std::collections::BTreeMap;

use super::page::{Look, Page, printable};
use super::phrase::{at, bytes, counted, listed};
use super::wrap::columns;
use crate::report::model::{Missing, Report};

/// Entries of a list unless all are asked for.
const LISTED: usize = 5;

pub(super) fn write(page: &mut Page, report: &Report) {
    collect(page, report);
    unexplained(page, report);
    page.gap();
    coverage(page, report);
    if report.case.below_threshold > 0 {
        let n = counted(report.case.below_threshold, "finding is", "findings are");
        page.prose(0, Look::Plain, &format!("{n} below the confidence asked for and left out; --min-confidence 0 shows all."));
    }
    if page.verbose {
        let tool = &report.tool;
        page.prose(
            0,
            Look::Faint,
            &format!("{} {}, {}, digest {}", tool.name, tool.version, counted(tool.rules.count, "rule", "rules"), tool.rules.digest),
        );
    }
}

fn shown(page: &Page, len: usize) -> usize {
    // One too many is listed rather than counted.
    if page.verbose || len <= LISTED + 1 { len } else { LISTED }
}

fn rest(page: &mut Page, indent: usize, len: usize) {
    let more = len - shown(page, len);
    if more > 0 {
        page.prose(indent, Look::Faint, &format!("{more} more; -v lists all {len}"));
    }
}

fn collect(page: &mut Page, report: &Report) {
    if report.missing.is_empty() {
        return;
    }
    page.gap();
    page.heading(0, "Collect next");
    let show = shown(page, report.missing.len());
    let items: Vec<&Missing> = report.missing.iter().take(show).collect();
    let widest = items.iter().map(|item| columns(&printable(who(item)))).max().unwrap_or(0);
    // A long name would push the commands off the page.
    let label = if page.narrow() || widest > page.width / 4 { None } else { Some(widest + 2) };
    for item in items {
        let who = printable(who(item));
        let indent = match label {
            Some(width) => {
                let mut commands = item.command.lines();
                let first = commands.next().unwrap_or_default();
                let name = super::page::pad(&who, width);
                page.line(2, &[(Look::Plain, &name), (Look::Command, first)]);
                commands.for_each(|line| page.verbatim(2 + width, Look::Command, line));
                2 + width
            }
            None => {
                page.quoted(2, (Look::Plain, ""), 0, &who);
                page.verbatim(4, Look::Command, &item.command);
                4
            }
        };
        page.prose(indent, Look::Faint, &reason(item));
    }
    rest(page, 2, report.missing.len());
}

fn who(item: &Missing) -> &str {
    item.device.as_deref().unwrap_or("case")
}

fn reason(item: &Missing) -> String {
    let mut parts: Vec<String> = [&item.what, &item.why].into_iter().filter(|text| !text.is_empty()).cloned().collect();
    if !item.would_settle.is_empty() {
        parts.push(format!("would settle {}", listed(&item.would_settle)));
    }
    parts.join("; ")
}

fn unexplained(page: &mut Page, report: &Report) {
    if report.unexplained.is_empty() {
        return;
    }
    page.gap();
    page.heading(0, "No rule explains");
    for item in report.unexplained.iter().take(shown(page, report.unexplained.len())) {
        let count = format!("{} ×  ", item.count);
        page.quoted(2, (Look::Plain, &count), columns(&count), &item.excerpt);
        page.verbatim(2 + columns(&count), Look::Place, &at(&item.artifact, item.line, None));
    }
    rest(page, 2, report.unexplained.len());
}

fn coverage(page: &mut Page, report: &Report) {
    let case = &report.case;
    let mut text =
        format!("Read {} of {} ({}).", case.coverage.scanned, counted(case.artifacts, "artifact", "artifacts"), bytes(case.bytes));
    if case.coverage.skipped > 0 {
        text.push_str(&format!(" {} no evidence by format.", counted(case.coverage.skipped, "artifact holds", "artifacts hold")));
    }
    let total = report.errors.len();
    if total == 0 {
        page.prose(0, Look::Plain, &text);
        return;
    }
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for error in &report.errors {
        *kinds.entry(&error.kind).or_default() += 1;
    }
    let kinds: Vec<String> = kinds.into_iter().map(|(kind, n)| format!("{n} {}", kind.replace('_', " "))).collect();
    text.push_str(&format!(" Not read, or not whole: {}.", kinds.join(", ")));
    page.prose(0, Look::Plain, &text);
    let listed = shown(page, total);
    // What failed in the same way is explained once.
    for alike in report.errors.get(..listed).unwrap_or_default().chunk_by(|a, b| a.kind == b.kind && a.message == b.message) {
        for error in alike {
            page.verbatim(2, Look::Place, &printable(&error.artifact));
        }
        if let Some(error) = alike.first() {
            page.prose(4, Look::Faint, &format!("{}: {}", error.kind.replace('_', " "), error.message));
        }
    }
    rest(page, 2, total);
}

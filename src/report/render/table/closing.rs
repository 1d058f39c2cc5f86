//! The end of the page: what to collect, what no rule explains, what was not read, what was left out.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::grouping::{Grouping, Problem};
use super::page::{Look, Page, printable};
use super::phrase::{at, bytes, counted, listed};
use super::wrap::columns;
use crate::report::model::{Missing, Report};

/// Entries of a list unless all are asked for.
const LISTED: usize = 5;

pub(super) fn write(page: &mut Page, report: &Report, groups: &Grouping<'_>) {
    if page.verbose {
        collect_with_reasons(page, report, groups);
    } else {
        collect(page, report, groups);
    }
    unexplained(page, report);
    page.gap();
    coverage(page, report, groups);
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

/// What to collect, a block of commands for every device, so that each can be copied as a whole.
fn collect(page: &mut Page, report: &Report, groups: &Grouping<'_>) {
    let (useful, aside): (Vec<&Missing>, Vec<&Missing>) = report.missing.iter().partition(|item| is_useful(item, groups));
    let mut devices: Vec<(Option<&str>, Vec<&Missing>)> = Vec::new();
    for item in useful {
        match devices.iter_mut().find(|(device, _)| *device == item.device.as_deref()) {
            Some((_, items)) => items.push(item),
            None => devices.push((item.device.as_deref(), vec![item])),
        }
    }
    if !devices.is_empty() {
        page.gap();
        page.heading(0, "Collect next");
    }
    let mut listed_items = 0;
    for (device, items) in devices.iter().take(LISTED) {
        let shown = shown(page, items.len());
        listed_items += shown;
        page.quoted(2, (Look::Plain, ""), 0, &who(*device, groups));
        for item in items.iter().take(shown) {
            page.verbatim(4, Look::Command, &item.command);
        }
        if let Some(purpose) = purpose(*device, items.get(..shown).unwrap_or_default(), groups) {
            page.prose(4, Look::Faint, &purpose);
        }
    }
    let more = devices.iter().map(|(_, items)| items.len()).sum::<usize>() - listed_items;
    let mut left_out = Vec::new();
    if more > 0 {
        left_out.push(format!("{more} more"));
    }
    if !aside.is_empty() && !devices.is_empty() {
        left_out.push(format!("{} for what is not among the findings", aside.len()));
    }
    if !left_out.is_empty() {
        page.prose(2, Look::Faint, &format!("{}; -v lists all {} with their reasons", left_out.join(", "), report.missing.len()));
    }
}

/// Whether it bears on what the page shows: on a finding of it, or on a device of which there is none.
fn is_useful(item: &Missing, groups: &Grouping<'_>) -> bool {
    let of_device = |problem: &&Problem<'_>| item.device.is_none() || problem.finding.device == item.device;
    item.would_settle.is_empty()
        || !groups.problems.iter().any(|problem| of_device(&problem))
        || !settles(item.device.as_deref(), &[item], groups).is_empty()
}

/// Numbers of the findings that still hold and that the items would settle.
fn settles(device: Option<&str>, items: &[&Missing], groups: &Grouping<'_>) -> Vec<usize> {
    let open = groups.problems.iter().filter(|problem| problem.is_open());
    let findings = open.flat_map(|problem| problem.symptoms.iter().copied().chain([problem.finding]));
    let mut ranks: Vec<usize> = findings
        .filter(|finding| device.is_none() || finding.device.as_deref() == device)
        .filter(|finding| items.iter().any(|item| item.would_settle.contains(&finding.id)))
        .map(|finding| finding.rank)
        .collect();
    ranks.sort_unstable();
    ranks
}

/// What a block of commands is for.
fn purpose(device: Option<&str>, items: &[&Missing], groups: &Grouping<'_>) -> Option<String> {
    let ranks: Vec<String> = settles(device, items, groups).iter().map(ToString::to_string).collect();
    if !ranks.is_empty() {
        return Some(format!("would settle {}", listed(&ranks)));
    }
    let mut ids: Vec<&String> = items.iter().flat_map(|item| &item.would_settle).collect();
    ids.sort_unstable();
    ids.dedup();
    let ids: Vec<String> = ids.into_iter().cloned().collect();
    (!ids.is_empty()).then(|| format!("would settle {}", listed(&ids)))
}

/// What to collect, each item with what it shows and what it would settle.
pub(super) fn collect_with_reasons(page: &mut Page, report: &Report, groups: &Grouping<'_>) {
    if report.missing.is_empty() {
        return;
    }
    page.gap();
    page.heading(0, "Collect next");
    let mut before = None;
    for item in &report.missing {
        if before.replace(&item.device) != Some(&item.device) {
            page.quoted(2, (Look::Plain, ""), 0, &who(item.device.as_deref(), groups));
        }
        page.verbatim(4, Look::Command, &item.command);
        page.prose(6, Look::Faint, &reason(item));
    }
}

fn who<'a>(device: Option<&'a str>, groups: &'a Grouping<'_>) -> Cow<'a, str> {
    if device.is_none() { Cow::Borrowed("this case") } else { groups.names.name(device) }
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
    if !page.verbose {
        let lines = usize::try_from(report.unexplained.iter().map(|item| item.count).sum::<u64>()).unwrap_or(usize::MAX);
        let text = format!(
            "No rule explains {} of {}; -v lists them, the rarest first.",
            counted(lines, "licensing message", "licensing messages"),
            counted(report.unexplained.len(), "form", "forms")
        );
        page.prose(0, Look::Plain, &text);
        return;
    }
    page.heading(0, "No rule explains");
    for item in &report.unexplained {
        let count = format!("{} ×  ", item.count);
        page.quoted(2, (Look::Plain, &count), columns(&count), &item.excerpt);
        page.verbatim(2 + columns(&count), Look::Place, &at(&item.artifact, item.line, None));
    }
}

fn coverage(page: &mut Page, report: &Report, groups: &Grouping<'_>) {
    let case = &report.case;
    let mut text =
        format!("Read {} of {} ({}).", case.coverage.scanned, counted(case.artifacts, "artifact", "artifacts"), bytes(case.bytes));
    if case.coverage.skipped > 0 {
        text.push_str(&format!(" {} no evidence by format.", counted(case.coverage.skipped, "artifact holds", "artifacts hold")));
    }
    let total = report.errors.len();
    if total == 0 {
        // The verdict said what was looked at where there is nothing to mend.
        if case.coverage.skipped > 0 || groups.problems.iter().any(Problem::is_open) {
            page.prose(0, Look::Plain, &text);
        }
        return;
    }
    text.push_str(&format!(" Not read, or not whole: {}.", kinds(report)));
    page.prose(0, Look::Plain, &text);
    unread(page, report);
}

fn kinds(report: &Report) -> String {
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for error in &report.errors {
        *kinds.entry(&error.kind).or_default() += 1;
    }
    let kinds: Vec<String> = kinds.into_iter().map(|(kind, n)| format!("{n} {}", kind.replace('_', " "))).collect();
    kinds.join(", ")
}

/// What was not read, or not whole, and why.
pub(super) fn unread(page: &mut Page, report: &Report) {
    let total = report.errors.len();
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

//! The end of the page: what to collect, what no rule explains, what was not read, what was left out.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::grouping::{Grouping, Problem};
use super::page::{Look, Page, printable};
use super::phrase::{at, bytes, in_turn, listed, times, trouble};
use super::wrap::columns;
use crate::report::model::{Finding, Missing, Report};
use crate::rules::translation::Words;

/// Entries of a list unless all are asked for.
const LISTED: usize = 5;

/// Numbers of findings in a sentence before the rest is counted.
const NUMBERS: usize = 8;

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
        let text = page.words.count(
            report.case.below_threshold as u64,
            "{} finding is below the confidence asked for and left out; --min-confidence 0 shows all.",
            "{} findings are below the confidence asked for and left out; --min-confidence 0 shows all.",
        );
        page.prose(0, Look::Plain, &text);
    }
    if page.verbose {
        let tool = &report.tool;
        let rules = page.words.count(tool.rules.count as u64, "{} rule", "{} rules");
        page.prose(0, Look::Faint, &page.words.fill("{} {}, {}, digest {}", &[&tool.name, &tool.version, &rules, &tool.rules.digest]));
    }
}

fn shown(page: &Page, len: usize) -> usize {
    // One too many is listed rather than counted.
    if page.verbose || len <= LISTED + 1 { len } else { LISTED }
}

fn rest(page: &mut Page, indent: usize, len: usize) {
    let more = len - shown(page, len);
    if more > 0 {
        page.prose(indent, Look::Faint, &page.words.fill("{} more; -v lists all {}", &[&more.to_string(), &len.to_string()]));
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
        page.quoted(2, (Look::Plain, ""), 0, &who(page.words, *device, groups));
        for item in items.iter().take(shown) {
            page.wanted(4, &item.command);
        }
        if let Some(purpose) = purpose(page.words, *device, items.get(..shown).unwrap_or_default(), groups) {
            page.prose(4, Look::Faint, &purpose);
        }
    }
    let more = devices.iter().map(|(_, items)| items.len()).sum::<usize>() - listed_items;
    let mut left_out = Vec::new();
    if more > 0 {
        left_out.push(page.words.fill("{} more", &[&more.to_string()]));
    }
    if !aside.is_empty() && !devices.is_empty() {
        left_out.push(page.words.fill("{} for what is not among the findings", &[&aside.len().to_string()]));
    }
    if !left_out.is_empty() {
        let all = report.missing.len().to_string();
        let text = page.words.fill("{}; -v lists all {} with their reasons", &[&left_out.join(page.words.say(", ")), &all]);
        page.prose(2, Look::Faint, &text);
    }
}

/// Whether it bears on what the page shows: on a finding of it, or on a device of which there is none.
fn is_useful(item: &Missing, groups: &Grouping<'_>) -> bool {
    let of_device = |finding: &&Finding| item.device.is_none() || finding.device == item.device;
    item.would_settle.is_empty()
        || !groups.problems.iter().any(|problem| groups.alike(&problem.finding).iter().any(of_device))
        || !settles(item.device.as_deref(), &[item], groups).is_empty()
}

/// Numbers of the findings that still hold and that the items would settle.
fn settles(device: Option<&str>, items: &[&Missing], groups: &Grouping<'_>) -> Vec<usize> {
    let findings = groups.told(Problem::is_open).into_iter();
    let mut ranks: Vec<usize> = findings
        .filter(|(_, finding)| device.is_none() || finding.device.as_deref() == device)
        .filter(|(_, finding)| items.iter().any(|item| item.would_settle.contains(&finding.id)))
        .map(|(rank, _)| rank)
        .collect();
    ranks.sort_unstable();
    ranks.dedup();
    ranks
}

/// What a block of commands is for.
fn purpose(words: Words<'_>, device: Option<&str>, items: &[&Missing], groups: &Grouping<'_>) -> Option<String> {
    let ranks = settles(device, items, groups);
    let more = ranks.len().saturating_sub(NUMBERS);
    let mut ranks: Vec<String> = ranks.iter().take(if more > 1 { NUMBERS } else { ranks.len() }).map(ToString::to_string).collect();
    if !ranks.is_empty() {
        ranks.extend((more > 1).then(|| words.fill("{} more", &[&more.to_string()])));
        return Some(words.fill("would settle {}", &[&listed(words, &ranks)]));
    }
    let mut ids: Vec<&String> = items.iter().flat_map(|item| &item.would_settle).collect();
    ids.sort_unstable();
    ids.dedup();
    let ids: Vec<String> = ids.into_iter().cloned().collect();
    (!ids.is_empty()).then(|| words.fill("would settle {}", &[&listed(words, &ids)]))
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
            page.quoted(2, (Look::Plain, ""), 0, &who(page.words, item.device.as_deref(), groups));
        }
        page.wanted(4, &item.command);
        page.prose(6, Look::Faint, &reason(page.words, item));
    }
}

fn who<'a>(words: Words<'a>, device: Option<&'a str>, groups: &'a Grouping<'_>) -> Cow<'a, str> {
    if device.is_none() { Cow::Borrowed(words.say("this case")) } else { groups.names.name(device) }
}

fn reason(words: Words<'_>, item: &Missing) -> String {
    let mut parts: Vec<String> = [&item.what, &item.why].into_iter().filter(|text| !text.is_empty()).cloned().collect();
    if !item.would_settle.is_empty() {
        parts.push(words.fill("would settle {}", &[&listed(words, &item.would_settle)]));
    }
    in_turn(words, &parts)
}

fn unexplained(page: &mut Page, report: &Report) {
    if report.unexplained.is_empty() {
        return;
    }
    page.gap();
    if !page.verbose {
        let lines = report.unexplained.iter().map(|item| item.count).fold(0, u64::saturating_add);
        let lines = page.words.count(lines, "{} licensing message", "{} licensing messages");
        let forms = page.words.count(report.unexplained.len() as u64, "{} form", "{} forms");
        let text = page.words.fill("No rule explains {} of {}; -v lists them, the rarest first.", &[&lines, &forms]);
        page.prose(0, Look::Plain, &text);
        return;
    }
    page.heading(0, "No rule explains");
    for item in &report.unexplained {
        let count = format!("{}  ", times(page.words, item.count));
        page.quoted(2, (Look::Plain, &count), columns(&count), &item.excerpt);
        page.verbatim(2 + columns(&count), Look::Place, &at(&item.artifact, item.line, None));
    }
}

fn coverage(page: &mut Page, report: &Report, groups: &Grouping<'_>) {
    let case = &report.case;
    let words = page.words;
    let artifacts = words.count(case.artifacts as u64, "{} artifact", "{} artifacts");
    let mut text = words.fill("Read {} of {} ({}).", &[&case.coverage.scanned.to_string(), &artifacts, &bytes(case.bytes)]);
    if case.coverage.skipped > 0 {
        let skipped = case.coverage.skipped as u64;
        text.push_str(&words.count(skipped, " {} artifact holds no evidence by format.", " {} artifacts hold no evidence by format."));
    }
    let total = report.errors.len();
    if total == 0 {
        // The verdict said what was looked at where there is nothing to mend.
        if case.coverage.skipped > 0 || groups.problems.iter().any(Problem::is_open) {
            page.prose(0, Look::Plain, &text);
        }
        return;
    }
    text.push_str(&words.fill(" Not read, or not whole: {}.", &[&kinds(words, report)]));
    page.prose(0, Look::Plain, &text);
    unread(page, report);
}

fn kinds(words: Words<'_>, report: &Report) -> String {
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for error in &report.errors {
        *kinds.entry(&error.kind).or_default() += 1;
    }
    let counted = |(kind, n): (&str, usize)| match words.is_english() {
        true => format!("{n} {}", trouble(kind)),
        false => words.fill("{}: {}", &[words.say(&trouble(kind)), &n.to_string()]),
    };
    kinds.into_iter().map(counted).collect::<Vec<_>>().join(words.say(", "))
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
            page.prose(4, Look::Faint, &page.words.fill("{}: {}", &[page.words.say(&trouble(&error.kind)), &error.message]));
        }
    }
    rest(page, 2, total);
}

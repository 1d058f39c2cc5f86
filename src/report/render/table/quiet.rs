//! What is no reason to act: harmless findings, plain conditions, what was suppressed, and the devices of which nothing
//! can be said.

use std::borrow::Cow;

use super::detail::{self, Quoted};
use super::grouping::Grouping;
use super::page::{Look, Page};
use super::phrase::{place, suppression};
use crate::report::model::{Finding, Kind};

/// Devices named per line unless all are asked for.
const NAMED: usize = 5;

/// Column of the texts behind `Fine`, `State` …
const LABEL: usize = 12;

/// The lines below the table.
pub(super) fn summary(page: &mut Page, groups: &Grouping<'_>) {
    if groups.quiet.is_empty() && groups.suppressed.is_empty() && groups.silent.is_empty() {
        return;
    }
    page.gap();
    for first in &groups.quiet {
        let group = groups.alike(first);
        let label = if first.kind == Kind::Expected { (Look::Good, "Fine") } else { (Look::Faint, "State") };
        entry(page, label, &page.words.fill("{} ({})", &[&first.title, &devices(page, groups, group)]));
    }
    for finding in &groups.suppressed {
        let reason = finding.suppressed.as_ref().map(|suppressed| suppression(page.words, suppressed)).unwrap_or_default();
        entry(
            page,
            (Look::Faint, "Suppressed"),
            &page.words.fill("{} ({}): {}", &[&finding.title, &devices(page, groups, &[finding]), &reason]),
        );
    }
    if !groups.silent.is_empty() {
        entry(page, (Look::Faint, "Not judged"), &page.words.fill("no diagnosis fits: {}", &[&names(page, groups, &groups.silent)]));
    }
}

fn entry(page: &mut Page<'_>, label: (Look, &str), text: &str) {
    let words = page.words;
    let label = (label.0, words.say(label.1));
    if page.narrow() {
        page.line(1, &[label]);
        page.prose(3, Look::Plain, text);
    } else {
        page.labelled(1, label, LABEL, Look::Plain, text);
    }
}

/// The sections at the end: in full where everything is asked for, else one short section per diagnosis.
pub(super) fn details(page: &mut Page, groups: &Grouping<'_>) {
    if page.verbose {
        for finding in groups.quiet.iter().chain(&groups.suppressed) {
            detail::finding(page, finding, None, groups, &mut Quoted::default());
        }
        return;
    }
    for first in &groups.quiet {
        let group = groups.alike(first);
        page.gap();
        detail::heading(page, &format!("{}  ", first.rank), &first.title, &first.id);
        for finding in group.iter().take(NAMED) {
            if let Some(evidence) = finding.evidence.first() {
                page.quoted(3, (Look::Plain, ""), 0, &evidence.excerpt);
                page.verbatim(3, Look::Place, &place(evidence));
            }
        }
        if group.len() > NAMED {
            page.prose(3, Look::Faint, &page.words.fill("{} more; -v quotes them all", &[&(group.len() - NAMED).to_string()]));
        }
        detail::steps(page, "Do", &first.remedy);
    }
}

fn devices(page: &Page, groups: &Grouping<'_>, findings: &[&Finding]) -> String {
    let list: Vec<Option<&str>> = findings.iter().map(|finding| finding.device.as_deref()).collect();
    names(page, groups, &list)
}

fn names<'a>(page: &Page, groups: &'a Grouping<'a>, ids: &[Option<&'a str>]) -> String {
    let list: Vec<Cow<'_, str>> = ids
        .iter()
        .map(|id| if id.is_none() { Cow::Borrowed(page.words.say("device not known")) } else { groups.names.name(*id) })
        .collect();
    // One too many is named rather than counted.
    if page.verbose || list.len() <= NAMED + 1 {
        return list.join(page.words.say(", "));
    }
    let named = list.get(..NAMED).unwrap_or_default().join(page.words.say(", "));
    page.words.fill("{} and {} more", &[&named, &(list.len() - NAMED).to_string()])
}

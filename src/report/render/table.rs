//! The report for people: verdict first, then the findings as a table, then each finding with its evidence, its place
//! and its next step, then what to collect and what was not read.
//!
//! Commands and places stand alone on their lines and are never wrapped, so that they can be copied; everything else
//! keeps to the width. Whatever comes from the case passes [`plain::printable`] once more on its way out.

mod closing;
mod comparison;
mod conversations;
mod detail;
mod grid;
mod inventory;
mod overview;
mod page;
mod quiet;

use super::grouping::Grouping;
use super::verdict::Verdict;
use super::{grouping, moment, phrase, plain, quotes, release, steps, wrap};
use crate::report::model::Report;
use crate::rules::translation::Words;
pub(super) use comparison::comparison;
use page::{Look, Page};

/// How the table should look.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style<'a> {
    /// Columns of the terminal. Below 20 it is taken as 20.
    pub width: usize,
    /// Whether to colour with ANSI sequences.
    pub color: bool,
    /// Whether to list everything instead of the first few.
    pub verbose: bool,
    /// The language of headings and sentences.
    pub words: Words<'a>,
}

/// The report as text for a terminal: what is wrong.
pub fn table(report: &Report, style: &Style<'_>) -> String {
    let groups = Grouping::of(report, style.words);
    let mut page = Page::new(style);
    verdict(&mut page, &Verdict::of(style.words, report, &groups));
    overview::write(&mut page, &groups);
    quiet::summary(&mut page, &groups);
    detail::write(&mut page, &groups);
    quiet::details(&mut page, &groups);
    closing::write(&mut page, report, &groups);
    page.finish()
}

fn verdict(page: &mut Page, verdict: &Verdict) {
    if let Some(headline) = &verdict.headline {
        page.prose(0, Look::Title, headline);
    }
    let look = if verdict.headline.is_none() { Look::Title } else { Look::Plain };
    page.prose(0, look, &verdict.summary);
    if let Some(looked_at) = &verdict.looked_at {
        page.prose(0, Look::Plain, looked_at);
    }
}

/// What the case holds, without a verdict: devices, artifacts, facts, what is missing and what was not read.
pub fn inventory(report: &Report, style: &Style<'_>) -> String {
    let mut page = Page::new(style);
    inventory::write(&mut page, report, &Grouping::of(report, style.words));
    page.finish()
}

#[cfg(test)]
mod tests;

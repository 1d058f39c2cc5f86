//! The report as one page for a browser: for the manager who gets a link, and for the engineer who reads it.
//!
//! The page holds everything it needs and asks for nothing: its policy allows its own style and its own script by their
//! digests, and nothing else. Without the script it lacks the buttons that copy commands, no more. Every text goes
//! through [`markup::Markup`], which has no way to write one unescaped.

mod axis;
mod findings;
mod graph;
mod inventory;
mod markup;
mod page;
mod timeline;

use super::{grouping, moment, phrase, quotes, release, steps, verdict, wrap};
use crate::report::model::Report;
use crate::rules::translation::Words;

/// The report as one HTML page, its headings and sentences in the language of `words`.
pub fn html(report: &Report, words: Words<'_>) -> String {
    page::page(report, words)
}

#[cfg(test)]
mod tests;

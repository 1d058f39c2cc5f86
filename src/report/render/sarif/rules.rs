//! The diagnoses that a report speaks of, as SARIF describes rules.

use std::collections::BTreeMap;

use super::log::{Configuration, Level, Message, Rule, RuleProperties};
use super::plain;
use crate::report::model::{Finding, Report, Severity};
use crate::report::render::json::word;
use crate::report::render::markdown::text::{code, is_address, link, prose, steps};
use crate::report::render::standing::Undecided;
use crate::rules::translation::Words;

/// Places of the rules in the list, by id.
pub(super) type Places<'a> = BTreeMap<&'a str, usize>;

/// The rules by id, and where each stands. The report has the texts of those that were made, of the others the id.
pub(super) fn rules<'a>(report: &'a Report, open: &[Undecided<'a>], words: Words<'_>) -> (Vec<Rule<'a>>, Places<'a>) {
    let mut made: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for open in open {
        made.entry(open.id).or_default();
    }
    for finding in &report.findings {
        made.entry(&finding.id).or_default().push(finding);
    }
    let places = made.keys().copied().zip(0..).collect();
    (made.into_iter().map(|(id, findings)| rule(id, &findings, &report.tool.name, words)).collect(), places)
}

fn rule<'a>(id: &'a str, findings: &[&'a Finding], tool: &str, words: Words<'_>) -> Rule<'a> {
    let Some(first) = findings.first() else { return undecided(id, tool) };
    let severity = findings.iter().map(|finding| finding.severity).max().unwrap_or(first.severity);
    let surest = findings.iter().map(|finding| finding.confidence).fold(0.0, f64::max);
    Rule {
        id,
        name: pascal_case(id),
        short_description: plain(sentence(&first.title)),
        full_description: plain(sentence(if first.summary.trim().is_empty() { &first.title } else { &first.summary })),
        help: help(first, words),
        help_uri: first.references.iter().filter_map(|reference| reference.url.as_deref()).find(|url| is_address(url)),
        default_configuration: Configuration { level: level(severity) },
        properties: RuleProperties {
            tags: vec![word(&first.kind), word(&severity)],
            precision: Some(precision(surest)),
            problem_severity: problem_severity(severity),
        },
    }
}

/// A rule of which the report knows the id alone.
fn undecided<'a>(id: &'a str, tool: &str) -> Rule<'a> {
    Rule {
        id,
        name: pascal_case(id),
        short_description: plain(sentence(&format!("{id} could not be decided"))),
        full_description: plain(sentence(&format!("The case does not hold what the diagnosis {id} needs"))),
        help: Message {
            text: sentence(&format!("`{tool} explain {id}` says what it means and what decides it")),
            markdown: Some(format!("{} says what it means and what decides it.", code(&format!("{tool} explain {id}")))),
        },
        help_uri: None,
        default_configuration: Configuration { level: Level::Note },
        properties: RuleProperties { tags: vec!["undecided".to_owned()], precision: None, problem_severity: "recommendation" },
    }
}

/// What to do, until when, and where to read more.
fn help(finding: &Finding, words: Words<'_>) -> Message {
    let mut text = String::new();
    let mut markdown = String::new();
    if finding.remedy.is_empty() && finding.workaround.is_empty() {
        for form in [&mut text, &mut markdown] {
            form.push_str(words.say("Nothing to do."));
            form.push('\n');
        }
    }
    let lists = [(words.say("Do"), &finding.remedy), (words.say("Until then"), &finding.workaround)];
    for (heading, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
        text.push_str(&format!("{heading}:\n"));
        text.extend(list.iter().map(|step| format!("- {}\n", step.trim_end().replace('\n', "\n  "))));
        markdown.push_str(&format!("**{heading}**\n\n{}\n", steps(list)));
    }
    if !finding.references.is_empty() {
        let heading = words.say("Read more");
        text.push_str(&format!("{heading}:\n"));
        markdown.push_str(&format!("**{heading}**\n\n"));
        for reference in &finding.references {
            let title = reference.title.as_deref().unwrap_or(&reference.id);
            let url = reference.url.as_deref().map(|url| format!(" {url}")).unwrap_or_default();
            text.push_str(&format!("- {title}{url}\n"));
            markdown.push_str(&format!("- {}\n", link(title, reference.url.as_deref())));
        }
    }
    Message { markdown: Some(markdown), ..plain(text) }
}

/// The same as Markdown, short: what it is.
pub(super) fn in_markdown(finding: &Finding) -> String {
    format!("**{}** ({})", prose(&finding.title), code(&finding.id))
}

/// The text with a full stop.
pub(super) fn sentence(text: &str) -> String {
    let text = text.trim();
    let ends = text.ends_with(['.', '!', '?', '。', '！', '？']);
    if ends { text.to_owned() } else { format!("{text}.") }
}

pub(super) const fn level(severity: Severity) -> Level {
    match severity {
        Severity::Critical | Severity::High => Level::Error,
        Severity::Medium => Level::Warning,
        Severity::Low | Severity::Info => Level::Note,
    }
}

/// The words that code scanning sorts by.
const fn problem_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "recommendation",
    }
}

fn precision(confidence: f64) -> &'static str {
    match confidence {
        sure if sure >= 0.9 => "very-high",
        sure if sure >= 0.7 => "high",
        sure if sure >= 0.5 => "medium",
        _ => "low",
    }
}

/// `slp-tls-interception` as `SlpTlsInterception`.
fn pascal_case(id: &str) -> String {
    let parts = id.split(|c: char| !c.is_alphanumeric());
    parts.flat_map(|part| part.chars().take(1).flat_map(char::to_uppercase).chain(part.chars().skip(1))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_sentences() {
        assert_eq!(pascal_case("rum-high-cpu-fn72578"), "RumHighCpuFn72578");
        assert_eq!(sentence("A title"), "A title.");
        assert_eq!(sentence("解決できません。"), "解決できません。");
    }
}

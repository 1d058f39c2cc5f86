//! One finding in full: what it is, why it is believed, what to do about it.

use std::collections::HashMap;

use super::grouping::{Grouping, NAMED, Problem};
use super::moment;
use super::overview::problems_shown;
use super::page::{Look, Page, printable};
use super::phrase::{baseline, how_bad, percent, place, readings, seen, suppression};
use super::quotes::chosen;
use super::release::release;
use super::steps::{LineKind, lines_of};
use super::wrap::{clip, columns};
use crate::report::model::{Evidence, Finding};
use crate::rules::translation::Words;

/// Columns of a captured value; a chain of certificates is many lines long, and whole in the JSON report.
const CAPTURE: usize = 72;

/// From this probability on nothing needs to be collected to believe a finding.
const SURE: f64 = 0.9;

/// Lines that were quoted on the page, and under which number.
pub(super) type Quoted<'a> = HashMap<(&'a str, Option<u64>, Option<u64>, &'a str), usize>;

/// Indent of the headings, and of what stands below them.
const HEADING: usize = 3;
const BODY: usize = 5;

pub(super) fn write(page: &mut Page, groups: &Grouping<'_>) {
    let mut quoted = Quoted::new();
    for problem in groups.problems.iter().take(problems_shown(page, groups)) {
        finding(page, problem.finding, Some(problem), groups, &mut quoted);
        if page.verbose {
            for symptom in &problem.symptoms {
                finding(page, symptom, None, groups, &mut quoted);
            }
        }
    }
}

/// The section of one finding.
pub(super) fn finding<'a>(
    page: &mut Page,
    finding: &'a Finding,
    problem: Option<&Problem<'a>>,
    groups: &Grouping<'a>,
    quoted: &mut Quoted<'a>,
) {
    page.gap();
    heading(page, &format!("{}  ", finding.rank), &finding.title, &finding.id);
    let words = page.words;
    let alike = groups.alike(&finding).to_vec();
    if alike.len() == 1 {
        for line in standing(words, finding, groups) {
            page.prose(HEADING, Look::Faint, &line);
        }
    } else {
        page.prose(HEADING, Look::Faint, &words.fill("{} {}", &[&how_bad(words, finding), &groups.many(finding)]));
    }
    if let Some(suppressed) = &finding.suppressed {
        page.prose(HEADING, Look::Faint, &words.fill("Suppressed: {}", &[&suppression(words, suppressed)]));
    }
    if let Some(state) = finding.baseline_state {
        page.prose(HEADING, Look::Faint, &words.fill("Baseline: {}", &[words.say(baseline(state))]));
    }
    if !finding.summary.is_empty() {
        page.prose(HEADING, Look::Plain, &finding.summary);
    }
    if alike.len() == 1 {
        for note in &finding.notes {
            page.prose(HEADING, Look::Plain, note);
        }
        quotes(page, "Why", finding.rank, &finding.evidence, quoted);
        quotes(page, "Against", finding.rank, &finding.contradictions, quoted);
    } else {
        by_device(page, finding.rank, &alike, groups, quoted);
    }
    steps(page, "Do", &finding.remedy);
    steps(page, "Until then", &finding.workaround);
    if let Some(problem) = problem {
        explains(page, problem, groups);
    }
    read_more(page, finding);
    if !finding.collect_next.is_empty() && (page.verbose || finding.confidence < SURE) {
        page.heading(HEADING, "To be surer");
        for command in &finding.collect_next {
            page.wanted(BODY, command);
        }
    }
    if page.verbose {
        let terms: Vec<String> = finding.score.iter().map(|term| format!("{} {:+.1}", term.term, term.log_odds)).collect();
        if !terms.is_empty() {
            page.heading(HEADING, "Score (log-odds)");
            page.prose(BODY, Look::Faint, &terms.join(", "));
        }
    }
}

/// Title to the left, id to the right; the id below where both do not fit.
pub(super) fn heading(page: &mut Page, number: &str, title: &str, id: &str) {
    let (title, id) = (printable(title), printable(id));
    let left = columns(number) + columns(&title);
    match page.measure.checked_sub(left + columns(&id)) {
        Some(room) if room >= 2 => {
            page.line(0, &[(Look::Title, number), (Look::Title, &title), (Look::Plain, &" ".repeat(room)), (Look::Faint, &id)]);
        }
        _ => {
            page.labelled(0, (Look::Title, number), columns(number), Look::Title, &title);
            page.verbatim(HEADING, Look::Faint, &id);
        }
    }
}

/// How sure and how bad; on which device; since when; what is known of the release.
fn standing(words: Words<'_>, finding: &Finding, groups: &Grouping<'_>) -> Vec<String> {
    let device = finding.device.as_deref();
    let mut first = how_bad(words, finding);
    if let Some(on) = groups.names.on(device) {
        first = words.fill("{} {}", &[&first, &on]);
    }
    if let Some(nature) = groups.names.nature(device) {
        first = words.fill("{} ({})", &[&first, &nature]);
    }
    [Some(first), Some(seen(words, finding, moment::full)), release(words, finding, &groups.names)].into_iter().flatten().collect()
}

/// Why it is believed of each device.
fn by_device<'a>(page: &mut Page, rank: usize, alike: &[&'a Finding], groups: &Grouping<'a>, quoted: &mut Quoted<'a>) {
    let words = page.words;
    page.heading(HEADING, "Why");
    let shown = if page.verbose || alike.len() <= NAMED + 1 { alike.len() } else { NAMED };
    for one in alike.iter().take(shown) {
        let device = one.device.as_deref();
        let name = groups.names.name(device);
        let name = groups.names.nature(device).map_or(name.to_string(), |nature| words.fill("{} ({})", &[&name, &nature]));
        page.prose(BODY, Look::Title, &printable(&name));
        let mut said = vec![words.fill("{} sure", &[&percent(one.confidence)]), seen(words, one, moment::full)];
        said.extend(release(words, one, &groups.names));
        let said: Vec<String> = said.iter().map(|sentence| words.fill("{}.", &[sentence])).collect();
        page.prose(BODY, Look::Faint, &said.join(words.say(" ")));
        one.notes.iter().for_each(|note| page.prose(BODY, Look::Plain, note));
        quote_all(page, rank, &one.evidence, quoted);
        quote_all(page, rank, &one.contradictions, quoted);
    }
    if alike.len() > shown {
        let more = (alike.len() - shown).to_string();
        page.prose(BODY, Look::Faint, &words.fill("{} more; -v quotes them all", &[&more]));
    }
}

fn quotes<'a>(page: &mut Page, name: &str, rank: usize, evidence: &'a [Evidence], quoted: &mut Quoted<'a>) {
    if !evidence.is_empty() {
        page.heading(HEADING, name);
        quote_all(page, rank, evidence, quoted);
    }
}

fn quote_all<'a>(page: &mut Page, rank: usize, evidence: &'a [Evidence], quoted: &mut Quoted<'a>) {
    let words = page.words;
    let (shown, left_out) = chosen(evidence, page.verbose);
    // "supporting" and two blanks.
    let label = if page.narrow() { 0 } else { 12 };
    let mut before: Option<&Evidence> = None;
    for item in shown {
        let weight = printable(words.say(&item.weight));
        let weight = (Look::Faint, weight.as_ref());
        if label == 0 {
            page.line(BODY, &[weight]);
        }
        let elsewhere = *quoted.entry((&item.artifact, item.line, item.packet, &item.excerpt)).or_insert(rank);
        if page.verbose || elsewhere == rank {
            if !page.verbose && before.is_some_and(|before| before.signal == item.signal && alike(&before.excerpt, &item.excerpt)) {
                page.clipped(BODY, weight, label, &item.excerpt);
            } else {
                page.quoted(BODY, weight, label, &item.excerpt);
            }
        } else {
            page.labelled(BODY, weight, label, Look::Faint, &words.fill("as quoted under {}", &[&elsewhere.to_string()]));
        }
        before = Some(item);
        page.verbatim(BODY + label, Look::Place, &place(item));
        if page.verbose {
            let mut about = vec![words.fill("signal {}", &[&item.signal])];
            about.extend(item.time.iter().cloned());
            // What the quote shows is not said again.
            let unseen = item.captures.iter().filter(|(_, value)| !item.excerpt.contains(value.as_str()));
            about.extend(unseen.map(|(name, value)| format!("{name} = {}", clip(value, CAPTURE))));
            page.prose(BODY + label, Look::Faint, &about.join(", "));
        }
    }
    if left_out > 0 {
        page.prose(BODY + label, Look::Faint, &words.fill("{} more; -v quotes them all", &[&left_out.to_string()]));
    }
}

/// Whether two lines say the same but for numbers and dates.
fn alike(one: &str, other: &str) -> bool {
    fn words(text: &str) -> impl Iterator<Item = &str> {
        const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let parts = text.split(|c: char| c.is_ascii_digit() || c.is_whitespace()).filter(|part| !part.is_empty());
        parts.filter(|part| !MONTHS.contains(part))
    }
    words(one).eq(words(other))
}

/// Numbered steps. Inside a step, lines that are commands stand as they are.
pub(super) fn steps(page: &mut Page, name: &str, steps: &[String]) {
    if steps.is_empty() {
        return;
    }
    page.heading(HEADING, name);
    let digits = steps.len().to_string().len();
    for (n, step) in steps.iter().enumerate() {
        let number = if steps.len() > 1 { format!("{:>digits$}. ", n + 1) } else { String::new() };
        one_step(page, &number, step);
    }
}

fn one_step(page: &mut Page, number: &str, step: &str) {
    let inner = BODY + number.len();
    let mut first = true;
    for (kind, line) in lines_of(step) {
        let verbatim = kind == LineKind::Command;
        let number = if std::mem::take(&mut first) { number } else { "" };
        match (verbatim, number.is_empty()) {
            (true, true) => page.verbatim(inner, Look::Command, line),
            (true, false) => page.line(BODY, &[(Look::Plain, number), (Look::Command, line.trim())]),
            (false, true) => page.prose(inner, Look::Plain, line),
            (false, false) => page.labelled(BODY, (Look::Plain, number), number.len(), Look::Plain, line),
        }
    }
}

fn explains(page: &mut Page, problem: &Problem<'_>, groups: &Grouping<'_>) {
    // Other problems have sections of their own, with their places; symptoms are quoted here only.
    let others = groups.problems.iter().filter(|other| other.because == Some(problem.finding.rank)).map(|other| (other.finding, false));
    let mut explained: Vec<(&Finding, bool)> = problem.symptoms.iter().map(|symptom| (*symptom, true)).chain(others).collect();
    if explained.is_empty() {
        return;
    }
    explained.sort_by_key(|(finding, _)| finding.rank);
    page.heading(HEADING, "Explains");
    let digits = explained.iter().map(|(finding, _)| finding.rank.to_string().len()).max().unwrap_or(1);
    for (finding, quoted) in explained {
        let number = format!("{:>digits$}  ", finding.rank);
        let indent = BODY + number.len();
        let (title, id) = (printable(&finding.title), printable(&finding.id));
        if indent + columns(&title) + 2 + columns(&id) <= page.measure {
            page.line(BODY, &[(Look::Plain, &number), (Look::Plain, &title), (Look::Plain, "  "), (Look::Faint, &id)]);
        } else {
            page.labelled(BODY, (Look::Plain, &number), number.len(), Look::Plain, &title);
            page.verbatim(indent, Look::Faint, &id);
        }
        if let Some(first) = finding.evidence.first().filter(|_| quoted) {
            page.verbatim(indent, Look::Place, &place(first));
        }
    }
}

fn read_more(page: &mut Page, finding: &Finding) {
    if finding.references.is_empty() {
        return;
    }
    page.heading(HEADING, "Read more");
    for (title, url) in readings(finding) {
        page.prose(BODY, Look::Plain, &title);
        if let Some(url) = url {
            page.verbatim(BODY + 2, Look::Place, url);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_quoted_in_short() {
        for (one, other, expected) in [
            ("Nov 14 00:12:41.545 UTC: failed", "Nov 16 08:12:41.513 UTC: failed", true),
            ("Nov 30 00:12:41 failed", "Dec 1 08:12:41 failed", true),
            ("client 10.20.40.21:33400", "client 10.20.40.21:33402", true),
            ("state failed", "state restored", false),
            ("failed", "failed again", false),
        ] {
            assert_eq!(alike(one, other), expected, "{one} | {other}");
        }
    }
}

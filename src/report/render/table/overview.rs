//! The problems as a table; symptoms stand beneath their cause. Three layouts: with a column for the times, without,
//! and stacked where there is no room for columns at all.

use std::borrow::Cow;

use super::grid::{Column, Line, lay_out};
use super::grouping::{Extent, Grouping, Problem, is_quiet};
use super::page::{Look, Page, printable};
use super::phrase::{baseline, listed, percent, severity, still, times, when};
use super::wrap::columns;
use crate::report::model::{Finding, Status};
use crate::rules::translation::Words;

/// From this width on the times have their own column.
const WIDE: usize = 110;

/// Problems that are told unless all are asked for: the likeliest and worst come first.
const PROBLEMS: usize = 25;

/// How many problems are told.
pub(super) fn problems_shown(page: &Page, groups: &Grouping<'_>) -> usize {
    let all = groups.problems.len();
    // One too many is told rather than counted.
    if page.verbose || all <= PROBLEMS + 1 { all } else { PROBLEMS }
}

pub(super) fn write(page: &mut Page, groups: &Grouping<'_>) {
    if groups.problems.is_empty() {
        return;
    }
    page.gap();
    let words = page.words;
    let (all, shown) = (groups.problems.len(), problems_shown(page, groups));
    let rows: Vec<Row<'_>> = groups.problems.iter().take(shown).flat_map(|problem| rows_of(words, problem, groups)).collect();
    if page.narrow() {
        for row in &rows {
            stacked(page, row);
        }
    } else {
        table(page, &rows);
    }
    if all > shown {
        page.prose(1, Look::Faint, &words.fill("{} more; -v lists all {}", &[&(all - shown).to_string(), &all.to_string()]));
    }
}

struct Row<'a> {
    words: Words<'a>,
    finding: &'a Finding,
    /// When and how often it was seen, on all its devices.
    extent: Extent<'a>,
    /// What its device is called; nothing beneath a cause, as a symptom is on the device of its cause.
    device: String,
    /// Rank of the cause, to be said in the row.
    because: Option<usize>,
    /// Ranks of what brings it out.
    brought_out_by: &'a [usize],
    /// Stands beneath its cause.
    symptom: bool,
    /// Last of the symptoms of its cause.
    last: bool,
}

fn rows_of<'a>(words: Words<'a>, problem: &'a Problem<'a>, groups: &Grouping<'a>) -> Vec<Row<'a>> {
    let names = groups.first_device(problem.finding);
    let device = names.iter().map(|name| printable(name)).collect::<Vec<_>>().join("\n");
    let extent = groups.extent(problem.finding);
    let (because, brought_out_by) = (problem.because, problem.brought_out_by.as_slice());
    let mut rows = vec![Row { words, finding: problem.finding, extent, device, because, brought_out_by, symptom: false, last: false }];
    let count = problem.symptoms.len();
    rows.extend(problem.symptoms.iter().enumerate().map(|(n, finding)| Row {
        words,
        finding,
        extent: groups.extent(finding),
        device: String::new(),
        because: Some(problem.finding.rank),
        brought_out_by: &[],
        symptom: true,
        last: n + 1 == count,
    }));
    rows
}

impl Row<'_> {
    fn title(&self) -> String {
        printable(&self.finding.title).into_owned()
    }

    /// How it hangs on its cause, on its first line and below.
    fn branch(&self, first: bool) -> &'static str {
        match (self.symptom, first, self.last) {
            (false, ..) | (true, false, true) => " ",
            (true, true, false) => "├",
            (true, true, true) => "└",
            (true, false, false) => "│",
        }
    }

    fn look(&self) -> Look {
        match self.finding.status {
            _ if self.symptom => Look::Faint,
            Status::Resolved => Look::Faint,
            _ if is_quiet(self.finding) => Look::Plain,
            _ => Look::Title,
        }
    }

    fn severity_look(&self) -> Look {
        if self.look() != Look::Title { Look::Faint } else { Look::Severity(self.finding.severity) }
    }

    /// How often, and whether still. Of a symptom it goes without saying that it still holds.
    fn counts(&self) -> String {
        let counts = times(self.words, self.extent.occurrences);
        if self.symptom && self.finding.status == Status::Active && self.finding.quiet_days.is_none() {
            return counts;
        }
        self.words.fill("{}, {}", &[&counts, &still(self.words, self.finding)])
    }

    /// When, how often, whether still, and because of what where the row does not hang on its cause.
    fn times(&self) -> Vec<String> {
        if self.symptom {
            return vec![self.counts()];
        }
        let when = when(self.words, self.extent.seen).into_iter().map(|part| printable(&part).into_owned());
        let because = self.because.map(|rank| self.words.fill("because of {}", &[&rank.to_string()]));
        let parts: Vec<String> = self.brought_out_by.iter().map(ToString::to_string).collect();
        let parts = (!parts.is_empty()).then(|| self.words.fill("brought out by {}", &[&listed(self.words, &parts)]));
        let known = self.finding.baseline_state.map(|state| self.words.say(baseline(state)).to_owned());
        when.chain([Some(self.counts()), because, parts, known].into_iter().flatten()).collect()
    }
}

/// Which line of the table a row of the layout is.
#[derive(Clone, Copy)]
enum Part<'a> {
    /// A finding, and whether its times have a column of their own.
    Row(&'a Row<'a>, bool),
    /// The times of the row above it, where they have no column of their own.
    Times(&'a Row<'a>),
}

fn columns_of<'a>(words: Words<'a>, width: usize, rows: &[Row<'_>]) -> Vec<Column<'a>> {
    let widest = |of: &dyn Fn(&Row<'_>) -> usize| rows.iter().map(of).max().unwrap_or(0);
    let rank = widest(&|row| row.finding.rank.to_string().len()).max(1);
    let device =
        widest(&|row| row.device.lines().map(columns).max().unwrap_or(0)).max(columns(words.say("Device"))).min((width / 5).clamp(12, 32));
    let mut all = vec![
        Column::fixed("#", rank).right(),
        Column::fixed(words.say("Sure"), 5).right(),
        Column::fixed(words.say("Severity"), 8).close(),
        // Where a symptom hangs on its cause.
        Column::fixed("", 1).close(),
        Column::rest(words.say("What is wrong")),
        Column::fixed(words.say("Device"), device),
    ];
    if width >= WIDE {
        let times = widest(&|row| row.times().iter().map(|line| columns(line)).max().unwrap_or(0)).clamp(17, 34);
        all.push(Column::fixed(words.say("First → last seen"), times));
    }
    all
}

fn cells(part: Part<'_>) -> Vec<String> {
    match part {
        Part::Row(row, own_column) => vec![
            row.finding.rank.to_string(),
            percent(row.finding.confidence),
            row.words.say(severity(row.finding.severity)).to_owned(),
            row.branch(true).to_owned(),
            if row.symptom && !own_column { row.words.fill("{}, {}", &[&row.title(), &whole(&row.counts())]) } else { row.title() },
            row.device.clone(),
            row.times().join("\n"),
        ],
        Part::Times(row) => {
            let times: Vec<String> = row.times().iter().map(|part| whole(part)).collect();
            std::iter::repeat_n(String::new(), 4).chain([times.join(row.words.say(", "))]).collect()
        }
    }
}

/// A blank at which no line is broken; a common one again when the line is written.
const WHOLE: &str = "\u{a0}";

fn whole(text: &str) -> String {
    text.replace(' ', WHOLE)
}

fn write_line(page: &mut Page, part: Part<'_>, first: bool, cells: &[String]) {
    let mut spans: Vec<(Look, Cow<'_, str>)> = Vec::with_capacity(2 * cells.len());
    for (at, cell) in cells.iter().enumerate() {
        let text = if cell.contains(WHOLE) { Cow::Owned(cell.replace(WHOLE, " ")) } else { Cow::Borrowed(cell.as_str()) };
        spans.push(match (part, at) {
            (Part::Row(row, _), 3) => (Look::Faint, Cow::Borrowed(row.branch(first))),
            (Part::Row(row, _), 0 | 1 | 4) => (row.look(), text),
            (Part::Row(row, _), 2) => (row.severity_look(), text),
            (Part::Row(..), 5) => (Look::Plain, text),
            _ => (Look::Faint, text),
        });
        spans.push((Look::Plain, Cow::Borrowed(" ")));
    }
    let spans: Vec<(Look, &str)> = spans.iter().map(|(look, text)| (*look, text.as_ref())).collect();
    page.line(1, &spans);
}

fn table(page: &mut Page, rows: &[Row<'_>]) {
    let columns = columns_of(page.words, page.width, rows);
    let own_column = page.width >= WIDE;
    let parts: Vec<Part<'_>> = rows
        .iter()
        .flat_map(|row| [Some(Part::Row(row, own_column)), (!own_column && !row.symptom).then_some(Part::Times(row))])
        .flatten()
        .collect();

    for line in lay_out(page.width - 1, &columns, parts.iter().map(|part| cells(*part))) {
        match line {
            Line::Head(names) => page.line(1, &[(Look::Faint, &names.join(" "))]),
            Line::Rule(rule) => page.line(1, &[(Look::Faint, &rule)]),
            Line::Row { row, first, cells } => {
                if let Some(part) = parts.get(row) {
                    write_line(page, *part, first, &cells);
                }
            }
        }
    }
}

/// One finding below the other, for terminals without room for columns.
fn stacked(page: &mut Page, row: &Row<'_>) {
    let finding = row.finding;
    let indent = if row.symptom { 3 } else { 0 };
    let rank = format!("{}  ", finding.rank);
    let sure = format!("{}  ", percent(finding.confidence));
    page.line(indent, &[(row.look(), &rank), (row.look(), &sure), (row.severity_look(), row.words.say(severity(finding.severity)))]);
    let inner = indent + rank.len();
    page.prose(inner, row.look(), &finding.title);
    if !row.symptom {
        row.device.lines().for_each(|device| page.quoted(inner, (Look::Plain, ""), 0, device));
    }
    page.prose(inner, Look::Faint, &row.times().join(row.words.say(", ")));
}

//! The problems as a table; symptoms stand beneath their cause. Three layouts: with a column for the times, without,
//! and stacked where there is no room for columns at all.

use super::grouping::{Grouping, Problem};
use super::moment;
use super::page::{Look, Page, pad, printable};
use super::phrase::{percent, severity, status};
use super::wrap::{Long, columns, wrap};
use crate::report::model::{Finding, Status};

/// From this width on the times have their own column.
const WIDE: usize = 100;

/// Blanks between columns.
const GAP: usize = 2;

pub(super) fn write(page: &mut Page, groups: &Grouping<'_>) {
    if groups.problems.is_empty() {
        return;
    }
    page.gap();
    let rows: Vec<Row<'_>> = groups.problems.iter().flat_map(rows_of).collect();
    if page.narrow() {
        for row in &rows {
            stacked(page, row);
        }
        return;
    }
    let plan = Plan::of(page.width, &rows);
    plan.head(page);
    for row in &rows {
        plan.row(page, row);
    }
}

struct Row<'a> {
    finding: &'a Finding,
    /// Rank of the cause, to be said in the row.
    because: Option<usize>,
    /// Stands beneath its cause.
    symptom: bool,
    /// Last of the symptoms of its cause.
    last: bool,
}

fn rows_of<'a>(problem: &Problem<'a>) -> Vec<Row<'a>> {
    let mut rows = vec![Row { finding: problem.finding, because: problem.because, symptom: false, last: false }];
    let count = problem.symptoms.len();
    rows.extend(problem.symptoms.iter().enumerate().map(|(n, finding)| Row {
        finding,
        because: Some(problem.finding.rank),
        symptom: true,
        last: n + 1 == count,
    }));
    rows
}

impl Row<'_> {
    fn device(&self) -> String {
        // A symptom is on the device of its cause.
        if self.symptom { String::new() } else { printable(self.finding.device.as_deref().unwrap_or("not known")).into_owned() }
    }

    fn title(&self) -> String {
        printable(&self.finding.title).into_owned()
    }

    fn look(&self) -> Look {
        if self.symptom || self.finding.status == Status::Resolved { Look::Faint } else { Look::Title }
    }

    fn severity_look(&self) -> Look {
        if self.look() == Look::Faint { Look::Faint } else { Look::Severity(self.finding.severity) }
    }

    /// When, how often, whether still, and because of what.
    fn times(&self) -> Vec<String> {
        let finding = self.finding;
        let mut lines = Vec::new();
        if !self.symptom {
            lines.extend(moment::span(finding.first_seen.as_deref(), finding.last_seen.as_deref()).map(|s| printable(&s).into_owned()));
        }
        let mut counts = format!("{} ×", finding.occurrences);
        if !self.symptom || finding.status != Status::Active {
            counts.push_str(", ");
            counts.push_str(status(finding.status));
        }
        match self.because {
            Some(rank) if self.symptom => lines.push(format!("{counts}, because of {rank}")),
            Some(rank) => {
                lines.push(counts);
                lines.push(format!("because of {rank}"));
            }
            None => lines.push(counts),
        }
        lines
    }
}

/// The widths of the columns.
struct Plan {
    rank: usize,
    title: usize,
    device: usize,
    /// 0: the times stand under the title.
    times: usize,
}

const SURE: usize = 5;
const SEVERITY: usize = 8;

impl Plan {
    fn of(width: usize, rows: &[Row<'_>]) -> Self {
        let widest = |of: &dyn Fn(&Row<'_>) -> usize| rows.iter().map(of).max().unwrap_or(0);
        let rank = widest(&|row| row.finding.rank.to_string().len()).max(1);
        let device = widest(&|row| columns(&row.device())).max(6).min((width / 5).clamp(12, 32));
        let times =
            if width >= WIDE { widest(&|row| row.times().iter().map(|line| columns(line)).max().unwrap_or(0)).clamp(17, 34) } else { 0 };
        let fixed = 1 + rank + GAP + SURE + GAP + SEVERITY + GAP + GAP + device + if times > 0 { GAP + times } else { 0 };
        // Very wide terminals: a title that is wider than a page is no easier to read.
        let title = width.saturating_sub(fixed).min(widest(&|row| columns(&row.title()) + if row.symptom { 2 } else { 0 }).max(13));
        Self { rank, title, device, times }
    }

    fn head(&self, page: &mut Page) {
        let mut names =
            vec![("#", self.rank), ("Sure", SURE), ("Severity", SEVERITY), ("What is wrong", self.title), ("Device", self.device)];
        if self.times > 0 {
            names.push(("First → last seen", self.times));
        }
        let cells: Vec<Cell> =
            names.into_iter().map(|(name, width)| Cell { width, look: Look::Faint, lines: vec![name.to_owned()] }).collect();
        write_cells(page, &cells);
    }

    fn row(&self, page: &mut Page, row: &Row<'_>) {
        let finding = row.finding;
        let mut title = Cell { width: self.title, look: row.look(), lines: Vec::new() };
        if row.symptom {
            let (first, rest) = if row.last { ("└ ", "  ") } else { ("├ ", "│ ") };
            for (n, line) in wrap(&row.title(), self.title.saturating_sub(2), Long::Cut).into_iter().enumerate() {
                title.lines.push(format!("{}{line}", if n == 0 { first } else { rest }));
            }
        } else {
            title.lines = wrap(&row.title(), self.title, Long::Cut);
        }

        let mut cells = vec![
            Cell { width: self.rank, look: row.look(), lines: vec![format!("{:>width$}", finding.rank, width = self.rank)] },
            Cell { width: SURE, look: row.look(), lines: vec![format!("{:>4}", percent(finding.confidence))] },
            Cell { width: SEVERITY, look: row.severity_look(), lines: vec![severity(finding.severity).to_owned()] },
            title,
            Cell { width: self.device, look: Look::Plain, lines: wrap(&row.device(), self.device, Long::Cut) },
        ];
        if self.times > 0 {
            let lines = row.times().iter().flat_map(|line| wrap(line, self.times, Long::Cut)).collect();
            cells.push(Cell { width: self.times, look: Look::Faint, lines });
            write_cells(page, &cells);
        } else {
            write_cells(page, &cells);
            let indent = 1 + self.rank + GAP + SURE + GAP + SEVERITY + GAP;
            let (mark, inner) = if row.symptom { (if row.last { "  " } else { "│ " }, 2) } else { ("", 0) };
            for line in packed(&row.times(), page.width.saturating_sub(indent + inner)) {
                page.line(indent, &[(Look::Faint, mark), (Look::Faint, &line)]);
            }
        }
    }
}

/// The parts with commas between them, as many a line as fit.
fn packed(parts: &[String], width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        match lines.last_mut() {
            Some(line) if columns(line) + 2 + columns(part) <= width => {
                line.push_str(", ");
                line.push_str(part);
            }
            _ => lines.extend(wrap(part, width, Long::Cut)),
        }
    }
    lines
}

struct Cell {
    width: usize,
    look: Look,
    lines: Vec<String>,
}

fn write_cells(page: &mut Page, cells: &[Cell]) {
    let height = cells.iter().map(|cell| cell.lines.len()).max().unwrap_or(0);
    for n in 0..height {
        let texts: Vec<(Look, String)> = cells
            .iter()
            .map(|cell| (cell.look, pad(cell.lines.get(n).map_or("", String::as_str), cell.width) + &" ".repeat(GAP)))
            .collect();
        let spans: Vec<(Look, &str)> = texts.iter().map(|(look, text)| (*look, text.as_str())).collect();
        page.line(1, &spans);
    }
}

/// One finding below the other, for terminals without room for columns.
fn stacked(page: &mut Page, row: &Row<'_>) {
    let finding = row.finding;
    let indent = if row.symptom { 3 } else { 0 };
    let rank = format!("{}  ", finding.rank);
    let sure = format!("{}  ", percent(finding.confidence));
    page.line(indent, &[(row.look(), &rank), (row.look(), &sure), (row.severity_look(), severity(finding.severity))]);
    let inner = indent + rank.len();
    page.prose(inner, row.look(), &finding.title);
    if !row.symptom {
        page.quoted(inner, (Look::Plain, ""), 0, &row.device());
    }
    for line in row.times() {
        page.prose(inner, Look::Faint, &line);
    }
}

//! Columns. comfy-table arranges and wraps plain text; what comes back is cut into cells again, so that each can be
//! coloured by itself. Escape sequences inside it would count as width.

use super::wrap::{Long, wrap};
use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, ContentLineStyle, LineStyle, Table, TableStyle, Width};

/// Parts the cells of a laid out line: no printable text holds it, and comfy-table counts it as one column.
const BETWEEN: char = '\u{1f}';

/// What an additional first column, which is never shown, says where a row begins.
const BEGIN: &str = "*";

/// One column of a grid.
#[derive(Clone, Copy)]
pub(super) struct Column<'a> {
    pub(super) name: &'a str,
    /// In columns of the terminal; `None` takes what the others leave, and no more than it needs.
    pub(super) width: Option<usize>,
    /// Whether its text ends at the right edge, as numbers do.
    pub(super) right: bool,
    /// One blank to the next column instead of two.
    pub(super) close: bool,
}

impl<'a> Column<'a> {
    pub(super) const fn fixed(name: &'a str, width: usize) -> Self {
        Self { name, width: Some(width), right: false, close: false }
    }

    pub(super) const fn rest(name: &'a str) -> Self {
        Self { name, width: None, right: false, close: false }
    }

    pub(super) const fn right(self) -> Self {
        Self { right: true, ..self }
    }

    pub(super) const fn close(self) -> Self {
        Self { close: true, ..self }
    }
}

/// One line of a grid that was laid out. The cells are filled up to their widths; a blank belongs between them.
pub(super) enum Line {
    /// The names of the columns.
    Head(Vec<String>),
    /// Between the head and the rows.
    Rule(String),
    /// A line of the row with that number, counted from 0, and whether it is the first of it.
    Row { row: usize, first: bool, cells: Vec<String> },
}

/// The lines of a grid. Cells may hold line breaks; missing cells are empty. The text has to be printable.
pub(super) fn lay_out(width: usize, columns: &[Column<'_>], rows: impl IntoIterator<Item = Vec<String>>) -> Vec<Line> {
    let narrow = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
    let style = TableStyle::new()
        .header_lines(ContentLineStyle::none().junction(BETWEEN))
        .header_separator(LineStyle::none().fill('─').junction('─'))
        .content_lines(ContentLineStyle::none().junction(BETWEEN));
    let mut table = Table::new();
    table.load_style(style).set_content_arrangement(ContentArrangement::Dynamic);
    // Two more for the column that is not shown.
    table.set_width(narrow(width.saturating_add(2)));
    table.set_header(std::iter::once("").chain(columns.iter().map(|column| column.name)));
    let rooms: Vec<usize> = rooms(width, columns);
    for cells in rows {
        // Here lines break where the language allows it; what is left for the table to break is nothing.
        let broken = cells
            .into_iter()
            .zip(&rooms)
            .map(|(cell, room)| cell.split('\n').flat_map(|line| wrap(line, *room, Long::Cut)).collect::<Vec<_>>().join("\n"));
        table.add_row(std::iter::once(BEGIN.to_owned()).chain(broken));
    }

    let hidden = Column::fixed("", 1).close();
    let mut plans = std::iter::once(&hidden).chain(columns).peekable();
    for column in table.column_iter_mut() {
        let Some(plan) = plans.next() else { break };
        let padding = u16::from(!plan.close && plans.peek().is_some());
        column.set_padding((0, padding));
        if plan.right {
            column.set_cell_alignment(CellAlignment::Right);
        }
        if let Some(width) = plan.width {
            column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(narrow(width).saturating_add(padding))));
        }
    }

    let mut rows_begun = 0usize;
    table.lines().map(|line| line_of(&line, &mut rows_begun)).collect()
}

/// Columns for the text of each column; what has no width gets what the others leave.
fn rooms(width: usize, columns: &[Column<'_>]) -> Vec<usize> {
    let last = columns.len().saturating_sub(1);
    // A blank between columns, and another where they are not close.
    let between = |at: usize, column: &Column<'_>| if at == last { 0 } else { 1 + usize::from(!column.close) };
    let taken: usize = columns.iter().enumerate().map(|(at, column)| column.width.unwrap_or(0) + between(at, column)).sum();
    let free = columns.iter().filter(|column| column.width.is_none()).count().max(1);
    columns.iter().map(|column| column.width.unwrap_or_else(|| (width.saturating_sub(taken) / free).max(2))).collect()
}

fn line_of(line: &str, rows_begun: &mut usize) -> Line {
    let mut cells = line.split(BETWEEN);
    let first = cells.next() == Some(BEGIN);
    let cells: Vec<String> = cells.map(str::to_owned).collect();
    *rows_begun += usize::from(first);
    match rows_begun.checked_sub(1) {
        Some(row) => Line::Row { row, first, cells },
        None if cells.is_empty() => Line::Rule(line.chars().skip(2).collect()),
        None => Line::Head(cells),
    }
}

#[cfg(test)]
mod tests {
    use super::super::wrap::columns as wide;
    use super::*;
    use proptest::prelude::*;

    fn texts(width: usize, columns: &[Column<'_>], rows: &[&[&str]]) -> Vec<String> {
        let rows = rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect());
        let line = |line| match line {
            Line::Head(cells) => format!("  {}", cells.join(" ")),
            Line::Rule(rule) => format!("  {rule}"),
            Line::Row { row, first, cells } => format!("{row}{}{}", if first { '.' } else { ' ' }, cells.join(" ")),
        };
        lay_out(width, columns, rows).into_iter().map(line).collect()
    }

    #[test]
    fn columns_as_planned() {
        let columns = [Column::fixed("No", 3).right(), Column::fixed("", 1).close(), Column::rest("Text"), Column::fixed("End", 5)];
        let rows: [&[&str]; 3] =
            [&["1", "├", "one two three", "x"], &["12", "", "東京 大阪 名古屋市中区", "abcdefgh"], &["3", "", "short\ntwo"]];
        assert_eq!(
            texts(22, &columns, &rows),
            [
                "   No    Text      End  ",
                "  ──────────────────────",
                "0.  1  ├ one two   x    ",
                "0        three          ",
                // Where a text has no blanks it is parted between its characters.
                "1. 12    東京 大   abcde",
                "1        阪 名古   fgh  ",
                "1        屋市中区       ",
                "2.  3    short          ",
                "2        two            ",
            ]
        );
    }

    proptest! {
        #[test]
        fn never_wider_and_nothing_lost(cells in proptest::collection::vec("[ a-z東京、é\u{301}*]{0,60}", 1..5), width in 30usize..90) {
            let columns = [Column::fixed("a", 4).right(), Column::rest("b"), Column::fixed("c", 9)];
            let rows: Vec<Vec<String>> = cells.iter().map(|cell| vec!["1".to_owned(), cell.clone(), cell.clone()]).collect();
            let flat = |text: &str| text.chars().filter(|c| *c != ' ').collect::<String>();
            let mut back = vec![(0, String::new(), String::new()); cells.len()];
            for line in lay_out(width, &columns, rows) {
                if let Line::Row { row, first, cells } = line {
                    prop_assert!(wide(&cells.join(" ")) <= width, "{cells:?}");
                    back[row].0 += usize::from(first);
                    back[row].1 += &flat(&cells[1]);
                    back[row].2 += &flat(&cells[2]);
                }
            }
            for (cell, (begun, b, c)) in cells.iter().zip(back) {
                prop_assert_eq!((begun, &b, &c), (1, &flat(cell), &flat(cell)));
            }
        }
    }
}

//! Which number is the day in `09/04/2024 08:15:02`. One such date does not say; the lines of a text together may.

use std::borrow::Cow;

use crate::formats::cursor::Cursor;

/// The order of the day and the month in the dates of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DateOrder {
    DayFirst,
    MonthFirst,
}

/// Lines without such a date among which the first one is looked for, and lines that are looked at behind it.
const FIRST: usize = 60;
const LINES: usize = 20_000;
/// Bytes of a line that are looked at.
const WIDTH: usize = 2048;

/// A date whose year is last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Date {
    at: usize,
    length: usize,
    first: u32,
    second: u32,
    year: u32,
}

impl DateOrder {
    /// The order in the lines of a text. A number above twelve is a day. Where there is none, days change from line to line and months
    /// do not: the number that alone changed between neighbours is the day. `None` where nothing tells, or lines differ.
    pub(crate) fn of<'a>(lines: impl Iterator<Item = &'a [u8]>) -> Option<Self> {
        let (mut before, mut silent): (Option<Date>, usize) = (None, 0);
        let (mut certain, mut changed) = ([false; 2], [false; 2]);
        for line in lines.take(LINES) {
            let text = String::from_utf8_lossy(line.get(..WIDTH).unwrap_or(line));
            let Some(date) = date(&text) else {
                silent += 1;
                if before.is_none() && silent > FIRST {
                    return None;
                }
                continue;
            };
            certain = [certain[0] || date.first > 12, certain[1] || date.second > 12];
            if let Some(before) = before.filter(|before| before.year == date.year) {
                let differ = [before.first != date.first, before.second != date.second];
                changed = [changed[0] || differ == [true, false], changed[1] || differ == [false, true]];
            }
            before = Some(date);
        }
        match if certain == [false; 2] { changed } else { certain } {
            [true, false] => Some(Self::DayFirst),
            [false, true] => Some(Self::MonthFirst),
            _ => None,
        }
    }

    /// A line whose first such date has its year first and its day last, so that one meaning is left.
    pub(crate) fn applied(self, text: &str) -> Cow<'_, str> {
        let Some(date) = date(text) else { return Cow::Borrowed(text) };
        let (month, day) = match self {
            Self::DayFirst => (date.second, date.first),
            Self::MonthFirst => (date.first, date.second),
        };
        match (text.get(..date.at), text.get(date.at + date.length..)) {
            (Some(before), Some(behind)) => Cow::Owned(format!("{before}{:04}/{month:02}/{day:02}{behind}", date.year)),
            _ => Cow::Borrowed(text),
        }
    }
}

/// The first date of a text that has its year last and a time behind it.
fn date(text: &str) -> Option<Date> {
    let mut previous = b' ';
    text.bytes().enumerate().find_map(|(at, byte)| {
        let begins = byte.is_ascii_digit() && !previous.is_ascii_alphanumeric() && !matches!(previous, b'.' | b'/' | b'-' | b':');
        previous = byte;
        // `9/` or `09/`
        let marked = || text.as_bytes().get(at + 1..at + 3).is_some_and(|next| next.iter().any(|byte| matches!(byte, b'/' | b'-')));
        if begins && marked() { date_at(text, at) } else { None }
    })
}

fn date_at(text: &str, at: usize) -> Option<Date> {
    let mut cursor = Cursor::new(text.get(at..)?);
    let first = cursor.number(1, 2)?;
    let mark = ["/", "-"].into_iter().find(|mark| cursor.eat(mark))?;
    let second = cursor.number(1, 2)?;
    let year = cursor.eat(mark).then(|| cursor.number(4, 4)).flatten().filter(|year| (1990..=2099).contains(year))?;
    let length = cursor.offset();
    cursor.eat(",");
    let timed = cursor.blanks() > 0 && cursor.number(1, 2).is_some() && cursor.eat(":") && cursor.number(2, 2).is_some() && cursor.eat(":");
    (timed && first.min(second) > 0 && first.min(second) <= 12 && first.max(second) <= 31).then_some(Date {
        at,
        length,
        first,
        second,
        year,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_of_a_text_tell_the_order() {
        use DateOrder::{DayFirst, MonthFirst};
        for (lines, expected) in [
            (&["09/04/2024 08:15:02 a", "13/04/2024 08:15:02 b"][..], Some(DayFirst)),
            (&["04/09/2024 08:15:02 a", "04/13/2024 08:15:02 b"], Some(MonthFirst)),
            // Days change, months stay, in whatever direction the lines run.
            (&["Time,Host", "[09/04/2024 08:15:02]", "no date", "[08/04/2024 08:15:02]"], Some(DayFirst)),
            (&["04-08-2024 08:15:02", "04-09-2024 08:15:02", "05-01-2024 00:00:01"], Some(MonthFirst)),
            (&["sw1,12/04/2024, 08:15:02", "sw1,01/05/2024, 08:15:02", "sw1,02/05/2024, 08:15:02"], Some(DayFirst)),
            // Nothing tells.
            (&["09/04/2024 08:15:02 a", "09/04/2024 09:15:02 b"], None),
            (&["09/04/2024 08:15:02 a", "08/03/2024 09:15:02 b"], None),
            (&["09/04/2024 08:15:02", "10/04/2024 08:15:02", "10/05/2024 08:15:02"], None),
            (&["13/04/2024 08:15:02 a", "04/13/2024 08:15:02 b"], None),
            (
                &["09/04/2024", "10/04/2024", "2024-04-09 08:15:02", "10.04.2024 08:15:02", "1.09/04/2024 08:15:02", "a-9-4-2024 08:15:02"],
                None,
            ),
        ] {
            assert_eq!(DateOrder::of(lines.iter().map(|line| line.as_bytes())), expected, "{lines:?}");
        }
    }

    #[test]
    fn what_is_learned_is_applied() {
        for (order, text, expected) in [
            (DateOrder::DayFirst, "[09/04/2024 08:15:02] sw1", "[2024/04/09 08:15:02] sw1"),
            (DateOrder::MonthFirst, "sw1;4-9-2024, 8:15:02 PM;é", "sw1;2024/04/09, 8:15:02 PM;é"),
            (DateOrder::DayFirst, "09/04/2024 and 10/04/2024 08:15:02", "09/04/2024 and 2024/04/10 08:15:02"),
            (DateOrder::DayFirst, "no date", "no date"),
        ] {
            assert_eq!(order.applied(text), expected);
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "[0-9/,: é-]{0,40}") {
            DateOrder::of(text.split(' ').map(str::as_bytes));
            DateOrder::DayFirst.applied(&text);
        }
    }
}

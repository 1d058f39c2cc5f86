//! The forms that nearly all lines begin with, read byte by byte: `Aug 23 09:19:43.486:`, `Aug 23 09:19:43 sw-1`, and
//! `2021-08-23T09:19:45.000Z`. Whatever is not plainly one of them is left to [`super::read`], which reads the same of these.

use super::{Stamp, Zone};

/// First letters of the months, as devices write them.
const MONTHS: [&[u8; 3]; 12] = [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];

/// The stamp at the start of `text`, and how many bytes it takes.
pub(super) fn stamp(text: &str) -> Option<(Stamp, usize)> {
    let bytes = text.as_bytes();
    if bytes.first()?.is_ascii_digit() { full(bytes) } else { of_this_year(bytes) }
}

/// `2021-08-23T09:19:45.000Z`, `2021-08-23 09:19:45.000+09:00`.
fn full(bytes: &[u8]) -> Option<(Stamp, usize)> {
    let [century, year] = [two(bytes, 0)?, two(bytes, 2)?];
    let divided = at(bytes, 4) == b'-' && at(bytes, 7) == b'-' && matches!(at(bytes, 10), b'T' | b' ');
    let year = Some(century * 100 + year).filter(|year| divided && (1970..=2199).contains(year))?;
    let (month, day) = (two(bytes, 5)?, two(bytes, 8)?);
    let (time, end) = time_of_day(bytes, 11)?;
    let (zone, end) = match at(bytes, end) {
        b'Z' if !at(bytes, end + 1).is_ascii_alphanumeric() => (0, end + 1),
        sign @ (b'+' | b'-') if at(bytes, end + 3) == b':' && !at(bytes, end + 6).is_ascii_digit() => {
            let (hours, minutes) = (two(bytes, end + 1)?, two(bytes, end + 4)?);
            let east = i32::try_from(hours * 60 + minutes).ok().filter(|_| hours <= 14 && minutes < 60)?;
            (if sign == b'-' { -east } else { east }, end + 6)
        }
        _ => return None,
    };
    let year = i32::try_from(year).ok()?;
    let [hour, minute, second, nano] = time;
    Some((Stamp::new(Some(year), month, day, hour, minute, second, nano)?.in_zone(Zone::Offset(zone)), end))
}

/// `Aug 23 09:19:43.486:`, `Aug  3 09:19:43 UTC:`, and before a name in small letters with a number or a mark in it.
fn of_this_year(bytes: &[u8]) -> Option<(Stamp, usize)> {
    let month = (1..).zip(MONTHS).find(|(_, month)| bytes.starts_with(*month))?.0;
    let (day, end) = match (at(bytes, 3), at(bytes, 4), at(bytes, 5), at(bytes, 6)) {
        (b' ', b' ', day @ b'1'..=b'9', b' ') => (u32::from(day - b'0'), 7),
        (b' ', b'1'..=b'3', b'0'..=b'9', b' ') => (two(bytes, 4)?, 7),
        (b' ', day @ b'1'..=b'9', b' ', b'0'..=b'9') => (u32::from(day - b'0'), 6),
        _ => return None,
    };
    let ([hour, minute, second, nano], end) = time_of_day(bytes, end)?;
    let behind = bytes.get(end..).unwrap_or_default();
    let stamp = Stamp::new(None, month, day, hour, minute, second, nano)?;
    if behind.starts_with(b" UTC:") {
        return Some((stamp.in_zone(Zone::Offset(0)), end + 4));
    }
    (behind.starts_with(b":") || is_name(behind)).then_some((stamp, end))
}

/// Whether a blank and a word follow that can be no zone.
fn is_name(behind: &[u8]) -> bool {
    let Some(word) = behind.strip_prefix(b" ").filter(|word| at(word, 0).is_ascii_lowercase()) else { return false };
    let mark = word.iter().find(|byte| !byte.is_ascii_alphabetic());
    mark.is_some_and(|mark| mark.is_ascii_digit() || matches!(mark, b'-' | b'_' | b'.'))
}

/// Hour, minute, second and nanoseconds, and where they end.
fn time_of_day(bytes: &[u8], start: usize) -> Option<([u32; 4], usize)> {
    let [hour, minute, second] = [two(bytes, start)?, two(bytes, start + 3)?, two(bytes, start + 6)?];
    (at(bytes, start + 2) == b':' && at(bytes, start + 5) == b':').then_some(())?;
    let mut end = start + 8;
    let mut nano = 0;
    if matches!(at(bytes, end), b'.' | b',') {
        let mut unit = 100_000_000;
        end += 1;
        let digits = end;
        while at(bytes, end).is_ascii_digit() {
            nano += u32::from(at(bytes, end) - b'0') * unit;
            unit /= 10;
            end += 1;
        }
        (end > digits).then_some(())?;
    }
    (!at(bytes, end).is_ascii_digit()).then_some(([hour, minute, second, nano], end))
}

/// A number of two digits.
fn two(bytes: &[u8], start: usize) -> Option<u32> {
    let (tens, ones) = (at(bytes, start), at(bytes, start + 1));
    (tens.is_ascii_digit() && ones.is_ascii_digit()).then(|| u32::from(tens - b'0') * 10 + u32::from(ones - b'0'))
}

/// The byte at a place; a NUL behind the end.
fn at(bytes: &[u8], place: usize) -> u8 {
    bytes.get(place).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::super::read::in_any_form;
    use super::*;

    fn both(text: &str) -> bool {
        let plain = stamp(text);
        if plain.is_some() {
            assert_eq!(plain, in_any_form(text), "{text}");
        }
        plain.is_some()
    }

    #[test]
    fn the_plain_forms_are_read_as_any_other() {
        let dates = [
            "Aug 23",
            "Aug  3",
            "Aug 3",
            "May 31",
            "Feb 29",
            "Feb 30",
            "Aug 03",
            "Aug 00",
            "aug 23",
            "August 23",
            "2021-08-23",
            "2021-02-29",
            "1969-01-01",
            "2200-01-01",
        ];
        let times = [
            "09:19:43",
            "09:19:43.486",
            "09:19:43,486",
            "09:19:43.4861234567",
            "09:19:43.",
            "9:19:43",
            "24:19:43",
            "09:60:43",
            "09:19:60",
            "09:19:61",
            "09:19:433",
            "09:19",
        ];
        let behind = [
            "",
            ":",
            ": %A-1-B: x",
            " UTC: x",
            " UTC x",
            " UTC",
            " sw-1 45:",
            " sw1",
            " sw 45",
            " est-1: x",
            " est: x",
            " est 2021",
            " jst9 x",
            " cet-DST:",
            " SW-1: x",
            " 2021",
            " 2021 UTC",
            " UTC 2021",
            " pm-1",
            " am",
            " PM",
            "Z",
            "Z ",
            "Za",
            "Z-",
            "+09:00",
            "+09:00:",
            "-04:30 x",
            "+15:00",
            "+09:60",
            "+09:001",
            "+0900",
            "+9",
            " +09:00",
            ".1",
            "-1",
            " a",
            " a.b",
            " a[1]",
            " é-1",
            " at.x",
            "\t",
            "\u{a0}pm",
            "日",
        ];
        let (mut plain, mut all) = (0, 0);
        for date in dates {
            for time in times {
                for behind in behind {
                    for between in [" ", "T", "  "] {
                        all += 1;
                        plain += usize::from(both(&format!("{date}{between}{time}{behind}")));
                    }
                }
            }
        }
        assert!(plain > 200 && plain < all / 8, "{plain} of {all}");
    }

    proptest::proptest! {
        #[test]
        fn nothing_is_read_otherwise(text in "[A-Z][a-z]{2} {1,2}[0-9]{1,2} [0-2][0-9]:[0-5][0-9]:[0-5][0-9]([.,][0-9]{1,10})?[ :]{0,2}[A-Za-z0-9+_./-]{0,6}[ :]?", iso in "20[0-9]{2}-[01][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-5][0-9]:[0-6][0-9]([.,][0-9]{0,10})?[Z+-]?[0-9]{0,2}:?[0-9]{0,3}[ :a-z]{0,3}") {
            both(&text);
            both(&iso);
        }
    }
}

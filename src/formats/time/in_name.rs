//! Dates that people and collectors put into the names of files: `show-tech-2023-09-22.txt`, `messages-20211116.gz`.

use super::Stamp;

/// The last date in a name, at the begin of its day; `None` where there is none.
pub fn date_in_name(name: &str) -> Option<Stamp> {
    let bytes = name.as_bytes();
    (0..bytes.len()).rev().find_map(|at| {
        // Part of a longer number is no year.
        let fresh = at == 0 || !bytes.get(at - 1).is_some_and(u8::is_ascii_digit);
        if fresh { date(bytes.get(at..)?) } else { None }
    })
}

fn date(bytes: &[u8]) -> Option<Stamp> {
    let (year, rest) = number(bytes, 4)?;
    let divided = rest.first().is_some_and(|b| matches!(b, b'-' | b'_' | b'.'));
    let skip = |rest: &'_ [u8]| -> Option<usize> {
        if divided { rest.first().filter(|b| matches!(b, b'-' | b'_' | b'.')).map(|_| 1) } else { Some(0) }
    };
    let rest = rest.get(skip(rest)?..)?;
    let (month, rest) = number(rest, 2)?;
    let rest = rest.get(skip(rest)?..)?;
    let (day, rest) = number(rest, 2)?;
    // `20211116` may be followed by a time of day: six digits, or four.
    let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    let plausible = (1995..=2099).contains(&year) && (digits == 0 || !divided && matches!(digits, 4 | 6));
    plausible.then(|| Stamp::new(i32::try_from(year).ok(), month, day, 0, 0, 0, 0)).flatten()
}

fn number(bytes: &[u8], digits: usize) -> Option<(u32, &[u8])> {
    let (head, rest) = bytes.split_at_checked(digits)?;
    head.iter().all(u8::is_ascii_digit).then(|| (head.iter().fold(0, |sum, b| sum * 10 + u32::from(b - b'0')), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_in_names() {
        for (name, expected) in [
            ("show-tech-2023-09-22.txt", Some("2023-09-22T00:00:00")),
            ("messages-20211116.gz", Some("2021-11-16T00:00:00")),
            ("sw1_20211116-1030.log", Some("2021-11-16T00:00:00")),
            ("sw1_20211116103000.log", Some("2021-11-16T00:00:00")),
            ("diagnostic_log_exp1_2025-09-22_12:58:19.tar.gz", Some("2025-09-22T00:00:00")),
            ("C9300-48U_17.03.05.log", None),
            ("SR-691234567.txt", None),
            ("2021.txt", None),
            ("2021-13-01.txt", None),
            ("120211116.txt", None),
        ] {
            assert_eq!(date_in_name(name).and_then(|stamp| stamp.rfc3339()).as_deref(), expected, "{name}");
        }
    }
}

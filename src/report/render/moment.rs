//! Times for people. The offset is the source's own and is not converted; what no parser knows is shown as it is.

use chrono::{DateTime, NaiveDateTime};

use crate::rules::translation::Words;

/// Local date and time as stated.
fn stated(time: &str) -> Option<NaiveDateTime> {
    DateTime::parse_from_rfc3339(time)
        .map(|time| time.naive_local())
        .or_else(|_| NaiveDateTime::parse_from_str(time, "%Y-%m-%dT%H:%M:%S%.f"))
        .ok()
}

/// A time of which only the year is not known, in a leap year: `Jun 29 11:12:39`.
fn undated(time: &str) -> Option<NaiveDateTime> {
    NaiveDateTime::parse_from_str(&format!("0004 {time}"), "%Y %b %d %H:%M:%S").ok()
}

/// Milliseconds that a time without a year stands for, at most half a year away from the first of them where there is one.
pub(super) fn within_half_a_year(time: &str, first: Option<i64>) -> Option<i64> {
    const YEAR: i64 = 366 * 86_400_000;
    let at = undated(time)?.and_utc().timestamp_millis();
    Some(match first.map_or(0, |first| at - first) {
        apart if apart > YEAR / 2 => at - YEAR,
        apart if apart < -YEAR / 2 => at + YEAR,
        _ => at,
    })
}

/// Whether of a time only the year is not known.
pub(super) fn is_undated(time: &str) -> bool {
    undated(time).is_some()
}

/// The earliest and the latest of spans: of those that have years where some have, else within half a year of the first.
pub(super) fn widest<'a>(spans: &[(&'a str, &'a str)]) -> Option<(&'a str, &'a str)> {
    let dated = spans.iter().any(|(first, _)| order(first).is_some());
    let pivot = spans.first().and_then(|(first, _)| within_half_a_year(first, None));
    let key = |time: &str| match dated {
        false => within_half_a_year(time, pivot),
        true => order(time).map(|at| at.and_utc().timestamp_millis()),
    };
    let comparable = || spans.iter().filter(|(first, _)| !dated || order(first).is_some());
    let first = comparable().map(|(first, _)| *first).min_by_key(|time| key(time))?;
    let last = comparable().map(|(_, last)| *last).max_by_key(|time| key(time))?;
    Some((first, last))
}

/// A value that orders times of different offsets; a time without offset counts as UTC.
pub(super) fn order(time: &str) -> Option<NaiveDateTime> {
    DateTime::parse_from_rfc3339(time).map(|time| time.naive_utc()).ok().or_else(|| stated(time))
}

/// Seconds east of Greenwich, where the time states them.
pub(super) fn offset(time: &str) -> Option<i32> {
    DateTime::parse_from_rfc3339(time).ok().map(|time| time.offset().local_minus_utc())
}

/// `2021-06-29 11:12 → 07-02 08:40`: what the second time shares with the first is left out.
pub(super) fn span(first: Option<&str>, last: Option<&str>) -> Option<String> {
    let (first, last) = match (first, last) {
        (None, None) => return None,
        (Some(one), None) | (None, Some(one)) => (one, one),
        (Some(first), Some(last)) => (first, last),
    };
    let (Some(from), Some(to)) = (stated(first), stated(last)) else {
        return Some(span_undated(first, last));
    };
    let start = from.format("%Y-%m-%d %H:%M").to_string();
    let end = match () {
        () if from.format("%Y%m%d%H%M").to_string() == to.format("%Y%m%d%H%M").to_string() => return Some(start),
        () if from.date() == to.date() => to.format("%H:%M"),
        () if from.format("%Y").to_string() == to.format("%Y").to_string() => to.format("%m-%d %H:%M"),
        () => to.format("%Y-%m-%d %H:%M"),
    };
    Some(format!("{start} → {end}"))
}

/// `Jun 29 11:12 → Jul 02 08:40`; what no parser knows as it is.
fn span_undated(first: &str, last: &str) -> String {
    let (Some(from), Some(to)) = (undated(first), undated(last)) else {
        return if first == last { first.to_owned() } else { format!("{first} → {last}") };
    };
    let start = from.format("%b %d %H:%M").to_string();
    match () {
        () if from.format("%b%d%H%M").to_string() == to.format("%b%d%H%M").to_string() => start,
        () if from.date() == to.date() => format!("{start} → {}", to.format("%H:%M")),
        () => format!("{start} → {}", to.format("%b %d %H:%M")),
    }
}

/// `2021-06-29 11:12:39 +02:00`: to the second, with the offset where one is stated.
pub(super) fn full(time: &str) -> String {
    let Some(local) = stated(time) else { return time.to_owned() };
    let offset = match DateTime::parse_from_rfc3339(time) {
        Ok(_) if time.ends_with(['Z', 'z']) => " UTC".to_owned(),
        Ok(time) => format!(" {}", time.offset()),
        Err(_) => String::new(),
    };
    format!("{}{offset}", local.format("%Y-%m-%d %H:%M:%S"))
}

/// Days without a year in the manner of the language: `Sep 11 02:47`, `9月11日 02:47`.
pub(super) fn in_language(words: Words<'_>, text: String) -> String {
    if words.is_english() {
        return text;
    }
    let mut parts = text.split(' ').peekable();
    let mut said: Vec<String> = Vec::new();
    while let Some(part) = parts.next() {
        let month = MONTHS.iter().position(|name| *name == part).map(|at| (at + 1).to_string());
        let day = parts.peek().and_then(|day| day.parse::<u8>().ok());
        said.push(match (month, day) {
            (Some(month), Some(day)) => {
                parts.next();
                words.fill("{month} {day}", &[&month, &day.to_string()])
            }
            _ => part.to_owned(),
        });
    }
    said.join(" ")
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `2025-11-01 → 11-16`, `Nov 01 → Nov 16`: the days only.
pub(super) fn days(first: &str, last: &str) -> Option<String> {
    if let (Some(from), Some(to)) = (undated(first), undated(last)) {
        let (from, to) = (from.format("%b %d").to_string(), to.format("%b %d").to_string());
        return Some(if from == to { from } else { format!("{from} → {to}") });
    }
    let (from, to) = (stated(first)?.date(), stated(last)?.date());
    Some(match () {
        () if from == to => from.to_string(),
        () if from.format("%Y").to_string() == to.format("%Y").to_string() => format!("{from} → {}", to.format("%m-%d")),
        () => format!("{from} → {to}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans() {
        for (first, last, expected) in [
            (None, None, None),
            (Some("2021-06-29T11:12:39+02:00"), None, Some("2021-06-29 11:12")),
            (Some("2021-06-29T11:12:39+02:00"), Some("2021-06-29T11:12:59+02:00"), Some("2021-06-29 11:12")),
            (Some("2021-06-29T11:12:39Z"), Some("2021-06-29T13:00:00Z"), Some("2021-06-29 11:12 → 13:00")),
            (Some("2021-06-29T11:12:39.643"), Some("2021-07-02T08:40:11"), Some("2021-06-29 11:12 → 07-02 08:40")),
            (Some("2021-12-31T23:59:00"), Some("2022-01-01T00:00:00"), Some("2021-12-31 23:59 → 2022-01-01 00:00")),
            (Some("yesterday"), Some("today"), Some("yesterday → today")),
            // No year stated.
            (Some("Jun 29 11:12:39"), Some("Jul 02 08:40:11"), Some("Jun 29 11:12 → Jul 02 08:40")),
            (Some("Feb 29 11:12:39"), Some("Feb 29 13:00:00"), Some("Feb 29 11:12 → 13:00")),
            (Some("Dec 31 23:59:59"), Some("Dec 31 23:59:59"), Some("Dec 31 23:59")),
        ] {
            assert_eq!(span(first, last).as_deref(), expected);
        }
    }

    #[test]
    fn in_full() {
        for (time, expected) in [
            ("2021-06-29T11:12:39.643Z", "2021-06-29 11:12:39 UTC"),
            ("2021-06-29T11:12:39+02:00", "2021-06-29 11:12:39 +02:00"),
            ("2021-06-29T11:12:39", "2021-06-29 11:12:39"),
            ("yesterday", "yesterday"),
        ] {
            assert_eq!(full(time), expected);
        }
    }

    #[test]
    fn the_widest_of_several_spans() {
        let dated = ("2021-06-29T11:12:39Z", "2021-07-02T08:40:11Z");
        for (spans, expected) in [
            (&[][..], None),
            (&[("2021-07-01T00:00:00Z", "2021-07-05T00:00:00Z"), dated], Some(("2021-06-29T11:12:39Z", "2021-07-05T00:00:00Z"))),
            // What states a year counts alone.
            (&[("Jan 01 00:00:01", "Dec 31 00:00:00"), dated], Some(dated)),
            (
                &[("Jun 30 00:00:00", "Jul 01 00:00:00"), ("Jun 29 00:00:00", "Jun 30 00:00:00")],
                Some(("Jun 29 00:00:00", "Jul 01 00:00:00")),
            ),
            // Over New Year.
            (
                &[("Jan 01 00:00:01", "Jan 03 00:00:00"), ("Dec 30 00:00:00", "Dec 31 00:00:00")],
                Some(("Dec 30 00:00:00", "Jan 03 00:00:00")),
            ),
        ] {
            assert_eq!(widest(spans), expected, "{spans:?}");
        }
    }

    #[test]
    fn offsets_matter_to_the_order_only() {
        assert!(order("2021-06-29T11:00:00+02:00") < order("2021-06-29T10:00:00Z"));
        assert!(order("2021-06-29T09:00:00") < order("2021-06-29T10:00:00+00:00"));
        assert_eq!(days("2025-11-01T00:00:03", "2025-11-16T00:00:03").as_deref(), Some("2025-11-01 → 11-16"));
        assert_eq!(days("Nov 01 00:00:03", "Nov 16 00:00:03").as_deref(), Some("Nov 01 → Nov 16"));
    }
}

//! The span of time that was asked for. What is stated to be outside of it counts for nothing; what states no time does.

use chrono::{DateTime, Duration, NaiveDateTime};

use crate::formats::time::{self, Stamp, Zone};

/// One end of a window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bound {
    /// A date and time; without an offset it is compared with what sources state, as it stands.
    At(Stamp),
    /// So many seconds before the newest time of the case.
    Before(i64),
}

impl Bound {
    /// Reads `2021-06-29`, `2021-06-29T11:12`, `2021-06-29T11:12:39+02:00`, or a number with `s`, `m`, `h`, `d` or `w`. The end of a
    /// window may be a day, which counts whole.
    ///
    /// # Errors
    /// What would be right, in words.
    pub fn parse(text: &str, is_end: bool) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no time; give a date (2024-03-02, 2024-03-02T21:30, with an offset or Z behind it) or how long before the newest time of the case (36h, 7d)");
        let text = text.trim();
        if let Some(unit) = text.chars().last().filter(|_| text.len() > 1 && text[..text.len() - 1].bytes().all(|byte| byte.is_ascii_digit())) {
            let seconds = match unit {
                's' => 1,
                'm' => 60,
                'h' => 3_600,
                'd' => 86_400,
                'w' => 604_800,
                _ => return Err(wrong()),
            };
            let count: i64 = text[..text.len() - 1].parse().map_err(|_| wrong())?;
            return count.checked_mul(seconds).map(Self::Before).ok_or_else(wrong);
        }
        let day = text.len() == 10;
        let whole = match (day, is_end) {
            (true, false) => format!("{text}T00:00:00"),
            (true, true) => format!("{text}T23:59:59.999"),
            (false, _) => text.to_owned(),
        };
        let stated = DateTime::parse_from_rfc3339(&whole).ok().map(|time| (time.naive_local(), Zone::Offset(time.offset().local_minus_utc() / 60)));
        let formats = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"];
        let plain = || formats.iter().find_map(|format| NaiveDateTime::parse_from_str(&whole, format).ok()).map(|time| (time, Zone::None));
        let (naive, zone) = stated.or_else(plain).ok_or_else(wrong)?;
        Stamp::of_naive(naive).map(|stamp| Self::At(stamp.in_zone(zone))).ok_or_else(wrong)
    }
}

/// What was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// From then on.
    pub since: Option<Bound>,
    /// Up to then.
    pub until: Option<Bound>,
}

impl Window {
    /// Nothing was asked for.
    pub fn is_open(&self) -> bool {
        self.since.is_none() && self.until.is_none()
    }

    /// The window of a case whose newest time is known.
    pub(super) fn of_case(&self, newest: Option<&Stamp>) -> Span {
        let at = |bound: &Option<Bound>| match bound {
            None => None,
            Some(Bound::At(stamp)) => Some(stamp.clone()),
            Some(Bound::Before(seconds)) => newest.map(|newest| newest.clone().moved(-seconds)),
        };
        Span { since: at(&self.since), until: at(&self.until).or_else(|| newest.cloned()) }
    }
}

/// A window with ends that are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Span {
    since: Option<Stamp>,
    /// The newest time of the case where no end was asked for.
    until: Option<Stamp>,
}

impl Span {
    /// Whether a time may lie in it. One without a year does where it lies in the window in some year.
    pub(super) fn holds(&self, time: &Stamp) -> bool {
        if time.has_year() {
            return self.since.as_ref().is_none_or(|since| !earlier(time, since)) && self.until.as_ref().is_none_or(|until| !earlier(until, time));
        }
        let years = [&self.since, &self.until].into_iter().flatten().filter_map(Stamp::year);
        let (Some(first), Some(last)) = (years.clone().min(), years.max()) else { return true };
        // A window of years holds every day of a year.
        last - first > 1 || (first..=last).any(|year| self.holds_dated(&time.clone().in_year(year)))
    }

    fn holds_dated(&self, time: &Stamp) -> bool {
        time.has_year() && self.holds(time)
    }
}

/// Whether one moment comes before another: by UTC where both state their offset, else as they stand.
fn earlier(one: &Stamp, other: &Stamp) -> bool {
    match (one.offset(), other.offset()) {
        (Some(a), Some(b)) => {
            one.wall_millis() - Duration::minutes(a.into()).num_milliseconds() < other.wall_millis() - Duration::minutes(b.into()).num_milliseconds()
        }
        _ => one.wall_millis() < other.wall_millis(),
    }
}

/// A zone as people name it: an offset (`+09:00`, `-0530`), or a name that means one offset (`UTC`, `JST`).
///
/// # Errors
/// What would be right, in words.
pub fn zone(text: &str) -> Result<i32, String> {
    time::zone_offset(text.trim()).ok_or_else(|| format!("`{text}` is no zone; give an offset (+09:00) or a name that means one offset (UTC, JST, KST, CET)"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(text: &str) -> Stamp {
        time::parse_prefix(text).unwrap().0
    }

    fn window(since: &str, until: &str) -> Window {
        let bound = |text: &str, is_end| (!text.is_empty()).then(|| Bound::parse(text, is_end).unwrap());
        Window { since: bound(since, false), until: bound(until, true) }
    }

    #[test]
    fn times_lie_in_windows() {
        let newest = stamp("2024-03-10T12:00:00+00:00");
        for (since, until, time, expected) in [
            ("2024-03-02", "", "2024-03-01T23:59:59+00:00", false),
            ("2024-03-02", "", "2024-03-02T00:00:00+00:00", true),
            ("", "2024-03-02", "2024-03-02T23:59:59+00:00", true),
            ("", "2024-03-02T10:00", "2024-03-02T10:00:01+00:00", false),
            ("36h", "", "2024-03-09T00:00:00+00:00", true),
            ("36h", "", "2024-03-08T23:59:59+00:00", false),
            ("2024-03-02T10:00:00Z", "", "2024-03-02T11:30:00+02:00", false),
            ("2024-03-02T10:00:00Z", "", "2024-03-02T12:30:00+02:00", true),
            // Without a zone on one side both are taken as they stand.
            ("2024-03-02T10:00:00", "", "2024-03-02T11:30:00+02:00", true),
            ("7d", "", "Mar  4 10:00:00", true),
            ("7d", "", "Mar  2 10:00:00", false),
            ("7d", "", "Dec 24 10:00:00", false),
            ("2023-12-20", "2024-01-10", "Dec 24 10:00:00", true),
            ("2023-12-20", "2024-01-10", "Jan 11 10:00:00", false),
        ] {
            assert_eq!(window(since, until).of_case(Some(&newest)).holds(&stamp(time)), expected, "{since}..{until} {time}");
        }
        assert!(window("36h", "").of_case(None).holds(&stamp("2024-03-08T23:59:59+00:00")));
    }

    #[test]
    fn what_is_no_time_or_zone_is_said() {
        for text in ["yesterday", "36x", "", "2024-13-01", "99999999999999999999d", "h"] {
            assert!(Bound::parse(text, false).is_err(), "{text}");
        }
        assert_eq!(["+09:00", "-0530", "utc", "JST"].map(|text| zone(text).unwrap()), [540, -330, 0, 540]);
        assert!(zone("CST").is_err() && zone("Tokyo").is_err() && zone("+25:00").is_err());
    }
}

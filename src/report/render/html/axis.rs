//! A stretch of time drawn to scale: instants as percentages of its width, and marks at round times.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime};

use super::moment;
use crate::rules::translation::Words;

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Distances between marks, the least first.
const STEPS: [i64; 16] = [
    SECOND,
    5 * SECOND,
    15 * SECOND,
    30 * SECOND,
    MINUTE,
    5 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    7 * DAY,
    14 * DAY,
];

/// Where these are too short: months between marks that stand at the first of a month.
const MONTHS: [i32; 7] = [1, 3, 6, 12, 60, 120, 600];

/// Marks on an axis, at most.
const MARKS: i64 = 6;

/// The clock that times are drawn by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clock {
    /// All state this offset, in seconds.
    Offset(i64),
    /// None states an offset.
    Unstated,
    /// They differ: drawn in UTC, those without an offset as if it were theirs.
    Mixed,
    /// None states a year: drawn within half a year of the first, in milliseconds.
    Yearless(i64),
}

impl Clock {
    /// The clock of these times.
    pub(super) fn of<'a>(times: impl Iterator<Item = &'a str>) -> Self {
        let mut clock = None;
        let mut yearless = None;
        for time in times {
            let this = match moment::offset(time) {
                Some(seconds) => Self::Offset(i64::from(seconds)),
                None if moment::order(time).is_some() => Self::Unstated,
                None => {
                    yearless = yearless.or_else(|| moment::within_half_a_year(time, None));
                    continue;
                }
            };
            match clock {
                None => clock = Some(this),
                Some(known) if known != this => return Self::Mixed,
                Some(_) => {}
            }
        }
        clock.or(yearless.map(Self::Yearless)).unwrap_or(Self::Unstated)
    }

    /// Milliseconds that a time stands for.
    pub(super) fn read(self, time: &str) -> Option<i64> {
        if let Self::Yearless(first) = self {
            return moment::within_half_a_year(time, Some(first));
        }
        let at = moment::order(time)?.and_utc().timestamp_millis();
        Some(match (self, moment::offset(time)) {
            (Self::Offset(seconds), Some(_)) => at + seconds * SECOND,
            _ => at,
        })
    }

    /// What the marks are, in words.
    pub(super) fn words(self, words: Words<'_>) -> String {
        match self {
            Self::Offset(0) => words.say("Times in UTC.").to_owned(),
            Self::Offset(seconds) => {
                let (sign, minutes) = (if seconds < 0 { '−' } else { '+' }, seconds.abs() / 60);
                words.fill("Times in UTC{}, as stated.", &[&format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)])
            }
            Self::Unstated => words.say("Times as stated, without a zone.").to_owned(),
            Self::Mixed => words.say("Times in UTC; those that state no zone are drawn as if it were UTC.").to_owned(),
            Self::Yearless(_) => words.say("Times as stated, without a year.").to_owned(),
        }
    }
}

/// A stretch of time, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Axis {
    from: i64,
    to: i64,
    /// Whether days have a year.
    dated: bool,
}

/// A mark on the axis.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tick {
    pub(super) at: i64,
    pub(super) text: String,
}

impl Axis {
    /// An axis for these times, with a little room beside the earliest and the latest.
    pub(super) fn of<'a>(clock: Clock, times: impl Iterator<Item = &'a str>) -> Option<Self> {
        let around = Self::around(times.filter_map(|time| clock.read(time)))?;
        Some(Self { dated: !matches!(clock, Clock::Yearless(_)), ..around })
    }

    fn around(instants: impl Iterator<Item = i64>) -> Option<Self> {
        let (mut first, mut last) = (i64::MAX, i64::MIN);
        for at in instants {
            first = first.min(at);
            last = last.max(at);
        }
        let room = last.checked_sub(first).filter(|length| *length >= 0)?.checked_div(40)?.max(30 * SECOND);
        Some(Self { from: first.checked_sub(room)?, to: last.checked_add(room)?, dated: true })
    }

    /// Where an instant stands, in percent of the width; beyond its ends at its ends.
    pub(super) fn percent(self, at: i64) -> f64 {
        let part = (at.saturating_sub(self.from)) as f64 / (self.to - self.from) as f64;
        part.clamp(0.0, 1.0) * 100.0
    }

    /// Whether it lies before the axis.
    pub(super) fn is_before(self, at: i64) -> bool {
        at < self.from
    }

    /// Whether it lies behind the axis.
    pub(super) fn is_behind(self, at: i64) -> bool {
        at > self.to
    }

    /// The days it reaches over.
    pub(super) fn days(self, words: Words<'_>) -> String {
        let format = if self.dated { "%Y-%m-%d" } else { "%b %d" };
        let [first, last] = [self.from, self.to].map(|at| naive(at).map(|time| time.format(format).to_string()).unwrap_or_default());
        moment::in_language(words, if first == last { first } else { format!("{first} → {last}") })
    }

    /// Marks at round times.
    pub(super) fn ticks(self, words: Words<'_>) -> Vec<Tick> {
        let length = self.to - self.from;
        let Some(step) = STEPS.into_iter().find(|step| length / step <= MARKS) else { return self.months(length, words) };
        let mut at = self.from.div_euclid(step) * step + step;
        let same_day = self.from.div_euclid(DAY) == self.to.div_euclid(DAY);
        let format = match step {
            _ if step < MINUTE && same_day => "%H:%M:%S",
            _ if step < MINUTE => "%m-%d %H:%M:%S",
            _ if step < DAY && same_day => "%H:%M",
            _ if step < DAY => "%m-%d %H:%M",
            _ if self.dated => "%Y-%m-%d",
            _ => "%b %d",
        };
        let mut ticks = Vec::new();
        while at <= self.to {
            let time = naive(at);
            let text = |time: NaiveDateTime| moment::in_language(words, time.format(format).to_string());
            ticks.extend(time.map(|time| Tick { at, text: text(time) }));
            at += step;
        }
        ticks
    }

    fn months(self, length: i64, words: Words<'_>) -> Vec<Tick> {
        const MONTH: i64 = 30 * DAY;
        let step = MONTHS.into_iter().find(|step| length / (i64::from(*step) * MONTH) <= MARKS).unwrap_or(12_000);
        let Some(first) = naive(self.from) else { return Vec::new() };
        // Months since the year 0.
        let mut month = (first.year() * 12 + first.month0().cast_signed()).div_euclid(step) * step;
        let mut ticks = Vec::new();
        loop {
            month += step;
            let date = NaiveDate::from_ymd_opt(month.div_euclid(12), month.rem_euclid(12).cast_unsigned() + 1, 1);
            let Some(at) = date.map(|date| date.and_time(NaiveTime::MIN).and_utc().timestamp_millis()).filter(|at| *at <= self.to) else {
                return ticks;
            };
            let format = if self.dated { "%Y-%m-%d" } else { "%b %d" };
            let text = |date: NaiveDate| moment::in_language(words, date.format(format).to_string());
            ticks.extend(date.map(|date| Tick { at, text: text(date) }));
        }
    }
}

fn naive(at: i64) -> Option<NaiveDateTime> {
    DateTime::from_timestamp_millis(at).map(|time| time.naive_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time: &str) -> i64 {
        Clock::Unstated.read(time).unwrap()
    }

    #[test]
    fn one_clock_or_several() {
        for (times, expected) in [
            (&["2021-06-29T11:12:39+02:00", "2021-06-30T11:12:39+02:00"][..], Clock::Offset(7200)),
            (&["2021-06-29T11:12:39", "2021-06-29T11:12:39.5"], Clock::Unstated),
            (&["2021-06-29T11:12:39Z", "2021-06-29T11:12:39"], Clock::Mixed),
            (&["2021-06-29T11:12:39Z", "yesterday"], Clock::Offset(0)),
            (&[], Clock::Unstated),
        ] {
            assert_eq!(Clock::of(times.iter().copied()), expected, "{times:?}");
        }
        // Without a year: over New Year; and beside a time of which the year is known.
        let clock = Clock::of(["Dec 31 23:00:00", "Jan 01 01:00:00"].into_iter());
        let times = ["Dec 31 23:00:00", "Jan 01 01:00:00"].map(|time| clock.read(time).unwrap());
        assert_eq!(times[1] - times[0], 2 * HOUR);
        let axis = Axis::of(clock, ["Dec 31 23:00:00", "Jan 01 01:00:00"].into_iter()).unwrap();
        assert_eq!(axis.days(Words::default()), "Dec 31 → Jan 01");
        assert_eq!(Clock::of(["Dec 31 23:00:00", "2021-06-29T11:12:39"].into_iter()), Clock::Unstated);
        let wall = at("2021-06-29T11:12:39");
        assert_eq!(Clock::Offset(7200).read("2021-06-29T11:12:39+02:00"), Some(wall));
        assert_eq!(Clock::Mixed.read("2021-06-29T13:12:39+02:00"), Some(wall));
        assert_eq!(Clock::Mixed.read("yesterday"), None);
    }

    #[test]
    fn to_scale() {
        let (first, last) = (at("2021-06-29T00:00:00"), at("2021-06-30T00:00:00"));
        let axis = Axis::around([last, first].into_iter()).unwrap();
        let middle = axis.percent(at("2021-06-29T12:00:00"));
        assert!((middle - 50.0).abs() < 1e-9, "{middle}");
        let hour = axis.percent(at("2021-06-29T13:00:00")) - middle;
        assert!((hour - 100.0 / 25.2).abs() < 1e-9, "a day and two fortieths are 25.2 hours: {hour}");
        assert!((axis.percent(at("2031-01-01T00:00:00")) - 100.0).abs() < 1e-9);
        assert!(Axis::around(std::iter::empty()).is_none());
        assert!(Axis::around(std::iter::once(first)).is_some());
    }

    #[test]
    fn round_marks() {
        let marks = |first: &str, last: &str| {
            let ticks = Axis::around([at(first), at(last)].into_iter()).unwrap().ticks(Words::default());
            ticks.into_iter().map(|tick| tick.text).collect::<Vec<_>>()
        };
        assert_eq!(marks("2021-06-29T08:12:00", "2021-06-29T08:16:00"), ["08:12", "08:13", "08:14", "08:15", "08:16"]);
        assert_eq!(marks("2021-06-29T20:00:00", "2021-06-30T20:00:00")[..2], ["06-30 00:00", "06-30 06:00"]);
        assert_eq!(
            marks("2021-06-29T00:00:00", "2021-07-03T00:00:00"),
            ["2021-06-29", "2021-06-30", "2021-07-01", "2021-07-02", "2021-07-03"]
        );
        assert_eq!(marks("2019-12-31T00:00:00", "2023-06-01T00:00:00"), ["2020-01-01", "2021-01-01", "2022-01-01", "2023-01-01"]);
        for years in [1, 10, 100, 1_000] {
            let ticks = marks("2000-01-01T00:00:00", &format!("{}-01-01T00:00:00", 2000 + years));
            assert!((2..=7).contains(&ticks.len()), "{ticks:?}");
        }
    }
}

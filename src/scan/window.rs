//! The span of time that was asked for. What is stated to be outside of it counts for nothing; what states no time does.
//!
//! Most device logs give no year, and `36h` counts back from the newest time of the case: both are known only when all was read.
//! So a case with a window is read twice, and what the first reading learned is part of the [`Span`] that the second one keeps to.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, NaiveDateTime, NaiveTime};

use super::evidence::{Anchor, ArtifactScan};
use crate::formats::time::{Region, Stamp, Zone};

/// One end of a window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bound {
    /// A date and time; without an offset it is compared with what sources state, as it stands.
    At(Stamp),
    /// So many seconds before the newest time of the case.
    Before(i64),
}

impl Bound {
    /// Reads `2021-06-29`, `2021-06-29T11:12`, `2021-06-29T11:12:39+02:00`, or a number with `s`, `m`, `h`, `d` or `w`. A day that
    /// ends a window counts whole.
    ///
    /// # Errors
    /// What would be right, in words.
    pub fn parse(text: &str, is_end: bool) -> Result<Self, String> {
        let text = text.trim();
        let wrong = || {
            format!(
                "`{text}` is no time; give a date (2021-06-29, 2021-06-29T11:12, 2021-06-29T11:12:39+02:00) or how long before the newest time of the case (36h, 7d)"
            )
        };
        let span = text.strip_prefix('-').unwrap_or(text);
        if let Some((at, unit)) = span.char_indices().last().filter(|(at, _)| *at > 0)
            && let Some(number) = span.get(..at).filter(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
            && unit.is_ascii_alphabetic()
        {
            let seconds = match unit {
                's' => 1,
                'm' => 60,
                'h' => 3_600,
                'd' => 86_400,
                'w' => 604_800,
                _ => return Err(wrong()),
            };
            let count: i64 = number.parse().map_err(|_| wrong())?;
            // Longer than this nothing is kept, and no calendar reaches.
            const LONGEST: i64 = 200 * 366 * 86_400;
            return count.checked_mul(seconds).filter(|seconds| *seconds <= LONGEST).map(Self::Before).ok_or_else(wrong);
        }
        let whole = match (text.len() == 10, is_end) {
            (true, false) => format!("{text}T00:00:00"),
            (true, true) => format!("{text}T23:59:59.999"),
            (false, _) => text.to_owned(),
        };
        let stated = DateTime::parse_from_rfc3339(&whole).or_else(|_| DateTime::parse_from_str(&whole, "%Y-%m-%dT%H:%M%:z"));
        let stated = stated.ok().map(|time| (time.naive_local(), Zone::Offset(time.offset().local_minus_utc() / 60)));
        let utc = || {
            let wall = whole.strip_suffix(['Z', 'z'])?;
            Some((NaiveDateTime::parse_from_str(wall, "%Y-%m-%dT%H:%M").ok()?, Zone::Offset(0)))
        };
        let formats = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"];
        let plain = || formats.iter().find_map(|format| NaiveDateTime::parse_from_str(&whole, format).ok()).map(|time| (time, Zone::None));
        let (naive, zone) = stated.or_else(utc).or_else(plain).ok_or_else(wrong)?;
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

    /// Whether an end of it counts from the newest time of the case.
    pub fn is_relative(&self) -> bool {
        [&self.since, &self.until].into_iter().flatten().any(|bound| matches!(bound, Bound::Before(_)))
    }
}

/// What a first reading learned of the times of a case.
#[derive(Clone, Debug, Default)]
pub struct Learned {
    /// The newest time with a year; without one the last that states none.
    pub newest: Option<Stamp>,
    /// By artifact.
    pub datings: BTreeMap<String, Dating>,
}

/// What tells the time of lines of an artifact that do not state it whole.
#[derive(Clone, Debug, Default)]
pub struct Dating {
    /// What dates lines without a year.
    pub anchor: Option<Anchor>,
    /// The first and the last moment at which outputs ran that state no time.
    pub ran: Option<(Stamp, Stamp)>,
}

/// A window with ends that are known.
#[derive(Clone, Debug, Default)]
pub struct Span {
    since: Option<Stamp>,
    until: Option<Stamp>,
    /// Both ends in words.
    shown: [Option<String>; 2],
    /// The newest time of the case, past which no line without a year is.
    newest: Option<Stamp>,
    /// Both ends within a year, in a case that states no year at all.
    yearless: Option<[WithinYear; 2]>,
    datings: BTreeMap<String, Dating>,
    assumed: Option<Region>,
}

type WithinYear = (u32, u32, NaiveTime);

impl Span {
    /// The window of a case. Ends without an offset are meant in `region`, where there is one; so are stamps in `assumed`.
    ///
    /// # Errors
    /// Where an end counts from the newest time and none is known.
    pub fn new(window: &Window, learned: Learned, region: Option<&Region>, assumed: Option<&Region>) -> Result<Self, String> {
        let Learned { newest, datings } = learned;
        let newest = newest.map(|stamp| stamp.assumed_in(assumed));
        let at = |bound: &Option<Bound>| match bound {
            None => Ok(None),
            Some(Bound::At(stamp)) => Ok(Some(stamp.clone().assumed_in(region.or(assumed)))),
            Some(Bound::Before(seconds)) => match &newest {
                Some(newest) => Ok(Some(newest.clone().moved(-seconds))),
                None => {
                    Err("no time is stated in this case, so nothing can be counted back from its newest; leave --since and --until out"
                        .to_owned())
                }
            },
        };
        let (since, until) = (at(&window.since)?, at(&window.until)?);
        if let (Some(since), Some(until)) = (&since, &until)
            && earlier(until, since)
        {
            return Err(format!("the window ends before it begins: --since is {}, --until is {}", told(since), told(until)));
        }
        let shown = [&since, &until].map(|end| end.as_ref().map(told));
        let span = Self { since, until, shown, newest, yearless: None, datings, assumed: assumed.cloned() };
        let undated = window.is_relative() && span.newest.as_ref().is_some_and(|newest| !newest.has_year());
        Ok(if undated { span.within_a_year() } else { span })
    }

    /// Where no year is known, ends that count from the newest time are days of any year.
    fn within_a_year(self) -> Self {
        const YEAR: i64 = 365 * 86_400_000;
        let since = self.since.clone().zip(self.newest.clone()).filter(|(since, newest)| newest.wall_millis() - since.wall_millis() < YEAR);
        let end = self.until.as_ref().or(self.newest.as_ref()).map(Stamp::within_year);
        let yearless = since.zip(end).map(|((since, _), end)| [since.within_year(), end]);
        Self { since: None, until: None, yearless, ..self }
    }

    /// Where it begins and ends, as far as that was asked for: RFC 3339, or `Jun 29 11:12` where no year is known.
    pub fn shown(&self) -> &[Option<String>; 2] {
        &self.shown
    }

    /// The last moment that counts, where one was asked for.
    pub(crate) fn end(&self) -> Option<&Stamp> {
        self.until.as_ref()
    }

    /// What a first reading learned of an artifact.
    pub(super) fn dating(&self, path: &str) -> Dating {
        self.datings.get(path).cloned().unwrap_or_default()
    }

    /// A stamp with the year and zone it lacks, as far as they are known.
    pub(super) fn complete(&self, stamp: &Stamp, anchor: Option<&Anchor>) -> Stamp {
        dated(stamp.clone(), anchor, self.assumed.as_ref())
    }

    /// Whether a time may lie in it. One without a year does where it lies in the window in some year.
    pub(crate) fn holds(&self, time: &Stamp) -> bool {
        self.meets(time, time)
    }

    /// Whether some of what was between two times may lie in it.
    pub(crate) fn meets(&self, first: &Stamp, last: &Stamp) -> bool {
        if let Some([from, to]) = &self.yearless {
            let lies = |at: WithinYear| if from <= to { *from <= at && at <= *to } else { *from <= at || at <= *to };
            return lies(first.within_year()) || lies(last.within_year());
        }
        if first.has_year() && last.has_year() {
            return self.since.as_ref().is_none_or(|since| !earlier(last, since))
                && self.until.as_ref().is_none_or(|until| !earlier(until, first));
        }
        let end = self.until.as_ref().or(self.newest.as_ref());
        let (Some(from), Some(to)) = (self.since.as_ref().and_then(Stamp::year), end.and_then(Stamp::year)) else { return true };
        // A window of years holds every day of a year.
        let in_year = |time: &Stamp, year| Some(time.clone().in_year(year)).filter(Stamp::has_year);
        let held = |time: &Stamp| self.meets(time, time) && end.is_none_or(|end| !earlier(end, time));
        to - from > 1 || (from..=to).any(|year| [first, last].into_iter().filter_map(|time| in_year(time, year)).any(|time| held(&time)))
    }
}

/// Whether one moment comes before another: by UTC where both state their offset, else as they stand.
fn earlier(one: &Stamp, other: &Stamp) -> bool {
    match (one.offset(), other.offset()) {
        (Some(a), Some(b)) => {
            let utc = |stamp: &Stamp, minutes: i32| stamp.wall_millis() - Duration::minutes(minutes.into()).num_milliseconds();
            utc(one, a) < utc(other, b)
        }
        _ => one.wall_millis() < other.wall_millis(),
    }
}

fn told(stamp: &Stamp) -> String {
    stamp.rfc3339().unwrap_or_else(|| stamp.short())
}

/// Adds what a stamp does not state. The year: for output of a command the last one that is not after the command, else the one
/// nearest to the anchor. The zone: the one that was said to be assumed.
pub fn dated(stamp: Stamp, anchor: Option<&Anchor>, assumed: Option<&Region>) -> Stamp {
    use chrono::Datelike as _;
    let (false, Some(anchor), Some(date)) = (stamp.has_year(), anchor, anchor.and_then(|anchor| anchor.stamp.date())) else {
        return stamp.assumed_in(assumed);
    };
    let year = date.year();
    let end = anchor.stamp.unix_seconds().unwrap_or(i64::MAX);
    const DAY: i64 = 86_400;
    let candidates = [year - 1, year, year + 1].map(|year| stamp.clone().in_year(year));
    let best = if anchor.is_end {
        candidates
            .into_iter()
            .filter(|stamp| stamp.unix_seconds().is_some_and(|seconds| seconds <= end + DAY))
            .max_by_key(Stamp::unix_seconds)
    } else {
        candidates.into_iter().min_by_key(|stamp| stamp.unix_seconds().map_or(i64::MAX, |seconds| (seconds - end).abs()))
    };
    best.unwrap_or(stamp).assumed_in(assumed)
}

/// When the outputs of an artifact ran whose own time is not stated, the first and the last moment that may be: with the command
/// that states one, or on the day that the name of the artifact says.
pub fn ran(scan: &ArtifactScan) -> Option<(Stamp, Stamp)> {
    const LAST_SECOND: i64 = 86_399;
    if let Some(command) = scan.anchor.as_ref().filter(|anchor| anchor.is_end) {
        return Some((command.stamp.clone(), command.stamp.clone()));
    }
    let made = scan.made.clone()?;
    let last = if made.wall_millis() % 86_400_000 == 0 { made.clone().moved(LAST_SECOND) } else { made.clone() };
    Some((made, last))
}

/// Gives the zone that was said to be assumed to the times of an artifact itself; those of its lines get it with their years.
pub(super) fn assume(scan: &mut ArtifactScan, region: &Region) {
    let give = |stamp: &mut Stamp| *stamp = stamp.clone().assumed_in(Some(region));
    scan.made.iter_mut().for_each(give);
    scan.anchor.iter_mut().for_each(|anchor| give(&mut anchor.stamp));
    for subject in &mut scan.subjects {
        subject.dated.as_deref_mut().into_iter().for_each(|(first, last)| {
            give(first);
            give(last);
        });
        subject.sections.iter_mut().filter_map(|section| section.time.as_mut()).for_each(give);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::time::parse_prefix;

    fn stamp(text: &str) -> Stamp {
        parse_prefix(text).unwrap().0
    }

    fn span(since: &str, until: &str, newest: Option<&str>) -> Result<Span, String> {
        let bound = |text: &str, is_end| (!text.is_empty()).then(|| Bound::parse(text, is_end).unwrap());
        let window = Window { since: bound(since, false), until: bound(until, true) };
        Span::new(&window, Learned { newest: newest.map(stamp), ..Learned::default() }, None, None)
    }

    #[test]
    fn times_lie_in_windows() {
        for (since, until, time, expected) in [
            ("2024-03-02", "", "2024-03-01T23:59:59+00:00", false),
            ("2024-03-02", "", "2024-03-02T00:00:00+00:00", true),
            ("", "2024-03-02", "2024-03-02T23:59:59+00:00", true),
            ("", "2024-03-02", "2024-03-03T00:00:00+00:00", false),
            ("", "2024-03-02T10:00", "2024-03-02T10:00:01+00:00", false),
            ("36h", "", "2024-03-09T00:00:00+00:00", true),
            ("-36h", "", "2024-03-08T23:59:59+00:00", false),
            ("36h", "12h", "2024-03-10T00:00:01+00:00", false),
            ("2024-03-02T10:00:00Z", "", "2024-03-02T11:30:00+02:00", false),
            ("2024-03-02T10:00Z", "", "2024-03-02T12:30:00+02:00", true),
            ("2024-03-02T10:00+02:00", "", "2024-03-02T08:00:00+00:00", true),
            // Without a zone on one side both are taken as they stand.
            ("2024-03-02T10:00:00", "", "2024-03-02T11:30:00+02:00", true),
            ("7d", "", "Mar  4 10:00:00", true),
            ("7d", "", "Mar  2 10:00:00", false),
            ("7d", "", "Dec 24 10:00:00", false),
            ("2023-12-20", "2024-01-10", "Dec 24 10:00:00", true),
            ("2023-12-20", "2024-01-10", "Jan 11 10:00:00", false),
            // It may have been any year.
            ("", "2024-01-10", "Jan 11 10:00:00", true),
        ] {
            let span = span(since, until, Some("2024-03-10T12:00:00+00:00")).unwrap();
            assert_eq!(span.holds(&stamp(time)), expected, "{since}..{until} {time}");
        }
        assert!(span("36h", "", None).is_err());
        assert!(span("2024-03-10", "2024-03-09", None).unwrap_err().contains("2024-03-09T23:59:59"));
    }

    #[test]
    fn a_case_without_any_year_counts_back_within_the_year() {
        for (since, until, time, expected) in [
            ("7d", "", "Jan  2 08:00:00", true),
            ("7d", "", "Dec 29 08:00:00", true),
            ("7d", "", "Dec 25 08:00:00", false),
            ("7d", "1d", "Jan  1 12:00:01", false),
            ("7d", "1d", "Jan  1 11:59:59", true),
            ("400d", "", "Jul  1 08:00:00", true),
        ] {
            let span = span(since, until, Some("Jan  2 12:00:00")).unwrap();
            assert_eq!(span.holds(&stamp(time)), expected, "{since}..{until} {time}");
        }
    }

    #[test]
    fn what_is_no_time_is_said() {
        for text in ["yesterday", "36x", "", "2024-13-01", "99999999999999999999d", "h", "36", "-", "99999w", "2024-03-02T25:00", "\u{e9}"]
        {
            assert!(Bound::parse(text, false).unwrap_err().contains("36h"), "{text}");
        }
    }
}

//! Times as sources state them. Most device logs give no year and no zone; nothing is invented here: a stamp keeps
//! what was stated, and who has other evidence of the year adds it with [`Stamp::in_year`].

mod digits;
mod in_name;
mod order;
mod plain;
mod read;
mod region;
mod zone;

use std::fmt::Write as _;

use chrono::{Datelike, Duration, NaiveDate, NaiveDateTime, Timelike};

pub(crate) use self::digits::epoch;
pub use self::in_name::date_in_name;
pub(crate) use self::order::DateOrder;
pub(crate) use self::read::is_time_first;
pub use self::read::{find_date, happened_on, parse_prefix};
pub use self::region::Region;
pub use self::zone::Zone;

/// One time stamp.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Date and time of day. Where no year was stated it is [`NO_YEAR`].
    naive: NaiveDateTime,
    /// What the source said of the zone.
    pub zone: Zone,
    /// What the source said of the clock itself.
    pub clock: Clock,
}

/// Stands for "no year stated". A leap year, so that 29 February is a date.
pub const NO_YEAR: i32 = 4;

/// The clock flag of IOS-XE logs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Clock {
    /// No flag: synchronised, or a source that has no flags.
    #[default]
    Trusted,
    /// `*`: the clock was never set.
    NeverSet,
    /// `.`: was synchronised and lost it.
    Lost,
}

impl Stamp {
    /// A stamp of stated date and time; `year` is `None` where the source states none.
    pub fn new(year: Option<i32>, month: u32, day: u32, hour: u32, minute: u32, second: u32, nano: u32) -> Option<Self> {
        // A leap second is read as the second before it.
        let naive = NaiveDate::from_ymd_opt(year.unwrap_or(NO_YEAR), month, day)?.and_hms_nano_opt(hour, minute, second.min(59), nano)?;
        Some(Self { naive, zone: Zone::None, clock: Clock::Trusted })
    }

    /// A stamp of a date and time; `None` in the year that stands for none.
    pub fn of_naive(naive: NaiveDateTime) -> Option<Self> {
        (naive.year() != NO_YEAR).then_some(Self { naive, zone: Zone::None, clock: Clock::Trusted })
    }

    /// A stamp in UTC from seconds and nanoseconds since 1970.
    pub fn from_unix(seconds: i64, nano: u32) -> Option<Self> {
        let naive = chrono::DateTime::from_timestamp(seconds, nano)?.naive_utc();
        Some(Self { naive, zone: Zone::Offset(0), clock: Clock::Trusted })
    }

    /// The same with a zone.
    pub fn in_zone(mut self, zone: Zone) -> Self {
        self.zone = zone;
        self
    }

    /// Whether the year is known.
    pub fn has_year(&self) -> bool {
        self.naive.year() != NO_YEAR
    }

    /// The year, where known.
    pub fn year(&self) -> Option<i32> {
        self.has_year().then(|| self.naive.year())
    }

    /// Month (1 to 12), day and time of day, as a value that orders stamps within a year.
    pub fn within_year(&self) -> (u32, u32, chrono::NaiveTime) {
        (self.naive.month(), self.naive.day(), self.naive.time())
    }

    /// The same with the year known from other evidence. Unchanged where a year was stated or the date does not
    /// exist in that year.
    pub fn in_year(mut self, year: i32) -> Self {
        if !self.has_year()
            && let Some(naive) = self.naive.with_year(year)
        {
            self.naive = naive;
        }
        self
    }

    /// The same with what it lacks taken from `other`, a stamp of nearly the same moment, as a relay gives it: the
    /// year, chosen so that the two come closest, and the zone, where both clocks show nearly the same time of day.
    pub fn completed_by(mut self, other: &Self) -> Self {
        /// A relay in another zone is at least this far off.
        const SAME_ZONE: Duration = Duration::minutes(25);
        if let (false, Some(year)) = (self.has_year(), other.year()) {
            let candidates = [year.saturating_sub(1), year, year.saturating_add(1)];
            let nearest = candidates.iter().filter_map(|&year| self.naive.with_year(year)).min_by_key(|naive| (*naive - other.naive).abs());
            self.naive = nearest.unwrap_or(self.naive);
        }
        let comparable = self.has_year() == other.has_year();
        if self.zone == Zone::None && comparable && (self.naive - other.naive).abs() < SAME_ZONE {
            self.zone = other.zone.clone();
        }
        self
    }

    /// The same in the zone of `region` where none was stated. A region whose offset changes in the course of a year needs the year.
    pub fn assumed_in(mut self, region: Option<&Region>) -> Self {
        if self.zone == Zone::None
            && let Some(minutes) = region.and_then(|region| region.at_wall(self.naive, self.has_year()))
        {
            self.zone = Zone::Offset(minutes);
        }
        self
    }

    /// Minutes east of UTC, where the source states them or a zone name that means one offset only.
    pub fn offset(&self) -> Option<i32> {
        match &self.zone {
            Zone::Offset(minutes) => Some(*minutes),
            Zone::Name(name) => zone::offset(name).or_else(|| {
                let place = self.has_year() && name.contains(|c: char| c == '/' || c.is_ascii_digit());
                place.then(|| region::offset_at(name, self.naive)).flatten()
            }),
            Zone::None => None,
        }
    }

    /// Seconds since 1970 for comparison across sources, a stamp without offset taken as UTC. `None` without a year.
    pub fn unix_seconds(&self) -> Option<i64> {
        self.has_year().then(|| self.naive.and_utc().timestamp() - 60 * i64::from(self.offset().unwrap_or(0)))
    }

    /// Milliseconds from 1970 to the date and time as they stand, without regard to the zone. Without a year they count
    /// from a year of their own and only compare with one another.
    pub fn wall_millis(&self) -> i64 {
        self.naive.and_utc().timestamp_millis()
    }

    /// Whether it states fractions of a second.
    pub fn has_fraction(&self) -> bool {
        self.naive.and_utc().timestamp_subsec_nanos() != 0
    }

    /// The same so many seconds later; unchanged where that is out of range.
    pub fn moved(mut self, seconds: i64) -> Self {
        if let Some(naive) = Duration::try_seconds(seconds).and_then(|duration| self.naive.checked_add_signed(duration)) {
            self.naive = naive;
        }
        self
    }

    /// The date, where the year is known.
    pub fn date(&self) -> Option<NaiveDate> {
        self.has_year().then(|| self.naive.date())
    }

    /// RFC 3339 with the offset the source stated, or without offset where it stated none. `None` without a year.
    pub fn rfc3339(&self) -> Option<String> {
        if !self.has_year() {
            return None;
        }
        // By hand: a report holds a hundred thousand of these, and chrono reads its format anew for each.
        let (date, time) = (self.naive.date(), self.naive.time());
        let mut text = String::with_capacity(32);
        // Writing to a String cannot fail.
        let _ = match date.year() {
            year @ 0..=9999 => write!(text, "{year:04}"),
            year => write!(text, "{year:+05}"),
        };
        let _ = write!(text, "-{:02}-{:02}T{:02}:{:02}:{:02}", date.month(), date.day(), time.hour(), time.minute(), time.second());
        if time.nanosecond() != 0 {
            let _ = write!(text, ".{:03}", time.nanosecond() / 1_000_000);
        }
        match self.zone {
            Zone::Offset(0) => text.push('Z'),
            Zone::Offset(minutes) => {
                let sign = if minutes < 0 { '-' } else { '+' };
                text.push_str(&format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60));
            }
            Zone::None | Zone::Name(_) => {}
        }
        Some(text)
    }

    /// Month, day and time of day where no year is known: `Jun 29 11:12:39`.
    pub fn without_year(&self) -> Option<String> {
        (!self.has_year()).then(|| self.naive.format("%b %d %H:%M:%S").to_string())
    }

    /// A short form for people: `Jun 29 11:12`, with the year where known and asked for by [`Self::rfc3339`].
    pub fn short(&self) -> String {
        self.naive.format("%b %d %H:%M").to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_3339_is_what_chrono_writes() {
        for (year, month, day, second, nano) in [
            (2024, 2, 29, 5, 0),
            (999, 1, 1, 59, 1),
            (9_999, 12, 31, 0, 999_999_999),
            (10_000, 1, 1, 1, 0),
            (-1, 1, 1, 0, 7_000_000),
            (0, 1, 1, 0, 0),
        ] {
            let stamp = Stamp::new(Some(year), month, day, 7, 8, second, nano).unwrap();
            let format = if nano == 0 { "%Y-%m-%dT%H:%M:%S" } else { "%Y-%m-%dT%H:%M:%S%.3f" };
            assert_eq!(stamp.rfc3339(), Some(stamp.naive.format(format).to_string()));
        }
    }

    #[test]
    fn zones_of_several_parts_have_an_offset_where_one_is_meant() {
        // By `zoneinfo` of Python.
        for (text, expected) in [
            ("Apr  9 2024 12:15:02.119 Asia/Tokyo: %X", Some(540)),
            ("Apr  9 2024 12:15:02.119 EST5EDT: %X", Some(-240)),
            ("Jan  9 2024 12:15:02.119 EST5EDT: %X", Some(-300)),
            ("Apr  9 2024 12:15:02.119 CET-DST: %X", Some(120)),
            ("Apr  9 2024 12:15:02.119 Central: %X", None),
            ("Apr  9 12:15:02.119 EST5EDT: %X", None),
        ] {
            assert_eq!(parse_prefix(text).and_then(|(stamp, _)| stamp.offset()), expected, "{text}");
        }
    }

    #[test]
    fn a_relay_completes_the_device() {
        let stamp = |text: &str| parse_prefix(text).map(|(stamp, _)| stamp).unwrap();
        for (device, relay, expected) in [
            ("Aug 23 09:19:43.486", "2021-08-23T09:19:45+09:00", "2021-08-23T09:19:43.486+09:00"),
            ("Dec 31 23:59:59", "2022-01-01T00:00:01Z", "2021-12-31T23:59:59Z"),
            ("Jan  1 00:00:01", "2021-12-31T23:59:59Z", "2022-01-01T00:00:01Z"),
            // another zone: the year is known, the zone is not
            ("Aug 23 00:19:43", "2021-08-23T09:19:45+09:00", "2021-08-23T00:19:43"),
            ("2021-08-23 09:19:43 UTC", "2020-08-23T09:19:45+09:00", "2021-08-23T09:19:43Z"),
        ] {
            assert_eq!(stamp(device).completed_by(&stamp(relay)).rfc3339().as_deref(), Some(expected), "{device}");
        }
        assert_eq!(stamp("Aug 23 09:19:43").completed_by(&stamp("Aug 23 09:19:45")).year(), None);
    }
}

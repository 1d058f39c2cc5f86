//! Times as sources state them. Most device logs give no year and no zone; nothing is invented here: a stamp keeps
//! what was stated, and who has other evidence of the year adds it with [`Stamp::in_year`].

use chrono::{Datelike, Duration, NaiveDate, NaiveDateTime};

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

/// The zone of a stamp.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Zone {
    /// None stated.
    #[default]
    None,
    /// An offset from UTC in minutes; `Z`, `UTC` and `GMT` are 0.
    Offset(i32),
    /// A zone name that could mean several offsets (`CST`, `IST`), kept as stated.
    Name(String),
}

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

    /// Seconds since 1970 for comparison across sources, a stamp without offset taken as UTC. `None` without a year.
    pub fn unix_seconds(&self) -> Option<i64> {
        let minutes = match self.zone {
            Zone::Offset(minutes) => minutes,
            Zone::None | Zone::Name(_) => 0,
        };
        self.has_year().then(|| (self.naive - Duration::minutes(minutes.into())).and_utc().timestamp())
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
        let mut text = self
            .naive
            .format(if self.naive.and_utc().timestamp_subsec_nanos() == 0 { "%Y-%m-%dT%H:%M:%S" } else { "%Y-%m-%dT%H:%M:%S%.3f" })
            .to_string();
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

    /// A short form for people: `Jun 29 11:12`, with the year where known and asked for by [`Self::rfc3339`].
    pub fn short(&self) -> String {
        self.naive.format("%b %d %H:%M").to_string()
    }
}

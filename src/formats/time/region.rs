//! Zones as people name them, for display and for stamps that state none.

use chrono::{DateTime, MappedLocalTime, NaiveDateTime, Offset as _, SecondsFormat, TimeZone as _};
use chrono_tz::Tz;

/// A zone: one offset, or a place whose offset changes with its summer time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region {
    name: String,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Minutes east of UTC.
    Fixed(i32),
    Place(Tz),
}

impl Region {
    /// Reads an offset (`+09:00`, `-0530`, `+9`), a name that means one offset wherever it is used (`UTC`, `JST`), or a place of
    /// the IANA database (`Europe/Berlin`).
    ///
    /// # Errors
    /// What would be right, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let fixed = offset(text).or_else(|| if matches!(text, "Z" | "z") { Some(0) } else { super::zone::offset(text) });
        let place = || {
            let place = chrono_tz::TZ_VARIANTS.iter().find(|place| place.name().eq_ignore_ascii_case(text))?;
            Some(Self { name: place.name().to_owned(), kind: Kind::Place(*place) })
        };
        // `EST` and `MST` are places too, and mean the same there.
        match fixed {
            Some(minutes) => Ok(Self { name: named(minutes), kind: Kind::Fixed(minutes) }),
            None => place().ok_or_else(|| {
                format!("`{text}` is no zone that is known, or could be several; give an offset (+09:00), a place (Asia/Tokyo, Europe/Berlin) or a name that means one offset (UTC, JST, CET)")
            }),
        }
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Minutes east of UTC at a date and time as clocks there show them. Of the hour that comes twice the first is meant; one that
    /// is skipped is read as if it had not been. Without a year only zones of one offset have one.
    pub(super) fn at_wall(&self, wall: NaiveDateTime, has_year: bool) -> Option<i32> {
        match self.kind {
            Kind::Fixed(minutes) => Some(minutes),
            Kind::Place(_) if !has_year => None,
            Kind::Place(place) => {
                let seconds = match place.offset_from_local_datetime(&wall) {
                    MappedLocalTime::Single(offset) | MappedLocalTime::Ambiguous(offset, _) => offset.fix().local_minus_utc(),
                    MappedLocalTime::None => place.offset_from_utc_datetime(&wall).fix().local_minus_utc(),
                };
                Some(seconds / 60)
            }
        }
    }

    /// A time of a report as clocks there show it; one without an offset stays as it is.
    pub fn show(&self, time: &str) -> String {
        let Ok(stated) = DateTime::parse_from_rfc3339(time) else { return time.to_owned() };
        let format = if time.contains('.') { SecondsFormat::Millis } else { SecondsFormat::Secs };
        match self.kind {
            Kind::Fixed(minutes) => match chrono::FixedOffset::east_opt(minutes * 60) {
                Some(offset) => stated.with_timezone(&offset).to_rfc3339_opts(format, minutes == 0),
                None => time.to_owned(),
            },
            Kind::Place(place) => stated.with_timezone(&place).fixed_offset().to_rfc3339_opts(format, false),
        }
    }
}

/// Minutes east of UTC at a place of the IANA database (`Asia/Tokyo`, `EST5EDT`), at a date and time as clocks there show them.
pub(super) fn offset_at(place: &str, wall: NaiveDateTime) -> Option<i32> {
    let kind = Kind::Place(place.parse().ok()?);
    Region { name: String::new(), kind }.at_wall(wall, true)
}

/// `+09:00`, `-0530`, `+9`, `UTC+9`.
fn offset(text: &str) -> Option<i32> {
    let text = text.strip_prefix("UTC").or_else(|| text.strip_prefix("GMT")).unwrap_or(text);
    let sign = match text.chars().next()? {
        '+' => 1,
        '-' | '\u{2212}' => -1,
        _ => return None,
    };
    let digits = text.get(text.chars().next()?.len_utf8()..)?;
    let (hours, minutes) = match digits.split_once(':') {
        Some(parts) => parts,
        None if digits.len() == 4 => digits.split_at_checked(2)?,
        None => (digits, "0"),
    };
    let number = |part: &str| (1..=2).contains(&part.len()).then(|| part.parse::<u8>().ok()).flatten();
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    (hours <= 14 && minutes < 60).then(|| sign * (i32::from(hours) * 60 + i32::from(minutes)))
}

fn named(minutes: i32) -> String {
    match minutes {
        0 => "UTC".to_owned(),
        _ => format!("UTC{}{:02}:{:02}", if minutes < 0 { '-' } else { '+' }, minutes.abs() / 60, minutes.abs() % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::time::find_date;

    #[test]
    fn zones_as_people_write_them() {
        for (text, name) in [
            ("+09:00", "UTC+09:00"),
            ("-0530", "UTC-05:30"),
            ("+9", "UTC+09:00"),
            ("UTC+2", "UTC+02:00"),
            ("utc", "UTC"),
            ("Z", "UTC"),
            ("JST", "UTC+09:00"),
            ("europe/berlin", "Europe/Berlin"),
            ("Asia/Tokyo", "Asia/Tokyo"),
        ] {
            assert_eq!(Region::parse(text).map(|region| region.name().to_owned()).as_deref(), Ok(name), "{text}");
        }
        for text in ["CST", "IST", "Tokyo", "+25:00", "+09:60", "", "+", "09:00", "+0900h"] {
            assert!(Region::parse(text).is_err(), "{text}");
        }
    }

    /// Expected values: `TZ=Europe/Berlin date -d ...`.
    #[test]
    fn summer_time_is_kept() {
        let berlin = Region::parse("Europe/Berlin").unwrap();
        for (time, expected) in [
            ("2021-06-29T11:12:39", "2021-06-29T11:12:39+02:00"),
            ("2021-01-29T11:12:39.5", "2021-01-29T11:12:39.500+01:00"),
            // comes twice, never comes
            ("2021-10-31T02:30:00", "2021-10-31T02:30:00+02:00"),
            ("2021-03-28T02:30:00", "2021-03-28T02:30:00+02:00"),
            ("2021-06-29T11:12:39Z", "2021-06-29T11:12:39Z"),
        ] {
            assert_eq!(find_date(time).unwrap().assumed_in(Some(&berlin)).rfc3339().as_deref(), Some(expected), "{time}");
        }
        assert_eq!(find_date("Jun 29 11:12:39").unwrap().assumed_in(Some(&berlin)).offset(), None);
        let tokyo = Region::parse("JST").unwrap();
        assert_eq!(find_date("Jun 29 11:12:39").unwrap().assumed_in(Some(&tokyo)).offset(), Some(540));
        for (time, expected) in [
            ("2021-06-29T11:12:39Z", "2021-06-29T13:12:39+02:00"),
            ("2021-06-29T11:12:39.643+09:00", "2021-06-29T04:12:39.643+02:00"),
            ("2021-06-29T11:12:39", "2021-06-29T11:12:39"),
        ] {
            assert_eq!(berlin.show(time), expected);
        }
        assert_eq!(Region::parse("UTC").unwrap().show("2021-06-29T11:12:39+02:00"), "2021-06-29T09:12:39Z");
    }
}

//! Zones behind the times of logs: offsets, and names as somebody typed them.

use super::read::{is_month, is_weekday, year};
use crate::formats::cursor::Cursor;

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

/// Zone names that mean one offset wherever they are used. `CST`, `IST`, `BST`, `AST` and `SST` mean several and are not here.
const OFFSETS: [(&str, i32); 41] = [
    ("ACDT", 630),
    ("ACST", 570),
    ("AEDT", 660),
    ("AEST", 600),
    ("AKDT", -480),
    ("AKST", -540),
    ("ART", -180),
    ("AWST", 480),
    ("BRT", -180),
    ("CDT", -300),
    ("CEST", 120),
    ("CET", 60),
    ("CLT", -240),
    ("COT", -300),
    ("EDT", -240),
    ("EEST", 180),
    ("EET", 120),
    ("EST", -300),
    ("HKT", 480),
    ("HST", -600),
    ("ICT", 420),
    ("JST", 540),
    ("KST", 540),
    ("MDT", -360),
    ("MEST", 120),
    ("MET", 60),
    ("MSK", 180),
    ("MST", -420),
    ("NZDT", 780),
    ("NZST", 720),
    ("PDT", -420),
    ("PHT", 480),
    ("PKT", 300),
    ("PST", -480),
    ("SAST", 120),
    ("SGT", 480),
    ("UTC", 0),
    ("WEST", 60),
    ("WET", 0),
    ("WIB", 420),
    ("WIT", 540),
];

/// Minutes east of UTC; `None` for names that could mean several offsets, and for unknown ones.
pub(super) fn offset(name: &str) -> Option<i32> {
    let known = |name: &str| OFFSETS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, minutes)| *minutes);
    // `CET-DST` is the summer time of `CET`.
    known(name).or_else(|| Some(known(name.strip_suffix("-DST")?)? + 60))
}

/// Names that are a zone wherever they follow a time.
const COMMON_ZONES: [&str; 45] = [
    "ACDT", "ACST", "AEDT", "AEST", "AKDT", "AKST", "ART", "AST", "AWST", "BRT", "BST", "CDT", "CEST", "CET", "CLT", "COT", "CST", "EDT",
    "EEST", "EET", "EST", "HKT", "HST", "ICT", "IST", "JST", "KST", "MDT", "MEST", "MET", "MSK", "MST", "NZDT", "NZST", "PDT", "PHT",
    "PKT", "PST", "SAST", "SGT", "SST", "WEST", "WET", "WIB", "WIT",
];

/// Words that logs put behind the time and that are no zone.
const LEVELS: [&str; 10] = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL", "ERR", "CRIT", "ALERT", "EMERG"];

/// Words for the zones of a country, which people type as they say them.
const SPOKEN: [&str; 4] = ["Central", "Eastern", "Mountain", "Pacific"];

/// What such a word is part of (`US-East`).
const SIDES: [&str; 6] = ["East", "West", "Central", "Eastern", "Mountain", "Pacific"];

/// Areas of the IANA database, whose places have names like `Asia/Tokyo`.
const AREAS: [&str; 15] = [
    "Africa",
    "America",
    "Antarctica",
    "Asia",
    "Atlantic",
    "Australia",
    "Brazil",
    "Canada",
    "Chile",
    "Etc",
    "Europe",
    "Indian",
    "Mexico",
    "Pacific",
    "US",
];

/// How sure the place makes it that a word behind the time is a zone.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Naming {
    /// The date follows: a word in between is the zone.
    BeforeDate,
    /// A log stamp without year: the word may be a host, or the year may stand behind it.
    YearMayFollow,
    /// A log stamp with year: the word may be a host.
    YearKnownInLog,
    /// The stamp is complete: a word that ends the value is the zone.
    YearStated,
}

/// The zone behind a time, where one stands there.
pub(super) fn zone(cursor: &mut Cursor<'_>, naming: Naming) -> Zone {
    cursor
        .attempt(|cursor| {
            if let Some(minutes) = cursor.attempt(numeric_offset) {
                return Some(Zone::Offset(minutes));
            }
            if (cursor.eat("Z") || cursor.eat("z")) && cursor.peek().is_none_or(|c| !c.is_ascii_alphanumeric()) {
                return Some(Zone::Offset(0));
            }
            if cursor.blanks() == 0 {
                return None;
            }
            if let Some(minutes) = cursor.attempt(full_offset) {
                return Some(Zone::Offset(minutes));
            }
            named_zone(cursor, naming)
        })
        .unwrap_or_default()
}

fn named_zone(cursor: &mut Cursor<'_>, naming: Naming) -> Option<Zone> {
    if let Some(name) = cursor.attempt(|cursor| composed(cursor, naming)) {
        return Some(Zone::Name(name.to_owned()));
    }
    let name = cursor.take_while(|c| c.is_ascii_alphabetic());
    if ["UTC", "GMT", "Z"].iter().any(|zero| zero.eq_ignore_ascii_case(name)) {
        let minutes = cursor.attempt(numeric_offset).unwrap_or(0);
        return word_ends(cursor).then_some(Zone::Offset(minutes));
    }
    let spoken = SPOKEN.contains(&name);
    let length_fits = (2..=7).contains(&name.len()) || spoken || naming == Naming::BeforeDate && name.len() <= 20;
    let other_word = is_weekday(name) || is_month(name) || LEVELS.iter().any(|word| word.eq_ignore_ascii_case(name));
    if !length_fits || other_word || !word_ends(cursor) {
        return None;
    }
    let rest = cursor.rest();
    let capitals = name.bytes().all(|b| b.is_ascii_uppercase());
    let is_zone = COMMON_ZONES.iter().any(|zone| zone.eq_ignore_ascii_case(name))
        || spoken && rest.starts_with(':')
        || match naming {
            Naming::BeforeDate => true,
            Naming::YearMayFollow => {
                capitals && (rest.is_empty() || rest.starts_with(':')) || name.len() <= 5 && capitals && year_follows(*cursor)
            }
            Naming::YearKnownInLog => capitals && (rest.is_empty() || rest.starts_with(':')),
            Naming::YearStated => ends_value(rest),
        };
    is_zone.then(|| Zone::Name(name.to_owned()))
}

fn ends_value(rest: &str) -> bool {
    rest.trim_end().is_empty() || rest.starts_with([')', ',', '"', '<']) || rest.trim_start().starts_with('(')
}

/// `CET-DST`, `AU-EST`, `US-East`, `EST5EDT`, `JST9`, `Asia/Tokyo`: names of zones of several parts.
fn composed<'a>(cursor: &mut Cursor<'a>, naming: Naming) -> Option<&'a str> {
    let name = cursor.take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '/' | '_'));
    // A name of letters alone has one part.
    name.bytes().any(|byte| !byte.is_ascii_alphabetic()).then_some(())?;
    let common = |name: &str| COMMON_ZONES.contains(&name);
    let known = if let Some((area, place)) = name.split_once('/') {
        AREAS.contains(&area) && place.starts_with(|c: char| c.is_ascii_alphabetic())
    } else if let Some((before, behind)) = name.split_once('-').filter(|(_, behind)| behind.starts_with(|c: char| c.is_ascii_alphabetic()))
    {
        let country = before.len() == 2 && before.bytes().all(|b| b.is_ascii_uppercase());
        common(before) && behind == "DST" || country && (common(behind) || SIDES.contains(&behind))
    } else {
        // POSIX: the name, the hours west, the name in summer.
        let standard = name.find(|c: char| !c.is_ascii_alphabetic()).and_then(|end| name.split_at_checked(end));
        standard.is_some_and(|(standard, rest)| {
            let rest = rest.trim_start_matches(['-', '+']);
            let summer = rest.trim_start_matches(|c: char| c.is_ascii_digit());
            common(standard) && (1..=2).contains(&(rest.len() - summer.len())) && (summer.is_empty() || common(summer))
        })
    };
    let rest = cursor.rest();
    let placed = match naming {
        Naming::BeforeDate => true,
        Naming::YearMayFollow | Naming::YearKnownInLog => rest.is_empty() || rest.starts_with(':'),
        Naming::YearStated => ends_value(rest),
    };
    (known && placed).then_some(name)
}

/// The word between the stamp of a device and the name of its message: `Apr  9 2024 12:15:02.119 Moscow: %…`.
pub(super) fn of_device(cursor: &mut Cursor<'_>) -> Option<Zone> {
    (cursor.blanks() > 0).then_some(())?;
    let name = cursor.take_while(|c| c.is_ascii_alphabetic());
    let message = cursor.rest().strip_prefix(':').is_some_and(|rest| rest.trim_start().starts_with('%'));
    let spoken = name.starts_with(|c: char| c.is_ascii_uppercase()) && (3..=20).contains(&name.len());
    (message && spoken).then(|| Zone::Name(name.to_owned()))
}

pub(super) fn word_ends(cursor: &Cursor<'_>) -> bool {
    cursor.peek().is_none_or(|c| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | '.' | '/' | '['))
}

fn year_follows(mut cursor: Cursor<'_>) -> bool {
    cursor.blanks() > 0 && year(&mut cursor).is_some() && word_ends(&cursor)
}

/// `+09:00`, `-0400`, `+9`, in minutes.
fn numeric_offset(cursor: &mut Cursor<'_>) -> Option<i32> {
    let sign = sign(cursor)?;
    let digits = cursor.take_while(|c| c.is_ascii_digit());
    let (hours, minutes): (i32, i32) = match digits.len() {
        1 | 2 => {
            let minutes = cursor.attempt(|cursor| cursor.eat(":").then(|| cursor.number(2, 2)).flatten()).unwrap_or(0);
            (digits.parse().ok()?, i32::try_from(minutes).ok()?)
        }
        4 => (digits.get(..2)?.parse().ok()?, digits.get(2..)?.parse().ok()?),
        _ => return None,
    };
    (hours <= 14 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

/// The same where a blank stands before it, so that `- 12` of a text is not taken: four digits or a colon.
fn full_offset(cursor: &mut Cursor<'_>) -> Option<i32> {
    let rest = cursor.rest();
    let length = rest.bytes().skip(1).take_while(|b| b.is_ascii_digit() || *b == b':').count();
    // `-03: %…`
    let named = length == 3 && rest.as_bytes().get(3) == Some(&b':') && rest.get(4..).is_some_and(|rest| rest.starts_with(' '));
    (length >= 4 || named).then(|| numeric_offset(cursor)).flatten()
}

fn sign(cursor: &mut Cursor<'_>) -> Option<i32> {
    if cursor.eat("+") {
        Some(1)
    } else if cursor.eat("-") {
        Some(-1)
    } else {
        None
    }
}

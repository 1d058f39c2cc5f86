//! The forms in which Cisco devices, relays and Expressway write a time:
//!
//! ```text
//! *Oct 22 16:06:06.643    .Aug 23 2021 09:19:43.486 UTC    Mar 31 17:29:43.447 CST    Nov 10 11:32:02 2021 UTC
//! Wed Jul 26 2023 00:13:50    Wed Jul 26 00:13:50 PDT 2023    15:09:55.102 UTC Wed Nov 10 2021
//! 2022 Jun 22 16:15:44.123456    2021-08-23T09:19:45.000Z    2025-07-01 01:53:48,353    2023-Sep-27 17:25:24
//! Tue, 19 Apr 2016 07:09:13 GMT    1/28/2024 8:00:01 PM    28.01.2024 20:00:01    28-Jan-2024 20:00:01    28/Jan/2024:20:00:01 +0000
//! Jan 28, 2024 @ 20:00:01.119    January 28, 2024 8:00:01 PM    20240128T200001    20240128200001    2024.01.28 20:00:01
//! 2024年01月28日 20:00:01    2024. 01. 28. 20:00:01
//! ```
//!
//! Of `09/04/2024 20:00:01` nobody knows the day; [`super::DateOrder`] learns it from other lines. Uptime (`1d02h`, `00:00:10`) is no time of day and gives nothing, nor does a date without a time.

use super::digits;
use super::zone::{self, Naming, Zone, word_ends, zone};
use super::{Clock, Stamp, plain};
use crate::formats::cursor::Cursor;

/// Reads the stamp at the very start of `text`; also gives how many bytes it takes, zone included.
///
/// A word after the time counts as its zone when it is a common zone name, or when its place says so (a colon, the
/// end or a year behind it); anything else is left as the host name it then is.
pub fn parse_prefix(text: &str) -> Option<(Stamp, usize)> {
    let mut cursor = Cursor::new(text);
    let clock = if cursor.eat("*") {
        Clock::NeverSet
    } else if cursor.eat(".") {
        Clock::Lost
    } else {
        Clock::Trusted
    };
    let (stamp, length) = plain::stamp(cursor.rest()).or_else(|| in_any_form(cursor.rest()))?;
    Some((Stamp { clock, ..stamp }, cursor.offset() + length))
}

/// The same without the mark of a clock.
pub(super) fn in_any_form(text: &str) -> Option<(Stamp, usize)> {
    let mut cursor = Cursor::new(text);
    let stamp = forms(text).iter().find_map(|form| cursor.attempt(form))?;
    Some((stamp, cursor.offset()))
}

type Form = fn(&mut Cursor<'_>) -> Option<Stamp>;

/// The forms that can begin so: most lines that are asked about begin with none.
fn forms(text: &str) -> &'static [Form] {
    let bytes = text.as_bytes();
    match bytes.iter().take_while(|byte| byte.is_ascii_digit()).take(15).count() {
        0 => {
            let first = bytes.iter().find(|byte| !matches!(byte, b' ' | b'\t')).map(u8::to_ascii_lowercase);
            // Of months and of the days of the week.
            if first.is_some_and(|first| b"jfmasondtw".contains(&first)) { &[month_first, day_first] } else { &[] }
        }
        1 | 2 => &[time_first, day_first, slashed, dotted],
        4 => &[iso, year_first],
        8 | 14 => &[compact],
        _ => &[],
    }
}

/// The first stamp anywhere in `text`, as in `AUTHORIZED on Mar 13 08:09:28 2024 UTC`.
pub fn find_date(text: &str) -> Option<Stamp> {
    let mut previous = ' ';
    for (at, character) in text.char_indices() {
        let starts_word = !previous.is_ascii_alphanumeric() && (character.is_ascii_alphanumeric() || matches!(character, '*' | '.'));
        if starts_word && let Some((stamp, _)) = text.get(at..).filter(|rest| may_begin(rest)).and_then(parse_prefix) {
            return Some(stamp);
        }
        previous = character;
    }
    None
}

/// Whether a word may begin a stamp: of those of letters the names of days and months alone.
fn may_begin(word: &str) -> bool {
    !word.starts_with(|c: char| c.is_ascii_alphabetic()) || word.get(..3).is_some_and(|word| is_weekday(word) || is_month(word))
}

/// When what a line of an output speaks of happened, with its year, as in `Last Response: NO REPLY on Dec 19 01:00:13 2023 PST`. What is
/// said to come is left alone.
pub fn happened_on(text: &str) -> Option<Stamp> {
    const TO_COME: [&str; 4] = ["next", "expir", "valid until", "will "];
    let (before, rest) = text.split_once(" on ")?;
    let before = before.to_ascii_lowercase();
    let (stamp, _) = parse_prefix(rest).filter(|_| !TO_COME.iter().any(|word| before.contains(word)))?;
    Some(stamp).filter(Stamp::has_year)
}

/// Whether `text` starts with a time of day before its date, the form of `show clock`. No log record starts so.
pub(crate) fn is_time_first(text: &str) -> bool {
    let mut cursor = Cursor::new(text.trim_start_matches(['*', '.']));
    time_of_day(&mut cursor).is_some()
}

/// Their first three letters are their short names.
const MONTHS: [&str; 12] =
    ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];
const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// What stands behind the year, the month and the day of a date that begins with the year.
const MARKS: [[&str; 3]; 5] = [["-", "-", ""], ["/", "/", ""], [".", ".", "."], ["年", "月", "日"], ["년", "월", "일"]];

/// Halves of the day, with the hours to add: behind the time, and before it.
const BEHIND: [(&str, u32); 6] = [("AM", 0), ("PM", 12), ("am", 0), ("pm", 12), ("a.m.", 0), ("p.m.", 12)];
const BEFORE: [(&str, u32); 6] = [("午前", 0), ("午後", 12), ("上午", 0), ("下午", 12), ("오전", 0), ("오후", 12)];

#[derive(Clone, Copy)]
struct TimeOfDay {
    hour: u32,
    minute: u32,
    second: u32,
    nano: u32,
    /// Whether a fraction of the second is stated, be it nought.
    precise: bool,
}

impl TimeOfDay {
    /// The same in a half of the day, where its hours go to twelve.
    fn in_half(self, noon: u32) -> Option<Self> {
        (1..=12).contains(&self.hour).then_some(Self { hour: self.hour % 12 + noon, ..self })
    }

    fn on(self, year: Option<u32>, month: u32, day: u32, zone: Zone) -> Option<Stamp> {
        let year = year.and_then(|year| i32::try_from(year).ok());
        Some(Stamp::new(year, month, day, self.hour, self.minute, self.second, self.nano)?.in_zone(zone))
    }
}

/// `2021-08-23T09:19:45.000+09:00`, also with a blank, a month name, a comma before the fraction, or slashes
/// (the process traces of IOS-XE), with dots, and as Japanese, Chinese and Korean programs write it.
fn iso(cursor: &mut Cursor<'_>) -> Option<Stamp> {
    let year = year(cursor)?;
    let [mark, behind_month, behind_day] = MARKS.into_iter().find(|marks| cursor.eat(marks[0]))?;
    let blanks = |cursor: &mut Cursor<'_>| if behind_day.is_empty() { 0 } else { cursor.blanks() };
    blanks(cursor);
    let month = cursor.number(1, 2).or_else(|| month_name(cursor))?;
    cursor.eat(behind_month).then_some(())?;
    blanks(cursor);
    let day = cursor.number(1, 2)?;
    let closed = cursor.eat(behind_day);
    let divided = closed && !mark.is_ascii() || cursor.eat("T") || cursor.eat("t") || cursor.eat(",");
    let divided = cursor.blanks() > 0 || divided;
    let half = BEFORE.into_iter().find(|(word, _)| cursor.eat(word));
    cursor.blanks();
    let time = divided.then(|| time_of_day(cursor)).flatten()?;
    let time = match half {
        Some((_, noon)) => time.in_half(noon)?,
        None => twelve_hours(cursor, time).unwrap_or(time),
    };
    let zone = zone(cursor, Naming::YearStated);
    time.on(Some(year), month, day, zone)
}

/// `2022 Jun 22 16:15:44.123456`: NX-OS, newer IOS XR.
fn year_first(cursor: &mut Cursor<'_>) -> Option<Stamp> {
    let year = year(cursor)?;
    let (month, day) = month_and_day(cursor)?;
    let time = time_of_day(cursor)?;
    let zone = zone(cursor, Naming::YearKnownInLog);
    time.on(Some(year), month, day, zone)
}

/// `15:09:55.102 UTC Wed Nov 10 2021`: `show clock`, certificates, audit lines.
fn time_first(cursor: &mut Cursor<'_>) -> Option<Stamp> {
    let time = time_of_day(cursor)?;
    let zone = zone(cursor, Naming::BeforeDate);
    cursor.attempt(|cursor| (cursor.blanks() > 0).then(|| weekday(cursor)).flatten());
    let (month, day) = month_and_day(cursor)?;
    let year = year(cursor)?;
    time.on(Some(year), month, day, zone)
}

/// `Aug 23 [2021 ]09:19:43.486[ UTC][ 2021][ UTC]`, with or without the day of the week: IOS, ASA, relays, `date`,
/// and the licence outputs, which put the year behind the time.
fn month_first(cursor: &mut Cursor<'_>) -> Option<Stamp> {
    cursor.attempt(weekday);
    let (month, day) = month_and_day(cursor)?;
    let mut stated = cursor.attempt(|cursor| year(cursor).filter(|_| cursor.eat(",") | (cursor.blanks() > 0)));
    if stated.is_some() {
        // `2024, 8:15:02`, `2024 @ 8:15:02`, `2024 at 8:15:02`
        cursor.blanks();
        if cursor.eat("@") || cursor.eat("at ") {
            cursor.blanks();
        }
    }
    let mut time = time_of_day(cursor)?;
    if stated.is_some() {
        time = twelve_hours(cursor, time).unwrap_or(time);
    }
    let mut zone_found = zone(cursor, if stated.is_some() { Naming::YearKnownInLog } else { Naming::YearMayFollow });
    // Collectors write no fraction here: what is the device's own stamp has its zone behind it.
    if time.precise && zone_found == Zone::None {
        zone_found = cursor.attempt(zone::of_device).unwrap_or_default();
    }
    if stated.is_none() {
        stated = cursor.attempt(|cursor| {
            let year = (cursor.blanks() > 0).then(|| year(cursor)).flatten()?;
            let ends = cursor.peek().is_none_or(|c| !c.is_ascii_alphanumeric() && !matches!(c, ':' | '.' | '-' | '_' | '/'));
            ends.then_some(year)
        });
        if stated.is_some() && zone_found == Zone::None {
            zone_found = zone(cursor, Naming::YearStated);
        }
    }
    time.on(stated, month, day, zone_found)
}

/// `Tue, 19 Apr 2016 07:09:13 GMT`: HTTP and SIP headers; `19-Apr-2016 07:09:13`, `19-Apr-16 07:09:13`, `19/Apr/2016:07:09:13 +0000`:
/// collectors, and servers of web pages.
fn day_first(cursor: &mut Cursor<'_>) -> Option<Stamp> {
    cursor.attempt(weekday);
    let day = cursor.number(1, 2)?;
    let mark = ["-", "/"].into_iter().find(|mark| cursor.eat(mark));
    if mark.is_none() {
        cursor.blanks();
    }
    let month = month_name(cursor)?;
    let year = match mark {
        Some(mark) => cursor.eat(mark).then(|| year(cursor).or_else(|| Some(2000 + cursor.number(2, 2)?))).flatten()?,
        None => (cursor.blanks() > 0).then(|| year(cursor)).flatten()?,
    };
    cursor.eat(",");
    let divided = cursor.blanks() > 0 || mark.is_some() && cursor.eat(":");
    let time = divided.then(|| time_of_day(cursor)).flatten()?;
    let time = twelve_hours(cursor, time).unwrap_or(time);
    let zone = zone(cursor, Naming::YearStated);
    time.on(Some(year), month, day, zone)
}

/// `1/28/2024 8:00:01 PM`, `28/01/2024 20:00:01`, `28-01-2024 20:00:01`: exports of collectors. Month first, as is usual with slashes
/// and hours to twelve, unless it cannot be; without such hours only where it is plain which is which.
fn slashed(cursor: &mut Cursor<'_>) -> Option<Stamp> {
    let first = cursor.number(1, 2)?;
    let mark = ["/", "-"].into_iter().find(|mark| cursor.eat(mark))?;
    let second = cursor.number(1, 2)?;
    let year = cursor.eat(mark).then(|| year(cursor)).flatten()?;
    cursor.eat(",");
    let time = (cursor.blanks() > 0).then(|| time_of_day(cursor)).flatten()?;
    let twelve = twelve_hours(cursor, time);
    let (month, day) = match (first, second) {
        (13.., _) => (second, first),
        (_, 13..) => (first, second),
        _ => (first == second || mark == "/" && twelve.is_some()).then_some((first, second))?,
    };
    let zone = zone(cursor, Naming::YearStated);
    twelve.unwrap_or(time).on(Some(year), month, day, zone)
}

/// `AM` or `PM` behind a time.
fn twelve_hours(cursor: &mut Cursor<'_>, time: TimeOfDay) -> Option<TimeOfDay> {
    cursor.attempt(|cursor| {
        // The last is what browsers write.
        cursor.take_while(|c| matches!(c, ' ' | '\t' | '\u{a0}' | '\u{202f}'));
        let noon = BEHIND.into_iter().find(|(word, _)| cursor.eat(word))?.1;
        time.in_half(noon).filter(|_| word_ends(cursor))
    })
}

/// `20240409T081502`, `20240409T081502Z`, `20240409081502`, also with a fraction.
fn compact(cursor: &mut Cursor<'_>) -> Option<Stamp> {
    let date = cursor.take_while(|c| c.is_ascii_digit());
    let (date, time) = match date.split_at_checked(8)? {
        (date, "") => ((cursor.eat("T") || cursor.eat("t")).then_some(date)?, cursor.take_while(|c| c.is_ascii_digit())),
        parts => parts,
    };
    let [century, year, month, day] = digits::pairs(date)?;
    let [hour, minute, second] = digits::pairs(time)?;
    let year = Some(century * 100 + year).filter(|year| (1990..=2099).contains(year))?;
    let nano = fraction(cursor);
    let time = TimeOfDay { hour, minute, second, nano: nano.unwrap_or(0), precise: nano.is_some() };
    let zone = zone(cursor, Naming::YearStated);
    word_ends(cursor).then(|| time.on(Some(year), month, day, zone)).flatten()
}

/// `28.01.2024 20:00:01`, also with a comma behind the year: exports of collectors in Europe. With dots the day is first.
fn dotted(cursor: &mut Cursor<'_>) -> Option<Stamp> {
    let day = cursor.number(1, 2)?;
    let month = cursor.eat(".").then(|| cursor.number(1, 2)).flatten()?;
    let year = cursor.eat(".").then(|| year(cursor)).flatten()?;
    cursor.eat(",");
    let time = (cursor.blanks() > 0).then(|| time_of_day(cursor)).flatten()?;
    let zone = zone(cursor, Naming::YearStated);
    time.on(Some(year), month, day, zone)
}

pub(super) fn year(cursor: &mut Cursor<'_>) -> Option<u32> {
    cursor.attempt(|cursor| cursor.number(4, 4).filter(|year| (1970..=2199).contains(year)))
}

/// Passes `[ ]Jun  5 `, the blanks around it included.
fn month_and_day(cursor: &mut Cursor<'_>) -> Option<(u32, u32)> {
    cursor.blanks();
    let month = month_name(cursor)?;
    let day = (cursor.blanks() > 0).then(|| cursor.number(1, 2)).flatten()?;
    cursor.eat(",");
    cursor.blanks();
    Some((month, day))
}

fn month_name(cursor: &mut Cursor<'_>) -> Option<u32> {
    cursor.attempt(|cursor| {
        let word = cursor.take_while(|c| c.is_ascii_alphabetic());
        let short = word.get(..3)?;
        let is_short = |month: &&str| month.get(..3).is_some_and(|month| month.eq_ignore_ascii_case(short));
        let (number, month) = (1..).zip(MONTHS).find(|(_, month)| is_short(month))?;
        let whole = word.len() == 3 || month.eq_ignore_ascii_case(word) || word.eq_ignore_ascii_case("sept");
        whole.then_some(number)
    })
}

/// Passes `Wed`, a comma and the blanks after it.
fn weekday(cursor: &mut Cursor<'_>) -> Option<()> {
    let word = cursor.take_while(|c| c.is_ascii_alphabetic());
    cursor.eat(",");
    (is_weekday(word) && cursor.blanks() > 0).then_some(())
}

pub(super) fn is_weekday(word: &str) -> bool {
    WEEKDAYS.iter().any(|day| day.eq_ignore_ascii_case(word))
}

/// Whether a word is the short name of a month.
pub(super) fn is_month(word: &str) -> bool {
    MONTHS.iter().any(|month| month.get(..3).is_some_and(|month| month.eq_ignore_ascii_case(word)))
}

fn time_of_day(cursor: &mut Cursor<'_>) -> Option<TimeOfDay> {
    cursor.attempt(|cursor| {
        let hour = cursor.number(1, 2)?;
        let minute = cursor.eat(":").then(|| cursor.number(2, 2)).flatten()?;
        let second = cursor.eat(":").then(|| cursor.number(2, 2)).flatten()?;
        let nano = fraction(cursor);
        Some(TimeOfDay { hour, minute, second, nano: nano.unwrap_or(0), precise: nano.is_some() })
    })
}

/// `.119` or `,119`, in nanoseconds.
fn fraction(cursor: &mut Cursor<'_>) -> Option<u32> {
    cursor.attempt(|cursor| {
        let marked = cursor.eat(".") || cursor.eat(",");
        let digits = cursor.take_while(|c| c.is_ascii_digit());
        (marked && !digits.is_empty())
            .then(|| digits.bytes().chain(std::iter::repeat(b'0')).take(9).fold(0, |sum, d| sum * 10 + u32::from(d - b'0')))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(stamp: &Stamp) -> String {
        let when = stamp.naive.format("%Y-%m-%d %H:%M:%S%.f").to_string();
        let when = if stamp.has_year() { when } else { when.replacen("0004-", "----", 1) };
        let clock = match stamp.clock {
            Clock::Trusted => "",
            Clock::NeverSet => "*",
            Clock::Lost => ".",
        };
        format!("{clock}{when} {:?}", stamp.zone)
    }

    #[test]
    fn stamps_at_the_start() {
        let table: &[(&str, &str, &str)] = &[
            // IOS-XE
            ("*Oct 22 16:06:06.643: %SMART_LIC-6", "*----10-22 16:06:06.643 None", ": %SMART_LIC-6"),
            (".Aug 23 2021 09:19:43.486 UTC: %X", ".2021-08-23 09:19:43.486 Offset(0)", ": %X"),
            ("Mar 31 17:29:43.447 CST: %X", "----03-31 17:29:43.447 Name(\"CST\")", ": %X"),
            ("May 31 15:54:54.567 MEST: %SYS", "----05-31 15:54:54.567 Name(\"MEST\")", ": %SYS"),
            ("Jun  5 01:02:03: %X", "----06-05 01:02:03 None", ": %X"),
            ("Feb 29 01:02:03: %X", "----02-29 01:02:03 None", ": %X"),
            ("Dec  4 11:01:38.694 EST: %MAB", "----12-04 11:01:38.694 Name(\"EST\")", ": %MAB"),
            ("Sep 25 23:25:32.821 UTC: smartlicserver[186]", "----09-25 23:25:32.821 Offset(0)", ": smartlicserver[186]"),
            // a host is no zone
            ("Aug 23 09:19:45 10.1.1.1 45:", "----08-23 09:19:45 None", " 10.1.1.1 45:"),
            ("Aug 23 09:19:45 CORE 45:", "----08-23 09:19:45 None", " CORE 45:"),
            ("Aug 23 09:19:45 2001:db8::1 45:", "----08-23 09:19:45 None", " 2001:db8::1 45:"),
            ("Dec  3 09:23:38 veridian automount[7998]: x", "----12-03 09:23:38 None", " veridian automount[7998]: x"),
            ("Mar 09 2017 10:25:04 MDF-ASA5515X : %ASA", "2017-03-09 10:25:04 None", " MDF-ASA5515X : %ASA"),
            ("Aug 15 2019 13:44:38: %ASA-6-305011", "2019-08-15 13:44:38 None", ": %ASA-6-305011"),
            ("Aug 23 09:19:43 XYZ: %X", "----08-23 09:19:43 Name(\"XYZ\")", ": %X"),
            // NX-OS
            ("2022 Jun 22 16:15:44 N9K-1 %LICMGR", "2022-06-22 16:15:44 None", " N9K-1 %LICMGR"),
            ("2022 Jun 22 16:15:44.123456 N9K-1", "2022-06-22 16:15:44.123456 None", " N9K-1"),
            ("2022 Jun 22 16:15:44 UTC: %L", "2022-06-22 16:15:44 Offset(0)", ": %L"),
            ("Wed Jun 22 16:16:28 2022", "2022-06-22 16:16:28 None", ""),
            // ISO 8601
            ("2021-08-23T09:19:45.000Z sw1", "2021-08-23 09:19:45 Offset(0)", " sw1"),
            ("2021-08-23T09:19:45+09:00 sw1", "2021-08-23 09:19:45 Offset(540)", " sw1"),
            ("2025-06-30T21:53:48.354-04:00 exp1", "2025-06-30 21:53:48.354 Offset(-240)", " exp1"),
            ("2016-03-09T09:48:35+05:30 exp1", "2016-03-09 09:48:35 Offset(330)", " exp1"),
            ("2025-07-01 01:53:48,353\"", "2025-07-01 01:53:48.353 None", "\""),
            ("2023-09-29 15:06:54.830", "2023-09-29 15:06:54.830 None", ""),
            ("2021-11-17 03:31:32.920 UTC SAEVT_PLATFORM", "2021-11-17 03:31:32.920 Offset(0)", " SAEVT_PLATFORM"),
            ("2012-07-02 10:22:40,672:DEBUG:foo", "2012-07-02 10:22:40.672 None", ":DEBUG:foo"),
            ("2012-07-02 10:22:40 WARN: foo", "2012-07-02 10:22:40 None", " WARN: foo"),
            ("2023-Sep-27 17:25:24\tA", "2023-09-27 17:25:24 None", "\tA"),
            ("2021/11/17 03:31:32.920 {iosrp_R0-0}", "2021-11-17 03:31:32.920 None", " {iosrp_R0-0}"),
            ("2021-08-23 09:19:45 - 12", "2021-08-23 09:19:45 None", " - 12"),
            // show clock, licence outputs, certificates
            ("15:09:55.102 UTC Wed Nov 10 2021", "2021-11-10 15:09:55.102 Offset(0)", ""),
            (".05:30:30.132 UTC Fri Oct 22 2021", ".2021-10-22 05:30:30.132 Offset(0)", ""),
            ("00:13:50 PDT Wed Jul 26 2023", "2023-07-26 00:13:50 Name(\"PDT\")", ""),
            ("00:00:00 UTC Jan 1 2020", "2020-01-01 00:00:00 Offset(0)", ""),
            ("Nov 10 11:32:02 2021 UTC", "2021-11-10 11:32:02 Offset(0)", ""),
            ("Mar 07 00:33:56 2024 PST", "2024-03-07 00:33:56 Name(\"PST\")", ""),
            ("Aug 23 10:18:08 2021 Central", "2021-08-23 10:18:08 Name(\"Central\")", ""),
            ("Jun 10 2020 07:57:22 UTC", "2020-06-10 07:57:22 Offset(0)", ""),
            ("Wed Jul 26 2023 00:13:50", "2023-07-26 00:13:50 None", ""),
            ("Wed Aug  9 10:00:01 PDT 2023", "2023-08-09 10:00:01 Name(\"PDT\")", ""),
            ("Fri Sep 25 23:34:26.169 UTC", "----09-25 23:34:26.169 Offset(0)", ""),
            ("Tue, 19 Apr 2016 07:09:13 GMT", "2016-04-19 07:09:13 Offset(0)", ""),
            // exports of collectors; what they mean by `strptime` of Python
            ("Apr  9, 2024 @ 08:15:02.119\"", "2024-04-09 08:15:02.119 None", "\""),
            ("April  9, 2024 08:15:02 PM sw1", "2024-04-09 20:15:02 None", " sw1"),
            ("September 12, 2024 at 12:15:02\u{202f}AM", "2024-09-12 00:15:02 None", ""),
            ("Apr 9, 2024, 8:15:02 PM", "2024-04-09 20:15:02 None", ""),
            ("09-Apr-2024 08:15:02, 10.1.1.1, sw1", "2024-04-09 08:15:02 None", ", 10.1.1.1, sw1"),
            ("09-Apr-24 08:15:02 sw1", "2024-04-09 08:15:02 None", " sw1"),
            ("09-APR-2024 08:15:02.119 UTC", "2024-04-09 08:15:02.119 Offset(0)", ""),
            ("09/Apr/2024:08:15:02 +0000 sw1", "2024-04-09 08:15:02 Offset(0)", " sw1"),
            ("20240409T081502 sw1", "2024-04-09 08:15:02 None", " sw1"),
            ("20240409T081502.119Z", "2024-04-09 08:15:02.119 Offset(0)", ""),
            ("20240409081502,sw1", "2024-04-09 08:15:02 None", ",sw1"),
            ("2024.04.09 08:15:02 sw1", "2024-04-09 08:15:02 None", " sw1"),
            ("2024/4/9 8:15:02", "2024-04-09 08:15:02 None", ""),
            ("2024年04月09日 08:15:02 sw1", "2024-04-09 08:15:02 None", " sw1"),
            ("2024年4月9日 下午 8:15:02", "2024-04-09 20:15:02 None", ""),
            ("2024. 04. 09. 08:15:02 sw1", "2024-04-09 08:15:02 None", " sw1"),
            ("2024. 4. 9. 오후 8:15:02", "2024-04-09 20:15:02 None", ""),
            ("1/28/2024 8:00:01 PM", "2024-01-28 20:00:01 None", ""),
            ("13/04/2024 08:15:02 sw1", "2024-04-13 08:15:02 None", " sw1"),
            ("04-13-2024 08:15:02 sw1", "2024-04-13 08:15:02 None", " sw1"),
            ("28.01.2024 20:00:01", "2024-01-28 20:00:01 None", ""),
            // what somebody called the zone
            ("Apr  9 2024 12:15:02.119 Central: %X", "2024-04-09 12:15:02.119 Name(\"Central\")", ": %X"),
            ("Apr  9 2024 12:15:02 Pacific: %X", "2024-04-09 12:15:02 Name(\"Pacific\")", ": %X"),
            ("Apr  9 12:15:02.000 Istanbul: %X", "----04-09 12:15:02 Name(\"Istanbul\")", ": %X"),
            ("Apr  9 2024 12:15:02.119 CET-DST: %X", "2024-04-09 12:15:02.119 Name(\"CET-DST\")", ": %X"),
            ("Apr  9 2024 12:15:02.119 EST5EDT: %X", "2024-04-09 12:15:02.119 Name(\"EST5EDT\")", ": %X"),
            ("Apr  9 2024 12:15:02.119 AU-EST: %X", "2024-04-09 12:15:02.119 Name(\"AU-EST\")", ": %X"),
            ("Apr  9 2024 12:15:02.119 US-East: %X", "2024-04-09 12:15:02.119 Name(\"US-East\")", ": %X"),
            ("Apr  9 2024 12:15:02.119 JST9: %X", "2024-04-09 12:15:02.119 Name(\"JST9\")", ": %X"),
            ("Apr  9 2024 12:15:02.119 Asia/Tokyo: %X", "2024-04-09 12:15:02.119 Name(\"Asia/Tokyo\")", ": %X"),
            ("Apr  9 2024 12:15:02.119 -03: %X", "2024-04-09 12:15:02.119 Offset(-180)", ": %X"),
            ("12:15:02.119 CET-DST Tue Apr 9 2024", "2024-04-09 12:15:02.119 Name(\"CET-DST\")", ""),
            ("Apr 09 12:15:02 2024 CET-DST", "2024-04-09 12:15:02 Name(\"CET-DST\")", ""),
            // and what is a host
            ("Apr  9 12:15:02 sw1: %X", "----04-09 12:15:02 None", " sw1: %X"),
            ("Apr  9 12:15:02 Berlin: %X", "----04-09 12:15:02 None", " Berlin: %X"),
            ("Apr  9 12:15:02.119 sw1: %X", "----04-09 12:15:02.119 None", " sw1: %X"),
            ("Apr  9 12:15:02.119 core-sw: %X", "----04-09 12:15:02.119 None", " core-sw: %X"),
            ("Apr  9 12:15:02.119 Berlin 45: %X", "----04-09 12:15:02.119 None", " Berlin 45: %X"),
            ("Apr  9 12:15:02 CET-SW1: %X", "----04-09 12:15:02 None", " CET-SW1: %X"),
        ];
        for (text, expected, rest) in table {
            let (stamp, end) = parse_prefix(text).unwrap_or_else(|| panic!("no stamp in {text}"));
            assert_eq!((shown(&stamp).as_str(), &text[end..]), (*expected, *rest), "{text}");
        }
    }

    #[test]
    fn what_is_no_stamp() {
        for text in [
            "",
            "*",
            "1d02h: %X",
            "00:00:10: %X",
            "1w2d: %X",
            "000123: Aug 23 09:19:43",
            "Aug 32 00:00:00",
            "Feb 30 00:00:00",
            "Aug 23 24:00:00",
            "Aug 23",
            "Augsburg 23 09:19:43",
            "2021-08-23",
            "2021-13-23T00:00:00Z",
            "10.1.1.1",
            "72:163:4:38",
            "May the force",
            "12:00:00",
            "Ａｕｇ",
            // either number may be the day
            "09/04/2024 08:15:02",
            "09-04-2024 08:15:02",
            // counters and numbers of things
            "1712650502 sw1",
            "20241309081502",
            "20240409081502a",
            "20240409",
            "10000409081502",
            "2024.04.09",
            "2024.4.9.1",
            "Marching 9 2024 08:15:02",
            "09-Apr-2024",
        ] {
            assert_eq!(parse_prefix(text), None, "{text}");
        }
    }

    #[test]
    fn dates_inside_values() {
        for (text, expected) in [
            ("AUTHORIZED on Mar 13 08:09:28 2024 UTC", "2024-03-13 08:09:28 Offset(0)"),
            ("NO REPLY on Dec 01 10:00:00 2023 PDT (ongoing)", "2023-12-01 10:00:00 Name(\"PDT\")"),
            ("Time source is NTP, 15:09:55.102 UTC Wed Nov 10 2021", "2021-11-10 15:09:55.102 Offset(0)"),
            ("Time source is NTP, .05:30:30.132 UTC Fri Oct 22 2021", ".2021-10-22 05:30:30.132 Offset(0)"),
            ("end   date: 00:00:00 UTC Jan 1 2020", "2020-01-01 00:00:00 Offset(0)"),
            ("!Time: Wed Jun 22 16:16:28 2022", "2022-06-22 16:16:28 None"),
            ("CMD: 'show version' 00:13:50 PDT Wed Jul 26 2023", "2023-07-26 00:13:50 Name(\"PDT\")"),
            ("loggingsnapshot_exp1_2025-09-22 12:58:19", "2025-09-22 12:58:19 None"),
        ] {
            assert_eq!(find_date(text).map(|stamp| shown(&stamp)).as_deref(), Some(expected), "{text}");
        }
        for text in ["<none>", "Next ACK deadline: None", "INSTALLED", "17.3.2", "日本語 Jan"] {
            assert_eq!(find_date(text), None, "{text}");
        }
        for (text, expected) in [
            ("    Last Response: NO REPLY on Dec 19 01:00:13 2023 PST", Some("2023-12-19 01:00:13 Name(\"PST\")")),
            ("Status: AUTHORIZED on Mar 13 08:09:28 2024 UTC", Some("2024-03-13 08:09:28 Offset(0)")),
            ("Next communication attempt: on Mar 14 08:09:28 2024 UTC", None),
            ("Registration expires on Mar 13 2025 08:09:28 UTC", None),
            ("Last Response: OK on Mar 13 08:09:28", None),
            ("Next report push: Mar 13 08:09:28 2024 UTC", None),
        ] {
            assert_eq!(happened_on(text).map(|stamp| shown(&stamp)).as_deref(), expected, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,60}", stampish in "[*.]?[A-Z][a-z]{2} [ 0-9][0-9] [0-9:. ,+Z-]{0,24}") {
            for text in [text, stampish] {
                if let Some((_, end)) = parse_prefix(&text) {
                    proptest::prop_assert!(text.is_char_boundary(end));
                }
                find_date(&text);
            }
        }
    }
}

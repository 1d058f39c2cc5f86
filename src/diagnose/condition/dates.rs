//! Dates in values: past, due, older than another. Judged by days, because the two may be told in different zones.

use std::borrow::Cow;

use chrono::NaiveDate;

use crate::diagnose::truth::Truth;
use crate::formats::time::{Stamp, find_date};
use crate::rules::check::DateTest;

/// Whether a date of `value` (several are joined with commas) stands as the test asks. `other` gives another fact's value.
pub(super) fn holds<'a>(test: &DateTest, value: &str, latest: Option<&Stamp>, other: impl Fn(&str) -> Option<&'a str>) -> Truth {
    let dates = dates(value);
    if dates.is_empty() {
        return Truth::Unknown;
    }
    let any = |holds: &dyn Fn(NaiveDate) -> bool| Truth::of(dates.iter().any(|date| holds(*date)));
    let days = |from: NaiveDate, to: NaiveDate| (to - from).num_days() as f64;
    let latest = latest.and_then(Stamp::date);
    match test {
        DateTest::Since(day) => any(&|date| date >= *day),
        DateTest::Before(day) => any(&|date| date < *day),
        DateTest::Past(wanted) => latest.map_or(Truth::Unknown, |now| Truth::of(dates.iter().any(|date| *date < now) == *wanted)),
        DateTest::DueWithin(limit) => latest.map_or(Truth::Unknown, |now| any(&|date| days(now, date) < *limit)),
        DateTest::OlderThan(limit, fact) => {
            let reference = match fact {
                Some(fact) => other(fact).and_then(|value| self::dates(value).into_iter().max()),
                None => latest,
            };
            reference.map_or(Truth::Unknown, |reference| any(&|date| days(date, reference) > *limit))
        }
    }
}

/// The value, or the date it means where it only says `30 days`: so many from the time it was said.
pub(super) fn stated<'a>(value: &'a str, said: Option<&Stamp>) -> Cow<'a, str> {
    let days = value.strip_suffix(" days").or(value.strip_suffix(" day")).and_then(|days| days.trim().parse().ok());
    let date = days.and_then(|days| said?.date()?.checked_add_days(chrono::Days::new(days)));
    date.map_or(Cow::Borrowed(value), |date| Cow::Owned(date.format("%Y-%m-%d 00:00:00").to_string()))
}

fn dates(value: &str) -> Vec<NaiveDate> {
    value.split(',').filter_map(|part| find_date(part)?.date()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_compared_by_days_and_only_where_both_years_are_known() {
        let now = find_date("Jun 20 14:05:14 2023 CEST");
        let day = |text| NaiveDate::parse_from_str(text, "%Y-%m-%d").unwrap();
        let other = |name: &str| (name == "pushed").then_some("Jun 19 08:00:00 2023 UTC");
        use Truth::{False, True, Unknown};
        for (test, value, expected) in [
            (DateTest::Past(true), "07:30:00 UTC May 11 2023", True),
            (DateTest::Past(true), "07:30:00 UTC May 11 2023,10:10:00 UTC Feb 1 2037", True),
            (DateTest::Past(true), "10:10:00 UTC Feb 1 2037", False),
            (DateTest::Past(false), "10:10:00 UTC Feb 1 2037", True),
            (DateTest::Past(true), "23:59:59 UTC Jun 19 2023", True),
            (DateTest::Past(true), "00:00:01 UTC Jun 20 2023", False),
            (DateTest::Past(true), "never", Unknown),
            (DateTest::Past(true), "May 11 07:30:00", Unknown),
            (DateTest::Since(day("2022-02-05")), "Feb 05 00:00:01 2022 CET", True),
            (DateTest::Since(day("2022-02-05")), "Feb 04 23:59:59 2022 CET", False),
            (DateTest::Since(day("2022-02-05")), "<none>", Unknown),
            (DateTest::Before(day("2022-02-05")), "Feb 04 23:59:59 2022 CET", True),
            (DateTest::Before(day("2022-02-05")), "Feb 05 00:00:01 2022 CET", False),
            (DateTest::DueWithin(30.0), "Jul 19 10:00:00 2023 UTC", True),
            (DateTest::DueWithin(30.0), "Jul 20 10:00:00 2023 UTC", False),
            (DateTest::DueWithin(30.0), "Jan 01 10:00:00 2020 UTC", True),
            (DateTest::OlderThan(30.0, None), "May 20 10:00:00 2023 UTC", True),
            (DateTest::OlderThan(30.0, None), "May 21 10:00:00 2023 UTC", False),
            (DateTest::OlderThan(30.0, Some("pushed".to_owned())), "May 19 10:00:00 2023 UTC", True),
            (DateTest::OlderThan(30.0, Some("pushed".to_owned())), "May 20 10:00:00 2023 UTC", False),
            (DateTest::OlderThan(30.0, Some("unknown".to_owned())), "May 19 10:00:00 2023 UTC", Unknown),
        ] {
            assert_eq!(holds(&test, value, now.as_ref(), other), expected, "{test:?} on {value}");
        }
        assert_eq!(holds(&DateTest::Past(true), "May 11 2023", None, other), Unknown);
    }

    #[test]
    fn days_count_from_when_they_were_said() {
        let said = find_date("Mar 31 2023 17:29:43");
        let now = find_date("Jun 20 14:05:14 2023 CEST");
        for (value, expected) in
            [("80 days", Truth::True), ("81 days", Truth::False), ("1 day", Truth::True), ("many days", Truth::Unknown)]
        {
            let holds = holds(&DateTest::Past(true), &stated(value, said.as_ref()), now.as_ref(), |_| None);
            assert_eq!(holds, expected, "{value}");
        }
        assert_eq!(stated("80 days", None), "80 days");
    }
}

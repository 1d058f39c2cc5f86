//! Tests of fields and values: patterns compile, days are days.

use chrono::NaiveDate;

use super::{Loader, RuleText};
use crate::rules::check::{Check, Comparison, DateTest, Hosts};
use crate::rules::library::Pattern;
use crate::rules::literal;
use crate::rules::model::Test;
use crate::rules::text::texts;

impl Loader<'_> {
    pub(super) fn check(&mut self, Test(test): &Test, file: &RuleText) -> Option<Check> {
        let mut one_of: Vec<String> = test.one_of.clone();
        one_of.extend(test.equals.clone());
        let pattern = |loader: &mut Self, source: &Option<String>| -> Option<Option<Pattern>> {
            match source {
                None => Some(None),
                Some(source) => loader.regex(file, source, &literal::prepare(source)).map(Some),
            }
        };
        let matches = pattern(self, &test.matches)?;
        let lacks = pattern(self, &test.lacks)?;
        let against = [
            (Comparison::Same, &test.same_as),
            (Comparison::Different, &test.differs_from),
            (Comparison::Fewer, &test.fewer_than),
            (Comparison::Contains, &test.contains),
        ];
        let against = against.into_iter().filter_map(|(how, name)| Some((how, name.clone()?))).collect();
        let mut dates: Vec<DateTest> = test.past.map(DateTest::Past).into_iter().collect();
        for (day, as_test) in [(&test.since, DateTest::Since as fn(NaiveDate) -> DateTest), (&test.before, DateTest::Before)] {
            let Some(text) = day else { continue };
            match NaiveDate::parse_from_str(text, "%Y-%m-%d") {
                Ok(day) => dates.push(as_test(day)),
                Err(_) => self.fault(file, text, format!("`{text}` is no day (2022-02-05)")),
            }
        }
        dates.extend(test.due_within.map(DateTest::DueWithin));
        dates.extend(test.older_than.clone().map(|older| DateTest::OlderThan(older.days, older.fact)));
        let otherwise = pattern(self, &test.else_matches)?;
        if otherwise.is_some() && test.host_of.is_empty() {
            self.fault(file, "else_matches", "`else_matches` decides where `host_of` names no host");
        }
        let hosts = (!test.host_of.is_empty()).then(|| Hosts { of: test.host_of.clone(), otherwise });
        Some(Check { one_of: texts(one_of), matches, lacks, at_least: test.at_least, below: test.below, dates, against, hosts })
    }
}

//! Findings that someone looked at and accepted: a file of suppressions, read and applied to a report. What is silenced stays in
//! the report, marked with the reason.

use chrono::NaiveDate;
use regex::Regex;
use serde::Deserialize;
use serde_saphyr::{Location, Spanned};

use super::model::{Finding, Kind, Report, Suppressed};

/// The suppressions of one file.
#[derive(Debug)]
pub struct Suppressions {
    entries: Vec<Suppression>,
}

/// One entry: what it is meant for, and why.
#[derive(Debug)]
pub struct Suppression {
    /// Id of the diagnosis.
    pub id: String,
    /// Where the id stands: line and column, counted from 1.
    pub place: (u64, u64),
    device: Option<String>,
    fingerprint: Option<String>,
    artifact: Option<Regex>,
    reason: String,
    until: Option<NaiveDate>,
}

/// What became of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It silenced a finding.
    Used,
    /// No finding is what it is meant for.
    Stale,
    /// Its last day is over, so it silences nothing any more.
    Expired {
        /// The last day.
        until: NaiveDate,
        /// Whether there is a finding that it is meant for.
        wanted: bool,
    },
}

/// One thing wrong with the file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// Line, counted from 1; 0 where the fault is of the whole file.
    pub line: u64,
    /// Column, counted from 1.
    pub column: u64,
    /// What is wrong and what would be right.
    pub message: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    suppressions: Vec<Written>,
}

/// An entry as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: Spanned<String>,
    device: Option<String>,
    fingerprint: Option<Spanned<String>>,
    artifact: Option<Spanned<String>>,
    reason: Spanned<String>,
    until: Option<Spanned<String>>,
}

impl Suppressions {
    /// Reads a file of suppressions (YAML).
    ///
    /// # Errors
    /// Every fault found, with its place.
    pub fn read(text: &str) -> Result<Self, Vec<Fault>> {
        let file: File = serde_saphyr::from_str(text).map_err(|error| {
            let shown = error.without_snippet().to_string();
            let (line, column) = error.location().map_or((0, 0), place);
            let first = shown.lines().next().unwrap_or("not valid YAML");
            let message = first.trim_end_matches(&format!(" at line {line}, column {column}")).to_owned();
            vec![Fault { line, column, message }]
        })?;
        let mut faults = Vec::new();
        let entries = file.suppressions.into_iter().map(|written| written.checked(&mut faults)).collect();
        if faults.is_empty() { Ok(Self { entries }) } else { Err(faults) }
    }

    /// Marks the findings that the entries are meant for, and says of each entry, in the order of the file, what became of it. Where
    /// several are meant for one finding, it bears the reason of the first. `today` decides which still hold.
    pub fn apply(&self, report: &mut Report, today: NaiveDate) -> Vec<(&Suppression, Outcome)> {
        let mut outcomes = Vec::new();
        for entry in &self.entries {
            let mut meant = report.findings.iter_mut().filter(|finding| entry.is_meant_for(finding)).peekable();
            let wanted = meant.peek().is_some();
            let outcome = match entry.until.filter(|until| *until < today) {
                Some(until) => Outcome::Expired { until, wanted },
                None if wanted => Outcome::Used,
                None => Outcome::Stale,
            };
            if outcome == Outcome::Used {
                meant.for_each(|finding| {
                    finding.suppressed.get_or_insert_with(|| entry.mark());
                });
            }
            outcomes.push((entry, outcome));
        }
        follow(report);
        outcomes
    }
}

/// What a silenced finding makes visible on its device is silenced with it: who accepts a cause accepts what follows. Causes and
/// defects stand for themselves, whatever brought them out.
fn follow(report: &mut Report) {
    let mut silenced: Vec<(Option<String>, String, Suppressed)> = Vec::new();
    for finding in &report.findings {
        silenced.extend(finding.suppressed.iter().map(|mark| (finding.device.clone(), finding.id.clone(), mark.clone())));
    }
    let mut at = 0;
    while let Some((device, cause, mark)) = silenced.get(at).cloned() {
        at += 1;
        let follows = |finding: &&mut Finding| {
            finding.suppressed.is_none()
                && finding.device == device
                && finding.explained_by.as_ref() == Some(&cause)
                && matches!(finding.kind, Kind::Symptom | Kind::State | Kind::Expected)
        };
        for finding in report.findings.iter_mut().filter(follows) {
            let mark = Suppressed { reason: format!("{cause}: {}", mark.reason), until: mark.until.clone() };
            finding.suppressed = Some(mark.clone());
            silenced.push((device.clone(), finding.id.clone(), mark));
        }
    }
}

impl Suppression {
    /// Whether all that the entry asks for is so. A glob has to fit every artifact that is quoted.
    fn is_meant_for(&self, finding: &Finding) -> bool {
        let of_device = |device: &String| finding.device.as_ref().is_some_and(|own| own.to_lowercase() == device.to_lowercase());
        let quoted = |artifact: &Regex| {
            !finding.evidence.is_empty() && finding.evidence.iter().all(|evidence| artifact.is_match(&evidence.artifact))
        };
        finding.id == self.id
            && self.device.as_ref().is_none_or(of_device)
            && self.fingerprint.as_ref().is_none_or(|fingerprint| finding.fingerprint == *fingerprint)
            && self.artifact.as_ref().is_none_or(quoted)
    }

    fn mark(&self) -> Suppressed {
        Suppressed { reason: self.reason.clone(), until: self.until.map(|until| until.to_string()) }
    }
}

impl Written {
    fn checked(self, faults: &mut Vec<Fault>) -> Suppression {
        let mut fault = |at: &Spanned<String>, message: String| {
            let (line, column) = place(at.referenced);
            faults.push(Fault { line, column, message });
        };
        if self.reason.value.trim().is_empty() {
            fault(&self.reason, "`reason` is empty; say why this is no reason to act".to_owned());
        }
        if let Some(fingerprint) = self.fingerprint.as_ref().filter(|fingerprint| !is_fingerprint(&fingerprint.value)) {
            let message = format!("`{}` is no fingerprint; one begins with `v1:` and stands in the JSON report", fingerprint.value);
            fault(fingerprint, message);
        }
        let until = self.until.as_ref().and_then(|until| {
            let date = NaiveDate::parse_from_str(&until.value, "%Y-%m-%d").ok().filter(|date| date.to_string() == until.value);
            if date.is_none() {
                fault(until, format!("`{}` is no date; `until` is the last day on which it holds, as in 2026-12-31", until.value));
            }
            date
        });
        let artifact = self.artifact.as_ref().and_then(|glob| {
            let pattern = glob_pattern(&glob.value);
            if pattern.is_none() {
                fault(glob, "this glob is too long".to_owned());
            }
            pattern
        });
        Suppression {
            place: place(self.id.referenced),
            id: self.id.value,
            device: self.device,
            fingerprint: self.fingerprint.map(|fingerprint| fingerprint.value),
            artifact,
            reason: self.reason.value.trim().to_owned(),
            until,
        }
    }
}

fn place(location: Location) -> (u64, u64) {
    (location.line(), location.column())
}

fn is_fingerprint(text: &str) -> bool {
    let version = text.strip_prefix('v').and_then(|rest| rest.split_once(':')).map(|(version, _)| version);
    version.is_some_and(|version| !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A pattern for a logical path or its end from any `/` or `!` on. `*` and `?` stay within one name, `**` goes anywhere. `None` for
/// one that is longer than any path.
fn glob_pattern(glob: &str) -> Option<Regex> {
    let mut pattern = String::from("(?s)(?:^|[/!])");
    let mut rest = glob;
    while let Some(c) = rest.chars().next() {
        let (taken, part) = match c {
            '*' if rest.starts_with("**") => (2, ".*".to_owned()),
            '*' => (1, "[^/!]*".to_owned()),
            '?' => (1, "[^/!]".to_owned()),
            c => (c.len_utf8(), regex::escape(c.encode_utf8(&mut [0; 4]))),
        };
        pattern.push_str(&part);
        rest = rest.get(taken..).unwrap_or_default();
    }
    pattern.push('$');
    Regex::new(&pattern).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::model::Severity;
    use crate::report::samples;

    const TODAY: &str = "2026-07-01";

    fn read(text: &str) -> Suppressions {
        Suppressions::read(&format!("suppressions:\n{text}")).unwrap_or_else(|faults| panic!("{faults:?}"))
    }

    /// Ranks of what is silenced, and what became of the entries.
    fn applied(text: &str) -> (Vec<usize>, Vec<Outcome>) {
        let mut report = samples::rich();
        let file = read(text);
        let outcomes = file.apply(&mut report, TODAY.parse().unwrap()).into_iter().map(|(_, outcome)| outcome).collect();
        (report.findings.iter().filter(|finding| finding.suppressed.is_some()).map(|finding| finding.rank).collect(), outcomes)
    }

    #[test]
    fn entries_silence_what_they_are_meant_for() {
        use Outcome::{Stale, Used};
        let print = samples::rich().findings[3].fingerprint.clone();
        for (entry, ranks, outcome) in [
            // With what it explains, but for a defect that it brought out.
            ("{ id: slp-tls-interception, reason: r }", &[1, 2, 3][..], Used),
            ("{ id: slp-tls, reason: r }", &[], Stale),
            ("{ id: slp-tls-interception, device: WLC-Core-1, reason: r }", &[1, 2, 3], Used),
            ("{ id: slp-tls-interception, device: wlc-core-2, reason: r }", &[], Stale),
            (&format!("{{ id: rum-high-cpu-fn72578, fingerprint: '{print}', reason: r }}"), &[4], Used),
            ("{ id: rum-high-cpu-fn72578, fingerprint: 'v1:00', reason: r }", &[], Stale),
            ("{ id: slp-report-overdue, artifact: '*.txt.gz', reason: r }", &[3], Used),
            ("{ id: slp-report-overdue, artifact: 'wlc/**', reason: r }", &[3], Used),
            ("{ id: slp-report-overdue, artifact: '*', reason: r }", &[3], Used),
            ("{ id: slp-report-overdue, artifact: 'wlc/*', reason: r }", &[], Stale),
            ("{ id: slp-report-overdue, artifact: '*.txt', reason: r }", &[], Stale),
            // A capture is quoted as well, so the text alone does not do.
            ("{ id: slp-tls-interception, artifact: '**/*.gz', reason: r }", &[], Stale),
            ("{ id: slp-tls-interception, artifact: 'SR698123456.zip!**', reason: r }", &[1, 2, 3], Used),
            ("{ id: slp-tls-interception, until: 2026-07-01, reason: r }", &[1, 2, 3], Used),
        ] {
            assert_eq!(applied(&format!("  - {entry}")), (ranks.to_vec(), vec![outcome]), "{entry}");
        }
    }

    #[test]
    fn what_is_over_silences_nothing() {
        let until: NaiveDate = "2026-06-30".parse().unwrap();
        let text = "  - { id: slp-tls-interception, until: 2026-06-30, reason: r }\n  - { id: x, until: 2026-06-30, reason: r }\n";
        let expected = vec![Outcome::Expired { until, wanted: true }, Outcome::Expired { until, wanted: false }];
        assert_eq!(applied(text), (vec![], expected));
    }

    #[test]
    fn the_first_reason_is_kept_and_the_gate_does_not_count() {
        let mut report = samples::rich();
        let file = read(
            "  - { id: slp-tls-interception, until: 2026-12-31, reason: ' first ' }\n  - id: slp-tls-interception\n    reason: second\n",
        );
        let outcomes = file.apply(&mut report, TODAY.parse().unwrap());
        assert!(outcomes.iter().all(|(_, outcome)| *outcome == Outcome::Used));
        assert_eq!(outcomes[1].0.place, (3, 9));
        let expected = Suppressed { reason: "first".to_owned(), until: Some("2026-12-31".to_owned()) };
        assert_eq!(report.findings[0].suppressed, Some(expected));
        let follows = report.findings[1].suppressed.as_ref().map(|mark| mark.reason.as_str());
        assert_eq!((follows, report.findings[1].counts(Severity::Info)), (Some("slp-tls-interception: first"), false));
        assert!(!report.findings[0].counts(Severity::Info) && report.findings[3].counts(Severity::Info));
    }

    #[test]
    fn faults_have_a_place_and_a_way_out() {
        for (text, line, column, message) in [
            (
                "suppressions:\n  - id: x\n    resaon: typed too fast\n",
                3,
                5,
                "expected one of id, device, fingerprint, artifact, reason, until",
            ),
            ("suppress: []\n", 1, 1, "suppressions"),
            ("suppressions:\n  - id: x\n", 2, 5, "reason"),
            ("suppressions:\n  - reason: y\n", 2, 5, "id"),
            ("suppressions:\n  - { id: x, reason: '  ' }\n", 2, 22, "empty"),
            ("suppressions:\n  - id: x\n    reason: y\n    until: tomorrow\n", 4, 12, "2026-12-31"),
            ("suppressions:\n  - id: x\n    reason: y\n    until: 2026-2-3\n", 4, 12, "2026-12-31"),
            ("suppressions:\n  - id: x\n    reason: y\n    until: 2026-02-30\n", 4, 12, "2026-12-31"),
            ("suppressions:\n  - id: x\n    reason: y\n    fingerprint: abc\n", 4, 18, "v1:"),
            ("suppressions: [\n", 1, 15, "unclosed"),
        ] {
            let faults = Suppressions::read(text).unwrap_err();
            let [fault] = &faults[..] else { panic!("{text}: {faults:?}") };
            assert_eq!((fault.line, fault.column), (line, column), "{text}: {fault:?}");
            assert!(fault.message.contains(message), "{text}: {fault:?}");
        }
        let two = "suppressions:\n  - { id: x, reason: '', until: x }\n";
        assert_eq!(Suppressions::read(two).unwrap_err().len(), 2);
    }

    #[test]
    fn globs_are_no_patterns() {
        for (glob, path, fits) in [
            ("a.txt", "a.txt", true),
            ("a.txt", "case/a.txt", true),
            ("a.txt", "case.zip!a.txt", true),
            ("a.txt", "aXtxt", false),
            ("a.txt", "ba.txt", false),
            ("a?c", "abc", true),
            ("a?c", "a/c", false),
            ("case.zip!**.txt", "case.zip!x/y.txt", true),
            ("[a](b|c)+", "[a](b|c)+", true),
            ("東京/*", "case/東京/log", true),
        ] {
            assert_eq!(glob_pattern(glob).unwrap().is_match(path), fits, "{glob} {path}");
        }
    }
}

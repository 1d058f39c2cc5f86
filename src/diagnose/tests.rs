//! Small cases through the whole of scan and diagnosis, with rules of their own.

use super::{Diagnosis, Selection};
use crate::report::model::{Finding, Report};
use crate::rules::library::Library;
use crate::rules::load::{RuleText, load};
use crate::scan::{CaseScan, Scanner};

pub(super) fn library(files: &[(&str, &str)]) -> Library {
    let files: Vec<RuleText> = files.iter().map(|(name, text)| RuleText { name: (*name).to_owned(), text: (*text).to_owned() }).collect();
    load(&files).unwrap()
}

/// The report of a case of texts, by the names of their files.
pub(super) fn report(library: &Library, texts: &[(&str, &str)]) -> Report {
    let scanner = Scanner::new(library).unwrap();
    let artifacts = texts.iter().map(|(name, text)| scanner.scan_text(name, text.as_bytes())).collect();
    let case = CaseScan { artifacts, ..CaseScan::default() };
    Diagnosis::new(case, library).report(&Selection { min_confidence: 0.0, ..Selection::default() })
}

pub(super) fn finding<'a>(report: &'a Report, id: &str) -> &'a Finding {
    report.findings.iter().find(|finding| finding.id == id).unwrap_or_else(|| panic!("{id} not made: {:?}", report.findings))
}

const SIGNALS: &str = r"
licensing: [SMART_LIC-]
ordinary: ['SMART_LIC-\d-AGENT_READY']
signals:
  - {id: failed, title: failed, text: 'Communications failure with CSSM'}
  - {id: restored, title: restored, text: 'Communications with CSSM restored'}
";

const RULE: &str = r"
id: lost
title: Lost
kind: symptom
severity: low
summary: Lost.
evidence:
  - {when: failed, weight: strong}
ended_by: [restored]
";

const FILES: [(&str, &str); 2] = [("signals/s.yaml", SIGNALS), ("slp/lost.yaml", RULE)];

#[test]
fn what_no_signal_matches_is_listed_by_form_and_the_rarest_first() {
    let text = "\
Aug 23 2021 09:00:01: %SMART_LIC-3-COMM_FAILED: Communications failure with CSSM
Aug 23 2021 09:00:02: %SMART_LIC-6-AGENT_READY: ready
Aug 23 2021 09:00:03: %SMART_LIC-3-NEW: poll 17 by admin password 7 0822455D0A16
Aug 23 2021 09:00:04: %SMART_LIC-3-NEW: poll 18 by admin password 7 0822455D0A17
Aug 23 2021 09:00:05: %SMART_LIC-3-RARE: once
a sentence about SMART_LIC-3-RARE
";
    let report =
        report(&library(&FILES), &[("a.log", text), ("b.log", "Aug 23 2021 09:00:09: %SMART_LIC-3-NEW: poll 19 by admin password 7 08AA")]);
    let found: Vec<_> =
        report.unexplained.iter().map(|form| (form.template.as_str(), form.count, form.artifact.as_str(), form.line)).collect();
    let expected = [
        ("%SMART_LIC-3-RARE: once", 1, "a.log", Some(5)),
        ("%SMART_LIC-3-NEW: poll <number> by admin password <number> <masked:password>", 3, "a.log", Some(3)),
    ];
    assert_eq!(found, expected);
    assert!(!format!("{:?}", report.unexplained).contains("0822455D0A16"));
}

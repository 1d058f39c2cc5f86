use std::collections::BTreeMap;

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::Event;

use super::*;
use crate::report::model::Suppressed;
use crate::report::samples;

/// An element as an independent reader sees it.
#[derive(Debug, Default)]
struct Element {
    name: String,
    attributes: BTreeMap<String, String>,
    text: String,
    children: Vec<Element>,
}

impl Element {
    fn find<'a>(&'a self, name: &str, found: &mut Vec<&'a Element>) {
        for child in &self.children {
            if child.name == name {
                found.push(child);
            }
            child.find(name, found);
        }
    }

    fn all(&self, name: &str) -> Vec<&Element> {
        let mut found = Vec::new();
        self.find(name, &mut found);
        found
    }
}

fn parse(text: &str) -> Element {
    let mut reader = Reader::from_str(text);
    let mut open = vec![Element::default()];
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) => open.push(element(&tag)),
            Event::Empty(tag) => open.last_mut().unwrap().children.push(element(&tag)),
            Event::End(_) => {
                let done = open.pop().unwrap();
                open.last_mut().unwrap().children.push(done);
            }
            Event::Text(text) => open.last_mut().unwrap().text.push_str(&text.xml10_content()),
            Event::GeneralRef(reference) => {
                let name = reference.xml10_content().into_owned();
                let c = reference.resolve_char_ref().unwrap();
                let c = c.or(match name.as_str() {
                    "lt" => Some('<'),
                    "gt" => Some('>'),
                    "amp" => Some('&'),
                    "quot" => Some('"'),
                    "apos" => Some('\''),
                    _ => None,
                });
                open.last_mut().unwrap().text.push(c.unwrap());
            }
            Event::Decl(_) => {}
            Event::Eof => break,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(open.len(), 1, "everything is closed");
    open.pop().unwrap()
}

fn element(tag: &quick_xml::events::BytesStart<'_>) -> Element {
    let attribute = |attribute: quick_xml::events::attributes::Attribute<'_>| {
        (attribute.key.as_ref().to_owned(), attribute.normalized_value(XmlVersion::Explicit1_0).unwrap().into_owned())
    };
    Element {
        name: tag.name().as_ref().to_owned(),
        attributes: tag.attributes().map(|one| attribute(one.unwrap())).collect(),
        ..Element::default()
    }
}

/// What XML 1.0 allows (production 2, Char).
fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

#[test]
fn counts_are_those_of_the_cases() {
    for report in samples::all().into_iter().chain(samples::hostile()) {
        let text = junit(&report, Words::default());
        assert!(text.chars().all(is_xml_char), "{text}");
        let document = parse(&text);
        for level in ["testsuites", "testsuite"] {
            for suite in document.all(level) {
                for (attribute, name) in [("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")] {
                    assert_eq!(suite.attributes[attribute], suite.all(name).len().to_string(), "{attribute}");
                }
            }
        }
        assert!(!document.all("testcase").is_empty());
        assert_eq!(document.all("error").len(), 0, "something was read");
    }
}

#[test]
fn each_finding_is_a_case_of_its_device() {
    let document = parse(&junit(&samples::rich(), Words::default()));
    let suites = document.all("testsuite");
    let names: Vec<&str> = suites.iter().map(|suite| suite.attributes["name"].as_str()).collect();
    assert_eq!(names, ["exp-c-01", "wlc-core-1", "東京-本社-コアスイッチ-01", "not read, or not whole"]);

    let wlc = suites[1];
    let cases: Vec<&str> = wlc.all("testcase").iter().map(|case| case.attributes["name"].as_str()).collect();
    assert_eq!(cases, ["slp-tls-interception", "slp-history-empty-response", "slp-report-overdue", "rum-high-cpu-fn72578"]);
    let failure = wlc.all("failure")[0];
    assert_eq!(failure.attributes["type"], "high");
    assert_eq!(
        failure.attributes["message"],
        "A firewall replaces the licensing server's certificate (TLS interception) (97 % sure, high, still active)"
    );
    assert!(failure.text.contains("SR698123456.zip!wlc/cap1.pcap  packet 841"), "{}", failure.text);
    assert_eq!(wlc.all("property")[1].attributes, BTreeMap::from([("name".into(), "version".into()), ("value".into(), "17.3.4".into())]));
}

#[test]
fn what_is_undecided_is_skipped_and_what_is_over_passes() {
    let document = parse(&junit(&samples::rich(), Words::default()));
    let suites = document.all("testsuite");
    let skipped = suites[0].all("skipped");
    assert_eq!(skipped.len(), 2);
    assert!(skipped[0].attributes["message"].contains("xstatus // license"), "{:?}", skipped[0]);
    // Of the Japanese switch, one problem is over and one finding is expected behaviour.
    assert_eq!((suites[2].attributes["failures"].as_str(), suites[2].all("system-out").len()), ("0", 2));
    assert_eq!((suites[3].attributes["skipped"].as_str(), suites[3].attributes["tests"].as_str()), ("7", "7"));
}

#[test]
fn nothing_found_is_one_passing_case_and_nothing_read_is_an_error() {
    let document = parse(&junit(&samples::empty(), Words::default()));
    assert_eq!(document.all("testcase")[0].attributes["name"], "no findings");
    assert_eq!(document.all("testcase").len(), 1);

    let mut report = samples::empty();
    report.case.coverage = crate::report::model::Coverage { scanned: 0, skipped: 0, unreadable: 1 };
    report.errors = samples::rich().errors.into_iter().take(1).collect();
    let document = parse(&junit(&report, Words::default()));
    assert_eq!(document.all("error").len(), 1);
}

#[test]
fn a_suppressed_finding_is_skipped_with_its_reason() {
    let mut report = samples::rich();
    report.findings[0].suppressed = Some(Suppressed { reason: "accepted".to_owned(), until: Some("2021-08-01".to_owned()) });
    let text = junit(&report, Words::default());
    assert!(text.contains("<skipped message=\"Suppressed: accepted (until 2021-08-01)\"/>"), "{text}");
}

//! The examples of rule files, run as small cases of their own.

use crate::diagnose::{Diagnosis, Selection};
use crate::formats::event::{Event, Place};
use crate::formats::time;
use crate::report::model::{Finding, Report, Status};
use crate::rules::model::{Example, ExampleEvent};
use crate::scan::{CaseScan, Scanner};

/// Confidence from which an example counts as diagnosed.
pub const MADE: f64 = 0.5;

/// One example that did not give what it should.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// Id of the rule.
    pub rule: String,
    /// `positive`, `negative` or `near_miss`, and the example's name.
    pub example: String,
    /// What happened instead.
    pub message: String,
}

/// What must be true of the diagnoses that were made, in their order.
type Expectation<'a> = dyn Fn(&[Made]) -> Result<(), String> + 'a;

/// A diagnosis that was made, by the finding with the most confidence.
struct Made {
    id: String,
    confidence: f64,
    status: Status,
}

/// Runs every example of every rule. Returns how many ran, and the failures in the order of the rules.
pub fn run(scanner: &Scanner<'_>) -> (usize, Vec<Failure>) {
    let library = scanner.library();
    let mut ran = 0;
    let mut failures = Vec::new();
    for (rule, examples) in library.rules.iter().zip(library.examples()) {
        let mut check = |kind: &str, example: &Example, holds: &Expectation<'_>| {
            ran += 1;
            let made = diagnose(scanner, example);
            if let Err(message) = holds(&made) {
                failures.push(Failure { rule: rule.id.clone().into(), example: format!("{kind}: {}", example.name), message });
            }
        };
        let confidence = |made: &[Made], id: &str| made.iter().find(|made| made.id == id).map_or(0.0, |made| made.confidence);
        for example in &examples.positive {
            check("positive", example, &|made| match made.iter().find(|made| made.id == rule.id).filter(|made| made.confidence >= MADE) {
                Some(Made { status, .. }) if example.status.is_some_and(|expected| expected != *status) => {
                    Err(format!("status {}; {} expected", word(*status), example.status.map_or("", word)))
                }
                Some(_) => Ok(()),
                None => Err(format!("confidence {:.2}; at least {MADE} expected; made: {}", confidence(made, &rule.id), list(made))),
            });
        }
        for example in &examples.negative {
            check("negative", example, &|made| match confidence(made, &rule.id) {
                found if found < MADE => Ok(()),
                found => Err(format!("confidence {found:.2}; less than {MADE} expected")),
            });
        }
        for example in &examples.near_miss {
            check("near_miss", example, &|made| {
                let place = |id: &str| made.iter().position(|made| made.id == id && made.confidence >= MADE);
                let own = confidence(made, &rule.id);
                let other = example.is.as_deref().map_or(0.0, |is| confidence(made, is));
                let first = example.is.as_deref().and_then(place);
                if first.is_some_and(|first| place(&rule.id).is_none_or(|own| first < own)) {
                    Ok(())
                } else {
                    Err(format!(
                        "{} {own:.2}, {} {other:.2}; the second must be made and rank first; made: {}",
                        rule.id,
                        example.is.as_deref().unwrap_or("-"),
                        list(made)
                    ))
                }
            });
        }
    }
    (ran, failures)
}

fn word(status: Status) -> &'static str {
    match status {
        Status::Active => "active",
        Status::Intermittent => "intermittent",
        Status::Resolved => "resolved",
    }
}

fn list(made: &[Made]) -> String {
    if made.is_empty() {
        return "nothing".to_owned();
    }
    made.iter().map(|made| format!("{} {:.2}", made.id, made.confidence)).collect::<Vec<_>>().join(", ")
}

/// The report of an example, as of a case of its own.
pub fn report(scanner: &Scanner<'_>, example: &Example, selection: &Selection) -> Report {
    let mut case = CaseScan::default();
    if !example.text.is_empty() {
        case.artifacts.push(scanner.scan_text(example.file.as_deref().unwrap_or("example.log"), example.text.as_bytes()));
    }
    for (name, text) in &example.files {
        case.artifacts.push(scanner.scan_text(name, text.as_bytes()));
    }
    if !example.events.is_empty() {
        let events: Vec<Event> = example.events.iter().enumerate().filter_map(|(at, event)| as_event(at, event)).collect();
        case.artifacts.push(scanner.scan_events("example.pcap", &events));
    }
    Diagnosis::new(case, scanner.library()).report(selection)
}

fn diagnose(scanner: &Scanner<'_>, example: &Example) -> Vec<Made> {
    let report = report(scanner, example, &Selection { min_confidence: 0.0, ..Selection::default() });
    let mut made: Vec<Made> = Vec::new();
    for Finding { id, confidence, status, .. } in report.findings {
        match made.iter_mut().find(|made| made.id == id) {
            Some(known) if known.confidence < confidence => (known.confidence, known.status) = (confidence, status),
            Some(_) => {}
            None => made.push(Made { id, confidence, status }),
        }
    }
    made
}

/// The event an example describes. Kinds and field names live as long as the program; both come from a fixed set.
fn as_event(at: usize, example: &ExampleEvent) -> Option<Event> {
    let kind = *crate::formats::event::KINDS.iter().find(|kind| **kind == example.event)?;
    let time = example.time.as_deref().and_then(time::parse_prefix).map(|(stamp, _)| stamp);
    let fields = example
        .with
        .iter()
        .filter_map(|(name, value)| Some((*crate::formats::event::FIELDS.iter().find(|field| **field == name)?, value.clone())))
        .collect();
    let text =
        format!("{} {}", example.event, example.with.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" "));
    Some(Event { kind, place: Place::Packet(at as u64 + 1), time, fields, text })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::load::{RuleText, load};

    #[test]
    fn an_example_may_ask_for_a_status() {
        let rule = |status: &str| {
            format!(
                "id: r\ntitle: t\nkind: symptom\nseverity: medium\nsummary: s\nsignals:\n  - {{ id: broke, title: it broke, text: 'it broke' }}\n  - {{ id: mended, title: it was mended, text: 'it was mended' }}\nevidence:\n  - {{ when: broke, weight: decisive }}\nended_by: [mended]\nexamples:\n  positive:\n    - name: over\n      {status}\n      text: |\n        Aug 23 2021 09:19:43: it broke\n        Aug 23 2021 10:19:43: it was mended\n"
            )
        };
        for (status, expected) in [
            ("", None),
            ("status: resolved", None),
            ("status: active", Some("status resolved; active expected")),
            ("status: intermittent", Some("status resolved; intermittent expected")),
        ] {
            let files = [RuleText { name: "rules/x/r.yaml".to_owned(), text: rule(status) }];
            let library = load(&files).unwrap_or_else(|faults| panic!("{faults:?}"));
            let (ran, failures) = run(&Scanner::new(&library));
            let said: Vec<&str> = failures.iter().map(|failure| failure.message.as_str()).collect();
            assert_eq!((ran, said), (1, expected.into_iter().collect()), "{status}");
        }
    }
}

use super::*;
use crate::report::samples;

/// Rank, change and what differs, of a comparison with the rich sample after something was done to it.
fn compared(alter: impl FnOnce(&mut Earlier)) -> Diff {
    let old = Earlier::from(&samples::rich());
    let mut new = old.clone();
    alter(&mut new);
    compare(("old.json", Source::Report, &old), ("new.zip", Source::Case, &new))
}

fn changes(diff: &Diff) -> Vec<(&str, Change, Vec<&str>)> {
    let short = |entry: &Entry| (entry.id.as_deref().unwrap_or_default().to_owned(), entry.change);
    assert!(diff.findings.iter().map(short).is_sorted_by_key(|(_, change)| change));
    diff.findings
        .iter()
        .filter(|entry| entry.change != Change::Unchanged)
        .map(|entry| (entry.id.as_deref().unwrap_or_default(), entry.change, entry.differs.iter().map(String::as_str).collect()))
        .collect()
}

#[test]
fn the_same_differs_in_nothing() {
    let diff = compared(|_| {});
    assert_eq!(changes(&diff), []);
    assert_eq!(diff.summary, Summary { unchanged: 6, ..Summary::default() });
    assert!(diff.findings.iter().all(|entry| entry.old == entry.new && entry.device_in_other.is_none()));
}

#[test]
fn new_changed_gone_in_that_order() {
    let diff = compared(|new| {
        let mut fresh = new.findings[0].clone();
        (fresh.fingerprint, fresh.id) = ("v1:fresh".to_owned(), Some("fresh".to_owned()));
        new.findings[0].status = Some(Status::Resolved);
        new.findings[0].confidence = Some(0.872);
        new.findings[1].severity = Some(Severity::Low);
        new.findings[1].confidence = Some(0.95);
        new.findings[2].confidence = None;
        new.findings.remove(4);
        new.findings.push(fresh);
    });
    assert_eq!(
        changes(&diff),
        [
            ("fresh", Change::New, vec![]),
            ("slp-tls-interception", Change::Changed, vec!["status", "confidence"]),
            ("slp-history-empty-response", Change::Changed, vec!["severity"]),
            ("dns-name-unresolved", Change::Gone, vec![]),
        ]
    );
    assert_eq!(diff.summary, Summary { new: 1, changed: 2, gone: 1, unchanged: 3 });
    let [fresh, changed, _, gone, ..] = &diff.findings[..] else { panic!("{:?}", diff.findings) };
    assert!(fresh.old.is_none() && gone.new.is_none());
    assert_eq!(changed.old.as_ref().and_then(|old| old.confidence), Some(0.972));
    assert_eq!(changed.state().and_then(|new| new.status), Some(Status::Resolved));
    assert_eq!((fresh.device_in_other, gone.device_in_other), (Some(true), Some(true)));
}

#[test]
fn what_is_gone_with_its_device_is_not_cured() {
    let diff = compared(|new| {
        new.findings.clear();
        new.devices = Some(vec!["WLC-CORE-1".to_owned()]);
    });
    let there: Vec<_> = diff.findings.iter().map(|entry| entry.device_in_other).collect();
    assert_eq!(there, [Some(true), Some(true), Some(true), Some(true), Some(false), Some(false)]);
    let nobody_says = compared(|new| *new = Earlier::default());
    assert!(nobody_says.findings.iter().all(|entry| entry.device_in_other.is_none()));
}

#[test]
fn a_gate_counts_what_is_new_and_bad() {
    let all = compare(("a", Source::Case, &Earlier::default()), ("b", Source::Case, &Earlier::from(&samples::rich())));
    let counted = |at_least| all.findings.iter().filter(|entry| entry.counts(at_least)).count();
    // The fifth is over, the sixth only looks like a fault.
    assert_eq!([Severity::Info, Severity::High, Severity::Critical].map(counted), [4, 2, 1]);
    let none = compared(|new| new.findings[0].severity = Some(Severity::Critical));
    assert!(none.findings.iter().all(|entry| !entry.counts(Severity::Info)));
    let silenced = compare(
        ("a", Source::Case, &Earlier::default()),
        ("b", Source::Case, &{
            let mut new = Earlier::from(&samples::rich());
            new.findings.iter_mut().for_each(|finding| finding.suppressed = true);
            new
        }),
    );
    assert!(silenced.findings.iter().all(|entry| !entry.counts(Severity::Info)));
}

#[test]
fn a_tenth_of_confidence_is_much() {
    for (old, new, much) in [(0.8, 0.9, true), (0.9, 0.8, true), (0.8, 0.899, false), (0.1, 0.2, true), (0.97, 0.99, false)] {
        let known = |confidence| Known { confidence: Some(confidence), ..Known::default() };
        assert_eq!(!differences(&known(old), &known(new)).is_empty(), much, "{old} {new}");
    }
}

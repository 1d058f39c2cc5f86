//! What every format says of a comparison in words.

use crate::report::diff::{Change, Diff, Entry, Side, Source, State};
use crate::report::render::phrase::{changes, percent, severity, status};
use crate::report::render::verdict::counted;
use crate::rules::translation::Words;

/// `Findings: 2 new, 1 changed, 1 gone, 3 still there.`
pub(in crate::report::render) fn verdict(words: Words<'_>, diff: &Diff) -> String {
    let counts = diff.summary;
    match (counts.new + counts.changed + counts.gone, counts.unchanged) {
        (0, 0) => words.say("Nothing was found in either.").to_owned(),
        (0, n) => words.count(n as u64, "Nothing changed: {} finding is still there.", "Nothing changed: {} findings are still there."),
        (_, there) => words.fill("Findings: {}.", &[&changes(words, [counts.new, counts.changed, counts.gone, there])]),
    }
}

/// What time of each counted, where not all did: one sentence of both, or one of each.
pub(in crate::report::render) fn windows(words: Words<'_>, diff: &Diff) -> Vec<String> {
    let of = |side: &Side| side.window.as_ref().map(|window| counted(words, window));
    match (of(&diff.old), of(&diff.new)) {
        (Some(old), Some(new)) if old == new => vec![old],
        (old, new) => {
            let named = |label: &str, window: Option<String>| window.map(|window| format!("{}: {window}", words.say(label)));
            named("Old", old).into_iter().chain(named("New", new)).collect()
        }
    }
}

/// What to know before the differences are believed: they may come from the rules.
pub(in crate::report::render) fn caution<'w>(words: Words<'w>, diff: &Diff) -> Option<&'w str> {
    let (old, new) = (diff.old.rules.as_ref()?, diff.new.rules.as_ref()?);
    let caution = words.say("The two were made with different rules: a difference may be theirs. Diagnose the old case again to be sure.");
    (old != new).then_some(caution)
}

/// What differs, or where a finding that stands alone has its device: `still active → over`, `its device is not in the new case`.
pub(in crate::report::render) fn remarks(words: Words<'_>, entry: &Entry) -> String {
    let mut remarks: Vec<String> = Vec::new();
    if let (Some(old), Some(new)) = (&entry.old, &entry.new) {
        let shown = |name: &str, state: &State| match name {
            "status" => state.status.map(|word| words.say(status(word)).to_owned()),
            "severity" => state.severity.map(|word| words.say(severity(word)).to_owned()),
            _ => state.confidence.map(percent),
        };
        let change = |name: &String| Some(format!("{} → {}", shown(name, old)?, shown(name, new)?));
        remarks.extend(entry.differs.iter().filter_map(change));
    }
    match (entry.change, entry.device_in_other) {
        (Change::Gone, Some(false)) => remarks.push(words.say("its device is not in the new case").to_owned()),
        (Change::New, Some(false)) => remarks.push(words.say("its device was not in the old case").to_owned()),
        _ => {}
    }
    if entry.suppressed {
        remarks.push(words.say("suppressed").to_owned());
    }
    remarks.join(words.say(", "))
}

/// What it is called: its title, else its id, else the fingerprint.
pub(in crate::report::render) fn title<'t>(words: Words<'t>, entry: &'t Entry) -> &'t str {
    entry.title.as_deref().map(|title| words.say(title)).or(entry.id.as_deref()).unwrap_or(&entry.fingerprint)
}

/// The word of the row.
pub(in crate::report::render) fn change<'w>(words: Words<'w>, change: Change) -> &'w str {
    match change {
        Change::New => words.say("new"),
        Change::Changed => words.say("changed"),
        Change::Gone => words.say("gone"),
        Change::Unchanged => words.say("same"),
    }
}

/// What a side was made of.
pub(in crate::report::render) fn source<'w>(words: Words<'w>, source: Source) -> &'w str {
    match source {
        Source::Case => words.say("case"),
        Source::Report => words.say("report"),
    }
}

/// `97 %`; nothing where a report does not say.
pub(in crate::report::render) fn sure(entry: &Entry) -> String {
    entry.state().and_then(|state| state.confidence).map(percent).unwrap_or_default()
}

/// `high`; nothing where a report does not say.
pub(in crate::report::render) fn how_bad<'w>(words: Words<'w>, entry: &Entry) -> &'w str {
    entry.state().and_then(|state| state.severity).map(|bad| words.say(severity(bad))).unwrap_or_default()
}

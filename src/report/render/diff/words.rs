//! What every format says of a comparison in words.

use crate::report::diff::{Change, Diff, Entry, State};
use crate::report::render::table::phrase::{percent, severity, status};

/// `2 findings are new, 1 changed, 1 is gone, 3 are still there.`
pub(in crate::report::render) fn verdict(diff: &Diff) -> String {
    let counts = diff.summary;
    let words = [
        (counts.new, "is new", "are new"),
        (counts.changed, "changed", "changed"),
        (counts.gone, "is gone", "are gone"),
        (counts.unchanged, "is still there", "are still there"),
    ];
    if counts.new + counts.changed + counts.gone == 0 {
        return match counts.unchanged {
            0 => "Nothing was found in either.".to_owned(),
            1 => "Nothing changed: 1 finding is still there.".to_owned(),
            n => format!("Nothing changed: {n} findings are still there."),
        };
    }
    let mut parts: Vec<String> = Vec::new();
    for (n, one, many) in words.into_iter().filter(|(n, ..)| *n > 0) {
        let noun = match (parts.is_empty(), n) {
            (true, 1) => " finding",
            (true, _) => " findings",
            (false, _) => "",
        };
        parts.push(format!("{n}{noun} {}", if n == 1 { one } else { many }));
    }
    format!("{}.", parts.join(", "))
}

/// What to know before the differences are believed: they may come from the rules.
pub(in crate::report::render) fn caution(diff: &Diff) -> Option<&'static str> {
    let (old, new) = (diff.old.rules.as_ref()?, diff.new.rules.as_ref()?);
    (old != new).then_some("The two were made with different rules: a difference may be theirs. Diagnose the old case again to be sure.")
}

/// What differs, or where a finding that stands alone has its device: `still active → over`, `its device is not in the new case`.
pub(in crate::report::render) fn remarks(entry: &Entry) -> Vec<String> {
    let mut remarks = Vec::new();
    if let (Some(old), Some(new)) = (&entry.old, &entry.new) {
        let shown = |name: &str, state: &State| match name {
            "status" => state.status.map(|word| status(word).to_owned()),
            "severity" => state.severity.map(|word| severity(word).to_owned()),
            _ => state.confidence.map(percent),
        };
        let change = |name: &String| Some(format!("{} → {}", shown(name, old)?, shown(name, new)?));
        remarks.extend(entry.differs.iter().filter_map(change));
    }
    match (entry.change, entry.device_in_other) {
        (Change::Gone, Some(false)) => remarks.push("its device is not in the new case".to_owned()),
        (Change::New, Some(false)) => remarks.push("its device was not in the old case".to_owned()),
        _ => {}
    }
    if entry.suppressed {
        remarks.push("suppressed".to_owned());
    }
    remarks
}

/// What it is called: its title, else its id, else the fingerprint.
pub(in crate::report::render) fn title(entry: &Entry) -> &str {
    entry.title.as_deref().or(entry.id.as_deref()).unwrap_or(&entry.fingerprint)
}

/// The word of the row.
pub(in crate::report::render) const fn change(change: Change) -> &'static str {
    match change {
        Change::New => "new",
        Change::Changed => "changed",
        Change::Gone => "gone",
        Change::Unchanged => "same",
    }
}

/// `97 %`; nothing where a report does not say.
pub(in crate::report::render) fn sure(entry: &Entry) -> String {
    entry.state().and_then(|state| state.confidence).map(percent).unwrap_or_default()
}

/// `high`; nothing where a report does not say.
pub(in crate::report::render) fn how_bad(entry: &Entry) -> &'static str {
    entry.state().and_then(|state| state.severity).map(severity).unwrap_or_default()
}

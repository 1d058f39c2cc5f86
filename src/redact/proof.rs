//! Whether a copy says the same as its original.

use crate::report::model::Report;

/// What of a finding must be the same: id, status, confidence to a millionth, severity.
type Said = (String, String, i64);

fn said(report: &Report) -> Vec<Said> {
    let mut said: Vec<Said> = report
        .findings
        .iter()
        .map(|finding| {
            (
                finding.id.clone(),
                format!("{:?}, {:?}", finding.status, finding.severity).to_lowercase(),
                (finding.confidence * 1e6).round() as i64,
            )
        })
        .collect();
    // Findings of one id and confidence stand in the order of their devices, whose names differ.
    let mut from = 0;
    while from < said.len() {
        let alike = said
            .get(from..)
            .unwrap_or_default()
            .iter()
            .take_while(|next| said.get(from).is_some_and(|first| (&first.0, first.2) == (&next.0, next.2)))
            .count();
        if let Some(part) = said.get_mut(from..from + alike) {
            part.sort();
        }
        from += alike.max(1);
    }
    said
}

/// In what the findings of a copy differ from those of the original: ids, order, status, confidence. Nothing where they are the same.
pub fn differences(original: &Report, copy: &Report) -> Vec<String> {
    let (original, copy) = (said(original), said(copy));
    let line = |(id, status, confidence): &Said| format!("{id} ({status}, {} %)", *confidence as f64 / 1e4);
    let mut found = Vec::new();
    for at in 0..original.len().max(copy.len()) {
        match (original.get(at), copy.get(at)) {
            (Some(one), Some(other)) if one == other => {}
            (Some(one), Some(other)) => {
                found.push(format!("finding {}: {} in the original, {} in the copy", at + 1, line(one), line(other)))
            }
            (Some(one), None) => found.push(format!("finding {}: {} in the original, nothing in the copy", at + 1, line(one))),
            (None, Some(other)) => found.push(format!("finding {}: nothing in the original, {} in the copy", at + 1, line(other))),
            (None, None) => {}
        }
    }
    found
}

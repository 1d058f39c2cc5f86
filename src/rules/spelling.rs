//! Names that were mistyped: the known name that was meant.

/// The known name nearest to a mistyped one, if any is near enough to be meant.
pub fn nearest<'a>(wrong: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = (wrong.chars().count() / 3).max(1);
    known.map(|name| (distance(wrong, name), name)).filter(|(distance, _)| *distance <= allowed).min().map(|(_, name)| name)
}

/// Edits (insert, delete, replace) between two names.
pub(super) fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut previous = i;
        let mut left = i + 1;
        for (cb, cell) in b.iter().zip(row.iter_mut().skip(1)) {
            let best = (*cell + 1).min(left + 1).min(previous + usize::from(ca != *cb));
            previous = std::mem::replace(cell, best);
            left = best;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}

//! `Key="value"`, with everything that goes wrong in it. Expressway starts every key with a capital, which tells a key
//! from an attribute inside a value (`<zone name="x">`).

use std::borrow::Cow;

/// Keys that no value was seen to contain; where one begins inside a value, the closing quote before it is missing.
const HEADER_KEYS: [&str; 7] = ["UTCTime", "Module", "Level", "CodeLocation", "Event", "Detail", "ThreadID"];

/// A key is at most this long, so that looking for one never walks far.
const LONGEST_KEY: usize = 48;

/// A value with more quotes inside than this lost its closing one.
const MOST_INNER_QUOTES: usize = 16;

/// One pair.
pub(super) struct Pair<'a> {
    pub(super) key: &'a str,
    pub(super) value: Cow<'a, str>,
    /// Where the text goes on.
    pub(super) end: usize,
}

/// The key that begins at `at`, and where its value begins, behind the opening quote.
pub(super) fn key(line: &str, at: usize) -> Option<(&str, usize)> {
    let rest = line.get(at..)?;
    let length = rest.bytes().take(LONGEST_KEY + 1).take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_')).count();
    let name = rest.get(..length).filter(|name| name.len() <= LONGEST_KEY && name.starts_with(|c: char| c.is_ascii_uppercase()))?;
    let value = rest.get(length..)?.strip_prefix('=')?.trim_start_matches(' ').strip_prefix('"')?;
    Some((name, line.len() - value.len()))
}

/// Whether a key may begin at `at`: not in the middle of a word.
pub(super) fn word_starts(line: &str, at: usize) -> bool {
    !line.get(..at).and_then(|before| before.chars().next_back()).is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

/// Whether `name` is a key that tells an Expressway record from other text with pairs.
pub(super) fn is_header_key(name: &str) -> bool {
    HEADER_KEYS.contains(&name)
}

/// The pair that begins at `at`.
pub(super) fn pair(line: &str, at: usize) -> Option<Pair<'_>> {
    let (key, start) = key(line, at)?;
    let (length, end) = value_end(line, start);
    let raw = line.get(start..start + length).unwrap_or("");
    let value = if raw.contains("\\\"") { Cow::Owned(raw.replace("\\\"", "\"")) } else { Cow::Borrowed(raw) };
    Some(Pair { key, value, end: end.max(start) })
}

/// Length of the value that begins at `start`, and where the text goes on behind it.
fn value_end(line: &str, start: usize) -> (usize, usize) {
    let text = line.get(start..).unwrap_or("");
    let mut first_quote = None;
    let mut quotes = 0;
    for (at, _) in text.match_indices('"') {
        if text.get(..at).is_some_and(|before| before.ends_with('\\')) {
            continue;
        }
        if closes(line, start + at + 1) {
            return (at, start + at + 1);
        }
        if let Some(length) = next_pair_before(text, at) {
            let value = text.get(..length).unwrap_or("").trim_end();
            return (value.len(), start + length);
        }
        first_quote.get_or_insert(at);
        quotes += 1;
        if quotes > MOST_INNER_QUOTES {
            break;
        }
    }
    match first_quote {
        Some(at) => (at, start + at + 1),
        None => (text.trim_end().len(), line.len()),
    }
}

/// Whether the quote before `after` ends its value: the record ends, or the next thing in it or the next record begins.
fn closes(line: &str, after: usize) -> bool {
    let rest = line.get(after..).unwrap_or("");
    let next = rest.trim_start_matches([' ', '\t', '\r', ',']);
    let next_at = line.len() - next.len();
    next.is_empty()
        || rest.starts_with(':')
        || next.starts_with('|')
        || key(line, next_at).is_some()
        || {
            let word = next.bytes().take(LONGEST_KEY).take_while(|b| b.is_ascii_uppercase()).count();
            word > 2 && next.as_bytes().get(word) == Some(&b':')
        }
        || super::record::head(line, next_at).is_some()
}

/// Where the quote at `at` opens the value of a known key: where that key begins.
fn next_pair_before(text: &str, at: usize) -> Option<usize> {
    let before = text.get(..at)?.trim_end_matches(' ').strip_suffix('=')?;
    let name = HEADER_KEYS.into_iter().find(|name| before.ends_with(name))?;
    let start = before.len() - name.len();
    (start > 0 && word_starts(text, start)).then_some(start)
}

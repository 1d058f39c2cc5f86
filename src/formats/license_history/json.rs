//! Values out of text that was JSON once.

/// Straight quotes for the curly ones that documents make of them.
pub(super) fn straight(text: &str) -> String {
    text.replace(['\u{201c}', '\u{201d}', '\u{201e}', '\u{ff02}'], "\"").replace(['\u{2018}', '\u{2019}'], "'")
}

/// The value of the first `"key":"value"`; `None` where it is empty or no string. A cut value ends where the text ends.
pub(super) fn string(text: &str, key: &str) -> Option<String> {
    let quoted = format!("\"{key}\"");
    text.match_indices(&quoted).find_map(|(at, _)| {
        let rest = text.get(at + quoted.len()..)?.trim_start().strip_prefix(':')?.trim_start();
        Some(quoted_string(rest)?.0).filter(|value| !value.is_empty())
    })
}

/// The same inside the object that is the value of `outer`.
pub(super) fn string_within(text: &str, outer: &str, key: &str) -> Option<String> {
    let at = text.find(&format!("\"{outer}\""))?;
    let object = text.get(at..)?;
    string(object.get(..object.find('}').unwrap_or(object.len()))?, key)
}

/// What the response says in words: under a key of that meaning, behind the status where the key was lost, or as the
/// only sentence in a list of errors.
pub(super) fn message(text: &str) -> Option<String> {
    let keyed = ["status_message", "error_message", "message", "failure_reason", "error", "error_description"];
    keyed.iter().find_map(|key| string(text, key)).or_else(|| behind_status(text)).or_else(|| error_list(text))
}

/// `"status_code":"FAILURE"},"Invalid ProductInstanceIdentifier: …","retry_time_seconds":0`
fn behind_status(text: &str) -> Option<String> {
    let rest = text.get(text.find("\"status_code\"")? + "\"status_code\"".len()..)?.trim_start().strip_prefix(':')?.trim_start();
    let (_, end) = quoted_string(rest)?;
    let next = rest.get(end..)?.trim_start_matches(['}', ',', ' ']);
    let (value, end) = quoted_string(next)?;
    let is_key = next.get(end..).is_some_and(|rest| rest.trim_start().starts_with(':'));
    (!is_key && is_sentence(&value)).then_some(value)
}

/// `{"product_instance_identifier":["The identity for the instance … is not valid."]}`
fn error_list(text: &str) -> Option<String> {
    text.match_indices("[\"")
        .filter_map(|(at, _)| quoted_string(text.get(at + 1..)?))
        .map(|(value, _)| value)
        .find(|value| is_sentence(value))
}

fn is_sentence(value: &str) -> bool {
    value.trim().contains(' ')
}

/// The string whose opening quote is the first character, and the byte behind its closing one.
fn quoted_string(text: &str) -> Option<(String, usize)> {
    let inner = text.strip_prefix('"')?;
    let mut value = String::new();
    let mut characters = inner.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((value, at + 2)),
            '\\' => match characters.next().map(|(_, escaped)| escaped) {
                Some('n' | 'r' | 't') | None => value.push(' '),
                Some(escaped) => value.push(escaped),
            },
            _ => value.push(character),
        }
    }
    Some((value, text.len()))
}

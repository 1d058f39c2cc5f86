//! Sentences that a diagnosis puts together, with `{}` for what comes from the rules or the case, so that each can be said in another
//! language after it was put together.

use crate::rules::translation::Words;

/// A step of a defect's remedy: title and id of what brings it out.
pub(crate) const CURE_AS_WELL: &str = "Cure what brings it out as well, else it comes back: {} ({}).";
/// Nothing is known of the device behind a capture.
pub(crate) const SENDER_UNKNOWN: &str = "Which device sent this is not known.";
/// Its address.
pub(crate) const SENDER_HAS: &str = "Which device sent this is not known; its address is {}.";
/// Its address, and the devices that have it.
pub(crate) const SENDER_SHARED: &str = "Which device sent this is not known: {} is an address of {}.";
/// Its address.
pub(crate) const SENDER_FOREIGN: &str = "Which device sent this is not known: no device of the case shows the address {} as its own.";
/// Its address, and the device.
pub(crate) const SENDER_BEHIND: &str = "{}, which sent this, is not among the addresses that {} shows; it is taken for that device because of where the capture lies, perhaps behind address translation.";
/// Between the devices of [`SENDER_SHARED`].
pub(crate) const AND_OF: &str = " and of ";

/// Days that the case goes on.
pub(crate) const QUIET: &str =
    "The case knows the device for {} days more and shows neither this again, which would have come, nor that it ended: it may be over.";

/// Why something is worth collecting: what it would show, joined by [`BETWEEN`].
pub(crate) const WOULD_SHOW: &str = "Here it would show {}.";
/// The same where not all is told: how much more.
pub(crate) const WOULD_SHOW_MORE: &str = "Here it would show {}; and {} more.";
/// Between two things that it would show.
pub(crate) const BETWEEN: &str = "; ";
/// What is not known without it.
pub(crate) const WHETHER: &str = "whether {}";
/// The device did not answer.
pub(crate) const REFUSED: &str = "Was refused in this case.";
/// What it takes to be answered.
pub(crate) const REFUSED_NEEDS: &str = "Was refused in this case: needs {}.";
/// What a signal means, and another that it was seen after.
pub(crate) const LATER: &str = "{}, later than: {}";
/// What a signal means, and another that was not seen.
pub(crate) const NOT_SEEN: &str = "{}, not seen: {}";
/// What a line that is missing would mean, where it was looked for, first and last line.
pub(crate) const NOT_IN: &str = "{}: not in {} (lines {} to {})";
/// A stamp of a device, and that of the collector on the same line.
pub(crate) const STAMPS: &str = "device {}, collector {}";
/// Output that has no other name than its command.
pub(crate) const OUTPUT_OF: &str = "the {} output";
/// Where a term of the score begins.
pub(crate) const PRIOR: &str = "prior";
/// The version is not known.
pub(crate) const NO_VERSION: &str = "the software version is not known";
/// Nor is the product.
pub(crate) const NO_PRODUCT: &str = "the product is not known";
/// Nor is the year.
pub(crate) const NO_YEAR: &str = "no time with a year is known";
/// A version that is in no table.
pub(crate) const NOT_NAMED: &str = "{} is named neither as affected nor as fixed";
/// A version that stands in no order.
pub(crate) const NO_PLACE: &str = "{}: its place among the releases is not known";
/// A version of before the order.
pub(crate) const TOO_OLD: &str = "{} is older than IOS-XE 16 and cannot be ordered";
/// A field notice, and its title.
pub(crate) const NOTICE_TITLED: &str = "field notice {}: {}";
/// A field notice.
pub(crate) const NOTICE: &str = "field notice {}";
/// A bug.
pub(crate) const BUG: &str = "bug {}";
/// A document, and its name in rules.
pub(crate) const DOCUMENT: &str = "{} ({})";

/// The output has no end, or lines of it are missing.
pub(crate) const NOT_WHOLE: &str = "Is not whole in this case (cut off, or filtered).";

/// All of them; what begins like another stands before it where it says more.
const COMPOSED: [&str; 14] = [
    WOULD_SHOW_MORE,
    WOULD_SHOW,
    REFUSED_NEEDS,
    REFUSED,
    NOT_WHOLE,
    WHETHER,
    QUIET,
    CURE_AS_WELL,
    SENDER_UNKNOWN,
    SENDER_HAS,
    SENDER_SHARED,
    SENDER_FOREIGN,
    SENDER_BEHIND,
    AND_OF,
];

/// Reasons for which something is worth collecting, what a leaf of a condition found, and how references are called. What ends like
/// another stands before it where it says more.
const REASONS: [&str; 25] = [
    "{}; {} is not named as affected either",
    "platform is {}",
    "product is {}",
    "version is {}",
    "version was {} then",
    "latest time known is {}",
    "{} (at least {} times; {} seen)",
    "{}, then {}: {} times",
    "{} is named as affected",
    "{} has the fix of {}",
    "{} is below {}, the first fixed release of train {}",
    "{} is below {}, the first release this can occur in",
    "{} is older than IOS-XE 16, which this is about",
    "{} is of another product than the releases named",
    "train {} is newer than {}, the newest first fixed release",
    "no release of train {} is named as fixed, and it is older than {}",
    "does not concern version {} of the smart agent",
    LATER,
    NOT_SEEN,
    NOT_NAMED,
    NO_PLACE,
    TOO_OLD,
    NOTICE_TITLED,
    NOTICE,
    BUG,
];

/// Conditions that rest on no signal, or on two, as a term of the score names them.
const CONDITIONS: [&str; 10] = [
    "platform {}",
    "release affected",
    "release fixed",
    "release not concerned",
    "version from {} and before {}",
    "version from {}",
    "version before {}",
    "not before {}",
    "{} then {}",
    "{} after {}",
];

/// The sentence in English.
pub(crate) fn filled(sentence: &str, values: &[&str]) -> String {
    Words::default().fill(sentence, values)
}

/// A text that may be, line by line, one of these sentences or a text of the rules, in the language of `words`.
pub(super) fn translated(words: Words<'_>, text: &str) -> String {
    if words.knows(text) {
        return words.say(text).to_owned();
    }
    for sentence in COMPOSED {
        let (first, rest) = text.split_once('\n').map_or((text, None), |(first, rest)| (first, Some(rest)));
        let Some(values) = values_of(sentence, first) else { continue };
        let said: Vec<String> = values.iter().map(|value| value_in(words, value)).collect();
        let said: Vec<&str> = said.iter().map(String::as_str).collect();
        let line = words.fill(sentence, &said);
        return rest.map_or_else(|| line.clone(), |rest| format!("{line}\n{}", words.say(rest)));
    }
    text.to_owned()
}

/// A title of the rules, perhaps without the stop at its end; else what the case says.
fn value_in(words: Words<'_>, value: &str) -> String {
    if words.knows(value) {
        return words.say(value).to_owned();
    }
    let whole = format!("{value}.");
    if words.knows(&whole) {
        return words.say(&whole).trim_end_matches(['.', '。']).to_owned();
    }
    if let Some((first, rest)) = split(words, value) {
        return [value_in(words, first), value_in(words, rest)].join(words.say(BETWEEN));
    }
    if let Some([title]) = values_of(WHETHER, value).as_deref() {
        return words.fill(WHETHER, &[&translated_leaf(words, title)]);
    }
    translated_leaf(words, value).replace(AND_OF, words.say(AND_OF))
}

/// The first of several things, and the rest: as much as is one text of the rules, which may hold what parts them.
fn split<'t>(words: Words<'_>, value: &'t str) -> Option<(&'t str, &'t str)> {
    let parted = || value.match_indices(BETWEEN).filter_map(|(at, _)| Some((value.get(..at)?, value.get(at + BETWEEN.len()..)?)));
    parted().filter(|(first, _)| words.knows(first)).last().or_else(|| parted().next())
}

/// What was looked for, or what is not known: a text of the rules, or a sentence of the program about such texts.
pub fn translated_leaf(words: Words<'_>, text: &str) -> String {
    let composed = || REASONS.iter().find_map(|sentence| Some((sentence, values_of(sentence, text)?)));
    match Some(text).filter(|text| !words.knows(text)).and_then(|_| composed()) {
        Some((sentence, values)) => {
            let said: Vec<String> = values.iter().map(|value| translated_leaf(words, value)).collect();
            words.fill(sentence, &said.iter().map(String::as_str).collect::<Vec<_>>())
        }
        None => words.say(text).to_owned(),
    }
}

/// What something shows: of what a rule alone asks for, the rule's words as a sentence.
pub(super) fn translated_purpose(words: Words<'_>, what: &str) -> String {
    let bare = what.trim_end_matches('.');
    let mut chars = bare.chars();
    let lower: String = chars.next().into_iter().flat_map(char::to_lowercase).chain(chars).collect();
    let known = [what, bare, &lower].into_iter().find(|text| words.knows(text));
    known.map_or(what, |text| words.say(text)).to_owned()
}

/// What a term of the score rests on: the reason of the rules, else its conditions. Names of signals stay.
pub fn translated_term(words: Words<'_>, term: &str) -> String {
    let condition = |name: &str| {
        let found = CONDITIONS.iter().find_map(|condition| Some((condition, values_of(condition, name)?)));
        found.map_or_else(|| name.to_owned(), |(condition, values)| words.fill(condition, &values))
    };
    if words.knows(term) { words.say(term).to_owned() } else { term.split(" + ").map(condition).collect::<Vec<_>>().join(" + ") }
}

/// How a reference is called: a document by its title and its name.
pub fn translated_title(words: Words<'_>, title: &str, id: &str) -> String {
    match values_of(DOCUMENT, title).as_deref() {
        Some([title, name]) if *name == id => words.fill(DOCUMENT, &[words.say(title), name]),
        _ => translated_leaf(words, title),
    }
}

/// What stands in place of a quote where a line is missing, or two clocks are compared; nothing where it is a quote.
pub(super) fn translated_absence(words: Words<'_>, text: &str) -> Option<String> {
    if let Some(stamps) = values_of(STAMPS, text) {
        return stamps.iter().all(|stamp| stamp.contains(':') && stamp.len() < 40).then(|| words.fill(STAMPS, &stamps));
    }
    let values = values_of(NOT_IN, text)?;
    let [title, section, first, last] = values.as_slice() else { return None };
    let section = translated_section(words, section);
    words.knows(title).then(|| words.fill(NOT_IN, &[words.say(title), &section, first, last]))
}

/// The name of an output.
pub fn translated_section(words: Words<'_>, section: &str) -> String {
    match values_of(OUTPUT_OF, section).as_deref() {
        Some([name]) if !words.knows(section) => words.fill(OUTPUT_OF, &[name]),
        _ => words.say(section).to_owned(),
    }
}

/// Why something is worth collecting: how it stands in the case, perhaps, then what it would show.
pub(super) fn translated_reason(words: Words<'_>, why: &str) -> String {
    let at = why.find(WOULD_SHOW.split("{}").next().unwrap_or_default()).unwrap_or(0);
    let (state, shows) = why.split_at(at);
    let state = Some(state.trim_end()).filter(|state| !state.is_empty()).map(|state| translated(words, state));
    let said: Vec<String> = state.into_iter().chain([translated(words, shows)]).collect();
    said.join(words.say(" "))
}

/// What stands in place of each `{}`, if the text is that sentence. Values end where they first can; of a sentence that begins with
/// one, they begin where they last can.
pub(super) fn values_of<'t>(sentence: &str, text: &'t str) -> Option<Vec<&'t str>> {
    if let Some(ending) = sentence.strip_prefix("{}") {
        let mut rest = text;
        let mut values = Vec::new();
        for (n, part) in ending.rsplit("{}").enumerate() {
            let at = if n == 0 { rest.strip_suffix(part)?.len() } else { rest.rfind(part)? };
            if n > 0 {
                values.push(rest.get(at + part.len()..)?);
            }
            rest = rest.get(..at)?;
        }
        values.push(rest);
        values.reverse();
        return Some(values);
    }
    let mut parts = sentence.split("{}");
    let mut rest = text.strip_prefix(parts.next()?)?;
    let mut parts = parts.peekable();
    let mut values = Vec::new();
    while let Some(part) = parts.next() {
        // The last one ends the text; a bracket is the last one, for titles have some; the others end where they first can.
        let at = match parts.peek() {
            None => rest.strip_suffix(part)?.len(),
            Some(_) if part == " (" => rest.rfind(part)?,
            Some(_) => rest.find(part)?,
        };
        values.push(rest.get(..at)?);
        rest = rest.get(at + part.len()..)?;
    }
    rest.is_empty().then_some(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_taken_apart() {
        for (sentence, text, expected) in [
            (SENDER_UNKNOWN, "Which device sent this is not known.", Some(vec![])),
            (
                SENDER_SHARED,
                "Which device sent this is not known: 10.1.1.1 is an address of a and of b.",
                Some(vec!["10.1.1.1", "a and of b"]),
            ),
            (CURE_AS_WELL, "Cure what brings it out as well, else it comes back: A (b) title (an-id).", Some(vec!["A (b) title", "an-id"])),
            (SENDER_HAS, "Which device sent this is not known.", None),
            (DOCUMENT, "A title (with a bracket) (S4)", Some(vec!["A title (with a bracket)", "S4"])),
            (NOT_IN, "no: x: not in the log (lines 1 to 20)", Some(vec!["no: x", "the log", "1", "20"])),
            (NOT_IN, "no line (lines 1 to 20)", None),
        ] {
            assert_eq!(values_of(sentence, text), expected, "{text}");
        }
    }
}

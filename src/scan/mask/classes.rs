//! What a secret looks like, class by class. A pattern's groups are the values; everything else of a match stays.

mod commands;
mod device;
mod settings;
mod web;

use super::values::nothing;

/// One way a secret stands in a line.
#[derive(Debug)]
pub(super) struct Class {
    /// The word in the mark.
    pub(super) name: &'static str,
    /// One of these must stand in the line, in any case. Words of the pattern itself, but for two classes: long random
    /// text counts only where a token is spoken of, `response=` only beside a digest.
    pub(super) words: &'static [&'static str],
    /// Matched without regard to case. `{V}` is a value in quotes or up to a blank, `{LINE}` the start of a
    /// configuration line, perhaps behind its number or a prompt, or quoted, `{END}` the end of a command, which is no mark, `{KEY}` a key that names a secret, `{WORD}` the word in it that does, `{IS}` what gives
    /// it its value, and that, `{TYPE}` the digit before a stored password.
    pub(super) pattern: &'static str,
    /// Values that are none: other words of the same grammar.
    pub(super) keep: fn(&str) -> bool,
}

/// Every class. A narrower class names the mark, so the wide ones come last.
pub(super) fn all() -> impl Iterator<Item = &'static Class> {
    [device::CLASSES, commands::CLASSES, web::CLASSES, settings::CLASSES].into_iter().flatten()
}

/// A pattern with its abbreviations written out.
pub(super) fn spelled_out(pattern: &str) -> String {
    let pattern = pattern
        .replace("{V}", r#"(?:"([^"]*)|'([^']*)|([^\s"']\S*))"#)
        .replace("{LINE}", r#"(?:^(?:\s*\d{1,7}(?:[:.)]|\s)\s*)?[\s!#;>]*|\S[#>]\s*|command:\s*|["'=|]\s*)(?:no\s+)?"#)
        .replace("{END}", r#"(?:\s*(?:["'&|]|<(?:/|[a-ln-z]|m[^a])|$)|\s+HTTP/)"#)
        .replace("{TYPE}", r"(?:(?:[03-9]|10|encrypted|clear)\s+)?")
        .replace(
            "{IS}",
            r#"(?:(?:\\*["'“”]){1,2}|&quot;)?\s*(?::\d+\s+=|=>|:[:=]?|=)\s*(?:!(?:vault|unsafe)\s+)?(?:\\+"(.*?)(?:\\+"|$)|"((?:[^"\\]|\\.)*)|'([^']*)|&quot;(.*?)(?:&quot;|$)|“([^”]*)|([^\s"'\[{&][^\s&]*|[\[{][^\s"'\[\]{}“\\][^\s&]*))"#,
        )
        .replace("{KEY}", r"[\w.-]*{WORD}")
        .replace(
            "{WORD}",
            r"(?:(?:password|passwd|passwort|kennwort|passphrase|passcode|pwd|secret|credentials?|psk|token|community)(?:[_-]?(?:hash(?:ed)?|encrypted|confirm(?:ation)?|text|string|value|[0-9]{1,2}))?|api[_-]?key|private[_-]?key|community[_-]?name|jsessionid|samlresponse|csrf[\w-]*)",
        );
    // A text may hold escaped line ends, which are line ends when the escapes are taken off.
    format!("(?im){pattern}")
}

const fn class(name: &'static str, words: &'static [&'static str], pattern: &'static str) -> Class {
    Class { name, words, pattern, keep: nothing }
}

const fn class_but(name: &'static str, words: &'static [&'static str], pattern: &'static str, keep: fn(&str) -> bool) -> Class {
    Class { name, words, pattern, keep }
}

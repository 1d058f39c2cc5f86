//! What a collector writes of the priority of a message: a number, or the words for facility and severity.

use crate::formats::cursor::Cursor;

/// `Local7.Error`, `local7.err`: what collectors print of the priority.
pub(super) fn facility_and_severity(cursor: &mut Cursor<'_>) -> Option<()> {
    is_facility(cursor.take_while(|c| c.is_ascii_alphanumeric())).then_some(())?;
    (cursor.eat(".") || cursor.eat("/")).then_some(())?;
    is_severity(cursor.take_while(|c| c.is_ascii_alphabetic())).then_some(())
}

/// `ERROR`, `warning:`, `[INFO]`.
pub(super) fn level(cursor: &mut Cursor<'_>) -> Option<()> {
    let bracketed = cursor.eat("[");
    let word = cursor.take_while(|c| c.is_ascii_alphabetic());
    let known = is_severity(word) || ["trace", "fatal", "severe"].iter().any(|level| word.eq_ignore_ascii_case(level));
    (known && (!bracketed || cursor.eat("]"))).then_some(())?;
    cursor.eat(":");
    Some(())
}

/// Whether a word says something of a priority: `err`, `local7`, `Local7.Error`.
pub(super) fn names_priority(word: &str) -> bool {
    let mut cursor = Cursor::new(word);
    is_facility(word) || is_severity(word) || facility_and_severity(&mut cursor).is_some() && cursor.at_end()
}

fn is_facility(word: &str) -> bool {
    const NAMES: [&str; 13] = ["kern", "user", "mail", "daemon", "auth", "authpriv", "syslog", "lpr", "news", "uucp", "cron", "ftp", "ntp"];
    let local = word.len() == 6 && word.get(..5).is_some_and(|local| local.eq_ignore_ascii_case("local"));
    local || NAMES.iter().any(|name| word.eq_ignore_ascii_case(name))
}

fn is_severity(word: &str) -> bool {
    const NAMES: [&str; 16] = [
        "emerg",
        "emergency",
        "panic",
        "alert",
        "crit",
        "critical",
        "err",
        "error",
        "warn",
        "warning",
        "notice",
        "notification",
        "info",
        "informational",
        "debug",
        "debugging",
    ];
    NAMES.iter().any(|name| word.eq_ignore_ascii_case(name))
}

/// `<187>`, and the lone colon that NX-OS puts behind it.
pub(super) fn priority(cursor: &mut Cursor<'_>) -> Option<u32> {
    cursor.attempt(|cursor| {
        let number = cursor.eat("<").then(|| cursor.number(1, 3)).flatten()?;
        (number <= 191 && cursor.eat(">")).then_some(())?;
        cursor.eat(": ");
        Some(number)
    })
}

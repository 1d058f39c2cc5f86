//! Text that people typed: remarks, descriptions, banners and comments of a configuration, the messages that it waits for,
//! what somebody searched for, and what a runbook says to look for may quote a log message, and are none; a line that a mail quotes, or
//! of which it says that it was seen, is the line itself.

use memchr::memmem;

use super::prompt;

/// Whether the line only quotes: a remark, a description, a banner or a comment of a configuration, a message that its applets
/// and filters wait for, a command that looks for one, or a sentence that says what to do if there is one.
pub fn is_quotation(line: &str) -> bool {
    is_remark(line) || is_awaited(line) || is_search(line) || is_instruction(line)
}

/// `2. If you see the message …`: a sentence that begins with a condition or an order to look, behind the marks of a list. No log line does.
pub(super) fn is_instruction(line: &str) -> bool {
    const BEGINNINGS: [&str; 31] = [
        "if you see",
        "if you find",
        "if you get",
        "if there is",
        "if there are",
        "if the log shows",
        "if the logs show",
        "if the device logs",
        "if the message",
        "if a message",
        "if messages",
        "when you see",
        "when the log shows",
        "when the logs show",
        "when the message",
        "whenever you see",
        "whenever the message",
        "should you see",
        "should the message",
        "look for",
        "look out for",
        "watch for",
        "watch out for",
        "search for",
        "search the log for",
        "check the log for",
        "grep for",
        "alert on",
        "alert if",
        "escalate if",
        "escalate when",
    ];
    let marks = |c: char| c.is_ascii_whitespace() || c.is_ascii_digit() || "-*>.)(•·–".contains(c);
    let sentence = line.trim_start_matches(marks).as_bytes();
    // Hardly any line begins with one of their letters.
    if !sentence.first().is_some_and(|first| b"iwslcgae".contains(&first.to_ascii_lowercase())) {
        return false;
    }
    BEGINNINGS.iter().any(|begin| {
        let (head, behind) = (sentence.get(..begin.len()), sentence.get(begin.len()));
        head.is_some_and(|head| head.eq_ignore_ascii_case(begin.as_bytes()))
            && behind.is_none_or(|next| matches!(next, b' ' | b':' | b'\r'))
    })
}

/// `show logging | include ERR 205` behind a prompt: the answer comes below.
fn is_search(line: &str) -> bool {
    const LOOKING: [&str; 5] = ["show", "sh", "more", "grep", "egrep"];
    let Some((asked, filter)) = line.split_once('|') else { return false };
    let words = ["i", "inc", "include", "b", "begin", "s", "sec", "section", "e", "exc", "exclude", "grep", "egrep", "count", "in", "incl"];
    filter.split_ascii_whitespace().next().is_some_and(|word| words.contains(&word.to_ascii_lowercase().as_str()))
        && prompt::parse(asked).is_some_and(|prompt| {
            let command = prompt.command.strip_prefix("do ").unwrap_or(prompt.command);
            command.split_ascii_whitespace().next().is_some_and(|verb| LOOKING.iter().any(|word| verb.eq_ignore_ascii_case(word)))
        })
}

/// Patterns of event applets, filters of the log.
fn is_awaited(line: &str) -> bool {
    let mut words = line.split_ascii_whitespace();
    matches!(
        (words.next(), words.next(), words.next()),
        (Some("event"), Some("syslog" | "tag"), _)
            | (Some("event"), _, Some("pattern" | "syslog"))
            | (Some("logging"), Some("discriminator"), _)
            | (Some("action"), _, Some("syslog" | "puts" | "regexp" | "mail" | "cli"))
            | (Some("alias"), Some("exec" | "configure" | "interface"), _)
    )
}

/// Whether the line is a remark, a description, a banner or a comment of a configuration.
fn is_remark(line: &str) -> bool {
    let line = line.trim_start();
    if let Some(comment) = line.strip_prefix('!') {
        // `!!!!.` is what a ping prints.
        return comment.starts_with(|c: char| c != '!' && c != '.');
    }
    let mut words = line.split_ascii_whitespace().take(4);
    match words.next() {
        Some("remark" | "description" | "banner") => true,
        Some("access-list" | "ip" | "ipv6") => words.any(|word| word == "remark"),
        Some(number) if number.bytes().all(|b| b.is_ascii_digit()) => words.next() == Some("remark"),
        _ => false,
    }
}

/// Bytes behind the line that opens a banner in which its end is looked for.
const BANNER: usize = 16 << 10;

/// How many of the lines in `rest` still belong to the banner that `line` opens; 0 where it opens none, or `rest` does
/// not hold its end.
pub fn banner_lines(line: &str, rest: &[u8]) -> u64 {
    let Some(text) = line.trim_start().strip_prefix("banner ").and_then(|text| text.trim_start().split_once(' ')) else { return 0 };
    let text = text.1.trim_start();
    // A control character is shown as `^C`.
    let length = if text.starts_with('^') { 2 } else { text.chars().next().map_or(0, char::len_utf8) };
    let Some((mark, inside)) = text.split_at_checked(length).filter(|(mark, _)| !mark.is_empty()) else { return 0 };
    if inside.contains(mark) {
        return 0;
    }
    let Some(end) = memmem::find(rest.get(..BANNER).unwrap_or(rest), mark.as_bytes()) else { return 0 };
    1 + memchr::memchr_iter(b'\n', rest.get(..end).unwrap_or_default()).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remarks_are_no_messages() {
        for (line, expected) in [
            (" remark saw %SMART_LIC-3-COMM_FAILED here", true),
            ("access-list 10 remark %SMART_LIC-3-COMM_FAILED", true),
            (" 10 remark %SMART_LIC-3-COMM_FAILED", true),
            (" description uplink, %SMART_LIC-3-COMM_FAILED in 2021", true),
            ("! %SMART_LIC-3-COMM_FAILED: old", true),
            ("banner motd ^C%SMART_LIC-3-COMM_FAILED^C", true),
            ("!!!!!", false),
            ("!.!!!", false),
            ("000123: *Aug 23 09:19:43: %SMART_LIC-3-COMM_FAILED: x", false),
            ("10 packets", false),
        ] {
            assert_eq!(is_quotation(line), expected, "{line}");
        }
    }

    #[test]
    fn what_is_searched_for_or_waited_for_is_no_message() {
        for (line, expected) in [
            ("sw1#show logging | include ERR 205", true),
            ("sw1# sh log | i Communications failure with the Cisco Smart Software Manager", true),
            ("sw1(config)#do show logging | inc COMM_FAILED: Communications failure", true),
            ("N9K-1# show logging log | egrep -i 'unable to resolve'", true),
            (" event syslog pattern \"%SMART_LIC-3-COMM_FAILED: Communications failure\"", true),
            (" event tag 1 syslog pattern \"%SMART_LIC-3-COMM_FAILED\"", true),
            (" action 2.0 syslog msg \"Unable to resolve server hostname\"", true),
            ("logging discriminator LIC msg-body drops Communications failure", true),
            ("alias exec lic show logging | include ERR 205", true),
            ("1. If you see the message %SMART_LIC-3-COMM_FAILED: Communications failure with X, check the name servers.", true),
            (" * Look for \"Fail to send out Call Home HTTP message\" in the log", true),
            ("> Escalate if the message ERR 205 comes back", true),
            ("Since Monday we see %SMART_LIC-3-COMM_FAILED: Communications failure with X", false),
            ("> %SMART_LIC-3-COMM_FAILED: Communications failure with X", false),
            ("Look forward: ERR 205", false),
            ("*Mar  1 00:00:01: %SMART_LIC-3-COMM_FAILED: if you see this", false),
            ("sw1(config)#license smart transport off", false),
            ("sw1#show license status", false),
            ("sw1#test license smart sync | x", false),
            ("Feb  1 08:00:00: %SMART_LIC-3-COMM_FAILED: a | include b", false),
            ("event log of the agent: ERR 205", false),
        ] {
            assert_eq!(is_quotation(line), expected, "{line}");
        }
    }

    #[test]
    fn banners_end_at_their_mark() {
        for (line, rest, expected) in [
            ("banner motd ^C", "one\ntwo\n^C\nhostname x\n", 3),
            ("banner login #", "one #\nx", 1),
            ("banner motd #all on one line#", "x#", 0),
            ("banner motd #", "no end", 0),
            ("banner", "", 0),
        ] {
            assert_eq!(banner_lines(line, rest.as_bytes()), expected, "{line}");
        }
    }
}

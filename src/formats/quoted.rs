//! Text that people typed into a configuration or a mail: remarks, descriptions, banners and comments may quote a log
//! message, and are none; a line that a mail quotes is the line itself.

use memchr::memmem;

/// Whether the line is a remark, a description, a banner or a comment of a configuration.
pub fn is_remark(line: &str) -> bool {
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
    let Some(end) = memmem::find(rest, mark.as_bytes()) else { return 0 };
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
            assert_eq!(is_remark(line), expected, "{line}");
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

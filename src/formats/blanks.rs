//! Blanks that word processors, browsers and messengers put in place of the plain one, marks that show as nothing, and the full-width
//! forms of an editor for Japanese, Korean or Chinese: all part what a search looks for.

use std::borrow::Cow;

/// The text with a plain blank for every other (no-break, figure, thin …), a plain hyphen for one that does not break, ASCII for
/// full-width forms that begin a line or follow ASCII (elsewhere they are as they should be), and without marks that show as nothing. Bytes that are no UTF-8 stay, but for the no-break
/// blank of one byte (ISO 8859-1, windows-1252) behind ASCII. No line end comes or goes.
pub fn plain(text: &[u8]) -> Cow<'_, [u8]> {
    let mut made: Vec<u8> = Vec::new();
    let mut from = 0;
    for (at, _) in text.iter().enumerate().filter(|(_, byte)| matches!(byte, 0xc2 | 0xe2 | 0xe3 | 0xef)) {
        let Some(here) = text.get(at..) else { break };
        let before = if at == from { made.last() } else { text.get(at.wrapping_sub(1)) };
        let found = match narrow(here).filter(|_| before.is_none_or(u8::is_ascii)) {
            Some(ascii) => Some(([ascii], 1, 3)),
            None => stands_for(here).map(|(shown, length)| ([shown.unwrap_or_default()], usize::from(shown.is_some()), length)),
        };
        if let Some((shown, count, length)) = found {
            made.extend_from_slice(text.get(from..at).unwrap_or_default());
            made.extend_from_slice(shown.get(..count).unwrap_or_default());
            from = at + length;
        }
    }
    let text = if from == 0 { Cow::Borrowed(text) } else { Cow::Owned([made.as_slice(), text.get(from..).unwrap_or_default()].concat()) };
    of_one_byte(text)
}

/// The ASCII that the full-width form at the start stands for (U+FF01 to U+FF5E, and the blank U+3000).
fn narrow(text: &[u8]) -> Option<u8> {
    match text {
        [0xef, 0xbc, low @ 0x81..=0xbf, ..] => Some(low - 0x60),
        [0xef, 0xbd, low @ 0x80..=0x9e, ..] => Some(low - 0x20),
        [0xe3, 0x80, 0x80, ..] => Some(b' '),
        _ => None,
    }
}

/// What is shown for the character at the start, if anything, and its length in bytes.
fn stands_for(text: &[u8]) -> Option<(Option<u8>, usize)> {
    match text {
        [0xc2, 0xa0, ..] => Some((Some(b' '), 2)),
        // The soft hyphen.
        [0xc2, 0xad, ..] => Some((None, 2)),
        [0xe2, 0x80, 0x80..=0x8a | 0xaf, ..] | [0xe2, 0x81, 0x9f, ..] => Some((Some(b' '), 3)),
        [0xe2, 0x80, 0x90 | 0x91, ..] => Some((Some(b'-'), 3)),
        [0xe2, 0x80, 0x8b, ..] | [0xe2, 0x81, 0xa0, ..] | [0xef, 0xbb, 0xbf, ..] => Some((None, 3)),
        _ => None,
    }
}

/// The no-break blank of one byte. In UTF-8 it never follows ASCII; in the encodings of East Asia hardly.
fn of_one_byte(text: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    let first = memchr::memchr_iter(0xa0, &text).find(|at| text.get(at.wrapping_sub(1)).is_none_or(u8::is_ascii));
    let Some(first) = first else { return text };
    let mut text = text.into_owned();
    for at in first..text.len() {
        let follows = text.get(at.wrapping_sub(1)).is_none_or(u8::is_ascii);
        if let Some(byte) = text.get_mut(at).filter(|byte| **byte == 0xa0 && follows) {
            *byte = b' ';
        }
    }
    Cow::Owned(text)
}

/// Whether a text that begins with `head` has tabs in the place of every blank, as some terminals and editors save a log.
pub fn are_tabs(head: &[u8]) -> bool {
    const LINES: usize = 3;
    let lines = memchr::memchr_iter(b'\n', head).count();
    lines >= LINES && memchr::memchr(b' ', head).is_none() && memchr::memchr_iter(b'\t', head).count() > 4 * lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_blanks_are_plain_ones() {
        for (text, expected) in [
            ("plain text\twith a tab\n", "plain text\twith a tab\n"),
            ("Apr\u{a0}\u{a0}9\u{a0}07:28\n", "Apr  9 07:28\n"),
            ("a\u{2007}b\u{2009}c\u{202f}d\u{205f}e\u{2003}f", "a b c d e f"),
            ("%SMART_\u{200b}LIC\u{2011}3-COMM_\u{ad}FAILED\u{2060}\u{feff}: x", "%SMART_LIC-3-COMM_FAILED: x"),
            ("Gerät – „Ä“ à …", "Gerät – „Ä“ à …"),
            ("ライセンス　認証", "ライセンス　認証"),
            ("COMM_FAILED： with （CSSM） ：　Unable", "COMM_FAILED: with (CSSM) : Unable"),
            ("％SMART_LIC-3-X：１２", "%SMART_LIC-3-X:12"),
            ("エラー： X： y", "エラー： X: y"),
            ("証明書の問題：証明書（自己署名）", "証明書の問題：証明書（自己署名）"),
            ("ｱｲｳ 。\u{ff5f}", "ｱｲｳ 。\u{ff5f}"),
            ("", ""),
        ] {
            assert_eq!(String::from_utf8_lossy(&plain(text.as_bytes())), expected);
        }
        assert!(matches!(plain("Gerät à".as_bytes()), Cow::Borrowed(_)));
        assert_eq!(plain(b"\xa0Apr\xa0\xa09\xa0Ger\xe4t").as_ref(), b" Apr  9 Ger\xe4t");
        // A trailing byte of Shift-JIS or EUC-KR, and the end of a character.
        assert_eq!(plain(b"\x83\xa0 \xc3\xa0").as_ref(), b"\x83\xa0 \xc3\xa0");
        assert_eq!(plain(b"cut \xc2").as_ref(), b"cut \xc2");
    }

    #[test]
    fn tabs_are_blanks_where_nothing_else_is() {
        for (text, expected) in [
            ("Apr\t9\t07:28:06:\t%X-3-Y:\tone\ttwo\tthree\n", true),
            ("Apr\t9\t07:28:06:\t%X-3-Y:\tone two\tthree\n", false),
            ("2024-04-09T07:28:06Z\tsw1\tUP\n", false),
            ("nothing\n", false),
        ] {
            assert_eq!(are_tabs(text.repeat(4).as_bytes()), expected, "{text}");
            assert!(!are_tabs(text.as_bytes()));
        }
    }
}

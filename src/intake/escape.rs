//! Makes text of unknown origin visible: nothing that comes out can act on a terminal, hide, or reorder what
//! follows it. Used for member names, host names, error texts and excerpts alike.

use std::fmt::Write as _;

/// Decodes bytes (UTF-8 where it is, one `\x..` per byte where it is not) and escapes what [`is_unsafe`] names.
pub fn visible(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    if bytes.iter().fold(true, |plain, byte| plain & matches!(byte, b' '..=b'~')) {
        // Most are, and are looked at many bytes at a time.
        out.extend(str::from_utf8(bytes));
        return out;
    }
    for chunk in bytes.utf8_chunks() {
        visible_str(chunk.valid(), &mut out);
        for byte in chunk.invalid() {
            // Writing to a String cannot fail.
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    out
}

fn visible_str(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\t' => out.push(' '),
            c if !is_unsafe(c) => out.push(c),
            c if (c as u32) < 0x100 => {
                let _ = write!(out, "\\x{:02x}", c as u32);
            }
            c => {
                let _ = write!(out, "\\u{{{:x}}}", c as u32);
            }
        }
    }
}

/// Control characters, direction overrides (CVE-2021-42574), zero-width characters, line and paragraph separators,
/// tags and non-characters.
pub fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
        || (c as u32) & 0xfffe == 0xfffe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_act_becomes_visible() {
        for (bytes, expected) in [
            (&b"plain text"[..], "plain text"),
            (b"\x1b[2Jboo", "\\x1b[2Jboo"),
            ("日本語 ライセンス".as_bytes(), "日本語 ライセンス"),
            (b"bad \xff byte", "bad \\xff byte"),
            ("abc\u{202e}txt".as_bytes(), "abc\\u{202e}txt"),
            (b"a\r\nb", "a\\x0d\\nb"),
            ("c1 \u{9b}31m".as_bytes(), "c1 \\x9b31m"),
        ] {
            assert_eq!(visible(bytes), expected);
        }
    }
}

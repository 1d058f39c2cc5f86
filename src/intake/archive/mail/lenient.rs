//! Decoders of RFC 2045 for parts that are damaged or cut: what can be decoded is, and what cannot stays as it is.

use crate::intake::base64;

/// Quoted-printable: a sign of equality that begins no escape is one.
pub(super) fn quoted_printable(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'=', rest) {
        let (before, escape) = rest.split_at(at);
        out.extend_from_slice(before);
        let behind = escape.get(1..).unwrap_or_default();
        let blanks = behind.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let ends = [&b"\r\n"[..], b"\n"].into_iter().find(|end| behind.get(blanks..).is_some_and(|rest| rest.starts_with(end)));
        if let Some(end) = ends {
            rest = behind.get(blanks + end.len()..).unwrap_or_default();
        } else if let [high, low, after @ ..] = behind
            && let (Some(high), Some(low)) = (digit(*high), digit(*low))
        {
            out.push(high << 4 | low);
            rest = after;
        } else {
            out.push(b'=');
            rest = behind;
        }
    }
    out.extend_from_slice(rest);
    out
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// Base64: bytes outside of the alphabet are passed over, padding ends a group wherever it stands.
pub(super) fn base64(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut group, mut bits) = (0_u32, 0);
    for byte in text {
        if *byte == b'=' {
            (group, bits) = (0, 0);
        }
        let Some(value) = base64::sextet(*byte) else { continue };
        group = group << 6 | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            // What is left of the group are fewer than eight bits.
            out.extend(u8::try_from(group >> bits & 0xff));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_decoded_is() {
        for (text, expected) in
            [("a long =\r\nline=3D=  \nend", "a long line=end"), ("a =ZZ b = c =4", "a =ZZ b = c =4"), ("=C3=BC=", "ü="), ("", "")]
        {
            assert_eq!(String::from_utf8_lossy(&quoted_printable(text.as_bytes())), expected, "{text}");
        }
        // By `base64` of coreutils.
        for (text, expected) in [
            ("bGluZSAxCmxpbmUgMgo=", "line 1\nline 2\n"),
            ("!bGlu*\r\n \tZSAx", "line 1"),
            ("bGluZSAxCg==bGluZSAyCg==", "line 1\nline 2\n"),
            ("bGluZSA", "line "),
            ("b", ""),
        ] {
            assert_eq!(String::from_utf8_lossy(&base64(text.as_bytes())), expected, "{text}");
        }
    }
}

//! Times that are nothing but digits.

use super::Stamp;

/// The seconds since 1970 that a number can mean: September 2001, when they came to have ten digits, to 2049.
const SECONDS: std::ops::Range<i64> = 1_000_000_000..2_500_000_000;

/// Two digits each.
pub(super) fn pairs<const N: usize>(digits: &str) -> Option<[u32; N]> {
    let mut numbers = [0; N];
    (digits.len() == 2 * N).then_some(())?;
    for (number, pair) in numbers.iter_mut().zip(digits.as_bytes().chunks_exact(2)) {
        *number = pair.iter().try_fold(0, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + u32::from(digit - b'0')))?;
    }
    Some(numbers)
}

/// The number at the start of `text` as a count of seconds since 1970, with a fraction or without, or of thousandths, millionths or
/// billionths of seconds; also gives how many bytes it takes. Only for who knows that a time stands there: a counter looks the same.
pub(crate) fn epoch(text: &str) -> Option<(Stamp, usize)> {
    let length = text.bytes().take_while(u8::is_ascii_digit).take(20).count();
    matches!(length, 10 | 13 | 16 | 19).then_some(())?;
    let (whole, mut fraction) = text.get(..length)?.split_at_checked(10)?;
    let mut end = length;
    if let Some(behind) = text.get(length..).and_then(|rest| rest.strip_prefix('.')).filter(|_| fraction.is_empty()) {
        fraction = behind.get(..behind.bytes().take_while(u8::is_ascii_digit).count())?;
        end += 1 + fraction.len();
    }
    let ends = text.get(end..)?.chars().next().is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '.' | ':' | '-' | '_' | '/'));
    let nano = fraction.bytes().chain(std::iter::repeat(b'0')).take(9).fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'));
    let seconds = whole.parse().ok().filter(|seconds| ends && SECONDS.contains(seconds))?;
    Some((Stamp::from_unix(seconds, nano)?, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_since_1970() {
        // By `datetime.fromtimestamp(…, UTC)` of Python.
        for (text, expected, rest) in [
            ("1712650502 sw1", "2024-04-09T08:15:02Z", " sw1"),
            ("1712650502.119 sw1", "2024-04-09T08:15:02.119Z", " sw1"),
            ("1712650502119,", "2024-04-09T08:15:02.119Z", ","),
            ("1712650502119000", "2024-04-09T08:15:02.119Z", ""),
            ("1712650502119000000\"", "2024-04-09T08:15:02.119Z", "\""),
            ("1767225599.999", "2025-12-31T23:59:59.999Z", ""),
        ] {
            let (stamp, end) = epoch(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((stamp.rfc3339().as_deref(), &text[end..]), (Some(expected), rest), "{text}");
        }
        for text in
            ["", "171265050", "0171265050", "9712650502", "17126505021", "1712650502: %X", "1712650502-3", "1712650502x", "1712650502.1.1"]
        {
            assert_eq!(epoch(text), None, "{text}");
        }
    }
}

//! The quoted line: masked, made visible and cut to [`LENGTH`] characters around what matched. Done once, where
//! evidence is made, so that no renderer can forget it.

use std::ops::Range;

use super::mask::Masker;
use crate::intake::escape;

/// Longest excerpt, in characters.
pub(super) const LENGTH: usize = 400;

/// The part of `text` around the byte range `place`.
pub(super) fn around(masker: &Masker, text: &str, place: Range<usize>) -> String {
    let masked = masker.mask(text);
    let visible = escape::visible(masked.trim_end().as_bytes());
    let length = visible.chars().count();
    if length <= LENGTH {
        return visible;
    }
    // Masking and escaping move the match a little; the window leaves room on both sides.
    let matched = text.get(..place.start).map_or(0, |before| before.chars().count());
    let size = place.len().min(LENGTH);
    let start =
        if matched + size + 1 < LENGTH { 0 } else { matched.saturating_sub((LENGTH - size) / 2).min(length.saturating_sub(LENGTH - 1)) };
    let mut cut: String = visible.chars().skip(start).take(LENGTH - 2).collect();
    if start > 0 {
        cut.insert(0, '…');
    }
    if start + LENGTH - 2 < length {
        cut.push('…');
    }
    cut
}

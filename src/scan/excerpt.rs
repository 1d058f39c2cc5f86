//! The quoted line: masked, made visible and cut to `excerpt` characters (of the limits) around what matched. Done once, where
//! evidence is made, so that no renderer can forget it.

use std::ops::Range;

use super::mask::Secrets;
use crate::intake::escape;

/// All of `text` as it may be shown.
pub(super) fn whole(text: &str, secrets: &Secrets) -> String {
    escape::visible(secrets.hidden(text, 0..text.len()).trim_end().as_bytes())
}

/// The part of `text` around the byte range `place`, of at most `most` characters.
pub(super) fn around(text: &str, secrets: &Secrets, place: Range<usize>, most: usize) -> String {
    let visible = whole(text, secrets);
    if visible.len() <= most || visible.chars().count() <= most { visible } else { cut(&visible, text, place, most) }
}

/// The part of what is shown of `text` around the byte range `place` of it, where all of it is too long.
pub(super) fn cut(visible: &str, text: &str, place: Range<usize>, most: usize) -> String {
    let length = visible.chars().count();
    // Masking and escaping move the match a little; the window leaves room on both sides.
    let matched = text.get(..place.start).map_or(0, |before| before.chars().count());
    let size = place.len().min(most);
    let start = if matched + size + 1 < most { 0 } else { matched.saturating_sub((most - size) / 2).min(length.saturating_sub(most - 1)) };
    let mut cut: String = visible.chars().skip(start).take(most - 2).collect();
    if start > 0 {
        cut.insert(0, '…');
    }
    if start + most - 2 < length {
        cut.push('…');
    }
    cut
}

//! The quoted line: masked, made visible and cut to `excerpt` characters (of the limits) around what matched. Done once, where
//! evidence is made, so that no renderer can forget it.

use std::ops::Range;

use super::mask::{Masker, Secrets};
use crate::intake::escape;

/// What masking must know of the text around a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Surroundings {
    /// Lines that it goes on from, where they look as if a terminal had wrapped them. With a line end after each but the last.
    pub(super) before: String,
    /// Where blanks stand in it only because lines were joined.
    pub(super) joints: Vec<usize>,
    /// Where lines of it begin that were joined without a blank.
    pub(super) glued: Vec<usize>,
    /// It stands in a private key.
    pub(super) private: bool,
}

impl Surroundings {
    /// The secrets of the line.
    pub(super) fn secrets(&self, masker: &Masker, text: &str) -> Secrets {
        if self.private {
            return Secrets::whole(text, "private-key");
        }
        if self.before.is_empty() {
            let mut secrets = masker.secrets(text, &self.joints);
            // What begins a line may be known as a secret by that alone.
            for (number, from) in self.glued.iter().enumerate() {
                let end = self.glued.get(number + 1).copied().unwrap_or(text.len());
                secrets.add_part(masker.secrets(text.get(*from..end).unwrap_or_default(), &[]), *from);
            }
            return secrets;
        }
        let offset = self.before.len() + 1;
        let all = format!("{} {text}", self.before.replace('\n', " "));
        let ends = self.before.match_indices('\n').map(|(at, _)| at).chain([self.before.len()]);
        let joints: Vec<usize> = ends.chain(self.joints.iter().map(|at| at + offset)).collect();
        masker.secrets(&all, &joints).from(offset)
    }
}

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

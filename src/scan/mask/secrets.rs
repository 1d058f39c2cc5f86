//! Where the secrets of a text stand, and what is left when they are hidden.

use std::borrow::Cow;
use std::ops::Range;

/// Characters of a secret's end or begin that a value must share with it to be taken for a part of it.
const PART: usize = 4;

/// The secrets of one text: ranges of its bytes with the word for their class, in order, apart from each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::scan) struct Secrets(Vec<(Range<usize>, &'static str)>);

/// What stands for a secret.
pub(super) fn mark(class: &str) -> String {
    format!("<masked:{class}>")
}

impl Secrets {
    /// All of a text, for one reason.
    pub(in crate::scan) fn whole(text: &str, class: &'static str) -> Self {
        Self(if text.is_empty() { Vec::new() } else { vec![(0..text.len(), class)] })
    }

    pub(in crate::scan) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &(Range<usize>, &'static str)> {
        self.0.iter()
    }

    /// Adds what was found; false where all of it was known. Overlapping secrets become one, named after the one that begins
    /// first.
    pub(super) fn add(&mut self, mut more: Vec<(Range<usize>, &'static str)>) -> bool {
        // In order and apart from each other: the last that begins before the range is the only one that can hold it.
        let known = |range: &Range<usize>| {
            let before = self.0.partition_point(|(known, _)| known.start <= range.start);
            before.checked_sub(1).and_then(|at| self.0.get(at)).is_some_and(|(known, _)| range.end <= known.end)
        };
        more.retain(|(range, _)| !range.is_empty() && !known(range));
        if more.is_empty() {
            return false;
        }
        self.0.append(&mut more);
        self.0.sort_by_key(|(range, _)| (range.start, usize::MAX - range.end));
        let mut merged: Vec<(Range<usize>, &'static str)> = Vec::with_capacity(self.0.len());
        for (range, class) in self.0.drain(..) {
            match merged.last_mut() {
                Some((last, _)) if range.start < last.end => last.end = last.end.max(range.end),
                _ => merged.push((range, class)),
            }
        }
        self.0 = merged;
        true
    }

    /// Adds those of a part of the text, which begins at an offset.
    pub(in crate::scan) fn add_part(&mut self, part: Self, offset: usize) {
        self.add(part.0.into_iter().map(|(range, class)| (range.start + offset..range.end + offset, class)).collect());
    }

    /// Those in the text from an offset on, as places in what begins there.
    pub(in crate::scan) fn from(self, offset: usize) -> Self {
        let behind = self.0.into_iter().filter(|(range, _)| range.end > offset);
        Self(behind.map(|(range, class)| (range.start.saturating_sub(offset)..range.end - offset, class)).collect())
    }

    /// A part of the text with the mark of every secret that reaches into it.
    pub(in crate::scan) fn hidden<'t>(&self, text: &'t str, part: Range<usize>) -> Cow<'t, str> {
        let mut out: Option<String> = None;
        let mut at = part.start;
        for (range, class) in self.0.iter().filter(|(range, _)| range.start < part.end && range.end > part.start) {
            let out = out.get_or_insert_default();
            out.push_str(text.get(at..range.start).unwrap_or_default());
            out.push_str(&mark(class));
            at = range.end;
        }
        let rest = text.get(at.min(part.end)..part.end).unwrap_or_default();
        match out {
            Some(out) => Cow::Owned(out + rest),
            None => Cow::Borrowed(rest),
        }
    }

    /// A value that was read on the text, perhaps put together of several parts of it: without what shows of it in secrets only.
    pub(in crate::scan) fn out_of<'v>(&self, text: &str, value: &'v str) -> Cow<'v, str> {
        if self.is_empty() || value.is_empty() || self.hidden(text, 0..text.len()).contains(value) {
            return Cow::Borrowed(value);
        }
        let mut out = value.to_owned();
        for (range, class) in &self.0 {
            let secret = text.get(range.clone()).unwrap_or_default().trim();
            if secret.is_empty() {
                continue;
            }
            if out.contains(secret) {
                out = out.replace(secret, &mark(class));
            } else if secret.contains(out.as_str()) {
                return Cow::Owned(mark(class));
            } else if let Some(length) = shared(&out, secret) {
                out.truncate(out.len() - length);
                out.push_str(&mark(class));
            } else if let Some(length) = shared(secret, &out) {
                out.replace_range(..length, &mark(class));
            }
        }
        Cow::Owned(out)
    }
}

/// How many bytes the end of one text is the begin of the other.
fn shared(one: &str, other: &str) -> Option<usize> {
    let most = one.len().min(other.len());
    (PART..=most).rev().find(|length| one.is_char_boundary(one.len() - length) && other.starts_with(&one[one.len() - length..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_text_lose_what_is_secret() {
        let text = "user bob password hunter22 end";
        let secrets = Secrets(vec![(18..26, "password")]);
        for (part, expected) in [
            (0..text.len(), "user bob password <masked:password> end"),
            (0..8, "user bob"),
            (18..26, "<masked:password>"),
            (20..22, "<masked:password>"),
            (9..20, "password <masked:password>"),
            (22..30, "<masked:password> end"),
            (26..30, " end"),
        ] {
            assert_eq!(secrets.hidden(text, part.clone()), expected, "{part:?}");
        }
        for (value, expected) in [
            ("bob", "bob"),
            ("hunter22", "<masked:password>"),
            ("hunter", "<masked:password>"),
            ("bob/hunter22", "bob/<masked:password>"),
            ("word hunter", "word <masked:password>"),
            ("ter22 end", "<masked:password> end"),
            ("e", "e"),
        ] {
            assert_eq!(secrets.out_of(text, value), expected);
        }
        assert_eq!(secrets.clone().from(20), Secrets(vec![(0..6, "password")]));
        assert_eq!(secrets.from(26), Secrets::default());
    }
}

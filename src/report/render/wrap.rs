//! Breaks text into lines of a display width. Wide characters count two columns and may be parted from their
//! neighbours where the text has no blanks; combining characters stay with what they combine with.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// What to do with a word that is longer than a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Long {
    /// Cut it: quoted text of any shape.
    Cut,
    /// Let addresses and `quoted commands` stand out over the edge, so that they can be copied; cut the rest. Commands in
    /// backticks are not broken at their blanks either.
    KeepCommands,
    /// Let words without wide characters stand out over the edge, so that paths and names can be copied.
    Keep,
}

/// The columns a text takes.
pub fn columns(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// The lines of `text`, each at most `width` columns where [`Long`] allows it. A text that fits
/// stays as it is but for blanks at its ends; where lines are broken, runs of blanks become one. Never empty; an
/// empty text is one empty line.
pub fn wrap(text: &str, width: usize, long: Long) -> Vec<String> {
    let width = width.max(2);
    if columns(text) <= width {
        return vec![text.trim_matches(' ').to_owned()];
    }
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in words(text, long) {
        let mut gap = !line.is_empty();
        for atom in atoms(word, long) {
            let taken = columns(&line) + usize::from(gap);
            if taken + columns(atom) > width && !line.is_empty() {
                lines.push(std::mem::take(&mut line));
                gap = false;
            }
            if gap {
                line.push(' ');
                gap = false;
            }
            if columns(atom) <= width || keeps(atom, long) {
                line.push_str(atom);
                continue;
            }
            for piece in pieces(atom, width) {
                if !line.is_empty() {
                    lines.push(std::mem::take(&mut line));
                }
                line.push_str(piece);
            }
        }
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

/// The beginning of `text` in at most `width` columns, with an ellipsis where something is left out.
pub(super) fn clip(text: &str, width: usize) -> String {
    if columns(text) <= width {
        return text.to_owned();
    }
    let first = wrap(text, width.saturating_sub(2), Long::Cut).into_iter().next().unwrap_or_default();
    format!("{first} …")
}

/// Words between blanks; a command in backticks is one word where commands are kept.
fn words(text: &str, long: Long) -> Vec<&str> {
    let mut words = Vec::new();
    let mut start = 0;
    let mut quoted = false;
    for (at, c) in text.char_indices() {
        quoted = is_quoted(text, at, c, quoted, long);
        if (c == ' ' || c == '\u{3000}') && !quoted {
            words.extend(text.get(start..at).filter(|word| !word.is_empty()));
            start = at + c.len_utf8();
        }
    }
    words.extend(text.get(start..).filter(|word| !word.is_empty()));
    words
}

fn keeps(atom: &str, long: Long) -> bool {
    match long {
        Long::Cut => false,
        Long::KeepCommands => atom.contains("://") || atom.contains('`'),
        Long::Keep => atom.is_ascii(),
    }
}

/// Whether what follows `c` stands between backticks, where commands are kept. A backtick without a partner quotes nothing.
fn is_quoted(text: &str, at: usize, c: char, quoted: bool, long: Long) -> bool {
    if c != '`' || long != Long::KeepCommands {
        return quoted;
    }
    !quoted && text.get(at + 1..).is_some_and(|rest| rest.contains('`'))
}

/// The parts of a word that may stand on different lines.
fn atoms(word: &str, long: Long) -> Vec<&str> {
    let mut atoms = Vec::new();
    let mut start = 0;
    let mut quoted = false;
    let mut before: Option<char> = None;
    for (at, c) in word.char_indices() {
        if !quoted && before.is_some_and(|before| may_part(before, c)) {
            atoms.extend(word.get(start..at));
            start = at;
        }
        quoted = is_quoted(word, at, c, quoted, long);
        before = Some(c);
    }
    atoms.extend(word.get(start..));
    atoms
}

/// Marks that never begin a line: closing ones, and those that belong to the sound before them.
const NEVER_FIRST: &str = "、。，．：；！？）」』】〉》〕］｝・／％～〜々ゝゞ…ーぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ,.:;!?)]}'\"%";
/// Marks that never end a line.
const NEVER_LAST: &str = "（「『【〈《〔［｛([{'\"";

/// Whether a line may end between two characters of a word. Korean has blanks, and words in katakana are read as a whole: neither
/// is parted.
fn may_part(before: char, after: char) -> bool {
    let wide = |c: char| c.width() == Some(2);
    let hangul = |c: char| matches!(c, '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{ac00}'..='\u{d7a3}');
    let katakana = |c: char| matches!(c, '\u{30a1}'..='\u{30ff}');
    // Of a Korean word with its particles names of other scripts are a part, and a number stays with what it counts.
    let counted = before.is_ascii_digit() && wide(after);
    let joined = (hangul(before) && (hangul(after) || !wide(after)))
        || (hangul(after) && !wide(before))
        || (katakana(before) && katakana(after))
        || counted;
    (wide(before) || wide(after)) && after.width() != Some(0) && !joined && !NEVER_FIRST.contains(after) && !NEVER_LAST.contains(before)
}

/// Cuts a word that no line can hold.
fn pieces(word: &str, width: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    for (at, c) in word.char_indices() {
        let end = at + c.len_utf8();
        if at > start && word.get(start..end).is_some_and(|piece| columns(piece) > width) && c.width() != Some(0) {
            pieces.extend(word.get(start..at));
            start = at;
        }
    }
    pieces.extend(word.get(start..));
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn breaks_where_it_should() {
        for (text, width, long, expected) in [
            ("", 10, Long::Cut, &[""][..]),
            ("one two three", 7, Long::Cut, &["one two", "three"]),
            ("abcdefghij", 4, Long::Cut, &["abcd", "efgh", "ij"]),
            ("to abcdefghij x", 4, Long::Cut, &["to", "abcd", "efgh", "ij x"]),
            ("see https://example.com/abc now", 8, Long::KeepCommands, &["see", "https://example.com/abc", "now"]),
            ("run `show license all` now", 10, Long::KeepCommands, &["run", "`show license all`", "now"]),
            ("one ` two three", 5, Long::KeepCommands, &["one `", "two", "three"]),
            ("次に`show 版 all`を実行する", 14, Long::KeepCommands, &["次に", "`show 版 all`", "を実行する"]),
            ("名前`https://example.com/abc`を除外する", 12, Long::KeepCommands, &["名前", "`https://example.com/abc`", "を除外する"]),
            ("not in a/b/c/d.txt:12", 8, Long::Keep, &["not in", "a/b/c/d.txt:12"]),
            ("東京本社のスイッチ", 8, Long::Cut, &["東京本社", "の", "スイッチ"]),
            ("TLSを復号するファイアウォール", 16, Long::Cut, &["TLSを復号する", "ファイアウォール"]),
            ("ファイアウォール", 8, Long::Cut, &["ファイア", "ウォール"]),
            ("HTTP 트래픽이 잘못된", 11, Long::Cut, &["HTTP", "트래픽이", "잘못된"]),
            ("Manager가 아니라", 9, Long::Cut, &["Manager가", "아니라"]),
            ("設定です。次", 8, Long::Cut, &["設定で", "す。次"]),
            (" run  blanks ", 20, Long::Cut, &["run  blanks"]),
            ("run  blanks  run", 11, Long::Cut, &["run blanks", "run"]),
        ] {
            assert_eq!(wrap(text, width, long), expected, "{text} at {width}");
        }
    }

    #[test]
    fn clips_at_words() {
        for (text, width, expected) in [
            ("one two", 7, "one two"),
            ("one two three", 9, "one two …"),
            ("one two three", 8, "one …"),
            ("abcdefghij", 6, "abcd …"),
            ("東京本社", 6, "東京 …"),
        ] {
            assert_eq!(clip(text, width), expected);
        }
    }

    proptest! {
        #[test]
        fn never_wider_and_nothing_lost(text in "[ a-z東京、。`:/é\u{301}]{0,80}", width in 2usize..40) {
            let lines = wrap(&text, width, Long::Cut);
            for line in &lines {
                prop_assert!(columns(line) <= width, "{line:?}");
            }
            let flat = |s: &str| s.chars().filter(|c| *c != ' ').collect::<String>();
            prop_assert_eq!(flat(&lines.concat()), flat(&text));
        }
    }
}

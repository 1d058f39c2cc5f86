//! A text as it reads in another dress, with where each of its bytes stands in the original.

use std::ops::Range;

use super::Secrets;

/// Longest entity between `&` and `;`.
const ENTITY: usize = 8;

/// A text made of another.
pub(super) struct View {
    pub(super) text: String,
    /// For each byte where it comes from: begin and end in the original.
    from: Vec<(usize, usize)>,
}

impl View {
    /// The text as it is.
    pub(super) fn of(text: &str) -> Self {
        Self { text: text.to_owned(), from: (0..text.len()).map(|at| (at, at + 1)).collect() }
    }

    /// The text with marks instead of its secrets.
    pub(super) fn masked(text: &str, secrets: &Secrets) -> Self {
        let mut view = Self { text: String::with_capacity(text.len()), from: Vec::with_capacity(text.len()) };
        let mut at = 0;
        for (range, class) in secrets.iter() {
            view.text.push_str(text.get(at..range.start).unwrap_or_default());
            view.from.extend((at..range.start).map(|at| (at, at + 1)));
            let mark = super::secrets::mark(class);
            view.from.extend(std::iter::repeat_n((range.start, range.end), mark.len()));
            view.text.push_str(&mark);
            at = range.end;
        }
        view.text.push_str(text.get(at..).unwrap_or_default());
        view.from.extend((at..text.len()).map(|at| (at, at + 1)));
        view
    }

    /// The text without the bytes that stand at these places of the original.
    pub(super) fn without(&self, places: &[usize]) -> Self {
        let stays = |at: usize| self.from.get(at).is_none_or(|from| !places.contains(&from.0));
        let mut view = Self { text: String::with_capacity(self.text.len()), from: Vec::with_capacity(self.from.len()) };
        for (at, c) in self.text.char_indices().filter(|(at, _)| stays(*at)) {
            view.text.push(c);
            view.from.extend(self.from.get(at..at + c.len_utf8()).unwrap_or_default());
        }
        view
    }

    /// The text with line ends for the blanks that stand at these places of the original.
    pub(super) fn parted(&self, places: &[usize]) -> Self {
        let ends = |at: usize| self.from.get(at).is_some_and(|from| places.contains(&from.0));
        let text = self.text.char_indices().map(|(at, c)| if c == ' ' && ends(at) { '\n' } else { c }).collect();
        Self { text, from: self.from.clone() }
    }

    /// The place in the original of what stands at a place here.
    pub(super) fn place(&self, range: Range<usize>) -> Range<usize> {
        let start = self.from.get(range.start).map_or(0, |from| from.0);
        let end = range.end.checked_sub(1).and_then(|last| self.from.get(last)).map_or(start, |from| from.1);
        start..end.max(start)
    }

    /// The text with its outermost escapes taken off; `None` where it has none.
    pub(super) fn undressed(&self) -> Option<Self> {
        if !is_dressed(&self.text) {
            return None;
        }
        let mut view = Self { text: String::with_capacity(self.text.len()), from: Vec::with_capacity(self.from.len()) };
        let mut done = 0;
        while let Some((at, c, length)) = next_escape(&self.text, done) {
            view.text.push_str(self.text.get(done..at).unwrap_or_default());
            view.from.extend_from_slice(self.from.get(done..at).unwrap_or_default());
            view.text.push(c);
            let from = self.from.get(at..at + length).unwrap_or_default();
            let (start, end) = (from.first().map_or(0, |from| from.0), from.last().map_or(0, |from| from.1));
            view.from.extend(std::iter::repeat_n((start, end), c.len_utf8()));
            done = at + length;
        }
        view.text.push_str(self.text.get(done..).unwrap_or_default());
        view.from.extend_from_slice(self.from.get(done..).unwrap_or_default());
        Some(view)
    }
}

/// The same without places, for who only asks whether there is something to look at.
pub(super) fn undressed(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut done = 0;
    while let Some((at, c, length)) = next_escape(text, done) {
        out.reserve(text.len() - done);
        out.push_str(text.get(done..at).unwrap_or_default());
        out.push(c);
        done = at + length;
    }
    out.push_str(text.get(done..).filter(|_| done > 0)?);
    Some(out)
}

/// Whether a text holds escapes.
pub(super) fn is_dressed(text: &str) -> bool {
    next_escape(text, 0).is_some()
}

/// The first escape from an offset on: where it stands, what it stands for, and how long it is.
fn next_escape(text: &str, from: usize) -> Option<(usize, char, usize)> {
    let mut at = from;
    loop {
        let rest = text.as_bytes().get(at..)?;
        at += rest.iter().position(|byte| matches!(byte, b'%' | b'\\' | b'&' | b'+' | b'"' | b'\t'))?;
        let escape = text.get(at..)?;
        let found = match escape.as_bytes().first()? {
            b'%' => percent(escape),
            b'\\' => backslash(escape),
            b'&' => entity(escape),
            b'"' => doubled(escape),
            // A tab is a blank. In a form a plus is one too; elsewhere it is none, and what it stands in is looked at as it is as well.
            _ => Some((' ', 1)),
        };
        if let Some((c, length)) = found {
            return Some((at, c, length));
        }
        at += 1;
    }
}

/// An ASCII character by its number.
fn plain(number: &str) -> Option<char> {
    if !number.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let c = char::from(u8::try_from(u32::from_str_radix(number, 16).ok()?).ok()?);
    (c == ' ' || c == '\n' || c == '\t' || c.is_ascii_graphic()).then_some(c)
}

/// `%22`, and `%E3%83%91` for a letter that takes several bytes.
fn percent(text: &str) -> Option<(char, usize)> {
    if let Some(c) = plain(text.get(1..3)?) {
        return Some((c, 3));
    }
    let byte = |at: usize| {
        let (mark, number) = (text.get(at..at + 1)?, text.get(at + 1..at + 3)?);
        (mark == "%").then(|| u8::from_str_radix(number, 16).ok()).flatten()
    };
    let first = byte(0).filter(|first| *first >= 0xc2)?;
    let length = if first < 0xe0 {
        2
    } else if first < 0xf0 {
        3
    } else {
        4
    };
    let bytes: Vec<u8> = (0..length).map_while(|at| byte(3 * at)).collect();
    Some((foreign(std::str::from_utf8(&bytes).ok()?.chars().next()?)?, 3 * length))
}

/// A character by its number.
fn by_number(hexadecimal: &str) -> Option<char> {
    plain(hexadecimal).or_else(|| foreign(char::from_u32(u32::from_str_radix(hexadecimal, 16).ok()?)?))
}

/// A letter or sign of other scripts.
fn foreign(c: char) -> Option<char> {
    (!c.is_ascii() && !c.is_control()).then_some(c)
}

/// `\"`, `\n`, `\u0022`, `\x22`.
fn backslash(text: &str) -> Option<(char, usize)> {
    Some(match text.as_bytes().get(1)? {
        b'u' => (by_number(text.get(2..6)?)?, 6),
        b'x' => (plain(text.get(2..4)?)?, 4),
        b'n' | b'r' => ('\n', 2),
        b't' => (' ', 2),
        quoted @ (b'"' | b'\'' | b'\\' | b'/') => (char::from(*quoted), 2),
        _ => return None,
    })
}

/// `""` in the cell of a table. Before what ends a value the two of them are an empty one.
fn doubled(text: &str) -> Option<(char, usize)> {
    let next = text.strip_prefix("\"\"")?.chars().next()?;
    let ends = next.is_whitespace() || matches!(next, ',' | ';' | '|' | '}' | ']' | ')' | '"');
    (!ends).then_some(('"', 2))
}

/// `&quot;`, `&#34;`, `&#x22;`.
fn entity(text: &str) -> Option<(char, usize)> {
    let end = text.bytes().take(ENTITY).position(|byte| byte == b';')?;
    let name = text.get(1..end)?;
    let c = match name {
        "quot" => '"',
        "apos" => '\'',
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        _ => {
            let number = name.strip_prefix('#')?;
            match number.strip_prefix(['x', 'X']) {
                Some(hexadecimal) => by_number(hexadecimal)?,
                None => by_number(&format!("{:x}", number.parse::<u32>().ok()?))?,
            }
        }
    };
    Some((c, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_come_off_and_places_stay() {
        for (text, expected) in [
            ("a%20b", "a b"),
            ("a%C3%A9b%E3%83%91%", "aébパ%"),
            ("a%C3b%FF%E3%83", "a%C3b%FF%E3%83"),
            (r"\u00e9\u30d1\u0007", r"éパ\u0007"),
            (r#"{\"a\":\"b\u0020c\"}"#, r#"{"a":"b c"}"#),
            ("&lt;a b=&#34;c&#x22;&gt;", "<a b=\"c\">"),
            ("a+b+c", "a b c"),
            (r"a\nb\tc", "a\nb c"),
            ("&amp;quot;", "&quot;"),
            ("&#12497;&#x30d1;&#7;", "パパ&#7;"),
            (r#"x,"{""token"":""a"",""b"":"""",""c"":""}""#, r#"x,"{"token":"a"","b":"""","c":""}""#),
            ("the\ttoken", "the token"),
        ] {
            let view = View::of(text);
            let undressed = view.undressed();
            assert_eq!(super::undressed(text), undressed.as_ref().map(|view| view.text.clone()));
            let got = undressed.as_ref().map_or(text, |view| view.text.as_str());
            assert_eq!(got, expected);
            if let Some(view) = &undressed {
                assert_eq!(view.from.len(), view.text.len());
                assert_eq!(view.place(0..view.text.len()), 0..text.len());
            }
        }
        let view = View::of("x=%41%42y").undressed().unwrap();
        assert_eq!((view.text.as_str(), view.place(2..4), view.place(4..5)), ("x=ABy", 2..8, 8..9));
        assert!(View::of("100% & more \\ a").undressed().is_none());
        let glued = View::of("ab cd").without(&[2]);
        assert_eq!((glued.text.as_str(), glued.place(1..3)), ("abcd", 1..4));
        assert_eq!(View::of("ab cd e").parted(&[2]).text, "ab\ncd e");
    }
}

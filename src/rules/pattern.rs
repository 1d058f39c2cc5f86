//! A pattern of the library. Its regular expression is compiled when the first text is tried with it: a case meets few of
//! the library's patterns, and compiling all of them takes longer than most cases do.

mod ascii;

use std::fmt;
use std::sync::OnceLock;

use regex::{Captures, Regex, RegexBuilder};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::text::Text;

/// The first step in which the size of a compiled pattern is measured.
const SMALLEST: usize = 16 * 1024;

/// Largest compiled pattern of the library in the program, in bytes.
const PATTERN_LIMIT: usize = 1024 * 1024;

/// Deepest nesting of groups there.
const NESTED: u32 = 64;

/// A regular expression by its text, ready for the engine.
#[derive(Clone)]
pub struct Pattern {
    text: Text,
    /// What the build made of it for texts of ASCII: finding that out takes as long as compiling it.
    forms: Option<Forms>,
    compiled: OnceLock<Option<Regex>>,
    /// The same for texts of ASCII alone.
    ascii: OnceLock<Option<Regex>>,
    /// The same for those in lower case.
    lower: OnceLock<Option<Regex>>,
}

/// A pattern for texts of ASCII.
#[derive(Clone, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
struct Forms {
    /// `None` where there is none.
    ascii: Option<Text>,
    /// For texts in lower case; `None` where the pattern tells one case from the other.
    lower: Option<Text>,
}

impl Pattern {
    /// A pattern that is known to compile.
    pub(crate) fn new(text: String) -> Self {
        Self::with(text.into(), None, None)
    }

    fn with(text: Text, forms: Option<Forms>, compiled: Option<Regex>) -> Self {
        let compiled = compiled.map_or_else(OnceLock::new, |regex| OnceLock::from(Some(regex)));
        Self { text, forms, compiled, ascii: OnceLock::new(), lower: OnceLock::new() }
    }

    /// A pattern that is compiled at once, and a bound of its size in bytes: the smallest of a few steps that it fits.
    ///
    /// # Errors
    /// When it is no regular expression, one larger than `most` bytes, or one nested deeper than `nesting`.
    pub(super) fn compiled(text: String, most: usize, nesting: u32) -> Result<(Self, usize), regex::Error> {
        let mut size = SMALLEST.min(most);
        loop {
            match builder(&text, size, nesting).build() {
                Ok(regex) => return Ok((Self::with(text.into(), None, Some(regex)), size)),
                Err(regex::Error::CompiledTooBig(_)) if size < most => size = size.saturating_mul(4).min(most),
                Err(error) => return Err(error),
            }
        }
    }

    /// Its text, as the engine reads it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The regular expression. `None` never happens for patterns of a loaded library: each was compiled when it was loaded, or when
    /// the program was built.
    pub fn regex(&self) -> Option<&Regex> {
        self.compiled.get_or_init(|| compile(&self.text).ok()).as_ref()
    }

    /// The regular expression that is best for `text`: nearly all texts are ASCII, and one that needs to know nothing else is
    /// compiled in half the time, and reads groups several times as fast.
    pub fn on(&self, text: &str) -> Option<&Regex> {
        let compile =
            || ascii::compile(&self.forms.as_ref().map_or_else(|| ascii::form(&self.text).map(Text::from), |forms| forms.ascii.clone())?);
        let ascii = text.is_ascii().then(|| self.ascii.get_or_init(compile).as_ref()).flatten();
        ascii.or_else(|| self.regex())
    }

    /// Whether it is found in `text`.
    pub fn is_match(&self, text: &str) -> bool {
        self.is_match_from(text, 0)
    }

    /// Whether it is found in `text` from byte `start` on. What stands before is seen, so that nothing but a text begins there.
    pub fn is_match_from(&self, text: &str, start: usize) -> bool {
        self.on(text).is_some_and(|regex| regex.is_match_at(text, start))
    }

    /// The same where `lower` is the text, which is ASCII, in lower case.
    pub fn is_match_in(&self, text: &str, lower: &str, start: usize) -> bool {
        let compile = || {
            ascii::compile(&self.forms.as_ref().map_or_else(|| ascii::lower_form(&self.text).map(Text::from), |forms| forms.lower.clone())?)
        };
        match self.lower.get_or_init(compile) {
            Some(regex) => regex.is_match_at(lower, start),
            None => self.is_match_from(text, start),
        }
    }

    /// Where it is found in `text`, with its groups.
    pub fn captures<'t>(&self, text: &'t str) -> Option<Captures<'t>> {
        self.on(text)?.captures(text)
    }
}

fn builder(text: &str, size: usize, nesting: u32) -> RegexBuilder {
    let mut builder = RegexBuilder::new(&spelled_out(text, WORD));
    builder.size_limit(size).nest_limit(nesting);
    builder
}

fn compile(text: &str) -> Result<Regex, regex::Error> {
    builder(text, PATTERN_LIMIT, NESTED).build()
}

/// What `\w` stands for inside a class: the letters and digits of ASCII, and those of other scripts in ranges that leave their
/// punctuation out. Unicode's own list is hundreds of ranges, and most of the cost of compiling a pattern; so is a long range
/// that holds a few letters with two cases, since each of its characters is asked for the other. Scripts with cases have ranges
/// of their own.
const WORD: &str = concat!(
    r"0-9A-Za-z_",
    r"\u{c0}-\u{24f}\u{370}-\u{52f}\u{1e00}-\u{1fff}\u{ff21}-\u{ff3a}\u{ff41}-\u{ff5a}",
    r"\u{5d0}-\u{109f}\u{3005}\u{3007}\u{3041}-\u{a4cf}\u{ac00}-\u{d7a3}\u{f900}-\u{faff}\u{ff10}-\u{ff19}\u{ff66}-\u{ffdc}"
);

/// The pattern with its classes of digits and of `word`s spelled out. Digits are those of ASCII: no device writes others.
fn spelled_out(pattern: &str, word: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + 64);
    let mut rest = pattern;
    let mut depth = 0usize;
    while let Some(at) = rest.find(['\\', '[', ']']) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let length = if from.starts_with('\\') { 1 + from.chars().nth(1).map_or(0, char::len_utf8) } else { 1 };
        let (mark, after) = from.split_at(length);
        rest = after;
        match mark {
            "\\d" if depth > 0 => out.push_str("0-9"),
            "\\d" => out.push_str("[0-9]"),
            "\\w" if depth > 0 => out.push_str(word),
            "\\w" => out.extend(["[", word, "]"]),
            "\\D" => out.push_str("[^0-9]"),
            "\\W" => out.extend(["[^", word, "]"]),
            // That of Unicode needs an engine that is slower by far on texts beyond ASCII, and finds no end of a word in `ERR가`.
            "\\b" if depth == 0 && !rest.starts_with('{') => out.push_str(r"(?-u:\b)"),
            "[" => {
                depth += 1;
                out.push('[');
                // A bracket that stands first is one of the class.
                let first = ["^]", "]", "^"].into_iter().find(|first| rest.starts_with(first)).unwrap_or_default();
                out.push_str(first);
                rest = rest.strip_prefix(first).unwrap_or(rest);
            }
            mark => {
                depth = if mark == "]" { depth.saturating_sub(1) } else { depth };
                out.push_str(mark);
            }
        }
    }
    out.push_str(rest);
    out
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}

/// As the build leaves it: its text, and what is made of it for ASCII.
impl Serialize for Pattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let forms = Forms { ascii: ascii::form(&self.text).map(Text::from), lower: ascii::lower_form(&self.text).map(Text::from) };
        (&self.text, forms).serialize(serializer)
    }
}

impl<'de: 'static> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (text, forms) = Deserialize::deserialize(deserializer)?;
        Ok(Self::with(text, Some(forms), None))
    }
}

/// Patterns are equal when their texts are.
impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::library::Matcher;

    #[test]
    fn classes_of_digits_and_words_mean_the_same_in_any_place() {
        for (pattern, text, expected) in [
            (r"a\d+", "a12", Some("a12")),
            (r"a\d", "a\u{661}", None),
            (r"a[\d.]+", "a1.2x", Some("a1.2")),
            (r"a[^\d]+", "axy1", Some("axy")),
            (r"a\D+", "axy1", Some("axy")),
            (r"(?i)HOST \w+", "host sw_1-a", Some("host sw_1")),
            (r"host \w+", "host 東京スイッチ１、down", Some("host 東京スイッチ１")),
            (r"host \w+", "host 서울-1", Some("host 서울")),
            (r"host [\w-]+", "host 서울-1「x」", Some("host 서울-1")),
            (r"host \w+", "host ‘sw1’", None),
            (r"a\W+b", "a: ‘b", Some("a: ‘b")),
            (r"a[\W]+b", "a - b", Some("a - b")),
            (r"a[^\w]+b", "a - b", Some("a - b")),
            (r"[]\d]+", "]1]", Some("]1]")),
            (r"[^]\d]+", "x]1", Some("x")),
            (r"[[:alpha:]\d]+", "ab1-", Some("ab1")),
            (r"\[\d\]", "[7]", Some("[7]")),
            (r"\\d", r"\d", Some(r"\d")),
            (r"\bERR\b", "証明書ERR가 xERRx", Some("ERR")),
            (r"\bERR\b", "xERR ERRx", None),
        ] {
            let pattern = Pattern::compiled(pattern.to_owned(), PATTERN_LIMIT, NESTED).unwrap().0;
            let found = pattern.regex().unwrap().find(text).map(|found| found.as_str());
            assert_eq!(found, expected, "{pattern:?} in {text}");
        }
    }

    #[test]
    fn of_texts_of_ascii_it_finds_the_same() {
        let library = crate::rules::embedded::library().unwrap();
        let text_of = |signal: &crate::rules::library::Signal| match &signal.matcher {
            Matcher::Text { pattern, .. } | Matcher::Absent { pattern, .. } => Some(pattern.clone()),
            _ => None,
        };
        let extracts =
            library.extracts.iter().flat_map(|extract| [Some(extract.pattern.clone()), extract.block.clone(), extract.named_by.clone()]);
        let patterns: Vec<Pattern> = library.signals.iter().map(text_of).chain(extracts).flatten().collect();
        let rules = include_str!("../../rules/facts/config.yaml").lines();
        let texts: Vec<&str> = rules
            .chain(include_str!("../../rules/facts/license.yaml").lines())
            .chain(TEXTS)
            .map(str::trim)
            .filter(|text| text.is_ascii())
            .collect();
        let (mut found, mut without_case) = (0, 0);
        for pattern in &patterns {
            without_case += usize::from(ascii::lower_form(pattern.as_str()).is_some());
            let (ascii, general) = (ascii::compile(&ascii::form(pattern.as_str()).unwrap()).unwrap(), pattern.regex().unwrap());
            assert!(ascii.capture_names().eq(general.capture_names()), "{pattern:?}");
            for text in &texts {
                let groups = |regex: &Regex| {
                    regex.captures(text).map(|found| found.iter().map(|group| group.map(|group| group.range())).collect::<Vec<_>>())
                };
                found += usize::from(general.is_match(text));
                assert_eq!(groups(&ascii), groups(general), "{pattern:?} in {text}");
                assert_eq!(pattern.is_match_in(text, &text.to_ascii_lowercase(), 0), general.is_match(text), "{pattern:?} in {text}");
            }
        }
        assert!(found > 100 && without_case * 10 > patterns.len() * 9, "{found} {without_case} of {}", patterns.len());
    }

    /// Lines that patterns fit.
    const TEXTS: [&str; 11] = [
        "Active:PID:C9300-48UXM,SN:FJC221664GL",
        "cisco Nexus9000 C93180YC-FX Chassis",
        "HA UDI List",
        "Mar  2 10:00:00: %SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : Unable to resolve server hostname/domain name",
        "  12   317256956     3394236       7342  1.42%  2.46%  2.00%   0 SAGetRUMIds",
        "UDI: PID:C9300-24UX,SN:FCW2303D16Y",
        "Registration: Status: UNREGISTERED - REGISTRATION FAILED",
        "Trustpoint SLA-TrustPoint:",
        "CPU utilization for five seconds: 99%/1%; one minute: 5%; five minutes: 5%",
        "ip name-server vrf Mgmt-vrf 10.0.0.1 10.0.0.2",
        "Last Communication Attempt: FAILED on Dec 19 10:00:00 2021 UTC",
    ];

    #[test]
    fn what_tells_one_case_from_the_other_is_not_tried_in_lower_case() {
        for (pattern, text, expected) in [
            ("(?i)failed [A-Z]+", "x Failed ab", true),
            ("(?i)a(?-i:B)c", "abc", false),
            ("(?i)a(?-i:B)c", "ABC", true),
            ("failed", "FAILED", false),
            ("[A-Z]x", "ax", false),
            ("[A-Z]x", "Ax", true),
            (r"(?i)\W\w\d[^a]", "-A1b", true),
            (r"(?i)\W\w\d[^a]", "-A1A", false),
        ] {
            let pattern = Pattern::new(pattern.to_owned());
            assert_eq!(pattern.is_match_in(text, &text.to_ascii_lowercase(), 0), expected, "{pattern:?} in {text}");
        }
    }

    #[test]
    fn of_printable_ascii_it_says_what_the_engine_does() {
        for class in [r"\d", r"\D", r"\w", r"\W", r"[\d\w]", r"[^\W\d]"] {
            let (own, plain) = (Pattern::compiled(class.to_owned(), PATTERN_LIMIT, NESTED).unwrap().0, Regex::new(class).unwrap());
            for byte in 0..=0x7fu8 {
                let text = char::from(byte).to_string();
                assert_eq!(own.is_match(&text), plain.is_match(&text), "{class} and {text:?}");
            }
        }
    }
}

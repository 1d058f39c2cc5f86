//! Rewrites lines. All that is to be replaced is found on the line as it was, then replaced at once, so that no replacement is
//! taken for a name again.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::net::IpAddr;
use std::ops::Range;

use regex::Regex;

use super::names::Kind;
use super::numbers;
use super::{Redactor, certificate};
use crate::formats::prompt;
use crate::scan::mask::KEYS;

/// What shows by its form.
#[derive(Debug)]
pub(super) struct Forms {
    /// Groups by kind: uuid, colons, mac, hex, serial.
    any: Regex,
    /// Mail addresses and dotted words, looked for where nothing of that was found.
    named: Regex,
    /// Fields of free text about people and places.
    free: Regex,
    /// `CN=`, `o=` and their like.
    titles: Regex,
    mark: Regex,
}

impl Forms {
    #[expect(clippy::expect_used, reason = "constant patterns")]
    pub(super) fn new() -> Self {
        let regex = |pattern: &str| Regex::new(pattern).expect("constant");
        Self {
            any: regex(concat!(
                r"(?P<uuid>\b[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}\b)",
                r"|(?P<colons>(?:\b[0-9A-Fa-f]{1,4})?:[0-9A-Fa-f:]*:[0-9A-Fa-f]*(?:\.[0-9]+){0,4})",
                r"|(?P<mac>[0-9A-Fa-f]{4}[.-][0-9A-Fa-f]{4}[.-][0-9A-Fa-f]{4}|(?:[0-9A-Fa-f]{2}-){5}[0-9A-Fa-f]{2})",
                r"|(?P<hex>(?:0[xX])?[0-9A-Fa-f]{12}|0[xX][0-9A-Fa-f]{8})",
                r"|(?P<serial>[A-Z]{3}[0-9]{4}[0-9A-Z]{4})",
            )),
            named: regex(concat!(
                r"(?P<mail>[A-Za-z0-9_.+-]+@[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+)",
                r"|(?P<dotted>[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+)",
            )),
            free: regex(
                r"(?i)^\s*(?:snmp-server (?:location|contact)|phone-number|street-address|customer-id|contract-id|site-id|contact-name|description)\s+(\S.*?)\s*$",
            ),
            titles: regex(r#"(?i)(?:^|[\s,;"'/(<])(?:cn|o|ou|emailAddress)\s*=\s*([^,;"'<>|/\\=\r\n]{2,128})"#),
            mark: regex("<masked:[a-z0-9-]+>"),
        }
    }
}

impl Redactor {
    /// The line with everything replaced and secrets masked. A line without any of it comes back as it is.
    pub fn line<'l>(&mut self, line: &'l str) -> Cow<'l, str> {
        self.line_after(&[], line)
    }

    /// The same where the text before the line is known, each line of it with its end.
    fn line_after<'l>(&mut self, before: &[u8], line: &'l str) -> Cow<'l, str> {
        let masked = match self.masked_as_shown(before, line) {
            Some(masked) => Cow::Owned(masked),
            None => self.masker.mask_after(before, line),
        };
        if let Cow::Owned(_) = &masked {
            self.statistics.masked += 1;
        }
        match self.replaced(&masked) {
            Some(replaced) => Cow::Owned(replaced),
            None => masked,
        }
    }

    /// What a screen showed of a line, masked, where control characters stand between a secret and what tells that it is one.
    fn masked_as_shown(&self, before: &[u8], line: &str) -> Option<String> {
        let Cow::Owned(cleaned) = prompt::clean(line.as_bytes()) else { return None };
        let shown = prompt::text(&cleaned);
        let Cow::Owned(mut masked) = self.masker.mask_after(before, &shown) else { return None };
        if line.ends_with('\r') {
            masked.push('\r');
        }
        Some(masked)
    }

    fn replaced(&mut self, line: &str) -> Option<String> {
        let mut found = self.found(line);
        if found.is_empty() {
            return None;
        }
        // What begins first counts, of those the longest.
        found.sort_by_key(|(range, _)| (range.start, usize::MAX - range.end));
        let mut text = String::with_capacity(line.len() + 16);
        let mut at = 0;
        for (range, replacement) in found {
            if range.start >= at {
                text.push_str(line.get(at..range.start)?);
                text.push_str(&replacement);
                at = range.end;
            }
        }
        text.push_str(line.get(at..)?);
        Some(text)
    }

    fn found(&mut self, line: &str) -> Vec<(Range<usize>, String)> {
        let mut found: Vec<(Range<usize>, String)> = Vec::new();
        if let Some(place) = self.free_text(line) {
            found.push((place, "<masked:text>".to_owned()));
        }
        // What is taken is blanked, so that nothing else is read into it.
        let mut left = Cow::Borrowed(line);
        for (range, form) in self.forms.places(line) {
            let Some(text) = line.get(range.clone()) else { continue };
            let replacement = match form {
                Form::Uuid | Form::Serial if self.classes.ids => self.id(text),
                Form::Colons => self.colons(line, &range),
                Form::Mac => self.mac_text(line, &range),
                Form::Hex => self.hex(line, &range),
                _ => None,
            };
            if let Some(replacement) = replacement {
                blank(&mut left, &range);
                found.push((range, replacement));
            }
        }
        for number in numbers::addresses(&left.clone()) {
            if let Some((range, replacement)) = self.number(line, number) {
                blank(&mut left, &range);
                found.push((range, replacement));
            }
        }
        for (range, form) in self.forms.names(&left) {
            let Some(text) = line.get(range.clone()) else { continue };
            let replacement = if form == Form::Mail { self.mail(text) } else { self.dotted(text) };
            found.extend(replacement.map(|replacement| (range, replacement)));
        }
        found.retain(|(range, replacement)| line.get(range.clone()) != Some(replacement));
        if self.classes.hosts {
            for range in self.forms.title_places(line) {
                let Some(text) = line.get(range.clone()) else { continue };
                let replacement = self.titled(text);
                if replacement != text {
                    found.push((range, replacement));
                }
            }
        }
        self.known_words(line, &mut found);
        let marks: Vec<Range<usize>> = self.forms.mark.find_iter(line).map(|mark| mark.range()).collect();
        if !marks.is_empty() {
            found.retain(|(range, _)| !marks.iter().any(|mark| mark.start < range.end && range.start < mark.end));
        }
        found
    }

    fn free_text(&self, line: &str) -> Option<Range<usize>> {
        if self.classes != super::Classes::ALL || !line.contains(' ') {
            return None;
        }
        let value = self.forms.free.captures(line)?.get(1)?;
        // A heading of the same word states none.
        (!value.as_str().starts_with("<masked:")).then(|| value.range())
    }

    /// An id in the form it has. Those that rules name stay.
    fn id(&mut self, text: &str) -> Option<String> {
        let folded = text.to_ascii_lowercase();
        let empty = text.bytes().all(|byte| matches!(byte, b'0' | b'-'));
        (!empty && !self.kept.is_common(&folded)).then(|| self.name(Kind::Id, text))
    }
}

/// Which form of [`Forms`] was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Uuid,
    Colons,
    Mac,
    Hex,
    Mail,
    Dotted,
    Serial,
}

/// As long as it was, and nothing that has a form.
fn blank(line: &mut Cow<'_, str>, range: &Range<usize>) {
    line.to_mut().replace_range(range.clone(), &"\u{1}".repeat(range.len()));
}

impl Forms {
    fn places(&self, line: &str) -> Vec<(Range<usize>, Form)> {
        const KINDS: [(&str, Form); 5] =
            [("uuid", Form::Uuid), ("colons", Form::Colons), ("mac", Form::Mac), ("hex", Form::Hex), ("serial", Form::Serial)];
        let kind =
            |groups: &regex::Captures<'_>| KINDS.iter().find_map(|(name, form)| groups.name(name).map(|group| (group.range(), *form)));
        let stands = |(range, form): &(Range<usize>, Form)| *form == Form::Colons || stands_alone(line, range);
        self.any.captures_iter(line).filter_map(|groups| kind(&groups)).filter(stands).collect()
    }

    fn names(&self, line: &str) -> Vec<(Range<usize>, Form)> {
        if !line.contains('.') {
            return Vec::new();
        }
        let form = |groups: &regex::Captures<'_>| if groups.name("mail").is_some() { Form::Mail } else { Form::Dotted };
        self.named.captures_iter(line).filter_map(|groups| Some((groups.get(0)?.range(), form(&groups)))).collect()
    }

    fn title_places(&self, line: &str) -> Vec<Range<usize>> {
        if !line.contains('=') {
            return Vec::new();
        }
        self.titles.captures_iter(line).filter_map(|groups| groups.get(1)).map(|group| group.range()).collect()
    }
}

pub(super) fn is_word(byte: Option<u8>) -> bool {
    byte.is_some_and(|byte| byte.is_ascii_alphanumeric())
}

/// The bytes beside a range.
pub(super) fn beside(line: &str, range: &Range<usize>) -> (Option<u8>, Option<u8>) {
    let bytes = line.as_bytes();
    (range.start.checked_sub(1).and_then(|at| bytes.get(at)).copied(), bytes.get(range.end).copied())
}

/// Whether no letter or digit stands beside it. `%20` and `\n` are no letters.
fn stands_alone(line: &str, range: &Range<usize>) -> bool {
    let (before, after) = beside(line, range);
    let byte = |back: usize| range.start.checked_sub(back).and_then(|at| line.as_bytes().get(at)).copied();
    let escaped = (byte(2) == Some(b'\\') && matches!(before, Some(b'n' | b'r' | b't')))
        || (byte(3) == Some(b'%')
            && byte(2).is_some_and(|byte| byte.is_ascii_hexdigit())
            && before.is_some_and(|byte| byte.is_ascii_hexdigit()));
    (escaped || !is_word(before)) && !is_word(after)
}

impl Redactor {
    fn mail(&mut self, text: &str) -> Option<String> {
        let (user, host) = text.split_once('@')?;
        let labels: Vec<String> = host.split('.').map(str::to_ascii_lowercase).collect();
        if self.kept.public(&labels) == labels.len() {
            return None;
        }
        let user = self.user(user);
        Some(format!("{user}@{}", self.host(host)))
    }

    /// A user; everybody's accounts stay.
    pub(super) fn user(&mut self, name: &str) -> String {
        let folded = name.to_ascii_lowercase();
        if !self.classes.users || name.len() < 3 || self.kept.is_account(&folded) {
            return name.to_owned();
        }
        self.name(Kind::User, name)
    }

    /// A dotted word: a name of a host if it ends like one, or begins with one of the case.
    fn dotted(&mut self, text: &str) -> Option<String> {
        if !self.classes.hosts {
            return None;
        }
        let first = text.split('.').next().unwrap_or_default().to_ascii_lowercase();
        let name = text.trim_end_matches(['-', '_']);
        if name.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
            return None;
        }
        if name.to_ascii_lowercase().ends_with(".arpa")
            && let Some(reversed) = self.reverse_name(text)
        {
            return Some(reversed);
        }
        if self.kept.is_name(name) {
            return Some(self.host(text));
        }
        // `sw1.acme.corp9`, but not `sw1.log`: of a file the name alone, by the words of the case.
        let labels = text.split('.').count();
        (labels > 2 && self.is_host(&first)).then(|| self.host(text))
    }

    /// The value of a part of a distinguished name: words of its kind and of public makers stay. As long as before.
    pub(super) fn titled(&mut self, text: &str) -> String {
        if !self.classes.hosts {
            return text.to_owned();
        }
        if text.parse::<IpAddr>().is_ok() || text.contains('@') || !numbers::addresses(text).is_empty() {
            return self.replaced(text).unwrap_or_else(|| text.to_owned());
        }
        let dotted = !text.contains(' ') && text.contains('.') && self.kept.is_name(text.trim_start_matches("*."));
        if dotted {
            return self.host(text);
        }
        let mut result = String::with_capacity(text.len());
        for piece in text.split_inclusive(|c: char| !c.is_alphanumeric()) {
            let word = piece.trim_end_matches(|c: char| !c.is_alphanumeric());
            let folded = word.to_ascii_lowercase();
            let number = word.bytes().all(|byte| byte.is_ascii_digit());
            if number || word.len() < 3 || self.kept.is_title(&folded) || !word.is_ascii() {
                result.push_str(word);
            } else if self.is_host(&folded) {
                result.push_str(&self.name(Kind::Host, word));
            } else {
                result.push_str(&self.name(Kind::Organisation, word));
            }
            result.push_str(piece.get(word.len()..).unwrap_or_default());
        }
        result
    }

    /// Words of the dictionary that stand alone.
    fn known_words(&mut self, line: &str, found: &mut Vec<(Range<usize>, String)>) {
        let Some(finder) = self.finder.take() else { return };
        for hit in finder.find_overlapping_iter(line) {
            let range = hit.range();
            if !stands_alone(line, &range) {
                continue;
            }
            let Some((_, kind)) = self.dictionary.words.get(hit.pattern().as_usize()) else { continue };
            let (kind, Some(text)) = (*kind, line.get(range.clone())) else { continue };
            let replacement = if kind == Kind::Host { self.label(text) } else { self.name(kind, text) };
            found.push((range, replacement));
        }
        self.finder = Some(finder);
    }
}

/// The end of what stands before a place, in lower case.
pub(super) fn words_before(line: &str, at: usize) -> Option<String> {
    let from = at.saturating_sub(40);
    (from..=at).find_map(|from| line.get(from..at)).map(str::to_ascii_lowercase)
}

/// Whether what comes next is a release and no address.
pub(super) fn after_version(before: &str) -> bool {
    let near = words_before(before, before.len()).unwrap_or_default();
    let near = near.trim_end_matches([' ', '.', ':', '=', '"', '\'', '\t', 'v', '(']);
    ["version", "release", "software", "image", "build", "versions", "releases"].iter().any(|word| near.ends_with(word))
}

/// What goes on over several lines.
#[derive(Debug, Default)]
pub(super) struct Lines {
    state: State,
    /// The lines before, as a screen showed them, each with its end.
    before: Vec<u8>,
}

#[derive(Debug, Default)]
enum State {
    #[default]
    Plain,
    /// Inside a private key.
    Key,
    /// Inside a certificate: its lines so far.
    Certificate(Vec<String>),
}

/// Bytes of the lines before a line that are looked at.
const BEFORE: usize = 8 * 1024;

/// Lines of one PEM block that are held.
const BLOCK: usize = 2048;

impl Lines {
    /// Takes a line without its end and gives those that are ready, in order.
    pub(super) fn push(&mut self, redactor: &mut Redactor, line: &str, out: &mut Vec<String>) {
        let key = || KEYS.iter().any(|label| line.contains(label));
        match &mut self.state {
            State::Plain if line.contains("-----BEGIN") && key() && !line.contains("-----END") => {
                out.push(redactor.line(line).into_owned());
                self.state = State::Key;
            }
            State::Plain if line.trim() == "-----BEGIN CERTIFICATE-----" => self.state = State::Certificate(vec![line.to_owned()]),
            State::Plain => {
                out.push(redactor.line_after(&self.before, line).into_owned());
                if self.before.len() > 2 * BEFORE {
                    self.before.drain(..self.before.len() - BEFORE);
                }
                self.before.extend_from_slice(&prompt::clean(line.as_bytes()));
                self.before.push(b'\n');
            }
            State::Key => {
                if let Some(end) = line.find("-----END") {
                    self.state = State::Plain;
                    let last = if end > 0 { "<masked:private-key>" } else { "" };
                    out.push(format!("{last}{}", redactor.line(line.get(end..).unwrap_or_default())));
                } else {
                    // Whatever this is, it is no line of a key: those are short, or have no blanks.
                    let ended = line.contains("-----BEGIN") || (line.len() > 100 && line.trim().contains(' '));
                    if ended {
                        self.state = State::Plain;
                        return self.push(redactor, line, out);
                    }
                    redactor.statistics.masked += 1;
                    out.push("<masked:private-key>".to_owned());
                }
            }
            State::Certificate(held) => {
                held.push(line.to_owned());
                if line.contains("-----END") || held.len() > BLOCK {
                    self.finish(redactor, out);
                }
            }
        }
    }

    /// Gives what is held.
    pub(super) fn finish(&mut self, redactor: &mut Redactor, out: &mut Vec<String>) {
        let State::Certificate(held) = std::mem::take(&mut self.state) else { return };
        match certificate::pem(redactor, &held) {
            Some(lines) => out.extend(lines),
            None => {
                for line in held {
                    out.push(redactor.line(&line).into_owned());
                }
            }
        }
    }
}

/// A line of bytes as characters, and back: what is not UTF-8 is taken byte by byte, so that nothing of it is lost.
pub(super) fn characters(line: &[u8]) -> (Cow<'_, str>, bool) {
    match std::str::from_utf8(line) {
        Ok(text) => (Cow::Borrowed(text), true),
        Err(_) => {
            let mut text = String::with_capacity(line.len() * 2);
            for byte in line {
                // Every byte is the character of its number.
                let _ = write!(text, "{}", char::from(*byte));
            }
            (Cow::Owned(text), false)
        }
    }
}

/// The bytes of [`characters`].
pub(super) fn bytes(text: &str, utf8: bool) -> Vec<u8> {
    if utf8 { text.as_bytes().to_vec() } else { text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect() }
}

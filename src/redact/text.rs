//! Rewrites lines. All that is to be replaced is found on the line as it was, then replaced at once, so that no replacement is
//! taken for a name again.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::Range;

use regex::Regex;

use super::names::Kind;
use super::{Redactor, certificate};

/// What shows by its form.
#[derive(Debug)]
pub(super) struct Forms {
    /// Groups by kind: uuid, mac, six, four, mail, dotted, serial.
    any: Regex,
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
                r"|(?P<colons>[0-9A-Fa-f]*:[0-9A-Fa-f:]*:[0-9A-Fa-f]*(?:\.[0-9]+){0,3})",
                r"|(?P<mac>\b[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\b|\b(?:[0-9A-Fa-f]{2}-){5}[0-9A-Fa-f]{2}\b)",
                r"|(?P<mail>[A-Za-z0-9_.+-]+@[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+)",
                r"|(?P<dotted>[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+)",
                r"|(?P<serial>\b[A-Z]{3}[0-9]{4}[0-9A-Z]{4}\b)",
            )),
            free: regex(
                r"(?i)^\s*(?:snmp-server (?:location|contact)|phone-number|street-address|customer-id|contract-id|site-id|contact-name|description)\s+(\S.*?)\s*$",
            ),
            titles: regex(r#"(?i)(?:^|[\s,;"'/(<])(?:cn|o|ou|emailAddress)\s*=\s*([^,;"'<>|/\\=\r\n]{2,128})"#),
            mark: regex("<masked:[a-z0-9-]+>"),
        }
    }
}

/// Six bytes with colons between.
pub(super) fn colons(address: [u8; 6]) -> String {
    address.map(|byte| format!("{byte:02x}")).join(":")
}

impl Redactor {
    /// The line with everything replaced and secrets masked. A line without any of it comes back as it is.
    pub fn line<'l>(&mut self, line: &'l str) -> Cow<'l, str> {
        let masked = self.masker.mask(line);
        if let Cow::Owned(_) = &masked {
            self.statistics.masked += 1;
        }
        match self.replaced(&masked) {
            Some(replaced) => Cow::Owned(replaced),
            None => masked,
        }
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
        for (range, form) in self.forms.places(line) {
            let Some(text) = line.get(range.clone()) else { continue };
            let replacement = match form {
                Form::Uuid | Form::Serial if self.classes.ids => self.id(text),
                Form::Colons => self.colons(line, &range),
                Form::Mac => self.mac_text(text),
                Form::Mail => self.mail(text),
                Form::Dotted => match self.numbers(line, &range) {
                    Some(replaced) => replaced,
                    None => self.dotted(text),
                },
                _ => None,
            };
            if let Some(replacement) = replacement.filter(|replacement| replacement != text) {
                found.push((range, replacement));
            }
        }
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
    Mail,
    Dotted,
    Serial,
}

impl Forms {
    fn places(&self, line: &str) -> Vec<(Range<usize>, Form)> {
        const KINDS: [(&str, Form); 6] = [
            ("uuid", Form::Uuid),
            ("colons", Form::Colons),
            ("mac", Form::Mac),
            ("mail", Form::Mail),
            ("dotted", Form::Dotted),
            ("serial", Form::Serial),
        ];
        let kind =
            |groups: &regex::Captures<'_>| KINDS.iter().find_map(|(name, form)| groups.name(name).map(|group| (group.range(), *form)));
        self.any.captures_iter(line).filter_map(|groups| kind(&groups)).collect()
    }

    fn title_places(&self, line: &str) -> Vec<Range<usize>> {
        if !line.contains('=') {
            return Vec::new();
        }
        self.titles.captures_iter(line).filter_map(|groups| groups.get(1)).map(|group| group.range()).collect()
    }
}

fn is_word(byte: Option<u8>) -> bool {
    byte.is_some_and(|byte| byte.is_ascii_alphanumeric())
}

/// The bytes beside a range.
fn beside(line: &str, range: &Range<usize>) -> (Option<u8>, Option<u8>) {
    let bytes = line.as_bytes();
    (range.start.checked_sub(1).and_then(|at| bytes.get(at)).copied(), bytes.get(range.end).copied())
}

impl Redactor {
    /// Something with colons: an Ethernet or IPv6 address, or neither (times, fingerprints).
    fn colons(&mut self, line: &str, range: &Range<usize>) -> Option<String> {
        if !self.classes.addresses {
            return None;
        }
        let whole = line.get(range.clone())?;
        let (before, after) = beside(line, range);
        // A letter beside it: a word, perhaps a path of names in C++.
        if is_word(before) || is_word(after) {
            return None;
        }
        let text = whole.strip_suffix(':').filter(|rest| !rest.ends_with(':')).unwrap_or(whole);
        let text = text.strip_prefix(':').filter(|rest| !rest.starts_with(':')).unwrap_or(text);
        let groups: Vec<&str> = text.split(':').collect();
        if let Some(address) = six_bytes(&groups) {
            let replaced = colons(self.mac(address));
            let replaced = if text.bytes().any(|byte| byte.is_ascii_uppercase()) { replaced.to_ascii_uppercase() } else { replaced };
            return Some(whole.replace(text, &replaced));
        }
        let bytes = groups.len() >= 8 && groups.iter().all(|group| group.len() == 2);
        if bytes || !text.bytes().any(|byte| byte.is_ascii_digit()) {
            return None;
        }
        // An address may be followed by a colon and a port, where nobody writes brackets.
        let address: Ipv6Addr = text.parse().ok()?;
        let replaced = self.ip(address.into());
        (replaced != IpAddr::from(address)).then(|| whole.replace(text, &replaced.to_string()))
    }

    /// `001b.5400.1234`, `00-1b-54-00-12-34`.
    fn mac_text(&mut self, text: &str) -> Option<String> {
        if !self.classes.addresses {
            return None;
        }
        let digits: String = text.chars().filter(char::is_ascii_hexdigit).collect();
        let pairs: Vec<&str> = (0..6).filter_map(|at| digits.get(at * 2..at * 2 + 2)).collect();
        let replaced = self.mac(six_bytes(&pairs)?).map(|byte| format!("{byte:02x}")).concat();
        let mut replaced = replaced.chars();
        let upper = text.bytes().any(|byte| byte.is_ascii_uppercase());
        let filled = text.chars().map(|c| if c.is_ascii_hexdigit() { replaced.next().unwrap_or(c) } else { c });
        Some(if upper { filled.map(|c| c.to_ascii_uppercase()).collect() } else { filled.collect() })
    }

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

    /// Four numbers: `None` where it is something else, `Some(None)` where it stays.
    #[expect(clippy::option_option, reason = "no address, an address that stays, one that is replaced")]
    fn numbers(&mut self, line: &str, range: &Range<usize>) -> Option<Option<String>> {
        let text = line.get(range.clone())?;
        // Behind the last number of an address may stand what a name would have: `10.1.1.1_443`, `10.1.1.1-10.1.1.9`.
        let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
        let (numbers, rest) = text.split_at(end);
        let address: Ipv4Addr = numbers.parse().ok()?;
        if rest.starts_with(|c: char| c.is_ascii_alphabetic()) || (rest.is_empty() && after_version(line.get(..range.start)?)) {
            return Some(None);
        }
        if !self.classes.addresses {
            return Some(None);
        }
        let replaced = self.ip(address.into()).to_string();
        if rest.is_empty() {
            return Some(Some(replaced));
        }
        let rest = self.replaced(rest).unwrap_or_else(|| rest.to_owned());
        Some(Some(format!("{replaced}{rest}")))
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
        if text.parse::<IpAddr>().is_ok() || text.contains('@') {
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
        for hit in finder.find_iter(line) {
            let range = hit.range();
            let (before, after) = beside(line, &range);
            if is_word(before) || is_word(after) {
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

/// Whether what comes next is a release and no address.
fn after_version(before: &str) -> bool {
    let from = before.len().saturating_sub(40);
    let near = (from..before.len()).find_map(|at| before.get(at..)).unwrap_or_default().to_ascii_lowercase();
    let near = near.trim_end_matches([' ', '.', ':', '=', '"', '\'', '\t', 'v', '(']);
    ["version", "release", "software", "image", "build", "versions", "releases"].iter().any(|word| near.ends_with(word))
}

fn six_bytes(groups: &[&str]) -> Option<[u8; 6]> {
    let mut bytes = [0; 6];
    if groups.len() != 6 || groups.iter().any(|group| group.len() != 2) {
        return None;
    }
    for (byte, group) in bytes.iter_mut().zip(groups) {
        *byte = u8::from_str_radix(group, 16).ok()?;
    }
    Some(bytes)
}

/// What goes on over several lines.
#[derive(Debug, Default)]
pub(super) struct Lines {
    state: State,
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

/// Lines of one PEM block that are held.
const BLOCK: usize = 2048;

impl Lines {
    /// Takes a line without its end and gives those that are ready, in order.
    pub(super) fn push(&mut self, redactor: &mut Redactor, line: &str, out: &mut Vec<String>) {
        match &mut self.state {
            State::Plain if line.contains("-----BEGIN") && line.contains("PRIVATE KEY-----") && !line.contains("-----END") => {
                out.push(redactor.line(line).into_owned());
                self.state = State::Key;
            }
            State::Plain if line.trim() == "-----BEGIN CERTIFICATE-----" => self.state = State::Certificate(vec![line.to_owned()]),
            State::Plain => out.push(redactor.line(line).into_owned()),
            State::Key => {
                if line.contains("-----END") {
                    self.state = State::Plain;
                    out.push(line.to_owned());
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

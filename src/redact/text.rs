//! Rewrites lines. All that is to be replaced is found on the line as it was, then replaced at once, so that no replacement is
//! taken for a name again.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::Range;

use regex::Regex;

use super::names::Kind;
use super::numbers::{self, Form as Spelling, Found};
use super::{Redactor, certificate};

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
                r"|(?P<colons>[0-9A-Fa-f]*:[0-9A-Fa-f:]*:[0-9A-Fa-f]*(?:\.[0-9]+){0,4})",
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

fn is_word(byte: Option<u8>) -> bool {
    byte.is_some_and(|byte| byte.is_ascii_alphanumeric())
}

/// The bytes beside a range.
fn beside(line: &str, range: &Range<usize>) -> (Option<u8>, Option<u8>) {
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
    /// Something with colons: an Ethernet or IPv6 address, or neither (times, fingerprints).
    fn colons(&mut self, line: &str, range: &Range<usize>) -> Option<String> {
        if !self.classes.addresses {
            return None;
        }
        let whole = line.get(range.clone())?;
        let (before, after) = beside(line, range);
        // A letter beside it: a word, perhaps a path of names in C++.
        if is_word(before) || is_word(after) || before == Some(b'.') {
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
        if let [a, b, c] = groups.as_slice()
            && groups.iter().all(|group| group.len() == 4)
        {
            let spelt = [*a, *b, *c].concat();
            return self.mac_digits(line, range, text, &spelt).map(|replaced| whole.replace(text, &replaced));
        }
        let bytes = groups.len() >= 8 && groups.iter().all(|group| group.len() == 2);
        if bytes || !text.bytes().any(|byte| byte.is_ascii_digit()) {
            return None;
        }
        // A port may follow behind a dot.
        let text = if text.parse::<Ipv6Addr>().is_ok() { text } else { text.rsplit_once('.')?.0 };
        let address: Ipv6Addr = text.parse().ok()?;
        let replaced = self.ip(address.into());
        (replaced != IpAddr::from(address)).then(|| whole.replace(text, &self.spelt6(address, replaced, text)))
    }

    /// `001b.5400.1234`, `00-1b-54-00-12-34`, and `001b-5400-1234` where it is known for one.
    fn mac_text(&mut self, line: &str, range: &Range<usize>) -> Option<String> {
        let text = line.get(range.clone())?;
        let digits: String = text.chars().filter(char::is_ascii_hexdigit).collect();
        if text.len() == 14 && text.contains('-') {
            return if text.contains('.') { None } else { self.mac_digits(line, range, text, &digits) };
        }
        self.mac_spelt(text, &digits)
    }

    /// Twelve digits are an Ethernet address, and eight an address of IPv4, where the case has it in another form.
    fn hex(&mut self, line: &str, range: &Range<usize>) -> Option<String> {
        let text = line.get(range.clone())?;
        let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text);
        if digits.len() == 12 {
            return self.mac_digits(line, range, text, digits);
        }
        let bits = u32::from_str_radix(digits, 16).ok()?;
        // As it is, and as it lies in memory.
        let (address, turned) = [(bits, false), (bits.swap_bytes(), true)]
            .into_iter()
            .map(|(bits, turned)| (Ipv4Addr::from_bits(bits), turned))
            .find(|(address, _)| self.dictionary.seen.addresses.contains(&IpAddr::V4(*address)))?;
        let IpAddr::V4(replaced) = self.ip(address.into()) else { return None };
        let bits = if turned { replaced.to_bits().swap_bytes() } else { replaced.to_bits() };
        let upper = digits.bytes().any(|byte| byte.is_ascii_uppercase());
        let replaced = if upper { format!("{bits:08X}") } else { format!("{bits:08x}") };
        Some(text.replace(digits, &replaced))
    }

    /// Digits that are an Ethernet address if the case has it otherwise, or what stands before says so.
    fn mac_digits(&mut self, line: &str, range: &Range<usize>, text: &str, digits: &str) -> Option<String> {
        let address = twelve_digits(digits)?;
        let said =
            || words_before(line, range.start).is_some_and(|words| ["mac", "ether", "hwaddr"].iter().any(|word| words.contains(word)));
        if !self.dictionary.seen.macs.contains(&address) && !said() {
            return None;
        }
        self.mac_spelt(text, digits)
    }

    fn mac_spelt(&mut self, text: &str, digits: &str) -> Option<String> {
        if !self.classes.addresses {
            return None;
        }
        let replaced = self.mac(twelve_digits(digits)?).map(|byte| format!("{byte:02x}")).concat();
        if let Some(head) = text.strip_suffix(digits) {
            let upper = digits.bytes().any(|byte| byte.is_ascii_uppercase());
            return Some(format!("{head}{}", if upper { replaced.to_ascii_uppercase() } else { replaced }));
        }
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

    /// An address of IPv4: where it stands, and what comes there, which may be itself. `None` where it is none.
    fn number(&mut self, line: &str, found: Found) -> Option<(Range<usize>, String)> {
        let Found { range, address, form, later } = found;
        // Of `sw1.10.1.1.9` and `v10.1.1.9.443` the numbers that are known tell which it is.
        if let Some((later, behind)) = later.filter(|(_, behind)| self.is_near(*behind) && !self.is_near(address)) {
            let replaced = self.shown4(behind, line.get(later.clone())?);
            return Some((later, replaced));
        }
        let text = line.get(range.clone())?;
        let same = |range: Range<usize>| Some((range, text.to_owned()));
        let near = self.is_near(address);
        let rest = line.get(range.end..).unwrap_or_default();
        match form {
            Spelling::Reversed(_) => {
                let end = range.end + ".in-addr.arpa".len();
                let replaced = self.reverse_name(line.get(range.start..end)?)?;
                return Some((range.start..end, replaced));
            }
            Spelling::Dotted => {
                let before = line.get(..range.start)?;
                if after_version(before) && !rest.starts_with('.') {
                    return same(range);
                }
                let image = rest.strip_prefix('.').is_some_and(is_image);
                let doubtful =
                    image || rest.starts_with(|c: char| c.is_ascii_alphabetic()) || self.dictionary.seen.releases.contains(&address);
                if doubtful && !near {
                    return same(range);
                }
            }
            Spelling::Tail if !self.dictionary.seen.addresses.contains(&address.into()) => return None,
            Spelling::Padded | Spelling::Parted(_) if !near => return None,
            _ => {}
        }
        if !self.classes.addresses {
            return same(range);
        }
        let replaced = self.shown4(address, text);
        let replaced = match form {
            Spelling::Parted(separator) => replaced.replace('.', &separator.to_string()),
            Spelling::Padded => replaced.split('.').map(|octet| format!("{octet:0>3}")).collect::<Vec<_>>().join("."),
            _ => replaced,
        };
        Some((range, replaced))
    }

    /// Whether four numbers are an address wherever they stand: of a private range, or one that the case has by itself.
    fn is_near(&self, address: Ipv4Addr) -> bool {
        let [a, b, ..] = address.octets();
        address.is_private()
            || address.is_link_local()
            || (a == 100 && b & 0xc0 == 64)
            || self.dictionary.seen.addresses.contains(&address.into())
    }

    /// The replacement of an address as text: of the length that the text has, where nothing can move.
    pub(super) fn shown4(&mut self, address: Ipv4Addr, text: &str) -> String {
        let replaced = self.ip(address.into());
        let shown = replaced.to_string();
        let IpAddr::V4(replaced) = replaced else { return shown };
        if !self.fixed || shown.len() == text.len() {
            return shown;
        }
        let octets = address.octets();
        let fitted = octets.iter().zip(replaced.octets()).enumerate().map(|(at, (octet, new))| {
            let before = octets.get(..at).unwrap_or_default();
            self.octet(before, *octet, new).to_string()
        });
        fitted.collect::<Vec<_>>().join(".")
    }

    /// A number of an address with as many digits as it has: the right one, or one that follows from the key where that is longer or shorter.
    fn octet(&self, before: &[u8], octet: u8, new: u8) -> u8 {
        let digits = |octet: u8| octet.to_string().len();
        if !self.classes.addresses || digits(octet) == digits(new) {
            return if self.classes.addresses { new } else { octet };
        }
        let (first, many) = match octet {
            0..=9 => (0, 10),
            10..=99 => (10, 90),
            _ => (100, 156),
        };
        let number = self.key.number("octet", &[before, &[octet]].concat());
        let away = 1 + (number % (many - 1)) as u8;
        first + ((u64::from(octet - first) + u64::from(away)) % many) as u8
    }

    fn spelt6(&self, address: Ipv6Addr, replaced: IpAddr, text: &str) -> String {
        let shown = replaced.to_string();
        if !self.fixed || shown.len() == text.len() {
            return shown;
        }
        // Digit by digit, in groups as long as they were.
        let mut at = 0_u8;
        let digit = |c: char| {
            at = at.wrapping_add(1);
            let number = self.key.number("digit", &[&address.octets()[..], &[at]].concat());
            if c.is_ascii_hexdigit() { char::from_digit((number & 15) as u32, 16).unwrap_or(c) } else { c }
        };
        text.chars().map(digit).collect()
    }

    /// A name of the reverse tree (RFC 1035, 3.5; RFC 3596, 2.5): what it says is an address, or the first part of one. `None`
    /// where it is none. As long as before where nothing can move, and then only near to the address where its numbers have other lengths.
    pub(super) fn reverse_name(&mut self, name: &str) -> Option<String> {
        let labels: Vec<&str> = name.split('.').collect();
        let zone = labels.iter().rposition(|label| label.eq_ignore_ascii_case("in-addr") || label.eq_ignore_ascii_case("ip6"))?;
        if zone == 0 || !labels.get(zone + 1)?.eq_ignore_ascii_case("arpa") {
            return None;
        }
        let (zone_labels, tail) = labels.split_at(zone);
        let new: Vec<String> = if labels.get(zone)?.eq_ignore_ascii_case("ip6") {
            let digits: Vec<u32> = zone_labels
                .iter()
                .rev()
                .map(|label| u32::from_str_radix(label, 16).ok().filter(|_| label.len() == 1))
                .collect::<Option<_>>()?;
            let bits = digits.iter().chain(std::iter::repeat(&0)).take(32).fold(0_u128, |bits, digit| bits << 4 | u128::from(*digit));
            let IpAddr::V6(replaced) = self.ip(Ipv6Addr::from_bits(bits).into()) else { return None };
            let shown: Vec<String> = format!("{:032x}", replaced.to_bits()).chars().take(digits.len()).map(String::from).collect();
            shown.into_iter().rev().collect()
        } else {
            // The numbers next to the zone; before them may stand a service.
            let from = zone_labels.iter().rposition(|label| label.parse::<u8>().is_err()).map_or(0, |at| at + 1);
            let from = from.max(zone_labels.len().saturating_sub(4));
            let octets: Vec<u8> = zone_labels.get(from..)?.iter().rev().filter_map(|label| label.parse().ok()).collect();
            if octets.is_empty() {
                return None;
            }
            let mut whole = [0; 4];
            whole.iter_mut().zip(&octets).for_each(|(to, octet)| *to = *octet);
            let IpAddr::V4(replaced) = self.ip(Ipv4Addr::from(whole).into()) else { return None };
            let numbers = octets.iter().zip(replaced.octets()).enumerate().map(|(at, (octet, new))| {
                let new = if self.fixed { self.octet(octets.get(..at).unwrap_or_default(), *octet, new) } else { new };
                new.to_string()
            });
            let mut numbers: Vec<String> = numbers.collect();
            numbers.reverse();
            let before: Vec<String> = zone_labels.get(..from)?.iter().map(|label| self.label(label)).collect();
            before.into_iter().chain(numbers).collect()
        };
        // A search domain may stand behind.
        let search = tail.get(2..).unwrap_or_default().join(".");
        let behind = if search.is_empty() { String::new() } else { format!(".{}", self.host(&search)) };
        let stem = tail.get(..2)?.join(".");
        let dot = if tail.len() > 2 && search.is_empty() { "." } else { "" };
        Some(format!("{}.{stem}{behind}{dot}", new.join(".")))
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

/// Whether a dot and this make the name of a file with software, which is called after its release.
fn is_image(ending: &str) -> bool {
    let ending = ending.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    ["bin", "aes", "spa", "pkg", "img", "iso", "ova", "rpm", "smu", "qcow2"].iter().any(|image| ending.eq_ignore_ascii_case(image))
}

/// The end of what stands before a place, in lower case.
fn words_before(line: &str, at: usize) -> Option<String> {
    let from = at.saturating_sub(40);
    (from..=at).find_map(|from| line.get(from..at)).map(str::to_ascii_lowercase)
}

/// Whether what comes next is a release and no address.
pub(super) fn after_version(before: &str) -> bool {
    let near = words_before(before, before.len()).unwrap_or_default();
    let near = near.trim_end_matches([' ', '.', ':', '=', '"', '\'', '\t', 'v', '(']);
    ["version", "release", "software", "image", "build", "versions", "releases"].iter().any(|word| near.ends_with(word))
}

/// An Ethernet address without anything between its digits.
pub(super) fn twelve_digits(digits: &str) -> Option<[u8; 6]> {
    let pairs: Vec<&str> = (0..6).filter_map(|at| digits.get(at * 2..at * 2 + 2)).collect();
    six_bytes(&pairs).filter(|_| digits.len() == 12)
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
                    // Keys have no line that is longer; whatever this is, it ended.
                    let ended = line.len() > 100 || line.contains("-----BEGIN");
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

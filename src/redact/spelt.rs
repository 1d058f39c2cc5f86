//! Addresses as texts spell them: the forms in which they are read, and in which their replacements are written.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::Range;

use super::Redactor;
use super::numbers::{Form, Found};
use super::text::{after_version, beside, is_word, words_before};

/// Six bytes with colons between.
pub(super) fn colons(address: [u8; 6]) -> String {
    address.map(|byte| format!("{byte:02x}")).join(":")
}

impl Redactor {
    /// Something with colons: an Ethernet or IPv6 address, or neither (times, fingerprints).
    pub(super) fn colons(&mut self, line: &str, range: &Range<usize>) -> Option<String> {
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
    pub(super) fn mac_text(&mut self, line: &str, range: &Range<usize>) -> Option<String> {
        let text = line.get(range.clone())?;
        let digits: String = text.chars().filter(char::is_ascii_hexdigit).collect();
        if text.len() == 14 && text.contains('-') {
            return if text.contains('.') { None } else { self.mac_digits(line, range, text, &digits) };
        }
        self.mac_spelt(text, &digits)
    }

    /// Twelve digits are an Ethernet address, and eight an address of IPv4, where the case has it in another form.
    pub(super) fn hex(&mut self, line: &str, range: &Range<usize>) -> Option<String> {
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

    /// An address of IPv4: where it stands, and what comes there, which may be itself. `None` where it is none.
    pub(super) fn number(&mut self, line: &str, found: Found) -> Option<(Range<usize>, String)> {
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
            Form::Reversed(_) => {
                let end = range.end + ".in-addr.arpa".len();
                let replaced = self.reverse_name(line.get(range.start..end)?)?;
                return Some((range.start..end, replaced));
            }
            Form::Dotted => {
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
            Form::Tail if !self.dictionary.seen.addresses.contains(&address.into()) => return None,
            Form::Padded | Form::Parted(_) if !near => return None,
            _ => {}
        }
        if !self.classes.addresses {
            return same(range);
        }
        let replaced = self.shown4(address, text);
        let replaced = match form {
            Form::Parted(separator) => replaced.replace('.', &separator.to_string()),
            Form::Padded => replaced.split('.').map(|octet| format!("{octet:0>3}")).collect::<Vec<_>>().join("."),
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
}

/// Whether a dot and this make the name of a file with software, which is called after its release.
fn is_image(ending: &str) -> bool {
    let ending = ending.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    ["bin", "aes", "spa", "pkg", "img", "iso", "ova", "rpm", "smu", "qcow2"].iter().any(|image| ending.eq_ignore_ascii_case(image))
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

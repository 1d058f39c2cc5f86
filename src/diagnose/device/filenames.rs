//! What the names of files say of devices. Whoever collects from several devices into one folder writes the name of each into the
//! names of its files: `core1_show_version.txt`, `show_logging-core2 (1).log`, `10.1.1.2.log`.

use std::collections::{BTreeSet, HashMap};
use std::net::Ipv4Addr;

use super::names::FACTORY;

/// Words that say what a file is, of which command, which part, or when it was made; numbers may follow them.
const WORDS: &str = "after all archive before boot buffer bundle call cap capture captures case certificate certificates cfg cisco cli \
    collector conf config configuration console copy crypto csv customer data day debug diag diagnostic diagnostics doc \
    dump event eventlog events export file final gz history html image info inventory json lic licence license licensing \
    log logging logs mail message messages morning new night note notes old out output outputs packet packets page part pcap pcapng pki \
    platform post pre problem processes putty readme relay reload run running screen session sh show smart snapshot \
    startup status summary support sys syslog syslogs tac tcpdump tech techsupport terminal text ticket today trace trustpoint \
    trustpoints trustpool txt udi usage ver version xconf xconfig xml xstat xstatus yesterday";

const MONTHS: &str = "jan feb mar apr may jun jul aug sep oct nov dec";

/// What is left of the name of a file, in lower case, when all is taken away that says something else than whose it is. Empty where
/// nothing is left.
pub(super) fn owner(file: &str) -> String {
    let file = file.to_lowercase();
    if let Some(address) = address(&file) {
        return address;
    }
    let mut kept: Vec<&str> = Vec::new();
    // A number belongs to the word before it.
    let mut belongs = false;
    for token in file.split(|c: char| !c.is_alphanumeric()).filter(|token| !token.is_empty()) {
        let word = token.trim_end_matches(|c: char| c.is_ascii_digit());
        let is_number = word.is_empty();
        let counts = |kept: &[&str]| kept.last().is_some_and(|last| !last.ends_with(|c: char| c.is_ascii_digit()));
        belongs = if is_number { belongs && token.len() < 4 && counts(&kept) } else { !is_listed(word) };
        if belongs {
            kept.push(token);
        }
    }
    kept.join("-")
}

fn is_listed(word: &str) -> bool {
    WORDS.split(' ').chain(MONTHS.split(' ')).any(|listed| listed == word)
}

/// The IPv4 address that stands in a name.
pub(super) fn address(file: &str) -> Option<String> {
    let parts = file.split(|c: char| !c.is_ascii_digit() && c != '.');
    parts.map(|part| part.trim_matches('.')).find(|part| part.parse::<Ipv4Addr>().is_ok()).map(str::to_owned)
}

/// Whether two names are of one form and yet not the same: `sw1` and `sw2`, `fra-acc-01` and `muc-acc-02`. They are of two devices, while
/// of names that have nothing in common nobody knows what they mean.
pub(super) fn are_of_two(one: &str, other: &str) -> bool {
    let letters = |name: &str| name.replace(|c: char| c.is_ascii_digit(), "");
    let shares = || one.split('-').any(|token| other.split('-').any(|others| others == token));
    one != other && !one.is_empty() && shape(one) == shape(other) && (letters(one) == letters(other) || shares())
}

/// A name with each run of letters and of digits as one.
fn shape(name: &str) -> String {
    let mut shape = String::new();
    for c in name.chars() {
        let class = if c.is_ascii_digit() {
            '9'
        } else if c.is_alphabetic() {
            'a'
        } else {
            '-'
        };
        if !shape.ends_with(class) {
            shape.push(class);
        }
    }
    shape
}

/// Bytes of a file name that are looked at, from its end: no file system has more.
const NAME: usize = 255;

/// Devices by the words for which their names stand in names of files.
pub(super) struct Hosts<'g> {
    by_name: HashMap<&'g str, Option<&'g str>>,
    /// Bytes of the longest name.
    longest: usize,
}

impl<'g> Hosts<'g> {
    /// `keys` are host names in lower case.
    pub(super) fn new(keys: impl Iterator<Item = &'g str>) -> Self {
        let mut hosts = Self { by_name: HashMap::new(), longest: 0 };
        for key in keys {
            let label = key.split('.').next().filter(|_| key.parse::<Ipv4Addr>().is_err()).unwrap_or(key);
            for name in BTreeSet::from([key, label]) {
                // What is short stands in too many names, and what a device is called before it has a name says nothing.
                if name.len() >= 3 && !is_listed(name.trim_end_matches(|c: char| c.is_ascii_digit())) && !FACTORY.contains(&name) {
                    hosts.by_name.entry(name).and_modify(|known| *known = None).or_insert(Some(key));
                    hosts.longest = hosts.longest.max(name.len());
                }
            }
        }
        hosts
    }

    /// The device whose name, and no other's, stands in the name of a file.
    pub(super) fn named_by(&self, file: &str) -> Option<&'g str> {
        let file = file.to_lowercase();
        let file = (file.len().saturating_sub(NAME)..file.len()).find_map(|at| file.get(at..)).unwrap_or_default();
        let is_end = |at: usize| {
            let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
            is_word(file[..at].chars().next_back()) != is_word(file[at..].chars().next())
        };
        let ends: Vec<usize> = (0..=file.len()).filter(|at| file.is_char_boundary(*at) && is_end(*at)).collect();
        let mut found: BTreeSet<&str> = BTreeSet::new();
        let mut from = 0;
        for (at, &start) in ends.iter().enumerate() {
            let behind = ends.get(at + 1..).unwrap_or_default();
            let within = behind.partition_point(|end| end - start <= self.longest);
            // The longest name that begins here; none begins within it.
            let longest = behind.iter().take(within).rev().filter(|_| start >= from).find_map(|end| {
                let key = *self.by_name.get(&file[start..*end])?;
                (!goes_on(&file[*end..])).then_some((key, *end))
            });
            if let Some((key, end)) = longest {
                found.insert(key?);
                from = end;
            }
        }
        found.pop_first().filter(|_| found.is_empty())
    }
}

/// Whether a name is longer than what was found of it: `sw1-2` is another than `sw1`.
fn goes_on(rest: &str) -> bool {
    let Some(number) = rest.strip_prefix('-') else { return false };
    let digits = number.chars().take_while(char::is_ascii_digit).count();
    (1..4).contains(&digits) && !number[digits..].starts_with(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_of_a_name_is_its_owner() {
        for (file, expected) in [
            ("CORE1_show_version.txt", "core1"),
            ("show_logging-CORE2 (1).log", "core2"),
            ("20240410-CORE1-show_logging.txt", "core1"),
            ("sw1_2024-04-09.log", "sw1"),
            ("fra-acc-01_log.txt", "fra-acc-01"),
            ("10.1.1.2.log", "10.1.1.2"),
            ("sw-1.log", "sw-1"),
            ("sw1.log.2.gz", "sw1"),
            ("sw1_Apr10.txt", "sw1"),
            ("before.log", ""),
            ("log2.txt", ""),
            ("show_logging_part1.txt", ""),
            ("syslog.log.1", ""),
            ("messages-20240409", ""),
            ("show_tech-support_2.txt", ""),
        ] {
            assert_eq!(owner(file), expected, "{file}");
        }
    }

    #[test]
    fn names_of_one_form_are_of_two_devices() {
        for (one, other) in
            [("sw1", "sw2"), ("sw-a", "sw-b"), ("fra-acc-01", "muc-acc-02"), ("10.1.1.1", "10.1.1.2"), ("sw1-corp", "sw2-corp")]
        {
            assert!(are_of_two(one, other), "{one} {other}");
        }
        for (one, other) in [("sw1", "sw1"), ("", "sw1"), ("failure", "outage"), ("sw1", "failure"), ("sr695", "sw1")] {
            assert!(!are_of_two(one, other), "{one} {other}");
        }
    }

    #[test]
    fn a_host_is_a_word_of_a_name() {
        let hosts = Hosts::new(["core1", "core2.corp.example", "fra-acc-01", "sw", "switch", "log1", "fra-acc", "10.1.1.2"].into_iter());
        for (file, expected) in [
            ("core1_show_version.txt", Some("core1")),
            ("show_logging_CORE2.corp.example.txt", Some("core2.corp.example")),
            ("core2_log.txt", Some("core2.corp.example")),
            ("fra-acc-01_log.txt", Some("fra-acc-01")),
            ("core1-20240410.log", Some("core1")),
            ("core1_1.log", Some("core1")),
            ("10.1.1.2.log", Some("10.1.1.2")),
            ("core12.log", None),
            ("core1-2.log", None),
            ("core1_to_core2.log", None),
            ("sw_switch_log1.txt", None),
            ("コア1_core1.log", Some("core1")),
        ] {
            assert_eq!(hosts.named_by(file), expected, "{file}");
        }
    }
}

//! Learns which words of a case are names and ids, from the places where such stand: commands that set them, fields that
//! hold them, prompts, requests of a capture.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv6Addr};

use aho_corasick::AhoCorasick;
use regex::Regex;

use super::kept::Kept;
use super::names::Kind;
use super::numbers::{self, Form};
use super::{Classes, Dictionary, Seen, spelt, text};
use crate::report::model::Report;

/// Words that are kept; beyond, a case has no names but numbers.
const MOST: usize = 200_000;

/// One place where a name stands: in which group, of which kind.
struct Place {
    words: &'static [&'static str],
    pattern: &'static str,
    what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Host,
    /// A host if it is one word: dotted names show by themselves.
    Url,
    Domain,
    User,
    Id,
    Account,
    /// The full name of somebody, or of an organisation: several words.
    Person,
    Organisation,
}

const PLACES: &[Place] = &[
    Place { words: &["hostname", "switchname"], pattern: r#"(?i)^\W*(?:set\s+)?(?:hostname|switchname)\s+"?([\w.-]+)"#, what: What::Host },
    Place {
        words: &[
            "hostname",
            "host_name",
            "host name",
            "device_name",
            "devicename",
            "device name",
            "device id",
            "system name",
            "sysname",
            "instance name",
        ],
        pattern: r#"(?i)\b(?:udi_)?(?:host[_ ]?name|device[_ ]?name|device id|system name|sysname|instance name)\b\\?"?\s*[:=.]+\s*\\?"?([A-Za-z0-9][\w.-]*)"#,
        what: What::Host,
    },
    Place { words: &["ip host"], pattern: r"(?i)^\s*ip host (?:vrf \S+ )?([\w.-]+)\s+[\da-f]", what: What::Host },
    Place { words: &["://"], pattern: r#"(?i)\bhttps?://(?:[^@/\s"]*@)?([\w.-]+)"#, what: What::Url },
    Place { words: &["proxy-server"], pattern: r"(?i)\bproxy-server\s+([\w.-]+)", what: What::Url },
    Place {
        words: &["domain"],
        pattern: r"(?i)\b(?:ip domain[- ](?:name|list)|domain[- ]name|default domain(?: is)?)\s+(?:vrf \S+ )?(?:is\s+)?([\w-]+\.[\w.-]+)",
        what: What::Domain,
    },
    Place {
        words: &["#", ">"],
        pattern: r"(?i)^\s*(?:RP/\S+?:)?([a-z][\w.-]*)(?:\([\w-]+\))?[#>]\s?(?:sh|sho|show|conf|config|configure|lic|license|dir|more|term|terminal|en|enable|ping|copy|debug|exit|end|test|monitor|no)\b",
        what: What::Host,
    },
    Place { words: &["username "], pattern: r"(?i)^(?:\S*[#>])?\s*username\s+([\w.@+-]+)", what: What::User },
    Place { words: &["user"], pattern: r#"(?i)\buser(?:_?name)?\b\\?"?\s*[:=]\s*[\\"']*([A-Za-z0-9][\w.@+-]*)"#, what: What::User },
    Place { words: &["configured from"], pattern: r"(?i)\bconfigured from \S+ by ([\w.@+-]+)", what: What::User },
    Place { words: &[" by "], pattern: r"(?i)\bby\s+([\w.@+-]+)\s+(?:on|from)\s+(?:vty|con|tty|aux|http|\d)", what: What::User },
    Place { words: &[" has "], pattern: r"\bUser ([\w.@+-]+) has (?:exited|logged|been)", what: What::User },
    Place { words: &["for user", "for invalid"], pattern: r"(?i)\bfor\s+(?:invalid\s+)?user\s+'?([\w.@+-]+)", what: What::User },
    Place { words: &["password for", "publickey for"], pattern: r"(?i)\b(?:password|publickey) for ([\w.@+-]+) from", what: What::User },
    Place { words: &["sudo"], pattern: r"\bsudo(?:\[\d+\])?:\s+([\w.@+-]+) :", what: What::User },
    Place { words: &["/home/"], pattern: r"/home/([\w.@+-]+)", what: What::User },
    Place { words: &["login as", "login:"], pattern: r"(?i)\blogin(?: as)?:\s*([\w.@+-]+)", what: What::User },
    Place {
        words: &["sn", "s/n", "serial", "board id", "udi"],
        pattern: r#"(?i)\b(?:SN|S/N|UDI_SN|udi_serial_number|serial(?:[ _-]?(?:number|num|no))?|serialnumber|board id)\b\\?"?(?:\s+is)?[\s:=.,(\\"']{0,30}([A-Z0-9]{6,20})\b"#,
        what: What::Id,
    },
    Place { words: &["polling id"], pattern: r"(?i)\bpolling id\W{0,4}(\d{5,20})\b", what: What::Id },
    Place {
        words: &["account"],
        pattern: r#"(?i)\b(?:smart|virtual)[ _-]?account(?:[ _-]?name)?\\?"?\s*[:=]\s*\\?"?([A-Za-z0-9][^"\\,;<>|\r\n]{1,80}?)\s*(?:[",;<>|\\]|As of\b|$)"#,
        what: What::Account,
    },
    Place { words: &["/v1/pi/"], pattern: r"(?i)/v1/pi/([\w.-]+)", what: What::Account },
    Place { words: &["\\users\\"], pattern: r"(?i)\\users\\([\w.@+-]+)", what: What::User },
    Place { words: &["<"], pattern: r#"([A-Z][\w'-]+(?: [A-Z][\w'.-]*){1,3})"? ?<[\w.+-]+@[\w.-]+>"#, what: What::Person },
    Place { words: &["o="], pattern: r#"(?:^|[\s,;"'/(<])[oO]\s*=\s*([^,;"'<>|/\\=\r\n]{2,128})"#, what: What::Organisation },
];

/// Gathers names.
pub struct Collector {
    gate: AhoCorasick,
    /// For every word of the gate its place.
    of: Vec<usize>,
    patterns: Vec<Regex>,
    words: BTreeMap<(String, Kind), ()>,
    /// Dotted words that end as names do, in lower case.
    names: BTreeSet<String>,
    listed: Kept,
    forms: Forms,
    seen: Seen,
}

/// What shows by its form.
struct Forms {
    login: Regex,
    dotted: Regex,
    mac: Regex,
    six: Regex,
}

impl std::fmt::Debug for Collector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Collector").field("words", &self.words.len()).finish_non_exhaustive()
    }
}

impl Default for Collector {
    fn default() -> Self {
        Self::new()
    }
}

impl Collector {
    /// Knows nothing yet.
    #[expect(clippy::expect_used, reason = "constant patterns")]
    pub fn new() -> Self {
        let (mut words, mut of): (Vec<&str>, Vec<usize>) = (Vec::new(), Vec::new());
        for (at, place) in PLACES.iter().enumerate() {
            words.extend(place.words);
            of.extend(std::iter::repeat_n(at, place.words.len()));
        }
        let gate = AhoCorasick::builder().ascii_case_insensitive(true).build(&words).expect("a few short words");
        let patterns = PLACES.iter().map(|place| Regex::new(place.pattern).expect("constant")).collect();
        let regex = |pattern: &str| Regex::new(pattern).expect("constant");
        let forms = Forms {
            login: regex(r"([A-Za-z0-9_][\w.+-]*)@([\w-]+(?:\.[\w-]+)*)"),
            dotted: regex(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.[A-Za-z]{2,11}\b"),
            mac: regex(
                r"[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}|(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}|(?:[0-9A-Fa-f]{2}-){5}[0-9A-Fa-f]{2}",
            ),
            six: regex(r"[0-9A-Fa-f]*:[0-9A-Fa-f:]*:[0-9A-Fa-f]*"),
        };
        let (words, names, seen) = (BTreeMap::new(), BTreeSet::new(), Seen::default());
        Self { gate, of, patterns, words, names, listed: Kept::listed(), forms, seen }
    }

    /// Learns from a line of text.
    pub fn line(&mut self, line: &str) {
        self.by_form(line);
        let mut open = 0_u32;
        for hit in self.gate.find_overlapping_iter(line) {
            open |= self.of.get(hit.pattern().as_usize()).map_or(0, |place| 1 << place);
        }
        if open == 0 {
            return;
        }
        let mut found = Vec::new();
        for (at, (place, pattern)) in PLACES.iter().zip(&self.patterns).enumerate() {
            if open & (1 << at) != 0 {
                found.extend(pattern.captures_iter(line).filter_map(|groups| groups.get(1)).map(|group| (place.what, group.as_str())));
            }
        }
        for (what, text) in found {
            self.learn(what, text);
        }
    }

    fn learn(&mut self, what: What, text: &str) {
        let text = text.trim().trim_end_matches(['.', '-', ':']);
        match what {
            What::Host => self.host(text),
            What::Url if !text.contains('.') => self.host(text),
            What::Url => {}
            What::Domain => self.domain(text),
            What::User => {
                let name = text.split('@').next().unwrap_or_default();
                if name.len() > 2 && name.bytes().any(|byte| byte.is_ascii_alphabetic()) {
                    self.add(name, Kind::User);
                }
            }
            What::Id => {
                let number = text.bytes().any(|byte| byte.is_ascii_digit());
                let empty = text.bytes().all(|byte| byte == b'0');
                if number && !empty && text.len() > 4 {
                    self.add(text, Kind::Id);
                }
            }
            What::Account => {
                self.add(text, Kind::Organisation);
                for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 3 && !is_number(word)) {
                    self.add(word, Kind::Organisation);
                }
            }
            What::Person => self.add(text, Kind::User),
            What::Organisation if text.contains(' ') => self.add(text, Kind::Organisation),
            What::Organisation => {}
        }
    }

    /// Learns what shows by its form: addresses, names with dots, logins.
    fn by_form(&mut self, line: &str) {
        let has = |byte: u8| memchr::memchr(byte, line.as_bytes()).is_some();
        let (dot, colon) = (has(b'.'), has(b':'));
        if self.seen.addresses.len() < MOST {
            for found in if dot { numbers::addresses(line) } else { Vec::new() } {
                let glued = line.get(found.range.end..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()));
                if found.form != Form::Dotted || glued {
                    continue;
                }
                if text::after_version(line.get(..found.range.start).unwrap_or_default()) {
                    self.seen.releases.insert(found.address);
                } else {
                    self.seen.addresses.insert(found.address.into());
                }
            }
            for six in if colon { self.forms.six.find_iter(line).collect() } else { Vec::new() } {
                let text = six.as_str();
                let text = text.strip_suffix(':').filter(|rest| !rest.ends_with(':')).unwrap_or(text);
                if let Ok(address) = text.parse::<Ipv6Addr>() {
                    self.seen.addresses.insert(address.into());
                }
            }
        }
        if (dot || colon || has(b'-')) && self.seen.macs.len() < MOST {
            let alone = |mac: &regex::Match<'_>| {
                let beside = |at: Option<&u8>| at.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b':');
                let bytes = line.as_bytes();
                !beside(mac.start().checked_sub(1).and_then(|at| bytes.get(at))) && !beside(bytes.get(mac.end()))
            };
            for mac in self.forms.mac.find_iter(line).filter(alone) {
                let digits: String = mac.as_str().chars().filter(char::is_ascii_hexdigit).collect();
                self.seen.macs.extend(spelt::twelve_digits(&digits));
            }
        }
        if dot && self.names.len() < MOST {
            for name in self.forms.dotted.find_iter(line).map(|name| name.as_str()) {
                if self.listed.is_name(name) && !self.names.contains(name) {
                    self.names.insert(name.to_ascii_lowercase());
                }
            }
        }
        if has(b'@') {
            let logins: Vec<(String, String)> =
                self.forms.login.captures_iter(line).map(|login| (login[1].to_owned(), login[2].to_ascii_lowercase())).collect();
            for (user, host) in logins {
                let labels: Vec<String> = host.split('.').map(str::to_owned).collect();
                // `timeQuality@32473` is the name of a field.
                if !is_number(&host) && self.listed.public(&labels) < labels.len() {
                    self.learn(What::User, &user);
                }
            }
        }
    }

    /// Labels of dotted names, as far as those are not public.
    fn labels(&self, kept: &Kept) -> BTreeSet<&str> {
        let mut labels = BTreeSet::new();
        for name in &self.names {
            let all: Vec<String> = name.split('.').map(str::to_owned).collect();
            let own = name.split('.').take(all.len().saturating_sub(1)).skip(kept.public(&all));
            labels.extend(own.filter(|label| label.len() > 2 && !is_number(label) && !label.starts_with('_')));
        }
        labels
    }

    /// Learns the name of a host: its first label, and the domain behind.
    pub fn host(&mut self, name: &str) {
        if name.parse::<IpAddr>().is_ok() || name.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
            return;
        }
        let (first, domain) = name.split_once('.').unwrap_or((name, ""));
        if first.len() > 1 && first.bytes().any(|byte| byte.is_ascii_alphabetic()) {
            self.add(first, Kind::Host);
        }
        self.domain(domain);
    }

    fn domain(&mut self, domain: &str) {
        for label in domain.split('.').filter(|label| label.len() > 3) {
            self.add(label, Kind::Host);
        }
    }

    fn add(&mut self, word: &str, kind: Kind) {
        if self.words.len() < MOST && word.len() > 1 {
            self.words.insert((word.to_ascii_lowercase(), kind), ());
        }
    }

    /// Learns from a report: devices and their facts, names asked for in captures, quoted lines.
    pub fn report(&mut self, report: &Report) {
        for device in &report.devices {
            // The id of a device without a name is the path of a file.
            device.hostname.iter().for_each(|name| self.host(name));
            if let Some(serial) = &device.serial {
                self.learn(What::Id, serial);
            }
        }
        for artifact in &report.artifacts {
            self.line(&artifact.path);
        }
        for finding in &report.findings {
            for evidence in finding.evidence.iter().chain(&finding.contradictions) {
                self.line(&evidence.excerpt);
            }
        }
        for line in &report.unexplained {
            self.line(&line.excerpt);
        }
    }

    /// What is to be looked for in every text.
    pub(super) fn dictionary(&self, kept: &Kept, classes: Classes) -> Dictionary {
        let mut all: BTreeSet<(&str, Kind)> = self.words.keys().map(|(word, kind)| (word.as_str(), *kind)).collect();
        all.extend(self.labels(kept).into_iter().map(|label| (label, Kind::Host)));
        // Of a name in which rules look for a word, the other words are what tells somebody.
        let names: Vec<&str> = all.iter().filter(|(_, kind)| *kind == Kind::Host).map(|(word, _)| *word).collect();
        for name in names.into_iter().filter(|name| name.split(['-', '_']).any(|part| kept.is_part(part))) {
            let parts = name.split(['-', '_']).filter(|part| part.len() > 3 && !is_number(part) && !kept.is_part(part));
            all.extend(parts.map(|part| (part, Kind::Host)));
        }
        let mut words: Vec<(String, Kind)> = Vec::new();
        for (word, kind) in all {
            let wanted = match kind {
                Kind::Host => classes.hosts && !kept.is_common(word) && !kept.is_top(word),
                Kind::User => classes.users && !kept.is_account(word),
                Kind::Id => classes.ids && !kept.is_common(word),
                Kind::Organisation => {
                    let said = |word: &str| is_number(word) || word.len() < 3 || kept.is_title(word) || kept.is_account(word);
                    classes.ids && !word.split(|c: char| !c.is_alphanumeric()).all(said)
                }
                Kind::Address => false,
            };
            // One word is one thing: the first kind of several.
            if wanted && words.last().is_none_or(|(last, _)| last != word) {
                words.push((word.to_owned(), kind));
            }
        }
        Dictionary { words, seen: self.seen.clone() }
    }
}

fn is_number(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit())
}

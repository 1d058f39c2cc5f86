//! Learns which words of a case are names and ids, from the places where such stand: commands that set them, fields that
//! hold them, prompts, requests of a capture.

use std::collections::BTreeMap;
use std::net::IpAddr;

use aho_corasick::AhoCorasick;
use regex::Regex;

use super::kept::Kept;
use super::names::Kind;
use super::{Classes, Dictionary};
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
}

const PLACES: &[Place] = &[
    Place { words: &["hostname", "switchname"], pattern: r#"(?i)^\W*(?:set\s+)?(?:hostname|switchname)\s+"?([\w.-]+)"#, what: What::Host },
    Place {
        words: &["hostname", "host_name", "host name", "device_name", "devicename", "device name", "device id", "system name", "sysname"],
        pattern: r#"(?i)\b(?:udi_)?(?:host[_ ]?name|device[_ ]?name|device id|system name|sysname)\b\\?"?\s*[:=.]+\s*\\?"?([A-Za-z0-9][\w.-]*)"#,
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
];

/// Gathers names.
pub struct Collector {
    gate: AhoCorasick,
    /// For every word of the gate its place.
    of: Vec<usize>,
    patterns: Vec<Regex>,
    words: BTreeMap<(String, Kind), ()>,
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
        Self { gate, of, patterns, words: BTreeMap::new() }
    }

    /// Learns from a line of text.
    pub fn line(&mut self, line: &str) {
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
            What::Account => self.add(text, Kind::Organisation),
        }
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
            for name in device.hostname.iter().chain([&device.id]) {
                self.host(name);
            }
            if let Some(serial) = &device.serial {
                self.learn(What::Id, serial);
            }
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
        let mut words: Vec<(String, Kind)> = Vec::new();
        for (word, kind) in self.words.keys() {
            let wanted = match kind {
                Kind::Host => classes.hosts && !kept.is_common(word) && !kept.is_top(word),
                Kind::User => classes.users && !kept.is_account(word),
                Kind::Id => classes.ids && !kept.is_common(word),
                Kind::Organisation => classes.ids && !kept.is_account(word),
                Kind::Address => false,
            };
            // One word is one thing: the first kind of several.
            if wanted && words.last().is_none_or(|(last, _)| last != word) {
                words.push((word.clone(), *kind));
            }
        }
        Dictionary { words }
    }
}

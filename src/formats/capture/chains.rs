//! What certificate messages say, remembered: in most captures the same few chains come again with every connection.

use std::collections::HashMap;
use std::rc::Rc;

use super::CaptureLimits;
use super::handshake::{self, Chain};
use super::hash::Keyed;
use super::words::{BETWEEN, Fields, cut_name};
use crate::formats::certificate::Certificate;

/// Bytes of all messages that are remembered, and of the longest.
const REMEMBERED: usize = 2 << 20;
const LONGEST: usize = 64 << 10;

/// Reads certificate messages, or knows them.
pub(super) struct Chains<'a> {
    pub(super) limits: &'a CaptureLimits,
    known: HashMap<Box<[u8]>, Rc<Told>, Keyed>,
    bytes: usize,
}

/// What events tell of one certificate message.
#[derive(Debug, PartialEq)]
pub(super) struct Told {
    /// The message has no certificate at all.
    pub(super) empty: bool,
    pub(super) names: Rc<Names>,
    /// All but who sent it.
    pub(super) fields: Fields,
    pub(super) text: String,
    /// Certificates beyond the limit `chain`.
    pub(super) beyond: usize,
    /// Certificates longer than the limit `certificate`.
    pub(super) long: usize,
}

/// Subjects and issuers of a chain, each in the order of the message, cut to what events carry and joined.
#[derive(Debug, PartialEq)]
pub(super) struct Names {
    count: usize,
    pub(super) subjects: String,
    pub(super) issuers: String,
    /// From when to when all of them are valid, in seconds since 1970; `None` where there is none.
    valid: Option<(i64, i64)>,
}

impl<'a> Chains<'a> {
    pub(super) fn new(limits: &'a CaptureLimits) -> Self {
        Self { limits, known: HashMap::default(), bytes: 0 }
    }

    /// Reads the body of a whole message.
    pub(super) fn read(&mut self, body: &[u8]) -> Rc<Told> {
        if let Some(told) = self.known.get(body) {
            return Rc::clone(told);
        }
        let told = Rc::new(Told::of(&handshake::chain(body, self.limits), self.limits));
        if body.len() <= LONGEST {
            if self.bytes + body.len() > REMEMBERED {
                self.known.clear();
                self.bytes = 0;
            }
            self.bytes += body.len();
            self.known.insert(body.into(), Rc::clone(&told));
        }
        told
    }
}

impl Names {
    fn of(certificates: &[&Certificate]) -> Self {
        let list = |name: fn(&Certificate) -> &str| certificates.iter().map(|one| cut_name(name(one))).collect::<Vec<_>>().join(BETWEEN);
        let dates = |one: &&Certificate| Some((one.not_before.unix_seconds()?, one.not_after.unix_seconds()?));
        let common = |(from, to): (i64, i64), (begin, end): (i64, i64)| (from.max(begin), to.min(end));
        let valid = certificates.iter().filter_map(dates).reduce(common);
        Self { count: certificates.len(), subjects: list(|one| &one.subject), issuers: list(|one| &one.issuer), valid }
    }

    /// Whether all of them are valid at that second; `None` where there is none.
    pub(super) fn are_valid(&self, seconds: i64) -> Option<bool> {
        self.valid.map(|(from, to)| (from..=to).contains(&seconds))
    }

    /// Bytes held.
    pub(super) fn held(&self) -> usize {
        self.subjects.len() + self.issuers.len()
    }

    /// The members of one of its lists.
    pub(super) fn each<'n>(&self, list: &'n str) -> impl Iterator<Item = &'n str> {
        list.split(BETWEEN).take(self.count)
    }
}

/// Whether one of the names of a certificate is that of a host; a star stands for the first label (RFC 6125, 6.4.3).
pub(super) fn carries(names: &[&str], host: &str) -> bool {
    let host = host.trim_end_matches('.');
    let is_host = |name: &&str| {
        let rest = host.split_once('.').map_or("", |(_, rest)| rest);
        name.eq_ignore_ascii_case(host) || name.strip_prefix("*.").is_some_and(|name| !rest.is_empty() && name.eq_ignore_ascii_case(rest))
    };
    names.iter().any(is_host)
}

impl Told {
    /// The alternative names of the leaf; `None` where it states none.
    pub(super) fn leaf_names(&self) -> Option<Vec<&str>> {
        let (_, names) = self.fields.iter().find(|(field, _)| *field == "leaf_names")?;
        Some(names.split(' ').collect()).filter(|_| !names.is_empty())
    }

    pub(super) fn of(chain: &Chain, limits: &CaptureLimits) -> Self {
        let known: Vec<&Certificate> = chain.certificates.iter().flatten().collect();
        let names = Names::of(&known);
        let list = |value: fn(&Certificate) -> String| known.iter().map(|certificate| value(certificate)).collect::<Vec<_>>().join(BETWEEN);
        let mut fields: Fields = vec![
            ("count", chain.certificates.len().to_string()),
            ("subjects", names.subjects.clone()),
            ("issuers", names.issuers.clone()),
            ("serials", list(|certificate| certificate.serial.clone())),
            ("not_afters", list(Certificate::not_after_text)),
            ("sha256s", list(|certificate| certificate.sha256.clone())),
            ("sha1s", list(|certificate| certificate.sha1.clone())),
        ];
        if known.len() > 1 {
            let linked = known.windows(2).all(|pair| matches!(pair, [below, above] if below.issuer == above.subject));
            fields.push(("linked", if linked { "yes" } else { "no" }.to_owned()));
        }
        let mut text = String::new();
        if let Some(Ok(leaf)) = chain.certificates.first() {
            fields.extend([
                ("leaf_not_before", leaf.not_before.rfc3339().unwrap_or_default()),
                ("leaf_not_after", leaf.not_after.rfc3339().unwrap_or_default()),
                ("leaf_names", leaf.names.iter().map(|name| cut_name(name)).collect::<Vec<_>>().join(" ")),
                ("leaf_key_usage", leaf.key_usage.join(" ")),
                ("self_signed", if leaf.self_signed { "yes" } else { "no" }.to_owned()),
            ]);
            text.push_str(&format!(": subject \"{}\", issuer \"{}\"", cut_name(&leaf.subject), cut_name(&leaf.issuer)));
        }
        text.push_str(&match chain.certificates.len() {
            0 if chain.is_partial() => ": no certificate of it could be read".to_owned(),
            0 => ": empty, no certificate".to_owned(),
            1 => ", 1 certificate".to_owned(),
            count => format!(", {count} certificates"),
        });
        if let Some(reason) = chain.certificates.iter().find_map(|certificate| certificate.as_ref().err()) {
            let unreadable = chain.certificates.len() - known.len();
            fields.push(("unreadable", unreadable.to_string()));
            text.push_str(&format!(", {unreadable} of them unreadable ({reason})"));
        }
        if chain.is_partial() {
            fields.push(("cut", "yes".to_owned()));
        }
        if chain.beyond > 0 {
            text.push_str(&format!(", {} more are beyond the limit `chain` of {}", chain.beyond, limits.chain));
        }
        if chain.cut {
            text.push_str(", the rest is missing");
        }
        let empty = chain.certificates.is_empty() && !chain.is_partial();
        Self { empty, names: Rc::new(names), fields, text, beyond: chain.beyond, long: chain.long }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_carries_a_name_or_its_star() {
        // RFC 6125, 6.4.3: the star is one whole label.
        for (names, host, expected) in [
            (&["ssm.corp.example"][..], "SSM.corp.example.", true),
            (&["old.corp.example", "ssm.corp.example"], "ssm.corp.example", true),
            (&["*.corp.example"], "ssm.corp.example", true),
            (&["*.corp.example"], "a.ssm.corp.example", false),
            (&["*.corp.example"], "corp.example", false),
            (&["ssm"], "ssm.corp.example", false),
            (&["*."], "ssm", false),
        ] {
            assert_eq!(carries(names, host), expected, "{names:?} {host}");
        }
    }

    #[test]
    fn a_message_is_known_again_and_memory_is_bounded() {
        let limits = CaptureLimits::default();
        let mut chains = Chains::new(&limits);
        let (none, odd) = ([0, 0, 0], [0, 0, 5, 0, 0, 2, 1, 2]);
        let first = chains.read(&none);
        assert!(first.empty && Rc::ptr_eq(&first, &chains.read(&none)));
        let unreadable = chains.read(&odd);
        assert!(!unreadable.empty && Rc::ptr_eq(&unreadable, &chains.read(&odd)) && !Rc::ptr_eq(&unreadable, &first));
        for number in 0..u16::MAX {
            let mut body = vec![0; 100];
            body[3..5].copy_from_slice(&number.to_be_bytes());
            chains.read(&body);
            assert!(chains.bytes <= REMEMBERED);
        }
        assert_eq!(chains.known.keys().map(|body| body.len()).sum::<usize>(), chains.bytes);
    }

    #[test]
    fn names_come_back_as_they_went_in() {
        for (count, list, expected) in [(0, "", vec![]), (1, "", vec![""]), (2, "CN=a | CN=b", vec!["CN=a", "CN=b"])] {
            let names = Names { count, subjects: list.to_owned(), issuers: String::new(), valid: None };
            assert_eq!(names.each(&names.subjects).collect::<Vec<_>>(), expected);
        }
    }
}

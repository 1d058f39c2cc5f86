//! Makes a case shareable: addresses, names and ids are replaced, the same everywhere, and secrets masked. Texts are
//! rewritten line by line, captures packet by packet, archives member by member, each bounded in memory.
//!
//! Replacing has two rounds. [`Collector`] reads the case and learns which words are names of hosts, of users, of
//! organisations, and which are ids; no line shows that for itself. [`Redactor`] then replaces them wherever they stand,
//! together with what shows by its form: addresses, dotted names, mail addresses, Cisco serial numbers, UUIDs.
//!
//! What a diagnosis needs stays: the words and hosts that rules look for, public names, times, releases, product ids,
//! certificates of public makers. Certificates that name the customer keep their structure and lose the names.

mod address;
mod archive;
mod capture;
mod certificate;
mod collect;
mod kept;
mod key;
mod names;
mod numbers;
mod proof;
mod report;
mod spelt;
mod statistics;
mod text;

use std::collections::BTreeSet;
use std::net::IpAddr;

use aho_corasick::AhoCorasick;

pub use archive::{Learn, Rebuild, Shelf};
pub use collect::Collector;
pub use key::Key;
pub use names::Kind;
pub use proof::differences;
pub use report::report;
pub use statistics::Statistics;

use crate::rules::library::Library;
use crate::scan::mask::Masker;

/// What to replace. Secrets are masked always.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Classes {
    /// Serial numbers, instance and polling ids, names of accounts.
    pub ids: bool,
    /// IP and Ethernet addresses.
    pub addresses: bool,
    /// Names of hosts and domains.
    pub hosts: bool,
    /// Names of users.
    pub users: bool,
}

impl Classes {
    /// Everything.
    pub const ALL: Self = Self { ids: true, addresses: true, hosts: true, users: true };
    /// Nothing but secrets.
    pub const NONE: Self = Self { ids: false, addresses: false, hosts: false, users: false };
}

/// Names of the case that are looked for in every text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Dictionary {
    /// In lower case and in order, each with what it is.
    words: Vec<(String, Kind)>,
    seen: Seen,
}

/// Addresses that stand in the case in a form that leaves no doubt: the same in any other form is one as well.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    addresses: BTreeSet<IpAddr>,
    macs: BTreeSet<[u8; 6]>,
    /// Releases of four numbers.
    releases: BTreeSet<std::net::Ipv4Addr>,
}

/// Replaces.
#[derive(Debug)]
pub struct Redactor {
    classes: Classes,
    key: Key,
    kept: kept::Kept,
    names: names::Names,
    addresses: address::Addresses,
    masker: Masker,
    forms: text::Forms,
    dictionary: Dictionary,
    finder: Option<AhoCorasick>,
    /// What is written now cannot change its length.
    fixed: bool,
    /// What was done.
    pub statistics: Statistics,
}

impl Redactor {
    /// Replaces what the collector learnt, with a key.
    pub fn new(library: &Library, classes: Classes, key: &Key, collected: &Collector) -> Self {
        let kept = kept::Kept::of(library);
        let mut names = names::Names::new(key.clone());
        let dictionary = collected.dictionary(&kept, classes);
        for (word, _) in &dictionary.words {
            names.avoid(word);
        }
        let words = dictionary.words.iter().map(|(word, _)| word);
        let finder = AhoCorasick::builder().ascii_case_insensitive(true).build(words).ok();
        let addresses = address::Addresses::new(key.clone(), kept.addresses.clone());
        let masker = Masker::new();
        let key = key.clone();
        Self {
            classes,
            key,
            kept,
            names,
            addresses,
            masker,
            forms: text::Forms::new(),
            dictionary,
            finder,
            fixed: false,
            statistics: Statistics::default(),
        }
    }

    fn ip(&mut self, address: IpAddr) -> IpAddr {
        if !self.classes.addresses {
            return address;
        }
        let replaced = self.addresses.ip(address);
        if replaced != address {
            self.statistics.replaced(Kind::Address, &address.to_string(), &replaced.to_string());
        }
        replaced
    }

    /// The 4 or 16 bytes of an IP address, in place. True where they changed.
    fn address_bytes(&mut self, bytes: &mut [u8]) -> bool {
        let address: IpAddr = match (<[u8; 4]>::try_from(&*bytes), <[u8; 16]>::try_from(&*bytes)) {
            (Ok(four), _) => four.into(),
            (_, Ok(six)) => six.into(),
            _ => return false,
        };
        let replaced = self.ip(address);
        match replaced {
            IpAddr::V4(replaced) => bytes.copy_from_slice(&replaced.octets()),
            IpAddr::V6(replaced) => bytes.copy_from_slice(&replaced.octets()),
        }
        replaced != address
    }

    fn mac(&mut self, address: [u8; 6]) -> [u8; 6] {
        if !self.classes.addresses {
            return address;
        }
        let replaced = self.addresses.mac(address);
        if replaced != address {
            self.statistics.replaced(Kind::Address, &spelt::colons(address), &spelt::colons(replaced));
        }
        replaced
    }

    fn name(&mut self, kind: Kind, name: &str) -> String {
        let replaced = self.names.replacement(kind, name);
        self.statistics.replaced(kind, &name.to_ascii_lowercase(), &replaced);
        replaced
    }

    /// One label of a host name; as long as before.
    fn label(&mut self, label: &str) -> String {
        let folded = label.to_ascii_lowercase();
        if let Some(kind) = self.known(&folded).filter(|kind| *kind != Kind::Host) {
            return self.name(kind, label);
        }
        // Nobody is known by the two letters of a country or a site.
        let short =
            label.len() < 2 || (label.len() == 2 && folded.bytes().all(|byte| byte.is_ascii_alphabetic()) && !self.is_host(&folded));
        if !self.classes.hosts || short || label.starts_with('_') || self.kept.is_common(&folded) || !label.is_ascii() {
            return label.to_owned();
        }
        // What rules look for in names may be a part of one: `ssm` of `ssm-acme-01`.
        if folded.split(['-', '_']).any(|part| self.kept.is_part(part)) {
            let mut replaced = String::with_capacity(label.len());
            for piece in folded.split_inclusive(['-', '_']) {
                let part = piece.trim_end_matches(['-', '_']);
                let number = part.len() < 4 && part.bytes().all(|byte| byte.is_ascii_digit());
                let stays = part.len() < 2 || number || self.kept.is_part(part) || self.kept.is_common(part);
                replaced.push_str(&if stays { part.to_owned() } else { self.name(Kind::Host, part) });
                replaced.push_str(piece.get(part.len()..).unwrap_or_default());
            }
            return replaced;
        }
        self.name(Kind::Host, &folded)
    }

    /// A host name, dotted or not; every label as long as before. Public names stay. An address is replaced as one.
    pub(crate) fn host(&mut self, name: &str) -> String {
        if let Ok(address) = name.parse::<std::net::Ipv4Addr>() {
            return self.shown4(address, name);
        }
        if let Some(reversed) = self.reverse_name(name) {
            return reversed;
        }
        let labels: Vec<String> = name.split('.').map(str::to_ascii_lowercase).collect();
        let last = labels.iter().rposition(|label| !label.is_empty()).unwrap_or(0);
        let public = self.kept.public(&labels);
        let replaced: Vec<String> = name
            .split('.')
            .zip(&labels)
            .enumerate()
            .map(|(at, (label, folded))| {
                let known = self.known(folded).is_some();
                let top = at == last && at > 0 && self.kept.is_top(folded);
                if (at < public || top) && !known { label.to_owned() } else { self.label(label) }
            })
            .collect();
        replaced.join(".")
    }

    /// What a word, in lower case, is in this case.
    fn known(&self, folded: &str) -> Option<Kind> {
        let words = &self.dictionary.words;
        words.binary_search_by(|(word, _)| word.as_str().cmp(folded)).ok().and_then(|at| words.get(at)).map(|(_, kind)| *kind)
    }

    /// Whether a host is everybody's: what its paths hold is as well.
    pub(crate) fn is_public(&self, host: &str) -> bool {
        let labels: Vec<String> = host.split('.').map(str::to_ascii_lowercase).collect();
        !host.is_empty() && self.kept.public(&labels) == labels.len()
    }

    /// Whether a word came here in place of another.
    fn is_replacement(&self, word: &str) -> bool {
        self.names.is_given(word)
    }

    fn is_host(&self, folded: &str) -> bool {
        self.known(folded) == Some(Kind::Host)
    }

    /// Does something where nothing can change its length.
    fn at_length<R>(&mut self, work: impl FnOnce(&mut Self) -> R) -> R {
        let before = std::mem::replace(&mut self.fixed, true);
        let done = work(self);
        self.fixed = before;
        done
    }

    /// A path or the name of a file: what stands in it like a word is replaced.
    pub fn path(&mut self, path: &str) -> String {
        let mut path = path.to_owned();
        for (range, address) in numbers::dashed(&path).into_iter().rev() {
            if self.dictionary.seen.addresses.contains(&address.into()) {
                let replaced = self.ip(address.into()).to_string().replace(':', "-");
                path.replace_range(range, &replaced);
            }
        }
        self.line(&path).into_owned()
    }
}

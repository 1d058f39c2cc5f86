//! Replacements of names and ids: as long as what they replace, of the same form, and never two for one or one for two.
//! The same length keeps columns, packets and offsets where they are.

use std::collections::{HashMap, HashSet};

use super::key::Key;

/// What is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A label of a host name.
    Host,
    /// A user.
    User,
    /// A serial number, an instance, a polling id.
    Id,
    /// An organisation, an account, a word of a distinguished name.
    Organisation,
    /// An IP or Ethernet address.
    Address,
}

impl Kind {
    /// The word for it in statistics and the private map.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::User => "user",
            Self::Id => "id",
            Self::Organisation => "organisation",
            Self::Address => "address",
        }
    }
}

/// Replacements that are kept apart from each other. Beyond, only chance keeps them apart.
const REMEMBERED: usize = 1 << 20;
/// Tries to find a replacement that is not taken.
const TRIES: u32 = 4096;

/// Gives each name its replacement.
#[derive(Debug)]
pub(super) struct Names {
    key: Key,
    given: HashMap<(Kind, String), String>,
    taken: HashSet<String>,
    /// Names of the case: no replacement looks like one.
    avoid: HashSet<String>,
}

impl Names {
    pub(super) fn new(key: Key) -> Self {
        Self { key, given: HashMap::new(), taken: HashSet::new(), avoid: HashSet::new() }
    }

    /// Says that this stands in the case.
    pub(super) fn avoid(&mut self, name: &str) {
        if self.avoid.len() < REMEMBERED {
            self.avoid.insert(name.to_ascii_lowercase());
        }
    }

    /// Whether a word replaces another.
    pub(super) fn is_given(&self, word: &str) -> bool {
        self.taken.contains(&word.to_ascii_lowercase())
    }

    /// The replacement of a name: case does not tell names apart. Names of hosts and users come back in lower case, ids in the case
    /// they have.
    pub(super) fn replacement(&mut self, kind: Kind, name: &str) -> String {
        let folded = name.to_ascii_lowercase();
        if let Some(known) = self.given.get(&(kind, folded.clone())) {
            return cased(kind, name, known);
        }
        let mut candidate = String::new();
        for attempt in 0..TRIES {
            candidate = self.candidate(kind, &folded, attempt);
            if candidate != folded && !self.taken.contains(&candidate) && !self.avoid.contains(&candidate) {
                break;
            }
        }
        if self.given.len() < REMEMBERED {
            self.taken.insert(candidate.clone());
            self.given.insert((kind, folded), candidate.clone());
        }
        cased(kind, name, &candidate)
    }

    fn candidate(&self, kind: Kind, name: &str, attempt: u32) -> String {
        let mut numbers = Numbers::new(&self.key, kind, name, attempt);
        if kind == Kind::Id {
            // A hexadecimal id stays one.
            let hexadecimal = name.len() > 12 && name.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
            return name
                .chars()
                .map(|c| match c {
                    '0'..='9' if hexadecimal => numbers.one_of(b"0123456789abcdef"),
                    'a'..='f' if hexadecimal => numbers.one_of(b"0123456789abcdef"),
                    '0'..='9' => numbers.one_of(b"123456789"),
                    'a'..='z' => numbers.one_of(b"abcdefghijklmnopqrstuvwxyz"),
                    other => other,
                })
                .collect();
        }
        if name.bytes().all(|byte| byte.is_ascii_digit()) {
            return name.chars().map(|_| numbers.one_of(b"123456789")).collect();
        }
        let (long, short) = match kind {
            Kind::User => ("user-", "u"),
            Kind::Organisation => ("name-", "n"),
            _ => ("host-", "h"),
        };
        let length = name.chars().count();
        let mut text = match length {
            0..=1 => return name.to_owned(),
            2 => numbers.one_of(b"abcdefghijklmnopqrstuvwxyz").to_string(),
            3..=8 => short.to_owned(),
            _ => long.to_owned(),
        };
        while text.len() < length {
            // Digits first: they look like a number, and no word comes of them by chance.
            let digits = text.len() < 9 && length > 8 || text.len() + 1 == length;
            text.push(numbers.one_of(if digits { b"0123456789" } else { b"0123456789abcdefghjkmnpqrstvwxyz" }));
        }
        text
    }
}

fn cased(kind: Kind, name: &str, replacement: &str) -> String {
    if kind != Kind::Id {
        return replacement.to_owned();
    }
    let upper = name.bytes().any(|byte| byte.is_ascii_uppercase());
    if upper { replacement.to_ascii_uppercase() } else { replacement.to_owned() }
}

/// Numbers without end that follow from a name.
struct Numbers<'k> {
    key: &'k Key,
    purpose: &'static str,
    data: Vec<u8>,
    round: u32,
    left: u64,
    bits: u32,
}

impl<'k> Numbers<'k> {
    fn new(key: &'k Key, kind: Kind, name: &str, attempt: u32) -> Self {
        let data = [&attempt.to_le_bytes()[..], name.as_bytes()].concat();
        Self { key, purpose: kind.as_str(), data, round: 0, left: 0, bits: 0 }
    }

    fn one_of(&mut self, characters: &[u8]) -> char {
        if self.bits < 16 {
            let data = [&self.round.to_le_bytes()[..], &self.data].concat();
            self.left = self.key.number(self.purpose, &data);
            self.bits = 64;
            self.round += 1;
        }
        let at = (self.left & 0xffff) as usize % characters.len().max(1);
        self.left >>= 16;
        self.bits -= 16;
        characters.get(at).copied().map_or('x', char::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn forms_are_kept() {
        let mut names = Names::new(Key::from_bytes(b"k"));
        for (kind, name, prefix) in [(Kind::Host, "wlc-core-1", "host-"), (Kind::Host, "SW1", "h"), (Kind::User, "alice.baker", "user-")] {
            let replacement = names.replacement(kind, name);
            assert_eq!(replacement.len(), name.len());
            assert!(replacement.starts_with(prefix), "{replacement}");
            assert_eq!(replacement, names.replacement(kind, &name.to_ascii_uppercase()));
        }
        let serial = names.replacement(Kind::Id, "FCW2303D16Y");
        let shape: String = serial.chars().map(|c| if c.is_ascii_digit() { '9' } else { 'A' }).collect();
        assert_eq!(shape, "AAA9999A99A");
        let uuid = names.replacement(Kind::Id, "4f3b2c1d-8e7f-4a5b-9c6d-1a2b3c4d5e6f");
        assert!(uuid.split('-').map(str::len).eq([8, 4, 4, 4, 12]) && uuid.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit()));
    }

    proptest! {
        #[test]
        fn no_two_names_meet(names in proptest::collection::hash_set("[a-z][a-z0-9-]{1,9}", 1..200), key in any::<u64>()) {
            let mut map = Names::new(Key::from_bytes(&key.to_le_bytes()));
            names.iter().for_each(|name| map.avoid(name));
            let replaced: HashSet<String> = names.iter().map(|name| map.replacement(Kind::Host, name)).collect();
            prop_assert_eq!(replaced.len(), names.len());
            prop_assert!(replaced.iter().all(|name| !names.contains(name)));
        }
    }
}

//! Who sent what a capture shows: the device that began the conversations, never the one that answered.
//!
//! Grounds speak one after the other, each for the devices that it fits, and each narrows what those before it left:
//! the certificate that the client showed of itself, its address among those that devices say are their own, a name in
//! the path of the capture, the folder or archive it lies in. One device left: it is that one. Otherwise nobody is
//! picked, and findings say that it is not known.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::ops::Bound;

use super::folders::Named;
use super::group::{Groups, Member, Stated};
use super::grouping::own_name;
use crate::report::composed::{AND_OF, SENDER_BEHIND, SENDER_FOREIGN, SENDER_HAS, SENDER_SHARED, SENDER_UNKNOWN, filled};
use crate::scan::evidence::{ArtifactScan, Subject};

/// What is not certain of the sender, in a sentence, by artifact and client.
pub(super) type Doubts = BTreeMap<(usize, Option<IpAddr>), String>;

/// Shortest host name that is looked for in paths.
const NAME: usize = 2;

/// Where the conversations of one client in one capture go.
pub(super) struct Origin<'a> {
    /// The client, or the capture itself.
    pub member: Member<'a>,
    /// Key of the device, where it is known.
    pub device: Option<String>,
    /// What is not certain of it.
    pub doubt: Option<String>,
}

/// What the devices of a case say of themselves.
pub(super) struct Known<'g, 'a> {
    groups: &'g Groups<'a>,
    artifacts: &'g [ArtifactScan],
    named: Named<'g>,
    addresses: BTreeMap<IpAddr, BTreeSet<&'g str>>,
    names: BTreeMap<String, BTreeSet<&'g str>>,
    /// Those that say an address of their own.
    located: BTreeSet<&'g str>,
}

impl<'g, 'a> Known<'g, 'a> {
    pub(super) fn new(groups: &'g Groups<'a>, artifacts: &'g [ArtifactScan]) -> Self {
        let (addresses, names, located) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
        let mut known = Self { groups, artifacts, named: Named::new(groups, artifacts), addresses, names, located };
        for (key, group) in groups {
            // A collector knows some devices by their address alone.
            if let Ok(address) = key.parse() {
                known.addresses.entry(address).or_default().insert(key);
            }
            known.names.entry(key.clone()).or_default().insert(key);
            for serial in &group.serials {
                known.names.entry(serial.clone()).or_default().insert(key);
            }
            for subject in group.members.iter().map(|member| member.subject) {
                for address in &subject.identity.addresses {
                    known.addresses.entry(*address).or_default().insert(key);
                    known.located.insert(key);
                }
                if let Some(name) = own_name(subject) {
                    known.names.entry(name).or_default().insert(key);
                }
            }
        }
        known
    }

    /// Devices of that address.
    fn at(&self, address: &IpAddr) -> BTreeSet<&'g str> {
        self.addresses.get(address).cloned().unwrap_or_default()
    }

    /// Devices that a certificate names, by host name, with or without domain, or by serial number.
    fn certified(&self, names: &BTreeSet<String>) -> BTreeSet<&'g str> {
        let hosts = names.iter().filter(|name| name.parse::<IpAddr>().is_err()).filter_map(|name| name.split('.').next());
        let listed = names.iter().map(String::as_str).chain(hosts).filter_map(|name| self.names.get(name)).flatten().copied();
        let addresses = names.iter().filter_map(|name| name.parse().ok()).flat_map(|address| self.at(&address));
        listed.chain(addresses).collect()
    }

    /// Devices whose name stands in the path, the nearest part of it first: `wlc01.pcap`, `wlc01/uplink.pcap`. Of `sw1` and `sw1-2`
    /// the longer one is meant.
    fn in_path(&self, path: &str) -> BTreeSet<&'g str> {
        let path = path.to_lowercase();
        for part in path.rsplit(['/', '!', '\\']) {
            let found = self.in_part(part);
            let longest = |name: &&str| !found.iter().any(|other| other != name && other.contains(*name));
            if !found.is_empty() {
                return found.iter().copied().filter(longest).collect();
            }
        }
        BTreeSet::new()
    }

    /// Devices whose name stands in this text as a word: what is beside it is no letter or digit.
    fn in_part(&self, part: &str) -> BTreeSet<&'g str> {
        let mut found = BTreeSet::new();
        let mut before = None;
        for (at, first) in part.char_indices() {
            if before.replace(first).is_none_or(|before| !before.is_alphanumeric()) {
                self.names_at(&part[at..], &mut found);
            }
        }
        found
    }

    /// Devices whose name this text begins with, as a word. Of all names that are not after the text the last one is as long a part of
    /// its beginning as any: what they have in common bounds where to look next.
    fn names_at(&self, text: &str, found: &mut BTreeSet<&'g str>) {
        let mut common = text;
        let mut bound = Bound::Included(text);
        while let Some((name, _)) = self.groups.range::<str, _>((Bound::Unbounded, bound)).next_back() {
            match text.strip_prefix(name.as_str()) {
                Some(rest) => {
                    if name.len() >= NAME && !rest.starts_with(char::is_alphanumeric) {
                        found.insert(name);
                    }
                    bound = Bound::Excluded(name);
                }
                None => {
                    let same = common.chars().zip(name.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
                    common = &common[..same];
                    bound = Bound::Included(common);
                }
            }
        }
    }

    /// What a device is called in a sentence.
    fn shown(&self, key: &str) -> String {
        let Some(group) = self.groups.get(key) else { return key.to_owned() };
        let members = &group.members;
        let named = members.iter().map(|member| &member.subject.identity).find_map(|of| of.hostname.clone().or_else(|| of.serial.clone()));
        named.unwrap_or_else(|| {
            members.first().and_then(|member| self.artifacts.get(member.artifact)).map_or_else(String::new, |scan| scan.path.to_string())
        })
    }

    fn origin(&self, member: Member<'a>) -> Origin<'a> {
        let Some(scan) = self.artifacts.get(member.artifact) else { return Origin { member, device: None, doubt: None } };
        let subject = member.subject;
        let own = subject.client.map(|client| self.at(&client)).unwrap_or_default();
        // A capture without conversations: whose packets are in it.
        let present =
            || if subject.client.is_none() { scan.hosts.iter().flat_map(|host| self.at(host)).collect() } else { BTreeSet::new() };
        let mut left: Option<BTreeSet<&str>> = None;
        let grounds: [&dyn Fn() -> BTreeSet<&'g str>; 4] =
            [&|| self.certified(&subject.certified), &|| own.clone(), &|| self.in_path(scan.path.as_str()), &present];
        for ground in grounds {
            let fits = ground();
            let narrowed = match &left {
                None => fits,
                Some(left) => left.intersection(&fits).copied().collect(),
            };
            if !narrowed.is_empty() {
                left = Some(narrowed);
            }
            if left.as_ref().is_some_and(|left| left.len() == 1) {
                break;
            }
        }
        let device = match left.as_ref().map(|left| left.iter().copied().collect::<Vec<_>>()).as_deref() {
            Some([only]) => Some(*only),
            _ => self.in_folder(scan, subject, left.as_ref()),
        };
        let device = device.map(str::to_owned);
        let doubt = self.doubt(subject, &own, device.as_deref());
        Origin { member, device, doubt }
    }

    /// The one device in the folder or archive around a capture that its subject can be, of those that are left.
    fn in_folder(&self, scan: &ArtifactScan, subject: &Subject, left: Option<&BTreeSet<&str>>) -> Option<&'g str> {
        let stated = Stated::by(subject);
        let allows = |name: &&str| self.groups.get(*name).is_some_and(|group| group.allows(&stated));
        let around = self.named.around(&scan.path);
        let one = |fits: &mut dyn Iterator<Item = &'g str>| fits.next().filter(|_| fits.next().is_none());
        match left {
            Some(left) => one(&mut around.iter().copied().filter(|name| left.contains(name)).filter(allows)),
            None => one(&mut around.iter().copied().filter(allows)),
        }
    }

    fn doubt(&self, subject: &Subject, own: &BTreeSet<&str>, device: Option<&str>) -> Option<String> {
        let Some(client) = subject.client else { return device.is_none().then(|| SENDER_UNKNOWN.to_owned()) };
        let client = client.to_string();
        match device {
            Some(device) => {
                let elsewhere = own.is_empty() && subject.certified.is_empty() && self.located.contains(device);
                elsewhere.then(|| {
                    let shown = self.shown(device);
                    filled(SENDER_BEHIND, &[&client, &shown])
                })
            }
            None if own.len() > 1 => {
                let names: Vec<String> = own.iter().map(|key| self.shown(key)).collect();
                Some(filled(SENDER_SHARED, &[&client, &names.join(AND_OF)]))
            }
            None if self.groups.is_empty() => Some(filled(SENDER_HAS, &[&client])),
            None => Some(filled(SENDER_FOREIGN, &[&client])),
        }
    }
}

/// Sends the conversations of all captures to their devices. What is said of a capture as a whole goes wherever some of its
/// conversations go.
pub(super) fn of_captures<'a>(captured: &[Member<'a>], known: &Known<'_, 'a>) -> Vec<Origin<'a>> {
    let mut sent: Vec<Origin<'a>> = Vec::new();
    for member in captured.iter().filter(|member| member.subject.client.is_some()) {
        sent.push(known.origin(*member));
    }
    let mut clients: BTreeMap<usize, BTreeSet<Option<String>>> = BTreeMap::new();
    for origin in &sent {
        clients.entry(origin.member.artifact).or_default().insert(origin.device.clone());
    }
    let mut whole = Vec::new();
    for member in captured.iter().filter(|member| member.subject.client.is_none()) {
        let devices = clients.get(&member.artifact).cloned().unwrap_or_default();
        // Events that no client is known of are counted once.
        if devices.is_empty() || !member.subject.tallies.is_empty() && devices.len() > 1 {
            whole.push(known.origin(*member));
        } else {
            whole.extend(devices.into_iter().map(|device| Origin { member: *member, device, doubt: None }));
        }
    }
    whole.append(&mut sent);
    whole
}

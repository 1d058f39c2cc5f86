//! Devices of one artifact: told apart by name and by what their outputs say, and identified.

use std::net::IpAddr;

use super::Assembler;
use crate::rules::library::family;
use crate::rules::model::Identity as IdentityField;
use crate::scan::evidence::{Identity, Subject};
use crate::scan::section::Value;
use crate::scan::whose::Marks;

/// Clients told apart in one capture.
const CLIENTS: usize = 256;

/// Devices of one text, the latest, among which an output without a name is looked for.
const LOOKED_BACK: usize = 64;

impl Assembler<'_> {
    pub(super) fn subject_of(&mut self, host: &str) -> usize {
        if let Some(known) = self.as_written.get(host) {
            return *known;
        }
        if self.scan.subjects.len() >= self.scanner.devices() && !self.by_host.contains_key(&host.to_lowercase()) {
            // Of the many that are beyond the limit none is put into words.
            self.scan.surplus.devices += 1;
            return 0;
        }
        let as_written = host;
        let host = self.scanner.shown(host);
        let key = host.to_lowercase();
        if let Some(&known) = self.by_host.get(&key) {
            if self.as_written.len() < self.scanner.devices() {
                self.as_written.insert(as_written.to_owned(), known);
            }
            return known;
        }
        // An unnamed subject that has been read so far is this one: its name comes late.
        if let Some(subject) = self.scan.subjects.get_mut(self.subject)
            && subject.identity.hostname.is_none()
        {
            self.by_host.insert(key, self.subject);
            subject.identity.hostname = Some(host);
            return self.subject;
        }
        if self.scan.subjects.len() >= self.scanner.devices() {
            self.scan.surplus.devices += 1;
            return 0;
        }
        self.scan.subjects.push(Subject { identity: Identity { hostname: Some(host), ..Identity::default() }, ..Subject::default() });
        let at = self.scan.subjects.len() - 1;
        self.by_host.insert(key, at);
        at
    }

    /// Whether a device of this name was met.
    pub(super) fn knows(&self, host: &str) -> bool {
        self.as_written.contains_key(host) || self.by_host.contains_key(&host.to_lowercase())
    }

    /// Outputs of several devices stand one after the other in some texts, with no prompt between them: what cannot be
    /// of the device so far is of one that was there before, or of a new one.
    pub(super) fn of_another(&mut self, values: &[Value]) {
        let marks = Marks::of_values(values);
        if marks == Marks::default()
            || !self.scan.subjects.get(self.subject).is_some_and(|known| marks.contradict(&Marks::of_subject(known)))
        {
            return;
        }
        let mut latest = self.scan.subjects.iter().enumerate().rev().take(LOOKED_BACK);
        let known = latest.find(|(_, subject)| marks.agree(&Marks::of_subject(subject)));
        self.subject = match known.map(|(at, _)| at) {
            Some(at) => at,
            None if self.scan.subjects.len() < self.scanner.devices() => {
                self.scan.subjects.push(Subject::default());
                self.scan.subjects.len() - 1
            }
            None => {
                self.scan.surplus.devices += 1;
                0
            }
        };
    }

    /// Gives the device at whose prompt an output was typed the name that it bears there: a prompt is cut short, or somebody's own.
    /// False where another device of the text has that name.
    pub(super) fn rename(&mut self, value: &Value) -> bool {
        let secrets = self.scanner.masker.secrets(&value.text, &[]);
        let shown = self.scanner.shown(&secrets.out_of(&value.text, &value.value));
        let known = self.by_host.get(&shown.to_lowercase());
        let Some(subject) = self.scan.subjects.get_mut(self.subject).filter(|_| known.is_none()) else { return false };
        self.by_host.insert(shown.to_lowercase(), self.subject);
        subject.identity.hostname = Some(shown);
        true
    }

    pub(super) fn identify(&mut self, value: &Value) {
        let Some(field) = value.identity else { return };
        let secrets = self.scanner.masker.secrets(&value.text, &[]);
        let shown = self.scanner.shown(&secrets.out_of(&value.text, &value.value));
        if field == IdentityField::Hostname {
            self.subject = self.subject_of(&shown);
            return;
        }
        let Some(subject) = self.scan.subjects.get_mut(self.subject) else { return };
        let identity = &mut subject.identity;
        match field {
            IdentityField::Hostname => {}
            IdentityField::Address => identity.addresses.extend(value.value.split([',', ' ']).filter_map(own_address)),
            IdentityField::Name => identity.name = Some(shown),
            // The system says less than a platform that runs it.
            IdentityField::Platform => {
                let says_less = |known: &str| known != shown && family(known) == shown;
                if !identity.platform.as_deref().is_some_and(says_less) {
                    identity.platform = Some(shown);
                }
            }
            IdentityField::ProductId => identity.product_id = Some(shown),
            IdentityField::Serial => identity.serial = Some(shown),
            IdentityField::Version => identity.version = Some(shown),
        }
    }

    /// The subject of what an address began in a capture; beyond [`CLIENTS`] of them the capture's own.
    pub(in crate::scan) fn client(&mut self, address: IpAddr) -> usize {
        let subjects = &mut self.scan.subjects;
        if let Some(known) = subjects.iter().position(|subject| subject.client == Some(address)) {
            return known;
        }
        if subjects.len() > CLIENTS {
            return 0;
        }
        subjects.push(Subject { client: Some(address), ..Subject::default() });
        subjects.len() - 1
    }

    pub(super) fn commanded(&mut self, subject: usize) {
        if let Some(subject) = self.scan.subjects.get_mut(subject) {
            subject.commanded = true;
        }
    }

    pub(super) fn weak_platform(&mut self, subject: usize, platform: &str) {
        if let Some(subject) = self.scan.subjects.get_mut(subject) {
            subject.identity.platform.get_or_insert_with(|| platform.to_owned());
        }
    }
}

/// An address by which one device can be told from others.
fn own_address(text: &str) -> Option<IpAddr> {
    let address: IpAddr = text.trim().parse().ok()?;
    let shared = match address {
        IpAddr::V4(v4) => v4.is_link_local() || v4.is_broadcast(),
        IpAddr::V6(v6) => v6.is_unicast_link_local(),
    };
    (!shared && !address.is_unspecified() && !address.is_loopback() && !address.is_multicast()).then_some(address)
}

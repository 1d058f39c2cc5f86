//! What is known of a TLS connection so far: names, version, certificates, and how far it got.

use std::rc::Rc;

use super::chains::Names;
use super::pair::{Pair, Side};
use super::tls_names;
use super::words::Fields;

/// Records of at most this length may be an encrypted alert: 2 bytes, a type, a tag of 16, and a little padding.
/// A Finished message is longer in every cipher suite of TLS 1.3.
const ENCRYPTED_ALERT: usize = 24;

/// Length of an alert in a TLS 1.3 record without padding: two bytes, the type, and a tag of 16. No message of the
/// handshake has it: the shortest is End of Early Data with 21 (RFC 8446, 5.2 and 6).
const ALERT_WITH_TAG: usize = 19;

#[derive(Default)]
pub(super) struct Session {
    pub(super) sni: Option<String>,
    version: Option<u16>,
    client_hello: bool,
    server_hello: bool,
    server: Option<Rc<Names>>,
    client_certificate: Option<&'static str>,
    changed: Pair<bool>,
    data: Pair<bool>,
    /// Encrypted records of the client that are no alerts.
    client_records: u32,
    /// The client said that data may come before the server's answer.
    early_data: bool,
    /// The session that the client wants to resume, by its id.
    offered: Vec<u8>,
    /// The latest alert: `clear` or `encrypted`.
    pub(super) alert: Option<&'static str>,
    pub(super) established: bool,
}

/// What a record of encrypted data shows.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Shown {
    Nothing,
    /// In TLS 1.3: it is as long as an alert.
    Alert,
    /// The handshake succeeded.
    Established,
}

impl Session {
    pub(super) fn client_hello(&mut self, sni: Option<&String>, session: Vec<u8>, early_data: bool) {
        self.client_hello = true;
        (self.offered, self.early_data) = (session, early_data);
        if let Some(sni) = sni {
            self.sni = Some(sni.clone());
        }
    }

    pub(super) fn server_hello(&mut self, version: u16, retry: bool) {
        self.server_hello |= !retry;
        self.version = Some(version);
    }

    /// Whether the server takes up the session with this id, so that no certificate follows. TLS 1.3 repeats the id
    /// without meaning (RFC 8446, 4.1.3); there the server names the key instead.
    pub(super) fn resumes(&self, session: &[u8], key: bool) -> bool {
        if self.hides_handshake() { key } else { !session.is_empty() && session == self.offered }
    }

    pub(super) fn server_chain(&mut self, names: &Rc<Names>) {
        self.server = Some(Rc::clone(names));
    }

    pub(super) fn client_chain(&mut self, empty: bool) {
        self.client_certificate = Some(if empty { "empty" } else { "sent" });
    }

    pub(super) fn client_key(&mut self) {
        self.client_certificate.get_or_insert("none");
    }

    /// Whether alerts of this connection are in the clear after a change of cipher.
    pub(super) fn hides_handshake(&self) -> bool {
        self.version.is_some_and(tls_names::hides_handshake)
    }

    pub(super) fn change_cipher(&mut self, from: Side) {
        self.changed[from] = true;
    }

    /// Takes a record of encrypted data and says what it shows.
    ///
    /// Up to TLS 1.2 such records follow the handshake only: one from each side proves it. In TLS 1.3 the handshake
    /// is in them too. There the client must have sent two records longer than an alert (its Finished, and data or a
    /// certificate before it) and the server one after them: a server that refused would have answered with an alert.
    /// Early data, which comes before the Server Hello, proves nothing. The same is asked where the version is not known.
    pub(super) fn data(&mut self, by_client: bool, from: Side, length: usize) -> Shown {
        if self.established {
            return Shown::Nothing;
        }
        if self.version.is_some_and(|version| !tls_names::hides_handshake(version)) {
            self.data[from] = true;
            self.established = self.data.all();
        } else if length == ALERT_WITH_TAG && self.hides_handshake() && self.server_hello {
            self.alert = Some("encrypted");
            return Shown::Alert;
        } else if length <= ENCRYPTED_ALERT || (self.early_data && !self.server_hello) {
            return Shown::Nothing;
        } else if by_client {
            self.client_records += 1;
        } else {
            self.established = self.client_records >= 2;
        }
        if self.established { Shown::Established } else { Shown::Nothing }
    }

    /// Whether what is still to come of the handshake is in the clear.
    pub(super) fn is_readable(&self) -> bool {
        let begun = self.client_hello || self.server_hello;
        let hidden = self.server_hello && self.hides_handshake();
        begun && !hidden && !self.established && !self.changed.all()
    }

    /// The server's chain, once seen.
    pub(super) fn chain(&self) -> Option<&Names> {
        self.server.as_deref()
    }

    /// The version by its name, once the server chose.
    pub(super) fn version_name(&self) -> Option<String> {
        self.version.map(tls_names::version)
    }

    /// What became of the client's certificate.
    pub(super) fn client_certificate(&self) -> Option<&'static str> {
        self.client_certificate
    }

    /// Bytes of names held, as if no other connection had the same.
    pub(super) fn held(&self) -> usize {
        self.server.as_ref().map_or(0, |names| names.held()) + self.sni.as_ref().map_or(0, String::capacity) + self.offered.capacity()
    }

    /// How far the connection got.
    pub(super) fn stage(&self) -> &'static str {
        if self.established || (self.changed.all() && !self.hides_handshake()) {
            "established"
        } else if matches!(self.client_certificate, Some("sent" | "empty")) {
            "client-certificate"
        } else if self.server.is_some() {
            "certificate"
        } else if self.server_hello && self.hides_handshake() && self.client_records > 0 {
            "finished"
        } else if self.server_hello {
            "server-hello"
        } else if self.client_hello {
            "client-hello"
        } else {
            "connect"
        }
    }

    /// Adds what every event of the connection carries.
    pub(super) fn add_context(&self, fields: &mut Fields) {
        if let Some(names) = &self.server {
            let Names { subjects, issuers, .. } = &**names;
            if let (Some(subject), Some(issuer)) = (names.each(subjects).next(), names.each(issuers).next()) {
                fields.extend([("leaf_subject", subject.to_owned()), ("leaf_issuer", issuer.to_owned())]);
            }
            fields.extend([("issuers", issuers.clone()), ("subjects", subjects.clone())]);
        }
        if let Some(state) = self.client_certificate {
            fields.push(("client_certificate", state.to_owned()));
        }
        if let Some(version) = self.version {
            fields.push(("tls_version", tls_names::version(version)));
        }
    }
}

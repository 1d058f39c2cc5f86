//! What is known of a TLS connection so far: names, version, certificates, and how far it got.

use super::handshake::Chain;
use super::pair::{Pair, Side};
use super::tls_names;
use super::words::{BETWEEN, Fields};

/// Records of at most this length may be an encrypted alert: 2 bytes, a type, a tag of 16, and a little padding.
/// A Finished message is longer in every cipher suite of TLS 1.3.
const ENCRYPTED_ALERT: usize = 24;

#[derive(Default)]
pub(super) struct Session {
    pub(super) sni: Option<String>,
    version: Option<u16>,
    client_hello: bool,
    server_hello: bool,
    server: Option<Names>,
    /// Bytes of these names.
    held: usize,
    client_certificate: Option<&'static str>,
    changed: Pair<bool>,
    data: Pair<bool>,
    /// Encrypted records of the client that are no alerts.
    client_records: u32,
    pub(super) established: bool,
}

/// Subjects and issuers of a chain, each in the order of the message.
pub(super) struct Names {
    pub(super) subjects: Vec<String>,
    pub(super) issuers: Vec<String>,
}

impl Names {
    pub(super) fn of(chain: &Chain) -> Self {
        let known = || chain.certificates.iter().flatten();
        Self { subjects: known().map(|one| one.subject.clone()).collect(), issuers: known().map(|one| one.issuer.clone()).collect() }
    }
}

impl Session {
    pub(super) fn client_hello(&mut self, sni: Option<&String>) {
        self.client_hello = true;
        if let Some(sni) = sni {
            self.sni = Some(sni.clone());
        }
    }

    pub(super) fn server_hello(&mut self, version: u16, retry: bool) {
        self.server_hello |= !retry;
        self.version = Some(version);
    }

    pub(super) fn server_chain(&mut self, names: Names) {
        self.held = names.subjects.iter().chain(&names.issuers).map(String::len).sum();
        self.server = Some(names);
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

    /// Takes a record of encrypted data and says whether it completes the proof that the handshake succeeded.
    ///
    /// Up to TLS 1.2 such records follow the handshake only: one from each side is enough. In TLS 1.3 the handshake
    /// is in them too. There the client must have sent two records longer than an alert (its Finished and data) and
    /// the server one after them: a server that refused would have answered with an alert. The same is asked where
    /// the version is not known.
    pub(super) fn data(&mut self, by_client: bool, from: Side, length: usize) -> bool {
        if self.established {
            return false;
        }
        self.established = if self.version.is_some_and(|version| !tls_names::hides_handshake(version)) {
            self.data[from] = true;
            self.data.all()
        } else if length <= ENCRYPTED_ALERT {
            false
        } else if by_client {
            self.client_records += 1;
            false
        } else {
            self.client_records >= 2
        };
        self.established
    }

    /// The server's chain, once seen.
    pub(super) fn chain(&self) -> Option<&Names> {
        self.server.as_ref()
    }

    /// The version by its name, once the server chose.
    pub(super) fn version_name(&self) -> Option<String> {
        self.version.map(tls_names::version)
    }

    /// What became of the client's certificate.
    pub(super) fn client_certificate(&self) -> Option<&'static str> {
        self.client_certificate
    }

    /// Bytes of names held.
    pub(super) fn held(&self) -> usize {
        self.held
    }

    /// How far the connection got.
    pub(super) fn stage(&self) -> &'static str {
        if self.established || (self.changed.all() && !self.hides_handshake()) {
            "established"
        } else if matches!(self.client_certificate, Some("sent" | "empty")) {
            "client-certificate"
        } else if self.server.is_some() {
            "certificate"
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
        if let Some(Names { subjects, issuers }) = &self.server {
            if let (Some(subject), Some(issuer)) = (subjects.first(), issuers.first()) {
                fields.extend([("leaf_subject", subject.clone()), ("leaf_issuer", issuer.clone())]);
            }
            fields.extend([("issuers", issuers.join(BETWEEN)), ("subjects", subjects.join(BETWEEN))]);
        }
        if let Some(state) = self.client_certificate {
            fields.push(("client_certificate", state.to_owned()));
        }
        if let Some(version) = self.version {
            fields.push(("tls_version", tls_names::version(version)));
        }
    }
}

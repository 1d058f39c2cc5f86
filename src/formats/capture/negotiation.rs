//! TLS messages of a connection to its state and events.

use super::chains::{self, Told};
use super::conversation::Conversation;
use super::flow::Surroundings;
use super::handshake::Handshake;
use super::pair::Side;
use super::session::Shown;
use super::stream::Moment;
use super::tls::Item;
use super::tls_names;
use super::words::Fields;

impl Conversation {
    /// Takes what one side told.
    pub(super) fn item(&mut self, from: Side, item: Item, at: Moment, around: &mut Surroundings<'_>) {
        match item {
            Item::Handshake(message) => self.message(from, message, at, around),
            Item::TooLong(..) => around.counts.long_messages += 1,
            Item::ChangeCipherSpec => self.session().change_cipher(from),
            Item::Data(length) => {
                let by_client = from == self.client();
                match self.session().data(by_client, from, length) {
                    Shown::Nothing => {}
                    Shown::Alert => self.encrypted_alert(from, at, around),
                    Shown::Established => {
                        self.offer("tls-established", from, at, around, |talk, resolver| {
                            (Vec::new(), format!("TLS handshake complete: {}", talk.direction_text(talk.client(), resolver)))
                        });
                        // What follows is encrypted.
                        self.off();
                    }
                }
            }
            Item::EncryptedAlert => self.encrypted_alert(from, at, around),
            Item::Alert { level, description, after_change } => {
                if let (Some(level), Some(description)) = (tls_names::level(level), tls_names::alert(description))
                    && (!after_change || self.session().hides_handshake())
                {
                    self.alert(from, level, description, at, around);
                }
            }
        }
    }

    fn message(&mut self, from: Side, message: Handshake, at: Moment, around: &mut Surroundings<'_>) {
        match message {
            Handshake::ClientHello { sni, versions, ciphers, protocols, session, early_data } => {
                self.client_is(from);
                self.asks(at);
                self.session().client_hello(sni.as_ref(), session, early_data);
                self.offer("tls-client-hello", from, at, around, |talk, resolver| {
                    let versions = versions.into_iter().map(tls_names::version).collect::<Vec<_>>().join(" ");
                    let text = format!("TLS Client Hello from {}, offers {versions}", talk.direction_text(from, resolver));
                    let ciphers = ciphers.into_iter().map(tls_names::cipher).collect::<Vec<_>>().join(" ");
                    let mut fields = vec![("versions", versions), ("ciphers", ciphers)];
                    fields.extend((!protocols.is_empty()).then(|| ("protocols", protocols.join(" "))));
                    fields.extend(sni.map(|sni| ("sni", sni)));
                    (fields, text)
                });
            }
            Handshake::ServerHello { version, cipher, retry, session, key } => {
                self.client_is(from.other());
                self.session().server_hello(version, retry);
                let resumed = if self.session().resumes(&session, key) { "yes" } else { "no" };
                let hidden = self.session().hides_handshake() && !retry;
                self.offer("tls-server-hello", from, at, around, |talk, resolver| {
                    let (version, cipher) = (tls_names::version(version), cipher.map(tls_names::cipher).unwrap_or_default().into_owned());
                    let (name, retry) = if retry { ("Hello Retry Request", "yes") } else { ("Server Hello", "no") };
                    let mut text = format!("TLS {name} from {}: {version} {cipher}", talk.direction_text(from, resolver));
                    let mut fields =
                        vec![("version", version), ("cipher", cipher), ("retry", retry.to_owned()), ("resumed", resumed.to_owned())];
                    if hidden {
                        text.push_str(", certificates and alerts not visible");
                        fields.push(("hidden", "certificate alert".to_owned()));
                    }
                    (fields, text)
                });
            }
            Handshake::Certificates(told) => {
                if from == self.client() {
                    self.session().client_chain(told.empty);
                } else {
                    self.session().server_chain(&told.names);
                }
                self.certificates(from, &told, at, around);
            }
            Handshake::CertificateRequest => {
                self.offer("tls-certificate-request", from, at, around, |talk, resolver| {
                    (Vec::new(), format!("TLS Certificate Request from {}", talk.direction_text(from, resolver)))
                });
            }
            Handshake::ClientKeyExchange => self.session().client_key(),
        }
    }

    fn certificates(&mut self, from: Side, told: &Told, at: Moment, around: &mut Surroundings<'_>) {
        let by_client = from == self.client();
        around.counts.beyond_chain += told.beyond as u64;
        around.counts.long_certificates += told.long as u64;
        let asked = self.session().sni.as_deref().filter(|_| !by_client);
        let fits = asked.and_then(|asked| Some(chains::carries(&told.leaf_names()?, asked)));
        self.offer("tls-certificate", from, at, around, |talk, resolver| {
            let mut fields: Fields = Vec::with_capacity(told.fields.len() + 2);
            fields.push(("from", if by_client { "client" } else { "server" }.to_owned()));
            fields.extend_from_slice(&told.fields);
            fields.extend(fits.map(|fits| ("name_fits", if fits { "yes" } else { "no" }.to_owned())));
            (fields, format!("Certificate from {}{}", talk.direction_text(from, resolver), told.text))
        });
    }

    /// An alert of which nothing but its sender is visible.
    fn encrypted_alert(&mut self, from: Side, at: Moment, around: &mut Surroundings<'_>) {
        let after = self.stage().to_owned();
        self.session().alert = Some("encrypted");
        let side = if from == self.client() { "client" } else { "server" };
        let text = format!("TLS alert, encrypted, from {}", self.direction_text(from, &around.resolver));
        self.emit("tls-alert-encrypted", at, vec![("from", side.to_owned()), ("after", after)], text, around);
    }

    fn alert(&mut self, from: Side, level: &str, description: &str, at: Moment, around: &mut Surroundings<'_>) {
        self.session().alert = Some("clear");
        let side = if from == self.client() { "client" } else { "server" };
        let text = format!("TLS alert: {level}, {description}, from {}", self.direction_text(from, &around.resolver));
        let mut fields = vec![
            ("from", side.to_owned()),
            ("level", level.to_owned()),
            ("description", description.to_owned()),
            ("after", self.stage().to_owned()),
        ];
        let valid = self.session().chain().zip(at.time).and_then(|(chain, time)| chain.are_valid(time.seconds));
        fields.extend(valid.map(|valid| ("chain_valid", if valid { "yes" } else { "no" }.to_owned())));
        self.emit("tls-alert", at, fields, text, around);
    }

    /// How far the connection got, as a reset tells it: the client's certificate is no step of its own there.
    pub(super) fn reset_after(&self) -> &'static str {
        match self.stage() {
            "client-certificate" => "certificate",
            stage => stage,
        }
    }
}

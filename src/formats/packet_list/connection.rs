//! One connection of a list of packets: who is who, how far it came, and what that tells.

use super::row::{asked, flags, has_word, value};
use super::{End, Moment, Told};

/// What the list says of one connection.
#[derive(Debug)]
pub(super) struct Connection {
    one: End,
    other: End,
    /// Whether `one` is the client, by a packet that only a client or a server sends.
    one_is_client: Option<bool>,
    pub(super) name: String,
    stage: &'static str,
    sent_certificate: bool,
    /// The first SYN, and how often it was sent.
    syn: Option<(Moment, u32)>,
    /// The SYN had an answer, or the client went on as after one.
    open: bool,
    /// The client went on though no answer to its SYN is listed.
    pub(super) alone: bool,
    /// A packet of the server is listed.
    heard: bool,
    hello: Option<Moment>,
    /// The server confirmed that it has the Client Hello.
    acknowledged: bool,
    /// The server sent something.
    server_spoke: bool,
    /// Application data of the client, and whether the server sent some after enough of it.
    client_data: u32,
    established: bool,
    over: bool,
    /// Packets without ports may belong to another connection of the same two.
    pub(super) blurred: bool,
}

impl Connection {
    pub(super) fn new(one: End, other: End) -> Self {
        Self {
            one,
            other,
            one_is_client: None,
            name: String::new(),
            stage: "",
            sent_certificate: false,
            syn: None,
            open: false,
            alone: false,
            heard: false,
            hello: None,
            acknowledged: false,
            server_spoke: false,
            client_data: 0,
            established: false,
            over: false,
            blurred: false,
        }
    }

    pub(super) fn is_between(&self, from: &End, to: &End) -> bool {
        let (one, other) = (&self.one.name, &self.other.name);
        (one, other) == (&from.name, &to.name) || (one, other) == (&to.name, &from.name)
    }

    /// Whether a packet of the same two ends may belong to it by the ports.
    pub(super) fn has_ports(&self, from: &End, to: &End) -> bool {
        let (one, other) = if self.one.name == from.name { (from, to) } else { (to, from) };
        one.port.is_empty() || self.one.port.is_empty() || (&self.one.port, &self.other.port) == (&one.port, &other.port)
    }

    /// It was accepted, or began before the list, and has not ended.
    pub(super) fn is_open(&self) -> bool {
        !self.over && (self.open || self.syn.is_none())
    }

    /// Takes one packet. `whole`: the list has every packet so far.
    pub(super) fn packet(&mut self, from: &End, to: &End, (protocol, info): (&str, &str), at: &Moment, whole: bool) -> Option<Told> {
        let by_one = self.one.name == from.name;
        let (one, other) = if by_one { (from, to) } else { (to, from) };
        let flags = flags(info);
        let has = |flag| flags.contains(&flag);
        let opens = has("SYN") && !has("ACK");
        if opens && (self.open || self.over) {
            *self = Self::new(one.clone(), other.clone());
        }
        if !one.port.is_empty() {
            (self.one.port, self.other.port) = (one.port.clone(), other.port.clone());
        }
        if opens || info.contains("Client Hello") {
            self.one_is_client = Some(by_one);
        } else if has("SYN") || has_word(info, "Server Hello") {
            self.one_is_client = Some(!by_one);
        }
        let by_client = self.one_is_client == Some(by_one);
        let told = match flags.as_slice() {
            [] => None,
            _ => self.segment(by_client, (opens, has("SYN"), has("RST"), has("FIN")), info, at, whole),
        };
        told.or_else(|| self.message(by_client, protocol, info, at))
    }

    /// A segment by its flags.
    fn segment(
        &mut self,
        by_client: bool,
        (opens, accepts, resets, closes): (bool, bool, bool, bool),
        info: &str,
        at: &Moment,
        whole: bool,
    ) -> Option<Told> {
        let sequence = value(info, "Seq=");
        // Numbers are relative: a server whose next byte is its first has sent nothing, whatever of the list is left out.
        let silent = !self.server_spoke && sequence.map_or(whole, |number| number <= 1);
        if opens {
            (self.stage, self.sent_certificate) = ("", false);
            self.syn = Some(self.syn.take().map_or_else(|| (at.clone(), 1), |(first, sent)| (first, sent.saturating_add(1))));
            return None;
        }
        self.heard |= !by_client;
        if accepts && !by_client {
            self.open = true;
            return None;
        }
        if by_client {
            self.alone |= self.syn.is_some() && !self.open && !self.over && !resets;
            self.open |= !resets;
            self.over |= resets || closes;
            return None;
        }
        self.server_spoke |= value(info, "Len=").is_some_and(|length| length > 0) && !resets;
        self.acknowledged |= self.hello.is_some();
        if self.over || !(resets || closes) {
            return None;
        }
        self.over = true;
        if resets && self.syn.is_some() && !self.open && self.hello.is_none() && silent {
            return Some(Told { kind: "tcp-refused", at: at.clone(), fields: Vec::new() });
        }
        let kind = if resets { "tcp-reset" } else { "tcp-closed" };
        let fields = || vec![("from", "server".to_owned()), ("after", "client-hello".to_owned())];
        (self.stage == "client-hello" && silent && !self.blurred).then(|| Told { kind, at: at.clone(), fields: fields() })
    }

    /// A message of TLS.
    fn message(&mut self, by_client: bool, protocol: &str, info: &str, at: &Moment) -> Option<Told> {
        let is_tls = protocol.starts_with("TLS") || protocol.starts_with("SSL");
        let bytes = is_tls || protocol == "HTTP" || info.contains("segment of a reassembled PDU");
        self.server_spoke |= bytes && !by_client && self.one_is_client.is_some();
        if info.contains("Client Hello") {
            if self.stage != "client-hello" {
                (self.hello, self.server_spoke, self.acknowledged) = (Some(at.clone()), false, false);
            }
            (self.stage, self.sent_certificate) = ("client-hello", false);
            self.name = asked(info).unwrap_or(&self.name).to_owned();
        }
        if is_tls && by_client {
            self.alone |= self.syn.is_some() && !self.open;
            self.open = true;
        }
        let mut told = None;
        if has_word(info, "Server Hello") {
            if self.stage == "client-hello" {
                told = Some(Told { kind: "tls-server-hello", at: at.clone(), fields: Vec::new() });
            }
            (self.stage, self.server_spoke) = ("server-hello", true);
        }
        if has_word(info, "Certificate") {
            self.stage = if by_client { "client-certificate" } else { "certificate" };
            self.sent_certificate |= by_client;
        }
        if info.contains("Application Data") {
            // In TLS 1.3 the first of the client is its Finished.
            let enough = if protocol == "TLSv1.3" { 2 } else { 1 };
            self.client_data = self.client_data.saturating_add(u32::from(by_client));
            if !by_client && self.client_data >= enough && !self.established && self.hello.is_some() && !self.blurred {
                self.established = true;
                told = Some(Told { kind: "tls-established", at: at.clone(), fields: Vec::new() });
            }
            self.stage = "established";
        }
        told
    }

    /// What had no answer when the list ended. `whole`: the list has every packet.
    pub(super) fn unanswered(&self, end: Option<i64>, whole: bool) -> Option<Told> {
        let waited = |since: &Moment| Some((end? - since.at?).max(0) / 1000);
        let timed = |mut fields: Vec<(&'static str, String)>, since: &Moment| {
            fields.extend(waited(since).map(|seconds| ("waited", seconds.to_string())));
            fields
        };
        if let Some((first, sent)) = self.syn.as_ref().filter(|_| !self.open && !self.over) {
            // Whoever has its answer does not repeat the question: so often it needs no list of every packet.
            let told = whole || *sent >= 3;
            let fields = timed(vec![("attempts", sent.to_string())], first);
            return told.then(|| Told { kind: "tcp-syn-unanswered", at: first.clone(), fields });
        }
        let hello =
            self.hello.as_ref().filter(|_| whole && self.heard && !self.alone && !self.server_spoke && !self.over && !self.blurred)?;
        let acknowledged = if self.acknowledged { "yes" } else { "no" };
        let fields = timed(vec![("acknowledged", acknowledged.to_owned())], hello);
        (self.stage == "client-hello").then(|| Told { kind: "tls-unanswered", at: hello.clone(), fields })
    }

    /// Client and server, where it is known who is who.
    pub(super) fn sides(&self) -> Option<(&End, &End)> {
        let by_port = match (self.one.is_at_server(), self.other.is_at_server()) {
            (true, false) => Some(false),
            (false, true) => Some(true),
            _ => None,
        };
        let one_is_client = self.one_is_client.or(by_port)?;
        Some(if one_is_client { (&self.one, &self.other) } else { (&self.other, &self.one) })
    }

    /// The fields of every event of it; nothing where it is not known who is the client.
    pub(super) fn context(&self, name: &str) -> Vec<(&'static str, String)> {
        let Some((client, server)) = self.sides() else { return Vec::new() };
        vec![("client", client.shown()), ("server", server.shown()), ("server_port", server.port.clone()), ("server_name", name.to_owned())]
    }

    /// What is known of it, for an alert from one of its ends.
    pub(super) fn alert(&self, from: &End) -> Vec<(&'static str, String)> {
        let Some((client, _)) = self.sides() else { return Vec::new() };
        let side = if from.name == client.name { "client" } else { "server" };
        let mut fields = vec![("from", side.to_owned())];
        fields.extend(self.context(&self.name));
        fields.push(("after", self.stage.to_owned()));
        fields.extend(self.sent_certificate.then(|| ("client_certificate", "sent".to_owned())));
        fields
    }
}

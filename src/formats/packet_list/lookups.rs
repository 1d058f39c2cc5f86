//! DNS in a list of packets: what was asked, what was answered, and the names of addresses.

use std::collections::{BTreeMap, BTreeSet};

use super::{End, Moment, Told};

/// Names, addresses and open questions that are kept.
const KEPT: usize = 1_024;

/// What a line says of DNS.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Message {
    pub(super) response: bool,
    pub(super) rcode: &'static str,
    pub(super) kind: String,
    pub(super) name: String,
    /// Records of the answer that are listed.
    pub(super) answers: usize,
    pub(super) addresses: Vec<String>,
    /// The server of the zone is listed, so the answer is whole.
    pub(super) authority: bool,
}

/// What the list says of DNS so far.
#[derive(Debug, Default)]
pub(super) struct Lookups {
    names: BTreeMap<String, String>,
    asked: BTreeSet<(String, String)>,
    open: BTreeMap<(String, String, String), Question>,
    /// Clients to which an answer was listed.
    heard: BTreeSet<String>,
}

#[derive(Debug)]
struct Question {
    first: Moment,
    client: End,
    server: End,
    queries: u64,
}

/// How the list words the status of an answer.
const STATUS: [(&str, &str); 5] =
    [("No such name", "NXDOMAIN"), ("Server failure", "SERVFAIL"), ("Refused", "REFUSED"), ("Format error", "1"), ("Not implemented", "4")];

/// The status in `Standard query response, No such name` or in front of the question.
pub(super) fn rcode(text: &str) -> (&'static str, &str) {
    let text = text.trim_start_matches([',', ' ']);
    let stated = STATUS.iter().find_map(|(words, code)| Some((*code, text.strip_prefix(words)?)));
    stated.unwrap_or_else(|| ("NOERROR", text.strip_prefix("No error").unwrap_or(text)))
}

/// `Standard query response 0xa981 No such name A smartreceiver.cisco.com`.
pub(super) fn message(info: &str) -> Option<Message> {
    let (_, rest) = info.split_once("Standard query")?;
    let (response, rest) = rest.strip_prefix(" response").map_or((false, rest), |rest| (true, rest));
    let rest = rest.trim_start();
    let rest = match rest.strip_prefix("0x") {
        Some(number) => number.split_once(' ').map_or("", |(_, rest)| rest),
        None => rest,
    };
    let (rcode, rest) = if response { rcode(rest) } else { ("", rest) };
    let mut words = rest.split_ascii_whitespace();
    let (kind, name) = (words.next()?, words.next()?);
    if !kind.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()) {
        return None;
    }
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let mut message = Message { response, rcode, kind: kind.to_owned(), name, ..Message::default() };
    while let Some(kind) = words.next() {
        message.record(kind, || words.next());
    }
    Some(message)
}

impl Message {
    /// Takes a record of an answer.
    pub(super) fn record<'a>(&mut self, kind: &str, value: impl FnOnce() -> Option<&'a str>) {
        match kind {
            "A" | "AAAA" => {
                self.answers += 1;
                self.addresses.extend(value().map(str::to_owned));
            }
            "CNAME" => {
                self.answers += 1;
                value();
            }
            "SOA" => {
                self.authority = true;
                value();
            }
            _ => {}
        }
    }
}

impl Lookups {
    /// The name that an answer gave an address.
    pub(super) fn name(&self, address: &str) -> Option<&str> {
        self.names.get(address).map(String::as_str)
    }

    /// Takes a message; an answer is told.
    pub(super) fn take(&mut self, message: &Message, from: &End, to: &End, at: &Moment) -> Option<Told> {
        let (client, server) = if message.response { (to, from) } else { (from, to) };
        let key = (client.name.clone(), message.name.clone(), message.kind.clone());
        if !message.response {
            if self.asked.len() < KEPT {
                self.asked.insert((client.name.clone(), message.name.clone()));
            }
            if let Some(question) = self.open.get_mut(&key) {
                question.queries += 1;
            } else if self.open.len() < KEPT {
                self.open.insert(key, Question { first: at.clone(), client: client.clone(), server: server.clone(), queries: 1 });
            }
            return None;
        }
        self.open.remove(&key);
        if self.heard.len() < KEPT {
            self.heard.insert(client.name.clone());
        }
        for address in &message.addresses {
            if self.names.len() < KEPT || self.names.contains_key(address) {
                self.names.insert(address.clone(), message.name.clone());
            }
        }
        let mut fields = self.context(client, server, &message.name, &message.kind);
        fields.push(("rcode", message.rcode.to_owned()));
        fields.push(("addresses", message.addresses.join(" ")));
        // A list may leave the answers out: none is none only where the list shows that it was said.
        if message.answers > 0 || message.authority {
            fields.push(("answers", message.answers.to_string()));
        }
        Some(Told { kind: "dns-response", at: at.clone(), fields })
    }

    fn context(&self, client: &End, server: &End, name: &str, kind: &str) -> Vec<(&'static str, String)> {
        let mut fields = vec![
            ("client", client.shown()),
            ("server", server.shown()),
            ("server_port", server.port.clone()),
            ("server_name", String::new()),
            ("name", name.to_owned()),
            ("type", kind.to_owned()),
        ];
        let heads = name.rmatch_indices('.').take(16).filter_map(|(dot, _)| name.get(..dot));
        let plain = heads.filter(|head| !head.is_empty()).find(|head| self.asked.contains(&(client.name.clone(), (*head).to_owned())));
        fields.extend(plain.map(|plain| ("suffix_of", plain.to_owned())));
        fields
    }

    /// The questions without answer at the end. Where the list is not `whole`, of those only to whom an answer of DNS is listed: who prints
    /// questions alone leaves all answers out.
    pub(super) fn unanswered(&self, end: Option<i64>, whole: bool) -> Vec<(&str, Told)> {
        let open = self.open.iter().filter(|((client, ..), _)| whole || self.heard.contains(client));
        open.map(|((client, name, kind), question)| {
            let mut fields = self.context(&question.client, &question.server, name, kind);
            fields.push(("queries", question.queries.to_string()));
            let waited = || Some((end? - question.first.at?).max(0) / 1000);
            fields.extend(waited().map(|seconds| ("waited", seconds.to_string())));
            (client.as_str(), Told { kind: "dns-unanswered", at: question.first.clone(), fields })
        })
        .collect()
    }
}

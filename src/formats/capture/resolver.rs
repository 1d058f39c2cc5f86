//! DNS over a whole capture: which queries stay unanswered, and which names addresses were given.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};

use super::dns::{self, Message};
use super::stream::Moment;
use super::words::{Fields, event, seconds_between};
use crate::formats::event::Event;

/// Addresses with a name, and open questions, that are kept. Beyond them new ones are not taken.
const KEPT: usize = 65_536;

/// What the DNS traffic so far said.
#[derive(Default)]
pub(super) struct Resolver {
    names: HashMap<IpAddr, Box<str>>,
    open: HashMap<(IpAddr, String, String), Question>,
    /// Questions that were not followed because too many were open.
    pub(super) overflow: u64,
}

/// A query without response so far.
pub(super) struct Question {
    pub(super) first: Moment,
    client: SocketAddr,
    server: SocketAddr,
    name: String,
    kind: String,
    queries: u64,
}

impl Resolver {
    /// The name that an answer gave this address, the latest if several did.
    pub(super) fn name(&self, address: IpAddr) -> Option<&str> {
        self.names.get(&address).map(AsRef::as_ref)
    }

    /// Takes a DNS message; a response is an event.
    pub(super) fn take(&mut self, data: &[u8], source: SocketAddr, destination: SocketAddr, at: Moment) -> Option<Event> {
        let message = dns::message(data)?;
        if !message.response {
            self.ask(message, source, destination, at);
            return None;
        }
        let (client, server) = (destination, source);
        self.open.remove(&(client.ip(), message.name.clone(), message.kind.clone()));
        for address in &message.addresses {
            if self.names.len() < KEPT || self.names.contains_key(address) {
                self.names.insert(*address, message.name.as_str().into());
            }
        }
        let rcode = dns::rcode(message.rcode);
        let mut text = format!("DNS answer from {server} to {client}: {rcode} for {} {}", message.kind, message.name);
        let addresses: Vec<String> = message.addresses.iter().map(ToString::to_string).collect();
        if !addresses.is_empty() {
            text.push_str(&format!(", {}", addresses.join(" ")));
        }
        let mut fields = context(client, server);
        fields.extend([
            ("name", message.name),
            ("type", message.kind),
            ("rcode", rcode),
            ("answers", message.answers.to_string()),
            ("addresses", addresses.join(" ")),
        ]);
        Some(event("dns-response", at, fields, text))
    }

    fn ask(&mut self, message: Message, client: SocketAddr, server: SocketAddr, at: Moment) {
        let key = (client.ip(), message.name, message.kind);
        if let Some(question) = self.open.get_mut(&key) {
            question.queries += 1;
        } else if self.open.len() < KEPT {
            let (name, kind) = (key.1.clone(), key.2.clone());
            self.open.insert(key, Question { first: at, client, server, name, kind, queries: 1 });
        } else {
            self.overflow += 1;
        }
    }

    /// The questions that are open at the end.
    pub(super) fn unanswered(&mut self) -> Vec<Question> {
        std::mem::take(&mut self.open).into_values().collect()
    }
}

impl Question {
    /// The event of this question; `end` is the last packet of the capture.
    pub(super) fn event(self, end: Moment) -> Event {
        let waited = seconds_between(self.first, end);
        let text = format!(
            "DNS query from {} to {} for {} {}: no answer, asked {} in {waited} s of capture",
            self.client,
            self.server,
            self.kind,
            self.name,
            if self.queries == 1 { "once".to_owned() } else { format!("{} times", self.queries) }
        );
        let mut fields = context(self.client, self.server);
        fields.extend([("name", self.name), ("type", self.kind), ("queries", self.queries.to_string()), ("waited", waited.to_string())]);
        event("dns-unanswered", self.first, fields, text)
    }
}

fn context(client: SocketAddr, server: SocketAddr) -> Fields {
    vec![
        ("client", client.to_string()),
        ("server", server.to_string()),
        ("server_port", server.port().to_string()),
        ("server_name", String::new()),
    ]
}

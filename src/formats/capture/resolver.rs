//! DNS over a whole capture: which answer belongs to which query, which queries stay unanswered, which names are others
//! with a domain appended, and which names addresses were given.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, SocketAddr};

use super::dns::{self, Message};
use super::hash::Keyed;
use super::repeats::apart;
use super::stream::Moment;
use super::words::{Fields, end_text, event, milliseconds_between, seconds_between};
use crate::formats::event::Event;

/// Addresses with a name, names asked for, and open questions, that are kept. Beyond them new ones are not taken.
const KEPT: usize = 65_536;

/// Labels and bytes of a name that is compared with the names asked for before; no domain of a search list makes longer ones.
const LABELS: usize = 16;
const LENGTH: usize = 255;

/// Queries of one question whose answers are told apart; later ones are only counted.
const QUERIES: usize = 8;

/// What the DNS traffic so far said.
#[derive(Default)]
pub(super) struct Resolver {
    names: HashMap<IpAddr, Box<str>, Keyed>,
    asked: HashMap<IpAddr, HashSet<Box<str>, Keyed>, Keyed>,
    asked_names: usize,
    open: HashMap<(IpAddr, Box<str>, Kind), Question, Keyed>,
    /// Clients that an answer was captured for.
    pub(super) heard: HashSet<IpAddr, Keyed>,
    /// Questions that were not followed because too many were open.
    pub(super) overflow: u64,
}

/// The type of a question by its name.
type Kind = Cow<'static, str>;

/// What a client asks, and has no answer to so far.
pub(super) struct Question {
    pub(super) first: Moment,
    client: SocketAddr,
    server: SocketAddr,
    name: Box<str>,
    kind: Kind,
    transport: &'static str,
    suffix_of: Option<String>,
    queries: u64,
    sent: Vec<Query>,
    /// An answer came; others may follow, of other servers or to repetitions.
    answered: bool,
}

/// One query of a question.
struct Query {
    id: u16,
    port: u16,
    server: SocketAddr,
    at: Moment,
}

impl Resolver {
    /// The name that an answer gave this address, the latest if several did.
    pub(super) fn name(&self, address: IpAddr) -> Option<&str> {
        self.names.get(&address).map(AsRef::as_ref)
    }

    /// Takes a DNS message; a response is an event. `transport` is `udp` or `tcp`.
    pub(super) fn take(
        &mut self,
        data: &[u8],
        source: SocketAddr,
        destination: SocketAddr,
        transport: &'static str,
        at: Moment,
    ) -> Option<Event> {
        let message = dns::message(data)?;
        if !message.response {
            self.ask(message, source, destination, transport, at);
            return None;
        }
        let (client, server) = (destination, source);
        if self.heard.len() < KEPT {
            self.heard.insert(client.ip());
        }
        let history = self.answer(&message, client, server, at);
        for address in &message.addresses {
            if self.names.len() < KEPT || self.names.contains_key(address) {
                let known = self.names.entry(*address).or_default();
                if **known != *message.name {
                    *known = message.name.as_str().into();
                }
            }
        }
        let suffix_of = self.suffix_of(client.ip(), &message.name);
        let rcode = dns::rcode(message.rcode);
        let mut fields = context(client, server);
        let mut text =
            format!("DNS answer from {} to {}: {rcode} for {} {}", end_text(server), end_text(client), message.kind, message.name);
        let addresses: Vec<String> = message.addresses.iter().map(ToString::to_string).collect();
        if !addresses.is_empty() {
            text.push_str(&format!(", {}", addresses.join(" ")));
        }
        if message.truncated {
            text.push_str(", truncated");
        }
        fields.extend([
            ("name", message.name),
            ("type", message.kind.into_owned()),
            ("rcode", rcode),
            ("answers", message.answers.to_string()),
            ("addresses", addresses.join(" ")),
            ("transport", transport.to_owned()),
        ]);
        fields.extend(message.truncated.then(|| ("truncated", "yes".to_owned())));
        fields.extend(suffix_of.map(|plain| ("suffix_of", plain)));
        if let Some((queries, delay)) = history {
            fields.push(("queries", queries.to_string()));
            fields.extend(delay.map(|delay| ("delay", delay.to_string())));
        }
        Some(event("dns-response", at, fields, text))
    }

    /// How often the question of this answer was asked so far, and for how many milliseconds the query waited.
    fn answer(&mut self, message: &Message, client: SocketAddr, server: SocketAddr, at: Moment) -> Option<(u64, Option<i64>)> {
        let key = (client.ip(), message.name.as_str().into(), message.kind.clone());
        let question = self.open.get_mut(&key)?;
        question.answered = true;
        let one = question.sent.iter().position(|query| (query.id, query.port, query.server) == (message.id, client.port(), server));
        let delay = one.map(|one| milliseconds_between(question.sent.swap_remove(one).at, at));
        let queries = question.queries;
        if question.sent.is_empty() {
            self.open.remove(&key);
        }
        Some((queries, delay))
    }

    fn ask(&mut self, message: Message, client: SocketAddr, server: SocketAddr, transport: &'static str, at: Moment) {
        let suffix_of = self.suffix_of(client.ip(), &message.name);
        if self.asked_names < KEPT {
            let asked = self.asked.entry(client.ip()).or_default();
            if !asked.contains(message.name.as_str()) {
                asked.insert(message.name.as_str().into());
                self.asked_names += 1;
            }
        }
        let query = Query { id: message.id, port: client.port(), server, at };
        let key = (client.ip(), message.name.into_boxed_str(), message.kind);
        if let Some(question) = self.open.get_mut(&key).filter(|question| !question.answered) {
            question.again(query);
        } else if self.open.len() < KEPT || self.open.contains_key(&key) {
            let (name, kind) = (key.1.clone(), key.2.clone());
            let sent = vec![query];
            let question = Question { first: at, client, server, name, kind, transport, suffix_of, queries: 1, sent, answered: false };
            self.open.insert(key, question);
        } else {
            self.overflow += 1;
        }
    }

    /// The name of which this one is a longer form, with a domain of a search list appended: one that the same client
    /// asked for as well, or else what ends with `com` before two or more further labels (`a.com.br` is a name of its own).
    fn suffix_of(&self, client: IpAddr, name: &str) -> Option<String> {
        let short = name.len() <= LENGTH && name.matches('.').count() < LABELS;
        let plain = self.asked.get(&client).filter(|_| short).and_then(|asked| {
            let heads = name.rmatch_indices('.').filter_map(|(dot, _)| name.get(..dot));
            heads.filter(|head| !head.is_empty()).find(|head| asked.contains(*head))
        });
        let commercial = || {
            let (dot, _) = name.match_indices(".com.").next()?;
            let end = dot + ".com".len();
            name.get(end + 1..)?.contains('.').then(|| name.get(..end))?
        };
        plain.or_else(commercial).map(str::to_owned)
    }

    /// The questions that are open at the end, in an order that depends on the capture only.
    pub(super) fn unanswered(&mut self) -> Vec<Question> {
        let mut open: Vec<Question> = std::mem::take(&mut self.open).into_values().filter(|question| !question.answered).collect();
        // Several may have come in one packet, over TCP.
        open.sort_by(|a, b| (a.first, a.client, &a.name, &a.kind).cmp(&(b.first, b.client, &b.name, &b.kind)));
        open
    }
}

impl Question {
    fn again(&mut self, query: Query) {
        // The same packet captured twice is one query.
        let copied =
            |other: &Query| (other.id, other.port, other.server) == (query.id, query.port, query.server) && !apart(other.at, query.at);
        if self.sent.last().is_some_and(copied) {
            return;
        }
        self.queries += 1;
        if self.sent.len() < QUERIES {
            self.sent.push(query);
        }
    }

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
        fields.extend([
            ("name", self.name.into_string()),
            ("type", self.kind.into_owned()),
            ("transport", self.transport.to_owned()),
            ("queries", self.queries.to_string()),
            ("waited", waited.to_string()),
        ]);
        fields.extend(self.suffix_of.map(|plain| ("suffix_of", plain)));
        event("dns-unanswered", self.first, fields, text)
    }
}

fn context(client: SocketAddr, server: SocketAddr) -> Fields {
    vec![
        ("client", end_text(client)),
        ("server", end_text(server)),
        ("server_port", server.port().to_string()),
        ("server_name", String::new()),
    ]
}

//! Packets as text: the list that Wireshark and tshark print, or a switch, and their trees (`-V`), and what tcpdump and an ASA print.
//!
//! ```text
//!     9   0.140000     10.8.1.5 → 146.112.59.81 TLSv1.2 61 Alert (Level: Fatal, Description: Unknown CA)
//! 843 ⇥ 2024-03-02 21:33:59.506878 ⇥ ExpC ⇥ SmartLicensing ⇥ TLSv1.2 ⇥ 73 ⇥ 33594 ⇥ 443 ⇥ Alert (Level: Fatal, Description: Unknown CA)
//! "843","1.2","10.8.1.5","146.112.59.81","TLSv1.2","73","Alert (Level: Fatal, Description: Unknown CA)"
//! ```
//!
//! Told are, by the kinds and fields of [`super::capture`] and with `listed` beside them, what a list shows well enough: `tls-alert`,
//! `dns-response`, `dns-unanswered`, `tcp-syn-unanswered`, `tcp-refused`, `tcp-reset` and `tcp-closed` of the server after the
//! Client Hello, `tls-unanswered`, `tls-server-hello` and `tls-established`.
//!
//! The client is who sent the SYN, else the Client Hello, else the end that is not at a server's port. Where none of these is
//! listed, `from` is empty.
//!
//! A list is often what a filter left. That something had no answer is told where the numbers of the packets have no gap; of a list with
//! gaps only where the client repeats itself as nobody does who has an answer, or where the list shows answers of that kind to it.

mod connection;
mod dumped;
mod lookups;
mod row;

use std::collections::BTreeSet;

use self::connection::Connection;
use self::dumped::Asked;
use self::lookups::{Lookups, Message};
use self::row::Packet;
use super::event::{Event, Place};
use super::time::{self, Stamp};

/// Kind of the events: that of an alert in a capture. `listed` tells the two apart.
pub const TLS_ALERT: &str = "tls-alert";

/// Connections that are kept apart at a time.
const CONNECTIONS: usize = 256;

/// Clients of which it is known whether the list has what was sent to them.
const CLIENTS: usize = 4_096;

/// Ports on which a licensing server or a proxy listens.
const SERVER_PORTS: [&str; 6] = ["443", "8443", "8182", "80", "8080", "3128"];

/// Reads lines in their order. One reader serves one section.
#[derive(Debug, Default)]
pub struct PacketListReader {
    /// In the order of their last packets.
    connections: Vec<Connection>,
    lookups: Lookups,
    /// Who was sent something, and who went on as after an answer that is not listed.
    heard: BTreeSet<String>,
    alone: BTreeSet<String>,
    /// The number of the last packet, and whether one was missing before it.
    number: Option<u64>,
    gaps: bool,
    /// When the last packet came; nothing where the times do not rise.
    last: Option<i64>,
    unordered: bool,
    /// The packet whose tree is being read.
    tree: Tree,
    /// Names that tcpdump told of.
    asked: Asked,
}

/// A packet as its tree tells it.
#[derive(Debug, Default)]
struct Tree {
    from: End,
    to: End,
    number: u64,
    line: u64,
    time: Option<Stamp>,
    /// Its line of the list was read before.
    listed: bool,
    sequence: String,
    level: String,
    told: bool,
    lookup: Option<Message>,
}

/// One end of a connection: its address, or what the list calls it, and its port where that is listed.
#[derive(Clone, Debug, Default, PartialEq)]
struct End {
    name: String,
    port: String,
}

/// Where and when a packet stands.
#[derive(Clone, Debug)]
struct Moment {
    line: u64,
    time: Option<Stamp>,
    /// Milliseconds, from any beginning.
    at: Option<i64>,
    text: String,
}

/// An event without the fields of its connection.
#[derive(Debug)]
struct Told {
    kind: &'static str,
    at: Moment,
    fields: Vec<(&'static str, String)>,
}

impl End {
    fn is_at_server(&self) -> bool {
        SERVER_PORTS.contains(&self.port.as_str())
    }

    fn shown(&self) -> String {
        match (self.port.is_empty(), self.name.contains(':')) {
            (true, _) => self.name.clone(),
            (false, true) => format!("[{}]:{}", self.name, self.port),
            (false, false) => format!("{}:{}", self.name, self.port),
        }
    }
}

impl Told {
    fn event(self, context: Vec<(&'static str, String)>) -> Event {
        let mut fields = context;
        fields.extend(self.fields);
        fields.push(("listed", "yes".to_owned()));
        Event { kind: self.kind, place: Place::Line(self.at.line), time: self.at.time, fields, text: self.at.text }
    }
}

impl PacketListReader {
    /// Takes line `number` of the artifact; what it tells goes to `sink`.
    pub fn line(&mut self, number: u64, line: &str, sink: &mut dyn FnMut(Event)) {
        let text = line.trim();
        let Some(packet) = row::packet(text).or_else(|| self.asked.packet(text)) else {
            if let Some((counted, at)) = row::other(text) {
                self.counted(Some(counted), at, sink);
            }
            return self.branch(number, text, sink);
        };
        self.counted(packet.number, packet.at, sink);
        let Packet { from, to, protocol, info, time, at, .. } = packet;
        let text = text.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
        let moment = Moment { line: number, time, at, text };
        if protocol == "DNS" {
            if let Some(message) = lookups::message(&info) {
                self.lookup(&message, &from, &to, &moment, sink);
            }
            return;
        }
        self.packet(&from, &to, (&protocol, &info), &moment, sink);
        if let Some((level, description)) = alert(&info) {
            sink(self.alert(&from, &to, (level, description), moment.line, moment.time, &moment.text));
        }
    }

    /// The list ends here.
    pub fn finish(&mut self, sink: &mut dyn FnMut(Event)) {
        self.end_tree(sink);
        let whole = self.number.is_some() && !self.gaps;
        let end = self.last.filter(|_| !self.unordered);
        let one_sided = |client: &str| self.alone.contains(client) && !self.heard.contains(client);
        let mut told: Vec<Event> = Vec::new();
        for connection in &self.connections {
            let Some((_, server)) = connection.sides().filter(|(client, _)| !one_sided(&client.name)) else { continue };
            let name = if connection.name.is_empty() { self.lookups.name(&server.name).unwrap_or_default() } else { &connection.name };
            told.extend(connection.unanswered(end, whole).map(|told| told.event(connection.context(name))));
        }
        let lookups = self.lookups.unanswered(end, whole).into_iter().filter(|(client, _)| !one_sided(client));
        told.extend(lookups.map(|(_, told)| told.event(Vec::new())));
        told.sort_by_key(|event| event.place);
        told.into_iter().for_each(sink);
        *self = Self::default();
    }

    /// Takes the number and the time of the next packet. Where the numbers do not rise another list begins.
    fn counted(&mut self, number: Option<u64>, at: Option<i64>, sink: &mut dyn FnMut(Event)) {
        if self.number.is_some_and(|last| number.is_some_and(|number| number <= last)) {
            self.finish(sink);
        }
        let follows = |last: u64| number == Some(last.saturating_add(1));
        self.gaps |= number.is_none() || self.number.is_some_and(|last| !follows(last));
        self.number = number.or(self.number);
        self.unordered |= at.is_none() || self.last.is_some_and(|last| at < Some(last));
        self.last = at.or(self.last);
    }

    /// A line of a tree.
    fn branch(&mut self, number: u64, text: &str, sink: &mut dyn FnMut(Event)) {
        if let Some(frame) = text.strip_prefix("Frame ").and_then(|rest| rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()) {
            self.end_tree(sink);
            let listed = self.number == Some(frame);
            self.tree = Tree { number: frame, line: number, listed, ..Tree::default() };
        } else if let Some(rest) = text.strip_prefix("Arrival Time: ").or_else(|| text.strip_prefix("UTC Arrival Time: ")) {
            if self.tree.time.is_none() {
                self.tree.time = time::find_date(rest);
                self.count_tree(sink);
            }
        } else if text.starts_with("Internet Protocol Version ") {
            let name = |key| after(text, key).unwrap_or_default().to_owned();
            (self.tree.from.name, self.tree.to.name) = (name("Src: "), name("Dst: "));
        } else if text.starts_with("Transmission Control Protocol, ") {
            let port = |key| after(text, key).unwrap_or_default().rsplit('(').next().unwrap_or_default().trim_end_matches(')').to_owned();
            (self.tree.from.port, self.tree.to.port) = (port("Src Port: "), port("Dst Port: "));
            let value = |name, key| after(text, key).map(|value| format!(" {name}={value}")).unwrap_or_default();
            self.tree.sequence = value("Seq", "Seq: ") + &value("Len", "Len: ");
            self.of_tree("TCP", "", number, sink);
        } else if text.starts_with("Domain Name System (") {
            self.tree.lookup = Some(Message { rcode: "NOERROR", response: text.contains("(response)"), ..Message::default() });
        } else if let Some((_, words)) = text.strip_prefix("Flags: ").and_then(|rest| rest.split_once(" Standard query response")) {
            if let Some(message) = &mut self.tree.lookup {
                message.rcode = lookups::rcode(words).0;
            }
        } else if let Some((name, record)) = text.split_once(": type ").filter(|_| self.tree.lookup.is_some()) {
            self.record(name, record);
        } else if let Some(flags) = text.strip_prefix("Flags: ").and_then(|rest| rest.split_once('(')) {
            let info = format!("[{}]{}", flags.1.trim_end_matches(')'), self.tree.sequence);
            if !self.tree.listed {
                self.of_tree("TCP", &info, number, sink);
            }
        } else if let Some(name) = text.strip_prefix("Server Name: ") {
            self.of_tree("TLS", &format!("Client Hello (SNI={name})"), number, sink);
        } else if let Some(rest) = text.strip_prefix("Handshake Protocol: ") {
            self.of_tree("TLS", rest, number, sink);
        } else if let Some((version, _)) = text.split_once(" Record Layer: Application Data Protocol") {
            if !self.tree.listed {
                self.of_tree(version, "Application Data", number, sink);
            }
        } else if let Some((level, description)) = alert(text) {
            self.told(number, level, description, text, sink);
        } else if let Some(level) = text.strip_prefix("Level: ") {
            self.tree.level = level.to_owned();
        } else if let Some(description) = text.strip_prefix("Description: ").filter(|_| !self.tree.told && !self.tree.level.is_empty()) {
            let level = std::mem::take(&mut self.tree.level);
            self.told(number, &level, description, text, sink);
        }
    }

    /// A packet that only its tree tells of.
    fn count_tree(&mut self, sink: &mut dyn FnMut(Event)) {
        if !self.tree.listed {
            let at = self.tree.time.as_ref().map(Stamp::wall_millis);
            let tree = std::mem::take(&mut self.tree);
            self.counted(Some(tree.number), at, sink);
            self.tree = tree;
        }
    }

    /// `tools.cisco.com: type A, class IN`, with `, addr 192.0.2.1` where it is an answer.
    fn record(&mut self, name: &str, record: &str) {
        let Some(message) = &mut self.tree.lookup else { return };
        let mut parts = record.split(", ");
        let kind = parts.next().unwrap_or_default();
        match parts
            .find_map(|part| part.strip_prefix("addr ").or_else(|| part.strip_prefix("cname ")).or_else(|| part.strip_prefix("mname ")))
        {
            Some(value) => message.record(kind, || Some(value)),
            None if message.name.is_empty() => {
                (message.kind, message.name) = (kind.to_owned(), name.trim_end_matches('.').to_ascii_lowercase());
            }
            None => {}
        }
    }

    /// The tree at hand is whole.
    fn end_tree(&mut self, sink: &mut dyn FnMut(Event)) {
        let Some(message) = self.tree.lookup.take().filter(|message| !message.name.is_empty() && !self.tree.listed) else { return };
        let (from, to) = (self.tree.from.clone(), self.tree.to.clone());
        let words = if message.response { "answer" } else { "query" };
        let text = format!("DNS {words} from {} to {}: {} {} {}", from.name, to.name, message.rcode, message.kind, message.name);
        let at = self.tree.time.as_ref().map(Stamp::wall_millis);
        let moment = Moment { line: self.tree.line, time: self.tree.time.clone(), at, text };
        self.lookup(&message, &from, &to, &moment, sink);
    }

    /// Takes what the tree at hand says of its connection.
    fn of_tree(&mut self, protocol: &str, info: &str, line: u64, sink: &mut dyn FnMut(Event)) {
        let (from, to) = (self.tree.from.clone(), self.tree.to.clone());
        if !from.name.is_empty() && !to.name.is_empty() {
            let at = self.tree.time.as_ref().map(Stamp::wall_millis);
            let text = format!("{} to {}: {info}", from.shown(), to.shown());
            let moment = Moment { line, time: self.tree.time.clone(), at, text };
            self.packet(&from, &to, (protocol, info), &moment, sink);
        }
    }

    fn told(&mut self, number: u64, level: &str, description: &str, text: &str, sink: &mut dyn FnMut(Event)) {
        self.tree.told = true;
        let (from, to, time) = (self.tree.from.clone(), self.tree.to.clone(), self.tree.time.clone());
        sink(self.alert(&from, &to, (level, description), number, time, text));
    }

    fn lookup(&mut self, message: &Message, from: &End, to: &End, moment: &Moment, sink: &mut dyn FnMut(Event)) {
        self.hears(&to.name);
        if let Some(told) = self.lookups.take(message, from, to, moment) {
            sink(told.event(Vec::new()));
        }
    }

    fn hears(&mut self, name: &str) {
        if self.heard.len() < CLIENTS && !self.heard.contains(name) {
            self.heard.insert(name.to_owned());
        }
    }

    /// Takes one packet: `info` as the list words it.
    fn packet(&mut self, from: &End, to: &End, (protocol, info): (&str, &str), moment: &Moment, sink: &mut dyn FnMut(Event)) {
        self.hears(&to.name);
        let whole = self.number.is_some() && !self.gaps;
        let fits = |known: &Connection| known.is_between(from, to) && known.has_ports(from, to);
        let mut connection = match self.connections.iter().rposition(fits) {
            Some(at) => self.connections.remove(at),
            None => Connection::new(from.clone(), to.clone()),
        };
        // Without ports it may be of any that is open between the two.
        let others = from.port.is_empty() && self.connections.iter().any(|known| known.is_between(from, to) && known.is_open());
        connection.blurred |= others;
        if others {
            self.connections.iter_mut().filter(|known| known.is_between(from, to)).for_each(|known| known.blurred = true);
        }
        let told = connection.packet(from, to, (protocol, info), moment, whole);
        if connection.alone
            && self.alone.len() < CLIENTS
            && let Some((client, _)) = connection.sides()
        {
            self.alone.insert(client.name.clone());
        }
        if let Some(told) = told
            && let Some((_, server)) = connection.sides()
        {
            let looked_up = || self.lookups.name(&server.name).unwrap_or_default();
            let name = if connection.name.is_empty() { looked_up() } else { &connection.name };
            sink(told.event(connection.context(name)));
        }
        if self.connections.len() >= CONNECTIONS {
            self.connections.remove(0);
        }
        self.connections.push(connection);
    }

    fn alert(&self, from: &End, to: &End, (level, description): (&str, &str), number: u64, time: Option<Stamp>, text: &str) -> Event {
        let named = |value: &str| value.split('(').next().unwrap_or_default().trim().to_ascii_lowercase().replace(' ', "_");
        let mut fields = vec![("level", named(level)), ("description", named(description)), ("listed", "yes".to_owned())];
        let connection = self.connections.iter().rev().find(|known| known.is_between(from, to));
        if let Some(connection) = connection.filter(|_| from.name != to.name) {
            fields.extend(connection.alert(from));
        }
        let text = text.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
        Event { kind: TLS_ALERT, place: Place::Line(number), time, fields, text }
    }
}

/// Level and description of `Alert (Level: Fatal, Description: Unknown CA)`.
fn alert(text: &str) -> Option<(&str, &str)> {
    let (_, rest) = text.split_once("Alert (Level: ")?;
    let (inside, _) = rest.split_once(')')?;
    inside.split_once(", Description: ")
}

/// What follows a key up to the next comma.
fn after<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(key)?;
    Some(rest.split(',').next().unwrap_or(rest).trim())
}

#[cfg(test)]
mod tests;

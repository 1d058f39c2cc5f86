//! Packets as text: the list that Wireshark and tshark print, and their trees (`-V`). Told are TLS alerts, with who sent them.
//!
//! ```text
//!     9   0.140000     10.8.1.5 → 146.112.59.81 TLSv1.2 61 Alert (Level: Fatal, Description: Unknown CA)
//! 843 ⇥ 2024-03-02 21:33:59.506878 ⇥ ExpC ⇥ SmartLicensing ⇥ TLSv1.2 ⇥ 73 ⇥ 33594 ⇥ 443 ⇥ Alert (Level: Fatal, Description: Unknown CA)
//! "843","1.2","10.8.1.5","146.112.59.81","TLSv1.2","73","Alert (Level: Fatal, Description: Unknown CA)"
//! ```
//!
//! The client is who sent the SYN, else the Client Hello, else the end that is not at a server's port. Where none of these is
//! listed, `from` is empty.

use super::event::{Event, Place};
use super::time::{self, Stamp};

/// Kind of the events: that of an alert in a capture. `listed` tells the two apart.
pub const TLS_ALERT: &str = "tls-alert";

/// Connections that are kept apart at a time.
const CONNECTIONS: usize = 256;

/// Ports on which a licensing server or a proxy listens.
const SERVER_PORTS: [&str; 6] = ["443", "8443", "8182", "80", "8080", "3128"];

/// Reads lines in their order. One reader serves one section.
#[derive(Debug, Default)]
pub struct PacketListReader {
    connections: Vec<Connection>,
    /// The packet whose tree is being read.
    tree: Tree,
}

/// A packet as its tree tells it.
#[derive(Debug, Default)]
struct Tree {
    from: End,
    to: End,
    time: Option<Stamp>,
    level: String,
    told: bool,
}

/// One end of a connection: its address, or what the list calls it, and its port where that is listed.
#[derive(Clone, Debug, Default, PartialEq)]
struct End {
    name: String,
    port: String,
}

impl End {
    fn is_at_server(&self) -> bool {
        SERVER_PORTS.contains(&self.port.as_str())
    }

    fn shown(&self) -> String {
        if self.port.is_empty() { self.name.clone() } else { format!("{}:{}", self.name, self.port) }
    }
}

/// What the list says of one connection.
#[derive(Debug)]
struct Connection {
    one: End,
    other: End,
    /// Whether `one` is the client, by a packet that only a client or a server sends.
    one_is_client: Option<bool>,
    name: String,
    stage: &'static str,
    sent_certificate: bool,
}

/// One packet of a list.
struct Packet {
    from: End,
    to: End,
    info: String,
}

impl PacketListReader {
    /// Takes line `number` of the artifact; an alert on it goes to `sink`.
    pub fn line(&mut self, number: u64, line: &str, sink: &mut dyn FnMut(Event)) {
        let text = line.trim();
        if let Some(Packet { from, to, info }) = packet(text) {
            self.packet(&from, &to, &info);
            if let Some((level, description)) = alert(&info) {
                sink(self.alert(&from, &to, (level, description), number, time::find_date(text), text));
            }
            return;
        }
        self.branch(number, text, sink);
    }

    /// A line of a tree.
    fn branch(&mut self, number: u64, text: &str, sink: &mut dyn FnMut(Event)) {
        if text.strip_prefix("Frame ").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit())) {
            self.tree = Tree::default();
        } else if let Some(rest) = text.strip_prefix("Arrival Time: ") {
            self.tree.time = time::find_date(rest);
        } else if text.starts_with("Internet Protocol Version ") {
            let name = |key| after(text, key).unwrap_or_default().to_owned();
            (self.tree.from.name, self.tree.to.name) = (name("Src: "), name("Dst: "));
        } else if text.starts_with("Transmission Control Protocol, ") {
            let port = |key| after(text, key).unwrap_or_default().rsplit('(').next().unwrap_or_default().trim_end_matches(')').to_owned();
            (self.tree.from.port, self.tree.to.port) = (port("Src Port: "), port("Dst Port: "));
            self.of_tree("");
        } else if let Some(flags) = text.strip_prefix("Flags: ").and_then(|rest| rest.split_once('(')) {
            self.of_tree(&format!("[{}]", flags.1.trim_end_matches(')')));
        } else if let Some(name) = text.strip_prefix("Server Name: ") {
            self.of_tree(&format!("Client Hello (SNI={name})"));
        } else if let Some(rest) = text.strip_prefix("Handshake Protocol: ") {
            self.of_tree(rest);
        } else if let Some((level, description)) = alert(text) {
            self.told(number, level, description, text, sink);
        } else if let Some(level) = text.strip_prefix("Level: ") {
            self.tree.level = level.to_owned();
        } else if let Some(description) = text.strip_prefix("Description: ").filter(|_| !self.tree.told && !self.tree.level.is_empty()) {
            let level = std::mem::take(&mut self.tree.level);
            self.told(number, &level, description, text, sink);
        }
    }

    /// Takes what the tree at hand says of its connection.
    fn of_tree(&mut self, info: &str) {
        let (from, to) = (self.tree.from.clone(), self.tree.to.clone());
        if !from.name.is_empty() && !to.name.is_empty() {
            self.packet(&from, &to, info);
        }
    }

    fn told(&mut self, number: u64, level: &str, description: &str, text: &str, sink: &mut dyn FnMut(Event)) {
        self.tree.told = true;
        let (from, to, time) = (self.tree.from.clone(), self.tree.to.clone(), self.tree.time.clone());
        sink(self.alert(&from, &to, (level, description), number, time, text));
    }

    /// Takes one packet: `info` as the list words it.
    fn packet(&mut self, from: &End, to: &End, info: &str) {
        let known = self.connections.iter().position(|known| known.is_between(from, to));
        let at = known.unwrap_or_else(|| {
            if self.connections.len() >= CONNECTIONS {
                self.connections.remove(0);
            }
            self.connections.push(Connection::new(from.clone(), to.clone()));
            self.connections.len() - 1
        });
        if let Some(connection) = self.connections.get_mut(at) {
            connection.packet(from, to, info);
        }
    }

    fn alert(&self, from: &End, to: &End, (level, description): (&str, &str), number: u64, time: Option<Stamp>, text: &str) -> Event {
        let named = |value: &str| value.split('(').next().unwrap_or_default().trim().to_ascii_lowercase().replace(' ', "_");
        let mut fields = vec![("level", named(level)), ("description", named(description)), ("listed", "yes".to_owned())];
        let connection = self.connections.iter().find(|known| known.is_between(from, to));
        if let Some(connection) = connection.filter(|_| from.name != to.name) {
            fields.extend(connection.told(from));
        }
        let text = text.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
        Event { kind: TLS_ALERT, place: Place::Line(number), time, fields, text }
    }
}

impl Connection {
    fn new(one: End, other: End) -> Self {
        Self { one, other, one_is_client: None, name: String::new(), stage: "", sent_certificate: false }
    }

    fn is_between(&self, from: &End, to: &End) -> bool {
        let (one, other) = (&self.one.name, &self.other.name);
        (one, other) == (&from.name, &to.name) || (one, other) == (&to.name, &from.name)
    }

    fn packet(&mut self, from: &End, to: &End, info: &str) {
        let by_one = self.one.name == from.name;
        let (one, other) = if by_one { (from, to) } else { (to, from) };
        if !one.port.is_empty() {
            // From other ports it is another connection of the same two.
            if !self.one.port.is_empty() && (&self.one, &self.other) != (one, other) {
                *self = Self::new(one.clone(), other.clone());
            }
            (self.one.port, self.other.port) = (one.port.clone(), other.port.clone());
        }
        if info.contains("[SYN]") || info.contains("Client Hello") {
            self.one_is_client = Some(by_one);
        } else if info.contains("[SYN, ACK]") || has_word(info, "Server Hello") {
            self.one_is_client = Some(!by_one);
        }
        if info.contains("[SYN]") {
            (self.stage, self.sent_certificate) = ("", false);
        }
        if info.contains("Client Hello") {
            (self.stage, self.sent_certificate) = ("client-hello", false);
            self.name = asked(info).unwrap_or(&self.name).to_owned();
        }
        if has_word(info, "Server Hello") {
            self.stage = "server-hello";
        }
        if has_word(info, "Certificate") {
            let by_client = self.one_is_client == Some(by_one);
            self.stage = if by_client { "client-certificate" } else { "certificate" };
            self.sent_certificate |= by_client;
        }
        if info.contains("Application Data") {
            self.stage = "established";
        }
    }

    /// What is known of it, for an alert from one of its ends; nothing where it is not known who is the client.
    fn told(&self, from: &End) -> Vec<(&'static str, String)> {
        let by_port = match (self.one.is_at_server(), self.other.is_at_server()) {
            (true, false) => Some(false),
            (false, true) => Some(true),
            _ => None,
        };
        let Some(one_is_client) = self.one_is_client.or(by_port) else { return Vec::new() };
        let (client, server) = if one_is_client { (&self.one, &self.other) } else { (&self.other, &self.one) };
        let side = if from.name == client.name { "client" } else { "server" };
        let mut fields = vec![
            ("from", side.to_owned()),
            ("client", client.shown()),
            ("server", server.shown()),
            ("server_port", server.port.clone()),
            ("server_name", self.name.clone()),
            ("after", self.stage.to_owned()),
        ];
        fields.extend(self.sent_certificate.then(|| ("client_certificate", "sent".to_owned())));
        fields
    }
}

/// Source, destination and info of a line of a list.
fn packet(text: &str) -> Option<Packet> {
    let cells: Vec<&str> = if text.contains('\t') {
        text.split('\t').map(str::trim).collect()
    } else if text.starts_with('"') {
        text.trim_matches('"').split("\",\"").collect()
    } else {
        text.split_ascii_whitespace().collect()
    };
    let cells: Vec<&str> = cells.into_iter().filter(|cell| !matches!(*cell, "→" | "->" | "")).take(64).collect();
    let is_protocol = |cell: &str| matches!(cell, "TCP" | "SSL" | "TLS") || cell.starts_with("TLSv1") || cell.starts_with("SSLv");
    let at = cells.iter().position(|cell| is_protocol(cell)).filter(|at| *at >= 2)?;
    let (from, to) = (*cells.get(at - 2)?, *cells.get(at - 1)?);
    let behind = cells.get(at + 1..)?;
    let is_number = |cell: &str| !cell.is_empty() && cell.bytes().all(|byte| byte.is_ascii_digit());
    let numbers: Vec<&str> = behind.iter().copied().take_while(|cell| is_number(cell)).take(3).collect();
    let info = behind.join(" ");
    // Length and both ports, in columns or as the info of TCP begins.
    let ports = match numbers.as_slice() {
        [_, from, to] => Some(((*from).to_owned(), (*to).to_owned())),
        _ => info.split_once('→').and_then(|(before, after)| {
            let (from, to) = (before.split_ascii_whitespace().last()?, after.split_ascii_whitespace().next()?);
            (is_number(from) && is_number(to)).then(|| (from.to_owned(), to.to_owned()))
        }),
    };
    let (from_port, to_port) = ports.unwrap_or_default();
    let end = |name: &str, port| End { name: name.to_owned(), port };
    Some(Packet { from: end(from, from_port), to: end(to, to_port), info })
}

/// Level and description of `Alert (Level: Fatal, Description: Unknown CA)`.
fn alert(text: &str) -> Option<(&str, &str)> {
    let (_, rest) = text.split_once("Alert (Level: ")?;
    let (inside, _) = rest.split_once(')')?;
    inside.split_once(", Description: ")
}

/// The name in `Client Hello (SNI=smartreceiver.cisco.com)`, also where a reader of pictures mistook the sign.
fn asked(info: &str) -> Option<&str> {
    let (_, rest) = info.split_once("Client Hello (")?;
    let inside = rest.split(')').next()?;
    let name = inside.split_once('=').map(|(_, name)| name).or_else(|| inside.get(4..).filter(|_| inside.get(3..4) == Some("-")))?;
    (name.contains('.') && !name.contains(' ')).then_some(name)
}

/// Whether the list names a message by exactly this: `Certificate` is neither `Certificate Request` nor `Certificate Verify`.
fn has_word(info: &str, message: &str) -> bool {
    info.split(", ")
        .any(|part| part == message || part.ends_with(message) && part.get(..part.len() - message.len()).is_some_and(only_numbers))
}

fn only_numbers(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit() || byte == b' ')
}

/// What follows a key up to the next comma.
fn after<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(key)?;
    Some(rest.split(',').next().unwrap_or(rest).trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `from | level | description | client | server | server_name | after` of every alert.
    fn read(text: &str) -> Vec<String> {
        let mut reader = PacketListReader::default();
        let mut events = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            reader.line(number, line, &mut |event| events.push(event));
        }
        let field = |event: &Event, name: &str| event.field(name).unwrap_or("").to_owned();
        let shown = ["from", "level", "description", "client", "server", "server_name", "after"];
        events.iter().map(|event| shown.map(|name| field(event, name)).join(" | ")).collect()
    }

    #[test]
    fn lists() {
        let alert = "Alert (Level: Fatal, Description: Unknown CA)";
        for (text, expected) in [
            // tshark
            (
                "    1   0.000000     10.8.1.5 → 146.112.59.81 TCP 54 33594 → 443 [SYN] Seq=0 Win=8192 Len=0\n    2   0.010000 146.112.59.81 → 10.8.1.5     TCP 54 443 → 33594 [SYN, ACK] Seq=0 Ack=1\n    4   0.040000     10.8.1.5 → 146.112.59.81 TLSv1 150 Client Hello (SNI=smartreceiver.cisco.com)\n    7   0.110000 146.112.59.81 → 10.8.1.5     TLSv1.2 570 Certificate, Server Key Exchange, Certificate Request, Server Hello Done\n    9   0.140000     10.8.1.5 → 146.112.59.81 TLSv1.2 61 %A",
                "client | fatal | unknown_ca | 10.8.1.5:33594 | 146.112.59.81:443 | smartreceiver.cisco.com | certificate",
            ),
            // Wireshark's columns, names as a picture shows them
            (
                "827\t2024-03-02 21:33:59.313638\tExo C\tSmartLicensing\tTCP\t74\t33594\t443\t33594 → 443 [SYN] Seq=0\n830\t2024-03-02 21:33:59.340219\tExo C\tSmartLicensing\tTLSv1.2\t583\t33594\t443\tClient Hello (SHA-smartreceiver.cisco.com)\n843\t2024-03-02 21:33:59.506878\tExo C\tSmartLicensing\tTLSv1.2\t73\t33594\t443\t[%A]",
                "client | fatal | unknown_ca | Exo C:33594 | SmartLicensing:443 | smartreceiver.cisco.com | client-hello",
            ),
            // the ports alone tell who is the server
            (
                "843\t2024-03-02 21:33:59.506878\tExpC\tSmartLicensing\tTLSv1.2\t73\t33594\t443\t%A",
                "client | fatal | unknown_ca | ExpC:33594 | SmartLicensing:443 |  | ",
            ),
            // the server refuses the client's certificate
            (
                "\"1\",\"0.1\",\"10.1.1.1\",\"192.133.220.90\",\"TLSv1.2\",\"200\",\"Client Hello (SNI=smartreceiver.cisco.com)\"\n\"3\",\"0.3\",\"10.1.1.1\",\"192.133.220.90\",\"TLSv1.2\",\"2000\",\"Certificate, Client Key Exchange, Certificate Verify\"\n\"4\",\"0.4\",\"192.133.220.90\",\"10.1.1.1\",\"TLSv1.2\",\"61\",\"%A\"",
                "server | fatal | unknown_ca | 10.1.1.1 | 192.133.220.90 | smartreceiver.cisco.com | client-certificate",
            ),
            // nothing says who is who
            ("9 0.14 10.8.1.5 146.112.59.81 TLSv1.2 61 %A", " | fatal | unknown_ca |  |  |  | "),
        ] {
            assert_eq!(read(&text.replace("%A", alert)), [expected], "{text}");
        }
    }

    #[test]
    fn trees() {
        let frame = |number: u32, from: &str, to: &str, rest: &str| {
            format!(
                "Frame {number}: 54 bytes on wire\n    Arrival Time: May 14, 2024 06:35:02.010000000 UTC\nInternet Protocol Version 4, Src: {from}, Dst: {to}\n{rest}\n"
            )
        };
        let ahead = "Transmission Control Protocol, Src Port: 33594, Dst Port: 443, Seq: 0, Len: 0";
        let syn = frame(1, "10.8.1.5", "146.112.59.81", &format!("{ahead}\n    Flags: 0x002 (SYN)"));
        let hello = frame(
            4,
            "10.8.1.5",
            "146.112.59.81",
            &format!(
                "{ahead}\n    Flags: 0x018 (PSH, ACK)\n        Handshake Protocol: Client Hello\n            Server Name: tools.cisco.com"
            ),
        );
        let alert = "    TLSv1.2 Record Layer: Alert (Level: Fatal, Description: Unknown CA)\n        Alert Message\n            Level: Fatal (2)\n            Description: Unknown CA (48)";
        let expected = "client | fatal | unknown_ca | 10.8.1.5:33594 | 146.112.59.81:443 | tools.cisco.com | client-hello";
        let whole = format!("{syn}{hello}{}", frame(9, "10.8.1.5", "146.112.59.81", &format!("{ahead}\n{alert}")));
        assert_eq!(read(&whole), [expected]);
        // Without the line of the record.
        let (_, bare) = alert.split_once('\n').unwrap();
        let whole = format!("{syn}{hello}{}", frame(9, "10.8.1.5", "146.112.59.81", &format!("{ahead}\n{bare}")));
        assert_eq!(read(&whole), [expected]);
    }

    #[test]
    fn what_is_no_alert() {
        for text in ["", "Alert (Level: Fatal", "TCP", "a b TCP", "Description: Unknown CA (48)", "1 0.1 a b TCP 54 443 [ACK]"] {
            assert!(read(text).is_empty(), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "(TCP|TLSv1.2|Alert \\(Level: |, Description: |Client Hello \\(|Src: |Src Port: |Frame 1|Flags: \\(|→|[a-z0-9 ,\t\n\"()é:]){0,30}") {
            read(&text);
        }
    }
}

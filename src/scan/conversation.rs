//! Who talked to whom in a capture: its connections, with what was worth a remark in them, and the names that were
//! asked for. Bounded: where there are too many, those that signals matched stay first, then those that failed, then
//! the earliest.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::formats::capture::{Connection, Keyed, Opening};
use crate::formats::event::{Event, Place};

/// Conversations and names that leave the scan.
pub const SHOWN: usize = 200;
/// Pairs of ends, and names, that are held at once; half of them stay where there are more.
const HELD: usize = 1_024;
/// Connections between the same ends that are told apart.
const AGAIN: usize = 8;
/// Certificates of a chain whose names are kept.
const CHAIN: usize = 8;
/// Remarks kept of one pair of ends.
const REMARKS: usize = 32;
/// Names counted exactly.
const NAMES: usize = 65_536;
/// Addresses kept of one name.
const ADDRESSES: usize = 8;

/// What a capture shows beside its events.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Traffic {
    /// All TCP connections.
    pub connections: u64,
    /// The most important of them, those first.
    pub conversations: Vec<Conversation>,
    /// Names asked for, with a type each, all of them.
    pub names_asked: u64,
    /// The most important of them, those first.
    pub names: Vec<NameAsked>,
    /// Packets of which the capture holds less than was sent.
    pub cut_by_snaplen: u64,
    /// Connections that began before the capture.
    pub missed: u64,
    /// Connections of which bytes are missing.
    pub gaps: u64,
    /// Connections whose certificates are encrypted.
    pub encrypted: u64,
}

/// One connection.
#[derive(Clone, Debug, PartialEq)]
pub struct Conversation {
    /// What is known of it as a whole; texts visible and masked.
    pub connection: Connection,
    /// A signal matched in it, or another conversation of the same name.
    pub recognised: bool,
    /// Its ends were used for another connection as well.
    pub again: bool,
    /// Something in it failed.
    pub failed: bool,
    /// What is worth saying, in packet order.
    pub remarks: Vec<Remark>,
}

/// Something that happened in a conversation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Remark {
    /// Where.
    pub packet: u64,
    /// What.
    pub what: What,
}

/// Kinds of remarks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// A TLS alert in the clear.
    Alert {
        /// `client`, `server`.
        from: String,
        /// `warning`, `fatal`.
        level: String,
        /// By its RFC name.
        description: String,
    },
    /// An HTTP request.
    Request {
        /// `GET`, `CONNECT` …
        method: String,
        /// Host and path.
        target: String,
        /// Of the answer; `None` where none came.
        status: Option<u16>,
    },
    /// A SYN stayed without answer.
    Silent {
        /// How often it was sent.
        attempts: String,
    },
    /// A RST answered the SYN.
    Refused,
    /// A RST.
    Reset {
        /// `client`, `server`.
        from: String,
        /// After a FIN, as many end.
        closing: bool,
    },
    /// A FIN where the server never answered.
    Closed {
        /// `client`, `server`.
        from: String,
    },
    /// Anything else a reader may say.
    Other {
        /// Kind of the event.
        kind: &'static str,
        /// In its own words.
        text: String,
    },
}

/// One name asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameAsked {
    /// The name.
    pub name: String,
    /// The type, `A`.
    pub kind: String,
    /// A signal matched it, or the name under another type.
    pub recognised: bool,
    /// The first packet that tells of it.
    pub packet: u64,
    /// What became of it, and how often: result codes, `no answer`.
    pub outcomes: BTreeMap<String, u64>,
    /// Addresses given, the first few.
    pub addresses: Vec<String>,
}

/// Gathers [`Traffic`] while a capture is read.
#[derive(Default)]
pub(super) struct Gathering {
    ends: HashMap<(String, String), Between, Keyed>,
    names: HashMap<(String, String), NameAsked, Keyed>,
    asked: HashSet<u64, Keyed>,
    totals: Traffic,
    known_names: HashSet<String>,
    shown: Shown,
}

/// Names as they were, and masked and escaped.
#[derive(Default)]
struct Shown(HashMap<String, String, Keyed>);

impl Shown {
    fn of(&mut self, text: &str, shown: &dyn Fn(&str) -> String) -> String {
        if let Some(known) = self.0.get(text) {
            return known.clone();
        }
        if self.0.len() >= HELD {
            self.0.clear();
        }
        let made = shown(text);
        self.0.insert(text.to_owned(), made.clone());
        made
    }
}

/// What is held of one pair of ends.
#[derive(Default)]
struct Between {
    first: u64,
    recognised: Vec<u64>,
    failed: bool,
    again: bool,
    connections: Vec<Connection>,
    remarks: Vec<Remark>,
}

/// Whether events of a kind say nothing that the connection as a whole does not tell.
pub(super) fn is_told_by_connection(kind: &str) -> bool {
    matches!(kind, "tls-client-hello" | "tls-server-hello" | "tls-certificate" | "tls-certificate-request" | "tls-established")
}

impl What {
    /// What an event is worth; `None` where the connection as a whole tells it. What clients wrote is still to be
    /// [shown](Self::show).
    fn of(event: &Event, shown: &dyn Fn(&str) -> String) -> Option<Self> {
        let field = |name| event.field(name).unwrap_or_default();
        let word = |name| field(name).to_owned();
        let status = || field("status").parse().ok();
        Some(match event.kind {
            kind if is_told_by_connection(kind) => return None,
            "tls-alert" => Self::Alert { from: word("from"), level: word("level"), description: word("description") },
            "http-connect" => Self::Request { method: "CONNECT".to_owned(), target: word("host"), status: status() },
            "http-request" => Self::Request { method: word("method"), target: [field("host"), field("path")].concat(), status: status() },
            "tcp-syn-unanswered" => Self::Silent { attempts: word("attempts") },
            "tcp-refused" => Self::Refused,
            "tcp-reset" => Self::Reset { from: word("from"), closing: field("closing") == "yes" },
            "tcp-closed" => Self::Closed { from: word("from") },
            kind => Self::Other { kind, text: shown(&event.text) },
        })
    }

    /// Masks and escapes what clients wrote: done for the few that leave the scan.
    fn show(&mut self, shown: &dyn Fn(&str) -> String) {
        if let Self::Request { method, target, .. } = self {
            (*method, *target) = (shown(method), shown(target));
        }
    }

    /// Whether it means that something failed.
    fn failed(&self) -> bool {
        match self {
            Self::Alert { level, .. } => level != "warning",
            Self::Request { status, .. } => status.is_none_or(|status| status >= 400),
            Self::Reset { closing, .. } => !closing,
            Self::Silent { .. } | Self::Refused | Self::Closed { .. } | Self::Other { .. } => true,
        }
    }
}

impl Gathering {
    /// Takes an event; `recognised` where a signal matched that is about its traffic. `shown` masks and escapes.
    pub(super) fn event(&mut self, event: &Event, recognised: bool, shown: &dyn Fn(&str) -> String) {
        let Place::Packet(packet) = event.place else { return };
        let field = |name| event.field(name).unwrap_or_default();
        if event.kind.starts_with("dns-") && !field("name").is_empty() {
            return self.asked(event, packet, recognised, shown);
        }
        if recognised {
            self.known(field("server_name"));
        }
        let what = What::of(event, shown);
        if what.is_none() && !recognised {
            return;
        }
        let between = self.between(field("client"), field("server"), packet);
        if recognised && between.recognised.len() < REMARKS {
            between.recognised.push(packet);
        }
        if let Some(what) = what {
            between.failed |= what.failed();
            if between.remarks.len() < REMARKS {
                between.remarks.push(Remark { packet, what });
            }
        }
        self.make_room();
    }

    /// Takes a connection, of which no more packets come.
    pub(super) fn connection(&mut self, mut connection: Connection) {
        self.totals.connections += 1;
        self.totals.missed += u64::from(connection.opening == Opening::Missed);
        self.totals.gaps += u64::from(connection.client_gap || connection.server_gap);
        self.totals.encrypted += u64::from(connection.hides_certificate());
        for names in [&mut connection.subjects, &mut connection.issuers] {
            names.truncate(CHAIN);
        }
        let between = self.between(&connection.client.to_string(), &connection.server.to_string(), connection.first);
        between.again |= !between.connections.is_empty();
        if between.connections.len() < AGAIN {
            between.connections.push(connection);
        }
        self.make_room();
    }

    fn between(&mut self, one: &str, other: &str, packet: u64) -> &mut Between {
        let key = if one <= other { (one.to_owned(), other.to_owned()) } else { (other.to_owned(), one.to_owned()) };
        let between = self.ends.entry(key).or_insert_with(|| Between { first: packet, ..Between::default() });
        between.first = between.first.min(packet);
        between
    }

    fn known(&mut self, name: &str) {
        if !name.is_empty() && self.known_names.len() < HELD {
            self.known_names.insert(name.to_ascii_lowercase());
        }
    }

    fn asked(&mut self, event: &Event, packet: u64, recognised: bool, shown: &dyn Fn(&str) -> String) {
        let field = |name| event.field(name).unwrap_or_default();
        if recognised {
            self.known(field("name"));
        }
        // Types and codes are words of the reader's own.
        let key = (self.shown.of(field("name"), shown), field("type").to_owned());
        if self.asked.len() < NAMES {
            let mut hasher = DefaultHasher::new();
            key.hash(&mut hasher);
            self.asked.insert(hasher.finish());
        }
        let asked = match self.names.entry(key) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(room) => {
                let (name, kind) = room.key().clone();
                room.insert(NameAsked { name, kind, recognised: false, packet, outcomes: BTreeMap::new(), addresses: Vec::new() })
            }
        };
        asked.recognised |= recognised;
        asked.packet = asked.packet.min(packet);
        let (outcome, times) = match event.kind {
            "dns-response" if field("rcode") == "NOERROR" && field("answers") == "0" => ("no such record".to_owned(), 1),
            "dns-response" => (field("rcode").to_owned(), 1),
            "dns-unanswered" => ("no answer".to_owned(), field("queries").parse().unwrap_or(1)),
            kind => (kind.trim_start_matches("dns-").replace('-', " "), 1),
        };
        if asked.outcomes.len() < ADDRESSES || asked.outcomes.contains_key(&outcome) {
            *asked.outcomes.entry(outcome).or_default() += times;
        }
        for address in field("addresses").split(' ').filter(|address| !address.is_empty()) {
            if asked.addresses.len() < ADDRESSES && !asked.addresses.iter().any(|known| known == address) {
                asked.addresses.push(shown(address));
            }
        }
        if self.names.len() > HELD {
            keep_half(&mut self.names, |asked| (!asked.recognised, !asked.failed(), asked.packet));
        }
    }

    fn make_room(&mut self) {
        if self.ends.len() > HELD {
            keep_half(&mut self.ends, |between| (between.recognised.is_empty(), !between.failed, between.first));
        }
    }

    /// All that was gathered, the most important first.
    pub(super) fn finish(self, shown: &dyn Fn(&str) -> String) -> Traffic {
        let known = self.known_names;
        let is_known = |name: &str| known.contains(&name.to_ascii_lowercase());
        let mut conversations: Vec<Conversation> = self.ends.into_values().flat_map(Between::conversations).collect();
        for one in &mut conversations {
            one.recognised |= is_known(&one.connection.server_name);
        }
        conversations.sort_by(|a, b| {
            let key = |one: &Conversation| (!one.recognised, !one.failed, one.connection.first);
            key(a).cmp(&key(b)).then_with(|| (a.connection.client, a.connection.server).cmp(&(b.connection.client, b.connection.server)))
        });
        conversations.truncate(SHOWN);
        for Conversation { connection, remarks, .. } in &mut conversations {
            remarks.iter_mut().for_each(|remark| remark.what.show(shown));
            connection.server_name = shown(&connection.server_name);
            for name in connection.subjects.iter_mut().chain(&mut connection.issuers) {
                *name = shown(name);
            }
        }
        let mut names: Vec<NameAsked> = self.names.into_values().collect();
        for asked in &mut names {
            asked.recognised |= is_known(&asked.name);
        }
        names.sort_by(|a, b| {
            let key = |one: &NameAsked| (!one.recognised, !one.failed(), one.packet);
            key(a).cmp(&key(b)).then_with(|| (&a.name, &a.kind).cmp(&(&b.name, &b.kind)))
        });
        names.truncate(SHOWN);
        Traffic { conversations, names_asked: self.asked.len() as u64, names, ..self.totals }
    }
}

/// Half as many as may be held, those that come first by `order` and then by their keys.
fn keep_half<T>(held: &mut HashMap<(String, String), T, Keyed>, order: impl Fn(&T) -> (bool, bool, u64)) {
    let mut all: Vec<_> = held.iter().map(|(key, one)| (order(one), key)).collect();
    if all.len() <= HELD / 2 {
        return;
    }
    let (_, (first, key), _) = all.select_nth_unstable(HELD / 2);
    let beyond = (*first, (*key).clone());
    held.retain(|key, one| (order(one), key) < (beyond.0, &beyond.1));
}

impl NameAsked {
    /// Whether something else than an answer came of it.
    pub fn failed(&self) -> bool {
        self.outcomes.keys().any(|outcome| !matches!(outcome.as_str(), "NOERROR" | "no such record"))
    }
}

impl Between {
    /// One a connection; a remark belongs to the connection that its packet lies in.
    fn conversations(self) -> Vec<Conversation> {
        let Self { recognised, again, connections, remarks, .. } = self;
        let one = |connection: Connection| {
            let within = |packet: u64| (connection.first..=connection.last).contains(&packet);
            let mut own: Vec<Remark> = remarks.iter().filter(|remark| within(remark.packet)).cloned().collect();
            own.sort();
            Conversation {
                recognised: recognised.iter().any(|packet| within(*packet)),
                failed: own.iter().any(|remark| remark.what.failed()),
                again,
                remarks: own,
                connection,
            }
        };
        connections.into_iter().map(one).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(kind: &'static str, packet: u64, fields: &[(&'static str, &str)]) -> Event {
        let fields = fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        Event { kind, place: Place::Packet(packet), time: None, fields, text: format!("{kind} told") }
    }

    fn connection(port: u16, first: u64) -> Connection {
        Connection {
            client: ([192, 0, 2, 1], port).into(),
            server: ([192, 0, 2, 9], 443).into(),
            server_name: String::new(),
            first,
            last: first + 9,
            packets: 10,
            start: None,
            milliseconds: Some(12),
            opening: Opening::Seen,
            stage: "connect",
            client_spoke: false,
            server_spoke: false,
            tls: false,
            tls_version: None,
            hides_handshake: false,
            subjects: Vec::new(),
            issuers: Vec::new(),
            client_certificate: None,
            client_gap: false,
            server_gap: false,
        }
    }

    fn as_it_is(text: &str) -> String {
        text.to_owned()
    }

    fn gathered(said: impl FnOnce(&mut Gathering)) -> Traffic {
        let mut gathering = Gathering::default();
        said(&mut gathering);
        gathering.finish(&as_it_is)
    }

    #[test]
    fn what_matters_comes_first() {
        let ends = |port| [("client", format!("192.0.2.1:{port}")), ("server", "192.0.2.9:443".to_owned())];
        let traffic = gathered(|gathering| {
            let failing = ends(2);
            let fields: Vec<_> = failing.iter().map(|(name, value)| (*name, value.as_str())).collect();
            gathering.event(&event("tcp-refused", 21, &fields), false, &as_it_is);
            let healthy = ends(3);
            let fields: Vec<_> = healthy.iter().map(|(name, value)| (*name, value.as_str())).collect();
            gathering.event(&event("tls-established", 33, &fields), true, &as_it_is);
            for port in 1..=3 {
                gathering.connection(connection(port, u64::from(port) * 10 + 1));
            }
        });
        let order: Vec<_> = traffic.conversations.iter().map(|one| (one.connection.client.port(), one.recognised, one.failed)).collect();
        assert_eq!(order, [(3, true, false), (2, false, true), (1, false, false)]);
        assert_eq!(traffic.connections, 3);
    }

    #[test]
    fn ends_used_again_keep_their_remarks_apart() {
        let fields = [("client", "192.0.2.1:7"), ("server", "192.0.2.9:443"), ("from", "server"), ("closing", "no")];
        let traffic = gathered(|gathering| {
            gathering.connection(connection(7, 1));
            gathering.event(&event("tcp-reset", 25, &fields), false, &as_it_is);
            // A mid-flow guess may have had the ends the other way round.
            let turned = [("client", "192.0.2.9:443"), ("server", "192.0.2.1:7")];
            gathering.event(&event("tcp-of-tomorrow", 26, &turned), false, &as_it_is);
            gathering.connection(connection(7, 20));
        });
        let seen: Vec<_> = traffic.conversations.iter().map(|one| (one.connection.first, one.again, one.remarks.len())).collect();
        assert_eq!(seen, [(20, true, 2), (1, true, 0)]);
        let unknown = What::Other { kind: "tcp-of-tomorrow", text: "tcp-of-tomorrow told".to_owned() };
        assert_eq!(traffic.conversations[0].remarks[1], Remark { packet: 26, what: unknown });
    }

    #[test]
    fn a_recognised_name_marks_all_of_its_traffic() {
        let dns = |packet, kind, answers| {
            event("dns-response", packet, &[("name", "a.example"), ("type", kind), ("rcode", "NOERROR"), ("answers", answers)])
        };
        let traffic = gathered(|gathering| {
            gathering.event(&dns(1, "A", "2"), true, &as_it_is);
            gathering.event(&dns(2, "AAAA", "0"), false, &as_it_is);
            gathering.connection(Connection { server_name: "A.example".to_owned(), ..connection(5, 3) });
        });
        assert!(traffic.conversations[0].recognised && traffic.names.iter().all(|asked| asked.recognised));
        let outcomes: Vec<_> = traffic.names.iter().flat_map(|asked| asked.outcomes.keys()).collect();
        assert_eq!(outcomes, ["NOERROR", "no such record"]);
    }

    #[test]
    fn bounded_and_counted_whatever_comes() {
        let traffic = gathered(|gathering| {
            for n in 0..5_000_u16 {
                gathering.connection(connection(n, u64::from(n) + 1));
                let name = format!("{n}.example");
                let fields = [("name", name.as_str()), ("type", "A"), ("rcode", "NXDOMAIN")];
                gathering.event(&event("dns-response", u64::from(n) + 1, &fields), n == 4_900, &as_it_is);
                assert!(gathering.ends.len() <= HELD && gathering.names.len() <= HELD);
            }
        });
        assert_eq!((traffic.connections, traffic.conversations.len()), (5_000, SHOWN));
        assert_eq!((traffic.names_asked, traffic.names.len()), (5_000, SHOWN));
        assert_eq!(traffic.names[0].name, "4900.example");
        // The rest in the order of packets.
        assert_eq!((traffic.conversations[0].connection.first, traffic.conversations[199].connection.first), (1, 200));
        assert_eq!(traffic.names[1].name, "0.example");
    }
}

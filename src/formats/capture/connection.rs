//! One TCP connection as a whole: what is known of it when no more of its packets come.

use std::net::SocketAddr;

use super::chains::Names;
use super::conversation::Conversation;
use super::pair::{Pair, Side};
use super::stream::Moment;
use super::words::stamp;
use crate::formats::time::Stamp;

/// A TCP connection, from its first packet in the capture to its last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// Who opened it, as [the module](super) says.
    pub client: SocketAddr,
    /// The other end.
    pub server: SocketAddr,
    /// Name of the server, else empty.
    pub server_name: String,
    /// Number of its first packet.
    pub first: u64,
    /// Number of its last packet.
    pub last: u64,
    /// How many packets.
    pub packets: u64,
    /// Time of the first packet.
    pub start: Option<Stamp>,
    /// Milliseconds from the first packet to the last; `None` where a time is missing or the clock went back.
    pub milliseconds: Option<u64>,
    /// How it began.
    pub opening: Opening,
    /// How far it got, in the words of `after`, `client-certificate` included.
    pub stage: &'static str,
    /// Whether the client sent anything.
    pub client_spoke: bool,
    /// Whether the server sent anything.
    pub server_spoke: bool,
    /// Whether TLS was seen in it.
    pub tls: bool,
    /// `TLS 1.2`, once the server chose.
    pub tls_version: Option<String>,
    /// The version hides everything after the Server Hello.
    pub hides_handshake: bool,
    /// Subjects of the server's chain, the leaf first.
    pub subjects: Vec<String>,
    /// Issuers of the server's chain, the leaf's first.
    pub issuers: Vec<String>,
    /// `none`, `empty`, `sent`; see [the module](super).
    pub client_certificate: Option<&'static str>,
    /// Bytes that the client sent are missing.
    pub client_gap: bool,
    /// Bytes that the server sent are missing.
    pub server_gap: bool,
}

/// How a connection began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// A SYN that nothing answered.
    Unanswered,
    /// A SYN that a RST answered.
    Refused,
    /// A SYN, or the answer to one, and more.
    Seen,
    /// Before the capture.
    Missed,
}

/// What a flow counts of itself beside what is said in it.
pub(super) struct Counted {
    pub(super) first: Moment,
    pub(super) last: Moment,
    pub(super) packets: u64,
    pub(super) opening: Opening,
    pub(super) gaps: Pair<bool>,
}

impl Connection {
    /// Whether the server's certificate came, if it did, where nobody can read it.
    pub fn hides_certificate(&self) -> bool {
        self.hides_handshake && self.subjects.is_empty()
    }

    pub(super) fn of(talk: &Conversation, counted: &Counted, server_name: String) -> Self {
        let client = talk.client();
        let session = talk.known_session();
        let chain = session.and_then(|session| session.chain());
        let list = |names: &Names, list| names.each(list).map(str::to_owned).collect();
        Self {
            client: talk.end(client),
            server: talk.end(client.other()),
            server_name,
            first: counted.first.packet,
            last: counted.last.packet,
            packets: counted.packets,
            start: stamp(counted.first),
            milliseconds: milliseconds(counted.first, counted.last),
            opening: counted.opening,
            stage: talk.stage(),
            client_spoke: talk.spoke(client),
            server_spoke: talk.spoke(client.other()),
            tls: session.is_some(),
            tls_version: session.and_then(|session| session.version_name()),
            hides_handshake: session.is_some_and(|session| session.hides_handshake()),
            subjects: chain.map(|names| list(names, &names.subjects)).unwrap_or_default(),
            issuers: chain.map(|names| list(names, &names.issuers)).unwrap_or_default(),
            client_certificate: session.and_then(|session| session.client_certificate()),
            client_gap: counted.gaps[client],
            server_gap: counted.gaps[client.other()],
        }
    }
}

/// Between two packets.
fn milliseconds(first: Moment, last: Moment) -> Option<u64> {
    let nanos = |at: Moment| at.time.map(|time| i128::from(time.seconds) * 1_000_000_000 + i128::from(time.nanos));
    u64::try_from(nanos(last)?.checked_sub(nanos(first)?)? / 1_000_000).ok()
}

impl Opening {
    pub(super) fn of(syn: bool, syn_ack: bool, refused: bool, beyond: Pair<bool>) -> Self {
        match (syn, syn_ack || beyond.any()) {
            _ if refused => Self::Refused,
            (true, false) => Self::Unanswered,
            (false, _) if !syn_ack => Self::Missed,
            _ => Self::Seen,
        }
    }
}

impl Side {
    /// A value for each side.
    pub(super) fn each<T>(of: impl Fn(Self) -> T) -> Pair<T> {
        Pair { low: of(Self::Low), high: of(Self::High) }
    }
}

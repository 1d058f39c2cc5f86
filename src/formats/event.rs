//! One thing that happened, as a reader saw it: a TLS alert, a DNS answer, a licence request with its response, an
//! Expressway log line. Rules match events by kind and fields; the vocabulary is documented with each reader.

use super::time::Stamp;

/// One event.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// The kind, a constant of the reader that made it (`tls-alert`, `license-exchange` …).
    pub kind: &'static str,
    /// Where it stands.
    pub place: Place,
    /// When, as far as the source says.
    pub time: Option<Stamp>,
    /// Named values, in the reader's order. A name may occur once.
    pub fields: Vec<(&'static str, String)>,
    /// One line a person can read, quoted as evidence.
    pub text: String,
}

/// Where an event stands inside its artifact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// Line of the decoded text, counted from 1.
    Line(u64),
    /// Packet of the capture, counted from 1 as Wireshark does.
    Packet(u64),
}

impl Event {
    /// The value of field `name`, or `None` where the reader did not give it.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(field, _)| *field == name).map(|(_, value)| value.as_str())
    }
}

/// Every kind of event some reader makes.
pub const KINDS: &[&str] = &[
    "dns-response",
    "dns-unanswered",
    "expressway-log",
    "http-connect",
    "http-request",
    "license-exchange",
    "tcp-closed",
    "tcp-gap",
    "tcp-refused",
    "tcp-reset",
    "tcp-retransmission-storm",
    "tcp-syn-unanswered",
    "tcp-unanswered",
    "tls-alert",
    "tls-alert-encrypted",
    "tls-certificate",
    "tls-certificate-request",
    "tls-client-hello",
    "tls-established",
    "tls-server-hello",
    "tls-unanswered",
];

/// Every field name some reader gives.
pub const FIELDS: &[&str] = &[
    "acknowledged",
    "addresses",
    "after",
    "alert",
    "answers",
    "attempts",
    "cipher",
    "ciphers",
    "client",
    "client_certificate",
    "closing",
    "connect_name",
    "count",
    "cut",
    "delay",
    "description",
    "detail",
    "event",
    "from",
    "hidden",
    "host",
    "id",
    "issuers",
    "lasted",
    "leaf_issuer",
    "leaf_key_usage",
    "leaf_names",
    "leaf_not_after",
    "leaf_not_before",
    "leaf_subject",
    "level",
    "linked",
    "message",
    "method",
    "missing",
    "module",
    "name",
    "not_afters",
    "path",
    "process",
    "protocols",
    "queries",
    "rcode",
    "reason",
    "request_type",
    "response",
    "resumed",
    "retry",
    "self_signed",
    "serials",
    "server",
    "server_name",
    "server_port",
    "service",
    "severity",
    "sha1s",
    "sha256s",
    "sni",
    "status",
    "status_code",
    "subjects",
    "suffix_of",
    "tls_version",
    "transport",
    "truncated",
    "type",
    "unreadable",
    "uuid",
    "version",
    "versions",
    "waited",
];

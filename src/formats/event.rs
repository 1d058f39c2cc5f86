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
    /// The value of field `name`, or `None` where the reader did not give it. `server_host` is made of others: the host of
    /// `server_name`, or of `server` where there is no name.
    pub fn field(&self, name: &str) -> Option<&str> {
        if name == "server_host" {
            let named = |field| self.field(field).map(host).filter(|host| !host.is_empty());
            return named("server_name").or_else(|| named("server"));
        }
        self.fields.iter().find(|(field, _)| *field == name).map(|(_, value)| value.as_str())
    }
}

/// The host in an address as a device or a client writes it: a name or a number, with or without port, or a URL. Empty
/// where there is none (`<empty>`).
pub fn host(address: &str) -> &str {
    let address = address.trim();
    let address = address.split_once("://").map_or(address, |(_, rest)| rest);
    let authority = address.split(['/', '?', '#', ' ']).next().unwrap_or_default();
    let authority = authority.rsplit_once('@').map_or(authority, |(_, rest)| rest);
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        // More colons than one: an address of IP version 6 without brackets.
        None if authority.matches(':').count() > 1 => authority,
        None => authority.split(':').next().unwrap_or_default(),
    };
    if host.starts_with('<') { "" } else { host.trim_end_matches('.') }
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
    "chain_valid",
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
    "listed",
    "message",
    "method",
    "missing",
    "module",
    "name",
    "name_fits",
    "not_afters",
    "one_sided",
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
    "server_host",
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_found_in_any_address() {
        for (address, expected) in [
            ("https://ssm.example.com:8443/SmartTransport", "ssm.example.com"),
            ("http://cslu-local:8182/cslu/v1/pi", "cslu-local"),
            ("https://user:word@ssm.example.com/x", "ssm.example.com"),
            ("ssm.example.com.:443", "ssm.example.com"),
            ("10.1.1.1:443", "10.1.1.1"),
            ("[2001:db8::7]:443", "2001:db8::7"),
            ("2001:db8::7", "2001:db8::7"),
            ("https://[2001:db8::7]/x", "2001:db8::7"),
            ("<empty>", ""),
            ("", ""),
        ] {
            assert_eq!(host(address), expected, "{address}");
        }
    }

    #[test]
    fn a_server_is_known_by_its_name_first() {
        let event = |fields: &[(&'static str, &str)]| Event {
            kind: "tcp-refused",
            place: Place::Packet(1),
            time: None,
            fields: fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect(),
            text: String::new(),
        };
        let both = event(&[("server", "10.1.1.1:443"), ("server_name", "ssm.example.com")]);
        assert_eq!(both.field("server_host"), Some("ssm.example.com"));
        assert_eq!(event(&[("server", "10.1.1.1:443"), ("server_name", "")]).field("server_host"), Some("10.1.1.1"));
        assert_eq!(event(&[]).field("server_host"), None);
    }
}

//! Packet captures: files to packets, packets to flows, flows to TLS, DNS and HTTP events.
//!
//! # Events
//!
//! `server_host` can be asked of any of them: the host of `server_name` without port, or the address of `server` where no
//! name is known.
//!
//! Every event of a flow carries the flow's context as far as it is known at that packet: `client` and `server`
//! (`address:port`; the client is who sent the SYN, else who sent the Client Hello or an HTTP request, else who has the
//! higher port), `server_port`, `server_name` (SNI, else the host of the CONNECT or of the HTTP request, else a name
//! that a DNS answer of this capture gave for the server's address, else empty), and once seen `leaf_subject`,
//! `leaf_issuer`, `issuers` and `subjects` (all certificates of the server's chain, joined with ` | `),
//! `client_certificate` (`none` and `empty`: the client's turn went by without one or with an empty message; `sent`),
//! `tls_version` (`TLS 1.2`, `TLS 1.3`, `SSL 3.0`).
//!
//! | kind | fields beside the context |
//! | --- | --- |
//! | `dns-response` | `name`, `type`, `rcode` (`NOERROR`, `NXDOMAIN`, `SERVFAIL`, `REFUSED`, else the number), `answers` (how many records), `addresses` (of A and AAAA records, with blanks between) |
//! | `dns-unanswered` | `name`, `type`, `queries` (how often asked), `waited`; the packet is the first query |
//! | `tcp-syn-unanswered` | `attempts`, `waited`; the packet is the first SYN |
//! | `tcp-refused` | a RST answered the SYN |
//! | `tcp-reset` | `from` (`client`, `server`), `after` (`connect`, `client-hello`, `server-hello`, `certificate`, `established`), `closing` (`yes` when a FIN came before, as many clients end) |
//! | `tcp-closed` | `from`, `after` (`client-hello`): a FIN where the server never answered the Client Hello |
//! | `tls-client-hello` | `versions` (with blanks between names of two words: `TLS 1.3 TLS 1.2`), `sni` where the client gave one, `ciphers` (names, with blanks between), `protocols` (ALPN) |
//! | `tls-server-hello` | `version`, `cipher`, `retry` (`yes` for a Hello Retry Request) |
//! | `tls-certificate` | `from`, `count`, per chain: `leaf_not_before`, `leaf_not_after`, `self_signed` (of the leaf: `yes`, `no`), `leaf_names` (alternative names), `leaf_key_usage`, `serials`, `not_afters`, `sha256s`, `sha1s`, `linked` (`yes` where each certificate is issued by the next, `no` otherwise); `subjects` and `issuers` are those of this message; `unreadable` (how many are no certificates), `cut` (`yes` where the message is not whole); a count of 0 from the client is the empty message |
//! | `tls-certificate-request` | |
//! | `tls-alert` | `from`, `level` (`warning`, `fatal`), `description` (RFC names: `unknown_ca`), `after` as above, also `client-certificate` |
//! | `tls-established` | handshake complete: application data went both ways; the packet is where the second direction began |
//! | `http-request` | `method`, `host`, `path` (without query), `status` of the answer or empty; the packet is the answer's, or the request's where none came |
//! | `http-connect` | `host` (`name:port`), `status`; the packet as above |
//!
//! `waited` is the time in whole seconds from that packet to the end of the capture: what was asked in its last moments
//! had no time to be answered.

mod buffer;
mod bytes;
mod container;
mod conversation;
mod dns;
mod flow;
mod fragments;
mod handshake;
mod http;
mod link;
mod negotiation;
mod packet;
mod pair;
mod pcapng;
mod resolver;
mod session;
mod stream;
mod table;
#[cfg(test)]
mod tests;
mod tls;
mod tls_names;
mod tunnel;
mod walk;
mod wireless;
mod words;

use std::collections::BTreeSet;
use std::io::Read;
use std::net::IpAddr;

use crate::formats::event::Event;
use crate::formats::time::Stamp;
use crate::intake::TroubleKind;

pub use words::fact_lines;

/// What a capture may cost. Sizes are bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaptureLimits {
    /// One packet; longer ones are counted and left out.
    pub packet: usize,
    /// One pcapng block that is read, and the length field of a packet that is believed.
    pub block: usize,
    /// TCP connections followed at once; the one idle longest makes room.
    pub flows: usize,
    /// Payload read of one direction of a connection.
    pub stream: usize,
    /// Payload held for all connections together.
    pub total: usize,
    /// Payload of one direction held while an earlier segment is missing.
    pub out_of_order: usize,
    /// Packets whose fragments are waited for at once.
    pub fragments: usize,
    /// Bytes of all waiting fragments together.
    pub fragment_memory: usize,
    /// One certificate.
    pub certificate: usize,
    /// One handshake message.
    pub handshake: usize,
    /// Certificates of one message.
    pub chain: usize,
}

impl Default for CaptureLimits {
    fn default() -> Self {
        Self {
            packet: 256 << 10,
            block: 16 << 20,
            flows: 262_144,
            stream: 1 << 20,
            total: 128 << 20,
            out_of_order: 256 << 10,
            fragments: 65_535,
            fragment_memory: 32 << 20,
            certificate: 64 << 10,
            handshake: 256 << 10,
            chain: 32,
        }
    }
}

/// What a capture is, beside its events.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// `pcap LE usec`, `pcap BE nsec`, `pcap LE modified`, `pcapng`; `unknown` where it is no capture.
    pub format: String,
    /// Packets, those left out included; in pcapng also what Wireshark numbers like them: custom blocks, journal
    /// entries, Sysdig events.
    pub packets: u64,
    /// Link types of the packets in order of appearance, by Wireshark's short names.
    pub link_types: Vec<String>,
    /// The earliest packet time, UTC.
    pub first: Option<Stamp>,
    /// The latest packet time, UTC.
    pub last: Option<Stamp>,
    /// Packets of which the capture holds less than was sent.
    pub cut_by_snaplen: u64,
    /// What could not be read, or not whole.
    pub troubles: Vec<(TroubleKind, String)>,
    /// TCP connections.
    pub flows: u64,
    /// Source and destination addresses, the first 65,536 of them.
    pub hosts: BTreeSet<IpAddr>,
    /// VLAN ids.
    pub vlans: BTreeSet<u16>,
    /// TCP segments with SYN and without ACK.
    pub syn: u64,
    /// TCP segments with SYN and ACK.
    pub synack: u64,
    /// TCP segments with RST.
    pub rst: u64,
    /// TCP segments whose payload was there before.
    pub retransmissions: u64,
    /// Directions of connections that lack bytes.
    pub gaps: u64,
    /// IP fragments.
    pub fragmented: u64,
    /// IPv6 packets.
    pub ipv6: u64,
}

/// Reads a capture and hands its events to `sink`.
///
/// Events come in packet order, and those that only the end can tell (`tcp-syn-unanswered`, `dns-unanswered`, requests
/// without answer, messages behind bytes that were never captured) at the end, in packet order again. Two things may
/// come later than their packet says: a message that waited behind a gap that turned out to be one, and what is told
/// of a connection that made room for others.
///
/// Never fails: what is not a capture, or is damaged, is in [`Summary::troubles`].
pub fn read(reader: &mut dyn Read, limits: &CaptureLimits, sink: &mut dyn FnMut(Event)) -> Summary {
    walk::read(reader, limits, sink)
}

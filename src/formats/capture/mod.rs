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
//! | `dns-response` | `name` (lower case), `type`, `rcode` (`NOERROR`, `NXDOMAIN`, `SERVFAIL`, `REFUSED`, else the number), `answers` (how many records), `addresses` (of A and AAAA records, with blanks between), `transport` (`udp`, `tcp`), `truncated` (`yes`: to be asked again over TCP), `suffix_of` (the plain name of which this one is a longer form, with a domain of a search list appended: the client asked for that too, or it ends with `com`), and where the query was captured: `queries` (how often asked so far), `delay` (milliseconds from the query that it answers) |
//! | `dns-unanswered` | `name`, `type`, `transport`, `suffix_of`, `queries` (how often asked), `waited`, `one_sided` (`yes`: nothing that was sent to this client was captured, though it went on with a connection after its SYN, so an answer came); the packet is the first query |
//! | `tcp-syn-unanswered` | `attempts`, `waited`, `one_sided` as above; the packet is the first SYN |
//! | `tcp-refused` | a RST answered the SYN |
//! | `tcp-reset` | `from` (`client`, `server`), `after` (`connect`, `client-hello`, `server-hello`, `certificate`, `finished`, `established`), `closing` (`yes` when a FIN came before, as many clients end), `alert` (whether either side sent a TLS alert: `no`, `clear`, `encrypted`) |
//! | `tcp-closed` | `from`, `after` (`client-hello`: a FIN where the server never answered it; `server-hello`, `certificate`: a FIN in a handshake without an alert in the clear), `alert` (`no`, `encrypted`) |
//! | `tcp-unanswered` | `waited`, `acknowledged` (`yes` when the server confirmed that all of it arrived): data of a protocol that is not read, to which the server said nothing; the packet is the client's first data |
//! | `tcp-retransmission-storm` | `from`, `count` (how often the same bytes were sent, at least 4), `lasted` (seconds from the first repetition to the last), `after`, `acknowledged` (`yes` when the other side confirmed them in the end); the packet is the first repetition. Copies of a packet within 10 ms, keep-alives and window probes do not count |
//! | `tcp-gap` | `from`, `after`, `missing` (bytes): the capture lacks part of a TLS handshake that would have been readable; the packet is the last before it; once a direction |
//! | `tls-client-hello` | `versions` (with blanks between names of two words: `TLS 1.3 TLS 1.2`), `sni` where the client gave one, `ciphers` (names, with blanks between), `protocols` (ALPN) |
//! | `tls-unanswered` | `waited`, `acknowledged` as above: a Client Hello to which the server said nothing and did not end the connection; told only where the server's packets were captured |
//! | `tls-server-hello` | `version`, `cipher`, `retry` (`yes` for a Hello Retry Request), `resumed` (`yes`: an earlier session goes on, so no certificate follows), `hidden` (`certificate alert`: in TLS 1.3 neither can be seen) |
//! | `tls-certificate` | `from`, `count`, per chain: `leaf_not_before`, `leaf_not_after`, `self_signed` (of the leaf: `yes`, `no`), `leaf_names` (alternative names), `name_fits` (of the server's, where the client asked for a name: `yes` where one of them is it, else `no`), `leaf_key_usage`, `serials`, `not_afters`, `sha256s`, `sha1s`, `linked` (`yes` where each certificate is issued by the next, `no` otherwise); `subjects` and `issuers` are those of this message; `unreadable` (how many are no certificates), `cut` (`yes` where the message is not whole, or has more certificates than the limit `chain`); a count of 0 from the client is the empty message |
//! | `tls-certificate-request` | |
//! | `tls-alert` | `from`, `level` (`warning`, `fatal`), `description` (RFC names: `unknown_ca`), `after` as above, also `client-certificate`, `chain_valid` (whether all certificates of the server's chain are valid at the packet's time: `yes`, `no`) |
//! | `tls-alert-encrypted` | `from`, `after`: an alert of which only the sender is visible, told until `tls-established`. In TLS 1.3 a record of exactly an alert's length before the handshake is complete |
//! | `tls-established` | handshake complete; the packet is where that was proven. Up to TLS 1.2: encrypted data went both ways. In TLS 1.3, where the handshake is encrypted too: the client sent two records longer than an alert, neither of them early data, and the server one after them |
//! | `http-request` | `method`, `host`, `path` (without query), `status` of the answer or empty; the packet is the answer's, or the request's where none came |
//! | `http-connect` | `host` (`name:port`), `status`; the packet as above |
//!
//! `waited` is the time in whole seconds from that packet to the end of the capture: what was asked in its last moments
//! had no time to be answered. Of `tls-unanswered` and `tcp-unanswered` it ends with the connection, where that ended.
//!
//! `after` is how far a connection had got. `finished` is TLS 1.3's: the client went on after the server's first flight,
//! so it took the certificate; whether the server took the client's is not visible.

mod buffer;
mod bytes;
mod chains;
mod connection;
mod container;
mod conversation;
mod dns;
pub mod filter;
mod flow;
mod fragments;
mod handshake;
mod hash;
mod hosts;
mod http;
pub mod layout;
mod link;
mod negotiation;
mod packet;
mod pair;
mod pcapng;
mod ranges;
mod repeats;
mod resolver;
mod session;
mod sided;
mod sieve;
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

pub use connection::{Connection, Opening};
pub(crate) use hash::Keyed;
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
    /// Payload, names and requests without answer held for all connections together.
    pub total: usize,
    /// Memory of one direction's segments while an earlier one is missing.
    pub out_of_order: usize,
    /// Packets whose fragments are waited for at once.
    pub fragments: usize,
    /// Memory of all waiting fragments together.
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

/// What is known of an event of a connection before it is put into words.
#[derive(Clone, Copy, Debug)]
pub struct Outline<'a> {
    /// Its kind.
    pub kind: &'static str,
    /// Its field `server_name`.
    pub server_name: &'a str,
    /// The client said it, not the server.
    pub by_client: bool,
}

/// Bytes of a range: few enough to be still in the cache when they are taken apart, many enough to be worth a task.
const RANGE: usize = 256 << 10;

/// Takes what a capture holds.
pub trait Sink {
    /// Whether an event is wanted that almost every connection has, such as its Client Hello. Of the others nobody is asked.
    fn wants(&mut self, _: &Outline<'_>) -> bool {
        true
    }

    /// Something happened.
    fn event(&mut self, event: Event);
    /// No more packets of this connection will come; its events may come before or after.
    fn connection(&mut self, connection: Connection);
}

/// For whoever wants events only.
impl<F: FnMut(Event)> Sink for F {
    fn event(&mut self, event: Event) {
        self(event);
    }

    fn connection(&mut self, _: Connection) {}
}

/// Reads a capture and hands its events and connections to `sink`.
///
/// Events come in packet order, and those that only the end can tell (whatever stayed unanswered, segments sent
/// again and again, messages behind bytes that were never captured) at the end, in packet order again. Two things may
/// come later than their packet says: a message that waited behind a gap that turned out to be one, and what is told
/// of a connection that made room for others.
///
/// Never fails: what is not a capture, or is damaged, is in [`Summary::troubles`].
pub fn read(reader: &mut dyn Read, limits: &CaptureLimits, sink: &mut dyn Sink) -> Summary {
    walk::read(reader, limits, sink)
}

/// Reads a capture file as [`read`] does, with the same events and the same summary, on the threads of the pool at hand: they
/// read ranges of the file and take packets apart while one of them follows the connections. It costs little more than on one.
///
/// `read_at` fills a buffer from an offset on as far as the file goes; `length` is that of the file.
pub fn read_ranges(
    read_at: &(dyn Fn(&mut [u8], u64) -> std::io::Result<usize> + Sync),
    length: u64,
    limits: &CaptureLimits,
    sink: &mut dyn Sink,
) -> Summary {
    walk::read_ranges(&ranges::File { read_at, length, range: RANGE }, limits, sink)
}

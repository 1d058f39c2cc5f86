//! What to type into Wireshark to see what a report speaks of: display filters, each on one line.

use std::fmt::Write as _;
use std::net::SocketAddr;

use super::tls_names;

/// The packets of one connection, both directions. ICMP messages that quote one of its packets are shown as well.
pub fn connection(client: SocketAddr, server: SocketAddr) -> String {
    let end = |end: SocketAddr| {
        let field = if end.is_ipv4() { "ip.addr" } else { "ipv6.addr" };
        format!("{field} == {} && tcp.port == {}", end.ip(), end.port())
    };
    format!("{} && {}", end(client), end(server))
}

/// The same between two packets: ends that were used for several connections.
pub fn between(client: SocketAddr, server: SocketAddr, first: u64, last: u64) -> String {
    let mut filter = connection(client, server);
    // Writing to a string cannot fail.
    let _ = write!(filter, " && frame.number >= {first} && frame.number <= {last}");
    filter
}

/// Queries and answers for a name. The reader writes names in lower case, on the wire they may be mixed. A name that
/// Wireshark may write differently is left to its packet.
pub fn name(name: &str, packet: u64) -> String {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'_');
    if name != "." && name.bytes().all(plain) { format!("lower(dns.qry.name) == \"{name}\"") } else { self::packet(packet) }
}

/// Alerts of this description in the clear; the packet itself where the description has no number.
pub fn alert(description: &str, packet: u64) -> String {
    match (0..=u8::MAX).find(|number| tls_names::alert(*number) == Some(description)) {
        Some(number) => format!("tls.alert_message.desc == {number}"),
        None => self::packet(packet),
    }
}

/// One packet.
pub fn packet(number: u64) -> String {
    format!("frame.number == {number}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_wireshark_reads_them() {
        let ends = |client: &str, server: &str| (client.parse::<SocketAddr>().unwrap(), server.parse::<SocketAddr>().unwrap());
        let (client, server) = ends("10.1.1.5:51234", "192.0.2.9:443");
        let both = "ip.addr == 10.1.1.5 && tcp.port == 51234 && ip.addr == 192.0.2.9 && tcp.port == 443";
        assert_eq!(connection(client, server), both);
        assert_eq!(between(client, server, 7, 19), format!("{both} && frame.number >= 7 && frame.number <= 19"));
        let (client, server) = ends("[2001:db8::5]:51234", "[2001:420:1101:5::a]:443");
        assert_eq!(
            connection(client, server),
            "ipv6.addr == 2001:db8::5 && tcp.port == 51234 && ipv6.addr == 2001:420:1101:5::a && tcp.port == 443"
        );
        for (asked, filter) in [
            ("smartreceiver.cisco.com", "lower(dns.qry.name) == \"smartreceiver.cisco.com\""),
            ("_sip._tcp.example-1.com", "lower(dns.qry.name) == \"_sip._tcp.example-1.com\""),
            // Neither a quotation mark nor what Wireshark escapes in its own way reaches a filter.
            ("a\" || tcp", "frame.number == 3"),
            ("a\\x00b", "frame.number == 3"),
            (".", "frame.number == 3"),
        ] {
            assert_eq!(name(asked, 3), filter);
        }
        // Numbers: RFC 8446, 6.
        for (description, filter) in
            [("unknown_ca", "tls.alert_message.desc == 48"), ("close_notify", "tls.alert_message.desc == 0"), ("x", "frame.number == 9")]
        {
            assert_eq!(alert(description, 9), filter);
        }
    }
}

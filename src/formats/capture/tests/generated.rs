//! Flows made byte by byte, as the domain describes them, and what must be said of each.

use super::*;
use crate::formats::certificate::from_pem_text;
use crate::formats::event::Place;

pub(super) const DEVICE: [u8; 4] = [192, 0, 2, 10];
pub(super) const SERVER: [u8; 4] = [72, 163, 4, 38];

pub(super) const FIN: u8 = 1;
pub(super) const SYN: u8 = 2;
pub(super) const RST: u8 = 4;
pub(super) const ACK: u8 = 16;

/// A leaf of a proxy's CA and that CA, made with openssl: `CN=smartreceiver.cisco.com,O=Cisco Systems\, Inc.,C=US`
/// issued by `CN=TLS Forward Proxy v2,OU=Information Security,O=Example Corp,C=US`, issued by itself.
const CHAIN: &str = "\
-----BEGIN CERTIFICATE-----
MIICYjCCAggCAU0wCgYIKoZIzj0EAwIwYjELMAkGA1UEBhMCVVMxFTATBgNVBAoM
DEV4YW1wbGUgQ29ycDEdMBsGA1UECwwUSW5mb3JtYXRpb24gU2VjdXJpdHkxHTAb
BgNVBAMMFFRMUyBGb3J3YXJkIFByb3h5IHYyMB4XDTI2MTEyMjA0MTEwN1oXDTM1
MDIwODA0MTEwN1owTTELMAkGA1UEBhMCVVMxHDAaBgNVBAoME0Npc2NvIFN5c3Rl
bXMsIEluYy4xIDAeBgNVBAMMF3NtYXJ0cmVjZWl2ZXIuY2lzY28uY29tMIIBIjAN
BgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEArQhcJfUVE1T0Sr7XAnNDfozupalM
DvbMGz+vzIcFX572ms0B9UKB+ew6VBG4AD6Gb2VNyEB62Pw2P/9NCIxSnYMqpAGn
rJl+7Q0NjIW4XHDOgbKIYf+9AMBi3mk7JHb1LQXhZfNq46zyB67OdGcLzszPwayH
+I4+d7bTcRpLtfD+aOu0JkMPb4xjmWXfWIKkzS22e/W1jhprC6ItQ/flHSMYIlNY
L5QFb0NZRz9/Qq1+RXdHEHHYp+7wFB39pFE8w89j+Z4qAFrKydP1hXj5/NNZKZ2a
1XlUyDoJa7LNbzmnNFz/p3kYl2LSEjzGE/HmlQJ/WItw15nBbZeWFUPiHwIDAQAB
MAoGCCqGSM49BAMCA0gAMEUCIH0wxY/SDaA8hkt1TxZnc5X/UMQTooX/52f8nnYO
keIoAiEAoin+8dSUBTVXNySXjeTGafatzNr4Zii+KRGpTh4RWgE=
-----END CERTIFICATE-----
-----BEGIN CERTIFICATE-----
MIICGjCCAb+gAwIBAgIUHn9Kxi5JfAMl3eVFS62FEcNInzUwCgYIKoZIzj0EAwIw
YjELMAkGA1UEBhMCVVMxFTATBgNVBAoMDEV4YW1wbGUgQ29ycDEdMBsGA1UECwwU
SW5mb3JtYXRpb24gU2VjdXJpdHkxHTAbBgNVBAMMFFRMUyBGb3J3YXJkIFByb3h5
IHYyMB4XDTI2MTEyMjA0MTEwN1oXDTM2MTExOTA0MTEwN1owYjELMAkGA1UEBhMC
VVMxFTATBgNVBAoMDEV4YW1wbGUgQ29ycDEdMBsGA1UECwwUSW5mb3JtYXRpb24g
U2VjdXJpdHkxHTAbBgNVBAMMFFRMUyBGb3J3YXJkIFByb3h5IHYyMFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAEC/AjXzmyiML/O04fbhsEH0l284YqOWKhFBrbPNWV
XN7d6Ys5jXBo7uE1cYvvNWRtSu1FLBV30Gwfw/6+a6vf5KNTMFEwHQYDVR0OBBYE
FAso+SW4z5H0o79k59YkdEjhYM3bMB8GA1UdIwQYMBaAFAso+SW4z5H0o79k59Yk
dEjhYM3bMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIhALmWT+aF
mjY23oeOUvn3SH08lN850o9h6PRTNdowOMDZAiEA0t6hV20NOyQD4SI7w/Kg5oQx
LJUfkWUUAgOMwW8DJAI=
-----END CERTIFICATE-----
";

/// A capture under construction. Packets are a second apart, unless said otherwise.
pub(super) struct Capture {
    pub(super) bytes: Vec<u8>,
    seconds: u32,
}

impl Capture {
    pub(super) fn new() -> Self {
        let header = [0xa1b2_c3d4u32, 0x0004_0002, 0, 0, 262_144, 101];
        Self { bytes: header.into_iter().flat_map(u32::to_le_bytes).collect(), seconds: 1_700_000_000 }
    }

    /// A packet of which only the first `snaplen` bytes are kept.
    pub(super) fn packet(&mut self, ip: &[u8], snaplen: usize) {
        let kept = &ip[..ip.len().min(snaplen)];
        let head = [self.seconds, 0, kept.len() as u32, ip.len() as u32];
        self.bytes.extend(head.into_iter().flat_map(u32::to_le_bytes));
        self.bytes.extend_from_slice(kept);
        self.seconds += 1;
    }

    /// The next packet comes at the time of the latest.
    pub(super) fn at_once(&mut self) {
        self.seconds -= 1;
    }

    pub(super) fn udp(&mut self, source: ([u8; 4], u16), destination: ([u8; 4], u16), payload: &[u8]) {
        let length = (payload.len() as u16 + 8).to_be_bytes();
        let udp = [&source.1.to_be_bytes()[..], &destination.1.to_be_bytes(), &length, &[0, 0], payload].concat();
        self.packet(&ip4(17, source.0, destination.0, &udp), usize::MAX);
    }
}

pub(super) fn ip4(protocol: u8, source: [u8; 4], destination: [u8; 4], payload: &[u8]) -> Vec<u8> {
    let total = (payload.len() as u16 + 20).to_be_bytes();
    [&[0x45, 0, total[0], total[1], 0, 0, 0x40, 0, 64, protocol, 0, 0][..], &source, &destination, payload].concat()
}

/// One connection of the device to a server, with the sequence numbers of both sides.
pub(super) struct Connection {
    pub(super) ports: (u16, u16),
    pub(super) next: (u32, u32),
}

impl Connection {
    pub(super) fn new(port: u16) -> Self {
        // The client's numbers pass the end of 32 bits.
        Self { ports: (33_594, port), next: (u32::MAX - 50, 7_000) }
    }

    pub(super) fn segment(&self, client: bool, flags: u8, sequence: u32, payload: &[u8]) -> Vec<u8> {
        let (source, destination) = if client { self.ports } else { (self.ports.1, self.ports.0) };
        let acknowledged = if client { self.next.1 } else { self.next.0 };
        let head = [&source.to_be_bytes()[..], &destination.to_be_bytes(), &sequence.to_be_bytes(), &acknowledged.to_be_bytes()].concat();
        let tcp = [&head[..], &[0x50, flags, 0x20, 0, 0, 0, 0, 0], payload].concat();
        if client { ip4(6, DEVICE, SERVER, &tcp) } else { ip4(6, SERVER, DEVICE, &tcp) }
    }

    pub(super) fn send(&mut self, capture: &mut Capture, client: bool, flags: u8, payload: &[u8]) {
        let next = if client { self.next.0 } else { self.next.1 };
        capture.packet(&self.segment(client, flags, next, payload), usize::MAX);
        let after = next.wrapping_add(payload.len() as u32 + u32::from(flags & (SYN | FIN) != 0));
        if client { self.next.0 = after } else { self.next.1 = after }
    }

    pub(super) fn open(&mut self, capture: &mut Capture) {
        self.send(capture, true, SYN, &[]);
        self.send(capture, false, SYN | ACK, &[]);
        self.send(capture, true, ACK, &[]);
    }

    pub(super) fn client(&mut self, capture: &mut Capture, payload: &[u8]) {
        self.send(capture, true, ACK, payload);
    }

    pub(super) fn server(&mut self, capture: &mut Capture, payload: &[u8]) {
        self.send(capture, false, ACK, payload);
    }
}

pub(super) fn record(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind, 3, 3], &(body.len() as u16).to_be_bytes()[..], body].concat()
}

pub(super) fn handshake(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind], &(body.len() as u32).to_be_bytes()[1..], body].concat()
}

pub(super) fn client_hello(name: &str) -> Vec<u8> {
    let length = |extra: usize| ((name.len() + extra) as u16).to_be_bytes();
    let sni = [&[0, 0][..], &length(5), &length(3), &[0], &length(0), name.as_bytes()].concat();
    let extensions = (sni.len() as u16).to_be_bytes();
    let body = [&[3, 3][..], &[7; 32], &[0, 0, 2, 0xc0, 0x30, 1, 0], &extensions, &sni].concat();
    record(22, &handshake(1, &body))
}

/// A Server Hello; TLS 1.3 if `new`.
pub(super) fn server_hello(new: bool) -> Vec<u8> {
    let extension: &[u8] = if new { &[0, 6, 0, 43, 0, 2, 3, 4] } else { &[] };
    handshake(2, &[&[3, 3][..], &[9; 32], &[0, 0xc0, 0x30, 0], extension].concat())
}

pub(super) fn certificate_message(ders: &[Vec<u8>]) -> Vec<u8> {
    let list: Vec<u8> = ders.iter().flat_map(|der| [&(der.len() as u32).to_be_bytes()[1..], der].concat()).collect();
    handshake(11, &[&(list.len() as u32).to_be_bytes()[1..], &list].concat())
}

pub(super) fn chain() -> Vec<Vec<u8>> {
    assert!(from_pem_text(CHAIN.as_bytes(), 50).iter().all(|(_, certificate)| certificate.is_ok()));
    let pems = x509_parser::pem::Pem::iter_from_buffer(CHAIN.as_bytes());
    pems.map(|pem| pem.unwrap().contents).collect()
}

/// Server Hello, Certificate, Certificate Request, Server Hello Done.
pub(super) fn server_flight() -> Vec<u8> {
    let messages = [server_hello(false), certificate_message(&chain()), handshake(13, &[1, 1, 0, 0]), handshake(14, &[])];
    messages.iter().flat_map(|message| record(22, message)).collect()
}

pub(super) fn kinds(events: &[Event]) -> Vec<(&'static str, Place)> {
    events.iter().map(|event| (event.kind, event.place)).collect()
}

pub(super) fn at(kind: &'static str, packet: u64) -> (&'static str, Place) {
    (kind, Place::Packet(packet))
}

pub(super) fn fields<'e>(event: &'e Event, names: &[&str]) -> Vec<&'e str> {
    names.iter().map(|name| event.field(name).unwrap_or("(none)")).collect()
}

pub(super) fn dns(response: bool, rcode: u8, name: &str, answers: &[(u16, Vec<u8>)]) -> Vec<u8> {
    let question: Vec<u8> = name.split('.').flat_map(|label| [&[label.len() as u8], label.as_bytes()].concat()).chain([0]).collect();
    let mut message = vec![0, 1, if response { 0x81 } else { 1 }, rcode, 0, 1, 0, answers.len() as u8, 0, 0, 0, 0];
    message.extend(question);
    message.extend([0, 1, 0, 1]);
    for (kind, value) in answers {
        message.extend([0xc0, 12]);
        message.extend(kind.to_be_bytes());
        message.extend([0, 1, 0, 0, 0, 60]);
        message.extend((value.len() as u16).to_be_bytes());
        message.extend(value);
    }
    message
}

#[test]
fn the_device_rejects_an_intercepted_chain() {
    let mut capture = Capture::new();
    let mut connection = Connection::new(443);
    connection.open(&mut capture);
    connection.client(&mut capture, &client_hello("Smartreceiver.cisco.com"));
    connection.server(&mut capture, &[]);
    for part in server_flight().chunks(536) {
        connection.server(&mut capture, part);
    }
    connection.client(&mut capture, &record(21, &[2, 48]));
    connection.client(&mut capture, &[]);
    let (summary, events) = run(&capture.bytes);
    let parts = server_flight().chunks(536).count() as u64;
    let certificate = 6 + ((server_flight().len() - record(22, &handshake(13, &[1, 1, 0, 0])).len() - 9) as u64).div_ceil(536) - 1;
    assert_eq!(
        kinds(&events),
        [
            at("tls-client-hello", 4),
            at("tls-server-hello", 6),
            at("tls-certificate", certificate),
            at("tls-certificate-request", 5 + parts),
            at("tls-alert", 6 + parts)
        ]
    );
    assert_eq!((summary.troubles, summary.flows, summary.gaps), (vec![], 1, 0));
    let alert = &events[4];
    assert_eq!(fields(alert, &["from", "level", "description", "after"]), ["client", "fatal", "unknown_ca", "certificate"]);
    assert_eq!(fields(alert, &["client", "server", "server_port"]), ["192.0.2.10:33594", "72.163.4.38:443", "443"]);
    assert_eq!(fields(alert, &["server_name", "tls_version", "client_certificate"]), ["smartreceiver.cisco.com", "TLS 1.2", "(none)"]);
    let issuer = "CN=TLS Forward Proxy v2,OU=Information Security,O=Example Corp,C=US";
    assert_eq!(fields(alert, &["leaf_subject", "leaf_issuer"]), ["CN=smartreceiver.cisco.com,O=Cisco Systems\\, Inc.,C=US", issuer]);
    assert_eq!(alert.field("issuers"), Some(format!("{issuer} | {issuer}").as_str()));
    assert_eq!(alert.text, "TLS alert: fatal, unknown_ca, from client 192.0.2.10:33594 to 72.163.4.38:443 (smartreceiver.cisco.com)");
    assert_eq!(alert.time.as_ref().and_then(Stamp::rfc3339), Some(format!("2023-11-14T22:13:{:02}Z", 20 + 5 + parts)));
    assert_eq!(fields(&events[2], &["from", "count", "self_signed", "linked"]), ["server", "2", "no", "yes"]);
    assert_eq!(fact_lines(&events[2]).len(), 2);
    let fact = format!("packet {} client->server fatal unknown_ca", 6 + parts);
    assert_eq!(fact_lines(alert), [("capture.tls_alert", fact)]);
}

/// `openssl x509 -noout -dates` of the leaf, whose end comes first: from 2026-11-22 04:11:07 to 2035-02-08 04:11:07.
#[test]
fn an_alert_says_whether_the_chain_is_valid_at_its_time() {
    let (begin, end): (u32, u32) = (1_795_320_667, 2_054_520_667);
    for (seconds, expected) in [(begin - 1, "no"), (begin, "yes"), (end, "yes"), (end + 1, "no")] {
        let mut capture = Capture::new();
        let mut connection = Connection::new(443);
        connection.open(&mut capture);
        connection.client(&mut capture, &client_hello("smartreceiver.cisco.com"));
        connection.server(&mut capture, &server_flight());
        capture.seconds = seconds;
        connection.client(&mut capture, &record(21, &[2, 45]));
        let (_, events) = run(&capture.bytes);
        let alert = events.iter().find(|event| event.kind == "tls-alert").unwrap();
        assert_eq!(fields(alert, &["description", "chain_valid"]), ["certificate_expired", expected], "{seconds}");
    }
}

#[test]
fn the_server_rejects_the_devices_certificate() {
    for (ders, state) in [(chain(), "sent"), (vec![], "empty")] {
        let mut capture = Capture::new();
        let mut connection = Connection::new(443);
        connection.open(&mut capture);
        connection.client(&mut capture, &client_hello("smartreceiver.cisco.com"));
        connection.server(&mut capture, &server_flight());
        let mut answer = record(22, &[certificate_message(&ders), handshake(16, &[0; 66])].concat());
        answer.extend([record(20, &[1]), record(22, &[0x55; 40])].concat());
        connection.client(&mut capture, &answer);
        connection.server(&mut capture, &record(21, &[2, 48]));
        // Encrypted, whatever it looks like.
        connection.client(&mut capture, &record(21, &[2, 40]));
        connection.server(&mut capture, &record(21, &[0x99; 26]));
        let (_, events) = run(&capture.bytes);
        let alerts: Vec<&Event> = events.iter().filter(|event| event.kind == "tls-alert").collect();
        assert_eq!(alerts.len(), 1);
        assert_eq!(
            fields(alerts[0], &["from", "description", "after", "client_certificate"]),
            ["server", "unknown_ca", "client-certificate", state]
        );
        assert!(events.iter().all(|event| event.kind != "tls-established"));
    }
}

#[test]
fn what_ends_before_a_handshake_is_told_apart() {
    type Step = fn(&mut Connection, &mut Capture);
    type Expected = &'static [(&'static str, &'static str, &'static str)];
    let cases: [(&str, Step, Expected); 10] = [
        (
            "no answer",
            |connection, capture| {
                for _ in 0..3 {
                    capture.packet(&connection.segment(true, SYN, 5, &[]), 99)
                }
            },
            &[("tcp-syn-unanswered", "attempts", "3")],
        ),
        (
            "refused",
            |connection, capture| {
                connection.send(capture, true, SYN, &[]);
                connection.send(capture, false, RST | ACK, &[]);
            },
            &[("tcp-refused", "server_port", "443")],
        ),
        (
            "one side captured",
            |connection, capture| {
                connection.send(capture, true, SYN, &[]);
                connection.send(capture, true, ACK, &[]);
            },
            &[],
        ),
        (
            "reset after connect",
            |connection, capture| {
                connection.open(capture);
                connection.send(capture, false, RST, &[]);
            },
            &[("tcp-reset", "after", "connect")],
        ),
        (
            "reset after the hello",
            |connection, capture| {
                connection.open(capture);
                connection.client(capture, &client_hello("tools.cisco.com"));
                connection.send(capture, false, RST, &[]);
                connection.send(capture, false, RST, &[]);
            },
            &[("tls-client-hello", "sni", "tools.cisco.com"), ("tcp-reset", "after", "client-hello")],
        ),
        (
            "closed after the hello",
            |connection, capture| {
                connection.open(capture);
                connection.client(capture, &client_hello("tools.cisco.com"));
                connection.send(capture, false, FIN | ACK, &[]);
                connection.send(capture, true, FIN | ACK, &[]);
            },
            &[("tls-client-hello", "ciphers", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"), ("tcp-closed", "from", "server")],
        ),
        (
            "closed with an answer in the last segment",
            |connection, capture| {
                connection.open(capture);
                connection.client(capture, &client_hello("tools.cisco.com"));
                connection.send(capture, false, FIN | ACK, &record(21, &[2, 70]));
            },
            &[("tls-client-hello", "sni", "tools.cisco.com"), ("tls-alert", "description", "protocol_version")],
        ),
        (
            "reset after the certificate",
            |connection, capture| {
                connection.open(capture);
                connection.server(capture, &server_flight());
                connection.send(capture, true, RST, &[]);
            },
            &[
                ("tls-server-hello", "version", "TLS 1.2"),
                ("tls-certificate", "count", "2"),
                ("tls-certificate-request", "from", "(none)"),
                ("tcp-reset", "after", "certificate"),
            ],
        ),
        (
            "ends in peace, a late RST",
            |connection, capture| {
                connection.open(capture);
                connection.send(capture, true, FIN | ACK, &[]);
                connection.send(capture, false, FIN | ACK, &[]);
                connection.send(capture, true, RST, &[]);
            },
            &[],
        ),
        (
            "the same ports again",
            |connection, capture| {
                connection.open(capture);
                capture.packet(&connection.segment(true, SYN, 77_000, &[]), 99);
            },
            &[("tcp-syn-unanswered", "attempts", "1")],
        ),
    ];
    for (name, steps, expected) in cases {
        let mut capture = Capture::new();
        steps(&mut Connection::new(443), &mut capture);
        let (_, events) = run(&capture.bytes);
        let found: Vec<_> =
            events.iter().zip(expected).map(|(event, (_, field, _))| (event.kind, *field, fields(event, &[field])[0])).collect();
        assert_eq!((found.as_slice(), events.len()), (expected, expected.len()), "{name}: {events:#?}");
    }
}

#[test]
fn the_sender_of_the_client_hello_is_the_client() {
    // Mid-flow, and on ports that would be guessed the other way round.
    let mut capture = Capture::new();
    let mut connection = Connection::new(50_443);
    connection.client(&mut capture, &client_hello("a.example"));
    connection.server(&mut capture, &record(21, &[2, 40]));
    let (_, events) = run(&capture.bytes);
    assert_eq!(fields(&events[1], &["from", "client", "after"]), ["server", "192.0.2.10:33594", "client-hello"]);
}

#[test]
fn tls_is_found_behind_the_talk_that_opens_it() {
    // tshark -o tcp.try_heuristic_first:TRUE -T fields -e frame.number -e tls.handshake.type -e tls.alert_message.desc
    type Talk<'a> = &'a [(bool, &'a [u8])];
    let mail: Talk<'_> =
        &[(false, b"220 mail\r\n"), (true, b"EHLO x\r\n"), (false, b"250 STARTTLS\r\n"), (true, b"STARTTLS\r\n"), (false, b"220\r\n")];
    let socks: Talk<'_> = &[
        (true, b"\x05\x01\x00"),
        (false, b"\x05\x00"),
        (true, b"\x05\x01\x00\x01\x48\xa3\x04\x26\x01\xbb"),
        (false, b"\x05\0\0\x01\0\0\0\0\0\0"),
    ];
    let database: Talk<'_> = &[(true, b"\0\0\0\x08\x04\xd2\x16\x2f"), (false, b"S")];
    for (port, talk) in [(25, mail), (1080, socks), (5432, database)] {
        let mut capture = Capture::new();
        let mut connection = Connection::new(port);
        connection.open(&mut capture);
        for (client, words) in talk {
            connection.send(&mut capture, *client, ACK, words);
        }
        connection.client(&mut capture, &client_hello("tools.cisco.com"));
        connection.server(&mut capture, &server_flight());
        connection.client(&mut capture, &record(21, &[2, 48]));
        let (_, events) = run(&capture.bytes);
        let first = 4 + talk.len() as u64;
        assert_eq!(kinds(&events).first(), Some(&at("tls-client-hello", first)), "port {port}");
        assert_eq!(kinds(&events).last(), Some(&at("tls-alert", first + 2)), "port {port}");
    }
}

#[test]
fn a_proxy_refuses_or_opens_the_tunnel() {
    let request = b"CONNECT Tools.cisco.com:443 HTTP/1.1\r\nHost: tools.cisco.com:443\r\n\r\n";
    let mut capture = Capture::new();
    let mut connection = Connection::new(8080);
    connection.open(&mut capture);
    connection.client(&mut capture, request);
    connection.server(&mut capture, b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 4\r\n\r\nnope");
    connection.client(&mut capture, request);
    connection.server(&mut capture, b"HTTP/1.1 200 Connection established\r\n\r\n");
    connection.client(&mut capture, &client_hello("tools.cisco.com"));
    connection.server(&mut capture, &server_flight());
    connection.client(&mut capture, &record(21, &[2, 48]));
    let (_, events) = run(&capture.bytes);
    assert_eq!(kinds(&events)[..4], [at("http-connect", 5), at("http-connect", 7), at("tls-client-hello", 8), at("tls-server-hello", 9)]);
    assert_eq!(
        fields(&events[0], &["host", "status", "server_port", "server_name"]),
        ["tools.cisco.com:443", "407", "8080", "tools.cisco.com"]
    );
    assert_eq!(fields(&events[1], &["status"]), ["200"]);
    assert_eq!(fields(events.last().unwrap(), &["description", "server_name"]), ["unknown_ca", "tools.cisco.com"]);
}

#[test]
fn plain_requests_have_their_status_or_none() {
    let mut capture = Capture::new();
    let mut connection = Connection::new(8182);
    connection.open(&mut capture);
    connection.client(&mut capture, b"POST /cslu/v1/pi HTTP/1.1\r\nHost: cslu-local:8182\r\nContent-Length: 2\r\n\r\n{}");
    connection.server(&mut capture, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
    connection.client(&mut capture, b"GET /crl/a.crl?x=1 HTTP/1.1\r\nHost: cslu-local:8182\r\n\r\n");
    let (_, events) = run(&capture.bytes);
    assert_eq!(kinds(&events), [at("http-request", 5), at("http-request", 6)]);
    assert_eq!(
        fields(&events[0], &["method", "host", "path", "status", "server_name"]),
        ["POST", "cslu-local:8182", "/cslu/v1/pi", "200", "cslu-local"]
    );
    assert_eq!(fields(&events[1], &["method", "path", "status"]), ["GET", "/crl/a.crl", ""]);
}

#[test]
fn dns_names_servers_and_misses() {
    let resolver = ([192, 0, 2, 1], 53);
    let mut capture = Capture::new();
    let device = |port| (DEVICE, port);
    let cname = (5, vec![1, b'x', 0]);
    capture.udp(device(50_000), resolver, &dns(false, 0, "smartreceiver.cisco.com", &[]));
    capture.udp(resolver, device(50_000), &dns(true, 0, "smartreceiver.cisco.com", &[cname, (1, SERVER.to_vec())]));
    capture.udp(device(50_001), resolver, &dns(false, 0, "cslu-local", &[]));
    capture.udp(resolver, device(50_001), &dns(true, 3, "cslu-local", &[]));
    capture.udp(device(50_002), resolver, &dns(false, 0, "tools.cisco.com", &[]));
    capture.udp(device(50_003), resolver, &dns(false, 0, "tools.cisco.com", &[]));
    capture.packet(&Connection::new(443).segment(true, SYN, 1, &[]), 99);
    capture.udp(device(50_003), resolver, &dns(false, 0, "tools.cisco.com", &[]));
    let (_, events) = run(&capture.bytes);
    assert_eq!(kinds(&events), [at("dns-response", 2), at("dns-response", 4), at("dns-unanswered", 5), at("tcp-syn-unanswered", 7)]);
    assert_eq!(
        fields(&events[0], &["name", "type", "rcode", "answers", "addresses"]),
        ["smartreceiver.cisco.com", "A", "NOERROR", "2", "72.163.4.38"]
    );
    assert_eq!(fields(&events[1], &["name", "rcode", "client", "server"]), ["cslu-local", "NXDOMAIN", "192.0.2.10:50001", "192.0.2.1:53"]);
    assert_eq!(fields(&events[2], &["name", "queries", "waited"]), ["tools.cisco.com", "3", "3"]);
    assert_eq!(fields(&events[3], &["server_name", "attempts", "waited"]), ["smartreceiver.cisco.com", "1", "1"]);
    assert_eq!(fact_lines(&events[1])[1], ("capture.dns_failure", "cslu-local NXDOMAIN".to_owned()));
}

#[test]
fn dns_over_tcp_is_read() {
    let mut capture = Capture::new();
    let mut connection = Connection::new(53);
    connection.open(&mut capture);
    let framed = |message: Vec<u8>| [&(message.len() as u16).to_be_bytes()[..], &message].concat();
    connection.client(&mut capture, &framed(dns(false, 0, "tools.cisco.com", &[])));
    let answers = [framed(dns(true, 2, "tools.cisco.com", &[])), framed(dns(true, 0, "b.example", &[]))].concat();
    for part in answers.chunks(7) {
        connection.server(&mut capture, part);
    }
    let (_, events) = run(&capture.bytes);
    assert_eq!(
        events.iter().map(|event| fields(event, &["name", "rcode"])).collect::<Vec<_>>(),
        [["tools.cisco.com", "SERVFAIL"], ["b.example", "NOERROR"]]
    );
}

#[test]
fn a_handshake_is_complete_when_data_went_both_ways() {
    let finish = [record(20, &[1]), record(22, &[0x77; 40])].concat();
    let data = record(23, &[0; 60]);
    let alert = record(23, &[0; 19]);
    type Flight = Vec<(bool, Vec<u8>)>;
    let old: Flight = vec![(true, finish.clone()), (false, finish), (true, data.clone()), (true, data.clone())];
    let new: Flight = vec![(false, data.clone()), (false, data.clone()), (true, data.clone())];
    for (name, is_new, flight, packet) in [
        ("1.2, data one way", false, old.clone(), None),
        ("1.2, data both ways", false, [old, vec![(false, data.clone())]].concat(), Some(10)),
        ("1.3, up to the client's Finished", true, new.clone(), None),
        ("1.3, the client refuses", true, [new.clone(), vec![(true, alert.clone()), (false, data.clone())]].concat(), None),
        ("1.3, the server refuses", true, [new.clone(), vec![(true, data.clone()), (false, alert)]].concat(), None),
        ("1.3, data both ways", true, [new, vec![(true, data.clone()), (false, data)]].concat(), Some(10)),
    ] {
        let mut capture = Capture::new();
        let mut connection = Connection::new(443);
        connection.open(&mut capture);
        connection.client(&mut capture, &client_hello("a.example"));
        connection.server(&mut capture, &record(22, &server_hello(is_new)));
        for (client, part) in flight {
            connection.send(&mut capture, client, ACK, &part);
        }
        let (_, events) = run(&capture.bytes);
        let established = events.iter().find(|event| event.kind == "tls-established").map(|event| event.place);
        assert_eq!(established, packet.map(Place::Packet), "{name}");
    }
}

#[test]
fn lost_bytes_are_never_glued_over() {
    let flight = server_flight();
    // (a part of the flight that is not captured, what is still found of the server)
    for (from, to, expected) in [
        (0, 0, vec!["tls-server-hello", "tls-certificate", "tls-certificate-request", "tls-alert"]),
        (10, 30, vec!["tls-certificate", "tls-certificate-request", "tls-alert"]),
        (500, 600, vec!["tls-server-hello", "tls-certificate-request", "tls-alert"]),
        (flight.len() - 200, flight.len() - 150, vec!["tls-server-hello", "tls-certificate", "tls-certificate-request", "tls-alert"]),
        (flight.len() - 30, flight.len() - 3, vec!["tls-server-hello", "tls-certificate", "tls-alert"]),
    ] {
        for by_snaplen in [false, true] {
            let mut capture = Capture::new();
            let mut connection = Connection::new(443);
            connection.open(&mut capture);
            connection.client(&mut capture, &client_hello("a.example"));
            let start = connection.next.1;
            for (range, kept) in [(0..from, true), (from..to, false), (to..flight.len(), true)] {
                let sequence = start.wrapping_add(range.start as u32);
                let segment = connection.segment(false, ACK, sequence, &flight[range]);
                if kept {
                    capture.packet(&segment, usize::MAX);
                } else if by_snaplen {
                    capture.packet(&segment, 40);
                }
            }
            connection.next.1 = start.wrapping_add(flight.len() as u32);
            connection.server(&mut capture, &record(21, &[1, 112]));
            let (summary, events) = run(&capture.bytes);
            let (gaps, rest): (Vec<_>, Vec<_>) = events.iter().skip(1).map(|event| event.kind).partition(|kind| *kind == "tcp-gap");
            assert_eq!(rest, expected, "{from}..{to} missing, by snap length: {by_snaplen}");
            assert_eq!((gaps.len(), summary.troubles.len()), (usize::from(from < to), usize::from(from < to)));
            let said = |(kind, message): &(TroubleKind, String)| *kind == TroubleKind::Truncated && message.contains("after packet ");
            assert!(summary.troubles.iter().all(said), "{:?}", summary.troubles);
            assert_eq!(summary.gaps, u64::from(from < to));
            let cut = events.iter().find(|event| event.kind == "tls-certificate").and_then(|event| event.field("cut"));
            assert_eq!(cut.is_some(), from == flight.len() - 200 || from == flight.len() - 30, "{from}..{to}");
        }
    }
}

#[test]
fn a_cut_hello_tells_what_is_left_of_it() {
    // editcap -s, then tshark -T fields -e tls.handshake.type -e tls.handshake.version -e tls.handshake.extensions_server_name
    let hello = client_hello("tools.cisco.com");
    // A filler behind the name, which the cut takes.
    let whole = record(22, &handshake(1, &[&hello[9..50], &[0, 28], &hello[52..], &[0, 21, 0, 4, 0, 0, 0, 0]].concat()));
    for (kept, expected) in
        [(whole.len() - 2, Some("tools.cisco.com")), (whole.len() - 9, Some("(none)")), (48, Some("(none)")), (42, None)]
    {
        let mut capture = Capture::new();
        let mut connection = Connection::new(443);
        connection.open(&mut capture);
        let packet = connection.segment(true, ACK, connection.next.0, &whole);
        capture.packet(&packet, 40 + kept);
        let (_, events) = run(&capture.bytes);
        let found = events.iter().find(|event| event.kind == "tls-client-hello");
        assert_eq!(found.map(|event| fields(event, &["versions", "sni"])), expected.map(|sni| vec!["TLS 1.2", sni]), "{kept} bytes");
    }
}

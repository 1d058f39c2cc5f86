//! Sides that say nothing, or the same again and again: what is told, and where nothing may be.

use super::generated::{ACK, Capture, Connection, FIN, RST, SYN, client_hello, fields, server_flight};
use super::*;

type Step = fn(&mut Connection, &mut Capture);

/// A kind, its packet, and the values of some fields.
type Expected = (&'static str, u64, &'static [(&'static str, &'static str)]);

/// Sends the client's next bytes `times` times, a second between each; they stay its next bytes.
fn insist(connection: &mut Connection, capture: &mut Capture, payload: &[u8], times: usize) {
    for _ in 0..times {
        capture.packet(&connection.segment(true, ACK, connection.next.0, payload), usize::MAX);
    }
}

fn check(cases: &[(&str, Step, &[Expected])]) {
    for (name, steps, expected) in cases {
        let mut capture = Capture::new();
        steps(&mut Connection::new(443), &mut capture);
        let (summary, events) = run(&capture.bytes);
        let told: Vec<_> = events.iter().filter(|event| event.kind != "tls-client-hello").collect();
        let found: Vec<_> = told.iter().map(|event| (event.kind, event.place)).collect();
        let wanted: Vec<_> = expected.iter().map(|(kind, packet, _)| generated::at(kind, *packet)).collect();
        assert_eq!(found, wanted, "{name}: {events:#?}");
        for (event, (_, _, values)) in told.iter().zip(*expected) {
            for (field, value) in *values {
                assert_eq!(event.field(field), Some(*value), "{name}: {field} of {event:?}");
            }
        }
        assert!(summary.troubles.is_empty(), "{name}: {:?}", summary.troubles);
    }
}

#[test]
fn a_hello_without_answer_is_told_where_the_silence_is_the_servers() {
    check(&[
        (
            "it arrived, nothing came",
            |connection, capture| {
                connection.open(capture);
                connection.client(capture, &client_hello("tools.cisco.com"));
                connection.server(capture, &[]);
                connection.client(capture, &[]);
            },
            &[("tls-unanswered", 4, &[("waited", "2"), ("acknowledged", "yes"), ("server_name", "tools.cisco.com")])],
        ),
        (
            "it never arrived",
            |connection, capture| {
                connection.open(capture);
                insist(connection, capture, &client_hello("tools.cisco.com"), 5);
            },
            &[
                ("tls-unanswered", 4, &[("waited", "4"), ("acknowledged", "no")]),
                (
                    "tcp-retransmission-storm",
                    5,
                    &[("from", "client"), ("count", "5"), ("lasted", "3"), ("after", "client-hello"), ("acknowledged", "no")],
                ),
            ],
        ),
        (
            "the client gives up",
            |connection, capture| {
                connection.open(capture);
                connection.client(capture, &client_hello("tools.cisco.com"));
                connection.send(capture, true, FIN | ACK, &[]);
                connection.send(capture, false, FIN | ACK, &[]);
                connection.client(capture, &[]);
            },
            &[("tcp-closed", 5, &[("from", "client"), ("alert", "no")]), ("tls-unanswered", 4, &[("waited", "1")])],
        ),
        (
            "the server resets",
            |connection, capture| {
                connection.open(capture);
                connection.client(capture, &client_hello("tools.cisco.com"));
                connection.send(capture, false, RST, &[]);
            },
            &[("tcp-reset", 5, &[("after", "client-hello"), ("alert", "no")])],
        ),
        (
            "only the client's side was captured",
            |connection, capture| {
                connection.send(capture, true, SYN, &[]);
                connection.client(capture, &client_hello("tools.cisco.com"));
                connection.client(capture, &[]);
            },
            &[],
        ),
        (
            "the answer was not captured",
            |connection, capture| {
                connection.open(capture);
                connection.client(capture, &client_hello("tools.cisco.com"));
                connection.next.1 = connection.next.1.wrapping_add(4_000);
                connection.client(capture, &[]);
            },
            &[],
        ),
        (
            "the capture begins with the hello",
            |connection, capture| {
                connection.client(capture, &client_hello("tools.cisco.com"));
                connection.server(capture, &[]);
            },
            &[("tls-unanswered", 1, &[("acknowledged", "yes"), ("client", "192.0.2.10:33594")])],
        ),
        (
            "inside of a tunnel",
            |connection, capture| {
                connection.open(capture);
                connection.client(capture, b"CONNECT tools.cisco.com:443 HTTP/1.1\r\n\r\n");
                connection.server(capture, b"HTTP/1.1 200 OK\r\n\r\n");
                connection.client(capture, &client_hello("tools.cisco.com"));
                connection.server(capture, &[]);
            },
            &[("http-connect", 5, &[("status", "200")]), ("tls-unanswered", 6, &[("acknowledged", "yes")])],
        ),
        (
            "another protocol",
            |connection, capture| {
                connection.open(capture);
                connection.client(capture, &[0x30, 0x0c, 2, 1, 1, 0x60, 7, 2, 1, 3, 4, 0, 0x80, 0]);
                connection.server(capture, &[]);
            },
            &[("tcp-unanswered", 4, &[("waited", "1"), ("acknowledged", "yes")])],
        ),
        (
            "another protocol, answered",
            |connection, capture| {
                connection.open(capture);
                connection.client(capture, &[0x30; 20]);
                connection.server(capture, &[0x30; 20]);
            },
            &[],
        ),
    ]);
}

#[test]
fn segments_sent_again_and_again_are_told() {
    check(&[
        (
            "the server's answer to the SYN does not get through",
            |connection, capture| {
                connection.send(capture, true, SYN, &[]);
                for _ in 0..4 {
                    capture.packet(&connection.segment(false, SYN | ACK, connection.next.1, &[]), 99);
                }
            },
            &[("tcp-retransmission-storm", 3, &[("from", "server"), ("count", "4"), ("after", "connect"), ("acknowledged", "no")])],
        ),
        (
            "it gets through in the end",
            |connection, capture| {
                connection.open(capture);
                insist(connection, capture, &[0x30; 50], 4);
                connection.client(capture, &[0x30; 50]);
                connection.server(capture, &[0x30; 50]);
            },
            &[("tcp-retransmission-storm", 5, &[("count", "5"), ("acknowledged", "yes")])],
        ),
        (
            "every packet captured five times",
            |connection, capture| {
                connection.open(capture);
                connection.client(capture, &client_hello("tools.cisco.com"));
                for part in [&server_flight()[..400], &server_flight()[400..]] {
                    let segment = connection.segment(false, ACK, connection.next.1, part);
                    for _ in 0..4 {
                        capture.packet(&segment, usize::MAX);
                        capture.at_once();
                    }
                    connection.server(capture, part);
                }
            },
            &[("tls-server-hello", 5, &[]), ("tls-certificate", 10, &[]), ("tls-certificate-request", 10, &[])],
        ),
        (
            "keep-alives for long",
            |connection, capture| {
                connection.open(capture);
                connection.client(capture, &[0x30; 50]);
                connection.server(capture, &[0x30; 50]);
                for _ in 0..9 {
                    let before = connection.next.0.wrapping_sub(1);
                    capture.packet(&connection.segment(true, ACK, before, &[0]), 99);
                    connection.server(capture, &[]);
                }
            },
            &[],
        ),
    ]);
}

#[test]
fn a_gap_in_readable_parts_only_is_told() {
    // (the server's bytes before the gap, after it, whether it is told)
    let hidden = [generated::record(22, &generated::server_hello(true)), generated::record(23, &[0; 60])].concat();
    for (before, told) in [(server_flight()[..300].to_vec(), true), (hidden, false)] {
        let mut capture = Capture::new();
        let mut connection = Connection::new(443);
        connection.open(&mut capture);
        connection.client(&mut capture, &client_hello("a.example"));
        connection.server(&mut capture, &before);
        connection.next.1 = connection.next.1.wrapping_add(500);
        connection.server(&mut capture, &[7; 20]);
        let (summary, events) = run(&capture.bytes);
        let gap = events.iter().find(|event| event.kind == "tcp-gap");
        assert_eq!((gap.is_some(), summary.troubles.len(), summary.gaps), (told, usize::from(told), 1));
        if let Some(gap) = gap {
            assert_eq!(gap.place, generated::at("", 5).1);
            assert_eq!(fields(gap, &["from", "after", "missing"]), ["server", "server-hello", "500"]);
        }
    }
}

#[test]
fn a_capture_of_the_client_alone_says_so() {
    // (what the client does after two questions, whether the answers were missed)
    type Then = fn(&mut Connection, &mut Capture);
    let cases: [(Then, &str); 4] = [
        (|connection, capture| connection.client(capture, b"hello"), "yes"),
        (|connection, capture| connection.client(capture, &[]), "yes"),
        (|_, _| (), "(none)"),
        (|connection, capture| connection.server(capture, b"hello"), "(none)"),
    ];
    for (then, expected) in cases {
        let mut capture = Capture::new();
        let resolver = ([192, 0, 2, 1], 53);
        capture.udp((generated::DEVICE, 50_000), resolver, &generated::dns(false, 0, "tools.cisco.com", &[]));
        capture.packet(&Connection::new(80).segment(true, SYN, 1, &[]), 99);
        let mut connection = Connection::new(443);
        connection.send(&mut capture, true, SYN, &[]);
        then(&mut connection, &mut capture);
        let (_, events) = run(&capture.bytes);
        let found: Vec<_> = events.iter().take(2).map(|event| (event.kind, fields(event, &["one_sided"]))).collect();
        assert_eq!(found, [("dns-unanswered", vec![expected]), ("tcp-syn-unanswered", vec![expected])]);
    }
}

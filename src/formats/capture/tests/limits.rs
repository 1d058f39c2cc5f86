//! Limits that captures hit: what is kept within them, and how they are named.

use super::generated::{Capture, Connection, DEVICE, SERVER, SYN, certificate_message, chain, client_hello, ip4, record, server_hello};
use super::*;

#[test]
fn limits_are_kept_and_named() {
    let mut capture = Capture::new();
    for port in 1..=50 {
        let mut connection = Connection { ports: (10_000 + port, 443), next: (1, 1) };
        connection.open(&mut capture);
        // A message of 200,000 bytes that never ends, and one beyond the limit.
        let endless = if port == 50 { [11, 15, 0, 0] } else { [11, 3, 13, 64] };
        connection.server(&mut capture, &record(22, &endless));
        for _ in 0..4 {
            connection.server(&mut capture, &record(22, &[0; 9_000]));
        }
    }
    let limits = CaptureLimits { flows: 20, total: 400_000, stream: 30_000, ..CaptureLimits::default() };
    let (summary, _) = run_with(&capture.bytes, &limits);
    let messages: Vec<&str> = summary.troubles.iter().map(|(_, message)| message.as_str()).collect();
    assert!(summary.troubles.iter().all(|(kind, _)| *kind == TroubleKind::Limit), "{messages:?}");
    for word in ["`flows` of 20 ", "`stream` of 30000", "`handshake`"] {
        assert!(messages.iter().any(|message| message.contains(word)), "{word} in {messages:?}");
    }
}

#[test]
fn certificates_beyond_a_limit_are_not_called_missing() {
    let mut capture = Capture::new();
    let mut connection = Connection::new(443);
    connection.open(&mut capture);
    connection.client(&mut capture, &client_hello("a.example"));
    connection.server(&mut capture, &record(22, &[server_hello(false), certificate_message(&chain())].concat()));
    let leaf = chain()[0].len();
    for (limits, word, field) in [
        (CaptureLimits { chain: 1, ..CaptureLimits::default() }, "1 certificates were not read: more than the limit `chain` of 1 ", "cut"),
        (
            CaptureLimits { certificate: leaf - 1, ..CaptureLimits::default() },
            "1 certificates longer than the limit `certificate` of ",
            "unreadable",
        ),
    ] {
        let (summary, events) = run_with(&capture.bytes, &limits);
        let [(TroubleKind::Limit, message)] = summary.troubles.as_slice() else { panic!("{:?}", summary.troubles) };
        assert!(message.starts_with(word), "{message}");
        let event = events.iter().find(|event| event.kind == "tls-certificate").unwrap();
        assert!(event.field(field).is_some() && !event.text.contains("missing") && event.text.contains("limit"), "{event:?}");
    }
    assert_eq!(run(&capture.bytes).0.troubles, []);
}

#[test]
fn requests_without_answer_make_room_and_say_so() {
    let mut capture = Capture::new();
    for port in 1..=100 {
        let mut connection = Connection { ports: (10_000 + port, 80), next: (1, 1) };
        connection.open(&mut capture);
        let request = format!("GET /{} HTTP/1.1\r\nHost: a.example\r\n\r\n", "x".repeat(200));
        connection.client(&mut capture, request.repeat(3).as_bytes());
    }
    let (summary, events) = run_with(&capture.bytes, &CaptureLimits { total: 20_000, ..CaptureLimits::default() });
    let [(TroubleKind::Limit, message)] = summary.troubles.as_slice() else { panic!("{:?}", summary.troubles) };
    assert!(message.contains("`streams` of 20000"), "{message}");
    assert_eq!(events.iter().filter(|event| event.kind == "http-request").count(), 300);
}

#[test]
fn packets_in_too_many_tunnels_are_counted() {
    for (tunnels, read) in [(4, true), (5, false)] {
        let mut capture = Capture::new();
        let mut packet = Connection::new(443).segment(true, SYN, 1, &[]);
        for _ in 0..tunnels {
            packet = ip4(4, DEVICE, SERVER, &packet);
        }
        capture.packet(&packet, usize::MAX);
        let (summary, _) = run(&capture.bytes);
        assert_eq!((summary.syn == 1, summary.troubles.is_empty()), (read, read), "{tunnels} tunnels");
        assert!(summary.troubles.iter().all(|(kind, message)| *kind == TroubleKind::Limit && message.starts_with("1 packets ")));
    }
}

#[test]
fn more_without_answer_than_is_told_is_counted() {
    let mut capture = Capture::new();
    let requests = "GET / HTTP/1.1\r\n\r\n".repeat(16);
    for port in 0..=walk::ENDINGS / 16 {
        let mut connection = Connection { ports: (10_000 + port as u16, 80), next: (1, 1) };
        connection.client(&mut capture, requests.as_bytes());
    }
    // Of those that end early as many count as of those that end last.
    for flows in [1 << 18, 4_096] {
        let mut told = 0;
        let limits = CaptureLimits { flows, ..CaptureLimits::default() };
        let summary = walk::read(&mut &capture.bytes[..], &limits, &mut |event: Event| told += usize::from(event.kind == "http-request"));
        assert_eq!(told, walk::ENDINGS);
        let message = summary.troubles.iter().map(|(_, message)| message).find(|message| message.contains("had no answer")).unwrap();
        assert!(message.starts_with("16 times ") && message.contains("262144"), "{message}");
    }
}

//! What TLS hides must be said to be hidden, and never taken for missing.

use super::generated::{ACK, Capture, Connection, FIN, RST, fields, handshake, kinds, record, server_hello};
use super::*;

/// A Client Hello with a session id; with the extension of early data if `early`.
fn hello(session: &[u8], early: bool) -> Vec<u8> {
    let extensions: &[u8] = if early { &[0, 4, 0, 42, 0, 0] } else { &[0, 0] };
    let body = [&[3, 3][..], &[7; 32], &[session.len() as u8], session, &[0, 2, 0xc0, 0x30, 1, 0], extensions].concat();
    record(22, &handshake(1, &body))
}

/// A Server Hello of TLS 1.2 with a session id, or of TLS 1.3 with the number of a key.
fn answer(session: &[u8], key: bool) -> Vec<u8> {
    let extensions: &[u8] = if key { &[0, 12, 0, 43, 0, 2, 3, 4, 0, 41, 0, 2, 0, 0] } else { &[0, 0] };
    record(22, &handshake(2, &[&[3, 3][..], &[9; 32], &[session.len() as u8], session, &[0xc0, 0x30, 0], extensions].concat()))
}

type Flight = Vec<(bool, u8, Vec<u8>)>;

/// The events of a connection that begins with these hellos and goes on with flags and bytes of either side.
fn talk(client: &[u8], server: &[u8], flight: &Flight) -> Vec<Event> {
    let mut capture = Capture::new();
    let mut connection = Connection::new(443);
    connection.open(&mut capture);
    connection.client(&mut capture, client);
    connection.server(&mut capture, server);
    for (client, flags, bytes) in flight {
        connection.send(&mut capture, *client, *flags, bytes);
    }
    run(&capture.bytes).1
}

#[test]
fn who_ends_a_hidden_handshake_is_told_with_what_is_known() {
    let server = record(22, &server_hello(true));
    let data = |length: usize| record(23, &vec![0; length]);
    let first = || vec![(false, ACK, data(40)), (false, ACK, data(900)), (true, ACK, record(20, &[1]))];
    type Expected = &'static [(&'static str, [&'static str; 3])];
    let cases: [(&str, Flight, Expected); 7] = [
        (
            "an alert, then FIN",
            vec![(true, ACK, data(19)), (true, FIN | ACK, vec![])],
            &[("tls-alert-encrypted", ["client", "server-hello", "(none)"]), ("tcp-closed", ["client", "server-hello", "encrypted"])],
        ),
        (
            "an alert with FIN",
            vec![(true, FIN | ACK, data(19))],
            &[("tls-alert-encrypted", ["client", "server-hello", "(none)"]), ("tcp-closed", ["client", "server-hello", "encrypted"])],
        ),
        (
            "an alert, then RST",
            vec![(true, ACK, data(19)), (true, RST, vec![])],
            &[("tls-alert-encrypted", ["client", "server-hello", "(none)"]), ("tcp-reset", ["client", "server-hello", "encrypted"])],
        ),
        ("FIN without a word", vec![(true, FIN | ACK, vec![])], &[("tcp-closed", ["client", "server-hello", "no"])]),
        ("the client goes on, then RST", vec![(true, ACK, data(53)), (true, RST, vec![])], &[("tcp-reset", ["client", "finished", "no"])]),
        (
            "the server refuses what the client sent",
            vec![(true, ACK, data(700)), (true, ACK, data(53)), (false, ACK, data(19)), (false, FIN | ACK, vec![])],
            &[("tls-alert-encrypted", ["server", "finished", "(none)"])],
        ),
        ("the client goes on and ends in peace", vec![(true, ACK, data(53)), (true, FIN | ACK, vec![])], &[]),
    ];
    for (name, flight, expected) in cases {
        let events = talk(&hello(&[], false), &server, &[first(), flight].concat());
        assert_eq!(fields(&events[1], &["version", "hidden"]), ["TLS 1.3", "certificate alert"]);
        let found: Vec<_> = events.iter().skip(2).map(|event| (event.kind, fields(event, &["from", "after", "alert"]))).collect();
        let wanted: Vec<_> = expected.iter().map(|(kind, values)| (*kind, values.to_vec())).collect();
        assert_eq!(found, wanted, "{name}");
    }
}

#[test]
fn an_encrypted_alert_has_no_description() {
    let flight = vec![
        (true, ACK, [record(20, &[1]), record(22, &[0x55; 40])].concat()),
        (false, ACK, [record(20, &[1]), record(22, &[0x55; 40])].concat()),
        (true, ACK, record(21, &[0x99; 26])),
        (true, FIN | ACK, vec![]),
    ];
    let events = talk(&hello(&[], false), &answer(&[], false), &flight);
    let found: Vec<_> = kinds(&events).into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(found, ["tls-client-hello", "tls-server-hello", "tls-alert-encrypted"]);
    assert_eq!(fields(&events[2], &["from", "after", "description", "level"]), ["client", "established", "(none)", "(none)"]);
}

#[test]
fn a_resumed_session_is_told_from_a_missing_certificate() {
    let id: &[u8] = &[5; 32];
    let other: &[u8] = &[6; 32];
    for (name, client, server, expected) in [
        ("the id taken up", hello(id, false), answer(id, false), "yes"),
        ("another id", hello(id, false), answer(other, false), "no"),
        ("no id", hello(&[], false), answer(&[], false), "no"),
        ("the server's first id", hello(&[], false), answer(id, false), "no"),
        ("TLS 1.3 repeats the id", hello(&[], false), record(22, &server_hello(true)), "no"),
        ("TLS 1.3 with a key", hello(id, false), answer(id, true), "yes"),
    ] {
        let events = talk(&client, &server, &vec![]);
        assert_eq!(fields(&events[1], &["resumed"]), [expected], "{name}");
    }
}

#[test]
fn early_data_proves_nothing() {
    let data = || record(23, &[0; 100]);
    let mut capture = Capture::new();
    let mut connection = Connection::new(443);
    connection.open(&mut capture);
    connection.client(&mut capture, &[hello(&[], true), data(), data(), data()].concat());
    connection.server(&mut capture, &[answer(&[], true), data(), data()].concat());
    let (_, events) = run(&capture.bytes);
    assert!(events.iter().all(|event| event.kind != "tls-established"), "{events:?}");
}

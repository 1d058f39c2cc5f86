//! The conversations of a capture as the report tells them: how far each came, in words, and the filter that shows it.

use crate::formats::capture::{Connection, Opening, filter};
use crate::formats::time::Stamp;
use crate::report::model::{Alert, Capture, CertificateNames, Conversation, NameAsked, Remark, Request};
use crate::scan::conversation::{Conversation as Scanned, Traffic, What};

/// What a capture shows.
pub(super) fn capture(traffic: &Traffic) -> Capture {
    let listed = traffic.conversations.len() as u64;
    let conversations: Vec<Conversation> = traffic.conversations.iter().map(conversation).collect();
    let names: Vec<NameAsked> = traffic
        .names
        .iter()
        .map(|asked| NameAsked {
            licensing: asked.recognised,
            failed: asked.failed(),
            name: asked.name.clone(),
            record: asked.kind.clone(),
            first_packet: asked.packet,
            outcomes: asked.outcomes.clone(),
            addresses: asked.addresses.clone(),
            filter: filter::name(&asked.name, asked.packet),
        })
        .collect();
    Capture {
        connections: traffic.connections,
        conversations_left_out: traffic.connections.saturating_sub(listed),
        names_left_out: traffic.names_asked.saturating_sub(names.len() as u64),
        hidden: hidden(traffic),
        conversations,
        names,
    }
}

/// What the whole capture cannot show.
fn hidden(traffic: &Traffic) -> Vec<String> {
    let told = [
        (traffic.cut_by_snaplen, "packet is cut by the snap length", "packets are cut by the snap length"),
        (traffic.missed, "connection began before the capture", "connections began before the capture"),
        (traffic.gaps, "connection lacks bytes", "connections lack bytes"),
        (traffic.encrypted, "certificate is encrypted (TLS 1.3)", "certificates are encrypted (TLS 1.3)"),
    ];
    let counted = told.into_iter().filter(|(count, ..)| *count > 0);
    counted.map(|(count, one, many)| format!("{count} {}", if count == 1 { one } else { many })).collect()
}

fn conversation(scanned: &Scanned) -> Conversation {
    let connection = &scanned.connection;
    let (mut alerts, mut requests, mut remarks) = (Vec::new(), Vec::new(), Vec::new());
    for remark in &scanned.remarks {
        let packet = remark.packet;
        let (kind, text) = match &remark.what {
            What::Alert { from, level, description } => {
                alerts.push(Alert {
                    packet,
                    from: from.clone(),
                    level: level.clone(),
                    description: description.clone(),
                    filter: filter::alert(description, packet),
                });
                continue;
            }
            What::Request { method, target, status } => {
                requests.push(Request { packet, method: method.clone(), target: target.clone(), status: *status });
                continue;
            }
            What::Silent { attempts } => ("tcp-syn-unanswered", format!("SYN without answer, {}", sent(attempts))),
            What::Refused => ("tcp-refused", "RST answered the SYN".to_owned()),
            What::Reset { from, closing: false } => ("tcp-reset", format!("reset by {from}")),
            What::Reset { from, closing: true } => ("tcp-reset", format!("reset by {from} while it was being closed")),
            What::Closed { from } => ("tcp-closed", format!("closed by {from}")),
            What::Other { kind, text } => (*kind, text.clone()),
        };
        remarks.push(Remark { packet, kind: kind.to_owned(), text });
    }
    let chain = connection.subjects.iter().zip(&connection.issuers);
    Conversation {
        licensing: scanned.recognised,
        failed: scanned.failed,
        client: connection.client.to_string(),
        server: connection.server.to_string(),
        server_name: Some(connection.server_name.clone()).filter(|name| !name.is_empty()),
        first_packet: connection.first,
        last_packet: connection.last,
        packets: connection.packets,
        start: connection.start.as_ref().and_then(Stamp::rfc3339),
        duration_ms: connection.milliseconds,
        reached: reached(connection).to_owned(),
        outcome: outcome(scanned),
        tls_version: connection.tls_version.clone(),
        chain: chain.map(|(subject, issuer)| CertificateNames { subject: subject.clone(), issuer: issuer.clone() }).collect(),
        client_certificate: connection.client_certificate.map(str::to_owned),
        alerts,
        requests,
        remarks,
        hidden: hidden_of(connection),
        filter: if scanned.again {
            filter::between(connection.client, connection.server, connection.first, connection.last)
        } else {
            filter::connection(connection.client, connection.server)
        },
    }
}

/// The furthest step by its word in the report.
fn reached(connection: &Connection) -> &'static str {
    match (connection.opening, connection.stage) {
        (Opening::Unanswered, _) => "syn",
        (Opening::Refused, _) => "refused",
        (_, "established") if connection.tls => "handshake-complete",
        (_, "established") => "data",
        (_, "connect") if connection.client_spoke || connection.server_spoke => "data",
        (_, "connect") => "connected",
        (_, stage) => stage,
    }
}

/// How far it came and how it ended.
fn outcome(scanned: &Scanned) -> String {
    let connection = &scanned.connection;
    let ending = scanned.remarks.iter().rev().find_map(|remark| match &remark.what {
        What::Alert { from, level, description } if level == "fatal" => Some(format!("{from} ended it: fatal {description}")),
        _ => None,
    });
    let ending = ending.or_else(|| {
        scanned.remarks.iter().rev().find_map(|remark| match &remark.what {
            What::Reset { from, closing: false } => Some(format!("reset by {from}")),
            What::Closed { from } => Some(format!("closed by {from}")),
            _ => None,
        })
    });
    let status = scanned.remarks.iter().rev().find_map(|remark| match &remark.what {
        What::Request { method, status, .. } => Some((method.as_str(), *status)),
        _ => None,
    });
    let (came, open) = match reached(connection) {
        "syn" => {
            let attempts = scanned.remarks.iter().find_map(|remark| match &remark.what {
                What::Silent { attempts } => Some(format!("SYN only, {}, no answer", sent(attempts))),
                _ => None,
            });
            return attempts.unwrap_or_else(|| "SYN only, no answer".to_owned());
        }
        "refused" => return "refused: RST in answer to the SYN".to_owned(),
        "connected" => ("connected, nothing sent".to_owned(), None),
        "data" => {
            let came = match status {
                Some((method, Some(status))) => format!("HTTP {method}, status {status}"),
                Some((method, None)) => format!("HTTP {method}, no answer"),
                None => match (connection.client_spoke, connection.server_spoke) {
                    (true, true) => "data both ways".to_owned(),
                    (true, false) => "data from the client only".to_owned(),
                    _ => "data from the server only".to_owned(),
                },
            };
            (came, None)
        }
        "client-hello" => ("Client Hello".to_owned(), Some("no Server Hello")),
        "server-hello" if connection.hides_handshake => ("Server Hello".to_owned(), Some("completion not seen")),
        "server-hello" => ("Server Hello".to_owned(), Some("no Certificate")),
        "certificate" => ("Certificate".to_owned(), Some("handshake not completed")),
        "client-certificate" if connection.client_certificate == Some("empty") => {
            ("empty client Certificate".to_owned(), Some("handshake not completed"))
        }
        "client-certificate" => ("client Certificate".to_owned(), Some("handshake not completed")),
        "handshake-complete" => ("handshake complete".to_owned(), None),
        other => (other.replace('-', " "), None),
    };
    match ending.or_else(|| open.map(str::to_owned)) {
        Some(end) => format!("{came}, {end}"),
        None => came,
    }
}

/// `sent once`, `sent 4 times`.
fn sent(attempts: &str) -> String {
    if attempts == "1" { "sent once".to_owned() } else { format!("sent {attempts} times") }
}

/// What cannot be seen of a connection.
fn hidden_of(connection: &Connection) -> Vec<String> {
    let mut hidden = Vec::new();
    if connection.opening == Opening::Missed {
        hidden.push("it began before the capture, or its SYN was not captured".to_owned());
    }
    if connection.hides_certificate() {
        hidden.push("TLS 1.3: the certificate is encrypted".to_owned());
    }
    match (connection.client_gap, connection.server_gap) {
        (true, true) => hidden.push("bytes of both sides are missing".to_owned()),
        (true, false) => hidden.push("bytes of the client are missing".to_owned()),
        (false, true) => hidden.push("bytes of the server are missing".to_owned()),
        (false, false) => {}
    }
    hidden
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::conversation::Remark as Said;

    fn told(opening: Opening, stage: &'static str, version: Option<&str>, remarks: Vec<What>) -> Conversation {
        let connection = Connection {
            client: ([192, 0, 2, 1], 40_000).into(),
            server: ([192, 0, 2, 9], 443).into(),
            server_name: String::new(),
            first: 1,
            last: 9,
            packets: 9,
            start: None,
            milliseconds: Some(5),
            opening,
            stage,
            client_spoke: true,
            server_spoke: stage != "client-hello",
            tls: version.is_some(),
            tls_version: version.map(str::to_owned),
            hides_handshake: version == Some("TLS 1.3"),
            subjects: Vec::new(),
            issuers: Vec::new(),
            client_certificate: None,
            client_gap: false,
            server_gap: true,
        };
        let remarks = remarks.into_iter().zip(1..).map(|(what, packet)| Said { packet, what }).collect();
        conversation(&Scanned { connection, recognised: false, again: false, failed: false, remarks })
    }

    #[test]
    fn how_far_each_came() {
        use Opening::{Refused, Seen, Unanswered};
        let server = || "server".to_owned();
        let fatal = || What::Alert { from: server(), level: "fatal".to_owned(), description: "handshake_failure".to_owned() };
        let close = || What::Alert { from: server(), level: "warning".to_owned(), description: "close_notify".to_owned() };
        let reset = |closing| What::Reset { from: server(), closing };
        let request = |status| What::Request { method: "CONNECT".to_owned(), target: "a:443".to_owned(), status };
        let later = || What::Other { kind: "tcp-of-tomorrow", text: "something new".to_owned() };
        let v12 = Some("TLS 1.2");
        for (opening, stage, version, remarks, reached, outcome) in [
            (Unanswered, "connect", None, vec![What::Silent { attempts: "4".to_owned() }], "syn", "SYN only, sent 4 times, no answer"),
            (Refused, "connect", None, vec![What::Refused], "refused", "refused: RST in answer to the SYN"),
            (Seen, "client-hello", v12, vec![reset(false)], "client-hello", "Client Hello, reset by server"),
            (Seen, "client-hello", v12, vec![], "client-hello", "Client Hello, no Server Hello"),
            (Seen, "client-hello", v12, vec![What::Closed { from: server() }], "client-hello", "Client Hello, closed by server"),
            (
                Seen,
                "client-hello",
                v12,
                vec![fatal(), reset(false)],
                "client-hello",
                "Client Hello, server ended it: fatal handshake_failure",
            ),
            (Seen, "server-hello", v12, vec![], "server-hello", "Server Hello, no Certificate"),
            (Seen, "server-hello", Some("TLS 1.3"), vec![], "server-hello", "Server Hello, completion not seen"),
            (Seen, "certificate", v12, vec![], "certificate", "Certificate, handshake not completed"),
            (Seen, "established", v12, vec![close(), reset(true)], "handshake-complete", "handshake complete"),
            (Seen, "established", None, vec![request(Some(407))], "data", "HTTP CONNECT, status 407"),
            (Seen, "connect", None, vec![request(None)], "data", "HTTP CONNECT, no answer"),
            (Seen, "stage-of-tomorrow", v12, vec![later()], "stage-of-tomorrow", "stage of tomorrow"),
        ] {
            let one = told(opening, stage, version, remarks);
            assert_eq!((one.reached.as_str(), one.outcome.as_str()), (reached, outcome));
        }
    }

    #[test]
    fn what_is_hidden_and_what_is_new() {
        let one = told(Opening::Missed, "server-hello", Some("TLS 1.3"), Vec::new());
        let began = "it began before the capture, or its SYN was not captured";
        assert_eq!(one.hidden, [began, "TLS 1.3: the certificate is encrypted", "bytes of the server are missing"]);
        let later = What::Other { kind: "tcp-of-tomorrow", text: "something new".to_owned() };
        let one = told(Opening::Seen, "connect", None, vec![later]);
        assert_eq!(one.remarks, [Remark { packet: 1, kind: "tcp-of-tomorrow".to_owned(), text: "something new".to_owned() }]);
    }
}

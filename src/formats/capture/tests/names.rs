//! DNS: which query an answer belongs to, names with a domain appended, answers that were too long, and what is no DNS.

use super::generated::{Capture, Connection, DEVICE, dns, fields};
use super::*;

const RESOLVER: ([u8; 4], u16) = ([192, 0, 2, 1], 53);

fn device(port: u16) -> ([u8; 4], u16) {
    (DEVICE, port)
}

#[test]
fn an_answer_knows_its_queries() {
    let mut capture = Capture::new();
    let ask = dns(false, 0, "Tools.CISCO.com", &[]);
    capture.udp(device(50_000), RESOLVER, &ask);
    // A mirror port's copy.
    capture.at_once();
    capture.udp(device(50_000), RESOLVER, &ask);
    capture.udp(device(50_000), RESOLVER, &ask);
    capture.udp(device(50_001), ([192, 0, 2, 2], 53), &ask);
    capture.udp(([192, 0, 2, 2], 53), device(50_001), &dns(true, 0, "tools.cisco.com", &[(1, vec![1, 2, 3, 4])]));
    capture.udp(RESOLVER, device(50_000), &dns(true, 2, "tools.cisco.com", &[]));
    // Asked anew, and an answer whose query was not captured.
    capture.udp(device(50_002), RESOLVER, &dns(false, 0, "tools.cisco.com", &[]));
    capture.udp(RESOLVER, device(50_002), &dns(true, 0, "tools.cisco.com", &[]));
    capture.udp(RESOLVER, device(50_009), &dns(true, 0, "other.example", &[]));
    let (_, events) = run(&capture.bytes);
    let found: Vec<_> = events.iter().map(|event| fields(event, &["name", "rcode", "queries", "delay", "transport"])).collect();
    assert_eq!(
        found,
        [
            ["tools.cisco.com", "NOERROR", "3", "1000", "udp"],
            ["tools.cisco.com", "SERVFAIL", "3", "4000", "udp"],
            ["tools.cisco.com", "NOERROR", "1", "1000", "udp"],
            ["other.example", "NOERROR", "(none)", "(none)", "udp"],
        ]
    );
}

#[test]
fn a_long_answer_comes_again_over_tcp() {
    let mut long = dns(true, 0, "tools.cisco.com", &[]);
    long[2] |= 2;
    let framed = |message: Vec<u8>| [&(message.len() as u16).to_be_bytes()[..], &message].concat();
    for answered in [true, false] {
        let mut capture = Capture::new();
        capture.udp(device(50_000), RESOLVER, &dns(false, 0, "tools.cisco.com", &[]));
        capture.udp(RESOLVER, device(50_000), &long);
        let mut connection = Connection::new(53);
        connection.open(&mut capture);
        connection.client(&mut capture, &framed(dns(false, 0, "tools.cisco.com", &[])));
        connection.server(&mut capture, if answered { framed(dns(true, 0, "tools.cisco.com", &[])) } else { Vec::new() }.as_slice());
        let (_, events) = run(&capture.bytes);
        let found: Vec<_> = events.iter().map(|event| (event.kind, fields(event, &["truncated", "transport", "queries"]))).collect();
        let second = if answered { "dns-response" } else { "dns-unanswered" };
        assert_eq!(found, [("dns-response", vec!["yes", "udp", "1"]), (second, vec!["(none)", "tcp", "1"])]);
    }
}

#[test]
fn names_with_a_domain_appended_name_the_plain_one() {
    // (names asked in order, the plain name that is told of the last answer)
    for (asked, expected) in [
        (&["tools.cisco.com.corp.example"][..], "tools.cisco.com"),
        (&["tools.cisco.com", "tools.cisco.com.corp.example"], "tools.cisco.com"),
        (&["tools.cisco.com.corp.example", "tools.cisco.com"], "(none)"),
        (&["cslu-local", "cslu-local.corp.example"], "cslu-local"),
        (&["cslu-local.corp.example"], "(none)"),
        (&["ssm.corp.lan", "ssm.corp.lan.corp.lan"], "ssm.corp.lan"),
        (&["tools.cisco.com"], "(none)"),
        (&["cisco.com", "tools.cisco.com"], "(none)"),
        (&["www.shop.com.br"], "(none)"),
        (&["communication.example.com"], "(none)"),
    ] {
        let mut capture = Capture::new();
        for name in asked {
            capture.udp(device(50_000), RESOLVER, &dns(false, 0, name, &[]));
            capture.udp(RESOLVER, device(50_000), &dns(true, 3, name, &[]));
        }
        let (_, events) = run(&capture.bytes);
        assert_eq!(fields(events.last().unwrap(), &["suffix_of"]), [expected], "{asked:?}");
        // Another client's names say nothing.
        let mut capture = Capture::new();
        capture.udp(([192, 0, 2, 99], 50_000), RESOLVER, &dns(false, 0, "cslu-local", &[]));
        capture.udp(device(50_000), RESOLVER, &dns(false, 0, "cslu-local.corp.example", &[]));
        let (_, events) = run(&capture.bytes);
        assert_eq!(fields(&events[1], &["name", "suffix_of"]), ["cslu-local.corp.example", "(none)"]);
    }
}

#[test]
fn only_names_of_common_length_are_compared_with_others() {
    for (labels, expected) in [(16, "cslu-local"), (17, "(none)")] {
        let long = format!("cslu-local{}", ".x".repeat(labels - 1));
        let mut capture = Capture::new();
        for name in ["cslu-local", &long] {
            capture.udp(device(50_000), RESOLVER, &dns(false, 0, name, &[]));
        }
        let (_, events) = run(&capture.bytes);
        assert_eq!(fields(events.last().unwrap(), &["name", "suffix_of"]), [&long, expected]);
    }
}

#[test]
fn names_asked_of_neighbours_are_no_dns() {
    let mut capture = Capture::new();
    // Multicast DNS (RFC 6762) and LLMNR (RFC 4795) have the same messages and other ports.
    for (group, port) in [([224, 0, 0, 251], 5353), ([224, 0, 0, 252], 5355)] {
        capture.udp(device(port), (group, port), &dns(false, 0, "tools.cisco.com", &[]));
        capture.udp(([192, 0, 2, 3], port), device(port), &dns(true, 3, "tools.cisco.com", &[]));
    }
    assert_eq!(run(&capture.bytes).1, []);
}

//! The conversations that `inspect` lists of a capture, against what tshark says of the same file.

use std::path::PathBuf;

use serde_json::Value;

use crate::support;

/// A conversation as the test states it: client, server, first and last packet, packets, milliseconds, outcome.
type Row = (&'static str, &'static str, u64, u64, u64, u64, &'static str);

/// Client, server, packets, milliseconds.
type Ends = (&'static str, &'static str, u64, u64);

fn inspected(capture: PathBuf) -> Value {
    let output = support::run(&["inspect", "-q", "--format", "json"], &[&capture]);
    assert_eq!(output.status, 0, "{}", output.stderr);
    let report: Value = serde_json::from_str(&output.stdout).expect("a report");
    report["artifacts"][0]["capture"].clone()
}

fn corpus(path: &str) -> PathBuf {
    support::root().join("corpora").join(path)
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

/// Ends, packets and durations: `tshark -r FILE -q -z conv,tcp`; first and last packet:
/// `tshark -r FILE -Y 'ip.addr == … && tcp.port == …' -T fields -e frame.number` with the filter of the report.
fn are_first(capture: &Value, rows: &[Row]) {
    let listed = capture["conversations"].as_array().expect("a list");
    for (one, row) in listed.iter().zip(rows) {
        let number = |key: &str| one[key].as_u64().unwrap_or(u64::MAX);
        let found = (
            text(one, "client"),
            text(one, "server"),
            number("first_packet"),
            number("last_packet"),
            number("packets"),
            number("duration_ms"),
            text(one, "outcome"),
        );
        assert_eq!(&found, row);
    }
    assert!(listed.len() >= rows.len());
}

#[test]
fn licensing_first_with_alert_chain_and_filters() {
    let capture = inspected(corpus("capture-foreign-issuer-cooked/input/any.pcap"));
    let server = "72.163.15.144:443";
    let refused = "Certificate, client ended it: fatal unknown_ca";
    are_first(
        &capture,
        &[
            ("10.48.100.10:46102", server, 12, 25, 12, 88, refused),
            ("10.48.100.10:46103", server, 49, 60, 12, 80, refused),
            ("10.48.100.10:46104", server, 114, 125, 12, 93, refused),
            ("10.48.100.10:46105", server, 159, 171, 13, 78, "Server Hello, client ended it: fatal unknown_ca"),
            ("10.48.100.10:30638", "10.48.100.23:8443", 63, 71, 9, 3, "data both ways"),
        ],
    );
    let one = &capture["conversations"][0];
    assert_eq!(text(one, "server_name"), "smartreceiver.cisco.com");
    assert_eq!(text(one, "filter"), "ip.addr == 10.48.100.10 && tcp.port == 46102 && ip.addr == 72.163.15.144 && tcp.port == 443");
    // tshark -r any.pcap -Y 'tls.alert_message.desc == 48' -T fields -e frame.number: 21 56 121 167
    let alerts: Vec<u64> = (0..4).filter_map(|at| capture["conversations"][at]["alerts"][0]["packet"].as_u64()).collect();
    assert_eq!(alerts, [21, 56, 121, 167]);
    assert_eq!(text(&one["alerts"][0], "filter"), "tls.alert_message.desc == 48");
    // tshark -r any.pcap -Y 'tls.handshake.type == 11' -T fields -e x509sat.uTF8String
    assert_eq!(text(&one["chain"][0], "issuer"), "CN=Minato Foods Internal CA 01,O=Minato Foods K.K.,C=JP");
    assert_eq!(capture["conversations"][3]["hidden"][0], "TLS 1.3: the certificate is encrypted");
    let licensing: Vec<bool> = (0..5).filter_map(|at| capture["conversations"][at]["licensing"].as_bool()).collect();
    assert_eq!(licensing, [true, true, true, true, false]);
    assert_eq!((&capture["connections"], &capture["conversations_left_out"]), (&Value::from(10), &Value::from(0)));
}

#[test]
fn silence_on_both_floors() {
    let capture = inspected(corpus("capture-syn-silent/input/mirror.pcap"));
    // tshark -r mirror.pcap -Y 'tcp.port == 20480' -T fields -e frame.number -e frame.time_relative
    let row = ("10.48.100.10:20480", "72.163.4.38:443", 7, 57, 5, 15_000, "SYN only, sent 5 times, no answer");
    are_first(&capture, &[row]);
    let capture = inspected(corpus("capture-dns-silent/input/dns.pcap"));
    let name = &capture["names"][0];
    // tshark -r dns.pcap -Y 'lower(dns.qry.name) == "tools.cisco.com"': six queries, the first in packet 15, no answer
    assert_eq!((text(name, "name"), &name["first_packet"]), ("tools.cisco.com", &Value::from(15)));
    assert_eq!(name["outcomes"], serde_json::json!({"no answer": 6}));
    assert_eq!(text(name, "filter"), "lower(dns.qry.name) == \"tools.cisco.com\"");
}

#[test]
fn a_proxy_and_its_status() {
    let capture = inspected(corpus("capture-proxy-407/input/proxy.pcap"));
    are_first(&capture, &[("10.48.100.10:40210", "10.48.5.80:8080", 5, 14, 10, 53, "HTTP CONNECT, status 407")]);
    let request = &capture["conversations"][0]["requests"][0];
    // tshark -r proxy.pcap -Y http.response -T fields -e frame.number -e http.response.code
    assert_eq!((&request["packet"], &request["status"]), (&Value::from(10), &Value::from(407)));
    assert_eq!(text(request, "target"), "smartreceiver.cisco.com:443");
}

#[test]
fn real_captures() {
    let Some(folder) = support::real_data() else { return };
    // tshark -r FILE -q -z conv,tcp
    let expected: &[(&str, &[Ends])] = &[
        (
            "zeek-tls-missing-intermediate.pcap",
            &[
                ("192.168.4.149:58529", "128.32.169.140:443", 15, 1_226),
                ("192.168.4.149:58530", "72.167.102.91:443", 20, 3_426),
                ("192.168.4.149:58532", "128.32.169.140:443", 15, 1_040),
            ],
        ),
        ("zeek-http-connect-with-header.pcap", &[("[::1]:52522", "[::1]:80", 58, 691)]),
        ("zeek-tcp-syn-then-rst.pcap", &[("1.1.1.1:13131", "1.1.1.2:31313", 2, 0)]),
    ];
    for (file, rows) in expected {
        let capture = inspected(folder.join("pcap").join(file));
        let mut found: Vec<_> = capture["conversations"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|one| {
                let number = |key: &str| one[key].as_u64().unwrap_or(u64::MAX);
                (text(one, "client"), text(one, "server"), number("packets"), number("duration_ms"))
            })
            .collect();
        found.sort_unstable();
        assert_eq!(&found, rows, "{file}");
    }
}

#[test]
fn only_inspect_lists_them_and_only_of_captures() {
    let capture = corpus("capture-syn-silent/input/mirror.pcap");
    let output = support::run(&["diagnose", "-q", "--format", "json"], &[&capture]);
    let report: Value = serde_json::from_str(&output.stdout).expect("a report");
    assert_eq!(report["artifacts"][0].get("capture"), Some(&Value::Null));
    assert_eq!(inspected(support::root().join("README.md")), Value::Null);
}

#[test]
fn the_screen_says_where_to_look() {
    let capture = corpus("capture-web-browsing/input/office.pcap");
    let output = support::run(&["inspect", "-q"], &[&capture]);
    assert!(output.stdout.contains("Nothing of licensing that the rules know is in this capture."), "{}", output.stdout);
    assert!(output.stdout.contains("9 more; -v lists them"), "{}", output.stdout);
}

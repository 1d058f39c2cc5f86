//! Lists and trees as tshark, Wireshark and switches print them.

use super::*;

/// Every event: its kind, its line and what is asked of its fields.
fn events(text: &str, fields: &[&str]) -> Vec<String> {
    let mut reader = PacketListReader::default();
    let mut events = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        reader.line(number, line, &mut |event| events.push(event));
    }
    reader.finish(&mut |event| events.push(event));
    let shown = events.iter().map(|event| {
        let given = fields.iter().filter_map(|name| Some(format!(" {name}={}", event.field(name).filter(|value| !value.is_empty())?)));
        assert_eq!(event.field("listed"), Some("yes"));
        let Place::Line(line) = event.place else { panic!("{event:?}") };
        format!("{} {line}{}", event.kind, given.collect::<String>())
    });
    shown.collect()
}

/// `from | level | description | client | server | server_name | after` of every alert.
fn read(text: &str) -> Vec<String> {
    let mut reader = PacketListReader::default();
    let mut events = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        reader.line(number, line, &mut |event| events.push(event));
    }
    let field = |event: &Event, name: &str| event.field(name).unwrap_or("").to_owned();
    let shown = ["from", "level", "description", "client", "server", "server_name", "after"];
    events.iter().map(|event| shown.map(|name| field(event, name)).join(" | ")).collect()
}

#[test]
fn lists() {
    let alert = "Alert (Level: Fatal, Description: Unknown CA)";
    for (text, expected) in [
        // tshark
        (
            "    1   0.000000     10.8.1.5 → 146.112.59.81 TCP 54 33594 → 443 [SYN] Seq=0 Win=8192 Len=0\n    2   0.010000 146.112.59.81 → 10.8.1.5     TCP 54 443 → 33594 [SYN, ACK] Seq=0 Ack=1\n    4   0.040000     10.8.1.5 → 146.112.59.81 TLSv1 150 Client Hello (SNI=smartreceiver.cisco.com)\n    7   0.110000 146.112.59.81 → 10.8.1.5     TLSv1.2 570 Certificate, Server Key Exchange, Certificate Request, Server Hello Done\n    9   0.140000     10.8.1.5 → 146.112.59.81 TLSv1.2 61 %A",
            "client | fatal | unknown_ca | 10.8.1.5:33594 | 146.112.59.81:443 | smartreceiver.cisco.com | certificate",
        ),
        // Wireshark's columns, names as a picture shows them
        (
            "827\t2024-03-02 21:33:59.313638\tExo C\tSmartLicensing\tTCP\t74\t33594\t443\t33594 → 443 [SYN] Seq=0\n830\t2024-03-02 21:33:59.340219\tExo C\tSmartLicensing\tTLSv1.2\t583\t33594\t443\tClient Hello (SHA-smartreceiver.cisco.com)\n843\t2024-03-02 21:33:59.506878\tExo C\tSmartLicensing\tTLSv1.2\t73\t33594\t443\t[%A]",
            "client | fatal | unknown_ca | Exo C:33594 | SmartLicensing:443 | smartreceiver.cisco.com | client-hello",
        ),
        // the ports alone tell who is the server
        (
            "843\t2024-03-02 21:33:59.506878\tExpC\tSmartLicensing\tTLSv1.2\t73\t33594\t443\t%A",
            "client | fatal | unknown_ca | ExpC:33594 | SmartLicensing:443 |  | ",
        ),
        // the server refuses the client's certificate
        (
            "\"1\",\"0.1\",\"10.1.1.1\",\"192.133.220.90\",\"TLSv1.2\",\"200\",\"Client Hello (SNI=smartreceiver.cisco.com)\"\n\"3\",\"0.3\",\"10.1.1.1\",\"192.133.220.90\",\"TLSv1.2\",\"2000\",\"Certificate, Client Key Exchange, Certificate Verify\"\n\"4\",\"0.4\",\"192.133.220.90\",\"10.1.1.1\",\"TLSv1.2\",\"61\",\"%A\"",
            "server | fatal | unknown_ca | 10.1.1.1 | 192.133.220.90 | smartreceiver.cisco.com | client-certificate",
        ),
        // nothing says who is who
        ("9 0.14 10.8.1.5 146.112.59.81 TLSv1.2 61 %A", " | fatal | unknown_ca |  |  |  | "),
    ] {
        assert_eq!(read(&text.replace("%A", alert)), [expected], "{text}");
    }
}

#[test]
fn trees() {
    let frame = |number: u32, from: &str, to: &str, rest: &str| {
        format!(
            "Frame {number}: 54 bytes on wire\n    Arrival Time: May 14, 2024 06:35:02.010000000 UTC\nInternet Protocol Version 4, Src: {from}, Dst: {to}\n{rest}\n"
        )
    };
    let ahead = "Transmission Control Protocol, Src Port: 33594, Dst Port: 443, Seq: 0, Len: 0";
    let syn = frame(1, "10.8.1.5", "146.112.59.81", &format!("{ahead}\n    Flags: 0x002 (SYN)"));
    let hello = frame(
        4,
        "10.8.1.5",
        "146.112.59.81",
        &format!(
            "{ahead}\n    Flags: 0x018 (PSH, ACK)\n        Handshake Protocol: Client Hello\n            Server Name: tools.cisco.com"
        ),
    );
    let alert = "    TLSv1.2 Record Layer: Alert (Level: Fatal, Description: Unknown CA)\n        Alert Message\n            Level: Fatal (2)\n            Description: Unknown CA (48)";
    let expected = "client | fatal | unknown_ca | 10.8.1.5:33594 | 146.112.59.81:443 | tools.cisco.com | client-hello";
    let whole = format!("{syn}{hello}{}", frame(9, "10.8.1.5", "146.112.59.81", &format!("{ahead}\n{alert}")));
    assert_eq!(read(&whole), [expected]);
    // Without the line of the record.
    let (_, bare) = alert.split_once('\n').unwrap();
    let whole = format!("{syn}{hello}{}", frame(9, "10.8.1.5", "146.112.59.81", &format!("{ahead}\n{bare}")));
    assert_eq!(read(&whole), [expected]);
}

#[test]
fn what_is_no_alert() {
    for text in ["", "Alert (Level: Fatal", "TCP", "a b TCP", "Description: Unknown CA (48)", "1 0.1 a b TCP 54 443 [ACK]"] {
        assert!(read(text).is_empty(), "{text}");
    }
}

/// What tshark 4.0.17 prints of captures made for it; the packets' numbers, times and names are its own.
const LOOKUP: &str = "    1   0.000000   10.20.0.11 → 10.20.0.53   DNS 83 Standard query 0x9c37 A smartreceiver.cisco.com
    2   0.020000   10.20.0.53 → 10.20.0.11   DNS 122 Standard query response 0x9c37 A smartreceiver.cisco.com A 146.112.59.81
";
const SYNS: &str = "    3   2.010000   10.20.0.11 → 146.112.59.81 TCP 58 37016 → 443 [SYN] Seq=0 Win=4128 Len=0 MSS=1380
    4   3.010000   10.20.0.11 → 146.112.59.81 TCP 58 [TCP Retransmission] 37016 → 443 [SYN] Seq=0 Win=4128 Len=0 MSS=1380
    5   5.010000   10.20.0.11 → 146.112.59.81 TCP 58 [TCP Retransmission] 37016 → 443 [SYN] Seq=0 Win=4128 Len=0 MSS=1380
    6   9.010000   10.20.0.11 → 146.112.59.81 TCP 58 [TCP Retransmission] 37016 → 443 [SYN] Seq=0 Win=4128 Len=0 MSS=1380
";
const OPENED: &str = "    3   2.010000   10.20.0.11 → 146.112.59.81 TCP 58 48568 → 443 [SYN] Seq=0 Win=4128 Len=0 MSS=1380
    4   2.022000 146.112.59.81 → 10.20.0.11   TCP 58 443 → 48568 [SYN, ACK] Seq=0 Ack=1 Win=4128 Len=0 MSS=1380
    5   2.034000   10.20.0.11 → 146.112.59.81 TCP 54 48568 → 443 [ACK] Seq=1 Ack=1 Win=4128 Len=0
    6   2.054000   10.20.0.11 → 146.112.59.81 TLSv1 248 Client Hello
    7   2.066000 146.112.59.81 → 10.20.0.11   TCP 54 443 → 48568 [ACK] Seq=1 Ack=195 Win=4128 Len=0
";
const RESET: &str = "    8   2.076000 146.112.59.81 → 10.20.0.11   TCP 54 443 → 48568 [RST] Seq=1 Win=4128 Len=0\n";
const SERVED: &str = "    8   2.086000 146.112.59.81 → 10.20.0.11   TLSv1.2 1434 Server Hello
    9   2.158000   10.20.0.11 → 146.112.59.81 TLSv1.2 147 Client Key Exchange, Change Cipher Spec, Encrypted Handshake Message
   10   2.190000 146.112.59.81 → 10.20.0.11   TLSv1.2 296 New Session Ticket, Change Cipher Spec, Encrypted Handshake Message
   11   2.222000   10.20.0.11 → 146.112.59.81 TLSv1.2 820 Application Data
   12   2.274000 146.112.59.81 → 10.20.0.11   TLSv1.2 522 Application Data
";
const LATER: &str = "    8  22.020000   10.20.0.53 → 10.20.0.12   DNS 108 Standard query response 0x93f7 A ntp.corp.example A 10.20.0.5\n";

#[test]
fn connections_of_a_list() {
    let fields = ["client", "server", "server_port", "server_name", "attempts", "waited", "from", "after", "acknowledged"];
    let name = "server_port=443 server_name=smartreceiver.cisco.com";
    let answer = "dns-response 2 client=10.20.0.11 server=10.20.0.53".to_owned();
    let ends = |port: u32| format!("client=10.20.0.11:{port} server=146.112.59.81:443 {name}");
    let refused = "    3   2.010000   10.20.0.11 → 146.112.59.81 TCP 58 24354 → 443 [SYN] Seq=0 Win=4128 Len=0\n    4   2.020000 146.112.59.81 → 10.20.0.11   TCP 54 443 → 24354 [RST, ACK] Seq=1 Ack=1 Win=4128 Len=0\n";
    for (text, expected) in [
        (SYNS.to_owned(), vec![format!("tcp-syn-unanswered 3 {} attempts=4 waited=7", ends(37016))]),
        (refused.to_owned(), vec![format!("tcp-refused 4 {}", ends(24354))]),
        (format!("{OPENED}{RESET}"), vec![format!("tcp-reset 8 {} from=server after=client-hello", ends(48568))]),
        (format!("{OPENED}{SERVED}"), vec![format!("tls-server-hello 8 {}", ends(48568)), format!("tls-established 12 {}", ends(48568))]),
        (
            format!("{OPENED}{LATER}"),
            vec![
                "dns-response 8 client=10.20.0.12 server=10.20.0.53".to_owned(),
                format!("tls-unanswered 6 {} waited=19 acknowledged=yes", ends(48568)),
            ],
        ),
    ] {
        let list = format!("{LOOKUP}{text}");
        let expected: Vec<String> = std::iter::once(answer.clone()).chain(expected).collect();
        assert_eq!(events(&list, &fields), expected, "{list}");
        // As a switch prints it, and as a table.
        assert_eq!(events(&list.replace('→', "->"), &fields), expected, "{list}");
        let table: String = list
            .lines()
            .map(|line| line.replace(" → ", " ").split_ascii_whitespace().take(6).collect::<Vec<_>>().join("\t") + "\t" + info(line) + "\n")
            .collect();
        assert_eq!(events(&table, &fields), expected, "{table}");
        let quoted: String = table.lines().map(|line| format!("\"{}\"\n", line.replace('\t', "\",\""))).collect();
        assert_eq!(events(&quoted, &fields), expected, "{quoted}");
    }
}

/// The last column of a line.
fn info(line: &str) -> &str {
    let at = [" DNS ", " TCP ", " TLSv1 ", " TLSv1.2 "].iter().find_map(|protocol| Some(line.find(protocol)? + protocol.len())).unwrap();
    line[at..].split_once(' ').unwrap().1
}

#[test]
fn lookups_of_a_list() {
    let fields = ["name", "type", "rcode", "answers", "addresses", "queries", "waited", "suffix_of"];
    let query =
        |number: u32, at: u32, name: &str| format!("{number} {at}.000000 10.20.0.11 → 10.20.0.53 DNS 83 Standard query 0x0d25 A {name}\n");
    let reply = |number: u32, at: u32, words: &str| {
        format!("{number} {at}.000000 10.20.0.53 → 10.20.0.11 DNS 83 Standard query response 0x0d25 {words}\n")
    };
    let asked = query(1, 0, "smartreceiver.cisco.com");
    let named = "name=smartreceiver.cisco.com type=A";
    for (text, expected) in [
        (
            reply(2, 1, "No such name A smartreceiver.cisco.com SOA ns1.example"),
            vec![format!("dns-response 2 {named} rcode=NXDOMAIN answers=0")],
        ),
        (reply(2, 1, "Server failure A smartreceiver.cisco.com"), vec![format!("dns-response 2 {named} rcode=SERVFAIL")]),
        (reply(2, 1, "Refused A smartreceiver.cisco.com"), vec![format!("dns-response 2 {named} rcode=REFUSED")]),
        // How many answers there were, the line does not say.
        (reply(2, 1, "A smartreceiver.cisco.com"), vec![format!("dns-response 2 {named} rcode=NOERROR")]),
        (
            reply(2, 1, "A smartreceiver.cisco.com CNAME lic.example.net A 192.0.2.9 A 192.0.2.10 OPT"),
            vec![format!("dns-response 2 {named} rcode=NOERROR answers=3 addresses=192.0.2.9 192.0.2.10")],
        ),
        (
            query(2, 5, "smartreceiver.cisco.com")
                + &query(3, 10, "smartreceiver.cisco.com.corp.example")
                + &reply(4, 11, "No such name A smartreceiver.cisco.com.corp.example"),
            vec![
                "dns-response 4 name=smartreceiver.cisco.com.corp.example type=A rcode=NXDOMAIN suffix_of=smartreceiver.cisco.com"
                    .to_owned(),
                format!("dns-unanswered 1 {named} queries=2 waited=11"),
            ],
        ),
        // Only questions, with gaps between their numbers: a filter left them.
        (query(7, 5, "smartreceiver.cisco.com") + &query(12, 10, "smartreceiver.cisco.com"), vec![]),
        // A filter left all of DNS, answers too.
        (
            query(7, 5, "smartreceiver.cisco.com") + &query(12, 10, "ntp.example") + &reply(14, 11, "A ntp.example A 192.0.2.5"),
            vec![
                "dns-response 4 name=ntp.example type=A rcode=NOERROR answers=1 addresses=192.0.2.5".to_owned(),
                format!("dns-unanswered 1 {named} queries=2 waited=11"),
            ],
        ),
    ] {
        assert_eq!(events(&format!("{asked}{text}"), &fields), expected, "{text}");
    }
}

#[test]
fn what_a_filter_left_out_is_no_silence() {
    let of = |number: &str| SYNS.lines().find(|line| line.trim_start().starts_with(number)).unwrap().to_owned() + "\n";
    let sent_by_client: String = OPENED.lines().filter(|line| line.contains("10.20.0.11 →")).map(|line| format!("{line}\n")).collect();
    for (name, list, expected) in [
        ("the first SYN of each connection", of("3") + &of("6").replace("37016", "37017"), vec![]),
        ("two SYN of a connection", of("3") + &of("5"), vec![]),
        ("three SYN of a connection, which nobody sends who has an answer", of("3") + &of("4") + &of("6"), vec!["tcp-syn-unanswered 1"]),
        ("what the client sent", sent_by_client, vec![]),
        (
            "TLS alone",
            OPENED.lines().filter(|line| line.contains("TLS")).map(|line| format!("{line}\n")).collect::<String>() + LATER,
            vec!["dns-response 2"],
        ),
        (
            "packets of other protocols belong to the list",
            SYNS.replace("[TCP Retransmission] 37016 → 443 [SYN] Seq=0", "").replace("TCP 58  ", "ARP 60 "),
            vec!["tcp-syn-unanswered 1"],
        ),
        (
            "the end of a connection that was in use",
            OPENED.to_owned() + &RESET.replace("Seq=1", "Seq=5314").replace("    8 ", "   28 "),
            vec![],
        ),
        (
            "newest first",
            SYNS.lines().rev().map(|line| format!("{line}\n")).collect(),
            vec!["tcp-syn-unanswered 1", "tcp-syn-unanswered 2", "tcp-syn-unanswered 3", "tcp-syn-unanswered 4"],
        ),
    ] {
        assert_eq!(events(&list, &[]), expected, "{name}\n{list}");
    }
}

#[test]
fn trees_tell_the_same() {
    let frame = |number: u32, second: u32, ends: &str, rest: &str| {
        format!(
            "Frame {number}: 54 bytes on wire\n    Arrival Time: Apr 10, 2024 07:30:{second:02}.010000000 UTC\nInternet Protocol Version 4, {ends}\n{rest}\n\n"
        )
    };
    let (out, back) = ("Src: 10.20.0.11, Dst: 146.112.59.81", "Src: 146.112.59.81, Dst: 10.20.0.11");
    let syn = "Transmission Control Protocol, Src Port: 48568, Dst Port: 443, Seq: 0, Len: 0\n    Flags: 0x002 (SYN)";
    let accepted = "Transmission Control Protocol, Src Port: 443, Dst Port: 48568, Seq: 0, Ack: 1, Len: 0\n    Flags: 0x012 (SYN, ACK)";
    let hello = "Transmission Control Protocol, Src Port: 48568, Dst Port: 443, Seq: 1, Ack: 1, Len: 194\n    Flags: 0x018 (PSH, ACK)\n        Handshake Protocol: Client Hello\n            Server Name: smartreceiver.cisco.com";
    let reset = "Transmission Control Protocol, Src Port: 443, Dst Port: 48568, Seq: 1, Len: 0\n    Flags: 0x004 (RST)";
    let question =
        "Domain Name System (query)\n    Flags: 0x0100 Standard query\n    Queries\n        smartreceiver.cisco.com: type A, class IN\n";
    let denied = "Domain Name System (response)\n    Flags: 0x8183 Standard query response, No such name\n    Queries\n        smartreceiver.cisco.com: type A, class IN\n";
    let fields = ["name", "rcode", "server", "server_name", "attempts", "from", "after", "waited"];
    let of = "server=146.112.59.81:443 server_name=smartreceiver.cisco.com";
    for (list, expected) in [
        (
            frame(1, 1, out, syn) + &frame(2, 2, out, syn) + &frame(3, 4, out, syn),
            vec!["tcp-syn-unanswered 5 server=146.112.59.81:443 attempts=3 waited=3".to_owned()],
        ),
        (
            frame(1, 1, out, syn) + &frame(2, 2, back, accepted) + &frame(3, 4, out, hello) + &frame(4, 5, back, reset),
            vec![format!("tcp-reset 25 {of} from=server after=client-hello")],
        ),
        (
            frame(1, 1, "Src: 10.20.0.11, Dst: 10.20.0.53", question) + &frame(2, 2, "Src: 10.20.0.53, Dst: 10.20.0.11", denied),
            vec!["dns-response 10 name=smartreceiver.cisco.com rcode=NXDOMAIN server=10.20.0.53".to_owned()],
        ),
    ] {
        assert_eq!(events(&list, &fields), expected, "{list}");
    }
    // Line and tree of one packet are one packet.
    let both = |number: u32, line: &str| format!("{line}\n{}", frame(number, number, out, syn.replace("48568", "37016").as_str()));
    let list: String = (3..).zip(SYNS.lines()).map(|(number, line)| both(number, line)).collect();
    assert_eq!(events(&list, &["attempts"]), ["tcp-syn-unanswered 1 attempts=4"]);
}

proptest::proptest! {
    #[test]
    fn never_panics(text in "(TCP|DNS|Standard query |response 0x1 |: type A, addr |Domain Name System \\(|[0-9]{1,3} [0-9]\\.[0-9] |\\[SYN\\] Seq=|TLSv1.2|Alert \\(Level: |, Description: |Client Hello \\(|Src: |Src Port: |Frame 1|Flags: \\(|→|[a-z0-9 ,\t\n\"()é:]){0,30}") {
        read(&text);
        events(&text, &[]);
    }
}

//! Every capture of the real data against its row.

#![expect(clippy::disallowed_methods, reason = "tests read their data themselves")]

use super::*;

/// Where this reader and the row differ, and why that is right.
#[rustfmt::skip]
const JUSTIFIED: [(&str, &str, &str); 10] = [
    ("zeek-tls-irc-starttls.pcap", "client_hello", "behind STARTTLS; tshark reads it with tcp.try_heuristic_first"),
    ("zeek-tls-irc-starttls.pcap", "server_hello", "as above"),
    ("zeek-tls-irc-starttls.pcap", "certificates", "as above"),
    ("zeek-dns-edns-ecs.pcap", "dns_queries_without_answer", "packets 55, 56, 76, 81 ask what no later packet answers"),
    ("zeek-ipv6-fragmented-dns.pcap", "fragmented_packets", "packets 4, 6, 7 and 8 have a fragment header; the row counts reassembled ones"),
    ("zeek-tls-hrr.pcap", "server_hello", "the second comes out of order in packets 9 and 11; tshark finds it with tcp.reassemble_out_of_order"),
    ("zeek-tls-https-to-http.pcap", "client_hello", "TLS is found on port 80 too"),
    ("tcpdump-babel_update_oobr.pcap", "synack", "packets 5 and 6 have both flags set, by chance"),
    ("tcpdump-pim_header_asan-2.pcap", "packets_cut_by_snaplen", "packet 3 claims to be shorter than what was captured"),
    ("tcpdump-rtp-seg-fault-1.pcapng", "dns_queries_without_answer", "opcode 2 asks for a server's status, not for a name"),
];

#[test]
fn real_captures_read_as_tshark_reads_them() {
    let Some(folder) = real_data() else { return };
    let rows = std::fs::read_to_string(folder.join("expected.tsv")).unwrap();
    let mut wrong = Vec::new();
    let (mut compared, mut explained) = (0, 0);
    let (mut files, mut unused) = (0, JUSTIFIED.iter().map(|(file, fact, _)| (*file, *fact)).collect::<BTreeSet<_>>());
    for row in rows.lines() {
        let Some((file, clauses)) = row.split_once('\t') else { continue };
        let Some(facts) = clauses.split(" | ").find_map(|clause| clause.strip_prefix("facts: format=pcap")) else { continue };
        files += 1;
        let facts = format!("format=pcap{facts}");
        let expected: BTreeMap<&str, &str> = facts.split("; ").filter_map(|fact| fact.split_once('=')).collect();
        let (summary, events) = run(&std::fs::read(folder.join(file)).unwrap());
        let found = found(&summary, &events);
        // A list counts by its members: every alert, name and certificate is a fact.
        compared += found.values().map(|value| value.split(", ").count()).sum::<usize>();
        for (fact, value) in differences(&expected, &found) {
            if JUSTIFIED.iter().any(|(other, name, _)| file.ends_with(other) && *name == fact) {
                explained += 1;
                unused.retain(|(other, name)| !(file.ends_with(other) && *name == fact));
            } else {
                wrong.push(format!(
                    "{file}: {fact}\n    expected {:?}\n    found    {value:?}",
                    expected.get(fact).copied().unwrap_or_default()
                ));
            }
        }
    }
    let _ = writeln!(
        std::io::stderr(),
        "{compared} facts of {files} captures compared: {} differ, {explained} of them explained",
        explained + wrong.len()
    );
    assert!(explained * 1_000 <= compared * 5, "more is explained away than should be: {explained} of {compared}");
    assert!(files > 100, "only {files} captures in expected.tsv");
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
    assert!(unused.is_empty(), "justified, but not different: {unused:?}");
}

/// Facts that count something in a way that tools may differ in: not compared.
const LOOSE: [&str; 2] = ["retransmissions", "reference_reader"];

fn differences(expected: &BTreeMap<&str, &str>, found: &BTreeMap<&'static str, String>) -> Vec<(&'static str, String)> {
    let unknown: Vec<_> = expected.keys().filter(|fact| !found.contains_key(*fact) && !LOOSE.contains(fact)).collect();
    assert!(unknown.is_empty(), "facts that the test does not know: {unknown:?}");
    let mut different = Vec::new();
    for (fact, value) in found {
        let wanted = expected.get(fact).copied();
        let same = match (*fact, wanted) {
            // Said only where there are some.
            ("packets" | "format", None) => false,
            (_, None) => value.is_empty() || value == "0",
            // A long list is cut: "a X, b X (+12)".
            ("dns_failures", Some(wanted)) if wanted.contains(" (+") => {
                let (names, more) = wanted.trim_end_matches(')').split_once(" (+").unwrap();
                let found: Vec<&str> = value.split(", ").collect();
                names.split(", ").all(|name| found.contains(&name))
                    && found.len() == names.split(", ").count() + more.parse::<usize>().unwrap()
            }
            (_, Some(wanted)) => wanted == value,
        };
        // The reference reader stopped before the first packet.
        let stopped = expected.contains_key("reference_reader") && *fact != "format";
        if !same && !stopped {
            different.push((*fact, value.clone()));
        }
    }
    different
}

/// The facts of a row, as this reader finds them.
fn found(summary: &Summary, events: &[Event]) -> BTreeMap<&'static str, String> {
    let facts: Vec<(&str, String)> = events.iter().flat_map(fact_lines).collect();
    let all = |name: &str| facts.iter().filter(|(fact, _)| *fact == name).map(|(_, value)| value.clone()).collect::<Vec<_>>();
    let unique = |name: &str| all(name).into_iter().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(", ");
    let counted = |name: &str| {
        let mut counts = BTreeMap::<String, usize>::new();
        for value in all(name) {
            *counts.entry(value).or_default() += 1;
        }
        counts.into_iter().map(|(value, count)| format!("{value}:{count}")).collect::<Vec<_>>().join(",")
    };
    let kind = |kind: &str| events.iter().filter(|event| event.kind == kind).count().to_string();
    let mut certificates = Vec::new();
    for certificate in all("capture.certificate") {
        let certificate = format!("[{certificate}]");
        if !certificates.contains(&certificate) {
            certificates.push(certificate);
        }
    }
    let vlans: Vec<String> = summary.vlans.iter().map(ToString::to_string).collect();
    let connects: Vec<String> =
        all("capture.http_connect").iter().map(|value| value.split(' ').next().unwrap_or_default().to_owned()).collect();
    let queries: usize = events.iter().filter(|event| event.kind == "dns-unanswered").count();
    let statuses: BTreeMap<&str, usize> = events
        .iter()
        .filter(|event| event.kind == "http-connect")
        .filter_map(|event| event.field("status"))
        .fold(BTreeMap::new(), |mut counts, status| {
            *counts.entry(status).or_default() += 1;
            counts
        });
    BTreeMap::from([
        ("format", summary.format.clone()),
        ("packets", summary.packets.to_string()),
        ("link", summary.link_types.join(",")),
        ("packets_cut_by_snaplen", summary.cut_by_snaplen.to_string()),
        ("fragmented_packets", summary.fragmented.to_string()),
        ("ipv6_packets", summary.ipv6.to_string()),
        ("vlan", vlans.join(",")),
        ("syn", summary.syn.to_string()),
        ("synack", summary.synack.to_string()),
        ("rst", summary.rst.to_string()),
        ("sni", unique("capture.sni")),
        ("tls_alerts", all("capture.tls_alert").join(", ")),
        ("client_hello", kind("tls-client-hello")),
        ("server_hello", kind("tls-server-hello")),
        ("certificates", certificates.join(" ")),
        ("dns_answers", counted("capture.dns_answer")),
        ("dns_failures", unique("capture.dns_failure")),
        ("dns_queries_without_answer", queries.to_string()),
        ("http_connect", connects.join(",")),
        ("http_status", statuses.iter().map(|(status, count)| format!("{status}:{count}")).collect::<Vec<_>>().join(",")),
    ])
}

//! Reports to test renderers with: one that has everything, one of a healthy case, one of a case that held nothing.

use std::collections::BTreeMap;

use super::fingerprint::fingerprint;
use super::model::*;

/// Every sample.
pub(crate) fn all() -> Vec<Report> {
    vec![rich(), healthy(), empty(), capture(), known()]
}

/// The first, with a baseline that knew some of it, and one finding that was accepted.
pub(crate) fn known() -> Report {
    let mut report = rich();
    let states = [BaselineState::Unchanged, BaselineState::Updated, BaselineState::New];
    for (finding, state) in report.findings.iter_mut().zip(states.into_iter().cycle()) {
        finding.baseline_state = Some(state);
    }
    report.findings[3].suppressed =
        Some(Suppressed { reason: "upgrade planned, change 4711".to_owned(), until: Some("2021-08-01".to_owned()) });
    report.case.baseline = Some(Baseline { file: "monday.json".to_owned(), new: 2, unchanged: 2, updated: 2, absent: 1 });
    report
}

/// Three devices; four problems, two folded symptoms, one state, one harmless finding; everything filled in.
pub(crate) fn rich() -> Report {
    let capture = "SR698123456.zip!wlc/cap1.pcap";
    let show = "SR698123456.zip!wlc/upload-2021-07-02/show-tech-support_wlc-core-1_2021-07-02T08-41-10.txt.gz";
    let mut report = empty();
    report.case = Case {
        inputs: vec!["SR698123456.zip".to_owned()],
        artifacts: 415,
        bytes: 2_040_109_465,
        coverage: Coverage { scanned: 411, skipped: 1, unreadable: 3 },
        below_threshold: 2,
        baseline: None,
        window: None,
        zone: None,
    };
    report.devices = vec![
        device("exp-c-01", "expressway", None),
        device("wlc-core-1", "wlc-9800", Some("17.3.4")),
        device("東京-本社-コアスイッチ-01", "ios-xe", Some("17.3.5")),
    ];

    let mut interception = finding(
        1,
        "slp-tls-interception",
        "A firewall replaces the licensing server's certificate (TLS interception)",
        Kind::RootCause,
        Severity::High,
        0.972,
        "wlc-core-1",
    );
    interception.summary = "The certificate that the device was shown is the firewall's, not Cisco's. The licensing agent trusts Cisco's roots only, so the handshake cannot succeed, whatever is configured on the device.".to_owned();
    interception.evidence = vec![
        packet(
            "tls.issuer-private",
            "decisive",
            capture,
            841,
            "the certificate for smartreceiver.cisco.com was issued by \"CN=TLS Forward Proxy v2, OU=Information Security\"",
        ),
        packet("tls.alert-unknown-ca", "decisive", capture, 843, "wlc-core-1 then ended the connection: fatal, Unknown CA"),
        line("slp.history-empty", "strong", show, 88_123, "RESPONSE: Jun 29 11:12:40 2021 CET"),
        line("slp.history-empty", "strong", show, 88_140, "RESPONSE: Jun 29 11:13:40 2021 CET"),
        line("slp.history-empty", "strong", show, 88_161, "RESPONSE: Jun 29 11:14:40 2021 CET"),
        line("slp.history-empty", "strong", show, 91_999, "RESPONSE: Jul 02 08:40:11 2021 CET"),
    ];
    interception.contradictions = vec![line("slp.ack-received", "against", show, 87_000, "Last ACK received: Jun 01 00:00:00 2021 CET")];
    interception.explains =
        vec!["slp-history-empty-response".to_owned(), "slp-report-overdue".to_owned(), "rum-high-cpu-fn72578".to_owned()];
    interception.remedy = vec![
        "Exempt smartreceiver.cisco.com and tools.cisco.com from TLS decryption on the proxy.".to_owned(),
        "Then establish trust again:\nlicense smart trust idtoken <token> all force\nshow license history message | begin REQUEST"
            .to_owned(),
        "Check that `show license status` names a date after `Last ACK received:`.".to_owned(),
    ];
    interception.workaround = vec!["Report through a CSLU or an SSM On-Prem that the firewall does not decrypt.".to_owned()];
    interception.references = vec![
        reference("document", "S3", None),
        reference("bug", "CSCvy84684", Some("https://bst.cloudapps.cisco.com/bugsearch/bug/CSCvy84684")),
    ];
    interception.collect_next = vec!["show crypto pki trustpoints".to_owned()];
    interception.occurrences = 214;

    let mut empty_response = finding(
        2,
        "slp-history-empty-response",
        "show license history message has a RESPONSE line with nothing behind it",
        Kind::State,
        Severity::Medium,
        0.99,
        "wlc-core-1",
    );
    empty_response.explained_by = Some("slp-tls-interception".to_owned());
    empty_response.evidence = vec![line("slp.history-empty", "decisive", show, 88_123, "RESPONSE: Jun 29 11:12:40 2021 CET")];
    empty_response.remedy = vec!["Find the cause: no answer came back at all.".to_owned()];
    empty_response.occurrences = 31;

    let mut overdue = finding(3, "slp-report-overdue", "A usage report is overdue", Kind::Symptom, Severity::Medium, 0.93, "wlc-core-1");
    overdue.explained_by = Some("slp-tls-interception".to_owned());
    overdue.evidence = vec![line(
        "slp.reporting-required",
        "strong",
        show,
        1_204,
        "Jul  1 02:13:43.447 CST: %SMART_LIC-6-REPORTING_REQUIRED: A Usage report acknowledgement will be required in 0 days.",
    )];
    overdue.occurrences = 1;

    let mut cpu = finding(
        4,
        "rum-high-cpu-fn72578",
        "CPU near 100 %: unacknowledged usage reports piled up (CSCwa85199, FN72578)",
        Kind::Defect,
        Severity::Critical,
        0.81,
        "wlc-core-1",
    );
    cpu.explained_by = Some("slp-tls-interception".to_owned());
    cpu.first_seen = Some("2021-07-01T02:13:43+02:00".to_owned());
    cpu.evidence = vec![line(
        "cpu.license-agent",
        "strong",
        show,
        402,
        &format!("CPU utilization for five seconds: 99%/3%; one minute: 98%; five minutes: 98% {}", "x".repeat(180)),
    )];
    cpu.affected = Some("affected".to_owned());
    cpu.fixed_in = vec!["17.3.5".to_owned(), "17.6.2".to_owned()];
    cpu.remedy = vec!["Upgrade to a fixed release.".to_owned()];

    let mut resolver = finding(
        5,
        "dns-name-unresolved",
        "ライセンスサーバーの名前を解決できません。ネームサーバーの設定を確認してください",
        Kind::Misconfiguration,
        Severity::High,
        0.64,
        "東京-本社-コアスイッチ-01",
    );
    resolver.summary = "デバイスは smartreceiver.cisco.com の名前を解決できず、ライセンスの使用状況レポートを送信できません。".to_owned();
    resolver.status = Status::Resolved;
    resolver.last_seen = resolver.first_seen.clone();
    resolver.occurrences = 1;
    resolver.evidence = vec![line(
        "comm-failed.dns",
        "decisive",
        "東京/コア スイッチ/syslog.log",
        77,
        "Aug 23 09:19:43.486: %SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : Unable to resolve server hostname/domain name",
    )];
    resolver.remedy = vec!["ip name-server <ip>\nip domain lookup source-interface <interface>".to_owned()];

    let mut offline = finding(
        6,
        "slp-offline-by-configuration",
        "Offline mode by configuration",
        Kind::Expected,
        Severity::Info,
        0.9,
        "東京-本社-コアスイッチ-01",
    );
    offline.evidence = vec![line("slp.transport-off", "decisive", "東京/コア スイッチ/show.txt", 9, "  Transport Off")];
    offline.remedy = vec!["Upload the usage report by hand once a year.".to_owned()];

    report.findings = vec![interception, empty_response, overdue, cpu, resolver, offline];
    report.missing = vec![
        missing(
            Some("exp-c-01"),
            "the licensing section of its log",
            "xstatus // license",
            "nothing in the log says whether it is registered",
            &["exp-eval-mode", "exp-out-of-compliance"],
        ),
        missing(
            Some("wlc-core-1"),
            "the trust points",
            "show crypto pki trustpoints",
            "would tell interception from a rejected client certificate",
            &["slp-tls-interception"],
        ),
        missing(
            None,
            "a capture of one attempt",
            "monitor capture LIC interface <interface> both match ipv4 tcp host <device> any\nmonitor capture LIC start",
            "shows who ends the handshake",
            &[],
        ),
    ];
    report.unexplained = vec![Unexplained {
        template: "%SMART_LIC-4-<*>: <*> is down rev".to_owned(),
        count: 3,
        artifact: show.to_owned(),
        line: Some(512),
        excerpt: "Jul  1 02:13:43.447: %SMART_LIC-4-ODD: Agent 4 is down rev".to_owned(),
    }];
    report.artifacts = vec![
        artifact(capture, "pcap", None, Some(1_207), "2021-06-29T11:12:39Z"),
        artifact(show, "show", Some(120_411), None, "2021-06-29T11:12:39+02:00"),
    ];
    report.errors = (1..=7)
        .map(|n| Error {
            artifact: format!("SR698123456.zip!exp/private-{n}.zip!keys/server.key"),
            kind: "encrypted".to_owned(),
            message: "the member is encrypted; it was not read. Unpack it with its password and hand over the folder.".to_owned(),
        })
        .collect();
    report
}

/// One device whose licensing works, and one of which nothing is said.
pub(crate) fn healthy() -> Report {
    let mut report = empty();
    report.case.inputs = vec!["quiet.log".to_owned()];
    report.case.artifacts = 1;
    report.case.bytes = 612_000_000;
    report.case.coverage = Coverage { scanned: 1, skipped: 0, unreadable: 0 };
    report.devices = vec![device("sw-acc-07", "ios-xe", Some("17.9.4")), device("sw-acc-09", "ios-xe", None)];
    let mut works =
        finding(1, "slp-healthy", "Licensing works: the last report was acknowledged", Kind::State, Severity::Info, 0.98, "sw-acc-07");
    works.evidence = vec![line(
        "slp.comm-restored",
        "decisive",
        "quiet.log",
        12,
        "%SMART_LIC-5-COMM_RESTORED: Communications with Cisco Smart Software Manager (CSSM) restored",
    )];
    works.remedy = Vec::new();
    report.findings = vec![works];
    report.artifacts = vec![artifact("quiet.log", "syslog", Some(6_012_345), None, "2025-11-01T00:00:03")];
    report
}

/// A case in which nothing was recognised.
pub(crate) fn empty() -> Report {
    Report {
        schema: SCHEMA.to_owned(),
        tool: Tool { name: "bundlescope".to_owned(), version: "0.1.0".to_owned(), rules: RuleSet { count: 131, digest: "0".repeat(64) } },
        case: Case {
            inputs: vec!["holiday.jpg".to_owned()],
            artifacts: 1,
            bytes: 40_960,
            coverage: Coverage { scanned: 0, skipped: 1, unreadable: 0 },
            below_threshold: 0,
            baseline: None,
            window: None,
            zone: None,
        },
        devices: Vec::new(),
        findings: Vec::new(),
        missing: Vec::new(),
        unexplained: Vec::new(),
        artifacts: Vec::new(),
        errors: Vec::new(),
    }
}

pub(crate) fn finding(rank: usize, id: &str, title: &str, kind: Kind, severity: Severity, confidence: f64, device: &str) -> Finding {
    Finding {
        rank,
        id: id.to_owned(),
        fingerprint: fingerprint(id, Some(device), &[]),
        title: title.to_owned(),
        summary: String::new(),
        notes: Vec::new(),
        kind,
        severity,
        confidence,
        status: Status::Active,
        quiet_days: None,
        device: Some(device.to_owned()),
        first_seen: Some("2021-06-29T11:12:39+02:00".to_owned()),
        last_seen: Some("2021-07-02T08:40:11+02:00".to_owned()),
        without_year: None,
        occurrences: 2,
        evidence: Vec::new(),
        contradictions: Vec::new(),
        score: vec![Term { term: "prior".to_owned(), log_odds: -2.5 }, Term { term: "tls.issuer-private".to_owned(), log_odds: 4.6 }],
        explains: Vec::new(),
        explained_by: None,
        contributing_causes: Vec::new(),
        affected: None,
        fixed_in: Vec::new(),
        remedy: Vec::new(),
        workaround: Vec::new(),
        references: Vec::new(),
        collect_next: Vec::new(),
        suppressed: None,
        baseline_state: None,
    }
}

fn device(id: &str, platform: &str, version: Option<&str>) -> Device {
    let fact = Fact { value: "smart".to_owned(), artifact: "show.txt".to_owned(), line: Some(7) };
    Device {
        id: id.to_owned(),
        hostname: Some(id.to_owned()),
        aliases: Vec::new(),
        platform: Some(platform.to_owned()),
        product_id: None,
        serial: Some("FCW2303D16Y".to_owned()),
        version: version.map(str::to_owned),
        facts: BTreeMap::from([("license.transport".to_owned(), fact)]),
        history: Vec::new(),
        certificates: Vec::new(),
    }
}

fn evidence(signal: &str, weight: &str, artifact: &str, excerpt: &str) -> Evidence {
    Evidence {
        signal: signal.to_owned(),
        weight: weight.to_owned(),
        artifact: artifact.to_owned(),
        line: None,
        packet: None,
        time: Some("2021-06-29T11:12:39+02:00".to_owned()),
        excerpt: excerpt.to_owned(),
        captures: BTreeMap::from([("host".to_owned(), "smartreceiver.cisco.com".to_owned())]),
    }
}

fn line(signal: &str, weight: &str, artifact: &str, line: u64, excerpt: &str) -> Evidence {
    Evidence { line: Some(line), ..evidence(signal, weight, artifact, excerpt) }
}

fn packet(signal: &str, weight: &str, artifact: &str, packet: u64, excerpt: &str) -> Evidence {
    Evidence { packet: Some(packet), ..evidence(signal, weight, artifact, excerpt) }
}

fn reference(kind: &str, id: &str, url: Option<&str>) -> Reference {
    Reference { kind: kind.to_owned(), id: id.to_owned(), title: None, url: url.map(str::to_owned) }
}

fn missing(device: Option<&str>, what: &str, command: &str, why: &str, settles: &[&str]) -> Missing {
    Missing {
        device: device.map(str::to_owned),
        what: what.to_owned(),
        command: command.to_owned(),
        why: why.to_owned(),
        would_settle: settles.iter().map(|id| (*id).to_owned()).collect(),
    }
}

fn artifact(path: &str, format: &str, lines: Option<u64>, packets: Option<u64>, time: &str) -> Artifact {
    Artifact {
        path: path.to_owned(),
        format: format.to_owned(),
        encoding: lines.map(|_| "utf-8".to_owned()),
        bytes: 1_000_000,
        lines,
        packets,
        device: None,
        first_time: Some(time.to_owned()),
        last_time: Some(time.replacen("01T", "16T", 1)),
        without_year: None,
        capture: None,
    }
}

/// One capture: a licensing conversation that fails, ten others that do not.
pub(crate) fn capture() -> Report {
    let other = |n: u64| Conversation {
        licensing: false,
        failed: false,
        client: format!("10.1.1.5:{}", 40_000 + n),
        server: "10.1.1.9:49".to_owned(),
        server_name: None,
        first_packet: 100 * n,
        last_packet: 100 * n + 8,
        packets: 9,
        start: Some("2021-06-29T11:12:39.643Z".to_owned()),
        duration_ms: Some(3),
        reached: "data".to_owned(),
        outcome: "data both ways".to_owned(),
        tls_version: None,
        chain: Vec::new(),
        client_certificate: None,
        alerts: Vec::new(),
        requests: Vec::new(),
        remarks: Vec::new(),
        hidden: Vec::new(),
        filter: format!("ip.addr == 10.1.1.5 && tcp.port == {} && ip.addr == 10.1.1.9 && tcp.port == 49", 40_000 + n),
    };
    let issuer = "CN=TLS Forward Proxy v2,OU=Information Security,O=Example Corp,C=US";
    let failing = Conversation {
        licensing: true,
        failed: true,
        client: "10.1.1.5:51234".to_owned(),
        server: "192.133.220.90:443".to_owned(),
        server_name: Some("smartreceiver.cisco.com".to_owned()),
        first_packet: 827,
        last_packet: 843,
        packets: 13,
        reached: "certificate".to_owned(),
        outcome: "Certificate, client ended it: fatal unknown_ca".to_owned(),
        tls_version: Some("TLS 1.2".to_owned()),
        chain: vec![
            CertificateNames { subject: "CN=smartreceiver.cisco.com,O=Cisco Systems\\, Inc.,C=US".to_owned(), issuer: issuer.to_owned() },
            CertificateNames { subject: issuer.to_owned(), issuer: issuer.to_owned() },
        ],
        alerts: vec![Alert {
            packet: 843,
            from: "client".to_owned(),
            level: "fatal".to_owned(),
            description: "unknown_ca".to_owned(),
            filter: "tls.alert_message.desc == 48".to_owned(),
        }],
        filter: "ip.addr == 10.1.1.5 && tcp.port == 51234 && ip.addr == 192.133.220.90 && tcp.port == 443".to_owned(),
        ..other(0)
    };
    let name = NameAsked {
        licensing: true,
        failed: false,
        name: "smartreceiver.cisco.com".to_owned(),
        record: "A".to_owned(),
        first_packet: 826,
        outcomes: BTreeMap::from([("NOERROR".to_owned(), 1)]),
        addresses: vec!["192.133.220.90".to_owned()],
        filter: "lower(dns.qry.name) == \"smartreceiver.cisco.com\"".to_owned(),
    };
    let mut report = empty();
    let mut one = artifact("wlc/cap1.pcap", "pcap", None, Some(1_207), "2021-06-29T11:12:39Z");
    one.capture = Some(Capture {
        connections: 11,
        conversations: std::iter::once(failing).chain((1..=10).map(other)).collect(),
        conversations_left_out: 0,
        names: vec![name],
        names_left_out: 0,
        hidden: vec!["4 packets are cut by the snap length".to_owned()],
    });
    report.artifacts = vec![one];
    report
}

/// Texts that other formats than JSON act on.
pub(crate) const HOSTILE: [&str; 16] = [
    "",
    " ",
    "`",
    "\\",
    "=cmd|' /C calc'!A0",
    "x;=1\",+1\t@SUM(A1)\r\n-2",
    "</script><script>alert(1)</script><img src=x onerror=alert(1)>",
    "</details></summary><!-- --><h1>x</h1>",
    "```\n# heading\n````\n~~~\n- [x] done\n    code",
    "::error file=a::b\n##[error]c ##vso[task.complete]d",
    "\u{1b}[2J\0\u{7}\u{9b}\u{fffe}\u{202e}txt.exe\u{2028}y\u{feff}",
    "]]> &amp; &#0; &lt; \"quoted\" 'single' <?xml?>",
    "a | b \\| c `d` ``e`` \\` [x](javascript:alert(1)) ![y](http://evil.example/z.png)",
    "@user @org/team #123 org/repo#7 http://evil.example www.evil.example me@evil.example *a* _b_ ~~c~~",
    "case.zip!a b/ü%2F?#x.log!!/..//c:d",
    "{0} {{1}} ${x} %s [text](1)",
];

/// The report that has everything, with a hostile text in every field that holds text of any kind, one report a text.
pub(crate) fn hostile() -> Vec<Report> {
    with(&HOSTILE)
}

/// The same with other texts.
pub(crate) fn with(texts: &[&str]) -> Vec<Report> {
    let rich = serde_json::to_value(rich()).unwrap();
    let with = |text: &&str| {
        let mut value = rich.clone();
        spoil(&mut value, text);
        serde_json::from_value(value).unwrap()
    };
    texts.iter().map(with).collect()
}

fn spoil(value: &mut serde_json::Value, text: &str) {
    use serde_json::Value;
    match value {
        Value::String(old) => *old = text.to_owned(),
        Value::Array(items) => items.iter_mut().for_each(|item| spoil(item, text)),
        Value::Object(fields) => {
            let of_finding = fields.contains_key("severity");
            let fixed = |key: &str| of_finding && matches!(key, "kind" | "severity" | "status");
            fields.iter_mut().filter(|(key, _)| !fixed(key)).for_each(|(_, field)| spoil(field, text));
            for map in ["captures", "facts"] {
                if let Some(Value::Object(entries)) = fields.get_mut(map) {
                    *entries = std::mem::take(entries).into_iter().map(|(_, entry)| (text.to_owned(), entry)).collect();
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

use super::*;

fn pairs<'a>(record: &'a Record<'_>) -> Vec<(&'a str, &'a str)> {
    record.pairs.iter().map(|(key, value)| (*key, value.as_ref())).collect()
}

fn time(record: &Record<'_>) -> Option<String> {
    record.time.as_ref().and_then(Stamp::rfc3339)
}

#[test]
fn heads_and_pairs() {
    type Expected<'a> = (Option<&'a str>, Option<&'a str>, Option<&'a str>, &'a [(&'a str, &'a str)]);
    let table: &[(&str, Expected<'_>)] = &[
        (
            r#"2025-06-30T21:53:48.354-04:00 exp1 supervisor: Level="ERROR" Event="Alarm Raised" Id="15019" Detail="Application failed: c_mgmt.pid: 1. This" UTCTime="2025-07-01 01:53:48,353""#,
            (
                Some("2025-06-30T21:53:48.354-04:00"),
                Some("exp1"),
                Some("supervisor"),
                &[
                    ("Level", "ERROR"),
                    ("Event", "Alarm Raised"),
                    ("Id", "15019"),
                    ("Detail", "Application failed: c_mgmt.pid: 1. This"),
                    ("UTCTime", "2025-07-01 01:53:48,353"),
                ],
            ),
        ),
        // host missing, as on the event log page
        (
            r#"2023-09-29T15:06:54.830+00:00 tvcs: Event="Registration Rejected" Reason="License limit exceeded" Level="INFO""#,
            (
                Some("2023-09-29T15:06:54.830Z"),
                None,
                Some("tvcs"),
                &[("Event", "Registration Rejected"), ("Reason", "License limit exceeded"), ("Level", "INFO")],
            ),
        ),
        // process missing, a key twice
        (
            r#"2020-08-12T14:57:43.353-05:00 expc01 UTCTime="2020-08-12 19:57:43,353" Level="INFO" Node="clusterdb@a" PID="<0.159.0>" Node="clusterdb@b""#,
            (
                Some("2020-08-12T14:57:43.353-05:00"),
                Some("expc01"),
                None,
                &[
                    ("UTCTime", "2020-08-12 19:57:43,353"),
                    ("Level", "INFO"),
                    ("Node", "clusterdb@a"),
                    ("PID", "<0.159.0>"),
                    ("Node", "clusterdb@b"),
                ],
            ),
        ),
        // two processes; process glued to the first pair
        (
            r#"2020-08-12T15:13:24.976-05:00 expc01 httpd[15060]: web: Event="System Configuration Changed" Detail="a: 'b' to: 'c'" Level="1""#,
            (
                Some("2020-08-12T15:13:24.976-05:00"),
                Some("expc01"),
                Some("httpd"),
                &[("Event", "System Configuration Changed"), ("Detail", "a: 'b' to: 'c'"), ("Level", "1")],
            ),
        ),
        (
            r#"2020-08-12T15:13:24.976-05:00 expc01 tvcs:Module="network.dns" Level="DEBUG":  Detail="Sending DNS query""#,
            (
                Some("2020-08-12T15:13:24.976-05:00"),
                Some("expc01"),
                Some("tvcs"),
                &[("Module", "network.dns"), ("Level", "DEBUG"), ("Detail", "Sending DNS query")],
            ),
        ),
        // free text between the pairs
        (
            r#"2014-05-21T14:31:18+00:00 e1 tvcs: Module="m" Level="WARN" Thread="0x7f": calculated response=769c , response=319a"#,
            (Some("2014-05-21T14:31:18Z"), Some("e1"), Some("tvcs"), &[("Module", "m"), ("Level", "WARN"), ("Thread", "0x7f")]),
        ),
        (
            r#"2022-05-21T14:31:18+00:00 e1 smartlicenseagent: contact failed Level="ERROR" Detail="x""#,
            (Some("2022-05-21T14:31:18Z"), Some("e1"), Some("smartlicenseagent"), &[("Level", "ERROR"), ("Detail", "x")]),
        ),
        // no stamp of its own: UTCTime tells
        (
            r#"xwayc XCP_JABBERD[23843]: UTCTime="2014-03-25 17:19:45,843" ThreadID= "139747212576512" Module="Jabber""#,
            (
                Some("2014-03-25T17:19:45.843Z"),
                Some("xwayc"),
                Some("XCP_JABBERD"),
                &[("UTCTime", "2014-03-25 17:19:45,843"), ("ThreadID", "139747212576512"), ("Module", "Jabber")],
            ),
        ),
        (
            r#"2022-01-02T03:04:05.006+00:00 exp1 XCP_CM2[123]:..3EDA7700 Level="VBOSE" CodeLocation="stanza""#,
            (Some("2022-01-02T03:04:05.006Z"), Some("exp1"), Some("XCP_CM2"), &[("Level", "VBOSE"), ("CodeLocation", "stanza")]),
        ),
        // quotes inside, escaped and not; the closing quote missing, in the middle and at the end
        (
            r#"Event="A" Detail="say \"x\" to <zone name="y" type="z"> now" Reason="r""#,
            (None, None, None, &[("Event", "A"), ("Detail", r#"say "x" to <zone name="y" type="z"> now"#), ("Reason", "r")]),
        ),
        (
            r#"Event="A" Detail="one "quoted" word" Level="1""#,
            (None, None, None, &[("Event", "A"), ("Detail", r#"one "quoted" word"#), ("Level", "1")]),
        ),
        (r#"Event="A" Detail="cut here Level="1""#, (None, None, None, &[("Event", "A"), ("Detail", "cut here"), ("Level", "1")])),
        (r#"Event="A" Detail="cut at the edge of the pa"#, (None, None, None, &[("Event", "A"), ("Detail", "cut at the edge of the pa")])),
        // network traces
        (
            r#"Module="network.http.trafficserver" Level="DEBUG": Detail="Sending Response" Txn-id="2" HTTPMSG: |HTTP/1.1 403 Forbidden"#,
            (
                None,
                None,
                None,
                &[("Module", "network.http.trafficserver"), ("Level", "DEBUG"), ("Detail", "Sending Response"), ("Txn-id", "2")],
            ),
        ),
        // relayed
        (
            r#"<134>Jul 21 15:16:50 expc01 tvcs: UTCTime="2020-07-21 20:16:50,321" Level="INFO""#,
            (None, Some("expc01"), Some("tvcs"), &[("UTCTime", "2020-07-21 20:16:50,321"), ("Level", "INFO")]),
        ),
    ];
    for (line, (when, host, process, expected)) in table {
        let record = parse(line).unwrap_or_else(|| panic!("no record in {line}"));
        assert_eq!((record.host, record.process), (*host, *process), "{line}");
        assert_eq!(pairs(&record), *expected, "{line}");
        assert_eq!(time(&record).as_deref(), *when, "{line}");
        assert_eq!(records(line).count(), 1, "{line}");
    }
}

#[test]
fn other_text_is_left_alone() {
    for line in [
        "",
        "*Oct 22 16:06:06.643: %SMART_LIC-3-COMM_FAILED: x",
        r#"2021-11-17 03:31:32.920 UTC SAEVT_PLATFORM eventSource="INFRA_SL" eventName="X" MSG="y""#,
        r#"2022-08-27T14:22:01.613Z space01 NSX 3106 - [abc@6876 comp="abc-edge" level="INFO"] keep-alive"#,
        r#"<zone Name="x" Type="y">"#,
        "2022-08-27T14:22:01.613Z exp1 smartlicenseagent: SSL certificate problem",
        r#"Level=INFO Detail=none"#,
    ] {
        assert_eq!(parse(line), None, "{line}");
    }
}

#[test]
fn records_on_one_line() {
    // Excerpts of public documents 117811 and 213863, joined as they were found.
    let line = r#"xwayc XCP_JABBERD[23843]: UTCTime="2014-03-25 17:19:45,843" Module="Jabber" Detail="Connecting, port 7400"xwayc XCP_JABBERD[23843]: UTCTime="2014-03-25 17:19:45,847" Level="ERROR" Detail=" Unable to connect :(111) Connection refused" xwayc XCP_JABBERD[23843]: UTCTime="2014-03-25 17:19:45,849" Level="ERROR""#;
    let found: Vec<_> = records(line).collect();
    let details: Vec<_> = found.iter().map(|(_, record)| record.value("Detail")).collect();
    assert_eq!(details, [Some("Connecting, port 7400"), Some(" Unable to connect :(111) Connection refused"), None]);
    for (at, record) in &found {
        assert!(line[*at..].starts_with("xwayc XCP_JABBERD[23843]: UTCTime="), "{at}");
        assert!(record.text.starts_with("xwayc") && record.host == Some("xwayc"));
    }

    let line = r#"Line 190: 2015-05-07T07:34:01-04:00 X tvcs: UTCTime="2015-05-07 11:34:01,060" Detail="TCP Connecting" Line 239: 2015-05-07T07:34:02-04:00 X tvcs: UTCTime="2015-05-07 11:34:02,071" Detail="TCP Connection Closed" Reason="no certificate returned""#;
    let found: Vec<_> = records(line).map(|(_, record)| (time(&record).unwrap(), record.value("Reason").map(str::to_owned))).collect();
    assert_eq!(
        found,
        [
            ("2015-05-07T07:34:01-04:00".to_owned(), None),
            ("2015-05-07T07:34:02-04:00".to_owned(), Some("no certificate returned".to_owned()))
        ]
    );

    // No heads at all: a second Module, and an Event behind free text, begin records.
    let line = r#"Module="network.ldap" Level="INFO": Detail="found" Module="developer.nomodule" Level="WARN" Thread="0x7f": does not match , response=319a Event="Authentication Failed" Service="SIP" Level="1""#;
    let found: Vec<_> =
        records(line).map(|(_, record)| record.pairs.iter().map(|(key, _)| (*key).to_owned()).collect::<Vec<_>>()).collect();
    assert_eq!(found, [vec!["Module", "Level", "Detail"], vec!["Module", "Level", "Thread"], vec!["Event", "Service", "Level"]]);

    let line = r#"ExpresswayE traffic_server[15550]: Module="network.http.trafficserver" Level="DEBUG": Detail="Sending Response" HTTPMSG: |HTTP/1.1 403 Forbidden Server: CE_E Content-Length: 0 ExpresswayE traffic_server[15550]: Event="Sending HTTP error response" Status="403""#;
    let hosts: Vec<_> = records(line).map(|(_, record)| (record.host, record.process, record.value("Status").map(str::to_owned))).collect();
    assert_eq!(
        hosts,
        [(Some("ExpresswayE"), Some("traffic_server"), None), (Some("ExpresswayE"), Some("traffic_server"), Some("403".to_owned()))]
    );
}

#[test]
fn events() {
    let line = r#"2025-06-30T21:53:48.354-04:00 exp1 supervisor: Level="ERROR" Event="Alarm Raised" Id="15019" UUID="1a18" Node="a" Node="b" Src-ip="10.0.0.1" Txn-id="5" Detail=" x ""#;
    let event = event(&parse(line).unwrap(), 7);
    assert_eq!((event.kind, event.place, event.text.as_str()), ("expressway-log", Place::Line(7), line));
    let expected = [
        ("host", "exp1"),
        ("process", "supervisor"),
        ("level", "ERROR"),
        ("event", "Alarm Raised"),
        ("id", "15019"),
        ("uuid", "1a18"),
        ("node", "a"),
        ("src_ip", "10.0.0.1"),
        ("detail", "x"),
    ];
    assert_eq!(event.fields, expected.map(|(name, value)| (name, value.to_owned())));
}

#[test]
fn bundle_members() {
    use MemberKind::*;
    let table: &[(&str, MemberKind, Option<&str>, Option<&str>)] = &[
        ("diagnostic_log_exp-e1_2025-09-22_12:58:19.tar.gz", DiagnosticLog, Some("exp-e1"), Some("2025-09-22T12:58:19")),
        ("loggingsnapshot_exp_e1_2025-09-22_12_58_19.txt", LoggingSnapshot, Some("exp_e1"), Some("2025-09-22T12:58:19")),
        (
            "loggingsnapshot_exp1.example.com_2025-09-22_12/58/19.txt",
            LoggingSnapshot,
            Some("exp1.example.com"),
            Some("2025-09-22T12:58:19"),
        ),
        ("xconf_dump_exp1_2025-09-22_12%3A58%3A19.xml", Xconf, Some("exp1"), Some("2025-09-22T12:58:19")),
        ("xstat_dump_exp1_2025-09-22_12-58-19.txt", Xstat, Some("exp1"), Some("2025-09-22T12:58:19")),
        ("eth0_diagnostic_logging_tcpdump0_exp1_2025-09-22_12:58:19.pcap", Capture, Some("exp1"), Some("2025-09-22T12:58:19")),
        ("eth1_diagnostic_logging_tcpdump12_exp1_2025-09-22_12:58:19.pcap01", Capture, Some("exp1"), Some("2025-09-22T12:58:19")),
        ("ca_exp1_2025-09-22_12:58:19.pem", CaCertificates, Some("exp1"), Some("2025-09-22T12:58:19")),
        ("server_exp1_2025-09-22_12:58:19.pem", ServerCertificate, Some("exp1"), Some("2025-09-22T12:58:19")),
        ("loggingsnapshot.txt", LoggingSnapshot, None, None),
        ("xstat_dump_vcs-1_2024-05-14_091200.txt", Xstat, Some("vcs-1"), Some("2024-05-14T09:12:00")),
        ("xstat_dump_vcs-1_20240514_091200.txt", Xstat, Some("vcs-1"), Some("2024-05-14T09:12:00")),
        ("xstat_dump_vcs_1_20240514091200.txt", Xstat, Some("vcs_1"), Some("2024-05-14T09:12:00")),
        ("xstat_dump_vcs-1_2024-05-14.txt", Xstat, Some("vcs-1"), Some("2024-05-14T00:00:00")),
        ("xstat_dump_vcs-1_2024-05-14_09_12_00 (1).txt", Xstat, Some("vcs-1"), Some("2024-05-14T09:12:00")),
        ("xstat_dump_vcs-1_2024-05-14_09_12_00 - Copy.txt", Xstat, Some("vcs-1"), Some("2024-05-14T09:12:00")),
        ("xstat_dump_vcs-1 (2).txt", Xstat, Some("vcs-1"), None),
        ("xstat_dump_lab_20990101x.txt", Xstat, Some("lab_20990101x"), None),
        ("loggingsnapshot_exp1.txt", LoggingSnapshot, Some("exp1"), None),
        ("xconf_dump_exp1_2025-13-22_12:58:19.txt", Xconf, Some("exp1_2025-13-22_12:58:19"), None),
    ];
    for (name, kind, host, taken) in table {
        let member = bundle_member(name).unwrap_or_else(|| panic!("{name}"));
        let time = member.taken.as_ref().and_then(Stamp::rfc3339);
        assert_eq!((member.kind, member.host, time.as_deref()), (*kind, *host, *taken), "{name}");
    }
    assert_eq!(bundle_member("eth1_diagnostic_logging_tcpdump2_e.pcap").and_then(|member| member.interface), Some("eth1"));
    for name in ["", "case.zip", "ca_bundle.txt", "server.log", "catalog.pem", "show_tech.txt", "loggingsnapshots.txt"] {
        assert_eq!(bundle_member(name), None, "{name}");
    }
}

proptest::proptest! {
    #[test]
    fn never_panics_and_advances(
        free in "\\PC{0,80}",
        near in "(Event=|Level=|Module=|UTCTime=|Foo=|\"|\\\\\"| |:|\\||a b|x\\[1\\]: |exp1 |2025-06-30T21:53:48\\.354-04:00 |é){0,30}",
    ) {
        for line in [free, near] {
            let mut last = None;
            for (at, record) in records(&line) {
                proptest::prop_assert!(last.is_none_or(|last| at > last));
                last = Some(at);
                event(&record, 1);
            }
            bundle_member(&line);
        }
    }
}

/// A line of nothing but traps is read in time that grows with its length only.
#[test]
fn long_lines_stay_cheap() {
    for piece in ["A=\"x\"y ", "a.b.", "Event=\"", "2025-06-30T21:53:48 a ", "\"\"\"\"", "x[1]:"] {
        let line = piece.repeat(200_000 / piece.len());
        let started = std::time::Instant::now();
        let count = records(&line).count();
        assert!(count <= line.len() && started.elapsed().as_secs() < 20, "{piece}: {:?}", started.elapsed());
    }
}

use super::*;

fn read(text: &str) -> Vec<Event> {
    let mut events = Vec::new();
    let mut reader = HistoryReader::default();
    for (number, line) in (1..).zip(text.lines()) {
        reader.line(number, line, &mut |event| events.push(event));
    }
    reader.finish(&mut |event| events.push(event));
    events
}

/// `line | fields`, for each event.
fn shown(text: &str) -> Vec<String> {
    read(text)
        .iter()
        .map(|event| {
            let Place::Line(line) = event.place else { panic!("a packet") };
            let fields: Vec<_> = event.fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
            format!("{line} | {}", fields.join(" "))
        })
        .collect()
}

/// The sample of Cisco document 217348 in short, with the key of its message lost as printed there.
const FAILURE: &str = r#"REQUEST: Aug 23 10:18:08 2021 Central
{"request":{"header":{"request_type":"POLL_REQ","sudi":{"udi_pid":"C9800-CL-K9","udi_serial_number":"NB"},"version":"1.3","connect_info":{"name":"C_agent","version":"5.0.9_release","capabilities":["UTILITY","DLC"]},"request_data":{"original_request_type":"LICENSE_USAGE","original_piid":"2e84"}}}}

RESPONSE: Aug 23 10:18:10 2021 Central
{"signature":{"type":"SHA256","value":"TXZE034f
QyDHDAw==" ,"piid":null},"response":{"header":{"version":"1.3","request_type":"POLL_REQ","connect_info":{"name":"SSM","version":"1.3","capabilities":["DLC","AppHA"],"status_code":"FAILURE"},"Invalid ProductInstanceIdentifier: 2e84a42f provided in the polling request. 262236","retry_time_seconds":0,"response_data":"","sch_response":null}}
"#;

#[test]
fn a_failure() {
    let events = read(FAILURE);
    assert_eq!(
        shown(FAILURE),
        [
            "4 | request_type=POLL_REQ status_code=FAILURE message=Invalid ProductInstanceIdentifier: 2e84a42f provided in the polling request. 262236 response=data connect_name=SSM"
        ]
    );
    let event = &events[0];
    assert_eq!(event.kind, "license-exchange");
    assert_eq!(event.time.as_ref().and_then(Stamp::rfc3339).as_deref(), Some("2021-08-23T10:18:10"));
    assert_eq!(
        event.text,
        "RESPONSE: Aug 23 10:18:10 2021 Central FAILURE: Invalid ProductInstanceIdentifier: 2e84a42f provided in the polling request. 262236"
    );
}

#[test]
fn answers_that_never_came() {
    let table: &[(&str, &[&str])] = &[
        // the state of the catalogue, alone and before another exchange
        (
            "REQUEST: Jun 29 11:12:39 2021 CET\n{\"request\":{\"header\":{\"request_type\":\"ID_TOKEN_TRUST\",\"sudi\":{\"udi_pid\":\"C9800-CL-K9\",\nRESPONSE: Jun 29 11:12:40 2021 CET\n\n",
            &["3 | request_type=ID_TOKEN_TRUST response=empty"],
        ),
        (
            "REQUEST: a\n{\"request_type\":\"POLL_REQ\"}\nRESPONSE: b\n\nREQUEST: c\n{\"request_type\":\"LICENSE_USAGE\"}\nRESPONSE: d\n{\"status_code\":\"COMPLETE\"}\n",
            &["3 | request_type=POLL_REQ response=empty", "7 | request_type=LICENSE_USAGE status_code=COMPLETE response=data"],
        ),
        // a group heading ends it
        (
            "REQUEST: a\n{\"request_type\":\"POLL_REQ\"}\nRESPONSE: b\nTrust Sync:\n  No past history\n{\"status_code\":\"OK\"}",
            &["3 | request_type=POLL_REQ response=empty"],
        ),
        // pasted with blank lines and fences between
        (
            "```\nREQUEST: a\n```\n\n```\n{\"request_type\":\"POLL_REQ\"}\n```\n\n```\nRESPONSE: b\n```\n\n```\n{\"status_code\":\"OK\"}\n```\n",
            &["10 | request_type=POLL_REQ status_code=OK response=data"],
        ),
        // no RESPONSE line
        (
            "REQUEST: a\n{\"request_type\":\"POLL_REQ\"}\nREQUEST: b\n{\"request_type\":\"HELLO\"}\n",
            &["1 | request_type=POLL_REQ response=missing", "3 | request_type=HELLO response=missing"],
        ),
        // no REQUEST line: the top was cut
        ("…}}\nRESPONSE: b\n{\"status_code\":\"OK\"}", &["2 | status_code=OK response=data"]),
        ("RESPONSE: a\nRESPONSE: b\n", &["1 | response=empty", "2 | response=empty"]),
        (
            "REQUEST: a {\"request_type\":\"POLL_REQ\"}\nRESPONSE: b {\"status_code\":\"OK\"}",
            &["2 | request_type=POLL_REQ status_code=OK response=data"],
        ),
        ("Message History (oldest to newest):\n  No past history\n", &[]),
    ];
    for (text, expected) in table {
        assert_eq!(shown(text), *expected, "{text}");
    }
}

#[test]
fn messages_in_their_forms() {
    for (response, expected) in [
        (r#"{"response":{"header":{"status_code":"FAILURE","status_message":"Invalid Polling Id 12"}}}"#, Some("Invalid Polling Id 12")),
        (r#"{"status_code":"FAILURE"},"message":"a \"quoted\" word"}"#, Some(r#"a "quoted" word"#)),
        (r#"{"status_code":"FAILURE","retry_time_seconds":0}"#, None),
        (r#"{"status_code":"FAILURE"},"Invalid Polling Id 12 prov"#, Some("Invalid Polling Id 12 prov")),
        (
            r#"{"product_instance_identifier":["The identity for the instance 2e84 is not valid.Please re-register the instance."]}"#,
            Some("The identity for the instance 2e84 is not valid.Please re-register the instance."),
        ),
        ("{\u{201c}token\u{201d}:[\u{201c}The token xxx\u{2018} is not valid.\u{201d}]}", Some("The token xxx' is not valid.")),
        (r#"{"capabilities":["UTILITY","DLC"]}"#, None),
    ] {
        let events = read(&format!("REQUEST: a\n{{\"request_type\":\"X\"}}\nRESPONSE: b\n{response}\n"));
        assert_eq!(events[0].field("message"), expected, "{response}");
        assert_eq!(events[0].field("response"), Some("data"), "{response}");
    }
}

#[test]
fn a_message_is_kept_in_part() {
    let mut reader = HistoryReader::default();
    let mut events = 0;
    reader.line(1, "RESPONSE: a", &mut |_| events += 1);
    for number in 0..1000 {
        reader.line(number, &format!("{{{}", "é".repeat(1000)), &mut |_| events += 1);
    }
    assert!(reader.response.as_ref().is_some_and(|message| message.json.len() <= LONGEST_MESSAGE));
    reader.finish(&mut |_| events += 1);
    assert_eq!(events, 1);
}

proptest::proptest! {
    #[test]
    fn never_panics(lines in proptest::collection::vec("(REQUEST:|RESPONSE:|\\{|\"status_code\"|:|\"|\\\\|\"A b\"|,|\\}|\\[|é| ){0,12}", 0..12)) {
        read(&lines.join("\n"));
    }
}

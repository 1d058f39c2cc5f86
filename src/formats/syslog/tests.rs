use super::*;

/// `dialect | stamp | relay | host | sequence | mnemonic | body`, a dash for what is missing.
fn shown(line: &str) -> String {
    let Some(header) = parse(line) else { return "nothing".to_owned() };
    let time = |stamp: &Option<Stamp>| match stamp {
        None => "-".to_owned(),
        Some(stamp) => stamp.rfc3339().unwrap_or_else(|| stamp.short()),
    };
    let mnemonic = header.mnemonic.map_or("-".to_owned(), |m| format!("{}/{}/{}", m.facility, m.severity, m.name));
    format!(
        "{:?} | {} | {} | {} | {} | {mnemonic} | {}",
        header.dialect,
        time(&header.stamp),
        time(&header.relay),
        header.host.unwrap_or("-"),
        header.sequence.map_or("-".to_owned(), |n| n.to_string()),
        line.get(header.body..).unwrap().chars().take(12).collect::<String>()
    )
}

#[test]
fn senders_that_are_not_understood_are_told_apart() {
    let beside = |line: &str| parse(line).unwrap().beside;
    let [a, again, b] = ["worker sw-a", "worker sw-a", "worker sw-b"]
        .map(|who| beside(&format!("2024-05-14 08:15:02 [x] who is {who} %SMART_LIC-3-COMM_FAILED: x")));
    assert!(a.is_some() && a == again && a != b);
    // What a device itself says, and what is cut or glued on a console, is no sender.
    for line in [
        "Aug 14 13:06:35.351: Chassis 2 R0/0: wncd: %LINK-3-UPDOWN: x",
        "un 19 03:02:31: %LINEPROTO-5-UPDOWN: Line protocol",
        "Rom image verified correctly%SMART_LIC-3-EVAL_EXPIRED: x",
        "May 14 08:15:02 sw-a CEF:0|Cisco|IOS|17|x|5|msg=%SMART_LIC-3-COMM_FAILED: x",
        "SW1#show logging%SMART_LIC-3-COMM_FAILED: x",
        "[2024-05-14 08:15:02] %SMART_LIC-3-COMM_FAILED: x",
        "[Tue May 14 08:15:02 2024] %SMART_LIC-3-COMM_FAILED: x",
        "2024-05-14 08:15:02 [12345] <info> %SMART_LIC-3-COMM_FAILED: x",
    ] {
        assert_eq!(beside(line), None, "{line}");
    }
}

#[test]
fn heads() {
    let table: &[(&str, &str)] = &[
        // Lists of collectors; 1712650502 is 2024-04-09 08:15:02 UTC.
        (
            "1712650502.119 sw1 %SMART_LIC-3-COMM_FAILED: x",
            "IosXe | 2024-04-09T08:15:02.119Z | 2024-04-09T08:15:02.119Z | sw1 | - | SMART_LIC/3/COMM_FAILED | x",
        ),
        (
            "1712650502 sw1 45: Apr  9 10:15:01.119: %SMART_LIC-3-COMM_FAILED: x",
            "IosXe | 2024-04-09T10:15:01.119 | 2024-04-09T08:15:02Z | sw1 | 45 | SMART_LIC/3/COMM_FAILED | x",
        ),
        // The number counts something else.
        (
            "1712650502 sw1 45: Jun 19 10:15:01.119: %SMART_LIC-3-COMM_FAILED: x",
            "IosXe | Jun 19 10:15 | - | sw1 | 45 | SMART_LIC/3/COMM_FAILED | x",
        ),
        ("1712650502 bytes of 100% read", "nothing"),
        ("1712650502: %SMART_LIC-3-COMM_FAILED: x", "IosXe | - | - | - | 1712650502 | SMART_LIC/3/COMM_FAILED | x"),
        (
            "[2024-04-09 08:15:02] sw1 %SMART_LIC-3-COMM_FAILED: x",
            "IosXe | 2024-04-09T08:15:02 | 2024-04-09T08:15:02 | sw1 | - | SMART_LIC/3/COMM_FAILED | x",
        ),
        (
            "09-Apr-2024 08:15:02, 10.20.0.11, sw1, 3 - Error, %SMART_LIC-3-COMM_FAILED: x",
            "IosXe | 2024-04-09T08:15:02 | 2024-04-09T08:15:02 | 10.20.0.11 | - | SMART_LIC/3/COMM_FAILED | x",
        ),
        // The zone is no host.
        (
            "Apr  9 2024 12:15:02.119 Moscow: %SMART_LIC-3-COMM_FAILED: x",
            "IosXe | 2024-04-09T12:15:02.119 | - | - | - | SMART_LIC/3/COMM_FAILED | x",
        ),
        ("Apr  9 12:15:02 sw1: %SMART_LIC-3-COMM_FAILED: x", "IosXe | Apr 09 12:15 | Apr 09 12:15 | sw1 | - | SMART_LIC/3/COMM_FAILED | x"),
        // IOS-XE
        (
            "*Oct 22 16:06:06.643: %SMART_LIC-6-EXPORT_CONTROLLED: Usage of",
            "IosXe | Oct 22 16:06 | - | - | - | SMART_LIC/6/EXPORT_CONTROLLED | Usage of",
        ),
        (
            "Mar 31 17:29:43.447 CST: %SMART_LIC-6-REPORTING_REQUIRED: A Usage",
            "IosXe | Mar 31 17:29 | - | - | - | SMART_LIC/6/REPORTING_REQUIRED | A Usage",
        ),
        (
            "000123: .Aug 23 2021 09:19:43.486 UTC: %CALL_HOME-5-SL_MESSAGE_FAILED: Fail",
            "IosXe | 2021-08-23T09:19:43.486Z | - | - | 123 | CALL_HOME/5/SL_MESSAGE_FAILED | Fail",
        ),
        (
            "Aug 14 13:06:35.351: %AAA_AUDIT_MESSAGE-6-METHOD_LIST_STATE: Chassis 2 R0/0: wncd: mlist",
            "IosXe | Aug 14 13:06 | - | - | - | AAA_AUDIT_MESSAGE/6/METHOD_LIST_STATE | Chassis 2 R0",
        ),
        ("000048: Dec  2 12:09:21.207: CEF-HWIDB: EDSP0", "IosXe | Dec 02 12:09 | - | - | 48 | - | CEF-HWIDB: E"),
        ("022701: Jun 19 03:02:31: %LINEPROTO-5-UPDOWN: Line", "IosXe | Jun 19 03:02 | - | - | 22701 | LINEPROTO/5/UPDOWN | Line"),
        ("7:04: %LINEPROTO-5-UPDOWN: Line protocol", "IosXe | - | - | - | - | LINEPROTO/5/UPDOWN | Line protoco"),
        ("un 19 03:02:31: %LINEPROTO-5-UPDOWN: Line protocol", "IosXe | - | - | - | - | LINEPROTO/5/UPDOWN | Line protoco"),
        ("1d02h: %LINK-3-UPDOWN: Interface", "IosXe | - | - | - | - | LINK/3/UPDOWN | Interface"),
        ("*00:00:10.123: %LINK-3-UPDOWN: Interface", "IosXe | - | - | - | - | LINK/3/UPDOWN | Interface"),
        ("%SMART_LIC-3-EVAL_EXPIRED:Evaluation period", "IosXe | - | - | - | - | SMART_LIC/3/EVAL_EXPIRED | Evaluation p"),
        ("%SMART_LIC-3-COMM_FAILED", "IosXe | - | - | - | - | SMART_LIC/3/COMM_FAILED | "),
        ("Line 190: *Oct 22 16:06:06.643: %SMART_LIC-6-AGENT_READY: x", "IosXe | Oct 22 16:06 | - | - | - | SMART_LIC/6/AGENT_READY | x"),
        (
            "SW1: 000456: Aug 23 09:19:43.486: %SMART_LIC-3-COMM_FAILED: x",
            "IosXe | Aug 23 09:19 | - | SW1 | 456 | SMART_LIC/3/COMM_FAILED | x",
        ),
        ("Rom image verified correctly%SMART_LIC-3-EVAL_EXPIRED: x", "IosXe | - | - | - | - | SMART_LIC/3/EVAL_EXPIRED | x"),
        // relays
        (
            "<187>123: SW1: 000456: Aug 23 09:19:43.486: %SMART_LIC-3-COMM_FAILED: x",
            "IosXe | Aug 23 09:19 | - | SW1 | 456 | SMART_LIC/3/COMM_FAILED | x",
        ),
        (
            "<189>1179: NetAuto_CSRv-03: May 31 15:25:53.743 MEST: %LINK-5-CHANGED: Interface",
            "IosXe | May 31 15:25 | - | NetAuto_CSRv-03 | 1179 | LINK/5/CHANGED | Interface",
        ),
        (
            "Aug 23 09:19:45 10.1.1.1 45: *Aug 23 09:19:43.486: %SMART_LIC-3-COMM_FAILED: x",
            "IosXe | Aug 23 09:19 | Aug 23 09:19 | 10.1.1.1 | 45 | SMART_LIC/3/COMM_FAILED | x",
        ),
        (
            "Aug 23 09:19:45 10.1.1.1 20: sw-lab-1: 000123: Aug 23 09:19:43.486 UTC: %SMART_LIC-3-COMM_FAILED: x",
            "IosXe | Aug 23 09:19 | Aug 23 09:19 | sw-lab-1 | 123 | SMART_LIC/3/COMM_FAILED | x",
        ),
        (
            "Aug 23 09:19:45 sw1.example 45: %SMART_LIC-3-COMM_FAILED: x",
            "IosXe | Aug 23 09:19 | Aug 23 09:19 | sw1.example | 45 | SMART_LIC/3/COMM_FAILED | x",
        ),
        (
            "<187>1 2021-08-23T09:19:45.000Z sw1 - - - - : *Aug 23 09:19:43.486: %SMART_LIC-3-COMM_FAILED: x",
            "IosXe | 2021-08-23T09:19:43.486Z | 2021-08-23T09:19:45Z | sw1 | - | SMART_LIC/3/COMM_FAILED | x",
        ),
        (
            "<187>1 2021-08-23T09:19:45Z sw1 - - - [meta@9 seq=\"7\"] 45: Aug 23 11:19:43.486: %SMART_LIC-3-COMM_FAILED: x",
            "IosXe | 2021-08-23T11:19:43.486 | 2021-08-23T09:19:45Z | sw1 | 45 | SMART_LIC/3/COMM_FAILED | x",
        ),
        (
            "2021-08-23T09:19:45+09:00 sw1 : Aug 23 09:19:43.486 JST: %SMART_LIC-3-COMM_FAILED: x",
            "IosXe | 2021-08-23T09:19:43.486 | 2021-08-23T09:19:45+09:00 | sw1 | - | SMART_LIC/3/COMM_FAILED | x",
        ),
        (
            "2021-12-31T23:59:59+00:00 sw1 : Jan  1 00:00:00.002: %SMART_LIC-3-COMM_FAILED: x",
            "IosXe | 2022-01-01T00:00:00.002Z | 2021-12-31T23:59:59Z | sw1 | - | SMART_LIC/3/COMM_FAILED | x",
        ),
        // collectors' files and exports
        (
            "2024-01-28 08:00:00\tLocal7.Error\t10.1.1.1\t12: Jan 28 08:00:00.1: %SMART_LIC-3-COMM_FAILED: x",
            "IosXe | 2024-01-28T08:00:00.100 | 2024-01-28T08:00:00 | 10.1.1.1 | 12 | SMART_LIC/3/COMM_FAILED | x",
        ),
        (
            "2024-01-28 08:00:00 local7.err sw1 12: Jan 28 08:00:00.1: %SMART_LIC-3-COMM_FAILED: x",
            "IosXe | 2024-01-28T08:00:00.100 | 2024-01-28T08:00:00 | sw1 | 12 | SMART_LIC/3/COMM_FAILED | x",
        ),
        (
            "\"2024-01-28T08:00:00Z\",\"sw1\",\"%SMART_LIC-3-COMM_FAILED: x\"",
            "IosXe | 2024-01-28T08:00:00Z | 2024-01-28T08:00:00Z | sw1 | - | SMART_LIC/3/COMM_FAILED | x\"",
        ),
        (
            "2024-01-28T08:00:00Z,sw1,local7,%SMART_LIC-3-COMM_FAILED: x",
            "IosXe | 2024-01-28T08:00:00Z | 2024-01-28T08:00:00Z | sw1 | - | SMART_LIC/3/COMM_FAILED | x",
        ),
        (
            "\"1/28/2024 8:00:01 PM\",\"sw1\",\"%SMART_LIC-3-COMM_FAILED: x\"",
            "IosXe | 2024-01-28T20:00:01 | 2024-01-28T20:00:01 | sw1 | - | SMART_LIC/3/COMM_FAILED | x\"",
        ),
        ("logs/sw1.log:Jan 28 08:00:00.1: %SMART_LIC-3-COMM_FAILED: x", "IosXe | Jan 28 08:00 | - | sw1 | - | SMART_LIC/3/COMM_FAILED | x"),
        (
            "logs/sw1.log:17:Jan 28 08:00:00.1: %SMART_LIC-3-COMM_FAILED: x",
            "IosXe | Jan 28 08:00 | - | sw1 | - | SMART_LIC/3/COMM_FAILED | x",
        ),
        (
            "[10.1.1.1] Jan 28 08:00:00.1: %SMART_LIC-3-COMM_FAILED: x",
            "IosXe | Jan 28 08:00 | - | 10.1.1.1 | - | SMART_LIC/3/COMM_FAILED | x",
        ),
        (
            "2024-05-14 08:15:02 [10.1.1.1] %SMART_LIC-3-COMM_FAILED: x",
            "IosXe | 2024-05-14T08:15:02 | - | 10.1.1.1 | - | SMART_LIC/3/COMM_FAILED | x",
        ),
        ("2024-05-14 08:15:02 [main] %SMART_LIC-3-COMM_FAILED: x", "IosXe | 2024-05-14T08:15:02 | - | - | - | SMART_LIC/3/COMM_FAILED | x"),
        (
            "2024-05-14 08:15:02 severity=\"3\", source=collector host=sw-a msg=\"%SMART_LIC-3-COMM_FAILED: x\"",
            "IosXe | 2024-05-14T08:15:02 | - | sw-a | - | SMART_LIC/3/COMM_FAILED | x\"",
        ),
        (
            "May 14 08:15:02 collector rsyslogd[12]: sw-a 11: May 14 08:15:02.100: %SMART_LIC-3-COMM_FAILED: x",
            "IosXe | May 14 08:15 | May 14 08:15 | sw-a | 11 | SMART_LIC/3/COMM_FAILED | x",
        ),
        (
            "[2024-05-14 08:15:02] *May 14 08:15:01.100: %SMART_LIC-3-COMM_FAILED: x",
            "IosXe | 2024-05-14T08:15:01.100 | 2024-05-14T08:15:02 | - | - | SMART_LIC/3/COMM_FAILED | x",
        ),
        // NX-OS and FXOS
        (
            "2022 Jun 22 16:15:44 N9K-1 %LICMGR-3-LOG_SMART_LIC_COMM_FAILED:  Communications",
            "NxOs | 2022-06-22T16:15:44 | - | N9K-1 | - | LICMGR/3/LOG_SMART_LIC_COMM_FAILED | Communicatio",
        ),
        (
            "2022 Jun 22 16:15:44.123456 N9K-1 %$ VDC-1 %$ %LICMGR-3-LOG_SMART_LIC_COMM_FAILED: x",
            "NxOs | 2022-06-22T16:15:44.123 | - | N9K-1 | - | LICMGR/3/LOG_SMART_LIC_COMM_FAILED | x",
        ),
        (
            "<187>: 2022 Jun 22 16:15:44 UTC: %LICMGR-3-LOG_SMART_LIC_COMM_FAILED: x",
            "NxOs | 2022-06-22T16:15:44Z | - | - | - | LICMGR/3/LOG_SMART_LIC_COMM_FAILED | x",
        ),
        (
            "2022 Jun 22 16:15:44 N9K-1 %USER-2-SYSTEM_MSG: %SMART_LIC-2-PLATFORM_ERROR:Smart Licensing - SMART_AGENT[7]",
            "NxOs | 2022-06-22T16:15:44 | - | N9K-1 | - | SMART_LIC/2/PLATFORM_ERROR | Smart Licens",
        ),
        (
            "Jun 22 16:15:46 10.9.9.9 : 2022 Jun 22 16:15:44 UTC: %LICMGR-3-LOG_SMART_LIC_COMM_FAILED: x",
            "NxOs | 2022-06-22T16:15:44Z | Jun 22 16:15 | 10.9.9.9 | - | LICMGR/3/LOG_SMART_LIC_COMM_FAILED | x",
        ),
        // IOS XR
        (
            "RP/0/RP0/CPU0:Jul  1 11:53:58.601 UTC: smartlicserver[397]: %LICENSE-SMART_LIC-3-COMM_FAILED : Communications",
            "IosXr | Jul 01 11:53 | - | - | - | LICENSE-SMART_LIC/3/COMM_FAILED | Communicatio",
        ),
        (
            "RP/0/RP0/CPU0:Sep 25 23:25:34.886 UTC: smartlicserver[186]: SMART_LIC-6-AGENT_READY:Smart Agent",
            "IosXr | Sep 25 23:25 | - | - | - | SMART_LIC/6/AGENT_READY | Smart Agent",
        ),
        (
            "0/RP0/ADMIN0:Sep 25 23:27:53.784 UTC: dumper[3156]: %INFRA-CALVADOS_DUMPER-6-HOST_COPY_SUCCESS : Copied",
            "IosXr | Sep 25 23:27 | - | - | - | INFRA-CALVADOS_DUMPER/6/HOST_COPY_SUCCESS | Copied",
        ),
        (
            "RP/0/RP0/CPU0:Sep 25 23:26:46.668 UTC: syslog_dev[119]: ztp[133] PID-4191: ZTP",
            "IosXr | Sep 25 23:26 | - | - | - | - | ztp[133] PID",
        ),
        (
            "<187>45: xr1 RP/0/RP0/CPU0:Jul  1 11:53:58.601 UTC: smartlicserver[397]: %LICENSE-SMART_LIC-3-COMM_FAILED : x",
            "IosXr | Jul 01 11:53 | - | xr1 | 45 | LICENSE-SMART_LIC/3/COMM_FAILED | x",
        ),
        // ASA
        (
            "Mar 09 2017 10:25:04 MDF-ASA5515X : %ASA-6-305012: Teardown",
            "Asa | 2017-03-09T10:25:04 | - | MDF-ASA5515X | - | ASA/6/305012 | Teardown",
        ),
        ("HQ-ASA5585 : %ASA-4-106023: Deny udp", "Asa | - | - | HQ-ASA5585 | - | ASA/4/106023 | Deny udp"),
        (
            "Aug 15 2019 13:44:38: %ASA-3-444303: %SMART_LIC-3-AUTH_RENEW_FAILED: Authorization",
            "Asa | 2019-08-15T13:44:38 | - | - | - | SMART_LIC/3/AUTH_RENEW_FAILED | Authorizatio",
        ),
        // Expressway
        (
            "2025-06-30T21:53:48.354-04:00 exp1 supervisor: Level=\"ERROR\" Event=\"Alarm Raised\"",
            "Expressway | 2025-06-30T21:53:48.354-04:00 | - | exp1 | - | - | supervisor: ",
        ),
        (
            "2023-09-29T15:06:54.830+00:00 tvcs: Event=\"Registration Rejected\"",
            "Expressway | 2023-09-29T15:06:54.830Z | - | - | - | - | tvcs: Event=",
        ),
        // others
        ("Dec  3 09:23:38 veridian automount[7998]: lookup(file)", "Other | Dec 03 09:23 | Dec 03 09:23 | veridian | - | - | lookup(file)"),
        ("Nov  3 09:23:38 veridian lookup for opt failed", "Other | Nov 03 09:23 | Nov 03 09:23 | veridian | - | - | lookup for o"),
        (
            "<165>Feb  7 22:22:35 HOSTNAME Bfd: %BFD-5-STATE_CHANGE: peer",
            "Other | Feb 07 22:22 | Feb 07 22:22 | HOSTNAME | - | BFD/5/STATE_CHANGE | peer",
        ),
        (
            "<13>2020-03-31T08:41:59+00:00 some-switch Bgp: %BGP-5-ADJCHANGE: peer",
            "Other | 2020-03-31T08:41:59Z | 2020-03-31T08:41:59Z | some-switch | - | BGP/5/ADJCHANGE | peer",
        ),
        ("2012-07-02 10:22:40,672:DEBUG:foo bar baz", "Other | 2012-07-02T10:22:40.672 | - | - | - | - | DEBUG:foo ba"),
        // no head
        ("", "nothing"),
        ("rtual-PPP2, changed state to down", "nothing"),
        ("        connection id=29, sequence number=219", "nothing"),
        ("CPU utilization for five seconds: 99%/99%; one minute: 99%; five minutes: 99%", "nothing"),
        ("GET /%20a%2D3-b", "nothing"),
        ("Compiled Mon 19-Sep-11 17:41 by prod_rel_team", "nothing"),
    ];
    for (line, expected) in table {
        assert_eq!(shown(line), *expected, "{line}");
    }
}

#[test]
fn where_records_start() {
    for line in [
        "",
        "   ",
        "*Oct 22 16:06:06.643: %SMART_LIC-6-EXPORT_CONTROLLED: x",
        "000051: Dec  2 12:09:25.719: %SNMP-5-COLDSTART: x",
        "<189>521: router1: *Nov 14 08:30:56.699: %LINK-5-CHANGED: x",
        "RP/0/RP0/CPU0:Sep 25 23:25:34.886 UTC: smartlicserver[186]: x",
        "%SMART_LIC-3-EVAL_EXPIRED:Evaluation",
        "1d02h: %LINK-3-UPDOWN: x",
        "HQ-ASA5585 : %ASA-4-106023: Deny udp",
        "SW1#show license all",
        "switch# ",
        "------------------ show license all ------------------",
        "`show version`",
        "2023-09-29T15:06:54.830+00:00 tvcs: Event=\"x\"",
        "xwayc XCP_JABBERD[23843]: UTCTime=\"2014-03-25 17:19:45,843\" Level=\"INFO\"",
        "REQUEST: Jun 29 11:12:39 2021 CET",
        "Time source is NTP, 15:09:55.102 UTC Wed Nov 10 2021",
        "Line 190: 2015-05-07T07:34:01-04:00 X tvcs: UTCTime=\"2015-05-07 11:34:01,060\"",
    ] {
        assert!(starts_record(line), "{line}");
    }
    for line in [
        "hostname/domain name",
        "https://tools.cisco.com/its/service/oddce/services/DDCEServi",
        "ce (ERR 207 : Connection time out)",
        "at 16:06:06 JST Sat Mar 2 2024",
        "16:06:06 JST Sat Mar 2 2024",
        "nsing Utility (CSLU) : No detail given",
        "10.1.1.1 port 443: Connection refused",
        "100% of the pool",
        "(CSSM) : Unable to resolve",
        "        connection id=29, sequence number=219",
        "Failure Reason: <none>",
    ] {
        assert!(!starts_record(line), "{line}");
    }
}

proptest::proptest! {
    #[test]
    fn never_panics(
        free in "\\PC{0,120}",
        near in "(<1[0-9]{2}>|[0-9]{1,4}: |[A-Z]{2,4}[0-9]: |\\*?[A-Z][a-z]{2} [ 1-3][0-9] [0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{3})?:? ?|%[A-Z_]{2,8}-[0-9]-[A-Z_]{2,8}: ?|RP/0/RP0/CPU0:|[a-z]{2,6}\\[[0-9]{1,4}\\]: |é){1,8}",
    ) {
        for line in [free, near] {
            if let Some(header) = parse(&line) {
                proptest::prop_assert!(line.get(header.body..).is_some());
            }
            starts_record(&line);
        }
    }
}

//! Small cases through the whole of scan and diagnosis, with rules of their own.

use super::{Diagnosis, Selection};
use crate::report::model::{Finding, Report, Status, WithoutYear};
use crate::rules::library::Library;
use crate::rules::load::{RuleText, load};
use crate::scan::{CaseScan, Scanner};

pub(super) fn library(files: &[(&str, &str)]) -> Library {
    let files: Vec<RuleText> = files.iter().map(|(name, text)| RuleText { name: (*name).to_owned(), text: (*text).to_owned() }).collect();
    load(&files).unwrap()
}

/// The report of a case of texts, by the names of their files.
pub(super) fn report(library: &Library, texts: &[(&str, &str)]) -> Report {
    let scanner = Scanner::new(library);
    let artifacts = texts.iter().map(|(name, text)| scanner.scan_text(name, text.as_bytes())).collect();
    let case = CaseScan { artifacts, ..CaseScan::default() };
    Diagnosis::new(case, library).report(&Selection { min_confidence: 0.0, ..Selection::default() })
}

pub(super) fn finding<'a>(report: &'a Report, id: &str) -> &'a Finding {
    report.findings.iter().find(|finding| finding.id == id).unwrap_or_else(|| panic!("{id} not made: {:?}", report.findings))
}

const SIGNALS: &str = r"
licensing: [SMART_LIC-]
ordinary: ['SMART_LIC-\d-AGENT_READY']
signals:
  - {id: failed, title: failed, text: 'Communications failure with CSSM'}
  - {id: restored, title: restored, text: 'Communications with CSSM restored'}
";

const RULE: &str = r"
id: lost
title: Lost
kind: symptom
severity: low
summary: Lost.
evidence:
  - {when: failed, weight: strong}
ended_by: [restored]
";

const FILES: [(&str, &str); 2] = [("signals/s.yaml", SIGNALS), ("slp/lost.yaml", RULE)];

#[test]
fn what_no_signal_matches_is_listed_by_form_and_the_rarest_first() {
    let text = "\
Aug 23 2021 09:00:01: %SMART_LIC-3-COMM_FAILED: Communications failure with CSSM
Aug 23 2021 09:00:02: %SMART_LIC-6-AGENT_READY: ready
Aug 23 2021 09:00:03: %SMART_LIC-3-NEW: poll 17 by admin password 7 0822455D0A16
Aug 23 2021 09:00:04: %SMART_LIC-3-NEW: poll 18 by admin password 7 0822455D0A17
Aug 23 2021 09:00:05: %SMART_LIC-3-RARE: once
a sentence about SMART_LIC-3-RARE
";
    let report =
        report(&library(&FILES), &[("a.log", text), ("b.log", "Aug 23 2021 09:00:09: %SMART_LIC-3-NEW: poll 19 by admin password 7 08AA")]);
    let found: Vec<_> =
        report.unexplained.iter().map(|form| (form.template.as_str(), form.count, form.artifact.as_str(), form.line)).collect();
    let expected = [
        ("%SMART_LIC-3-RARE: once", 1, "a.log", Some(5)),
        ("%SMART_LIC-3-NEW: poll <number> by admin password <number> <masked:password>", 3, "a.log", Some(3)),
    ];
    assert_eq!(found, expected);
    assert!(!format!("{:?}", report.unexplained).contains("0822455D0A16"));
}

/// Whose failure the other device's recovery is taken for, in layouts of collectors: `Active` on the device that failed.
#[test]
fn a_recovery_ends_the_failure_of_its_own_device_only() {
    let (down, up) =
        ("%SMART_LIC-3-COMM_FAILED: Communications failure with CSSM", "%SMART_LIC-5-COMM_RESTORED: Communications with CSSM restored");
    let object = r#"{"time":"2024-05-14T08:15:%tZ","hostname":"%h","msg":"%m"}"#;
    let lines = "  {\n    \"hostname\": \"%h\",\n    \"msg\": \"%m\",\n    \"time\": \"2024-05-14T08:15:%tZ\"\n  }";
    // A layout of one message; what stands before, between and behind messages; whether the host can be told.
    let layouts: &[(&str, [&str; 3], bool)] = &[
        ("\"2024-05-14 08:15:%t\",\"%h\",\"err\",\"%m\"", ["\"Time\",\"Host\",\"Severity\",\"Message\"\n", "\n", ""], true),
        ("%h;%m;2024-05-14 08:15:%t", ["Node;Text;Received\n", "\n", ""], true),
        ("\"%m\",\"%h\",\"2024-05-14 08:15:%t\"", ["", "\n", ""], true),
        ("2024-05-14 08:15:%t | %h | err | %m", ["", "\n", ""], true),
        ("| 2024-05-14 08:15:%t | %h | %m |", ["+---+---+---+\n", "\n", "\n+---+---+---+\n"], true),
        ("2024-05-14 08:15:%t host=%h msg=\"%m\"", ["", "\n", ""], true),
        ("May 14 08:15:%t relay rsyslogd[12]: %h 11: May 14 08:15:%t.100: %m", ["", "\n", ""], true),
        (object, ["", "\n", ""], true),
        (object, ["[", ",", "]"], true),
        (object, ["[\n", ",\n", "\n]"], true),
        (lines, ["[\n", ",\n", "\n]\n"], true),
        ("2024-05-14 08:15:%t (from unit %h) %m", ["", "\n", ""], false),
        ("\"2024-05-14 08:15:%t\",\"group-1\",\"%h\",\"%m\"", ["", "\n", ""], false),
        (r#"{"time":"2024-05-14T08:15:%tZ","unit":"%h","msg":"%m"}"#, ["", "\n", ""], false),
    ];
    let library = library(&FILES);
    for (layout, [before, between, behind], told) in layouts {
        let text = |first: &str, second: &str| {
            let message = |time: &str, host: &str, text: &str| layout.replace("%t", time).replace("%h", host).replace("%m", text);
            format!("{before}{}{between}{}{behind}", message("02", first, down), message("09", second, up))
        };
        let two = report(&library, &[("export.txt", &text("sw-a", "sw-b"))]);
        let lost = finding(&two, "lost");
        assert_eq!(lost.status, Status::Active, "{layout}");
        assert_eq!(lost.device.as_deref() == Some("sw-a"), *told, "{layout}: {:?}", lost.device);
        // The same of one device is over.
        let one = report(&library, &[("export.txt", &text("sw-a", "sw-a"))]);
        assert_eq!(finding(&one, "lost").status, Status::Resolved, "{layout}");
    }
}

const PEERS: &str = r"
signals:
  - {id: failed, title: failed, text: 'Communications failure with CSSM', peer: cssm}
  - {id: restored, title: restored, text: 'Communications with CSSM restored', restores: [cssm]}
  - {id: failed-cslu, title: failed, text: 'Communications failure with CSLU', peer: cslu}
  - {id: restored-cslu, title: restored, text: 'Communications with CSLU restored', restores: [cslu]}
  - {id: last-ok, title: ok, text: 'Last Response: OK', restores: [cssm]}
  - {id: no-answer, title: no answer, text: 'Last Response: NO REPLY', peer: cssm}
  - {id: switched-off, title: off, fact: transport, is: 'off', restores: [cssm]}
sections:
";

const LOST: &str = r"
id: lost
title: Lost
kind: symptom
severity: low
summary: Lost.
evidence:
  - {when: {any: [failed, failed-cslu, no-answer]}, weight: strong}
";

const PAIRS: &str = r"
id: flapping
title: Flapping
kind: root-cause
severity: low
summary: Flapping.
evidence:
  - {when: {pairs: [failed, restored], at_least: 3}, weight: strong}
";

const OFF: &str = r"
id: is-off
title: Off
kind: state
severity: low
summary: Off.
evidence:
  - {when: switched-off, weight: strong}
ended_by: [restored]
";

const FACTS: &str = r"
sections:
  - {id: license, commands: [show license status], over: 'Ongoing Failure: Overall=0\b'}
  - {id: clock, commands: [show clock]}
extract:
  - {fact: clock.time, sections: [clock], pattern: '^\d.*'}
  - {fact: transport, sections: [license], pattern: '^Type: (?<value>.+)$'}
";

fn peers() -> Library {
    let signals = PEERS.trim_end().trim_end_matches("sections:");
    library(&[
        ("signals/s.yaml", signals),
        ("facts/f.yaml", FACTS),
        ("slp/lost.yaml", LOST),
        ("slp/flapping.yaml", PAIRS),
        ("slp/is-off.yaml", OFF),
    ])
}

fn log(pattern: &str) -> String {
    let message = |(at, c): (usize, char)| {
        let text = match c {
            'f' => "Communications failure with CSSM",
            'r' => "Communications with CSSM restored",
            'F' => "Communications failure with CSLU",
            _ => "Communications with CSLU restored",
        };
        format!("Aug 23 2021 09:{at:02}:00.001: %SMART_LIC-3-X: {text}\n")
    };
    pattern.chars().enumerate().map(message).collect()
}

#[test]
fn an_event_ends_what_is_about_the_same_peer() {
    let library = peers();
    for (pattern, expected) in [
        ("f", Status::Active),
        ("fr", Status::Resolved),
        ("ffr", Status::Resolved),
        ("rf", Status::Active),
        ("fR", Status::Active),
        ("fFr", Status::Active),
        ("fFrR", Status::Resolved),
        ("frfrfr", Status::Intermittent),
        ("frfrfrf", Status::Intermittent),
        ("fffrrr", Status::Resolved),
    ] {
        let report = report(&library, &[("a.log", &log(pattern))]);
        assert_eq!(finding(&report, "lost").status, expected, "{pattern}");
    }
}

#[test]
fn the_newest_line_may_stand_first() {
    let newest_first = |text: &str| text.lines().rev().map(|line| format!("{line}\n")).collect::<String>();
    let library = peers();
    for year in [true, false] {
        let text = |pattern: &str| if year { newest_first(&log(pattern)) } else { newest_first(&log(pattern)).replace(" 2021", "") };
        let made = report(&library, &[("a.log", &text("frfrfr"))]);
        assert_eq!(finding(&made, "flapping").occurrences, 3, "{year}");
        // Read from the top it would be three pairs: restored comes before failed, and last.
        let made = report(&library, &[("a.log", &text("rfrfrf"))]);
        assert!(!made.findings.iter().any(|finding| finding.id == "flapping"), "{year}");
        assert_eq!(finding(&report(&library, &[("a.log", &text("fr"))]), "lost").status, Status::Resolved, "{year}");
        assert_eq!(finding(&report(&library, &[("a.log", &text("rf"))]), "lost").status, Status::Active, "{year}");
    }
    let made = report(&library, &[("a.log", &newest_first(&log("frf")))]);
    let lost = finding(&made, "lost");
    assert_eq!(lost.first_seen.as_deref(), Some("2021-08-23T09:00:00.001"));
    assert_eq!(lost.last_seen.as_deref(), Some("2021-08-23T09:02:00.001"));
    assert_eq!(made.artifacts[0].first_time, lost.first_seen);
    assert_eq!(made.artifacts[0].last_time, lost.last_seen);
    assert_eq!((&lost.without_year, &made.artifacts[0].without_year), (&None, &None));
}

#[test]
fn a_day_without_a_year_is_still_a_day() {
    let library = peers();
    let line = |day: &str| format!("<187>1: sw1: {day} 23:59:59.001: %SMART_LIC-3-X: Communications failure with CSSM\n");
    let days = |days: &[&str]| days.iter().map(|day| line(day)).collect::<String>();
    // Over New Year, and with the newest line first.
    for (text, first, last) in [
        (days(&["Aug 23"]), "Aug 23 23:59:59", "Aug 23 23:59:59"),
        (days(&["Dec 30", "Dec 31", "Jan  1"]), "Dec 30 23:59:59", "Jan 01 23:59:59"),
        (days(&["Feb 29", "Feb 28", "Feb 27"]), "Feb 27 23:59:59", "Feb 29 23:59:59"),
    ] {
        let made = report(&library, &[("a.log", &text)]);
        let lost = finding(&made, "lost");
        let expected = Some(WithoutYear { first: first.to_owned(), last: last.to_owned() });
        assert_eq!((&lost.first_seen, &lost.last_seen, &lost.without_year), (&None, &None, &expected));
        assert_eq!((&made.artifacts[0].first_time, &made.artifacts[0].without_year), (&None, &expected));
    }
    // Where one line states its year, that is what is known.
    let made = report(&library, &[("a.log", &line("Aug 23 2021"))]);
    assert_eq!(finding(&made, "lost").without_year, None);
}

#[test]
fn a_log_counts_once_however_often_it_is_handed_over() {
    let library = peers();
    let once = log("frff");
    let count = |texts: &[(&str, &str)]| finding(&report(&library, texts), "lost").occurrences;
    assert_eq!(count(&[("c/a.log", &once)]), 3);
    assert_eq!(count(&[("c/a.log", &once.repeat(3))]), 3);
    assert_eq!(count(&[("c/a.log", &once), ("c/b.log", &once)]), 3);
    assert_eq!(count(&[("c/a.log", &once), ("c/b.log", &log("frfff"))]), 4);
    let quoted: String = once.lines().map(|line| format!("> {line}\n")).collect();
    assert_eq!(count(&[("c/a.log", &once), ("c/mail.txt", &quoted)]), 3);
    // Without fractions of a second a device may well repeat itself.
    let burst = "Aug 23 2021 09:00:00: %SMART_LIC-3-X: Communications failure with CSSM\n".repeat(4);
    assert_eq!(count(&[("c/a.log", &burst)]), 4);
    assert_eq!(count(&[("c/a.log", &burst), ("c/b.log", &burst)]), 4);
    // A pair that is handed over three times is one pair.
    let made = report(&library, &[("c/a.log", &log("fr").repeat(3)), ("c/b.log", &log("fr"))]);
    assert!(!made.findings.iter().any(|finding| finding.id == "flapping"));
}

#[test]
fn outputs_age_too() {
    let library = peers();
    let status = |clock: &str| {
        let text = format!("sw1#show clock\n{clock}\nsw1#show license status\nType: off\nsw1#\n");
        let log = "<187>1: sw1: Aug 23 2021 09:00:00.001: %SMART_LIC-3-X: Communications with CSSM restored\n";
        finding(&report(&library, &[("a.txt", &text), ("b.txt", log)]), "is-off").status
    };
    assert_eq!(status("08:00:00.000 UTC Mon Aug 23 2021"), Status::Resolved);
    assert_eq!(status("10:00:00.000 UTC Mon Aug 23 2021"), Status::Active);
}

#[test]
fn what_an_output_calls_over_is_history() {
    let library = peers();
    let status = |overall: u32| {
        let text = format!(
            "sw1#show license status\nHello Message:\n  Attempts: Total=3, Success=0, Fail=3  Ongoing Failure: Overall={overall} Communication={overall}\n  Last Response: NO REPLY on Aug 23 2021 08:00:00\nsw1#\n"
        );
        finding(&report(&library, &[("a.txt", &text)]), "lost").status
    };
    assert_eq!(status(0), Status::Resolved);
    assert_eq!(status(3), Status::Active);
}

#[test]
fn remarks_and_banners_are_no_evidence() {
    let library = peers();
    for text in [
        " remark Aug 23 2021 09:00:00: %SMART_LIC-3-X: Communications failure with CSSM\n",
        "! Communications failure with CSSM\n",
        "banner motd ^C\nAug 23 2021 09:00:00: %SMART_LIC-3-X: Communications failure with CSSM\n^C\n",
    ] {
        assert!(report(&library, &[("a.txt", text)]).findings.is_empty(), "{text}");
    }
    let mail = "> Aug 23 2021 09:00:00: %SMART_LIC-3-X: Communications failure with CSSM\n";
    assert_eq!(finding(&report(&library, &[("a.txt", mail)]), "lost").first_seen.as_deref(), Some("2021-08-23T09:00:00"));
}

/// Lines of a device whose clock stands at `device` when the collector's stands at `relay`, a minute apart.
fn relayed(relay: &str, device: &str, text: &str) -> String {
    (0..5).map(|n| format!("{relay}:{n:02} sw1 4{n}: {device}:{n:02}.001: %SMART_LIC-3-X: {text}\n")).collect()
}

#[test]
fn a_skewed_clock_is_a_fact_and_does_not_order() {
    let library = peers();
    // The device is three hours and 17 minutes behind.
    let failed = relayed("2021-08-23T09:00", "Aug 23 2021 05:43", "Communications failure with CSSM");
    let own = "<187>9: sw1: Aug 23 2021 06:43:00.001: %SMART_LIC-3-X: Communications with CSSM restored\n";
    let made = report(&library, &[("c/relay.log", &failed), ("c/own.log", own)]);
    let fact = |name: &str| made.devices[0].facts.get(name).map(|fact| fact.value.as_str());
    assert_eq!(fact("clock.skew_seconds"), Some("-11820"));
    assert_eq!(fact("clock.skew_from"), Some("the collector's time of receipt, 5 lines"));
    assert_eq!(finding(&made, "lost").status, Status::Resolved);
    // A collector that sees the end at 09:30 by its own clock, and writes no device's.
    let relay_only = "2021-08-23T09:30:00 sw1 50: %SMART_LIC-3-X: Communications with CSSM restored\n";
    let made = report(&library, &[("c/relay.log", &failed), ("c/other.log", relay_only)]);
    assert_eq!(finding(&made, "lost").status, Status::Resolved);
    let earlier = relay_only.replace("09:30", "07:30");
    let made = report(&library, &[("c/relay.log", &failed), ("c/other.log", &earlier)]);
    assert_eq!(finding(&made, "lost").status, Status::Active);
}

#[test]
fn flags_before_the_stamp_are_a_fact() {
    let library = peers();
    for (flag, expected) in [("*", "not set"), (".", "lost"), ("", "trusted")] {
        let text = format!("000123: {flag}Aug 23 2021 09:19:43.486: %SMART_LIC-3-X: Communications failure with CSSM\n");
        let made = report(&library, &[("a.log", &text)]);
        assert_eq!(made.devices[0].facts["clock.flag"].value, expected);
    }
    // After a start without a clock the last line counts, whatever it calls the day.
    let restarted =
        "000123: Aug 23 09:19:43.486: %SYS-5-X: x\n000001: *Mar  1 00:12:10.119: %SMART_LIC-3-X: Communications failure with CSSM\n";
    assert_eq!(report(&library, &[("a.log", restarted)]).devices[0].facts["clock.flag"].value, "not set");
    let relay_only = "Aug 23 09:19:45 sw1 45: %SMART_LIC-3-X: Communications failure with CSSM\n";
    assert!(!report(&library, &[("a.log", relay_only)]).devices[0].facts.contains_key("clock.flag"));
}

#[test]
fn the_name_of_a_file_gives_the_year() {
    let library = peers();
    let text = "Aug 23 09:19:43.486: %SMART_LIC-3-X: Communications failure with CSSM\n";
    for (name, expected) in [
        ("c/messages-20211116.log", Some("2021-08-23T09:19:43.486")),
        ("c/sw1_2022-01-05.txt", Some("2021-08-23T09:19:43.486")),
        ("c/messages.log", None),
    ] {
        let made = report(&library, &[(name, text)]);
        assert_eq!(finding(&made, "lost").last_seen.as_deref(), expected, "{name}");
        assert_eq!(made.artifacts[0].last_time.as_deref(), expected, "{name}");
    }
}

#[test]
fn a_show_tech_knows_when_its_log_begins_and_ends() {
    let library = peers();
    let text = "\
------------------ show clock ------------------

*10:00:00.000 UTC Mon Aug 23 2021

------------------ show logging ------------------

Log Buffer (4096 bytes):
*Aug 20 09:00:00.000: %LINK-3-UPDOWN: Interface Te1/0/1, changed state to up
*Aug 22 09:00:00.000: %LINK-3-UPDOWN: Interface Te1/0/1, changed state to up
";
    let made = report(&library, &[("c/tech.txt", text)]);
    assert_eq!(made.artifacts[0].first_time.as_deref(), Some("2021-08-20T09:00:00"));
    assert_eq!(made.artifacts[0].last_time.as_deref(), Some("2021-08-23T10:00:00Z"));
}

#[test]
fn a_rule_of_appliances_does_not_speak_of_what_has_a_command_line() {
    let appliance = LOST.replace("severity: low", "severity: low\nplatforms: [expressway]");
    let library = library(&[
        ("signals/s.yaml", &SIGNALS.replace("SMART_LIC-", "LIC")),
        ("expressway/lost.yaml", &appliance.replace("[failed, failed-cslu, no-answer]", "[failed]")),
    ]);
    for (text, made) in [
        ("Communications failure with CSSM\n", true),
        ("Aug 23 2021 09:19:43: %SMART_LIC-3-COMM_FAILED: Communications failure with CSSM\n", false),
        ("show license status\nCommunications failure with CSSM\n", true),
        ("------------------ show license status ------------------\nCommunications failure with CSSM\n", false),
    ] {
        let report = report(&library, &[("a.log", text)]);
        assert_eq!(!report.findings.is_empty(), made, "{text}");
    }
}

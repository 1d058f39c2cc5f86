use super::*;
use crate::intake::Limits;

fn all(artifacts: &mut [ArtifactScan]) -> Vec<Device> {
    devices(artifacts, &Asked::default(), &Limits::default(), &|_| Shows::Nothing).0
}

use crate::diagnose::truth::Truth;
use crate::formats::event::{Event, Place};
use crate::rules::embedded;
use crate::rules::library::Library;
use crate::rules::load::{RuleText, load};
use crate::scan::{CaseScan, Scanner};

fn library() -> Library {
    embedded::library().unwrap()
}

fn devices_of(library: &Library, files: &[(&str, &str)]) -> Vec<Device> {
    let scanner = Scanner::new(library);
    let mut artifacts: Vec<ArtifactScan> = files.iter().map(|(name, text)| scanner.scan_text(name, text.as_bytes())).collect();
    all(&mut artifacts)
}

/// `name=value` of the last samples of the facts named.
fn facts(device: &Device, names: &[&str]) -> String {
    let shown = names.iter().map(|name| format!("{name}={}", device.fact(name).map_or("-", |sample| &sample.value)));
    shown.collect::<Vec<_>>().join(" ")
}

#[test]
fn what_is_typed_and_shown_later_in_a_session_counts_whatever_its_log_says() {
    let session = "\
SW1#show clock
10:00:00.000 UTC Fri Apr 12 2024
SW1#show running-config
license smart transport off
SW1#configure terminal
SW1(config)#license smart transport smart
SW1(config)#end
SW1#show logging
Apr 12 2024 09:59:43.486 UTC: %SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : No detail given
";
    // The log line is older than the clock shown above it: that makes no session run backwards.
    let library = library();
    let devices = devices_of(&library, &[("session.log", session)]);
    assert_eq!(facts(&devices[0], &["config.transport", "license.transport"]), "config.transport=smart license.transport=smart");
}

fn show_version(host: &str, version: &str, serials: &[&str]) -> String {
    let mut text = format!(
        "Cisco IOS XE Software, Version {version}\nCisco IOS Software [Cupertino], Catalyst L3 Switch Software (CAT9K_IOSXE), Version {version}, RELEASE SOFTWARE (fc1)\n"
    );
    if !host.is_empty() {
        text += &format!("{host} uptime is 4 weeks, 14 hours, 49 minutes\n");
    }
    for (at, serial) in serials.iter().enumerate() {
        if at > 0 {
            text += &format!("\nSwitch 0{}\n---------\nSwitch uptime                      : 3 weeks\n\n", at + 1);
        } else {
            text += &format!("cisco C9300-24T (X86) processor with 1418286K/6147K bytes of memory.\nProcessor board ID {serial}\n");
        }
        text += &format!("Model Number                       : C9300-24T\nSystem Serial Number               : {serial}\n");
    }
    text + "\n"
}

fn nexus(serial: &str) -> String {
    format!(
        "Cisco Nexus Operating System (NX-OS) Software\nSoftware\n  NXOS: version 9.3(5)\nHardware\n  cisco Nexus9000 C9396PX Chassis\n  Processor Board ID {serial}\n\n"
    )
}

#[test]
fn of_two_versions_the_later_runs_by_time_and_else_by_order() {
    let library = library();
    let (old, new) = (show_version("sw1", "17.3.3", &["FCW1"]), show_version("sw1", "17.9.4", &["FCW1"]));
    let at = |time: &str, text: &str| format!("sw1#show version\nTime source is NTP, {time}\n{text}");
    let together = format!("{old}{new}");
    let (early, late) = (at("10:00:00.000 UTC Mon Mar 6 2023", &old), at("10:00:00.000 UTC Tue Jun 6 2023", &new));
    for (files, expected) in [
        (vec![("a.txt", together.as_str())], "17.9.4"),
        (vec![("1.txt", &old), ("2.txt", &new)], "17.9.4"),
        (vec![("1.txt", &new), ("2.txt", &old)], "17.3.3"),
        (vec![("1.txt", &late), ("2.txt", &early)], "17.9.4"),
    ] {
        let found = devices_of(&library, &files);
        assert_eq!(found.len(), 1, "{files:?}");
        assert_eq!(found[0].identity.version.as_deref(), Some(expected), "{files:?}");
        assert_eq!(found[0].facts["version"].len(), 2, "the earlier stays: {files:?}");
    }
}

#[test]
fn outputs_of_several_devices_in_one_text_are_told_apart() {
    let library = library();
    let license = |sn: &str| {
        format!(
            "Smart Licensing Status\n======================\n\nTransport:\n  Type: Smart\n\nProduct Information\n===================\nUDI: PID:C9300-24T,SN:{sn}\n\n"
        )
    };
    for (name, text, expected) in [
        ("two platforms", show_version("", "17.9.4", &[]) + &nexus("SAL1"), vec!["nx-os 9.3(5)", "ios-xe 17.9.4"]),
        (
            "two serials",
            show_version("", "17.9.4", &["FCW1"]) + &show_version("", "17.6.1", &["FCW2"]),
            vec!["ios-xe 17.9.4", "ios-xe 17.6.1"],
        ),
        (
            "two names",
            show_version("a", "17.9.4", &["FCW1"]) + &show_version("b", "17.6.1", &["FCW2"]),
            vec!["ios-xe 17.9.4", "ios-xe 17.6.1"],
        ),
        (
            "and back",
            show_version("", "17.9.4", &["FCW1"]) + &show_version("", "17.6.1", &["FCW2"]) + &show_version("", "17.9.5", &["FCW1"]),
            vec!["ios-xe 17.9.5", "ios-xe 17.6.1"],
        ),
        (
            "one stack, another active",
            show_version("", "17.9.4", &["FCW1", "FCW2"]) + &show_version("", "17.9.5", &["FCW2", "FCW1"]),
            vec!["ios-xe 17.9.5"],
        ),
        ("an upgrade", show_version("", "17.3.3", &["FCW1"]) + &show_version("", "17.9.4", &["FCW1"]), vec!["ios-xe 17.9.4"]),
        ("two licences", license("FCW1") + &license("FCW2"), vec!["ios-xe -", "ios-xe -"]),
        // A supervisor and its chassis have numbers of their own.
        ("a chassis", nexus("SAL1") + "UDI: PID:N9K-C9396PX,SN:FDO1\n", vec!["nx-os 9.3(5)"]),
        // The prompt says whose it is.
        (
            "prompts",
            format!(
                "sw1#show version\n{}sw1#show version\n{}sw1#\n",
                show_version("", "17.9.4", &["FCW1"]),
                show_version("", "17.9.5", &["FCW2"])
            ),
            vec!["ios-xe 17.9.5"],
        ),
    ] {
        let found = devices_of(&library, &[("case/a.txt", &text)]);
        let shown: Vec<String> = found
            .iter()
            .map(|device| {
                format!("{} {}", device.identity.platform.as_deref().unwrap_or("-"), device.identity.version.as_deref().unwrap_or("-"))
            })
            .collect();
        assert_eq!(shown, expected, "{name}");
        let mut ids: Vec<&str> = found.iter().map(|device| device.id.as_str()).collect();
        ids.dedup();
        assert_eq!(ids.len(), found.len(), "{name}: {ids:?}");
    }
}

#[test]
fn units_of_one_stack_are_one_device() {
    let library = library();
    let list = "HA UDI List:\n    Active:PID:C9800-40-K9,SN:TTM1\n    Standby:PID:C9800-40-K9,SN:TTM2\n";
    let udi = |host: &str, sn: &str, more: &str| format!("{host}#show license all\nUDI: PID:C9800-40-K9,SN:{sn}\n{more}{host}#\n");
    for (name, first, second, expected) in [
        ("a pair", udi("wlc-1", "TTM1", list), udi("wlc-1-stby", "TTM2", list), vec!["wlc-1"]),
        (
            "a standby that says nothing",
            udi("wlc-1", "TTM1", list),
            "wlc-1-stby#show clock\n10:00:00 UTC\nwlc-1-stby#\n".to_owned(),
            vec!["wlc-1"],
        ),
        ("a member", udi("sw1", "TTM1", list), udi("sw1-2", "TTM2", ""), vec!["sw1"]),
        ("two devices", udi("sw1", "TTM1", ""), udi("sw1-2", "TTM2", ""), vec!["sw1", "sw1-2"]),
        (
            "two devices that say nothing",
            "sw1#show clock\n10:00:00 UTC\nsw1#\n".to_owned(),
            "sw1-2#show clock\n10:00:00 UTC\n".to_owned(),
            vec!["sw1", "sw1-2"],
        ),
        ("no standby of it", udi("wlc-1", "TTM1", ""), udi("wlc-1-stby", "TTM9", ""), vec!["wlc-1", "wlc-1-stby"]),
    ] {
        let found = devices_of(&library, &[("1.txt", &first), ("2.txt", &second)]);
        let ids: Vec<&str> = found.iter().map(|device| device.id.as_str()).collect();
        assert_eq!(ids, expected, "{name}");
    }
    let stack = devices_of(&library, &[("1.txt", &show_version("sw1", "17.9.4", &["FCW1", "FCW2", "FCW3"]))]);
    assert_eq!(stack[0].identity.serial.as_deref(), Some("FCW1"));
    assert_eq!(facts(&stack[0], &["serial"]), "serial=FCW1, FCW2, FCW3");
}

#[test]
fn a_command_typed_or_logged_later_wins() {
    let library = library();
    let run = "sw1#show running-config\nBuilding configuration...\nhostname sw1\nip http client source-interface Vlan10\nlicense smart transport off\nend\n";
    let logged = |time: &str| format!("{time}: %PARSER-5-CFGLOG_LOGGEDCMD: User:ops  logged command:license smart transport smart\n");
    let timed = |time: &str| run.replace("#show running-config\n", &format!("#show running-config\nTime source is NTP, {time}\n"));
    let (early, late) = (timed("09:00:00.000 UTC Tue Aug 22 2023"), timed("09:00:00.000 UTC Thu Aug 24 2023"));
    let between = logged("Aug 23 2023 09:12:01.101 UTC");
    for (name, files, expected) in [
        (
            "typed after",
            vec![("a", format!("{run}sw1#conf t\nsw1(config)#license smart transport smart\nsw1(config)#end\n"))],
            "smart Vlan10",
        ),
        (
            "typed below a log",
            vec![(
                "a",
                format!("{run}sw1#show logging\n{}sw1#conf t\nsw1(config)#license smart transport smart\n", logged("Aug 22 09:12:01.101")),
            )],
            "smart Vlan10",
        ),
        ("typed before", vec![("a", format!("sw1(config)#license smart transport smart\nsw1(config)#end\n{run}"))], "off Vlan10"),
        (
            "taken away",
            vec![("a", format!("{run}sw1(config)# no ip http client source-interface\nsw1(config)#no license smart transport\n"))],
            "none <none>",
        ),
        ("on the console", vec![("a", format!("{run}sw1#\n{}", logged("*Aug 23 09:12:01.101")))], "smart Vlan10"),
        (
            "in the log of the same session",
            vec![("a", format!("{run}sw1#show logging\n{}sw1#\n", logged("*Aug 23 09:12:01.101")))],
            "off Vlan10",
        ),
        ("in the log, later", vec![("a", format!("{early}sw1#show logging\n{between}sw1#\n"))], "smart Vlan10"),
        ("in the log, earlier", vec![("a", format!("{late}sw1#show logging\n{between}sw1#\n"))], "off Vlan10"),
        ("in a file before", vec![("a", between.clone()), ("b", late.clone())], "off Vlan10"),
        ("in a file that is sorted first", vec![("a", between.clone()), ("b", early.clone())], "smart Vlan10"),
        ("a sentence is no command", vec![("a", format!("{run}sw1#\nplease enter license smart transport smart there\n"))], "off Vlan10"),
    ] {
        let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let found = devices_of(&library, &files);
        assert_eq!(found.len(), 1, "{name}");
        let shown = facts(&found[0], &["config.transport", "http_client.source_interface"]);
        let (transport, interface) = expected.split_once(' ').unwrap();
        assert_eq!(shown, format!("config.transport={transport} http_client.source_interface={interface}"), "{name}");
    }
}

#[test]
fn evidence_is_judged_with_the_release_of_its_time() {
    let own = [
        ("rules/signals/own.yaml", "signals:\n  - { id: own-failure, title: it failed, text: 'own failure seen' }\n"),
        ("rules/releases/own.yaml", "id: own\ntitle: t\nrows:\n  - { platforms: [ios-xe], fixed: ['17.6.1'] }\n"),
        (
            "rules/own/own-defect.yaml",
            "id: own-defect\ntitle: t\nkind: defect\nseverity: high\nsummary: s\nreleases: own\nplatforms: [ios-xe]\nevidence:\n  - { when: own-failure, weight: strong }\n  - { when: { release: affected }, weight: strong }\n  - { when: { release: fixed }, weight: rules-out }\n",
        ),
    ];
    let mut files = embedded::files();
    files.extend(own.map(|(name, text)| RuleText { name: name.to_owned(), text: text.to_owned() }));
    let library = load(&files).unwrap();
    let at = |time: &str, version: &str| {
        format!("sw1#show version\nTime source is NTP, 10:00:00.000 UTC {time}\n{}sw1#\n", show_version("sw1", version, &["FCW1"]))
    };
    let (old, new) = (at("Mon Mar 6 2023", "17.3.3"), at("Tue Jun 6 2023", "17.9.4"));
    let later = at("Sun Aug 6 2023", "17.3.3");
    let seen = |day: &str| format!("<187>1: sw1: 000001: {day} 2023 09:00:00.000 UTC: %X-3-Y: own failure seen\n");
    for (name, files, expected) in [
        ("only the fixed release", vec![("a", new.clone()), ("c", seen("Apr  1"))], None),
        ("before the upgrade", vec![("a", old.clone()), ("b", new.clone()), ("c", seen("Apr  1"))], Some(("affected", "resolved"))),
        (
            "nearer to the output before the upgrade",
            vec![("a", old.clone()), ("b", new.clone()), ("c", seen("Apr 20"))],
            Some(("affected", "resolved")),
        ),
        ("nearer to the one after it", vec![("a", old.clone()), ("b", new.clone()), ("c", seen("Apr 22"))], None),
        (
            "before it and again under the new one",
            vec![("a", format!("{old}{}", seen("Mar  1"))), ("b", new.clone()), ("c", seen("Jun  5"))],
            None,
        ),
        (
            "under a fixed one, and again under the affected one",
            vec![("a", format!("{new}{}", seen("Jun  1"))), ("b", later.clone()), ("c", seen("Aug  5"))],
            Some(("affected", "active")),
        ),
        ("before anything", vec![("a", old.clone()), ("b", new.clone()), ("c", seen("Jan  1"))], Some(("affected", "resolved"))),
        ("after it", vec![("a", old.clone()), ("b", new.clone()), ("c", seen("Jul  1"))], None),
        ("in the log of the new release", vec![("a", old.clone()), ("b", format!("{new}{}", seen("Apr  1")))], None),
        (
            "no times",
            vec![("a", show_version("sw1", "17.3.3", &[])), ("b", show_version("sw1", "17.9.4", &[])), ("c", seen("Apr  1"))],
            None,
        ),
        ("the other way round", vec![("a", new.clone()), ("b", old.clone()), ("c", seen("Apr  1"))], Some(("affected", "resolved"))),
    ] {
        let scanner = Scanner::new(&library);
        let artifacts = files.iter().map(|(name, text)| scanner.scan_text(name, text.as_bytes())).collect();
        let case = CaseScan { artifacts, ..CaseScan::default() };
        let report = crate::diagnose::Diagnosis::new(case, &library).report(&crate::diagnose::Selection::default());
        let found = report.findings.iter().find(|finding| finding.id == "own-defect");
        let shown =
            found.map(|finding| (finding.affected.as_deref().unwrap_or("-").to_owned(), format!("{:?}", finding.status).to_lowercase()));
        let shown = shown.as_ref().map(|(affected, status)| (affected.as_str(), status.as_str()));
        assert_eq!(shown, expected, "{name}");
    }
}

/// An event of a capture: kind, fields.
fn event(kind: &'static str, fields: &[(&'static str, &str)]) -> Event {
    let fields = fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    Event { kind, place: Place::Packet(1), time: None, fields, text: kind.to_owned() }
}

fn refused(client: &str, server: &str, name: &str) -> Event {
    event("tcp-refused", &[("client", client), ("server", server), ("server_port", "443"), ("server_name", name)])
}

fn session(host: &str, addresses: &[&str]) -> String {
    let rows: Vec<String> =
        addresses.iter().enumerate().map(|(at, address)| format!("Vlan{at}   {address}   YES NVRAM  up   up\n")).collect();
    format!("{host}#show ip interface brief\nInterface   IP-Address      OK? Method Status   Protocol\n{}{host}#\n", rows.concat())
}

#[test]
fn a_capture_is_of_the_device_that_began_its_conversations() {
    let library = library();
    let scanner = Scanner::new(&library);
    let licensing = |client: &str| refused(client, "192.133.220.90:443", "smartreceiver.cisco.com");
    let sudi = event(
        "tls-certificate",
        &[
            ("client", "10.9.9.9:4000"),
            ("server", "192.133.220.90:443"),
            ("from", "client"),
            ("subjects", "serialNumber=PID:C9300-24T SN:FCW2,O=Cisco,CN=C9300-24T-0"),
        ],
    );
    let own = event(
        "tls-certificate",
        &[
            ("client", "10.9.9.9:4000"),
            ("server", "192.133.220.90:443"),
            ("from", "client"),
            ("subjects", "O=Corp,CN=sw2.corp.example"),
            ("leaf_names", "sw2.corp.example 10.9.9.9"),
        ],
    );
    let two = [
        ("a/1.log", session("sw1", &["10.1.1.1", "192.168.1.1"])),
        ("b/2.log", session("sw2", &["10.1.1.2", "192.168.1.1"]) + "sw2#show license udi\nUDI: PID:C9300-24T,SN:FCW2\nsw2#\n"),
    ];
    let one = [("a/1.log", session("sw1", &["10.1.1.1"]))];
    for (name, texts, path, events, expected) in [
        ("its address", &two[..], "c.pcap", vec![licensing("10.1.1.2:4000")], ("sw2", false)),
        ("mapped into version 6", &two[..], "c.pcap", vec![licensing("[::ffff:10.1.1.2]:4000")], ("sw2", false)),
        (
            "the server is a device too",
            &two[..],
            "c.pcap",
            vec![refused("10.1.1.2:4000", "10.1.1.1:443", "smartreceiver.cisco.com")],
            ("sw2", false),
        ),
        (
            "only the server is",
            &two[..],
            "c.pcap",
            vec![refused("10.9.9.9:4000", "10.1.1.1:443", "smartreceiver.cisco.com")],
            ("c.pcap", true),
        ),
        ("an address of both", &two[..], "c.pcap", vec![licensing("192.168.1.1:4000")], ("c.pcap", true)),
        ("an address of both, in the folder of one", &two[..], "a/c.pcap", vec![licensing("192.168.1.1:4000")], ("sw1", false)),
        ("the folder says one, the address another", &two[..], "a/c.pcap", vec![licensing("10.1.1.2:4000")], ("sw2", false)),
        ("an unknown address in the folder of one", &two[..], "a/c.pcap", vec![licensing("10.9.9.9:4000")], ("sw1", true)),
        ("a name in the file name", &two[..], "SW2_uplink.pcap", vec![licensing("192.168.1.1:4000")], ("sw2", false)),
        ("a name in the folder", &two[..], "sw1/uplink.pcap", vec![licensing("192.168.1.1:4000")], ("sw1", false)),
        ("part of a word is no name", &two[..], "sw22.pcap", vec![licensing("192.168.1.1:4000")], ("sw22.pcap", true)),
        ("the serial number in its certificate", &two[..], "c.pcap", vec![sudi, licensing("10.9.9.9:4000")], ("sw2", false)),
        ("the name in its certificate", &two[..], "c.pcap", vec![own, licensing("10.9.9.9:4000")], ("sw2", false)),
        ("nobody else in the case", &one[..], "c.pcap", vec![licensing("10.9.9.9:4000")], ("sw1", true)),
        ("nobody at all", &[], "c.pcap", vec![licensing("10.9.9.9:4000")], ("c.pcap", true)),
    ] {
        let mut artifacts: Vec<ArtifactScan> = texts.iter().map(|(name, text)| scanner.scan_text(name, text.as_bytes())).collect();
        artifacts.push(scanner.scan_events(path, &events));
        let at = artifacts.len() - 1;
        let found = all(&mut artifacts);
        let refusals = found.iter().flat_map(|device| device.tallies.iter().map(move |(id, seen)| (device, id, seen)));
        let wanted = library.signals.iter().position(|signal| signal.id == "syn-refused-licensing");
        let owners: Vec<(&str, bool)> = refusals
            .filter(|(_, id, _)| Some(id.0) == wanted)
            .map(|(device, _, seen)| (device.id.as_str(), seen.matches.iter().any(|found| found.0 == at && device.doubt(found).is_some())))
            .collect();
        assert_eq!(owners, [expected], "{name}");
    }
}

#[test]
fn each_client_of_a_capture_is_a_device_of_its_own() {
    let library = library();
    let scanner = Scanner::new(&library);
    let events: Vec<Event> = ["10.1.1.1:4000", "10.1.1.2:4000", "10.1.1.2:4001"]
        .map(|client| refused(client, "192.133.220.90:443", "smartreceiver.cisco.com"))
        .into();
    let texts = [("1.log", session("sw1", &["10.1.1.1"])), ("2.log", session("sw2", &["10.1.1.2"]))];
    let mut artifacts: Vec<ArtifactScan> = texts.iter().map(|(name, text)| scanner.scan_text(name, text.as_bytes())).collect();
    artifacts.push(scanner.scan_events("c.pcap", &events));
    let wanted = library.signals.iter().position(|signal| signal.id == "syn-refused-licensing").unwrap();
    let counts: Vec<(String, u64)> = all(&mut artifacts)
        .into_iter()
        .map(|device| (device.id, device.tallies.get(&SignalId(wanted)).map_or(0, |seen| seen.count)))
        .collect();
    assert_eq!(counts, [("sw1".to_owned(), 1), ("sw2".to_owned(), 2)]);
    // Of nobody known, they stay together: one device may use several addresses.
    let alone = all(&mut [scanner.scan_events("c.pcap", &events)]);
    assert_eq!(alone.len(), 1);
}

#[test]
fn what_a_collector_knows_by_address_is_the_device_that_has_it() {
    let library = library();
    let relayed = "Aug 23 09:19:45 10.1.1.1 45: *Aug 23 09:19:43.486: %SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : No detail given\n";
    for (addresses, expected) in [
        (vec![("sw1", "10.1.1.1")], vec!["sw1"]),
        (vec![("sw1", "10.1.1.2")], vec!["10.1.1.1", "sw1"]),
        (vec![("sw1", "10.1.1.1"), ("sw2", "10.1.1.1")], vec!["10.1.1.1", "sw1", "sw2"]),
    ] {
        let texts: Vec<(String, String)> =
            addresses.iter().map(|(host, address)| (format!("{host}.log"), session(host, &[address]))).collect();
        let mut files: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        files.push(("relay.log", relayed));
        let found = devices_of(&library, &files);
        let ids: Vec<&str> = found.iter().map(|device| device.id.as_str()).collect();
        assert_eq!(ids, expected, "{addresses:?}");
    }
}

#[test]
fn the_server_that_the_device_reports_to_is_known_by_its_facts() {
    let own = [
        (
            "signals/s.yaml",
            "signals:\n  - {id: own-refused, title: t, event: tcp-refused, with: {server_host: {host_of: [server.url, server.host], lacks: 'cisco\\.com$', else_matches: '^ssm'}}}\n  - {id: same, title: t, event: tcp-refused, with: {server_port: {same_as: server.port}}}\n",
        ),
        (
            "facts/f.yaml",
            "sections:\n  - {id: s, commands: [show server]}\nextract:\n  - {fact: server.url, sections: [s], pattern: '^url (?<value>\\S+)', keep: all}\n  - {fact: server.host, sections: [s], pattern: '^host (?<value>\\S+)'}\n  - {fact: server.port, sections: [s], pattern: '^port (?<value>\\S+)'}\n",
        ),
    ];
    let files: Vec<RuleText> = own.map(|(name, text)| RuleText { name: name.to_owned(), text: text.to_owned() }).into();
    let library = load(&files).unwrap();
    let scanner = Scanner::new(&library);
    let events = [
        refused("10.1.1.1:1", "10.7.7.7:443", "lx17.example"),
        refused("10.1.1.1:2", "10.7.7.8:443", "ssm.example"),
        refused("10.1.1.1:3", "10.7.7.9:443", ""),
        refused("10.1.1.1:4", "10.7.7.7:443", "lx17.example:443"),
        refused("10.1.1.1:5", "192.133.220.90:443", "smartreceiver.cisco.com"),
    ];
    let (host, port) = (SignalId(0), SignalId(1));
    for (output, by_host, by_port) in [
        ("url https://LX17.example:443/SmartTransport", 2, Truth::Unknown),
        ("url http://lx17:8182/cslu/v1/pi", 2, Truth::Unknown),
        ("url https://10.7.7.9/cslu", 1, Truth::Unknown),
        ("host 10.7.7.9\nurl https://ssm.example", 2, Truth::Unknown),
        ("url https://other.example", 0, Truth::Unknown),
        // What the other tests refuse is no server of one's own: then its look decides.
        ("url https://smartreceiver.cisco.com/licservice", 1, Truth::Unknown),
        ("url <empty>", 1, Truth::Unknown),
        ("port 443", 1, Truth::True),
        ("port 80", 1, Truth::False),
    ] {
        let text = scanner.scan_text("c/1.log", format!("sw1#show server\n{output}\nsw1#\n").as_bytes());
        let mut found = all(&mut [text, scanner.scan_events("c/2.pcap", &events)]);
        found.iter_mut().for_each(|device| device.settle(&library));
        assert_eq!(found.len(), 1, "{output}");
        assert_eq!(found[0].tallies.get(&host).map_or(0, |seen| seen.count), by_host, "{output}");
        let asked = match found[0].tallies.get(&port) {
            Some(seen) => Truth::of(seen.count == 5),
            None if found[0].undecided.contains(&port) => Truth::Unknown,
            None => Truth::False,
        };
        assert_eq!(asked, by_port, "{output}");
    }
}

#[test]
fn a_factory_name_is_shared_and_a_short_name_is_the_full_one() {
    let library = library();
    let ids = |files: &[(&str, &str)]| devices_of(&library, files).into_iter().map(|device| device.id).collect::<Vec<_>>();
    let (one, other) = (show_version("Switch", "17.3.3", &["FCW1111AAAA"]), show_version("Switch", "17.9.4", &["FCW2222BBBB"]));
    let log = "Switch#show logging\nJan 29 08:00:01.199: %SYS-5-CONFIG_I: Configured from console by vty0\n";
    assert_eq!(ids(&[("a/v.txt", &one), ("b/v.txt", &other)]), ["Switch (FCW1111AAAA)", "Switch (FCW2222BBBB)"]);
    // What states no serial number is of the one beside it.
    assert_eq!(ids(&[("a/v.txt", &one), ("a/log.txt", log), ("b/v.txt", &other)]).len(), 2);
    // A stack that lists both is one device.
    let stack = show_version("Switch", "17.3.3", &["FCW1111AAAA", "FCW2222BBBB"]);
    assert_eq!(ids(&[("a/v.txt", &one), ("stack.txt", &stack), ("b/v.txt", &other)]), ["Switch"]);
    // A name that somebody gave is one device, exchanged.
    let (before, after) = (show_version("sw1", "17.3.3", &["FCW1111AAAA"]), show_version("sw1", "17.9.4", &["FCW2222BBBB"]));
    assert_eq!(ids(&[("a/v.txt", &before), ("b/v.txt", &after)]), ["sw1"]);
    let relayed = |host: &str| format!("2024-02-01T09:00:00Z {host} 45: %SYS-5-CONFIG_I: Configured from console by vty0\n").repeat(3);
    assert_eq!(ids(&[("v.txt", &before), ("a.log", &relayed("sw1.corp.example"))]), ["sw1"]);
    assert_eq!(ids(&[("v.txt", &before), ("a.log", &relayed("sw1.a.example")), ("b.log", &relayed("sw1.b.example"))]).len(), 3);
}

/// One serial number under two names is one device only where the names cannot have been used at once.
#[test]
fn a_new_name_makes_no_new_device() {
    let session = |host: &str, clock: &str, serials: &[&str]| {
        let clock = if clock.is_empty() { String::new() } else { format!("{host}#show clock\n{clock}\n") };
        format!("{clock}{host}#show version\n{}{host}#\n", show_version(host, "17.3.3", serials))
    };
    let (march, june) = ("10:00:00.000 UTC Mon Mar 6 2023", "10:00:00.000 UTC Tue Jun 20 2023");
    let library = library();
    for (what, files, expected) in [
        ("one after the other", vec![session("old", march, &["FCW1"]), session("new", june, &["FCW1"])], vec!["new <- old"]),
        ("whatever the order of the files", vec![session("new", june, &["FCW1"]), session("old", march, &["FCW1"])], vec!["new <- old"]),
        ("another chassis", vec![session("old", march, &["FCW1"]), session("new", june, &["FCW2"])], vec!["new", "old"]),
        ("at the same time", vec![session("old", march, &["FCW1"]), session("new", march, &["FCW1"])], vec!["new", "old"]),
        ("nobody knows when", vec![session("old", "", &["FCW1"]), session("new", june, &["FCW1"])], vec!["new", "old"]),
        ("a stack", vec![session("old", march, &["FCW1", "FCW2"]), session("new", june, &["FCW1", "FCW2"])], vec!["new", "old"]),
        (
            "a unit of a stack that is still there",
            vec![session("old", march, &["FCW1"]), session("new", june, &["FCW1"]), session("stack", june, &["FCW1", "FCW2"])],
            vec!["new", "old", "stack"],
        ),
        (
            "three names",
            vec![session("a", march, &["FCW1"]), session("c", june, &["FCW1"]), session("b", "10:00:00.000 UTC Mon May 1 2023", &["FCW1"])],
            vec!["c <- a, b"],
        ),
        (
            "the old name came back",
            vec![session("a", march, &["FCW1"]), session("b", "10:00:00.000 UTC Mon May 1 2023", &["FCW1"]), session("a", june, &["FCW1"])],
            vec!["a", "b"],
        ),
    ] {
        let names: Vec<String> = (0..files.len()).map(|n| format!("{n}.txt")).collect();
        let files: Vec<(&str, &str)> = names.iter().zip(&files).map(|(name, text)| (name.as_str(), text.as_str())).collect();
        let shown = devices_of(&library, &files).into_iter().map(|device| match device.aliases.join(", ") {
            aliases if aliases.is_empty() => device.id,
            aliases => format!("{} <- {aliases}", device.id),
        });
        assert_eq!(shown.collect::<Vec<_>>(), expected, "{what}");
    }
}

#[test]
fn files_of_several_devices_in_one_folder_are_told_apart_by_their_names() {
    let library = library();
    let failed = "Apr  8 10:30:48.049 UTC: %SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : No detail given\n";
    let devices = |names: &[&str]| {
        let files: Vec<(&str, &str)> = names.iter().map(|name| (*name, failed)).collect();
        devices_of(&library, &files).len()
    };
    assert_eq!(devices(&["case/sw-a.log", "case/sw-b.log"]), 2);
    assert_eq!(devices(&["case/10.1.1.1.log", "case/10.1.1.2.log"]), 2);
    assert_eq!(devices(&["case/core1_log.txt", "case/core1_log_2.txt", "case/core2_log.txt"]), 2);
    for one in
        [["case/before.log", "case/after.log"], ["case/log1.txt", "case/log2.txt"], ["case/sw1_2024-04-08.log", "case/sw1_2024-04-09.log"]]
    {
        assert_eq!(devices(&one), 1, "{one:?}");
    }
}

#[test]
fn files_named_by_address_are_of_the_device_that_one_of_them_names() {
    let library = library();
    let log = "Apr  9 2024 08:15:02.119 UTC: %SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : No detail given\n";
    let (one, two) = (show_version("brn-acc-01", "17.3.3", &["FCW1"]), show_version("brn-acc-02", "17.9.5", &["FCW2"]));
    let devices = devices_of(
        &library,
        &[
            ("10.20.0.11_show_version.txt", &one),
            ("10.20.0.12_show_version.txt", &two),
            ("10.20.0.11_show_logging.txt", log),
            ("10.20.0.12_show_logging.txt", log),
        ],
    );
    let shown: Vec<(&str, usize)> = devices.iter().map(|device| (device.id.as_str(), device.artifacts.len())).collect();
    assert_eq!(shown, [("brn-acc-01", 2), ("brn-acc-02", 2)]);
}

#[test]
fn what_a_collector_knows_by_its_address_is_of_the_device_that_its_file_is_named_after() {
    let library = library();
    let log = |address: &str| {
        format!(
            "Apr  9 08:15:03 {address} 45: Apr  9 2024 08:15:02.119 UTC: %SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : No detail given\n"
        )
    };
    let one = show_version("core1", "17.3.3", &["FCW1"]);
    let two = show_version("core2", "17.9.5", &["FCW2"]);
    let addressed = one.clone() + "core1#show ip interface brief\nVlan1 10.1.1.9 YES NVRAM up up\n";
    let both = log("10.1.1.1") + &log("10.1.1.2");
    let expressway = "2024-04-09T08:15:03.354+00:00 expc1 tvcs: Event=\"Registration Accepted\" Service=\"SIP\" Level=\"1\" UTCTime=\"2024-04-09 08:15:03,354\"\n*s SystemUnit: /\n  Product: \"Cisco Expressway\"\n  Software: /\n    Version: \"X14.0.7\"\n*s/end\n".to_owned();
    for (what, files, expected) in [
        ("named files", vec![("a.txt", &one), ("b.txt", &two), ("core1_syslog.log", &log("10.1.1.1"))], vec!["core1", "core2"]),
        (
            "nothing says whose",
            vec![("a.txt", &one), ("b.txt", &two), ("syslog.log", &log("10.1.1.1"))],
            vec!["10.1.1.1", "core1", "core2"],
        ),
        ("the only device", vec![("a.txt", &one), ("syslog.log", &log("10.1.1.1"))], vec!["core1"]),
        ("an appliance", vec![("a.txt", &expressway), ("syslog.log", &log("10.1.1.1"))], vec!["10.1.1.1", "expc1"]),
        ("one of two addresses", vec![("a.txt", &one), ("core1_syslog.log", &both)], vec!["10.1.1.1", "10.1.1.2", "core1"]),
        ("another's file", vec![("core1.txt", &one), ("core2.log", &log("10.1.1.1"))], vec!["10.1.1.1", "core1"]),
        ("another address", vec![("a.txt", &addressed), ("syslog.log", &log("10.1.1.1"))], vec!["10.1.1.1", "core1"]),
    ] {
        let files: Vec<(&str, &str)> = files.into_iter().map(|(name, text)| (name, text.as_str())).collect();
        let devices = devices_of(&library, &files);
        assert_eq!(devices.iter().map(|device| device.id.as_str()).collect::<Vec<_>>(), expected, "{what}");
    }
}

#[test]
fn a_name_that_is_given_in_a_session_makes_no_new_device() {
    let library = library();
    let renaming = "Switch#configure terminal\nSwitch(config)#hostname BRN-acc-01\nBRN-acc-01(config)#end\nBRN-acc-01#show clock\n10:00:00.000 UTC Fri Apr 12 2024\n";
    let session = format!("Switch#show version\n{}{renaming}", show_version("Switch", "17.3.3", &["FCW1"]));
    let back = format!(
        "sw1#show version\n{}sw1(config)#hostname tmp\ntmp(config)#hostname sw1\nsw1(config)#end\nsw1#show clock\n10:00:00.000 UTC Fri Apr 12 2024\n",
        show_version("sw1", "17.3.3", &["FCW1"])
    );
    // Who goes on to another device gives it no name.
    let hop = format!(
        "Switch#show version\n{}Switch#ssh sw2\nsw2#show clock\n10:00:00.000 UTC Fri Apr 12 2024\n",
        show_version("Switch", "17.3.3", &["FCW1"])
    );
    for (text, expected) in [(&session, &["BRN-acc-01"][..]), (&back, &["sw1"]), (&hop, &["Switch", "sw2"])] {
        let devices = devices_of(&library, &[("session.log", text)]);
        let ids: Vec<&str> = devices.iter().map(|device| device.id.as_str()).collect();
        assert_eq!(ids, expected, "{text}");
        assert_eq!(devices[0].identity.version.as_deref(), Some("17.3.3"), "{text}");
    }
}

#[test]
fn a_file_without_a_name_in_it_is_of_the_device_that_names_it() {
    let library = library();
    let versions = [show_version("CORE1", "17.3.3", &["FCW1"]), show_version("CORE2", "17.9.3", &["FCW2"])];
    let log = "Apr  8 10:30:48.049 UTC: %SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : No detail given\n";
    for [first, second] in [
        ["case/CORE1_show_logging.txt", "case/CORE2_show_logging.txt"],
        ["case/show_logging-core1.log", "case/show_logging-core2.log"],
        ["case/logs/20240410-CORE1.corp.example.txt", "case/logs/20240410-CORE2.corp.example.txt"],
    ] {
        let files = [("case/a.txt", &*versions[0]), ("case/b.txt", &*versions[1]), (first, log), (second, log)];
        let devices = devices_of(&library, &files);
        let ids: Vec<(&str, usize)> = devices.iter().map(|device| (device.id.as_str(), device.artifacts.len())).collect();
        assert_eq!(ids, [("CORE1", 2), ("CORE2", 2)], "{first}");
    }
    // Of the only named device, but the file says that it is another's.
    let devices = devices_of(&library, &[("case/sw1.txt", &show_version("sw1", "17.3.3", &["FCW1"])), ("case/sw2.log", log)]);
    assert_eq!(devices.len(), 2);
}

#[test]
fn what_is_typed_at_a_prompt_is_of_its_device_whatever_the_prompt_leaves_of_the_name() {
    let library = library();
    let log = "Apr  8 10:30:48.049 UTC: %SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : No detail given";
    for prompt in ["core-distribution-sw#", "core-distributi(config)#do ", "SITE/core-distribution-switch-01#"] {
        let version = show_version("core-distribution-switch-01", "17.3.3", &["FCW1"]);
        let session = format!("{prompt}show version\n{version}{prompt}show logging\n{log}\n{prompt}\n");
        let devices = devices_of(
            &library,
            &[("session.log", &session), ("syslog.log", &format!("<189>Apr  8 2024 10:30:48 core-distribution-switch-01 {log}\n"))],
        );
        let ids: Vec<&str> = devices.iter().map(|device| device.id.as_str()).collect();
        assert_eq!(ids, ["core-distribution-switch-01"], "{prompt}");
        assert_eq!(devices[0].identity.version.as_deref(), Some("17.3.3"), "{prompt}");
    }
}

#[test]
fn what_stands_above_an_output_or_a_recording_dates_it() {
    let library = library();
    let status = "Load for five secs: 1%/0%; one minute: 2%; five minutes: 2%\nTime source is NTP, 05:30:30.132 UTC Mon Oct 24 2022\n\nSmart Licensing Status\n======================\nUtility:\n  Status: DISABLED\n";
    let devices = devices_of(&library, &[("status.txt", status)]);
    assert_eq!(devices[0].latest.as_ref().and_then(Stamp::rfc3339).as_deref(), Some("2022-10-24T05:30:30.132Z"));
    let session = "=~=~=~=~=~=~=~=~=~=~=~= PuTTY log 2024.04.09 12:01:02 =~=~=~=~=~=~=~=~=~=~=~=\nsw1#show logging\nApr  8 10:30:48.049 UTC: %SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : No detail given\n";
    let devices = devices_of(&library, &[("putty.log", session)]);
    let times: Vec<Option<String>> =
        devices[0].tallies.values().flat_map(|seen| &seen.matches).map(|(_, found)| found.time.as_ref().and_then(Stamp::rfc3339)).collect();
    assert!(!times.is_empty() && times.iter().all(|time| time.as_deref() == Some("2024-04-08T10:30:48.049Z")), "{times:?}");
}

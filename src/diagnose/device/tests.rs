use super::*;
use crate::rules::library::Library;
use crate::rules::load::{RuleText, embedded, load};
use crate::scan::{CaseScan, Scanner};

fn library() -> Library {
    load(&embedded()).unwrap()
}

fn devices_of(library: &Library, files: &[(&str, &str)]) -> Vec<Device> {
    let scanner = Scanner::new(library);
    let artifacts: Vec<ArtifactScan> = files.iter().map(|(name, text)| scanner.scan_text(name, text.as_bytes())).collect();
    devices(&artifacts)
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
    let mut files = embedded();
    files.extend(own.map(|(name, text)| RuleText { name: name.to_owned(), text: text.to_owned() }));
    let library = load(&files).unwrap();
    let at = |time: &str, version: &str| {
        format!("sw1#show version\nTime source is NTP, 10:00:00.000 UTC {time}\n{}sw1#\n", show_version("sw1", version, &["FCW1"]))
    };
    let (old, new) = (at("Mon Mar 6 2023", "17.3.3"), at("Tue Jun 6 2023", "17.9.4"));
    let seen = |day: &str| format!("<187>1: sw1: 000001: {day} 2023 09:00:00.000 UTC: %X-3-Y: own failure seen\n");
    for (name, files, expected) in [
        ("only the fixed release", vec![("a", new.clone()), ("c", seen("Apr  1"))], None),
        ("before the upgrade", vec![("a", old.clone()), ("b", new.clone()), ("c", seen("Apr  1"))], Some(("affected", "resolved"))),
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

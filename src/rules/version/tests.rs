use super::*;

fn shown(hint: Option<&str>, text: &str) -> String {
    match parse(hint, text) {
        None => "nothing".to_owned(),
        Some(version) => {
            let debug = format!("{version:?}");
            format!("{} {version}", debug.split('(').next().unwrap_or(""))
        }
    }
}

#[test]
fn forms() {
    let table: &[(Option<&str>, &str, &str)] = &[
        // IOS-XE
        (None, "17.3.2a", "IosXe 17.3.2a"),
        (None, "17.03.02a", "IosXe 17.3.2a"),
        (None, "17.03.02a.SPA", "IosXe 17.3.2a"),
        (None, "cat9k_iosxe.17.03.02a.SPA.bin", "IosXe 17.3.2a"),
        (None, "C9800-CL-universalk9.17.03.05.SPA.bin", "IosXe 17.3.5"),
        (None, "bootflash:vg4x0-universalk9.17.12.01a.SPA.bin", "IosXe 17.12.1a"),
        (Some("ios-xe"), "Cisco IOS XE Software, Version 17.05.01a", "IosXe 17.5.1a"),
        (Some("wlc-9800"), "Version 17.5.1a, RELEASE SOFTWARE (fc3)", "IosXe 17.5.1a"),
        (None, "16.12.1z1", "IosXe 16.12.1z1"),
        (None, "17.03.02.0.3793", "IosXe 17.3.2"),
        (
            None,
            "Cisco IOS Software [Bengaluru], ASR1000 Software (X86_64_LINUX_IOSD-UNIVERSALK9-M), Version 17.5.1a, RELEASE SOFTWARE (fc3)",
            "IosXe 17.5.1a",
        ),
        // engineering builds
        (Some("ios-xe"), "BLD_POLARIS_DEV_LATEST_20220708_143608", "Engineering engineering build"),
        (Some("ios-xe"), "Experimental Version 17.10.20220708:150333", "Engineering engineering build of train 17.10"),
        (None, "17.10.20220708:150333", "Engineering engineering build of train 17.10"),
        // older
        (Some("ios-xe"), "03.06.07E", "Legacy 03.06.07E"),
        (Some("ios-xe"), "03.04.06.SG", "Legacy 03.04.06.SG"),
        (Some("ios"), "15.2(2)E7", "Legacy 15.2(2)E7"),
        (None, "Version 12.1(22)EA12, RELEASE SOFTWARE (fc1)", "Legacy 12.1(22)EA12"),
        (None, "12.4(25d)", "Legacy 12.4(25D)"),
        (None, "asr1001-universalk9.03.09.01.S.153-2.S1.bin", "Legacy 03.09.01.S"),
        (Some("ios"), "15.2(4.0.55)E, TEST ENGINEERING ESTG_WEEKLY BUILD", "Legacy 15.2(4.0.55)E"),
        // NX-OS and ACI
        (None, "9.3(5)", "NxOs 9.3(5)"),
        (Some("nx-os"), "10.2(3)F", "NxOs 10.2(3)"),
        (Some("nx-os"), "10.2(3) [Feature Release]", "NxOs 10.2(3)"),
        (Some("nx-os"), "10.4(5) [Maintenance Release]", "NxOs 10.4(5)"),
        (Some("nx-os"), "10.4(3) [build 10.4(2)IMG9(0.27)]", "NxOs 10.4(3)"),
        (Some("nx-os"), "9.3(6uu)I9(1uu) [build 9.3(6)]", "NxOs 9.3(6)"),
        (None, "7.0(3)I7(9)", "NxOs 7.0(3)I7(9)"),
        (None, "6.0(2)U6(10)", "NxOs 6.0(2)U6(10)"),
        (None, "7.1(4)N1(1)", "NxOs 7.1(4)N1(1)"),
        (None, "8.0(1)", "NxOs 8.0(1)"),
        (None, "nxos.9.3.6.bin", "NxOs 9.3(6)"),
        (None, "nxos64-cs.10.2.3.F.bin", "NxOs 10.2(3)"),
        (None, "bootflash:///nxos.7.0.3.I4.3.bin", "NxOs 7.0(3)I4(3)"),
        (None, "bootflash:///n9000-dk9.6.1.2.I3.1.bin", "NxOs 6.1(2)I3(1)"),
        (None, "/bootflash/aci-n9000-dk9.14.0.1h.bin", "Aci 14.0(1h)"),
        (Some("nx-os"), "14.0(1h) [build 14.0(1h)]", "Aci 14.0(1h)"),
        (None, "15.3(2b)", "Aci 15.3(2b)"),
        (Some("aci"), "12.2(1i)", "Aci 12.2(1i)"),
        // Expressway
        (None, "X14.2.5", "Expressway X14.2.5"),
        (None, "x14.0.11", "Expressway X14.0.11"),
        (None, "X14.2", "Expressway X14.2.0"),
        (None, "X14.0.11 (Test SW)", "Expressway X14.0.11"),
        (None, "X8.11.4", "Expressway X8.11.4"),
        (None, "s42700x14_0_6.tar.gz", "Expressway X14.0.6"),
        (Some("expressway"), "14.2.5", "Expressway X14.2.5"),
        // On-Prem, agent, IOS XR
        (None, "8-202102", "OnPrem 8-202102"),
        (Some("ssm-on-prem"), "SSM On-Prem 7-202001.2", "OnPrem 7-202001.2"),
        (None, "5.3.10_rel/25", "Agent 5.3.10"),
        (None, "4.8.5.4_rel/22", "Agent 4.8.5.4"),
        (None, "6.3.10/58086906e", "Agent 6.3.10"),
        (None, "5.0.9_release", "Agent 5.0.9"),
        (Some("ios-xr"), "6.6.3", "IosXr 6.6.3"),
        (Some("ios-xr"), "24.1.1", "IosXr 24.1.1"),
        (None, "7.9.2 LNT", "IosXr 7.9.2"),
        // nothing
        (None, "", "nothing"),
        (None, "6.6.3", "nothing"),
        (None, "3.6.0", "nothing"),
        (None, "v1.2.0.1", "nothing"),
        (None, "bootflash:disk0/hfr-os-mbi-4.1.0/mbihfr-rp.vm", "nothing"),
        (None, "17.3", "nothing"),
        (None, "Amsterdam", "nothing"),
        (None, "10.1.1.1", "nothing"),
        (Some("asa"), "9.5(2)204", "nothing"),
        (None, "9.5(2)204", "nothing"),
        (Some("ios-xe"), "X14.2.5", "nothing"),
        (None, "99999999999.1.1", "nothing"),
    ];
    for (hint, text, expected) in table {
        assert_eq!(shown(*hint, text), *expected, "{text}");
    }
}

fn version(text: &str) -> Version {
    parse(None, text).unwrap_or_else(|| panic!("{text}"))
}

#[test]
fn order() {
    for row in [
        &["16.12.1", "16.12.1z", "16.12.1z1", "17.3.1", "17.3.2", "17.3.2a", "17.3.3", "17.12.1"][..],
        &["9.3(4)", "9.3(5)", "9.3(7)", "9.3(7a)", "10.1(1)", "10.2(3)F"],
        &["7.0(3)I7(8)", "7.0(3)I7(9)", "7.0(3)I7(10)"],
        &["X8.11.4", "X12.6", "X14.0.6", "X14.0.11", "X14.2", "X14.2.5", "X15.0"],
        &["7-202001", "8-202102", "8-202105", "8-202105.1"],
        &["4.8.5.4_rel/22", "5.0.9_release", "5.3.10_rel/25", "5.11.4_rel/20", "6.3.10/58086906e"],
    ] {
        for pair in row.windows(2) {
            assert!(version(pair[0]) < version(pair[1]), "{pair:?}");
        }
    }
    for (left, right) in [
        ("7.0(3)I7(9)", "9.3(5)"),
        ("7.0(3)I7(9)", "6.0(2)U6(10)"),
        ("15.3(2b)", "9.3(5)"),
        ("15.2(2)E7", "17.3.1"),
        ("X14.2", "17.3.1"),
        ("15.2(2)E7", "15.2(3)E"),
    ] {
        assert_eq!(version(left).partial_cmp(&version(right)), None, "{left} {right}");
    }
    assert_eq!(version("15.2(2)E7").partial_cmp(&version("15.2(2)e7")), Some(Ordering::Equal));
}

fn releases(minimum: Option<&str>, fixed: &[&str], affected: &[&str]) -> Releases {
    Releases {
        fixed: fixed.iter().map(|text| version(text)).collect(),
        affected: affected.iter().map(|text| parse_range(text).unwrap()).collect(),
        minimum: minimum.map(version),
        legacy: false,
    }
}

fn cscwa11048() -> Releases {
    releases(Some("17.3.2"), &["17.3.5", "17.6.3", "17.8.1"], &[])
}

fn cscwe09378() -> Releases {
    releases(Some("X12.6"), &["X14.0.11", "X14.2.5", "X14.3"], &["X12.6..X14.0.10", "X14.1.*", "X14.2.0..X14.2.4"])
}

fn fn72323() -> Releases {
    let affected = ["16.1..16.11", "16.12.1..16.12.5b", "17.1", "17.2", "17.3.1..17.3.3", "17.4.1", "17.4.1a", "17.4.1b"];
    releases(None, &["16.12.6", "17.3.4", "17.4.2", "17.5.1", "17.6.1", "17.7.1"], &affected)
}

fn fn72298() -> Releases {
    let affected = ["16.9.1..16.12.1", "17.1", "17.2", "17.3.1..17.3.3a", "17.4.1..17.4.1b", "17.5.1", "17.5.1a"];
    releases(None, &["17.6.1"], &affected)
}

fn fn72578() -> Releases {
    let affected = ["17.3.2..17.3.2a", "17.3.3..17.3.6", "17.4.1", "17.5.1", "17.6.1..17.6.4", "17.7.1"];
    releases(Some("17.3.2"), &["17.3.7", "17.6.5", "17.9.1"], &affected)
}

#[test]
fn standings() {
    use Standing::*;
    type Row<'a> = (&'a str, Releases, &'a [(&'a str, Standing)]);
    let table: &[Row<'_>] = &[
        (
            "CSCwa11048",
            cscwa11048(),
            &[
                ("17.3.4", Affected),
                ("17.3.5", Fixed),
                ("17.03.05a", Fixed),
                ("17.4.2", Affected),
                ("17.6.2", Affected),
                ("17.6.3", Fixed),
                ("17.7.1", Affected),
                ("17.8.1", Fixed),
                ("17.9.4a", Fixed),
                ("16.12.6", NotApplicable),
                // wrong platform, older systems, builds between releases
                ("X14.2.5", NotApplicable),
                ("9.3(5)", NotApplicable),
                ("15.2(2)E7", NotApplicable),
                ("17.10.20220708:150333", Unknown),
            ],
        ),
        (
            "CSCwe09378",
            cscwe09378(),
            &[
                ("X14.0.10", Affected),
                ("X14.0.11", Fixed),
                ("x14.1.5", Affected),
                ("X14.2", Affected),
                ("X14.2.5", Fixed),
                ("X14.3.1", Fixed),
                ("X15.0", Fixed),
                ("X12.7.1", Affected),
                ("X8.11.4", NotApplicable),
                ("17.3.4", NotApplicable),
            ],
        ),
        (
            "FN72323",
            fn72323(),
            &[
                ("16.12.5b", Affected),
                ("16.12.6", Fixed),
                ("17.1.1", Affected),
                ("17.2.3", Affected),
                ("17.3.3", Affected),
                ("17.3.4", Fixed),
                ("17.4.1b", Affected),
                ("17.4.2", Fixed),
                ("17.5.1", Fixed),
                ("16.9.5", Affected),
                ("17.9.4a", Fixed),
            ],
        ),
        ("FN72298", fn72298(), &[("17.5.1", Affected), ("17.3.4", LeaningAffected), ("17.6.1", Fixed), ("17.3.3a", Affected)]),
        (
            "FN72578",
            fn72578(),
            &[
                ("17.3.2", Affected),
                ("17.3.2a", Affected),
                ("17.3.6", Affected),
                ("17.3.7", Fixed),
                ("17.5.1", Affected),
                ("17.6.5", Fixed),
                ("17.7.1", Affected),
                ("17.8.1", LeaningAffected),
                ("17.9.1", Fixed),
                ("17.3.1", NotApplicable),
            ],
        ),
        // On-Prem counts by major and month
        (
            "On-Prem with SLP",
            releases(None, &["8-202105"], &[]),
            &[("8-202102", Affected), ("8-202105.1", Fixed), ("7-202001", Affected), ("9-202502", Fixed)],
        ),
        // NX-OS counts within one train tag
        (
            "NX-OS",
            releases(None, &["9.3(7)"], &["9.3(1)..9.3(4)"]),
            &[
                ("9.3(4)", Affected),
                ("9.3(5)", LeaningAffected),
                ("9.3(7a)", Fixed),
                ("10.2(3)F", Fixed),
                ("7.0(3)I7(9)", Unknown),
                ("15.3(2b)", NotApplicable),
            ],
        ),
        ("nothing published", releases(None, &[], &[]), &[("17.3.4", Unknown)]),
        ("affected only", releases(None, &[], &["16.1.0..16.8.3"]), &[("16.6.4", Affected), ("16.9.1", Unknown), ("X14.2", NotApplicable)]),
    ];
    for (name, releases, rows) in table {
        for (text, expected) in *rows {
            let (standing, why) = standing(Some(&version(text)), releases);
            assert_eq!(standing, *expected, "{name} {text}: {why}");
        }
        assert_eq!(standing(None, releases).0, Unknown, "{name}");
    }
    let open = Releases { legacy: true, ..releases(None, &[], &["16.1.0..16.8.3"]) };
    assert_eq!(standing(Some(&version("15.2(2)E7")), &open).0, Unknown);
}

#[test]
fn reasons() {
    for (text, releases, expected) in [
        ("17.3.4", cscwa11048(), "17.3.4 is below 17.3.5, the first fixed release of train 17.3"),
        ("17.03.05a", cscwa11048(), "17.3.5a has the fix of 17.3.5"),
        ("17.4.2", cscwa11048(), "no release of train 17.4 is named as fixed, and it is older than 17.8.1"),
        ("17.9.4a", cscwa11048(), "train 17.9 is newer than 17.8.1, the newest first fixed release"),
        ("16.12.6", cscwa11048(), "16.12.6 is below 17.3.2, the first release this can occur in"),
        ("X14.2", cscwe09378(), "X14.2.0 is named as affected"),
        (
            "17.8.1",
            fn72578(),
            "no release of train 17.8 is named as fixed, and it is older than 17.9.1; 17.8.1 is not named as affected either",
        ),
        ("03.06.07E", fn72323(), "03.06.07E is older than IOS-XE 16, which this is about"),
    ] {
        let version = parse(Some("ios-xe"), text).or_else(|| parse(None, text)).unwrap();
        assert_eq!(standing(Some(&version), &releases).1, expected);
    }
}

#[test]
fn the_nearest_way_forward_comes_first() {
    for (text, releases, expected) in [
        ("17.3.4", cscwa11048(), "17.3.5"),
        ("17.4.2", cscwa11048(), "17.6.3"),
        ("17.7.1", cscwa11048(), "17.8.1"),
        ("X12.7.1", cscwe09378(), "X14.0.11"),
        ("X14.1.5", cscwe09378(), "X14.2.5"),
        ("17.8.1", fn72578(), "17.9.1"),
        ("17.3.4", fn72298(), "17.6.1"),
    ] {
        let first = ways_forward(Some(&version(text)), &releases)[0];
        assert_eq!(releases.fixed[first], version(expected), "{text}");
    }
    let all: Vec<usize> = (0..cscwa11048().fixed.len()).collect();
    assert_eq!(ways_forward(None, &cscwa11048()), all);
    assert_eq!(ways_forward(Some(&version("17.99.1")), &cscwa11048()), all);
}

#[test]
fn ranges() {
    for (range, inside, outside) in [
        ("17.3.1..17.3.3", &["17.3.1", "17.3.1a", "17.3.3", "17.3.3a"][..], &["17.3.4", "17.2.9", "16.12.1"][..]),
        ("16.1..16.11", &["16.1.1", "16.11.9z", "16.9.4"], &["16.12.1", "17.1.1"]),
        ("17.4.*", &["17.4.1", "17.4.2"], &["17.5.1", "17.3.9"]),
        ("17.4", &["17.4.1", "17.4.2"], &["17.5.1"]),
        ("17.4.1b", &["17.4.1b", "17.04.01b"], &["17.4.1", "17.4.1a", "17.4.1c"]),
        ("17.4.1", &["17.4.1", "17.4.1a"], &["17.4.2"]),
        ("16.12.1..16.12.5b", &["16.12.5", "16.12.5b", "16.12.1s"], &["16.12.6", "16.12.5c"]),
        ("X12.6..X14.0.10", &["X12.6", "X12.7.1", "X14.0.10"], &["X14.0.11", "X12.5.9", "17.3.1"]),
        ("X14.1.*", &["X14.1.0", "X14.1.5"], &["X14.2"]),
        ("9.3(1)..9.3(4)", &["9.3(1)", "9.3(4)"], &["9.3(5)", "7.0(3)I7(9)", "9.3(4a)"]),
        ("16.1.0..16.8", &["16.8.3"], &["16.9.1"]),
    ] {
        let parsed = parse_range(range).unwrap();
        for text in inside {
            assert!(parsed.contains(&version(text)), "{text} in {range}");
        }
        for text in outside {
            assert!(!parsed.contains(&version(text)), "{text} in {range}");
        }
    }
    for (range, expected) in [
        ("", "`` is no version"),
        ("17", "`17` is no version"),
        ("6.1", "`6.1` is no train of a known product"),
        ("17.3.4..17.3.1", "`17.3.4..17.3.1` is upside down: 17.3.4 is above 17.3.1"),
        ("17.3.1..X14.2", "`17.3.1..X14.2`: 17.3.1 and X14.2.0 are of different products or trains"),
        ("17.3.1..", "`` is no version"),
    ] {
        assert_eq!(parse_range(range), Err(expected.to_owned()), "{range}");
    }
}

mod properties {
    use super::*;
    use proptest::prelude::*;

    fn ios_xe() -> impl Strategy<Value = String> {
        ("1[67]", 0..4_u32, 0..4_u32, "[a-c]?", "[0-2]?").prop_map(|(major, minor, rebuild, letter, digit)| {
            format!("{major}.{minor}.{rebuild}{letter}{}", if letter.is_empty() { "" } else { &digit })
        })
    }

    fn any_version() -> impl Strategy<Value = String> {
        prop_oneof![
            ios_xe(),
            "[79]\\.[0-3]\\([1-5][a-c]?\\)(I[67]\\([1-3]\\))?F?",
            "X1[24]\\.[0-3](\\.[0-9])?",
            "[78]-20200[1-9](\\.[1-3])?",
            "1[3-5]\\.[0-2]\\([1-3][a-c]\\)",
            "5\\.[0-9]\\.[0-9]_rel/2",
        ]
    }

    proptest! {
        #[test]
        fn ios_xe_is_totally_ordered(left in ios_xe(), right in ios_xe()) {
            let (left, right) = (version(&left), version(&right));
            let order = left.partial_cmp(&right);
            prop_assert!(order.is_some());
            prop_assert_eq!(order == Some(Ordering::Equal), left == right);
            prop_assert_eq!(order.map(Ordering::reverse), right.partial_cmp(&left));
        }

        #[test]
        fn order_is_transitive(a in any_version(), b in any_version(), c in any_version()) {
            let (a, b, c) = (version(&a), version(&b), version(&c));
            if a <= b && b <= c {
                prop_assert!(a <= c);
            }
            prop_assert_eq!(a.partial_cmp(&b).map(Ordering::reverse), b.partial_cmp(&a));
        }

        #[test]
        fn padding_means_nothing(text in ios_xe()) {
            let padded = text.split('.').map(|part| format!("0{part}")).collect::<Vec<_>>().join(".");
            prop_assert_eq!(parse(None, &padded), parse(None, &text));
            let image = format!("cat9k_iosxe.{padded}.SPA.bin");
            prop_assert_eq!(parse(None, &image), parse(None, &text));
        }

        #[test]
        fn what_is_shown_reads_back(text in any_version()) {
            let read = version(&text);
            let hint = matches!(read, Version::Agent(_)).then_some("agent");
            prop_assert_eq!(parse(hint, &read.to_string()), Some(read));
        }

        #[test]
        fn a_later_release_of_a_train_never_loses_the_fix(text in ios_xe(), more in 1..4_u32) {
            let early = version(&text);
            let Version::IosXe(mut later) = early.clone() else { unreachable!() };
            later.rebuild += more;
            let releases = releases(None, &["16.1.2", "17.2.1"], &[]);
            if standing(Some(&early), &releases).0 == Standing::Fixed {
                prop_assert_eq!(standing(Some(&Version::IosXe(later)), &releases).0, Standing::Fixed);
            }
        }

        #[test]
        fn never_panics(text in "\\PC{0,40}", near in "[0-9.()a-zX_\\-/ é]{0,30}") {
            for text in [text, near] {
                for hint in [None, Some("ios-xe"), Some("nx-os"), Some("expressway"), Some("ios-xr"), Some("agent"), Some("ssm-on-prem")] {
                    let _ = parse(hint, &text);
                }
                let _ = parse_range(&text);
            }
        }
    }
}

//! Outputs are read the same whether all their lines are looked at or few, and wherever the pieces of a text end.

use proptest::prelude::*;

use super::*;
use crate::intake::{Content, Encoding, LogicalPath};
use crate::rules::embedded;
use crate::scan::empty_scan;
use crate::scan::sift::sift;

/// Lines that begin and end outputs, lines with values in them, lines with headings, and what consoles and people leave.
const LINES: [&str; 44] = [
    "------------------ show running-config ------------------",
    "------------------ show running-config ------------------",
    "------------------ show processes cpu sorted ------------------",
    "------------------ show version ------------------",
    "------------------ show license all ------------------",
    "------------------ show interfaces ------------------",
    "------------------ dir flash: ------------------",
    "`show running-config`",
    "!Command: show running-config",
    "!Command: dir",
    "SW1#show running-config",
    "SW1#",
    "SW2#dir",
    "Building configuration...",
    "Current configuration : 1234 bytes",
    "% Invalid input detected at '^' marker.",
    "Time source is NTP, 10:11:12.000 UTC Mon Jan 1 2024",
    "hostname sw7",
    "> hostname sw8",
    "hosst\x08\x08tname sw9",
    "\x1b[0mhost\x1b[0mname sw10",
    " --More-- hostname sw11",
    "first\rhostname sw12",
    "interface GigabitEthernet0/0",
    " vrf forwarding Mgmt-vrf",
    " ip address 10.0.0.1 255.255.255.0",
    "  ip address 10.0.0.2 255.255.255.0",
    "crypto pki trustpoint SLA-TrustPoint",
    " revocation-check none",
    "call-home",
    " profile \"CiscoTAC-1\"",
    "  active",
    " no active",
    "enable",
    " spanning-tree bpduguard enable",
    "ip name-server vrf Mgmt-vrf 10.0.0.3",
    "ip http client source-interface Vlan1",
    "ip domain lookup source-interface Vlan\u{e9}",
    "end",
    "  12   317256956     3394236       7342  1.42%  2.46%  2.00%   0 SAGetRUMIds",
    "Status: REGISTERED",
    "Transport:",
    "*Mar  2 10:00:00.000: %SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : x",
    "",
];

/// A line that says nothing, and how many of them there are before all others.
const BEGIN: &str = "!\n";
const FIRST: usize = 60;

fn scan(scanner: &Scanner<'_>, text: &str, cuts: &[usize]) -> ArtifactScan {
    let mut assembler = Assembler::new(scanner, empty_scan(LogicalPath::input("case.log"), Content::Text(Encoding::Utf8)));
    let text = text.as_bytes();
    let mut from = 0;
    for cut in cuts.iter().copied().chain([text.len()]) {
        let to = memchr(b'\n', &text[cut.max(from)..]).map_or(text.len(), |end| cut.max(from) + end + 1);
        assembler.piece(&text[from..], to - from, &sift(scanner, &text[from..], to - from));
        from = to;
    }
    ArtifactScan { bytes: 0, ..assembler.finish(true) }
}

#[test]
fn passing_over_lines_changes_nothing() {
    let library = embedded::library().unwrap();
    let scanner = Scanner::new(&library);
    let lines = prop_oneof![
        40 => proptest::sample::select(LINES.to_vec()).prop_map(|line| format!("{line}\n")),
        4 => (1..900usize).prop_map(|count| " description one of many lines that hold nothing\n".repeat(count)),
        1 => (1..3000usize).prop_map(|length| format!("{}\r\n", "-".repeat(length))),
    ];
    let texts = (proptest::collection::vec(lines, 1..60), proptest::collection::vec(0.0..1.0, 0..4));
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(100));
    let read = std::cell::Cell::new(0);
    runner
        .run(&texts, |(lines, cuts)| {
            // The first piece of a text holds its first lines.
            let text = format!("{}{}", BEGIN.repeat(FIRST), lines.concat());
            // Of a line with a bell on it nobody knows what it is without looking.
            let marked = text.replace('\n', "\x07\n");
            let first = BEGIN.len() * FIRST;
            let mut cuts: Vec<usize> = cuts.iter().map(|cut| first + ((text.len() - first) as f64 * cut) as usize).collect();
            cuts.sort_unstable();
            let whole = scan(&scanner, &text, &[]);
            read.set(read.get() + whole.subjects.iter().map(|subject| subject.facts.len()).sum::<usize>());
            prop_assert!(scan(&scanner, &marked, &[]) == whole, "{text}");
            prop_assert!(scan(&scanner, &text, &cuts) == whole, "{text} in pieces");
            Ok(())
        })
        .unwrap();
    assert!(read.get() > 100, "{}", read.get());
}

#[test]
fn of_many_outputs_the_last_of_each_kind_is_kept() {
    let library = embedded::library().unwrap();
    let scanner = Scanner::new(&library);
    let text = "SW1#show version\nx\n".repeat(3_000) + "SW1#show license all\nx\nSW1#show version\nx\nSW1#";
    let scan = scanner.scan_text("a.txt", text.as_bytes());
    let sections = &scan.subjects[0].sections;
    assert!(sections.len() < 600, "{}", sections.len());
    let lines: Vec<u64> = sections.iter().rev().take(2).map(|section| section.line).collect();
    assert_eq!(lines, [6_001, 6_003]);
}

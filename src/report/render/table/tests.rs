use super::wrap::columns;
use super::*;
use crate::intake::escape;
use crate::report::model::{Coverage, Device, Finding, Kind, Severity, Suppressed};
use crate::report::samples;

const WIDTHS: [usize; 7] = [20, 40, 60, 80, 100, 160, 200];

fn plain(report: &Report, width: usize, verbose: bool) -> String {
    table(report, &Style { width, verbose, ..Style::default() })
}

/// Prints the pages for reading: `cargo test --lib pages_for_reading -- --nocapture`.
#[test]
fn pages_for_reading() {
    for width in [40usize, 60, 80, 100, 160] {
        println!("{}{width}", "─".repeat(width.saturating_sub(3)));
        println!("{}", plain(&samples::rich(), width, false));
    }
    println!("{}", plain(&samples::healthy(), 80, false));
    println!("{}", plain(&samples::empty(), 80, true));
}

/// Texts that stand on their line alone, whatever its width.
fn unbreakable(report: &Report) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    for finding in &report.findings {
        texts.extend(finding.evidence.iter().chain(&finding.contradictions).map(phrase::place));
        texts.extend(finding.references.iter().filter_map(|reference| reference.url.clone()));
        texts.extend(finding.remedy.iter().flat_map(|step| step.split(['\n', '`'])).map(str::to_owned));
        texts.push(finding.id.clone());
    }
    texts.extend(report.missing.iter().flat_map(|item| item.command.lines()).map(str::to_owned));
    texts.extend(report.unexplained.iter().map(|item| phrase::at(&item.artifact, item.line, None)));
    texts.extend(report.errors.iter().map(|error| error.artifact.clone()));
    texts
}

#[test]
fn no_line_is_wider_than_the_page() {
    for report in samples::all() {
        let kept = unbreakable(&report);
        for width in WIDTHS {
            for verbose in [false, true] {
                for line in plain(&report, width, verbose).lines() {
                    let excused = kept.iter().any(|text| columns(text) + 16 > width && !text.is_empty() && line.contains(text.as_str()));
                    assert!(columns(line) <= width || excused, "{width}: {line:?}");
                    assert_eq!(line.trim_end(), line, "{width}");
                }
            }
        }
    }
}

#[test]
fn only_text_comes_out() {
    let mut report = samples::rich();
    let hostile = "a\x1b]0;x\x07b\u{202e}c\r\nd";
    report.devices[0].id = hostile.to_owned();
    report.case.inputs = vec![hostile.to_owned()];
    for finding in &mut report.findings {
        for text in [&mut finding.id, &mut finding.title, &mut finding.summary] {
            text.push_str(hostile);
        }
        finding.device = Some(hostile.to_owned());
        finding.first_seen = Some(hostile.to_owned());
        finding.remedy.push(hostile.to_owned());
        finding.fixed_in.push(hostile.to_owned());
        finding.collect_next.push(hostile.to_owned());
        for evidence in &mut finding.evidence {
            evidence.excerpt.push_str(hostile);
            evidence.artifact.push_str(hostile);
            evidence.weight = hostile.to_owned();
            evidence.signal.push_str(hostile);
        }
    }
    for item in &mut report.missing {
        item.device = Some(hostile.to_owned());
        item.command.push_str(hostile);
    }
    for error in &mut report.errors {
        error.kind = hostile.to_owned();
        error.message = hostile.to_owned();
    }
    for width in WIDTHS {
        for verbose in [false, true] {
            let text = plain(&report, width, verbose);
            assert!(!text.chars().any(|c| c != '\n' && escape::is_unsafe(c)), "{width}");
            let colored = table(&report, &Style { width, color: true, verbose, ..Style::default() });
            assert_eq!(without_sgr(&colored), text, "colour changes nothing but colour");
        }
    }
}

/// Removes `ESC [ digits m`, and nothing else.
fn without_sgr(text: &str) -> String {
    regex::Regex::new("\x1b\\[[0-9;]*m").unwrap().replace_all(text, "").into_owned()
}

/// The words of a text in order, to find it again after wrapping.
fn flat(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

fn holds(page: &str, finding: &Finding, all: bool) {
    assert!(page.contains(&flat(&finding.title)), "{}", finding.title);
    assert!(page.contains(&flat(&finding.id)));
    let shown = |n: usize| all || n == 0 || n + 1 == finding.evidence.len();
    for (_, evidence) in finding.evidence.iter().enumerate().filter(|(n, _)| shown(*n)) {
        assert!(page.contains(&flat(&phrase::place(evidence))), "{}", phrase::place(evidence));
        assert!(page.contains(&flat(&evidence.excerpt)), "{}", evidence.excerpt);
    }
    for step in &finding.remedy {
        assert!(page.contains(&flat(step)), "{step}");
    }
}

#[test]
fn every_finding_is_there_with_place_and_remedy() {
    for report in samples::all() {
        for width in [40, 60, 80, 100, 160, 200] {
            let page = flat(&plain(&report, width, true));
            report.findings.iter().for_each(|finding| holds(&page, finding, true));
            let page = flat(&plain(&report, width, false));
            let in_full = |finding: &&Finding| !matches!(finding.kind, Kind::Symptom | Kind::State) && finding.suppressed.is_none();
            for finding in report.findings.iter().filter(in_full) {
                holds(&page, finding, false);
            }
            for item in &report.missing {
                assert!(page.contains(&flat(&item.command)), "{}", item.command);
            }
        }
    }
}

#[test]
fn places_and_commands_stand_alone() {
    for width in [40, 100] {
        let text = plain(&samples::rich(), width, false);
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        for alone in [
            "SR698123456.zip!wlc/cap1.pcap  packet 841",
            "license smart trust idtoken <token> all force",
            "show license history message | begin REQUEST",
            "ip domain lookup source-interface <interface>",
            "東京/コア スイッチ/syslog.log:77",
        ] {
            assert!(lines.contains(&alone), "{width}: {alone}");
        }
    }
}

#[test]
fn the_verdict() {
    // The paragraph before the table; its first line is the problem in words, where there is one.
    let lines =
        |report: &Report| plain(report, 200, false).lines().take_while(|line| !line.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    let first = |report: &Report| lines(report).into_iter().next().unwrap_or_default();
    let told = |report: &Report| lines(report).join(" ");
    let worst = "A firewall replaces the licensing server's certificate (TLS interception), on wlc-core-1 since 2021-06-29 11:12.";
    assert_eq!(
        told(&samples::rich()),
        format!("{worst} 2 problems on 1 of 3 devices. Number 1 explains number 4 and 2 symptoms. 1 more is over.")
    );
    assert_eq!(first(&samples::healthy()), "No licensing problem found.");
    assert_eq!(first(&samples::empty()), "Nothing recognisable in 1 artifact.");

    let mut one = samples::rich();
    one.findings.truncate(1);
    one.devices.retain(|device| device.id == "wlc-core-1");
    assert_eq!(told(&one), format!("{worst} 1 problem on wlc-core-1."));

    for (confidence, expected) in [(0.9, "A firewall"), (0.899, "Probably: A firewall"), (0.69, "Perhaps: A firewall")] {
        one.findings[0].confidence = confidence;
        assert!(first(&one).starts_with(expected), "{confidence}");
    }
    one.devices[0].id = "case.zip!caps/uplink.pcap".to_owned();
    one.devices[0].hostname = None;
    one.findings[0].device = Some("case.zip!caps/uplink.pcap".to_owned());
    assert!(told(&one).ends_with(", in uplink.pcap since 2021-06-29 11:12. 1 problem in uplink.pcap."), "{}", told(&one));

    let mut silent = samples::healthy();
    silent.findings.clear();
    assert_eq!(first(&silent), "No known licensing problem found, and nothing that shows that licensing works.");

    let mut two = samples::rich();
    two.findings = [0, 3, 1, 2].map(|at| two.findings[at].clone()).to_vec();
    for (finding, rank) in two.findings.iter_mut().zip(1..) {
        finding.rank = rank;
    }
    assert_eq!(told(&two), format!("{worst} 2 problems on 1 of 3 devices. The first explains the second and 2 symptoms."));

    let mut over = samples::rich();
    over.findings.retain(|finding| finding.rank == 5);
    assert_eq!(first(&over), "No licensing problem now; 1 problem is over. Not everything could be read.");

    let mut unread = samples::empty();
    unread.case.coverage.unreadable = 1;
    unread.artifacts.clear();
    assert_eq!(first(&unread), "Nothing could be read.");

    let mut in_part = samples::rich();
    in_part.findings.clear();
    in_part.case.coverage = Coverage { scanned: 0, skipped: 0, unreadable: 1 };
    assert_eq!(first(&in_part), "No licensing problem found in what could be read.");
    in_part.devices.clear();
    assert_eq!(first(&in_part), "Nothing recognisable in 415 artifacts. Not everything could be read.");

    let mut silenced = samples::rich();
    silenced.findings.truncate(1);
    silenced.findings[0].suppressed =
        Some(Suppressed { reason: "change 4711 is planned".to_owned(), until: Some("2026-12-31".to_owned()) });
    assert_eq!(first(&silenced), "No licensing problem found in what could be read. 1 finding is suppressed.");
    assert!(flat(&plain(&silenced, 200, false)).contains("(wlc-core-1):change4711isplanned(until2026-12-31)"));
}

#[test]
fn what_was_not_read_is_counted_exactly_and_listed_briefly() {
    let report = samples::rich();
    let brief = plain(&report, 100, false);
    assert!(flat(&brief).contains("Notread,ornotwhole:7encrypted."));
    assert_eq!(brief.matches("keys/server.key").count(), 5);
    assert!(brief.contains("2 more; -v lists all 7"));
    assert_eq!(plain(&report, 100, true).matches("keys/server.key").count(), 7);
    assert!(brief.contains("2 findings are below the confidence asked for"));
}

/// Many devices, each with a problem of its own; and captures of which nobody knows the device, all with the same.
#[test]
fn a_large_case_has_a_first_screen() {
    let mut report = samples::rich();
    report.findings.clear();
    let one = report.devices[0].clone();
    report.devices = (0..40).map(|n| Device { id: format!("sw{n:02}"), hostname: Some(format!("sw{n:02}")), ..one.clone() }).collect();
    let files = ["a.pcap", "b.pcap", "c.pcap", "d.pcap", "e.pcap", "f.pcap"].map(|name| format!("case/{name}"));
    report.devices.extend(files.iter().map(|path| Device { id: path.clone(), hostname: None, ..one.clone() }));
    let devices: Vec<String> = report.devices.iter().rev().map(|device| device.id.clone()).collect();
    for (at, device) in devices.iter().enumerate() {
        let id = if device.starts_with("sw") { format!("own-{device}") } else { "refused".to_owned() };
        let finding = samples::finding(at + 1, &id, &format!("Title of {id}"), Kind::RootCause, Severity::High, 0.9, device);
        report.findings.push(finding);
    }
    let brief = plain(&report, 100, false);
    let first = "Title of refused, in 6 files (f.pcap, e.pcap, d.pcap, 3 more) since 2021-06-29 11:12.\n41 problems on 46 devices.";
    assert!(brief.starts_with(first), "{brief}");
    let row = regex::Regex::new(r"(?m)^ +1   90 %  high +Title of refused +in f\.pcap\n +5 more$").unwrap();
    assert!(row.is_match(&brief), "{brief}");
    assert!(brief.contains("\n 16 more; -v lists all 41\n"), "{brief}");
    // One row and one section each.
    assert_eq!(brief.matches("Title of own-").count(), 24 * 2);
    assert_eq!(plain(&report, 100, true).matches("Title of own-").count(), 40 * 2);

    let style = Style { width: 100, ..Style::default() };
    let (brief, all) = (inventory(&report, &style), inventory(&report, &Style { verbose: true, ..style }));
    assert_eq!((brief.matches("\nFacts of sw").count(), all.matches("\nFacts of ").count()), (12, 46));
    assert!(brief.contains("\nFacts of 46 devices: 34 more; -v lists all 46\n"), "{brief}");
    assert!(all.contains("\nFacts of c.pcap\n"), "{all}");
}

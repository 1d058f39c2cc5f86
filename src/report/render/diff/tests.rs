use serde_json::json;

use super::*;
use crate::intake::escape;
use crate::report::diff::{Change, Source, compare};
use crate::report::earlier::Earlier;
use crate::report::model::{Severity, Status};
use crate::report::samples;

/// One of everything.
fn sample() -> Diff {
    let mut old = Earlier::from(&samples::rich());
    let mut new = old.clone();
    old.findings.remove(0);
    old.rules = Some("other".to_owned());
    new.findings[3].severity = Some(Severity::High);
    new.findings[3].status = Some(Status::Resolved);
    new.findings[3].confidence = Some(0.55);
    new.findings.remove(4);
    new.devices = Some(vec!["wlc-core-1".to_owned()]);
    compare(("monday.json", Source::Report, &old), ("friday.zip", Source::Case, &new))
}

fn table(diff: &Diff, width: usize, verbose: bool) -> String {
    DiffFormat::Table.render(diff, &Style { width, verbose, ..Style::default() })
}

/// Prints the pages for reading: `cargo test --lib comparisons_for_reading -- --nocapture`.
#[test]
fn comparisons_for_reading() {
    for width in [40, 60, 80, 100, 160] {
        println!("{}", table(&sample(), width, false));
    }
    for format in DiffFormat::ALL {
        println!("{}", format.render(&sample(), &Style { width: 100, color: true, verbose: true, ..Style::default() }));
    }
}

#[test]
fn the_page_says_what_differs() {
    assert_eq!(
        table(&sample(), 80, false),
        "\
Findings: 1 new, 1 changed, 1 gone, 3 still there.
Old  monday.json  (report, 3 devices)
New  friday.zip  (case, 1 device)
The two were made with different rules: a difference may be theirs. Diagnose the
old case again to be sure.

           Sure  Severity  What is wrong                        Device
 ───────────────────────────────────────────────────────────────────────────────
 new       97 %  high      A firewall replaces the licensing    wlc-core-1
                           server's certificate (TLS
                           interception)
                           slp-tls-interception
 changed   55 %  high      CPU near 100 %: unacknowledged       wlc-core-1
                           usage reports piled up (CSCwa85199,
                           FN72578)
                           rum-high-cpu-fn72578
                           still active → over, critical → high, 81 % → 55 %
 gone      64 %  high      ライセンスサーバーの名前を解決でき   東京-本社-
                           ません。ネームサーバーの設定を確認   コアスイッチ-01
                           してください
                           dns-name-unresolved
                           its device is not in the new case
 same      99 %  medium    show license history message has a   wlc-core-1
                           RESPONSE line with nothing behind
                           it
 same      93 %  medium    A usage report is overdue            wlc-core-1
 same      90 %  info      Offline mode by configuration        東京-本社-
                                                                コアスイッチ-01
"
    );
}

#[test]
fn no_line_is_wider_than_the_page() {
    use unicode_width::UnicodeWidthStr;
    for width in [20, 40, 60, 69, 70, 80, 100, 120, 200] {
        for verbose in [false, true] {
            for line in table(&sample(), width, verbose).lines() {
                // An id is never broken.
                let excused = sample().findings.iter().filter_map(|entry| entry.id.as_deref()).any(|id| line.trim() == id);
                assert!(line.width() <= width || excused, "{width}: {line}");
                assert_eq!(line.trim_end(), line);
            }
        }
    }
}

#[test]
fn what_is_as_it_was_is_listed_in_short() {
    let mut old = Earlier::from(&samples::rich());
    for n in 0..4 {
        let mut more = old.findings[0].clone();
        more.fingerprint = format!("v1:{n}");
        old.findings.push(more);
    }
    let diff = compare(("a", Source::Case, &old), ("b", Source::Case, &old));
    let brief = table(&diff, 100, false);
    assert!(brief.starts_with("Nothing changed: 10 findings are still there.\n"), "{brief}");
    assert!(brief.ends_with(" 5 more are still there; -v lists all 10\n"), "{brief}");
    assert_eq!(table(&diff, 100, true).matches(" same ").count(), 10);
    let none = compare(("a", Source::Case, &Earlier::default()), ("b", Source::Case, &Earlier::default()));
    assert_eq!(table(&none, 100, false), "Nothing was found in either.\nOld  a  (case)\nNew  b  (case)\n");
}

#[test]
fn formats_by_name_and_by_file() {
    for format in DiffFormat::ALL {
        assert_eq!(DiffFormat::named(&format.name().to_uppercase()), Some(format));
    }
    for (file, expected) in
        [("a.json", Some(DiffFormat::Json)), ("a.MD", Some(DiffFormat::Markdown)), ("a.jsonl", Some(DiffFormat::Ndjson)), ("a.html", None)]
    {
        assert_eq!(DiffFormat::of_file(file), expected, "{file}");
    }
}

#[test]
fn every_line_of_ndjson_says_what_it_is() {
    let text = DiffFormat::Ndjson.render(&sample(), &Style { width: 100, ..Style::default() });
    let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let types: Vec<&str> = lines.iter().map(|line| line["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["diff", "finding", "finding", "finding", "finding", "finding", "finding", "summary"]);
    assert_eq!((&lines[0]["schema"], &lines[7]["gone"]), (&json!("bundlescope/diff/v1"), &json!(1)));
    assert_eq!(lines[1]["change"], "new");
}

/// Whatever a customer's file holds stays text, in every field and format.
#[test]
fn hostile_text_stays_text() {
    let hostile = "=cmd()|</script><img src=x onerror=y>\"'\n::error::\u{1b}[2J\u{202e}\u{2028}| @all `x` ";
    let mut old = Earlier::from(&samples::rich());
    for known in &mut old.findings {
        for text in [&mut known.id, &mut known.title, &mut known.device, &mut known.first_seen, &mut known.last_seen] {
            *text = Some(hostile.to_owned());
        }
        known.fingerprint.insert_str(0, hostile);
    }
    old.devices = Some(vec![hostile.to_owned()]);
    old.inputs = Some(vec![hostile.to_owned()]);
    let new = Earlier::from(&samples::rich());
    for diff in [
        compare((hostile, Source::Case, &old), ("b", Source::Case, &new)),
        compare(("a", Source::Case, &new), (hostile, Source::Case, &old)),
    ] {
        for verbose in [false, true] {
            for width in [20, 60, 100] {
                let text = table(&diff, width, verbose);
                assert!(!text.chars().any(|c| c != '\n' && escape::is_unsafe(c)), "{text:?}");
                assert!(!text.lines().any(|line| line.trim_start().starts_with("::")), "{text}");
            }
        }
        let style = Style { width: 100, ..Style::default() };
        let json = DiffFormat::Json.render(&diff, &style);
        assert!(!json.contains('\u{2028}'));
        let back: Diff = serde_json::from_str(&json).unwrap();
        assert!(back.findings.iter().any(|entry| entry.title.as_deref() == Some(hostile)));
        assert_eq!(DiffFormat::Ndjson.render(&diff, &style).lines().count(), diff.findings.len() + 2);
        let markdown = DiffFormat::Markdown.render(&diff, &style);
        // The tags of the page, its cells with bars in them, and what parts mentions.
        let tags = ["details", "summary", "code"].iter().flat_map(|tag| [format!("<{tag}>"), format!("</{tag}>")]);
        let rest = tags.chain(["<!-- -->".to_owned(), "\\<".to_owned()]).fold(markdown.clone(), |text, tag| text.replace(&tag, ""));
        assert!(!rest.replace(hostile.split('\n').next().unwrap(), "").contains('<'), "{markdown}");
        let rows = markdown.lines().filter(|line| line.starts_with("| **")).map(|line| line.replace("\\|", "").matches('|').count());
        assert!(rows.into_iter().all(|bars| bars == 7), "{markdown}");
        let csv = DiffFormat::Csv.render(&diff, &style);
        assert!(!csv.contains(",=") && !csv.contains(",\"="), "{csv}");
    }
}

#[test]
fn csv_has_a_row_for_each() {
    let text = DiffFormat::Csv.render(&sample(), &Style { width: 100, ..Style::default() });
    let lines: Vec<&str> = text.split("\r\n").collect();
    assert_eq!(lines.len(), 1 + 6 + 1);
    assert!(lines[2].starts_with("changed,rum-high-cpu-fn72578,\"CPU near 100 %: unacknowledged usage reports piled up (CSCwa85199, FN72578)\",wlc-core-1,\"status severity confidence\",active,resolved,critical,high,0.81,0.55,,false,v1:"), "{}", lines[2]);
    assert_eq!(sample().findings[1].change, Change::Changed);
}

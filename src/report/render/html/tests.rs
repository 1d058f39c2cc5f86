use std::collections::{BTreeMap, BTreeSet};

use html5ever::tendril::TendrilSink;
use html5ever::{ParseOpts, parse_document, tokenizer::TokenizerOpts};
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use serde_json::Value;

use super::html;
use crate::report::model::{Artifact, Certificate, Moment, Report, Turn, WithoutYear};
use crate::report::samples;
use crate::rules::translation::Words;

/// An element, with how deep it lies, or a text.
#[derive(Debug, PartialEq)]
enum Part {
    Element(usize, String, BTreeMap<String, String>),
    Text(usize, String),
}

fn page(report: &Report) -> String {
    html(report, Words::default())
}

/// The page as a browser reads it, and what is wrong with it.
fn parsed(page: &str) -> (Vec<Part>, Vec<String>) {
    let tokenizer = TokenizerOpts { exact_errors: true, ..TokenizerOpts::default() };
    let dom = parse_document(RcDom::default(), ParseOpts { tokenizer, ..ParseOpts::default() }).one(page);
    let mut parts = Vec::new();
    walk(&dom.document, 0, &mut parts);
    let errors = dom.errors.borrow().iter().map(ToString::to_string).collect();
    (parts, errors)
}

fn walk(node: &Handle, depth: usize, parts: &mut Vec<Part>) {
    match &node.data {
        NodeData::Element { name, attrs, .. } => {
            let attributes = attrs.borrow().iter().map(|a| (a.name.local.to_string(), a.value.to_string())).collect();
            parts.push(Part::Element(depth, name.local.to_string(), attributes));
        }
        NodeData::Text { contents } => parts.push(Part::Text(depth, contents.borrow().to_string())),
        NodeData::Comment { .. } => panic!("the page has no comments"),
        _ => {}
    }
    node.children.borrow().iter().for_each(|child| walk(child, depth + 1, parts));
}

/// The rich sample with a timeline: two captures and two logs with a gap between them, failures and a restore, a certificate that
/// ends in between and one that does not.
fn drawn() -> Report {
    let mut report = samples::rich();
    let id = "wlc-core-1";
    let artifact = |path: &str, packets: Option<u64>, first: &str, last: &str| Artifact {
        path: path.to_owned(),
        packets,
        device: Some(id.to_owned()),
        first_time: Some(first.to_owned()),
        last_time: Some(last.to_owned()),
        ..report.artifacts[0].clone()
    };
    let artifacts = [
        artifact("a.pcap", Some(9), "2021-06-29T11:00:00+02:00", "2021-06-29T11:20:00+02:00"),
        artifact("b.pcap", Some(9), "2021-06-30T11:00:00+02:00", "2021-06-30T11:00:01+02:00"),
        artifact("a.log", None, "2021-06-29T00:00:00+02:00", "2021-06-30T00:00:00+02:00"),
        artifact("a.log.1", None, "2021-06-29T12:00:00+02:00", "2021-06-29T13:00:00+02:00"),
        artifact("b.log", None, "2021-07-01T00:00:00+02:00", "2021-07-02T12:00:00+02:00"),
    ];
    report.artifacts.extend(artifacts);
    let moment = |kind, count, first: &str, last: &str| Moment {
        kind,
        signal: "comm-failed".to_owned(),
        title: "CSSM cannot be reached".to_owned(),
        count,
        first_time: first.to_owned(),
        last_time: last.to_owned(),
        artifact: "a.log".to_owned(),
        line: Some(7),
        packet: None,
    };
    let certificate = |subject: &str, end: &str| Certificate {
        source: "capture".to_owned(),
        subject: Some(subject.to_owned()),
        not_before: "2020-01-01T00:00:00Z".to_owned(),
        not_after: end.to_owned(),
        artifact: "a.pcap".to_owned(),
        line: None,
        packet: Some(841),
    };
    let device = report.devices.iter_mut().find(|device| device.id == id).unwrap();
    device.history = vec![
        moment(Turn::Failed, 1, "2021-06-29T11:12:39+02:00", "2021-06-29T11:12:39+02:00"),
        moment(Turn::Restored, 1, "2021-06-29T12:12:39+02:00", "2021-06-29T12:12:39+02:00"),
        moment(Turn::Failed, 30, "2021-07-01T00:12:39+02:00", "2021-07-02T00:12:39+02:00"),
    ];
    device.certificates = vec![certificate("CN=ends,O=x", "2021-07-01T00:00:00Z"), certificate("O=y,CN=lasts", "2031-01-01T00:00:00Z")];
    report
}

fn all() -> Vec<Report> {
    samples::all().into_iter().chain([drawn()]).collect()
}

#[test]
fn browsers_find_nothing_wrong() {
    for report in all() {
        let (parts, errors) = parsed(&page(&report));
        assert!(errors.is_empty(), "{errors:?}");
        assert!(parts.iter().any(|part| matches!(part, Part::Element(_, tag, _) if tag == "h1")));
    }
}

#[test]
fn nothing_comes_from_elsewhere_and_links_lead_somewhere() {
    for report in all() {
        let (parts, _) = parsed(&page(&report));
        let elements: Vec<(&String, &BTreeMap<String, String>)> = parts
            .iter()
            .filter_map(|part| match part {
                Part::Element(_, tag, attributes) => Some((tag, attributes)),
                Part::Text(..) => None,
            })
            .collect();
        let mut ids = BTreeSet::new();
        for id in elements.iter().filter_map(|(_, attributes)| attributes.get("id")) {
            assert!(ids.insert(format!("#{id}")), "{id} twice");
        }
        for finding in &report.findings {
            assert!(ids.contains(&format!("#finding-{}", finding.rank)), "finding {} has no anchor", finding.rank);
        }
        for (tag, attributes) in &elements {
            assert!(!matches!(tag.as_str(), "iframe" | "object" | "embed" | "link" | "base" | "form" | "img" | "use" | "image"), "{tag}");
            for (name, value) in *attributes {
                assert!(!name.starts_with("on") && name != "style" && name != "src", "{tag} {name}");
                if name == "href" {
                    assert!(ids.contains(value) || value.starts_with("https://"), "{value}");
                }
            }
        }
        for tag in ["script", "style"] {
            assert_eq!(elements.iter().filter(|(name, _)| *name == tag).count(), 1);
        }
        let policy = elements.iter().find(|(_, attributes)| attributes.get("http-equiv").is_some_and(|v| v == "Content-Security-Policy"));
        assert!(policy.unwrap().1["content"].starts_with("default-src 'none'; style-src 'sha256-"));
    }
}

#[test]
fn headings_leave_no_level_out() {
    for report in all() {
        let (parts, _) = parsed(&page(&report));
        let mut before = 0;
        for part in &parts {
            if let Part::Element(_, tag, _) = part
                && let Some(level) = tag.strip_prefix('h').and_then(|level| level.parse::<usize>().ok())
            {
                assert!(level <= before + 1, "{tag} after h{before}");
                assert!(level > 1 || before == 0, "one h1, at the top");
                before = level;
            }
        }
    }
}

/// Every text of a report with something behind it; words that mean one of a few things, and times, stay.
fn marked(report: &Report, mark: &str) -> Report {
    fn mark_all(value: &mut Value, key: &str, mark: &str) {
        const FIXED: [&str; 5] = ["severity", "status", "schema", "fingerprint", "baseline_state"];
        const KINDS: [&str; 8] = ["root-cause", "defect", "misconfiguration", "symptom", "state", "expected", "failed", "restored"];
        match value {
            Value::String(text) if FIXED.contains(&key) || (key == "kind" && KINDS.contains(&text.as_str())) => {}
            Value::String(text) if chrono::DateTime::parse_from_rfc3339(text).is_err() => text.push_str(mark),
            Value::Array(items) => items.iter_mut().for_each(|item| mark_all(item, key, mark)),
            Value::Object(map) => {
                let names = matches!(key, "facts" | "captures");
                let held = std::mem::take(map);
                for (name, mut item) in held {
                    mark_all(&mut item, &name, mark);
                    map.insert(if names { format!("{name}{mark}") } else { name }, item);
                }
            }
            _ => {}
        }
    }
    let mut value = serde_json::to_value(report).unwrap();
    mark_all(&mut value, "", mark);
    serde_json::from_value(value).unwrap()
}

/// The same page with harmless marks in their place has the same elements with the same attributes, and its texts differ in the
/// marks only.
#[test]
fn hostile_strings_stay_text() {
    let hostile = [
        "\"'><script>alert(1)</script><img src=x onerror=alert(2)>&lt;&#60;!-- ]]> </style></title></svg></textarea><x y",
        "\"onmouseover=\"alert(1)\"'onclick='alert(2)'&quot;&notit;</script><svg/onload=alert(3)>",
    ];
    let tame = |text: &str| text.replace(['<', '>', '"', '\'', '&'], "+");
    for mark in hostile {
        for report in all() {
            let (worst, errors) = parsed(&page(&marked(&report, mark)));
            assert!(errors.is_empty(), "{errors:?}");
            let (best, _) = parsed(&page(&marked(&report, &tame(mark))));
            assert_eq!(worst.len(), best.len());
            let mut own = false;
            for (worst, best) in worst.iter().zip(&best) {
                match (worst, best) {
                    (Part::Element(depth, tag, attributes), Part::Element(other_depth, other_tag, others)) => {
                        assert_eq!((depth, tag), (other_depth, other_tag));
                        let named = |all: &BTreeMap<String, String>| -> Vec<(String, String)> {
                            all.iter().map(|(name, value)| (name.clone(), tame(value))).collect()
                        };
                        assert_eq!(named(attributes), named(others));
                        own = matches!(tag.as_str(), "style" | "script");
                    }
                    // The page's own style and script hold no text of the report.
                    (Part::Text(..), Part::Text(..)) if own => assert_eq!(worst, best),
                    (Part::Text(depth, text), Part::Text(other_depth, other)) => {
                        assert_eq!((depth, tame(text)), (other_depth, tame(other)));
                    }
                    _ => panic!("{worst:?} for {best:?}"),
                }
            }
        }
    }
}

#[test]
fn what_acts_or_hides_is_shown() {
    let (parts, errors) = parsed(&page(&marked(&samples::rich(), "\u{0}\u{1b}[2J\u{c}\u{85}\u{202e}\u{fdd0}\u{ffff}\u{1fffe}")));
    assert!(errors.is_empty(), "{errors:?}");
    let texts = parts.iter().filter_map(|part| if let Part::Text(_, text) = part { Some(text.as_str()) } else { None });
    assert!(texts.clone().all(|text| !text.contains(|c: char| (c.is_control() && c != '\n') || c == '\u{202e}')));
    assert!(texts.clone().any(|text| text.contains("\\x00\\x1b[2J")));
}

/// Numbers of marks, and their places where the times are round.
#[test]
fn the_timeline_is_to_scale() {
    let (parts, _) = parsed(&page(&drawn()));
    let start = parts
        .iter()
        .position(|part| matches!(part, Part::Element(_, _, a) if a.get("data-device").is_some_and(|device| device == "wlc-core-1")))
        .unwrap();
    let Part::Element(depth, ..) = &parts[start] else { unreachable!() };
    let inside: Vec<&Part> = parts[start + 1..]
        .iter()
        .take_while(|part| matches!(part, Part::Element(here, ..) | Part::Text(here, _) if here > depth))
        .collect();
    let mut marks: BTreeMap<String, usize> = BTreeMap::new();
    for part in &inside {
        if let Part::Element(_, tag, attributes) = part
            && let Some(kind) = attributes.get("class").and_then(|class| class.strip_prefix("mark "))
            && tag == "g"
        {
            *marks.entry(kind.to_owned()).or_default() += 1;
        }
    }
    // Four findings with a first and a last time; of their quotes one alone states none, six in the first finding.
    let evidence: usize = drawn().findings.iter().filter(|f| f.device.as_deref() == Some("wlc-core-1")).map(|f| f.evidence.len()).sum();
    let expected = [
        ("failed", 2),
        ("restored", 1),
        ("seen", 4),
        ("evidence", evidence),
        // Two logs that overlap are one stretch.
        ("log", 2),
        ("gap", 1),
        ("capture", 2),
        ("valid", 2),
        ("invalid", 1),
    ];
    assert_eq!(marks, expected.into_iter().map(|(kind, n)| (kind.to_owned(), n)).collect());

    // From the first log to the last evidence; a fortieth is left at either side.
    let at = |time: &str| chrono::DateTime::parse_from_rfc3339(time).unwrap().timestamp() as f64;
    let (first, last) = (at("2021-06-29T00:00:00+02:00"), at("2021-07-02T12:00:00+02:00"));
    let room = (last - first) / 40.0;
    let percent = |time: &str| format!("{:.2}%", (at(time) - first + room) / (last - first + 2.0 * room) * 100.0);
    let rect = |kind: &str| {
        let here = inside
            .iter()
            .position(|part| matches!(part, Part::Element(_, _, a) if a.get("class").is_some_and(|c| c == &format!("mark {kind}"))));
        inside[here.unwrap()..].iter().find_map(|part| match part {
            Part::Element(_, tag, a) if tag == "rect" => Some((a["x"].clone(), a["width"].clone())),
            _ => None,
        })
    };
    assert_eq!(rect("gap").unwrap().0, percent("2021-06-30T00:00:00+02:00"));
    assert_eq!(rect("invalid").unwrap().0, percent("2021-07-01T00:00:00Z"));
    assert_eq!(
        inside.iter().filter(|part| matches!(part, Part::Element(_, _, a) if a.get("width").is_some_and(|w| w == "0.00%"))).count(),
        0
    );
    let day = format!("{:.2}%", 86_400.0 / (last - first + 2.0 * room) * 100.0);
    assert_eq!(rect("gap").unwrap().1, day, "the gap is a day long");
}

/// Contrast of every colour on every ground, by WCAG 2.2: 4.5 or more is AA.
#[test]
fn contrast_is_enough_in_both_lights() {
    let style = include_str!("style.css");
    let colours = |name: &str| -> Vec<[f64; 3]> {
        let (_, rest) = style.split_once(&format!("--{name}: light-dark(")).unwrap();
        let (pair, _) = rest.split_once(')').unwrap();
        pair.split(", ").map(|hex| [1, 3, 5].map(|at| f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0)).collect()
    };
    let luminance = |colour: [f64; 3]| {
        let [r, g, b] = colour.map(|c| if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    };
    for text in ["ink", "faint", "link", "bad", "doubt", "mild", "good"] {
        for ground in ["page", "sheet", "quiet"] {
            for (light, (text_colour, ground_colour)) in colours(text).into_iter().zip(colours(ground)).enumerate() {
                let (a, b) = (luminance(text_colour), luminance(ground_colour));
                let contrast = (a.max(b) + 0.05) / (a.min(b) + 0.05);
                assert!(contrast >= 4.5, "{text} on {ground}, {}: {contrast:.2}", ["light", "dark"][light]);
            }
        }
    }
}

#[test]
#[ignore = "writes the samples to look at them: BUNDLESCOPE_PAGES=folder"]
#[expect(clippy::disallowed_methods, reason = "a file to look at")]
fn write_samples() {
    let folder = std::env::var("BUNDLESCOPE_PAGES").unwrap();
    for (nth, report) in all().iter().enumerate() {
        std::fs::write(format!("{folder}/sample-{nth}.html"), page(report)).unwrap();
    }
}

/// Lines of collectors state no year: their days are drawn all the same, and dated ones beside them are not mixed with them.
#[test]
fn days_without_a_year_are_drawn() {
    let mut report = samples::rich();
    report.findings.truncate(1);
    report.artifacts.clear();
    report.devices.truncate(1);
    (report.devices[0].history, report.devices[0].certificates) = (Vec::new(), Vec::new());
    let one = &mut report.findings[0];
    (one.first_seen, one.last_seen) = (None, None);
    one.evidence.iter_mut().for_each(|item| item.time = None);
    assert!(!html(&report, Words::default()).contains("id=\"timeline\""));
    let one = &mut report.findings[0];
    one.without_year = Some(WithoutYear { first: "Dec 31 23:00:00".to_owned(), last: "Jan 01 01:00:00".to_owned() });
    let page = html(&report, Words::default());
    for said in ["Dec 31 → Jan 01. Times as stated, without a year.", "class=\"mark seen\"", "Dec 31 23:00:00 → Jan 01 01:00:00"] {
        assert!(page.contains(said), "{said}");
    }
    // A device of which other times have a year.
    let mut other = report.findings[0].clone();
    (other.id, other.rank, other.without_year) = ("other".to_owned(), 2, None);
    (other.first_seen, other.last_seen) = (Some("2023-05-16T02:12:40".to_owned()), Some("2023-05-16T03:12:40".to_owned()));
    report.findings.push(other);
    assert!(html(&report, Words::default()).contains("Not drawn: 1 finding without a year."));
}

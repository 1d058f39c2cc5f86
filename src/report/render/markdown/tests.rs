use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::*;
use crate::report::samples;

fn events(text: &str) -> Vec<Event<'_>> {
    Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS).collect()
}

fn blocks(text: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut inside = false;
    for event in events(text) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => {
                inside = true;
                blocks.push(String::new());
            }
            Event::End(TagEnd::CodeBlock) => inside = false,
            Event::Text(text) if inside => blocks.last_mut().unwrap().push_str(&text),
            _ => {}
        }
    }
    blocks
}

/// Headings, table cells and rows, and links, as an independent reader sees them.
fn shape(text: &str) -> [usize; 5] {
    let count = |of: fn(&Event<'_>) -> bool| events(text).iter().filter(|event| of(event)).count();
    [
        count(|event| matches!(event, Event::Start(Tag::Heading { .. }))),
        count(|event| matches!(event, Event::Start(Tag::TableRow))),
        count(|event| matches!(event, Event::Start(Tag::TableCell))),
        count(|event| matches!(event, Event::Start(Tag::Link { .. }))),
        count(|event| matches!(event, Event::Start(Tag::Image { .. }) | Event::TaskListMarker(_) | Event::Start(Tag::BlockQuote(_)))),
    ]
}

/// Prints the page for reading: `cargo test --lib markdown_for_reading -- --nocapture`.
#[test]
fn markdown_for_reading() {
    println!(
        "{}\n{}\n{}",
        markdown(&samples::rich(), Words::default()),
        markdown(&samples::healthy(), Words::default()),
        markdown(&samples::empty(), Words::default())
    );
}

#[test]
fn verdict_table_and_sections_come_in_order() {
    let text = markdown(&samples::rich(), Words::default());
    assert!(text.starts_with("<!-- bundlescope 0.1.0 report -->\n## Licensing diagnosis of `SR698123456.zip`\n\n**A firewall replaces the licensing server's certificate"));
    // The three problems of the terminal, numbered by rank.
    let headings: Vec<&str> = text.lines().filter(|line| line.starts_with("### ")).collect();
    assert_eq!(headings.len(), 4);
    assert!(headings[0].starts_with("### 1. A firewall") && headings[1].starts_with("### 4. CPU") && headings[3] == "### Collect next");
    // The heading's row has cells of its own.
    assert_eq!(shape(&text)[1..3], [3, 4 * 6]);
    let blocks = blocks(&text);
    assert!(blocks.contains(&"license smart trust idtoken <token> all force\nshow license history message | begin REQUEST\n".to_owned()));
    assert!(blocks.contains(&"RESPONSE: Jun 29 11:12:40 2021 CET\n".to_owned()), "{blocks:#?}");
    assert!(blocks.contains(&"show crypto pki trustpoints\n".to_owned()));
    assert!(text.contains("`SR698123456.zip!wlc/cap1.pcap` packet 841"));
}

#[test]
fn details_open_and_close() {
    for report in samples::all().into_iter().chain(samples::hostile()) {
        let text = markdown(&report, Words::default());
        let tags: Vec<String> = events(&text)
            .into_iter()
            .filter_map(|event| match event {
                Event::Html(html) => Some(html.trim().to_owned()),
                _ => None,
            })
            .filter(|html| !html.starts_with("<summary>") && *html != MADE)
            .collect();
        for pair in tags.chunks(2) {
            assert_eq!(pair, ["<details>", "</details>"]);
        }
    }
}

/// Whatever a case holds, the page keeps its shape: no heading, cell, link, picture or tag comes from it.
#[test]
fn hostile_text_stays_text() {
    let clean = shape(&markdown(&samples::rich(), Words::default()));
    for (report, hostile) in samples::hostile().iter().zip(samples::HOSTILE) {
        let text = markdown(report, Words::default());
        let [headings, _, cells, links, rest] = shape(&text);
        assert_eq!(cells % 6, 0, "{hostile:?}\n{text}");
        assert_eq!((links, rest), (0, 0), "{hostile:?}\n{text}");
        assert!(headings <= clean[0] + 3, "{hostile:?}\n{text}");
        let mut block = false;
        for event in events(&text) {
            match event {
                Event::Start(Tag::CodeBlock(_)) => block = true,
                Event::End(TagEnd::CodeBlock) => block = false,
                Event::Html(html) | Event::InlineHtml(html) => {
                    let html = html.trim();
                    let ours = matches!(html, "<details>" | "</details>" | "<!-- -->" | MADE | "<code>" | "</code>")
                        || html.starts_with("<summary>");
                    assert!(ours && !html.contains("script") && !html.contains("<h1"), "{html}\n{hostile:?}");
                }
                Event::Text(text) => assert!(block || !mentions(&text), "{text}"),
                _ => {}
            }
        }
    }
}

fn mentions(text: &str) -> bool {
    let next = |mark: char| text.match_indices(mark).any(|(at, _)| text[at + 1..].starts_with(char::is_alphanumeric));
    next('@') || next('#')
}

/// A quote is what was quoted, backticks and all.
#[test]
fn quotes_come_back_whole() {
    let mut report = samples::rich();
    let line = "a | b `c` ``` d ```` e <f> &amp; \\g";
    report.findings[0].evidence[0].excerpt = line.to_owned();
    report.findings[0].device = Some("sw|1`\\x".to_owned());
    let text = markdown(&report, Words::default());
    assert!(blocks(&text).contains(&format!("{line}\n")), "{text}");
    assert!(text.contains("<code>sw&#124;1&#96;&#92;x</code>"), "{text}");
}

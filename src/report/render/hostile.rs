//! Tests: with hostile text in every field every format keeps the shape that it has with harmless text, and nothing in it acts on a
//! terminal or on a build server. Judged by readers that are not the program's own.

use std::collections::BTreeSet;

use super::{DiffFormat, Format, Style, inventory};
use crate::report::diff::{Diff, Source, compare};
use crate::report::earlier::Earlier;
use crate::report::model::Report;
use crate::report::samples;

/// What a terminal is told to do beside showing characters and ending lines.
#[derive(Default)]
struct Terminal(BTreeSet<String>);

impl vte::Perform for Terminal {
    fn execute(&mut self, byte: u8) {
        if byte != b'\n' && byte != b'\r' {
            self.0.insert(format!("control {byte:#x}"));
        }
    }

    fn csi_dispatch(&mut self, _: &vte::Params, _: &[u8], _: bool, action: char) {
        self.0.insert(format!("CSI {action}"));
    }

    fn osc_dispatch(&mut self, _: &[&[u8]], _: bool) {
        self.0.insert("OSC".to_owned());
    }

    fn esc_dispatch(&mut self, _: &[u8], _: bool, byte: u8) {
        self.0.insert(format!("ESC {byte:#x}"));
    }

    fn hook(&mut self, _: &vte::Params, _: &[u8], _: bool, _: char) {
        self.0.insert("DCS".to_owned());
    }
}

fn acts(text: &str) -> BTreeSet<String> {
    let mut terminal = Terminal::default();
    vte::Parser::new().advance(&mut terminal, text.as_bytes());
    terminal.0
}

/// Lines that GitHub, Azure or TeamCity would take for commands.
fn commands(text: &str) -> Vec<&str> {
    let is_command = |line: &&str| {
        let lower = line.to_ascii_lowercase();
        line.trim_start().starts_with("::") || ["##[", "##vso[", "##teamcity["].iter().any(|mark| lower.contains(mark))
    };
    text.lines().filter(is_command).collect()
}

/// The same text with letters for all that could mean something.
fn harmless(text: &str) -> String {
    text.chars().map(|c| if c.is_alphanumeric() || c.is_whitespace() && !c.is_control() || c == '\n' { c } else { 'x' }).collect()
}

fn styles() -> Vec<(bool, Style<'static>)> {
    let all = [20, 60, 100, 200].into_iter().flat_map(|width| [(width, false), (width, true)]);
    all.map(|(width, color)| (color, Style { width, color, verbose: true, ..Style::default() })).collect()
}

fn comparisons(report: &Report) -> [Diff; 2] {
    let (rich, hostile) = (Earlier::from(&samples::rich()), Earlier::from(report));
    let name = report.case.inputs.first().map_or("", String::as_str);
    [
        compare((name, Source::Case, &hostile), ("b", Source::Report, &rich)),
        compare(("a", Source::Report, &rich), (name, Source::Case, &hostile)),
    ]
}

#[test]
fn nothing_acts_on_a_terminal_or_a_build_server() {
    for report in samples::hostile() {
        for (color, style) in styles() {
            let mut texts = vec![Format::Table.render(&report, &style), inventory(&report, &style)];
            texts.extend(comparisons(&report).iter().map(|diff| DiffFormat::Table.render(diff, &style)));
            // The others do not ask how wide or coloured.
            if !color && style.width == 100 {
                texts.extend(Format::ALL.iter().map(|format| format.render(&report, &style)));
                texts.extend(comparisons(&report).iter().flat_map(|diff| DiffFormat::ALL.map(|format| format.render(diff, &style))));
            }
            for text in texts {
                let acts = acts(&text);
                assert!(acts.iter().all(|act| color && act == "CSI m"), "{acts:?}: {text}");
                let commands = commands(&text);
                assert!(commands.is_empty(), "{} of them, such as {}", commands.len(), commands[0]);
            }
        }
    }
}

/// Elements, attributes and depth of an XML document.
fn xml(text: &str) -> Vec<String> {
    let mut reader = quick_xml::Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    let mut shape = Vec::new();
    loop {
        match reader.read_event().unwrap() {
            quick_xml::events::Event::Start(tag) | quick_xml::events::Event::Empty(tag) => {
                let names: Vec<String> = tag.attributes().map(|attribute| format!("{:?}", attribute.unwrap().key)).collect();
                shape.push(format!("{:?} {names:?}", tag.name()));
            }
            quick_xml::events::Event::End(tag) => shape.push(format!("/{:?}", tag.name())),
            quick_xml::events::Event::Eof => return shape,
            quick_xml::events::Event::Text(_) | quick_xml::events::Event::GeneralRef(_) | quick_xml::events::Event::Decl(_) => {}
            other => panic!("{other:?}"),
        }
    }
}

/// Elements and attributes of a page, with depth.
fn html(text: &str) -> Vec<String> {
    use html5ever::tendril::TendrilSink as _;
    use markup5ever_rcdom::{Handle, NodeData, RcDom};
    fn walk(node: &Handle, depth: usize, shape: &mut Vec<String>) {
        if let NodeData::Element { name, attrs, .. } = &node.data {
            let names: BTreeSet<String> = attrs.borrow().iter().map(|attribute| attribute.name.local.to_string()).collect();
            shape.push(format!("{depth} {} {names:?}", name.local));
        }
        node.children.borrow().iter().for_each(|child| walk(child, depth + 1, shape));
    }
    let tokenizer = html5ever::tokenizer::TokenizerOpts { exact_errors: true, ..Default::default() };
    let dom = html5ever::parse_document(RcDom::default(), html5ever::ParseOpts { tokenizer, ..Default::default() }).one(text);
    assert_eq!(dom.errors.borrow().len(), 0, "{:?}", dom.errors.borrow());
    let mut shape = Vec::new();
    walk(&dom.document, 0, &mut shape);
    shape
}

/// Keys and kinds of a JSON document.
fn value(text: &str) -> Vec<String> {
    fn walk(value: &serde_json::Value, shape: &mut Vec<String>) {
        match value {
            serde_json::Value::Object(fields) => {
                shape.push(format!("object of {}", fields.len()));
                fields.values().for_each(|field| walk(field, shape));
            }
            serde_json::Value::Array(items) => {
                shape.push(format!("list of {}", items.len()));
                items.iter().for_each(|item| walk(item, shape));
            }
            serde_json::Value::String(_) => shape.push("string".to_owned()),
            other => shape.push(other.to_string()),
        }
    }
    let mut shape = Vec::new();
    walk(&serde_json::from_str(text).unwrap(), &mut shape);
    shape
}

/// Blocks, links and tags of a Markdown document; runs of text and code in them are one.
fn markdown(text: &str) -> Vec<String> {
    use pulldown_cmark::{Event, Options, Parser, Tag};
    let mut shape = Vec::new();
    for event in Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => shape.push("block".to_owned()),
            Event::Start(tag) => shape.push(format!("{tag:?}")),
            // Within lines only what parts mentions, and cells whose code needs them.
            Event::InlineHtml(tag) => assert!(matches!(&*tag, "<!-- -->" | "<code>" | "</code>"), "{tag}"),
            Event::Html(tag) if !tag.trim().is_empty() => {
                let tag = tag.trim();
                let ours = ["<details>", "</details>", "<summary>", "<!-- bundlescope 0.1.0 report -->"]
                    .iter()
                    .find(|ours| tag.starts_with(**ours));
                assert!(ours.is_some() && !tag.contains("<script") && !tag.contains("<img"), "{tag}");
                shape.extend(ours.map(|ours| (*ours).to_owned()));
            }
            Event::TaskListMarker(_) | Event::FootnoteReference(_) | Event::Rule => shape.push(format!("{event:?}")),
            _ => {}
        }
    }
    shape
}

fn csv(text: &str) -> Vec<String> {
    let rows = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes()).into_records();
    rows.map(|row| row.unwrap().len().to_string()).collect()
}

#[test]
fn hostile_text_changes_no_structure() {
    let style = Style { width: 100, ..Style::default() };
    let (hostile, mild): (Vec<&str>, Vec<String>) = samples::HOSTILE.iter().map(|text| (*text, harmless(text))).unzip();
    let mild: Vec<&str> = mild.iter().map(String::as_str).collect();
    for ((report, plain), text) in samples::with(&hostile).iter().zip(&samples::with(&mild)).zip(&hostile) {
        let both = |format: Format, shape: fn(&str) -> Vec<String>| {
            let (got, expected) = (shape(&format.render(report, &style)), shape(&format.render(plain, &style)));
            let differs = got.iter().zip(&expected).position(|(got, expected)| got != expected);
            let near = differs.map(|at| (got.get(at.saturating_sub(3)..at + 2), expected.get(at.saturating_sub(3)..at + 2)));
            assert!(got == expected, "{} with {text:?}: {near:?}, {} and {}", format.name(), got.len(), expected.len());
        };
        // Of steps of several lines some are commands, by how they end, and between backticks stands code: judged elsewhere.
        if !text.contains(['\n', '`']) {
            both(Format::Html, html);
            both(Format::Markdown, markdown);
        }
        both(Format::Json, value);
        both(Format::Junit, xml);
        both(Format::Csv, csv);
        both(Format::Sarif, value);
        both(Format::Ndjson, |text| text.lines().flat_map(value).collect());
        for (diff, plain) in comparisons(report).iter().zip(&comparisons(plain)) {
            let shapes = |diff: &Diff| {
                let of = |format: DiffFormat| format.render(diff, &style);
                (value(&of(DiffFormat::Json)), csv(&of(DiffFormat::Csv)), markdown(&of(DiffFormat::Markdown)))
            };
            assert_eq!(shapes(diff), shapes(plain), "{text:?}");
        }
    }
}

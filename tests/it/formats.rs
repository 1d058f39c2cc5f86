//! What the program writes is what others read: every format of every labelled case, by readers that are not its own.

use std::fs;
use std::path::PathBuf;

use bundlescope::diagnose::Selection;
use bundlescope::report::model::Report;
use bundlescope::report::render::{Format, Style};
use bundlescope::report::schema;
use bundlescope::scan::Scanner;
use jsonschema::Validator;
use quick_xml::events::Event;
use serde_json::Value;

use crate::support;

/// The published schema of SARIF, which the tests carry.
pub(crate) fn sarif_validator() -> Validator {
    let text = fs::read_to_string(support::root().join("tests/sarif/sarif-schema-2.1.0.json")).unwrap();
    // As published, one bracket of its patterns for languages is not escaped, which a strict reader of patterns refuses.
    let schema: Value = serde_json::from_str(&text.replace("-[a-zA-Z]{2}]?$", "-[a-zA-Z]{2}\\\\]?$")).unwrap();
    jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
}

fn validator(schema: &str) -> Validator {
    jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap()
}

fn faults(validator: &Validator, text: &str) -> Vec<String> {
    let value: Value = serde_json::from_str(text).unwrap();
    validator.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

fn written(report: &Report, format: Format) -> String {
    format.render(report, &Style { width: 100, ..Style::default() })
}

/// Readers of all formats. Each says what is wrong with a text.
struct Readers {
    report: Validator,
    line: Validator,
    sarif: Validator,
}

impl Readers {
    fn new() -> Self {
        Self { report: validator(&schema::schema()), line: validator(&schema::ndjson_schema()), sarif: sarif_validator() }
    }

    fn faults(&self, report: &Report, format: Format) -> Vec<String> {
        let text = written(report, format);
        match format {
            Format::Json => faults(&self.report, &text),
            Format::Ndjson => text.lines().flat_map(|line| faults(&self.line, line)).collect(),
            Format::Sarif => faults(&self.sarif, &text),
            Format::Junit => xml_faults(&text, report),
            Format::Csv => csv_faults(&text, report),
            Format::Markdown => markdown_faults(&text),
            Format::Html => html_faults(&text),
            // For people.
            Format::Table => Vec::new(),
        }
    }
}

fn xml_faults(text: &str, report: &Report) -> Vec<String> {
    let mut reader = quick_xml::Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    let mut cases = 0;
    let mut depth = 0_i32;
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) => {
                depth += 1;
                cases += usize::from(tag.name().as_ref() == "testcase");
            }
            Ok(Event::Empty(tag)) => cases += usize::from(tag.name().as_ref() == "testcase"),
            Ok(Event::End(_)) => depth -= 1,
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(error) => return vec![error.to_string()],
        }
    }
    let least = report.findings.len() + report.errors.len();
    if depth == 0 && cases >= least.max(1) { Vec::new() } else { vec![format!("{cases} cases for {least} findings and errors")] }
}

fn csv_faults(text: &str, report: &Report) -> Vec<String> {
    let mut rows = csv::Reader::from_reader(text.as_bytes());
    let ids: Result<Vec<String>, _> = rows.records().map(|row| row.map(|row| row[1].to_owned())).collect();
    match ids {
        Ok(ids) if ids.iter().eq(report.findings.iter().map(|finding| &finding.id)) => Vec::new(),
        Ok(ids) => vec![format!("{ids:?}")],
        Err(error) => vec![error.to_string()],
    }
}

/// Everything that a browser would mend silently.
fn html_faults(text: &str) -> Vec<String> {
    use html5ever::tendril::TendrilSink;
    let tokenizer = html5ever::tokenizer::TokenizerOpts { exact_errors: true, ..Default::default() };
    let options = html5ever::ParseOpts { tokenizer, ..Default::default() };
    let dom = html5ever::parse_document(markup5ever_rcdom::RcDom::default(), options).one(text);
    dom.errors.take().into_iter().map(String::from).collect()
}

fn markdown_faults(text: &str) -> Vec<String> {
    use pulldown_cmark::{Event, Options, Parser, Tag};
    let cells = Parser::new_ext(text, Options::ENABLE_TABLES).filter(|event| matches!(event, Event::Start(Tag::TableCell))).count();
    // A block may begin behind the number of a step.
    let fence = |line: &&str| line.trim_start_matches(|c: char| c == ' ' || c == '.' || c.is_ascii_digit()).starts_with("```");
    let fences = text.lines().filter(fence).count();
    let mut faults = Vec::new();
    if cells % 6 != 0 {
        faults.push(format!("{cells} cells in a table of six columns"));
    }
    if fences % 2 != 0 {
        faults.push("a block does not end".to_owned());
    }
    faults
}

#[test]
fn labelled_cases_are_valid_in_every_format() {
    let library = support::library();
    let scanner = Scanner::new(&library);
    let readers = Readers::new();
    let mut wrong = Vec::new();
    for input in labelled_inputs() {
        let report = support::report(&scanner, input.clone(), &Selection::default());
        for format in Format::ALL {
            for fault in readers.faults(&report, *format) {
                wrong.push(format!("{} as {}: {fault}", input.display(), format.name()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What the labelled cases hand over: of every twelfth case, or of all where `BUNDLESCOPE_EVERY_CASE` asks for it, which takes
/// many seconds in the development profile.
pub(crate) fn labelled_inputs() -> Vec<PathBuf> {
    let mut inputs: Vec<PathBuf> = fs::read_dir(support::root().join("corpora"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|folder| folder.join("expect.yaml").is_file())
        .map(|folder| folder.join("input"))
        .filter(|input| input.exists())
        .collect();
    inputs.sort();
    assert!(inputs.len() > 400, "{}", inputs.len());
    if std::env::var_os("BUNDLESCOPE_EVERY_CASE").is_some() { inputs } else { inputs.into_iter().step_by(12).collect() }
}

#[test]
fn one_reading_writes_every_format() {
    let work = tempfile::tempdir().unwrap();
    let input = support::root().join("corpora/first-light/first-light.zip");
    // By extension in any case, by name, and all in one run.
    let files = ["Report.JSON", "lines.JsonL", "t.MD", "scan.Sarif.Json", "junit.XML", "rows.CSV", "page.TXT", "page.HTM"];
    let mut arguments = vec!["diagnose".to_owned(), "-q".to_owned()];
    for file in files {
        arguments.extend(["-o".to_owned(), work.path().join(file).display().to_string()]);
    }
    arguments.extend(["-o".to_owned(), format!("ndjson={}", work.path().join("by-name").display())]);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let output = support::run(&arguments, &[&input]);
    assert_eq!((output.status, output.stdout.as_str()), (0, ""), "{}", output.stderr);

    let report: Report = serde_json::from_str(&fs::read_to_string(work.path().join("Report.JSON")).unwrap()).unwrap();
    for (file, format) in files.iter().zip([
        Format::Json,
        Format::Ndjson,
        Format::Markdown,
        Format::Sarif,
        Format::Junit,
        Format::Csv,
        Format::Table,
        Format::Html,
    ]) {
        let text = fs::read_to_string(work.path().join(file)).unwrap();
        assert!(text == written(&report, format), "{file} is no {}", format.name());
    }
    let by_name = fs::read_to_string(work.path().join("by-name")).unwrap();
    assert!(by_name == written(&report, Format::Ndjson));
    assert!(by_name.lines().last().unwrap().starts_with("{\"type\":\"summary\","), "{by_name}");

    // To standard output, too.
    for format in Format::ALL.iter().filter(|format| **format != Format::Table) {
        let output = support::run(&["diagnose", "-q", "-f", format.name()], &[&input]);
        assert!(output.stdout == written(&report, *format), "{}", format.name());
    }
}

#[test]
fn two_reports_never_go_to_one_file() {
    let work = tempfile::tempdir().unwrap();
    let file = work.path().join("a.json").display().to_string();
    let input = support::root().join("corpora/cat9300-slp-healthy/input");
    let again = format!("csv={}/./a.json", work.path().display());
    for second in [format!("csv={file}"), again] {
        let output = support::run(&["diagnose", "-o", &file, "-o", &second], &[&input]);
        assert_eq!(output.status, 2);
        assert!(output.stderr.contains("is named twice"), "{}", output.stderr);
        assert!(!work.path().join("a.json").exists());
    }
    let output = support::run(&["diagnose", "-q", "-o", "json=-", "-o", &file], &[&input]);
    assert_eq!((output.status, output.stdout), (0, std::fs::read_to_string(&file).unwrap()));
}

#[cfg(unix)]
#[test]
fn a_report_that_takes_the_place_of_another_keeps_links_and_modes() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let work = tempfile::tempdir().unwrap();
    let at = |name: &str| work.path().join(name);
    let input = support::root().join("corpora/cat9300-slp-healthy/input");
    std::fs::create_dir(at("kept")).unwrap();
    std::fs::write(at("kept/a.json"), "old").unwrap();
    std::fs::set_permissions(at("kept/a.json"), std::fs::Permissions::from_mode(0o600)).unwrap();
    symlink("kept/a.json", at("link.json")).unwrap();
    symlink("kept/new.json", at("dangling.json")).unwrap();
    for (name, led_to) in [("link.json", "kept/a.json"), ("dangling.json", "kept/new.json")] {
        let output = support::run(&["diagnose", "-q", "-o", &at(name).display().to_string()], &[&input]);
        assert_eq!(output.status, 0, "{}", output.stderr);
        assert!(at(name).is_symlink());
        assert!(std::fs::read_to_string(at(led_to)).unwrap().starts_with('{'));
    }
    assert_eq!(at("kept/a.json").metadata().unwrap().permissions().mode() & 0o777, 0o600);
}

/// A rules' text that every code scanner shows: none is empty.
#[test]
fn rules_of_sarif_are_described() {
    let library = support::library();
    let scanner = Scanner::new(&library);
    let report = support::report(&scanner, support::root().join("corpora/first-light/first-light.zip"), &Selection::default());
    let log: Value = serde_json::from_str(&written(&report, Format::Sarif)).unwrap();
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    let made: std::collections::BTreeSet<&str> = report.findings.iter().map(|finding| finding.id.as_str()).collect();
    assert!(rules.len() >= made.len() && made.len() > 3, "{} rules, {} diagnoses", rules.len(), made.len());
    for rule in rules {
        for text in ["/shortDescription/text", "/fullDescription/text", "/help/text", "/help/markdown"] {
            assert!(rule.pointer(text).and_then(Value::as_str).is_some_and(|text| text.len() > 10), "{rule}: {text}");
        }
    }
}

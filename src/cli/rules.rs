//! `rules`: list, show, lint, test, schema, new.

use std::path::PathBuf;

use anyhow::{Context, bail};
use bundlescope::report::render::{Long, columns, wrap};
use bundlescope::rules::library::{Library, Matcher};
use bundlescope::rules::load::{self, RuleText};
use bundlescope::rules::{described, embedded, lint, schema};
use bundlescope::scan::Scanner;

use super::args::{LanguageArg, RuleArgs, RulesArgs, RulesCommand};
use super::exit::Exit;
use super::{output, session};

pub(crate) fn run(args: &RulesArgs) -> anyhow::Result<Exit> {
    match &args.command {
        RulesCommand::List { lang, rules } => list(rules, *lang),
        RulesCommand::Show { id, rules } => show(id, rules),
        RulesCommand::Lint { dir, cases } => check(dir.as_ref(), cases),
        RulesCommand::Test { dir } => test(dir.as_ref()),
        RulesCommand::Patterns { literals, rules } => patterns(*literals, rules),
        RulesCommand::Schema { diagnosis: true, .. } => {
            output::print(&described::schema())?;
            Ok(Exit::Success)
        }
        RulesCommand::Schema { report, ndjson, diff, .. } => {
            let of = match (report, ndjson, diff) {
                (true, ..) => bundlescope::report::schema::schema(),
                (_, true, _) => bundlescope::report::schema::ndjson_schema(),
                (.., true) => bundlescope::report::schema::diff_schema(),
                _ => schema::schema(),
            };
            output::print(&of)?;
            Ok(Exit::Success)
        }
        RulesCommand::New { id } => new(id),
    }
}

fn list(args: &RuleArgs, lang: LanguageArg) -> anyhow::Result<Exit> {
    let library = session::library(args, &[])?;
    let words = library.words(lang.into());
    let say = |text: &str| words.say(text).to_owned();
    let head = [say("id"), say("kind"), say("severity"), say("what is wrong")];
    let rules = library
        .rules
        .iter()
        .map(|rule| [rule.id.as_str().to_owned(), say(&word(&rule.kind)), say(&word(&rule.severity)), say(&rule.title)]);
    let rows: Vec<[String; 4]> = std::iter::once(head).chain(rules).collect();
    let widest = |of: fn(&[String; 4]) -> &String| rows.iter().map(|row| columns(of(row))).max().unwrap_or(0);
    let widths = [widest(|[id, ..]| id), widest(|[_, kind, ..]| kind), widest(|[_, _, severity, _]| severity)];
    // A blank before each column, and two between them.
    let before = widths.iter().map(|width| width + 2).sum::<usize>() + 1;
    let room = output::width().saturating_sub(before).max(20);
    let mut text = String::new();
    for [id, kind, severity, title] in &rows {
        for (nth, line) in wrap(title, room, Long::Cut).iter().enumerate() {
            let cells = if nth == 0 { [id.as_str(), kind, severity] } else { [""; 3] };
            let cells: String = cells.iter().zip(widths).map(|(cell, width)| format!("{}  ", padded(cell, width))).collect();
            text.push_str(&format!(" {cells}{line}\n"));
        }
    }
    let sum = words.fill("{} diagnoses, digest {}", &[&library.rules.len().to_string(), &library.digest]);
    output::print(&format!("{text}\n{sum}\n"))?;
    Ok(Exit::Success)
}

/// A cell filled up to the width of its column.
fn padded(cell: &str, width: usize) -> String {
    format!("{cell}{}", " ".repeat(width.saturating_sub(columns(cell))))
}

/// The word of an enum as the rule files write it.
pub(crate) fn word(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn files(dir: Option<&PathBuf>) -> anyhow::Result<Vec<RuleText>> {
    let Some(dir) = dir else { return Ok(embedded::files()) };
    let own = session::rule_folder(dir)?;
    // A folder of additions uses embedded signals and names embedded diagnoses, so it is checked together with them, as
    // `--rules` would load it. One that is a library of its own (the sources of the embedded one) stands alone.
    let together: Vec<RuleText> = embedded::files().into_iter().chain(own.iter().cloned()).collect();
    let faults = |files: &[RuleText]| load::load(files).err().map_or(0, |faults| faults.len());
    Ok(if faults(&own) < faults(&together) { own } else { together })
}

fn loaded(dir: Option<&PathBuf>) -> anyhow::Result<Result<Library, Vec<load::Fault>>> {
    Ok(load::load(&files(dir)?))
}

fn show(id: &str, args: &RuleArgs) -> anyhow::Result<Exit> {
    let library = session::library(args, &[])?;
    let Some(rule) = library.rules.iter().find(|rule| rule.id == id) else { bail!("{}", session::unknown_id(library, id)) };
    let mut texts = embedded::files();
    for folder in &args.rules {
        texts.extend(session::rule_folder(folder)?);
    }
    let text = texts.iter().rev().find(|file| file.name == rule.source).context("the rule's file is gone")?;
    output::print(&format!("# {}\n{}", text.name, text.text))?;
    Ok(Exit::Success)
}

fn check(dir: Option<&PathBuf>, cases: &[PathBuf]) -> anyhow::Result<Exit> {
    match loaded(dir)? {
        Err(faults) => {
            let said = faults.iter().map(|fault| format!("{}: {fault}\n", output::paint("error", output::Tone::Bad)));
            output::print_painted(&said.collect::<String>())?;
            Ok(Exit::Failure)
        }
        Ok(library) => {
            let mut lints = lint::lint(&library);
            if !cases.is_empty() {
                lints.extend(lint::never_made(&library, &super::eval::made(&library, cases)?));
            }
            let mut said: String =
                lints.iter().map(|lint| format!("{}: {lint}\n", output::paint("warning", output::Tone::Doubt))).collect();
            let counts = (library.rules.len(), library.signals.len(), library.extracts.len(), lints.len());
            said.push_str(&format!("{} diagnoses, {} signals, {} values, {} lints\n", counts.0, counts.1, counts.2, counts.3));
            output::print_painted(&said)?;
            Ok(if lints.is_empty() { Exit::Success } else { Exit::Gate })
        }
    }
}

fn test(dir: Option<&PathBuf>) -> anyhow::Result<Exit> {
    let library = match loaded(dir)? {
        Ok(library) => library,
        Err(faults) => {
            let list: Vec<String> = faults.iter().map(ToString::to_string).collect();
            bail!("the rules cannot be loaded\n  {}", list.join("\n  "));
        }
    };
    let scanner = Scanner::new(&library);
    let (ran, failures) = bundlescope::examples::run(&scanner);
    let mut said = String::new();
    for failure in &failures {
        let fail = output::paint("FAIL", output::Tone::Bad);
        said.push_str(&format!("{fail} {} {}\n     {}\n", failure.rule, failure.example, failure.message));
    }
    said.push_str(&format!("{} examples passed, {} failed\n", ran - failures.len(), failures.len()));
    output::print_painted(&said)?;
    Ok(if failures.is_empty() { Exit::Success } else { Exit::Gate })
}

fn patterns(literals: bool, args: &RuleArgs) -> anyhow::Result<Exit> {
    let library = session::library(args, &[])?;
    let mut lines: Vec<String> = if literals {
        bundlescope::scan::literals(library)
    } else {
        let texts = library.signals.iter().filter_map(|signal| match &signal.matcher {
            Matcher::Text { pattern, .. } => Some(pattern.as_str().to_owned()),
            _ => None,
        });
        texts.collect()
    };
    lines.sort();
    lines.dedup();
    output::print(&format!("{}\n", lines.join("\n")))?;
    Ok(Exit::Success)
}

fn new(id: &str) -> anyhow::Result<Exit> {
    if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-') {
        bail!("`{id}` is no id; ids are lower case with dashes (`slp-path-blocked`)");
    }
    if embedded::library().is_ok_and(|library| library.rules.iter().any(|rule| rule.id == id)) {
        bail!("there is a diagnosis `{id}` already: `bundlescope rules show {id}` prints its file, to be changed and given by --rules");
    }
    output::print(&include_str!("new_rule.yaml").replace("{id}", id))?;
    Ok(Exit::Success)
}

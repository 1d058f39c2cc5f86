//! `explain`: one diagnosis in full; with a case, why it was or was not made for each device.

mod case;
mod page;

use anyhow::bail;
use bundlescope::diagnose::Diagnosis;
use bundlescope::report::render::columns;
use bundlescope::report::translated_title;
use bundlescope::rules::described::{Described, described};
use bundlescope::rules::library::{Library, Rule};
use bundlescope::rules::model::Weight;
use bundlescope::rules::told::outline;
use bundlescope::rules::translation::Words;
use bundlescope::scan::{Options, Silent};

use self::page::Page;
use super::args::{ExplainArgs, ExplainFormat};
use super::exit::Exit;
use super::rules::word;
use super::{output, session};

/// Columns of how much a piece of evidence weighs.
const WEIGHT: usize = 12;

pub(crate) fn run(args: &ExplainArgs) -> anyhow::Result<Exit> {
    let library = session::library(&args.rules, &args.limit)?;
    let Some(rule) = library.rules.iter().find(|rule| rule.id == args.id) else {
        bail!("{}", session::unknown_id(library, &args.id));
    };
    let words = library.words(args.lang.into());
    if args.paths.is_empty() && args.limit.is_empty() {
        let mut described = described(rule, library, words);
        translate(&mut described, words);
        output::print(&match args.format {
            ExplainFormat::Table => page(&described, rule, library, words, output::width()),
            ExplainFormat::Json => format!("{}\n", serde_json::to_string_pretty(&described)?),
        })?;
        return Ok(Exit::Success);
    }
    if args.format == ExplainFormat::Json {
        bail!(
            "with a case `explain` speaks to people only; `bundlescope diagnose -f json --select {} PATH` gives its finding as data",
            rule.id
        );
    }
    let input = args.input();
    let Some(limits) = session::limits(&input)? else { return Ok(Exit::Success) };
    let inputs = session::inputs(&input)?;
    let threads = session::threads(&inputs, input.jobs)?;
    let case = threads.install(|| session::scan(library, &inputs, limits, Options::default(), &args.time, &Silent))?;
    if case.artifacts.is_empty() {
        bail!("nothing of the case could be read");
    }
    if !args.quiet {
        session::warn(&case, words, false);
    }
    let page = threads.install(|| case::explained(&Diagnosis::new(case, library), rule, library, words, output::width()));
    output::print(&page)?;
    Ok(Exit::Success)
}

/// A text filled with blanks to so many columns.
fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(columns(text)).max(1)))
}

fn weight_word(weight: Weight) -> &'static str {
    match weight {
        Weight::Decisive => "decisive",
        Weight::Strong => "strong",
        Weight::Supporting => "supporting",
        Weight::Against => "against",
        Weight::RulesOut => "rules out",
    }
}

/// Says what the rule says to people in the language of `words`.
fn translate(rule: &mut Described, words: Words<'_>) {
    let say = |text: &mut String| *text = words.say(text).to_owned();
    [&mut rule.title, &mut rule.summary].into_iter().for_each(say);
    rule.collect.iter_mut().flat_map(|collect| [&mut collect.command, &mut collect.what]).for_each(say);
    rule.evidence
        .iter_mut()
        .filter_map(|item| item.why.as_mut())
        .chain(rule.signals.iter_mut().map(|signal| &mut signal.title))
        .for_each(say);
}

/// A diagnosis for a terminal.
fn page(rule: &Described, source: &Rule, library: &Library, words: Words<'_>, width: usize) -> String {
    let mut page = Page::new(width);
    page.text(0, &rule.id);
    page.text(0, &rule.title);
    page.gap();
    page.text(0, &rule.summary);
    let platforms = if rule.platforms.is_empty() { words.say("all").to_owned() } else { rule.platforms.join(", ") };
    page.gap();
    let (kind, severity) = (word(&rule.kind), word(&rule.severity));
    page.text(0, &words.fill("Kind {}, severity {}, platforms {}", &[words.say(&kind), words.say(&severity), &platforms]));
    if !source.evidence.is_empty() {
        page.gap();
        page.text(0, words.say("Evidence"));
    }
    for item in &source.evidence {
        let label = padded(words.say(weight_word(item.weight)), WEIGHT);
        let why = item.why.as_deref().map(|why| words.say(why).to_owned());
        let mut lines = outline(&item.when, library, words).into_iter();
        let (_, first) = why.map(|why| (0, why)).or_else(|| lines.next()).unwrap_or_default();
        page.hang(2, &label, &first);
        lines.for_each(|(depth, line)| page.hang(2 + WEIGHT + (2 * depth).saturating_sub(2), if depth == 0 { "" } else { "- " }, &line));
    }
    let mut list = |title: &str, items: Vec<String>| {
        if !items.is_empty() {
            page.gap();
            page.text(0, words.say(title));
        }
        for item in items {
            let mut lines = item.lines();
            page.text(2, lines.next().unwrap_or_default());
            // What stands on lines of its own is to be typed.
            lines.for_each(|line| page.verbatim(2, line));
        }
    };
    let severities = rule.severity_when.iter().map(|one| words.fill("{} when {}", &[words.say(&word(&one.severity)), &one.when]));
    list("Severity", severities.collect());
    if let Some(table) = &rule.releases {
        let rows = table.rows.iter().map(|row| {
            let only = |what: &str, pattern: &Option<String>| pattern.as_ref().map(|only| format!(", {what} `{only}`")).unwrap_or_default();
            let (products, agents) = (only("product ids with", &row.products), only("agents", &row.agents));
            format!("{}{products}{agents}: {}", row.platforms.join(", "), row.fixed.join(", "))
        });
        list("Fixed in", rows.collect());
    }
    list("Explains", rule.explains.clone());
    list("Do", rule.remedy.clone());
    list("Until then", rule.workaround.clone());
    let collect = rule.collect.iter().map(|collect| words.fill("{} ({})", &[&collect.command, &collect.what]));
    list("Collect", collect.collect());
    let references = rule
        .references
        .iter()
        .map(|r| format!("{} {}", translated_title(words, &r.words(), &r.id), r.url.as_deref().unwrap_or("")).trim_end().to_owned());
    list("Read more", references.collect());
    page.finish()
}

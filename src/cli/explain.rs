//! `explain`: one diagnosis in full; with a case, why it was or was not made for each device.

mod case;
mod page;

use anyhow::bail;
use bundlescope::diagnose::Diagnosis;
use bundlescope::rules::library::{Cond, Library, Pattern, Rule, SignalId};
use bundlescope::rules::model::{ReleaseIs, Weight};
use bundlescope::scan::{Options, Silent};

use self::page::Page;
use super::args::ExplainArgs;
use super::exit::Exit;
use super::rules::word;
use super::{output, session};

pub(crate) fn run(args: &ExplainArgs) -> anyhow::Result<Exit> {
    let library = session::library(&args.rules, &args.limit)?;
    let Some(rule) = library.rules.iter().find(|rule| rule.id == args.id) else {
        bail!("{}", session::unknown_id(library, &args.id));
    };
    if args.paths.is_empty() && args.limit.is_empty() {
        output::print(&described(rule, library, output::width()))?;
        return Ok(Exit::Success);
    }
    let input = args.input();
    let Some(limits) = session::limits(&input)? else { return Ok(Exit::Success) };
    let inputs = session::inputs(&input)?;
    let threads = session::threads(&inputs, input.jobs)?;
    let case = threads.install(|| session::scan(library, &inputs, limits, Options::default(), &args.time, &Silent))?;
    if case.artifacts.is_empty() {
        bail!("nothing of the case could be read");
    }
    let page = threads.install(|| case::explained(&Diagnosis::new(case, library), rule, library, output::width()));
    output::print(&page)?;
    Ok(Exit::Success)
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

fn described(rule: &Rule, library: &Library, width: usize) -> String {
    let mut page = Page::new(width);
    page.text(0, &rule.id);
    page.text(0, &rule.title);
    page.gap();
    page.text(0, &rule.summary);
    let platforms = if rule.platforms.is_empty() { "all".to_owned() } else { rule.platforms.join(", ") };
    page.gap();
    page.text(0, &format!("Kind {}, severity {}, platforms {platforms}", word(&rule.kind), word(&rule.severity)));
    let mut list = |title: &str, items: Vec<(String, String)>| {
        if !items.is_empty() {
            page.gap();
            page.text(0, title);
        }
        for (label, item) in items {
            let mut lines = item.lines();
            page.hang(2, &label, lines.next().unwrap_or_default());
            // What stands on lines of its own is to be typed.
            lines.for_each(|line| page.verbatim(2, line));
        }
    };
    let plain = |items: Vec<String>| items.into_iter().map(|item| (String::new(), item)).collect::<Vec<_>>();
    let evidence = rule.evidence.iter().map(|item| {
        let why = item.why.as_deref().map(|why| format!(" ({why})")).unwrap_or_default();
        (format!("{:<12}", weight_word(item.weight)), format!("{}{why}", in_words(&item.when, library)))
    });
    list("Evidence", evidence.collect());
    let severities = rule.severity_when.iter().map(|(when, severity)| format!("{} when {}", word(severity), in_words(when, library)));
    list("Severity", plain(severities.collect()));
    if let Some(table) = rule.releases.as_ref().and_then(|id| library.releases.get(id)) {
        let rows = table.rows.iter().map(|row| {
            let only = |what: &str, pattern: &Option<Pattern>| {
                pattern.as_ref().map(|only| format!(", {what} `{}`", only.as_str().trim_start_matches("(?i)"))).unwrap_or_default()
            };
            let (products, agents) = (only("product ids with", &row.products), only("agents", &row.agents));
            format!("{}{products}{agents}: {}", row.platforms.join(", "), row.fixed.join(", "))
        });
        list("Fixed in", plain(rows.collect()));
    }
    list("Explains", plain(rule.explains.clone()));
    list("Do", plain(rule.remedy.clone()));
    list("Until then", plain(rule.workaround.clone()));
    list("Collect", plain(rule.collect.iter().map(|collect| format!("{}  ({})", collect.command, collect.what)).collect()));
    let references = rule.references.iter().map(|r| format!("{} {}", r.words(), r.url.as_deref().unwrap_or("")).trim_end().to_owned());
    list("Read more", plain(references.collect()));
    page.finish()
}

/// A condition as a person would say it.
fn in_words(cond: &Cond, library: &Library) -> String {
    let signal = |id: &SignalId| library.signals.get(id.0).map_or_else(String::new, |signal| format!("{} ({})", signal.id, signal.title));
    let joined = |inner: &[Cond], word: &str| {
        let parts = inner.iter().map(|cond| match cond {
            Cond::All(several) | Cond::Any(several) if several.len() > 1 && inner.len() > 1 => format!("[{}]", in_words(cond, library)),
            _ => in_words(cond, library),
        });
        parts.collect::<Vec<_>>().join(word)
    };
    match cond {
        Cond::Signal(id) => signal(id),
        Cond::All(inner) => joined(inner, "; and "),
        Cond::Any(inner) => joined(inner, "; or "),
        Cond::Not(inner) => match &**inner {
            Cond::Any(several) if several.len() > 1 => format!("none of [{}]", joined(several, "; ")),
            Cond::All(several) if several.len() > 1 => format!("not all of [{}]", joined(several, "; ")),
            inner => format!("not {}", in_words(inner, library)),
        },
        Cond::Count(id, least) => format!("{} at least {least} times", signal(id)),
        Cond::Pairs(id, least) => match library.pairs.get(id.0) {
            Some((opened, closed)) => format!("{} followed by {} at least {least} times", signal(opened), signal(closed)),
            None => String::new(),
        },
        Cond::Release(ReleaseIs::Affected) => "the release is affected".to_owned(),
        Cond::Release(ReleaseIs::Fixed) => "the release has the fix".to_owned(),
        Cond::Release(ReleaseIs::NotApplicable) => "the release is not concerned".to_owned(),
        Cond::After(date) => format!("the case reaches to {date}"),
        Cond::Platform(names) => format!("the platform is {}", names.join(" or ")),
        Cond::Version(from, before) => {
            let bounds = [from.as_ref().map(|from| format!("from {from}")), before.as_ref().map(|before| format!("before {before}"))];
            format!("the version is {}", bounds.into_iter().flatten().collect::<Vec<_>>().join(" and "))
        }
        Cond::Product(wanted) => format!("the product id has `{}`", wanted.as_str().trim_start_matches("(?i)")),
        Cond::Later(later, earlier) => format!("{} later than any {}", signal(later), signal(earlier)),
        Cond::Elsewhere(inner) => format!("on another device of the same platform: {}", in_words(inner, library)),
    }
}

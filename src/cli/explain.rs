//! `explain`: one diagnosis in full; with a case, why it was or was not made for each device.

mod case;
mod page;

use std::fmt::Write as _;

use anyhow::bail;
use bundlescope::diagnose::Diagnosis;
use bundlescope::rules::library::{Cond, Library, Rule, SignalId};
use bundlescope::rules::model::{ReleaseIs, Weight};
use bundlescope::scan::{Options, Silent};

use super::args::ExplainArgs;
use super::exit::Exit;
use super::rules::word;
use super::{output, session};

pub(crate) fn run(args: &ExplainArgs) -> anyhow::Result<Exit> {
    let library = session::library(&args.rules)?;
    let Some(rule) = library.rules.iter().find(|rule| rule.id == args.id) else {
        bail!("{}", session::unknown_id(library, &args.id));
    };
    if args.paths.is_empty() && args.limit.is_empty() {
        output::print(&described(rule, library))?;
        return Ok(Exit::Success);
    }
    let input = args.input();
    let Some(limits) = session::limits(&input)? else { return Ok(Exit::Success) };
    let options = Options { limits, mmap: false };
    let case = session::scan(library, &session::inputs(&input)?, &options, input.jobs, &Silent)?;
    if case.artifacts.is_empty() {
        bail!("nothing of the case could be read");
    }
    let diagnosis = Diagnosis::new(case, library);
    output::print(&case::explained(&diagnosis, rule, library, output::width()))?;
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

fn described(rule: &Rule, library: &Library) -> String {
    let mut text = format!("{}\n{}\n\n{}\n", rule.id, rule.title, rule.summary);
    let platforms = if rule.platforms.is_empty() { "all".to_owned() } else { rule.platforms.join(", ") };
    let _ = writeln!(text, "\nKind {}, severity {}, platforms {platforms}", word(&rule.kind), word(&rule.severity));
    let mut list = |title: &str, items: Vec<String>| {
        if !items.is_empty() {
            let _ = writeln!(text, "\n{title}");
            for item in items {
                let _ = writeln!(text, "  {}", item.replace('\n', "\n  "));
            }
        }
    };
    let evidence = rule.evidence.iter().map(|item| {
        let why = item.why.as_deref().map(|why| format!("  {why}")).unwrap_or_default();
        format!("{}: {}{why}", weight_word(item.weight), in_words(&item.when, library))
    });
    list("Evidence", evidence.collect());
    let severities = rule.severity_when.iter().map(|(when, severity)| format!("{} when {}", word(severity), in_words(when, library)));
    list("Severity", severities.collect());
    if let Some(table) = rule.releases.as_ref().and_then(|id| library.releases.get(id)) {
        list("Fixed in", table.rows.iter().map(|row| format!("{}: {}", row.platforms.join(", "), row.fixed.join(", "))).collect());
    }
    list("Explains", rule.explains.clone());
    list("Do", rule.remedy.clone());
    list("Until then", rule.workaround.clone());
    list("Collect", rule.collect.iter().map(|collect| format!("{}  ({})", collect.command, collect.what)).collect());
    list(
        "Read more",
        rule.references.iter().map(|r| format!("{} {}", r.words(), r.url.as_deref().unwrap_or("")).trim_end().to_owned()).collect(),
    );
    text
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
        Cond::Not(inner) => format!("not {}", joined(std::slice::from_ref(inner), "")),
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

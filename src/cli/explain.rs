//! `explain`: one diagnosis in full; with a case, why it was or was not made for each device, leaf by leaf, from the
//! same verdict that decides.

use std::fmt::Write as _;

use anyhow::bail;
use bundlescope::diagnose::{Diagnosis, Leaf, Truth, Verdict};
use bundlescope::formats::event::Place;
use bundlescope::intake::Input;
use bundlescope::rules::library::{Cond, Library, Rule, SignalId};
use bundlescope::rules::model::{ReleaseIs, Weight};
use bundlescope::scan::{CaseScan, Options, Silent};

use super::args::ExplainArgs;
use super::exit::Exit;
use super::rules::word;
use super::{output, session};

pub(crate) fn run(args: &ExplainArgs) -> anyhow::Result<Exit> {
    let library = session::library(&args.rules)?;
    let Some(rule) = library.rules.iter().find(|rule| rule.id == args.id) else {
        bail!("{}", session::unknown_id(&library, &args.id));
    };
    if args.paths.is_empty() {
        output::print(&described(rule, &library))?;
        return Ok(Exit::Success);
    }
    let inputs: Vec<Input> = args.paths.iter().cloned().map(Input::Path).collect();
    let case = session::scan(&library, &inputs, &Options::default(), None, &Silent)?;
    if case.artifacts.is_empty() {
        bail!("nothing of the case could be read");
    }
    let diagnosis = Diagnosis::new(case, &library);
    let mut text = String::new();
    for (device, verdicts) in diagnosis.verdicts() {
        match verdicts.iter().find(|verdict| verdict.rule.id == rule.id) {
            Some(verdict) => explained(&mut text, &device.id, verdict, diagnosis.case()),
            None => {
                let platform = device.identity.platform.as_deref().unwrap_or("unknown");
                let _ =
                    writeln!(text, "{} on {}: not for platform {platform} (it is about {})", rule.id, device.id, rule.platforms.join(", "));
            }
        }
    }
    if text.is_empty() {
        let _ = writeln!(text, "{}: no device in this case", rule.id);
    }
    output::print(&text)?;
    Ok(Exit::Success)
}

fn explained(text: &mut String, device: &str, verdict: &Verdict<'_>, case: &CaseScan) {
    let probability = verdict.probability();
    let made = if verdict.grounded && probability >= bundlescope::diagnose::MIN_CONFIDENCE { "made" } else { "not made" };
    let _ = writeln!(text, "{} on {device}: {made} ({:.0} %)", verdict.rule.id, probability * 100.0);
    let _ = writeln!(text, "  {:+.1}  prior", verdict.rule.prior);
    for item in &verdict.items {
        let weight = weight_word(item.weight);
        let why = item.why.unwrap_or("");
        let _ = writeln!(text, "  {:+.1}  {weight}: {} {why}", item.log_odds, item.truth.as_str());
        leaves(text, &item.leaves, case);
    }
    if !verdict.severity_because.is_empty() {
        let _ = writeln!(text, "  severity {} here instead of {}, because:", word(&verdict.severity), word(&verdict.rule.severity));
        leaves(text, &verdict.severity_because, case);
    }
    if let Some(release) = &verdict.release {
        let _ = writeln!(text, "  release: {}", release.why);
    }
    text.push('\n');
}

fn leaves(text: &mut String, leaves: &[Leaf<'_>], case: &CaseScan) {
    for leaf in leaves {
        let _ = writeln!(text, "          {}", leaf_line(leaf));
        if let Some((artifact, found)) = leaf.matches.first().filter(|_| leaf.truth == Truth::True) {
            let path = case.artifacts.get(*artifact).map_or("", |scan| scan.path.as_str());
            let place = match found.place {
                Place::Line(0) => path.to_owned(),
                Place::Line(line) => format!("{path}:{line}"),
                Place::Packet(packet) => format!("{path} packet {packet}"),
            };
            let _ = writeln!(text, "            {place}\n            {}", found.excerpt);
        }
    }
}

fn leaf_line(leaf: &Leaf<'_>) -> String {
    let not = if leaf.negated { "not " } else { "" };
    let state = match leaf.truth {
        Truth::True if leaf.count > 1 => format!("seen {} times", leaf.count),
        Truth::True => "yes".to_owned(),
        Truth::Leaning => "probably".to_owned(),
        Truth::False => "not seen".to_owned(),
        Truth::Unknown => leaf.collect.map_or_else(|| "not known".to_owned(), |collect| format!("not known; collect: {collect}")),
    };
    format!("{not}{}: {state}  ({})", leaf.name, leaf.title)
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
        rule.references.iter().map(|r| format!("{} {} {}", r.kind, r.id, r.url.as_deref().unwrap_or("")).trim_end().to_owned()).collect(),
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
        Cond::Product(wanted) => format!("the product id has `{}`", wanted.0.as_str().trim_start_matches("(?i)")),
        Cond::Later(later, earlier) => format!("{} later than any {}", signal(later), signal(earlier)),
        Cond::Elsewhere(inner) => format!("on another device of the same platform: {}", in_words(inner, library)),
    }
}

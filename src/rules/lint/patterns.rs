//! Lints of text patterns: those that no line can reach, those that every line reaches, those that stand twice.

use std::collections::BTreeMap;

use regex_syntax::hir::{Hir, HirKind};

use super::{Lint, push};
use crate::rules::library::{Library, Matcher};
use crate::rules::literal;
use crate::rules::text::Text;

/// A line is only looked at when one of the signal's keywords stands on it. A pattern, or a branch of it, that holds none of
/// them is never tried; nor is one asked for inside a section and outside of it.
pub(super) fn unreachable_pattern(library: &Library, lints: &mut Vec<Lint>) {
    for signal in &library.signals {
        let Matcher::Text { pattern, keywords, within, outside, .. } = &signal.matcher else { continue };
        if within.iter().any(|section| outside.contains(section)) {
            let message = format!("signal `{}` is looked for inside a section and outside the same section, so nowhere", signal.id);
            push(lints, &signal.source, "BR001", message);
        }
        let Ok(hir) = regex_syntax::Parser::new().parse(&literal::as_written(pattern.as_str())) else { continue };
        for branch in branches(&hir) {
            let texts: Vec<String> = branch.into_iter().map(|text| text.to_ascii_lowercase()).collect();
            let fits = |keyword: &Text| {
                texts
                    .iter()
                    .any(|text| text.contains(keyword.as_str()) || (text.len() >= literal::SHORTEST && keyword.contains(text.trim())))
            };
            let telling = texts.iter().any(|text| text.len() >= literal::SHORTEST);
            if telling && !keywords.iter().any(fits) {
                let message =
                    format!("signal `{}`: no keyword stands in `{}`, so a line with it is never looked at", signal.id, texts.join("` … `"));
                push(lints, &signal.source, "BR001", message);
            }
        }
    }
}

/// The literal texts of each alternative; alternatives inside are told apart one level deep.
fn branches(hir: &Hir) -> Vec<Vec<String>> {
    let parts: Vec<&Hir> = match hir.kind() {
        HirKind::Concat(parts) => parts.iter().collect(),
        _ => vec![hir],
    };
    let inner = |part: &&Hir| match part.kind() {
        HirKind::Capture(capture) => matches!(capture.sub.kind(), HirKind::Alternation(_)),
        kind => matches!(kind, HirKind::Alternation(_)),
    };
    let Some(at) = parts.iter().position(inner) else { return vec![texts(hir)] };
    let around: Vec<String> = parts.iter().enumerate().filter(|(other, _)| *other != at).flat_map(|(_, part)| texts(part)).collect();
    let alternation = match parts.get(at).map(|part| part.kind()) {
        Some(HirKind::Capture(capture)) => capture.sub.kind(),
        Some(kind) => kind,
        None => return vec![around],
    };
    let HirKind::Alternation(alternatives) = alternation else { return vec![around] };
    alternatives.iter().map(|branch| around.iter().cloned().chain(texts(branch)).collect()).collect()
}

/// Literal texts anywhere in it.
fn texts(hir: &Hir) -> Vec<String> {
    match hir.kind() {
        HirKind::Literal(literal) => String::from_utf8(literal.0.to_vec()).into_iter().collect(),
        HirKind::Capture(capture) => texts(&capture.sub),
        HirKind::Repetition(repetition) => texts(&repetition.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

/// A literal that stands on most lines of any log is no gate: every line is tried.
pub(super) fn missing_keyword(library: &Library, lints: &mut Vec<Lint>) {
    for signal in &library.signals {
        let Matcher::Text { keywords, within, .. } = &signal.matcher else { continue };
        if let Some(poor) = keywords.iter().find(|keyword| within.is_empty() && literal::is_common(keyword)) {
            push(
                lints,
                &signal.source,
                "BR002",
                format!("signal `{}`: `{poor}` stands on too many lines; name rarer `keywords`", signal.id),
            );
        }
    }
}

pub(super) fn duplicate_pattern(library: &Library, lints: &mut Vec<Lint>) {
    let mut known: BTreeMap<(&str, String), &str> = BTreeMap::new();
    for signal in &library.signals {
        if let Matcher::Text { pattern, within, outside, .. } = &signal.matcher
            && let Some(other) = known.insert((pattern.as_str(), format!("{within:?}{outside:?}")), &signal.id)
        {
            push(lints, &signal.source, "BR003", format!("signals `{other}` and `{}` look for the same text", signal.id));
        }
    }
}

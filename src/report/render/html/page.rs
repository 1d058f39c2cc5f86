//! The page as a whole: its policy, its parts and their order.

use sha2::{Digest, Sha256};

use super::grouping::Grouping;
use super::markup::Markup;
use super::verdict::Verdict;
use super::{findings, graph, inventory, timeline};
use crate::report::model::Report;
use crate::rules::translation::Words;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

pub(super) fn page(report: &Report, words: Words<'_>) -> String {
    let groups = Grouping::of(report, words);
    let verdict = Verdict::of(words, report, &groups);
    let mut m = Markup::default();
    m.element("html", &[("lang", words.language().name())], |m| {
        m.element("head", &[], |m| head(m, report, words));
        let said = [
            ("data-copy", words.say("Copy")),
            ("data-copied", words.say("Copied")),
            ("data-refused", words.say("Not allowed")),
            ("data-light", words.say("Light or dark")),
        ];
        m.element("body", &said, |m| {
            m.leaf("a", &[("class", "skip"), ("href", "#verdict")], words.say("To the verdict"));
            banner(m, report, words);
            m.element("main", &[], |m| {
                verdict_first(m, report, &verdict, &groups);
                findings::overview(m, &groups);
                findings::quiet(m, &groups);
                findings::all(m, &groups);
                inventory::collect(m, report, &groups);
                timeline::section(m, report, &groups);
                graph::section(m, report, &groups);
                inventory::devices(m, report, &groups);
                inventory::coverage(m, report, words);
            });
            footer(m, report, words);
            m.own("script", SCRIPT);
        });
    });
    format!("<!DOCTYPE html>\n{}", m.finish())
}

fn head(m: &mut Markup, report: &Report, words: Words<'_>) {
    m.void("meta", &[("charset", "utf-8")]);
    m.void("meta", &[("http-equiv", "Content-Security-Policy"), ("content", &policy())]);
    m.void("meta", &[("name", "viewport"), ("content", "width=device-width, initial-scale=1")]);
    m.void("meta", &[("name", "referrer"), ("content", "no-referrer")]);
    m.void("meta", &[("name", "color-scheme"), ("content", "light dark")]);
    m.void("meta", &[("name", "generator"), ("content", &format!("{} {}", report.tool.name, report.tool.version))]);
    m.leaf("title", &[], &words.fill("{} – licensing report", &[&inputs(report)]));
    m.own("style", STYLE);
}

/// Nothing from anywhere but the style and the script of this page.
fn policy() -> String {
    let [style, script] = [STYLE, SCRIPT].map(|text| base64(&Sha256::digest(text.as_bytes())));
    format!("default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; base-uri 'none'; form-action 'none'")
}

/// RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for nth in 0..4 {
            let letter = LETTERS.get((bits >> (18 - 6 * nth) & 63) as usize).copied().unwrap_or(b'=');
            text.push(if nth > group.len() { '=' } else { char::from(letter) });
        }
    }
    text
}

fn inputs(report: &Report) -> String {
    report.case.inputs.join(", ")
}

fn banner(m: &mut Markup, report: &Report, words: Words<'_>) {
    m.element("header", &[("class", "banner")], |m| {
        m.element("p", &[("class", "case")], |m| {
            m.leaf("span", &[("class", "kicker")], words.say("Licensing report"));
            m.leaf("bdi", &[("class", "path")], &inputs(report));
        });
        m.element("nav", &[("aria-label", words.say("Parts of the report"))], |m| {
            for (part, name) in [
                ("findings", words.say("Findings")),
                ("collect", words.say("Collect next")),
                ("timeline", words.say("Timeline")),
                ("causes", words.say("Causes")),
                ("devices", words.say("Devices")),
                ("coverage", words.say("Coverage")),
            ] {
                if is_there(part, report) {
                    m.leaf("a", &[("href", &format!("#{part}"))], name);
                }
            }
        });
    });
}

/// Whether a part has anything to say.
fn is_there(part: &str, report: &Report) -> bool {
    match part {
        "findings" => !report.findings.is_empty(),
        "collect" => !report.missing.is_empty(),
        "timeline" => timeline::is_there(report),
        "causes" => graph::is_there(report),
        "devices" => !report.devices.is_empty(),
        _ => true,
    }
}

fn verdict_first(m: &mut Markup, report: &Report, verdict: &Verdict, groups: &Grouping<'_>) {
    let words = groups.words;
    let worst = groups.problems.iter().filter(|problem| problem.is_open()).map(|problem| problem.finding.severity).max();
    let look = worst.map_or("verdict none", findings::verdict_class);
    m.element("section", &[("class", look), ("id", "verdict"), ("aria-label", words.say("Verdict"))], |m| {
        m.leaf("h1", &[], verdict.headline.as_deref().unwrap_or(&verdict.summary));
        if verdict.headline.is_some() {
            m.leaf("p", &[], &verdict.summary);
        }
        if let Some(looked_at) = &verdict.looked_at {
            m.leaf("p", &[], looked_at);
        }
        if report.case.below_threshold > 0 {
            let left_out = words.count(
                report.case.below_threshold as u64,
                "{} finding is below the confidence asked for and left out.",
                "{} findings are below the confidence asked for and left out.",
            );
            m.leaf("p", &[("class", "faint")], &left_out);
        }
    });
}

fn footer(m: &mut Markup, report: &Report, words: Words<'_>) {
    let tool = &report.tool;
    m.element("footer", &[], |m| {
        m.element("p", &[], |m| {
            let rules = words.count(tool.rules.count as u64, "{} rule", "{} rules");
            let digest = tool.rules.digest.get(..12).unwrap_or(&tool.rules.digest);
            let made = words.fill("{} {}, {}, digest {}", &[&tool.name, &tool.version, &rules, digest]);
            m.text(&words.fill("{}.", &[&made]));
            m.text(words.say(" "));
            m.text(words.say("Times are as the sources state them."));
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected values: RFC 4648, section 10.
    #[test]
    fn base64_of_the_rfc() {
        for (bytes, expected) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(bytes.as_bytes()), expected);
        }
    }

    #[test]
    fn own_texts_do_not_end_themselves() {
        assert!(!STYLE.contains("</") && !SCRIPT.contains("</") && !SCRIPT.contains("<!--"));
        assert!(!STYLE.contains("url(") && !STYLE.contains("@import"));
    }
}

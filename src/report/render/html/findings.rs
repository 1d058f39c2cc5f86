//! The findings: in short as a table, then each in full with its anchor; what a cause makes visible stands inside it.

use std::collections::HashSet;

use super::grouping::{Grouping, NAMED, Problem, is_quiet};
use super::markup::Markup;
use super::moment;
use super::phrase::{baseline, capital, listed, percent, place, readings, seen, severity, still, suppression, times, when};
use super::quotes::chosen;
use super::release::release;
use super::steps::{LineKind, is_typed, lines_of};
use crate::report::model::{Evidence, Finding, Kind, Severity, Status};
use crate::rules::translation::Words;

/// Headings of a finding, of its parts, of what it explains, and of the parts of that.
const LEVELS: [&str; 4] = ["h3", "h4", "h5", "h6"];

/// Devices named per line.
const LISTED: usize = 12;

/// Devices of one finding whose evidence is quoted.
const QUOTED: usize = 50;

/// The name of a finding's place on the page.
pub(super) fn anchor(finding: &Finding) -> String {
    format!("finding-{}", finding.rank)
}

/// How the verdict looks.
pub(super) fn verdict_class(worst: Severity) -> &'static str {
    if worst >= Severity::High {
        "verdict high"
    } else if worst == Severity::Medium {
        "verdict medium"
    } else {
        "verdict low"
    }
}

/// A link to a finding, by its number.
fn to(m: &mut Markup, finding: &Finding, text: &str) {
    m.leaf("a", &[("href", &format!("#{}", anchor(finding)))], text);
}

/// The problems as a table, symptoms below their causes.
pub(super) fn overview(m: &mut Markup, groups: &Grouping<'_>) {
    if groups.problems.is_empty() {
        return;
    }
    let words = groups.words;
    m.element("section", &[("class", "overview"), ("id", "overview")], |m| {
        m.leaf("h2", &[], words.say("At a glance"));
        m.element("table", &[], |m| {
            m.element("thead", &[], |m| {
                m.element("tr", &[], |m| {
                    for name in [
                        "#",
                        words.say("Sure"),
                        words.say("Severity"),
                        words.say("What is wrong"),
                        words.say("Device"),
                        words.say("First → last seen"),
                    ] {
                        m.leaf("th", &[("scope", "col")], name);
                    }
                });
            });
            m.element("tbody", &[], |m| {
                for problem in &groups.problems {
                    row(m, problem.finding, Some(problem), groups);
                    for symptom in &problem.symptoms {
                        row(m, symptom, None, groups);
                    }
                }
            });
        });
    });
}

fn row<'a>(m: &mut Markup, finding: &'a Finding, problem: Option<&Problem<'a>>, groups: &Grouping<'a>) {
    let words = groups.words;
    let class = match (problem, finding.status) {
        (None, _) => "symptom",
        (_, Status::Resolved) => "over",
        (Some(problem), _) if problem.is_harmless() => "harmless",
        _ => "problem",
    };
    m.element("tr", &[("class", class)], |m| {
        m.leaf("td", &[("class", "rank")], &finding.rank.to_string());
        m.leaf("td", &[("class", "sure")], &percent(finding.confidence));
        m.element("td", &[], |m| badge(m, finding.severity, words));
        m.element("td", &[("class", "title")], |m| to(m, finding, &finding.title));
        let devices = if problem.is_some() { groups.devices(finding, str::to_owned) } else { Vec::new() };
        m.element("td", &[("class", "device")], |m| {
            for (at, device) in devices.iter().enumerate() {
                m.text(if at > 0 { words.say(", ") } else { "" });
                m.leaf("bdi", &[], device);
            }
        });
        m.element("td", &[("class", "times")], |m| {
            let extent = groups.extent(finding);
            let mut when = when(words, extent.seen).into_iter();
            m.leaf("span", &[], &when.next().unwrap_or_default());
            let mut more: Vec<String> = when.collect();
            more.push(words.fill("{}, {}", &[&times(words, extent.occurrences), &still(words, finding)]));
            if let Some(problem) = problem {
                more.extend(problem.because.map(|rank| words.fill("because of {}", &[&rank.to_string()])));
                let parts: Vec<String> = problem.brought_out_by.iter().map(ToString::to_string).collect();
                more.extend((!parts.is_empty()).then(|| words.fill("brought out by {}", &[&listed(words, &parts)])));
            }
            more.extend(finding.baseline_state.map(|state| words.say(baseline(state)).to_owned()));
            m.leaf("span", &[("class", "faint")], &more.join(words.say(", ")));
        });
    });
}

fn badge(m: &mut Markup, of: Severity, words: Words<'_>) {
    m.leaf("span", &[("class", &format!("severity {}", severity(of)))], words.say(severity(of)));
}

/// What is no reason to act, in a line each.
pub(super) fn quiet(m: &mut Markup, groups: &Grouping<'_>) {
    if groups.quiet.is_empty() && groups.suppressed.is_empty() && groups.silent.is_empty() {
        return;
    }
    let words = groups.words;
    m.element("section", &[("class", "quiet"), ("id", "quiet"), ("aria-label", words.say("No reason to act"))], |m| {
        m.element("dl", &[], |m| {
            for finding in &groups.quiet {
                m.leaf("dt", &[], if finding.kind == Kind::Expected { words.say("Fine") } else { words.say("State") });
                m.element("dd", &[], |m| {
                    to(m, finding, &finding.title);
                    let devices = groups.alike(finding).iter().map(|one| one.device.as_deref());
                    m.leaf("span", &[("class", "faint")], &format!(" {}", some(groups, devices)));
                });
            }
            for finding in &groups.suppressed {
                m.leaf("dt", &[], words.say("Suppressed"));
                m.element("dd", &[], |m| {
                    to(m, finding, &finding.title);
                    let reason = finding.suppressed.as_ref().map(|suppressed| suppression(words, suppressed)).unwrap_or_default();
                    m.leaf("span", &[("class", "faint")], &format!(" {}: {reason}", groups.names.name(finding.device.as_deref())));
                });
            }
            if !groups.silent.is_empty() {
                m.leaf("dt", &[], words.say("Not judged"));
                let names = some(groups, groups.silent.iter().copied());
                m.leaf("dd", &[], &words.fill("no diagnosis fits: {}", &[&names]));
            }
        });
    });
}

/// Names of devices: the first, then how many more.
fn some<'a>(groups: &Grouping<'a>, devices: impl ExactSizeIterator<Item = Option<&'a str>>) -> String {
    let all = devices.len();
    let mut names: Vec<String> = devices.take(LISTED).map(|id| groups.names.name(id).into_owned()).collect();
    let more = all - names.len();
    names.extend((more > 0).then(|| groups.words.fill("{} more", &[&more.to_string()])));
    names.join(groups.words.say(", "))
}

/// Every finding in full.
pub(super) fn all(m: &mut Markup, groups: &Grouping<'_>) {
    if groups.problems.is_empty() && groups.quiet.is_empty() && groups.suppressed.is_empty() {
        return;
    }
    m.element("section", &[("class", "findings"), ("id", "findings")], |m| {
        m.leaf("h2", &[], groups.words.say("Findings"));
        for problem in &groups.problems {
            finding(m, problem.finding, Some(problem), groups, &LEVELS);
        }
        for quiet in groups.quiet.iter().chain(&groups.suppressed) {
            finding(m, quiet, None, groups, &LEVELS);
        }
    });
}

fn finding<'a>(m: &mut Markup, of: &'a Finding, problem: Option<&Problem<'a>>, groups: &Grouping<'a>, levels: &[&'static str]) {
    let alike = groups.alike(&of);
    let (heading, part) = (levels.first().copied().unwrap_or("h5"), levels.get(1).copied().unwrap_or("h6"));
    let words = groups.words;
    let id = anchor(of);
    let over = match of.status {
        Status::Resolved => " over",
        _ if of.suppressed.is_some() => " over",
        _ if is_quiet(of) => " harmless",
        _ => "",
    };
    m.element("article", &[("class", &format!("finding {}{over}", severity(of.severity))), ("id", &id)], |m| {
        m.element(heading, &[], |m| {
            m.leaf(
                "a",
                &[("class", "rank"), ("href", &format!("#{id}")), ("title", words.say("A link to this finding"))],
                &of.rank.to_string(),
            );
            m.leaf("span", &[], &of.title);
        });
        standing(m, of, problem, groups);
        if let Some(suppressed) = &of.suppressed {
            m.leaf("p", &[("class", "note")], &words.fill("Suppressed: {}", &[&suppression(words, suppressed)]));
        }
        if !of.summary.is_empty() {
            prose(m, "p", "summary", &of.summary);
        }
        if alike.len() == 1 {
            of.notes.iter().for_each(|note| prose(m, "p", "note", note));
            quotes(m, words, words.say("Why"), part, &of.evidence);
            quotes(m, words, words.say("Against"), part, &of.contradictions);
        } else {
            by_device(m, alike, part, groups);
        }
        steps(m, words.say("Do"), part, &of.remedy);
        steps(m, words.say("Until then"), part, &of.workaround);
        commands(m, words, part, &of.collect_next);
        read_more(m, words.say("Read more"), part, of);
        if alike.len() == 1 {
            score(m, words, of);
        }
        if let Some(problem) = problem {
            explains(m, problem, groups, levels);
        }
    });
}

/// Why it is believed of each device: of the first few open, of the others folded away. Each has the anchor of its finding.
fn by_device(m: &mut Markup, alike: &[&Finding], heading: &'static str, groups: &Grouping<'_>) {
    let words = groups.words;
    let one = |m: &mut Markup, at: usize, finding: &Finding| {
        // The first is the article itself.
        let own = anchor(finding);
        let id = [("class", "on"), ("id", own.as_str())];
        m.element("div", if at == 0 { id.get(..1).unwrap_or_default() } else { &id }, |m| {
            let device = finding.device.as_deref();
            m.element(heading, &[], |m| m.leaf("bdi", &[], &groups.names.name(device)));
            let mut said: Vec<String> = groups.names.nature(device).into_iter().collect();
            said.push(words.fill("{} sure", &[&percent(finding.confidence)]));
            said.push(seen(words, finding, moment::full));
            said.extend(release(words, finding, &groups.names));
            let said: Vec<String> = said.iter().map(|sentence| words.fill("{}.", &[sentence])).collect();
            m.leaf("p", &[("class", "faint where")], &said.join(words.say(" ")));
            finding.notes.iter().for_each(|note| prose(m, "p", "note", note));
            if at >= QUOTED {
                return;
            }
            let rest = deeper(heading);
            quotes(m, words, words.say("Why"), rest, &finding.evidence);
            quotes(m, words, words.say("Against"), rest, &finding.contradictions);
            score(m, words, finding);
        });
    };
    let shown = if alike.len() <= NAMED + 1 { alike.len() } else { NAMED };
    alike.iter().enumerate().take(shown).for_each(|(at, finding)| one(m, at, finding));
    if alike.len() > shown {
        m.element("details", &[("class", "others")], |m| {
            m.leaf("summary", &[], &words.fill("{} more", &[&(alike.len() - shown).to_string()]));
            alike.iter().enumerate().skip(shown).for_each(|(at, finding)| one(m, at, finding));
            if alike.len() > QUOTED {
                let said = words.fill("Quoted for the first {} devices; the JSON report quotes all.", &[&QUOTED.to_string()]);
                m.leaf("p", &[("class", "faint")], &said);
            }
        });
    }
}

/// The heading below.
fn deeper(heading: &str) -> &'static str {
    let at = LEVELS.iter().position(|level| *level == heading).unwrap_or(LEVELS.len());
    LEVELS.get(at + 1).copied().unwrap_or("h6")
}

/// How sure and how bad; whether still; on which device; since when; what is known of the release.
fn standing<'a>(m: &mut Markup, of: &'a Finding, problem: Option<&Problem<'a>>, groups: &Grouping<'a>) {
    let words = groups.words;
    let several = groups.alike(&of).len() > 1;
    m.element("p", &[("class", "standing")], |m| {
        m.element("span", &[("class", "sure")], |m| {
            let width = format!("{:.1}", of.confidence.clamp(0.0, 1.0) * 40.0);
            m.element("svg", &[("class", "bar"), ("width", "40"), ("height", "6"), ("aria-hidden", "true")], |m| {
                m.shape("rect", &[("class", "whole"), ("width", "40"), ("height", "6"), ("rx", "3")], "");
                m.shape("rect", &[("class", "part"), ("width", &width), ("height", "6"), ("rx", "3")], "");
            });
            m.text(&words.fill("{} sure", &[&percent(of.confidence)]));
        });
        badge(m, of.severity, words);
        m.leaf("span", &[("class", "status")], &still(words, of));
        if let Some(state) = of.baseline_state {
            m.leaf("span", &[("class", "status")], words.say(baseline(state)));
        }
        m.leaf("code", &[("class", "id")], &of.id);
    });
    m.element("p", &[("class", "faint where")], |m| {
        let device = of.device.as_deref();
        if let Some(on) = groups.on(of, str::to_owned) {
            let nature = groups.names.nature(device).filter(|_| !several);
            let on = nature.map_or(on.clone(), |nature| words.fill("{} ({})", &[&on, &nature]));
            let on = if words.is_english() { capital(&on) } else { on };
            m.leaf("bdi", &[], &words.fill("{}.", &[&on]));
            m.text(words.say(" "));
        }
        if several {
            return;
        }
        m.text(&words.fill("{}.", &[&seen(words, of, moment::full)]));
        if let Some(release) = release(words, of, &groups.names) {
            m.text(words.say(" "));
            m.text(&words.fill("{}.", &[&release]));
        }
    });
    let because = problem.and_then(|problem| problem.because);
    let parts = problem.map(|problem| problem.brought_out_by.as_slice()).unwrap_or_default();
    if because.is_none() && parts.is_empty() {
        return;
    }
    m.element("p", &[("class", "faint where")], |m| {
        for (sentence, rank) in
            because.map(|rank| ("because of {}", rank)).into_iter().chain(parts.iter().map(|rank| ("brought out by {}", *rank)))
        {
            if let Some(cause) = groups.findings().find(|finding| finding.rank == rank) {
                m.element("span", &[("class", "cause")], |m| {
                    around(m, words.say(sentence), |m| to(m, cause, &format!("{rank} {}", cause.title)))
                });
            }
        }
    });
}

/// A sentence with something in the place of its value.
pub(super) fn around(m: &mut Markup, sentence: &str, inner: impl FnOnce(&mut Markup)) {
    let (before, behind) = sentence.split_once("{}").unwrap_or((sentence, ""));
    m.text(before);
    inner(m);
    m.text(behind);
}

fn quotes(m: &mut Markup, words: Words<'_>, name: &str, heading: &'static str, evidence: &[Evidence]) {
    if evidence.is_empty() {
        return;
    }
    m.leaf(heading, &[], name);
    let (shown, _) = chosen(evidence, false);
    let mut known: HashSet<(String, &str)> = shown.iter().map(|item| (place(item), item.excerpt.as_str())).collect();
    let rest: Vec<&Evidence> = evidence.iter().filter(|item| known.insert((place(item), &item.excerpt))).collect();
    m.element("ul", &[("class", "quotes")], |m| shown.iter().for_each(|item| quote(m, words, item)));
    if !rest.is_empty() {
        m.element("details", &[], |m| {
            m.leaf("summary", &[], &words.fill("{} more", &[&rest.len().to_string()]));
            m.element("ul", &[("class", "quotes")], |m| rest.iter().for_each(|item| quote(m, words, item)));
        });
    }
}

fn quote(m: &mut Markup, words: Words<'_>, item: &Evidence) {
    m.element("li", &[], |m| {
        m.leaf("span", &[("class", "weight")], words.say(&item.weight));
        m.element("blockquote", &[], |m| m.leaf("code", &[], &item.excerpt));
        m.element("p", &[("class", "source")], |m| {
            m.leaf("code", &[("class", "place")], &place(item));
            if let Some(time) = &item.time {
                m.leaf("span", &[("class", "time")], time);
            }
            m.leaf("span", &[("class", "signal")], &item.signal);
        });
        // What the quote shows is not said again.
        let unseen: Vec<(&String, &String)> = item.captures.iter().filter(|(_, value)| !item.excerpt.contains(value.as_str())).collect();
        if !unseen.is_empty() {
            m.element("details", &[("class", "values")], |m| {
                m.leaf("summary", &[], words.say("Values"));
                m.element("dl", &[], |m| {
                    for (name, value) in unseen {
                        m.leaf("dt", &[], name);
                        m.element("dd", &[], |m| m.leaf("code", &[], value));
                    }
                });
            });
        }
    });
}

/// Numbered steps. Lines that are commands stand in blocks, so that each can be copied as a whole.
fn steps(m: &mut Markup, name: &str, heading: &'static str, steps: &[String]) {
    if steps.is_empty() {
        return;
    }
    m.leaf(heading, &[], name);
    m.element(if steps.len() > 1 { "ol" } else { "div" }, &[("class", "steps")], |m| {
        for step in steps {
            m.element(if steps.len() > 1 { "li" } else { "div" }, &[], |m| one_step(m, step));
        }
    });
}

fn one_step(m: &mut Markup, step: &str) {
    let lines: Vec<(LineKind, &str)> = lines_of(step).collect();
    for alike in lines.chunk_by(|(a, _), (b, _)| (*a, *b) == (LineKind::Command, LineKind::Command)) {
        match alike.first() {
            Some((LineKind::Command, _)) => command(m, &alike.iter().map(|(_, line)| *line).collect::<Vec<_>>().join("\n")),
            Some((LineKind::Sentence, line)) => prose(m, "p", "", line),
            None => {}
        }
    }
}

fn commands(m: &mut Markup, words: Words<'_>, heading: &'static str, commands: &[String]) {
    if !commands.is_empty() {
        m.leaf(heading, &[], words.say("To be surer"));
        let (typed, asked): (Vec<&str>, Vec<&str>) = commands.iter().map(String::as_str).partition(|command| is_typed(command));
        if !typed.is_empty() {
            command(m, &typed.join("\n"));
        }
        if !asked.is_empty() {
            m.element("ul", &[("class", "asked")], |m| asked.iter().for_each(|item| m.leaf("li", &[], words.say(item))));
        }
    }
}

/// Something to type, as it stands.
pub(super) fn command(m: &mut Markup, text: &str) {
    m.element("div", &[("class", "command")], |m| {
        m.element("pre", &[("tabindex", "0")], |m| m.leaf("code", &[], text));
    });
}

/// A text of the rules, in which what stands between backticks is to be typed.
pub(super) fn prose(m: &mut Markup, tag: &'static str, class: &'static str, text: &str) {
    let attributes = [("class", class)];
    m.element(tag, if class.is_empty() { &[] } else { &attributes }, |m| {
        let parts: Vec<&str> = text.split('`').collect();
        let last = parts.len() - 1;
        for (at, part) in parts.into_iter().enumerate() {
            match at % 2 {
                1 if at < last => m.leaf("code", &[], part),
                // A backtick without a partner quotes nothing.
                1 => m.text(&format!("`{part}")),
                _ => m.text(part),
            }
        }
    });
}

fn read_more(m: &mut Markup, name: &str, heading: &'static str, of: &Finding) {
    if of.references.is_empty() {
        return;
    }
    m.leaf(heading, &[], name);
    m.element("ul", &[("class", "references")], |m| {
        for (title, url) in readings(of) {
            m.element("li", &[], |m| match url.filter(|url| is_safe(url)) {
                Some(url) => m.leaf("a", &[("href", url), ("rel", "noopener noreferrer")], &title),
                None => m.text(&title),
            });
        }
    });
}

/// An address that may be a link.
fn is_safe(url: &str) -> bool {
    url.starts_with("https://") && url.chars().all(|c| c.is_ascii_graphic())
}

fn score(m: &mut Markup, words: Words<'_>, of: &Finding) {
    if of.score.is_empty() {
        return;
    }
    m.element("details", &[("class", "score")], |m| {
        m.leaf("summary", &[], words.say("Score (log-odds)"));
        m.element("table", &[], |m| {
            m.element("tbody", &[], |m| {
                for term in &of.score {
                    m.element("tr", &[], |m| {
                        m.leaf("td", &[], &term.term);
                        m.leaf("td", &[("class", "number")], &format!("{:+.1}", term.log_odds));
                    });
                }
            });
        });
    });
}

/// What it causes: other problems by their links, symptoms in full.
fn explains<'a>(m: &mut Markup, problem: &Problem<'a>, groups: &Grouping<'a>, levels: &[&'static str]) {
    let others: Vec<&Finding> =
        groups.problems.iter().filter(|other| other.because == Some(problem.finding.rank)).map(|other| other.finding).collect();
    if others.is_empty() && problem.symptoms.is_empty() {
        return;
    }
    m.element("div", &[("class", "explains")], |m| {
        m.leaf(levels.get(1).copied().unwrap_or("h6"), &[], groups.words.say("Explains"));
        if !others.is_empty() {
            m.element("ul", &[], |m| {
                for other in others {
                    m.element("li", &[], |m| to(m, other, &format!("{} {}", other.rank, other.title)));
                }
            });
        }
        for symptom in &problem.symptoms {
            finding(m, symptom, None, groups, levels.get(2..).unwrap_or_default());
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_web_are_links() {
        for (url, expected) in [
            ("https://bst.cloudapps.cisco.com/bugsearch/bug/CSCvy84684", true),
            ("http://www.cisco.com/", false),
            ("javascript:alert(1)", false),
            (" https://www.cisco.com/", false),
            ("https://www.cisco.com/ x", false),
            ("data:text/html,x", false),
        ] {
            assert_eq!(is_safe(url), expected, "{url}");
        }
    }

    #[test]
    fn backticks_in_pairs_are_commands() {
        for (text, expected) in [
            ("run `show license all` now", "<p>run <code>show license all</code> now</p>\n"),
            ("`a` and `b`", "<p><code>a</code> and <code>b</code></p>\n"),
            ("one ` two", "<p>one ` two</p>\n"),
            ("`<b>`", "<p><code>&lt;b&gt;</code></p>\n"),
        ] {
            let mut m = Markup::default();
            prose(&mut m, "p", "", text);
            assert_eq!(m.finish(), expected);
        }
    }
}

//! What to collect, what the devices are, and what was read: the parts behind the verdict.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::findings::{around, command};
use super::grouping::Grouping;
use super::markup::Markup;
use super::phrase::{at, bytes, in_turn, times, trouble, when};
use super::steps::is_typed;
use crate::report::model::{Artifact, Device, Finding, Missing, Report};
use crate::rules::translation::Words;

/// Rows that are shown at once; more are folded up.
const ROWS: usize = 12;
/// Devices whose facts are all listed.
const DEVICES: usize = 50;

/// The findings of each device; those of all, where none is named.
type ByDevice<'a> = HashMap<Option<&'a str>, Vec<&'a Finding>>;

/// What to collect, by device, with the reasons.
pub(super) fn collect(m: &mut Markup, report: &Report, groups: &Grouping<'_>) {
    if report.missing.is_empty() {
        return;
    }
    let words = groups.words;
    m.element("section", &[("class", "collect"), ("id", "collect")], |m| {
        m.leaf("h2", &[], words.say("Collect next"));
        let mut findings: ByDevice<'_> = HashMap::new();
        for finding in groups.findings() {
            findings.entry(finding.device.as_deref()).or_default().push(finding);
            if finding.device.is_some() {
                findings.entry(None).or_default().push(finding);
            }
        }
        for of_device in report.missing.chunk_by(|a, b| a.device == b.device) {
            let Some(first) = of_device.first() else { continue };
            let device = first.device.as_deref();
            let name = if device.is_none() { words.say("this case").into() } else { groups.names.name(device) };
            m.leaf("h3", &[], &name);
            let (useful, aside): (Vec<&Missing>, Vec<&Missing>) = of_device.iter().partition(|item| is_useful(item, &findings));
            items(m, words, &useful, &findings);
            if useful.is_empty() {
                items(m, words, &aside, &findings);
            } else if !aside.is_empty() {
                m.element("details", &[], |m| {
                    m.leaf("summary", &[], &words.fill("{} for what is not among the findings", &[&aside.len().to_string()]));
                    items(m, words, &aside, &findings);
                });
            }
        }
    });
}

/// Whether it would settle something that the page shows.
fn is_useful(item: &Missing, findings: &ByDevice<'_>) -> bool {
    item.would_settle.is_empty() || !settled(item, findings).is_empty()
}

/// The findings it would settle, and their ranks.
fn settled<'a>(item: &Missing, findings: &ByDevice<'a>) -> BTreeMap<&'a str, usize> {
    let of_device = findings.get(&item.device.as_deref()).into_iter().flatten();
    of_device.filter(|finding| item.would_settle.contains(&finding.id)).map(|finding| (finding.id.as_str(), finding.rank)).collect()
}

fn items(m: &mut Markup, words: Words<'_>, items: &[&Missing], findings: &ByDevice<'_>) {
    if items.is_empty() {
        return;
    }
    m.element("ul", &[("class", "items")], |m| {
        for item in items {
            m.element("li", &[], |m| {
                if is_typed(&item.command) {
                    command(m, &item.command);
                } else {
                    m.leaf("p", &[("class", "wanted")], words.say(&item.command));
                }
                let said: Vec<&str> = [item.what.as_str(), item.why.as_str()].into_iter().filter(|text| !text.is_empty()).collect();
                m.element("p", &[("class", "faint")], |m| {
                    let said = in_turn(words, &said);
                    m.text(&said);
                    if item.would_settle.is_empty() {
                        return;
                    }
                    m.text(match said.ends_with(['.', '。']) {
                        _ if said.is_empty() => "",
                        true => words.say(" "),
                        false => words.say("; "),
                    });
                    around(m, words.say("would settle {}"), |m| {
                        let known = settled(item, findings);
                        for (nth, id) in item.would_settle.iter().enumerate() {
                            m.text(if nth > 0 { words.say(", ") } else { "" });
                            match known.get(id.as_str()) {
                                Some(rank) => m.leaf("a", &[("href", &format!("#finding-{rank}"))], id),
                                None => m.leaf("code", &[], id),
                            }
                        }
                    });
                });
            });
        }
    });
}

/// The devices and what is known of them.
pub(super) fn devices(m: &mut Markup, report: &Report, groups: &Grouping<'_>) {
    if report.devices.is_empty() {
        return;
    }
    let words = groups.words;
    m.element("section", &[("class", "devices"), ("id", "devices")], |m| {
        m.leaf("h2", &[], &words.fill("{} ({})", &[words.say("Devices"), &report.devices.len().to_string()]));
        let judged: BTreeSet<&str> = groups.findings().filter_map(|finding| finding.device.as_deref()).collect();
        for device in &report.devices {
            let facts = report.devices.len() <= DEVICES || judged.contains(device.id.as_str());
            one_device(m, device, groups, facts);
        }
        if report.devices.len() > DEVICES {
            m.leaf(
                "p",
                &[("class", "faint")],
                words.say("Of so many devices, facts are listed for those with a finding; the JSON report holds all."),
            );
        }
    });
}

fn one_device(m: &mut Markup, device: &Device, groups: &Grouping<'_>, facts: bool) {
    let words = groups.words;
    m.element("article", &[("class", "device")], |m| {
        m.leaf("h3", &[], &groups.names.name(Some(&device.id)));
        m.element("dl", &[("class", "identity")], |m| {
            for (name, value) in [
                (words.say("Platform"), &device.platform),
                (words.say("Product"), &device.product_id),
                (words.say("Software release"), &device.version),
                (words.say("Serial number"), &device.serial),
            ] {
                m.element("div", &[], |m| {
                    m.leaf("dt", &[], name);
                    match value {
                        Some(value) => m.leaf("dd", &[], value),
                        None => m.leaf("dd", &[("class", "faint")], words.say("not known")),
                    }
                });
            }
        });
        if !device.aliases.is_empty() {
            m.leaf("p", &[("class", "faint")], &words.fill("Also seen as {}.", &[&device.aliases.join(words.say(", "))]));
        }
        if device.facts.is_empty() || !facts {
            return;
        }
        m.element("details", &[], |m| {
            m.leaf("summary", &[], &words.count(device.facts.len() as u64, "{} fact", "{} facts"));
            table(m, &[words.say("Fact"), words.say("Value"), words.say("Place")], |m| {
                for (name, fact) in &device.facts {
                    m.element("tr", &[], |m| {
                        m.element("td", &[], |m| m.leaf("code", &[], name));
                        m.leaf("td", &[("class", "value")], &fact.value);
                        m.element("td", &[], |m| m.leaf("code", &[("class", "place")], &at(&fact.artifact, fact.line, None)));
                    });
                }
            });
        });
    });
}

/// A table that scrolls in itself where the page is too narrow for it.
fn table(m: &mut Markup, names: &[&str], rows: impl FnOnce(&mut Markup)) {
    m.element("div", &[("class", "wide"), ("tabindex", "0")], |m| {
        m.element("table", &[], |m| {
            m.element("thead", &[], |m| {
                m.element("tr", &[], |m| names.iter().for_each(|name| m.leaf("th", &[("scope", "col")], name)));
            });
            m.element("tbody", &[], rows);
        });
    });
}

/// A part that is folded up where it is long.
fn folded(m: &mut Markup, rows: usize, summary: &str, inner: impl FnOnce(&mut Markup)) {
    let open: &[(&'static str, &str)] = if rows <= ROWS { &[("open", "")] } else { &[] };
    m.element("details", open, |m| {
        m.leaf("summary", &[], summary);
        inner(m);
    });
}

/// What was read, what was not, and what no rule explains.
pub(super) fn coverage(m: &mut Markup, report: &Report, words: Words<'_>) {
    m.element("section", &[("class", "coverage"), ("id", "coverage")], |m| {
        m.leaf("h2", &[], words.say("Coverage"));
        let case = &report.case;
        let all = words.count(case.artifacts as u64, "{} artifact", "{} artifacts");
        let mut text = words.fill("Read {} of {} ({}).", &[&case.coverage.scanned.to_string(), &all, &bytes(case.bytes)]);
        if case.coverage.skipped > 0 {
            let skipped = case.coverage.skipped as u64;
            text.push_str(&words.count(skipped, " {} artifact holds no evidence by format.", " {} artifacts hold no evidence by format."));
        }
        if case.coverage.unreadable > 0 {
            let unreadable = case.coverage.unreadable as u64;
            text.push_str(&words.count(unreadable, " {} was not read, or not whole.", " {} were not read, or not whole."));
        }
        m.leaf("p", &[], &text);
        errors(m, report, words);
        unexplained(m, report, words);
        artifacts(m, report, words);
    });
}

fn errors(m: &mut Markup, report: &Report, words: Words<'_>) {
    if report.errors.is_empty() {
        return;
    }
    m.leaf("h3", &[], words.say("Not read, or not whole"));
    folded(m, report.errors.len(), &words.count(report.errors.len() as u64, "{} entry", "{} entries"), |m| {
        m.element("ul", &[("class", "errors")], |m| {
            // What failed in the same way is explained once.
            for alike in report.errors.chunk_by(|a, b| a.kind == b.kind && a.message == b.message) {
                let Some(first) = alike.first() else { continue };
                m.element("li", &[], |m| {
                    for error in alike {
                        m.element("div", &[], |m| m.leaf("code", &[("class", "place")], &error.artifact));
                    }
                    m.leaf("p", &[("class", "faint")], &words.fill("{}: {}", &[words.say(&trouble(&first.kind)), &first.message]));
                });
            }
        });
    });
}

fn unexplained(m: &mut Markup, report: &Report, words: Words<'_>) {
    if report.unexplained.is_empty() {
        return;
    }
    m.leaf("h3", &[], words.say("No rule explains"));
    let lines = report.unexplained.iter().map(|item| item.count).fold(0, u64::saturating_add);
    let lines = words.count(lines, "{} licensing message", "{} licensing messages");
    let forms = words.count(report.unexplained.len() as u64, "{} form", "{} forms");
    // Worth a look, but behind everything that is known.
    folded(m, ROWS + report.unexplained.len(), &words.fill("{} ({})", &[&lines, &forms]), |m| {
        m.element("ul", &[("class", "quotes")], |m| {
            for item in &report.unexplained {
                m.element("li", &[], |m| {
                    m.leaf("span", &[("class", "weight")], &times(words, item.count));
                    m.element("blockquote", &[], |m| m.leaf("code", &[], &item.excerpt));
                    m.element("p", &[("class", "source")], |m| m.leaf("code", &[("class", "place")], &at(&item.artifact, item.line, None)));
                });
            }
        });
    });
}

fn artifacts(m: &mut Markup, report: &Report, words: Words<'_>) {
    if report.artifacts.is_empty() {
        return;
    }
    m.leaf("h3", &[], words.say("Artifacts"));
    let summary = words.count(report.artifacts.len() as u64, "{} artifact", "{} artifacts");
    folded(m, report.artifacts.len(), &summary, |m| {
        let names = [words.say("Path"), words.say("Format"), words.say("Size"), words.say("First → last time"), words.say("Device")];
        table(m, &names, |m| {
            for artifact in &report.artifacts {
                m.element("tr", &[], |m| row(m, words, artifact));
            }
        });
    });
}

fn row(m: &mut Markup, words: Words<'_>, artifact: &Artifact) {
    m.element("td", &[], |m| m.leaf("code", &[("class", "place")], &artifact.path));
    m.leaf("td", &[], &artifact.format);
    let mut size = vec![bytes(artifact.bytes)];
    size.extend(artifact.lines.map(|n| words.count(n, "{} line", "{} lines")));
    size.extend(artifact.packets.map(|n| words.count(n, "{} packet", "{} packets")));
    m.leaf("td", &[], &size.join(words.say(", ")));
    m.leaf("td", &[], &when(words, artifact.times()).join(words.say(", ")));
    m.leaf("td", &[], artifact.device.as_deref().unwrap_or(words.say("none or several")));
}

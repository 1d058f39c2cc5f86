//! What a case holds, without a verdict. Paths and the lines of facts can be copied: a path is never wrapped.

use std::collections::BTreeMap;

use super::closing;
use super::conversations;
use super::grid::{Column, Line, lay_out};
use super::grouping::Grouping;
use super::moment;
use super::page::{Look, Page, printable};
use super::phrase::bytes;
use super::plain::tame;
use super::wrap::columns;
use crate::report::model::{Artifact, Device, Fact, Report};
use crate::report::render::verdict;

/// From this width on an artifact's times are shown to the minute.
const WIDE: usize = 110;

/// Devices whose facts are listed unless all are asked for.
const FACTS: usize = 12;

/// Values that say no more than that a counter or a field exists.
const EMPTY: [&str; 5] = ["", "0", "0.00", "<none>", "<empty>"];

pub(super) fn write(page: &mut Page, report: &Report, groups: &Grouping<'_>) {
    devices(page, report, groups);
    artifacts(page, report, groups);
    conversations::write(page, report);
    let known: Vec<&Device> = report.devices.iter().filter(|device| !device.facts.is_empty()).collect();
    // One too many is told rather than counted.
    let shown = if page.verbose || known.len() <= FACTS + 1 { known.len() } else { FACTS };
    known.iter().take(shown).for_each(|device| facts(page, device, groups));
    if known.len() > shown {
        page.gap();
        let title = page.words.fill("Facts of {}", &[&page.words.count(known.len() as u64, "{} device", "{} devices")]);
        let more = page.words.fill("{} more; -v lists all {}", &[&(known.len() - shown).to_string(), &known.len().to_string()]);
        page.prose(0, Look::Faint, &page.words.fill("{}: {}", &[&title, &more]));
    }
    closing::collect_with_reasons(page, report, groups);
    let times = verdict::of_times(page.words, report);
    if !times.is_empty() {
        page.gap();
        page.prose(0, Look::Plain, &times.join(page.words.say(" ")));
    }
    if !report.errors.is_empty() {
        page.gap();
        page.heading(0, &page.words.fill("{} ({})", &[page.words.say("Not read, or not whole"), &report.errors.len().to_string()]));
        closing::unread(page, report);
    }
}

fn devices(page: &mut Page, report: &Report, groups: &Grouping<'_>) {
    if report.devices.is_empty() {
        return;
    }
    let words = page.words;
    page.heading(0, &words.fill("{} ({})", &[words.say("Devices"), &report.devices.len().to_string()]));
    let mut held: BTreeMap<&str, usize> = BTreeMap::new();
    for device in report.artifacts.iter().filter_map(|artifact| artifact.device.as_deref()) {
        *held.entry(device).or_default() += 1;
    }
    let rows: Vec<Vec<String>> = report
        .devices
        .iter()
        .map(|device| {
            let cells =
                [&device.platform, &device.product_id, &device.version, &device.serial].map(|value| value.clone().unwrap_or_default());
            let held = held.get(device.id.as_str()).copied().unwrap_or(0).to_string();
            let also: String = device.aliases.iter().map(|name| words.fill(", also {}", &[name])).collect();
            let mut row = vec![format!("{}{also}", groups.names.name(Some(&device.id)))];
            row.extend(cells);
            row.extend([held, device.facts.len().to_string()]);
            row
        })
        .collect();
    if page.width < 80 {
        for row in &rows {
            let parts: Vec<&str> = row.iter().skip(1).take(4).map(String::as_str).filter(|part| !part.is_empty()).collect();
            page.labelled(1, (Look::Plain, ""), 0, Look::Title, row.first().map_or("", String::as_str));
            page.prose(3, Look::Plain, &parts.join(", "));
        }
        return;
    }
    let fitted = |name: &'static str, at: usize, most: usize| {
        let name = words.say(name);
        Column::fixed(name, widest(&rows, at, name).min(most.max(columns(name))))
    };
    let plan = [
        Column::rest(words.say("Device")),
        fitted("Platform", 1, 14),
        fitted("Product", 2, 20),
        fitted("Version", 3, 14),
        fitted("Serial", 4, 13),
        fitted("Artifacts", 5, 9).right(),
        fitted("Facts", 6, 7).right(),
    ];
    grid(page, &plan, &rows, |_, _, _| {});
}

fn artifacts(page: &mut Page, report: &Report, groups: &Grouping<'_>) {
    if report.artifacts.is_empty() {
        return;
    }
    page.gap();
    let words = page.words;
    let held = words.fill("{}, {}", &[&report.artifacts.len().to_string(), &bytes(report.case.bytes)]);
    page.heading(0, &words.fill("{} ({})", &[words.say("Artifacts"), &held]));
    if page.narrow() {
        for artifact in &report.artifacts {
            page.verbatim(1, Look::Place, &artifact.path);
            let parts: Vec<String> = about(page, artifact, groups).into_iter().filter(|part| !part.is_empty()).collect();
            page.prose(3, Look::Plain, &parts.join(", "));
        }
        return;
    }
    let mut rows: Vec<Vec<String>> = report.artifacts.iter().map(|artifact| about(page, artifact, groups)).collect();
    let fitted = |name: &'static str, at: usize, most: usize| {
        let name = words.say(name);
        Column::fixed(name, widest(&rows, at, name).min(most.max(columns(name))))
    };
    let mut plan = vec![
        fitted("Size", 0, 10).right(),
        fitted("Holds", 1, 16).right(),
        fitted("Format", 2, 24),
        fitted("Device", 3, (page.width / 5).clamp(12, 32)),
        fitted("Time", 4, 30),
    ];
    let taken: usize = plan.iter().filter_map(|column| column.width).map(|width| width + 2).sum();
    let longest = report.artifacts.iter().map(|artifact| columns(&printable(&artifact.path))).max().unwrap_or(0);
    if taken + longest < page.width {
        plan.push(Column::fixed(words.say("Path"), longest));
        for (row, artifact) in rows.iter_mut().zip(&report.artifacts) {
            row.push(artifact.path.clone());
        }
        grid(page, &plan, &rows, |_, _, _| {});
        return;
    }
    // Beneath its row, where it needs not be wrapped.
    let mut open = None;
    let path = |row: usize| report.artifacts.get(row).map_or("", |artifact| artifact.path.as_str());
    grid(page, &plan, &rows, |page, row, first| {
        if first && let Some(before) = open.replace(row) {
            page.verbatim(3, Look::Place, path(before));
        }
    });
    if let Some(last) = open {
        page.verbatim(3, Look::Place, path(last));
    }
}

/// Size, lines or packets, format, device, times.
fn about(page: &Page, artifact: &Artifact, groups: &Grouping<'_>) -> Vec<String> {
    let holds = match (artifact.lines, artifact.packets) {
        (_, Some(packets)) => page.words.count(packets, "{} packet", "{} packets"),
        (Some(lines), None) => page.words.count(lines, "{} line", "{} lines"),
        (None, None) => String::new(),
    };
    let span = |(first, last)| if page.width >= WIDE { moment::span(Some(first), Some(last)) } else { moment::days(first, last) };
    let times = artifact.times().and_then(span);
    let device = artifact.device.as_deref().filter(|device| *device != artifact.path);
    let device = device.map(|device| groups.names.name(Some(device)).into_owned());
    vec![bytes(artifact.bytes), holds, artifact.format.clone(), device.unwrap_or_default(), times.unwrap_or_default()]
}

/// The facts of a device, by the artifact they stand in.
fn facts(page: &mut Page, device: &Device, groups: &Grouping<'_>) {
    let mut by_artifact: BTreeMap<&str, Vec<(&String, &Fact)>> = BTreeMap::new();
    let mut empty = 0usize;
    for (name, fact) in &device.facts {
        if !page.verbose && EMPTY.contains(&fact.value.as_str()) {
            empty += 1;
        } else {
            by_artifact.entry(&fact.artifact).or_default().push((name, fact));
        }
    }
    page.gap();
    let words = page.words;
    let title = words.fill("Facts of {}", &[&printable(&groups.names.bare(Some(&device.id)))]);
    page.heading(0, &title);
    let name = by_artifact.values().flatten().map(|(name, _)| columns(&printable(name))).max().unwrap_or(0);
    for (n, (artifact, facts)) in by_artifact.into_iter().enumerate() {
        if n > 0 {
            page.gap();
        }
        page.verbatim(1, Look::Place, artifact);
        let rows: Vec<Vec<String>> = facts
            .iter()
            .map(|(name, fact)| vec![fact.line.map(|line| line.to_string()).unwrap_or_default(), (*name).clone(), fact.value.clone()])
            .collect();
        let plan = [
            Column::fixed(words.say("Line"), widest(&rows, 0, words.say("Line"))).right(),
            Column::fixed(words.say("Fact"), name.max(columns(words.say("Fact"))).min(page.width / 2)),
            Column::rest(words.say("Value")),
        ];
        grid(page, &plan, &rows, |_, _, _| {});
    }
    if empty > 0 {
        page.prose(
            1,
            Look::Faint,
            &page.words.count(empty as u64, "{} more is zero or empty; -v lists them", "{} more are zero or empty; -v lists them"),
        );
    }
}

fn tamed(cell: &str) -> String {
    tame(&printable(cell), true).into_owned()
}

/// Columns that the widest cell needs.
pub(super) fn widest(rows: &[Vec<String>], at: usize, name: &str) -> usize {
    rows.iter().filter_map(|row| row.get(at)).map(|cell| columns(&tamed(cell))).max().unwrap_or(0).max(columns(name))
}

/// Writes rows; `before` is told of every line before it is written: the row, and whether it is the first line of it.
pub(super) fn grid(page: &mut Page, plan: &[Column], rows: &[Vec<String>], mut before: impl FnMut(&mut Page, usize, bool)) {
    // Tamed before the columns are counted, so that nothing moves behind it.
    let safe = rows.iter().map(|row| row.iter().map(|cell| tamed(cell)).collect());
    for line in lay_out(page.width - 1, plan, safe) {
        match line {
            Line::Head(names) => page.line(1, &[(Look::Faint, &names.join(" "))]),
            Line::Rule(rule) => page.line(1, &[(Look::Faint, &rule)]),
            Line::Row { row, first, cells } => {
                before(page, row, first);
                page.line(1, &[(Look::Plain, &cells.join(" "))]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Style, inventory};
    use super::*;
    use crate::report::samples;

    const WIDTHS: [usize; 6] = [20, 60, 80, 100, 120, 200];

    fn shown(report: &Report, width: usize, verbose: bool) -> String {
        inventory(report, &Style { width, verbose, ..Style::default() })
    }

    #[test]
    fn paths_and_commands_can_be_copied_at_any_width() {
        let report = samples::rich();
        for width in WIDTHS {
            let text = shown(&report, width, false);
            let lines: Vec<&str> = text.lines().map(str::trim).collect();
            for artifact in &report.artifacts {
                assert!(lines.iter().any(|line| line.ends_with(&artifact.path)), "{width}: {}", artifact.path);
            }
            for item in &report.missing {
                assert!(item.command.lines().all(|command| lines.contains(&command)), "{width}: {}", item.command);
            }
            assert!(report.errors.iter().take(5).all(|error| lines.contains(&error.artifact.as_str())), "{width}");
        }
    }

    #[test]
    fn no_line_is_wider_than_the_page() {
        for report in samples::all() {
            let kept: Vec<&str> = (report.artifacts.iter().map(|artifact| artifact.path.as_str()))
                .chain(report.errors.iter().map(|error| error.artifact.as_str()))
                .chain(report.devices.iter().flat_map(|device| device.facts.values()).map(|fact| fact.artifact.as_str()))
                .chain(report.missing.iter().flat_map(|item| item.command.lines()))
                .collect();
            let captures = || report.artifacts.iter().filter_map(|artifact| artifact.capture.as_ref());
            let filters: Vec<&str> = (captures().flat_map(|capture| &capture.names).map(|asked| asked.filter.as_str()))
                .chain(captures().flat_map(|capture| &capture.conversations).map(|one| one.filter.as_str()))
                .chain(["tls.alert_message.desc == 48"])
                .collect();
            for width in WIDTHS {
                for line in shown(&report, width, true).lines() {
                    let copied = kept.contains(&line.trim()) || filters.iter().any(|filter| line.ends_with(filter));
                    assert!(columns(line) <= width.max(40) || copied, "{width}: {line}");
                    assert_eq!(line.trim_end(), line);
                }
            }
        }
    }

    #[test]
    fn what_is_tamed_moves_nothing_behind_it() {
        let mut report = samples::rich();
        let device = |id: &str| Device {
            hostname: Some(id.to_owned()),
            aliases: Vec::new(),
            id: id.to_owned(),
            platform: Some("ios-xe".to_owned()),
            ..report.devices[0].clone()
        };
        report.devices = vec![device("::error::x"), device("sw-core-101")];
        let text = shown(&report, 120, false);
        let at = |name: &str| text.lines().find(|line| line.contains(name) && line.contains("ios-xe")).and_then(|line| line.find("ios-xe"));
        assert!(text.contains("\\::error::x"), "{text}");
        assert!(at("error").is_some() && at("error") == at("sw-core-101"), "{text}");
    }

    #[test]
    fn sizes_for_people_with_their_last_digits_in_line() {
        let mut report = samples::rich();
        report.artifacts[0].bytes = 56_040;
        let text = shown(&report, 120, false);
        let line = |what: &str| text.lines().find(|line| line.contains(what)).unwrap_or_default().to_owned();
        // 56040 / 1024 = 54.7; 1000000 / 1024 = 976.6.
        assert!(line("1207 packets").contains("54.7 KiB"), "{text}");
        assert!(line("120411 lines").contains("977 KiB"), "{text}");
        assert_eq!(line("1207 packets").find("KiB"), line("120411 lines").find("KiB"));
    }

    #[test]
    fn empty_facts_are_counted_or_listed() {
        let mut report = samples::rich();
        let fact = |value: &str| Fact { value: value.to_owned(), artifact: "show.txt".to_owned(), line: Some(9) };
        report.devices.truncate(1);
        report.devices[0].facts = [("a.full", "yes"), ("b.zero", "0"), ("c.none", "<none>")].map(|(n, v)| (n.to_owned(), fact(v))).into();
        let brief = shown(&report, 80, false);
        assert!(
            brief.contains("a.full") && !brief.contains("b.zero") && brief.contains("2 more are zero or empty; -v lists them"),
            "{brief}"
        );
        let full = shown(&report, 80, true);
        assert!(full.contains("b.zero") && full.contains("c.none"), "{full}");
    }

    #[test]
    fn only_text_comes_out_and_colour_changes_nothing_else() {
        let mut report = samples::rich();
        let hostile = "a\x1b]0;x\x07b\u{202e}c\r\nd\x1fe";
        for device in &mut report.devices {
            device.version = Some(hostile.to_owned());
            device.facts.insert(hostile.to_owned(), Fact { value: hostile.to_owned(), artifact: hostile.to_owned(), line: None });
        }
        for artifact in &mut report.artifacts {
            artifact.path.push_str(hostile);
            artifact.format = hostile.to_owned();
            artifact.device = Some(hostile.to_owned());
        }
        let colours = regex::Regex::new("\x1b\\[[0-9;]*m").unwrap();
        for width in WIDTHS {
            let plain = shown(&report, width, true);
            assert!(!plain.chars().any(|c| c != '\n' && crate::intake::escape::is_unsafe(c)), "{width}");
            let colored = inventory(&report, &Style { width, color: true, verbose: true, ..Style::default() });
            assert_eq!(colours.replace_all(&colored, ""), plain, "{width}");
        }
    }
}

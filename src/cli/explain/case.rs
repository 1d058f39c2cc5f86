//! Why a diagnosis was or was not made on each device of a case, leaf by leaf, from the verdict that decides.

use std::collections::BTreeSet;

use bundlescope::diagnose::{Device, Diagnosis, ItemVerdict, Leaf, LeftOut, MIN_CONFIDENCE, Selection, Truth, Verdict};
use bundlescope::formats::event::Place;
use bundlescope::report::model::{Finding, Report, Status};
use bundlescope::report::render::percent;
use bundlescope::rules::library::{Library, Matcher, Rule};
use bundlescope::rules::model::Weight;

use super::page::Page;
use super::weight_word;
use crate::cli::rules::word;

/// Column of what a leaf says, behind the word for what became of it.
const SAID: usize = 18;

/// Everything about one rule on every device.
pub(super) fn explained(diagnosis: &Diagnosis<'_>, rule: &Rule, library: &Library, width: usize) -> String {
    let report = diagnosis.report(&Selection::default());
    let mut page = Page::new(width);
    for (device, verdicts) in diagnosis.verdicts() {
        match verdicts.iter().find(|verdict| verdict.rule.id == rule.id) {
            Some(verdict) => Explained { diagnosis, library, device, report: &report, quoted: BTreeSet::new() }.write(&mut page, verdict),
            None => {
                let platform = device.identity.platform.as_deref().unwrap_or("unknown");
                let about = rule.platforms.join(", ");
                page.text(0, &format!("{} on {}: not for platform {platform} (it is about {about})", rule.id, device.id));
            }
        }
        page.gap();
    }
    let text = page.finish();
    if text.is_empty() { format!("{}: no device in this case\n", rule.id) } else { text }
}

struct Explained<'a> {
    diagnosis: &'a Diagnosis<'a>,
    library: &'a Library,
    device: &'a Device,
    report: &'a Report,
    /// Places quoted above.
    quoted: BTreeSet<(usize, Place)>,
}

impl Explained<'_> {
    fn write(&mut self, page: &mut Page, verdict: &Verdict<'_>) {
        let rule = verdict.rule;
        let sure = percent(verdict.probability());
        let is_own = |finding: &&Finding| finding.id == rule.id && finding.device.as_deref() == Some(&self.device.id);
        let finding = self.report.findings.iter().find(is_own);
        let outcome = match finding {
            Some(finding) => {
                let mut text = format!("made ({sure}), {}", status(finding.status));
                if let Some(cause) = &finding.explained_by {
                    text.push_str(&format!(", because of {cause}"));
                }
                text
            }
            None if ruled_out(verdict).is_some() => format!("not made ({sure}): ruled out, {}", ruled_out(verdict).unwrap_or_default()),
            None if !verdict.grounded => format!("not made ({sure}): nothing that was seen speaks for it"),
            None => format!("not made ({sure}): less than {:.0} %", MIN_CONFIDENCE * 100.0),
        };
        page.text(0, &format!("{} on {}: {outcome}", rule.id, self.device.id));
        page.hang(2, &format!("{:+.1}  ", rule.prior), "prior: how likely it is before anything was seen");
        for item in &verdict.items {
            self.item(page, item);
        }
        if !verdict.severity_because.is_empty() {
            page.text(2, &format!("severity {} here instead of {}, because:", word(&verdict.severity), word(&rule.severity)));
            self.leaves(page, &verdict.severity_because);
        }
        if let Some(release) = &verdict.release {
            page.hang(2, "release: ", &release.why);
        }
    }

    fn item(&mut self, page: &mut Page, item: &ItemVerdict<'_>) {
        let mut text = format!("{}: {}", weight_word(item.weight), item.truth.as_str());
        if let Some(why) = item.why {
            text.push_str(&format!(" ({why})"));
        }
        match item.left_out {
            None | Some(LeftOut::DoesNotHold) => {}
            Some(LeftOut::CountedAlready) => text.push_str("; not counted: a heavier item counted what was seen"),
            Some(LeftOut::OtherEndpoint) => text.push_str("; not counted: it is about another server"),
            Some(LeftOut::Faded) => text.push_str("; not counted: what speaks for it was seen days later"),
            Some(LeftOut::NothingSeen) => text.push_str("; not counted: what is not known counts only beside something seen"),
            Some(LeftOut::OpenQuestion) => {
                text.push_str("; not counted: one open question is guessed at, and only where nothing else speaks")
            }
        }
        if item.left_out.is_none() && item.truth == Truth::Unknown {
            text.push_str("; a guess, counted in part");
        }
        page.hang(2, &format!("{:+.1}  ", item.log_odds), &text);
        self.leaves(page, &item.leaves);
    }

    fn leaves(&mut self, page: &mut Page, leaves: &[Leaf<'_>]) {
        for leaf in leaves {
            let (state, note) = self.state(leaf);
            let mut text = if leaf.signal.is_some() { leaf.title.to_string() } else { format!("{}: {}", leaf.name, leaf.title) };
            if leaf.negated {
                text.push_str(" (must not be)");
            }
            if leaf.count > 1 && leaf.truth == Truth::True && leaf.signal.is_some() {
                text.push_str(&format!(", {} times", leaf.count));
            }
            page.hang(8, &format!("{state:<width$}", width = SAID - 8), &text);
            if let Some(note) = note {
                page.text(SAID, &note);
            }
            if let Some((artifact, found)) = leaf.matches.first() {
                if self.quoted.insert((*artifact, found.place)) {
                    page.text(SAID, &found.excerpt);
                }
                page.text(SAID, &self.place(*artifact, found.place));
            }
        }
    }

    fn place(&self, artifact: usize, place: Place) -> String {
        let path = self.diagnosis.case().artifacts.get(artifact).map_or("", |scan| scan.path.shown());
        match place {
            Place::Line(0) => path.to_owned(),
            Place::Line(line) => format!("{path}:{line}"),
            Place::Packet(packet) => format!("{path} packet {packet}"),
        }
    }

    /// What became of a leaf, in a word, and where it would have been, where it was not seen.
    fn state(&self, leaf: &Leaf<'_>) -> (&'static str, Option<String>) {
        let Some(signal) = leaf.signal.and_then(|id| self.library.signals.get(id.0)) else {
            let wanted = if leaf.truth == Truth::Unknown { leaf.collect.map(|collect| format!("to be told by {collect}")) } else { None };
            return (leaf.truth.as_str(), wanted);
        };
        match (&signal.matcher, leaf.truth) {
            (Matcher::Absent { .. }, Truth::True) => ("absent", None),
            (Matcher::Absent { section, .. }, Truth::False) => ("present", Some(format!("the line stands in {}", self.section(section.0)))),
            (_, Truth::True | Truth::Leaning) => ("seen", None),
            (Matcher::Absent { section, .. }, Truth::Unknown) => ("not known", Some(self.unseen(section.0, leaf))),
            (Matcher::Fact { name, .. }, Truth::Unknown) => {
                let wanted = leaf.collect.map(|collect| format!("; it would show in {collect}")).unwrap_or_default();
                ("not known", Some(format!("no value of {name} was seen{wanted}")))
            }
            (Matcher::Fact { .. }, Truth::False) => ("otherwise", None),
            (Matcher::Text { within, .. }, _) if !within.is_empty() => {
                let places: Vec<String> = within.iter().map(|section| self.looked_in(section.0)).collect();
                ("not seen", Some(places.join("; ")))
            }
            (Matcher::Text { .. }, _) => {
                let lines: u64 = self.own().filter_map(|scan| scan.lines).sum();
                ("not seen", Some(format!("on none of {lines} lines of this device's artifacts")))
            }
            (Matcher::Event { .. }, _) => {
                let packets: u64 = self.own().filter_map(|scan| scan.packets).sum();
                let captures = self.own().filter(|scan| scan.packets.is_some()).count();
                let lines: u64 = self.own().filter_map(|scan| scan.lines).sum();
                let looked = match (captures, lines) {
                    (0, lines) => format!("on none of {lines} lines; this device has no capture"),
                    (_, 0) => format!("in none of {packets} packets"),
                    (_, lines) => format!("in none of {packets} packets, on none of {lines} lines"),
                };
                ("not seen", Some(looked))
            }
        }
    }

    fn own(&self) -> impl Iterator<Item = &bundlescope::scan::evidence::ArtifactScan> {
        self.device.artifacts.iter().filter_map(|at| self.diagnosis.case().artifacts.get(*at))
    }

    fn section(&self, section: usize) -> String {
        self.library.sections.get(section).map_or_else(String::new, |section| section.words())
    }

    fn looked_in(&self, section: usize) -> String {
        let name = self.section(section);
        match self.sightings(section).last() {
            None => format!("the case holds no {name}"),
            Some((at, seen)) => format!("not in {name}, {}", self.place(*at, Place::Line(seen.line))),
        }
    }

    fn unseen(&self, section: usize, leaf: &Leaf<'_>) -> String {
        let name = self.section(section);
        let seen: Vec<_> = self.sightings(section).collect();
        let at = |(at, seen): &(usize, bundlescope::scan::evidence::SectionSeen)| self.place(*at, Place::Line(seen.line));
        match seen.last() {
            None => {
                let wanted = leaf.collect.map(|collect| format!("; collect {collect}")).unwrap_or_default();
                format!("the case holds no {name}{wanted}")
            }
            Some(last) if last.1.refused => format!("{name} was refused, {}", at(last)),
            Some(last) => format!("{name} is cut off or filtered, {}", at(last)),
        }
    }

    fn sightings(&self, section: usize) -> impl Iterator<Item = &(usize, bundlescope::scan::evidence::SectionSeen)> {
        self.device.sections.get(&bundlescope::rules::library::SectionId(section)).into_iter().flatten()
    }
}

/// What rules it out, in words.
fn ruled_out(verdict: &Verdict<'_>) -> Option<String> {
    let item = verdict.items.iter().find(|item| item.weight == Weight::RulesOut && item.log_odds < 0.0)?;
    let holding = |leaf: &&Leaf<'_>| (leaf.truth >= Truth::Leaning) != leaf.negated;
    Some(item.why.map_or_else(|| item.leaves.iter().find(holding).map_or_else(String::new, |leaf| leaf.title.to_string()), str::to_owned))
}

fn status(status: Status) -> &'static str {
    match status {
        Status::Active => "active",
        Status::Intermittent => "comes and goes",
        Status::Resolved => "over",
    }
}

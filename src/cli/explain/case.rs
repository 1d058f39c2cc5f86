//! Why a diagnosis was or was not made on each device of a case, leaf by leaf, from the verdict that decides.

use std::collections::BTreeSet;

use bundlescope::diagnose::{Device, Diagnosis, ItemVerdict, Leaf, LeftOut, MIN_CONFIDENCE, Selection, Truth, Verdict};
use bundlescope::formats::event::Place;
use bundlescope::report::model::{Finding, Report, Status};
use bundlescope::report::render::percent;
use bundlescope::report::{translated_leaf, translated_section, translated_term};
use bundlescope::rules::library::{Library, Matcher, Rule};
use bundlescope::rules::model::Weight;
use bundlescope::rules::translation::Words;

use super::page::Page;
use super::{padded, weight_word};
use crate::cli::rules::word;

/// Column of what a leaf says, behind the word for what became of it.
const SAID: usize = 20;

/// Everything about one rule on every device.
pub(super) fn explained(diagnosis: &Diagnosis<'_>, rule: &Rule, library: &Library, words: Words<'_>, width: usize) -> String {
    let report = diagnosis.report(&Selection::default());
    let mut page = Page::new(width);
    for (device, verdicts) in diagnosis.verdicts() {
        match verdicts.iter().find(|verdict| verdict.rule.id == rule.id) {
            Some(verdict) => {
                Explained { diagnosis, library, words, device, report: &report, quoted: BTreeSet::new() }.write(&mut page, verdict)
            }
            None => {
                let platform = device.identity.platform.as_deref().unwrap_or(words.say("not known"));
                let about = rule.platforms.join(", ");
                let sentence = words.fill("not for platform {} (it is about {})", &[platform, &about]);
                page.text(0, &words.fill("{} on {}: {}", &[&rule.id, &device.id, &sentence]));
            }
        }
        page.gap();
    }
    let text = page.finish();
    if text.is_empty() { format!("{}\n", words.fill("{}: no device in this case", &[&rule.id])) } else { text }
}

struct Explained<'a> {
    diagnosis: &'a Diagnosis<'a>,
    library: &'a Library,
    words: Words<'a>,
    device: &'a Device,
    report: &'a Report,
    /// Places quoted above.
    quoted: BTreeSet<(usize, Place)>,
}

impl Explained<'_> {
    fn write(&mut self, page: &mut Page, verdict: &Verdict<'_>) {
        let (rule, words) = (verdict.rule, self.words);
        let sure = percent(verdict.probability());
        let is_own = |finding: &&Finding| finding.id == rule.id && finding.device.as_deref() == Some(&self.device.id);
        let finding = self.report.findings.iter().find(is_own);
        let outcome = match finding {
            Some(finding) => {
                let mut text = words.fill("made ({}), {}", &[&sure, words.say(status(finding.status))]);
                if let Some(cause) = &finding.explained_by {
                    text.push_str(words.say(", "));
                    text.push_str(&words.fill("because of {}", &[cause]));
                }
                text
            }
            None => match ruled_out(verdict, words) {
                Some(why) => words.fill("not made ({}): ruled out, {}", &[&sure, &why]),
                None if !verdict.grounded => words.fill("not made ({}): nothing that was seen speaks for it", &[&sure]),
                None => words.fill("not made ({}): less than {}", &[&sure, &percent(MIN_CONFIDENCE)]),
            },
        };
        page.text(0, &words.fill("{} on {}: {}", &[&rule.id, &self.device.id, &outcome]));
        page.hang(2, &format!("{:+.1}  ", rule.prior), words.say("prior: how likely it is before anything was seen"));
        for item in &verdict.items {
            self.item(page, item);
        }
        if !verdict.severity_because.is_empty() {
            let (here, usual) = (word(&verdict.severity), word(&rule.severity));
            page.text(2, &words.fill("severity {} here instead of {}, because:", &[words.say(&here), words.say(&usual)]));
            self.leaves(page, &verdict.severity_because);
        }
        if let Some(release) = &verdict.release {
            page.hang(2, words.say("release: "), &translated_leaf(words, &release.why));
        }
    }

    fn item(&mut self, page: &mut Page, item: &ItemVerdict<'_>) {
        let words = self.words;
        let mut text = format!("{}{}{}", words.say(weight_word(item.weight)), words.say(": "), words.say(item.truth.as_str()));
        if let Some(why) = item.why {
            text = words.fill("{} ({})", &[&text, words.say(why)]);
        }
        let note = match item.left_out {
            Some(LeftOut::CountedAlready) => "not counted: a heavier item counted what was seen",
            Some(LeftOut::OtherEndpoint) => "not counted: it is about another server",
            Some(LeftOut::Faded) => "not counted: what speaks for it was seen days later",
            Some(LeftOut::NothingSeen) => "not counted: what is not known counts only beside something seen",
            Some(LeftOut::OpenQuestion) => "not counted: one open question is guessed at, and only where nothing else speaks",
            None if item.truth == Truth::Unknown => "a guess, counted in part",
            None | Some(LeftOut::DoesNotHold) => "",
        };
        if !note.is_empty() {
            text.push_str(words.say("; "));
            text.push_str(words.say(note));
        }
        page.hang(2, &format!("{:+.1}  ", item.log_odds), &text);
        self.leaves(page, &item.leaves);
    }

    fn leaves(&mut self, page: &mut Page, leaves: &[Leaf<'_>]) {
        for leaf in leaves {
            let (state, note) = self.state(leaf);
            let words = self.words;
            let title = translated_leaf(words, &leaf.title);
            let name = || translated_term(words, &leaf.name);
            let mut text = if leaf.signal.is_some() { title } else { format!("{}{}{title}", name(), words.say(": ")) };
            if leaf.negated {
                text = words.fill("{} ({})", &[&text, words.say("must not be")]);
            }
            if leaf.count > 1 && leaf.truth == Truth::True && leaf.signal.is_some() {
                text.push_str(words.say(", "));
                text.push_str(&words.fill("{} times", &[&leaf.count.to_string()]));
            }
            page.hang(8, &padded(words.say(state), SAID - 8), &text);
            if let Some(note) = note {
                page.text(SAID, &note);
            }
            if let Some((artifact, found)) = leaf.matches.first() {
                if self.quoted.insert((*artifact, found.place)) {
                    page.text(SAID, &found.excerpt);
                }
                page.verbatim(SAID, &self.place(*artifact, found.place));
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
        let words = self.words;
        let Some(signal) = leaf.signal.and_then(|id| self.library.signals.get(id.0)) else {
            let wanted = leaf.collect.filter(|_| leaf.truth == Truth::Unknown).map(|collect| words.fill("to be told by {}", &[collect]));
            return (leaf.truth.as_str(), wanted);
        };
        match (&signal.matcher, leaf.truth) {
            (Matcher::Absent { .. }, Truth::True) => ("absent", None),
            (Matcher::Absent { section, .. }, Truth::False) => {
                ("present", Some(words.fill("the line stands in {}", &[&self.section(section.0)])))
            }
            (_, Truth::True | Truth::Leaning) => ("seen", None),
            (Matcher::Absent { section, .. }, Truth::Unknown) => ("not known", Some(self.unseen(section.0, leaf))),
            (Matcher::Fact { name, .. }, Truth::Unknown) => {
                let unseen = words.fill("no value of {} was seen", &[name]);
                let shown = leaf.collect.map(|collect| words.fill("it would show in {}", &[collect]));
                ("not known", Some([Some(unseen), shown].into_iter().flatten().collect::<Vec<_>>().join(words.say("; "))))
            }
            (Matcher::Fact { .. }, Truth::False) => ("otherwise", None),
            (Matcher::Text { within, .. }, _) if !within.is_empty() => {
                let places: Vec<String> = within.iter().map(|section| self.looked_in(section.0)).collect();
                ("not seen", Some(places.join(words.say("; "))))
            }
            (Matcher::Text { .. }, _) => {
                let lines: u64 = self.own().filter_map(|scan| scan.lines).sum();
                ("not seen", Some(words.fill("on none of {} lines of this device's artifacts", &[&lines.to_string()])))
            }
            (Matcher::Event { .. }, _) => {
                let packets: u64 = self.own().filter_map(|scan| scan.packets).sum();
                let captures = self.own().filter(|scan| scan.packets.is_some()).count();
                let lines: u64 = self.own().filter_map(|scan| scan.lines).sum();
                let looked = match (captures, lines) {
                    (0, lines) => words.fill("on none of {} lines; this device has no capture", &[&lines.to_string()]),
                    (_, 0) => words.fill("in none of {} packets", &[&packets.to_string()]),
                    (_, lines) => words.fill("in none of {} packets, on none of {} lines", &[&packets.to_string(), &lines.to_string()]),
                };
                ("not seen", Some(looked))
            }
        }
    }

    fn own(&self) -> impl Iterator<Item = &bundlescope::scan::evidence::ArtifactScan> {
        self.device.artifacts.iter().filter_map(|at| self.diagnosis.case().artifacts.get(*at))
    }

    fn section(&self, section: usize) -> String {
        self.library.sections.get(section).map_or_else(String::new, |section| translated_section(self.words, &section.words()))
    }

    fn looked_in(&self, section: usize) -> String {
        let name = self.section(section);
        match self.sightings(section).last() {
            None => self.words.fill("the case does not hold {}", &[&name]),
            Some((at, seen)) => self.words.fill("not in {}, {}", &[&name, &self.place(*at, Place::Line(seen.line))]),
        }
    }

    fn unseen(&self, section: usize, leaf: &Leaf<'_>) -> String {
        let (name, words) = (self.section(section), self.words);
        let seen: Vec<_> = self.sightings(section).collect();
        let at = |(at, seen): &(usize, bundlescope::scan::evidence::SectionSeen)| self.place(*at, Place::Line(seen.line));
        match seen.last() {
            None => {
                let held = words.fill("the case does not hold {}", &[&name]);
                let wanted = leaf.collect.map(|collect| words.fill("collect {}", &[collect]));
                [Some(held), wanted].into_iter().flatten().collect::<Vec<_>>().join(words.say("; "))
            }
            Some(last) if last.1.refused => words.fill("{} was refused, {}", &[&name, &at(last)]),
            Some(last) => words.fill("{} is cut off or filtered, {}", &[&name, &at(last)]),
        }
    }

    fn sightings(&self, section: usize) -> impl Iterator<Item = &(usize, bundlescope::scan::evidence::SectionSeen)> {
        self.device.sections.get(&bundlescope::rules::library::SectionId(section)).into_iter().flatten()
    }
}

/// What rules it out, in words.
fn ruled_out(verdict: &Verdict<'_>, words: Words<'_>) -> Option<String> {
    let item = verdict.items.iter().find(|item| item.weight == Weight::RulesOut && item.log_odds < 0.0)?;
    let holding = |leaf: &&Leaf<'_>| (leaf.truth >= Truth::Leaning) != leaf.negated;
    let leaf = || item.leaves.iter().find(holding).map_or_else(String::new, |leaf| translated_leaf(words, &leaf.title));
    Some(item.why.map_or_else(leaf, |why| words.say(why).to_owned()))
}

fn status(status: Status) -> &'static str {
    match status {
        Status::Active => "still active",
        Status::Intermittent => "comes and goes",
        Status::Resolved => "over",
    }
}

//! What is drawn of a device: lanes of marks with their times.

use std::collections::HashMap;

use super::axis::{Axis, Clock};
use super::phrase::{at, percent, severity, times};
use super::{Subject, moment};
use crate::report::model::{Artifact, Certificate, Finding, Moment, Turn};
use crate::rules::translation::Words;

/// Findings of a device that have lanes.
const FINDINGS: usize = 10;
/// Texts that are named of one stretch.
const NAMED: usize = 5;
/// Captures that are drawn.
const CAPTURES: usize = 200;
/// Certificates that have lanes.
const CERTIFICATES: usize = 6;
/// More certificates than these in one place are a store: of it only those are drawn that were not valid all the time.
const STORE: usize = 2;

/// The lanes of one device.
pub(super) struct Lanes<'a> {
    words: Words<'a>,
    pub(super) axis: Axis,
    pub(super) clock: Clock,
    pub(super) lanes: Vec<Lane>,
    /// What is not drawn, in words.
    pub(super) left_out: Vec<String>,
}

/// One lane.
pub(super) struct Lane {
    /// `history`, `finding`, `logs`, `captures`, `certificate`.
    pub(super) kind: &'static str,
    pub(super) label: String,
    /// The finding it is of.
    pub(super) rank: Option<usize>,
    pub(super) marks: Vec<Mark>,
}

/// One mark.
pub(super) struct Mark {
    /// `failed`, `restored`, `seen`, `evidence`, `log`, `gap`, `capture`, `valid`, `invalid`.
    pub(super) kind: &'static str,
    pub(super) from: i64,
    pub(super) to: i64,
    /// What it is, in words.
    pub(super) title: String,
}

impl<'a> Lanes<'a> {
    pub(super) fn of(subject: &Subject<'_>, numbers: &HashMap<usize, usize>, words: Words<'a>) -> Option<Self> {
        let clock = Clock::of(subject.times());
        let axis = Axis::of(clock, subject.times())?;
        let mut this = Self { words, axis, clock, lanes: Vec::new(), left_out: Vec::new() };
        let (captures, texts): (Vec<&Artifact>, Vec<&Artifact>) = subject.artifacts.iter().partition(|one| one.packets.is_some());
        if let Some(device) = subject.device {
            this.history(&device.history);
        }
        this.findings(&subject.findings, numbers);
        this.logs(&texts, &subject.artifacts);
        this.captures(&captures);
        if let Some(device) = subject.device {
            this.certificates(&device.certificates);
        }
        Some(this)
    }

    /// Adds a lane, unless it is empty.
    fn add(&mut self, kind: &'static str, label: String, rank: Option<usize>, marks: Vec<Mark>) {
        if !marks.is_empty() {
            self.lanes.push(Lane { kind, label, rank, marks });
        }
    }

    fn history(&mut self, history: &[Moment]) {
        let marks = history.iter().filter_map(|moment| {
            let (kind, word) = match moment.kind {
                Turn::Failed => ("failed", self.words.say("failed")),
                Turn::Restored => ("restored", self.words.say("restored")),
            };
            let when = if moment.first_time == moment.last_time {
                moment.first_time.clone()
            } else {
                format!("{} → {}", moment.first_time, moment.last_time)
            };
            let place = at(&moment.artifact, moment.line, moment.packet);
            let count = if moment.count > 1 { format!(" ({})", times(self.words, moment.count)) } else { String::new() };
            let title = format!("{word}, {when}{count}: {}\n{place}", moment.title);
            Some(Mark { kind, from: self.clock.read(&moment.first_time)?, to: self.clock.read(&moment.last_time)?, title })
        });
        let marks: Vec<Mark> = marks.collect();
        self.add("history", self.words.say("Failed and restored").to_owned(), None, marks);
    }

    fn findings(&mut self, own: &[&Finding], numbers: &HashMap<usize, usize>) {
        let mut drawn = 0;
        let mut left = 0u64;
        let mut undated = 0u64;
        for finding in own {
            let marks = self.of_finding(finding);
            match marks.is_empty() {
                true => undated += u64::from(finding.seen().is_some()),
                false if drawn == FINDINGS => left += 1,
                false => {
                    drawn += 1;
                    let number = numbers.get(&finding.rank).unwrap_or(&finding.rank);
                    self.add("finding", format!("{number}  {}", finding.title), Some(finding.rank), marks);
                }
            }
        }
        if left > 0 {
            self.left_out.push(self.words.count(left, "{} finding", "{} findings"));
        }
        if undated > 0 {
            self.left_out.push(self.words.count(undated, "{} finding without a year", "{} findings without a year"));
        }
    }

    /// From when to when it was seen, and the quoted evidence.
    fn of_finding(&self, finding: &Finding) -> Vec<Mark> {
        let read = |time: &Option<String>| self.clock.read(time.as_deref()?);
        let mut marks = Vec::new();
        let seen = finding.seen().and_then(|(first, last)| Some((first, last, self.clock.read(first)?, self.clock.read(last)?)));
        if let Some((first, last, from, to)) = seen {
            let span = format!(
                "{}\n{}, {}\n{first} → {last}",
                finding.title,
                self.words.fill("{} sure", &[&percent(finding.confidence)]),
                self.words.say(severity(finding.severity)),
            );
            marks.push(Mark { kind: "seen", from, to, title: span });
        }
        marks.extend(finding.evidence.iter().filter_map(|item| {
            let when = read(&item.time)?;
            let place = at(&item.artifact, item.line, item.packet);
            let title = format!("{}: {}\n{place}", item.time.as_deref().unwrap_or_default(), item.excerpt);
            Some(Mark { kind: "evidence", from: when, to: when, title })
        }));
        marks
    }

    /// The time that logs and other texts cover, and the time within what the artifacts cover that they do not.
    fn logs(&mut self, texts: &[&Artifact], all: &[&Artifact]) {
        let mut spans = self.spans(texts);
        spans.sort_by_key(|(from, to, _)| (*from, *to));
        let whole = self.spans(all).into_iter().map(|(from, to, _)| (from, to)).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
        let mut covered: Vec<(i64, i64, Vec<&Artifact>)> = Vec::new();
        for (from, to, artifact) in spans {
            match covered.last_mut() {
                Some((_, end, held)) if from <= *end => {
                    *end = to.max(*end);
                    held.push(artifact);
                }
                _ => covered.push((from, to, vec![artifact])),
            }
        }
        let Some((first, last)) = whole.filter(|_| !covered.is_empty()) else { return };
        let mut marks = Vec::new();
        let mut end = first;
        for (from, to, held) in &covered {
            marks.extend(self.gap(end, *from));
            let title = match held.as_slice() {
                [one] => format!("{}\n{}", span_of(one), one.path),
                several => several.iter().take(NAMED).map(|one| one.path.as_str()).collect::<Vec<_>>().join("\n"),
            };
            marks.push(Mark { kind: "log", from: *from, to: *to, title });
            end = *to;
        }
        marks.extend(self.gap(end, last));
        let gaps = marks.iter().filter(|mark| mark.kind == "gap").count();
        let label = match gaps {
            0 => self.words.say("Logs and outputs").to_owned(),
            n => self.words.fill("{} ({})", &[self.words.say("Logs and outputs"), &self.words.count(n as u64, "{} gap", "{} gaps")]),
        };
        self.add("logs", label, None, marks);
    }

    /// A gap that is wide enough to be seen.
    fn gap(&self, from: i64, to: i64) -> Option<Mark> {
        let title = self.words.say("No log or output states a time in here").to_owned();
        (self.axis.percent(to) - self.axis.percent(from) >= 0.5).then_some(Mark { kind: "gap", from, to, title })
    }

    fn captures(&mut self, captures: &[&Artifact]) {
        let spans = self.spans(captures);
        if spans.len() > CAPTURES {
            self.left_out.push(self.words.count((spans.len() - CAPTURES) as u64, "{} capture", "{} captures"));
        }
        let marks = spans.into_iter().take(CAPTURES).map(|(from, to, capture)| {
            let packets = capture.packets.map(|n| format!("\n{}", self.words.count(n, "{} packet", "{} packets"))).unwrap_or_default();
            Mark { kind: "capture", from, to, title: format!("{}{packets}\n{}", span_of(capture), capture.path) }
        });
        let marks = marks.collect();
        self.add("captures", self.words.say("Captures").to_owned(), None, marks);
    }

    /// The artifacts that say from when to when they reach.
    fn spans<'b>(&self, artifacts: &[&'b Artifact]) -> Vec<(i64, i64, &'b Artifact)> {
        let span = |one: &'b Artifact| {
            let (first, last) = one.times()?;
            let (from, to) = (self.clock.read(first)?, self.clock.read(last)?);
            Some((from.min(to), to.max(from), one))
        };
        artifacts.iter().copied().filter_map(span).collect()
    }

    /// Those that were not valid all the time, then those that end first.
    fn certificates(&mut self, certificates: &[Certificate]) {
        let mut dated: Vec<(bool, i64, i64, &Certificate)> = Vec::new();
        for one in certificates {
            let (Some(from), Some(to)) = (self.clock.read(&one.not_before), self.clock.read(&one.not_after)) else { continue };
            let throughout = self.axis.is_before(from) && self.axis.is_behind(to);
            let beside = certificates.iter().filter(|other| other.source == one.source).count();
            if !throughout || beside <= STORE {
                dated.push((throughout, from, to, one));
            }
        }
        dated.sort_by_key(|(throughout, _, to, _)| (*throughout, *to));
        let (well, drawn) = (certificates.len() - dated.len(), dated.len().min(CERTIFICATES));
        if dated.len() > drawn {
            self.left_out.push(self.words.count((dated.len() - drawn) as u64, "{} more certificate", "{} more certificates"));
        }
        if well > 0 {
            self.left_out.push(self.words.count(well as u64, "{} certificate valid throughout", "{} certificates valid throughout"));
        }
        for (throughout, from, to, one) in dated.into_iter().take(CERTIFICATES) {
            let name = one.subject.as_deref().map_or(one.source.as_str(), common_name);
            let days = moment::days(&one.not_before, &one.not_after).unwrap_or_default();
            let place = at(&one.artifact, one.line, one.packet);
            let title = format!("{}\n{} → {}\n{place}", one.subject.as_deref().unwrap_or(name), one.not_before, one.not_after);
            let mut marks = vec![Mark { kind: "valid", from, to, title }];
            let outside = |from: i64, to: i64, word: &str| Mark { kind: "invalid", from, to, title: format!("{name} {word}") };
            if !throughout && !self.axis.is_before(from) {
                marks.push(outside(i64::MIN, from, self.words.say("is not valid yet")));
            }
            if !throughout && !self.axis.is_behind(to) {
                marks.push(outside(to, i64::MAX, self.words.say("is no longer valid")));
            }
            self.add("certificate", self.words.fill("Certificate {}: {}", &[&days, name]), None, marks);
        }
    }
}

fn span_of(artifact: &Artifact) -> String {
    artifact.times().map(|(first, last)| format!("{first} → {last}")).unwrap_or_default()
}

/// `CN=x,O=y`: `x`; a name without one as it is.
fn common_name(subject: &str) -> &str {
    let start = if subject.starts_with("CN=") { Some(3) } else { subject.find(",CN=").map(|at| at + 4) };
    match start.and_then(|start| subject.get(start..)) {
        Some(rest) => rest.split(',').next().unwrap_or(rest),
        None => subject,
    }
}

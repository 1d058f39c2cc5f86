//! What happened when, a picture for each device, to scale: what failed and what was restored, how long each finding was
//! seen, which time its logs and captures cover and which they do not, and how long its certificates are valid.

mod draw;
mod lanes;

use std::collections::HashMap;

use super::grouping::Grouping;
use super::markup::Markup;
use super::{axis, markup, moment, phrase};
use crate::report::model::{Artifact, Device, Finding, Report};
use lanes::Lanes;

/// Devices that are drawn, those with problems first.
const DRAWN: usize = 40;

/// A device, or what belongs to none, with what the report says of it.
struct Subject<'a> {
    /// Id of the device.
    id: Option<&'a str>,
    device: Option<&'a Device>,
    findings: Vec<&'a Finding>,
    artifacts: Vec<&'a Artifact>,
}

/// Whether there is anything to draw.
pub(super) fn is_there(report: &Report) -> bool {
    subjects(report).iter().any(Subject::has_times)
}

/// The section with the pictures.
pub(super) fn section(m: &mut Markup, report: &Report, groups: &Grouping<'_>) {
    let subjects: Vec<Subject<'_>> = subjects(report).into_iter().filter(Subject::has_times).collect();
    if subjects.is_empty() {
        return;
    }
    let words = groups.words;
    let numbers = groups.numbers();
    m.element("section", &[("class", "timeline"), ("id", "timeline")], |m| {
        m.leaf("h2", &[], words.say("Timeline"));
        draw::legend(m, words);
        for subject in subjects.iter().take(DRAWN) {
            let name = if subject.id.is_none() {
                words.say("Of several devices, or of none that is known").into()
            } else {
                groups.names.name(subject.id)
            };
            if let Some(lanes) = Lanes::of(subject, &numbers, words) {
                draw::figure(m, words, &name, subject.id, &lanes);
            }
        }
        let more = subjects.len().saturating_sub(DRAWN);
        if more > 0 {
            m.leaf("p", &[("class", "faint")], &words.count(more as u64, "{} more device is not drawn.", "{} more devices are not drawn."));
        }
    });
}

/// Devices with findings in the order of these, then the others, then what belongs to none.
fn subjects(report: &Report) -> Vec<Subject<'_>> {
    let mut places: HashMap<Option<&str>, usize> = HashMap::new();
    let mut subjects: Vec<Subject<'_>> = Vec::new();
    let found = report.findings.iter().filter_map(|finding| finding.device.as_deref());
    let others = report.devices.iter().map(|device| device.id.as_str());
    for id in found.chain(others).map(Some).chain([None]) {
        places.entry(id).or_insert_with(|| {
            subjects.push(Subject { id, device: None, findings: Vec::new(), artifacts: Vec::new() });
            subjects.len() - 1
        });
    }
    let place = |id: Option<&str>| places.get(&id).copied();
    for device in &report.devices {
        if let Some(subject) = place(Some(&device.id)).and_then(|at| subjects.get_mut(at)) {
            subject.device = Some(device);
        }
    }
    for finding in &report.findings {
        if let Some(subject) = place(finding.device.as_deref()).and_then(|at| subjects.get_mut(at)) {
            subject.findings.push(finding);
        }
    }
    for artifact in &report.artifacts {
        if let Some(subject) = place(artifact.device.as_deref()).and_then(|at| subjects.get_mut(at)) {
            subject.artifacts.push(artifact);
        }
    }
    subjects
}

impl<'a> Subject<'a> {
    fn has_times(&self) -> bool {
        self.times().any(|time| moment::order(time).is_some() || moment::is_undated(time))
    }

    /// Every time that its picture must hold.
    fn times(&self) -> impl Iterator<Item = &'a str> {
        let history = self.device.into_iter().flat_map(|device| &device.history);
        let history = history.flat_map(|moment| [moment.first_time.as_str(), moment.last_time.as_str()]);
        let found = self.findings.iter().flat_map(|finding| {
            let quoted = finding.evidence.iter().filter_map(|item| item.time.as_deref());
            finding.seen().into_iter().flat_map(<[&str; 2]>::from).chain(quoted)
        });
        let artifacts = self.artifacts.iter().filter_map(|one| one.times()).flat_map(<[&str; 2]>::from);
        history.chain(found).chain(artifacts)
    }
}

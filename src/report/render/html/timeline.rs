//! What happened when, a picture for each device, to scale: what failed and what was restored, how long each finding was
//! seen, which time its logs and captures cover and which they do not, and how long its certificates are valid.

mod draw;
mod lanes;

use super::grouping::Grouping;
use super::markup::Markup;
use super::phrase::counted;
use super::{axis, grouping, markup, moment, phrase};
use crate::report::model::Report;
use lanes::Lanes;

/// Devices that are drawn, those with problems first.
const DRAWN: usize = 40;

/// Whether there is anything to draw.
pub(super) fn is_there(report: &Report) -> bool {
    subjects(report, &Grouping::of(report)).iter().any(|device| lanes::has_times(report, *device))
}

/// The section with the pictures.
pub(super) fn section(m: &mut Markup, report: &Report, groups: &Grouping<'_>) {
    let subjects: Vec<Option<&str>> =
        subjects(report, groups).into_iter().filter(|device| lanes::has_times(report, *device)).collect();
    if subjects.is_empty() {
        return;
    }
    m.element("section", &[("class", "timeline"), ("id", "timeline")], |m| {
        m.leaf("h2", &[], "Timeline");
        draw::legend(m);
        for device in subjects.iter().take(DRAWN) {
            let name = if device.is_none() { "Of no one device".into() } else { groups.names.name(*device) };
            if let Some(lanes) = Lanes::of(report, groups, *device) {
                draw::figure(m, &name, *device, &lanes);
            }
        }
        let more = subjects.len().saturating_sub(DRAWN);
        if more > 0 {
            m.leaf("p", &[("class", "faint")], &format!("{} not drawn.", counted(more, "more device is", "more devices are")));
        }
    });
}

/// Devices with findings in the order of these, then the others, then what belongs to none.
fn subjects<'a>(report: &'a Report, groups: &Grouping<'a>) -> Vec<Option<&'a str>> {
    let mut known = std::collections::HashSet::new();
    let found = groups.findings().filter_map(|finding| finding.device.as_deref());
    let others = report.devices.iter().map(|device| device.id.as_str());
    found.chain(others).filter(|id| known.insert(*id)).map(Some).chain([None]).collect()
}

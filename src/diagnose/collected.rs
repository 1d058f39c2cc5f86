//! Whether a case holds already what could be collected.

use super::device::Device;
use crate::rules::collect::CollectItem;
use crate::scan::evidence::{ArtifactScan, SectionSeen};

/// What became of an item on a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Collected {
    /// The case does not hold it.
    No,
    /// The device refused the command.
    Refused,
    /// Its output is not whole.
    Cut,
    /// Seen whole.
    Yes,
}

/// Looks for an item among the outputs, facts and artifacts of a device.
pub(super) fn collected(item: &CollectItem, device: &Device, artifacts: &[ArtifactScan]) -> Collected {
    let known = || item.facts.iter().any(|start| device.facts.keys().any(|name| name.starts_with(start.as_str())));
    let own = device.artifacts.iter().filter_map(|at| artifacts.get(*at));
    let files = own.filter(|scan| item.formats.contains(&scan.format)).count();
    if files >= item.times || (item.sections.is_empty() && known()) {
        return Collected::Yes;
    }
    let seen: Vec<&SectionSeen> = item
        .sections
        .iter()
        .filter_map(|section| device.sections.get(section))
        .flatten()
        .map(|(_, seen)| seen)
        .filter(|seen| match &seen.command {
            Some(command) => item.is_shown_by(command),
            None => item.facts.is_empty() || known(),
        })
        .collect();
    if seen.iter().filter(|seen| seen.whole).count() >= item.times {
        Collected::Yes
    } else if seen.is_empty() || seen.iter().any(|seen| seen.whole) {
        Collected::No
    } else if seen.iter().all(|seen| seen.refused) {
        Collected::Refused
    } else {
        Collected::Cut
    }
}

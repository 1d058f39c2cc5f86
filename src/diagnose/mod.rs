//! From evidence and facts to findings: groups by device, evaluates every rule, builds the cause graph, ranks, and
//! says what is missing. A pure function of the scan and the rules; never sees bytes or output formats.

mod causes;
mod clock;
mod collected;
mod condition;
mod confidence;
mod device;
mod evaluate;
mod findings;
mod history;
mod missing;
mod occurrence;
mod quiet;
mod rank;
mod status;
#[cfg(test)]
mod tests;
mod timeline;
mod traffic;
mod truth;
mod unexplained;
mod validity;

pub use condition::Leaf;
pub use device::{Device, Sample};
pub use evaluate::{ItemVerdict, LeftOut, ReleaseStanding, Verdict};
pub use truth::Truth;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use rayon::prelude::*;

use self::device::{Asked, Shows};
use self::evaluate::Grounds;
use crate::intake::{LogicalPath, Trouble, TroubleKind};
use crate::report::model::Report;
use crate::rules::library::Library;
use crate::scan::CaseScan;
use crate::scan::window::{self, Dating, Learned};

/// Findings below this probability are left out unless the user asks for them.
pub const MIN_CONFIDENCE: f64 = 0.30;

/// Rules that are told of devices that are not diagnosed.
const TOLD: usize = 8;

/// A diagnosed case.
#[derive(Debug)]
pub struct Diagnosis<'a> {
    library: &'a Library,
    case: CaseScan,
    devices: Vec<Device>,
}

/// What of a diagnosis goes into the report.
#[derive(Clone, Debug)]
pub struct Selection {
    /// Least probability of a finding.
    pub min_confidence: f64,
    /// Ids or prefixes to report; none means all.
    pub select: Vec<String>,
    /// Ids or prefixes to leave out.
    pub ignore: Vec<String>,
    /// Whether artifacts that are captures list their conversations.
    pub conversations: bool,
}

impl Default for Selection {
    fn default() -> Self {
        Self { min_confidence: MIN_CONFIDENCE, select: Vec::new(), ignore: Vec::new(), conversations: false }
    }
}

impl Selection {
    /// Whether a diagnosis of that id is asked for.
    pub fn wants(&self, id: &str) -> bool {
        (self.select.is_empty() || self.select.iter().any(|prefix| id.starts_with(prefix.as_str())))
            && !self.ignore.iter().any(|prefix| id.starts_with(prefix.as_str()))
    }
}

/// What is found on a device by itself, to say which are diagnosed where not all can be.
fn shown<'a>(mut device: Device, grounds: &Grounds<'a>, library: &'a Library) -> Shows<'a> {
    device.settle(library);
    let device = &device;
    let verdict = |rule| {
        let verdict = evaluate::evaluate(rule, device, std::slice::from_ref(device), library);
        verdict.grounded.then(|| (rule.id.as_str(), verdict.probability()))
    };
    let grounded: Vec<(&str, f64)> = grounds.rules(device).filter_map(verdict).collect();
    let findings: Vec<&str> = grounded.iter().filter(|(_, probability)| *probability >= MIN_CONFIDENCE).map(|(id, _)| *id).collect();
    match (findings.is_empty(), grounded.is_empty()) {
        (false, _) => Shows::Findings(findings),
        (true, false) => Shows::Signs,
        (true, true) => Shows::Nothing,
    }
}

/// What the devices show that are not diagnosed.
fn not_diagnosed(left_out: &[Shows<'_>]) -> String {
    let mut found: BTreeMap<&str, usize> = BTreeMap::new();
    let mut failing = 0;
    for shows in left_out {
        if let Shows::Findings(ids) = shows {
            failing += 1;
            ids.iter().for_each(|id| *found.entry(id).or_default() += 1);
        }
    }
    let mut found: Vec<(&str, usize)> = found.into_iter().collect();
    found.sort_by_key(|(id, count)| (std::cmp::Reverse(*count), *id));
    let devices = left_out.len();
    if found.is_empty() {
        return format!("{devices} further devices were not diagnosed, none of which has findings");
    }
    let more = if found.len() > TOLD { ", …" } else { "" };
    let told: Vec<String> = found.iter().take(TOLD).map(|(id, count)| format!("{id} ({count})")).collect();
    format!("{devices} further devices were not diagnosed, {failing} of which have findings: {}{more}", told.join(", "))
}

impl<'a> Diagnosis<'a> {
    /// Diagnoses a scanned case.
    pub fn new(mut case: CaseScan, library: &'a Library) -> Self {
        let CaseScan { artifacts, span, assumed, limits, .. } = &mut case;
        let asked = Asked { span: span.as_deref(), assumed: assumed.as_ref() };
        let grounds = LazyLock::new(|| Grounds::new(library));
        let shown = |device| shown(device, &grounds, library);
        let (mut devices, left_out) = device::devices(artifacts, &asked, limits, &shown);
        if !left_out.is_empty() {
            let message = case.limits.hit("devices", format!("{}; split the case by device", not_diagnosed(&left_out)));
            let path = LogicalPath::input(case.inputs.first().cloned().unwrap_or_default());
            // Before all others: of many, the last are only counted.
            case.troubles.insert(0, Trouble { path, kind: TroubleKind::Limit, message });
        }
        devices.par_iter_mut().for_each(|device| device.settle(library));
        Self { library, case, devices }
    }

    /// The devices of the case, by id, with what every rule that concerns them says. Evaluated device by device: a
    /// case may hold thousands.
    pub fn verdicts(&self) -> impl Iterator<Item = (&Device, Vec<Verdict<'_>>)> {
        self.devices.iter().map(|device| {
            let rules = self.library.rules.iter().filter(|rule| evaluate::applies(rule, device));
            (device, rules.map(|rule| evaluate::evaluate(rule, device, &self.devices, self.library)).collect())
        })
    }

    /// The verdicts on a device that may be findings: those that something seen speaks for.
    fn grounded<'d>(&'d self, device: &'d Device, grounds: &Grounds<'d>) -> Vec<Verdict<'d>> {
        let verdicts = grounds.rules(device).map(|rule| evaluate::evaluate(rule, device, &self.devices, self.library));
        verdicts.filter(|verdict| verdict.grounded).collect()
    }

    /// What the case tells of times, for a second reading that keeps to a window.
    pub fn learned(&self) -> Learned {
        let artifacts = &self.case.artifacts;
        let dated = self.devices.iter().filter_map(|device| device.latest.as_ref());
        let stated = || artifacts.iter().flat_map(|scan| scan.times.all()).filter(|stamp| stamp.has_year());
        let yearless = || artifacts.iter().flat_map(|scan| scan.times.all()).max_by_key(|stamp| stamp.within_year());
        let newest = dated.max_by_key(|stamp| stamp.unix_seconds()).or_else(|| stated().max_by_key(|stamp| stamp.unix_seconds()));
        let mut datings: BTreeMap<String, Dating> = BTreeMap::new();
        for (at, anchor) in self.devices.iter().flat_map(|device| &device.anchors) {
            if let Some(scan) = artifacts.get(*at) {
                datings.entry(scan.path.as_str().to_owned()).or_default().anchor.get_or_insert_with(|| anchor.clone());
            }
        }
        for scan in artifacts {
            if let Some(ran) = window::ran(scan) {
                datings.entry(scan.path.as_str().to_owned()).or_default().ran = Some(ran);
            }
        }
        Learned { newest: newest.or_else(yearless).cloned(), datings }
    }

    /// The scanned case, but for what its artifacts say of devices: that has moved to the devices.
    pub fn case(&self) -> &CaseScan {
        &self.case
    }

    /// The report.
    pub fn report(&self, selection: &Selection) -> Report {
        findings::report(self, selection)
    }
}

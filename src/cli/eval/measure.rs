//! How good the diagnoses of labelled cases are.

use bundlescope::report::model::{Finding, Kind, Report, Status};
use serde::Serialize;

use super::expect::{Expect, Labels, Split, Spot};

/// Confidence from which a finding counts as said.
pub(crate) const SAID: f64 = 0.5;
/// Bins of the reliability table.
const BINS: usize = 10;

/// One case, judged.
#[derive(Debug, Serialize)]
pub(crate) struct CaseResult {
    pub(crate) name: String,
    pub(crate) split: Split,
    pub(crate) healthy: bool,
    /// Reciprocal ranks of the expected first findings.
    ranks: Vec<f64>,
    /// Confidence and truth of every finding of a faulty kind.
    said: Vec<(f64, bool)>,
    alarms: u64,
    places: u64,
    places_right: u64,
    /// What was said of each device, and what should have been.
    pub(crate) devices: Vec<OfDevice>,
    /// What is to be mended, in words.
    pub(crate) problems: Vec<String>,
}

/// Diagnoses of one device of a case.
#[derive(Debug, Default, Serialize)]
pub(crate) struct OfDevice {
    /// Said and right.
    pub(crate) right: Vec<String>,
    /// Said, of a faulty kind, and not expected.
    pub(crate) wrong: Vec<String>,
    /// Expected and not said.
    pub(crate) missed: Vec<String>,
}

/// Measures over many cases.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Measures {
    pub(crate) cases: usize,
    pub(crate) healthy: usize,
    pub(crate) top1: f64,
    pub(crate) top3: f64,
    pub(crate) mrr: f64,
    pub(crate) brier: f64,
    pub(crate) calibration_error: f64,
    pub(crate) false_alarms: u64,
    pub(crate) places: u64,
    pub(crate) places_right: u64,
    pub(crate) reliability: Vec<Bin>,
}

/// One row of the reliability table.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Bin {
    pub(crate) from: f64,
    pub(crate) to: f64,
    pub(crate) findings: usize,
    /// Share that was right.
    pub(crate) right: f64,
    /// Mean confidence stated.
    pub(crate) stated: f64,
}

/// Whether a finding says that something is wrong.
fn is_fault(finding: &Finding) -> bool {
    matches!(finding.kind, Kind::RootCause | Kind::Defect | Kind::Misconfiguration | Kind::Symptom)
}

/// Judges one report against the labels of its case.
pub(crate) fn judge(name: &str, expect: &Expect, report: &Report) -> CaseResult {
    let mut result = CaseResult {
        name: name.to_owned(),
        split: expect.split,
        healthy: expect.healthy,
        ranks: Vec::new(),
        said: Vec::new(),
        alarms: 0,
        places: 0,
        places_right: 0,
        devices: Vec::new(),
        problems: Vec::new(),
    };
    let mut judged: Vec<&str> = Vec::new();
    for (device, labels) in &expect.devices {
        let own: Vec<&Finding> = report.findings.iter().filter(|finding| is_on(finding, device, expect)).collect();
        judged.extend(own.iter().filter_map(|finding| finding.device.as_deref()));
        device_labels(&mut result, device, labels, &own);
        result.devices.push(of_device(labels, &own));
    }
    let no_labels = Labels::default();
    for finding in report.findings.iter().filter(|finding| is_fault(finding)) {
        let labels = expect.devices.iter().find(|(device, _)| is_on(finding, device, expect)).map_or(&no_labels, |(_, labels)| labels);
        let right = labels.top.as_deref() == Some(&finding.id) || labels.must.contains(&finding.id) || labels.may.contains(&finding.id);
        result.said.push((finding.confidence, right));
        let alarm = !right && finding.confidence >= SAID && finding.status != Status::Resolved;
        if alarm {
            result.alarms += 1;
            let device = finding.device.as_deref().unwrap_or("-");
            result.problems.push(format!("false alarm on {device}: {} {:.2}", finding.id, finding.confidence));
        }
    }
    for spot in &expect.evidence {
        result.places += 1;
        if holds(spot, report) {
            result.places_right += 1;
        } else {
            let place =
                spot.line.map(|line| format!(":{line}")).or(spot.packet.map(|packet| format!(" packet {packet}"))).unwrap_or_default();
            result.problems.push(format!("no evidence of {} at {}{place}", spot.id, spot.artifact));
        }
    }
    result
}

fn device_labels(result: &mut CaseResult, device: &str, labels: &Labels, own: &[&Finding]) {
    if let Some(top) = &labels.top {
        // Conditions that are well are no problems: an informative state does not stand in the way of a fault.
        let problems = own.iter().filter(|finding| {
            finding.kind != Kind::Expected
                && (is_fault(finding) || finding.id == *top || finding.severity >= bundlescope::report::model::Severity::Medium)
        });
        let at = problems.clone().position(|finding| finding.id == *top);
        let reciprocal = at.map_or(0.0, |at| 1.0 / (at as f64 + 1.0));
        result.ranks.push(reciprocal);
        let confidence = at.and_then(|at| problems.clone().nth(at)).map_or(0.0, |finding| finding.confidence);
        if at != Some(0) || confidence < SAID {
            let order: Vec<String> = problems.take(4).map(|finding| format!("{} {:.2}", finding.id, finding.confidence)).collect();
            result.problems.push(format!("{device}: {top} {confidence:.2} is not first and sure; order: {}", order.join(", ")));
        }
    }
    for id in &labels.must {
        if !own.iter().any(|finding| finding.id == *id) {
            result.problems.push(format!("{device}: {id} is missing"));
        }
    }
    for id in &labels.must_not {
        if let Some(finding) =
            own.iter().find(|finding| finding.id == *id && finding.confidence >= SAID && finding.status != Status::Resolved)
        {
            result.problems.push(format!("{device}: {id} {:.2} is wrong here", finding.confidence));
        }
    }
}

fn of_device(labels: &Labels, own: &[&Finding]) -> OfDevice {
    let expected = |id: &String| labels.top.as_ref() == Some(id) || labels.must.contains(id) || labels.may.contains(id);
    let said: Vec<&&Finding> = own.iter().filter(|finding| finding.confidence >= SAID).collect();
    // What is over is no alarm.
    let fine = |finding: &Finding| expected(&finding.id) || !is_fault(finding) || finding.status == Status::Resolved;
    let (right, wrong): (Vec<&Finding>, Vec<&Finding>) = said.iter().copied().partition(|finding| fine(finding));
    let wanted = labels.top.iter().chain(&labels.must);
    let missed = wanted.filter(|id| !said.iter().any(|finding| finding.id == **id)).cloned().collect();
    let ids = |findings: Vec<&Finding>| findings.into_iter().map(|finding| finding.id.clone()).collect();
    OfDevice { right: ids(right), wrong: ids(wrong), missed }
}

/// `*` is every device that has no labels of its own.
fn is_on(finding: &Finding, device: &str, expect: &Expect) -> bool {
    let name = finding.device.as_deref().unwrap_or("*");
    if device == "*" { !expect.devices.contains_key(name) } else { name.eq_ignore_ascii_case(device) }
}

fn holds(spot: &Spot, report: &Report) -> bool {
    let findings = report.findings.iter().filter(|finding| finding.id == spot.id);
    findings.flat_map(|finding| &finding.evidence).any(|evidence| {
        evidence.artifact.ends_with(&spot.artifact)
            && spot.line.is_none_or(|line| evidence.line == Some(line))
            && spot.packet.is_none_or(|packet| evidence.packet == Some(packet))
    })
}

impl Measures {
    pub(crate) fn of<'a>(results: impl Iterator<Item = &'a CaseResult>) -> Self {
        let results: Vec<&CaseResult> = results.collect();
        let ranks: Vec<f64> = results.iter().flat_map(|result| result.ranks.iter().copied()).collect();
        let said: Vec<(f64, bool)> = results.iter().flat_map(|result| result.said.iter().copied()).collect();
        let share = |count: usize, of: usize| if of == 0 { 1.0 } else { count as f64 / of as f64 };
        let mut reliability: Vec<Bin> =
            (0..BINS).map(|bin| Bin { from: bin as f64 / BINS as f64, to: (bin + 1) as f64 / BINS as f64, ..Bin::default() }).collect();
        for (confidence, right) in &said {
            let at = ((confidence * BINS as f64) as usize).min(BINS - 1);
            if let Some(bin) = reliability.get_mut(at) {
                bin.findings += 1;
                bin.right += f64::from(u8::from(*right));
                bin.stated += confidence;
            }
        }
        let mut calibration_error = 0.0;
        for bin in &mut reliability {
            if bin.findings > 0 {
                bin.right /= bin.findings as f64;
                bin.stated /= bin.findings as f64;
                calibration_error += (bin.right - bin.stated).abs() * bin.findings as f64 / said.len() as f64;
            }
        }
        let squared: f64 = said.iter().map(|(confidence, right)| (confidence - f64::from(u8::from(*right))).powi(2)).sum();
        Self {
            cases: results.len(),
            healthy: results.iter().filter(|result| result.healthy).count(),
            top1: share(ranks.iter().filter(|rank| **rank >= 1.0).count(), ranks.len()),
            top3: share(ranks.iter().filter(|rank| **rank >= 0.33).count(), ranks.len()),
            mrr: if ranks.is_empty() { 1.0 } else { ranks.iter().sum::<f64>() / ranks.len() as f64 },
            brier: if said.is_empty() { 0.0 } else { squared / said.len() as f64 },
            calibration_error,
            false_alarms: results.iter().map(|result| result.alarms).sum(),
            places: results.iter().map(|result| result.places).sum(),
            places_right: results.iter().map(|result| result.places_right).sum(),
            reliability,
        }
    }
}

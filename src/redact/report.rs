//! The same replacement in a finished report: whatever came out of the case, wherever it stands in it.

use std::collections::BTreeMap;

use super::{Classes, Redactor};
use crate::report::model::{Capture, Evidence, Report};

/// Replaces in a report, in place. Fingerprints stay: they tell findings of several runs apart, and are of no use for more.
pub fn report(redactor: &mut Redactor, report: &mut Report) {
    let all = redactor.classes != Classes::NONE;
    if !all {
        return;
    }
    let mut change = |text: &mut String| {
        if let std::borrow::Cow::Owned(replaced) = redactor.line(text) {
            *text = replaced;
        }
    };
    report.case.inputs.iter_mut().for_each(&mut change);
    for device in &mut report.devices {
        change(&mut device.id);
        device.hostname.iter_mut().chain(&mut device.serial).chain(&mut device.aliases).for_each(&mut change);
        for fact in device.facts.values_mut() {
            change(&mut fact.value);
            change(&mut fact.artifact);
        }
        device.history.iter_mut().for_each(|moment| change(&mut moment.artifact));
        for certificate in &mut device.certificates {
            certificate.subject.iter_mut().for_each(&mut change);
            change(&mut certificate.artifact);
        }
    }
    for finding in &mut report.findings {
        finding.device.iter_mut().for_each(&mut change);
        for text in [&mut finding.title, &mut finding.summary] {
            change(text);
        }
        let lists = [&mut finding.notes, &mut finding.remedy, &mut finding.workaround, &mut finding.collect_next];
        lists.into_iter().flatten().for_each(&mut change);
        for evidence in finding.evidence.iter_mut().chain(&mut finding.contradictions) {
            quoted(evidence, &mut change);
        }
    }
    for missing in &mut report.missing {
        missing.device.iter_mut().for_each(&mut change);
        change(&mut missing.what);
        change(&mut missing.command);
        change(&mut missing.why);
    }
    for line in &mut report.unexplained {
        change(&mut line.template);
        change(&mut line.artifact);
        change(&mut line.excerpt);
    }
    for artifact in &mut report.artifacts {
        change(&mut artifact.path);
        artifact.device.iter_mut().for_each(&mut change);
        if let Some(capture) = &mut artifact.capture {
            conversations(capture, &mut change);
        }
    }
    for error in &mut report.errors {
        change(&mut error.artifact);
        change(&mut error.message);
    }
    // Lists stand in the order of what they now say.
    report.devices.sort_by(|a, b| a.id.cmp(&b.id));
}

fn quoted(evidence: &mut Evidence, change: &mut impl FnMut(&mut String)) {
    change(&mut evidence.artifact);
    change(&mut evidence.excerpt);
    values(&mut evidence.captures, change);
}

fn values(map: &mut BTreeMap<String, String>, change: &mut impl FnMut(&mut String)) {
    map.values_mut().for_each(change);
}

fn conversations(capture: &mut Capture, change: &mut impl FnMut(&mut String)) {
    for conversation in &mut capture.conversations {
        change(&mut conversation.client);
        change(&mut conversation.server);
        conversation.server_name.iter_mut().for_each(&mut *change);
        change(&mut conversation.outcome);
        change(&mut conversation.filter);
        for certificate in &mut conversation.chain {
            change(&mut certificate.subject);
            change(&mut certificate.issuer);
        }
        for request in &mut conversation.requests {
            change(&mut request.target);
        }
        for remark in &mut conversation.remarks {
            change(&mut remark.text);
        }
        conversation.hidden.iter_mut().for_each(&mut *change);
    }
    for name in &mut capture.names {
        change(&mut name.name);
        name.addresses.iter_mut().for_each(&mut *change);
        change(&mut name.filter);
    }
    capture.hidden.iter_mut().for_each(change);
}

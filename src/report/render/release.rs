//! What a release has to do with a finding, in words.

use super::naming::Names;
use super::phrase::listed;
use crate::report::model::{Finding, Kind, Status};
use crate::rules::translation::Words;

/// Whether the device's release is affected and where the fix is; `None` where releases do not matter.
pub(super) fn release(words: Words<'_>, finding: &Finding, names: &Names<'_>) -> Option<String> {
    let affected = finding.affected.as_deref()?;
    // That a release is clear of a defect says nothing of what is no defect.
    if affected == "fixed" && finding.kind != Kind::Defect {
        return None;
    }
    // What is over may be so because another release runs now.
    let over = finding.status == Status::Resolved;
    let running = match names.release(finding.device.as_deref()) {
        _ if over => words.say("The release of that time").to_owned(),
        Some(release) => words.fill("Release {}", &[release]),
        None => words.say("The release").to_owned(),
    };
    let text = match affected {
        "affected" => words.fill("{} is affected", &[&running]),
        "probably affected" => words.fill("{} is probably affected", &[&running]),
        "fixed" => words.fill("{} has the fix", &[&running]),
        "not applicable" => words.fill("{} is not concerned", &[&running]),
        "unknown" => words.fill("{} cannot be judged", &[&running]),
        other => format!("{running}: {other}"),
    };
    if finding.fixed_in.is_empty() {
        return Some(text);
    }
    Some(words.fill("{}; fixed in {}", &[&text, &listed(words, &finding.fixed_in)]))
}

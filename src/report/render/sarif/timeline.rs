//! What happened, in order, from the cause to what it makes visible. Times that state no zone are not compared with those
//! that state one: each kind makes a flow of its own.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, NaiveDateTime, SecondsFormat, Utc};

use super::artifacts::Artifacts;
use super::log::{CodeFlow, ThreadFlow, ThreadFlowLocation};
use super::plain;
use super::results::location;
use crate::report::model::{Evidence, Finding, Report};
use crate::rules::translation::Words;

/// The findings of each device, by id.
pub(super) type ByDevice<'a> = BTreeMap<(Option<&'a str>, &'a str), &'a Finding>;

/// What belongs to the story of a finding.
pub(super) struct Related<'a> {
    cause: Option<&'a Finding>,
    effects: Vec<&'a Finding>,
}

pub(super) fn by_device(report: &Report) -> ByDevice<'_> {
    report.findings.iter().map(|finding| ((finding.device.as_deref(), finding.id.as_str()), finding)).collect()
}

/// The cause and the effects of a finding, on the same device.
pub(super) fn related<'a>(finding: &'a Finding, findings: &ByDevice<'a>) -> Related<'a> {
    let find = |id: &'a String| findings.get(&(finding.device.as_deref(), id.as_str())).copied();
    Related { cause: finding.explained_by.as_ref().and_then(find), effects: finding.explains.iter().filter_map(find).collect() }
}

/// A moment of the story.
struct Moment<'a> {
    evidence: &'a Evidence,
    importance: &'static str,
    nesting_level: usize,
}

/// The flow of a finding; none where fewer than two moments can be put in order.
pub(super) fn code_flows<'a>(
    finding: &'a Finding,
    related: &Related<'a>,
    artifacts: &mut Artifacts<'a>,
    words: Words<'_>,
) -> Vec<CodeFlow<'a>> {
    let depth = usize::from(related.cause.is_some());
    let moment = |importance, nesting_level| move |evidence| Moment { evidence, importance, nesting_level };
    let cause = related.cause.into_iter().flat_map(|cause| cause.evidence.first()).map(moment("important", 0));
    let own = finding.evidence.iter().map(moment("essential", depth));
    let effects = related.effects.iter().flat_map(|effect| effect.evidence.first()).map(moment("unimportant", depth + 1));

    let mut with_zone: Vec<(DateTime<Utc>, Moment<'a>)> = Vec::new();
    let mut without: Vec<(NaiveDateTime, Moment<'a>)> = Vec::new();
    for moment in cause.chain(own).chain(effects) {
        let Some(time) = moment.evidence.time.as_deref() else { continue };
        if let Ok(time) = DateTime::parse_from_rfc3339(time) {
            with_zone.push((time.to_utc(), moment));
        } else if let Ok(time) = NaiveDateTime::parse_from_str(time, "%Y-%m-%dT%H:%M:%S%.f") {
            without.push((time, moment));
        }
    }
    with_zone.sort_by_key(|(time, _)| *time);
    without.sort_by_key(|(time, _)| *time);

    let mut thread_flows = Vec::new();
    if with_zone.len() > 1 {
        let locations = with_zone.into_iter().map(|(time, moment)| step(moment, in_utc(time), artifacts, words)).collect();
        thread_flows.push(ThreadFlow { id: "times with a zone", locations });
    }
    if without.len() > 1 {
        let locations = without.into_iter().map(|(_, moment)| step(moment, None, artifacts, words)).collect();
        thread_flows.push(ThreadFlow { id: "times without a zone", locations });
    }
    if thread_flows.is_empty() {
        return Vec::new();
    }
    vec![CodeFlow {
        message: plain(words.say("What was seen, in order, from the cause to what it makes visible.").to_owned()),
        thread_flows,
    }]
}

fn step<'a>(
    moment: Moment<'a>,
    execution_time_utc: Option<String>,
    artifacts: &mut Artifacts<'a>,
    words: Words<'_>,
) -> ThreadFlowLocation<'a> {
    ThreadFlowLocation {
        location: location(moment.evidence, artifacts, words),
        importance: moment.importance,
        nesting_level: moment.nesting_level,
        execution_time_utc,
    }
}

/// RFC 3339 has years of four digits.
fn in_utc(time: DateTime<Utc>) -> Option<String> {
    (0..=9999).contains(&time.year()).then(|| time.to_rfc3339_opts(SecondsFormat::AutoSi, true))
}

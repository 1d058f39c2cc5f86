//! The report of a diagnosed case.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::causes::{self, Node};
use super::condition::{Leaf, View};
use super::device::Device;
use super::evaluate::{Grounds, Verdict};
use super::quiet::quiet_days;
use super::truth::Truth;
use super::{Diagnosis, Selection, confidence, history, missing, rank, status, traffic, unexplained, validity};
use crate::formats::event::Place;
use crate::formats::time::{self, Stamp};
use crate::intake::{Content, Encoding};
use crate::report::composed::{CURE_AS_WELL, PRIOR, QUIET, filled};
use crate::report::fingerprint::fingerprint;
use crate::report::model::{
    Artifact, Case, Coverage, Device as ReportDevice, Error, Evidence, Fact, Finding, Missing, Moment, Reference, Report, RuleSet, SCHEMA,
    Status, Term, Tool, Window, WithoutYear,
};
use crate::rules::collect::Collection;
use crate::rules::library::{Cond, Rule, Step};
use crate::rules::model::Weight;
use crate::rules::text::Text;
use crate::rules::version::Standing;
use crate::scan::CaseScan;
use crate::scan::evidence::{Anchor, ArtifactScan, Match};
use crate::scan::window::{Span, dated};

/// Pieces of evidence quoted for one leaf of a rule.
const QUOTED: usize = 3;

pub(super) fn report(diagnosis: &Diagnosis<'_>, selection: &Selection) -> Report {
    let explains = diagnosis.library.rules.iter().map(|rule| (rule.id.as_str(), rule.explains.as_slice())).collect();
    let grounds = Grounds::new(diagnosis.library);
    let told = diagnosis.devices.par_iter().map(|device| told(diagnosis, device, selection, &grounds, &explains));
    let told: Vec<Told> = told.collect();
    let below = told.iter().map(|told| told.below).sum();
    let (mut devices, mut findings, mut missing) = (Vec::new(), Vec::new(), Vec::new());
    for told in told {
        devices.push(told.device);
        findings.extend(told.findings);
        missing.extend(told.missing);
    }
    rank::rank(&mut findings);
    let case = diagnosis.case();
    let unreadable: BTreeSet<&str> = case.troubles.iter().map(|trouble| trouble.path.as_str()).collect();
    let mut coverage = Coverage::default();
    for scan in &case.artifacts {
        match scan.content {
            _ if unreadable.contains(scan.path.as_str()) => {}
            Content::Binary(_) => coverage.skipped += 1,
            _ => coverage.scanned += 1,
        }
    }
    coverage.unreadable = unreadable.len();
    Report {
        schema: SCHEMA.to_owned(),
        tool: Tool {
            name: "bundlescope".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            rules: RuleSet { count: diagnosis.library.rules.len(), digest: diagnosis.library.digest.clone() },
        },
        case: Case {
            inputs: case.inputs.clone(),
            artifacts: case.artifacts.len(),
            bytes: case.artifacts.iter().map(|scan| scan.bytes).sum(),
            coverage,
            below_threshold: below,
            baseline: None,
            window: case.span.as_deref().map(|span| window(case, span)),
            zone: None,
        },
        devices,
        findings,
        missing,
        unexplained: unexplained::unexplained(&case.artifacts),
        artifacts: report_artifacts(case, &diagnosis.devices, selection),
        errors: errors(diagnosis),
    }
}

/// What the report says of one device.
struct Told {
    device: ReportDevice,
    findings: Vec<Finding>,
    missing: Vec<Missing>,
    /// Findings that are not probable enough.
    below: usize,
}

fn told<'a>(
    diagnosis: &'a Diagnosis<'_>,
    device: &'a Device,
    selection: &Selection,
    grounds: &Grounds<'a>,
    explains: &BTreeMap<&str, &[Text]>,
) -> Told {
    let verdicts = diagnosis.grounded(device, grounds);
    let of_device = verdicts.iter().filter(|verdict| selection.wants(&verdict.rule.id));
    let (made, left): (Vec<&Verdict<'_>>, Vec<&Verdict<'_>>) =
        of_device.partition(|verdict| verdict.probability() >= selection.min_confidence);
    // What is as good as ruled out was not left out: it was answered.
    let below = left.iter().filter(|verdict| verdict.probability() >= 0.05).count();
    let findings = of_one_device(diagnosis, device, &made, explains);
    let missing = missing::missing(device, &verdicts, &findings, &diagnosis.library.collection, &diagnosis.case().artifacts);
    let history = history::history(device, &made, diagnosis.library, &diagnosis.case().artifacts);
    Told { device: report_device(device, &diagnosis.case().artifacts, history), findings, missing, below }
}

fn of_one_device(
    diagnosis: &Diagnosis<'_>,
    device: &Device,
    verdicts: &[&Verdict<'_>],
    explains: &BTreeMap<&str, &[Text]>,
) -> Vec<Finding> {
    let states: Vec<Status> = verdicts.iter().map(|verdict| status::status(verdict, device, diagnosis.library)).collect();
    let nodes: Vec<Node<'_>> = verdicts
        .iter()
        .zip(&states)
        .map(|(verdict, status)| Node {
            id: &verdict.rule.id,
            kind: verdict.rule.kind,
            severity: verdict.severity,
            confidence: verdict.probability(),
            status: *status,
            explains: &verdict.rule.explains,
        })
        .collect();
    let causes = causes::fold(&nodes);
    let contributing = causes::contributing(&nodes, explains);
    let mut findings = Vec::new();
    for (at, ((verdict, status), cause)) in verdicts.iter().zip(states).zip(&causes).enumerate() {
        let mut finding = finding(diagnosis, device, verdict, status);
        finding.explained_by = cause.and_then(|cause| verdicts.get(cause)).map(|cause| cause.rule.id.as_str().to_owned());
        finding.explains = verdicts
            .iter()
            .zip(&causes)
            .filter(|(_, cause)| **cause == Some(at))
            .map(|(verdict, _)| verdict.rule.id.clone().into())
            .collect();
        let parts = contributing.get(at).into_iter().flatten().filter_map(|part| verdicts.get(*part));
        for part in parts {
            finding.remedy.push(also_cure(part, device, diagnosis));
            finding.contributing_causes.push(part.rule.id.clone().into());
        }
        findings.push(finding);
    }
    findings
}

/// The step of a defect's remedy that cures what brings it out.
fn also_cure(cause: &Verdict<'_>, device: &Device, diagnosis: &Diagnosis<'_>) -> String {
    let first = steps(&cause.rule.remedy, &view(cause.rule, device, diagnosis)).first().map(|step| format!("\n{step}")).unwrap_or_default();
    format!("{}{first}", filled(CURE_AS_WELL, &[cause.rule.title.trim_end_matches('.'), &cause.rule.id]))
}

fn finding(diagnosis: &Diagnosis<'_>, device: &Device, verdict: &Verdict<'_>, status: Status) -> Finding {
    let rule = verdict.rule;
    let artifacts = &diagnosis.case().artifacts;
    let (mut evidence, mut contradictions) = (Vec::new(), Vec::new());
    let mut score = vec![Term { term: PRIOR.to_owned(), log_odds: rule.prior }];
    let mut captures: BTreeMap<String, String> = BTreeMap::new();
    let mut counted: BTreeMap<&str, u64> = BTreeMap::new();
    let mut times: Vec<(Option<i64>, &Stamp)> = Vec::new();
    let mut quoted: BTreeSet<(&str, usize, Place)> = BTreeSet::new();
    let mut notes: BTreeSet<&str> = BTreeSet::new();
    let mut items: Vec<_> = verdict.items.iter().filter(|item| item.log_odds != 0.0).collect();
    items.sort_by(|a, b| b.log_odds.abs().total_cmp(&a.log_odds.abs()));
    for item in items {
        score.push(Term { term: term(item.why, &item.leaves), log_odds: item.log_odds });
        let positive = item.log_odds > 0.0;
        for leaf in item.leaves.iter().filter(|leaf| (leaf.truth >= Truth::Leaning) != leaf.negated) {
            if positive && leaf.signal.is_some() && leaf.elsewhere.is_none() {
                counted.insert(&leaf.name, leaf.count);
                times.extend(leaf.matches.iter().filter_map(|(at, found)| {
                    let time = found.time.as_ref()?;
                    Some((device.timeline.key(*at, time), time))
                }));
                notes.extend(leaf.matches.iter().filter_map(|found| device.doubt(found)));
                for (_, found) in leaf.matches.iter() {
                    for name in &rule.fingerprint {
                        if let Some(value) = found.captures.get(name) {
                            captures.entry(name.as_str().to_owned()).or_insert_with(|| value.to_owned());
                        }
                    }
                }
            }
            for (artifact, found) in chosen(&leaf.matches) {
                let place = (if positive { "for" } else { "against" }, *artifact, found.place);
                if artifacts.get(*artifact).is_some() && quoted.insert(place) {
                    let list = if positive { &mut evidence } else { &mut contradictions };
                    list.push(report_evidence(leaf, item.weight, &artifacts[*artifact], found));
                }
            }
        }
    }
    let quiet_days = quiet_days(verdict, device, diagnosis.library).filter(|_| status == Status::Active);
    times.sort_by_key(|(key, _)| *key);
    let mut dated: Vec<String> = times.iter().filter_map(|(_, stamp)| stamp.rfc3339()).collect();
    if dated.is_empty() {
        // Nobody says when the outputs were taken; their lines may still say when it happened.
        let mut told: Vec<Stamp> = evidence.iter().filter_map(|one| time::happened_on(&one.excerpt)).collect();
        told.sort_by_key(Stamp::unix_seconds);
        dated.extend(told.iter().filter_map(Stamp::rfc3339));
    }
    let now = view(rule, device, diagnosis);
    let undated = if dated.is_empty() { without_year(times.iter().map(|(_, stamp)| *stamp)) } else { None };
    let identity = device.known.then_some(device.id.as_str());
    let pairs: Vec<(&str, &str)> = captures.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    Finding {
        rank: 0,
        id: rule.id.clone().into(),
        fingerprint: fingerprint(&rule.id, identity.map(str::to_lowercase).as_deref(), &pairs),
        title: rule.title.clone().into(),
        summary: rule.summary.clone().into(),
        notes: notes.into_iter().map(str::to_owned).chain(quiet_days.map(|days| filled(QUIET, &[&days.to_string()]))).collect(),
        kind: rule.kind,
        severity: verdict.severity,
        confidence: verdict.probability(),
        status,
        quiet_days,
        device: Some(device.id.clone()),
        first_seen: dated.first().cloned(),
        last_seen: dated.last().cloned(),
        without_year: undated,
        occurrences: counted.values().copied().max().unwrap_or(0),
        evidence,
        contradictions,
        score,
        explains: Vec::new(),
        explained_by: None,
        contributing_causes: Vec::new(),
        affected: verdict.release.as_ref().map(|release| standing_word(release.standing).to_owned()),
        // A device that has the fix, or needs none, is not told where it is.
        fixed_in: (verdict.release.as_ref())
            .filter(|release| !matches!(release.standing, Standing::Fixed | Standing::NotApplicable))
            .map(|release| release.fixed.clone())
            .unwrap_or_default(),
        remedy: steps(&rule.remedy, &now),
        workaround: steps(&rule.workaround, &now),
        references: rule
            .references
            .iter()
            .map(|r| Reference { kind: r.kind.clone(), id: r.id.clone(), title: Some(r.words()), url: r.url.clone() })
            .collect(),
        collect_next: collect_next(rule, device, &diagnosis.library.collection),
        suppressed: None,
        baseline_state: None,
    }
}

/// The first and the last of stamps in order, none of which has a year.
fn without_year<'a>(stamps: impl Iterator<Item = &'a Stamp>) -> Option<WithoutYear> {
    let mut stated = stamps.filter_map(Stamp::without_year);
    let first = stated.next()?;
    Some(WithoutYear { last: stated.last().unwrap_or_else(|| first.clone()), first })
}

/// The device as it is now, before a rule.
fn view<'a>(rule: &'a Rule, device: &'a Device, diagnosis: &'a Diagnosis<'_>) -> View<'a> {
    View::new(rule, device, &diagnosis.devices, diagnosis.library)
}

/// The steps that are for the device as it is now.
fn steps(steps: &[Step], view: &View<'_>) -> Vec<String> {
    let holds = |condition: &Cond| view.judge(condition).0 >= Truth::Leaning;
    let fits = |step: &&Step| step.when.as_ref().is_none_or(holds) && !step.unless.as_ref().is_some_and(holds);
    steps.iter().filter(fits).map(|step| step.text.clone().into()).collect()
}

/// What the rule asks for, in the words of the device's platform; what only others have is left out.
fn collect_next(rule: &Rule, device: &Device, collection: &Collection) -> Vec<String> {
    let mut list: Vec<String> = Vec::new();
    for collect in &rule.collect {
        let commands = match collection.find(&collect.command, device.identity.platform.as_deref()) {
            Some(items) if items.iter().any(|at| !collection.is_named(*at, &collect.command)) => {
                items.iter().filter_map(|at| collection.items.get(*at)).map(|item| item.command.clone()).collect()
            }
            Some(items) if items.is_empty() => continue,
            _ => vec![collect.command.clone()],
        };
        list.extend(commands);
    }
    let mut seen = BTreeSet::new();
    list.retain(|command| seen.insert(command.clone()));
    list
}

/// The first, the last and one between.
fn chosen(matches: &[(usize, Match)]) -> Vec<&(usize, Match)> {
    if matches.len() <= QUOTED {
        return matches.iter().collect();
    }
    [matches.first(), matches.get(1), matches.last()].into_iter().flatten().collect()
}

fn term(why: Option<&str>, leaves: &[Leaf<'_>]) -> String {
    if let Some(why) = why {
        return why.to_owned();
    }
    let mut names: Vec<&str> = Vec::new();
    for leaf in leaves.iter().filter(|leaf| leaf.seen().is_some() || (leaf.signal.is_none() && leaf.truth >= Truth::Leaning)) {
        if !names.contains(&&*leaf.name) {
            names.push(&leaf.name);
        }
    }
    names.join(" + ")
}

fn report_evidence(leaf: &Leaf<'_>, weight: Weight, artifact: &ArtifactScan, found: &Match) -> Evidence {
    let (line, packet) = match found.place {
        Place::Line(0) => (None, None),
        Place::Line(line) => (Some(line), None),
        Place::Packet(packet) => (None, Some(packet)),
    };
    Evidence {
        signal: leaf.name.to_string(),
        weight: confidence::name(weight).to_owned(),
        artifact: artifact.path.shown().to_owned(),
        line,
        packet,
        time: found.time.as_ref().and_then(Stamp::rfc3339),
        excerpt: found.excerpt.to_string(),
        captures: found.captures.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
    }
}

fn standing_word(standing: Standing) -> &'static str {
    match standing {
        Standing::Affected => "affected",
        Standing::LeaningAffected => "probably affected",
        Standing::Fixed => "fixed",
        Standing::NotApplicable => "not applicable",
        Standing::Unknown => "unknown",
    }
}

fn report_device(device: &Device, artifacts: &[ArtifactScan], history: Vec<Moment>) -> ReportDevice {
    let facts = device.facts.iter().filter_map(|(name, samples)| {
        let last = samples.last()?;
        let line = match last.place {
            Some(Place::Line(line)) => Some(line),
            _ => None,
        };
        // What a capture shows are many values of one name; what a device says is its last word.
        let value = if name.starts_with("capture.") {
            let mut values: Vec<&str> = Vec::new();
            samples.iter().map(|sample| sample.value.as_str()).for_each(|value| {
                if !values.contains(&value) {
                    values.push(value);
                }
            });
            values.join("; ")
        } else {
            last.value.clone()
        };
        let artifact = artifacts.get(last.artifact)?.path.shown().to_owned();
        Some((name.clone(), Fact { value, artifact, line }))
    });
    ReportDevice {
        id: device.id.clone(),
        hostname: device.identity.hostname.clone(),
        aliases: device.aliases.clone(),
        platform: device.identity.platform.clone(),
        product_id: device.identity.product_id.clone(),
        serial: device.identity.serial.clone(),
        version: device.identity.version.clone(),
        facts: facts.collect(),
        history,
        certificates: validity::certificates(device, artifacts),
    }
}

fn report_artifacts(case: &CaseScan, devices: &[Device], selection: &Selection) -> Vec<Artifact> {
    let artifacts = &case.artifacts;
    // By artifact: how many devices it shows, one of them, and what dates its stamps on the first device that knows.
    let mut owners: Vec<(usize, Option<&Device>, Option<&Anchor>)> = vec![(0, None, None); artifacts.len()];
    for device in devices {
        for at in &device.artifacts {
            if let Some((count, owner, _)) = owners.get_mut(*at) {
                (*count, *owner) = (*count + 1, Some(device));
            }
        }
        for (at, known) in &device.anchors {
            if let Some((.., anchor)) = owners.get_mut(*at) {
                anchor.get_or_insert(known);
            }
        }
    }
    let newest_first: BTreeSet<usize> = devices.iter().flat_map(|device| &device.timeline.newest_first).copied().collect();
    let mut told = Vec::with_capacity(artifacts.len());
    for (at, (scan, (count, owner, anchor))) in artifacts.iter().zip(owners).enumerate() {
        let anchor = anchor.or(scan.anchor.as_ref());
        let times = scan.times.all().map(|stamp| dated(stamp.clone(), anchor, case.assumed.as_ref()));
        let (times, mut undated): (Vec<Stamp>, Vec<Stamp>) = times.partition(Stamp::has_year);
        if newest_first.contains(&at) {
            undated.reverse();
        }
        let undated = if times.is_empty() { without_year(undated.iter()) } else { None };
        let mut artifact = report_artifact(scan, owner.filter(|_| count == 1), times, selection);
        artifact.without_year = undated;
        told.push(artifact);
    }
    told
}

fn report_artifact(scan: &ArtifactScan, device: Option<&Device>, mut times: Vec<Stamp>, selection: &Selection) -> Artifact {
    times.sort_by_key(Stamp::unix_seconds);
    let (first, last) = (times.first().and_then(Stamp::rfc3339), times.last().and_then(Stamp::rfc3339));
    let encoding = match scan.content {
        Content::Text(Encoding::Utf8) => Some("utf-8"),
        Content::Text(Encoding::Utf16Le) => Some("utf-16le"),
        Content::Text(Encoding::Utf16Be) => Some("utf-16be"),
        Content::Text(Encoding::Bytes) => Some("unknown-8bit"),
        _ => None,
    };
    Artifact {
        path: scan.path.shown().to_owned(),
        format: scan.format.clone(),
        encoding: encoding.map(str::to_owned),
        bytes: scan.bytes,
        lines: scan.lines,
        packets: scan.packets,
        device: device.map(|device| device.id.clone()),
        first_time: first,
        last_time: last,
        without_year: None,
        capture: scan.traffic.as_deref().filter(|_| selection.conversations).map(traffic::capture),
    }
}

fn window(case: &CaseScan, span: &Span) -> Window {
    let [since, until] = span.shown().clone();
    Window { since, until, outside: case.artifacts.iter().map(|scan| scan.outside).fold(0, u64::saturating_add) }
}

fn errors(diagnosis: &Diagnosis<'_>) -> Vec<Error> {
    let troubles = &diagnosis.case().troubles;
    let most = usize::try_from(diagnosis.case().limits.errors).unwrap_or(usize::MAX);
    let mut errors: Vec<Error> = troubles
        .iter()
        .take(most)
        .map(|trouble| Error {
            artifact: trouble.path.shown().to_owned(),
            kind: trouble.kind.as_str().to_owned(),
            message: trouble.message.clone(),
        })
        .collect();
    if troubles.len() > most {
        let mut rest: BTreeMap<&str, usize> = BTreeMap::new();
        for trouble in troubles.iter().skip(most) {
            *rest.entry(trouble.kind.as_str()).or_default() += 1;
        }
        let counts: Vec<String> = rest.into_iter().map(|(kind, count)| format!("{count} {kind}")).collect();
        errors.push(Error {
            artifact: String::new(),
            kind: "limit".to_owned(),
            message: (diagnosis.case().limits).hit("errors", format!("{} more not listed: {}", troubles.len() - most, counts.join(", "))),
        });
    }
    errors
}

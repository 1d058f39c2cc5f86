//! Every row of the real data's `expected.tsv` holds: what must be found is found, what must stay quiet stays
//! quiet, facts are read, hostile input is survived.

use std::collections::BTreeMap;

use bundlescope::diagnose::Selection;
use bundlescope::report::model::{Finding, Kind, Report};
use bundlescope::rules::library::Library;
use bundlescope::scan::Scanner;

use crate::support;

/// Names of `expected.tsv` and the facts that carry them.
const FACTS: &[(&str, &[&str])] = &[
    ("version", &["version"]),
    ("os", &["version"]),
    ("hostname", &["hostname"]),
    ("hardware", &["hardware"]),
    ("platform", &["hardware", "product_id"]),
    ("serial", &["serial"]),
    ("uptime", &["uptime"]),
    ("reload_reason", &["reload_reason"]),
    ("running_image", &["running_image"]),
    ("software_image", &["software_image"]),
    ("boot_image", &["boot_image"]),
    ("model", &["model"]),
    ("license_mode", &["license_mode"]),
    ("device_mgr_version", &["device_mgr_version"]),
    ("label", &["label"]),
    ("url", &["license.url"]),
    ("cslu_address", &["license.cslu_url"]),
    ("udi", &["license.udi"]),
    ("agent", &["license.agent_version"]),
    ("policy", &["license.policy"]),
    ("registration", &["license.registration"]),
    ("authorization", &["license.authorization_full", "license.authorization"]),
    ("last_comm", &["license.last_communication_full", "license.last_comm", "license.last_communication"]),
    ("last_ack", &["license.last_ack"]),
    ("next_ack_deadline", &["license.next_ack_deadline"]),
    ("last_push", &["license.last_report_push"]),
    ("overall_state", &["license.overall_state"]),
    ("overall_trust", &["license.overall_trust"]),
    ("level", &["license.comm_level"]),
    ("sni", &["capture.sni"]),
    ("tls_alerts", &["capture.tls_alert"]),
    ("dns_failures", &["capture.dns_failure"]),
    ("http_connect", &["capture.http_connect"]),
    ("packets", &["capture.packets"]),
    ("link", &["capture.link"]),
    ("format", &["capture.format"]),
    ("syn", &["capture.syn"]),
    ("synack", &["capture.synack"]),
];

/// Facts in which another reader is not followed, and why.
const JUSTIFIED: &[(&str, &str, &str)] = &[(
    "hostile/tcpdump-vtp_asan-3.pcap",
    "packets",
    "the reference reader stops at a link type it does not know; the packet is there and is counted",
)];

#[test]
fn every_row_holds() {
    let Some(folder) = support::real_data() else { return };
    let library = support::library();
    let scanner = Scanner::new(&library);
    let table = std::fs::read_to_string(folder.join("expected.tsv")).expect("expected.tsv is text");
    let mut wrong = Vec::new();
    let mut rows = 0;
    for line in table.lines().skip(1) {
        let (file, expected) = line.split_once('\t').expect("two columns");
        let report = support::report(&scanner, folder.join(file), &Selection::default());
        rows += 1;
        for clause in expected.split(" | ") {
            wrong.extend(clause_fails(file, clause, &report, &library).map(|why| format!("{file}: {why}")));
        }
    }
    assert!(rows >= 395, "only {rows} rows");
    assert!(wrong.is_empty(), "{} of {rows} rows and their clauses do not hold:\n{}", wrong.len(), wrong.join("\n"));
}

fn clause_fails(file: &str, clause: &str, report: &Report, library: &Library) -> Option<String> {
    let (word, rest) = clause.split_once(':').unwrap_or((clause, ""));
    let ids = || rest.split(',').map(str::trim).filter(|id| !id.is_empty());
    let found = |id: &str| report.findings.iter().any(|finding| finding.id == id);
    let made = |finding: &&Finding| is_fault(finding) && finding.confidence >= 0.3;
    // Diagnoses that have no rule yet cannot be demanded.
    let known = |id: &&str| library.rules.iter().any(|rule| rule.id == *id);
    match word {
        "none" => {
            let said: Vec<String> =
                report.findings.iter().filter(made).map(|finding| format!("{} {:.2}", finding.id, finding.confidence)).collect();
            (!said.is_empty()).then(|| format!("must stay quiet, says {}", said.join(", ")))
        }
        "diagnosis" => {
            let missing: Vec<&str> = ids().filter(known).filter(|id| !found(id)).collect();
            if !missing.is_empty() {
                return Some(format!("{} missing", missing.join(", ")));
            }
            let first = ids().next().filter(known)?;
            let top =
                report.findings.iter().find(|finding| matches!(finding.kind, Kind::RootCause | Kind::Defect | Kind::Misconfiguration))?;
            let is_one = library
                .rules
                .iter()
                .any(|rule| rule.id == first && matches!(rule.kind, Kind::RootCause | Kind::Defect | Kind::Misconfiguration));
            (is_one && top.id != first).then(|| format!("{first} must rank first, {} does", top.id))
        }
        "any" => (!ids().any(found)).then(|| format!("none of {rest}")),
        "not" => {
            let said: Vec<&str> = ids().filter(|id| found(id)).collect();
            (!said.is_empty()).then(|| format!("{} is wrong here", said.join(", ")))
        }
        "facts" => facts_missing(file, rest, report),
        // Survived, or the test would not be here; what it says of members is the archive test's business.
        _ => None,
    }
}

fn is_fault(finding: &Finding) -> bool {
    matches!(finding.kind, Kind::RootCause | Kind::Defect | Kind::Misconfiguration | Kind::Symptom)
}

fn facts_missing(file: &str, clause: &str, report: &Report) -> Option<String> {
    let mut facts: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for device in &report.devices {
        facts.entry("hostname").or_default().extend(device.hostname.as_deref());
        for (name, fact) in &device.facts {
            facts.entry(name).or_default().push(&fact.value);
        }
    }
    let mut wrong = Vec::new();
    for pair in clause.split("; ") {
        let Some((name, expected)) = pair.trim().split_once('=') else { continue };
        if JUSTIFIED.iter().any(|(justified, fact, _)| *justified == file && *fact == name) {
            continue;
        }
        let Some((_, names)) = FACTS.iter().find(|(known, _)| *known == name) else { continue };
        let values: Vec<&str> = names.iter().filter_map(|name| facts.get(name)).flatten().copied().collect();
        if !values.iter().any(|value| same(name, value, expected)) {
            wrong.push(format!("{name} is {values:?}, not {expected:?}"));
        }
    }
    (!wrong.is_empty()).then(|| wrong.join("; "))
}

/// Lists are compared without regard to their separators; a table entry that ends in `(+12)` names only a part.
fn same(name: &str, value: &str, expected: &str) -> bool {
    let parts = |text: &str| -> Vec<String> {
        text.split([',', ';']).map(|part| part.trim().to_lowercase()).filter(|part| !part.is_empty()).collect()
    };
    if matches!(name, "dns_failures" | "tls_alerts" | "sni" | "http_connect") {
        let found = parts(value);
        let head = expected.rsplit_once(" (+").map_or(expected, |(head, _)| head);
        return parts(head).iter().all(|part| {
            found.iter().any(|found| found.contains(part.trim_start_matches('<').trim_end_matches('>')) || part.contains(found.as_str()))
        });
    }
    parts(value) == parts(expected)
}

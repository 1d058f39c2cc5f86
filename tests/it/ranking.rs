//! What ranks first when several diagnoses hold: the table of the catalogue, row by row (`ranking.yaml`).

use std::collections::BTreeMap;

use bundlescope::diagnose::Selection;
use bundlescope::examples;
use bundlescope::report::model::{Finding, Kind, Report, Status};
use bundlescope::rules::model::Example;
use bundlescope::scan::Scanner;
use serde::Deserialize;

use crate::support;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    row: String,
    case: Example,
    #[serde(default)]
    first: Option<String>,
    #[serde(default)]
    second: Option<String>,
    /// The first stands above the second, where that is reported.
    #[serde(default)]
    before: Vec<String>,
    #[serde(default)]
    made: Vec<String>,
    #[serde(default)]
    reported: Vec<String>,
    /// Not explained by anything.
    #[serde(default)]
    roots: Vec<String>,
    #[serde(default)]
    without: Vec<String>,
    /// Over, or not reported at all.
    #[serde(default)]
    past: Vec<String>,
    #[serde(default)]
    folded: BTreeMap<String, String>,
    #[serde(default)]
    contributing: BTreeMap<String, String>,
    #[serde(default)]
    status: BTreeMap<String, Status>,
    #[serde(default)]
    collect: Option<String>,
    /// No fault holds.
    #[serde(default)]
    quiet: bool,
}

#[test]
fn every_row_of_the_ranking_table_holds() {
    let rows: Vec<Row> = serde_saphyr::from_str(include_str!("ranking.yaml")).unwrap();
    assert!(rows.len() >= 15, "only {} rows", rows.len());
    let library = support::library();
    let scanner = Scanner::new(&library);
    let mut wrong = Vec::new();
    for row in &rows {
        let report = examples::report(&scanner, &row.case, &Selection::default());
        let mut faults = Vec::new();
        judge(row, &report, &mut faults);
        if !faults.is_empty() {
            wrong.push(format!("{} ({}): {}\n{}", row.row, row.case.name, faults.join("; "), listed(&report)));
        }
    }
    assert!(wrong.is_empty(), "{} of {} rows\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

fn judge(row: &Row, report: &Report, faults: &mut Vec<String>) {
    let holding: Vec<&Finding> = report.findings.iter().filter(|finding| finding.status != Status::Resolved).collect();
    let find = |id: &str| report.findings.iter().find(|finding| finding.id == id);
    let mut check = |holds: bool, fault: String| {
        if !holds {
            faults.push(fault);
        }
    };
    for (at, wanted) in [&row.first, &row.second].into_iter().enumerate() {
        if let Some(id) = wanted {
            check(holding.get(at).is_some_and(|finding| finding.id == *id), format!("{id} is not number {}", at + 1));
        }
    }
    if let [above, below] = row.before.as_slice() {
        let rank = |id: &str| find(id).map(|finding| finding.rank);
        check(
            rank(above).is_some_and(|above| rank(below).is_none_or(|below| above < below)),
            format!("{above} does not stand above {below}"),
        );
    }
    for id in &row.made {
        check(find(id).is_some_and(|finding| finding.confidence >= examples::MADE), format!("{id} is not made"));
    }
    for id in &row.reported {
        check(find(id).is_some(), format!("{id} is not reported"));
    }
    for id in &row.roots {
        check(find(id).is_some_and(|finding| finding.explained_by.is_none()), format!("{id} is folded"));
    }
    for id in &row.without {
        check(find(id).is_none_or(|finding| finding.confidence < examples::MADE), format!("{id} is made"));
    }
    for id in &row.past {
        check(find(id).is_none_or(|finding| finding.status == Status::Resolved), format!("{id} still holds"));
    }
    for (effect, cause) in &row.folded {
        let by = find(effect).map(|finding| finding.explained_by.as_deref());
        check(by == Some(Some(cause)), format!("{effect} is explained by {by:?}, not by {cause}"));
    }
    for (defect, cause) in &row.contributing {
        let finding = find(defect);
        check(
            finding.is_some_and(|finding| finding.contributing_causes.contains(cause)),
            format!("{cause} does not contribute to {defect}"),
        );
        let told = finding.is_some_and(|finding| finding.remedy.iter().any(|step| step.contains(cause.as_str())));
        check(
            told && finding.is_some_and(|finding| finding.explained_by.is_none()),
            format!("{defect} does not tell to cure {cause} as well"),
        );
    }
    for (id, status) in &row.status {
        check(find(id).is_some_and(|finding| finding.status == *status), format!("{id} is not {status:?}"));
    }
    if let Some(command) = &row.collect {
        check(report.missing.iter().any(|item| item.command == *command), format!("{command} is not asked for"));
    }
    let faulty = |finding: &&&Finding| !matches!(finding.kind, Kind::Expected | Kind::State);
    check(!row.quiet || holding.iter().filter(faulty).count() == 0, "a fault holds".to_owned());
}

fn listed(report: &Report) -> String {
    let line = |finding: &Finding| {
        let by = finding.explained_by.as_deref().map(|by| format!(" by {by}")).unwrap_or_default();
        format!(
            "     {} {} {:.2} {:?}{by} +{:?}",
            finding.rank, finding.id, finding.confidence, finding.status, finding.contributing_causes
        )
    };
    let mut lines: Vec<String> = report.findings.iter().map(line).collect();
    lines.extend(report.missing.iter().map(|item| format!("     collect {}", item.command)));
    lines.join("\n")
}

//! `eval`: runs labelled cases and says how good the diagnoses are.

mod expect;
mod measure;
mod per_rule;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use bundlescope::diagnose::{Diagnosis, Selection};
use bundlescope::intake::Input;
use bundlescope::report::model::Report;
use bundlescope::rules::library::Library;
use bundlescope::scan::{Options, Scanner, Silent};

use self::expect::{Expect, Split};
use self::measure::{CaseResult, Measures};
use self::per_rule::PerRule;
use super::args::{EvalArgs, EvalFormat};
use super::exit::Exit;
use super::{output, session};

pub(crate) fn run(args: &EvalArgs) -> anyhow::Result<Exit> {
    let library = session::library(&args.rules, &[])?;
    let scanner = Scanner::new(library);
    let mut results = Vec::new();
    for folder in cases(&args.dir)? {
        let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if args.only.as_ref().is_some_and(|only| !name.contains(only.as_str())) {
            continue;
        }
        let expect = Expect::read(&folder.join("expect.yaml"))?;
        let report = diagnosed(&scanner, library, &folder.join(&expect.input));
        results.push(measure::judge(&name, &expect, &report));
    }
    if results.is_empty() {
        bail!("no labelled case (a folder with expect.yaml) in {}", args.dir.display());
    }
    let all = Measures::of(results.iter());
    let tune = Measures::of(results.iter().filter(|result| result.split == Split::Tune));
    let held_out = Measures::of(results.iter().filter(|result| result.split == Split::HeldOut));
    let per_rule = PerRule::of(library, &results);
    match args.format {
        EvalFormat::Json => {
            let value = serde_json::json!({ "all": all, "tune": tune, "held_out": held_out, "per_rule": per_rule, "cases": results });
            output::print(&format!("{}\n", serde_json::to_string_pretty(&value)?))?;
        }
        EvalFormat::Table => {
            output::print(&format!("{}{}", shown(&results, &all, &tune, &held_out), per_rule.shown(args.verbose > 0)))?;
        }
    }
    Ok(if all.false_alarms == 0 && all.top1 >= args.min_top1 { Exit::Success } else { Exit::Gate })
}

/// Ids that are made in any of the labelled cases of the folders.
pub(crate) fn made(library: &Library, folders: &[PathBuf]) -> anyhow::Result<BTreeSet<String>> {
    let scanner = Scanner::new(library);
    let mut made = BTreeSet::new();
    for folder in folders {
        for case in cases(folder)? {
            let expect = Expect::read(&case.join("expect.yaml"))?;
            let report = diagnosed(&scanner, library, &case.join(&expect.input));
            made.extend(report.findings.into_iter().filter(|finding| finding.confidence >= measure::SAID).map(|finding| finding.id));
        }
    }
    Ok(made)
}

/// Folders below `dir` that hold an `expect.yaml`, by name.
fn cases(dir: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if dir.join("expect.yaml").is_file() {
        return Ok(vec![dir.to_owned()]);
    }
    let entries = std::fs::read_dir(dir).with_context(|| format!("cannot read {}", dir.display()))?;
    let mut folders: Vec<PathBuf> =
        entries.filter_map(Result::ok).map(|entry| entry.path()).filter(|path| path.join("expect.yaml").is_file()).collect();
    folders.sort();
    Ok(folders)
}

fn diagnosed(scanner: &Scanner<'_>, library: &Library, input: &Path) -> Report {
    let case = scanner.scan(&[Input::Path(input.to_owned())], &Options::default(), &Silent);
    Diagnosis::new(case, library).report(&Selection::default())
}

fn shown(results: &[CaseResult], all: &Measures, tune: &Measures, held_out: &Measures) -> String {
    let mut text = String::new();
    for result in results.iter().filter(|result| !result.problems.is_empty()) {
        text.push_str(&format!("{} {}\n", if result.split == Split::HeldOut { "(held out)" } else { "MISS" }, result.name));
        for problem in &result.problems {
            text.push_str(&format!("     {problem}\n"));
        }
    }
    let row = |name: &str, m: &Measures| {
        format!(
            "{name:<9} {:>5} {:>7.3} {:>7.3} {:>7.3} {:>7.3} {:>7.3} {:>6} / {}\n",
            m.cases, m.top1, m.top3, m.mrr, m.brier, m.calibration_error, m.false_alarms, m.healthy
        )
    };
    text.push_str("split     cases   top-1   top-3     MRR   Brier     ECE  false alarms / quiet cases\n");
    text.push_str(&row("all", all));
    text.push_str(&row("tune", tune));
    text.push_str(&row("held-out", held_out));
    text.push_str("\nconfidence    findings  right  stated\n");
    for bin in &all.reliability {
        if bin.findings > 0 {
            text.push_str(&format!("{:.1} to {:.1}    {:>8} {:>6.2} {:>7.2}\n", bin.from, bin.to, bin.findings, bin.right, bin.stated));
        }
    }
    text.push_str(&format!(
        "\n{} of {} spot checks of place hold; {} cases with something to mend\n",
        all.places_right,
        all.places,
        results.iter().filter(|result| !result.problems.is_empty()).count()
    ));
    text
}

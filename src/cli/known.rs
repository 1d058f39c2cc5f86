//! `--baseline` and `--suppress`: files that say which findings are known. Read before the long work starts, and never from
//! inside a case: what a customer sends must not decide what is kept quiet.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use bundlescope::diagnose::Selection;
use bundlescope::report::earlier::Earlier;
use bundlescope::report::model::Report;
use bundlescope::report::suppress::{Outcome, Suppression, Suppressions};
use bundlescope::report::{baseline, suppress};
use bundlescope::rules::library::Library;
use chrono::{DateTime, NaiveDate, Utc};

use super::args::{KnownArgs, OutputArgs};
use super::{output, session};

/// Largest report that is read, in bytes.
const REPORT_BYTES: u64 = 1 << 30;
/// Largest file of suppressions, in bytes.
const SUPPRESSION_BYTES: u64 = 1 << 20;

/// What is known before a case is opened.
#[derive(Debug, Default)]
pub(crate) struct Known {
    baseline: Option<(String, Earlier)>,
    suppressions: Option<(String, Suppressions)>,
}

impl Known {
    /// Reads the files the user named.
    pub(crate) fn read(args: &KnownArgs, inputs: &[PathBuf]) -> anyhow::Result<Self> {
        let outside = |path: &Path, what: &str| {
            if output::is_part_of(path, inputs) {
                bail!("{} is part of the case; {what} is never read from inside a case, so keep it elsewhere", path.display());
            }
            Ok(path.to_string_lossy().into_owned())
        };
        let mut known = Self::default();
        if let Some(path) = &args.baseline {
            let name = outside(path, "a baseline")?;
            let earlier = Earlier::baseline(&text(path, REPORT_BYTES)?).map_err(|error| anyhow!("{name} is no baseline: {error}"))?;
            known.baseline = Some((name, earlier));
        }
        if let Some(path) = &args.suppress {
            let name = outside(path, "a file of suppressions")?;
            let file = Suppressions::read(&text(path, SUPPRESSION_BYTES)?).map_err(|faults| anyhow!("{}", faulty(&name, &faults)))?;
            known.suppressions = Some((name, file));
        }
        Ok(known)
    }

    /// Marks the findings that are known, and warns about entries that are of no use.
    pub(crate) fn mark(&self, report: &mut Report, library: &Library, args: &OutputArgs) -> anyhow::Result<()> {
        let selection = session::selection(library, args)?;
        if let Some((name, earlier)) = &self.baseline {
            baseline::mark(report, &selected(earlier.clone(), &selection), name);
        }
        let Some((name, file)) = &self.suppressions else { return Ok(()) };
        for (entry, outcome) in file.apply(report, today()?) {
            if let Some(remark) = remark(entry, outcome, library, &selection).filter(|_| !args.quiet) {
                let (line, column) = entry.place;
                output::warning(&format!("{name}:{line}:{column}: {remark}"));
            }
        }
        Ok(())
    }
}

/// What of a report `--select` and `--ignore` leave.
pub(crate) fn selected(mut earlier: Earlier, selection: &Selection) -> Earlier {
    earlier.findings.retain(|finding| finding.id.as_ref().is_none_or(|id| selection.wants(id)));
    earlier
}

/// Reads a report to compare with.
pub(crate) fn report(path: &Path) -> anyhow::Result<Earlier> {
    let piped = path.as_os_str() == "-";
    let way_out = if piped { "; only a report can be piped, a case has to be a file" } else { "" };
    let name = if piped { "standard input".to_owned() } else { path.display().to_string() };
    Earlier::report(&text(path, REPORT_BYTES)?).map_err(|error| anyhow!("{name} cannot be compared: {error}{way_out}"))
}

fn text(path: &Path, most: u64) -> anyhow::Result<String> {
    let failed = || format!("cannot read {}", path.display());
    let mut bytes = Vec::new();
    let read = match path.as_os_str() == "-" {
        true => std::io::stdin().lock().take(most + 1).read_to_end(&mut bytes),
        false => std::fs::File::open(path).with_context(failed)?.take(most + 1).read_to_end(&mut bytes),
    };
    read.with_context(failed)?;
    if bytes.len() as u64 > most {
        bail!("{} is larger than {} MiB", path.display(), most >> 20);
    }
    String::from_utf8(bytes).map_err(|_| anyhow!("{} is no UTF-8 text", path.display()))
}

fn faulty(name: &str, faults: &[suppress::Fault]) -> String {
    let line = |fault: &suppress::Fault| format!("\n  {name}:{}:{}: {}", fault.line, fault.column, fault.message);
    format!("the suppressions cannot be read{}", faults.iter().map(line).collect::<String>())
}

/// What to say of an entry that is of no use.
fn remark(entry: &Suppression, outcome: Outcome, library: &Library, selection: &Selection) -> Option<String> {
    let id = &entry.id;
    if !library.rules.iter().any(|rule| rule.id == *id) {
        return Some(session::unknown_id(library, id));
    }
    match outcome {
        Outcome::Used => None,
        // Nothing can be said of what was not asked for.
        Outcome::Stale if !selection.wants(id) => None,
        Outcome::Stale => Some(format!("the suppression of `{id}` matched nothing in this case")),
        Outcome::Expired { until, wanted: true } => {
            Some(format!("the suppression of `{id}` ended on {until}; what it silenced counts again"))
        }
        Outcome::Expired { until, wanted: false } => {
            Some(format!("the suppression of `{id}` ended on {until} and matches nothing; remove it"))
        }
    }
}

/// The day that decides which suppressions still hold, in UTC: `SOURCE_DATE_EPOCH` where a build has to be repeatable, else today.
/// Nothing else in the program asks what day it is.
fn today() -> anyhow::Result<NaiveDate> {
    let Some(stated) = std::env::var_os("SOURCE_DATE_EPOCH").filter(|value| !value.is_empty()) else { return Ok(now()) };
    let seconds = stated.to_str().and_then(|text| text.parse().ok());
    let date = seconds.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    Ok(date.context("SOURCE_DATE_EPOCH is no number of seconds since 1970")?.date_naive())
}

fn now() -> NaiveDate {
    DateTime::<Utc>::from(std::time::SystemTime::now()).date_naive()
}

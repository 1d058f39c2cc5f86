//! What every verb does first: load the rules, open the case, scan it, warn about what could not be read.

use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use bundlescope::diagnose::{Diagnosis, Selection};
use bundlescope::intake::{Content, Input, Limits, OWN_REPORT, TroubleKind};
use bundlescope::report::model::Report;
use bundlescope::report::translated_trouble;
use bundlescope::rules::library::Library;
use bundlescope::rules::load::{self, RuleLimits, RuleText};
use bundlescope::rules::translation::Words;
use bundlescope::rules::{embedded, spelling};
use bundlescope::scan::evidence::ArtifactScan;
use bundlescope::scan::window::{Learned, Span};
use bundlescope::scan::{CaseScan, Options, Progress, Scanner};

use super::args::{InputArgs, OutputArgs, RuleArgs, TimeArgs};
use super::exit::Exit;
use super::output;
use super::progress::Bar;

/// Most threads that are started, whatever was asked for.
const MOST_JOBS: usize = 256;

/// A case of plain files that are no larger together, in bytes, is scanned on the thread at hand: others would start too late.
const SMALL: u64 = 512 * 1024;

/// Loads the rules in force, for as long as the program runs: giving back thousands of texts one by one would be work for nothing.
pub(crate) fn library(args: &RuleArgs, limits: &[String]) -> anyhow::Result<&'static Library> {
    let limits = rule_limits(limits)?;
    let mut files = Vec::new();
    for folder in &args.rules {
        files.extend(rule_folder(folder)?);
    }
    let loaded = if args.no_embedded_rules { load::load_within(&files, &limits) } else { embedded::extended_within(&files, &limits) };
    match loaded {
        Ok(library) => Ok(Box::leak(Box::new(library))),
        Err(faults) => {
            let list: Vec<String> = faults.iter().map(ToString::to_string).collect();
            bail!("the rules cannot be loaded\n  {}", list.join("\n  "))
        }
    }
}

/// The part of the limits that rules are loaded under.
fn rule_limits(assignments: &[String]) -> anyhow::Result<RuleLimits> {
    let mut limits = Limits::default();
    for assignment in assignments.iter().filter(|assignment| *assignment != "help") {
        limits.set(assignment)?;
    }
    let size = |limit: u64| usize::try_from(limit).unwrap_or(usize::MAX);
    Ok(RuleLimits {
        pattern: size(limits.regex),
        compiled: size(limits.regex_compiled),
        compiled_total: size(limits.regex_total),
        nesting: u32::try_from(limits.regex_nesting).unwrap_or(u32::MAX),
        file: size(limits.rule_file),
        depth: size(limits.rule_depth),
        nodes: size(limits.rule_nodes),
        aliases: size(limits.rule_aliases),
        files: size(limits.rule_files),
    })
}

/// Every YAML file below a folder, by path.
pub(crate) fn rule_folder(folder: &Path) -> anyhow::Result<Vec<RuleText>> {
    let mut paths = Vec::new();
    collect(folder, &mut paths, 0).with_context(|| format!("cannot read the rule folder {}", folder.display()))?;
    paths.sort();
    if paths.is_empty() {
        bail!("no rule file (*.yaml) in {}", folder.display());
    }
    paths
        .into_iter()
        .map(|path| {
            let failed = || format!("cannot read {}", path.display());
            // A pipe would be waited for.
            if !path.metadata().with_context(failed)?.is_file() {
                bail!("{} is no file", path.display());
            }
            let text = std::fs::read_to_string(&path).with_context(failed)?;
            Ok(RuleText { name: path.to_string_lossy().replace('\\', "/"), text })
        })
        .collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>, depth: usize) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() && depth < 8 {
            collect(&path, paths, depth + 1)?;
        } else if path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml") {
            paths.push(path);
        }
    }
    Ok(())
}

/// The inputs the user named.
pub(crate) fn inputs(args: &InputArgs) -> anyhow::Result<Vec<Input>> {
    if args.paths.is_empty() {
        bail!("no path was given; name a file or folder, or `-` for standard input");
    }
    if args.paths.iter().any(|path| path.as_os_str() == "-") {
        if args.paths.len() > 1 {
            bail!("`-` reads standard input and stands alone");
        }
        return Ok(vec![Input::Stdin { name: args.stdin_name.clone() }]);
    }
    Ok(args.paths.iter().cloned().map(Input::Path).collect())
}

/// The limits in force, or `None` when the user asked for the list, which is printed then.
pub(crate) fn limits(args: &InputArgs) -> anyhow::Result<Option<Limits>> {
    let mut limits = Limits::default();
    for assignment in &args.limit {
        if assignment == "help" {
            output::print(&limit_table())?;
            return Ok(None);
        }
        limits.set(assignment)?;
    }
    Ok(Some(limits))
}

/// What `--limit help` prints: every limit with its default, what it counts, and what happens when it is hit.
fn limit_table() -> String {
    let mut table = format!("{:<20} {:<9} what it is of; what happens when it is hit\n", "limit", "default");
    for row in Limits::table() {
        let on_hit = if row.on_hit == "-" { String::new() } else { format!("; {}", row.on_hit) };
        table.push_str(&format!("{:<20} {:<9} {}{on_hit}\n", row.name, row.default, row.meaning));
    }
    table
}

/// The threads that work on a case; none where an earlier case made this thread a pool already, which is for good.
pub(crate) struct Threads(Option<rayon::ThreadPool>);

impl Threads {
    /// Has them do something.
    pub(crate) fn install<R: Send>(&self, work: impl FnOnce() -> R + Send) -> R {
        match &self.0 {
            Some(pool) => pool.install(work),
            None => work(),
        }
    }
}

/// As many threads as asked for.
pub(crate) fn threads(inputs: &[Input], jobs: Option<usize>) -> anyhow::Result<Threads> {
    let mut pool = rayon::ThreadPoolBuilder::new().stack_size(8 * 1024 * 1024);
    // 0 is every core, as elsewhere; more threads than this only wait for each other.
    if let Some(jobs) = jobs {
        pool = pool.num_threads(jobs.min(MOST_JOBS));
    }
    if !is_small(inputs) {
        return Ok(Threads(Some(pool.build().context("cannot start threads")?)));
    }
    Ok(Threads(pool.num_threads(1).use_current_thread().build().ok()))
}

fn is_small(inputs: &[Input]) -> bool {
    let length = |input: &Input| match input {
        Input::Path(path) => std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file).map(|file| file.len()),
        Input::Stdin { .. } => None,
    };
    inputs.iter().try_fold(0u64, |sum, input| sum.checked_add(length(input)?)).is_some_and(|bytes| bytes <= SMALL)
}

/// A diagnosed case, ready to report.
pub(crate) struct Session<'a> {
    threads: Threads,
    /// As with the library: giving back a large case piece by piece would be work for nothing.
    pub(crate) diagnosis: ManuallyDrop<Diagnosis<'a>>,
    pub(crate) selection: Selection,
    pub(crate) words: Words<'a>,
    /// Whether anything could be read, if only in part. The report of a case of which nothing could says what and why.
    pub(crate) readable: bool,
}

impl Session<'_> {
    /// The report.
    pub(crate) fn report(&self) -> Report {
        let mut report = self.threads.install(|| self.diagnosis.report(&self.selection));
        report.translate(&self.words);
        report
    }

    /// How a verb ends that has written the report and is no gate.
    pub(crate) fn exit(&self, report: &Report, strict: bool) -> Exit {
        if !self.readable || strict && !report.errors.is_empty() { Exit::Failure } else { Exit::Success }
    }
}

/// Scans and diagnoses what the user named, with or without the conversations of captures. `None` when there was nothing to do but
/// answer a question.
pub(crate) fn open<'a>(
    library: &'a Library,
    input: &InputArgs,
    time: &TimeArgs,
    output_args: &OutputArgs,
    conversations: bool,
) -> anyhow::Result<Option<Session<'a>>> {
    let Some(limits) = limits(input)? else { return Ok(None) };
    let selection = Selection { conversations, ..selection(library, output_args)? };
    let inputs = inputs(input)?;
    for note in &library.notes {
        if !output_args.quiet {
            output::note(note);
        }
    }
    let bar = Bar::new(!output_args.quiet && !output_args.no_progress);
    let threads = threads(&inputs, input.jobs)?;
    let options = Options { mmap: input.mmap, conversations, ..Options::default() };
    let began = Instant::now();
    let case = threads.install(|| scan(library, &inputs, limits, options, time, &bar));
    bar.finish();
    let case = case?;
    if output_args.verbose > 0 && !output_args.quiet {
        output::note(&took(&case, began.elapsed(), library));
    }
    own_reports(&case, output_args.quiet)?;
    let words = library.words(output_args.lang.into());
    // A readable archive that happens to be empty is read, and says so in its report.
    let readable = !case.artifacts.is_empty() || case.troubles.is_empty();
    if !readable {
        unreadable(&case)?;
    } else if !output_args.quiet {
        warn(&case, words, output_args.verbose > 0);
    }
    let diagnosis = threads.install(|| Diagnosis::new(case, library));
    Ok(Some(Session { threads, diagnosis: ManuallyDrop::new(diagnosis), selection, words, readable }))
}

/// Says that nothing could be read, and why. Paths that are all not there are a mistake of the command line, with nothing to report.
fn unreadable(case: &CaseScan) -> anyhow::Result<()> {
    let reasons: Vec<String> = case.troubles.iter().take(5).map(|trouble| format!("{}: {}", trouble.path, trouble.message)).collect();
    let message = format!("nothing of the case could be read\n  {}", reasons.join("\n  "));
    if case.troubles.iter().all(|trouble| trouble.kind == TroubleKind::NotFound) {
        bail!(message);
    }
    output::error(&message);
    Ok(())
}

/// How long the reading took. Only said where asked for: nothing else depends on the speed of the machine.
fn took(case: &CaseScan, elapsed: Duration, library: &Library) -> String {
    let bytes: u64 = case.artifacts.iter().map(|scan| scan.bytes).fold(0, u64::saturating_add);
    let mebibytes = bytes as f64 / f64::from(1 << 20);
    let seconds = elapsed.as_secs_f64().max(0.001);
    let artifacts = case.artifacts.len();
    let plural = if artifacts == 1 { "" } else { "s" };
    format!(
        "{artifacts} artifact{plural} of {mebibytes:.1} MiB read in {seconds:.2} s ({:.0} MiB/s) with {} rules",
        mebibytes / seconds,
        library.rules.len()
    )
}

/// Scans a case: once, or twice where only some of its time counts, which the first reading has to find out.
pub(crate) fn scan(
    library: &Library,
    inputs: &[Input],
    limits: Limits,
    options: Options,
    time: &TimeArgs,
    bar: &dyn Progress,
) -> anyhow::Result<CaseScan> {
    let options = Options { assumed: time.assume_timezone.clone(), ..options };
    let scanner = Scanner::within(library, limits);
    let window = time.window();
    if window.is_open() {
        return Ok(scanner.scan(inputs, &options, bar));
    }
    let piped = inputs.iter().any(|input| matches!(input, Input::Stdin { .. }));
    if piped && window.is_relative() {
        bail!(
            "standard input is read only once, so its newest time is not known beforehand; give --since and --until as dates, or write it to a file first"
        );
    }
    let learned = if piped {
        Learned::default()
    } else {
        let first = scanner.scan(inputs, &Options { conversations: false, ..options.clone() }, bar);
        if first.artifacts.is_empty() || first.out_of_time {
            return Ok(first);
        }
        Diagnosis::new(first, library).learned()
    };
    let span = Span::new(&window, learned, time.timezone.as_ref(), options.assumed.as_ref()).map_err(anyhow::Error::msg)?;
    Ok(scanner.scan(inputs, &Options { span: Some(Arc::new(span)), ..options }, bar))
}

/// A report is no evidence: it is left out with a warning, and alone it is a mistake.
fn own_reports(case: &CaseScan, quiet: bool) -> anyhow::Result<()> {
    let is_report = |scan: &&ArtifactScan| scan.content == Content::Binary(Some(OWN_REPORT));
    let reports: Vec<&ArtifactScan> = case.artifacts.iter().filter(is_report).collect();
    let Some(first) = reports.first() else { return Ok(()) };
    if reports.len() == case.artifacts.len() && case.troubles.is_empty() {
        bail!(
            "{} is a report of bundlescope, not a case; `bundlescope diff OLD NEW` compares reports, `--baseline REPORT.json` marks what one knew",
            first.path
        );
    }
    if !quiet {
        let more = if reports.len() > 1 { format!(", and {} more", reports.len() - 1) } else { String::new() };
        output::warning(&format!("{}{more}: a report of bundlescope is no evidence and was left out", first.path));
    }
    Ok(())
}

/// Warnings about what could not be read, a few of them unless all were asked for.
pub(crate) fn warn(case: &CaseScan, words: Words<'_>, all: bool) {
    const SHOWN: usize = 5;
    let shown = if all { case.troubles.len() } else { SHOWN };
    for trouble in case.troubles.iter().take(shown) {
        output::warning(&format!("{}: {}", trouble.path, translated_trouble(words, &trouble.message)));
    }
    if case.troubles.len() > shown {
        output::warning(&format!("{} more were not read, or not whole; -v lists them", case.troubles.len() - shown));
    }
}

pub(crate) fn selection(library: &Library, args: &OutputArgs) -> anyhow::Result<Selection> {
    for wanted in args.select.iter().chain(&args.ignore) {
        if !library.rules.iter().any(|rule| rule.id.starts_with(wanted.as_str())) {
            bail!("{}", unknown_id(library, wanted));
        }
    }
    Ok(Selection { min_confidence: args.min_confidence, select: args.select.clone(), ignore: args.ignore.clone(), conversations: false })
}

/// The message for an id no rule has.
pub(crate) fn unknown_id(library: &Library, wanted: &str) -> String {
    const LISTED: usize = 5;
    let ids = || library.rules.iter().map(|rule| rule.id.as_str());
    let lower = wanted.to_lowercase();
    let near = ids().find(|id| *id == lower).or_else(|| spelling::nearest(&lower, ids()));
    let mut holding: Vec<String> = ids().filter(|id| lower.len() > 2 && id.contains(&lower)).map(|id| format!("`{id}`")).collect();
    holding.sort_unstable();
    let more = holding.len().saturating_sub(LISTED);
    let hint = match (near, holding.len()) {
        (Some(near), _) => format!("did you mean `{near}`?"),
        (None, 0) => "`bundlescope rules list` shows all".to_owned(),
        (None, 1) => format!("did you mean {}?", holding.concat()),
        (None, _) if more == 0 => format!("these have it in their names: {}", holding.join(", ")),
        (None, _) => format!(
            "these have it in their names: {}, and {more} more (`bundlescope rules list`)",
            holding.get(..LISTED).unwrap_or(&holding).join(", ")
        ),
    };
    format!("no diagnosis `{wanted}`; {hint}")
}

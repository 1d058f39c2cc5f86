//! `diff`: two cases or two JSON reports, or one of each.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::bail;
use bundlescope::report::diff::{Diff, Entry, Source, compare};
use bundlescope::report::earlier::Earlier;
use bundlescope::report::model::Severity;
use bundlescope::report::render::{DiffFormat, Style};
use bundlescope::rules::library::Library;
use bundlescope::scan::mask::Masker;

use super::args::{DiffArgs, FormatArg, OutputArgs};
use super::exit::Exit;
use super::{known, output, session};

pub(crate) fn run(args: &DiffArgs) -> anyhow::Result<Exit> {
    let targets = targets(&args.output, &[args.old.clone(), args.new.clone()])?;
    if args.limit.iter().any(|limit| limit == "help") {
        session::limits(&args.input(&args.old))?;
        return Ok(Exit::Success);
    }
    if [&args.old, &args.new].iter().all(|path| path.as_os_str() == "-") {
        bail!("only one of the two can come from standard input");
    }
    let library = session::library(&args.rules, &args.limit)?;
    let old = Compared::read(&args.old, args, library)?;
    let new = Compared::read(&args.new, args, library)?;
    let diff = compare((&old.name, old.source, &old.earlier), (&new.name, new.source, &new.earlier));
    let (verbose, words) = (args.output.verbose > 0, library.words(args.output.lang.into()));
    for (format, file) in &targets {
        match file {
            None => {
                let style = Style { width: output::width(), color: output::color(args.output.color), verbose, words };
                output::print(&format.render(&diff, &style))?;
            }
            Some(file) => {
                let style = Style { width: 100, color: false, verbose, words };
                let page = format.render(&diff, &style);
                output::write_file(file, |out| out.write_all(page.as_bytes()))?;
            }
        }
    }
    let failing = args.fail_on.map_or(0, |fail_on| count(&diff, fail_on.into()));
    if let Some(fail_on) = args.fail_on.filter(|_| failing > 0) {
        let plural = if failing == 1 { "finding" } else { "findings" };
        output::tell("", &format!("bundlescope: FAIL  {failing} new {plural} at or above {}", super::check::word(fail_on.into())));
    }
    Ok(match failing {
        0 if args.strict && !(old.whole && new.whole) => Exit::Failure,
        0 => Exit::Success,
        _ => Exit::Gate,
    })
}

fn count(diff: &Diff, fail_on: Severity) -> usize {
    diff.findings.iter().filter(|entry: &&Entry| entry.counts(fail_on)).count()
}

/// One of the two.
struct Compared {
    name: String,
    source: Source,
    earlier: Earlier,
    /// Whether everything of it could be read.
    whole: bool,
}

impl Compared {
    fn read(path: &Path, args: &DiffArgs, library: &Library) -> anyhow::Result<Self> {
        let name = Masker::new().mask(&path.to_string_lossy()).into_owned();
        if is_json(path) {
            let mut earlier = known::selected(known::report(path)?, &session::selection(library, &args.output)?);
            earlier.findings.retain(|finding| finding.confidence.is_none_or(|confidence| confidence >= args.output.min_confidence));
            return Ok(Self { name, source: Source::Report, earlier, whole: true });
        }
        let input = args.input(path);
        let Some(session) = session::open(library, &input, &args.time, &args.output, false)? else {
            bail!("`--limit help` compares nothing")
        };
        if !session.readable {
            bail!("{name} cannot be compared");
        }
        let report = session.report();
        Ok(Self { name, source: Source::Case, earlier: Earlier::from(&report), whole: report.errors.is_empty() })
    }
}

/// Whether a file is to be read as a report: it begins as JSON does, and is called so or says whose schema it follows. A case may be
/// JSON as well, so the name alone or the brace alone is not enough.
fn is_json(path: &Path) -> bool {
    // Only a report can be piped.
    if path.as_os_str() == "-" {
        return true;
    }
    let mut head = Vec::new();
    let Some(file) = path.metadata().ok().filter(|file| file.is_file()).and_then(|_| std::fs::File::open(path).ok()) else {
        return false;
    };
    if file.take(4096).read_to_end(&mut head).is_err() {
        return false;
    }
    let report = |extension: &std::ffi::OsStr| ["json", "ndjson", "jsonl"].iter().any(|known| extension.eq_ignore_ascii_case(known));
    let named = path.extension().is_some_and(report);
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head).trim_ascii_start();
    let says = |what: &str| head.windows(what.len()).any(|window| window == what.as_bytes());
    match head.first() {
        // An empty or broken report is still called one.
        None => named,
        Some(b'{' | b'[') => named || says("\"bundlescope/"),
        Some(_) => false,
    }
}

/// Where the comparison goes. Checked before the long work starts.
fn targets(args: &OutputArgs, inputs: &[PathBuf]) -> anyhow::Result<Vec<(DiffFormat, Option<PathBuf>)>> {
    let stated = args.format.map(format).transpose()?;
    let mut targets: Vec<(DiffFormat, Option<PathBuf>)> = Vec::new();
    for output in &args.output {
        let (named, file) = match output.split_once('=') {
            Some((word, file)) if DiffFormat::named(word).is_some() => (DiffFormat::named(word), file),
            Some((word, _)) if <FormatArg as clap::ValueEnum>::from_str(word, true).is_ok() => bail!("{}", not_made(word)),
            _ => (None, output.as_str()),
        };
        let path = output::place(file, inputs, targets.iter().map(|(_, file)| file.as_deref()))?;
        let format = match (named.or_else(|| DiffFormat::of_file(file)).or(stated), &path) {
            (Some(format), _) => format,
            (None, Some(path)) => output::without_format(path, DiffFormat::EXTENSIONS.iter(), DiffFormat::Table)?,
            (None, None) => DiffFormat::Table,
        };
        targets.push((format, path));
    }
    if targets.is_empty() {
        targets.push((stated.unwrap_or(DiffFormat::Table), None));
    }
    Ok(targets)
}

fn format(arg: FormatArg) -> anyhow::Result<DiffFormat> {
    let name = clap::ValueEnum::to_possible_value(&arg).map(|value| value.get_name().to_owned()).unwrap_or_default();
    DiffFormat::named(&name).ok_or_else(|| anyhow::anyhow!("{}", not_made(&name)))
}

fn not_made(name: &str) -> String {
    let known = DiffFormat::ALL.map(DiffFormat::name).join(", ");
    format!("a comparison is not written as `{name}`; there are {known}. `diagnose --baseline OLD.json -f {name}` marks what is new")
}

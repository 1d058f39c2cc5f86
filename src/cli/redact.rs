//! `redact`: a copy of a case that can be shared, with the proof that it says the same; and `--redact` of the other verbs.

use std::io::{self, Read, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use bundlescope::diagnose::{Diagnosis, Selection};
use bundlescope::intake::{self, Budget, Input, Limits};
use bundlescope::redact::{self, Classes, Collector, Key, Kind, Learn, Rebuild, Redactor, Shelf, Statistics};
use bundlescope::report::model::Report;
use bundlescope::rules::library::Library;
use bundlescope::scan::{Options, Scanner};

use super::args::{RedactArg, RedactArgs, RedactionArgs};
use super::exit::Exit;
use super::progress::Bar;
use super::{half_made, output, session};

/// What stands under the help.
pub(super) const HELP: &str = "What is replaced, the same in texts, captures and file names: IP and Ethernet addresses (what shared a prefix \
still does, private stays private), names of hosts and users, serial numbers, instance ids, names of accounts. Secrets are masked. Of captures the \
headers stay, with DNS, TLS in the clear and heads of HTTP; other payload becomes zeros. Certificates that name the customer keep their \
structure and lose names, keys and signature. What is neither text, capture nor certificate is left out and listed.

The copy is then diagnosed. Where its findings are not those of the original, it is removed and the exit status is 1.";

pub(crate) fn run(args: &RedactArgs) -> anyhow::Result<Exit> {
    if args.paths.iter().any(|path| path.as_os_str() == "-") {
        bail!("`redact` reads its input more than once and cannot take standard input; save it to a file first");
    }
    let Some(limits) = session::limits(&args.input())? else { return Ok(Exit::Success) };
    check_output(args)?;
    let library = session::library(&args.rules, &args.limit)?;
    let key = key(args.key.as_deref())?;
    let inputs = session::inputs(&args.input())?;
    let original = diagnosed(library, &inputs, &limits, args)?;

    let mut learn = Learn::default();
    walk(&inputs, &limits, &mut learn);
    learn.collector.report(&original);
    let mut redactor = Redactor::new(library, Classes::ALL, &key, &learn.collector);

    let parent = args.output.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // The copy gets its name when it is whole and proven; until then it goes away with the program.
    let folder = half_made::begin(|| tempfile::Builder::new().prefix(".bundlescope-").tempdir_in(parent), |folder| folder.path());
    let (folder, half_made) = folder.with_context(|| format!("cannot write beside {}", args.output.display()))?;
    let mut files = Files { folder: folder.path().to_owned() };
    let mut rebuild = Rebuild::new(&mut redactor, &mut files, inputs.iter().map(Input::shown).collect());
    walk(&inputs, &limits, &mut rebuild);
    if let Some(error) = rebuild.failure.take() {
        return Err(error).context("the copy cannot be written");
    }
    let statistics = &redactor.statistics;
    if statistics.copied == 0 {
        bail!("nothing of the case could be copied{}", left_out(statistics, 5));
    }
    let copy = diagnosed(library, &[Input::Path(folder.path().to_owned())], &limits, args)?;
    let differences = redact::differences(&original, &copy);

    let mut text = summary(statistics, args.quiet);
    let same = differences.is_empty();
    if same {
        let count = original.findings.len();
        text.push_str(&format!(
            "Proof    the copy is diagnosed as the original: {count} {}, the same ids, order, status and confidence\n",
            plural(count, "finding", "findings")
        ));
    } else {
        text.push_str("Proof    failed: the copy is not diagnosed as the original\n");
        for difference in &differences {
            text.push_str(&format!("         {difference}\n"));
        }
    }
    if same || args.keep {
        if let Some(map) = &args.map {
            write_map(map, statistics)?;
            text.push_str(&format!("Map      {} (private: it undoes the copy)\n", map.display()));
        }
        half_made.finish(|| publish(folder, &args.output))?;
        text.push_str(&format!("Copy     {}\n", args.output.display()));
    } else {
        text.push_str("Copy     none: it was removed (--keep keeps it)\n");
    }
    output::print(&output::harmless(&text))?;
    Ok(if same { Exit::Success } else { Exit::Gate })
}

fn plural(count: usize, one: &'static str, more: &'static str) -> &'static str {
    if count == 1 { one } else { more }
}

/// Nothing that is there is written over, and the map never lies in what is given away.
fn check_output(args: &RedactArgs) -> anyhow::Result<()> {
    let target = &args.output;
    if target.exists() {
        let empty = target.is_dir() && std::fs::read_dir(target).is_ok_and(|mut entries| entries.next().is_none());
        if !empty {
            bail!("{} is not empty; the copy needs a new or an empty folder", target.display());
        }
    }
    let absolute = |path: &Path| -> Option<PathBuf> {
        let parent = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Some(parent.canonicalize().ok()?.join(path.file_name()?))
    };
    let Some(place) = absolute(target).or_else(|| target.canonicalize().ok()) else {
        bail!("cannot write {}: the folder around it does not exist", target.display());
    };
    for input in &args.paths {
        if input.canonicalize().is_ok_and(|input| place.starts_with(&input) || input.starts_with(&place)) {
            bail!("{} lies in the input {}; the copy needs a place of its own", target.display(), input.display());
        }
    }
    if let Some(map) = &args.map {
        // Where the folder is still to be made, only the paths can be compared.
        let below = matches!((std::path::absolute(map), std::path::absolute(target)), (Ok(map), Ok(target)) if map.starts_with(&target));
        let map_place = if below { Some(place.join("map")) } else { absolute(map) };
        let Some(map_place) = map_place else { bail!("cannot write {}: the folder around it does not exist", map.display()) };
        if map_place.starts_with(&place) {
            bail!("{} lies in the folder that is to be shared; it undoes the copy and belongs elsewhere", map.display());
        }
        if map.exists() {
            bail!("{} is there already; the map needs a new file", map.display());
        }
    }
    Ok(())
}

/// The key of a file, or a random one.
fn key(file: Option<&Path>) -> anyhow::Result<Key> {
    const LEAST: usize = 16;
    match file {
        Some(path) => {
            let bytes = std::fs::read(path).with_context(|| format!("cannot read the key {}", path.display()))?;
            if bytes.len() < LEAST {
                bail!("the key {} has {} bytes and can be guessed; it needs at least {LEAST}", path.display(), bytes.len());
            }
            Ok(Key::from_bytes(&bytes))
        }
        None => {
            let mut bytes = [0; 32];
            getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("the system gives no random numbers: {error}"))?;
            Ok(Key::from_bytes(&bytes))
        }
    }
}

fn diagnosed(library: &'static Library, inputs: &[Input], limits: &Limits, args: &RedactArgs) -> anyhow::Result<Report> {
    let bar = Bar::new(!args.quiet && !args.no_progress);
    let threads = session::threads(inputs, args.jobs)?;
    let case = threads.install(|| Scanner::within(library, limits.clone()).scan(inputs, &Options::default(), &bar));
    bar.finish();
    Ok(threads.install(|| Diagnosis::new(case, library).report(&Selection::default())))
}

fn walk(inputs: &[Input], limits: &Limits, visitor: &mut dyn intake::Visitor) {
    let (entries, troubles) = intake::list(inputs, limits);
    troubles.into_iter().for_each(|trouble| visitor.trouble(trouble));
    let budget = Budget::new(limits).beside(entries.len());
    for entry in &entries {
        intake::open(entry, limits, &budget, visitor);
    }
}

/// The folder of the copy.
struct Files {
    folder: PathBuf,
}

impl Shelf for Files {
    fn put(&mut self, path: &str, contents: &mut dyn Read) -> io::Result<()> {
        let place = self.folder.join(path);
        let mut file = half_made::within(|| {
            if let Some(parent) = place.parent() {
                std::fs::create_dir_all(parent)?;
            }
            std::fs::OpenOptions::new().write(true).create_new(true).open(place)
        })?;
        io::copy(contents, &mut file)?;
        file.sync_all()
    }
}

/// Gives the finished copy its name.
fn publish(folder: tempfile::TempDir, target: &Path) -> anyhow::Result<()> {
    let failed = || format!("cannot write {}", target.display());
    if target.is_dir() {
        // Only an empty one can be removed like this.
        std::fs::remove_dir(target).with_context(failed)?;
    }
    let made = folder.keep();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&made, std::fs::Permissions::from_mode(0o755)).with_context(failed)?;
    }
    std::fs::rename(&made, target).with_context(failed)
}

fn write_map(path: &Path, statistics: &Statistics) -> anyhow::Result<()> {
    let failed = || format!("cannot write {}", path.display());
    let mut text = String::from("kind\toriginal\treplacement\n");
    for (kind, original, replacement) in statistics.map() {
        let original = intake::escape::visible(original.as_bytes());
        text.push_str(&format!("{}\t{original}\t{replacement}\n", kind.as_str()));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Made for its owner alone, as temporary files are.
    let made = half_made::begin(|| tempfile::NamedTempFile::new_in(folder), |file| file.path());
    let (mut file, half_made) = made.with_context(failed)?;
    file.write_all(text.as_bytes()).and_then(|()| file.as_file().sync_all()).with_context(failed)?;
    half_made.finish(|| file.persist_noclobber(path)).map_err(|failed| failed.error).with_context(failed)?;
    Ok(())
}

fn summary(statistics: &Statistics, quiet: bool) -> String {
    let mut text = String::from("Replaced\n");
    for (kind, many) in [
        (Kind::Address, "addresses"),
        (Kind::Host, "names of hosts and domains"),
        (Kind::User, "names of users"),
        (Kind::Id, "serial numbers and ids"),
        (Kind::Organisation, "names of accounts and organisations"),
    ] {
        let times = statistics.times.get(&kind).copied().unwrap_or(0);
        text.push_str(&format!("  {:>9}  {many}, {times} times\n", statistics.different(kind)));
    }
    text.push_str(&format!("  {:>9}  lines with secrets masked\n", statistics.masked));
    if statistics.certificates > 0 {
        text.push_str(&format!("  {:>9}  certificates that named somebody\n", statistics.certificates));
    }
    if statistics.packets.0 > 0 {
        text.push_str(&format!("  {:>9}  of {} packets lost payload\n", statistics.packets.1, statistics.packets.0));
    }
    text.push_str(&format!("Files    {} copied, {} left out\n", statistics.copied, statistics.dropped.len()));
    if !quiet {
        text.push_str(&left_out(statistics, usize::MAX));
        for (path, what) in &statistics.changed {
            text.push_str(&format!("         otherwise: {path}: {what}\n"));
        }
    }
    text
}

fn left_out(statistics: &Statistics, most: usize) -> String {
    statistics.dropped.iter().take(most).map(|(path, reason)| format!("         left out: {path}: {reason}\n")).collect()
}

/// Replaces in a report what `--redact` names.
pub(crate) fn in_report(report: &mut Report, library: &Library, args: &RedactionArgs) -> anyhow::Result<()> {
    if args.redact.is_empty() {
        return Ok(());
    }
    let has = |what| args.redact.contains(&what);
    let classes = Classes {
        ids: has(RedactArg::Ids),
        addresses: has(RedactArg::Addresses),
        hosts: has(RedactArg::Hosts),
        users: has(RedactArg::Users),
    };
    let mut collector = Collector::new();
    collector.report(report);
    let mut redactor = Redactor::new(library, classes, &key(args.redact_key.as_deref())?, &collector);
    redact::report(&mut redactor, report);
    Ok(())
}

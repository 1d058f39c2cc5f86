//! Where a report goes: standard output or files, whole or not at all; warnings to standard error.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use bundlescope::report::model::Report;
use bundlescope::report::render::{Format, Style, log_line};
use bundlescope::rules::spelling;
use bundlescope::rules::translation::Words;

use super::args::{ColorArg, FormatArg, OutputArgs, TimeArgs};
use super::half_made;

/// The name of standard output.
const STANDARD: &str = "-";

/// Bytes of a report that are written at once.
const BUFFER: usize = 64 * 1024;

/// How a word on standard error looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Red.
    Bad,
    /// Yellow.
    Doubt,
    /// Plain bold.
    Neutral,
}

/// A word in its colour; standard error decides whether colours show.
pub(crate) fn paint(word: &str, tone: Tone) -> String {
    use anstyle::{AnsiColor, Style as Ansi};
    let style = match tone {
        Tone::Bad => AnsiColor::Red.on_default().bold(),
        Tone::Doubt => AnsiColor::Yellow.on_default().bold(),
        Tone::Neutral => Ansi::new().bold(),
    };
    format!("{style}{word}{style:#}")
}

/// Lines on standard error, with [`paint`] before them. Where nobody can be told, work goes on.
pub(crate) fn tell(painted: &str, text: &str) {
    let _ = writeln!(anstream::stderr(), "{painted}{}", harmless(text));
}

/// A warning.
pub(crate) fn warning(text: &str) {
    tell(&format!("{}: ", paint("warning", Tone::Doubt)), text);
}

/// A note.
pub(crate) fn note(text: &str) {
    tell(&format!("{}: ", paint("note", Tone::Neutral)), text);
}

/// An error.
pub(crate) fn error(text: &str) {
    tell(&format!("{}: ", paint("error", Tone::Bad)), text);
}

/// Lines in which nothing acts on a terminal or on a build server that reads the log: paths and messages speak of the case.
pub(crate) fn harmless(text: &str) -> String {
    text.split('\n').map(log_line).collect::<Vec<_>>().join("\n")
}

/// Whether the environment asks for colour wherever it goes.
pub(crate) fn forced() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0");
    set("FORCE_COLOR") || set("CLICOLOR_FORCE")
}

/// Whether standard output gets colour: the flag, then `FORCE_COLOR` and `CLICOLOR_FORCE`, then `NO_COLOR`, then the terminal.
pub(crate) fn color(when: ColorArg) -> bool {
    match when {
        ColorArg::Always => true,
        ColorArg::Never => false,
        ColorArg::Auto if forced() => true,
        ColorArg::Auto if std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) => false,
        ColorArg::Auto => io::stdout().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb"),
    }
}

/// Width of the terminal, `COLUMNS`, or 100 where no one knows.
pub(crate) fn width() -> usize {
    let stated = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let terminal = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    terminal.or(stated).filter(|width| *width >= 20).unwrap_or(100)
}

/// Writes text to standard output.
pub(crate) fn print(text: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).context("cannot write to standard output")
}

/// The same for text with [`paint`] in it: colours show where standard output is a terminal.
pub(crate) fn print_painted(text: &str) -> anyhow::Result<()> {
    let mut out = anstream::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).context("cannot write to standard output")
}

/// One place a report goes to.
pub(crate) struct Target {
    format: Format,
    /// `None` is standard output.
    file: Option<PathBuf>,
}

impl Target {
    /// The file; `None` is standard output.
    pub(crate) fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }
}

/// The targets the user named. Checked before the long work starts.
pub(crate) fn targets(args: &OutputArgs, inputs: &[PathBuf]) -> anyhow::Result<Vec<Target>> {
    let stated = args.format.and_then(format);
    let names = || Format::ALL.iter().map(|format| format.name());
    let mut targets = Vec::new();
    for output in &args.output {
        let (named, file) = match output.split_once('=') {
            Some((word, file)) if Format::named(word).is_some() => (Format::named(word), file),
            // A word that was mistyped would become part of the file's name.
            Some((word, _)) if spelling::nearest(word, names()).is_some() => {
                let near = spelling::nearest(word, names()).unwrap_or_default();
                bail!("no format `{word}`; did you mean `{near}`? A file of that name is `./{output}`")
            }
            _ => (None, output.as_str()),
        };
        let path = place(file, inputs, targets.iter().map(Target::file))?;
        let format = match (named.or_else(|| Format::of_file(file)).or(stated), &path) {
            (Some(format), _) => format,
            (None, Some(path)) => without_format(path, Format::ALL.iter().flat_map(|format| format.extensions()), Format::Table)?,
            (None, None) => Format::Table,
        };
        targets.push(Target { format, file: path });
    }
    if targets.is_empty() {
        targets.push(Target { format: stated.unwrap_or(Format::Table), file: None });
    }
    Ok(targets)
}

/// The format of a file whose name says none: what nobody asked for otherwise, unless its extension was meant to say one.
pub(crate) fn without_format<F>(file: &Path, known: impl Iterator<Item = &'static &'static str>, plain: F) -> anyhow::Result<F> {
    // A device or a pipe is called as the system calls it.
    let made = file.metadata().is_ok_and(|metadata| !metadata.is_file());
    match file.extension().filter(|_| !made) {
        None => Ok(plain),
        Some(extension) => bail!(
            "no format is written to `.{}`; there are {}, or name one before the file, as in `table={}`",
            extension.to_string_lossy(),
            known.map(|extension| format!(".{extension}")).collect::<Vec<_>>().join(", "),
            file.display()
        ),
    }
}

/// The place of that name, if a report may go there beside others; `None` is standard output.
pub(crate) fn place<'p>(
    file: &str,
    inputs: &[PathBuf],
    mut others: impl Iterator<Item = Option<&'p Path>>,
) -> anyhow::Result<Option<PathBuf>> {
    let path = (file != STANDARD).then(|| PathBuf::from(file));
    if others.any(|other| other.map(identity) == path.as_deref().map(identity)) {
        bail!("{file} is named twice; one report would overwrite the other");
    }
    let Some(path) = path else { return Ok(None) };
    if is_part_of(&path, inputs) {
        bail!("{file} is part of the input; a report never overwrites what it was made from");
    }
    let led_to = led_to(&path);
    if !folder(&led_to).is_dir() {
        bail!("cannot write {file}: there is no folder {}", folder(&led_to).display());
    }
    Ok(Some(path))
}

/// Where a file lies.
fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Where links lead, also to a file that is not there yet. What leads to a device or a pipe stays as it is.
fn led_to(path: &Path) -> PathBuf {
    /// As many as systems follow.
    const LINKS: usize = 40;
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        let Some(next) = path.read_link().ok().filter(|_| path.metadata().map_or(true, |led_to| led_to.is_file())) else { break };
        path = folder(&path).join(next);
    }
    path
}

/// The same for one file, however it is named.
fn identity(path: &Path) -> PathBuf {
    let path = led_to(path);
    let known = path.file_name().zip(folder(&path).canonicalize().ok());
    known.map_or_else(|| path.clone(), |(name, folder)| folder.join(name))
}

/// Whether a file is one of the inputs, or lies below one that is a folder.
pub(crate) fn is_part_of(path: &Path, inputs: &[PathBuf]) -> bool {
    let holds = |input: &PathBuf| matches!((input.canonicalize(), path.canonicalize()), (Ok(input), Ok(path)) if path.starts_with(&input));
    inputs.iter().any(holds)
}

/// The format of that name.
fn format(arg: FormatArg) -> Option<Format> {
    clap::ValueEnum::to_possible_value(&arg).and_then(|value| Format::named(value.get_name()))
}

/// Writes the report to every target.
pub(crate) fn write(report: &Report, targets: &[Target], args: &OutputArgs, time: &TimeArgs, words: Words<'_>) -> anyhow::Result<()> {
    let shown = in_zone(report, time);
    for Target { format, file } in targets {
        let report = if format.keeps_offsets() { report } else { &*shown };
        match file {
            None => {
                let style = Style { width: width(), color: color(args.color), verbose: args.verbose > 0, words };
                let mut out = BufWriter::with_capacity(BUFFER, io::stdout().lock());
                format.write(report, &style, &mut out).and_then(|()| out.flush()).context("cannot write to standard output")?;
            }
            Some(path) => {
                let style = Style { width: 100, color: false, verbose: args.verbose > 0, words };
                write_file(path, |file| {
                    let mut out = BufWriter::with_capacity(BUFFER, file);
                    format.write(report, &style, &mut out)?;
                    out.flush()
                })?;
            }
        }
    }
    Ok(())
}

/// The report with its times in the zone that people asked for.
pub(crate) fn in_zone<'r>(report: &'r Report, time: &TimeArgs) -> Cow<'r, Report> {
    let Some(region) = &time.timezone else { return Cow::Borrowed(report) };
    let mut shown = report.clone();
    shown.show_times(region.name(), |stated| region.show(stated));
    Cow::Owned(shown)
}

/// Writes a file whole or not at all: beside it first, then renamed over it.
pub(crate) fn write_file(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> anyhow::Result<()> {
    let failed = || format!("cannot write {}", path.display());
    // A device or a pipe is written to, never replaced by a file.
    if path.metadata().is_ok_and(|metadata| !metadata.is_file()) {
        let mut file = File::options().write(true).open(path).with_context(failed)?;
        return write(&mut file).with_context(failed);
    }
    if path.file_name().is_none() {
        bail!("`{}` is no name of a file", path.display());
    }
    // Of a link what it leads to is replaced.
    let path = &led_to(path);
    let (mut file, half_made) = half_made::begin(|| new_file(folder(path)), |file| file.path()).map_err(plain).with_context(failed)?;
    // Who may read the one that it takes the place of may read it.
    if let Ok(known) = path.metadata() {
        file.as_file().set_permissions(known.permissions()).with_context(failed)?;
    }
    write(file.as_file_mut()).with_context(failed)?;
    file.as_file().sync_all().with_context(failed)?;
    half_made.finish(|| file.persist(path)).map_err(|failed| failed.error).with_context(failed)?;
    Ok(())
}

/// The error without the name of the temporary file, which says nothing to anybody.
fn plain(error: io::Error) -> io::Error {
    error.raw_os_error().map_or_else(|| io::Error::from(error.kind()), io::Error::from_raw_os_error)
}

/// A new file beside the target, readable by whom the user's mask lets read, as any other output.
fn new_file(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder)
}

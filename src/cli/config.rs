//! The configuration file: what a person wants every time. A flag outranks the environment, the environment the file, the file
//! the default. It is looked for from the working folder upwards and in the user's own configuration folder, never inside a case.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use bundlescope::formats::time::Region;
use bundlescope::rules::spelling;
use clap::ArgMatches;
use clap::parser::ValueSource;
use serde::Deserialize;

use super::args::{
    Args, ColorArg, Command, DiagnoseArgs, FormatArg, InputArgs, KnownArgs, LanguageArg, OutputArgs, RuleArgs, SeverityArg, TimeArgs,
};

/// Names of the file in a folder, the first that is there.
const NAMES: [&str; 2] = ["bundlescope.toml", ".bundlescope.toml"];

/// Largest file, in bytes.
const LARGEST: u64 = 64 * 1024;

/// What a file may say. The keys are the long options.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Settings {
    rules: Option<Vec<PathBuf>>,
    no_embedded_rules: Option<bool>,
    jobs: Option<usize>,
    limit: Option<Vec<String>>,
    strict: Option<bool>,
    format: Option<String>,
    select: Option<Vec<String>>,
    ignore: Option<Vec<String>>,
    lang: Option<String>,
    min_confidence: Option<f64>,
    color: Option<String>,
    no_progress: Option<bool>,
    quiet: Option<bool>,
    fail_on: Option<String>,
    baseline: Option<PathBuf>,
    suppress: Option<PathBuf>,
    timezone: Option<String>,
    assume_timezone: Option<String>,
}

/// Its keys, each with a value such as it may have.
pub(crate) const KEYS: [(&str, &str); 18] = [
    ("rules", "[\"own-rules\"]"),
    ("no-embedded-rules", "false"),
    ("jobs", "8"),
    ("limit", "[\"unpacked=64GiB\"]"),
    ("strict", "true"),
    ("format", "\"json\""),
    ("select", "[\"slp-\"]"),
    ("ignore", "[\"clock-skew\"]"),
    ("lang", "\"ja\""),
    ("min-confidence", "0.5"),
    ("color", "\"never\""),
    ("no-progress", "true"),
    ("quiet", "true"),
    ("fail-on", "\"critical\""),
    ("baseline", "\"last.json\""),
    ("suppress", "\"accepted.yaml\""),
    ("timezone", "\"Asia/Tokyo\""),
    ("assume-timezone", "\"UTC\""),
];

/// Fills in what the user did not say. Returns the file that was read.
pub(crate) fn apply(args: &mut Args, matches: &ArgMatches) -> anyhow::Result<Option<PathBuf>> {
    let no_config = args.no_config;
    let named = args.config.clone();
    let Some(path) = (if no_config { None } else { named.or_else(|| find(&args.command.paths())) }) else { return Ok(None) };
    let settings = read(&path)?;
    let Some((_, matches)) = matches.subcommand() else { return Ok(Some(path)) };
    let open = Open { matches, path: &path };
    match &mut args.command {
        Command::Diagnose { args, known, .. } => {
            open.diagnose(args, &settings)?;
            open.known(known, &settings);
        }
        Command::Inspect(args) => open.diagnose(args, &settings)?,
        Command::Check(check) => {
            open.diagnose(&mut check.diagnose, &settings)?;
            open.known(&mut check.known, &settings);
            open.word::<SeverityArg>("fail_on", settings.fail_on.as_deref(), &mut check.fail_on)?;
        }
        Command::Diff(diff) => {
            open.set("jobs", settings.jobs.map(Some), &mut diff.jobs);
            open.set("limit", settings.limit.clone(), &mut diff.limit);
            open.set("strict", settings.strict, &mut diff.strict);
            open.time(&mut diff.time, &settings)?;
            open.rules(&mut diff.rules, &settings);
            open.output(&mut diff.output, &settings)?;
        }
        Command::Explain(explain) => {
            open.time(&mut explain.time, &settings)?;
            open.rules(&mut explain.rules, &settings);
            open.set("jobs", settings.jobs.map(Some), &mut explain.jobs);
            open.set("limit", settings.limit, &mut explain.limit);
            open.word::<ColorArg>("color", settings.color.as_deref(), &mut explain.color)?;
            open.word::<LanguageArg>("lang", settings.lang.as_deref(), &mut explain.lang)?;
            open.set("quiet", settings.quiet, &mut explain.quiet);
        }
        Command::Redact(redact) => {
            open.rules(&mut redact.rules, &settings);
            open.set("jobs", settings.jobs.map(Some), &mut redact.jobs);
            open.set("limit", settings.limit, &mut redact.limit);
            open.set("no_progress", settings.no_progress, &mut redact.no_progress);
            open.set("quiet", settings.quiet, &mut redact.quiet);
        }
        Command::Eval(eval) => open.rules(&mut eval.rules, &settings),
        Command::Rules(_) | Command::Completions { .. } | Command::Man { .. } => {}
    }
    Ok(Some(path))
}

/// What is still open on a command line.
struct Open<'a> {
    matches: &'a ArgMatches,
    path: &'a Path,
}

impl Open<'_> {
    fn diagnose(&self, args: &mut DiagnoseArgs, settings: &Settings) -> anyhow::Result<()> {
        self.input(&mut args.input, settings);
        self.time(&mut args.time, settings)?;
        self.rules(&mut args.rules, settings);
        self.output(&mut args.output, settings)
    }

    fn input(&self, args: &mut InputArgs, settings: &Settings) {
        self.set("jobs", settings.jobs.map(Some), &mut args.jobs);
        self.set("limit", settings.limit.clone(), &mut args.limit);
        self.set("strict", settings.strict, &mut args.strict);
    }

    fn time(&self, args: &mut TimeArgs, settings: &Settings) -> anyhow::Result<()> {
        for (id, setting, value) in [
            ("timezone", &settings.timezone, &mut args.timezone),
            ("assume_timezone", &settings.assume_timezone, &mut args.assume_timezone),
        ] {
            let Some(text) = setting else { continue };
            let region = Region::parse(text)
                .map_err(|error| anyhow::anyhow!("{}: `{}` cannot be so: {error}", self.path.display(), id.replace('_', "-")))?;
            self.set(id, Some(Some(region)), value);
        }
        Ok(())
    }

    fn rules(&self, args: &mut RuleArgs, settings: &Settings) {
        // Folders are meant as seen from the file.
        let folder = self.path.parent().unwrap_or(Path::new(""));
        let rules = settings.rules.as_ref().map(|rules| rules.iter().map(|rules| folder.join(rules)).collect());
        self.set("rules", rules, &mut args.rules);
        self.set("no_embedded_rules", settings.no_embedded_rules, &mut args.no_embedded_rules);
    }

    fn known(&self, args: &mut KnownArgs, settings: &Settings) {
        let folder = self.path.parent().unwrap_or(Path::new(""));
        self.set("baseline", settings.baseline.as_ref().map(|file| Some(folder.join(file))), &mut args.baseline);
        self.set("suppress", settings.suppress.as_ref().map(|file| Some(folder.join(file))), &mut args.suppress);
    }

    fn output(&self, args: &mut OutputArgs, settings: &Settings) -> anyhow::Result<()> {
        let mut format = args.format.unwrap_or(FormatArg::Table);
        self.word::<FormatArg>("format", settings.format.as_deref(), &mut format)?;
        args.format = args.format.or(settings.format.is_some().then_some(format));
        self.set("select", settings.select.clone(), &mut args.select);
        self.set("ignore", settings.ignore.clone(), &mut args.ignore);
        self.word::<LanguageArg>("lang", settings.lang.as_deref(), &mut args.lang)?;
        self.set("min_confidence", settings.min_confidence, &mut args.min_confidence);
        if !(0.0..=1.0).contains(&args.min_confidence) {
            bail!("{}: `min-confidence` lies between 0 and 1", self.path.display());
        }
        self.word::<ColorArg>("color", settings.color.as_deref(), &mut args.color)?;
        self.set("no_progress", settings.no_progress, &mut args.no_progress);
        self.set("quiet", settings.quiet, &mut args.quiet);
        Ok(())
    }

    /// Whether neither a flag nor the environment said anything.
    fn is_open(&self, id: &str) -> bool {
        !matches!(self.matches.value_source(id), Some(ValueSource::CommandLine | ValueSource::EnvVariable))
    }

    fn set<T>(&self, id: &str, setting: Option<T>, value: &mut T) {
        if let Some(setting) = setting.filter(|_| self.is_open(id)) {
            *value = setting;
        }
    }

    fn word<T: clap::ValueEnum>(&self, id: &str, setting: Option<&str>, value: &mut T) -> anyhow::Result<()> {
        let Some(word) = setting else { return Ok(()) };
        let known =
            || T::value_variants().iter().filter_map(T::to_possible_value).map(|value| value.get_name().to_owned()).collect::<Vec<_>>();
        match T::from_str(word, true) {
            Ok(setting) => self.set(id, Some(setting), value),
            Err(_) => bail!("{}: `{}` cannot be `{word}`; there are {}", self.path.display(), id.replace('_', "-"), known().join(", ")),
        }
        Ok(())
    }
}

fn read(path: &Path) -> anyhow::Result<Settings> {
    let failed = || format!("cannot read the configuration file {}", path.display());
    let mut text = String::new();
    // A device says no length.
    File::open(path).and_then(|file| file.take(LARGEST + 1).read_to_string(&mut text)).with_context(failed)?;
    if text.len() as u64 > LARGEST {
        bail!("{} is larger than {LARGEST} bytes; it is no configuration file", path.display());
    }
    toml::from_str(&text).map_err(|error| {
        let line = error.span().map_or(0, |span| text.get(..span.start).unwrap_or_default().matches('\n').count() + 1);
        let mut message = error.message().lines().next().unwrap_or_default().to_owned();
        if let Some(key) = message.strip_prefix("unknown field `").and_then(|rest| rest.split('`').next()) {
            let known = KEYS.map(|(key, _)| key);
            let near = spelling::nearest(key, known.into_iter()).map_or_else(String::new, |near| format!(" did you mean `{near}`?"));
            message = format!("no key `{key}`;{near} There are {}", known.join(", "));
        }
        anyhow::anyhow!("{}:{line}: {message}", path.display())
    })
}

/// The file nearest to the working folder, else the user's own. What lies inside a case was written by somebody else.
fn find(case: &[&PathBuf]) -> Option<PathBuf> {
    let inputs: Vec<PathBuf> = case.iter().filter_map(|path| path.canonicalize().ok()).collect();
    let foreign = |path: &PathBuf| path.canonicalize().is_ok_and(|path| inputs.iter().any(|input| path.starts_with(input)));
    let here = std::env::current_dir().ok()?;
    let folders = here.ancestors().map(Path::to_path_buf);
    let near = folders.flat_map(|folder| NAMES.map(|name| folder.join(name)));
    near.filter(|path| !foreign(path)).chain(own()).find(|path| path.is_file())
}

fn own() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let folder = set("XDG_CONFIG_HOME").or_else(|| set("APPDATA")).or_else(|| set("HOME").map(|home| home.join(".config")))?;
    Some(folder.join("bundlescope").join("config.toml"))
}

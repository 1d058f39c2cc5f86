//! What can be typed. Doc comments are the help.

use std::path::PathBuf;

use bundlescope::formats::time::Region;
use bundlescope::report::model::Severity;
use bundlescope::rules::translation::Language;
use bundlescope::scan::window::{Bound, Window};
use clap::{Parser, Subcommand, ValueEnum};

/// Opens a support case and ranks what is wrong with its Cisco Smart Licensing.
#[derive(Debug, Parser)]
#[command(name = "bundlescope", version, arg_required_else_help = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Configuration file
    ///
    /// Without it the first `bundlescope.toml` or `.bundlescope.toml` from the working folder upwards is read, else the user's own
    /// `bundlescope/config.toml`. Never one that lies inside a case.
    #[arg(long, value_name = "FILE", env = "BUNDLESCOPE_CONFIG", global = true, help_heading = "Configuration", hide_short_help = true)]
    pub(crate) config: Option<PathBuf>,
    /// Read no configuration file
    #[arg(long, global = true, help_heading = "Configuration", hide_short_help = true)]
    pub(crate) no_config: bool,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Rank what is wrong
    Diagnose {
        #[command(flatten)]
        args: DiagnoseArgs,
        #[command(flatten)]
        known: KnownArgs,
        /// Every PATH is a case of its own, one after the other as NDJSON
        #[arg(long, help_heading = "Input", hide_short_help = true)]
        per_input: bool,
    },
    /// The same for CI: exit 1 at or above a severity
    Check(CheckArgs),
    /// What is in a case: artifacts, devices, facts, gaps
    Inspect(DiagnoseArgs),
    /// Two cases or reports: what is new, changed, gone
    Diff(DiffArgs),
    /// One diagnosis in full; with a case, why or why not
    Explain(ExplainArgs),
    /// A copy of a case that can be shared, with proof
    Redact(RedactArgs),
    /// The rule library: list, show, check, extend
    Rules(RulesArgs),
    /// Run labelled cases: how good the diagnoses are
    Eval(EvalArgs),
    /// Print a completion script for a shell
    ///
    /// It completes verbs, options, their values and the ids of the embedded diagnoses.
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page, of one verb or of all
    Man {
        /// The verb (`diagnose`, `rules lint`); without one the page of the program
        #[arg(value_name = "VERB")]
        verb: Vec<String>,
        /// Write the pages of all verbs into this folder
        #[arg(short, long, value_name = "DIR", conflicts_with = "verb")]
        output: Option<PathBuf>,
        /// Print one page of everything in Markdown: verbs, options, variables, settings, statuses, limits
        #[arg(long, conflicts_with_all = ["verb", "output"])]
        markdown: bool,
    },
}

impl Command {
    /// The case, where there is one.
    pub(crate) fn paths(&self) -> Vec<&PathBuf> {
        match self {
            Self::Diagnose { args, .. } | Self::Inspect(args) => args.input.paths.iter().collect(),
            Self::Check(args) => args.diagnose.input.paths.iter().collect(),
            Self::Diff(args) => vec![&args.old, &args.new],
            Self::Explain(args) => args.paths.iter().collect(),
            Self::Redact(args) => args.paths.iter().collect(),
            Self::Rules(_) | Self::Eval(_) | Self::Completions { .. } | Self::Man { .. } => Vec::new(),
        }
    }

    /// When to colour.
    pub(crate) fn color(&self) -> ColorArg {
        match self {
            Self::Diagnose { args, .. } | Self::Inspect(args) => args.output.color,
            Self::Diff(args) => args.output.color,
            Self::Check(args) => args.diagnose.output.color,
            Self::Explain(args) => args.color,
            Self::Redact(_) | Self::Rules(_) | Self::Eval(_) | Self::Completions { .. } | Self::Man { .. } => ColorArg::Auto,
        }
    }

    /// Whether more was asked for on standard error.
    pub(crate) fn verbose(&self) -> bool {
        match self {
            Self::Diagnose { args, .. } | Self::Inspect(args) => args.output.verbose > 0,
            Self::Diff(args) => args.output.verbose > 0,
            Self::Check(args) => args.diagnose.output.verbose > 0,
            Self::Eval(args) => args.verbose > 0,
            Self::Explain(_) | Self::Redact(_) | Self::Rules(_) | Self::Completions { .. } | Self::Man { .. } => false,
        }
    }
}

/// Where rules come from.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Rules")]
pub(crate) struct RuleArgs {
    /// Folder of own rule files (repeatable)
    ///
    /// They are added to the embedded ones; the same id replaces an embedded one, with a note.
    #[arg(long, value_name = "DIR", env = "BUNDLESCOPE_RULES")]
    pub(crate) rules: Vec<PathBuf>,
    /// Leave the embedded rules out
    #[arg(long, hide_short_help = true)]
    pub(crate) no_embedded_rules: bool,
}

/// What to read and how.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Input")]
pub(crate) struct InputArgs {
    /// Files, folders, archives, captures; `-` is standard input
    #[arg(value_name = "PATH", required_unless_present = "limit")]
    pub(crate) paths: Vec<PathBuf>,
    /// Name of standard input in the report
    #[arg(long, value_name = "NAME", default_value = "-", hide_default_value = true, hide_short_help = true)]
    pub(crate) stdin_name: String,
    /// Threads; the report does not depend on it [default: all cores]
    #[arg(short, long, value_name = "N", env = "BUNDLESCOPE_JOBS", value_parser = threads, hide_short_help = true)]
    pub(crate) jobs: Option<usize>,
    /// Change a limit (`--limit help` lists them)
    #[arg(long, value_name = "NAME=VALUE", hide_short_help = true)]
    pub(crate) limit: Vec<String>,
    /// Exit 2 when anything could not be read whole
    #[arg(long, hide_short_help = true)]
    pub(crate) strict: bool,
    /// Map regular local files instead of reading them
    ///
    /// A mapped file that shrinks meanwhile ends the program.
    #[arg(long, hide_short_help = true)]
    pub(crate) mmap: bool,
}

/// What to report and where.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct OutputArgs {
    /// Output format
    #[arg(short, long, value_enum, value_name = "FORMAT", env = "BUNDLESCOPE_FORMAT")]
    pub(crate) format: Option<FormatArg>,
    /// Write to a file; its extension says the format
    ///
    /// It is written whole or not at all, and never over an input; `-` is standard output. Repeatable: one reading can give several reports.
    #[arg(short, long, value_name = "[FORMAT=]FILE")]
    pub(crate) output: Vec<String>,
    /// Only diagnoses of this id or prefix (repeatable)
    #[arg(long, value_name = "ID")]
    pub(crate) select: Vec<String>,
    /// No diagnoses of this id or prefix (repeatable)
    #[arg(long, value_name = "ID", hide_short_help = true)]
    pub(crate) ignore: Vec<String>,
    /// Language of what is said: en, ja, ko
    ///
    /// Titles, summaries, steps and headings are translated. Ids, keys, commands and log texts are the same in all languages.
    #[arg(long, value_enum, value_name = "LANG", default_value = "en", env = "BUNDLESCOPE_LANG")]
    pub(crate) lang: LanguageArg,
    /// Leave out findings that are less sure, 0 to 1
    #[arg(long, value_name = "P", default_value_t = bundlescope::diagnose::MIN_CONFIDENCE, value_parser = probability)]
    pub(crate) min_confidence: f64,
    /// Colour
    #[arg(long, value_enum, value_name = "WHEN", default_value = "auto", hide_short_help = true)]
    pub(crate) color: ColorArg,
    /// No progress bar
    #[arg(long, hide_short_help = true)]
    pub(crate) no_progress: bool,
    /// No warnings and no progress; errors stay
    #[arg(short, long)]
    pub(crate) quiet: bool,
    /// More: all evidence, all that was not read
    #[arg(short, long, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
}

/// What time counts, and how times are read and shown.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Time")]
pub(crate) struct TimeArgs {
    /// Only from then on: `2021-06-29T11:12`, `36h`
    ///
    /// A date, a date with a time and perhaps an offset, or how long before the newest time of the case (`s`, `m`, `h`, `d`, `w`).
    /// What states no time counts all the same. Lines without a year are dated by what stands beside them; a case with a window is
    /// read twice for that.
    #[arg(long, value_name = "TIME", value_parser = |text: &str| Bound::parse(text, false), allow_hyphen_values = true)]
    pub(crate) since: Option<Bound>,
    /// Only up to then; a date counts to its end
    #[arg(long, value_name = "TIME", value_parser = |text: &str| Bound::parse(text, true), allow_hyphen_values = true)]
    pub(crate) until: Option<Bound>,
    /// Show times in this zone: `+09:00`, `Asia/Tokyo`
    ///
    /// --since and --until are meant in it too, where they state no offset. JSON, NDJSON and SARIF keep the offsets of the sources.
    #[arg(long, value_name = "ZONE", env = "BUNDLESCOPE_TIMEZONE", value_parser = Region::parse, allow_hyphen_values = true, hide_short_help = true)]
    pub(crate) timezone: Option<Region>,
    /// The zone of times that state none
    #[arg(
        long,
        value_name = "ZONE",
        env = "BUNDLESCOPE_ASSUME_TIMEZONE",
        value_parser = Region::parse,
        allow_hyphen_values = true,
        hide_short_help = true
    )]
    pub(crate) assume_timezone: Option<Region>,
}

impl TimeArgs {
    /// What was asked for.
    pub(crate) fn window(&self) -> Window {
        Window { since: self.since.clone(), until: self.until.clone() }
    }
}

fn threads(text: &str) -> Result<usize, String> {
    text.parse().map_err(|_| format!("`{text}` is no number of threads; give a whole number, 0 is every core"))
}

fn probability(text: &str) -> Result<f64, String> {
    let value: f64 = text.parse().map_err(|_| format!("`{text}` is no number"))?;
    if (0.0..=1.0).contains(&value) { Ok(value) } else { Err("a probability lies between 0 and 1".to_owned()) }
}

/// `diagnose` and `inspect`.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct DiagnoseArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    #[command(flatten)]
    pub(crate) time: TimeArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    #[command(flatten)]
    pub(crate) rules: RuleArgs,
    #[command(flatten)]
    pub(crate) redaction: RedactionArgs,
}

/// Findings that are known.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Known findings")]
pub(crate) struct KnownArgs {
    /// An earlier JSON report: what it holds is known
    ///
    /// Findings with the same fingerprint are marked, and `check` does not count them.
    #[arg(long, value_name = "REPORT.json")]
    pub(crate) baseline: Option<PathBuf>,
    /// A YAML file of accepted findings, with reasons
    ///
    /// Entries have `id` and `reason`, and may have `device`, `fingerprint`, `artifact` (a glob) and `until` (a date). What they match is
    /// marked, and `check` does not count it; nor does it count what such a finding explains.
    #[arg(long, value_name = "FILE")]
    pub(crate) suppress: Option<PathBuf>,
}

/// `check`.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) diagnose: DiagnoseArgs,
    #[command(flatten)]
    pub(crate) known: KnownArgs,
    /// Least severity that fails the check
    #[arg(long, value_enum, value_name = "SEVERITY", default_value = "high")]
    pub(crate) fail_on: SeverityArg,
}

/// `diff`.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct DiffArgs {
    /// The earlier one: a case, or a report as JSON or NDJSON
    #[arg(value_name = "OLD")]
    pub(crate) old: PathBuf,
    /// The later one; `-` for one of the two is a report that is piped
    #[arg(value_name = "NEW")]
    pub(crate) new: PathBuf,
    /// Exit 1 when a new finding is at or above this severity
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub(crate) fail_on: Option<SeverityArg>,
    /// Threads; the comparison does not depend on it [default: all cores]
    #[arg(short, long, value_name = "N", env = "BUNDLESCOPE_JOBS", value_parser = threads, hide_short_help = true)]
    pub(crate) jobs: Option<usize>,
    /// Change a limit (`--limit help` lists them)
    #[arg(long, value_name = "NAME=VALUE", hide_short_help = true)]
    pub(crate) limit: Vec<String>,
    /// Exit 2 when anything of a case could not be read whole
    #[arg(long, hide_short_help = true)]
    pub(crate) strict: bool,
    #[command(flatten)]
    pub(crate) time: TimeArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    #[command(flatten)]
    pub(crate) rules: RuleArgs,
}

impl DiffArgs {
    /// One of the two as the other verbs take a case.
    pub(crate) fn input(&self, path: &std::path::Path) -> InputArgs {
        InputArgs {
            paths: vec![path.to_owned()],
            stdin_name: "-".to_owned(),
            jobs: self.jobs,
            limit: self.limit.clone(),
            strict: self.strict,
            mmap: false,
        }
    }
}

/// `explain`.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct ExplainArgs {
    /// Id of a diagnosis
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// A case: says for each device why the diagnosis was or was not made; a lone `-` reads standard input
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Name of standard input
    #[arg(long, value_name = "NAME", default_value = "-", hide_default_value = true, hide_short_help = true)]
    pub(crate) stdin_name: String,
    /// Threads; the answer does not depend on it [default: all cores]
    #[arg(short, long, value_name = "N", env = "BUNDLESCOPE_JOBS", value_parser = threads, hide_short_help = true)]
    pub(crate) jobs: Option<usize>,
    /// Change a limit (`--limit help` lists them)
    #[arg(long, value_name = "NAME=VALUE", hide_short_help = true)]
    pub(crate) limit: Vec<String>,
    #[command(flatten)]
    pub(crate) time: TimeArgs,
    #[command(flatten)]
    pub(crate) rules: RuleArgs,
    /// Output format
    #[arg(short, long, value_enum, value_name = "FORMAT", default_value = "table")]
    pub(crate) format: ExplainFormat,
    /// Language of what is said: en, ja, ko
    #[arg(long, value_enum, value_name = "LANG", default_value = "en", env = "BUNDLESCOPE_LANG")]
    pub(crate) lang: LanguageArg,
    /// Colour
    #[arg(long, value_enum, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: ColorArg,
    /// No warnings; errors stay
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

/// Formats of `explain`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExplainFormat {
    /// A page for people.
    Table,
    /// For programs; without a case only.
    Json,
}

impl ExplainArgs {
    /// The case, as the other verbs take it.
    pub(crate) fn input(&self) -> InputArgs {
        InputArgs {
            paths: self.paths.clone(),
            stdin_name: self.stdin_name.clone(),
            jobs: self.jobs,
            limit: self.limit.clone(),
            strict: false,
            mmap: false,
        }
    }
}

/// What is replaced in a report.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct RedactionArgs {
    /// Replace ids, addresses, hosts and users
    ///
    /// Several are divided by commas. The same is replaced by the same everywhere. Secrets are masked always.
    #[arg(long, value_enum, value_name = "WHAT", value_delimiter = ',')]
    pub(crate) redact: Vec<RedactArg>,
    /// File whose bytes are the key of --redact: with the same key the same things are replaced by the same [default: random]
    #[arg(long, value_name = "FILE", requires = "redact", hide_short_help = true)]
    pub(crate) redact_key: Option<PathBuf>,
}

/// `redact`.
#[derive(Debug, Clone, clap::Args)]
#[command(after_long_help = super::redact::HELP)]
pub(crate) struct RedactArgs {
    /// Files, folders, archives, captures
    #[arg(value_name = "PATH", required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// Folder for the copy; it must be new or empty
    #[arg(short, long, value_name = "DIR")]
    pub(crate) output: PathBuf,
    /// File whose bytes are the key: with the same key the same things are replaced by the same [default: random]
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    /// Write what was replaced by what to a new file, which is private: it undoes the copy
    #[arg(long, value_name = "FILE")]
    pub(crate) map: Option<PathBuf>,
    /// Keep the copy even where its diagnosis differs
    #[arg(long)]
    pub(crate) keep: bool,
    /// Threads for the diagnoses [default: all cores]
    #[arg(short, long, value_name = "N", env = "BUNDLESCOPE_JOBS", value_parser = threads, hide_short_help = true)]
    pub(crate) jobs: Option<usize>,
    /// Change a limit (`--limit help` lists them)
    #[arg(long, value_name = "NAME=VALUE", hide_short_help = true)]
    pub(crate) limit: Vec<String>,
    #[command(flatten)]
    pub(crate) rules: RuleArgs,
    /// No progress bar
    #[arg(long)]
    pub(crate) no_progress: bool,
    /// No list of what was left out; errors stay
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

impl RedactArgs {
    /// The case, as the other verbs take it.
    pub(crate) fn input(&self) -> InputArgs {
        InputArgs {
            paths: self.paths.clone(),
            stdin_name: "-".to_owned(),
            jobs: self.jobs,
            limit: self.limit.clone(),
            strict: false,
            mmap: false,
        }
    }
}

/// `rules`.
#[derive(Debug, clap::Args)]
pub(crate) struct RulesArgs {
    #[command(subcommand)]
    pub(crate) command: RulesCommand,
}

/// What to do with rules.
#[derive(Debug, Subcommand)]
pub(crate) enum RulesCommand {
    /// List the diagnoses
    List {
        /// Language of titles: en, ja, ko
        #[arg(long, value_enum, value_name = "LANG", default_value = "en", env = "BUNDLESCOPE_LANG")]
        lang: LanguageArg,
        #[command(flatten)]
        rules: RuleArgs,
    },
    /// Show one rule file
    Show {
        /// Id of the diagnosis
        id: String,
        #[command(flatten)]
        rules: RuleArgs,
    },
    /// Check rule files
    Lint {
        /// Folder to check instead of the embedded rules
        #[arg(value_name = "DIR")]
        dir: Option<PathBuf>,
        /// Folder of labelled cases: name the rules that none of them shows (repeatable)
        #[arg(long, value_name = "DIR")]
        cases: Vec<PathBuf>,
    },
    /// Run the examples of rule files
    Test {
        /// Folder to test instead of the embedded rules
        #[arg(value_name = "DIR")]
        dir: Option<PathBuf>,
    },
    /// Print what texts are searched for, one pattern a line, as other search tools take them (`rg -f`)
    Patterns {
        /// The literals of the gate instead of the signals' patterns
        #[arg(long)]
        literals: bool,
        #[command(flatten)]
        rules: RuleArgs,
    },
    /// Print the JSON Schema of rule files, or of the report
    Schema {
        /// Of the report
        #[arg(long)]
        report: bool,
        /// Of a line of the report as NDJSON
        #[arg(long, conflicts_with_all = ["report", "diff"])]
        ndjson: bool,
        /// Of the comparison of two
        #[arg(long, conflicts_with = "report")]
        diff: bool,
        /// Of a diagnosis, as `explain -f json` prints it
        #[arg(long, conflicts_with_all = ["report", "ndjson", "diff"])]
        diagnosis: bool,
    },
    /// Print a commented rule file to start from
    New {
        /// Id of the diagnosis
        id: String,
    },
}

/// `eval`.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct EvalArgs {
    /// Folder of labelled cases
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// Only cases whose name contains this
    #[arg(long, value_name = "TEXT")]
    pub(crate) only: Option<String>,
    /// Least share of cases whose first finding is right
    #[arg(long, value_name = "P", default_value_t = 0.9)]
    pub(crate) min_top1: f64,
    #[command(flatten)]
    pub(crate) rules: RuleArgs,
    /// Output format
    #[arg(short, long, value_enum, value_name = "FORMAT", default_value = "table")]
    pub(crate) format: EvalFormat,
    /// Everything: every rule with its precision and recall
    #[arg(short, long, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
}

/// Formats of `eval`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum EvalFormat {
    /// For people
    Table,
    /// For programs
    Json,
}

/// Output formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FormatArg {
    /// For people
    Table,
    /// Schema bundlescope/report/v1
    Json,
    /// One object a line
    Ndjson,
    /// For tickets
    Markdown,
    /// One page
    Html,
    /// SARIF 2.1.0
    Sarif,
    /// JUnit XML
    Junit,
    /// One row a finding
    Csv,
}

/// What `--redact` replaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RedactArg {
    /// Serial numbers, instance and polling ids, names of accounts
    Ids,
    /// IP and Ethernet addresses
    Addresses,
    /// Names of hosts and domains
    Hosts,
    /// Names of users
    Users,
}

/// Languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LanguageArg {
    /// English
    En,
    /// Japanese
    Ja,
    /// Korean
    Ko,
}

impl From<LanguageArg> for Language {
    fn from(language: LanguageArg) -> Self {
        match language {
            LanguageArg::En => Self::En,
            LanguageArg::Ja => Self::Ja,
            LanguageArg::Ko => Self::Ko,
        }
    }
}

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorArg {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Severities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SeverityArg {
    /// Nothing to do
    Info,
    /// Cosmetic or advisory
    Low,
    /// Works, will stop working or needs a hand
    Medium,
    /// Licensing does not work
    High,
    /// Service is or will be lost
    Critical,
}

impl From<SeverityArg> for Severity {
    fn from(severity: SeverityArg) -> Self {
        match severity {
            SeverityArg::Info => Self::Info,
            SeverityArg::Low => Self::Low,
            SeverityArg::Medium => Self::Medium,
            SeverityArg::High => Self::High,
            SeverityArg::Critical => Self::Critical,
        }
    }
}

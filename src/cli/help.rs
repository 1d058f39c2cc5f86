//! The help of every verb: one screen for `-h`, everything for `--help`, both with examples first. Manual pages, completions and
//! the reference page are made of the same.

use bundlescope::rules::embedded;
use clap::CommandFactory as _;
use clap::builder::{PossibleValue, PossibleValuesParser};

use super::args::Args;

/// What stands where on a page.
const TEMPLATE: &str = "{about-with-newline}\n{usage-heading} {usage}\n\n{before-help}{all-args}{after-help}";

/// Examples by verb: a command, and what it is good for.
pub(crate) const EXAMPLES: &[(&str, &[(&str, &str)])] = &[
    (
        "",
        &[
            ("bundlescope diagnose SR698123456.zip", "what is wrong, best first"),
            ("bundlescope check --fail-on high upload.tar.gz", "a gate for CI: exit 1 if something is"),
            ("bundlescope explain slp-tls-interception SR698123456.zip", "why, or why not"),
        ],
    ),
    (
        "diagnose",
        &[
            ("bundlescope diagnose SR698123456.zip", "the report for people"),
            ("bundlescope diagnose --since 36h -o r.html -o r.json case/", "the last days, as a page and as JSON"),
        ],
    ),
    (
        "check",
        &[
            ("bundlescope check --fail-on high upload.tar.gz", "exit 1 at high or critical"),
            ("bundlescope check --baseline last.json -o c.sarif case/", "only what is new counts"),
        ],
    ),
    (
        "inspect",
        &[
            ("bundlescope inspect SR698123456.zip", "devices, facts, times, what is missing"),
            ("bundlescope inspect -f json case/", "the same for programs"),
        ],
    ),
    (
        "diff",
        &[
            ("bundlescope diff last.json SR698123456.zip", "a report with a case"),
            ("bundlescope diff --fail-on high case/ upload.tar.gz", "exit 1 if something bad is new"),
        ],
    ),
    (
        "explain",
        &[
            ("bundlescope explain slp-tls-interception", "the diagnosis as the library has it"),
            ("bundlescope explain iosxe-quovadis-fn72323 case/", "why it was or was not made, leaf by leaf"),
        ],
    ),
    (
        "redact",
        &[
            ("bundlescope redact SR698123456.zip -o shareable/", "names and addresses replaced"),
            ("bundlescope redact case/ -o copy/ --map private.json", "and what was replaced by what"),
        ],
    ),
    ("rules", &[("bundlescope rules list", "every diagnosis"), ("bundlescope rules new my-own-failure", "a commented file to start from")]),
    (
        "eval",
        &[
            ("bundlescope eval cases/", "how often the first finding is right"),
            ("bundlescope eval cases/ --only tls -v", "some cases, with every rule"),
        ],
    ),
    (
        "completions",
        &[
            ("bundlescope completions bash", "for ~/.local/share/bash-completion/completions/bundlescope"),
            ("bundlescope completions zsh", "for a file _bundlescope on the fpath"),
        ],
    ),
    ("man", &[("bundlescope man diagnose", "one page; pipe it to `man -l -`"), ("bundlescope man -o man/", "a file for every verb")]),
];

/// The command line as it is parsed.
pub(crate) fn command() -> clap::Command {
    let command = with_examples(Args::command(), "");
    command.mut_subcommands(|verb| {
        let name = verb.get_name().to_owned();
        with_examples(verb, &name)
    })
}

fn with_examples(command: clap::Command, verb: &str) -> clap::Command {
    let Some((_, examples)) = EXAMPLES.iter().find(|(of, _)| *of == verb) else { return command };
    let widest = examples.iter().map(|(line, _)| line.len()).max().unwrap_or(0);
    // The purpose stands beside the command where both fit.
    let beside = examples.iter().all(|(_, what)| widest + what.len() + 4 <= 80);
    let lines: String = examples
        .iter()
        .map(|(line, what)| if beside { format!("  {line:<widest$}  {what}\n") } else { format!("  # {what}\n  {line}\n") })
        .collect();
    let plain: String = examples.iter().map(|(line, _)| format!("  {line}\n")).collect();
    command.help_template(TEMPLATE).before_help(format!("Examples:\n{plain}")).before_long_help(format!("Examples:\n{lines}"))
}

/// For `-h`: what most people need, on one screen.
pub(crate) fn short(command: clap::Command) -> clap::Command {
    let wordless = |arg: clap::Arg| {
        let few = arg.get_id() == "format";
        let valued = arg.get_action().takes_values();
        let arg = arg.hide_env(true).help_heading(None::<&str>);
        let arg = if valued { arg.hide_default_value(true) } else { arg };
        if valued && !few { arg.hide_possible_values(true) } else { arg }
    };
    let more = "`--help` tells more, and of all options.";
    let verbs = |verb: clap::Command| {
        let verb = verb.mut_args(wordless).mut_subcommands(|inner| inner.mut_args(wordless));
        if verb.has_subcommands() { verb } else { verb.after_help(more) }
    };
    command.mut_args(wordless).mut_subcommands(verbs).after_help("`bundlescope VERB -h` shows the options of a verb, `--help` all of them.")
}

/// With a version that says which rules are embedded.
pub(crate) fn versioned(command: clap::Command) -> clap::Command {
    let Ok(library) = embedded::library() else { return command };
    let rules = format!("{}\nrules: {} diagnoses, digest {}", env!("CARGO_PKG_VERSION"), library.rules.len(), library.digest);
    command.long_version(rules)
}

/// The command line with the ids of the embedded diagnoses as values, for completions.
pub(crate) fn with_ids(command: clap::Command) -> clap::Command {
    let ids: Vec<PossibleValue> = ids().into_iter().map(|(id, title)| PossibleValue::new(id).help(title)).collect();
    let fill = move |arg: clap::Arg| match arg.get_value_names() {
        Some([name]) if name == "ID" && arg.get_id() != "new" => arg.value_parser(PossibleValuesParser::new(ids.clone())),
        _ => arg,
    };
    command.mut_subcommands(|verb| {
        let verb = verb.mut_args(&fill);
        verb.mut_subcommands(|inner| if inner.get_name() == "new" { inner } else { inner.mut_args(&fill) })
    })
}

/// Ids and titles of the embedded diagnoses, by id. The titles without what acts in the double quotes that generators put them in.
pub(crate) fn ids() -> Vec<(String, String)> {
    let Ok(library) = embedded::library() else { return Vec::new() };
    let title = |title: &str| title.replace(['"', '`'], "'").replace(['$', '\\'], " ");
    let mut ids: Vec<(String, String)> = library.rules.iter().map(|rule| (rule.id.clone().into(), title(&rule.title))).collect();
    ids.sort();
    ids
}

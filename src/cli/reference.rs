//! The reference page: every verb, option, variable, setting, status and limit, from what the program itself goes by.

use std::collections::BTreeMap;

use bundlescope::intake::Limits;

use super::exit::{Exit, STATUSES};
use super::{config, help, output};

/// So many verbs share an option before it stands apart from them.
const SHARED: usize = 3;

/// Variables that no option has.
const VARIABLES: [(&str, &str); 6] = [
    ("NO_COLOR", "set and not empty: no colour"),
    ("FORCE_COLOR, CLICOLOR_FORCE", "set, and neither empty nor 0: colour wherever the output goes; stronger than `NO_COLOR`"),
    ("TERM", "`dumb`: no colour"),
    ("COLUMNS", "the width of the page where the output is no terminal; without it 100"),
    ("XDG_CONFIG_HOME, APPDATA, HOME", "where the user's own `bundlescope/config.toml` is looked for"),
    ("SOURCE_DATE_EPOCH", "seconds since 1970: the day that ends suppressions, where a run has to be repeatable"),
];

pub(crate) fn run() -> anyhow::Result<Exit> {
    output::print(&page())?;
    Ok(Exit::Success)
}

fn page() -> String {
    let mut command = help::command();
    command.build();
    let mut out = String::from(
        "# Reference\n\n<!-- Made by `bundlescope man --markdown`; `BUNDLESCOPE_UPDATE=1 cargo test --test it reference` writes it anew. -->\n\n\
         What can be typed, set and relied upon. What a report holds stands in [formats.md](formats.md), what a rule file may hold in \
         [rules.md](rules.md).\n",
    );
    let shared = shared(&command);
    out.push_str("\n## Verbs\n");
    verbs(&mut out, &command, "bundlescope", &shared);
    out.push_str("\n## Options of several verbs\n");
    let mut before = "";
    for (heading, option, verbs) in shared.values() {
        if *heading != before {
            out.push_str(&format!("\n### {heading}\n\n"));
            before = heading;
        }
        let of = if verbs.is_empty() { "all verbs".to_owned() } else { verbs.join(", ") };
        out.push_str(&item(option, Some(&of)));
    }
    settings(&mut out, &command);
    out.push_str("\n## Exit status\n\n| status | meaning |\n| --: | --- |\n");
    STATUSES.iter().for_each(|(status, meaning)| out.push_str(&format!("| {status} | {meaning} |\n")));
    out.push_str(
        "\n## Limits\n\nChanged by `--limit NAME=VALUE`. Whatever a limit leaves out is named under `errors` of the report.\n\n| name | default | what it bounds |\n| --- | --: | --- |\n",
    );
    for row in Limits::table() {
        out.push_str(&format!("| `{}` | {} | {} |\n", row.name, row.default, cell(row.meaning)));
    }
    out
}

/// By heading and place: the heading, an option that several verbs have, and which.
type Shared<'a> = BTreeMap<(usize, usize), (&'a str, &'a clap::Arg, Vec<&'a str>)>;

fn shared(command: &clap::Command) -> Shared<'_> {
    let mut headings: Vec<&str> = Vec::new();
    let mut found: Vec<(&str, &clap::Arg, Vec<&str>)> = Vec::new();
    for verb in command.get_subcommands() {
        for arg in options(verb) {
            let heading = arg.get_help_heading().unwrap_or("Other");
            if !headings.contains(&heading) {
                headings.push(heading);
            }
            let same = found.iter_mut().find(|(_, known, _)| known.get_long() == arg.get_long() && text(known) == text(arg));
            match same {
                Some((.., verbs)) => verbs.push(verb.get_name()),
                None => found.push((heading, arg, vec![verb.get_name()])),
            }
        }
    }
    let place = |heading: &str| headings.iter().position(|known| *known == heading).unwrap_or(usize::MAX);
    let global = |arg: &clap::Arg| arg.is_global_set();
    let shared = found.into_iter().enumerate().filter(|(_, (.., verbs))| verbs.len() >= SHARED);
    shared.map(|(at, (heading, arg, verbs))| ((place(heading), at), (heading, arg, if global(arg) { Vec::new() } else { verbs }))).collect()
}

/// What is to be said of: neither help nor what stands without a name.
fn options(verb: &clap::Command) -> impl Iterator<Item = &clap::Arg> {
    verb.get_arguments().filter(|arg| arg.get_long().is_some_and(|long| !matches!(long, "help" | "version")) && !arg.is_hide_set())
}

fn verbs(out: &mut String, command: &clap::Command, path: &str, shared: &Shared<'_>) {
    for verb in command.get_subcommands().filter(|verb| verb.get_name() != "help") {
        let name = format!("{path} {}", verb.get_name());
        let about = verb.get_long_about().or(verb.get_about()).map(ToString::to_string).unwrap_or_default();
        out.push_str(&format!("\n### {name}\n\n{about}\n"));
        if verb.has_subcommands() {
            verbs(out, verb, &name, shared);
            continue;
        }
        let places = verb.get_positionals().map(|arg| {
            let shown = arg.get_value_names().and_then(|names| names.first()).map(ToString::to_string).unwrap_or_default();
            let many = if matches!(arg.get_action(), clap::ArgAction::Append) { "..." } else { "" };
            if arg.is_required_set() { format!(" {shown}{many}") } else { format!(" [{shown}{many}]") }
        });
        out.push_str(&format!("\n```text\n{name} [OPTIONS]{}\n```\n\n", places.collect::<String>()));
        verb.get_positionals().for_each(|arg| out.push_str(&item(arg, None)));
        let apart = |arg: &&clap::Arg| !shared.values().any(|(_, known, _)| known.get_long() == arg.get_long() && text(known) == text(arg));
        options(verb).filter(apart).for_each(|arg| out.push_str(&item(arg, None)));
        if let Some((_, examples)) = help::EXAMPLES.iter().find(|(of, _)| name == format!("bundlescope {of}")) {
            let lines: String = examples.iter().map(|(line, what)| format!("# {what}\n{line}\n")).collect();
            out.push_str(&format!("\n```sh\n{lines}```\n"));
        }
    }
}

fn text(arg: &clap::Arg) -> String {
    arg.get_long_help().or(arg.get_help()).map(ToString::to_string).unwrap_or_default()
}

/// One argument: what it is called, what it does, what it may be.
fn item(arg: &clap::Arg, of: Option<&str>) -> String {
    let valued = arg.get_action().takes_values();
    let value = arg.get_value_names().and_then(|names| names.first()).map(ToString::to_string).unwrap_or_default();
    let mut name = match (arg.get_short(), arg.get_long()) {
        (Some(short), Some(long)) => format!("-{short}, --{long}"),
        (_, Some(long)) => format!("--{long}"),
        _ => value.clone(),
    };
    if valued && arg.get_long().is_some() {
        name.push_str(&format!(" {value}"));
    }
    let paragraphs = text(arg).replace("\n\n", ". ").replace('\n', " ");
    let mut line = format!("- `{name}`: {}.", paragraphs.trim_end_matches('.'));
    let known: Vec<String> = arg.get_possible_values().iter().map(|value| format!("`{}`", value.get_name())).collect();
    if valued && !known.is_empty() {
        line.push_str(&format!(" One of {}.", known.join(", ")));
    }
    let default: Vec<String> = arg.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect();
    if valued && !default.is_empty() {
        line.push_str(&format!(" Default `{}`.", default.join(" ")));
    }
    if let Some(of) = of {
        line.push_str(&format!(" *({of})*"));
    }
    line + "\n"
}

fn settings(out: &mut String, command: &clap::Command) {
    out.push_str("\n## Environment\n\nA flag outranks a variable, a variable the configuration file, that the default.\n\n| variable | meaning |\n| --- | --- |\n");
    let mut by_name: BTreeMap<String, String> = BTreeMap::new();
    for arg in command.get_subcommands().flat_map(options) {
        if let (Some(variable), Some(long)) = (arg.get_env(), arg.get_long()) {
            by_name.insert(variable.to_string_lossy().into_owned(), format!("as `--{long}`"));
        }
    }
    by_name.iter().for_each(|(name, meaning)| out.push_str(&format!("| `{name}` | {meaning} |\n")));
    VARIABLES.iter().for_each(|(names, meaning)| {
        let names: Vec<String> = names.split(", ").map(|name| format!("`{name}`")).collect();
        out.push_str(&format!("| {} | {meaning} |\n", names.join(", ")));
    });
    out.push_str(
        "\n## Configuration file\n\n`--config FILE`, else the first `bundlescope.toml` or `.bundlescope.toml` from the working folder upwards, else the user's own \
         `bundlescope/config.toml`; never a file inside a case. TOML; every key means what the option of its name means, paths are as seen from the file, and \
         an unknown key is an error.\n\n<!-- file: bundlescope.toml -->\n```toml\n",
    );
    config::KEYS.iter().for_each(|(key, value)| out.push_str(&format!("{key} = {value}\n")));
    out.push_str("```\n");
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

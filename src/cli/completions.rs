//! Completion scripts and manual pages, both from the argument definitions.

use std::io::{self, Write as _};
use std::path::Path;

use anyhow::{Context, bail};
use bundlescope::rules::spelling;
use clap::ValueEnum as _;
use clap_complete::Shell;

use super::exit::Exit;
use super::{help, output};

/// Verbs that take the id of a diagnosis.
const OF_ONE: [&str; 2] = ["explain", "rules show"];

pub(crate) fn completions(shell: Shell) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut help::with_ids(help::command()), "bundlescope", &mut script);
    let mut script = String::from_utf8_lossy(&script).into_owned();
    match shell {
        Shell::Bash => script = bash(script),
        Shell::Fish => script.push_str(&fish()),
        Shell::PowerShell => script = power_shell(script),
        _ => {}
    }
    output::print(&script)?;
    Ok(Exit::Success)
}

/// Once an id of `explain` is there, files follow, and no further id.
fn bash(script: String) -> String {
    let head = "        bundlescope__subcmd__explain)\n";
    let Some((before, (opts, behind))) = script.split_once(head).and_then(|(before, behind)| Some((before, behind.split_once('\n')?)))
    else {
        return script;
    };
    let files = r#"            local word
            for word in "${COMP_WORDS[@]:2:COMP_CWORD-2}" ; do
                [[ " ${opts#* --help } " == *" ${word} "* ]] && opts="${opts%% --help *} --help"
            done
"#;
    format!("{before}{head}{opts}\n{files}{behind}")
}

/// Values that stand alone, which the generator leaves out: ids and shells. Behind an id of `explain` come files.
fn fish() -> String {
    let condition = |verb: &str| {
        let words: Vec<String> = verb.split(' ').map(|word| format!("__fish_seen_subcommand_from {word}")).collect();
        words.join("; and ")
    };
    let mut lines = String::new();
    for (id, title) in help::ids() {
        for verb in OF_ONE {
            let only = if verb == "explain" { "" } else { " -f" };
            lines.push_str(&format!(
                "complete -c bundlescope -n \"{}\"{only} -a {id} -d '{}'\n",
                condition(verb),
                title.replace('\'', "\\'")
            ));
        }
    }
    let shells = Shell::value_variants().iter().map(Shell::to_string).collect::<Vec<_>>().join(" ");
    lines.push_str(&format!("complete -c bundlescope -n \"{}\" -f -a \"{shells}\"\n", condition("completions")));
    lines
}

/// The same: ids stand among the options of their verbs.
fn power_shell(script: String) -> String {
    let value = |(id, title): &(String, String)| {
        let title = title.replace('\'', "''");
        format!("            [CompletionResult]::new('{id}', '{id}', [CompletionResultType]::ParameterValue, '{title}')\n")
    };
    let values: String = help::ids().iter().map(value).collect();
    let head = |verb: &str| format!("'bundlescope;{}' {{\n", verb.replace(' ', ";"));
    OF_ONE.iter().fold(script, |script, verb| script.replacen(&head(verb), &format!("{}{values}", head(verb)), 1))
}

pub(crate) fn man(verb: &[String], folder: Option<&Path>) -> anyhow::Result<Exit> {
    let mut command = help::command();
    command.build();
    if let Some(folder) = folder {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
        for (name, page) in pages(&command, "bundlescope")? {
            output::write_file(&folder.join(format!("{name}.1")), |file| file.write_all(page.as_bytes()))?;
        }
        return Ok(Exit::Success);
    }
    let mut name = "bundlescope".to_owned();
    let mut of = &command;
    for word in verb.iter().flat_map(|words| words.split(' ')) {
        let known = || of.get_subcommands().filter(|verb| verb.get_name() != "help").map(clap::Command::get_name);
        let Some(found) = of.find_subcommand(word) else {
            let near = spelling::nearest(word, known());
            match near {
                Some(near) => bail!("no verb `{word}`; did you mean `{near}`?"),
                None => bail!("no verb `{word}`; there are {}", known().collect::<Vec<_>>().join(", ")),
            }
        };
        of = found;
        name = format!("{name}-{word}");
    }
    output::print(&page(of, &name)?)?;
    Ok(Exit::Success)
}

/// The pages of a command and of all below it, by name.
fn pages(command: &clap::Command, name: &str) -> anyhow::Result<Vec<(String, String)>> {
    let mut all = vec![(name.to_owned(), page(command, name)?)];
    for verb in command.get_subcommands().filter(|verb| verb.get_name() != "help") {
        all.extend(pages(verb, &format!("{name}-{}", verb.get_name()))?);
    }
    Ok(all)
}

fn page(command: &clap::Command, name: &str) -> anyhow::Result<String> {
    let mut page: Vec<u8> = Vec::new();
    // What `-h` leaves out stands in a manual.
    let shown = |arg: clap::Arg| arg.hide_short_help(false);
    // Examples come last in a manual, as elsewhere.
    let examples = command.get_before_long_help().map(ToString::to_string).unwrap_or_default();
    let command =
        command.clone().mut_args(shown).name(name.to_owned()).bin_name(name.replace('-', " ")).before_help("").before_long_help("");
    let rendered = clap_mangen::Man::new(command).title(name.to_uppercase()).render(&mut page);
    rendered.map_err(|error: io::Error| anyhow::Error::new(error).context("cannot make the manual page"))?;
    let mut page = String::from_utf8_lossy(&page).into_owned();
    if let Some(examples) = examples.strip_prefix("Examples:\n") {
        page.push_str(&format!(".SH EXAMPLES\n.nf\n{}.fi\n", examples.replace('\\', "\\e").replace('-', "\\-")));
    }
    Ok(page)
}

//! What the pages show is what the program does: their commands run, their output is the program's, and the files
//! they name exist.
//!
//! In README.md and below docs/, every ```` ```console ```` block runs, line by line. `$ echo $?` states the exit status
//! of the command above it, 0 otherwise. In the output a line `...` stands for any lines and `[..]` for any text
//! within a line. HTML comments above a block say more:
//!
//! - `<!-- file: NAME -->`: the block is a file that the page's commands find.
//! - `<!-- paragraphs: 1 2 4 -->`: the output is recorded: these paragraphs of the real one and its last, `...` between.
//!   `BUNDLESCOPE_UPDATE=1 cargo test --test it readme` records it anew.
//! - `<!-- needs: PROGRAM -->`: it runs where that is installed.
//! - `<!-- not run: WHY -->`: it does not run.

use std::path::Path;
use std::process::Command;

use crate::support;

const PAGES: &[&str] = &["README.md", "docs/rules.md", "docs/formats.md", "docs/tickets.md", "docs/ci/README.md"];
const PROGRAM: &str = env!("CARGO_BIN_EXE_bundlescope");

#[test]
fn the_pages_show_what_the_program_does() {
    let wrong: Vec<String> = PAGES.iter().flat_map(|page| play(page)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// The first block of the README is the whole start: build and run, test.
#[test]
fn two_commands_start() {
    let page = read("README.md");
    let start = blocks(&page).into_iter().find(|block| block.language == "sh").expect("a block of commands");
    let [run, test] = start.lines[..] else { panic!("not two commands: {:?}", start.lines) };
    assert!(run.starts_with("cargo run --release -- diagnose corpora/"), "{run}");
    assert_eq!(test, "cargo test");
    // The recorded output below is that of the first command.
    let shown = format!("$ {run}");
    assert!(blocks(&page).iter().any(|block| !block.recorded.is_empty() && block.lines[0] == shown), "no output recorded of {run}");
}

#[test]
fn files_that_the_pages_name_exist() {
    let root = support::root();
    let mut missing = Vec::new();
    for page in [
        "README.md",
        "ARCHITECTURE.md",
        "CHANGELOG.md",
        "docs/rules.md",
        "docs/formats.md",
        "docs/tickets.md",
        "docs/reference.md",
        "docs/ci/README.md",
        "corpora/README.md",
        "rules/facts/README.md",
    ] {
        let folder = root.join(page).parent().expect("a page lies in a folder").to_owned();
        for target in links(&read(page)) {
            if !folder.join(target.split('#').next().unwrap_or_default()).exists() {
                missing.push(format!("{page} links to {target}"));
            }
        }
    }
    for name in code_spans(&read("ARCHITECTURE.md")) {
        let is_path =
            ["src/", "rules/", "tests/", "corpora/", "schema/", "docs/", "fuzz/", "benches/"].iter().any(|top| name.starts_with(top));
        if is_path && !name.contains(['<', '*']) && !root.join(name).exists() {
            missing.push(format!("ARCHITECTURE.md names {name}"));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// A fenced block of a page.
#[derive(Debug, Default)]
struct Block<'a> {
    language: &'a str,
    /// Number of its opening line, from 0.
    at: usize,
    lines: Vec<&'a str>,
    file: Option<&'a str>,
    recorded: Vec<usize>,
    not_run: bool,
}

fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut next = Block::default();
    let mut lines = page.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        if let Some(comment) = line.strip_prefix("<!-- ").and_then(|rest| rest.strip_suffix(" -->")) {
            match comment.split_once(": ") {
                Some(("file", name)) => next.file = Some(name),
                Some(("paragraphs", numbers)) => next.recorded = numbers.split(' ').filter_map(|number| number.parse().ok()).collect(),
                Some(("not run", _)) => next.not_run = true,
                Some(("needs", program)) => next.not_run = !support::is_installed(program),
                _ => {}
            }
        } else if let Some(language) = line.strip_prefix("```") {
            let lines = lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "```").collect();
            blocks.push(Block { language, at, lines, ..std::mem::take(&mut next) });
        }
    }
    blocks
}

/// Runs everything on a page, in a folder of its own that holds the labelled cases and the page's files.
fn play(name: &str) -> Vec<String> {
    let page = read(name);
    let folder = tempfile::tempdir().expect("a folder for the page");
    #[cfg(unix)]
    std::os::unix::fs::symlink(support::root().join("corpora"), folder.path().join("corpora")).expect("a link to the cases");
    let mut wrong = Vec::new();
    let mut renewed: Vec<String> = page.lines().map(str::to_owned).collect();
    for block in blocks(&page).iter().rev().filter(|block| block.file.is_some()) {
        let file = folder.path().join(block.file.unwrap_or_default());
        std::fs::create_dir_all(file.parent().expect("a file lies in a folder")).expect("a folder for the page's file");
        std::fs::write(file, block.lines.join("\n") + "\n").expect("the page's file is written");
    }
    for block in blocks(&page).iter().rev() {
        if cfg!(not(unix)) || block.not_run || block.file.is_some() || !matches!(block.language, "console" | "sh") {
            continue;
        }
        for step in steps(block) {
            let at = format!("{name}:{}: {}", block.at + 1, step.command);
            let Some((status, output)) = run(step.command, folder.path()) else {
                wrong.push(format!("{at}\n  is no command of this program; say why it does not run"));
                continue;
            };
            if status != step.status {
                wrong.push(format!("{at}\n  exit status {status:?}, the page says {:?}\n{output}", step.status));
            }
            if !block.recorded.is_empty() {
                let recorded = excerpt(&output, &block.recorded);
                if recorded != step.output {
                    if std::env::var_os("BUNDLESCOPE_UPDATE").is_some() {
                        let from = block.at + 2;
                        renewed.splice(from..from + step.output.len(), recorded);
                    } else {
                        wrong.push(format!("{at}\n  the recorded output is not today's; BUNDLESCOPE_UPDATE=1 records it anew"));
                    }
                }
            } else if block.language == "console" && !is_like(&output, &step.output) {
                wrong.push(format!("{at}\n  prints\n{output}\n  the page says\n{}", step.output.join("\n")));
            }
        }
    }
    let renewed = renewed.join("\n") + "\n";
    if renewed != page {
        std::fs::write(support::root().join(name), renewed).expect("the page is written");
    }
    wrong
}

/// One command of a block, and what the page says of it.
struct Step<'a> {
    command: &'a str,
    output: Vec<String>,
    status: Option<i32>,
}

fn steps<'a>(block: &Block<'a>) -> Vec<Step<'a>> {
    let mut steps: Vec<Step<'a>> = Vec::new();
    let mut lines = block.lines.iter().peekable();
    while let Some(line) = lines.next() {
        let command = if block.language == "sh" { Some(*line) } else { line.strip_prefix("$ ") };
        match (command, steps.last_mut()) {
            (Some("cargo test"), _) => {}
            (Some("echo $?"), Some(step)) => step.status = lines.next().and_then(|status| status.parse().ok()),
            (Some(command), _) => steps.push(Step { command, output: Vec::new(), status: Some(0) }),
            (None, Some(step)) => step.output.push((*line).to_owned()),
            (None, None) => panic!("line {}: output before any command: {line}", block.at + 2),
        }
    }
    steps
}

/// Exit status and output of a command, as a person sees it on a terminal of 100 columns. `None` where it is not the program.
fn run(command: &str, folder: &Path) -> Option<(Option<i32>, String)> {
    let program = Path::new(PROGRAM).parent().expect("the program lies in a folder");
    let command = command.strip_prefix("cargo run --release -- ").map_or_else(|| command.to_owned(), |rest| format!("bundlescope {rest}"));
    if !command.split(['|', '&']).any(|part| part.trim().starts_with("bundlescope ")) {
        return None;
    }
    let path = std::env::join_paths(
        std::iter::once(program.to_owned()).chain(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())),
    );
    let mut shell = Command::new("sh");
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("BUNDLESCOPE_") {
            shell.env_remove(name);
        }
    }
    let output = shell
        .args(["-c", &command])
        .current_dir(folder)
        .env("PATH", path.expect("folders of PATH join"))
        .env("COLUMNS", "100")
        .env("NO_COLOR", "1")
        .env_remove("FORCE_COLOR")
        .env_remove("CLICOLOR_FORCE")
        .output()
        .expect("sh runs");
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).expect("output is UTF-8")).concat();
    Some((output.status.code(), text))
}

/// The paragraphs numbered (from 1) and the last, a `...` for what is between them.
fn excerpt(output: &str, numbers: &[usize]) -> Vec<String> {
    let paragraphs: Vec<&str> = output.trim_end().split("\n\n").collect();
    let mut kept = Vec::new();
    let mut next = 1;
    for number in numbers.iter().copied().chain([paragraphs.len()]) {
        if let Some(paragraph) = paragraphs.get(number - 1).filter(|_| number >= next) {
            kept.extend((number > next).then_some("..."));
            kept.push(paragraph);
            next = number + 1;
        }
    }
    kept.join("\n\n").lines().map(|line| line.trim_end().to_owned()).collect()
}

/// Whether output is what the page shows of it.
fn is_like(output: &str, shown: &[String]) -> bool {
    let output: Vec<&str> = output.trim_end().lines().map(str::trim_end).collect();
    let parts: Vec<&[String]> = shown.split(|line| line == "...").collect();
    let fits = |at: usize, part: &[String]| {
        output.get(at..at + part.len()).is_some_and(|lines| lines.iter().zip(part).all(|(line, shown)| line_is_like(line, shown)))
    };
    let mut at = 0;
    for (index, part) in parts.iter().enumerate() {
        let last = index + 1 == parts.len();
        let latest = output.len().saturating_sub(part.len());
        let found = match (index, last) {
            (0, true) => (output.len() == part.len()).then_some(0),
            (0, false) => Some(0),
            (_, true) => (latest >= at).then_some(latest),
            _ => (at..=latest).find(|at| fits(*at, part)),
        };
        let Some(start) = found.filter(|start| fits(*start, part)) else { return false };
        at = start + part.len();
    }
    true
}

fn line_is_like(line: &str, shown: &str) -> bool {
    let Some((head, rest)) = shown.split_once("[..]") else { return line == shown };
    let Some(mut left) = line.strip_prefix(head) else { return false };
    let mut rest = rest;
    while let Some((part, after)) = rest.split_once("[..]") {
        let Some(at) = left.find(part) else { return false };
        left = &left[at + part.len()..];
        rest = after;
    }
    left.ends_with(rest)
}

#[test]
fn gaps_stand_for_anything_and_nothing_else_does() {
    let shown = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    for (output, page, like) in [
        ("a\nb\nc\n", "a\nb\nc", true),
        ("a\nb\nc\n", "a\nc", false),
        ("a\nb\nc\n", "a\n...\nc", true),
        ("a\nb\nc\n", "...\nb\n...", true),
        ("a\nb\nc\n", "...\nc\n...\nb\n...", false),
        ("a\nb\nc\n", "a\n...\nd", false),
        ("a\nb\nc\n", "a\nb", false),
        ("a\n", "a\n...\na", false),
        ("found 12 things in 3 places\n", "found [..] things in [..] places", true),
        ("found 12 things in 3 places\n", "found [..] things in [..] place", false),
        ("", "", true),
        ("a\n", "", false),
    ] {
        assert_eq!(is_like(output, &shown(page)), like, "{output:?} shown as {page:?}");
    }
}

fn read(name: &str) -> String {
    std::fs::read_to_string(support::root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Targets of links to files of the project.
fn links(page: &str) -> impl Iterator<Item = &str> {
    page.split("](").skip(1).filter_map(|rest| rest.split(')').next()).filter(|target| !target.contains("://") && !target.starts_with('#'))
}

/// What stands between single backticks.
fn code_spans(page: &str) -> impl Iterator<Item = &str> {
    page.lines().filter(|line| !line.starts_with("```")).flat_map(|line| line.split('`').skip(1).step_by(2))
}

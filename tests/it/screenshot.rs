//! The picture at the head of README.md is what the program prints, in its colours: `docs/screenshot.svg`, drawn anew by
//! `BUNDLESCOPE_UPDATE=1 cargo test --test it screenshot`.

use std::fmt::Write as _;
use std::fs;

use crate::support;

/// The case of README.md's first command, as a user types it who has the program.
const CASE: &str = "corpora/first-light/first-light.zip";
/// Columns of the terminal.
const COLUMNS: usize = 100;
/// Paragraphs that are drawn: verdict, table, and the first finding.
const PARAGRAPHS: usize = 3;
/// Size of a character, and where the text begins.
/// Width of a character and height of a line.
const CELL: f64 = 8.4;
const LINE: f64 = 18.0;
/// Where the text begins.
const LEFT: f64 = 18.0;
const TOP: f64 = 56.0;

#[test]
fn the_picture_shows_what_the_program_prints() {
    let output = support::command()
        .args(["diagnose", "--no-config", "--no-progress", "--color", "always", CASE])
        .env("COLUMNS", COLUMNS.to_string())
        .current_dir(support::root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let shown = text.split("\n\n").take(PARAGRAPHS).collect::<Vec<_>>().join("\n\n");
    let picture = drawn(&format!("\u{1b}[1m$\u{1b}[0m bundlescope diagnose {CASE}\n{shown}"));
    let path = support::root().join("docs/screenshot.svg");
    support::is_as_committed(&path, &picture);
    // Nothing from elsewhere, and no line beyond the edge.
    assert!(!picture.contains("href") && !picture.contains("url(") && !picture.contains("<script"));
    assert!(fs::read_to_string(support::root().join("README.md")).unwrap().contains("](docs/screenshot.svg)"));
}

/// Text with colours as a picture of a dark terminal.
fn drawn(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let (width, height) = (LEFT * 2.0 + COLUMNS as f64 * CELL, TOP + lines.len() as f64 * LINE + 8.0);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" height=\"{height:.0}\" role=\"img\" \
         aria-label=\"What bundlescope prints of a case: verdict, table of findings, and the first finding with its evidence\">\n\
         <rect width=\"{width:.0}\" height=\"{height:.0}\" rx=\"8\" fill=\"#14171a\"/>\n"
    );
    for (at, colour) in ["#e5645c", "#d9a441", "#5fae6a"].iter().enumerate() {
        let _ = writeln!(svg, "<circle cx=\"{}\" cy=\"20\" r=\"6\" fill=\"{colour}\"/>", 24 + 20 * at);
    }
    svg.push_str(
        "<g font-family=\"ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace\" font-size=\"14\" fill=\"#e4e7e9\">\n",
    );
    for (at, line) in lines.iter().enumerate() {
        let y = TOP + at as f64 * LINE;
        let mut column = 0;
        for (style, run) in runs(line) {
            let begin = run.len() - run.trim_start().len();
            let shown = run.trim();
            let count = shown.chars().count();
            if count > 0 {
                let x = LEFT + (column + begin) as f64 * CELL;
                // Browsers let several blanks collapse, whatever the picture says of them.
                let text = shown.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace(' ', "\u{a0}");
                let _ = writeln!(
                    svg,
                    "<text x=\"{x:.1}\" y=\"{y:.0}\" textLength=\"{:.1}\" lengthAdjust=\"spacingAndGlyphs\"{}>{text}</text>",
                    count as f64 * CELL,
                    attributes(&style)
                );
            }
            column += run.chars().count();
        }
        assert!(column <= COLUMNS || line.contains("corpora/"), "{line}");
    }
    svg.push_str("</g>\n</svg>\n");
    svg
}

/// Pieces of a line, each with the codes in force (ECMA-48, Select Graphic Rendition).
fn runs(line: &str) -> Vec<(Vec<u8>, String)> {
    let mut runs: Vec<(Vec<u8>, String)> = Vec::new();
    let mut style: Vec<u8> = Vec::new();
    for (at, piece) in line.split("\u{1b}[").enumerate() {
        let text = if at == 0 {
            piece
        } else {
            let (codes, text) = piece.split_once('m').expect("only colours");
            for code in codes.split(';').map(|code| code.parse::<u8>().unwrap_or(0)) {
                if code == 0 { style.clear() } else { style.push(code) }
            }
            text
        };
        runs.push((style.clone(), text.to_owned()));
    }
    runs
}

fn attributes(style: &[u8]) -> String {
    let mut text = String::new();
    for code in style {
        text.push_str(match code {
            1 => " font-weight=\"bold\"",
            2 => " fill=\"#8b949b\"",
            31 => " fill=\"#ff7b72\"",
            32 => " fill=\"#7ccf8a\"",
            33 => " fill=\"#e3b341\"",
            34 => " fill=\"#79b8ff\"",
            35 => " fill=\"#d2a8ff\"",
            36 => " fill=\"#76d4e3\"",
            3 => " font-style=\"italic\"",
            4 => " text-decoration=\"underline\"",
            other => panic!("no colour for code {other}"),
        });
    }
    assert!(text.matches("fill=").count() < 2, "{style:?}");
    text
}

//! `inspect`: what is in the case, without a verdict.

use bundlescope::report::model::Report;
use comfy_table::{ContentArrangement, Table, presets};

use super::args::{DiagnoseArgs, FormatArg};
use super::exit::Exit;
use super::{output, session};

pub(crate) fn run(args: &DiagnoseArgs) -> anyhow::Result<Exit> {
    let targets = output::targets(&args.output, &args.input.paths)?;
    let library = session::library(&args.rules)?;
    let Some(session) = session::open(&library, &args.input, &args.output)? else { return Ok(Exit::Success) };
    let mut report = session.report();
    report.findings.clear();
    report.case.below_threshold = 0;
    if args.output.format.is_some_and(|format| format != FormatArg::Table) || !args.output.output.is_empty() {
        output::write(&report, &targets, &args.output)?;
    } else {
        output::print(&shown(&report, output::width()))?;
    }
    Ok(if args.input.strict && !report.errors.is_empty() { Exit::Failure } else { Exit::Success })
}

fn shown(report: &Report, width: usize) -> String {
    let mut text = String::new();
    let mut artifacts = table(width, &["artifact", "format", "size", "lines", "packets", "device", "from", "to"]);
    for artifact in &report.artifacts {
        artifacts.add_row([
            artifact.path.clone(),
            artifact.format.clone(),
            artifact.bytes.to_string(),
            artifact.lines.map(|lines| lines.to_string()).unwrap_or_default(),
            artifact.packets.map(|packets| packets.to_string()).unwrap_or_default(),
            artifact.device.clone().unwrap_or_default(),
            artifact.first_time.clone().unwrap_or_default(),
            artifact.last_time.clone().unwrap_or_default(),
        ]);
    }
    section(&mut text, "Artifacts", report.artifacts.len(), &artifacts);
    for device in &report.devices {
        let word = |value: &Option<String>| value.clone().unwrap_or_else(|| "?".to_owned());
        let mut facts = table(width, &["fact", "value", "place"]);
        for (name, fact) in &device.facts {
            let place = fact.line.map_or_else(|| fact.artifact.clone(), |line| format!("{}:{line}", fact.artifact));
            facts.add_row([name.clone(), fact.value.clone(), place]);
        }
        let title = format!(
            "Device {}  ({} {} {}, serial {})",
            device.id,
            word(&device.platform),
            word(&device.product_id),
            word(&device.version),
            word(&device.serial)
        );
        section(&mut text, &title, device.facts.len(), &facts);
    }
    let mut missing = table(width, &["device", "collect", "why", "settles"]);
    for item in &report.missing {
        missing.add_row([item.device.clone().unwrap_or_default(), item.command.clone(), item.why.clone(), item.would_settle.join(", ")]);
    }
    section(&mut text, "Missing", report.missing.len(), &missing);
    let mut errors = table(width, &["artifact", "kind", "what happened"]);
    for error in &report.errors {
        errors.add_row([error.artifact.clone(), error.kind.clone(), error.message.clone()]);
    }
    section(&mut text, "Not read, or not whole", report.errors.len(), &errors);
    text
}

fn table(width: usize, header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(width).unwrap_or(u16::MAX)).set_header(header.to_vec());
    table
}

fn section(text: &mut String, title: &str, rows: usize, table: &Table) {
    if rows == 0 {
        return;
    }
    text.push_str(title);
    text.push('\n');
    for line in table.to_string().lines() {
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text.push('\n');
}

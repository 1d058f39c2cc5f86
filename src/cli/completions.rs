//! Completion scripts and the manual page, both from the argument definitions.

use std::io;

use clap::CommandFactory;

use super::args::Args;
use super::exit::Exit;
use super::output;

pub(crate) fn completions(shell: clap_complete::Shell) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "bundlescope", &mut script);
    output::print(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Success)
}

pub(crate) fn man() -> anyhow::Result<Exit> {
    let mut page: Vec<u8> = Vec::new();
    clap_mangen::Man::new(Args::command())
        .render(&mut page)
        .map_err(|error: io::Error| anyhow::Error::new(error).context("cannot make the manual page"))?;
    output::print(&String::from_utf8_lossy(&page))?;
    Ok(Exit::Success)
}

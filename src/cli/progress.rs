//! The progress bar: on standard error, only on a terminal, gone before the report.

use std::io::IsTerminal;

use bundlescope::scan::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar, or nothing where no one looks.
pub(crate) struct Bar(Option<ProgressBar>);

impl Bar {
    /// A bar if wanted and standard error is a terminal.
    pub(crate) fn new(wanted: bool) -> Self {
        if !wanted || !std::io::stderr().is_terminal() {
            return Self(None);
        }
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr_with_hz(10));
        if let Ok(style) = ProgressStyle::with_template("Reading {bar:24} {bytes}/{total_bytes}  {msg}  {elapsed}") {
            bar.set_style(style);
        }
        Self(Some(bar))
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

impl Progress for Bar {
    fn total(&self, bytes: u64) {
        if let Some(bar) = &self.0 {
            bar.set_length(bytes);
        }
    }

    fn artifact(&self) {
        if let Some(bar) = &self.0 {
            bar.tick();
        }
    }

    fn input(&self, bytes: u64) {
        if let Some(bar) = &self.0 {
            bar.inc(bytes);
        }
    }

    fn interrupted(&self) -> bool {
        false
    }
}

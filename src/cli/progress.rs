//! The progress bar: on standard error, only on a terminal, gone before the report.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bundlescope::scan::Progress;
use indicatif::{BinaryBytes, ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar, or nothing where no one looks.
pub(crate) struct Bar(Option<Drawn>);

/// The bar tells how much of what lies on the disk is done, the words what came out of it: an archive is one input and many artifacts.
struct Drawn {
    bar: ProgressBar,
    artifacts: AtomicU64,
    /// Bytes of them.
    bytes: AtomicU64,
}

/// What it shows on a wide terminal and on a narrow one.
const WIDE: &str = "Reading {bar:24} {percent:>3} %  {msg}  {elapsed}";
const NARROW: &str = "Reading {percent:>3} %  {msg}";
/// Columns from which a terminal is wide.
const COLUMNS: u16 = 80;

impl Bar {
    /// A bar if wanted and standard error is a terminal.
    pub(crate) fn new(wanted: bool) -> Self {
        if !wanted || !std::io::stderr().is_terminal() {
            return Self(None);
        }
        let bar = ProgressBar::with_draw_target(Some(1), ProgressDrawTarget::stderr_with_hz(10));
        let columns = terminal_size::terminal_size_of(std::io::stderr()).map_or(COLUMNS, |(width, _)| width.0);
        if let Ok(style) = ProgressStyle::with_template(if columns < COLUMNS { NARROW } else { WIDE }) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(250));
        Self(Some(Drawn { bar, artifacts: AtomicU64::new(0), bytes: AtomicU64::new(0) }))
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        if let Some(Drawn { bar, .. }) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

impl Progress for Bar {
    fn total(&self, bytes: u64) {
        if let Some(Drawn { bar, artifacts, bytes: done }) = &self.0 {
            // A second reading begins anew.
            bar.reset();
            artifacts.store(0, Ordering::Relaxed);
            done.store(0, Ordering::Relaxed);
            bar.set_length(bytes);
        }
    }

    fn artifact(&self, bytes: u64) {
        if let Some(Drawn { bar, artifacts, bytes: done }) = &self.0 {
            let artifacts = artifacts.fetch_add(1, Ordering::Relaxed) + 1;
            let bytes = done.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes);
            let rate = bytes as f64 / bar.elapsed().as_secs_f64().max(0.001);
            let plural = if artifacts == 1 { "" } else { "s" };
            bar.set_message(format!("{artifacts} artifact{plural}  {}  {}/s", BinaryBytes(bytes), BinaryBytes(rate as u64)));
        }
    }

    fn input(&self, bytes: u64) {
        if let Some(Drawn { bar, .. }) = &self.0 {
            bar.inc(bytes);
        }
    }

    fn interrupted(&self) -> bool {
        false
    }
}

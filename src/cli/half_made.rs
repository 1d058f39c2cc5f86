//! What is half made goes away when the program is interrupted: files beside the one they are to become, the folder of a copy.
//! Standard drops do not run then, so what there is stands in a list.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

static PATHS: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Set by a signal at once, whenever the thread that acts on it comes to run.
static INTERRUPTED: OnceLock<Arc<AtomicBool>> = OnceLock::new();

/// Comes back only where no signal has ended the program. Who writes into a pipe to it may be interrupted with it, so that the
/// input ends at the same moment: that is no end of the input.
pub(crate) fn go_on() {
    while INTERRUPTED.get().is_some_and(|interrupted| interrupted.load(Ordering::SeqCst)) {
        std::thread::park();
    }
}

fn paths() -> MutexGuard<'static, Vec<PathBuf>> {
    PATHS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes something below what is half made; never again once the program is interrupted, lest it come back.
pub(crate) fn within<R>(make: impl FnOnce() -> R) -> R {
    let _held = paths();
    make()
}

/// Keeps a path in the list.
pub(crate) struct HalfMade(PathBuf);

/// Makes a file or folder that an interrupt takes away.
pub(crate) fn begin<T>(make: impl FnOnce() -> io::Result<T>, path: impl FnOnce(&T) -> &Path) -> io::Result<(T, HalfMade)> {
    // Held meanwhile: who is interrupted here waits until it is in the list.
    let mut paths = paths();
    let made = make()?;
    let path = path(&made).to_owned();
    paths.push(path.clone());
    Ok((made, HalfMade(path)))
}

impl HalfMade {
    /// Gives it its name; an interrupt comes before or after.
    pub(crate) fn finish<R>(self, publish: impl FnOnce() -> R) -> R {
        go_on();
        // Dropped first of the two, so that `self` finds the list free when it goes.
        let held = paths();
        let published = publish();
        drop(held);
        published
    }
}

impl Drop for HalfMade {
    fn drop(&mut self) {
        paths().retain(|path| *path != self.0);
    }
}

/// From now on SIGINT ends the program with status 130, SIGTERM and SIGHUP as they do, and nothing half made stays. Signals that
/// whoever started the program ignores stay ignored (`nohup`). Where it cannot be arranged, the system does as it does.
#[cfg(unix)]
pub(crate) fn watch() {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
    // A file that may not grow further is an error of writing, as a full disk is.
    let _ = signal_hook::flag::register(SIGXFSZ, Arc::default());
    let wanted: Vec<i32> = [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|signal| !is_ignored(*signal)).collect();
    let interrupted = Arc::new(AtomicBool::new(false));
    let Ok(mut signals) = signal_hook::iterator::Signals::new(&wanted) else { return };
    let wait = move || {
        let Some(signal) = signals.forever().next() else { return };
        let paths = paths();
        paths.iter().for_each(|path| remove(path));
        if signal != SIGINT {
            let _ = signal_hook::low_level::emulate_default_handler(signal);
        }
        super::exit::interrupted();
    };
    // A program that cannot start this thread cannot start others either, and ends by itself.
    let thread = std::thread::Builder::new().name("signals".to_owned()).stack_size(128 * 1024).spawn(wait);
    let told = wanted.iter().all(|signal| signal_hook::flag::register(*signal, Arc::clone(&interrupted)).is_ok());
    if thread.is_ok() && told {
        let _ = INTERRUPTED.set(interrupted);
    }
}

#[cfg(not(unix))]
pub(crate) fn watch() {}

/// Whether the program was started with a signal ignored. Where the system does not say so in `/proc`, only SIGHUP is taken for
/// ignored, for the sake of `nohup`.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let Ok(status) = std::fs::read_to_string("/proc/self/status") else { return signal == signal_hook::consts::SIGHUP };
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    mask & (1 << (signal - 1)) != 0
}

#[cfg(unix)]
fn remove(path: &Path) {
    let _ = if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
}

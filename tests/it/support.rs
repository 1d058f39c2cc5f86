//! Folders and the program under test.

use std::path::PathBuf;

use bundlescope::diagnose::{Diagnosis, Selection};
use bundlescope::intake::Input;
use bundlescope::report::model::Report;
use bundlescope::rules::library::Library;
use bundlescope::rules::load;
use bundlescope::scan::{Options, Scanner, Silent};

/// The project's folder.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Real device output, logs and captures, where they are at hand: `BUNDLESCOPE_REALDATA`, else a folder beside the
/// project's. A test that needs it says so when it is missing.
pub(crate) fn real_data() -> Option<PathBuf> {
    let named = std::env::var_os("BUNDLESCOPE_REALDATA").map(PathBuf::from);
    let folder = named.unwrap_or_else(|| root().join("../shared/realdata"));
    if folder.join("expected.tsv").is_file() {
        return Some(folder);
    }
    eprintln!("SKIPPED: no real data at {} (set BUNDLESCOPE_REALDATA)", folder.display());
    None
}

/// The embedded library.
pub(crate) fn library() -> Library {
    load::load(&load::embedded()).expect("the embedded rules load")
}

/// The report of one input.
pub(crate) fn report(scanner: &Scanner<'_>, input: PathBuf, selection: &Selection) -> Report {
    let case = scanner.scan(&[Input::Path(input)], &Options::default(), &Silent);
    Diagnosis::new(case, scanner.library()).report(selection)
}

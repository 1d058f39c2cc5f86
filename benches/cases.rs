//! Whole cases: outputs of devices with their sections and facts, and many small bundles; opened, scanned, diagnosed. Compare runs of the
//! same machine only.

#![expect(clippy::expect_used, clippy::disallowed_methods, reason = "a bench that cannot load the rules or a case has nothing to measure")]

use std::path::Path;

use bundlescope::diagnose::{Diagnosis, Selection};
use bundlescope::intake::Input;
use bundlescope::report::model::Report;
use bundlescope::rules::embedded;
use bundlescope::scan::{Options, Scanner, Silent};
use divan::counter::BytesCount;
use divan::{AllocProfiler, Bencher};

#[global_allocator]
static COUNTED: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

/// Diagnoses what lies at `path`.
fn diagnosed(scanner: &Scanner<'_>, path: &Path) -> Report {
    let case = scanner.scan(&[Input::Path(path.to_owned())], &Options::default(), &Silent);
    Diagnosis::new(case, scanner.library()).report(&Selection::default())
}

/// So many copies of a file of the labelled cases, one after the other in a text or each a file of its own.
fn copies(file: &str, count: usize, together: bool) -> (tempfile::TempDir, u64) {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpora").join(file);
    let bytes = std::fs::read(&source).expect("the labelled cases are there");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let name = |at: usize| folder.path().join(format!("{at:04}-{}", source.file_name().unwrap_or_default().display()));
    if together {
        std::fs::write(name(0), bytes.repeat(count)).expect("room for a case");
    } else {
        (0..count).for_each(|at| std::fs::write(name(at), &bytes).expect("room for a case"));
    }
    (folder, (bytes.len() * count) as u64)
}

/// `show tech-support` of some 8 MB: sections, headings, facts.
#[divan::bench(sample_count = 20)]
fn outputs(bencher: Bencher<'_, '_>) {
    measure(bencher, copies("wlc-ssl-decryption/input/show_tech.txt", 150, true));
}

/// Bundles with a log, outputs and a capture each.
#[divan::bench(sample_count = 20)]
fn bundles(bencher: Bencher<'_, '_>) {
    measure(bencher, copies("first-light/first-light.zip", 100, false));
}

fn measure(bencher: Bencher<'_, '_>, (folder, bytes): (tempfile::TempDir, u64)) {
    let library = embedded::library().expect("the embedded rules load");
    let scanner = Scanner::new(&library);
    bencher.counter(BytesCount::new(bytes)).bench(|| diagnosed(&scanner, divan::black_box(folder.path())));
}

//! What a case costs before and besides its bytes: the library from the program and from its files, the scanner, and a case of
//! a few ordinary lines. Compare runs of the same machine only.

#![expect(clippy::expect_used, reason = "a bench that cannot load the rules has nothing to measure")]

use bundlescope::diagnose::{Diagnosis, Selection};
use bundlescope::rules::library::Library;
use bundlescope::rules::{embedded, load};
use bundlescope::scan::{CaseScan, Scanner};
use divan::{AllocProfiler, Bencher};

#[global_allocator]
static COUNTED: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

const LINES: &str = "Mar  2 00:00:00 core-02 82649: *Mar  2 00:00:00.073 UTC: %OSPF-5-ADJCHG: Process 1, Nbr 192.0.2.1 on Vlan120 from FULL to DOWN
Mar  2 00:00:00 wlc-05 66022: *Mar  2 00:00:00.117 UTC: %LINEPROTO-5-UPDOWN: Line protocol on Interface GigabitEthernet5/0/6, changed state to up
";

fn library() -> Library {
    embedded::library().expect("the embedded rules load")
}

#[divan::bench]
fn library_from_the_program() -> Library {
    library()
}

#[divan::bench(sample_count = 20)]
fn library_from_its_files() -> Library {
    load::load(&embedded::files()).expect("the embedded rules load")
}

#[divan::bench]
fn scanner(bencher: Bencher<'_, '_>) {
    let library = library();
    bencher.bench(|| Scanner::new(&library));
}

#[divan::bench]
fn a_few_lines(bencher: Bencher<'_, '_>) {
    let library = library();
    let scanner = Scanner::new(&library);
    bencher.bench(|| {
        let artifacts = vec![scanner.scan_text("tiny.log", divan::black_box(LINES.as_bytes()))];
        Diagnosis::new(CaseScan { artifacts, ..CaseScan::default() }, &library).report(&Selection::default())
    });
}

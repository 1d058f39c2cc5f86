//! How fast a log is searched with the whole rule library: bytes a second, with one failure in ten thousand lines and
//! with one in ten; how that changes with the number of signals; and what is allocated meanwhile. Compare runs of the same machine only.

#![expect(clippy::expect_used, reason = "a bench that cannot load the rules has nothing to measure")]

use std::fmt::Write as _;

use bundlescope::rules::embedded;
use bundlescope::scan::Scanner;
use divan::counter::BytesCount;
use divan::{AllocProfiler, Bencher};

#[global_allocator]
static COUNTED: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

/// A log of ordinary lines with a failure every `rate` lines.
fn log(lines: usize, rate: usize) -> String {
    log_of(lines, rate, 1)
}

/// The same by so many devices in turn.
fn log_of(lines: usize, rate: usize, devices: usize) -> String {
    let mut text = String::new();
    for at in 0..lines {
        let (minute, second) = (at / 60 % 60, at % 60);
        let body = match at {
            at if at % rate == rate / 2 => {
                "%SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : Unable to resolve server hostname/domain name"
            }
            at if at % 3 == 0 => "%LINEPROTO-5-UPDOWN: Line protocol on Interface GigabitEthernet1/0/24, changed state to up",
            at if at % 3 == 1 => "%SEC_LOGIN-5-LOGIN_SUCCESS: Login Success [user: ops] [Source: 192.0.2.10] [localport: 22]",
            _ => "%DOT1X-5-FAIL: Switch 1 R0/0: sessmgrd: Authentication failed for client (0050.56aa.0001) on Interface Gi1/0/7",
        };
        if devices > 1 {
            let _ = write!(text, "Aug 23 09:{minute:02}:{second:02} sw{} {at}: ", at / rate % devices);
        }
        let _ = writeln!(text, "Aug 23 09:{minute:02}:{second:02}.486: {body}");
    }
    text
}

/// Every tenth line a failure, of so many devices: finding, telling apart, keeping and quoting.
#[divan::bench(args = [1, 400], sample_count = 20)]
fn failures(bencher: Bencher<'_, '_>, devices: usize) {
    let library = embedded::library().expect("the embedded rules load");
    let scanner = Scanner::new(&library);
    let text = log_of(200_000, 10, devices);
    bencher.counter(BytesCount::of_str(&text)).bench(|| scanner.scan_text("bench.log", divan::black_box(text.as_bytes())));
}

#[divan::bench(args = [10_000, 10], sample_count = 20)]
fn syslog(bencher: Bencher<'_, '_>, rate: usize) {
    let library = embedded::library().expect("the embedded rules load");
    let scanner = Scanner::new(&library);
    let text = log(200_000, rate);
    bencher.counter(BytesCount::of_str(&text)).bench(|| scanner.scan_text("bench.log", divan::black_box(text.as_bytes())));
}

/// The first so many signals of the library; what rules make of them is not asked here.
#[divan::bench(args = [60, 100, 150, 200, 400, 800], sample_count = 20)]
fn signals(bencher: Bencher<'_, '_>, count: usize) {
    let mut library = embedded::library().expect("the embedded rules load");
    library.signals.truncate(count);
    let scanner = Scanner::new(&library);
    let text = log(200_000, 10_000);
    bencher.counter(BytesCount::of_str(&text)).bench(|| scanner.scan_text("bench.log", divan::black_box(text.as_bytes())));
}

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| bundlescope_fuzz::rooms::mail(data));

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| bundlescope_fuzz::rooms::rule_with_input(data));

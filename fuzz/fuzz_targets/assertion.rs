//! See `symbolon_fuzz::targets::jose::ASSERTION`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| (symbolon_fuzz::targets::jose::ASSERTION.run)(bytes));

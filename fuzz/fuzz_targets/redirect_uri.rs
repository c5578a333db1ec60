//! See `symbolon_fuzz::targets::values::REDIRECT_URI`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| (symbolon_fuzz::targets::values::REDIRECT_URI.run)(bytes));

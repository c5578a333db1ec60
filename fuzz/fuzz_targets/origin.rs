//! See `symbolon_fuzz::targets::values::ORIGIN`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| (symbolon_fuzz::targets::values::ORIGIN.run)(bytes));

//! See `symbolon_fuzz::targets::metadata::CONTROL_CHARACTERS`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| (symbolon_fuzz::targets::metadata::CONTROL_CHARACTERS.run)(bytes));

//! See `symbolon_fuzz::targets::values::USERNAME`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| (symbolon_fuzz::targets::values::USERNAME.run)(bytes));

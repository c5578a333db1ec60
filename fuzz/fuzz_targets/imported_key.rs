//! See `symbolon_fuzz::targets::jose::IMPORTED_KEY`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| (symbolon_fuzz::targets::jose::IMPORTED_KEY.run)(bytes));

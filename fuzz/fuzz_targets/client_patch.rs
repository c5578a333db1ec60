//! See `symbolon_fuzz::targets::metadata::CLIENT_PATCH`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| (symbolon_fuzz::targets::metadata::CLIENT_PATCH.run)(bytes));

//! See `symbolon_fuzz::targets::metadata::CLIENT_METADATA`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| (symbolon_fuzz::targets::metadata::CLIENT_METADATA.run)(bytes));

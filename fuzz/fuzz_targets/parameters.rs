//! See `symbolon_fuzz::targets::server::PARAMETERS`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| (symbolon_fuzz::targets::server::PARAMETERS.run)(bytes));

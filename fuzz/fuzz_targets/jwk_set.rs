//! See `symbolon_fuzz::targets::jose::JWK_SET`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| (symbolon_fuzz::targets::jose::JWK_SET.run)(bytes));

//! See `symbolon_fuzz::targets::jose::JWE`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| (symbolon_fuzz::targets::jose::JWE.run)(bytes));

//! See `symbolon_fuzz::targets::values::CLAIMS_REQUEST`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| (symbolon_fuzz::targets::values::CLAIMS_REQUEST.run)(bytes));

//! See `symbolon_fuzz::targets::server::REQUEST_OBJECT`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| (symbolon_fuzz::targets::server::REQUEST_OBJECT.run)(bytes));

//! See `symbolon_fuzz::targets::server::SEALED_CONTENT`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| (symbolon_fuzz::targets::server::SEALED_CONTENT.run)(bytes));

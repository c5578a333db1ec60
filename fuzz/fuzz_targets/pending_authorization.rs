//! See `symbolon_fuzz::targets::client::PENDING_AUTHORIZATION`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| (symbolon_fuzz::targets::client::PENDING_AUTHORIZATION.run)(bytes));

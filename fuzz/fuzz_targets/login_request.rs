//! See `symbolon_fuzz::targets::client::LOGIN_REQUEST`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| (symbolon_fuzz::targets::client::LOGIN_REQUEST.run)(bytes));

//! See `symbolon_fuzz::targets::client::TOKEN_SET`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| (symbolon_fuzz::targets::client::TOKEN_SET.run)(bytes));

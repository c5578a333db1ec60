//! See `symbolon_fuzz::targets::client::KEY_SET`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| (symbolon_fuzz::targets::client::KEY_SET.run)(bytes));

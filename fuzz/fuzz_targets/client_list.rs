//! See `symbolon_fuzz::targets::client::CLIENT_LIST`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| (symbolon_fuzz::targets::client::CLIENT_LIST.run)(bytes));

//! See `symbolon_fuzz::targets::server::CLIENT_CREDENTIALS`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| (symbolon_fuzz::targets::server::CLIENT_CREDENTIALS.run)(bytes));

//! See `symbolon_fuzz::targets::client::ID_TOKEN_CLAIMS`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| (symbolon_fuzz::targets::client::ID_TOKEN_CLAIMS.run)(bytes));

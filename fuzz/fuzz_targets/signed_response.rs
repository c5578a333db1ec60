//! See `symbolon_fuzz::targets::client::SIGNED_RESPONSE`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| (symbolon_fuzz::targets::client::SIGNED_RESPONSE.run)(bytes));

//! See `symbolon_fuzz::targets::client::USER_INFO`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| (symbolon_fuzz::targets::client::USER_INFO.run)(bytes));

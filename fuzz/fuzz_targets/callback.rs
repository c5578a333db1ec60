//! See `symbolon_fuzz::targets::client::CALLBACK`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| (symbolon_fuzz::targets::client::CALLBACK.run)(bytes));

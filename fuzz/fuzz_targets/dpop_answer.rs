//! See `symbolon_fuzz::targets::client::DPOP_ANSWER`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| (symbolon_fuzz::targets::client::DPOP_ANSWER.run)(bytes));

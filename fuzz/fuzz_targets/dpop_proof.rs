//! See `symbolon_fuzz::targets::holders::DPOP_PROOF`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| (symbolon_fuzz::targets::holders::DPOP_PROOF.run)(bytes));

//! See `symbolon_fuzz::targets::metadata::PAGE_ANSWER`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| (symbolon_fuzz::targets::metadata::PAGE_ANSWER.run)(bytes));

//! See `symbolon_fuzz::targets::metadata::HOOK_ANSWER`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| (symbolon_fuzz::targets::metadata::HOOK_ANSWER.run)(bytes));

//! See `symbolon_fuzz::targets::jose::PUBLISHED_KEYS`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| (symbolon_fuzz::targets::jose::PUBLISHED_KEYS.run)(bytes));

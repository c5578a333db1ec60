//! See `symbolon_fuzz::targets::values::COMPACT_QUERY`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| (symbolon_fuzz::targets::values::COMPACT_QUERY.run)(bytes));

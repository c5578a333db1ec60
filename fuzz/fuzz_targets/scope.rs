//! See `symbolon_fuzz::targets::values::SCOPE`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| (symbolon_fuzz::targets::values::SCOPE.run)(bytes));

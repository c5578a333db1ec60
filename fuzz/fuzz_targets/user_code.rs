//! See `symbolon_fuzz::targets::values::USER_CODE`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| (symbolon_fuzz::targets::values::USER_CODE.run)(bytes));

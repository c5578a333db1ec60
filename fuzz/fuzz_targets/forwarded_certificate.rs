//! See `symbolon_fuzz::targets::holders::FORWARDED_CERTIFICATE`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| (symbolon_fuzz::targets::holders::FORWARDED_CERTIFICATE.run)(bytes));

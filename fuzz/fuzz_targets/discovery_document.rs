//! See `symbolon_fuzz::targets::client::DISCOVERY_DOCUMENT`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| (symbolon_fuzz::targets::client::DISCOVERY_DOCUMENT.run)(bytes));

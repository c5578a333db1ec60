//! See `symbolon_fuzz::targets::client::BACKCHANNEL_NOTIFICATION`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| (symbolon_fuzz::targets::client::BACKCHANNEL_NOTIFICATION.run)(bytes));

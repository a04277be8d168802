#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| rules::outside::policy_setting(bytes));

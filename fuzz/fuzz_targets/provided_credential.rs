#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| rules::outside::provided_credential(bytes));

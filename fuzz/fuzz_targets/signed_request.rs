#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| vault::outside::signed_request(bytes));

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| card_jobs::outside::card_message(bytes));

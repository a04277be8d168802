#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| vault::outside::passkey_answer(bytes));

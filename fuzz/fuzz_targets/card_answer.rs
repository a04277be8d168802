#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| piv::outside::card_answer(bytes));

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| rules::outside::date_of_birth(bytes));

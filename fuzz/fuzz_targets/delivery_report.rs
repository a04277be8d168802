#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| channels::outside::delivery_report(bytes));

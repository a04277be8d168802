#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| breached::outside::list_file(bytes));

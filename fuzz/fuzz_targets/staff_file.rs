#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| staff_records::outside::staff_file(bytes));

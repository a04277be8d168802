#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| pki::outside::revocation_list(bytes));

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| openid4vc::outside::certificate_chain(bytes));

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| openid4vc::outside::wallet_attestation(bytes));

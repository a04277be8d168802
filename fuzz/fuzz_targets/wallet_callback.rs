#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| wallets::outside::wallet_callback(bytes));

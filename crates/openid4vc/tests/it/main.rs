//! Credentials as whoever uses this room sees them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(clippy::needless_pass_by_value, reason = "JSON is written where it is passed")]

mod authority;
mod dcql;
mod issuer;
mod other_library;
mod outside;
mod sd_jwt;
mod sd_jwt_vc;
mod status_list;
mod verifier;
mod wallet;

use openid4vc::jose::Es256Key;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes that are different each time, and the same in each run.
fn random() -> impl openid4vc::Random {
    let drawn = AtomicU64::new(1);
    move |bytes: &mut [u8]| {
        for chunk in bytes.chunks_mut(8) {
            let number =
                drawn.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            chunk.copy_from_slice(&number.to_le_bytes()[..chunk.len()]);
        }
    }
}

fn key() -> Es256Key {
    Es256Key::generate().unwrap()
}

fn time(text: &str) -> jiff::Timestamp {
    text.parse().unwrap()
}

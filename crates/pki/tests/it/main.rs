//! The certificate authority against programs that others wrote: OpenSSL and `SoftHSM`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod bench;
mod certificates;
mod revocation;
mod tokens;

//! Signed and encrypted tokens, and the keys and certificates behind them.
//!
//! Three algorithms are spoken, each bound to one kind of key, so that a token cannot choose how its signature is checked. There
//! is no `none`, and nothing symmetric.

mod chain;
mod jwe;
mod key;
mod sign;
mod token;

pub use chain::{CertificateChain, ChainProblem, TrustAnchors};
pub use jwe::{ContentEncryption, DecryptionKey, EncryptionProblem, Recipient};
pub use key::{Algorithm, KeyProblem, PublicKey};
pub use sign::{Es256Key, SignProblem, Signer, sign};
pub use token::{Header, TokenProblem, Unverified, Verified};

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

/// Base64url without padding (RFC 7515, appendix C).
pub(crate) fn base64url(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// The bytes of base64url without padding; nothing where the text has any other sign in it, or bits that say nothing.
pub(crate) fn from_base64url(text: &str) -> Option<Vec<u8>> {
    BASE64_URL_SAFE_NO_PAD.decode(text).ok()
}

/// The SHA-256 of text as base64url: how these standards refer to one thing from another.
pub(crate) fn sha256(text: &str) -> String {
    base64url(digest::digest(&digest::SHA256, text.as_bytes()).as_ref())
}

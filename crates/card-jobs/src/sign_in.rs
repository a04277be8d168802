//! What a card signs so that somebody is signed in: the page's origin as the browser knows it, and the portal's nonce.
//!
//! The idea is that of Web eID: a token that was lured out of somebody on another page does not fit here, because the origin is
//! under the signature, and it does not come from the page but from the browser.

use crate::Hex;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The only format so far.
pub const TOKEN_FORMAT: &str = "fobwatch-card:1";

/// ECDSA on P-256 with SHA-256.
pub const TOKEN_ALGORITHM: &str = "ES256";

/// Shortest nonce that is signed, in characters.
pub const SHORTEST_NONCE: usize = 43;

/// Longest nonce that is signed, in characters.
pub const LONGEST_NONCE: usize = 128;

/// Who holds the card, as far as its certificate is believed and its signature fits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignInToken {
    /// [`TOKEN_FORMAT`].
    pub format: String,
    /// [`TOKEN_ALGORITHM`].
    pub algorithm: String,
    /// The certificate in slot 9A, DER. Nobody has looked at it yet.
    pub certificate: Hex,
    /// Over [`sign_in_digest`], DER.
    pub signature: Hex,
}

/// The SHA-256 that is signed: of the SHA-256 of `origin` (`https://access.northfield.example`, no slash at the end) and the SHA-256 of
/// `nonce` as it is written. Hashed one by one, since otherwise a piece of one could pass as a piece of the other.
pub fn sign_in_digest(origin: &str, nonce: &str) -> [u8; 32] {
    let mut both = Sha256::new();
    both.update(Sha256::digest(origin));
    both.update(Sha256::digest(nonce));
    both.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origin_and_nonce_are_hashed_one_by_one() {
        let digest = sign_in_digest("https://a.example", "nonce");
        assert_ne!(digest, sign_in_digest("https://a.examplen", "once"));
        assert_ne!(digest, sign_in_digest("https://b.example", "nonce"));
        assert_ne!(digest, sign_in_digest("https://a.example", "other"));
    }

    #[test]
    fn the_digest_is_what_openssl_says() {
        // printf %s ORIGIN | openssl dgst -sha256 -binary > x; printf %s NONCE | openssl dgst -sha256 -binary >> x; openssl dgst -sha256 x
        let digest = sign_in_digest("https://access.northfield.example", "n0nce");
        assert_eq!(
            Hex(digest.to_vec()).digits(),
            "f671bdf5bac44f35fd7ab81e5e0f60fd97d6f2b64ba1942998fe78229b8a21de"
        );
    }
}

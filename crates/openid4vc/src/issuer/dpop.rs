use crate::jose::{PublicKey, TokenProblem, Unverified, sha256};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use url::Url;

/// The type of a proof (RFC 9449, section 4.2).
const TYPE: &str = "dpop+jwt";
/// How old a proof may be, or how far the wallet's clock ahead.
const WINDOW: SignedDuration = SignedDuration::from_mins(1);
/// Characters of the longest identifier of a proof that is kept.
const LONGEST_ID: usize = 256;

/// A proof that whoever asks has a certain key (RFC 9449), verified but for one thing: whether it was used before, which the
/// caller knows who keeps [`Self::id`] for the time of [`Self::kept_until`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DpopProof {
    /// The key.
    pub key: PublicKey,
    /// What makes the proof one that is used once (`jti`).
    pub id: String,
    /// After this nobody takes it any more.
    pub kept_until: Timestamp,
}

/// The request that a proof was sent with.
#[derive(Debug, Clone, Copy)]
pub struct HttpRequest<'a> {
    /// Such as `POST`.
    pub method: &'a str,
    /// The address as others know it, whatever proxies stand between.
    pub url: &'a Url,
    /// The token beside the proof, where one is used.
    pub access_token: Option<&'a str>,
}

/// Why a proof is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DpopProblem {
    /// The token itself.
    #[error(transparent)]
    Token(#[from] TokenProblem),
    /// It holds no public key.
    #[error("the DPoP proof has no public key in its header")]
    Key,
    /// It is for another method or address.
    #[error("the DPoP proof is for another request")]
    OtherRequest,
    /// It is for another token, or for none.
    #[error("the DPoP proof is for another token")]
    OtherToken,
    /// It is old, or from the future.
    #[error("the DPoP proof was not made just now")]
    Time,
    /// It must use a number of the server's, and does not, or an old one.
    #[error("the DPoP proof must use the server's nonce")]
    Nonce,
}

#[derive(Deserialize)]
struct Claims {
    jti: String,
    htm: String,
    htu: String,
    iat: i64,
    ath: Option<String>,
    nonce: Option<String>,
}

impl DpopProof {
    /// Verifies a proof as it was sent (RFC 9449, section 4.3). `is_nonce` says which numbers are the server's.
    ///
    /// # Errors
    ///
    /// When it is not for this request.
    pub fn verify(
        proof: &str,
        request: HttpRequest<'_>,
        now: Timestamp,
        is_nonce: impl FnOnce(&str) -> bool,
    ) -> Result<Self, DpopProblem> {
        let token = Unverified::parse(proof)?;
        let key = token.header().get("jwk").ok_or(DpopProblem::Key)?;
        let key = PublicKey::from_jwk(key).map_err(|_| DpopProblem::Key)?;
        let claims: Claims = token.verify(&key)?.of_type(TYPE)?.claims_as()?;
        if claims.htm != request.method || !is_same(&claims.htu, request.url) {
            return Err(DpopProblem::OtherRequest);
        }
        if claims.ath != request.access_token.map(sha256) {
            return Err(DpopProblem::OtherToken);
        }
        let made_at = Timestamp::from_second(claims.iat).map_err(|_| DpopProblem::Time)?;
        if made_at.duration_since(now).abs() > WINDOW
            || claims.jti.is_empty()
            || claims.jti.len() > LONGEST_ID
        {
            return Err(DpopProblem::Time);
        }
        if !claims.nonce.as_deref().is_some_and(is_nonce) {
            return Err(DpopProblem::Nonce);
        }
        let kept_until = made_at.checked_add(WINDOW).map_err(|_| DpopProblem::Time)?;
        Ok(Self { key, id: claims.jti, kept_until })
    }

    /// By what a token is bound to the key (`jkt`).
    pub fn thumbprint(&self) -> String {
        self.key.thumbprint()
    }
}

/// Addresses are compared without query and fragment, as the standard wants, and after the library has made them alike.
fn is_same(claimed: &str, url: &Url) -> bool {
    let bare = |mut url: Url| {
        url.set_query(None);
        url.set_fragment(None);
        url
    };
    Url::parse(claimed).is_ok_and(|claimed| bare(claimed) == bare(url.clone()))
}

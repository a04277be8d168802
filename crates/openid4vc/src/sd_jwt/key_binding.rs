use super::{Disclosed, SdJwt};
use crate::jose::{PublicKey, SignProblem, Signer, TokenProblem, Unverified, sign};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// The type of the holder's token (RFC 9901, section 4.3).
const TYPE: &str = "kb+jwt";

/// A question that a holder answers with their key: who asks, and what was asked.
#[derive(Debug, Clone, Copy)]
pub struct Binding<'a> {
    /// Who asks. In OpenID4VP the whole client identifier with its prefix.
    pub audience: &'a str,
    /// The question's own number, which is asked once.
    pub nonce: &'a str,
}

/// Why a holder's signature is not taken (RFC 9901, section 7.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BindingProblem {
    /// There is none.
    #[error("the presentation is not signed by its holder")]
    Missing,
    /// The credential does not say whose it is (`cnf`).
    #[error("the credential is bound to no key")]
    NoKey,
    /// The token itself.
    #[error("the holder's signature is not right: {0}")]
    Token(#[from] TokenProblem),
    /// It was meant for somebody else.
    #[error("the presentation was made for somebody else")]
    Audience,
    /// It answers another question.
    #[error("the presentation answers another question")]
    Nonce,
    /// Disclosures were added or taken away after it was signed.
    #[error("the presentation was changed after it was signed")]
    Changed,
    /// It was signed too long ago, or in the future.
    #[error("the presentation was not signed just now")]
    Time,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iat: i64,
    aud: String,
    nonce: String,
    sd_hash: String,
}

/// How far a holder's clock may be from ours, and how long people may look at their phone.
const WINDOW: SignedDuration = SignedDuration::from_mins(10);

impl SdJwt {
    /// Signs this presentation as its holder, as the answer to `binding`.
    ///
    /// # Errors
    ///
    /// When the key does not sign.
    pub fn bind(self, binding: Binding<'_>, key: &dyn Signer, now: Timestamp) -> Result<Self, SignProblem> {
        let claims = Claims {
            iat: now.as_second(),
            aud: binding.audience.to_owned(),
            nonce: binding.nonce.to_owned(),
            sd_hash: self.sd_hash(),
        };
        let signed = sign(&json!({ "typ": TYPE }), &claims, key)?;
        Ok(self.signed_by_holder(signed))
    }
}

impl Disclosed {
    /// The key that the credential is bound to (`cnf`, RFC 7800); nothing where it is bound to none that is taken here.
    pub fn holder(&self) -> Option<PublicKey> {
        PublicKey::from_jwk(self.claims().get("cnf")?.get("jwk")?).ok()
    }

    /// Checks that the holder signed just this presentation for just this question.
    ///
    /// # Errors
    ///
    /// When the holder did not.
    pub fn bound_to(self, binding: Binding<'_>, now: Timestamp) -> Result<Self, BindingProblem> {
        let holder = self.holder().ok_or(BindingProblem::NoKey)?;
        let signed = self.presented().key_binding().ok_or(BindingProblem::Missing)?;
        let claims: Claims = Unverified::parse(signed)?.verify(&holder)?.of_type(TYPE)?.claims_as()?;
        if claims.aud != binding.audience {
            return Err(BindingProblem::Audience);
        }
        if claims.nonce != binding.nonce {
            return Err(BindingProblem::Nonce);
        }
        if claims.sd_hash != self.presented().sd_hash() {
            return Err(BindingProblem::Changed);
        }
        let signed_at = Timestamp::from_second(claims.iat).map_err(|_| BindingProblem::Time)?;
        if signed_at.duration_since(now).abs() > WINDOW {
            return Err(BindingProblem::Time);
        }
        Ok(self)
    }
}

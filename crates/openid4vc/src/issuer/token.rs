use super::error::{OAuthError, Refused};
use crate::jose::{base64url, from_base64url};
use aws_lc_rs::digest;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What a wallet redeems for a token (RFC 6749, section 4.1.3; OpenID4VCI 1.0, section 6.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenRequest {
    /// The code of an offer.
    PreAuthorized {
        /// From the offer.
        code: String,
        /// What the person typed, where the offer asked for it.
        transaction_code: Option<String>,
        /// Who asks, if the wallet says so.
        client_id: Option<String>,
    },
    /// The code that came back after the person signed in here.
    AuthorizationCode {
        /// From the address that the person was sent back to.
        code: String,
        /// What the challenge was made of (RFC 7636): whoever has only the code cannot use it.
        code_verifier: String,
        /// As it was in the authorisation request.
        redirect_uri: String,
        /// Who asks.
        client_id: Option<String>,
    },
}

/// A token as it is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenResponse {
    /// The token. It is bound to the wallet's key where `dpop` is set.
    pub access_token: String,
    /// Whether the token works only with a proof of the key that it was given to (RFC 9449).
    pub dpop: bool,
    /// Seconds until it ends.
    pub expires_in: u32,
    /// Which data it is for, by the names of credentials, where the wallet asked by authorisation details (RFC 9396).
    pub credential_identifiers: BTreeMap<String, Vec<String>>,
}

const PRE_AUTHORIZED: &str = "urn:ietf:params:oauth:grant-type:pre-authorized_code";

impl TokenRequest {
    /// Reads the fields of the form. Those that nobody knows are passed over, as wallets send some of older drafts.
    ///
    /// # Errors
    ///
    /// When one is missing, or the way is not one that is offered.
    pub fn read(fields: &BTreeMap<String, String>) -> Result<Self, Refused<OAuthError>> {
        let get = |name: &str| fields.get(name).filter(|value| !value.is_empty()).cloned();
        let must = |name: &str, why| get(name).ok_or(Refused::new(OAuthError::InvalidRequest, why));
        match must("grant_type", "grant_type is missing")?.as_str() {
            PRE_AUTHORIZED => Ok(Self::PreAuthorized {
                code: must("pre-authorized_code", "pre-authorized_code is missing")?,
                transaction_code: get("tx_code"),
                client_id: get("client_id"),
            }),
            "authorization_code" => Ok(Self::AuthorizationCode {
                code: must("code", "code is missing")?,
                code_verifier: must("code_verifier", "code_verifier is missing: PKCE is required")?,
                redirect_uri: must("redirect_uri", "redirect_uri is missing")?,
                client_id: get("client_id"),
            }),
            _ => Err(Refused::new(
                OAuthError::UnsupportedGrantType,
                "use authorization_code or pre-authorized_code",
            )),
        }
    }

    /// Whether a transaction code is there just if the offer asked for one. Whether it is right, the caller finds out, counting.
    ///
    /// # Errors
    ///
    /// When it is missing, or there without having been asked for.
    pub fn check_transaction_code(&self, asked: bool) -> Result<(), Refused<OAuthError>> {
        let Self::PreAuthorized { transaction_code, .. } = self else { return Ok(()) };
        match (asked, transaction_code) {
            (true, Some(_)) | (false, None) => Ok(()),
            (true, None) => Err(Refused::new(OAuthError::InvalidRequest, "tx_code is missing")),
            (false, Some(_)) => Err(Refused::new(OAuthError::InvalidRequest, "tx_code is not expected")),
        }
    }
}

/// Whether `verifier` is what `challenge` was made of (RFC 7636, section 4.6, S256). 43 to 128 letters, digits, `-`, `.`, `_` and `~`.
pub(super) fn verifies(verifier: &str, challenge: &str) -> bool {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let hash = base64url(digest::digest(&digest::SHA256, verifier.as_bytes()).as_ref());
    (43..=128).contains(&verifier.len()) && verifier.bytes().all(unreserved) && hash == challenge
}

/// Whether text can be a challenge: the SHA-256 of something, as base64url.
pub(super) fn is_challenge(text: &str) -> bool {
    from_base64url(text).is_some_and(|bytes| bytes.len() == 32)
}

impl TokenResponse {
    /// The body of the answer, `application/json`, never to be stored by anybody on the way.
    pub fn body(&self) -> Value {
        let mut body = json!({
            "access_token": self.access_token,
            "token_type": if self.dpop { "DPoP" } else { "Bearer" },
            "expires_in": self.expires_in,
        });
        if !self.credential_identifiers.is_empty() {
            let details = self.credential_identifiers.iter().map(|(configuration, identifiers)| {
                json!({
                    "type": "openid_credential",
                    "credential_configuration_id": configuration,
                    "credential_identifiers": identifiers,
                })
            });
            body["authorization_details"] = details.collect();
        }
        body
    }
}

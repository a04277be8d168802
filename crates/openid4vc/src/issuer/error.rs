use serde_json::{Value, json};

/// Why the authorisation server refuses (RFC 6749, section 5.2, and what later standards add).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OAuthError {
    /// Something is missing, repeated or malformed.
    #[error("invalid_request")]
    InvalidRequest,
    /// Who asks did not prove who they are.
    #[error("invalid_client")]
    InvalidClient,
    /// The code is wrong, used or over, or the person's transaction code is wrong.
    #[error("invalid_grant")]
    InvalidGrant,
    /// A way of getting tokens that is not offered.
    #[error("unsupported_grant_type")]
    UnsupportedGrantType,
    /// A scope that is not offered.
    #[error("invalid_scope")]
    InvalidScope,
    /// Authorisation details that are not offered (RFC 9396).
    #[error("invalid_authorization_details")]
    InvalidAuthorizationDetails,
    /// The proof that the token's holder asks is wrong (RFC 9449).
    #[error("invalid_dpop_proof")]
    InvalidDpopProof,
    /// The proof must use a number of the server's (RFC 9449, section 8).
    #[error("use_dpop_nonce")]
    UseDpopNonce,
    /// The wallet did not prove that it is one that is taken here.
    #[error("use_attestation_challenge")]
    UseAttestationChallenge,
    /// The token is wrong or over (RFC 6750, section 3.1).
    #[error("invalid_token")]
    InvalidToken,
}

/// Why a credential is refused (OpenID4VCI 1.0, sections 8.3.1.2, 9.3 and 11.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CredentialError {
    /// Something is missing, repeated or malformed.
    #[error("invalid_credential_request")]
    InvalidCredentialRequest,
    /// Nothing of this name is issued here.
    #[error("unknown_credential_configuration")]
    UnknownCredentialConfiguration,
    /// No data of this name is issued for this token.
    #[error("unknown_credential_identifier")]
    UnknownCredentialIdentifier,
    /// A proof is missing or wrong.
    #[error("invalid_proof")]
    InvalidProof,
    /// A proof uses a number that is not ours, or is old or used.
    #[error("invalid_nonce")]
    InvalidNonce,
    /// How the answer is to be encrypted is missing or wrong.
    #[error("invalid_encryption_parameters")]
    InvalidEncryptionParameters,
    /// It will not be issued; asking again is in vain.
    #[error("credential_request_denied")]
    CredentialRequestDenied,
    /// No transaction of this name waits.
    #[error("invalid_transaction_id")]
    InvalidTransactionId,
    /// Nothing was issued under this name.
    #[error("invalid_notification_id")]
    InvalidNotificationId,
    /// What the wallet tells is missing something, or malformed.
    #[error("invalid_notification_request")]
    InvalidNotificationRequest,
}

/// A refusal as it is answered: a code for the wallet, and words for whoever builds it. Never encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {description}")]
pub struct Refused<E: std::fmt::Display> {
    /// What went wrong.
    pub code: E,
    /// The same in words, printable ASCII without quotation marks and backslashes.
    pub description: &'static str,
}

impl<E: std::fmt::Display> Refused<E> {
    pub(super) const fn new(code: E, description: &'static str) -> Self {
        Self { code, description }
    }

    /// The body of the answer, `application/json`.
    pub fn body(&self) -> Value {
        json!({ "error": self.code.to_string(), "error_description": self.description })
    }
}

impl Refused<OAuthError> {
    /// The status of the answer.
    pub fn status(&self) -> u16 {
        match self.code {
            OAuthError::InvalidClient | OAuthError::InvalidToken => 401,
            _ => 400,
        }
    }
}

impl<E: std::fmt::Display> From<(E, &'static str)> for Refused<E> {
    fn from((code, description): (E, &'static str)) -> Self {
        Self::new(code, description)
    }
}

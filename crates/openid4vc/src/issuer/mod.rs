//! Whoever issues credentials (OpenID4VCI 1.0), with the authorisation server that belongs to it.
//!
//! ```text
//! Offer → link for the QR code; the wallet fetches the offer and the metadata
//! POST token      → TokenRequest::read     → the caller redeems the code, once → TokenResponse
//! POST nonce      → Nonces::issue
//! POST credential → CredentialRequest::read → verify proofs → the caller issues one for each key → CredentialResponse
//! POST deferred, notification
//! ```
//!
//! The caller keeps codes, tokens, transactions and used nonces, and decides who gets what. Everything that comes from outside is read
//! here into types that say what it is.

mod attestation;
mod authorize;
mod credential_request;
mod credential_response;
mod dpop;
mod error;
mod metadata;
mod nonce;
mod notification;
mod offer;
mod proof;
mod token;

pub use attestation::{AttestationProblem, AttestedKeys, AttestedWallet};
pub use authorize::{AuthorizationRequest, CodeChallenge, authorization_response};
pub use credential_request::{
    CredentialRequest, DeferredRequest, Encryption, Requested, ResponseEncryption, is_encrypted,
};
pub use credential_response::{Body, CredentialResponse};
pub use dpop::{DpopProblem, DpopProof, HttpRequest};
pub use error::{CredentialError, OAuthError, Refused};
pub use metadata::{
    AuthorizationEndpoints, AuthorizationServer, CredentialConfiguration, IssuerMetadata, well_known,
};
pub use nonce::Nonces;
pub use notification::{Event, Notification};
pub use offer::{Grants, Offer, TransactionCode};
pub use proof::{AttestationRules, Bindings, ProofRules, Proofs};
pub use token::{TokenRequest, TokenResponse};

//! Verifiable credentials over OpenID, and nothing else: no database, no web server, no clock and no randomness of its own.
//!
//! What goes over the wire is made and checked here, for whoever issues credentials and for whoever asks to be shown them:
//!
//! | module | standard |
//! | --- | --- |
//! | [`jose`] | JSON Web Signature, Encryption, Key and Thumbprint (RFC 7515 to 7518, 7638) |
//! | [`sd_jwt`] | Selective Disclosure for JSON Web Tokens (RFC 9901) |
//! | [`sd_jwt_vc`] | SD-JWT-based Verifiable Credentials (`dc+sd-jwt`, draft-ietf-oauth-sd-jwt-vc) |
//! | [`status_list`] | Token Status List (draft-ietf-oauth-status-list) |
//! | `fetched` (feature `fetch`) | the same, lists of issuers elsewhere |
//! | [`issuer`] | OpenID for Verifiable Credential Issuance 1.0, the issuer's side, with its authorisation server |
//! | [`dcql`] | Digital Credentials Query Language (OpenID4VP 1.0, section 6) |
//! | [`verifier`] | OpenID for Verifiable Presentations 1.0, the verifier's side |
//!
//! The time is an argument everywhere, and so is randomness: see [`Random`].

pub mod claim_path;
pub mod dcql;
#[cfg(feature = "fetch")]
pub mod fetched;
pub mod issuer;
pub mod jose;
pub mod outside;
mod random;
pub mod sd_jwt;
pub mod sd_jwt_vc;
pub mod status_list;
pub mod verifier;

pub use random::Random;

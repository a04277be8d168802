//! A certificate authority: keys in a file or an HSM, certificates, revocation lists, OCSP, EST.
//!
//! Knows no database and no web. Time ([`jiff::Timestamp`]) and randomness ([`Random`]) are arguments; which serials were issued and
//! revoked is the caller's to remember, and to remember **before** a certificate leaves the house.
//!
//! | for | what |
//! | --- | --- |
//! | keys of authorities | [`KeyStore`]: [`KeyFolder`] (encrypted PKCS#8 files), [`Token`] (PKCS#11), [`KeysInMemory`] |
//! | the ceremony | [`ceremony`]: root, issuing authority, OCSP responder |
//! | certificates of people | [`CertificateAuthority`]: of our own by [`IssuingAuthority`], outside by [`est::EstAuthority`] |
//! | what a card signs to ask for one | [`RequestToSign`], [`CertificateRequest`] |
//! | who is revoked | [`IssuingAuthority::revocation_list`], [`ocsp`] |
//! | who signs in | [`TrustedAuthorities::verify_client`] |
//!
//! Sources: RFC 5280 (certificates and lists), RFC 2986 (requests), RFC 6960 and RFC 5019 (OCSP), RFC 7030 (EST), RFC 5958 and
//! RFC 8018 (encrypted keys), Microsoft's guidelines for smartcard sign-in (user principal name and SID).

pub mod ceremony;
mod certificate;
mod chain;
pub mod credential_signer;
pub mod est;
mod extension;
mod hex;
mod issue;
mod issuing;
mod keys;
mod name;
pub mod ocsp;
pub mod outside;
mod profile;
#[cfg(test)]
mod properties;
mod public_key;
mod random;
mod raw;
mod request;
mod revocation;
mod serial;
mod time;

pub use certificate::{Certificate, CertificateProblem};
pub use chain::{ChainProblem, ClientIdentity, TrustedAuthorities};
pub use issue::{AuthorityProblem, CertificateAuthority, Issuance, IssueRequest, PendingId};
pub use issuing::{IssuingAuthority, IssuingProblem};
pub use keys::{
    Curve, KeyFolder, KeyProblem, KeyStore, KeysInMemory, NewKey, Pin, SigningKey, Token, key_from_pkcs8,
    new_key, side_by_side,
};
pub use name::Subject;
pub use profile::{Addresses, Policy, Purpose};
pub use public_key::{PublicKey, SignatureProblem};
pub use random::Random;
pub use request::{CertificateRequest, RequestProblem, RequestToSign};
pub use revocation::{RevocationList, RevocationReason, Revoked, sign_list};
pub use serial::Serial;

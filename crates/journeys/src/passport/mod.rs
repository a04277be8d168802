//! The staff passport (guide 000): credentials that a trust provides, and the wallet in which their owner keeps them.

pub mod access_key;
pub mod answer;
pub mod asking;
mod authorisation_code;
pub mod authorise;
pub mod client;
pub mod confirm_by_wallet;
mod deferred;
mod display;
pub mod end_by_client;
pub mod history;
mod issue;
mod keys;
mod made;
mod metadata;
mod naming;
mod notified;
mod notify;
pub mod offer;
pub mod passport_sign_in;
pub mod preferences;
mod presentation_refusal;
pub mod provide;
mod refusal;
pub mod reject;
pub mod rejections;
pub mod reminders;
pub mod request;
mod request_keys;
pub mod review;
mod revoke;
pub mod share;
mod signing;
mod status;
mod token;
mod wallet;
mod wallet_client;
pub mod withdraw;

pub use deferred::deferred;
pub use issue::{Answer, Asked, issue};
pub use keys::{Signer, anchors, signer};
pub use made::{Content, SUBJECT_CLAIM, kind_address, status_address, subject};
pub use metadata::{issuer_metadata, server_metadata, signed_issuer_metadata, type_metadata};
pub use naming::title;
pub use notified::notified;
pub use presentation_refusal::PresentationRefusal;
pub use refusal::PassportRefusal;
pub use revoke::revoke_copies;
pub use signing::SigningQueue;
pub use status::{Published, StatusCache, status_list};
pub use token::redeem;
pub use wallet::{
    Sent, WalletRefusal, attestation_challenge, dpop_nonce, issuer, new_attestation_challenge, nonce,
};
pub use wallet_client::{PassportSettings, TrustAnchors, WalletApp};

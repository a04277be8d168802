//! The staff passport (guide 000): what wallets are given and show, and its pages. Told by story in the files beside this one.

mod elsewhere;
mod issuer;
mod issuer_access_key;
mod issuer_flow;
mod issuer_keys;
mod issuer_protocol;
mod issuer_refusals;
pub mod issuer_token;
mod portal;
mod portal_api;
mod portal_end;
mod portal_guide;
mod portal_reminders;
mod verifier;
mod verifier_controls;
mod verifier_elsewhere;
mod verifier_refusals;
mod verifier_share;
mod verifier_sign_in;
mod verifier_wallet;

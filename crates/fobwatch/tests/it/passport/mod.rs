//! The staff passport (guide 000), from outside.

mod verifier;
mod verifier_controls;
mod verifier_refusals;
mod verifier_share;
mod verifier_sign_in;
mod verifier_wallet;

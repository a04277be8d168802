//! The staff passport (guide 000): what wallets are given and show, and its pages. Told by story in the files beside this one.

mod authorise;
mod authorise_flow;
mod authorise_refusals;
mod haip;
mod issuer;
mod issuer_access_key;
mod issuer_deferred;
mod issuer_encryption;
mod issuer_flow;
mod issuer_protocol;
mod issuer_refusals;
mod portal;
mod portal_api;
mod portal_api_end;
mod portal_end;
mod portal_guide;
mod portal_rejections;
mod portal_reminders;
mod verifier;
mod verifier_confirm;
mod verifier_controls;
mod verifier_ended;
mod verifier_refusals;
mod verifier_share;
mod verifier_sign_in;
mod verifier_wallet;

//! The staff passport: what wallets are given, and what they show. Told by story in the files beside this one.

mod issuer;
mod issuer_access_key;
mod issuer_flow;
mod issuer_protocol;
mod issuer_refusals;

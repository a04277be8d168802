//! Status lists of issuers elsewhere, fetched over HTTPS (Token Status List, section 8.1) and kept for as long as their issuer says.
//!
//! Whoever asks how a credential stands gets an answer that is fresh, or none: a list that cannot be fetched, is too old, is not signed by
//! whom the caller trusts, or is another list says nothing, and the credential is not taken.
//!
//! Addresses come out of credentials. Ask only after the credential itself was verified; what is fetched then is bound all the same:
//! HTTPS alone, no redirects, no address of a private network, five seconds, a mebibyte.

mod address;
mod client;
mod lists;

pub use address::is_public;
pub use client::{FetchFailure, FetchSettings};
pub use lists::{KeyOf, Lists, Unknown};

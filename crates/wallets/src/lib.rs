//! Wallets that speak no open standard with us: their maker's service stands between, which is told what to ask of the wallet, and calls
//! back with what became of it.
//!
//! [`WalletBackend`] is what such a service can do, in terms that no maker chose. [`EntraVerifiedId`] is Microsoft's. This crate knows
//! no database, no page and none of our credentials, and could be published by itself. No error, log line or `Debug` of it holds a
//! claim, a PIN, a link or a secret.

mod backend;
mod entra;

pub use backend::{
    BackendError, BadCallback, Begun, CallBack, Callback, Happened, Issuance, Presentation, Shown,
    WalletBackend,
};
pub use entra::outside;
pub use entra::{COPY_CLAIM, Contract, EntraSettings, EntraVerifiedId, SetupError};

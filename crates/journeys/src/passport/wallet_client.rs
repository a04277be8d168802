//! Wallets that may ask their person to sign in here: those that the configuration names.
//!
//! A wallet that asks so is a *client* of ours (RFC 6749, section 2). It is known by its name and by the addresses to which its people
//! go back; a code goes nowhere else. An app on a phone keeps no secret, so that its name alone proves nothing: what does is that it
//! redeems a code with the number of which it sent the hash (PKCE).

use super::wallet::{WalletRefusal, oauth};
use crate::Service;
use openid4vc::issuer::OAuthError;
use std::collections::BTreeMap;

/// What the configuration says of wallets and of the profile that is spoken with them.
#[derive(Debug, Clone, Default)]
pub struct PassportSettings {
    /// Wallets that may send their person here to sign in. Without any, the codes of offers are the only way to a credential.
    pub wallets: Vec<WalletApp>,
}

/// A wallet that may send its person here to sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WalletApp {
    /// What it calls itself (`client_id`).
    pub client_id: String,
    /// What people call it.
    pub name: String,
    /// Where its people go back to, compared letter by letter.
    pub redirect_uris: Vec<String>,
}

impl PassportSettings {
    /// Whether wallets may send their person here to sign in.
    pub fn has_clients(&self) -> bool {
        !self.wallets.is_empty()
    }

    /// The wallet of this name.
    pub fn wallet(&self, client_id: &str) -> Option<&WalletApp> {
        self.wallets.iter().find(|wallet| wallet.client_id == client_id)
    }
}

/// The wallet that asks.
pub(super) fn identified<'a>(
    service: &'a Service,
    fields: &BTreeMap<String, String>,
) -> Result<&'a WalletApp, WalletRefusal> {
    let client_id = fields.get("client_id").map(String::as_str).unwrap_or_default();
    service
        .settings
        .passport
        .wallet(client_id)
        .ok_or_else(|| oauth(OAuthError::InvalidClient, "no wallet of this client_id is known here"))
}

//! Wallets that speak no open standard: the service of their maker stands between. It is told what to hand out, or to ask for; it tells
//! what became of that by calling back; and it is told what to revoke.
//!
//! Such a service is told nothing by which somebody else could pass for it. What it shows when it calls back, a state and a key, follows
//! from the id of the request and the keys of this service, is made for that request alone, and is kept as a keyed hash, or not at all.

pub mod callback;
pub(super) mod offer;
pub mod revocations;

use crate::{Refusal, Service};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use std::sync::Arc;
use store::organisation::Organisation;
use url::Url;
use uuid::Uuid;
use vault::Token;
use wallets::WalletBackend;

/// The service by which credentials of a kind go to wallets; none where they go there by the open standards.
pub(super) fn issuing(service: &Service, kind: &str) -> Option<Arc<dyn WalletBackend>> {
    service.wallet_backend.clone().filter(|backend| backend.issues(kind))
}

/// What the service shows when it calls back about a request.
pub(super) struct Shows {
    /// What it is about.
    pub state: Token,
    /// That it is the service.
    pub api_key: Token,
}

impl Shows {
    /// About the offer, or the request to show something, with this id.
    pub fn about(service: &Service, id: Uuid) -> Result<Self, Refusal> {
        let token = |purpose: &str| {
            let derived = service.keys.keyed_hash(purpose, &[id.as_bytes()]);
            // 32 bytes are a token by its length.
            Token::parse(&BASE64_URL_SAFE_NO_PAD.encode(derived))
        };
        let both = token("backend-state").zip(token("backend-api-key"));
        let (state, api_key) = both.ok_or(Refusal::Fault("a key of a call back is none"))?;
        Ok(Self { state, api_key })
    }
}

/// What a request is found by when the service calls back. No wallet of the open standards finds anything by it.
pub(super) fn state_hash(service: &Service, state: &Token) -> [u8; 32] {
    service.keys.keyed_hash("backend-state-kept", &[state.as_str().as_bytes()])
}

/// In the place of what only wallets of the open standards redeem: nothing is ever found by it.
pub(super) fn no_code(service: &Service, id: Uuid) -> [u8; 32] {
    service.keys.keyed_hash("backend-no-code", &[id.as_bytes()])
}

/// Where the service calls back.
pub(super) fn call_back_url(
    service: &Service,
    organisation: &Organisation,
    backend: &dyn WalletBackend,
) -> Result<Url, Refusal> {
    let address = service.address(&format!("/vc/{}/{}/callback", organisation.code, backend.name()));
    Url::parse(&address).map_err(|_| Refusal::Fault("the public address is none"))
}

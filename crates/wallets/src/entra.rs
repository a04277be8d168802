//! Microsoft Entra Verified ID: the request service between us and the wallet in Microsoft Authenticator, by its public documentation
//! (<https://learn.microsoft.com/entra/verified-id/issuance-request-api>, `presentation-request-api`, `error-codes`, `admin-api`).
//!
//! The service signs what it hands out with the tenant's own key, in the tenant's own name (a `did:web`), by a contract that an
//! administrator made there for each kind of credential. What it hands out is shown whole or not at all.

mod callback;
mod http;
pub mod outside;
mod payload;
mod revoke;
mod settings;
mod token;

pub use payload::COPY_CLAIM;
pub use settings::{Contract, EntraSettings, SetupError};

use crate::{BackendError, BadCallback, Begun, Callback, Issuance, Presentation, WalletBackend};
use async_trait::async_trait;
use http::{Answer, Failure, ask, client, under};
use jiff::Timestamp;
use reqwest::{Client, Method, StatusCode};
use serde::Deserialize;
use serde_json::Value;
use std::fmt;
use token::{Purpose, Tokens};
use url::Url;
use uuid::Uuid;

/// The longest request that the service takes, in bytes: 1 MB.
const LARGEST_REQUEST: usize = 1_000_000;
/// No link is longer; a QR code holds hardly more.
const LONGEST_LINK: usize = 2_000;

/// The adapter. Cheap to keep, and one is enough for a process: it keeps the service's tokens.
pub struct EntraVerifiedId {
    settings: EntraSettings,
    client: Client,
    tokens: Tokens,
}

impl fmt::Debug for EntraVerifiedId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EntraVerifiedId").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl EntraVerifiedId {
    /// The adapter for these settings.
    ///
    /// # Errors
    /// [`SetupError`] where one of them is not of its form; it says which, and never holds the secret.
    pub fn new(settings: EntraSettings) -> Result<Self, SetupError> {
        settings.check()?;
        let client = client(&settings.base_url)?;
        Ok(Self { settings, client, tokens: Tokens::default() })
    }

    fn contract(&self, kind: &str) -> Option<&Contract> {
        self.settings.contracts.iter().find(|contract| contract.kind == kind)
    }

    /// The contract of a kind that the caller should have asked for.
    fn contract_of(&self, kind: &str) -> Result<&Contract, BackendError> {
        let none = || BackendError::Misconfigured(format!("no contract is configured for {kind}"));
        self.contract(kind).ok_or_else(none)
    }

    /// Asks one of the service's endpoints, with a token for it. A token that counts no more is fetched anew, once.
    async fn call(
        &self,
        purpose: Purpose,
        method: Method,
        url: Url,
        body: Option<&Value>,
        now: Timestamp,
    ) -> Result<Answer, BackendError> {
        let mut again = true;
        loop {
            let token = self.tokens.token(&self.client, &self.settings, purpose, now).await?;
            let mut request = self.client.request(method.clone(), url.clone()).bearer_auth(token.expose());
            request = match body {
                Some(body) => request.json(body),
                // An empty body says how long it is: proxies on the way ask for that.
                None if method == Method::POST => {
                    request.header("content-type", "application/json").header("content-length", "0")
                }
                None => request,
            };
            let answer = ask(request).await?;
            if answer.status == StatusCode::UNAUTHORIZED && again {
                self.tokens.forget(purpose).await;
                again = false;
                continue;
            }
            return Ok(answer);
        }
    }

    /// Asks the service to begin something.
    async fn begin(&self, what: &str, body: &Value, now: Timestamp) -> Result<Begun, BackendError> {
        if body.to_string().len() > LARGEST_REQUEST {
            return Err(BackendError::Permanent(
                "what the credential says is too large for the service".into(),
            ));
        }
        let url = under(&self.settings.base_url, &["v1.0", "verifiableCredentials", what]);
        let answer = self.call(Purpose::Requests, Method::POST, url, Some(body), now).await?;
        if answer.status != StatusCode::CREATED {
            return Err(Failure::of(&answer).into());
        }
        begun(&answer.body)
    }
}

/// What the service answers when it has begun.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answered {
    request_id: String,
    url: String,
    expiry: i64,
}

fn begun(body: &[u8]) -> Result<Begun, BackendError> {
    let strange = || BackendError::Transient("the service's answer cannot be read".into());
    let answered: Answered = serde_json::from_slice(body).map_err(|_| strange())?;
    // Its documentation shows both forms; whatever else it were, a person's browser would follow it.
    let opens_a_wallet = ["openid-vc://", "openid://vc"].iter().any(|start| answered.url.starts_with(start));
    let plain = |text: &str, longest: usize| {
        !text.is_empty() && text.len() <= longest && text.bytes().all(|byte| byte.is_ascii_graphic())
    };
    if !opens_a_wallet
        || !plain(&answered.url, LONGEST_LINK)
        || !plain(&answered.request_id, callback::LONGEST)
    {
        return Err(strange());
    }
    let expires_at = Timestamp::from_second(answered.expiry).map_err(|_| strange())?;
    Ok(Begun { request_id: answered.request_id, link: answered.url, expires_at })
}

#[async_trait]
impl WalletBackend for EntraVerifiedId {
    fn name(&self) -> &'static str {
        "entra"
    }

    fn issues(&self, kind: &str) -> bool {
        self.contract(kind).is_some()
    }

    fn revokes(&self) -> bool {
        self.settings.authority_id.is_some()
    }

    /// Each right has a token of its own. What may be asked with the one for revoking is asked, for a copy that nobody has; with the other
    /// nothing can be asked that begins nothing.
    async fn check(&self, now: Timestamp) -> Result<(), BackendError> {
        self.tokens.token(&self.client, &self.settings, Purpose::Requests, now).await?;
        if self.revokes() {
            for contract in &self.settings.contracts {
                self.revoke_copy(&contract.kind, Uuid::nil(), now).await?;
            }
        }
        Ok(())
    }

    async fn begin_issuance(&self, issuance: Issuance<'_>, now: Timestamp) -> Result<Begun, BackendError> {
        let contract = self.contract_of(issuance.kind)?;
        let body = payload::issuance(&self.settings.authority, contract, &issuance);
        self.begin("createIssuanceRequest", &body, now).await
    }

    async fn begin_presentation(
        &self,
        presentation: Presentation<'_>,
        now: Timestamp,
    ) -> Result<Begun, BackendError> {
        let contracts = presentation.kinds.iter().map(|kind| self.contract_of(kind));
        let contracts = contracts.collect::<Result<Vec<_>, _>>()?;
        let body = payload::presentation(&self.settings.authority, &contracts, &presentation);
        self.begin("createPresentationRequest", &body, now).await
    }

    fn read_callback(&self, body: &[u8]) -> Result<Callback, BadCallback> {
        callback::read(&self.settings, body)
    }

    async fn revoke(&self, kind: &str, copy: Uuid, now: Timestamp) -> Result<bool, BackendError> {
        self.revoke_copy(kind, copy, now).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_that_opens_no_wallet_is_none() {
        let answer = |url: &str| {
            serde_json::json!({ "requestId": "r", "url": url, "expiry": 1_780_000_000 }).to_string()
        };
        for good in
            ["openid-vc://?request_uri=https://x.example/r", "openid://vc?request_uri=https://x.example"]
        {
            assert_eq!(begun(answer(good).as_bytes()).unwrap().link, good);
        }
        for bad in ["", "javascript:alert(1)", "https://x.example", "openid-vc://a b", "openid://other"] {
            assert!(begun(answer(bad).as_bytes()).is_err(), "{bad}");
        }
        assert!(begun(answer(&format!("openid-vc://{}", "a".repeat(LONGEST_LINK))).as_bytes()).is_err());
        assert!(begun(b"{}").is_err());
    }
}

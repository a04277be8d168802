//! Microsoft Entra Verified ID, with the wallet behind it.
//!
//! It is a **stand-in** for the request service and the tenant's tokens, which nobody can run for themselves, built from the public
//! documentation (<https://learn.microsoft.com/entra/verified-id/issuance-request-api>, `presentation-request-api`, `error-codes`,
//! `admin-api`, and the client credentials grant of the Microsoft identity platform): the same addresses, the same checks of what it is
//! sent, the same answers, errors and call backs. What the real service does beyond that, and what Microsoft Authenticator does with a
//! link, it cannot show.

mod admin;
mod checks;
mod login;

use crate::TurnableClock;
use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use checks::{Asked, Wrong};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::task::AbortHandle;
use uuid::Uuid;

/// A request lives for so long; that cannot be changed.
const LIFETIME: SignedDuration = SignedDuration::from_mins(5);

/// A tenant of Entra Verified ID on loopback. It is gone when dropped.
#[derive(Debug)]
pub struct Entra {
    base_url: String,
    tenant: Tenant,
    serving: AbortHandle,
}

/// What the service was asked to begin.
#[derive(Debug, Clone)]
pub struct EntraRequest {
    /// What the service calls it.
    pub id: String,
    /// What the QR code holds.
    pub url: String,
    /// Whether a credential is handed out; else some are asked for.
    pub issues: bool,
    /// What was sent, whole.
    pub body: Value,
    /// When it is forgotten, UTC.
    pub expires_at: Timestamp,
}

/// A call of the service.
#[derive(Debug, Clone)]
pub struct EntraCall {
    /// Where to.
    pub url: String,
    /// The header `api-key`.
    pub api_key: String,
    /// The body, JSON.
    pub body: Value,
}

impl EntraCall {
    /// Calls over the network, as the service does. Answers the status.
    ///
    /// # Panics
    /// Where nobody is there.
    pub async fn goes_out(&self) -> u16 {
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let call = client.post(&self.url).header("api-key", &self.api_key).json(&self.body);
        call.send().await.expect("whoever is called back answers").status().as_u16()
    }
}

/// What can go wrong at the service with the next request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntraTrouble {
    /// 503: nothing is begun.
    Down,
    /// 429: too many requests.
    TooMany,
    /// 401: the token counts no more, though its time is not over.
    TokenEnded,
    /// 403: the application was granted no permission.
    NotPermitted,
    /// 201, with an answer that is none.
    Garbled,
}

/// A credential that the service handed out.
#[derive(Debug, Clone)]
pub(crate) struct HandedOut {
    id: String,
    contract: String,
    copy: String,
    kind: String,
    claims: Map<String, Value>,
    revoked: bool,
}

#[derive(Debug)]
pub(crate) struct Office {
    clock: TurnableClock,
    troubles: VecDeque<EntraTrouble>,
    requests: Vec<EntraRequest>,
    handed_out: Vec<HandedOut>,
    tokens: Vec<login::Token>,
    revocations: u32,
}

type Tenant = Arc<Mutex<Office>>;

impl Entra {
    /// The tenant's id.
    pub const TENANT: &'static str = "b1c1ab1e-0000-4000-8000-000000000001";
    /// The application that may call.
    pub const CLIENT_ID: &'static str = "5e1f5e1f-0000-4000-8000-000000000002";
    /// Its secret.
    pub const CLIENT_SECRET: &'static str = "n0t~a-real.secret_of-anybodys";
    /// In whose name is issued and asked.
    pub const AUTHORITY: &'static str = "did:web:verifiedid.northfield.example";
    /// What the Admin API calls the same.
    pub const AUTHORITY_ID: &'static str = "ffea7eb3-0000-4000-8000-000000000003";

    /// Opens on a free port of loopback, by this clock.
    ///
    /// # Panics
    /// When loopback has no free port.
    pub async fn start(clock: TurnableClock) -> Self {
        let office = Office {
            clock,
            troubles: VecDeque::new(),
            requests: Vec::new(),
            handed_out: Vec::new(),
            tokens: Vec::new(),
            revocations: 0,
        };
        let tenant = Arc::new(Mutex::new(office));
        let routes = Router::new()
            .route("/{tenant}/oauth2/v2.0/token", post(login::token))
            .route("/v1.0/verifiableCredentials/createIssuanceRequest", post(create_issuance))
            .route("/v1.0/verifiableCredentials/createPresentationRequest", post(create_presentation))
            .route(
                "/v1.0/verifiableCredentials/authorities/{authority}/contracts/{contract}/credentials",
                get(admin::search),
            )
            .route(
                "/v1.0/verifiableCredentials/authorities/{authority}/contracts/{contract}/credentials/{id}/revoke",
                post(admin::revoke),
            )
            .with_state(Arc::clone(&tenant));
        let listener =
            tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.expect("loopback has a free port");
        let base_url = format!("http://{}", listener.local_addr().expect("a bound socket has an address"));
        let serving = tokio::spawn(axum::serve(listener, routes).into_future()).abort_handle();
        Self { base_url, tenant, serving }
    }

    /// The address of the service, and of the tenant's tokens, without a slash at the end.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The address of the manifest of the contract with this type.
    pub fn manifest(credential_type: &str) -> String {
        format!(
            "https://verifiedid.did.msidentity.com/v1.0/tenants/{}/verifiableCredentials/contracts/contract-{credential_type}/manifest",
            Self::TENANT
        )
    }

    /// What was begun, the oldest first.
    pub fn requests(&self) -> Vec<EntraRequest> {
        locked(&self.tenant).requests.clone()
    }

    /// What is behind a link.
    ///
    /// # Panics
    /// Where the service made no such link.
    pub fn behind(&self, link: &str) -> EntraRequest {
        let all = self.requests();
        all.into_iter()
            .find(|request| request.url == link)
            .unwrap_or_else(|| panic!("no request behind {link}"))
    }

    /// How many tokens were given.
    pub fn tokens_given(&self) -> usize {
        locked(&self.tenant).tokens.len()
    }

    /// How many credentials were revoked.
    pub fn revocations(&self) -> u32 {
        locked(&self.tenant).revocations
    }

    /// The next request meets this trouble; called again, the one after it does.
    pub fn next_meets(&self, trouble: EntraTrouble) {
        locked(&self.tenant).troubles.push_back(trouble);
    }

    /// A wallet follows the link: the call back.
    pub fn retrieves(&self, link: &str) -> EntraCall {
        call(&self.behind(link), "request_retrieved", json!({}))
    }

    /// Its person types the PIN, where there is one, and selects *Add*: the call back. Nothing where the PIN is wrong, or the request
    /// is forgotten: then the wallet says so by itself.
    pub fn adds(&self, link: &str, pin: Option<&str>) -> Option<EntraCall> {
        let request = self.behind(link);
        let mut office = locked(&self.tenant);
        let right = request.body.pointer("/pin/value").and_then(Value::as_str) == pin;
        if !request.issues || !right || request.expires_at <= office.clock.now() {
            return None;
        }
        let claims = request.body["claims"].as_object().cloned().unwrap_or_default();
        let manifest = request.body["manifest"].as_str().unwrap_or_default();
        let handed_out = HandedOut {
            id: format!("urn:pic:{}", Uuid::from_u128(office.handed_out.len() as u128).simple()),
            contract: checks::contract_of(manifest),
            copy: claims.get("fobwatch_copy").and_then(Value::as_str).unwrap_or_default().to_owned(),
            kind: request.body["type"].as_str().unwrap_or_default().to_owned(),
            claims,
            revoked: false,
        };
        office.handed_out.push(handed_out);
        Some(call(&request, "issuance_successful", json!({})))
    }

    /// It fails for a reason: the call back.
    pub fn fails(&self, link: &str, why: &str) -> EntraCall {
        let request = self.behind(link);
        let (status, code) = if request.issues {
            ("issuance_error", "IssuanceFlowFailed")
        } else {
            ("presentation_error", "tokenError")
        };
        call(&request, status, json!({ "error": { "code": code, "message": why } }))
    }

    /// The wallet shows the newest of what it was handed out, of each kind that is asked for: the call back. Nothing where it has none,
    /// or one was revoked, or the request is forgotten.
    pub fn shows(&self, link: &str) -> Option<EntraCall> {
        let request = self.behind(link);
        let office = locked(&self.tenant);
        if request.issues || request.expires_at <= office.clock.now() {
            return None;
        }
        let asked = request.body["requestedCredentials"].as_array().cloned().unwrap_or_default();
        let shown = asked.iter().map(|one| {
            let kind = one["type"].as_str().unwrap_or_default();
            let held = office.handed_out.iter().rev().find(|held| held.kind == kind)?;
            (!held.revoked).then(|| {
                json!({
                    "issuer": Self::AUTHORITY,
                    "type": ["VerifiableCredential", kind],
                    "claims": held.claims,
                    "credentialState": { "revocationStatus": "VALID" },
                    "domainValidation": { "url": "https://verifiedid.northfield.example/" },
                    "issuanceDate": "2026-11-22T10:00:00Z",
                    "expirationDate": "2027-11-22T10:00:00Z",
                })
            })
        });
        let shown: Option<Vec<Value>> = shown.collect();
        let told = json!({ "subject": "did:ion:somebodys-wallet", "verifiedCredentialsData": shown? });
        Some(call(&request, "presentation_verified", told))
    }
}

impl Drop for Entra {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn locked(tenant: &Tenant) -> MutexGuard<'_, Office> {
    tenant.lock().unwrap_or_else(PoisonError::into_inner)
}

fn call(request: &EntraRequest, status: &str, more: Value) -> EntraCall {
    let text =
        |pointer: &str| request.body.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut body =
        json!({ "requestId": request.id, "requestStatus": status, "state": text("/callback/state") });
    if let (Value::Object(body), Value::Object(more)) = (&mut body, more) {
        body.extend(more);
    }
    EntraCall { url: text("/callback/url"), api_key: text("/callback/headers/api-key"), body }
}

async fn create_issuance(State(tenant): State<Tenant>, headers: HeaderMap, body: Bytes) -> Response {
    create(&tenant, &headers, &body, true).unwrap_or_else(IntoResponse::into_response)
}

async fn create_presentation(State(tenant): State<Tenant>, headers: HeaderMap, body: Bytes) -> Response {
    create(&tenant, &headers, &body, false).unwrap_or_else(IntoResponse::into_response)
}

fn create(tenant: &Tenant, headers: &HeaderMap, body: &[u8], issues: bool) -> Result<Response, Wrong> {
    let mut office = locked(tenant);
    let now = office.clock.now();
    let trouble = office.troubles.pop_front();
    match trouble {
        Some(EntraTrouble::Down) => return Err(Wrong::plain(503, "serviceUnavailable")),
        Some(EntraTrouble::TooMany) => {
            return Err(Wrong::inner(429, "tooManyRequests", "transientError", ""));
        }
        Some(EntraTrouble::NotPermitted) => return Err(Wrong::plain(403, "forbidden")),
        Some(EntraTrouble::TokenEnded) => {
            office.tokens.iter_mut().for_each(login::Token::end);
        }
        Some(EntraTrouble::Garbled) | None => {}
    }
    login::check(&office.tokens, headers, login::REQUESTS, now)?;
    if headers.get("content-type").is_none_or(|kind| kind != "application/json") {
        return Err(Wrong::plain(415, "unsupportedMediaType"));
    }
    if body.len() > 1_000_000 {
        return Err(Wrong::plain(413, "payloadTooLarge"));
    }
    let body: Value =
        serde_json::from_slice(body).map_err(|_| Wrong::inner(400, "badRequest", "badOrMissingField", ""))?;
    if issues { Asked::issuance(&body, now) } else { Asked::presentation(&body) }?;
    let id = Uuid::from_u128(0x0065_6e74_7261_4000_8000_0000_0000_0000 + office.requests.len() as u128)
        .to_string();
    let what = if issues { "issuanceRequests" } else { "presentationRequests" };
    let url = format!(
        "openid-vc://?request_uri=https://verifiedid.did.msidentity.com/v1.0/tenants/{}/verifiableCredentials/{what}/{id}",
        Entra::TENANT
    );
    let expires_at = now + LIFETIME;
    let mut answer = json!({ "requestId": id, "url": url, "expiry": expires_at.as_second() });
    if trouble == Some(EntraTrouble::Garbled) {
        answer["url"] = "https://elsewhere.example/".into();
    }
    if body["includeQRCode"] == true {
        answer["qrCode"] = "data:image/png;base64,iVBORw0KGgo=".into();
    }
    office.requests.push(EntraRequest { id, url, issues, body, expires_at });
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

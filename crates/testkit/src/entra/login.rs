//! The tenant's tokens: the client credentials grant.

use super::checks::Wrong;
use super::{Entra, Tenant, locked};
use axum::{
    Form, Json,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use std::collections::BTreeMap;

/// The scope of the request service.
pub(super) const REQUESTS: &str = "3db474b9-6a0c-4840-96ac-1fceb342124f/.default";
/// The scope of the Admin API.
pub(super) const ADMINISTRATION: &str = "6a8b4b39-c021-437c-b060-5a14a3fd65f3/.default";

/// A token that was given.
#[derive(Debug)]
pub(super) struct Token {
    text: String,
    scope: String,
    until: Timestamp,
}

impl Token {
    /// It counts no more.
    pub fn end(&mut self) {
        self.until = Timestamp::MIN;
    }
}

/// `POST /{tenant}/oauth2/v2.0/token`
pub(super) async fn token(
    State(tenant): State<Tenant>,
    Path(name): Path<String>,
    Form(form): Form<BTreeMap<String, String>>,
) -> Response {
    let refuse = |status: StatusCode, error: &str| {
        let told =
            json!({ "error": error, "error_description": "AADSTS: a sentence that holds what was sent" });
        (status, Json(told)).into_response()
    };
    let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    if name != Entra::TENANT {
        return refuse(StatusCode::BAD_REQUEST, "invalid_request");
    }
    if field("grant_type") != "client_credentials" {
        return refuse(StatusCode::BAD_REQUEST, "unsupported_grant_type");
    }
    if field("client_id") != Entra::CLIENT_ID || field("client_secret") != Entra::CLIENT_SECRET {
        return refuse(StatusCode::UNAUTHORIZED, "invalid_client");
    }
    if ![REQUESTS, ADMINISTRATION].contains(&field("scope")) {
        return refuse(StatusCode::BAD_REQUEST, "invalid_scope");
    }
    let mut office = locked(&tenant);
    let until = office.clock.now() + SignedDuration::from_secs(3_599);
    let text = format!("eyJ0eXAi.token-{}.sig", office.tokens.len());
    office.tokens.push(Token { text: text.clone(), scope: field("scope").to_owned(), until });
    Json(
        json!({ "token_type": "Bearer", "expires_in": 3_599, "ext_expires_in": 3_599, "access_token": text }),
    )
    .into_response()
}

/// Whether a request shows a token for this scope.
pub(super) fn check(tokens: &[Token], headers: &HeaderMap, scope: &str, now: Timestamp) -> Result<(), Wrong> {
    let shown = headers.get("authorization").and_then(|shown| shown.to_str().ok()).unwrap_or_default();
    let shown = shown.strip_prefix("Bearer ").unwrap_or_default();
    let known = tokens.iter().find(|token| token.text == shown && token.until > now);
    match known {
        None => Err(Wrong::inner(401, "unauthorized", "tokenError", "")),
        Some(token) if token.scope != scope => Err(Wrong::plain(403, "forbidden")),
        Some(_) => Ok(()),
    }
}

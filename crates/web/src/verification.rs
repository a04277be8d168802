//! Where telephone services compare Verification Passcodes. It is no page: no cookie is read, and the key in the header says who
//! asks.

use crate::{Web, urls};
use axum::Json;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use jiff::SignedDuration;
use journeys::Refusal;
use journeys::verification::{Asked, ClientRefusal, by_client};
use serde::Deserialize;
use serde_json::json;
use store::StoreError;
use tower_http::sensitive_headers::SetSensitiveRequestHeadersLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use vault::Secret;

/// No question is longer.
const LARGEST_BODY: usize = 4 * 1_024;

pub(crate) fn routes() -> Router<Web> {
    let never_kept =
        SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Router::new()
        .route(urls::VERIFICATION, post(verify))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(SetSensitiveRequestHeadersLayer::new([header::AUTHORIZATION]))
        .layer(never_kept)
}

#[derive(Deserialize)]
struct Question {
    user_name: String,
    passcode: Secret<String>,
}

async fn verify(State(web): State<Web>, headers: HeaderMap, body: Bytes) -> Response {
    let Some(key) = bearer(&headers) else { return refused(&ClientRefusal::UnknownKey) };
    let Ok(question) = serde_json::from_slice::<Question>(&body) else {
        return refused(&ClientRefusal::Nothing);
    };
    let Question { user_name, passcode } = question;
    match by_client(&web, key, Asked { user_name: &user_name, passcode: &passcode }).await {
        Ok(matches) => Json(json!({ "matches": matches })).into_response(),
        Err(refusal) => refused(&refusal),
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, key) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}

fn refused(refusal: &ClientRefusal) -> Response {
    let answer = |status, error| (status, Json(json!({ "error": error })));
    match refusal {
        ClientRefusal::UnknownKey => {
            let challenge = [(header::WWW_AUTHENTICATE, "Bearer")];
            (challenge, answer(StatusCode::UNAUTHORIZED, "unknown-key")).into_response()
        }
        ClientRefusal::Nothing => answer(StatusCode::BAD_REQUEST, "bad-request").into_response(),
        ClientRefusal::TooMany { wait } => {
            let after = [(header::RETRY_AFTER, seconds(*wait).to_string())];
            (after, answer(StatusCode::TOO_MANY_REQUESTS, "too-many")).into_response()
        }
        ClientRefusal::Fault(fault) => {
            if !matches!(fault, Refusal::Busy | Refusal::Store(StoreError::Unavailable(_))) {
                tracing::error!(error = %fault, "a Verification Passcode cannot be compared");
            }
            answer(StatusCode::SERVICE_UNAVAILABLE, "busy").into_response()
        }
    }
}

/// Whole seconds, rounded up.
fn seconds(wait: SignedDuration) -> i64 {
    wait.as_secs().saturating_add(i64::from(wait.subsec_nanos() > 0)).max(1)
}

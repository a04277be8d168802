//! Where systems of a trust provide credentials. It is no page: no cookie is read, and the key in the header says who provides.
//! What goes wrong is told as RFC 9457 says.

use crate::{Web, urls};
use axum::Json;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use journeys::Refusal;
use journeys::passport::provide::{Done, ProvideRefusal, by_client};
use rules::passport::{LARGEST_PICTURE, MOST_AT_ONCE};
use serde_json::{Value, json};
use store::StoreError;
use tower_http::sensitive_headers::SetSensitiveRequestHeadersLayer;
use tower_http::set_header::SetResponseHeaderLayer;

/// As many credentials as can be provided at once, with a picture in a few of them.
const LARGEST_BODY: usize = MOST_AT_ONCE * 8 * 1_024 + 4 * LARGEST_PICTURE;
/// A header of the IETF's draft of that name: the same request sent again is done once.
const IDEMPOTENCY_KEY: &str = "idempotency-key";

pub(crate) fn routes() -> Router<Web> {
    let never_kept =
        SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Router::new()
        .route(urls::VC_API_CREDENTIALS, post(provide))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(SetSensitiveRequestHeadersLayer::new([header::AUTHORIZATION]))
        .layer(never_kept)
}

async fn provide(State(web): State<Web>, headers: HeaderMap, body: Bytes) -> Response {
    let Some(key) = bearer(&headers) else { return refused(&ProvideRefusal::UnknownKey) };
    // A key that is no text is none that may be sent.
    let again = headers.get(IDEMPOTENCY_KEY).map(|key| key.to_str().unwrap_or(""));
    match by_client(&web, key, again, &body).await {
        Ok(Done { ids, before }) => {
            let status = if before { StatusCode::OK } else { StatusCode::CREATED };
            let credentials: Vec<Value> = ids.iter().map(|id| json!({ "id": id })).collect();
            (status, Json(json!({ "credentials": credentials }))).into_response()
        }
        Err(refusal) => refused(&refusal),
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, key) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}

/// The kind of a problem, as its `type` ends, and its status.
fn kind(refusal: &ProvideRefusal) -> (&'static str, StatusCode) {
    match refusal {
        ProvideRefusal::UnknownKey => ("unknown-key", StatusCode::UNAUTHORIZED),
        ProvideRefusal::Problems(_) => ("cannot-be-taken", StatusCode::UNPROCESSABLE_ENTITY),
        ProvideRefusal::BadKey => ("bad-idempotency-key", StatusCode::BAD_REQUEST),
        ProvideRefusal::KeyReused => ("idempotency-key-reused", StatusCode::UNPROCESSABLE_ENTITY),
        ProvideRefusal::NoSuchPerson => ("no-such-person", StatusCode::NOT_FOUND),
        ProvideRefusal::TooMany { .. } => ("too-many", StatusCode::TOO_MANY_REQUESTS),
        ProvideRefusal::Fault(_) => ("busy", StatusCode::SERVICE_UNAVAILABLE),
    }
}

fn refused(refusal: &ProvideRefusal) -> Response {
    let (kind, status) = kind(refusal);
    let mut problem = json!({ "type": format!("urn:fobwatch:problem:{kind}"), "title": status.canonical_reason(),
        "status": status.as_u16() });
    match refusal {
        ProvideRefusal::Fault(fault) => {
            if !matches!(fault, Refusal::Busy | Refusal::Store(StoreError::Unavailable(_))) {
                tracing::error!(error = %fault, "credentials cannot be provided");
            }
        }
        other => problem["detail"] = Value::from(other.to_string()),
    }
    if let ProvideRefusal::Problems(problems) = refusal {
        let each =
            problems.iter().map(|one| json!({ "pointer": one.pointer, "detail": one.what.to_string() }));
        problem["errors"] = Value::Array(each.collect());
    }
    let mut response = (status, problem.to_string()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    if let ProvideRefusal::TooMany { wait } = refusal {
        let seconds = wait.as_secs().saturating_add(i64::from(wait.subsec_nanos() > 0)).max(1);
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if matches!(refusal, ProvideRefusal::UnknownKey) {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

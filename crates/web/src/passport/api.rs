//! Where systems of a trust provide credentials, and end them. It is no page: no cookie is read, and the key in the header says who
//! asks. What goes wrong is told as RFC 9457 says.

mod end;
mod provide;
mod rejections;

use crate::{Web, urls};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use journeys::Refusal;
use journeys::passport::client::ClientRefusal;
use rules::passport::{LARGEST_PICTURE, MOST_AT_ONCE};
use serde_json::{Value, json};
use store::StoreError;
use tower_http::sensitive_headers::SetSensitiveRequestHeadersLayer;
use tower_http::set_header::SetResponseHeaderLayer;

/// As many credentials as can be provided at once, with a picture in a few of them.
const LARGEST_BODY: usize = MOST_AT_ONCE * 8 * 1_024 + 4 * LARGEST_PICTURE;

pub(crate) fn routes() -> Router<Web> {
    let never_kept =
        SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Router::new()
        .route(urls::VC_API_CREDENTIALS, post(provide::provide))
        .route(urls::VC_API_WITHDRAW, post(end::withdraw))
        .route(urls::VC_API_REVOKE, post(end::revoke))
        .route(urls::VC_API_REJECTIONS, get(rejections::list))
        .route(urls::VC_API_RESOLVE, post(rejections::resolve))
        .route(urls::VC_API_REOPEN, post(rejections::reopen))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(SetSensitiveRequestHeadersLayer::new([header::AUTHORIZATION]))
        .layer(never_kept)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, key) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}

/// The kind of a problem, as its `type` ends, and its status.
fn kind(refusal: &ClientRefusal) -> (&'static str, StatusCode) {
    match refusal {
        ClientRefusal::UnknownKey => ("unknown-key", StatusCode::UNAUTHORIZED),
        ClientRefusal::Problems(_) => ("cannot-be-taken", StatusCode::UNPROCESSABLE_ENTITY),
        ClientRefusal::BadKey => ("bad-idempotency-key", StatusCode::BAD_REQUEST),
        ClientRefusal::KeyReused => ("idempotency-key-reused", StatusCode::UNPROCESSABLE_ENTITY),
        ClientRefusal::NoSuchPerson => ("no-such-person", StatusCode::NOT_FOUND),
        ClientRefusal::NoSuchCredential => ("no-such-credential", StatusCode::NOT_FOUND),
        ClientRefusal::NotWaiting(_) => ("not-waiting", StatusCode::CONFLICT),
        ClientRefusal::NotAccepted(_) => ("not-accepted", StatusCode::CONFLICT),
        ClientRefusal::NotRejected => ("not-rejected", StatusCode::CONFLICT),
        ClientRefusal::EndedOtherwise { .. } => ("ended-otherwise", StatusCode::CONFLICT),
        ClientRefusal::TooMany { .. } => ("too-many", StatusCode::TOO_MANY_REQUESTS),
        ClientRefusal::Fault(_) => ("busy", StatusCode::SERVICE_UNAVAILABLE),
    }
}

fn refused(refusal: &ClientRefusal) -> Response {
    let (kind, status) = kind(refusal);
    let mut problem = json!({ "type": format!("urn:fobwatch:problem:{kind}"), "title": status.canonical_reason(),
        "status": status.as_u16() });
    match refusal {
        ClientRefusal::Fault(fault) => {
            if !matches!(fault, Refusal::Busy | Refusal::Store(StoreError::Unavailable(_))) {
                tracing::error!(error = %fault, "a system of a trust is not served");
            }
        }
        other => problem["detail"] = Value::from(other.to_string()),
    }
    if let ClientRefusal::Problems(problems) = refusal {
        let each =
            problems.iter().map(|one| json!({ "pointer": one.pointer, "detail": one.what.to_string() }));
        problem["errors"] = Value::Array(each.collect());
    }
    let mut response = (status, problem.to_string()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    if let ClientRefusal::TooMany { wait } = refusal {
        let seconds = wait.as_secs().saturating_add(i64::from(wait.subsec_nanos() > 0)).max(1);
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if matches!(refusal, ClientRefusal::UnknownKey) {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

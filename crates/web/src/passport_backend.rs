//! Where the service of a wallet's maker tells what became of what it was asked. This is no page: no cookie is read, and whoever is
//! refused learns no more than that.

use crate::{Web, urls};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::routing::post;
use journeys::passport::backend::callback::{CallRefusal, called_back};
use tower_http::sensitive_headers::SetSensitiveRequestHeadersLayer;

/// The service's own limit is 10 MB, for several credentials with photos and the wallet's receipt. We ask for one credential, and for no
/// receipt.
const LARGEST_BODY: usize = 256 * 1_024;
/// What the service proves itself by.
const API_KEY: &str = "api-key";

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route(urls::VC_CALLBACK, post(call))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(SetSensitiveRequestHeadersLayer::new([HeaderName::from_static(API_KEY)]))
}

async fn call(
    State(web): State<Web>,
    Path((organisation, service)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let mut shown = headers.get_all(API_KEY).iter();
    let api_key = match (shown.next(), shown.next()) {
        (Some(one), None) => one.to_str().ok(),
        _ => None,
    };
    match called_back(&web, &organisation, &service, api_key, &body).await {
        Ok(()) => StatusCode::OK,
        Err(refusal) => refused(&refusal),
    }
}

fn refused(refusal: &CallRefusal) -> StatusCode {
    match refusal {
        CallRefusal::Unreadable => StatusCode::BAD_REQUEST,
        CallRefusal::Unknown => StatusCode::NOT_FOUND,
        CallRefusal::Forged => {
            tracing::warn!("somebody calls back who is not the wallet's service");
            StatusCode::UNAUTHORIZED
        }
        CallRefusal::Fault(fault) => {
            tracing::error!(error = %fault, "what the wallet's service tells cannot be entered");
            StatusCode::SERVICE_UNAVAILABLE
        }
    }
}

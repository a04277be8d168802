//! What may be cached: stylesheets, scripts and pictures of ours, and each organisation's colours and logo.

use crate::Web;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use pages::Colour;

/// The address of an asset holds a fingerprint of its content: it is never another one.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
const FOR_A_WHILE: &str = "public, max-age=300";

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/assets/{*path}", get(asset))
        .route("/brand/{file}", get(colours))
        .route("/brand/{code}/logo.png", get(logo))
}

async fn asset(uri: Uri) -> Response {
    match pages::assets::get(uri.path()) {
        Some(asset) => {
            ([(CONTENT_TYPE, asset.content_type), (CACHE_CONTROL, FOR_EVER), (ETAG, asset.etag)], asset.bytes)
                .into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn colours(State(web): State<Web>, Path(file): Path<String>) -> Response {
    let Some(code) = file.strip_suffix(".css") else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let colour = match web.store.organisation_by_code(code).await {
        Ok(organisation) => organisation.and_then(|organisation| organisation.colour),
        Err(_) => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
    };
    match colour.and_then(|colour| Colour::parse(&colour).ok()) {
        Some(colour) => (
            [(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, FOR_A_WHILE)],
            pages::brand_stylesheet(colour),
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// A picture that somebody uploaded: whatever it is, a browser takes it for a picture and runs nothing in it.
async fn logo(State(web): State<Web>, Path(code): Path<String>) -> Response {
    match web.store.organisation_logo(&code).await {
        Ok(Some(png)) => (
            [
                (CONTENT_TYPE, "image/png"),
                (CACHE_CONTROL, FOR_A_WHILE),
                (CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
            ],
            png,
        )
            .into_response(),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

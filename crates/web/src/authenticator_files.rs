//! The authenticator, as a phone loads it. It is the same for everybody, and asks the service by its own interface.

use crate::Web;
use crate::protect::OfTheApp;
use axum::Extension;
use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderName, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

/// The address changes with the content: it is never another one.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// Asked for again each time, so that a new release is seen at once.
const ASK_AGAIN: &str = "no-cache";

pub(crate) fn routes() -> Router<Web> {
    Router::new().route("/authenticator", get(file)).route("/authenticator/{*path}", get(file))
}

async fn file(uri: Uri, headers: HeaderMap) -> Response {
    let Some(file) = ::authenticator::get(uri.path()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let cache = if file.for_ever { FOR_EVER } else { ASK_AGAIN };
    // The service worker lies below what it works for.
    let about = [
        (CACHE_CONTROL, cache),
        (ETAG, file.etag),
        (HeaderName::from_static("service-worker-allowed"), "/authenticator"),
    ];
    if headers.get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == file.etag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, Extension(OfTheApp), about).into_response();
    }
    (Extension(OfTheApp), about, [(CONTENT_TYPE, file.content_type)], file.bytes).into_response()
}

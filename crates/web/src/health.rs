//! For whoever keeps the service running.

use crate::Web;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;

pub(crate) fn routes() -> Router<Web> {
    Router::new().route("/health/live", get(async || "live\n")).route("/health/ready", get(ready))
}

/// Ready when the database answers.
async fn ready(State(web): State<Web>) -> (StatusCode, &'static str) {
    match web.store.ping().await {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(error) => {
            tracing::error!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
    }
}

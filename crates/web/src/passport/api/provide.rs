//! `POST /vc-api/v1/credentials`

use super::{bearer, refused};
use crate::Web;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use journeys::passport::client::ClientRefusal;
use journeys::passport::provide::{Done, by_client};
use serde_json::{Value, json};

/// A header of the IETF's draft of that name: the same request sent again is done once.
const IDEMPOTENCY_KEY: &str = "idempotency-key";

pub(super) async fn provide(State(web): State<Web>, headers: HeaderMap, body: Bytes) -> Response {
    let Some(key) = bearer(&headers) else { return refused(&ClientRefusal::UnknownKey) };
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

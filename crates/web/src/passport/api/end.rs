//! `POST /vc-api/v1/credentials/{id}/withdraw` and `…/revoke`

use super::{bearer, refused};
use crate::Web;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use journeys::passport::client::ClientRefusal;
use journeys::passport::end_by_client::{self, Over};
use serde_json::json;

pub(super) async fn withdraw(
    State(web): State<Web>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Some(key) = bearer(&headers) else { return refused(&ClientRefusal::UnknownKey) };
    answer(end_by_client::withdraw(&web, key, &id, &body).await)
}

pub(super) async fn revoke(
    State(web): State<Web>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Some(key) = bearer(&headers) else { return refused(&ClientRefusal::UnknownKey) };
    answer(end_by_client::revoke(&web, key, &id, &body).await)
}

/// The same whether it ended now or before.
fn answer(over: Result<Over, ClientRefusal>) -> Response {
    match over {
        Ok(Over { id, state, reason }) => {
            Json(json!({ "id": id, "state": state.as_str(), "reason": reason })).into_response()
        }
        Err(refusal) => refused(&refusal),
    }
}

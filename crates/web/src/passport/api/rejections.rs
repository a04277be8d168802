//! `GET /vc-api/v1/rejections`, and what is done about one of them.

use super::{bearer, refused};
use crate::Web;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use journeys::passport::client::ClientRefusal;
use journeys::passport::rejections::{self, Mark};
use journeys::passport::title;
use serde::Deserialize;
use serde_json::{Value, json};
use store::credential_rejection::Rejection;
use uuid::Uuid;

/// From where the list goes on.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct After {
    after: Option<String>,
}

pub(super) async fn list(State(web): State<Web>, Query(after): Query<After>, headers: HeaderMap) -> Response {
    let Some(key) = bearer(&headers) else { return refused(&ClientRefusal::UnknownKey) };
    let Ok(after) = after.after.as_deref().map(Uuid::parse_str).transpose() else {
        return refused(&ClientRefusal::NoSuchCredential);
    };
    match rejections::list_for_client(&web, key, after).await {
        Ok(page) => {
            let rejections: Vec<Value> = page.rejections.iter().map(|one| rejection(&web, one)).collect();
            Json(json!({ "rejections": rejections, "next": page.next })).into_response()
        }
        Err(refusal) => refused(&refusal),
    }
}

fn rejection(web: &Web, one: &Rejection) -> Value {
    json!({
        "id": one.credential,
        "person": one.email,
        "kind": one.kind.as_str(),
        "variant": one.variant,
        "title": title(one.kind, &one.variant),
        "reason": one.reason.as_str(),
        "details": one.details,
        "advice": rejections::advice(web, one.reason),
        "rejected_at": one.rejected_at.to_string(),
    })
}

pub(super) async fn resolve(State(web): State<Web>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    mark(&web, &id, &headers, Mark::Resolved).await
}

pub(super) async fn reopen(State(web): State<Web>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    mark(&web, &id, &headers, Mark::Open).await
}

/// The same whether it is marked so now or was before.
async fn mark(web: &Web, id: &str, headers: &HeaderMap, mark: Mark) -> Response {
    let Some(key) = bearer(headers) else { return refused(&ClientRefusal::UnknownKey) };
    match rejections::mark_by_client(web, key, id, mark).await {
        Ok(id) => Json(json!({ "id": id, "resolved": mark == Mark::Resolved })).into_response(),
        Err(refusal) => refused(&refusal),
    }
}

//! The Admin API, as far as credentials are revoked by it.

use super::checks::Wrong;
use super::{Entra, Tenant, locked, login};
use aws_lc_rs::digest::{SHA256, digest};
use axum::{
    Json,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;
use std::collections::BTreeMap;

/// `GET …/credentials?filter=indexclaimhash eq HASH`
pub(super) async fn search(
    State(tenant): State<Tenant>,
    Path((authority, contract)): Path<(String, String)>,
    Query(query): Query<BTreeMap<String, String>>,
    headers: HeaderMap,
) -> Result<Response, Wrong> {
    let office = locked(&tenant);
    login::check(&office.tokens, &headers, login::ADMINISTRATION, office.clock.now())?;
    if authority != Entra::AUTHORITY_ID {
        return Err(Wrong::inner(404, "notFound", "notFound", "authority"));
    }
    let filter = query.get("filter").and_then(|filter| filter.strip_prefix("indexclaimhash eq "));
    let hash = filter.ok_or_else(|| Wrong::inner(400, "badRequest", "badOrMissingField", "filter"))?;
    let indexed =
        |copy: &str| BASE64_STANDARD.encode(digest(&SHA256, format!("{contract}{copy}").as_bytes()));
    let found: Vec<_> = office
        .handed_out
        .iter()
        .filter(|held| held.contract == contract && indexed(&held.copy) == hash)
        .map(|held| {
            let status = if held.revoked { "issuerRevoked" } else { "valid" };
            json!({ "id": held.id, "contractId": contract, "status": status, "issuedAt": 1_644_029_489_000_i64 })
        })
        .collect();
    Ok(Json(json!({ "value": found })).into_response())
}

/// `POST …/credentials/{id}/revoke`
pub(super) async fn revoke(
    State(tenant): State<Tenant>,
    Path((authority, contract, id)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Result<Response, Wrong> {
    let mut office = locked(&tenant);
    login::check(&office.tokens, &headers, login::ADMINISTRATION, office.clock.now())?;
    let found = office.handed_out.iter_mut().find(|held| held.id == id && held.contract == contract);
    let (Some(held), true) = (found, authority == Entra::AUTHORITY_ID) else {
        return Err(Wrong::inner(404, "notFound", "notFound", "credential"));
    };
    held.revoked = true;
    office.revocations += 1;
    Ok(StatusCode::NO_CONTENT.into_response())
}

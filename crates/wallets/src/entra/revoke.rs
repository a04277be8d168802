//! Revoking what was handed out, by the Admin API (`admin-api`, *Credentials*): the service keeps nothing of a credential but the hash of
//! one claim that its contract indexes. By that it is found, and by the id that it is found under it is revoked.

use super::EntraVerifiedId;
use super::http::{Failure, under};
use super::token::Purpose;
use crate::BackendError;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use reqwest::{Method, StatusCode};
use serde::Deserialize;
use url::Url;
use uuid::Uuid;

#[derive(Deserialize)]
struct Found {
    value: Vec<One>,
}

#[derive(Deserialize)]
struct One {
    id: String,
    #[serde(default)]
    status: String,
}

impl EntraVerifiedId {
    pub(super) async fn revoke_copy(
        &self,
        kind: &str,
        copy: Uuid,
        now: Timestamp,
    ) -> Result<bool, BackendError> {
        let contract = self.contract_of(kind)?;
        let (Some(authority), Some(id)) = (self.settings.authority_id, contract.id()) else {
            return Err(BackendError::Misconfigured(
                "nothing can be revoked without entra_authority_id: revoke it in the portal of the tenant"
                    .into(),
            ));
        };
        let authority = authority.to_string();
        let path =
            ["v1.0", "verifiableCredentials", "authorities", &authority, "contracts", id, "credentials"];
        let credentials = under(&self.settings.base_url, &path);
        let found = self.found(&credentials, &index(id, copy), now).await?;
        for one in found.iter().filter(|one| !one.status.eq_ignore_ascii_case("issuerRevoked")) {
            let url = under(&credentials, &[&one.id, "revoke"]);
            let answer = self.call(Purpose::Administration, Method::POST, url, None, now).await?;
            if answer.status != StatusCode::NO_CONTENT && answer.status != StatusCode::OK {
                return Err(Failure::of(&answer).into());
            }
        }
        Ok(!found.is_empty())
    }

    async fn found(&self, credentials: &Url, index: &str, now: Timestamp) -> Result<Vec<One>, BackendError> {
        let mut url = credentials.clone();
        let hash: String = url::form_urlencoded::byte_serialize(index.as_bytes()).collect();
        url.set_query(Some(&format!("filter=indexclaimhash%20eq%20{hash}")));
        let answer = self.call(Purpose::Administration, Method::GET, url, None, now).await?;
        if answer.status != StatusCode::OK {
            return Err(Failure::of(&answer).into());
        }
        let strange = || BackendError::Transient("what the service found cannot be read".into());
        serde_json::from_slice::<Found>(&answer.body).map(|found| found.value).map_err(|_| strange())
    }
}

/// What the service keeps of an indexed claim: the SHA-256 of the contract's id and the claim, in base64.
fn index(contract: &str, copy: Uuid) -> String {
    BASE64_STANDARD.encode(digest(&SHA256, format!("{contract}{copy}").as_bytes()))
}

//! What a credential says when it goes to a wallet: the claims that were provided, each of which its holder may keep to themselves.

use super::signing::Turn;
use super::wallet::{issuer, random};
use crate::{Refusal, Service};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use openid4vc::claim_path::ClaimPath;
use openid4vc::jose::{self, CertificateChain, PublicKey};
use openid4vc::sd_jwt_vc::Draft;
use openid4vc::status_list::Reference;
use rules::passport::CredentialKind;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use store::credential::Credential;
use store::organisation::Organisation;
use uuid::Uuid;

/// The content of a credential, as it is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Content {
    /// What it says.
    pub claims: Map<String, Value>,
    /// How that was assured.
    pub assurance: Map<String, Value>,
}

/// The claim of an access key that says whose passport it opens.
pub const SUBJECT_CLAIM: &str = "passport";
/// The claim that holds how all others were assured.
pub(super) const ASSURANCE_CLAIM: &str = "assurance";

/// By what an access key says whose passport it opens: it never changes, is never another person's, and says nothing about them.
pub fn subject(service: &Service, account: Uuid) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(service.keys.keyed_hash("passport-subject", &[account.as_bytes()]))
}

/// The kind of a credential as verifiers name it (`vct`).
pub fn kind_address(service: &Service, kind: CredentialKind) -> String {
    service.address(&format!("/vc/types/{}", kind.as_str()))
}

/// Where a status list is published.
pub fn status_address(service: &Service, list: Uuid) -> String {
    service.address(&format!("/vc/status/{list}"))
}

/// What a credential says, and how that was assured.
///
/// # Errors
/// Where what is kept cannot be a credential.
pub(super) fn claims_of(credential: &Credential) -> Result<Map<String, Value>, Refusal> {
    let content: Content = serde_json::from_str(&credential.content)
        .map_err(|_| Refusal::Fault("the content of a credential is no claims"))?;
    let mut claims = content.claims;
    if !content.assurance.is_empty() && !credential.kind.is_access_key() {
        claims.insert(ASSURANCE_CLAIM.to_owned(), content.assurance.into());
    }
    Ok(claims)
}

/// A copy of a credential for a key of a wallet, at its place in a list, good until a moment; to be signed.
///
/// # Errors
/// Where what is kept cannot be a credential.
pub(super) fn drafted(
    service: &Service,
    organisation: &Organisation,
    credential: &Credential,
    copy: (PublicKey, Reference, Timestamp),
    now: Timestamp,
) -> Result<Draft, Refusal> {
    let (holder, status, expires_at) = copy;
    let claims = claims_of(credential)?;
    // An access key says nothing but whose passport it opens: there is nothing to keep back, and whoever asks for it needs that.
    let concealed = if credential.kind.is_access_key() {
        Vec::new()
    } else {
        claims.keys().map(|name| ClaimPath::names([name.as_str()])).collect()
    };
    Ok(Draft {
        kind: kind_address(service, credential.kind),
        issuer: Some(issuer(service, organisation)),
        issued_at: start_of_day(now),
        not_before: None,
        expires_at: Some(expires_at),
        holder: Some(holder),
        status: Some(status),
        claims,
        concealed,
        decoys: 0,
    })
}

/// Signs copies. It is done after the transaction that they belong to: a key in an HSM may be some way off. A wallet that hears of no
/// copy, because the key did not sign, asks again with the token that it has.
///
/// # Errors
/// Where the key does not sign.
pub(super) async fn signed(
    service: &Service,
    Turn { signer, place }: Turn,
    drafts: Vec<Draft>,
) -> Result<Vec<String>, Refusal> {
    let service = service.clone();
    let issue_all = move |key: &dyn jose::Signer, chain: &CertificateChain| {
        let drawn = random(&service);
        let issue = |draft: Draft| {
            let mut header = Map::new();
            header.insert("x5c".to_owned(), chain.to_header());
            draft.issue(header, key, &drawn).map(|issued| issued.to_string())
        };
        drafts.into_iter().map(issue).collect::<Result<Vec<_>, _>>()
    };
    signer.apart_at(place, issue_all).await?.map_err(|problem| {
        tracing::error!(%problem, "a credential cannot be issued");
        Refusal::Fault("a credential cannot be issued")
    })
}

/// A credential that says to the second when it was issued says who was issued theirs together.
fn start_of_day(now: Timestamp) -> Timestamp {
    now.to_zoned(jiff::tz::TimeZone::UTC).start_of_day().map_or(now, |start| start.timestamp())
}

/// When a copy ends to hold: at the end of the last local day, and never later than whoever signs it is vouched for.
pub(super) fn expires_at(service: &Service, last_day: Option<Date>, not_after: Timestamp) -> Timestamp {
    let end = last_day.and_then(|day| end_of(service, day));
    end.map_or(not_after, |end| end.min(not_after))
}

/// When a local day is over.
pub(super) fn end_of(service: &Service, day: Date) -> Option<Timestamp> {
    let next = day.checked_add(1.day()).ok()?;
    next.to_zoned(service.settings.time_zone.clone()).ok().map(|start| start.timestamp())
}

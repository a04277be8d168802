//! What an organisation says of itself as an issuer: to wallets, before they ask for anything.

use super::display::{self, credential_metadata};
use super::keys::signer;
use super::made::kind_address;
use super::request_keys::{encryption, request_keys};
use super::wallet::{WalletRefusal, issuer, organisation};
use crate::{Refusal, Service};
use jiff::Timestamp;
use openid4vc::issuer::{
    AuthorizationEndpoints, AuthorizationServer, CredentialConfiguration, IssuerMetadata, ProofRules,
};
use openid4vc::jose::{self, CertificateChain, DecryptionKey};
use rules::passport::CredentialKind;
use rules::passport::issuing::{BATCH, METADATA_KEPT};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use store::organisation::Organisation;
use uuid::Uuid;

/// What the issuer says of itself (OpenID4VCI 1.0, section 12.2), as JSON.
///
/// # Errors
/// [`WalletRefusal::Unknown`] where there is no such organisation.
pub async fn issuer_metadata(service: &Service, organisation_code: &str) -> Result<Value, WalletRefusal> {
    let organisation = organisation(service, organisation_code).await?;
    let keys = request_keys(service, service.clock.now()).await?;
    #[expect(
        clippy::redundant_closure_for_method_calls,
        reason = "the method alone is not general enough in its lifetime"
    )]
    let json = with_metadata(service, &organisation, &keys, |told| told.to_json());
    Ok(json)
}

/// What issuers say of themselves as it was signed, so that it is not signed for each who asks: the last token of each organisation.
#[derive(Debug, Default)]
pub struct MetadataCache(Mutex<HashMap<Uuid, Place>>);

/// The place of an organisation. Whoever comes while somebody signs waits for that, and finds it signed.
type Place = Arc<tokio::sync::Mutex<Option<Kept>>>;

#[derive(Debug)]
struct Kept {
    /// The key that signed it.
    key: Uuid,
    /// What it says.
    told: Value,
    signed_at: Timestamp,
    token: String,
}

impl MetadataCache {
    fn of(&self, organisation: Uuid) -> Place {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(places.entry(organisation).or_default())
    }
}

impl Kept {
    fn is_good(&self, key: Uuid, told: &Value, now: Timestamp) -> bool {
        let age = now.duration_since(self.signed_at);
        self.key == key && self.told == *told && !age.is_negative() && age < METADATA_KEPT
    }
}

/// The same signed, for wallets that ask for `application/jwt`.
///
/// # Errors
/// As [`issuer_metadata`].
pub async fn signed_issuer_metadata(
    service: &Service,
    cache: &MetadataCache,
    organisation_code: &str,
) -> Result<String, WalletRefusal> {
    let organisation = organisation(service, organisation_code).await?;
    let now = service.clock.now();
    let keys = request_keys(service, now).await?;
    #[expect(
        clippy::redundant_closure_for_method_calls,
        reason = "the method alone is not general enough in its lifetime"
    )]
    let told = with_metadata(service, &organisation, &keys, |told| told.to_json());
    let place = cache.of(organisation.id);
    let mut kept = place.lock().await;
    let signs = service.store.signing_passport_key(organisation.id, now).await?;
    if let (Some(kept), Some(key)) = (kept.as_ref(), signs)
        && kept.is_good(key.id, &told, now)
    {
        return Ok(kept.token.clone());
    }
    let signer = signer(service, &organisation).await?;
    let shared = service.clone();
    let tell = move |key: &dyn jose::Signer, chain: &CertificateChain| {
        with_metadata(&shared, &organisation, &keys, |told| told.signed(chain, key, now))
    };
    let token = signer.apart(tell).await?;
    let token = token.map_err(|_| Refusal::Fault("the metadata of an issuer cannot be signed"))?;
    *kept = Some(Kept { key: signer.id, told, signed_at: now, token: token.clone() });
    Ok(token)
}

fn with_metadata<T>(
    service: &Service,
    organisation: &Organisation,
    keys: &[DecryptionKey],
    tell: impl FnOnce(&IssuerMetadata<'_>) -> T,
) -> T {
    let issuer = issuer(service, organisation);
    let [credential, nonce, deferred, notification] =
        ["credential", "nonce", "deferred", "notification"].map(|path| format!("{issuer}/{path}"));
    let rules = ProofRules {
        issuer: &issuer,
        is_nonce: &|_| false,
        batch: BATCH,
        attested_by: service.settings.passport.key_attestations(),
        client_id: None,
    };
    let configurations = CredentialKind::all()
        .map(|kind| {
            let configuration = CredentialConfiguration {
                kind: kind_address(service, kind),
                scope: kind.as_str().to_owned(),
                proof_types: rules.metadata(),
                display: credential_metadata(service, organisation, kind),
            };
            (kind.as_str().to_owned(), configuration)
        })
        .collect();
    tell(&IssuerMetadata {
        issuer: &issuer,
        name: &organisation.name,
        credential_endpoint: &credential,
        nonce_endpoint: &nonce,
        deferred_endpoint: Some(&deferred),
        notification_endpoint: &notification,
        encryption: encryption(keys),
        batch: BATCH,
        configurations,
    })
}

/// What the authorisation server says of itself (RFC 8414), as JSON.
///
/// # Errors
/// [`WalletRefusal::Unknown`] where there is no such organisation.
pub async fn server_metadata(service: &Service, organisation_code: &str) -> Result<Value, WalletRefusal> {
    let organisation = organisation(service, organisation_code).await?;
    let issuer = issuer(service, &organisation);
    let settings = &service.settings.passport;
    let [token, authorize, push, challenge] =
        ["token", "authorize", "par", "challenge"].map(|path| format!("{issuer}/{path}"));
    let endpoints = AuthorizationEndpoints { authorize: &authorize, push: &push };
    let told = AuthorizationServer {
        issuer: &issuer,
        token_endpoint: &token,
        authorization: settings.has_clients().then_some(endpoints),
        challenge_endpoint: (!settings.wallet_makers.is_empty()).then_some(challenge.as_str()),
        haip: settings.haip,
    };
    Ok(told.to_json())
}

/// What a kind of credential is (SD-JWT VC, type metadata), as JSON: the same whichever organisation issues it.
///
/// # Errors
/// [`WalletRefusal::Unknown`] where there is no such kind.
pub fn type_metadata(service: &Service, kind: &str) -> Result<Value, WalletRefusal> {
    let kind = CredentialKind::parse(kind).ok_or(WalletRefusal::Unknown)?;
    let told = display::type_metadata(kind_address(service, kind), kind);
    Ok(serde_json::to_value(told).map_err(|_| Refusal::Fault("type metadata cannot be written"))?)
}

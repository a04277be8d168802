//! What an organisation says of itself as an issuer: to wallets, before they ask for anything.

use super::issue::NO_ENCRYPTION;
use super::keys::signer;
use super::made::kind_address;
use super::naming::title;
use super::wallet::{WalletRefusal, issuer, organisation};
use crate::{Refusal, Service};
use openid4vc::issuer::{AuthorizationServer, CredentialConfiguration, IssuerMetadata, ProofRules};
use rules::passport::CredentialKind;
use rules::passport::issuing::BATCH;
use serde_json::{Value, json};
use store::organisation::Organisation;

/// The language of names.
const LOCALE: &str = "en-GB";

/// What the issuer says of itself (OpenID4VCI 1.0, section 12.2), as JSON.
///
/// # Errors
/// [`WalletRefusal::Unknown`] where there is no such organisation.
pub async fn issuer_metadata(service: &Service, organisation_code: &str) -> Result<Value, WalletRefusal> {
    let organisation = organisation(service, organisation_code).await?;
    #[expect(
        clippy::redundant_closure_for_method_calls,
        reason = "the method alone is not general enough in its lifetime"
    )]
    let json = with_metadata(service, &organisation, |told| told.to_json());
    Ok(json)
}

/// The same signed, for wallets that ask for `application/jwt`.
///
/// # Errors
/// As [`issuer_metadata`].
pub async fn signed_issuer_metadata(
    service: &Service,
    organisation_code: &str,
) -> Result<String, WalletRefusal> {
    let organisation = organisation(service, organisation_code).await?;
    let signer = signer(service, &organisation).await?;
    let now = service.clock.now();
    let service = service.clone();
    let token = signer
        .apart(move |key, chain| with_metadata(&service, &organisation, |told| told.signed(chain, key, now)))
        .await?;
    Ok(token.map_err(|_| Refusal::Fault("the metadata of an issuer cannot be signed"))?)
}

fn with_metadata<T>(
    service: &Service,
    organisation: &Organisation,
    tell: impl FnOnce(&IssuerMetadata<'_>) -> T,
) -> T {
    let issuer = issuer(service, organisation);
    let [credential, nonce, notification] =
        ["credential", "nonce", "notification"].map(|path| format!("{issuer}/{path}"));
    let rules = ProofRules {
        issuer: &issuer,
        is_nonce: &|_| false,
        batch: BATCH,
        attested_by: None,
        client_id: None,
    };
    let configurations = CredentialKind::ALL
        .iter()
        .map(|kind| {
            let configuration = CredentialConfiguration {
                kind: kind_address(service, *kind),
                scope: kind.as_str().to_owned(),
                proof_types: rules.metadata(),
                display: json!({ "display": [display(organisation, *kind)] }),
            };
            (kind.as_str().to_owned(), configuration)
        })
        .collect();
    tell(&IssuerMetadata {
        issuer: &issuer,
        name: &organisation.name,
        credential_endpoint: &credential,
        nonce_endpoint: &nonce,
        deferred_endpoint: None,
        notification_endpoint: &notification,
        encryption: NO_ENCRYPTION,
        batch: BATCH,
        configurations,
    })
}

fn display(organisation: &Organisation, kind: CredentialKind) -> Value {
    let mut display = json!({ "name": title(kind, ""), "locale": LOCALE });
    if let Some(colour) = &organisation.colour {
        display["background_color"] = colour.clone().into();
    }
    display
}

/// What the authorisation server says of itself (RFC 8414), as JSON.
///
/// # Errors
/// [`WalletRefusal::Unknown`] where there is no such organisation.
pub async fn server_metadata(service: &Service, organisation_code: &str) -> Result<Value, WalletRefusal> {
    let organisation = organisation(service, organisation_code).await?;
    let issuer = issuer(service, &organisation);
    let token = format!("{issuer}/token");
    let told = AuthorizationServer {
        issuer: &issuer,
        token_endpoint: &token,
        authorization: None,
        challenge_endpoint: None,
        haip: false,
    };
    Ok(told.to_json())
}

/// What a kind of credential is (SD-JWT VC, type metadata), as JSON: the same whichever organisation issues it.
///
/// # Errors
/// [`WalletRefusal::Unknown`] where there is no such kind.
pub fn type_metadata(service: &Service, kind: &str) -> Result<Value, WalletRefusal> {
    let kind = CredentialKind::parse(kind).ok_or(WalletRefusal::Unknown)?;
    let name = title(kind, "");
    Ok(json!({
        "vct": kind_address(service, kind),
        "name": name,
        "display": [{ "locale": LOCALE, "name": name }],
    }))
}

//! What a wallet sends along with its requests, and what it is told when they are refused.

use super::authorise::Wish;
use crate::{Refusal, Service};
use jiff::{SignedDuration, Timestamp};
use openid4vc::issuer::{CredentialError, DpopProblem, DpopProof, HttpRequest, Nonces, OAuthError, Refused};
use rules::passport::issuing::TOKEN_LIFETIME;
use store::StoreError;
use store::credential::Credential;
use store::offer::CredentialOffer;
use store::organisation::Organisation;
use url::Url;
use vault::Token;

/// Why a wallet is not given what it asks for.
#[derive(Debug, thiserror::Error)]
pub enum WalletRefusal {
    /// By the authorisation server.
    #[error(transparent)]
    OAuth(#[from] Refused<OAuthError>),
    /// By the issuer.
    #[error(transparent)]
    Credential(#[from] Refused<CredentialError>),
    /// There is nothing at this address.
    #[error("there is no such thing")]
    Unknown,
    /// A fault that is ours.
    #[error(transparent)]
    Fault(#[from] Refusal),
}

impl From<StoreError> for WalletRefusal {
    fn from(error: StoreError) -> Self {
        Self::Fault(error.into())
    }
}

/// What a wallet sends along with a request.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sent<'a> {
    /// The path of the request, as the wallet was told it.
    pub path: &'a str,
    /// The header `Authorization`.
    pub authorization: Option<&'a str>,
    /// The header `DPoP`.
    pub dpop: Option<&'a str>,
    /// The header `OAuth-Client-Attestation`.
    pub attestation: Option<&'a str>,
    /// The header `OAuth-Client-Attestation-PoP`.
    pub attestation_proof: Option<&'a str>,
}

pub(super) fn oauth(code: OAuthError, why: &'static str) -> WalletRefusal {
    WalletRefusal::OAuth((code, why).into())
}

pub(super) fn refused(code: CredentialError, why: &'static str) -> WalletRefusal {
    WalletRefusal::Credential((code, why).into())
}

/// The organisation that a wallet calls by its code.
pub(super) async fn organisation(service: &Service, code: &str) -> Result<Organisation, WalletRefusal> {
    service.store.organisation_by_code(code).await?.ok_or(WalletRefusal::Unknown)
}

/// The identifier of an organisation as an issuer, which is also where everything of it begins.
pub fn issuer(service: &Service, organisation: &Organisation) -> String {
    service.address(&format!("/vc/{}", organisation.code))
}

/// Randomness, as the room of credentials takes it.
pub(super) fn random(service: &Service) -> impl Fn(&mut [u8]) + Send + Sync + '_ {
    move |bytes: &mut [u8]| service.random.fill(bytes)
}

/// Numbers that wallets sign, for one purpose.
fn nonces(service: &Service, purpose: &str) -> Nonces {
    Nonces::new(&service.keys.keyed_hash("passport-nonces", &[]), purpose)
}

/// Numbers for proofs of the keys that credentials are bound to.
pub(super) fn credential_nonces(service: &Service) -> Nonces {
    nonces(service, "credential")
}

/// A number for a proof of the keys that credentials are to be bound to (`c_nonce`).
///
/// # Errors
/// [`WalletRefusal::Unknown`] where there is no such organisation.
pub async fn nonce(service: &Service, organisation_code: &str) -> Result<String, WalletRefusal> {
    organisation(service, organisation_code).await?;
    Ok(credential_nonces(service).issue(service.clock.now(), &random(service)))
}

/// Numbers for proofs that a wallet is the one that its maker vouches for.
pub(super) fn attestation_challenges(service: &Service) -> Nonces {
    nonces(service, "attestation")
}

/// A number for such a proof (`attestation_challenge`).
///
/// # Errors
/// [`WalletRefusal::Unknown`] where there is no such organisation, or no maker's word is taken here.
pub async fn attestation_challenge(
    service: &Service,
    organisation_code: &str,
) -> Result<String, WalletRefusal> {
    organisation(service, organisation_code).await?;
    if service.settings.passport.wallet_makers.is_empty() {
        return Err(WalletRefusal::Unknown);
    }
    Ok(new_attestation_challenge(service))
}

/// The same where one is known to be wanted.
pub fn new_attestation_challenge(service: &Service) -> String {
    attestation_challenges(service).issue(service.clock.now(), &random(service))
}

/// A number for a proof that a token is its holder's (`DPoP-Nonce`).
pub fn dpop_nonce(service: &Service) -> String {
    nonces(service, "dpop").issue(service.clock.now(), &random(service))
}

/// The proof of possession that was sent along, if one was, verified but for having been used before.
pub(super) fn proof(
    service: &Service,
    sent: Sent<'_>,
    access_token: Option<&str>,
    now: Timestamp,
) -> Result<Option<DpopProof>, WalletRefusal> {
    let Some(proof) = sent.dpop else { return Ok(None) };
    let url = Url::parse(&service.address(sent.path))
        .map_err(|_| Refusal::Fault("the address of a request is no address"))?;
    let request = HttpRequest { method: "POST", url: &url, access_token };
    let ours = nonces(service, "dpop");
    DpopProof::verify(proof, request, now, |nonce| ours.is_fresh(nonce, now)).map(Some).map_err(|problem| {
        match problem {
            DpopProblem::Nonce => oauth(OAuthError::UseDpopNonce, "use the nonce in the header DPoP-Nonce"),
            _ => oauth(OAuthError::InvalidDpopProof, "the DPoP proof is not for this request, or not of now"),
        }
    })
}

/// What a proof is remembered by.
pub(super) fn proof_hash(service: &Service, proof: &DpopProof) -> [u8; 32] {
    service.keys.keyed_hash("passport-dpop", &[proof.thumbprint().as_bytes(), proof.id.as_bytes()])
}

pub(super) fn used_proof() -> WalletRefusal {
    oauth(OAuthError::InvalidDpopProof, "the DPoP proof was used before")
}

/// What a token is looked up by.
pub(super) fn token_hash(service: &Service, token: &Token) -> [u8; 32] {
    service.keys.keyed_hash("passport-access-token", &[token.as_str().as_bytes()])
}

/// An offer and the credential that it is of.
#[derive(Clone)]
pub(super) struct Granted {
    pub offer: CredentialOffer,
    pub credential: Credential,
}

/// What an access token is for.
pub(super) struct Authorised {
    /// The offers that its wallet may take, at least one.
    pub offers: Vec<Granted>,
    /// What the wallet calls itself, where it said so.
    pub client: Option<String>,
    /// Whether it was told credentials by their identifiers, and asks by those.
    pub by_identifiers: bool,
}

/// What the request's access token was given for, if its holder sends it and it still works.
pub(super) async fn authorised(
    service: &Service,
    organisation: &Organisation,
    sent: Sent<'_>,
    now: Timestamp,
) -> Result<Authorised, WalletRefusal> {
    authorised_for(service, organisation, sent, TOKEN_LIFETIME, now).await
}

/// The same, where a token that is bound to a key works for `bound`. Any other one works no longer than [`TOKEN_LIFETIME`]
/// (OpenID4VCI 1.0, section 13.7).
pub(super) async fn authorised_for(
    service: &Service,
    organisation: &Organisation,
    sent: Sent<'_>,
    bound: SignedDuration,
    now: Timestamp,
) -> Result<Authorised, WalletRefusal> {
    let invalid = || oauth(OAuthError::InvalidToken, "the access token is not one of ours, or is over");
    let (scheme, text) = sent.authorization.and_then(|sent| sent.split_once(' ')).ok_or_else(invalid)?;
    let token = Token::parse(text.trim()).ok_or_else(invalid)?;
    let Given { offers, client, by_identifiers } = given(service, &token_hash(service, &token)).await?;
    let mut alive = Vec::with_capacity(offers.len());
    for offer in offers {
        let lifetime = if offer.dpop_thumbprint.is_some() { bound } else { TOKEN_LIFETIME };
        let oldest = now.saturating_sub(lifetime).unwrap_or(Timestamp::MIN);
        let in_time = offer.redeemed_at.is_some_and(|redeemed| redeemed > oldest);
        let Some(credential) = service.store.credential(offer.credential_id).await? else { continue };
        if in_time && offer.cancelled_at.is_none() && credential.organisation_id == organisation.id {
            alive.push(Granted { offer, credential });
        }
    }
    // All offers of a token are bound to one key, or none is.
    let bound_to = alive.first().ok_or_else(invalid)?.offer.dpop_thumbprint.clone();
    let authorised = Authorised { offers: alive, client, by_identifiers };
    match bound_to {
        None if scheme.eq_ignore_ascii_case("bearer") => Ok(authorised),
        None => Err(invalid()),
        Some(thumbprint) => {
            if !scheme.eq_ignore_ascii_case("dpop") {
                return Err(invalid());
            }
            let proof = proof(service, sent, Some(token.as_str()), now)?
                .ok_or_else(|| oauth(OAuthError::InvalidDpopProof, "the DPoP proof is missing"))?;
            if proof.thumbprint() != thumbprint {
                return Err(invalid());
            }
            let mut tx = service.store.begin().await?;
            if !tx.use_once(&proof_hash(service, &proof), now).await? {
                return Err(used_proof());
            }
            tx.commit().await?;
            Ok(authorised)
        }
    }
}

/// What a token was given for, however that stands.
#[derive(Default)]
struct Given {
    offers: Vec<CredentialOffer>,
    client: Option<String>,
    by_identifiers: bool,
}

/// What a token (keyed hash) was given for: one offer by its code, or all that somebody granted at once.
async fn given(service: &Service, token: &[u8]) -> Result<Given, WalletRefusal> {
    if let Some(offer) = service.store.offer_by_token(token).await? {
        return Ok(Given { offers: vec![offer], ..Given::default() });
    }
    let Some(authorisation) = service.store.authorisation_by_token(token).await? else {
        return Ok(Given::default());
    };
    Ok(Given {
        offers: service.store.offers_of_authorisation(authorisation.id).await?,
        by_identifiers: Wish::read(&authorisation)?.by_details,
        client: Some(authorisation.client),
    })
}

/// A token that was given at this moment, or earlier, is over.
pub(super) fn token_oldest(now: Timestamp) -> Timestamp {
    now.saturating_sub(TOKEN_LIFETIME).unwrap_or(Timestamp::MIN)
}

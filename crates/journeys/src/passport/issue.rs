//! A wallet fetches a credential (OpenID4VCI 1.0, section 8): as many copies as it shows keys, each with a place of its own in a
//! status list. In the same transaction the credential becomes accepted, and those before it end or step back.

use super::keys::{Signer, signer};
use super::made::{drafted, expires_at, signed, status_address};
use super::revoke::revoke_copies;
use super::wallet::{
    Sent, WalletRefusal, authorised, credential_nonces, issuer, oauth, organisation, random, refused,
    token_oldest,
};
use crate::{Refusal, Service};
use jiff::Timestamp;
use openid4vc::issuer::{
    Bindings, Body, CredentialError, CredentialRequest, CredentialResponse, Encryption, OAuthError,
    ProofRules, Requested,
};
use openid4vc::jose::PublicKey;
use openid4vc::sd_jwt_vc::Draft;
use openid4vc::status_list::{Reference, draw_place};
use rules::passport::issuing::{BATCH, ISSUES_PER_OFFER, STATUS_LIST_SIZE};
use rules::passport::{CredentialKind, CredentialState, RevokeReason};
use std::collections::BTreeSet;
use std::num::NonZeroU32;
use store::Tx;
use store::audit::Event;
use store::credential::Credential;
use store::credential_copy::NewCopy;
use store::limits::Allowance;
use store::offer::CredentialOffer;
use store::organisation::Organisation;
use store::passport_event::NewPassportEvent;
use store::status_list::NewStatusList;

/// Nothing is encrypted beside the connection: there is no key for it that all nodes have.
pub(super) const NO_ENCRYPTION: Encryption<'static> =
    Encryption { keys: &[], request_required: false, response_required: false };

/// A request for a credential.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// `Content-Type`.
    pub media_type: &'a str,
    /// As it was sent.
    pub body: &'a [u8],
}

/// Issues what the token is for.
///
/// # Errors
/// [`WalletRefusal::OAuth`] for the token, [`WalletRefusal::Credential`] for what is asked: `invalid_credential_request`,
/// `unknown_credential_configuration`, `unknown_credential_identifier`, `invalid_proof`, `invalid_nonce`, and
/// `credential_request_denied` where the credential was taken back, rejected or revoked meanwhile.
pub async fn issue(
    service: &Service,
    organisation_code: &str,
    sent: Sent<'_>,
    asked: Asked<'_>,
) -> Result<Body, WalletRefusal> {
    let organisation = organisation(service, organisation_code).await?;
    let now = service.clock.now();
    let offer = authorised(service, &organisation, sent, now).await?;
    let credential = service.store.credential(offer.credential_id).await?.ok_or_else(denied)?;
    let request = CredentialRequest::read(asked.media_type, asked.body, NO_ENCRYPTION)?;
    is_of(&request.requested, credential.kind)?;
    let bindings = bindings(service, &organisation, &request, now)?;
    // A key may have to be made first, which is nothing to hold a transaction for.
    let signer = signer(service, &organisation).await?;
    let mut tx = service.store.begin().await?;
    use_nonces(service, &mut tx, &bindings, now).await?;
    let counted = service.keys.keyed_hash("passport-issues", &[offer.id.as_bytes()]);
    if tx.take(&ISSUES_PER_OFFER, &counted, now).await? != Allowance::Granted {
        return Err(denied());
    }
    if !tx.issue_offer(offer.id, token_oldest(now), now).await? {
        return Err(oauth(OAuthError::InvalidToken, "the offer was ended meanwhile"));
    }
    accept(service, &mut tx, &organisation, &offer, &credential, now).await?;
    let issuing = Issuing {
        service,
        organisation: &organisation,
        signer: &signer,
        credential: &credential,
        offer: &offer,
    };
    let mut drafts = Vec::with_capacity(bindings.keys.len());
    for key in bindings.keys {
        drafts.push(issuing.copy(&mut tx, key, now).await?);
    }
    tx.audit(
        Event::CredentialIssued {
            account: credential.account_id,
            organisation: organisation.id,
            credential: credential.id,
            offer: offer.id,
            count: u32::try_from(drafts.len()).unwrap_or(u32::MAX),
            reissue: offer.reissue,
        },
        now,
    );
    tx.commit().await?;
    service.tell_workers();
    let credentials = signed(service, &signer, drafts).await?;
    let response = CredentialResponse::Issued { credentials, notification_id: Some(offer.id.to_string()) };
    let drawn = random(service);
    let body = response.body(request.response_encryption.as_ref(), &drawn);
    Ok(body.map_err(|_| Refusal::Fault("an answer to a wallet cannot be encrypted"))?)
}

fn denied() -> WalletRefusal {
    refused(CredentialError::CredentialRequestDenied, "the credential cannot be issued any more")
}

/// Whether what is asked for is what the token is for.
fn is_of(requested: &Requested, kind: CredentialKind) -> Result<(), WalletRefusal> {
    match requested {
        Requested::Configuration(name) if name == kind.as_str() => Ok(()),
        Requested::Configuration(name) if CredentialKind::parse(name).is_some() => {
            Err(refused(CredentialError::InvalidCredentialRequest, "the token is for another credential"))
        }
        Requested::Configuration(_) => Err(refused(
            CredentialError::UnknownCredentialConfiguration,
            "nothing of this name is issued here",
        )),
        Requested::Identifier(_) => Err(refused(
            CredentialError::UnknownCredentialIdentifier,
            "no identifiers were given with the token",
        )),
    }
}

/// The keys that the wallet showed it has.
fn bindings(
    service: &Service,
    organisation: &Organisation,
    request: &CredentialRequest,
    now: Timestamp,
) -> Result<Bindings, WalletRefusal> {
    let issuer = issuer(service, organisation);
    let nonces = credential_nonces(service);
    let is_nonce = |nonce: &str| nonces.is_fresh(nonce, now);
    let rules =
        ProofRules { issuer: &issuer, is_nonce: &is_nonce, batch: BATCH, attested_by: None, client_id: None };
    let proofs = request
        .proofs
        .as_ref()
        .ok_or_else(|| refused(CredentialError::InvalidProof, "a proof of the wallet's key is missing"))?;
    Ok(proofs.verify(&rules, now)?)
}

/// A number that is used again is not taken. All proofs of one request may share theirs.
async fn use_nonces(
    service: &Service,
    tx: &mut Tx,
    bindings: &Bindings,
    now: Timestamp,
) -> Result<(), WalletRefusal> {
    let once: BTreeSet<&String> = bindings.nonces.iter().collect();
    for nonce in once {
        let hash = service.keys.keyed_hash("passport-nonce", &[nonce.as_bytes()]);
        if !tx.use_once(&hash, now).await? {
            return Err(refused(CredentialError::InvalidNonce, "fetch a new nonce and try again"));
        }
    }
    Ok(())
}

/// The credential is in its owner's wallet from here on. What held its place before does so no more: the older copies of a new copy,
/// the older credential of the same kind and subject, the access key before this one.
async fn accept(
    service: &Service,
    tx: &mut Tx,
    organisation: &Organisation,
    offer: &CredentialOffer,
    credential: &Credential,
    now: Timestamp,
) -> Result<(), WalletRefusal> {
    let expired = credential.state(service.today()) == CredentialState::Expired;
    let first = !offer.reissue && !expired && tx.accept_credential(credential.id, now).await?;
    if first {
        tx.archive_older_than(credential.id, now).await?;
        if credential.kind == CredentialKind::AccessKey {
            end_other_access_keys(tx, credential, offer, now).await?;
        }
    } else if expired || !tx.hold_accepted_credential(credential.id).await? {
        return Err(denied());
    } else if offer.issued_at.is_some() {
        // The wallet did not get the answer and asks again: what it was sent before is worth nothing.
        tx.revoke_copies_of_offer(offer.id, now).await?;
        return Ok(());
    } else if offer.reissue {
        revoke_copies(tx, credential.id, now).await?;
    } else {
        return Err(denied());
    }
    let id = vault::new_id(now, service.random.as_ref());
    let event = NewPassportEvent {
        id,
        account: credential.account_id,
        what: match credential.kind {
            _ if offer.reissue => "reissued",
            CredentialKind::AccessKey => "collected",
            _ => "accepted",
        },
        credential: Some(credential.id),
        organisation: Some(organisation.id),
        by: None,
        detail: None,
    };
    tx.add_passport_event(event, now).await?;
    Ok(())
}

/// There is one access key: a new one revokes the one before, ends the sessions that it began, and signs out everywhere but here.
async fn end_other_access_keys(
    tx: &mut Tx,
    credential: &Credential,
    offer: &CredentialOffer,
    now: Timestamp,
) -> Result<(), WalletRefusal> {
    let account = credential.account_id;
    let mut ended = false;
    for other in tx.other_access_keys(account, credential.id).await? {
        if tx.revoke_credential(other, RevokeReason::LostPhone, now).await? {
            revoke_copies(tx, other, now).await?;
            tx.audit(
                Event::AccessKeyReplaced { account, credential: other, by_credential: credential.id },
                now,
            );
            ended = true;
        }
    }
    if ended {
        let sessions = tx.end_other_sessions(account, offer.session_id, now).await?;
        if sessions > 0 {
            tx.audit(Event::SignedOutEverywhere { account, sessions }, now);
        }
    }
    Ok(())
}

/// What all copies of one request have in common.
struct Issuing<'a> {
    service: &'a Service,
    organisation: &'a Organisation,
    signer: &'a Signer,
    credential: &'a Credential,
    offer: &'a CredentialOffer,
}

impl Issuing<'_> {
    /// A copy for one key of the wallet.
    async fn copy(&self, tx: &mut Tx, key: PublicKey, now: Timestamp) -> Result<Draft, WalletRefusal> {
        let Self { service, organisation, signer, credential, offer } = self;
        let new_id = || vault::new_id(now, service.random.as_ref());
        let list = NewStatusList {
            id: new_id(),
            organisation_id: organisation.id,
            root_id: signer.root,
            size: STATUS_LIST_SIZE,
        };
        let holds_until = expires_at(service, credential.moments.valid_until, signer.not_after);
        let new = NewCopy {
            id: new_id(),
            credential_id: credential.id,
            offer_id: offer.id,
            thumbprint: &key.thumbprint(),
            holds_until,
        };
        let places = NonZeroU32::new(STATUS_LIST_SIZE).unwrap_or(NonZeroU32::MIN);
        let place = tx.add_copy(new, list, &|| draw_place(places, &random(service)), now).await?;
        let reference = Reference { uri: status_address(service, place.list), idx: place.place };
        Ok(drafted(service, organisation, credential, (key, reference, holds_until), now)?)
    }
}

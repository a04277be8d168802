//! A wallet fetches a credential (OpenID4VCI 1.0, section 8): as many copies as it shows keys, each with a place of its own in a
//! status list. In the same transaction the credential becomes accepted, and those before it end or step back.

use super::deferred::defer;
use super::keys::Signer;
use super::made::{drafted, expires_at, signed, status_address};
use super::request_keys::{encryption, keys_for};
use super::revoke::revoke_copies;
use super::signing::turn;
use super::wallet::{
    Authorised, Granted, Sent, WalletRefusal, authorised, credential_nonces, issuer, oauth, organisation,
    random, refused, token_oldest,
};
use crate::passport::notify;
use crate::{Refusal, Service};
use jiff::Timestamp;
use openid4vc::Random;
use openid4vc::issuer::{
    Bindings, Body, CredentialError, CredentialRequest, CredentialResponse, OAuthError, ProofRules,
    Requested, ResponseEncryption,
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
use store::passport_event::{About, NewPassportEvent};
use store::status_list::NewStatusList;
use wording::SecurityChange;

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
/// `unknown_credential_configuration`, `unknown_credential_identifier`, `invalid_proof`, `invalid_nonce`, `invalid_encryption_parameters`, and
/// `credential_request_denied` where the credential was taken back, rejected or revoked meanwhile.
pub async fn issue(
    service: &Service,
    organisation_code: &str,
    sent: Sent<'_>,
    asked: Asked<'_>,
) -> Result<Answer, WalletRefusal> {
    let organisation = organisation(service, organisation_code).await?;
    let now = service.clock.now();
    let authorised = authorised(service, &organisation, sent, now).await?;
    let keys = keys_for(service, asked.media_type, now).await?;
    let request = CredentialRequest::read(asked.media_type, asked.body, encryption(&keys))?;
    let Granted { offer, credential } = asked_for(&authorised, &request.requested)?;
    let bindings = bindings(service, &organisation, &request, authorised.client.as_deref(), now)?;
    let holders = &bindings.keys;
    let response = match turn(service, &organisation).await? {
        None => {
            let tx = begin(service, offer, &bindings, now).await?;
            defer(service, tx, offer, credential, holders, now).await?
        }
        Some(turn) => {
            let issuing =
                Issuing { service, organisation: &organisation, signer: &turn.signer, credential, offer };
            let mut tx = begin(service, offer, &bindings, now).await?;
            let drafts = issuing.hand_out(&mut tx, holders.clone(), token_oldest(now), now).await?;
            tx.commit().await?;
            // Their owner is told of nothing else.
            if credential.kind.is_access_key() {
                service.tell_workers();
            }
            if let Ok(credentials) = signed(service, turn, drafts).await {
                CredentialResponse::Issued { credentials, notification_id: Some(offer.id.to_string()) }
            } else {
                // Why is in the log. The wallet asks again, for copies in the place of those.
                let tx = service.store.begin().await?;
                defer(service, tx, offer, credential, holders, now).await?
            }
        }
    };
    let drawn = random(service);
    Answer::of(&response, request.response_encryption.as_ref(), &drawn)
}

/// What a wallet is answered.
#[derive(Debug)]
pub struct Answer {
    /// The status: 200, or 202 where it is to ask again.
    pub status: u16,
    /// The body, encrypted where the wallet asked for that.
    pub body: Body,
}

impl Answer {
    pub(super) fn of(
        response: &CredentialResponse,
        encryption: Option<&ResponseEncryption>,
        random: &dyn Random,
    ) -> Result<Self, WalletRefusal> {
        let body = response.body(encryption, random);
        let body = body.map_err(|_| Refusal::Fault("an answer to a wallet cannot be encrypted"))?;
        Ok(Self { status: response.status(), body })
    }
}

/// Begins the transaction in which the numbers of the wallet's proofs are used up and the try is counted.
async fn begin(
    service: &Service,
    offer: &CredentialOffer,
    bindings: &Bindings,
    now: Timestamp,
) -> Result<Tx, WalletRefusal> {
    let mut tx = service.store.begin().await?;
    use_nonces(service, &mut tx, bindings, now).await?;
    let counted = service.keys.keyed_hash("passport-issues", &[offer.id.as_bytes()]);
    if tx.take(&ISSUES_PER_OFFER, &counted, now).await? != Allowance::Granted {
        return Err(denied());
    }
    Ok(tx)
}

pub(super) fn denied() -> WalletRefusal {
    refused(CredentialError::CredentialRequestDenied, "the credential cannot be issued any more")
}

/// Which of the things that the token is for is asked for. Whoever was told identifiers asks by those, and nobody else does (section 8.2).
fn asked_for<'a>(authorised: &'a Authorised, requested: &Requested) -> Result<&'a Granted, WalletRefusal> {
    let is_it = |granted: &&Granted| match requested {
        Requested::Configuration(name) => {
            !authorised.by_identifiers && name == granted.credential.kind.as_str()
        }
        Requested::Identifier(id) => authorised.by_identifiers && *id == granted.credential.id.to_string(),
    };
    if let Some(granted) = authorised.offers.iter().find(is_it) {
        return Ok(granted);
    }
    let (code, why) = match requested {
        Requested::Configuration(name) if CredentialKind::parse(name).is_none() => {
            (CredentialError::UnknownCredentialConfiguration, "nothing of this name is issued here")
        }
        Requested::Configuration(_) if authorised.by_identifiers => (
            CredentialError::InvalidCredentialRequest,
            "use a credential_identifier that came with the token",
        ),
        Requested::Configuration(_) => {
            (CredentialError::InvalidCredentialRequest, "the token is for another credential")
        }
        Requested::Identifier(_) if authorised.by_identifiers => {
            (CredentialError::UnknownCredentialIdentifier, "the token is for nothing of this identifier")
        }
        Requested::Identifier(_) => {
            (CredentialError::UnknownCredentialIdentifier, "no identifiers were given with the token")
        }
    };
    Err(refused(code, why))
}

/// The keys that the wallet showed it has.
fn bindings(
    service: &Service,
    organisation: &Organisation,
    request: &CredentialRequest,
    client_id: Option<&str>,
    now: Timestamp,
) -> Result<Bindings, WalletRefusal> {
    let issuer = issuer(service, organisation);
    let nonces = credential_nonces(service);
    let is_nonce = |nonce: &str| nonces.is_fresh(nonce, now);
    let rules = ProofRules {
        issuer: &issuer,
        is_nonce: &is_nonce,
        batch: BATCH,
        attested_by: service.settings.passport.key_attestations(),
        client_id,
    };
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
pub(super) async fn accept(
    service: &Service,
    tx: &mut Tx,
    organisation: &Organisation,
    offer: &CredentialOffer,
    credential: &Credential,
    now: Timestamp,
) -> Result<(), WalletRefusal> {
    let expired = credential.state(service.today()) == CredentialState::Expired;
    // Of two that are accepted at once each must see the other: one of a kind counts.
    tx.one_at_a_time("credential-accepted", credential.account_id.as_bytes(), now).await?;
    let first = !offer.reissue && !expired && tx.accept_credential(credential.id, now).await?;
    let mut change = SecurityChange::AccessKeyAdded;
    if first {
        tx.archive_all_but_newest(credential.id, service.today(), now).await?;
        if credential.kind.is_access_key() && end_other_access_keys(tx, credential, offer, now).await? {
            change = SecurityChange::AccessKeyReplaced;
        }
    } else if expired || !tx.hold_accepted_credential(credential.id).await? {
        return Err(denied());
    } else if offer.issued_at.is_some() {
        // The wallet did not get the answer and asks again: what it was sent before is worth nothing.
        tx.revoke_copies_of_offer(offer.id, now).await?;
        return Ok(());
    } else if offer.reissue {
        revoke_copies(tx, credential.id, now).await?;
        change = SecurityChange::AccessKeyCopied;
    } else {
        return Err(denied());
    }
    if credential.kind.is_access_key() {
        notify::tell_of_access_key(service, tx, credential.account_id, organisation, change, now).await?;
    }
    let id = vault::new_id(now, service.random.as_ref());
    let event = NewPassportEvent {
        id,
        account: credential.account_id,
        what: match offer.reissue {
            true => "reissued",
            false if credential.kind.is_access_key() => "collected",
            false => "accepted",
        },
        about: About::Credential(credential.id),
        organisation: Some(organisation.id),
        by: None,
        detail: None,
    };
    tx.add_passport_event(event, now).await?;
    Ok(())
}

/// There is one access key: a new one revokes the one before, ends the sessions that it began, and signs out everywhere but here. Answers
/// whether there was one before.
async fn end_other_access_keys(
    tx: &mut Tx,
    credential: &Credential,
    offer: &CredentialOffer,
    now: Timestamp,
) -> Result<bool, WalletRefusal> {
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
    Ok(ended)
}

/// What all copies of one request have in common.
pub(super) struct Issuing<'a> {
    pub service: &'a Service,
    pub organisation: &'a Organisation,
    pub signer: &'a Signer,
    pub credential: &'a Credential,
    pub offer: &'a CredentialOffer,
}

impl Issuing<'_> {
    /// Accepts the credential and makes a copy for each key, where the offer's token was given after `redeemed_after`.
    pub async fn hand_out(
        &self,
        tx: &mut Tx,
        keys: Vec<PublicKey>,
        redeemed_after: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<Draft>, WalletRefusal> {
        let Self { service, organisation, credential, offer, .. } = self;
        if !tx.issue_offer(offer.id, redeemed_after, now).await? {
            return Err(oauth(OAuthError::InvalidToken, "the offer was ended meanwhile"));
        }
        accept(service, tx, organisation, offer, credential, now).await?;
        self.tell_of_other_keys(tx, &keys, now).await?;
        let mut drafts = Vec::with_capacity(keys.len());
        for key in keys {
            drafts.push(self.copy(tx, key, now).await?);
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
        Ok(drafts)
    }

    /// A wallet that asks again because it got no answer shows the keys that it showed before. Whoever comes with the same token and other
    /// keys may be another wallet, which holds the credential from now on: its owner is to know.
    async fn tell_of_other_keys(
        &self,
        tx: &mut Tx,
        keys: &[PublicKey],
        now: Timestamp,
    ) -> Result<(), WalletRefusal> {
        let Self { service, organisation, credential, offer, .. } = self;
        if offer.issued_at.is_none() {
            return Ok(());
        }
        let before = tx.keys_of_offer(offer.id).await?;
        if before.is_empty() || keys.iter().all(|key| before.contains(&key.thumbprint())) {
            return Ok(());
        }
        let account = credential.account_id;
        if credential.kind.is_access_key() {
            let change = SecurityChange::AccessKeyCopied;
            notify::tell_of_access_key(service, tx, account, organisation, change, now).await?;
        }
        let event = NewPassportEvent {
            id: vault::new_id(now, service.random.as_ref()),
            account,
            what: "reissued",
            about: About::Credential(credential.id),
            organisation: Some(organisation.id),
            by: None,
            detail: None,
        };
        Ok(tx.add_passport_event(event, now).await?)
    }

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
            backend: None,
        };
        let places = NonZeroU32::new(STATUS_LIST_SIZE).unwrap_or(NonZeroU32::MIN);
        let place = tx.add_copy(new, list, &|| draw_place(places, &random(service)), now).await?;
        let reference = Reference { uri: status_address(service, place.list), idx: place.place };
        Ok(drafted(service, organisation, credential, (key, reference, holds_until), now)?)
    }
}

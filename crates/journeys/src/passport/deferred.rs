//! A wallet is told to ask again, and does (OpenID4VCI 1.0, section 9): the organisation cannot sign now.

use super::issue::{Answer, Asked, Issuing, denied};
use super::made::signed;
use super::request_keys::{encryption, keys_for};
use super::signing::turn;
use super::wallet::{Granted, Sent, WalletRefusal, authorised_for, organisation, random, refused};
use crate::{Refusal, Service};
use jiff::Timestamp;
use openid4vc::issuer::{CredentialError, CredentialResponse, DeferredRequest};
use openid4vc::jose::PublicKey;
use rules::passport::CredentialState;
use rules::passport::issuing::{DEFERRED_INTERVAL, DEFERRED_LIFETIME};
use serde_json::Value;
use store::Tx;
use store::audit::Event;
use store::credential::Credential;
use store::offer::CredentialOffer;
use store::passport_deferred::Deferred;
use vault::Token;

/// Remembers what a wallet is to ask for again, and ends the transaction.
pub(super) async fn defer(
    service: &Service,
    mut tx: Tx,
    offer: &CredentialOffer,
    credential: &Credential,
    holders: &[PublicKey],
    now: Timestamp,
) -> Result<CredentialResponse, WalletRefusal> {
    let transaction_id = Token::new(service.random.as_ref());
    let holders: Value = holders.iter().map(PublicKey::to_jwk).collect();
    let deferred = Deferred {
        id: vault::new_id(now, service.random.as_ref()),
        offer_id: offer.id,
        holders: holders.to_string(),
        made_at: now,
    };
    tx.add_deferred(&deferred, &transaction_hash(service, &transaction_id)).await?;
    let (account, credential) = (credential.account_id, credential.id);
    tx.audit(Event::CredentialDeferred { account, credential, offer: offer.id }, now);
    tx.commit().await?;
    Ok(later(transaction_id.as_str()))
}

fn later(transaction_id: &str) -> CredentialResponse {
    let interval = u32::try_from(DEFERRED_INTERVAL.as_secs()).unwrap_or(u32::MAX);
    CredentialResponse::Deferred { transaction_id: transaction_id.to_owned(), interval }
}

/// Gives what was deferred, once; or says again that it is not there yet. A token that is bound to a key counts here for as long as
/// something may wait; any other one no longer than elsewhere.
///
/// # Errors
/// [`WalletRefusal::OAuth`] for the token, [`WalletRefusal::Credential`]: `invalid_transaction_id` where nothing waits under this name for
/// this token, `invalid_credential_request`, `invalid_encryption_parameters`, and `credential_request_denied` where the credential was taken
/// back, rejected or revoked meanwhile.
pub async fn deferred(
    service: &Service,
    organisation_code: &str,
    sent: Sent<'_>,
    asked: Asked<'_>,
) -> Result<Answer, WalletRefusal> {
    let organisation = organisation(service, organisation_code).await?;
    let now = service.clock.now();
    let authorised = authorised_for(service, &organisation, sent, DEFERRED_LIFETIME, now).await?;
    let keys = keys_for(service, asked.media_type, now).await?;
    let request = DeferredRequest::read(asked.media_type, asked.body, encryption(&keys))?;
    let unknown =
        || refused(CredentialError::InvalidTransactionId, "nothing waits under this transaction_id");
    let transaction_id = Token::parse(&request.transaction_id).ok_or_else(unknown)?;
    let waits = service.store.deferred(&transaction_hash(service, &transaction_id)).await?;
    let waits = waits.filter(|waits| waits.made_at > oldest(now)).ok_or_else(unknown)?;
    let granted = authorised.offers.iter().find(|granted| granted.offer.id == waits.offer_id);
    let Granted { offer, credential } = granted.ok_or_else(unknown)?;
    if !matches!(credential.state(service.today()), CredentialState::ToReview | CredentialState::Accepted) {
        return Err(denied());
    }
    let still = || later(transaction_id.as_str());
    let response = match turn(service, &organisation).await? {
        None => still(),
        Some(turn) => {
            let mut tx = service.store.begin().await?;
            if !tx.give_deferred(waits.id, now).await? {
                return Err(unknown());
            }
            let issuing =
                Issuing { service, organisation: &organisation, signer: &turn.signer, credential, offer };
            let drafts = issuing.hand_out(&mut tx, holders(&waits)?, oldest(now), now).await?;
            tx.commit().await?;
            service.tell_workers();
            // Some wallets take a notification_id here for a mistake.
            if let Ok(credentials) = signed(service, turn, drafts).await {
                CredentialResponse::Issued { credentials, notification_id: None }
            } else {
                // Why is in the log. It waits on, for copies in the place of those.
                let mut tx = service.store.begin().await?;
                tx.keep_deferred(waits.id).await?;
                tx.commit().await?;
                still()
            }
        }
    };
    let drawn = random(service);
    Answer::of(&response, request.response_encryption.as_ref(), &drawn)
}

fn holders(deferred: &Deferred) -> Result<Vec<PublicKey>, Refusal> {
    let unreadable = || Refusal::Fault("the keys of a deferred credential cannot be read");
    let kept: Vec<Value> = serde_json::from_str(&deferred.holders).map_err(|_| unreadable())?;
    kept.iter().map(PublicKey::from_jwk).collect::<Result<_, _>>().map_err(|_| unreadable())
}

/// What was deferred at this moment, or earlier, waits no more.
fn oldest(now: Timestamp) -> Timestamp {
    now.saturating_sub(DEFERRED_LIFETIME).unwrap_or(Timestamp::MIN)
}

fn transaction_hash(service: &Service, transaction_id: &Token) -> [u8; 32] {
    service.keys.keyed_hash("passport-transaction", &[transaction_id.as_str().as_bytes()])
}

//! A wallet tells what became of a credential that it was given (OpenID4VCI 1.0, section 11). It may tell it twice, or never.

use super::wallet::{Granted, Sent, WalletRefusal, authorised, organisation, refused};
use crate::Service;
use crate::passport::notify;
use openid4vc::issuer::{CredentialError, Event as Told, Notification};
use store::audit::Event;
use store::passport_event::{About, NewPassportEvent};
use wording::SecurityChange;

/// Takes a notification. What a wallet could not keep, or its person did not want, waits for them again.
///
/// # Errors
/// [`WalletRefusal::OAuth`] for the token, [`WalletRefusal::Credential`]: `invalid_notification_request`, `invalid_notification_id`.
pub async fn notified(
    service: &Service,
    organisation_code: &str,
    sent: Sent<'_>,
    body: &[u8],
) -> Result<(), WalletRefusal> {
    let organisation = organisation(service, organisation_code).await?;
    let now = service.clock.now();
    let authorised = authorised(service, &organisation, sent, now).await?;
    let notification = Notification::read(body)?;
    let unknown = || refused(CredentialError::InvalidNotificationId, "nothing was issued under this name");
    let told_of = |Granted { offer, .. }: &Granted| {
        notification.notification_id == offer.id.to_string() && offer.issued_at.is_some()
    };
    let Granted { offer, credential } = authorised.offers.into_iter().find(told_of).ok_or_else(unknown)?;
    let told = match notification.event {
        Told::Accepted => "credential_accepted",
        Told::Deleted => "credential_deleted",
        Told::Failure => "credential_failure",
    };
    let mut tx = service.store.begin().await?;
    if tx.offer_told(offer.id, told, now).await? {
        let account = credential.account_id;
        tx.audit(
            Event::WalletTold {
                account,
                credential: credential.id,
                offer: offer.id,
                answer: told.to_owned(),
            },
            now,
        );
        if notification.event != Told::Accepted {
            let ended = tx.revoke_copies_of_offer(offer.id, now).await?;
            if ended > 0 && credential.kind.is_access_key() {
                let change = SecurityChange::AccessKeyRevoked;
                notify::tell_of_access_key(service, &mut tx, account, &organisation, change, now).await?;
            }
            // Where this offer was the way by which it was accepted, it is not any more.
            let accepted_at = offer.issued_at.filter(|_| !offer.reissue);
            let waits = match accepted_at {
                Some(accepted_at) => tx.unaccept_credential(credential.id, accepted_at).await?,
                None => false,
            };
            let event = NewPassportEvent {
                id: vault::new_id(now, service.random.as_ref()),
                account,
                what: if waits { "not-kept" } else { "copy-not-kept" },
                about: About::Credential(credential.id),
                organisation: Some(organisation.id),
                by: None,
                detail: Some(told),
            };
            tx.add_passport_event(event, now).await?;
        }
    }
    tx.commit().await?;
    service.tell_workers();
    Ok(())
}

//! The end of a card's certificates: what it takes along, in the transaction of whoever ends it.

use jiff::Timestamp;
use rules::smartcard::RevocationReason;
use store::Tx;
use store::outbox::Channel;
use store::smartcard::Smartcard;
use uuid::Uuid;
use wording::{Language, Message};

use crate::codes::Destination;
use crate::deliver::GIVE_UP_AFTER;
use crate::notices::Concerning;
use crate::session::Person;
use crate::{Refusal, Service};

/// Revokes all certificates of a card, here and at the certificate authority, and ends the sessions that it opened; where it may
/// be in strange hands, all of its owner's but `kept`.
pub(crate) async fn revoke(
    tx: &mut Tx,
    card: &Smartcard,
    reason: RevocationReason,
    kept: Option<Uuid>,
    now: Timestamp,
) -> Result<u64, Refusal> {
    tx.revoke_card_certificates(card.id, reason.as_str(), now).await?;
    let mut ended = tx.end_sessions_of_card(card.id, now).await?;
    let Some(owner) = card.account_id else { return Ok(ended) };
    if reason.is_in_strange_hands() {
        ended += match kept {
            Some(kept) => tx.end_other_sessions(owner, kept, now).await?,
            None => tx.end_sessions(owner, now).await?,
        };
    }
    Ok(ended)
}

/// Tells the Registration Authority that its owner has ended a card: they need another one.
pub(crate) async fn tell_the_authority(
    service: &Service,
    tx: &mut Tx,
    person: &Person,
    card: &Smartcard,
    reason: RevocationReason,
    now: Timestamp,
) -> Result<(), Refusal> {
    let organisation = &person.organisation;
    let Some(to) = organisation.ra_email.as_deref().or(organisation.support_email.as_deref()) else {
        return Ok(());
    };
    let message = Message::SmartcardRevoked {
        service: service.settings.service_name.clone(),
        organisation: person.organisation.name.clone(),
        person: format!("{} {}", person.account.first_name, person.account.last_name),
        card: card.label.clone(),
        reason: service.word(&format!("means-{}", reason.as_str()), &[]),
        when: wording::date_and_time(Language::En, service.local(now).datetime()),
    };
    let id = vault::new_id(now, service.random.as_ref());
    let give_up_at = now.checked_add(GIVE_UP_AFTER).unwrap_or(Timestamp::MAX);
    let concerning = Concerning { subject: None, account: None, organisation: Some(person.organisation.id) };
    let destination = Destination { channel: Channel::Email, to };
    Ok(service.write_message(tx, concerning, id, destination, message, give_up_at, now).await?)
}

//! *Revoke Certificates*: a card that is lost, stolen or damaged. It acts at once and without the card, and stays so when the card
//! is found again.

use rules::smartcard::RevocationReason;
use store::activity::ActivityKind;
use store::audit::Event;
use store::smartcard::Smartcard;
use uuid::Uuid;
use wording::SecurityChange;

use crate::session::Person;
use crate::smartcard::{SmartcardRefusal, end};
use crate::visitor::About;
use crate::{FieldProblem, Refusal, Service, Visitor};

/// What the person chose.
#[derive(Debug, Clone, Copy)]
pub struct Chosen<'a> {
    /// Which card, by its id.
    pub card: &'a str,
    /// `lost`, `stolen` or `damaged`.
    pub reason: &'a str,
    /// Whether they say that they know that it cannot be undone.
    pub confirmed: bool,
}

/// The cards that the person can revoke.
///
/// # Errors
/// Where the database fails.
pub async fn revocable(service: &Service, person: &Person) -> Result<Vec<Smartcard>, Refusal> {
    let cards = service.store.smartcards_of(person.account.id).await?;
    Ok(cards.into_iter().filter(|card| card.cancelled_at.is_none()).collect())
}

/// Revokes a card's certificates and cancels it. Whoever is signed in with it is signed out; where it may be in strange hands,
/// everybody else who is signed in to the account, too. The caller has asked for a fresh proof. Pressed twice it counts once.
///
/// # Errors
/// [`Refusal::Fields`], [`Refusal::Smartcard`] where the card is not the person's.
pub async fn revoke(
    service: &Service,
    person: &Person,
    chosen: Chosen<'_>,
    visitor: &Visitor,
) -> Result<(), Refusal> {
    let reason = RevocationReason::BY_THE_PERSON.into_iter().find(|reason| reason.as_str() == chosen.reason);
    let mut problems = Vec::new();
    let card = Uuid::parse_str(chosen.card).ok();
    if card.is_none() {
        problems.push(FieldProblem::new("card", "revoke-card-empty"));
    }
    if reason.is_none() {
        problems.push(FieldProblem::new("reason", "revoke-reason-empty"));
    }
    if !chosen.confirmed {
        problems.push(FieldProblem::new("confirm", "revoke-not-confirmed"));
    }
    let (Some(card), Some(reason), true) = (card, reason, problems.is_empty()) else {
        return Err(Refusal::Fields(problems));
    };

    let (account, session, now) = (person.account.id, person.session.id, service.clock.now());
    let mut tx = service.store.begin().await?;
    let card = tx.smartcard(card).await?.filter(|card| card.account_id == Some(account));
    let card = card.ok_or(SmartcardRefusal::NoCard)?;
    if !tx.cancel_smartcard(card.id, reason.as_str(), now).await? {
        return Ok(());
    }
    let sessions = end::revoke(&mut tx, &card, reason, Some(session), now).await?;
    let about = About {
        detail: Some(reason.as_str()),
        session: Some(session),
        visitor: Some(visitor),
        by_staff: false,
    };
    service.note(&mut tx, account, ActivityKind::CertificatesRevoked, about, now).await?;
    let revocation = reason.as_str().to_owned();
    tx.audit(Event::CertificatesRevoked { account, card: card.id, revocation, sessions }, now);
    let change = SecurityChange::SmartcardRevoked;
    service.tell_everywhere(&mut tx, &person.account, &person.organisation, change, &[], now).await?;
    end::tell_the_authority(service, &mut tx, person, &card, reason, now).await?;
    tx.commit().await?;
    service.written.notify_one();
    Ok(())
}

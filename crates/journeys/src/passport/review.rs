//! Guide 000, *Logging in and reviewing credentials*: what is there to review, its full details, and what was reviewed before.

use crate::session::Person;
use crate::{Refusal, Service};
use jiff::Timestamp;
use rules::passport::CredentialState;
use store::Tx;
use store::audit::Event;
use store::credential::Credential;
use store::passport_event::{About, NewPassportEvent};
use uuid::Uuid;

/// All that a person has in their passport but for access keys, which are collected and not reviewed; the oldest first.
///
/// # Errors
/// Where the database fails.
pub async fn all(service: &Service, person: &Person) -> Result<Vec<Credential>, Refusal> {
    let all = service.store.credentials_of(person.account.id).await?;
    Ok(all.into_iter().filter(|credential| credential.kind.is_reviewed()).collect())
}

/// One credential of the person.
///
/// # Errors
/// [`Refusal::NotFound`] where they have no such credential.
pub async fn one(service: &Service, person: &Person, id: &str) -> Result<Credential, Refusal> {
    let id = Uuid::parse_str(id).map_err(|_| Refusal::NotFound)?;
    let found = service.store.credential(id).await?;
    found
        .filter(|found| found.account_id == person.account.id && found.kind.is_reviewed())
        .ok_or(Refusal::NotFound)
}

/// The one that is to be reviewed next: the oldest of those that wait.
pub fn next(service: &Service, all: &[Credential]) -> Option<Uuid> {
    let today = service.today();
    all.iter().find(|each| each.state(today) == CredentialState::ToReview).map(|each| each.id)
}

/// *Archive*: puts a credential away. Pressed twice it counts once.
///
/// # Errors
/// [`Refusal::NotFound`].
pub async fn archive(service: &Service, person: &Person, id: &str) -> Result<(), Refusal> {
    let credential = one(service, person, id).await?;
    let (account, now) = (person.account.id, service.clock.now());
    let mut tx = service.store.begin().await?;
    if tx.archive_credential(credential.id, account, now).await? {
        note(service, &mut tx, &credential, "archived", now).await?;
        tx.audit(Event::CredentialArchived { account, credential: credential.id }, now);
    }
    tx.commit().await?;
    Ok(())
}

/// *Restore*: takes it out again, whoever has put it away: what is in somebody's wallet is theirs. A newer one that took its place holds
/// beside it then. Pressed twice it counts once.
///
/// # Errors
/// [`Refusal::NotFound`].
pub async fn restore(service: &Service, person: &Person, id: &str) -> Result<(), Refusal> {
    let credential = one(service, person, id).await?;
    let (account, now) = (person.account.id, service.clock.now());
    let mut tx = service.store.begin().await?;
    if tx.restore_credential(credential.id, account).await? {
        note(service, &mut tx, &credential, "restored", now).await?;
        tx.audit(Event::CredentialRestored { account, credential: credential.id }, now);
    }
    tx.commit().await?;
    Ok(())
}

async fn note(
    service: &Service,
    tx: &mut Tx,
    credential: &Credential,
    what: &str,
    now: Timestamp,
) -> Result<(), Refusal> {
    let event = NewPassportEvent {
        id: vault::new_id(now, service.random.as_ref()),
        account: credential.account_id,
        what,
        about: About::Credential(credential.id),
        // The trust that provided it reads so, too.
        organisation: Some(credential.organisation_id),
        by: None,
        detail: None,
    };
    Ok(tx.add_passport_event(event, now).await?)
}

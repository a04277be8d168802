//! Asking the trust for a credential that is missing.

use crate::passport::{naming, notify};
use crate::session::Person;
use crate::{FieldProblem, Refusal, Service};
use rules::limits::CREDENTIALS_ASKED_PER_DAY;
use rules::passport::CredentialKind;
use store::audit::Event;
use store::limits::Allowance;
use store::passport_event::{About, NewPassportEvent};
use wording::{Language, Message};

/// A note is at most so many characters long.
pub const LONGEST_NOTE: usize = 500;

/// The kinds that can be asked for.
pub fn kinds() -> impl Iterator<Item = CredentialKind> {
    CredentialKind::all().filter(|kind| kind.is_reviewed())
}

/// Asks the trust for a credential of a kind.
///
/// # Errors
/// [`Refusal::Fields`].
pub async fn ask(service: &Service, person: &Person, kind: &str, note: &str) -> Result<(), Refusal> {
    let (kind, note) = (CredentialKind::parse(kind).filter(|kind| kind.is_reviewed()), note.trim());
    let mut problems = Vec::new();
    if kind.is_none() {
        problems.push(FieldProblem::new("kind", "request-kind-empty"));
    }
    if note.chars().count() > LONGEST_NOTE {
        problems.push(FieldProblem::new("note", "request-note-too-long").with("max", &LONGEST_NOTE));
    }
    let (Some(kind), true) = (kind, problems.is_empty()) else { return Err(Refusal::Fields(problems)) };
    let (account, organisation, now) = (person.account.id, &person.organisation, service.clock.now());
    let mut tx = service.store.begin().await?;
    if let Allowance::Exhausted { .. } = tx.take(&CREDENTIALS_ASKED_PER_DAY, account.as_bytes(), now).await? {
        return Err(Refusal::field("kind", "request-too-many"));
    }
    let event = NewPassportEvent {
        id: vault::new_id(now, service.random.as_ref()),
        account,
        what: "requested",
        about: About::Kind(kind, ""),
        organisation: Some(organisation.id),
        by: None,
        detail: None,
    };
    tx.add_passport_event(event, now).await?;
    let audited =
        Event::CredentialRequested { account, organisation: organisation.id, kind: kind.as_str().to_owned() };
    tx.audit(audited, now);
    let message = Message::PassportRequested {
        service: service.settings.service_name.clone(),
        organisation: organisation.name.clone(),
        person: format!("{} {}", person.account.first_name, person.account.last_name),
        email: person.account.email.clone(),
        credential: naming::title(kind, ""),
        note: note.to_owned(),
        when: wording::date_and_time(Language::En, service.local(now).datetime()),
    };
    notify::tell_trust(service, &mut tx, organisation, kind, message, now).await?;
    tx.commit().await?;
    service.written.notify_one();
    Ok(())
}

//! Guide 000, *Rejecting the credential*: a reason is mandatory, and *Other reason* asks for details. The trust is told at once.

use crate::passport::{PassportRefusal, naming, notify, review};
use crate::session::Person;
use crate::{FieldProblem, Refusal, Service};
use rules::passport::{CredentialState, RejectReason};
use store::audit::Event;
use store::passport_event::{About, NewPassportEvent};
use wording::{Language, Message};

/// Details are at most so many characters long.
pub const LONGEST_DETAILS: usize = 500;

/// What the person chose and wrote.
#[derive(Debug, Clone, Copy)]
pub struct Chosen<'a> {
    /// The name of a reason.
    pub reason: &'a str,
    /// What they wrote.
    pub details: &'a str,
}

/// Rejects a credential that waits for the person's review.
///
/// # Errors
/// [`Refusal::Fields`], [`Refusal::NotFound`], [`PassportRefusal::NotWaiting`].
pub async fn reject(service: &Service, person: &Person, id: &str, chosen: Chosen<'_>) -> Result<(), Refusal> {
    let credential = review::one(service, person, id).await?;
    if credential.state(service.today()) != CredentialState::ToReview {
        return Err(PassportRefusal::NotWaiting.into());
    }
    let (reason, details) = read(chosen)?;
    let (account, now) = (person.account.id, service.clock.now());
    // Whose people look after it: the trust that issued it.
    let organisation = service.store.organisation(credential.organisation_id).await?;
    let organisation = organisation.ok_or(Refusal::Fault("a credential of no organisation"))?;
    let mut tx = service.store.begin().await?;
    if !tx.reject_credential(credential.id, account, reason, details, now).await? {
        return Err(PassportRefusal::NotWaiting.into());
    }
    let event = NewPassportEvent {
        id: vault::new_id(now, service.random.as_ref()),
        account,
        what: "rejected",
        about: About::Credential(credential.id),
        organisation: Some(organisation.id),
        by: None,
        detail: Some(reason.as_str()),
    };
    tx.add_passport_event(event, now).await?;
    let audited = Event::CredentialRejected {
        account,
        credential: credential.id,
        organisation: organisation.id,
        reason: reason.as_str().to_owned(),
    };
    tx.audit(audited, now);
    let message = Message::PassportRejected {
        service: service.settings.service_name.clone(),
        organisation: organisation.name.clone(),
        person: format!("{} {}", person.account.first_name, person.account.last_name),
        credential: naming::title(credential.kind, &credential.variant),
        number: credential.id.to_string(),
        reason: service.word(&format!("reject-{}", reason.as_str()), &[]),
        details: details.unwrap_or_default().to_owned(),
        when: wording::date_and_time(Language::En, service.local(now).datetime()),
    };
    notify::tell_trust(service, &mut tx, &organisation, credential.kind, message, now).await?;
    tx.commit().await?;
    service.written.notify_one();
    Ok(())
}

/// Reads a reason to reject something.
pub(crate) fn read(chosen: Chosen<'_>) -> Result<(RejectReason, Option<&str>), Refusal> {
    let reason = RejectReason::parse(chosen.reason);
    // What was written under a reason that was not chosen in the end is nobody's business.
    let details = chosen.details.trim();
    let details = reason.filter(|reason| reason.wants_details()).map(|_| details);
    let problem = match (reason, details) {
        (None, _) => FieldProblem::new("reason", "reject-reason-empty"),
        (Some(_), Some("")) => FieldProblem::new("details", "reject-details-empty"),
        (Some(_), Some(details)) if details.chars().count() > LONGEST_DETAILS => {
            FieldProblem::new("details", "reject-details-too-long").with("max", &LONGEST_DETAILS)
        }
        (Some(reason), details) => return Ok((reason, details)),
    };
    Err(Refusal::Fields(vec![problem]))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is wrong with a choice: the field, and the key of its text.
    fn problem(reason: &str, details: &str) -> Option<(&'static str, &'static str)> {
        match read(Chosen { reason, details }) {
            Err(Refusal::Fields(problems)) => problems.first().map(|problem| (problem.field, problem.key)),
            _ => None,
        }
    }

    #[test]
    fn other_reason_asks_for_details_and_no_other_one_keeps_any() {
        assert_eq!(problem("", ""), Some(("reason", "reject-reason-empty")));
        assert_eq!(problem("no-such", "x"), Some(("reason", "reject-reason-empty")));
        assert_eq!(problem("other", " \n "), Some(("details", "reject-details-empty")));
        assert_eq!(problem("other", &"é".repeat(501)), Some(("details", "reject-details-too-long")));
        assert_eq!(problem("other", &"é".repeat(500)), None);
        let chosen = Chosen { reason: "duplicate", details: "typed before another reason was chosen" };
        assert_eq!(read(chosen).ok(), Some((RejectReason::Duplicate, None)));
    }
}

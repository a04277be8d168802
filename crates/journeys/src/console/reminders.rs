//! A trust reminds its people by hand of what they have not reviewed: one, or all of them; each at most once a day.

use super::{Staff, person_of};
use crate::passport::reminders::remind_one;
use crate::{Refusal, Service, session};
use rules::role::Act;
use store::audit::Event;
use store::passport_event::{About, NewPassportEvent};
use store::passport_reminder_asked::RemindersAsked;
use uuid::Uuid;

/// Beyond so many, how many people have something to review is said as "more than".
pub const COUNTED: u32 = 1_000;

/// How many people have something to review, counted up to one more than [`COUNTED`], and that everybody was reminded today.
///
/// # Errors
/// [`Refusal::RoleMissing`].
pub async fn see(service: &Service, staff: &Staff) -> Result<(u64, Option<RemindersAsked>), Refusal> {
    staff.demand(Act::SeePassports)?;
    let (organisation, today) = (staff.organisation(), service.today());
    let people = service.store.people_to_review(organisation, today, COUNTED + 1).await?;
    Ok((people, service.store.reminders_asked(organisation, today).await?))
}

/// Reminds one person.
///
/// # Errors
/// [`Refusal::RoleMissing`], [`Refusal::NotFound`], [`Refusal::OwnAccount`], [`Refusal::ProofNeeded`], [`Refusal::Fields`] where there is
/// nothing to review or nothing was written.
pub async fn one(service: &Service, staff: &Staff, account: Uuid) -> Result<(), Refusal> {
    staff.demand(Act::RemindPeople)?;
    let account = person_of(service, staff, account).await?;
    if account.id == staff.id() {
        return Err(Refusal::OwnAccount);
    }
    session::fresh(service, &staff.person)?;
    let (organisation, now) = (staff.organisation(), service.clock.now());
    let mut tx = service.store.begin().await?;
    match remind_one(service, &mut tx, organisation, account.id).await? {
        None => return Err(Refusal::field("", "remind-nothing")),
        Some(0) => return Err(Refusal::field("", "remind-not-written")),
        Some(_) => {}
    }
    let event = NewPassportEvent {
        id: vault::new_id(now, service.random.as_ref()),
        account: account.id,
        what: "reminded",
        about: About::Passport,
        organisation: Some(organisation),
        by: Some(staff.id()),
        detail: None,
    };
    tx.add_passport_event(event, now).await?;
    tx.audit(Event::PersonReminded { account: account.id, organisation, by: staff.id() }, now);
    tx.commit().await?;
    service.written.notify_one();
    Ok(())
}

/// Has everybody reminded who has something to review that the trust provided. Asked for twice on a day it is done once.
///
/// # Errors
/// [`Refusal::RoleMissing`], [`Refusal::ProofNeeded`].
pub async fn all(service: &Service, staff: &Staff) -> Result<(), Refusal> {
    staff.demand(Act::RemindPeople)?;
    session::fresh(service, &staff.person)?;
    let (organisation, now, today) = (staff.organisation(), service.clock.now(), service.today());
    let id = vault::new_id(now, service.random.as_ref());
    let mut tx = service.store.begin().await?;
    if !tx.ask_reminders(id, organisation, today, staff.id(), now).await? {
        return Ok(());
    }
    tx.audit(Event::PeopleReminded { organisation, day: today.to_string(), by: staff.id() }, now);
    tx.commit().await?;
    Ok(())
}

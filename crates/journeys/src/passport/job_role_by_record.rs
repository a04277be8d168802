//! Whoever registers has the job role that the employer's list names for them, where the trust says what that job role requires.

use crate::{Refusal, Service};
use jiff::Timestamp;
use store::Tx;
use store::audit::Event;
use store::passport_event::{About, NewPassportEvent};
use uuid::Uuid;

/// How the history of a passport calls it that somebody was given a job role.
pub(crate) const GIVEN: &str = "job-role-given";

/// Gives somebody with a new account the job role that the list names, in the transaction in which the account is made.
///
/// # Errors
/// Where the database refuses.
pub(crate) async fn give(
    service: &Service,
    tx: &mut Tx,
    (account, organisation): (Uuid, Uuid),
    now: Timestamp,
) -> Result<(), Refusal> {
    let random = service.random.as_ref();
    let given = tx.give_job_role_by_record(vault::new_id(now, random), account, now).await?;
    let Some((job_role, name)) = given else { return Ok(()) };
    let event = NewPassportEvent {
        id: vault::new_id(now, random),
        account,
        what: GIVEN,
        about: About::JobRole(&name),
        organisation: Some(organisation),
        by: None,
        detail: None,
    };
    tx.add_passport_event(event, now).await?;
    tx.audit(Event::JobRoleGiven { account, organisation, job_role: Some(job_role), by: None }, now);
    Ok(())
}

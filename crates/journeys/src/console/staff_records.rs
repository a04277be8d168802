//! What was read from the HR system of a trust, for those who look after its passports.

use super::Staff;
use crate::passport::staff_records::Pulled;
use crate::passport::title;
use crate::{Refusal, Service};
use jiff::Timestamp;
use rules::role::Act;
use uuid::Uuid;

/// So many credentials are named that are in the HR system no more.
const MOST_NAMED: usize = 20;

/// How the staff records of a trust stand. Moments are UTC.
#[derive(Debug)]
pub struct StaffRecordsSeen {
    /// Whether they are being read.
    pub under_way: bool,
    /// When all were last read, and what was found then.
    pub ended: Option<(Timestamp, Pulled)>,
    /// The first credentials that were provided from records which are there no more.
    pub vanished: Vec<Vanished>,
    /// Reading them failed since then.
    pub failed: Option<Failed>,
}

/// A credential of somebody that was provided from a record which is there no more.
#[derive(Debug)]
pub struct Vanished {
    /// The credential.
    pub id: Uuid,
    /// What it is called.
    pub title: String,
    /// Whose it is.
    pub name: String,
}

/// Records could not be read.
#[derive(Debug)]
pub struct Failed {
    /// When that was.
    pub at: Timestamp,
    /// What whoever looks after the HR system must know.
    pub problem: String,
    /// From when on it is tried again.
    pub again_at: Timestamp,
}

/// How the staff records of the trust stand; none where none were ever read.
///
/// # Errors
/// [`Refusal::RoleMissing`].
pub async fn see(service: &Service, staff: &Staff) -> Result<Option<StaffRecordsSeen>, Refusal> {
    staff.demand(Act::SeePassports)?;
    let Some(seen) = service.store.pulls_seen(staff.organisation()).await? else { return Ok(None) };
    let pulled = seen.found.as_deref().map(serde_json::from_str::<Pulled>).transpose();
    let pulled = pulled.map_err(|_| Refusal::Fault("what a pull found is not readable"))?;
    let mut vanished = Vec::new();
    for id in pulled.iter().flat_map(|pulled| &pulled.vanished_credentials).take(MOST_NAMED) {
        vanished.extend(named(service, staff, *id).await?);
    }
    Ok(Some(StaffRecordsSeen {
        under_way: seen.held_until.is_some_and(|until| until > service.clock.now()),
        ended: seen.ended_at.zip(pulled),
        vanished,
        failed: seen.failed.map(|(at, problem)| Failed { at, problem, again_at: seen.not_before }),
    }))
}

/// Its owner may be gone by now.
async fn named(service: &Service, staff: &Staff, id: Uuid) -> Result<Option<Vanished>, Refusal> {
    let Some(credential) = service.store.credential(id).await? else { return Ok(None) };
    let Some(owner) = service.store.account(credential.account_id).await? else { return Ok(None) };
    let theirs =
        credential.organisation_id == staff.organisation() && owner.organisation_id == staff.organisation();
    let title = title(credential.kind, &credential.variant);
    let name = format!("{} {}", owner.first_name, owner.last_name);
    Ok(theirs.then_some(Vanished { id, title, name }))
}

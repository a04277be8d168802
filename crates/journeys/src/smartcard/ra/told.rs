//! What every act takes along in its transaction: its record, the audit, the person's recent activity, and word to the person by
//! every channel.

use crate::console::{Staff, by_staff};
use crate::smartcard::ra::Deed;
use crate::{Refusal, Service};
use jiff::Timestamp;
use store::Tx;
use store::account::Account;
use store::activity::ActivityKind;
use store::audit::Event;
use store::registration_authority::RaAct;
use store::smartcard::Smartcard;
use uuid::Uuid;
use wording::SecurityChange;

/// How an act is told.
pub(super) struct Told {
    pub kind: ActivityKind,
    pub change: SecurityChange,
    pub event: Event,
}

/// Who does it, to what, and why.
#[derive(Clone, Copy)]
pub(super) struct Doing<'a> {
    pub staff: &'a Staff,
    pub card: &'a Smartcard,
    pub owner: Option<&'a Account>,
    pub deed: Deed,
    pub reason: &'a str,
    pub now: Timestamp,
}

/// Writes what is done and why. Answers the id that a job carries.
pub(super) async fn record(service: &Service, tx: &mut Tx, doing: Doing<'_>) -> Result<Uuid, Refusal> {
    let act = RaAct {
        id: vault::new_id(doing.now, service.random.as_ref()),
        organisation_id: doing.card.organisation_id,
        smartcard_id: doing.card.id,
        account_id: doing.owner.map(|owner| owner.id),
        kind: doing.deed.as_str().to_owned(),
        reason: doing.reason.to_owned(),
        by_id: doing.staff.id(),
        at: doing.now,
    };
    tx.add_ra_act(&act).await?;
    Ok(act.id)
}

/// Recent activity, every channel and the audit hear of it, and it is recorded with the card.
pub(super) async fn tell(
    service: &Service,
    tx: &mut Tx,
    doing: Doing<'_>,
    told: Told,
) -> Result<(), Refusal> {
    record(service, tx, doing).await?;
    if let Some(owner) = doing.owner {
        service.note(tx, owner.id, told.kind, by_staff(None), doing.now).await?;
        let organisation = &doing.staff.person.organisation;
        service.tell_everywhere(tx, owner, organisation, told.change, &[], doing.now).await?;
    }
    tx.audit(told.event, doing.now);
    Ok(())
}

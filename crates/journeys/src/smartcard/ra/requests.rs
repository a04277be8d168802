//! What waits for a second member of the Registration Authority. Whoever asked cannot approve; nobody approves what is about
//! themselves; of two who decide at once, one does; after a day nobody can.

use crate::console::{Staff, person_of};
use crate::smartcard::ra::acts::{Deciding, Done, all_of, apply};
use crate::smartcard::ra::{Deed, RaRefusal, Serving, may, rules_of, state};
use crate::{Refusal, Service, session};
use jiff::Timestamp;
use rules::desk::{RA_REQUEST_LIFETIME, is_waiting};
use rules::role::Act;
use rules::smartcard::RevocationReason;
use store::account::Account;
use store::audit::Event;
use store::registration_authority::RaRequest;
use store::smartcard::Smartcard;
use uuid::Uuid;

/// A request with what a page shows of it.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// The request.
    pub request: RaRequest,
    /// What is asked for.
    pub deed: Deed,
    /// For whom.
    pub person: Account,
    /// The card; none where all cards of the person are meant.
    pub card: Option<Smartcard>,
    /// Who asks.
    pub asker: Account,
    /// Until when it can be approved, UTC.
    pub until: Timestamp,
    /// Whether whoever looks may approve it.
    pub may_approve: bool,
    /// Whether whoever looks may decline it, or withdraw what they asked for.
    pub may_decline: bool,
}

fn after(now: Timestamp) -> Timestamp {
    now.checked_sub(RA_REQUEST_LIFETIME).unwrap_or(Timestamp::MIN)
}

/// Keeps a request; asked for twice, it waits once.
pub(super) async fn ask(
    service: &Service,
    staff: &Staff,
    owner: &Account,
    card: Option<&Smartcard>,
    deciding: Deciding<'_>,
) -> Result<Done, Refusal> {
    let now = service.clock.now();
    let request = RaRequest {
        id: vault::new_id(now, service.random.as_ref()),
        organisation_id: staff.organisation(),
        account_id: owner.id,
        smartcard_id: card.map(|card| card.id),
        kind: deciding.deed.as_str().to_owned(),
        cause: deciding.cause.map(|cause| cause.as_str().to_owned()),
        reason: deciding.reason.to_owned(),
        asked_by: staff.id(),
        asked_at: now,
        decided_at: None,
    };
    let mut tx = service.store.begin().await?;
    if tx.add_ra_request(&request, after(now)).await? {
        let (act, reason) = (request.kind, request.reason);
        tx.audit(Event::RaActProposed { account: owner.id, by: staff.id(), act, reason }, now);
        tx.commit().await?;
    }
    Ok(Done::Waits)
}

/// Everything that waits in the organisation, the oldest first.
///
/// # Errors
/// [`Refusal::RoleMissing`].
pub async fn all(service: &Service, staff: &Staff) -> Result<Vec<Waiting>, Refusal> {
    staff.demand(Act::SeeCards)?;
    let mut waiting = Vec::new();
    for request in service.store.ra_requests(staff.organisation(), after(service.clock.now())).await? {
        let Some(deed) = Deed::parse(&request.kind) else { continue };
        let person = service.store.account(request.account_id).await?;
        let asker = service.store.account(request.asked_by).await?;
        let card = match request.smartcard_id {
            Some(card) => service.store.smartcard(card).await?,
            None => None,
        };
        let (Some(person), Some(asker)) = (person, asker) else { continue };
        let own = request.asked_by == staff.id();
        let may_decide = may(service, staff, person.id, Act::ApproveRa).await.is_ok();
        let until = request.asked_at.checked_add(RA_REQUEST_LIFETIME).unwrap_or(Timestamp::MAX);
        waiting.push(Waiting {
            deed,
            person,
            card,
            asker,
            until,
            may_approve: may_decide && !own,
            may_decline: may_decide || own,
            request,
        });
    }
    Ok(waiting)
}

/// What a second member of staff, or the first one about their own request, says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It is done.
    Approve,
    /// It is not. Whoever asked withdraws it so.
    Decline,
}

/// Approves or declines a request.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::RoleMissing`], [`Refusal::ProofNeeded`], [`RaRefusal::RequestOver`] after a day or where
/// somebody was faster, [`RaRefusal::OwnRequest`] where whoever asked would approve, [`RaRefusal::OwnCard`],
/// [`RaRefusal::ManagerOnly`], [`RaRefusal::CardNotSo`] where the card does not stand so any more.
pub async fn decide(service: &Service, staff: &Staff, id: Uuid, decision: Decision) -> Result<(), Refusal> {
    let request = service
        .store
        .ra_request(id)
        .await?
        .filter(|request| request.organisation_id == staff.organisation())
        .ok_or(Refusal::NotFound)?;
    let own = request.asked_by == staff.id();
    let person = if own && decision == Decision::Decline {
        staff.demand(Act::SeeCards)?;
        person_of(service, staff, request.account_id).await?
    } else {
        may(service, staff, request.account_id, Act::ApproveRa).await?
    };
    session::fresh(service, &staff.person)?;
    let now = service.clock.now();
    if request.decided_at.is_some() || !is_waiting(request.asked_at, now) {
        return Err(RaRefusal::RequestOver.into());
    }
    if own && decision == Decision::Approve {
        return Err(RaRefusal::OwnRequest.into());
    }
    let deed = Deed::parse(&request.kind).ok_or(Refusal::Fault("a request for nothing known"))?;
    let approved = decision == Decision::Approve;
    let mut tx = service.store.begin().await?;
    if !tx.decide_ra_request(id, staff.id(), approved, after(now), now).await? {
        return Err(RaRefusal::RequestOver.into());
    }
    let (account, by, act) = (person.id, staff.id(), request.kind.clone());
    if approved {
        let cause = request.cause.as_deref().and_then(|cause| RevocationReason::parse(cause).ok());
        let deciding = Deciding { deed, cause, reason: &request.reason };
        tx.audit(Event::RaActApproved { account, by, act }, now);
        match request.smartcard_id {
            Some(card) => {
                let card = tx.smartcard(card).await?.ok_or(RaRefusal::CardNotSo)?;
                let state = state(service, &card, rules_of(staff));
                if card.account_id != Some(person.id) || !state.allows(deed) {
                    return Err(RaRefusal::CardNotSo.into());
                }
                let serving = Serving { card, owner: Some(person), state };
                apply(service, &mut tx, staff, &serving, deciding).await?;
            }
            None => all_of(service, &mut tx, staff, &person, deciding).await?,
        }
    } else {
        tx.audit(Event::RaActDeclined { account, by, act }, now);
    }
    tx.commit().await?;
    service.written.notify_one();
    Ok(())
}

//! What the service desk does for a person: unlock, end sessions, remove a lost method. Each takes a reason, is in the audit
//! and in the person's recent activity, and the person is told of it by every channel.

use crate::assisted_reset::{Desk, StartCode, start_code_for};
use crate::console::{Staff, begin_act, begin_weakening, by_staff, may_help, reason};
use crate::notices::named;
use crate::password_check::{forget_wrong_passwords, who};
use crate::{Refusal, Service, Visitor, reset};
use jiff::Timestamp;
use rules::desk::Reason;
use rules::limits::Limit;
use rules::policy::Policy;
use store::Tx;
use store::account::Account;
use store::activity::ActivityKind;
use store::audit::Event;
use store::method::MethodKind;
use uuid::Uuid;
use wording::SecurityChange;

/// What closes self-service reset for a person who comes by a browser that is not known: the limits, and what they count by.
async fn reset_limits(
    service: &Service,
    policy: &Policy,
    account: Uuid,
) -> Result<([Limit; 3], [u8; 32]), Refusal> {
    let subject = reset::failures(service, &who(service, Some(account), ""), Some(account), None).await?;
    Ok(([reset::closed(policy), reset::wrong_proofs(policy), policy.failed_resets], subject))
}

/// Until when self-service reset is closed for a person, UTC; none where it is open.
pub(crate) async fn reset_closed_until(
    service: &Service,
    policy: &Policy,
    account: Uuid,
    now: Timestamp,
) -> Result<Option<Timestamp>, Refusal> {
    let ([closed, wrong_proofs, _], subject) = reset_limits(service, policy, account).await?;
    let closed = service.store.exhausted_until(&closed, &subject, now).await?;
    Ok(closed.max(service.store.exhausted_until(&wrong_proofs, &subject, now).await?))
}

fn given(typed: &str) -> Result<Reason, Refusal> {
    reason(typed).map_err(|problem| Refusal::Fields(vec![problem]))
}

/// *Unlock the account*: wrong passwords and failed resets are forgotten. The password stays.
///
/// # Errors
/// Those of [`may_help`], [`Refusal::ProofNeeded`], [`Refusal::Fields`].
pub async fn unlock(service: &Service, staff: &Staff, id: Uuid, typed: &str) -> Result<(), Refusal> {
    let account = begin_act(service, staff, id).await?;
    let reason = given(typed)?;
    let now = service.clock.now();
    let (limits, subject) = reset_limits(service, &staff.person.policy, account.id).await?;
    let mut tx = service.store.begin().await?;
    forget_wrong_passwords(service, &mut tx, account.id).await?;
    for limit in &limits {
        tx.forget_limit(limit, &subject).await?;
    }
    let event =
        Event::UnlockedByStaff { account: account.id, by: staff.id(), reason: reason.as_str().to_owned() };
    let told = Told { kind: ActivityKind::Unlocked, detail: None, change: SecurityChange::Unlocked, event };
    done(service, tx, staff, &account, told, now).await
}

/// *Sign the person out everywhere*; every browser is asked for the second factor again.
///
/// # Errors
/// Those of [`may_help`], [`Refusal::ProofNeeded`], [`Refusal::Fields`].
pub async fn end_sessions(service: &Service, staff: &Staff, id: Uuid, typed: &str) -> Result<(), Refusal> {
    let account = begin_act(service, staff, id).await?;
    let reason = given(typed)?;
    let now = service.clock.now();
    let mut tx = service.store.begin().await?;
    let count = tx.end_sessions(account.id, now).await?;
    tx.forget_devices(account.id).await?;
    let event = Event::SessionsEndedByStaff {
        account: account.id,
        by: staff.id(),
        count,
        reason: reason.as_str().to_owned(),
    };
    let told = Told {
        kind: ActivityKind::SignedOutEverywhere,
        detail: None,
        change: SecurityChange::SignedOutEverywhere,
        event,
    };
    done(service, tx, staff, &account, told, now).await
}

/// What is to be removed: its kind (none for a passkey) and when it was added. That is all that the desk sees of it.
///
/// # Errors
/// Those of [`may_help`], [`Refusal::NotFound`] where the person has no such method.
pub async fn method(
    service: &Service,
    staff: &Staff,
    id: Uuid,
    method: Uuid,
) -> Result<(Account, Option<MethodKind>, Timestamp), Refusal> {
    let account = may_help(service, staff, id).await?;
    let found = service.store.sign_in_method(method).await?.filter(|found| found.account_id == account.id);
    if let Some(found) = found {
        return Ok((account, Some(found.kind), found.added_at));
    }
    let passkeys = service.store.passkeys_of(account.id).await?;
    let passkey = passkeys.into_iter().find(|passkey| passkey.id == method).ok_or(Refusal::NotFound)?;
    Ok((account, None, passkey.added_at))
}

/// *Remove* a method or passkey that the person has lost. The address or number that it held is told, too.
///
/// # Errors
/// Those of [`may_help`], [`Refusal::ProofNeeded`], [`Refusal::CallerNotChecked`], [`Refusal::Fields`],
/// [`Refusal::NotFound`].
pub async fn remove_method(
    service: &Service,
    staff: &Staff,
    id: Uuid,
    method: Uuid,
    typed: &str,
) -> Result<(), Refusal> {
    let account = begin_weakening(service, staff, id).await?;
    let reason = given(typed)?;
    let now = service.clock.now();
    let mut tx = service.store.begin().await?;
    let before = tx.sign_in_methods(account.id).await?;
    let (kind, happened, change) = match before.iter().find(|known| known.id == method) {
        Some(known) if tx.remove_method(method, account.id).await? => {
            let change = SecurityChange::MethodRemoved(named(known.kind));
            (known.kind.as_str(), ActivityKind::MethodRemoved, change)
        }
        None if tx.remove_passkey(method, account.id).await? => {
            ("passkey", ActivityKind::PasskeyRemoved, SecurityChange::PasskeyRemoved)
        }
        _ => return Err(Refusal::NotFound),
    };
    service.note(&mut tx, account.id, happened, by_staff(Some(kind)), now).await?;
    service.tell_everywhere(&mut tx, &account, &staff.person.organisation, change, &before, now).await?;
    let event = Event::MethodRemovedByStaff {
        account: account.id,
        by: staff.id(),
        kind: kind.to_owned(),
        reason: reason.as_str().to_owned(),
    };
    tx.audit(event, now);
    tx.commit().await?;
    service.written.notify_one();
    Ok(())
}

/// *Start a password reset with the person*: a start code, which is shown to the desk once and read out to the caller.
///
/// # Errors
/// Those of [`may_help`], [`Refusal::ProofNeeded`], [`Refusal::CallerNotChecked`], [`Refusal::Fields`],
/// [`Refusal::AccountDisabled`].
pub async fn start_reset(
    service: &Service,
    staff: &Staff,
    id: Uuid,
    typed: &str,
    visitor: &Visitor,
) -> Result<StartCode, Refusal> {
    let account = begin_weakening(service, staff, id).await?;
    let reason = given(typed)?;
    let desk = Desk { by: staff.id(), reason: reason.as_str(), visitor };
    start_code_for(service, desk, &account, &staff.person.organisation).await
}

/// How an act is told.
struct Told<'a> {
    kind: ActivityKind,
    detail: Option<&'a str>,
    change: SecurityChange,
    event: Event,
}

/// Recent activity, every channel and the audit hear of it; then it is so.
async fn done(
    service: &Service,
    mut tx: Tx,
    staff: &Staff,
    account: &Account,
    told: Told<'_>,
    now: Timestamp,
) -> Result<(), Refusal> {
    let Told { kind, detail, change, event } = told;
    service.note(&mut tx, account.id, kind, by_staff(detail), now).await?;
    service.tell_everywhere(&mut tx, account, &staff.person.organisation, change, &[], now).await?;
    tx.audit(event, now);
    tx.commit().await?;
    service.written.notify_one();
    Ok(())
}

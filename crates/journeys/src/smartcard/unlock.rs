//! A card that took too many wrong passcodes is opened by its owner: by the Account Recovery Passcode (guide 001, section 1), or by
//! a one-time code where the organisation chose that.

use rules::limits::RECOVERY_PASSCODE_TRIES;
use rules::smartcard::{PasscodeEntry, PasscodeKind, UnlockBy};
use store::activity::ActivityKind;
use store::audit::Event;
use store::limits::Allowance;
use store::server_passcode::ServerPasscodeKind;
use store::smartcard::Smartcard;
use uuid::Uuid;
use vault::{Secret, Verdict};

use crate::password::canonical;
use crate::session::Person;
use crate::smartcard::job::{NewPasscode, Request, Unblock};
use crate::smartcard::passcodes::{Pair, begin, new_card_passcode};
use crate::smartcard::{SmartcardRefusal, due};
use crate::visitor::About;
use crate::{FieldProblem, Refusal, Service, Visitor};

/// What was typed to unlock by the Account Recovery Passcode.
#[derive(Debug, Clone, Copy)]
pub struct ByPasscode<'a> {
    /// *Account Recovery Passcode*.
    pub recovery: &'a Secret<String>,
    /// *New Smartcard Passcode*, where the page asks for it.
    pub new: Pair<'a>,
}

/// Whether there is an Account Recovery Passcode to unlock by.
///
/// # Errors
/// Where the database fails.
pub async fn has_recovery_passcode(service: &Service, person: &Person) -> Result<bool, Refusal> {
    let passcode = service.store.server_passcode(person.account.id, ServerPasscodeKind::Recovery).await?;
    Ok(passcode.is_some())
}

/// *Unlock*: begins the job that sets a new passcode on the blocked card. The caller has asked for a fresh proof.
///
/// # Errors
/// [`Refusal::Fields`], [`Refusal::Smartcard`] where the passcode was wrong too often or there is none, [`Refusal::Busy`], and
/// those of [`crate::smartcard::job::begin`].
pub async fn by_passcode(
    service: &Service,
    person: &Person,
    typed: ByPasscode<'_>,
    visitor: &Visitor,
) -> Result<Uuid, Refusal> {
    let card = due::usable(service, person)?;
    if person.policy.smartcard.unlock != UnlockBy::RecoveryPasscode {
        return Err(SmartcardRefusal::NotUnlockable.into());
    }
    let mut problems = Vec::new();
    if typed.recovery.expose().is_empty() {
        problems.push(FieldProblem::new("recovery", "unlock-recovery-empty"));
    }
    let new = new_passcode(service, person, card, typed.new, &mut problems)?;
    if !problems.is_empty() {
        return Err(Refusal::Fields(problems));
    }
    check_recovery(service, person, card.id, typed.recovery, visitor).await?;
    begin(service, person, card, Request::Unblock(Unblock { new, how: "recovery-passcode" })).await
}

/// The new passcode of the card: typed on the page, or asked for by the agent.
pub(crate) fn new_passcode(
    service: &Service,
    person: &Person,
    card: &Smartcard,
    pair: Pair<'_>,
    problems: &mut Vec<FieldProblem>,
) -> Result<NewPasscode, Refusal> {
    if person.policy.smartcard.passcode_entry == PasscodeEntry::Agent {
        return Ok(NewPasscode::Agent);
    }
    problems.extend(new_card_passcode(service, person, card, pair, true)?);
    Ok(NewPasscode::Typed(Secret::new(pair.new.expose().clone())))
}

/// Checks the Account Recovery Passcode. A try is counted before it is checked and forgotten when it was right, so that a hundred
/// at once are not free.
async fn check_recovery(
    service: &Service,
    person: &Person,
    card: Uuid,
    typed: &Secret<String>,
    visitor: &Visitor,
) -> Result<(), Refusal> {
    let (account, now) = (person.account.id, service.clock.now());
    let kept = service.store.server_passcode(account, ServerPasscodeKind::Recovery).await?;
    let kept = kept.ok_or(SmartcardRefusal::NotUnlockable)?;
    let limit = &RECOVERY_PASSCODE_TRIES;
    let subject = service.keys.keyed_hash("recovery-passcode-tries", &[account.as_bytes()]);
    let mut tx = service.store.begin().await?;
    if let Allowance::Exhausted { until } = tx.take(limit, &subject, now).await? {
        return Err(SmartcardRefusal::RecoveryPaused { wait: until.duration_since(now) }.into());
    }
    tx.commit().await?;

    let verdict = service.hasher.verify(&canonical(typed), &kept.hash).await?;

    let mut tx = service.store.begin().await?;
    if matches!(verdict, Verdict::Right { .. }) {
        tx.give_back(limit, &subject, now).await?;
        tx.commit().await?;
        return Ok(());
    }
    let left = tx.room_left(limit, &subject, now).await?;
    let about = About {
        detail: Some("recovery"),
        session: Some(person.session.id),
        visitor: Some(visitor),
        by_staff: false,
    };
    service.note(&mut tx, account, ActivityKind::PasscodeRefused, about, now).await?;
    let kind = PasscodeKind::Recovery.as_str().to_owned();
    tx.audit(Event::PasscodeRefused { account, card: Some(card), kind }, now);
    tx.commit().await?;
    if left == 0 {
        return Err(SmartcardRefusal::RecoveryPaused { wait: limit.within }.into());
    }
    Err(Refusal::Fields(vec![FieldProblem::new("recovery", "unlock-recovery-wrong").with("left", &left)]))
}

//! The end of a reset: a new password, or an account that is no longer locked.
//!
//! A reset never adds, removes or skips a factor: the person signs in afterwards, with the second factor that they have.

use crate::new_password::accept;
use crate::password_check::forget_wrong_passwords;
use crate::reset::{Asking, Resetting, Step, closed, cookie_hash, failures, wrong_proofs};
use crate::visitor::About;
use crate::{Refusal, Service};
use jiff::Timestamp;
use rules::limits::RESETS_FINISHED;
use rules::policy::Policy;
use rules::reset::gates_needed;
use store::Tx;
use store::account::Account;
use store::activity::ActivityKind;
use store::audit::Event;
use uuid::Uuid;
use vault::{Secret, Token};
use wording::SecurityChange;

/// The new password. In one transaction: it is set, whoever was signed in no longer is, no browser is spared the second
/// factor, what was begun with the old one ends, nobody is locked, and the owner is told by every channel. Answers the cookie
/// by which the browser sees that it is done.
///
/// # Errors
/// [`Refusal::Fields`] where the password cannot be taken, [`Refusal::WrongStep`] where a proof is missing,
/// [`Refusal::ResetOver`] where another tab was faster, [`Refusal::Busy`].
pub async fn set_password(
    service: &Service,
    resetting: &Resetting,
    password: &Secret<String>,
    asking: Asking<'_>,
) -> Result<Token, Refusal> {
    let (Step::NewPassword, Some(known), Some(first)) =
        (resetting.step(), &resetting.known, resetting.reset.first)
    else {
        return Err(Refusal::WrongStep);
    };
    let (reset, account) = (&resetting.reset, &known.account);
    let hash = accept(service, account, &known.organisation, &known.policy, password).await?;
    let failures = failures(service, &reset.who, Some(account.id), asking.device).await?;
    let now = service.clock.now();
    let cookie = Token::new(service.random.as_ref());

    // The order of the locks is that of a sign-in, which ends with the account, too; two resets of one account come one after
    // the other.
    let mut tx = service.store.begin().await?;
    tx.take(&RESETS_FINISHED, account.id.as_bytes(), now).await?;
    // A role may have been given since.
    let has_role = known.has_role || !tx.roles_of(account.id).await?.is_empty();
    let needed = gates_needed(known.policy.reset_gates, has_role, first.by);
    if !tx.finish_reset(reset.id, needed, &cookie_hash(service, &cookie), now).await? {
        return Err(Refusal::ResetOver);
    }
    tx.end_what_was_begun(account.id, reset.id, now).await?;
    forget_failures(service, &mut tx, account.id, &known.policy, &failures).await?;
    tx.forget_devices(account.id).await?;
    let sessions = tx.end_sessions(account.id, now).await?;
    tx.set_password(account.id, &hash, now).await?;
    let about = About { detail: Some(first.by.as_str()), visitor: Some(asking.visitor), ..About::default() };
    service.note(&mut tx, account.id, ActivityKind::PasswordReset, about, now).await?;
    tx.audit(Event::PasswordReset { account: account.id, reset: reset.id, sessions }, now);
    let change = SecurityChange::PasswordReset;
    service.tell_everywhere(&mut tx, account, &known.organisation, change, &[], now).await?;
    tx.commit().await?;
    service.written.notify_one();
    Ok(cookie)
}

/// What ends an unlocking.
#[derive(Clone, Copy)]
pub(crate) struct Unlocking<'a> {
    /// Which reset.
    pub reset: Uuid,
    /// How many gates stood before it.
    pub needed: u32,
    /// What its failures are counted by.
    pub failures: &'a [u8],
    /// Keyed hash of its cookie.
    pub token: &'a [u8],
}

/// *Unlock my account*, in the transaction of the last proof: the lock goes, password and sessions stay.
pub(crate) async fn unlock(
    service: &Service,
    tx: &mut Tx,
    account: &Account,
    unlocking: Unlocking<'_>,
    asking: Asking<'_>,
    now: Timestamp,
) -> Result<(), Refusal> {
    let Unlocking { reset, needed, failures, token } = unlocking;
    if !tx.finish_reset(reset, needed, token, now).await? {
        return Err(Refusal::ResetOver);
    }
    let organisation = tx
        .organisation(account.organisation_id)
        .await?
        .ok_or(Refusal::Fault("an account of no organisation"))?;
    forget_failures(service, tx, account.id, &service.policy(&organisation)?, failures).await?;
    let about = About { visitor: Some(asking.visitor), ..About::default() };
    service.note(tx, account.id, ActivityKind::Unlocked, about, now).await?;
    tx.audit(Event::AccountUnlocked { account: account.id, reset }, now);
    service.tell_everywhere(tx, account, &organisation, SecurityChange::Unlocked, &[], now).await
}

/// The right person came: wrong passwords from everywhere are forgotten, and what went wrong with resets here.
async fn forget_failures(
    service: &Service,
    tx: &mut Tx,
    account: Uuid,
    policy: &Policy,
    failures: &[u8],
) -> Result<(), Refusal> {
    forget_wrong_passwords(service, tx, account).await?;
    for limit in [policy.failed_resets, closed(policy), wrong_proofs(policy)] {
        tx.forget_limit(&limit, failures).await?;
    }
    Ok(())
}

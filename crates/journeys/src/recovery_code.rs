//! A recovery code in the place of a second factor: each is good once.

use crate::factor::app_tries;
use crate::second_factor::{Proving, SigningIn, finish, note_failure};
use crate::session::SignedIn;
use crate::{Refusal, Service};
use rules::recovery::TypedRecoveryCode;
use store::audit::Event;
use store::limits::Allowance;
use uuid::Uuid;
use wording::SecurityChange;

/// Signs in, or proves anew who is there, by a recovery code. Wrong ones are counted like those of an app; the owner is told
/// of a right one by every channel.
///
/// # Errors
/// [`Refusal::Fields`], [`Refusal::CodesEnded`] after too many wrong ones, [`Refusal::SignInOver`],
/// [`Refusal::AccountDisabled`].
pub async fn prove(
    service: &Service,
    signing_in: &SigningIn,
    typed: &str,
    proving: Proving<'_>,
) -> Result<SignedIn, Refusal> {
    let problem = |key| Refusal::field("code", key);
    if typed.trim().is_empty() {
        return Err(problem("recovery-code-empty"));
    }
    let typed = TypedRecoveryCode::parse(typed).map_err(|_| problem("recovery-code-malformed"))?;
    let account = &signing_in.account;
    let now = service.clock.now();
    let limit = app_tries(&signing_in.policy);
    let subject = service.keys.keyed_hash("recovery-code-tries", &[account.id.as_bytes()]);
    let mut tx = service.store.begin().await?;
    if tx.take(&limit, &subject, now).await? != Allowance::Granted {
        return Err(problem("recovery-code-used-up"));
    }
    if !tx.use_recovery_code(account.id, &service.recovery_code_hash(account.id, typed.as_str()), now).await?
    {
        tx.commit().await?;
        let wrong = Refusal::CodeWrong { left: None };
        note_failure(service, signing_in, &wrong, "recovery-code", proving.visitor, now).await?;
        return Err(problem("recovery-code-wrong"));
    }
    tx.give_back(&limit, &subject, now).await?;
    let left = tx.recovery_codes_left(account.id).await?;
    tx.audit(Event::RecoveryCodeUsed { account: account.id, left }, now);
    service
        .tell_everywhere(
            &mut tx,
            account,
            &signing_in.organisation,
            SecurityChange::RecoveryCodeUsed,
            &[],
            now,
        )
        .await?;
    let signed_in = finish(service, tx, signing_in, "recovery-code", proving, now).await?;
    service.written.notify_one();
    Ok(signed_in)
}

/// Whether an account has recovery codes that were not used.
///
/// # Errors
/// Where the database fails.
pub async fn any_left(service: &Service, account: Uuid) -> Result<bool, Refusal> {
    Ok(service.store.recovery_codes(account).await?.is_some_and(|codes| codes.left > 0))
}

impl Service {
    /// The keyed hash under which a recovery code is kept: bound to its account.
    pub(crate) fn recovery_code_hash(&self, account: Uuid, code: &str) -> [u8; 32] {
        self.keys.keyed_hash("recovery-code", &[account.as_bytes(), code.as_bytes()])
    }
}

//! A recovery code in the place of a second factor: each is good once.

use crate::factor::app_tries;
use crate::second_factor::{Proving, SigningIn, finish, note_failure};
use crate::session::{Person, SignedIn};
use crate::visitor::About;
use crate::{Refusal, Service, Visitor};
use rules::recovery::{HOW_MANY, RecoveryCode, TypedRecoveryCode};
use store::activity::ActivityKind;
use store::audit::Event;
use store::limits::Allowance;
pub use store::recovery::RecoveryCodes;
use uuid::Uuid;
use vault::Secret;
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

/// Which recovery codes a page told of, so that a form sent twice makes no second set: when they were made, in milliseconds
/// since 1970, UTC.
pub fn version(codes: Option<RecoveryCodes>) -> String {
    codes.map(|codes| codes.made_at.as_millisecond().to_string()).unwrap_or_default()
}

/// Makes ten new codes in the place of all that there were. They are answered here and never again: what is kept of them are
/// hashes. `seen` is the [`version`] that the page told of.
///
/// # Errors
/// [`Refusal::Fields`] where there are codes and the person did not confirm that they end, [`Refusal::WrongStep`] where new
/// ones were made meanwhile, as by a reload of the posted page.
pub async fn make(
    service: &Service,
    person: &Person,
    seen: &str,
    confirmed: bool,
    visitor: &Visitor,
) -> Result<Vec<Secret<String>>, Refusal> {
    let account = &person.account;
    let now = service.clock.now();
    let codes: Vec<RecoveryCode> =
        std::iter::repeat_with(|| RecoveryCode::draw(|| random_byte(service))).take(HOW_MANY).collect();
    let kept: Vec<(Uuid, [u8; 32])> = codes
        .iter()
        .map(|code| {
            let id = vault::new_id(now, service.random.as_ref());
            (id, service.recovery_code_hash(account.id, code.as_str()))
        })
        .collect();
    let mut tx = service.store.begin().await?;
    tx.one_at_a_time("recovery-codes-of-account", account.id.as_bytes(), now).await?;
    let before = tx.recovery_codes(account.id).await?;
    if version(before) != seen {
        return Err(Refusal::WrongStep);
    }
    if before.is_some() && !confirmed {
        return Err(Refusal::field("confirm", "recovery-codes-not-confirmed"));
    }
    tx.replace_recovery_codes(account.id, &kept, now).await?;
    let about = About { session: Some(person.session.id), visitor: Some(visitor), ..About::default() };
    service.note(&mut tx, account.id, ActivityKind::RecoveryCodesMade, about, now).await?;
    tx.audit(Event::RecoveryCodesMade { account: account.id }, now);
    let change = SecurityChange::RecoveryCodesMade;
    service.tell_everywhere(&mut tx, account, &person.organisation, change, &[], now).await?;
    tx.commit().await?;
    service.written.notify_one();
    Ok(codes.iter().map(|code| Secret::new(code.shown())).collect())
}

fn random_byte(service: &Service) -> u8 {
    let mut byte = [0];
    service.random.fill(&mut byte);
    let [byte] = byte;
    byte
}

/// How the person's recovery codes stand.
///
/// # Errors
/// Where the database fails.
pub async fn state(service: &Service, person: &Person) -> Result<Option<RecoveryCodes>, Refusal> {
    Ok(service.store.recovery_codes(person.account.id).await?)
}

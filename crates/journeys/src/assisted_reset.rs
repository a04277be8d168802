//! A reset with the help of the service desk: a one-time *start code* that the desk gives to a caller whom it has made sure
//! of. It takes the place of one proof that the person cannot give; where two are needed, the other is still theirs.
//!
//! The desk sees the code once and never a password; the owner is told by every channel that there is one. Wrong tries of
//! strangers neither use it up nor close this way.

use crate::password_check::user_name;
use crate::reset::{Asking, Purpose, Whose, cookie_hash};
use crate::visitor::About;
use crate::{FieldProblem, Refusal, Service, Visitor};
use jiff::Timestamp;
use rules::limits::{RESETS_PER_NETWORK, START_CODE_TRIES};
use rules::recovery::{LENGTH, SIGNS, TypedRecoveryCode};
use store::Tx;
use store::account::Account;
use store::activity::ActivityKind;
use store::audit::Event;
use store::limits::Allowance;
use store::organisation::Organisation;
use store::reset::NewReset;
use uuid::Uuid;
use vault::{Secret, Token};
use wording::SecurityChange;

/// A start code, to be shown to the desk once.
#[derive(Debug)]
pub struct StartCode {
    /// As it is read out: "abcde-23456".
    pub code: Secret<String>,
    /// The first instant at which it is no longer good, UTC.
    pub expires_at: Timestamp,
}

/// Who gives a start code, and why.
#[derive(Debug, Clone, Copy)]
pub struct Desk<'a> {
    /// The account of the person at the desk.
    pub by: Uuid,
    /// The mandatory reason, for the audit.
    pub reason: &'a str,
    /// Who sends the request.
    pub visitor: &'a Visitor,
}

/// Makes a start code for somebody and tells them by every channel. The caller has looked whether the person at the desk may
/// help people of this organisation.
///
/// # Errors
/// As [`start_code_in`].
pub async fn start_code_for(
    service: &Service,
    desk: Desk<'_>,
    account: &Account,
    organisation: &Organisation,
) -> Result<StartCode, Refusal> {
    let now = service.clock.now();
    let mut tx = service.store.begin().await?;
    let code = start_code_in(service, &mut tx, desk, account, organisation, now).await?;
    tx.commit().await?;
    service.written.notify_one();
    Ok(code)
}

/// The same as part of a transaction of the caller's, who commits it and wakes the worker.
///
/// # Errors
/// [`Refusal::WrongStep`] where the account is the desk's own, [`Refusal::AccountDisabled`] where it may not be used.
pub async fn start_code_in(
    service: &Service,
    tx: &mut Tx,
    desk: Desk<'_>,
    account: &Account,
    organisation: &Organisation,
    now: Timestamp,
) -> Result<StartCode, Refusal> {
    if desk.by == account.id {
        // Nobody helps themselves.
        return Err(Refusal::WrongStep);
    }
    if account.disabled_at.is_some() {
        return Err(Refusal::AccountDisabled);
    }
    let lifetime = service.policy(organisation)?.start_code_lifetime;
    let expires_at = now.checked_add(lifetime).unwrap_or(Timestamp::MAX);
    let code = vault::random_signs(service.random.as_ref(), SIGNS, LENGTH);
    let hash = code_hash(service, account.id, code.expose());
    tx.put_start_code(account.id, &hash, desk.by, now, expires_at).await?;
    let about = About { visitor: Some(desk.visitor), by_staff: true, ..About::default() };
    service.note(tx, account.id, ActivityKind::AssistedResetStarted, about, now).await?;
    let reason = desk.reason.to_owned();
    tx.audit(Event::StartCodeMade { account: account.id, by: desk.by, reason }, now);
    let change = SecurityChange::AssistedReset;
    service.tell_everywhere(tx, account, organisation, change, &[], now).await?;
    let (one, other) = code.expose().split_at_checked(LENGTH / 2).unwrap_or((code.expose(), ""));
    Ok(StartCode { code: Secret::new(format!("{one}-{other}")), expires_at })
}

/// What a person typed.
#[derive(Debug, Clone, Copy)]
pub struct Typed<'a> {
    /// The user name: an e-mail address or a staff number.
    pub user_name: &'a str,
    /// The start code.
    pub code: &'a str,
}

/// Begins a reset whose first proof is a start code. Answers the cookie by which the browser is in it.
///
/// # Errors
/// [`Refusal::Fields`] where a field is empty, or the two don't belong together; [`Refusal::ResetsBusy`],
/// [`Refusal::AccountDisabled`].
pub async fn begin(service: &Service, typed: Typed<'_>, asking: Asking<'_>) -> Result<Token, Refusal> {
    let (name, code) = read(typed)?;
    let now = service.clock.now();
    let whose = Whose::of(service, &name).await?;
    let account_id = whose.account_id.unwrap_or(Uuid::nil());
    let hash = code_hash(service, account_id, code.as_str());
    let network = service.keys.keyed_hash("network", &[asking.visitor.network.bytes()]);
    let tries = service.keys.keyed_hash("start-code-tries", &[&whose.who, &network]);
    let (id, cookie) = (vault::new_id(now, service.random.as_ref()), Token::new(service.random.as_ref()));

    let mut tx = service.store.begin().await?;
    if tx.take(&RESETS_PER_NETWORK, &network, now).await? != Allowance::Granted {
        return Err(Refusal::ResetsBusy);
    }
    if tx.take(&START_CODE_TRIES, &tries, now).await? != Allowance::Granted {
        return Err(Refusal::field("start_code", "start-code-used-up"));
    }
    if !tx.use_start_code(account_id, &hash, now).await? {
        let about = About { detail: Some("start-code"), visitor: Some(asking.visitor), ..About::default() };
        service.note(&mut tx, account_id, ActivityKind::ResetFailed, about, now).await?;
        tx.audit(Event::ResetFailed { reset: id, account: whose.account_id, closed: false }, now);
        tx.commit().await?;
        return Err(Refusal::field("start_code", "start-code-wrong"));
    }
    if whose.account.as_ref().is_none_or(|account| account.disabled_at.is_some()) {
        return Err(Refusal::AccountDisabled);
    }
    tx.give_back(&START_CODE_TRIES, &tries, now).await?;
    let new = NewReset {
        id,
        token: &cookie_hash(service, &cookie),
        account_id: whose.account_id,
        who: &whose.who,
        purpose: Purpose::Password,
        network: &network,
        by_start_code: true,
    };
    tx.add_reset(new, now).await?;
    let about = About { detail: Some("start-code"), visitor: Some(asking.visitor), ..About::default() };
    service.note(&mut tx, account_id, ActivityKind::ResetStarted, about, now).await?;
    let purpose = Purpose::Password.as_str().to_owned();
    tx.audit(Event::ResetStarted { reset: id, account: whose.account_id, purpose }, now);
    tx.audit(Event::ResetGatePassed { reset: id, account: account_id, gate: "start-code".to_owned() }, now);
    tx.commit().await?;
    Ok(cookie)
}

/// Every problem is named at once.
fn read(typed: Typed<'_>) -> Result<(String, TypedRecoveryCode), Refusal> {
    let mut problems = Vec::new();
    if typed.user_name.trim().is_empty() {
        problems.push(FieldProblem::new("user_name", "user-name-empty"));
    }
    let code = TypedRecoveryCode::parse(typed.code);
    if code.is_err() {
        let empty = typed.code.trim().is_empty();
        let key = if empty { "start-code-empty" } else { "start-code-malformed" };
        problems.push(FieldProblem::new("start_code", key));
    }
    match code {
        Ok(code) if problems.is_empty() => Ok((user_name(typed.user_name), code)),
        _ => Err(Refusal::Fields(problems)),
    }
}

/// The keyed hash under which a start code is kept: bound to its account.
fn code_hash(service: &Service, account: Uuid, code: &str) -> [u8; 32] {
    service.keys.keyed_hash("start-code", &[account.as_bytes(), code.as_bytes()])
}

//! *Put the mobile number right*: an account that is disabled for a number gets a UK mobile number in its place. A code that is
//! sent to the new number, and that the person reads out, shows that it is theirs before it is used.

use crate::codes::{Destination, Sending, typed_code};
use crate::console::{Staff, begin_weakening, by_staff, may_help, reason};
use crate::numbers::{NUMBER_NOT_ALLOWED, is_allowed};
use crate::refusal::phone_problem;
use crate::{Network, Refusal, Service};
use jiff::Timestamp;
use rules::desk::CALLER_CODE_LIFETIME;
use rules::phone::UkMobile;
use rules::policy::Policy;
use store::Tx;
use store::account::Account;
use store::activity::ActivityKind;
use store::audit::Event;
use store::caller::NumberRepair;
use store::code::CodeFor;
use store::method::{MethodKind, MethodSecret, SignInMethod};
use store::outbox::Channel;
use uuid::Uuid;
use wording::{Message, SecurityChange, SignInMethod as Named};

/// What the desk fills in.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The new number.
    pub number: &'a str,
    /// Why.
    pub reason: &'a str,
}

/// The person whose number may be put right.
///
/// # Errors
/// Those of [`may_help`], [`Refusal::NotFound`] where the account is not disabled for a number.
pub async fn person(service: &Service, staff: &Staff, id: Uuid) -> Result<Account, Refusal> {
    needs_it(may_help(service, staff, id).await?)
}

fn needs_it(account: Account) -> Result<Account, Refusal> {
    match account.disabled_reason.as_deref() {
        Some(NUMBER_NOT_ALLOWED) => Ok(account),
        _ => Err(Refusal::NotFound),
    }
}

/// The last two digits of the number to which a code was sent in the last ten minutes: the desk has just typed it.
///
/// # Errors
/// Those of [`person`], [`Refusal::WrongStep`] where no code was sent.
pub async fn under_way(service: &Service, staff: &Staff, id: Uuid) -> Result<(Account, String), Refusal> {
    let account = person(service, staff, id).await?;
    let repair = current(service, staff, &account).await?;
    let number = repair.number.as_address();
    let digits = number.get(number.len().saturating_sub(2)..).unwrap_or_default().to_owned();
    Ok((account, digits))
}

async fn current(service: &Service, staff: &Staff, account: &Account) -> Result<NumberRepair, Refusal> {
    let now = service.clock.now();
    let fresh = |repair: &NumberRepair| now.duration_since(repair.started_at) < CALLER_CODE_LIFETIME;
    service.store.number_repair(account.id, staff.id()).await?.filter(fresh).ok_or(Refusal::NumberNotStarted)
}

fn repair_policy(policy: &Policy) -> Policy {
    Policy { code_lifetime: policy.code_lifetime.min(CALLER_CODE_LIFETIME), ..policy.clone() }
}

/// *Send a code* to the new number.
///
/// # Errors
/// Those of [`person`], [`Refusal::ProofNeeded`], [`Refusal::CallerNotChecked`], [`Refusal::Fields`],
/// [`Refusal::CodeTooSoon`], [`Refusal::TooManyCodes`].
pub async fn send_code(
    service: &Service,
    staff: &Staff,
    id: Uuid,
    asked: Asked<'_>,
    network: &Network,
) -> Result<(), Refusal> {
    let account = needs_it(begin_weakening(service, staff, id).await?)?;
    let mut problems = Vec::new();
    let number = UkMobile::parse(asked.number, staff.person.policy.phones)
        .map_err(|problem| problems.push(phone_problem("number", problem)));
    let reason = reason(asked.reason).map_err(|problem| problems.push(problem));
    let (Ok(number), Ok(reason)) = (number, reason) else { return Err(Refusal::Fields(problems)) };
    if service.text.is_none() {
        return Err(Refusal::field("number", "number-no-texts"));
    }
    let now = service.clock.now();
    let repair = NumberRepair {
        id: vault::new_id(now, service.random.as_ref()),
        account_id: account.id,
        staff_id: staff.id(),
        number: MethodSecret::address(number.e164()),
        reason: reason.as_str().to_owned(),
        started_at: now,
    };
    let policy = repair_policy(&staff.person.policy);
    let to = Destination { channel: Channel::Text, to: number.e164() };
    let code_for = CodeFor::NumberRepair(repair.id);
    let sending =
        Sending { code_for, to, account: Some(account.id), organisation: Some(account.organisation_id) };
    let (name, organisation) =
        (service.settings.service_name.clone(), staff.person.organisation.name.clone());
    let asked_by = format!("{} {}", staff.person.account.first_name, staff.person.account.last_name);
    let mut tx = service.store.begin().await?;
    service.allow_code(&mut tx, &policy, code_for, to, network, now).await?;
    tx.add_number_repair(&repair).await?;
    service
        .write_code(&mut tx, &policy, sending, now, move |code, minutes| Message::CallerCode {
            service: name,
            organisation,
            asker: asked_by,
            code,
            minutes,
        })
        .await?;
    let event = Event::NumberRepairStarted { account: account.id, by: staff.id(), reason: repair.reason };
    tx.audit(event, now);
    tx.commit().await?;
    service.written.notify_one();
    Ok(())
}

/// The person reads out the code: the number takes the place of those that may not be used, and the account is enabled.
///
/// # Errors
/// Those of [`under_way`], [`Refusal::ProofNeeded`], [`Refusal::CallerNotChecked`], [`Refusal::Fields`],
/// [`Refusal::CodeWrong`], [`Refusal::CodeExpired`], [`Refusal::CodesEnded`].
pub async fn prove(service: &Service, staff: &Staff, id: Uuid, typed: &str) -> Result<(), Refusal> {
    let account = needs_it(begin_weakening(service, staff, id).await?)?;
    let typed = typed_code(MethodKind::Text, typed)?;
    let repair = current(service, staff, &account).await?;
    let now = service.clock.now();
    let policy = repair_policy(&staff.person.policy);
    let (mut tx, _proof) = service.prove_code(&policy, CodeFor::NumberRepair(repair.id), &typed, now).await?;
    if !tx.finish_number_repair(repair.id, now).await? || !tx.enable_account(account.id).await? {
        return Err(Refusal::NumberNotStarted);
    }
    put_in_place(service, &mut tx, &account, &repair, &policy, now).await?;
    let organisation = &staff.person.organisation;
    let text = by_staff(Some(MethodKind::Text.as_str()));
    service.note(&mut tx, account.id, ActivityKind::MethodChanged, text, now).await?;
    service.note(&mut tx, account.id, ActivityKind::AccountEnabled, by_staff(None), now).await?;
    // A number that may not be used is not told either: nothing is sent to it.
    let changed = SecurityChange::MethodChanged(Named::TextMessage);
    for change in [changed, SecurityChange::AccountEnabled] {
        service.tell_everywhere(&mut tx, &account, organisation, change, &[], now).await?;
    }
    tx.audit(Event::NumberRepaired { account: account.id, by: staff.id(), reason: repair.reason }, now);
    tx.commit().await?;
    service.written.notify_one();
    Ok(())
}

/// The new number replaces the first one that may not be used; the others go.
async fn put_in_place(
    service: &Service,
    tx: &mut Tx,
    account: &Account,
    repair: &NumberRepair,
    policy: &Policy,
    now: Timestamp,
) -> Result<(), Refusal> {
    let mut wrong: Vec<SignInMethod> = tx
        .sign_in_methods(account.id)
        .await?
        .into_iter()
        .filter(|method| !is_allowed(method, policy))
        .collect();
    wrong.sort_by_key(|method| method.kind != MethodKind::Text);
    let mut wrong = wrong.into_iter();
    match wrong.next() {
        Some(first) if first.kind == MethodKind::Text => {
            tx.replace_method_secret(first.id, account.id, &repair.number, 0, now).await?;
        }
        first => {
            if let Some(first) = first {
                tx.remove_method(first.id, account.id).await?;
            }
            let id = vault::new_id(now, service.random.as_ref());
            tx.add_sign_in_method(id, account.id, MethodKind::Text, &repair.number, 0, now).await?;
        }
    }
    for other in wrong {
        tx.remove_method(other.id, account.id).await?;
    }
    Ok(())
}

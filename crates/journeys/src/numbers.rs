//! Which telephone numbers are taken, and what becomes of an account that has another one (guide 002: "Any … account registered
//! with non-UK number will be disabled").

use crate::refusal::{office_phone_problem, phone_problem};
use crate::repeat::Rounds;
use crate::{Refusal, Service};
use jiff::Timestamp;
use rules::phone::{PhonePolicy, UkMobile, UkPhone};
use rules::policy::Policy;
use std::time::Duration;
use store::Tx;
use store::account::Account;
use store::activity::ActivityKind;
use store::audit::Event;
use store::method::{MethodKind, SignInMethod};
use store::organisation::Organisation;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use wording::SecurityChange;

use crate::visitor::About;

/// Why an account is disabled, as the console and the database name it.
pub const NUMBER_NOT_ALLOWED: &str = "number-not-allowed";

/// How often the numbers that nobody typed here are looked at.
const EVERY: Duration = Duration::from_hours(1);
/// So many numbers are read at once.
const AT_ONCE: u32 = 500;

/// A mobile number that was typed, in E.164.
pub(crate) fn mobile_number(
    field: &'static str,
    typed: &str,
    phones: PhonePolicy,
) -> Result<String, Refusal> {
    UkMobile::parse(typed, phones)
        .map(|number| number.e164().to_owned())
        .map_err(|problem| Refusal::Fields(vec![phone_problem(field, problem)]))
}

/// A number at work that was typed, in E.164.
pub(crate) fn contact_number(
    field: &'static str,
    typed: &str,
    phones: PhonePolicy,
) -> Result<String, Refusal> {
    UkPhone::parse(typed, phones)
        .map(|number| number.e164().to_owned())
        .map_err(|problem| Refusal::Fields(vec![office_phone_problem(field, problem)]))
}

/// Whether a method may be used and kept: it holds no number, or one that the organisation takes.
pub fn is_allowed(method: &SignInMethod, policy: &Policy) -> bool {
    is_number_allowed(method.kind, method.secret.as_address(), policy.phones)
}

/// Whether a number of a method of this kind is taken.
pub(crate) fn is_number_allowed(kind: MethodKind, number: &str, phones: PhonePolicy) -> bool {
    match kind {
        MethodKind::Text | MethodKind::AlternativePhone => UkMobile::parse(number, phones).is_ok(),
        MethodKind::OfficePhone => UkPhone::parse(number, phones).is_ok(),
        MethodKind::Email | MethodKind::App | MethodKind::Approval => true,
    }
}

/// The methods that may be used: a number that is not taken gets no codes, however it arrived.
pub(crate) fn usable(methods: Vec<SignInMethod>, policy: &Policy) -> Vec<SignInMethod> {
    methods.into_iter().filter(|method| is_allowed(method, policy)).collect()
}

/// The mobile number that one text goes to: the one that its owner prefers, else the oldest, of those that may be used.
pub(crate) fn mobile<'a>(
    methods: &'a [SignInMethod],
    preferred: Option<Uuid>,
    policy: &Policy,
) -> Option<&'a SignInMethod> {
    let mut texts =
        methods.iter().filter(|method| method.kind == MethodKind::Text && is_allowed(method, policy));
    texts.clone().find(|method| preferred == Some(method.id)).or_else(|| texts.next())
}

/// Whether an account may not be used: it is disabled, or is so from here on because of a number that its organisation does
/// not take. The caller commits.
pub(crate) async fn is_disabled(
    service: &Service,
    tx: &mut Tx,
    account: &Account,
    organisation: &Organisation,
    policy: &Policy,
    now: Timestamp,
) -> Result<bool, Refusal> {
    if account.disabled_at.is_some() {
        return Ok(true);
    }
    if !policy.non_uk_number_disables {
        return Ok(false);
    }
    let methods = tx.sign_in_methods(account.id).await?;
    if methods.iter().all(|method| is_allowed(method, policy)) {
        return Ok(false);
    }
    if tx.disable_account(account.id, NUMBER_NOT_ALLOWED, now).await? {
        service.note(tx, account.id, ActivityKind::AccountDisabled, About::default(), now).await?;
        tx.audit(Event::NumberNotAllowed { account: account.id }, now);
        let change = SecurityChange::AccountDisabled;
        service.tell_everywhere(tx, account, organisation, change, &[], now).await?;
    }
    Ok(true)
}

/// Looks at the numbers of one account, after they changed without their owner (an import, the console) or its organisation
/// made its rule stricter. Answers whether the account is disabled.
///
/// # Errors
/// Where the database fails.
pub async fn check(service: &Service, account: Uuid) -> Result<bool, Refusal> {
    let now = service.clock.now();
    let mut tx = service.store.begin().await?;
    let Some(account) = tx.account(account).await? else { return Ok(false) };
    let organisation = tx
        .organisation(account.organisation_id)
        .await?
        .ok_or(Refusal::Fault("an account of no organisation"))?;
    let policy = service.policy(&organisation)?;
    let disabled = is_disabled(service, &mut tx, &account, &organisation, &policy, now).await?;
    tx.commit().await?;
    service.written.notify_one();
    Ok(disabled)
}

/// Looks at everybody's numbers where the organisation disables accounts for them: one that came by an import, or is refused
/// since the organisation made its rule stricter, is told of before its owner stands at a closed door. Signing in looks for
/// itself and waits for nothing here.
///
/// # Errors
/// Where the database fails; the next round does it again.
pub async fn check_all(service: &Service) -> Result<(), Refusal> {
    for organisation in service.store.organisations().await? {
        let policy = service.policy(&organisation)?;
        if !policy.non_uk_number_disables {
            continue;
        }
        let mut after = Uuid::nil();
        loop {
            let methods = service.store.numbers_of(organisation.id, after, AT_ONCE).await?;
            let Some(last) = methods.last() else { break };
            after = last.id;
            for refused in methods.iter().filter(|method| !is_allowed(method, &policy)) {
                check(service, refused.account_id).await?;
            }
        }
    }
    Ok(())
}

/// Looks at everybody's numbers again and again until `stop`.
pub async fn run(service: Service, stop: CancellationToken) {
    let mut rounds = Rounds::every(EVERY, stop);
    while rounds.next().await {
        if let Err(error) = check_all(&service).await {
            tracing::error!(%error, "the numbers of accounts cannot be looked at");
        }
    }
}

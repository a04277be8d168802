//! Being sure who is calling: the caller reads out a code that was sent to a channel of theirs, or stood at the counter with
//! documents. It holds for ten minutes, for this person and this member of staff.

use crate::codes::{Destination, Sending, typed_code};
use crate::console::{Acting, Staff, begin_act, by_staff, may_help};
use crate::factor::channel_of;
use crate::{Network, Refusal, Service};
use jiff::Timestamp;
use rules::desk::{CALLER_CODE_LIFETIME, CALLER_PROOF, Document, is_checked};
use rules::phone::UkMobile;
use rules::policy::Policy;
use store::account::Account;
use store::activity::ActivityKind;
use store::audit::Event;
use store::caller::CallerCheck;
use store::code::CodeFor;
use store::method::{MethodKind, SignInMethod};
use store::outbox::Delivery;
use uuid::Uuid;
use wording::{Message, SecurityChange};

/// A channel by which a caller can be sent a code. Where it leads is not said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Channel {
    /// What the form sends.
    pub id: Uuid,
    /// Its kind; e-mail or text.
    pub kind: MethodKind,
    /// Whether it is the address that the employer holds.
    pub of_record: bool,
}

/// How the check stands.
#[derive(Debug, Clone)]
pub struct Checking {
    /// Who says that they call.
    pub account: Account,
    /// The channels that a code can be sent to.
    pub channels: Vec<Channel>,
    /// The check under way, to which a code was sent.
    pub sent: Option<CallerCheck>,
    /// What became of the message with the code.
    pub delivery: Option<Delivery>,
    /// Until when this member of staff is sure of the person, UTC.
    pub checked_until: Option<Timestamp>,
}

/// Until when this member of staff is sure who `account` is, UTC; none where they are not.
pub(crate) async fn checked_until(
    service: &Service,
    staff: &Staff,
    account: Uuid,
) -> Result<Option<Timestamp>, Refusal> {
    let proved = service.store.caller_proved_at(account, staff.id()).await?;
    Ok(proved
        .filter(|_| is_checked(proved, service.clock.now()))
        .map(|proved| proved.checked_add(CALLER_PROOF).unwrap_or(Timestamp::MAX)))
}

/// The page of the check.
///
/// # Errors
/// Those of [`may_help`].
pub async fn show(service: &Service, staff: &Staff, id: Uuid) -> Result<Checking, Refusal> {
    let account = may_help(service, staff, id).await?;
    let now = service.clock.now();
    let sent = service.store.caller_check(account.id, staff.id()).await?.filter(|check| {
        check.how != "documents"
            && check.proved_at.is_none()
            && now.duration_since(check.started_at) < CALLER_CODE_LIFETIME
    });
    let delivery = match &sent {
        Some(check) => service.store.delivery(check.id).await?,
        None => None,
    };
    let channels = channels(service, staff, &account)
        .await?
        .iter()
        .map(|method| Channel { id: method.id, kind: method.kind, of_record: method.is_of_record() })
        .collect();
    let checked_until = checked_until(service, staff, account.id).await?;
    Ok(Checking { account, channels, sent, delivery, checked_until })
}

/// Text messages and e-mails that the person registered, and the address that the employer holds.
async fn channels(service: &Service, staff: &Staff, account: &Account) -> Result<Vec<SignInMethod>, Refusal> {
    let mut channels: Vec<_> = service
        .store
        .sign_in_methods(account.id)
        .await?
        .into_iter()
        .filter(|method| match method.kind {
            MethodKind::Text => {
                let phones = staff.person.policy.phones;
                service.text.is_some() && UkMobile::parse(method.secret.as_address(), phones).is_ok()
            }
            kind => channel_of(kind).is_some(),
        })
        .collect();
    if !channels.iter().any(|method| method.secret.as_address() == account.email) {
        channels.push(SignInMethod::of_record(account.id, &account.email, account.created_at));
    }
    Ok(channels)
}

/// The caller's code lives as long as the proof that it gives.
fn caller_policy(policy: &Policy) -> Policy {
    Policy { code_lifetime: policy.code_lifetime.min(CALLER_CODE_LIFETIME), ..policy.clone() }
}

/// *Send a code*: to the channel with this id, whose kind is all that the desk sees.
///
/// # Errors
/// Those of [`may_help`], [`Refusal::ProofNeeded`], [`Refusal::Fields`], [`Refusal::CodeTooSoon`],
/// [`Refusal::TooManyCodes`].
pub async fn send_code(
    service: &Service,
    staff: &Staff,
    id: Uuid,
    channel: &str,
    network: &Network,
) -> Result<(), Refusal> {
    let account = begin_act(service, staff, id).await?;
    let chosen = Uuid::parse_str(channel).ok();
    let channels = channels(service, staff, &account).await?;
    let method = channels
        .iter()
        .find(|method| Some(method.id) == chosen)
        .ok_or_else(|| Refusal::field("channel", "caller-channel-empty"))?;
    let by = channel_of(method.kind).ok_or_else(|| Refusal::field("channel", "caller-channel-empty"))?;
    let now = service.clock.now();
    let check = CallerCheck {
        id: vault::new_id(now, service.random.as_ref()),
        account_id: account.id,
        staff_id: staff.id(),
        how: method.kind.as_str().to_owned(),
        started_at: now,
        proved_at: None,
    };
    let policy = caller_policy(&staff.person.policy);
    let to = Destination { channel: by, to: method.secret.as_address() };
    let code_for = CodeFor::CallerCheck(check.id);
    let sending =
        Sending { code_for, to, account: Some(account.id), organisation: Some(account.organisation_id) };
    let (name, organisation) =
        (service.settings.service_name.clone(), staff.person.organisation.name.clone());
    let asker = format!("{} {}", staff.person.account.first_name, staff.person.account.last_name);
    let mut tx = service.store.begin().await?;
    service.allow_code(&mut tx, &policy, code_for, to, network, now).await?;
    tx.add_caller_check(&check).await?;
    service
        .write_code(&mut tx, &policy, sending, now, move |code, minutes| Message::CallerCode {
            service: name,
            organisation,
            asker,
            code,
            minutes,
        })
        .await?;
    tx.audit(Event::CallerCodeSent { account: account.id, by: staff.id(), kind: check.how }, now);
    tx.commit().await?;
    service.written.notify_one();
    Ok(())
}

/// The caller reads out the code, the desk types it.
///
/// # Errors
/// Those of [`may_help`], [`Refusal::ProofNeeded`], [`Refusal::Fields`], [`Refusal::CodeWrong`],
/// [`Refusal::CodeExpired`], [`Refusal::CodesEnded`].
pub async fn prove(service: &Service, acting: Acting<'_>, id: Uuid, typed: &str) -> Result<(), Refusal> {
    let staff = acting.staff;
    let account = begin_act(service, staff, id).await?;
    let typed = typed_code(MethodKind::Email, typed)?;
    let now = service.clock.now();
    let check = service
        .store
        .caller_check(account.id, staff.id())
        .await?
        .filter(|check| check.how != "documents")
        .ok_or_else(|| Refusal::field("code", "caller-code-not-sent"))?;
    let policy = caller_policy(&staff.person.policy);
    let mut tx = match service.prove_code(&policy, CodeFor::CallerCheck(check.id), &typed, now).await {
        Ok((tx, _proof)) => tx,
        Err(refusal) => {
            let mut tx = service.store.begin().await?;
            tx.audit(Event::CallerCodeRefused { account: account.id, by: staff.id() }, now);
            tx.commit().await?;
            return Err(refusal);
        }
    };
    if !tx.prove_caller(check.id, now).await? {
        return Err(Refusal::CodesEnded);
    }
    checked(service, &mut tx, staff, &account, &check.how, Vec::new(), now).await?;
    tx.commit().await?;
    service.written.notify_one();
    Ok(())
}

/// *Documents seen*: at the counter instead of on the telephone. Which ones is recorded.
///
/// # Errors
/// Those of [`may_help`], [`Refusal::ProofNeeded`], [`Refusal::Fields`].
pub async fn documents_seen(
    service: &Service,
    acting: Acting<'_>,
    id: Uuid,
    documents: &[Document],
) -> Result<(), Refusal> {
    let staff = acting.staff;
    let account = begin_act(service, staff, id).await?;
    if documents.is_empty() {
        return Err(Refusal::field("documents", "documents-empty"));
    }
    let now = service.clock.now();
    let check = CallerCheck {
        id: vault::new_id(now, service.random.as_ref()),
        account_id: account.id,
        staff_id: staff.id(),
        how: "documents".to_owned(),
        started_at: now,
        proved_at: Some(now),
    };
    let mut tx = service.store.begin().await?;
    tx.add_caller_check(&check).await?;
    let names = documents.iter().map(|document| document.as_str().to_owned()).collect();
    checked(service, &mut tx, staff, &account, "documents", names, now).await?;
    tx.commit().await?;
    service.written.notify_one();
    Ok(())
}

/// Audit, recent activity, and word to the person by every channel.
async fn checked(
    service: &Service,
    tx: &mut store::Tx,
    staff: &Staff,
    account: &Account,
    how: &str,
    documents: Vec<String>,
    now: Timestamp,
) -> Result<(), Refusal> {
    let event = Event::CallerChecked { account: account.id, by: staff.id(), how: how.to_owned(), documents };
    tx.audit(event, now);
    service.note(tx, account.id, ActivityKind::CallerChecked, by_staff(Some(how)), now).await?;
    let organisation = &staff.person.organisation;
    service.tell_everywhere(tx, account, organisation, SecurityChange::CallerChecked, &[], now).await
}

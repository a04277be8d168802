//! "Are you trying to sign in?": asking in the authenticator, as often as nobody minds. Whoever says no three times in an hour,
//! or does not answer five times in a row, is asked no more for an hour and told so by every channel: somebody else may be
//! asking (push fatigue). What comes before the password, by a stranger who knows no more than a name, is counted apart from
//! what comes after it.

use crate::asked::{Question, ask};
use crate::deliver::Envelope;
use crate::visitor::About;
use crate::{Refusal, Service};
use jiff::Timestamp;
use rules::asked::LIFETIME;
use rules::policy::Policy;
use store::Tx;
use store::activity::ActivityKind;
use store::asked::Status;
use store::audit::Event;
use store::limits::Allowance;
use store::outbox::Channel;
use uuid::Uuid;
use wording::{Message, SecurityChange};

/// What came of asking. The caller commits either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The person is asked.
    Asked,
    /// Nobody is asked for a while.
    Paused,
}

/// Whose refusals and unanswered questions are counted together, after a password or in a session.
pub(crate) fn counted(service: &Service, account: Uuid) -> [u8; 32] {
    service.keys.keyed_hash("approvals", &[account.as_bytes()])
}

/// The same in a reset, where `failures` is what failed resets are counted by.
pub(crate) fn counted_in_reset(service: &Service, failures: &[u8; 32]) -> [u8; 32] {
    service.keys.keyed_hash("approvals-in-reset", &[failures])
}

/// Whether the question that was asked last must be asked again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// Only where none is open.
    IfNeeded,
    /// *Send it again*.
    Always,
}

/// Asks in the authenticator. A question that is still open is not asked a second time, but where the person wants it.
pub(crate) async fn ask_in_app(
    service: &Service,
    tx: &mut Tx,
    question: Question<'_>,
    policy: &Policy,
    repeat: Repeat,
    now: Timestamp,
) -> Result<Outcome, Refusal> {
    let counted = question.counted.ok_or(Refusal::Fault("a question to an app that counts for nobody"))?;
    let open = tx.last_asked(question.code_for).await?.is_some_and(|last| {
        last.status(now) == Status::Waiting && last.method_id == question.method && last.how == question.how
    });
    if open && repeat == Repeat::IfNeeded {
        return Ok(Outcome::Asked);
    }
    if !tx.has_room(&policy.approvals_paused(), counted, now).await? {
        return Ok(Outcome::Paused);
    }
    if tx.take(&policy.approvals_unanswered, counted, now).await? != Allowance::Granted {
        pause(service, tx, question.account, counted, policy, now).await?;
        return Ok(Outcome::Paused);
    }
    let expires_at = now.checked_add(LIFETIME).unwrap_or(Timestamp::MAX);
    ask(service, tx, question, expires_at, now).await?;
    Ok(Outcome::Asked)
}

/// No more questions for a while; the person is told. For nobody it costs the same.
pub(crate) async fn pause(
    service: &Service,
    tx: &mut Tx,
    account: Option<Uuid>,
    counted: &[u8],
    policy: &Policy,
    now: Timestamp,
) -> Result<(), Refusal> {
    tx.take(&policy.approvals_paused(), counted, now).await?;
    forget(tx, policy, counted).await?;
    let id = account.unwrap_or(Uuid::nil());
    let found = tx.account(id).await?;
    let organisation = found.as_ref().map_or(Uuid::nil(), |account| account.organisation_id);
    let organisation = tx.organisation(organisation).await?;
    service.note(tx, id, ActivityKind::ApprovalsPaused, About::default(), now).await?;
    tx.audit(Event::ApprovalsPaused { account }, now);
    let change = SecurityChange::ApprovalsPaused;
    if let (Some(account), Some(organisation)) = (found, organisation) {
        return service.tell_everywhere(tx, &account, &organisation, change, &[], now).await;
    }
    tx.sign_in_methods(id).await?;
    let message = Message::SecurityNotice {
        service: service.settings.service_name.clone(),
        change,
        when: wording::date_and_time(wording::Language::En, service.local(now).datetime()),
        support: String::new(),
    };
    let payload = Envelope { to: String::new(), message }.to_bytes();
    let id = vault::new_id(now, service.random.as_ref());
    Ok(tx.add_decoy_message(id, Channel::Email, None, &payload, now).await?)
}

/// What was counted is forgotten: the person answered with yes, or proved in another way that it is them.
pub(crate) async fn forget(tx: &mut Tx, policy: &Policy, counted: &[u8]) -> Result<(), Refusal> {
    tx.forget_limit(&policy.approvals_unanswered, counted).await?;
    Ok(tx.forget_limit(&policy.approvals_refused, counted).await?)
}

//! A reset under way: what proves whose it is. One proof, or two.

mod by_call;
mod passing;

pub use by_call::{call_again, call_choice, choose_call};

use self::passing::pass;
use crate::approval::{self, Outcome, Repeat, ask_in_app};
use crate::asked::{self, Question, claim};
use crate::codes::{Destination, Sending, typed_code};
use crate::factor::{channel_of, prove_app};
use crate::reset::{Asking, Purpose, Resetting, Step, failures, refuse_closed};
use crate::reset_ways::short_id;
use crate::{Refusal, Service};
use jiff::Timestamp;
use rules::code::TypedCode;
use rules::limits::RESET_CODES_PER_DAY;
use rules::method::MethodKind;
use rules::recovery::TypedRecoveryCode;
use rules::reset::Gate;
use store::Tx;
use store::asked::{Asked, How, Status, WhatFor};
use store::audit::Event;
use store::code::CodeFor;
use store::limits::Allowance;
use store::method::SignInMethod;
use uuid::Uuid;
use vault::Token;
use wording::{Message, SecurityChange};

/// A gate was passed: the reset goes on by another cookie.
#[derive(Debug)]
pub struct Passed {
    /// The cookie by which the browser is in it from now on.
    pub cookie: Token,
    /// What comes next.
    pub step: Step,
}

/// What a form sends to choose a way. It says nothing about whose method it is, or whether it is one.
pub fn choice(service: &Service, resetting: &Resetting, way: &SignInMethod) -> String {
    let parts = [resetting.reset.id.as_bytes().as_slice(), way.id.as_bytes()];
    short_id(&service.keys.keyed_hash("reset-choice", &parts)).simple().to_string()
}

/// How the last question stands. Before something was proved, no page tells what became of a call: whether a phone rang would
/// tell whether there is an account.
///
/// # Errors
/// Where the database fails.
pub async fn standing(service: &Service, resetting: &Resetting) -> Result<Option<(Asked, Status)>, Refusal> {
    let now = service.clock.now();
    Ok(asked::standing(service, code_for(resetting)).await?.map(|(mut asked, status)| {
        if asked.how != How::Call || resetting.known.is_some() {
            return (asked, status);
        }
        asked.progress = None;
        let status = match status {
            Status::No(_) if asked.expires_at > now => Status::Waiting,
            Status::No(_) => Status::Over,
            other => other,
        };
        (asked, status)
    }))
}

/// Chooses what to prove the account by, and sends a code where that needs one. Where none may be sent, nothing is chosen.
///
/// # Errors
/// [`Refusal::Fields`] where nothing was chosen, [`Refusal::CodeTooSoon`], [`Refusal::TooManyCodes`], [`Refusal::ResetClosed`],
/// [`Refusal::ResetOver`], [`Refusal::WrongStep`].
pub async fn choose(
    service: &Service,
    resetting: &Resetting,
    typed: &str,
    asking: Asking<'_>,
) -> Result<(), Refusal> {
    if !matches!(resetting.step(), Step::Choose | Step::Prove) {
        return Err(Refusal::WrongStep);
    }
    let way = resetting.ways.iter().find(|way| choice(service, resetting, way) == typed);
    let way = way.ok_or_else(|| Refusal::field("method", "reset-method-empty"))?;
    match go_by(service, resetting, way, Repeat::IfNeeded, asking).await {
        // Pressed twice: the code is on its way already.
        Err(Refusal::CodeTooSoon { .. }) if resetting.reset.method_id == Some(way.id) => Ok(()),
        other => other,
    }
}

/// *Send New Code* in a reset, or *Send it again* of what is asked in the app.
///
/// # Errors
/// As [`choose`].
pub async fn send_new_code(
    service: &Service,
    resetting: &Resetting,
    asking: Asking<'_>,
) -> Result<(), Refusal> {
    let way = resetting.way().ok_or(Refusal::WrongStep)?;
    if way.kind == MethodKind::App {
        return Err(Refusal::WrongStep);
    }
    go_by(service, resetting, way, Repeat::Always, asking).await
}

async fn go_by(
    service: &Service,
    resetting: &Resetting,
    way: &SignInMethod,
    repeat: Repeat,
    asking: Asking<'_>,
) -> Result<(), Refusal> {
    let now = service.clock.now();
    let reset = &resetting.reset;
    let mut outcome = Outcome::Asked;
    let failures = failures(service, &reset.who, reset.account_id, asking.device).await?;
    let mut tx = service.store.begin().await?;
    refuse_where_closed(&mut tx, resetting, &failures, now).await?;
    if !tx.choose_reset_method(reset.id, way.id).await? {
        return Err(Refusal::ResetOver);
    }
    if let Some(channel) = channel_of(way.kind) {
        let to = Destination { channel, to: way.secret.as_address() };
        let code_for = CodeFor::Reset(reset.id);
        service.allow_code(&mut tx, &resetting.policy, code_for, to, &asking.visitor.network, now).await?;
        let everywhere = service.destination_hash(to);
        let subject = service.keys.keyed_hash("reset-codes", &[&everywhere, &failures]);
        if tx.take(&RESET_CODES_PER_DAY, &subject, now).await? != Allowance::Granted {
            return Err(Refusal::TooManyCodes);
        }
        let account = resetting.account.as_ref();
        let sending = Sending {
            code_for,
            to,
            account: account.map(|account| account.id),
            // Whoever has no account counts against a budget of nobody's, so that it costs the same.
            organisation: Some(account.map_or(Uuid::max(), |account| account.organisation_id)),
        };
        let name = service.settings.service_name.clone();
        let message = move |code, minutes| Message::ResetCode { service: name, code, minutes };
        if resetting.real {
            service.write_code(&mut tx, &resetting.policy, sending, now, message).await?;
        } else {
            service.write_code_for_nobody(&mut tx, &resetting.policy, sending, now, message).await?;
        }
    }
    if way.kind == MethodKind::Approval {
        outcome = ask_way(service, &mut tx, resetting, way, (&failures, repeat), asking, now).await?;
    }
    tx.audit(Event::ResetMethodChosen { reset: reset.id, kind: way.kind.as_str().to_owned() }, now);
    tx.commit().await?;
    service.tell_workers();
    if outcome == Outcome::Paused && repeat == Repeat::Always {
        return Err(Refusal::ApprovalsPaused);
    }
    Ok(())
}

/// What a yes in the app, or a pressed key, proves in a reset.
pub fn code_for(resetting: &Resetting) -> CodeFor {
    CodeFor::Reset(resetting.reset.id)
}

/// Asks in the app. For a user name that nobody has a question is written, too, which no device ever sees.
async fn ask_way(
    service: &Service,
    tx: &mut Tx,
    resetting: &Resetting,
    way: &SignInMethod,
    (failures, repeat): (&[u8; 32], Repeat),
    asking: Asking<'_>,
    now: Timestamp,
) -> Result<Outcome, Refusal> {
    let counted = approval::counted_in_reset(service, failures);
    let account = resetting.account.as_ref().filter(|_| resetting.real);
    // Which organisation it is, the app knows.
    let organisation =
        tx.organisation(account.map_or(Uuid::nil(), |account| account.organisation_id)).await?;
    // What a stranger may cause in one day: as many questions as codes.
    let subject = service.keys.keyed_hash("reset-questions", &[way.id.as_bytes(), failures]);
    if tx.take(&RESET_CODES_PER_DAY, &subject, now).await? != Allowance::Granted {
        return Err(Refusal::TooManyCodes);
    }
    let question = Question {
        code_for: code_for(resetting),
        account: account.map(|account| account.id),
        method: Some(way.id),
        how: How::App,
        what_for: match resetting.reset.purpose {
            Purpose::Password => WhatFor::Reset,
            Purpose::Unlock => WhatFor::Unlock,
        },
        counted: Some(&counted),
        organisation: organisation.as_ref().map_or("", |organisation| organisation.name.as_str()),
        visitor: asking.visitor,
    };
    ask_in_app(service, tx, question, &resetting.policy, repeat, now).await
}

/// *Continue* after a yes on the other device: passes a gate. Looking whether there is one costs no try.
///
/// # Errors
/// [`Refusal::NotApproved`], [`Refusal::ResetOver`], [`Refusal::ResetClosed`], [`Refusal::WrongStep`].
pub async fn prove_elsewhere(
    service: &Service,
    resetting: &Resetting,
    asking: Asking<'_>,
) -> Result<Passed, Refusal> {
    let (Step::Prove, Some(way)) = (resetting.step(), resetting.way()) else {
        return Err(Refusal::WrongStep);
    };
    let gate = Gate::of(way.kind).ok_or(Refusal::WrongStep)?;
    let standing = asked::standing(service, code_for(resetting)).await?;
    let approved = standing
        .is_some_and(|(question, status)| status == Status::Approved && question.method_id == Some(way.id));
    if !approved {
        return Err(Refusal::NotApproved);
    }
    let now = service.clock.now();
    let proof = async {
        let (mut tx, proof) = claim(service, code_for(resetting), now).await?;
        if proof.method_id() != Some(way.id) {
            return Err(Refusal::NotApproved);
        }
        tx.use_method(way.id, now).await?;
        Ok(tx)
    };
    pass(service, resetting, gate, Some(way.id), proof, asking, now).await
}

/// Self-service may be closed; the service desk's way never is.
async fn refuse_where_closed(
    tx: &mut Tx,
    resetting: &Resetting,
    failures: &[u8],
    now: Timestamp,
) -> Result<(), Refusal> {
    if resetting.reset.first.is_some_and(|first| first.by == Gate::StartCode) {
        return Ok(());
    }
    refuse_closed(tx, &resetting.policy, failures, now).await
}

/// *Verify Code* in a reset: passes a gate.
///
/// # Errors
/// [`Refusal::Fields`], [`Refusal::CodeWrong`], [`Refusal::CodeExpired`], [`Refusal::CodesEnded`], [`Refusal::ResetOver`]
/// where too many were wrong, [`Refusal::ResetClosed`], [`Refusal::WrongStep`].
pub async fn prove(
    service: &Service,
    resetting: &Resetting,
    typed: &str,
    asking: Asking<'_>,
) -> Result<Passed, Refusal> {
    let (Step::Prove, Some(way)) = (resetting.step(), resetting.way()) else {
        return Err(Refusal::WrongStep);
    };
    let gate = Gate::of(way.kind).ok_or(Refusal::WrongStep)?;
    let typed = typed_code(way.kind, typed)?;
    let now = service.clock.now();
    let proof = prove_way(service, resetting, way, &typed, now);
    pass(service, resetting, gate, Some(way.id), proof, asking, now).await
}

/// A right code in a reset that leads nowhere is wrong like any other.
async fn prove_way(
    service: &Service,
    resetting: &Resetting,
    way: &SignInMethod,
    typed: &TypedCode,
    now: Timestamp,
) -> Result<Tx, Refusal> {
    let Resetting { reset, policy, real, .. } = resetting;
    if way.kind.is_app() {
        // Counted for this reset alone: a stranger's wrong codes keep nobody from signing in.
        let (mut tx, step) = prove_app(service, policy, reset.id, &way.secret, typed, now).await?;
        let fresh = *real && tx.use_step(way.id, step, now).await?;
        return if fresh { Ok(tx) } else { Err(Refusal::CodeWrong { left: None }) };
    }
    let (mut tx, _proof) = service.prove_code(policy, CodeFor::Reset(reset.id), typed, now).await?;
    if !real {
        return Err(Refusal::CodeWrong { left: None });
    }
    tx.use_method(way.id, now).await?;
    Ok(tx)
}

/// Passes a gate by a recovery code.
///
/// # Errors
/// As [`prove`].
pub async fn prove_recovery_code(
    service: &Service,
    resetting: &Resetting,
    typed: &str,
    asking: Asking<'_>,
) -> Result<Passed, Refusal> {
    if !matches!(resetting.step(), Step::Choose | Step::Prove) || !resetting.takes_recovery_code() {
        return Err(Refusal::WrongStep);
    }
    if typed.trim().is_empty() {
        return Err(Refusal::field("code", "recovery-code-empty"));
    }
    let typed =
        TypedRecoveryCode::parse(typed).map_err(|_| Refusal::field("code", "recovery-code-malformed"))?;
    let now = service.clock.now();
    let proof = use_recovery_code(service, resetting, &typed, now);
    pass(service, resetting, Gate::RecoveryCode, None, proof, asking, now).await
}

async fn use_recovery_code(
    service: &Service,
    resetting: &Resetting,
    typed: &TypedRecoveryCode,
    now: Timestamp,
) -> Result<Tx, Refusal> {
    let usable = resetting.account.as_ref().filter(|account| account.disabled_at.is_none());
    let id = usable.map_or(Uuid::nil(), |account| account.id);
    let hash = service.recovery_code_hash(id, typed.as_str());
    let mut tx = service.store.begin().await?;
    if !tx.use_recovery_code(id, &hash, now).await? {
        let purpose = Gate::RecoveryCode.as_str().to_owned();
        tx.audit(Event::CodeRefused { subject: resetting.reset.id, purpose }, now);
        tx.commit().await?;
        return Err(Refusal::field("code", "recovery-code-wrong"));
    }
    let account = usable.ok_or(Refusal::Fault("a recovery code of no account"))?;
    let left = tx.recovery_codes_left(account.id).await?;
    tx.audit(Event::RecoveryCodeUsed { account: account.id, left }, now);
    let organisation = tx
        .organisation(account.organisation_id)
        .await?
        .ok_or(Refusal::Fault("an account of no organisation"))?;
    let change = SecurityChange::RecoveryCodeUsed;
    service.tell_everywhere(&mut tx, account, &organisation, change, &[], now).await?;
    Ok(tx)
}

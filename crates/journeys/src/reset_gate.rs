//! A reset under way: what proves whose it is. One proof, or two.

use crate::approval::{self, Outcome, Repeat, ask_in_app};
use crate::asked::{self, Question, claim};
use crate::calls::{self, Calling, Pending, ask_by_call};
use crate::codes::{Destination, Sending, typed_code};
use crate::factor::{channel_of, prove_app};
use crate::reset::{
    Asking, Purpose, Resetting, Step, closed, cookie_hash, failures, refuse_closed, wrong_proofs,
};
use crate::reset_ways::short_id;
use crate::visitor::About;
use crate::{FieldProblem, Refusal, Service};
use jiff::Timestamp;
use rules::code::TypedCode;
use rules::limits::RESET_CODES_PER_DAY;
use rules::method::MethodKind;
use rules::recovery::TypedRecoveryCode;
use rules::reset::{Gate, gates_needed};
use store::Tx;
use store::activity::ActivityKind;
use store::asked::{Asked, How, Status, WhatFor};
use store::audit::Event;
use store::code::CodeFor;
use store::limits::Allowance;
use store::method::SignInMethod;
use store::outbox::Channel;
use store::reset::Proved;
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

/// The same for *Call …*.
pub fn call_choice(service: &Service, resetting: &Resetting, way: &SignInMethod) -> String {
    let parts = [resetting.reset.id.as_bytes().as_slice(), way.id.as_bytes()];
    short_id(&service.keys.keyed_hash("reset-call-choice", &parts)).simple().to_string()
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

/// *Call …*: chooses a phone and calls it.
///
/// # Errors
/// As [`choose`].
pub async fn choose_call(
    service: &Service,
    resetting: &Resetting,
    typed: &str,
    asking: Asking<'_>,
) -> Result<(), Refusal> {
    if !matches!(resetting.step(), Step::Choose | Step::Prove) {
        return Err(Refusal::WrongStep);
    }
    let way = resetting
        .ways
        .iter()
        .find(|way| way.kind == MethodKind::Text && call_choice(service, resetting, way) == typed);
    call_way(service, resetting, way.ok_or_else(|| Refusal::field("method", "reset-method-empty"))?, asking)
        .await
}

/// *Call me again*.
///
/// # Errors
/// As [`choose`].
pub async fn call_again(service: &Service, resetting: &Resetting, asking: Asking<'_>) -> Result<(), Refusal> {
    let way = resetting.way().filter(|way| way.kind == MethodKind::Text);
    call_way(service, resetting, way.ok_or(Refusal::WrongStep)?, asking).await
}

async fn call_way(
    service: &Service,
    resetting: &Resetting,
    way: &SignInMethod,
    asking: Asking<'_>,
) -> Result<(), Refusal> {
    let now = service.clock.now();
    let reset = &resetting.reset;
    let failures = failures(service, &reset.who, reset.account_id, asking.device).await?;
    let mut tx = service.store.begin().await?;
    refuse_where_closed(&mut tx, resetting, &failures, now).await?;
    if !tx.choose_reset_method(reset.id, way.id).await? {
        return Err(Refusal::ResetOver);
    }
    let pending = ask_on_phone(service, &mut tx, resetting, way, &failures, asking, now).await?;
    tx.audit(Event::ResetMethodChosen { reset: reset.id, kind: "call".to_owned() }, now);
    tx.commit().await?;
    calls::place(service, pending);
    Ok(())
}

/// For a user name that nobody has a question is written, too, and no phone rings.
async fn ask_on_phone(
    service: &Service,
    tx: &mut Tx,
    resetting: &Resetting,
    way: &SignInMethod,
    failures: &[u8; 32],
    asking: Asking<'_>,
    now: Timestamp,
) -> Result<Pending, Refusal> {
    let number = way.secret.as_address();
    let everywhere = service.destination_hash(Destination { channel: Channel::Text, to: number });
    let subject = service.keys.keyed_hash("reset-codes", &[&everywhere, failures]);
    if tx.take(&RESET_CODES_PER_DAY, &subject, now).await? != Allowance::Granted {
        return Err(Refusal::TooManyCodes);
    }
    let account = resetting.account.as_ref().filter(|_| resetting.real);
    let question = Question {
        code_for: code_for(resetting),
        account: account.map(|account| account.id),
        method: Some(way.id),
        how: How::Call,
        what_for: match resetting.reset.purpose {
            Purpose::Password => WhatFor::Reset,
            Purpose::Unlock => WhatFor::Unlock,
        },
        counted: None,
        organisation: "",
        visitor: asking.visitor,
    };
    let organisation = resetting.account.as_ref().map_or(Uuid::max(), |account| account.organisation_id);
    let calling = Calling {
        question,
        number,
        policy: &resetting.policy,
        organisation: Some(organisation),
        network: &asking.visitor.network,
        rings: resetting.real,
    };
    ask_by_call(service, tx, calling, now).await
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

/// Counts a proof, checks it, and passes the gate or counts the failure.
async fn pass(
    service: &Service,
    resetting: &Resetting,
    gate: Gate,
    method_id: Option<Uuid>,
    proof: impl Future<Output = Result<Tx, Refusal>>,
    asking: Asking<'_>,
    now: Timestamp,
) -> Result<Passed, Refusal> {
    let Resetting { reset, policy, .. } = resetting;
    let failures = failures(service, &reset.who, reset.account_id, asking.device).await?;
    let mut tx = service.store.begin().await?;
    refuse_where_closed(&mut tx, resetting, &failures, now).await?;
    let token = cookie_hash(service, &resetting.cookie);
    let tries = tx.count_reset_try(reset.id, &token, policy.code_wrong_tries).await?;
    let tries = tries.ok_or(Refusal::ResetOver)?;
    tx.take(&wrong_proofs(policy), &failures, now).await?;
    tx.commit().await?;
    match proof.await {
        Ok(tx) => {
            let proved = Proved { at: now, by: gate, method_id };
            passed(service, tx, resetting, proved, &failures, asking, now).await
        }
        Err(refusal) if tries >= policy.code_wrong_tries && is_wrong(&refusal) => {
            fail(service, resetting, &failures, asking, now).await
        }
        Err(Refusal::CodeWrong { .. }) if !matches!(gate, Gate::App | Gate::Approval) => {
            let left = policy.code_wrong_tries.saturating_sub(tries);
            let problem = FieldProblem::new("code", "reset-code-wrong").with("left", &left);
            Err(Refusal::Fields(vec![problem]))
        }
        Err(refusal) => Err(refusal),
    }
}

/// Whether it is the proof that was refused, and not a fault of ours.
fn is_wrong(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::Fields(_) | Refusal::CodeWrong { .. } | Refusal::CodeExpired | Refusal::CodesEnded
    )
}

async fn passed(
    service: &Service,
    mut tx: Tx,
    resetting: &Resetting,
    proved: Proved,
    failures: &[u8; 32],
    asking: Asking<'_>,
    now: Timestamp,
) -> Result<Passed, Refusal> {
    let reset = &resetting.reset;
    let account = resetting.account.as_ref().ok_or(Refusal::Fault("a gate of nobody was passed"))?;
    let cookie = Token::new(service.random.as_ref());
    let token = cookie_hash(service, &cookie);
    let kept = match reset.first {
        None => tx.pass_first_gate(reset.id, proved, &token).await?,
        Some(_) => tx.pass_second_gate(reset.id, proved, &token).await?,
    };
    if !kept {
        return Err(Refusal::ResetOver);
    }
    if resetting.ways.iter().any(|way| way.kind == MethodKind::Approval) {
        let counted = approval::counted_in_reset(service, failures);
        approval::forget(&mut tx, &resetting.policy, &counted).await?;
    }
    // It was no failure. The reset's row is locked before this count is, as where it was counted.
    tx.give_back(&wrong_proofs(&resetting.policy), failures, now).await?;
    let gate = proved.by.as_str().to_owned();
    tx.audit(Event::ResetGatePassed { reset: reset.id, account: account.id, gate }, now);
    let needed = match reset.first {
        Some(_) => 2,
        None => {
            let organisation = tx
                .organisation(account.organisation_id)
                .await?
                .ok_or(Refusal::Fault("an account of no organisation"))?;
            let has_role = !tx.roles_of(account.id).await?.is_empty();
            gates_needed(service.policy(&organisation)?.reset_gates, has_role, proved.by)
        }
    };
    let all = reset.first.is_some() || needed == 1;
    let step = match (all, reset.purpose) {
        (false, _) => Step::Choose,
        (true, Purpose::Password) => Step::NewPassword,
        (true, Purpose::Unlock) => {
            let unlocking =
                crate::reset_finish::Unlocking { reset: reset.id, needed, failures, token: &token };
            crate::reset_finish::unlock(service, &mut tx, account, unlocking, asking, now).await?;
            Step::Done
        }
    };
    tx.commit().await?;
    service.written.notify_one();
    Ok(Passed { cookie, step })
}

/// Too many wrong proofs: the reset ends. The last of several closes self-service for a while.
async fn fail(
    service: &Service,
    resetting: &Resetting,
    failures: &[u8],
    asking: Asking<'_>,
    now: Timestamp,
) -> Result<Passed, Refusal> {
    let Resetting { reset, policy, .. } = resetting;
    let mut tx = service.store.begin().await?;
    if !tx.fail_reset(reset.id, &cookie_hash(service, &resetting.cookie), now).await? {
        return Err(Refusal::ResetOver);
    }
    tx.take(&policy.failed_resets, failures, now).await?;
    let closes = !tx.has_room(&policy.failed_resets, failures, now).await?;
    if closes {
        tx.take(&closed(policy), failures, now).await?;
        tx.forget_limit(&policy.failed_resets, failures).await?;
        tx.forget_limit(&wrong_proofs(policy), failures).await?;
    }
    let about =
        About { detail: Some(reset.purpose.as_str()), visitor: Some(asking.visitor), ..About::default() };
    let account = reset.account_id;
    service.note(&mut tx, account.unwrap_or(Uuid::nil()), ActivityKind::ResetFailed, about, now).await?;
    tx.audit(Event::ResetFailed { reset: reset.id, account, closed: closes }, now);
    tx.commit().await?;
    Err(if closes { Refusal::ResetClosed } else { Refusal::ResetOver })
}

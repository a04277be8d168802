//! The second factor, after a password was right: at sign-in, and where a person proves anew who is there.

use crate::approval::{self, Outcome, Repeat, ask_in_app};
use crate::asked::{Question, claim, means};
use crate::calls::{self, Calling, Pending, ask_by_call};
use crate::codes::{Destination, Sending, typed_code};
use crate::factor::{channel_of, prove_app};
use crate::numbers::{is_disabled, usable};
use crate::session::{Begin, SignedIn, begin_session, prove_again};
use crate::visitor::About;
use crate::{Refusal, Service, Visitor};
use jiff::{SignedDuration, Timestamp};
use rules::method::MethodKind;
use rules::policy::Policy;
use store::Tx;
use store::account::Account;
use store::activity::ActivityKind;
use store::asked::{How, WhatFor};
use store::audit::Event;
use store::code::CodeFor;
use store::method::SignInMethod;
use store::organisation::Organisation;
use store::sign_in::{NewSignIn, SignIn};
use uuid::Uuid;
use vault::Token;
use wording::Message;

/// What a form sends after a phone's id to have it called.
pub const BY_CALL: &str = ":call";
/// How long a person may take between password and second factor.
const LIFETIME: SignedDuration = SignedDuration::from_mins(30);

/// A sign-in whose password was right.
#[derive(Debug)]
pub struct SigningIn {
    /// The sign-in under way.
    pub sign_in: SignIn,
    /// The cookie by which the browser is in it.
    pub cookie: Token,
    /// Whose it is.
    pub account: Account,
    /// What proves it.
    pub method: SignInMethod,
    /// All that could, the chosen one among them, in the order in which they are offered.
    pub methods: Vec<SignInMethod>,
    /// The account's employer.
    pub organisation: Organisation,
    /// The numbers that hold there.
    pub policy: Policy,
    /// Whether a code is on its way or none is needed; false where none may be sent just now. True when read again.
    pub code_sent: bool,
    /// Whether the person is called in the place of a text.
    pub called: bool,
}

impl SigningIn {
    /// What a proof of it is bound to.
    pub fn code_for(&self) -> CodeFor {
        CodeFor::SignIn(self.sign_in.id)
    }

    /// What the person reads that it is for.
    pub fn what_for(&self) -> WhatFor {
        if self.sign_in.session_id.is_some() { WhatFor::Confirm } else { WhatFor::SignIn }
    }

    /// Whether the person may ask to be spared this in their browser from now on.
    pub fn may_remember(&self) -> bool {
        self.policy.remember_device_days > 0 && self.sign_in.session_id.is_none()
    }
}

/// What proves who somebody is after their password, in the order in which it is offered: the default, the back-up, our
/// authenticator, then the oldest first. Without any it is the address of record.
pub(crate) fn in_order(account: &Account, methods: Vec<SignInMethod>) -> Vec<SignInMethod> {
    let mut methods: Vec<_> = methods.into_iter().filter(|method| method.kind.is_second_factor()).collect();
    methods.sort_by_key(|method| {
        let is = |preferred: Option<Uuid>| preferred == Some(method.id);
        match (is(account.default_method_id), is(account.backup_method_id)) {
            (true, _) => 0,
            (_, true) => 1,
            _ if method.kind == MethodKind::Approval => 2,
            _ => 3,
        }
    });
    if methods.is_empty() {
        methods.push(SignInMethod::of_record(account.id, &account.email, account.created_at));
    }
    methods
}

/// Where a person proves anew who is in a session of theirs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Again<'a> {
    /// The session.
    pub session: Uuid,
    /// The page that asked for it.
    pub next: &'a str,
}

/// Begins to ask for the second factor, in the transaction `tx` in which the password was found right, and commits it. A
/// sign-in under way in this browser for the same account goes on, and so does the code that was sent for it.
pub(crate) async fn begin(
    service: &Service,
    mut tx: Tx,
    account: Account,
    cookie: Option<&Token>,
    again: Option<Again<'_>>,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<SigningIn, Refusal> {
    let organisation = tx
        .organisation(account.organisation_id)
        .await?
        .ok_or(Refusal::Fault("an account of no organisation"))?;
    let policy = service.policy(&organisation)?;
    let methods = in_order(&account, usable(tx.sign_in_methods(account.id).await?, &policy));
    let method = methods.first().cloned().ok_or(Refusal::Fault("an account without a way to prove it"))?;
    let under_way = match cookie {
        Some(cookie) => tx.sign_in(&cookie_hash(service, cookie)).await?.filter(|before| {
            before.account_id == account.id
                && before.session_id == again.map(|again| again.session)
                && before.next.as_deref() == again.map(|again| again.next)
                && is_open(before, now)
        }),
        None => None,
    };
    let (sign_in, cookie, method, new) = match (under_way, cookie) {
        (Some(sign_in), Some(cookie)) => {
            let chosen = chosen(&methods, sign_in.method_id).unwrap_or(method);
            (sign_in, cookie.clone(), chosen, false)
        }
        _ => {
            let cookie = Token::new(service.random.as_ref());
            let method_id = (!method.is_of_record()).then_some(method.id);
            let sign_in = SignIn {
                id: vault::new_id(now, service.random.as_ref()),
                account_id: account.id,
                method_id,
                started_at: now,
                finished_at: None,
                session_id: again.map(|again| again.session),
                next: again.map(|again| again.next.to_owned()),
            };
            let token = cookie_hash(service, &cookie);
            let row = NewSignIn {
                id: sign_in.id,
                token: &token,
                account_id: Some(account.id),
                method_id,
                session_id: sign_in.session_id,
                next: sign_in.next.as_deref(),
            };
            tx.add_sign_in(row, now).await?;
            (sign_in, cookie, method, true)
        }
    };
    let mut signing_in = SigningIn {
        sign_in,
        cookie,
        account,
        method,
        methods,
        organisation,
        policy,
        code_sent: true,
        called: false,
    };
    signing_in.code_sent =
        match send_code(service, &mut tx, &signing_in, Repeat::IfNeeded, visitor, now).await {
            Ok(outcome) => outcome == Outcome::Asked,
            // A code was sent just now: it counts if it was for this very sign-in.
            Err(Refusal::CodeTooSoon { .. }) => !new,
            Err(Refusal::TooManyCodes | Refusal::NoTextsNow) => false,
            Err(other) => return Err(other),
        };
    tx.commit().await?;
    service.tell_workers();
    Ok(signing_in)
}

fn is_open(sign_in: &SignIn, now: Timestamp) -> bool {
    sign_in.finished_at.is_none() && now.duration_since(sign_in.started_at) < LIFETIME
}

/// The method that a sign-in goes by: none stands for the address of record.
fn chosen(methods: &[SignInMethod], id: Option<Uuid>) -> Option<SignInMethod> {
    methods.iter().find(|method| method.id == id.unwrap_or(Uuid::nil())).cloned()
}

/// Sends a code where the method needs one, or asks in the app.
async fn send_code(
    service: &Service,
    tx: &mut Tx,
    signing_in: &SigningIn,
    repeat: Repeat,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<Outcome, Refusal> {
    let SigningIn { sign_in, account, method, policy, .. } = signing_in;
    if method.kind == MethodKind::Approval {
        let counted = approval::counted(service, account.id);
        let question = Question {
            code_for: signing_in.code_for(),
            account: Some(account.id),
            method: Some(method.id),
            how: How::App,
            what_for: signing_in.what_for(),
            counted: Some(&counted),
            organisation: &signing_in.organisation.name,
            visitor,
        };
        return ask_in_app(service, tx, question, policy, repeat, now).await;
    }
    let Some(channel) = channel_of(method.kind) else { return Ok(Outcome::Asked) };
    let to = Destination { channel, to: method.secret.as_address() };
    let code_for = CodeFor::SignIn(sign_in.id);
    service.allow_code(tx, policy, code_for, to, &visitor.network, now).await?;
    let name = service.settings.service_name.clone();
    let sending =
        Sending { code_for, to, account: Some(account.id), organisation: Some(account.organisation_id) };
    service
        .write_code(tx, policy, sending, now, move |code, minutes| Message::SignInCode {
            service: name,
            code,
            minutes,
        })
        .await?;
    Ok(Outcome::Asked)
}

/// Asks to press # in a call.
async fn call(
    service: &Service,
    tx: &mut Tx,
    signing_in: &SigningIn,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<Pending, Refusal> {
    let SigningIn { account, method, policy, .. } = signing_in;
    if method.kind != MethodKind::Text {
        return Err(Refusal::WrongStep);
    }
    let question = Question {
        code_for: signing_in.code_for(),
        account: Some(account.id),
        method: Some(method.id),
        how: How::Call,
        what_for: signing_in.what_for(),
        counted: None,
        organisation: &signing_in.organisation.name,
        visitor,
    };
    let calling = Calling {
        question,
        number: method.secret.as_address(),
        policy,
        organisation: Some(account.organisation_id),
        network: &visitor.network,
        rings: true,
    };
    ask_by_call(service, tx, calling, now).await
}

/// *Call me again* at sign-in.
///
/// # Errors
/// [`Refusal::CodeTooSoon`], [`Refusal::TooManyCodes`], [`Refusal::NoTextsNow`], [`Refusal::WrongStep`] where the method is no
/// phone.
pub async fn call_again(service: &Service, signing_in: &SigningIn, visitor: &Visitor) -> Result<(), Refusal> {
    let now = service.clock.now();
    let mut tx = service.store.begin().await?;
    let pending = call(service, &mut tx, signing_in, visitor, now).await?;
    tx.commit().await?;
    calls::place(service, pending);
    Ok(())
}

/// The sign-in that the browser with this cookie is in.
///
/// # Errors
/// [`Refusal::SignInOver`] where there is none, or it is too old or done.
pub async fn current(service: &Service, token: Option<&Token>) -> Result<SigningIn, Refusal> {
    let cookie = token.ok_or(Refusal::SignInOver)?;
    let sign_in = service.store.sign_in(&cookie_hash(service, cookie)).await?.ok_or(Refusal::SignInOver)?;
    if !is_open(&sign_in, service.clock.now()) {
        return Err(Refusal::SignInOver);
    }
    let account = service.store.account(sign_in.account_id).await?.ok_or(Refusal::SignInOver)?;
    let organisation = service
        .store
        .organisation(account.organisation_id)
        .await?
        .ok_or(Refusal::Fault("an account of no organisation"))?;
    let policy = service.policy(&organisation)?;
    let methods = in_order(&account, usable(service.store.sign_in_methods(account.id).await?, &policy));
    let method = chosen(&methods, sign_in.method_id).ok_or(Refusal::SignInOver)?;
    let cookie = cookie.clone();
    Ok(SigningIn {
        sign_in,
        cookie,
        account,
        method,
        methods,
        organisation,
        policy,
        code_sent: true,
        called: false,
    })
}

/// *Send New Code* at sign-in, or *Send it again* of what is asked in the app.
///
/// # Errors
/// [`Refusal::CodeTooSoon`], [`Refusal::TooManyCodes`], [`Refusal::ApprovalsPaused`], [`Refusal::WrongStep`] where the method is
/// an app of somebody else's.
pub async fn send_new_code(
    service: &Service,
    signing_in: &SigningIn,
    visitor: &Visitor,
) -> Result<(), Refusal> {
    if signing_in.method.kind == MethodKind::App {
        return Err(Refusal::WrongStep);
    }
    let now = service.clock.now();
    let mut tx = service.store.begin().await?;
    let outcome = send_code(service, &mut tx, signing_in, Repeat::Always, visitor, now).await?;
    tx.commit().await?;
    service.tell_workers();
    if outcome == Outcome::Asked { Ok(()) } else { Err(Refusal::ApprovalsPaused) }
}

/// *Use another way to sign in*: goes on with another of the account's methods, and sends a code where that needs one.
/// Answers the sign-in by that method.
///
/// # Errors
/// [`Refusal::Fields`] where the account has no such method, [`Refusal::SignInOver`] where another tab was faster.
pub async fn choose(
    service: &Service,
    mut signing_in: SigningIn,
    method: &str,
    visitor: &Visitor,
) -> Result<SigningIn, Refusal> {
    let (id, by_call) = match method.strip_suffix(BY_CALL) {
        Some(id) => (id, true),
        None => (method, false),
    };
    let id = Uuid::parse_str(id).ok();
    let chosen = signing_in.methods.iter().find(|known| Some(known.id) == id).cloned();
    let chosen = chosen.filter(|chosen| !by_call || chosen.kind == MethodKind::Text);
    signing_in.method = chosen.ok_or_else(|| Refusal::field("method", "method-empty"))?;
    let now = service.clock.now();
    let method_id = (!signing_in.method.is_of_record()).then_some(signing_in.method.id);
    let mut tx = service.store.begin().await?;
    if !tx.choose_sign_in_method(signing_in.sign_in.id, method_id).await? {
        return Err(Refusal::SignInOver);
    }
    signing_in.sign_in.method_id = method_id;
    let mut pending = None;
    let asked = if by_call {
        call(service, &mut tx, &signing_in, visitor, now).await.map(|call| {
            pending = Some(call);
            Outcome::Asked
        })
    } else {
        send_code(service, &mut tx, &signing_in, Repeat::IfNeeded, visitor, now).await
    };
    signing_in.code_sent = match asked {
        Ok(outcome) => outcome == Outcome::Asked,
        Err(Refusal::CodeTooSoon { .. } | Refusal::TooManyCodes | Refusal::NoTextsNow) => false,
        Err(other) => return Err(other),
    };
    signing_in.called = pending.is_some();
    let event = Event::SignInMethodChosen {
        account: signing_in.account.id,
        sign_in: signing_in.sign_in.id,
        kind: signing_in.method.kind.as_str().to_owned(),
    };
    tx.audit(event, now);
    tx.commit().await?;
    service.tell_workers();
    if let Some(pending) = pending {
        calls::place(service, pending);
    }
    Ok(signing_in)
}

/// What a browser brings with the second factor.
#[derive(Debug, Clone, Copy)]
pub struct Proving<'a> {
    /// The cookie by which this browser may be known already.
    pub device: Option<&'a Token>,
    /// Whether the person asks to be spared the second factor here from now on.
    pub remember: bool,
    /// Who sends the request.
    pub visitor: &'a Visitor,
}

/// *Verify Code* at sign-in: begins the session, or proves anew who is in it.
///
/// # Errors
/// [`Refusal::Fields`], [`Refusal::CodeWrong`], [`Refusal::CodeExpired`], [`Refusal::CodesEnded`],
/// [`Refusal::SignInOver`] where another tab was faster, [`Refusal::AccountDisabled`].
pub async fn prove(
    service: &Service,
    signing_in: &SigningIn,
    typed: &str,
    proving: Proving<'_>,
) -> Result<SignedIn, Refusal> {
    let typed = typed_code(signing_in.method.kind, typed)?;
    let now = service.clock.now();
    let SigningIn { sign_in, method, policy, .. } = signing_in;
    let proved = match method.kind {
        MethodKind::App | MethodKind::Approval => {
            match prove_app(service, policy, method.id, &method.secret, &typed, now).await {
                // A code that was used before, here or by somebody looking over a shoulder, is wrong.
                Ok((mut tx, step)) => {
                    if tx.use_step(method.id, step, now).await? {
                        Ok(tx)
                    } else {
                        Err(Refusal::CodeWrong { left: None })
                    }
                }
                Err(refusal) => Err(refusal),
            }
        }
        _ => match service.prove_code(policy, CodeFor::SignIn(sign_in.id), &typed, now).await {
            Ok((mut tx, _proof)) => {
                tx.use_method(method.id, now).await?;
                Ok(tx)
            }
            Err(refusal) => Err(refusal),
        },
    };
    match proved {
        Ok(tx) => finish(service, tx, signing_in, method.kind.as_str(), proving, now).await,
        Err(refusal) => {
            note_failure(service, signing_in, &refusal, method.kind.as_str(), proving.visitor, now).await?;
            Err(refusal)
        }
    }
}

/// *Continue* after a yes on the other device: begins the session, or proves anew who is in it.
///
/// # Errors
/// [`Refusal::NotApproved`], [`Refusal::SignInOver`] where another tab was faster, [`Refusal::AccountDisabled`].
pub async fn prove_elsewhere(
    service: &Service,
    signing_in: &SigningIn,
    proving: Proving<'_>,
) -> Result<SignedIn, Refusal> {
    let now = service.clock.now();
    let (mut tx, proof) = claim(service, signing_in.code_for(), now).await?;
    // Another method was chosen since.
    if proof.method_id() != Some(signing_in.method.id) {
        return Err(Refusal::NotApproved);
    }
    tx.use_method(signing_in.method.id, now).await?;
    finish(service, tx, signing_in, means(proof.how()), proving, now).await
}

/// Its owner sees every wrong try under *Recent activity*.
pub(crate) async fn note_failure(
    service: &Service,
    signing_in: &SigningIn,
    refusal: &Refusal,
    kind: &str,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<(), Refusal> {
    if !matches!(refusal, Refusal::CodeWrong { .. } | Refusal::CodesEnded | Refusal::CodeExpired) {
        return Ok(());
    }
    let mut tx = service.store.begin().await?;
    let about = About { detail: Some(kind), visitor: Some(visitor), ..About::default() };
    service.note(&mut tx, signing_in.account.id, ActivityKind::FactorWrong, about, now).await?;
    tx.audit(Event::SecondFactorRefused { account: signing_in.account.id }, now);
    tx.commit().await?;
    Ok(())
}

/// The second factor was right, as `tx` has it: ends the sign-in by beginning the session or proving anew who is in it.
pub(crate) async fn finish(
    service: &Service,
    mut tx: Tx,
    signing_in: &SigningIn,
    kind: &str,
    proving: Proving<'_>,
    now: Timestamp,
) -> Result<SignedIn, Refusal> {
    let SigningIn { sign_in, account, organisation, policy, .. } = signing_in;
    if !tx.finish_sign_in(sign_in.id, now).await? {
        return Err(Refusal::SignInOver);
    }
    // Whoever proves in another way that it is them may let questions in the app go by.
    if signing_in.methods.iter().any(|known| known.kind == MethodKind::Approval) {
        approval::forget(&mut tx, policy, &approval::counted(service, account.id)).await?;
    }
    if is_disabled(service, &mut tx, account, organisation, policy, now).await? {
        tx.audit(Event::DisabledSignInRefused { account: account.id }, now);
        tx.commit().await?;
        service.written.notify_one();
        return Err(Refusal::AccountDisabled);
    }
    let mut signed_in = match sign_in.session_id {
        Some(session) => prove_again(service, &mut tx, account, session, kind, proving.visitor, now).await?,
        None => {
            let remember =
                proving.remember && signing_in.may_remember() && tx.roles_of(account.id).await?.is_empty();
            let begin =
                Begin { how: kind, proved: true, remember, device: proving.device, visitor: proving.visitor };
            let signed_in = begin_session(service, &mut tx, account, begin, now).await?;
            let (account, session) = (account.id, signed_in.id);
            tx.audit(Event::SignedIn { account, session, kind: kind.to_owned() }, now);
            signed_in
        }
    };
    signed_in.next.clone_from(&sign_in.next);
    tx.commit().await?;
    Ok(signed_in)
}

fn cookie_hash(service: &Service, token: &Token) -> [u8; 32] {
    service.keys.keyed_hash("sign-in-cookie", &[token.as_str().as_bytes()])
}

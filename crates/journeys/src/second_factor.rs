//! The second factor, after a password was right: at sign-in, and where a person proves anew who is there.

mod by_call;
mod proving;

pub use by_call::call_again;
pub use proving::{Proving, prove, prove_elsewhere};
pub(crate) use proving::{finish, note_failure};

use self::by_call::call;
use crate::approval::{self, Outcome, Repeat, ask_in_app};
use crate::asked::Question;
use crate::calls::{self};
use crate::codes::{Destination, Sending};
use crate::factor::channel_of;
use crate::numbers::usable;
use crate::{Refusal, Service, Visitor};
use jiff::{SignedDuration, Timestamp};
use rules::method::MethodKind;
use rules::policy::Policy;
use store::Tx;
use store::account::Account;
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

fn cookie_hash(service: &Service, token: &Token) -> [u8; 32] {
    service.keys.keyed_hash("sign-in-cookie", &[token.as_str().as_bytes()])
}

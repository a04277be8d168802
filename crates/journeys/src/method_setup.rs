//! Guide 002: *Add sign-in method*, from *Add* to *Done*. Nothing becomes a method before a code proved that it works, but for
//! the phones that are kept for contact only.

mod becoming;
mod by_call;

pub use by_call::{call_again, call_number, was_called};

use self::becoming::{Proved, become_method, is_known};
use crate::approval::{self, Outcome, Repeat, ask_in_app};
use crate::asked::{Question, claim};
use crate::codes::{Destination, Sending, typed_code};
use crate::enrolment::{enrolment_hash, enrolment_token};
use crate::factor::{AppSetup, channel_of, prove_app, setup_of};
use crate::numbers::{contact_number, mobile_number};
use crate::refusal::email_problem;
use crate::session::Person;
use crate::{Network, Refusal, Service, Visitor};
use jiff::Timestamp;
use rules::email::EmailAddress;
use rules::limits::SET_UP_CODES_PER_DAY;
use rules::method::{AT_MOST, SET_UP_LIFETIME};
use store::asked::{How, WhatFor};
use store::code::CodeFor;
use store::limits::Allowance;
use store::method::{MethodKind, MethodSecret, SignInMethod};
use store::method_setup::{MethodSetup, NewMethodSetup};
use uuid::Uuid;
use wording::Message;

/// The kinds that a person is offered, in the order of the guide's list. Both kinds of *Authenticator app* are one to people:
/// which it is they say in its wizard.
pub fn offered(service: &Service) -> Vec<MethodKind> {
    kinds(service).into_iter().filter(|kind| *kind != MethodKind::App).collect()
}

/// The kinds that can be added here.
pub fn kinds(service: &Service) -> Vec<MethodKind> {
    [
        MethodKind::Text,
        MethodKind::Approval,
        MethodKind::App,
        MethodKind::Email,
        MethodKind::AlternativePhone,
        MethodKind::OfficePhone,
    ]
    .into_iter()
    .filter(|kind| *kind != MethodKind::Text || service.text.is_some())
    .collect()
}

/// *Add*: begins to set up a method of the kind that was chosen. One that is under way in this session goes on, so that what
/// was scanned before stays good.
///
/// # Errors
/// [`Refusal::Fields`] where nothing was chosen, or the person has as many of that kind as can be.
pub async fn add(service: &Service, person: &Person, typed: &str) -> Result<MethodSetup, Refusal> {
    if typed.is_empty() {
        return Err(Refusal::field("method", "add-method-empty"));
    }
    let kind = MethodKind::parse(typed).ok().filter(|kind| kinds(service).contains(kind));
    let kind = kind.ok_or_else(|| Refusal::field("method", "factor-unknown"))?;
    let methods = service.store.sign_in_methods(person.account.id).await?;
    if is_full(&methods, kind) {
        return Err(Refusal::field("method", "add-method-too-many"));
    }
    begin(service, person, kind, None).await
}

/// *Change*: begins to set up what comes in the place of a method.
///
/// # Errors
/// [`Refusal::MethodGone`] where the account does not have it.
pub async fn change(service: &Service, person: &Person, method: Uuid) -> Result<MethodSetup, Refusal> {
    let methods = service.store.sign_in_methods(person.account.id).await?;
    let known = methods.iter().find(|known| known.id == method).ok_or(Refusal::MethodGone)?;
    if !kinds(service).contains(&known.kind) {
        return Err(Refusal::WrongStep);
    }
    begin(service, person, known.kind, Some(method)).await
}

fn is_full(methods: &[SignInMethod], kind: MethodKind) -> bool {
    methods.iter().filter(|method| method.kind == kind).count() >= AT_MOST
}

async fn begin(
    service: &Service,
    person: &Person,
    kind: MethodKind,
    replaces: Option<Uuid>,
) -> Result<MethodSetup, Refusal> {
    let now = service.clock.now();
    let (account_id, session_id) = (person.account.id, person.session.id);
    let mut tx = service.store.begin().await?;
    let under_way = tx
        .method_setups(session_id, oldest(now))
        .await?
        .into_iter()
        .find(|setup| setup.account_id == account_id && setup.kind == kind && setup.replaces == replaces);
    if let Some(setup) = under_way {
        return Ok(setup);
    }
    // The seed of an app is made here, so that showing the QR code changes nothing.
    let secret = kind.is_app().then(|| MethodSecret::seed(vault::totp::new_seed(service.random.as_ref())));
    let id = vault::new_id(now, service.random.as_ref());
    let new = NewMethodSetup { id, account_id, session_id, kind, secret: secret.as_ref(), replaces };
    tx.add_method_setup(new, now).await?;
    if let (MethodKind::Approval, Some(seed)) = (kind, &secret) {
        let token = enrolment_token(service, id, seed.as_seed().expose());
        tx.set_enrolment(id, &enrolment_hash(service, token.expose())).await?;
    }
    tx.commit().await?;
    Ok(MethodSetup { id, account_id, session_id, kind, secret, replaces, started_at: now, finished_at: None })
}

/// What was begun at this moment, or earlier, is over.
fn oldest(now: Timestamp) -> Timestamp {
    now.saturating_sub(SET_UP_LIFETIME).unwrap_or(Timestamp::MIN)
}

/// The set-up with this id, which must be this person's in this session.
///
/// # Errors
/// [`Refusal::SetUpOver`] where there is none, it is somebody else's, or it began half an hour ago.
pub async fn current(service: &Service, person: &Person, id: Uuid) -> Result<MethodSetup, Refusal> {
    let setup = service.store.method_setup(id).await?.ok_or(Refusal::SetUpOver)?;
    let theirs = setup.account_id == person.account.id && setup.session_id == person.session.id;
    if theirs && setup.started_at > oldest(service.clock.now()) { Ok(setup) } else { Err(Refusal::SetUpOver) }
}

/// *Next* after a number: *Text me a code*, or keeps a number that is for contact only.
///
/// # Errors
/// [`Refusal::Fields`], [`Refusal::WrongStep`], [`Refusal::MethodGone`], [`Refusal::CodeTooSoon`], [`Refusal::TooManyCodes`].
pub async fn enter_number(
    service: &Service,
    person: &Person,
    setup: &MethodSetup,
    typed: &str,
    visitor: &Visitor,
) -> Result<(), Refusal> {
    let phones = person.policy.phones;
    let number = match setup.kind {
        MethodKind::Text | MethodKind::AlternativePhone => mobile_number("number", typed, phones)?,
        MethodKind::OfficePhone => contact_number("number", typed, phones)?,
        MethodKind::Email | MethodKind::App | MethodKind::Approval => return Err(Refusal::WrongStep),
    };
    let secret = MethodSecret::address(&number);
    if setup.kind == MethodKind::Text {
        return send_first_code(service, person, setup, "number", &secret, &visitor.network).await;
    }
    if setup.finished_at.is_some() {
        return Ok(());
    }
    let tx = service.store.begin().await?;
    let proved = Proved { secret: &secret, step: 0, field: "number" };
    become_method(service, person, setup, tx, proved, visitor, service.clock.now()).await
}

/// *Next* after an e-mail address.
///
/// # Errors
/// [`Refusal::Fields`], [`Refusal::WrongStep`], [`Refusal::CodeTooSoon`], [`Refusal::TooManyCodes`].
pub async fn enter_email(
    service: &Service,
    person: &Person,
    setup: &MethodSetup,
    typed: &str,
    network: &Network,
) -> Result<(), Refusal> {
    if setup.kind != MethodKind::Email {
        return Err(Refusal::WrongStep);
    }
    let email = EmailAddress::parse(typed)
        .map_err(|problem| Refusal::Fields(vec![email_problem("email", problem)]))?;
    let secret = MethodSecret::address(email.as_str());
    send_first_code(service, person, setup, "email", &secret, network).await
}

/// The button pressed twice sends one code: the second press finds it on its way.
async fn send_first_code(
    service: &Service,
    person: &Person,
    setup: &MethodSetup,
    field: &'static str,
    secret: &MethodSecret,
    network: &Network,
) -> Result<(), Refusal> {
    if setup.finished_at.is_some() {
        return Ok(());
    }
    let methods = service.store.sign_in_methods(person.account.id).await?;
    if is_known(&methods, setup, secret) {
        return Err(Refusal::field(field, "method-already"));
    }
    let entered = setup.secret.as_ref().is_some_and(|entered| entered.as_address() == secret.as_address());
    match send_code(service, person, setup, secret, network).await {
        Err(Refusal::CodeTooSoon { .. }) if entered => Ok(()),
        other => other,
    }
}

/// *Send New Code*.
///
/// # Errors
/// [`Refusal::WrongStep`] where nothing was entered yet, [`Refusal::CodeTooSoon`], [`Refusal::TooManyCodes`].
pub async fn send_new_code(
    service: &Service,
    person: &Person,
    setup: &MethodSetup,
    network: &Network,
) -> Result<(), Refusal> {
    match &setup.secret {
        Some(secret) => send_code(service, person, setup, secret, network).await,
        None => Err(Refusal::WrongStep),
    }
}

async fn send_code(
    service: &Service,
    person: &Person,
    setup: &MethodSetup,
    secret: &MethodSecret,
    network: &Network,
) -> Result<(), Refusal> {
    let channel = channel_of(setup.kind).ok_or(Refusal::WrongStep)?;
    let to = Destination { channel, to: secret.as_address() };
    let code_for = CodeFor::MethodSetup(setup.id);
    let account = &person.account;
    let now = service.clock.now();
    let mut tx = service.store.begin().await?;
    service.allow_code(&mut tx, &person.policy, code_for, to, network, now).await?;
    if tx.take(&SET_UP_CODES_PER_DAY, account.id.as_bytes(), now).await? != Allowance::Granted {
        return Err(Refusal::TooManyCodes);
    }
    if !tx.enter_method_setup(setup.id, secret).await? {
        return Err(Refusal::WrongStep);
    }
    // What was pressed on one phone proves nothing of another number.
    tx.end_asked(code_for, now).await?;
    let name = service.settings.service_name.clone();
    let sending =
        Sending { code_for, to, account: Some(account.id), organisation: Some(account.organisation_id) };
    service
        .write_code(&mut tx, &person.policy, sending, now, move |code, minutes| Message::FactorCode {
            service: name,
            code,
            minutes,
        })
        .await?;
    tx.commit().await?;
    service.written.notify_one();
    Ok(())
}

/// What an authenticator app is set up with.
///
/// # Errors
/// [`Refusal::WrongStep`] where it is no app that is being set up, or it is set up already.
pub fn app_setup(service: &Service, person: &Person, setup: &MethodSetup) -> Result<AppSetup, Refusal> {
    match (setup.kind, &setup.secret) {
        (MethodKind::App, Some(seed)) => Ok(setup_of(service, &person.account.email, seed)),
        _ => Err(Refusal::WrongStep),
    }
}

/// *Next* after the six digits: the method works, and is one from here on and not before.
///
/// # Errors
/// [`Refusal::Fields`], [`Refusal::CodeWrong`], [`Refusal::CodeExpired`], [`Refusal::CodesEnded`], [`Refusal::WrongStep`],
/// [`Refusal::MethodGone`] where the one that it replaces was removed meanwhile.
pub async fn prove(
    service: &Service,
    person: &Person,
    setup: &MethodSetup,
    typed: &str,
    visitor: &Visitor,
) -> Result<(), Refusal> {
    if setup.finished_at.is_some() {
        // A reload of the posted page, or a second tab.
        return Ok(());
    }
    let typed = typed_code(setup.kind, typed)?;
    let secret = setup.secret.as_ref().ok_or(Refusal::WrongStep)?;
    let now = service.clock.now();
    let (tx, step) = match setup.kind {
        MethodKind::App => prove_app(service, &person.policy, setup.id, secret, &typed, now).await?,
        _ => {
            let code_for = CodeFor::MethodSetup(setup.id);
            let proved = service.prove_code(&person.policy, code_for, &typed, now).await;
            match proved {
                Ok((tx, _proof)) => (tx, 0),
                Err(refusal) => return faster(service, setup, refusal).await,
            }
        }
    };
    let proved = Proved { secret, step, field: "" };
    become_method(service, person, setup, tx, proved, visitor, now).await
}

/// What a yes in the app, or a pressed key, proves of a set-up.
pub fn code_for(setup: &MethodSetup) -> CodeFor {
    CodeFor::MethodSetup(setup.id)
}

/// *Let's try it out*: asks in the app that is being set up.
///
/// # Errors
/// [`Refusal::WrongStep`] where it is no app of ours, or no phone has scanned the QR code yet; [`Refusal::ApprovalsPaused`].
pub async fn try_out(
    service: &Service,
    person: &Person,
    setup: &MethodSetup,
    again: bool,
    visitor: &Visitor,
) -> Result<(), Refusal> {
    if setup.kind != MethodKind::Approval || setup.finished_at.is_some() {
        return Err(Refusal::WrongStep);
    }
    if service.store.authenticator_of_setup(setup.id).await?.is_none() {
        return Err(Refusal::WrongStep);
    }
    let now = service.clock.now();
    let account = person.account.id;
    let counted = approval::counted(service, account);
    let question = Question {
        code_for: code_for(setup),
        account: Some(account),
        method: None,
        how: How::App,
        what_for: WhatFor::SetUp,
        counted: Some(&counted),
        organisation: &person.organisation.name,
        visitor,
    };
    let repeat = if again { Repeat::Always } else { Repeat::IfNeeded };
    let mut tx = service.store.begin().await?;
    let outcome = ask_in_app(service, &mut tx, question, &person.policy, repeat, now).await?;
    tx.commit().await?;
    service.tell_workers();
    if outcome == Outcome::Asked { Ok(()) } else { Err(Refusal::ApprovalsPaused) }
}

/// *Continue* after a yes on the other device: the method works, and is one from here on.
///
/// # Errors
/// [`Refusal::NotApproved`], [`Refusal::WrongStep`], [`Refusal::Fields`], [`Refusal::MethodGone`] where the one that it replaces
/// was removed meanwhile.
pub async fn prove_elsewhere(
    service: &Service,
    person: &Person,
    setup: &MethodSetup,
    visitor: &Visitor,
) -> Result<(), Refusal> {
    if setup.finished_at.is_some() {
        return Ok(());
    }
    let secret = setup.secret.as_ref().ok_or(Refusal::WrongStep)?;
    let now = service.clock.now();
    let tx = match claim(service, code_for(setup), now).await {
        Ok((tx, _proof)) => tx,
        Err(refusal) => return faster(service, setup, refusal).await,
    };
    let proved = Proved { secret, step: 0, field: "" };
    become_method(service, person, setup, tx, proved, visitor, now).await
}

/// A code that was used by another tab of this very set-up has done what it was for.
async fn faster(service: &Service, setup: &MethodSetup, refusal: Refusal) -> Result<(), Refusal> {
    let after = service.store.method_setup(setup.id).await?;
    if after.is_some_and(|after| after.finished_at.is_some()) { Ok(()) } else { Err(refusal) }
}

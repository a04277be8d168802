//! Guide 003, steps 7 to 9: the second factor is chosen, set up and proved; the account becomes active.

use crate::codes::{Destination, Sending, typed_code};
use crate::deliver::GIVE_UP_AFTER;
use crate::factor::{AppSetup, channel_of, prove_app, setup_of};
use crate::join::{Joining, Step};
use crate::notices::Concerning;
use crate::numbers::mobile_number;
use crate::passport::job_role_by_record;
use crate::refusal::email_problem;
use crate::{Network, Refusal, Service};
use jiff::Timestamp;
use rules::email::EmailAddress;
use store::Tx;
use store::audit::Event;
use store::code::CodeFor;
pub use store::method::{MethodKind, MethodSecret};
use store::outbox::Channel;
use uuid::Uuid;
use wording::Message;

/// Step 7: the person chooses. For an app its seed is made now, so that showing the QR code changes nothing.
///
/// # Errors
/// [`Refusal::Fields`] where nothing was chosen, [`Refusal::WrongStep`].
pub async fn choose(service: &Service, joining: &Joining, typed: &str) -> Result<MethodKind, Refusal> {
    joining.at(&[Step::ChooseFactor, Step::EnterFactor, Step::ProveFactor])?;
    if typed.is_empty() {
        return Err(Refusal::field("method", "factor-empty"));
    }
    let kind = MethodKind::parse(typed).map_err(|_| Refusal::field("method", "factor-unknown"))?;
    // Our own authenticator is set up on Security info, once there is an account that it can be asked about.
    let offered = kind.is_second_factor() && kind != MethodKind::Approval;
    if !offered || (kind == MethodKind::Text && service.text.is_none()) {
        return Err(Refusal::field("method", "factor-unknown"));
    }
    // Chosen again by the back button or in another tab: what was entered or scanned stays good.
    if joining.registration.method.as_ref().is_some_and(|method| method.kind == kind) {
        return Ok(kind);
    }
    let seed = match kind {
        MethodKind::App => Some(MethodSecret::seed(vault::totp::new_seed(service.random.as_ref()))),
        _ => None,
    };
    keep(service, joining, kind, seed.as_ref()).await?;
    Ok(kind)
}

async fn keep(
    service: &Service,
    joining: &Joining,
    kind: MethodKind,
    secret: Option<&MethodSecret>,
) -> Result<(), Refusal> {
    let mut tx = service.store.begin().await?;
    if !tx.choose_method(joining.registration.id, kind, secret).await? {
        return Err(Refusal::WrongStep);
    }
    let event =
        Event::SecondFactorChosen { registration: joining.registration.id, kind: kind.as_str().to_owned() };
    tx.audit(event, service.clock.now());
    tx.commit().await?;
    Ok(())
}

/// Step 8: *Send Code* to an e-mail address.
///
/// # Errors
/// [`Refusal::Fields`], [`Refusal::WrongStep`], [`Refusal::CodeTooSoon`], [`Refusal::TooManyCodes`].
pub async fn send_code_by_email(
    service: &Service,
    joining: &Joining,
    typed: &str,
    network: &Network,
) -> Result<(), Refusal> {
    let email = EmailAddress::parse(typed)
        .map_err(|problem| Refusal::Fields(vec![email_problem("email", problem)]))?;
    let to = Destination { channel: Channel::Email, to: email.as_str() };
    enter(service, joining, MethodKind::Email, to, network).await
}

/// Step 8: *Send Code* to a UK mobile.
///
/// # Errors
/// [`Refusal::Fields`], [`Refusal::WrongStep`] (also where no texts can be sent), [`Refusal::CodeTooSoon`], [`Refusal::TooManyCodes`].
pub async fn send_code_by_text(
    service: &Service,
    joining: &Joining,
    typed: &str,
    network: &Network,
) -> Result<(), Refusal> {
    if service.text.is_none() {
        return Err(Refusal::WrongStep);
    }
    let number = mobile_number("number", typed, joining.policy.phones)?;
    let to = Destination { channel: Channel::Text, to: &number };
    enter(service, joining, MethodKind::Text, to, network).await
}

/// Step 9: *Send New Code*.
///
/// # Errors
/// [`Refusal::WrongStep`] where nothing was entered yet, [`Refusal::CodeTooSoon`], [`Refusal::TooManyCodes`].
pub async fn send_new_code(service: &Service, joining: &Joining, network: &Network) -> Result<(), Refusal> {
    let Some(method) = &joining.registration.method else {
        return Err(Refusal::WrongStep);
    };
    let Some(secret) = &method.secret else {
        return Err(Refusal::WrongStep);
    };
    let channel = channel_of(method.kind).ok_or(Refusal::WrongStep)?;
    let destination = Destination { channel, to: secret.as_address() };
    send_code(service, joining, method.kind, destination, network).await
}

/// The button pressed twice sends one code: the second press finds it on its way.
async fn enter(
    service: &Service,
    joining: &Joining,
    kind: MethodKind,
    to: Destination<'_>,
    network: &Network,
) -> Result<(), Refusal> {
    let entered_before = joining.registration.method.as_ref().is_some_and(|method| {
        method.kind == kind && method.secret.as_ref().is_some_and(|secret| secret.as_address() == to.to)
    });
    match send_code(service, joining, kind, to, network).await {
        Err(Refusal::CodeTooSoon { .. }) if entered_before => Ok(()),
        other => other,
    }
}

async fn send_code(
    service: &Service,
    joining: &Joining,
    kind: MethodKind,
    destination: Destination<'_>,
    network: &Network,
) -> Result<(), Refusal> {
    joining.at(&[Step::ChooseFactor, Step::EnterFactor, Step::ProveFactor])?;
    let now = service.clock.now();
    let id = joining.registration.id;
    let code_for = CodeFor::RegistrationFactor(id);
    let mut tx = service.store.begin().await?;
    service.allow_code(&mut tx, &joining.policy, code_for, destination, network, now).await?;
    let secret = MethodSecret::address(destination.to);
    if !tx.choose_method(id, kind, Some(&secret)).await? {
        return Err(Refusal::WrongStep);
    }
    let service_name = service.settings.service_name.clone();
    let organisation = Some(joining.organisation.id);
    let sending = Sending { code_for, to: destination, account: None, organisation };
    service
        .write_code(&mut tx, &joining.policy, sending, now, move |code, minutes| Message::FactorCode {
            service: service_name,
            code,
            minutes,
        })
        .await?;
    let event = Event::SecondFactorChosen { registration: id, kind: kind.as_str().to_owned() };
    tx.audit(event, now);
    tx.commit().await?;
    service.written.notify_one();
    Ok(())
}

/// Step 8 for an authenticator app: the QR code, and its text.
///
/// # Errors
/// [`Refusal::WrongStep`] where an app was not chosen.
pub fn app_setup(service: &Service, joining: &Joining) -> Result<AppSetup, Refusal> {
    let Some(method) = &joining.registration.method else {
        return Err(Refusal::WrongStep);
    };
    let (MethodKind::App, Some(seed)) = (method.kind, &method.secret) else {
        return Err(Refusal::WrongStep);
    };
    Ok(setup_of(service, &joining.registration.email, seed))
}

/// Step 9: *Verify Code*. The second factor works, and the account is made here and not before.
///
/// # Errors
/// [`Refusal::Fields`], [`Refusal::CodeWrong`], [`Refusal::CodeExpired`], [`Refusal::CodesEnded`],
/// [`Refusal::AccountExists`] where another registration won, [`Refusal::WrongStep`].
pub async fn prove(service: &Service, joining: &Joining, typed: &str) -> Result<(), Refusal> {
    if joining.step() == Step::Done {
        // A reload of the posted page, or a second tab.
        return Ok(());
    }
    joining.at(&[Step::ProveFactor])?;
    let Some(method) = &joining.registration.method else {
        return Err(Refusal::WrongStep);
    };
    let typed = typed_code(method.kind, typed)?;
    let Some(secret) = &method.secret else {
        return Err(Refusal::WrongStep);
    };
    let now = service.clock.now();
    let id = joining.registration.id;
    let (tx, step) = match method.kind {
        MethodKind::App => prove_app(service, &joining.policy, id, secret, &typed, now).await?,
        _ => {
            let code_for = CodeFor::RegistrationFactor(id);
            let (tx, _proof) = service.prove_code(&joining.policy, code_for, &typed, now).await?;
            (tx, 0)
        }
    };
    make_account(service, joining, tx, method.kind, secret, step, now).await
}

async fn make_account(
    service: &Service,
    joining: &Joining,
    mut tx: Tx,
    kind: MethodKind,
    secret: &MethodSecret,
    step: u64,
    now: Timestamp,
) -> Result<(), Refusal> {
    let registration = &joining.registration;
    let roster_entry = registration.roster_entry_id.ok_or(Refusal::NoLongerOnRoster)?;
    let account = vault::new_id(now, service.random.as_ref());
    if !tx.add_account(registration.id, account, now).await? {
        return lost(&mut tx, roster_entry).await;
    }
    let method = vault::new_id(now, service.random.as_ref());
    tx.add_sign_in_method(method, account, kind, secret, step, now).await?;
    let welcome = Message::AccountCreated {
        service: service.settings.service_name.clone(),
        organisation: joining.organisation.name.clone(),
        when: wording::date_and_time(wording::Language::En, service.local(now).datetime()),
        support: service.support(&joining.organisation),
    };
    let to = Destination { channel: Channel::Email, to: &registration.email };
    let give_up_at = now.checked_add(GIVE_UP_AFTER).unwrap_or(Timestamp::MAX);
    let concerning = Concerning {
        subject: Some(account),
        account: Some(account),
        organisation: Some(joining.organisation.id),
    };
    service.write_message(&mut tx, concerning, account, to, welcome, give_up_at, now).await?;
    tx.audit(
        Event::AccountCreated {
            account,
            registration: registration.id,
            organisation: joining.organisation.id,
            roster_entry,
            kind: kind.as_str().to_owned(),
        },
        now,
    );
    job_role_by_record::give(service, &mut tx, (account, joining.organisation.id), now).await?;
    tx.commit().await?;
    service.written.notify_one();
    Ok(())
}

/// No account was made: somebody else has the roster's entry, or the person has left meanwhile.
async fn lost(tx: &mut Tx, roster_entry: Uuid) -> Result<(), Refusal> {
    match tx.roster_entry(roster_entry).await? {
        Some(entry) if !entry.left => Err(Refusal::AccountExists),
        _ => Err(Refusal::NoLongerOnRoster),
    }
}

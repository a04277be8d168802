//! Guide 002, "Set up a mobile phone (call)": *Call me*, *Next*, *Call answered*, *Done*.

use super::becoming::is_known;
use super::code_for;
use crate::asked::{Question, standing};
use crate::calls::{self, Calling, ask_by_call};
use crate::numbers::mobile_number;
use crate::session::Person;
use crate::{Refusal, Service, Visitor};
use rules::limits::SET_UP_CODES_PER_DAY;
use store::asked::{Answer, How, WhatFor};
use store::limits::Allowance;
use store::method::{MethodKind, MethodSecret};
use store::method_setup::MethodSetup;

/// *Call me*, *Next*: the phone rings, and # proves that it works.
///
/// # Errors
/// [`Refusal::Fields`], [`Refusal::WrongStep`] where it is no phone or nobody can be called, [`Refusal::CallTooSoon`],
/// [`Refusal::TooManyCalls`], [`Refusal::TooManyCodes`], [`Refusal::NoTextsNow`].
pub async fn call_number(
    service: &Service,
    person: &Person,
    setup: &MethodSetup,
    typed: &str,
    visitor: &Visitor,
) -> Result<(), Refusal> {
    if setup.kind != MethodKind::Text {
        return Err(Refusal::WrongStep);
    }
    let number = mobile_number("number", typed, person.policy.phones)?;
    call_phone(service, person, setup, &MethodSecret::address(&number), visitor).await
}

/// *Call me again*.
///
/// # Errors
/// As [`call_number`].
pub async fn call_again(
    service: &Service,
    person: &Person,
    setup: &MethodSetup,
    visitor: &Visitor,
) -> Result<(), Refusal> {
    let secret = setup.secret.as_ref().filter(|_| setup.kind == MethodKind::Text);
    call_phone(service, person, setup, secret.ok_or(Refusal::WrongStep)?, visitor).await
}

async fn call_phone(
    service: &Service,
    person: &Person,
    setup: &MethodSetup,
    secret: &MethodSecret,
    visitor: &Visitor,
) -> Result<(), Refusal> {
    if setup.finished_at.is_some() {
        return Ok(());
    }
    let account = &person.account;
    if is_known(&service.store.sign_in_methods(account.id).await?, setup, secret) {
        return Err(Refusal::field("number", "method-already"));
    }
    let question = Question {
        code_for: code_for(setup),
        account: Some(account.id),
        method: None,
        how: How::Call,
        what_for: WhatFor::SetUp,
        counted: None,
        organisation: &person.organisation.name,
        visitor,
    };
    let calling = Calling {
        question,
        number: secret.as_address(),
        policy: &person.policy,
        organisation: Some(account.organisation_id),
        network: &visitor.network,
        rings: true,
        veiled_for: None,
    };
    let now = service.clock.now();
    let mut tx = service.store.begin().await?;
    // What was pressed on one phone proves nothing of another number.
    let same = setup.secret.as_ref().is_some_and(|entered| entered.as_address() == secret.as_address());
    if !same {
        tx.end_asked(code_for(setup), now).await?;
    }
    if tx.take(&SET_UP_CODES_PER_DAY, account.id.as_bytes(), now).await? != Allowance::Granted {
        return Err(Refusal::TooManyCodes);
    }
    let pending = ask_by_call(service, &mut tx, calling, now).await?;
    if !tx.enter_method_setup(setup.id, secret).await? {
        return Err(Refusal::WrongStep);
    }
    tx.commit().await?;
    calls::place(service, pending);
    Ok(())
}

/// Whether the set-up was proved by a call.
///
/// # Errors
/// Where the database fails.
pub async fn was_called(service: &Service, setup: &MethodSetup) -> Result<bool, Refusal> {
    let asked = standing(service, code_for(setup)).await?;
    Ok(asked.is_some_and(|(asked, _)| {
        asked.how == How::Call && asked.used_at.is_some() && asked.answer.is_some_and(Answer::is_yes)
    }))
}

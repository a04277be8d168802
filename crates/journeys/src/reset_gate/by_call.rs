//! Proving in a reset by pressing # in a call.

use super::{code_for, refuse_where_closed};
use crate::asked::Question;
use crate::calls::{self, Calling, Pending, ask_by_call};
use crate::codes::Destination;
use crate::reset::{Asking, Purpose, Resetting, Step, failures};
use crate::reset_ways::short_id;
use crate::{Refusal, Service};
use jiff::Timestamp;
use rules::limits::RESET_CODES_PER_DAY;
use rules::method::MethodKind;
use store::Tx;
use store::asked::{How, WhatFor};
use store::audit::Event;
use store::limits::Allowance;
use store::method::SignInMethod;
use store::outbox::Channel;
use uuid::Uuid;

/// What a form sends to choose to be called. It says nothing about whose phone it is, or whether it is one.
pub fn call_choice(service: &Service, resetting: &Resetting, way: &SignInMethod) -> String {
    let parts = [resetting.reset.id.as_bytes().as_slice(), way.id.as_bytes()];
    short_id(&service.keys.keyed_hash("reset-call-choice", &parts)).simple().to_string()
}

/// *Call …*: chooses a phone and calls it.
///
/// # Errors
/// As [`super::choose`].
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
/// As [`super::choose`].
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
        veiled_for: resetting.known.is_none().then_some(&resetting.reset.who),
    };
    ask_by_call(service, tx, calling, now).await
}

//! *Unlock your smartcard*: by the Account Recovery Passcode, or by a one-time code.

use crate::errors::Trouble;
use crate::forms::Typed;
use crate::person::{proved, shell};
use crate::render::{Answer, on_page, page_with, see_other};
use crate::smartcard::{card_rule, frame, helping, refused};
use crate::visitor::{Caller, Visitor};
use crate::{Web, urls};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Form, Router};
use axum_extra::extract::CookieJar;
use journeys::session::Person;
use journeys::smartcard::passcodes::Pair;
use journeys::smartcard::unlock::{self, ByPasscode};
use journeys::smartcard::unlock_code::{self, WayToSend};
use pages::{Channel, FieldErrors, PortalTab, UnlockByCode, UnlockByPasscode, UnlockSendCode};
use rules::email::EmailAddress;
use rules::smartcard::{PasscodeEntry, UnlockBy};
use serde::Deserialize;

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route(urls::SMARTCARD_UNLOCK, get(show).post(by_passcode))
        .route(urls::SMARTCARD_UNLOCK_SEND, get(async || see_other(urls::SMARTCARD_UNLOCK)).post(send))
        .route(urls::SMARTCARD_UNLOCK_CODE, get(show_code).post(by_code))
        .route(urls::SMARTCARD_UNLOCK_NEW_CODE, post(send_again))
}

/// What was typed, and where the code was sent.
#[derive(Deserialize, Default)]
#[serde(default)]
struct UnlockForm {
    recovery: Typed,
    code: String,
    smartcard: Typed,
    smartcard_again: Typed,
}

impl UnlockForm {
    fn pair(&self) -> Pair<'_> {
        Pair { new: &self.smartcard.0, again: &self.smartcard_again.0 }
    }
}

/// Where the code goes.
#[derive(Deserialize, Default)]
#[serde(default)]
struct WayForm {
    way: String,
}

/// Where the code went, and whether a new one was asked for just now.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Sent {
    way: String,
    sent: String,
}

async fn person(web: &Web, jar: &CookieJar) -> Result<Person, Trouble> {
    proved(web, helping(web, jar).await?, urls::SMARTCARD_UNLOCK)
}

/// Whether the card was handed over locked and never opened since.
fn handed_over(person: &Person) -> bool {
    person.smartcard.as_ref().is_some_and(|card| card.issued_locked)
}

fn agent_asks(person: &Person) -> bool {
    person.policy.smartcard.passcode_entry == PasscodeEntry::Agent
}

async fn show(State(web): State<Web>, jar: CookieJar) -> Answer {
    let person = person(&web, &jar).await?;
    match person.policy.smartcard.unlock {
        UnlockBy::RecoveryPasscode => {
            passcode_page(&web, &person, &FieldErrors::none(), StatusCode::OK).await
        }
        UnlockBy::OneTimeCode => {
            send_page(&web, &person, String::new(), &FieldErrors::none(), StatusCode::OK).await
        }
    }
}

async fn passcode_page(web: &Web, person: &Person, errors: &FieldErrors, status: StatusCode) -> Answer {
    let page = UnlockByPasscode {
        frame: frame(person, Some(PortalTab::ManagePasscodes)),
        action: urls::SMARTCARD_UNLOCK.into(),
        cancel_href: urls::SMARTCARD.into(),
        handed_over: handed_over(person),
        has_recovery: unlock::has_recovery_passcode(web, person).await?,
        agent_asks: agent_asks(person),
        card: card_rule(person)?,
    };
    page_with(&shell(web, person), &page, errors, status)
}

/// *Unlock*, with the Account Recovery Passcode.
async fn by_passcode(
    State(web): State<Web>,
    Caller(visitor): Caller,
    jar: CookieJar,
    Form(form): Form<UnlockForm>,
) -> Answer {
    let person = person(&web, &jar).await?;
    let typed = ByPasscode { recovery: &form.recovery.0, new: form.pair() };
    match unlock::by_passcode(&web, &person, typed, &visitor).await {
        Ok(job) => Ok(see_other(&urls::smartcard_job(job))),
        Err(refusal) => {
            let (errors, status) = on_page(&web, Some(&person.organisation), refusal)?;
            passcode_page(&web, &person, &errors, status).await
        }
    }
}

fn channel(way: &WayToSend) -> Channel {
    if way.by_text { Channel::Text } else { Channel::Email }
}

/// As much of an address or number as may be shown.
fn hint(web: &Web, way: &WayToSend) -> String {
    if way.by_text {
        let digits: String = way.to.chars().skip(way.to.chars().count().saturating_sub(2)).collect();
        return web.word("hint-number", &[("digits", &digits)]);
    }
    EmailAddress::parse(&way.to).map(|email| email.hint()).unwrap_or_default()
}

async fn send_page(
    web: &Web,
    person: &Person,
    way: String,
    errors: &FieldErrors,
    status: StatusCode,
) -> Answer {
    let ways = unlock_code::ways(web, person).await.map_err(|why| refused(person, why))?;
    let page = UnlockSendCode {
        frame: frame(person, Some(PortalTab::ManagePasscodes)),
        action: urls::SMARTCARD_UNLOCK_SEND.into(),
        cancel_href: urls::SMARTCARD.into(),
        handed_over: handed_over(person),
        ways: ways.iter().map(|way| (way.id.clone(), channel(way), hint(web, way))).collect(),
        way,
    };
    page_with(&shell(web, person), &page, errors, status)
}

/// *Send Code*.
async fn send(
    State(web): State<Web>,
    Visitor(network): Visitor,
    jar: CookieJar,
    Form(form): Form<WayForm>,
) -> Answer {
    let person = person(&web, &jar).await?;
    match unlock_code::send(&web, &person, &form.way, &network).await {
        Ok(()) => Ok(see_other(&urls::smartcard_unlock_code(&form.way))),
        Err(refusal) => {
            let (errors, status) = on_page(&web, Some(&person.organisation), refusal)?;
            send_page(&web, &person, form.way, &errors, status).await
        }
    }
}

async fn show_code(State(web): State<Web>, Query(sent): Query<Sent>, jar: CookieJar) -> Answer {
    let person = person(&web, &jar).await?;
    code_page(&web, &person, &sent, &FieldErrors::none(), StatusCode::OK).await
}

async fn code_page(
    web: &Web,
    person: &Person,
    sent: &Sent,
    errors: &FieldErrors,
    status: StatusCode,
) -> Answer {
    let way = match unlock_code::chosen(web, person, &sent.way).await {
        Ok(way) => way,
        Err(journeys::Refusal::Fields(_)) => return Ok(see_other(urls::SMARTCARD_UNLOCK)),
        Err(refusal) => return Err(refused(person, refusal)),
    };
    let page = UnlockByCode {
        frame: frame(person, Some(PortalTab::ManagePasscodes)),
        action: urls::smartcard_unlock_code(&way.id),
        resend_action: format!("{}?way={}", urls::SMARTCARD_UNLOCK_NEW_CODE, way.id),
        cancel_href: urls::SMARTCARD.into(),
        channel: channel(&way),
        sent_to: hint(web, &way),
        just_resent: sent.sent == "again",
        undelivered: unlock_code::undelivered(web, person).await?,
        agent_asks: agent_asks(person),
        card: card_rule(person)?,
    };
    page_with(&shell(web, person), &page, errors, status)
}

/// *Send New Code*.
async fn send_again(
    State(web): State<Web>,
    Visitor(network): Visitor,
    Query(sent): Query<Sent>,
    jar: CookieJar,
) -> Answer {
    let person = person(&web, &jar).await?;
    match unlock_code::send(&web, &person, &sent.way, &network).await {
        Ok(()) => Ok(see_other(&format!("{}&sent=again", urls::smartcard_unlock_code(&sent.way)))),
        Err(refusal) => {
            let (errors, status) = on_page(&web, Some(&person.organisation), refusal)?;
            code_page(&web, &person, &sent, &errors, status).await
        }
    }
}

/// *Unlock*, with the code.
async fn by_code(
    State(web): State<Web>,
    Query(sent): Query<Sent>,
    jar: CookieJar,
    Form(form): Form<UnlockForm>,
) -> Answer {
    let person = person(&web, &jar).await?;
    match unlock_code::by_code(&web, &person, &form.code, form.pair()).await {
        Ok(job) => Ok(see_other(&urls::smartcard_job(job))),
        Err(refusal) => {
            let (errors, status) = on_page(&web, Some(&person.organisation), refusal)?;
            code_page(&web, &person, &sent, &errors, status).await
        }
    }
}

//! *Collect your access key*: the mobile number is proved, then the wallet scans a QR code.

use crate::errors::Trouble;
use crate::forms::CodeForm;
use crate::passport_add::{number_hint, offered};
use crate::person::{proved, shell, signed_in};
use crate::render::{Answer, on_page, page, page_with, see_other};
use crate::visitor::Visitor;
use crate::{Web, urls};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Form, Router};
use axum_extra::extract::CookieJar;
use journeys::passport::{access_key, offer};
use journeys::session::Person;
use pages::{AccessKey, AccessKeyAdded, AccessKeyCode, FieldErrors};
use rules::passport::issuing::ACCESS_KEY_CODE_LIFETIME;
use serde::Deserialize;

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route(urls::ACCESS_KEY, get(show).post(send))
        .route(urls::ACCESS_KEY_CODE, get(show_code).post(prove))
        .route(urls::ACCESS_KEY_NEW_CODE, post(send_again))
        .route(urls::ACCESS_KEY_ADDED, get(added))
}

/// Whether a new code was asked for just now.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Resent {
    sent: String,
}

/// Who is there proved it in the last minutes: an access key opens the passport.
async fn person(web: &Web, jar: &CookieJar) -> Result<Person, Trouble> {
    proved(web, signed_in(web, jar).await?, urls::ACCESS_KEY)
}

async fn show(State(web): State<Web>, jar: CookieJar) -> Answer {
    let person = person(&web, &jar).await?;
    first_page(&web, &person, &FieldErrors::none(), StatusCode::OK).await
}

async fn first_page(web: &Web, person: &Person, errors: &FieldErrors, status: StatusCode) -> Answer {
    let mobile = offer::mobile(web, person).await?;
    let content = AccessKey {
        action: urls::ACCESS_KEY.into(),
        mobile: mobile.map(|number| number_hint(web, &number)),
        has_one: access_key::has_one(web, person).await?,
        security_info_href: urls::SECURITY_INFO.into(),
        back: Some(urls::PASSPORT.into()),
    };
    page_with(&shell(web, person), &content, errors, status)
}

/// *Send Code*.
async fn send(State(web): State<Web>, Visitor(network): Visitor, jar: CookieJar) -> Answer {
    let person = person(&web, &jar).await?;
    match access_key::send_code(&web, &person, &network).await {
        // The button pressed twice: the first code is on its way.
        Ok(_) | Err(journeys::Refusal::CodeTooSoon { .. }) => Ok(see_other(urls::ACCESS_KEY_CODE)),
        Err(refusal) => {
            let (errors, status) = on_page(&web, Some(&person.organisation), refusal)?;
            first_page(&web, &person, &errors, status).await
        }
    }
}

async fn show_code(State(web): State<Web>, Query(resent): Query<Resent>, jar: CookieJar) -> Answer {
    let person = person(&web, &jar).await?;
    code_page(&web, &person, resent.sent == "again", &FieldErrors::none(), StatusCode::OK).await
}

async fn code_page(
    web: &Web,
    person: &Person,
    just_resent: bool,
    errors: &FieldErrors,
    status: StatusCode,
) -> Answer {
    let Some(number) = offer::mobile(web, person).await? else { return Ok(see_other(urls::ACCESS_KEY)) };
    let content = AccessKeyCode {
        action: urls::ACCESS_KEY_CODE.into(),
        resend_action: urls::ACCESS_KEY_NEW_CODE.into(),
        sent_to: number_hint(web, &number),
        just_resent,
        undelivered: access_key::undelivered(web, person).await?,
        minutes: u32::try_from(ACCESS_KEY_CODE_LIFETIME.as_mins()).unwrap_or(u32::MAX),
        back: Some(urls::ACCESS_KEY.into()),
    };
    page_with(&shell(web, person), &content, errors, status)
}

/// *Send New Code*.
async fn send_again(State(web): State<Web>, Visitor(network): Visitor, jar: CookieJar) -> Answer {
    let person = person(&web, &jar).await?;
    match access_key::send_code(&web, &person, &network).await {
        Ok(_) => Ok(see_other(&format!("{}?sent=again", urls::ACCESS_KEY_CODE))),
        Err(refusal) => {
            let (errors, status) = on_page(&web, Some(&person.organisation), refusal)?;
            code_page(&web, &person, false, &errors, status).await
        }
    }
}

/// *Continue*, with the code.
async fn prove(
    State(web): State<Web>,
    Visitor(network): Visitor,
    jar: CookieJar,
    Form(form): Form<CodeForm>,
) -> Answer {
    let person = person(&web, &jar).await?;
    match access_key::make(&web, &person, &form.code).await {
        Ok(credential) => offered(&web, &person, credential, false, &network).await,
        Err(refusal) => {
            let (errors, status) = on_page(&web, Some(&person.organisation), refusal)?;
            code_page(&web, &person, false, &errors, status).await
        }
    }
}

async fn added(State(web): State<Web>, jar: CookieJar) -> Answer {
    let person = signed_in(&web, &jar).await?;
    page(&shell(&web, &person), &AccessKeyAdded { passport_href: urls::PASSPORT.into() })
}

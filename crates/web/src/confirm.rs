//! *Confirm that it is you*: the password again; the second factor follows as at sign-in.

use crate::cookies::Kind;
use crate::forms::PasswordForm;
use crate::person::{arrived, shell};
use crate::render::{Answer, on_page, page_with, see_other};
use crate::second_factor::go_on;
use crate::visitor::Caller;
use crate::{Web, urls};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Form, Router};
use axum_extra::extract::CookieJar;
use journeys::confirm::{self, Confirming};
use journeys::passkey;
use journeys::session::{self, Person};
use pages::{Confirm, FieldErrors, PasskeyForm};
use serde::Deserialize;

pub(crate) fn routes() -> Router<Web> {
    Router::new().route(urls::CONFIRM, get(show).post(give_password))
}

/// The page that asked for the proof.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Next {
    next: String,
}

impl Next {
    pub(crate) fn path(&self) -> &str {
        rules::path::local(&self.next).unwrap_or(urls::HOME)
    }
}

/// Who has proved it a moment ago, in another tab, goes on at once.
async fn show(State(web): State<Web>, Query(next): Query<Next>, jar: CookieJar) -> Answer {
    let person = arrived(&web, &jar).await?;
    if session::fresh(&web, &person).is_ok() {
        return Ok(see_other(next.path()));
    }
    confirm_page(&web, &person, &next, &FieldErrors::none(), StatusCode::OK).await
}

pub(crate) async fn confirm_page(
    web: &Web,
    person: &Person,
    next: &Next,
    errors: &FieldErrors,
    status: StatusCode,
) -> Answer {
    let has_passkey = passkey::any(web, person.account.id).await?;
    let confirm = Confirm {
        action: urls::confirm(next.path()),
        user_name: person.account.email.clone(),
        minutes: u32::try_from(person.policy.fresh_proof.as_mins()).unwrap_or(u32::MAX),
        passkey: has_passkey
            .then(|| PasskeyForm::new(urls::confirm_passkey(next.path()), urls::CONFIRM_PASSKEY_QUESTION)),
        back: Some(urls::HOME.into()),
    };
    page_with(&shell(web, person), &confirm, errors, status)
}

async fn give_password(
    State(web): State<Web>,
    Caller(visitor): Caller,
    Query(next): Query<Next>,
    jar: CookieJar,
    Form(form): Form<PasswordForm>,
) -> Answer {
    let person = arrived(&web, &jar).await?;
    let (cookie, device) = (web.cookies().read(&jar, Kind::SignIn), web.cookies().read(&jar, Kind::Device));
    let confirming = Confirming {
        password: &form.password.0,
        next: next.path(),
        cookie: cookie.as_ref(),
        device: device.as_ref(),
        visitor: &visitor,
    };
    match confirm::give_password(&web, &person, confirming).await {
        Ok(signing_in) => Ok(go_on(&web, jar, &signing_in)),
        Err(refusal) => {
            let (errors, status) = on_page(&web, Some(&person.organisation), refusal)?;
            confirm_page(&web, &person, &next, &errors, status).await
        }
    }
}

//! *Login to …*: user name and password; and *Sign out*. The second factor is in [`crate::second_factor`].

use crate::cookies::Kind;
use crate::forms::SignInForm;
use crate::render::{Answer, on_page, page_with, see_other};
use crate::second_factor::{go_on, signed_in_answer};
use crate::visitor::Caller;
use crate::{Web, urls};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Form, Router};
use axum_extra::extract::CookieJar;
use journeys::sign_in::{self, Attempt, PasswordRight};
use journeys::{passkey_proof, session};
use pages::{FieldErrors, Leaving, PasskeyForm, SignIn};
use serde::Deserialize;

pub(crate) fn routes() -> Router<Web> {
    Router::new().route(urls::SIGN_IN, get(show).post(give_password)).route(urls::SIGN_OUT, post(sign_out))
}

/// How the person has just left.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Left {
    signed: String,
}

async fn show(State(web): State<Web>, Query(left): Query<Left>, jar: CookieJar) -> Answer {
    if session::current(&web, web.cookies().read(&jar, Kind::Session).as_ref()).await.is_ok() {
        return Ok(see_other(urls::HOME));
    }
    let left = match left.signed.as_str() {
        "out" => Some(Leaving::SignedOut),
        "everywhere" => Some(Leaving::Everywhere),
        "ended" => Some(Leaving::TimedOut),
        _ => None,
    };
    sign_in_page(&web, String::new(), left, &FieldErrors::none(), StatusCode::OK)
}

pub(crate) fn sign_in_page(
    web: &Web,
    user_name: String,
    left: Option<Leaving>,
    errors: &FieldErrors,
    status: StatusCode,
) -> Answer {
    let sign_in = SignIn {
        action: urls::SIGN_IN.into(),
        user_name,
        first_time_href: urls::FIRST_TIME.into(),
        join_href: urls::JOIN.into(),
        forgotten_href: Some(urls::RESET.into()),
        left,
        card_href: web.authority.is_some().then(|| urls::SIGN_IN_CARD.into()),
        passport_action: urls::SIGN_IN_PASSPORT.into(),
        passkey: passkey_proof::possible(web)
            .then(|| PasskeyForm::new(urls::SIGN_IN_PASSKEY, urls::SIGN_IN_PASSKEY_QUESTION)),
    };
    page_with(&web.shell(), &sign_in, errors, status)
}

async fn give_password(
    State(web): State<Web>,
    Caller(visitor): Caller,
    jar: CookieJar,
    Form(form): Form<SignInForm>,
) -> Answer {
    let (cookie, device) = (web.cookies().read(&jar, Kind::SignIn), web.cookies().read(&jar, Kind::Device));
    let attempt = Attempt {
        user_name: &form.user_name,
        password: &form.password.0,
        cookie: cookie.as_ref(),
        device: device.as_ref(),
        visitor: &visitor,
    };
    match sign_in::give_password(&web, attempt).await {
        Ok(PasswordRight::Prove(signing_in)) => Ok(go_on(&web, jar, &signing_in)),
        Ok(PasswordRight::SignedIn(signed_in)) => Ok(signed_in_answer(&web, jar, &signed_in)),
        Err(refusal) => {
            let (errors, status) = on_page(&web, None, refusal)?;
            sign_in_page(&web, form.user_name, None, &errors, status)
        }
    }
}

/// *Sign out*. Nobody signed in is signed out already.
async fn sign_out(State(web): State<Web>, Caller(visitor): Caller, jar: CookieJar) -> Answer {
    if let Ok(person) = session::current(&web, web.cookies().read(&jar, Kind::Session).as_ref()).await {
        session::end(&web, &person, &visitor).await?;
    }
    let jar = jar.add(web.cookies().gone(Kind::Session));
    Ok((jar, see_other(&format!("{}?signed=out", urls::SIGN_IN))).into_response())
}

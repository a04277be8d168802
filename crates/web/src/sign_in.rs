//! *Login to …*: user name and password, then the second factor; and *Sign out*.

use crate::cookies::Kind;
use crate::errors::Trouble;
use crate::forms::{CodeForm, SignInForm};
use crate::registration::{Sent, method};
use crate::render::{Answer, on_page, page_with, see_other};
use crate::visitor::Visitor;
use crate::{Web, urls};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Form, Router};
use axum_extra::extract::CookieJar;
use journeys::join_factor::MethodKind;
use journeys::sign_in::{self, Attempt, SigningIn};
use journeys::{join, session};
use pages::{FieldErrors, SignIn, SignInCode};
use rules::email::EmailAddress;
use serde::Deserialize;
use store::sign_in::SignInMethod;

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route(urls::SIGN_IN, get(show).post(give_password))
        .route(urls::SIGN_IN_CODE, get(show_code).post(prove))
        .route(urls::SIGN_IN_NEW_CODE, get(async || see_other(urls::SIGN_IN_CODE)).post(send_new_code))
        .route(urls::SIGN_OUT, post(sign_out))
}

/// Whether the person has just signed out.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Left {
    signed: String,
}

async fn show(State(web): State<Web>, Query(left): Query<Left>, jar: CookieJar) -> Answer {
    if session::current(&web, web.cookies().read(&jar, Kind::Session).as_ref()).await.is_ok() {
        return Ok(see_other(urls::HOME));
    }
    sign_in_page(&web, String::new(), left.signed == "out", &FieldErrors::none(), StatusCode::OK)
}

fn sign_in_page(
    web: &Web,
    user_name: String,
    signed_out: bool,
    errors: &FieldErrors,
    status: StatusCode,
) -> Answer {
    let sign_in = SignIn {
        action: urls::SIGN_IN.into(),
        user_name,
        first_time_href: urls::FIRST_TIME.into(),
        join_href: urls::JOIN.into(),
        signed_out,
    };
    page_with(&web.shell(), &sign_in, errors, status)
}

async fn give_password(
    State(web): State<Web>,
    Visitor(network): Visitor,
    jar: CookieJar,
    Form(form): Form<SignInForm>,
) -> Answer {
    let (cookie, device) = (web.cookies().read(&jar, Kind::SignIn), web.cookies().read(&jar, Kind::Device));
    let attempt = Attempt {
        user_name: &form.user_name,
        password: &form.password.0,
        cookie: cookie.as_ref(),
        device: device.as_ref(),
        network: &network,
    };
    match sign_in::give_password(&web, attempt).await {
        Ok(right) => {
            let jar = jar.add(web.cookies().make(Kind::SignIn, &right.cookie));
            let sent = if right.code_sent { "" } else { Sent::NOT };
            Ok((jar, see_other(&format!("{}{sent}", urls::SIGN_IN_CODE))).into_response())
        }
        Err(refusal) => {
            let (errors, status) = on_page(&web, None, refusal)?;
            sign_in_page(&web, form.user_name, false, &errors, status)
        }
    }
}

async fn signing_in(web: &Web, jar: &CookieJar) -> Result<SigningIn, Trouble> {
    Ok(sign_in::current(web, web.cookies().read(jar, Kind::SignIn).as_ref()).await?)
}

/// The second factor.
async fn show_code(State(web): State<Web>, Query(sent): Query<Sent>, jar: CookieJar) -> Answer {
    let signing_in = signing_in(&web, &jar).await?;
    let errors =
        if sent.not() { FieldErrors::one("", web.word("code-not-sent", &[])) } else { FieldErrors::none() };
    code_page(&web, &signing_in, String::new(), sent.again(), &errors, StatusCode::OK).await
}

/// As much of where a code went as may be shown: enough to know it again.
pub(crate) fn hint(web: &Web, sign_in_method: &SignInMethod) -> String {
    let address = sign_in_method.secret.as_address();
    match sign_in_method.kind {
        MethodKind::Email => EmailAddress::parse(address).map(|email| email.hint()).unwrap_or_default(),
        MethodKind::Text => {
            let digits = address.get(address.len().saturating_sub(2)..).unwrap_or_default();
            web.word("hint-number", &[("digits", digits)])
        }
        MethodKind::App => String::new(),
    }
}

async fn code_page(
    web: &Web,
    signing_in: &SigningIn,
    code: String,
    just_resent: bool,
    errors: &FieldErrors,
    status: StatusCode,
) -> Answer {
    let is_app = signing_in.method.kind == MethodKind::App;
    let code = SignInCode {
        action: urls::SIGN_IN_CODE.into(),
        resend_action: (!is_app).then(|| urls::SIGN_IN_NEW_CODE.into()),
        method: method(signing_in.method.kind),
        sent_to: hint(web, &signing_in.method),
        undelivered: !is_app && join::undelivered(web, signing_in.sign_in.id).await?,
        just_resent,
        code,
        back: Some(urls::SIGN_IN.into()),
    };
    page_with(&web.shell_of(&signing_in.organisation), &code, errors, status)
}

async fn prove(State(web): State<Web>, jar: CookieJar, Form(form): Form<CodeForm>) -> Answer {
    let signing_in = signing_in(&web, &jar).await?;
    let device = web.cookies().read(&jar, Kind::Device);
    match sign_in::prove(&web, &signing_in, &form.code, device.as_ref()).await {
        Ok(signed_in) => {
            let cookies = web.cookies();
            let mut jar = jar
                .add(cookies.make(Kind::Session, &signed_in.session))
                .add(cookies.gone(Kind::SignIn))
                .add(cookies.gone(Kind::Join));
            if let Some(device) = &signed_in.device {
                jar = jar.add(cookies.make(Kind::Device, device));
            }
            Ok((jar, see_other(urls::HOME)).into_response())
        }
        Err(refusal) => {
            let (errors, status) = on_page(&web, Some(&signing_in.organisation), refusal)?;
            code_page(&web, &signing_in, form.code, false, &errors, status).await
        }
    }
}

/// *Send New Code*.
async fn send_new_code(State(web): State<Web>, Visitor(network): Visitor, jar: CookieJar) -> Answer {
    let signing_in = signing_in(&web, &jar).await?;
    match sign_in::send_new_code(&web, &signing_in, &network).await {
        Ok(()) => Ok(see_other(&format!("{}{}", urls::SIGN_IN_CODE, Sent::AGAIN))),
        Err(refusal) => {
            let (errors, status) = on_page(&web, Some(&signing_in.organisation), refusal)?;
            code_page(&web, &signing_in, String::new(), false, &errors, status).await
        }
    }
}

/// *Sign out*. Nobody signed in is signed out already.
async fn sign_out(State(web): State<Web>, jar: CookieJar) -> Answer {
    if let Ok(person) = session::current(&web, web.cookies().read(&jar, Kind::Session).as_ref()).await {
        session::end(&web, &person).await?;
    }
    let jar = jar.add(web.cookies().gone(Kind::Session));
    Ok((jar, see_other(&format!("{}?signed=out", urls::SIGN_IN))).into_response())
}

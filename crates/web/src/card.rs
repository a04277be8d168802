//! *Sign in with your smartcard*: the question that a script fetches and what the card signed; and the way back from the host for
//! certificates.

use crate::cookies::Kind;
use crate::render::{Answer, explain, on_page, page, page_with, see_other};
use crate::second_factor::signed_in_answer;
use crate::visitor::Caller;
use crate::{Web, urls};
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Form, Router};
use axum_extra::extract::CookieJar;
use journeys::smartcard::sign_in::{self, CardAnswer, EXTENSION};
use journeys::smartcard::{CardSignInRefusal, by_certificate};
use journeys::{Refusal, session};
use pages::{CardSignIn, CardSignInBack, FieldErrors};
use serde::Deserialize;

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route(urls::SIGN_IN_CARD, get(show).post(give))
        .route(urls::SIGN_IN_CARD_QUESTION, post(ask))
        .route(urls::SIGN_IN_CARD_CERTIFICATE, get(come_back).post(go_on))
}

/// What the host for certificates says.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Said {
    refused: String,
    code: String,
}

/// What the script fills in.
#[derive(Deserialize, Default)]
#[serde(default)]
struct TokenForm {
    nonce: String,
    token: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct CodeForm {
    code: String,
}

async fn show(State(web): State<Web>, Query(said): Query<Said>, jar: CookieJar) -> Answer {
    if is_signed_in(&web, &jar).await {
        return Ok(see_other(urls::HOME));
    }
    let refused = CardSignInRefusal::ALL.into_iter().find(|refusal| refusal.code() == said.refused);
    let errors = refused.map_or(FieldErrors::none(), |refusal| {
        FieldErrors::one("", explain(&web, None, &refusal.into()).text)
    });
    card_page(&web, jar, &errors, StatusCode::OK)
}

/// The page, and the cookie of the browser that may be sent to the host for certificates.
fn card_page(web: &Web, mut jar: CookieJar, errors: &FieldErrors, status: StatusCode) -> Answer {
    let certificate_href = web.options().certificates_at.as_ref().map(|host| {
        let sent = by_certificate::send(web, web.cookies().read(&jar, Kind::SignIn).as_ref());
        jar = jar.clone().add(web.cookies().make(Kind::SignIn, &sent.cookie));
        let mut href = host.clone();
        href.query_pairs_mut().append_pair("browser", &sent.browser);
        href.to_string()
    });
    let content = CardSignIn {
        action: urls::SIGN_IN_CARD.into(),
        question: urls::SIGN_IN_CARD_QUESTION.into(),
        extension: EXTENSION.into(),
        certificate_href,
        back: Some(urls::SIGN_IN.into()),
    };
    Ok((jar, page_with(&web.shell(), &content, errors, status)?).into_response())
}

async fn ask(State(web): State<Web>, Caller(visitor): Caller, jar: CookieJar) -> Answer {
    let asked = sign_in::ask(&web, web.cookies().read(&jar, Kind::SignIn).as_ref(), &visitor).await?;
    let jar = jar.add(web.cookies().make(Kind::SignIn, &asked.cookie));
    let json = serde_json::json!({ "nonce": asked.nonce.as_str() }).to_string();
    Ok((jar, [(header::CONTENT_TYPE, "application/json")], json).into_response())
}

/// *Sign in with my smartcard*.
async fn give(
    State(web): State<Web>,
    Caller(visitor): Caller,
    jar: CookieJar,
    Form(form): Form<TokenForm>,
) -> Answer {
    let (cookie, device) = (web.cookies().read(&jar, Kind::SignIn), web.cookies().read(&jar, Kind::Device));
    let answer = CardAnswer { nonce: &form.nonce, token: &form.token };
    match sign_in::sign_in(&web, cookie.as_ref(), answer, device.as_ref(), &visitor).await {
        Ok(signed_in) => Ok(signed_in_answer(&web, jar, &signed_in)),
        Err(refusal) => refused(&web, jar, refusal).await,
    }
}

/// Back from the host for certificates: nothing happens before *Continue*.
async fn come_back(State(web): State<Web>, Query(said): Query<Said>) -> Answer {
    if said.code.is_empty() {
        return Ok(see_other(urls::SIGN_IN_CARD));
    }
    let back = CardSignInBack { action: urls::SIGN_IN_CARD_CERTIFICATE.into(), code: said.code };
    page(&web.shell(), &back)
}

/// *Continue*.
async fn go_on(
    State(web): State<Web>,
    Caller(visitor): Caller,
    jar: CookieJar,
    Form(form): Form<CodeForm>,
) -> Answer {
    let (cookie, device) = (web.cookies().read(&jar, Kind::SignIn), web.cookies().read(&jar, Kind::Device));
    match by_certificate::sign_in(&web, cookie.as_ref(), &form.code, device.as_ref(), &visitor).await {
        Ok(signed_in) => Ok(signed_in_answer(&web, jar, &signed_in)),
        Err(refusal) => refused(&web, jar, refusal).await,
    }
}

async fn is_signed_in(web: &Web, jar: &CookieJar) -> bool {
    session::current(web, web.cookies().read(jar, Kind::Session).as_ref()).await.is_ok()
}

async fn refused(web: &Web, jar: CookieJar, refusal: Refusal) -> Answer {
    // Another tab of this browser was quicker: whoever is signed in need not be told that a question is over.
    let over = matches!(refusal, Refusal::CardSignIn(CardSignInRefusal::Over));
    if over && is_signed_in(web, &jar).await {
        return Ok(see_other(urls::HOME));
    }
    let (errors, status) = on_page(web, None, refusal)?;
    card_page(web, jar, &errors, status)
}

//! Passkeys where they prove who is there: the question that a script fetches, and the answer that it sends as a form; at
//! sign-in, after a password, and where a person confirms that it is them.

use crate::confirm::{Next, confirm_page};
use crate::cookies::Kind;
use crate::forms::CredentialForm;
use crate::person::kept_safe;
use crate::render::{Answer, on_page, see_other};
use crate::second_factor::{signed_in_answer, signing_in, ways_page};
use crate::sign_in::sign_in_page;
use crate::visitor::Caller;
use crate::{Web, urls};
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use axum_extra::extract::CookieJar;
use journeys::passkey_proof;
use journeys::second_factor::Proving;
use serde_json::Value;

pub(crate) fn routes() -> Router<Web> {
    let ways = get(async || see_other(urls::SIGN_IN_METHOD));
    Router::new()
        .route(urls::SIGN_IN_PASSKEY, get(async || see_other(urls::SIGN_IN)).post(sign_in))
        .route(urls::SIGN_IN_PASSKEY_QUESTION, post(ask_anybody))
        .route(urls::SIGN_IN_METHOD_PASSKEY, ways.post(prove))
        .route(urls::SIGN_IN_METHOD_PASSKEY_QUESTION, post(ask_after_password))
        .route(urls::CONFIRM_PASSKEY, get(back_to_confirm).post(confirm))
        .route(urls::CONFIRM_PASSKEY_QUESTION, post(ask_again))
}

/// The question, for the script of the page.
pub(crate) fn question(options: &Value) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], options.to_string()).into_response()
}

async fn ask_anybody(State(web): State<Web>, Caller(visitor): Caller, jar: CookieJar) -> Answer {
    let cookie = web.cookies().read(&jar, Kind::SignIn);
    let asked = passkey_proof::begin_sign_in(&web, cookie.as_ref(), &visitor).await?;
    let jar = jar.add(web.cookies().make(Kind::SignIn, &asked.cookie));
    Ok((jar, question(&asked.options)).into_response())
}

/// *Sign in with a passkey*.
async fn sign_in(
    State(web): State<Web>,
    Caller(visitor): Caller,
    jar: CookieJar,
    Form(form): Form<CredentialForm>,
) -> Answer {
    let (cookie, device) = (web.cookies().read(&jar, Kind::SignIn), web.cookies().read(&jar, Kind::Device));
    let signed_in =
        passkey_proof::sign_in(&web, cookie.as_ref(), &form.credential, device.as_ref(), &visitor).await;
    match signed_in {
        Ok(signed_in) => Ok(signed_in_answer(&web, jar, &signed_in)),
        Err(refusal) => {
            let (errors, status) = on_page(&web, None, refusal)?;
            sign_in_page(&web, String::new(), None, &errors, status)
        }
    }
}

async fn ask_after_password(State(web): State<Web>, Caller(visitor): Caller, jar: CookieJar) -> Answer {
    let signing_in = signing_in(&web, &jar).await?;
    Ok(question(&passkey_proof::begin_second_factor(&web, &signing_in, &visitor).await?))
}

/// *Use a passkey* after the password.
async fn prove(
    State(web): State<Web>,
    Caller(visitor): Caller,
    jar: CookieJar,
    Form(form): Form<CredentialForm>,
) -> Answer {
    let signing_in = signing_in(&web, &jar).await?;
    let device = web.cookies().read(&jar, Kind::Device);
    let proving = Proving { device: device.as_ref(), remember: false, visitor: &visitor };
    match passkey_proof::prove(&web, &signing_in, &form.credential, proving).await {
        Ok(signed_in) => Ok(signed_in_answer(&web, jar, &signed_in)),
        Err(refusal) => {
            let (errors, status) = on_page(&web, Some(&signing_in.organisation), refusal)?;
            ways_page(&web, &signing_in, &errors, status).await
        }
    }
}

async fn ask_again(State(web): State<Web>, Caller(visitor): Caller, jar: CookieJar) -> Answer {
    let person = kept_safe(&web, &jar).await?;
    Ok(question(&passkey_proof::begin_confirm(&web, &person, &visitor).await?))
}

/// A reload of the page with an error.
async fn back_to_confirm(Query(next): Query<Next>) -> Response {
    see_other(&urls::confirm(next.path()))
}

/// *Use a passkey* to confirm that it is you.
async fn confirm(
    State(web): State<Web>,
    Caller(visitor): Caller,
    Query(next): Query<Next>,
    jar: CookieJar,
    Form(form): Form<CredentialForm>,
) -> Answer {
    let person = kept_safe(&web, &jar).await?;
    match passkey_proof::confirm(&web, &person, &form.credential, next.path(), &visitor).await {
        Ok(signed_in) => Ok(signed_in_answer(&web, jar, &signed_in)),
        Err(refusal) => {
            let (errors, status) = on_page(&web, Some(&person.organisation), refusal)?;
            confirm_page(&web, &person, &next, &errors, status).await
        }
    }
}

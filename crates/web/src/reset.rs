//! *Forgotten password* and *Unlock my account*: what is wanted, the user name, and the end. The proofs are in
//! [`crate::reset_gate`].

use crate::cookies::Kind;
use crate::errors::Trouble;
use crate::forms::{NewPasswordForm, PurposeForm, ResetForm, StartCodeForm};
use crate::password::new_password;
use crate::render::{Answer, on_page, page, page_with, see_other};
use crate::visitor::Caller;
use crate::{Web, urls};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Form, Router};
use axum_extra::extract::CookieJar;
use journeys::reset::{self, Asking, Begun, Purpose, Resetting, Start, Step};
use journeys::{Refusal, assisted_reset, reset_finish};
use pages::{ChooseNewPassword, FieldErrors, Reset, ResetDone, ResetUserName, ResetWait, Shell, StartCode};
use vault::Token;

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route(urls::RESET, get(show).post(choose))
        .route(urls::RESET_USER_NAME, get(show_user_name).post(begin))
        .route(urls::RESET_START_CODE, get(show_start_code).post(begin_with_start_code))
        .route(urls::RESET_PASSWORD, get(show_password).post(set_password))
        .route(urls::RESET_DONE, get(done))
}

/// The reset of this browser.
pub(crate) async fn resetting(web: &Web, jar: &CookieJar) -> Result<Resetting, Trouble> {
    Ok(reset::current(web, web.cookies().read(jar, Kind::Reset).as_ref()).await?)
}

/// What surrounds its pages: nothing tells whose account it is before something was proved.
pub(crate) fn reset_shell(web: &Web, resetting: &Resetting) -> Shell {
    resetting.known.as_ref().map_or_else(|| web.shell(), |known| web.shell_of(&known.organisation))
}

/// The page of what comes next.
pub(crate) fn page_of(step: Step) -> &'static str {
    match step {
        Step::Choose => urls::RESET_METHODS,
        Step::Prove => urls::RESET_CODE,
        Step::NewPassword => urls::RESET_PASSWORD,
        Step::Done => urls::RESET_DONE,
    }
}

/// The reset has another cookie: on to what comes next.
pub(crate) fn go_on(web: &Web, jar: CookieJar, cookie: &Token, step: Step) -> Response {
    (jar.add(web.cookies().make(Kind::Reset, cookie)), see_other(page_of(step))).into_response()
}

/// *Reset my password* or *Unlock my account*.
async fn show(State(web): State<Web>) -> Answer {
    page(&web.shell(), &choice_page())
}

fn choice_page() -> Reset {
    Reset {
        action: urls::RESET.into(),
        start_code_href: urls::RESET_START_CODE.into(),
        back: Some(urls::SIGN_IN.into()),
    }
}

async fn choose(State(web): State<Web>, Form(form): Form<PurposeForm>) -> Answer {
    if let Ok(purpose) = Purpose::parse(&form.purpose) {
        return Ok(see_other(&urls::reset_for(purpose.as_str())));
    }
    let errors = FieldErrors::one("purpose", web.word("reset-purpose-empty", &[]));
    page_with(&web.shell(), &choice_page(), &errors, StatusCode::UNPROCESSABLE_ENTITY)
}

/// *Email address or staff number*.
async fn show_user_name(State(web): State<Web>, Query(query): Query<PurposeForm>) -> Answer {
    match Purpose::parse(&query.purpose) {
        Ok(purpose) => user_name_page(&web, purpose, String::new(), &FieldErrors::none(), StatusCode::OK),
        Err(_) => Ok(see_other(urls::RESET)),
    }
}

fn user_name_page(
    web: &Web,
    purpose: Purpose,
    user_name: String,
    errors: &FieldErrors,
    status: StatusCode,
) -> Answer {
    let user_name = ResetUserName {
        action: urls::RESET_USER_NAME.into(),
        purpose: purpose.as_str().into(),
        user_name,
        back: Some(urls::RESET.into()),
    };
    page_with(&web.shell(), &user_name, errors, status)
}

async fn begin(
    State(web): State<Web>,
    Caller(visitor): Caller,
    jar: CookieJar,
    Form(form): Form<ResetForm>,
) -> Answer {
    let Ok(purpose) = Purpose::parse(&form.purpose) else { return Ok(see_other(urls::RESET)) };
    let device = web.cookies().read(&jar, Kind::Device);
    let asking = Asking { visitor: &visitor, device: device.as_ref() };
    let start = Start { user_name: &form.user_name, purpose, ticket: &form.ticket, asking };
    match reset::begin(&web, start).await {
        Ok(Begun::UnderWay(cookie)) => Ok(go_on(&web, jar, &cookie, Step::Choose)),
        Ok(Begun::Wait(wait)) => {
            let seconds = u32::try_from((wait.left.as_millis() + 999) / 1000).unwrap_or(1).max(1);
            let errors = if wait.early {
                FieldErrors::one("", web.word("reset-too-soon", &[("seconds", &seconds.to_string())]))
            } else {
                FieldErrors::none()
            };
            let wait = ResetWait {
                action: urls::RESET_USER_NAME.into(),
                purpose: purpose.as_str().into(),
                user_name: form.user_name,
                ticket: wait.ticket,
                seconds,
                back: Some(urls::reset_for(purpose.as_str())),
            };
            page_with(&web.shell(), &wait, &errors, StatusCode::TOO_MANY_REQUESTS)
        }
        Err(refusal) => {
            let (errors, status) = on_page(&web, None, refusal)?;
            user_name_page(&web, purpose, form.user_name, &errors, status)
        }
    }
}

/// A start code of the service desk.
async fn show_start_code(State(web): State<Web>) -> Answer {
    start_code_page(&web, String::new(), &FieldErrors::none(), StatusCode::OK)
}

fn start_code_page(web: &Web, user_name: String, errors: &FieldErrors, status: StatusCode) -> Answer {
    let start_code =
        StartCode { action: urls::RESET_START_CODE.into(), user_name, back: Some(urls::RESET.into()) };
    page_with(&web.shell(), &start_code, errors, status)
}

async fn begin_with_start_code(
    State(web): State<Web>,
    Caller(visitor): Caller,
    jar: CookieJar,
    Form(form): Form<StartCodeForm>,
) -> Answer {
    let device = web.cookies().read(&jar, Kind::Device);
    let asking = Asking { visitor: &visitor, device: device.as_ref() };
    let typed = assisted_reset::Typed { user_name: &form.user_name, code: form.start_code.0.expose() };
    match assisted_reset::begin(&web, typed, asking).await {
        Ok(cookie) => {
            let step = reset::current(&web, Some(&cookie)).await?.step();
            Ok(go_on(&web, jar, &cookie, step))
        }
        Err(refusal) => {
            let (errors, status) = on_page(&web, None, refusal)?;
            start_code_page(&web, form.user_name, &errors, status)
        }
    }
}

/// *Choose a new password*.
async fn show_password(State(web): State<Web>, jar: CookieJar) -> Answer {
    let resetting = resetting(&web, &jar).await?;
    password_page(&web, &resetting, &FieldErrors::none(), StatusCode::OK)
}

fn password_page(web: &Web, resetting: &Resetting, errors: &FieldErrors, status: StatusCode) -> Answer {
    let (Step::NewPassword, Some(known)) = (resetting.step(), &resetting.known) else {
        return Ok(see_other(page_of(resetting.step())));
    };
    let password = ChooseNewPassword {
        action: urls::RESET_PASSWORD.into(),
        user_name: known.account.email.clone(),
        new_password: new_password(&known.organisation, &known.policy.password, "user_name"),
    };
    page_with(&reset_shell(web, resetting), &password, errors, status)
}

async fn set_password(
    State(web): State<Web>,
    Caller(visitor): Caller,
    jar: CookieJar,
    Form(form): Form<NewPasswordForm>,
) -> Answer {
    let resetting = resetting(&web, &jar).await?;
    let device = web.cookies().read(&jar, Kind::Device);
    let asking = Asking { visitor: &visitor, device: device.as_ref() };
    match reset_finish::set_password(&web, &resetting, &form.password.0, asking).await {
        Ok(cookie) => {
            // Whoever was signed in here no longer is.
            let jar = jar.add(web.cookies().gone(Kind::Session)).add(web.cookies().gone(Kind::SignIn));
            Ok(go_on(&web, jar, &cookie, Step::Done))
        }
        Err(Refusal::WrongStep) => Ok(see_other(page_of(resetting.step()))),
        Err(refusal) => {
            let organisation = resetting.known.as_ref().map(|known| &known.organisation);
            let (errors, status) = on_page(&web, organisation, refusal)?;
            password_page(&web, &resetting, &errors, status)
        }
    }
}

/// The end: *Sign in*.
async fn done(State(web): State<Web>, jar: CookieJar) -> Answer {
    let resetting = resetting(&web, &jar).await?;
    if resetting.step() != Step::Done {
        return Ok(see_other(page_of(resetting.step())));
    }
    let unlocked = resetting.reset.purpose == Purpose::Unlock;
    page(&reset_shell(&web, &resetting), &ResetDone { unlocked, sign_in_href: urls::SIGN_IN.into() })
}

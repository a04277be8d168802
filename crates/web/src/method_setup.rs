//! Guide 002: the wizards, from *Add* to *Done*: phone, authenticator app, e-mail, and the phones for contact.

mod waiting;

use crate::app_setup::{qr_of, qr_of_address};
use crate::errors::Trouble;
use crate::forms::{CodeForm, EmailForm, NumberForm};
use crate::person::{fresh_to_set_up, shell};
use crate::registration::{Sent, method as named};
use crate::render::{Answer, on_page, page, page_with, see_other};
use crate::security_info::refused;
use crate::visitor::{Caller, Visitor};
use crate::{Web, urls};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Form, Router};
use axum_extra::extract::CookieJar;
use journeys::asked::standing;
use journeys::session::Person;
use journeys::{Refusal, calls, enrolment, join, method_setup};
use pages::{
    FieldErrors, SetUpAppAccount, SetUpAppScan, SetUpAppStart, SetUpApprovalScan, SetUpCode, SetUpDone,
    SetUpEmail, SetUpPhone,
};
use rules::method::MethodKind;
use store::asked::How;
use store::method::MethodSecret;
use store::method_setup::MethodSetup;
use uuid::Uuid;

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/security-info/setup/{id}/phone", get(show_phone).post(enter_number))
        .route("/security-info/setup/{id}/email", get(show_email).post(enter_email))
        .route("/security-info/setup/{id}/app", get(show_app))
        .route("/security-info/setup/{id}/account", get(show_account))
        .route("/security-info/setup/{id}/scan", get(show_scan).post(scanned))
        .route("/security-info/setup/{id}/code", get(show_code).post(prove))
        .route("/security-info/setup/{id}/code/new", get(back_to_code).post(send_new_code))
        .merge(waiting::routes())
        .route("/security-info/setup/{id}/done", get(done))
}

/// A page of a wizard.
fn at(setup: &MethodSetup, page: &str) -> String {
    urls::security_setup(setup.id, page)
}

/// Where a wizard stands.
pub(crate) fn start_of(setup: &MethodSetup) -> String {
    let entered = setup.secret.is_some();
    at(
        setup,
        match setup.kind {
            _ if setup.finished_at.is_some() => "done",
            MethodKind::App | MethodKind::Approval => "app",
            MethodKind::Text | MethodKind::Email if entered => "code",
            MethodKind::Email => "email",
            MethodKind::Text | MethodKind::AlternativePhone | MethodKind::OfficePhone => "phone",
        },
    )
}

/// The page from which the wizard was started.
fn before(setup: &MethodSetup) -> String {
    match setup.replaces {
        Some(method) => urls::security_method(method, "change"),
        None => urls::SECURITY_ADD.to_owned(),
    }
}

/// The person and their set-up. Whoever proved it too long ago does so again, and comes back to `page`.
async fn wizard(web: &Web, jar: &CookieJar, id: &str, page: &str) -> Result<(Person, MethodSetup), Trouble> {
    let id = Uuid::parse_str(id).map_err(|_| Refusal::SetUpOver)?;
    let person = fresh_to_set_up(web, jar, &urls::security_setup(id, page)).await?;
    let setup = method_setup::current(web, &person, id).await.map_err(|why| refused(&person, why))?;
    Ok((person, setup))
}

fn entered(setup: &MethodSetup) -> String {
    setup.secret.as_ref().map(|secret| secret.as_address().to_owned()).unwrap_or_default()
}

/// *Phone*.
async fn show_phone(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let (person, setup) = wizard(&web, &jar, &id, "phone").await?;
    if setup.finished_at.is_some() || !setup.kind.is_phone() {
        return Ok(see_other(&start_of(&setup)));
    }
    let asked = standing(&web, method_setup::code_for(&setup)).await?;
    let by_call = asked.is_some_and(|(asked, _)| asked.how == How::Call);
    phone_page(&web, &person, &setup, entered(&setup), by_call, &FieldErrors::none(), StatusCode::OK)
}

fn phone_page(
    web: &Web,
    person: &Person,
    setup: &MethodSetup,
    number: String,
    by_call: bool,
    errors: &FieldErrors,
    status: StatusCode,
) -> Answer {
    let phone = SetUpPhone {
        action: at(setup, "phone"),
        method: named(setup.kind),
        number,
        may_call: calls::are_offered(web),
        by_call,
        back: Some(before(setup)),
    };
    page_with(&shell(web, person), &phone, errors, status)
}

/// *Text me a code*, *Next*.
async fn enter_number(
    State(web): State<Web>,
    Caller(visitor): Caller,
    Path(id): Path<String>,
    jar: CookieJar,
    Form(form): Form<NumberForm>,
) -> Answer {
    let (person, setup) = wizard(&web, &jar, &id, "phone").await?;
    let by_call = form.how == "call" && setup.kind == MethodKind::Text;
    let entered = if by_call {
        method_setup::call_number(&web, &person, &setup, &form.number, &visitor).await
    } else {
        method_setup::enter_number(&web, &person, &setup, &form.number, &visitor).await
    };
    match entered {
        Ok(()) if by_call => Ok(see_other(&at(&setup, "waiting"))),
        Ok(()) if setup.kind == MethodKind::Text => Ok(see_other(&at(&setup, "code"))),
        Ok(()) => Ok(see_other(&at(&setup, "done"))),
        Err(Refusal::WrongStep) => Ok(see_other(&start_of(&setup))),
        Err(refusal) => {
            let (errors, status) = on_page(&web, Some(&person.organisation), refusal)?;
            phone_page(&web, &person, &setup, form.number, by_call, &errors, status)
        }
    }
}

/// *Email*.
async fn show_email(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let (person, setup) = wizard(&web, &jar, &id, "email").await?;
    if setup.finished_at.is_some() || setup.kind != MethodKind::Email {
        return Ok(see_other(&start_of(&setup)));
    }
    email_page(&web, &person, &setup, entered(&setup), &FieldErrors::none(), StatusCode::OK)
}

fn email_page(
    web: &Web,
    person: &Person,
    setup: &MethodSetup,
    email: String,
    errors: &FieldErrors,
    status: StatusCode,
) -> Answer {
    let page = SetUpEmail { action: at(setup, "email"), email, back: Some(before(setup)) };
    page_with(&shell(web, person), &page, errors, status)
}

async fn enter_email(
    State(web): State<Web>,
    Visitor(network): Visitor,
    Path(id): Path<String>,
    jar: CookieJar,
    Form(form): Form<EmailForm>,
) -> Answer {
    let (person, setup) = wizard(&web, &jar, &id, "email").await?;
    match method_setup::enter_email(&web, &person, &setup, &form.email, &network).await {
        Ok(()) => Ok(see_other(&at(&setup, "code"))),
        Err(Refusal::WrongStep) => Ok(see_other(&start_of(&setup))),
        Err(refusal) => {
            let (errors, status) = on_page(&web, Some(&person.organisation), refusal)?;
            email_page(&web, &person, &setup, form.email, &errors, status)
        }
    }
}

/// The wizard of an app, at one of its first pages; or the way to where it stands.
async fn app_wizard(
    web: &Web,
    jar: &CookieJar,
    id: &str,
    page: &str,
) -> Result<Result<(Person, MethodSetup), String>, Trouble> {
    let (person, setup) = wizard(web, jar, id, page).await?;
    let right = setup.kind.is_app() && setup.finished_at.is_none();
    Ok(if right { Ok((person, setup)) } else { Err(start_of(&setup)) })
}

/// *Start by getting the app*.
async fn show_app(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    match app_wizard(&web, &jar, &id, "app").await? {
        Ok((person, setup)) => {
            let is_ours = setup.kind == MethodKind::Approval;
            let start = SetUpAppStart {
                app_address: is_ours.then(|| web.address(urls::AUTHENTICATOR)),
                other_action: (is_ours && setup.replaces.is_none()).then(|| urls::SECURITY_ADD.into()),
                next_href: at(&setup, "account"),
                back: Some(before(&setup)),
            };
            page(&shell(&web, &person), &start)
        }
        Err(elsewhere) => Ok(see_other(&elsewhere)),
    }
}

/// *Set up your account*.
async fn show_account(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    match app_wizard(&web, &jar, &id, "account").await? {
        Ok((person, setup)) => {
            let account = SetUpAppAccount { next_href: at(&setup, "scan"), back: Some(at(&setup, "app")) };
            page(&shell(&web, &person), &account)
        }
        Err(elsewhere) => Ok(see_other(&elsewhere)),
    }
}

/// *Scan the QR code*.
async fn show_scan(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let (person, setup) = match app_wizard(&web, &jar, &id, "scan").await? {
        Ok(wizard) => wizard,
        Err(elsewhere) => return Ok(see_other(&elsewhere)),
    };
    if setup.kind == MethodKind::Approval {
        return approval_scan(&web, &person, &setup, &FieldErrors::none(), StatusCode::OK).await;
    }
    let app = method_setup::app_setup(&web, &person, &setup)?;
    let scan = SetUpAppScan {
        qr_svg: qr_of(&app)?,
        secret_text: app.text.expose().clone(),
        otpauth_uri: app.otpauth_uri.expose().clone(),
        account: app.account,
        next_href: at(&setup, "code"),
        back: Some(at(&setup, "account")),
    };
    page(&shell(&web, &person), &scan)
}

/// The QR code that connects a phone with our app.
async fn approval_scan(
    web: &Web,
    person: &Person,
    setup: &MethodSetup,
    errors: &FieldErrors,
    status: StatusCode,
) -> Answer {
    let enrolment = enrolment::enrolment(web, setup).await?;
    let scan = SetUpApprovalScan {
        qr_svg: qr_of_address(&enrolment.address)?,
        text: enrolment.text.expose().clone(),
        app_href: enrolment.address.expose().clone(),
        done: enrolment.done,
        action: at(setup, "scan"),
        back: Some(at(setup, "account")),
    };
    page_with(&shell(web, person), &scan, errors, status)
}

/// *Next* after the QR code: *Let's try it out*.
async fn scanned(
    State(web): State<Web>,
    Caller(visitor): Caller,
    Path(id): Path<String>,
    jar: CookieJar,
) -> Answer {
    let (person, setup) = wizard(&web, &jar, &id, "scan").await?;
    if setup.kind != MethodKind::Approval || setup.finished_at.is_some() {
        return Ok(see_other(&start_of(&setup)));
    }
    match method_setup::try_out(&web, &person, &setup, false, &visitor).await {
        Ok(()) => Ok(see_other(&at(&setup, "waiting"))),
        Err(Refusal::WrongStep) => {
            let errors = FieldErrors::one("", web.word("phone-not-connected", &[]));
            approval_scan(&web, &person, &setup, &errors, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(refusal) => {
            let (errors, status) = on_page(&web, Some(&person.organisation), refusal)?;
            approval_scan(&web, &person, &setup, &errors, status).await
        }
    }
}

/// The six digits.
async fn show_code(
    State(web): State<Web>,
    Query(sent): Query<Sent>,
    Path(id): Path<String>,
    jar: CookieJar,
) -> Answer {
    let (person, setup) = wizard(&web, &jar, &id, "code").await?;
    code_page(&web, &person, &setup, String::new(), sent.again(), &FieldErrors::none(), StatusCode::OK).await
}

async fn code_page(
    web: &Web,
    person: &Person,
    setup: &MethodSetup,
    code: String,
    just_resent: bool,
    errors: &FieldErrors,
    status: StatusCode,
) -> Answer {
    if setup.kind == MethodKind::Approval {
        return Ok(see_other(&start_of(setup)));
    }
    let (is_app, proves) = (setup.kind.is_app(), setup.kind.is_second_factor());
    let Some(secret) = setup.secret.as_ref().filter(|_| setup.finished_at.is_none() && proves) else {
        return Ok(see_other(&start_of(setup)));
    };
    let entry = if setup.kind == MethodKind::Email { "email" } else { "phone" };
    let page = SetUpCode {
        action: at(setup, "code"),
        resend_action: (!is_app).then(|| at(setup, "code/new")),
        change_href: (!is_app).then(|| at(setup, entry)),
        method: named(setup.kind),
        sent_to: if is_app { String::new() } else { MethodSecret::as_address(secret).to_owned() },
        undelivered: !is_app && join::undelivered(web, setup.id).await?,
        just_resent,
        code,
        back: Some(at(setup, if is_app { "scan" } else { entry })),
    };
    page_with(&shell(web, person), &page, errors, status)
}

/// *Next* after the code.
async fn prove(
    State(web): State<Web>,
    Caller(visitor): Caller,
    Path(id): Path<String>,
    jar: CookieJar,
    Form(form): Form<CodeForm>,
) -> Answer {
    let (person, setup) = wizard(&web, &jar, &id, "code").await?;
    match method_setup::prove(&web, &person, &setup, &form.code, &visitor).await {
        Ok(()) => Ok(see_other(&at(&setup, "done"))),
        Err(Refusal::WrongStep) => Ok(see_other(&start_of(&setup))),
        Err(refusal) => {
            let (errors, status) = on_page(&web, Some(&person.organisation), refusal)?;
            code_page(&web, &person, &setup, form.code, false, &errors, status).await
        }
    }
}

async fn back_to_code(Path(id): Path<String>) -> Answer {
    let id = Uuid::parse_str(&id).map_err(|_| Refusal::SetUpOver)?;
    Ok(see_other(&urls::security_setup(id, "code")))
}

/// *Send New Code*.
async fn send_new_code(
    State(web): State<Web>,
    Visitor(network): Visitor,
    Path(id): Path<String>,
    jar: CookieJar,
) -> Answer {
    let (person, setup) = wizard(&web, &jar, &id, "code").await?;
    match method_setup::send_new_code(&web, &person, &setup, &network).await {
        Ok(()) => Ok(see_other(&format!("{}{}", at(&setup, "code"), Sent::AGAIN))),
        Err(Refusal::WrongStep) => Ok(see_other(&start_of(&setup))),
        Err(refusal) => {
            let (errors, status) = on_page(&web, Some(&person.organisation), refusal)?;
            code_page(&web, &person, &setup, String::new(), false, &errors, status).await
        }
    }
}

/// *SMS verified*, *Done*.
async fn done(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let (person, setup) = wizard(&web, &jar, &id, "done").await?;
    if setup.finished_at.is_none() {
        return Ok(see_other(&start_of(&setup)));
    }
    let by_call = method_setup::was_called(&web, &setup).await?;
    let done = SetUpDone { method: named(setup.kind), by_call, done_href: urls::SECURITY_INFO.into() };
    page(&shell(&web, &person), &done)
}

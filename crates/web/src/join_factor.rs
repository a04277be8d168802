//! Guide 003, steps 7 to 10: the second factor is chosen, set up and proved; *Continue*; *Login to …*.

use crate::app_setup::qr_of;
use crate::errors::Trouble;
use crate::forms::{CodeForm, EmailForm, MethodForm, NextForm, NumberForm};
use crate::registration::{Sent, joining, method, next_page, page_of};
use crate::render::{Answer, on_page, page, page_with, see_other};
use crate::visitor::Visitor;
use crate::{Web, urls};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use axum::{Form, Router};
use axum_extra::extract::CookieJar;
use journeys::Refusal;
use journeys::join::{self, Joining, Step};
use journeys::join_factor::{self, MethodKind};
use pages::{
    Channel, ChooseSecondFactor, Code, CodePurpose, FactorApp, FactorEmail, FactorPhone, FactorVerified,
    FieldErrors, JoinComplete, Method,
};

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route(urls::JOIN_FACTOR, get(show_choice).post(choose))
        .route(urls::JOIN_FACTOR_EMAIL, get(show_email).post(send_by_email))
        .route(urls::JOIN_FACTOR_TEXT, get(show_number).post(send_by_text))
        .route(urls::JOIN_FACTOR_APP, get(show_app).post(prove_app))
        .route(urls::JOIN_FACTOR_CODE, get(show_code).post(prove_code))
        .route(
            urls::JOIN_FACTOR_NEW_CODE,
            get(async || see_other(urls::JOIN_FACTOR_CODE)).post(send_new_code),
        )
        .route(urls::JOIN_VERIFIED, get(verified))
        .route(urls::JOIN_COMPLETE, get(show_complete).post(complete))
}

/// The registration of this browser, where it has come as far as the second factor; else the way to where it is.
async fn at_factor(web: &Web, jar: &CookieJar) -> Result<Result<Joining, Response>, Trouble> {
    let joining = joining(web, jar).await?;
    Ok(match joining.step() {
        Step::VerifyEmail | Step::Details | Step::Done => Err(see_other(next_page(&joining))),
        Step::ChooseFactor | Step::EnterFactor | Step::ProveFactor => Ok(joining),
    })
}

/// Goes on with a registration at the second factor, or answers with the way to where it is.
macro_rules! at_factor {
    ($web:expr, $jar:expr) => {
        match at_factor($web, $jar).await? {
            Ok(joining) => joining,
            Err(elsewhere) => return Ok(elsewhere),
        }
    };
}

/// Step 7.
async fn show_choice(State(web): State<Web>, jar: CookieJar) -> Answer {
    let joining = at_factor!(&web, &jar);
    let chosen = joining.registration.method.as_ref().map(|chosen| method(chosen.kind));
    page(&web.shell_of(&joining.organisation), &choice_page(&web, chosen))
}

fn choice_page(web: &Web, chosen: Option<Method>) -> ChooseSecondFactor {
    ChooseSecondFactor { action: urls::JOIN_FACTOR.into(), chosen, texts: web.text.is_some() }
}

async fn choose(State(web): State<Web>, jar: CookieJar, Form(form): Form<MethodForm>) -> Answer {
    let joining = at_factor!(&web, &jar);
    match join_factor::choose(&web, &joining, &form.method).await {
        Ok(kind) => Ok(see_other(page_of(kind))),
        Err(refusal) => {
            let (errors, status) = on_page(&web, Some(&joining.organisation), refusal)?;
            let again = choice_page(&web, None);
            page_with(&web.shell_of(&joining.organisation), &again, &errors, status)
        }
    }
}

/// Step 8, by e-mail: the address proved before is offered.
async fn show_email(State(web): State<Web>, jar: CookieJar) -> Answer {
    let joining = at_factor!(&web, &jar);
    let email = entered(&joining, MethodKind::Email).unwrap_or_else(|| joining.registration.email.clone());
    page(&web.shell_of(&joining.organisation), &email_page(email))
}

fn entered(joining: &Joining, kind: MethodKind) -> Option<String> {
    let method = joining.registration.method.as_ref().filter(|method| method.kind == kind)?;
    method.secret.as_ref().map(|secret| secret.as_address().to_owned())
}

fn email_page(email: String) -> FactorEmail {
    FactorEmail { action: urls::JOIN_FACTOR_EMAIL.into(), email, back: Some(urls::JOIN_FACTOR.into()) }
}

async fn send_by_email(
    State(web): State<Web>,
    Visitor(network): Visitor,
    jar: CookieJar,
    Form(form): Form<EmailForm>,
) -> Answer {
    let joining = at_factor!(&web, &jar);
    match join_factor::send_code_by_email(&web, &joining, &form.email, &network).await {
        Ok(()) => Ok(see_other(urls::JOIN_FACTOR_CODE)),
        Err(Refusal::WrongStep) => Ok(see_other(urls::JOIN_FACTOR)),
        Err(refusal) => {
            let (errors, status) = on_page(&web, Some(&joining.organisation), refusal)?;
            page_with(&web.shell_of(&joining.organisation), &email_page(form.email), &errors, status)
        }
    }
}

/// Step 8, by text message.
async fn show_number(State(web): State<Web>, jar: CookieJar) -> Answer {
    let joining = at_factor!(&web, &jar);
    if web.text.is_none() {
        return Ok(see_other(urls::JOIN_FACTOR));
    }
    let number = entered(&joining, MethodKind::Text).unwrap_or_default();
    page(&web.shell_of(&joining.organisation), &number_page(number))
}

fn number_page(number: String) -> FactorPhone {
    FactorPhone { action: urls::JOIN_FACTOR_TEXT.into(), number, back: Some(urls::JOIN_FACTOR.into()) }
}

async fn send_by_text(
    State(web): State<Web>,
    Visitor(network): Visitor,
    jar: CookieJar,
    Form(form): Form<NumberForm>,
) -> Answer {
    let joining = at_factor!(&web, &jar);
    match join_factor::send_code_by_text(&web, &joining, &form.number, &network).await {
        Ok(()) => Ok(see_other(urls::JOIN_FACTOR_CODE)),
        Err(Refusal::WrongStep) => Ok(see_other(urls::JOIN_FACTOR)),
        Err(refusal) => {
            let (errors, status) = on_page(&web, Some(&joining.organisation), refusal)?;
            page_with(&web.shell_of(&joining.organisation), &number_page(form.number), &errors, status)
        }
    }
}

/// Steps 8 and 9, by app: the QR code with its text beside it, and the code that the app shows.
async fn show_app(State(web): State<Web>, jar: CookieJar) -> Answer {
    let joining = at_factor!(&web, &jar);
    app_page(&web, &joining, &FieldErrors::none(), StatusCode::OK)
}

fn app_page(web: &Web, joining: &Joining, errors: &FieldErrors, status: StatusCode) -> Answer {
    let setup = match join_factor::app_setup(web, joining) {
        Ok(setup) => setup,
        Err(Refusal::WrongStep) => return Ok(see_other(urls::JOIN_FACTOR)),
        Err(refusal) => return Err(refusal.into()),
    };
    let qr_svg = qr_of(&setup)?;
    let app = FactorApp {
        action: urls::JOIN_FACTOR_APP.into(),
        qr_svg,
        secret_text: setup.text.expose().clone(),
        otpauth_uri: setup.otpauth_uri.expose().clone(),
        account: setup.account,
        back: Some(urls::JOIN_FACTOR.into()),
    };
    page_with(&web.shell_of(&joining.organisation), &app, errors, status)
}

async fn prove_app(State(web): State<Web>, jar: CookieJar, Form(form): Form<CodeForm>) -> Answer {
    let joining = joining(&web, &jar).await?;
    match join_factor::prove(&web, &joining, &form.code).await {
        Ok(()) => Ok(see_other(urls::JOIN_VERIFIED)),
        Err(Refusal::WrongStep) => Ok(see_other(next_page(&joining))),
        Err(refusal) => {
            let (errors, status) = on_page(&web, Some(&joining.organisation), refusal)?;
            app_page(&web, &joining, &errors, status)
        }
    }
}

/// Step 9.
async fn show_code(State(web): State<Web>, Query(sent): Query<Sent>, jar: CookieJar) -> Answer {
    let joining = at_factor!(&web, &jar);
    code_page(&web, &joining, String::new(), sent.again(), &FieldErrors::none(), StatusCode::OK).await
}

async fn code_page(
    web: &Web,
    joining: &Joining,
    code: String,
    just_resent: bool,
    errors: &FieldErrors,
    status: StatusCode,
) -> Answer {
    let (Step::ProveFactor, Some(chosen)) = (joining.step(), &joining.registration.method) else {
        return Ok(see_other(next_page(joining)));
    };
    let channel = match chosen.kind {
        MethodKind::Email => Channel::Email,
        MethodKind::Text => Channel::Text,
        MethodKind::App | MethodKind::Approval | MethodKind::AlternativePhone | MethodKind::OfficePhone => {
            return Ok(see_other(page_of(chosen.kind)));
        }
    };
    let delivery = join::code_delivery(web, joining.registration.id).await?;
    let code = Code {
        action: urls::JOIN_FACTOR_CODE.into(),
        resend_action: urls::JOIN_FACTOR_NEW_CODE.into(),
        change_href: Some(page_of(chosen.kind).into()),
        sent_to: entered(joining, chosen.kind).unwrap_or_default(),
        channel,
        purpose: CodePurpose::SecondFactor,
        undelivered: delivery.undelivered,
        delivered: delivery.delivered,
        other_ways_href: Some(urls::JOIN_FACTOR.into()),
        just_resent,
        code,
    };
    page_with(&web.shell_of(&joining.organisation), &code, errors, status)
}

/// *Verify Code*: the account becomes active here.
async fn prove_code(State(web): State<Web>, jar: CookieJar, Form(form): Form<CodeForm>) -> Answer {
    let joining = joining(&web, &jar).await?;
    match join_factor::prove(&web, &joining, &form.code).await {
        Ok(()) => Ok(see_other(urls::JOIN_VERIFIED)),
        Err(Refusal::WrongStep) => Ok(see_other(next_page(&joining))),
        Err(refusal) => {
            let (errors, status) = on_page(&web, Some(&joining.organisation), refusal)?;
            code_page(&web, &joining, form.code, false, &errors, status).await
        }
    }
}

/// *Send New Code*.
async fn send_new_code(State(web): State<Web>, Visitor(network): Visitor, jar: CookieJar) -> Answer {
    let joining = at_factor!(&web, &jar);
    match join_factor::send_new_code(&web, &joining, &network).await {
        Ok(()) => Ok(see_other(&format!("{}{}", urls::JOIN_FACTOR_CODE, Sent::AGAIN))),
        Err(Refusal::WrongStep) => Ok(see_other(next_page(&joining))),
        Err(refusal) => {
            let (errors, status) = on_page(&web, Some(&joining.organisation), refusal)?;
            code_page(&web, &joining, String::new(), false, &errors, status).await
        }
    }
}

/// The page after *Verify Code*: *Continue*.
async fn verified(State(web): State<Web>, jar: CookieJar) -> Answer {
    let joining = joining(&web, &jar).await?;
    let (Step::Done, Some(chosen)) = (joining.step(), &joining.registration.method) else {
        return Ok(see_other(next_page(&joining)));
    };
    let verified = FactorVerified { method: method(chosen.kind), continue_href: urls::JOIN_COMPLETE.into() };
    page(&web.shell_of(&joining.organisation), &verified)
}

/// Step 10: *Login to …*, *Continue*.
async fn show_complete(State(web): State<Web>, jar: CookieJar) -> Answer {
    complete_page(&web, &jar, &FieldErrors::none(), StatusCode::OK).await
}

async fn complete_page(web: &Web, jar: &CookieJar, errors: &FieldErrors, status: StatusCode) -> Answer {
    let joining = joining(web, jar).await?;
    if joining.step() != Step::Done {
        return Ok(see_other(next_page(&joining)));
    }
    let complete =
        JoinComplete { action: urls::JOIN_COMPLETE.into(), service: web.settings.service_name.clone() };
    page_with(&web.shell_of(&joining.organisation), &complete, errors, status)
}

/// The browser is not signed in by this: the person signs in with password and second factor.
async fn complete(State(web): State<Web>, jar: CookieJar, Form(form): Form<NextForm>) -> Answer {
    if form.next.is_empty() {
        let errors = FieldErrors::one("next", web.word("next-empty", &[]));
        return complete_page(&web, &jar, &errors, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    Ok(see_other(urls::SIGN_IN))
}

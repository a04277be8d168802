//! Guide 003, steps 1 to 5: staff group, e-mail address, verification code.

use crate::cookies::Kind;
use crate::forms::{CodeForm, EmailForm};
use crate::registration::{Sent, begin, choose, joining, next_page};
use crate::render::{Answer, on_page, page, page_with, see_other};
use crate::visitor::Visitor;
use crate::{Web, urls};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Form, Router};
use axum_extra::extract::CookieJar;
use journeys::Refusal;
use journeys::join::{self, Joining, Journey, Step};
use pages::{
    Channel, Choice, Code, CodePurpose, Discover, Email, FieldErrors, HowToApply, Resume, StaffGroup,
};
use rules::email::EmailAddress;
use rules::roster::StaffGroup as Group;
use serde::Deserialize;
use store::organisation::Organisation;
use wording::Language;

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route(urls::JOIN, get(choose_organisation))
        .route("/join/{organisation}", get(staff_group))
        .route("/join/{organisation}/discover", get(discover))
        .route("/join/{organisation}/how-to-apply", get(how_to_apply))
        .route("/join/{organisation}/email", get(email).post(send_code))
        .route(urls::JOIN_EMAIL, get(other_email).post(change_email))
        .route(urls::JOIN_CODE, get(code).post(verify_code))
        .route(urls::JOIN_NEW_CODE, get(async || see_other(urls::JOIN_CODE)).post(send_new_code))
        .route(urls::JOIN_RESUME, get(resume))
        .route(urls::JOIN_START_AGAIN, post(start_again))
}

/// The staff group chosen in step 1, carried in the address: nothing is kept before an e-mail address is given.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Chosen {
    group: String,
}

/// With one organisation there is nothing to choose.
async fn choose_organisation(State(web): State<Web>) -> Answer {
    choose(&web, urls::join_at).await
}

/// Step 1. A browser with a half-done registration is asked whether to go on with it.
async fn staff_group(
    State(web): State<Web>,
    Path(code): Path<String>,
    Query(chosen): Query<Chosen>,
    jar: CookieJar,
) -> Answer {
    let organisation = join::organisation(&web, &code).await?;
    if let Ok(joining) = joining(&web, &jar).await
        && joining.step() != Step::Done
    {
        return Ok(see_other(urls::JOIN_RESUME));
    }
    page(&web.shell_of(&organisation), &groups(&organisation, &chosen.group))
}

fn groups(organisation: &Organisation, chosen: &str) -> StaffGroup {
    StaffGroup {
        action: format!("{}/discover", urls::join_at(&organisation.code)),
        groups: Group::ALL.iter().map(|group| Choice::new(group.code(), group.label())).collect(),
        chosen: (!chosen.is_empty()).then(|| chosen.to_owned()),
        sign_in_href: urls::SIGN_IN.into(),
    }
}

/// Step 2: *Join Now*, or how to apply.
async fn discover(State(web): State<Web>, Path(code): Path<String>, Query(chosen): Query<Chosen>) -> Answer {
    let organisation = join::organisation(&web, &code).await?;
    let shell = web.shell_of(&organisation);
    let group = match join::staff_group(&chosen.group) {
        Ok(group) => group,
        Err(refusal) => {
            let (errors, status) = on_page(&web, Some(&organisation), refusal)?;
            return page_with(&shell, &groups(&organisation, &chosen.group), &errors, status);
        }
    };
    let code = &organisation.code;
    page(
        &shell,
        &Discover {
            staff_group: group.label().into(),
            organisation: organisation.name.clone(),
            join_href: urls::join_email_at(code, group.code()),
            how_to_apply_href: format!("{}/how-to-apply?group={}", urls::join_at(code), group.code()),
            first_time_href: urls::first_time_at(code),
            back: Some(format!("{}?group={}", urls::join_at(code), group.code())),
        },
    )
}

async fn how_to_apply(
    State(web): State<Web>,
    Path(code): Path<String>,
    Query(chosen): Query<Chosen>,
) -> Answer {
    let organisation = join::organisation(&web, &code).await?;
    let back = match join::staff_group(&chosen.group) {
        Ok(group) => urls::discover(&organisation.code, group.code()),
        Err(_) => urls::join_at(&organisation.code),
    };
    let how = HowToApply {
        organisation: organisation.name.clone(),
        vacancies_href: organisation.apply_url.clone(),
        back: Some(back),
    };
    page(&web.shell_of(&organisation), &how)
}

/// Step 3. Who comes without a staff group is led to step 1.
async fn email(State(web): State<Web>, Path(code): Path<String>, Query(chosen): Query<Chosen>) -> Answer {
    let organisation = join::organisation(&web, &code).await?;
    match join::staff_group(&chosen.group) {
        Ok(group) => page(&web.shell_of(&organisation), &email_page(&organisation, group, String::new())),
        Err(_) => Ok(see_other(&urls::join_at(&organisation.code))),
    }
}

fn email_page(organisation: &Organisation, group: Group, email: String) -> Email {
    Email {
        action: urls::join_email_at(&organisation.code, group.code()),
        email,
        first_time: false,
        back: Some(urls::discover(&organisation.code, group.code())),
    }
}

/// Step 3: *Send Code*.
async fn send_code(
    State(web): State<Web>,
    Path(code): Path<String>,
    Query(chosen): Query<Chosen>,
    Visitor(network): Visitor,
    jar: CookieJar,
    Form(form): Form<EmailForm>,
) -> Answer {
    let organisation = join::organisation(&web, &code).await?;
    let Ok(group) = join::staff_group(&chosen.group) else {
        return Ok(see_other(&urls::join_at(&organisation.code)));
    };
    match begin(&web, &organisation, Journey::Join, Some(group), &form.email, &jar, &network).await {
        Ok(answer) => Ok(answer),
        Err(refusal) => {
            let (errors, status) = on_page(&web, Some(&organisation), refusal)?;
            let again = email_page(&organisation, group, form.email);
            page_with(&web.shell_of(&organisation), &again, &errors, status)
        }
    }
}

/// Step 3 again, for a mistyped address.
async fn other_email(State(web): State<Web>, jar: CookieJar) -> Answer {
    let joining = joining(&web, &jar).await?;
    if joining.step() != Step::VerifyEmail {
        return Ok(see_other(next_page(&joining)));
    }
    let email = joining.registration.email.clone();
    page(&web.shell_of(&joining.organisation), &other_email_page(&joining, email))
}

fn other_email_page(joining: &Joining, email: String) -> Email {
    Email {
        action: urls::JOIN_EMAIL.into(),
        email,
        first_time: joining.registration.journey == Journey::FirstSignIn,
        back: Some(urls::JOIN_CODE.into()),
    }
}

async fn change_email(
    State(web): State<Web>,
    Visitor(network): Visitor,
    jar: CookieJar,
    Form(form): Form<EmailForm>,
) -> Answer {
    let joining = joining(&web, &jar).await?;
    match join::change_email(&web, &joining, &form.email, &network).await {
        Ok(()) => Ok(see_other(urls::JOIN_CODE)),
        Err(Refusal::WrongStep) => Ok(see_other(next_page(&joining))),
        Err(refusal) => {
            let (errors, status) = on_page(&web, Some(&joining.organisation), refusal)?;
            let again = other_email_page(&joining, form.email);
            page_with(&web.shell_of(&joining.organisation), &again, &errors, status)
        }
    }
}

/// Steps 4 and 5: check your inbox; *Verification code*.
async fn code(State(web): State<Web>, Query(sent): Query<Sent>, jar: CookieJar) -> Answer {
    let joining = joining(&web, &jar).await?;
    if joining.step() != Step::VerifyEmail {
        return Ok(see_other(next_page(&joining)));
    }
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
    let delivery = join::code_delivery(web, joining.registration.id).await?;
    let code = Code {
        action: urls::JOIN_CODE.into(),
        resend_action: urls::JOIN_NEW_CODE.into(),
        change_href: Some(urls::JOIN_EMAIL.into()),
        sent_to: joining.registration.email.clone(),
        channel: Channel::Email,
        purpose: match joining.registration.journey {
            Journey::Join => CodePurpose::Join,
            Journey::FirstSignIn => CodePurpose::FirstTime,
        },
        undelivered: delivery.undelivered,
        delivered: delivery.delivered,
        other_ways_href: None,
        just_resent,
        code,
    };
    page_with(&web.shell_of(&joining.organisation), &code, errors, status)
}

/// *Verify Code*.
async fn verify_code(State(web): State<Web>, jar: CookieJar, Form(form): Form<CodeForm>) -> Answer {
    let before = joining(&web, &jar).await?;
    match join::verify_code(&web, &before, &form.code).await {
        Ok(()) => Ok(see_other(next_page(&joining(&web, &jar).await?))),
        Err(refusal) => {
            let (errors, status) = on_page(&web, Some(&before.organisation), refusal)?;
            code_page(&web, &before, form.code, false, &errors, status).await
        }
    }
}

/// *Send New Code*.
async fn send_new_code(State(web): State<Web>, Visitor(network): Visitor, jar: CookieJar) -> Answer {
    let joining = joining(&web, &jar).await?;
    match join::send_new_code(&web, &joining, &network).await {
        Ok(()) => Ok(see_other(&format!("{}{}", urls::JOIN_CODE, Sent::AGAIN))),
        Err(Refusal::WrongStep) => Ok(see_other(next_page(&joining))),
        Err(refusal) => {
            let (errors, status) = on_page(&web, Some(&joining.organisation), refusal)?;
            code_page(&web, &joining, String::new(), false, &errors, status).await
        }
    }
}

/// A half-done registration: go on, or start again.
async fn resume(State(web): State<Web>, jar: CookieJar) -> Answer {
    let joining = joining(&web, &jar).await?;
    let email =
        EmailAddress::parse(&joining.registration.email).map(|email| email.hint()).unwrap_or_default();
    let until = wording::date_and_time(Language::En, web.local(joining.ends_at()).datetime());
    let resume = Resume {
        continue_href: next_page(&joining).into(),
        start_again_action: urls::JOIN_START_AGAIN.into(),
        email,
        until,
    };
    page(&web.shell_of(&joining.organisation), &resume)
}

async fn start_again(State(web): State<Web>, jar: CookieJar) -> Answer {
    let mut start = urls::JOIN.to_owned();
    if let Ok(joining) = joining(&web, &jar).await {
        join::start_again(&web, &joining).await?;
        start = match joining.registration.journey {
            Journey::Join => urls::join_at(&joining.organisation.code),
            Journey::FirstSignIn => urls::first_time_at(&joining.organisation.code),
        };
    }
    let jar = jar.add(web.cookies().gone(Kind::Join));
    Ok((jar, see_other(&start)).into_response())
}

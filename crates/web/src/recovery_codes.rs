//! *Recovery codes*: ten, shown once.

use crate::forms::RecoveryCodesForm;
use crate::person::{fresh, shell};
use crate::render::{Answer, on_page, page, page_with, see_other};
use crate::security_info::codes_state;
use crate::visitor::Caller;
use crate::{Web, urls};
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Form, Router};
use axum_extra::extract::CookieJar;
use journeys::session::Person;
use journeys::{Refusal, recovery_code};
use pages::{FieldErrors, NewRecoveryCodes, RecoveryCodes};
use wording::Language;

pub(crate) fn routes() -> Router<Web> {
    Router::new().route(urls::SECURITY_RECOVERY_CODES, get(show).post(make))
}

async fn show(State(web): State<Web>, jar: CookieJar) -> Answer {
    let person = fresh(&web, &jar, urls::SECURITY_RECOVERY_CODES).await?;
    codes_page(&web, &person, &FieldErrors::none(), StatusCode::OK).await
}

async fn codes_page(web: &Web, person: &Person, errors: &FieldErrors, status: StatusCode) -> Answer {
    let codes = recovery_code::state(web, person).await?;
    let codes = RecoveryCodes {
        action: urls::SECURITY_RECOVERY_CODES.into(),
        state: codes.map(|codes| codes_state(web, codes)),
        version: recovery_code::version(codes),
        back: Some(urls::SECURITY_INFO.into()),
    };
    page_with(&shell(web, person), &codes, errors, status)
}

/// Makes new ones. This page is the answer to a POST, since the codes are nowhere kept to be shown again; sent once more it
/// makes none.
async fn make(
    State(web): State<Web>,
    Caller(visitor): Caller,
    jar: CookieJar,
    Form(form): Form<RecoveryCodesForm>,
) -> Answer {
    let person = fresh(&web, &jar, urls::SECURITY_RECOVERY_CODES).await?;
    let confirmed = !form.confirm.is_empty();
    match recovery_code::make(&web, &person, &form.version, confirmed, &visitor).await {
        Ok(codes) => {
            let new = NewRecoveryCodes {
                codes: codes.iter().map(|code| code.expose().clone()).collect(),
                user_name: person.account.email.clone(),
                made: wording::date_and_time(Language::En, web.local(web.clock.now()).datetime()),
                done_href: urls::SECURITY_INFO.into(),
            };
            page(&shell(&web, &person), &new)
        }
        Err(Refusal::WrongStep) => Ok(see_other(urls::SECURITY_RECOVERY_CODES)),
        Err(refusal) => {
            let (errors, status) = on_page(&web, Some(&person.organisation), refusal)?;
            codes_page(&web, &person, &errors, status).await
        }
    }
}

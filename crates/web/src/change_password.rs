//! *Change your password*, for somebody who is signed in and confirmed a moment ago that it is them.

use crate::cookies::Kind;
use crate::forms::ChangePasswordForm;
use crate::password::new_password;
use crate::person::{fresh, shell};
use crate::render::{Answer, on_page, page_with, see_other};
use crate::visitor::Caller;
use crate::{Web, urls};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Form, Router};
use axum_extra::extract::CookieJar;
use journeys::change_password::{self, Changing};
use journeys::session::Person;
use pages::{ChangePassword, FieldErrors};
use serde::Deserialize;

pub(crate) fn routes() -> Router<Web> {
    Router::new().route(urls::CHANGE_PASSWORD, get(show).post(change))
}

/// Whether it was changed just now.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Done {
    changed: String,
}

async fn show(State(web): State<Web>, Query(done): Query<Done>, jar: CookieJar) -> Answer {
    let person = fresh(&web, &jar, urls::CHANGE_PASSWORD).await?;
    change_page(&web, &person, done.changed == "yes", &FieldErrors::none(), StatusCode::OK)
}

fn change_page(
    web: &Web,
    person: &Person,
    changed: bool,
    errors: &FieldErrors,
    status: StatusCode,
) -> Answer {
    let change = ChangePassword {
        action: urls::CHANGE_PASSWORD.into(),
        user_name: person.account.email.clone(),
        new_password: new_password(&person.organisation, &person.policy.password, "user_name"),
        changed,
        back: Some(urls::HOME.into()),
    };
    page_with(&shell(web, person), &change, errors, status)
}

async fn change(
    State(web): State<Web>,
    Caller(visitor): Caller,
    jar: CookieJar,
    Form(form): Form<ChangePasswordForm>,
) -> Answer {
    let person = fresh(&web, &jar, urls::CHANGE_PASSWORD).await?;
    let device = web.cookies().read(&jar, Kind::Device);
    let changing = Changing {
        current: &form.current_password.0,
        password: &form.password.0,
        device: device.as_ref(),
        visitor: &visitor,
    };
    match change_password::change(&web, &person, changing).await {
        Ok(cookie) => {
            let jar = jar.add(web.cookies().make(Kind::Session, &cookie));
            Ok((jar, see_other(&format!("{}?changed=yes", urls::CHANGE_PASSWORD))).into_response())
        }
        Err(refusal) => {
            let (errors, status) = on_page(&web, Some(&person.organisation), refusal)?;
            change_page(&web, &person, false, &errors, status)
        }
    }
}

//! Guide 003, step 6: a new password and personal details.

use crate::forms::DetailsForm;
use crate::password::new_password;
use crate::registration::{joining, next_page};
use crate::render::{Answer, on_page, page, page_with, see_other};
use crate::{Web, urls};
use axum::extract::State;
use axum::routing::get;
use axum::{Form, Router};
use axum_extra::extract::CookieJar;
use journeys::Refusal;
use journeys::join::{Joining, Journey, Step};
use journeys::join_details::{self, Details};

pub(crate) fn routes() -> Router<Web> {
    Router::new().route(urls::JOIN_DETAILS, get(show).post(give))
}

/// Comes back to it by the back button can who has given details but has no account yet.
async fn show(State(web): State<Web>, jar: CookieJar) -> Answer {
    let joining = joining(&web, &jar).await?;
    if matches!(joining.step(), Step::VerifyEmail | Step::Done) {
        return Ok(see_other(next_page(&joining)));
    }
    page(&web.shell_of(&joining.organisation), &details_page(&joining, DetailsForm::default()))
}

/// What was typed comes back, but for the password.
fn details_page(joining: &Joining, form: DetailsForm) -> pages::Details {
    pages::Details {
        action: urls::JOIN_DETAILS.into(),
        email: joining.registration.email.clone(),
        first_name: form.first_name,
        last_name: form.last_name,
        day: form.day,
        month: form.month,
        year: form.year,
        first_time: joining.registration.journey == Journey::FirstSignIn,
        new_password: new_password(
            &joining.organisation,
            &joining.policy.password,
            "first_name last_name user_name",
        ),
    }
}

async fn give(State(web): State<Web>, jar: CookieJar, Form(form): Form<DetailsForm>) -> Answer {
    let joining = joining(&web, &jar).await?;
    let typed = Details {
        first_name: &form.first_name,
        last_name: &form.last_name,
        day: &form.day,
        month: &form.month,
        year: &form.year,
        password: &form.password.0,
    };
    match join_details::give(&web, &joining, typed).await {
        Ok(()) => Ok(see_other(urls::JOIN_FACTOR)),
        Err(Refusal::WrongStep) => Ok(see_other(next_page(&joining))),
        Err(refusal) => {
            let (errors, status) = on_page(&web, Some(&joining.organisation), refusal)?;
            page_with(&web.shell_of(&joining.organisation), &details_page(&joining, form), &errors, status)
        }
    }
}
